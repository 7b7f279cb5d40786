"""web.identity.oidc: logging in at a real, certified provider. What liars do is in test_oidc_lies."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest

from ivr.session.attributes import Level, Secret
from ivr.session.model import Identification
from ivr.store import identities
from ivr.store.sealing import Sealer
from tests.lab import axe, guard, markup
from tests.lab.citizens import PERSON
from tests.lab.people import DESK_SCREEN, PHONE_SCREEN
from tests.lab.provider import LOW, SUBSTANTIAL, TAG, Provider, client, log_in, terms, ways
from tests.lab.visitors import Shown, pages
from web.identity.oidc import OpenIdConnect, return_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from playwright.async_api import Browser

    from ivr.session.attributes import Identity
    from ivr.session.purpose import Purposes
    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.sealing import KeySet
    from ivr.store.sessions import Sessions
    from tests.lab.visitors import Visitor, Visitors
    from web.identity.protocol import IdentityProvider

    Office = Callable[..., AbstractAsyncContextManager[tuple[Provider, Visitors]]]


@pytest.fixture
def office(sessions: Sessions, feed: Feed, purposes: Purposes, store: Store) -> Office:
    """A provider, and the citizens' pages with that one way to log in; ``known``: see `Provider`."""

    @asynccontextmanager
    async def open_(**known: Any) -> AsyncIterator[tuple[Provider, Visitors]]:
        port = guard.free_port()
        back = f"http://127.0.0.1:{port}{return_path(TAG)}"
        async with Provider(back, **known) as provider:
            way = ways(client(provider.issuer, back), store)
            async with pages(sessions, feed, purposes, ways=way, port=port) as visitors:
                yield provider, visitors

    return open_


async def come_back(visitor: Visitor, shown: Shown, **chosen: str) -> Shown:
    """From our page that leads to the provider, through its log-in, and back."""
    there = unescape(re.findall('http-equiv="refresh" content="0; url=([^"]+)"', shown.text)[0])
    async with visitor.http.get(there) as page:
        action = urljoin(str(page.url), re.findall('action="([^"]+)"', await page.text())[0])
    form = {"person": "kanarie", "acr": SUBSTANTIAL, "do": "login", **chosen}
    async with visitor.http.post(action, data=form) as answer:
        return Shown(answer.status, answer.url.path_qs, await answer.text(), answer.headers)


async def proven(store: Store, keys: KeySet, sessions: Sessions, visitor: Visitor) -> Identity:
    """What is kept of who logged in."""
    session = (await sessions.find(Secret(visitor.cookie))).session
    sealed = await store.redis.get(store.keys.sealed(session.id))
    kept = identities.unseal(Sealer(keys), session.id, session.purpose, sealed)
    assert kept is not None
    return kept


def test_it_fits_the_protocol(store: Store) -> None:
    """As every way to log in does."""
    (provider,) = ways(client("https://login.example.nl", "https://bellen.example.nl/x"), store)(None)
    fits: IdentityProvider = provider
    assert isinstance(provider, OpenIdConnect)
    assert (fits.tag, fits.level, fits.demo, fits.origins) == (TAG, Level.SUBSTANTIAL, False, ())
    assert (fits.title("nl"), fits.title("en")) == tuple(terms().title.values())


@pytest.mark.e2e
@pytest.mark.req("C1", "C2", "C5", "C8", "C9")
async def test_no_script_is_needed_from_a_deep_link_to_number_and_code(
    office: Office, browser: Browser
) -> None:
    """In a real browser, which comes from another site; with scripts: test_each_way.py."""
    async with office() as (_, visitors):
        context = await browser.new_context(viewport=DESK_SCREEN, java_script_enabled=False)
        page = await context.new_page()
        await page.goto(f"{visitors.front.url}/en/verhuizing")
        await page.locator("[name=agree]").check()
        await page.locator("[name=method]").first.click()
        await log_in(page)
        await page.locator("#code").wait_for()
        assert page.url == f"{visitors.front.url}/en/call"
        assert (await visitors.of(page)).code


@pytest.mark.e2e
@pytest.mark.req("C9")
async def test_the_page_on_the_way_is_without_fault(office: Office, browser: Browser) -> None:
    """For who is not led on: one button, that leads there; axe and html-validate find nothing."""
    async with office() as (provider, visitors):
        page = await (await browser.new_context(viewport=PHONE_SCREEN)).new_page()
        await page.route(f"{provider.issuer}/**", lambda route: route.fulfill(status=204))  # leads nowhere
        await page.goto(f"{visitors.front.url}/nl/verhuizing")
        await page.locator("[name=agree]").check()
        await page.locator("[name=method]").first.click()
        address = await page.locator("main a.nl-button").get_attribute("href")
        assert str(address).startswith(f"{provider.issuer}/auth?")
        assert await axe.violations(page) == []
        async with visitors.visitor() as visitor:
            assert await markup.faults((await visitor.start()).text) == []


@pytest.mark.tools
@pytest.mark.req("S1", "S8", "C4")
@pytest.mark.parametrize("claims", [True, False], ids=["single claims are asked", "scopes alone"])
async def test_what_was_proven_is_kept_sealed(
    office: Office, store: Store, seal_keys: KeySet, sessions: Sessions, claims: bool
) -> None:
    """The purpose's attributes and no more, from the ID token or from UserInfo, with level and method."""
    async with office(claims=claims) as (_, visitors):
        async with visitors.visitor() as visitor:
            shown = await come_back(visitor, await visitor.start())
            assert (shown.status, shown.path) == (200, "/nl/call")
            kept = await proven(store, seal_keys, sessions, visitor)
        assert (kept.method, kept.level) == (TAG, Level.SUBSTANTIAL)
        assert kept.attributes.reveal() == {name: PERSON[name] for name in ("fullname", "bsn")}
        async with visitors.visitor() as visitor:
            await come_back(visitor, await visitor.start("afval"), acr=LOW)
            kept = await proven(store, seal_keys, sessions, visitor)
        assert (kept.level, kept.attributes.reveal()) == (Level.LOW, {"postcode": PERSON["postcode"]})


@pytest.mark.tools
@pytest.mark.req("S8")
@pytest.mark.parametrize(
    ("chosen", "claims", "reason"),
    [
        ({"acr": LOW}, False, "too-low"),
        ({"acr": ""}, False, "too-low"),
        ({"acr": LOW}, True, "too-low"),
        ({"person": "zonder"}, True, "incomplete"),
        ({"do": "abort"}, True, "cancelled"),
    ],
    ids=["a lower level", "no level", "a lower level, refused there", "a claim less", "stopped there"],
)
async def test_what_goes_otherwise_ends_on_a_page_that_helps(
    office: Office, sessions: Sessions, chosen: dict[str, str], claims: bool, reason: str
) -> None:
    """And proves nobody."""
    async with office(claims=claims) as (_, visitors), visitors.visitor() as visitor:
        shown = await come_back(visitor, await visitor.start(), **chosen)
        assert (shown.status, shown.path) == (200, f"/nl/call?login={reason}")
        session = (await sessions.find(Secret(visitor.cookie))).session
        assert session.identification is not Identification.VERIFIED


@pytest.mark.tools
async def test_keys_rotate_under_a_log_in(office: Office) -> None:
    """One log-in before, one that is under way meanwhile, one after; each with a code at its end."""
    async with office() as (provider, visitors), visitors.visitor() as one, visitors.visitor() as two:
        assert (await come_back(one, await one.start())).path == "/nl/call"
        under_way = await two.start()
        await provider.rotate()
        assert (await come_back(two, under_way)).path == "/nl/call"
        assert (await come_back(one, await one.start())).path == "/nl/call"
