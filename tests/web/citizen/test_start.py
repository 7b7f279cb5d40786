"""web.citizen.start: what is said before the log-in, and starting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.session.attributes import Level, Secret
from ivr.session.model import Call
from ivr.session.purpose import AttributeSpec, Purpose, Purposes
from ivr.store.client import Store
from ivr.store.keyspace import Keyspace
from ivr.store.sealing import Sealer
from ivr.store.sessions import Sessions
from tests.lab.citizens import PURPOSES
from tests.lab.visitors import MINUTES, pages

if TYPE_CHECKING:
    from ivr.store.feed import Feed
    from ivr.store.sealing import KeySet, Macs
    from tests.lab.valkey import Valkey
    from tests.lab.visitors import Visitors

EVIL = "<img src=x onerror=alert(1)>\"'"


@pytest.mark.req("C1")
async def test_the_first_page_leads_to_every_subject(visitors: Visitors) -> None:
    """In the language of its address."""
    async with visitors.visitor() as visitor:
        page = await visitor.open("")
        for purpose in PURPOSES:
            assert f'href="/nl/{purpose.name}"' in page.text
            assert purpose.title["nl"] in page.text


@pytest.mark.req("C1")
async def test_a_short_address_in_a_letter_leads_to_its_subject(visitors: Visitors) -> None:
    """Without a language, to the reader's own."""
    async with (
        visitors.visitor() as visitor,
        visitor.http.get("/afval", headers={"Accept-Language": "en"}) as answer,
    ):
        assert (answer.status, answer.url.path) == (200, "/en/afval")


@pytest.mark.req("C3", "C4", "C10")
async def test_before_the_log_in_it_is_said_what_is_asked_why_for_whom_and_how_long(
    visitors: Visitors,
) -> None:
    """By what people call it, and only what this subject needs; with the way to call without all this."""
    async with visitors.visitor() as visitor:
        page = await visitor.open("/afval")
    purpose = PURPOSES.get("afval")
    for said in (
        purpose.why["nl"],
        "postcode (nl)",
        "Gemeente Voorbeeld",
        f"{MINUTES} minuten",
        "/privacy",
        "14 012",
    ):
        assert said in page.text
    assert "bsn" not in page.text


@pytest.mark.req("C2", "C3", "S8")
@pytest.mark.parametrize(
    ("language", "said"), [("nl", ("Substantieel", "Laag")), ("en", ("Substantial", "Low"))]
)
async def test_before_the_log_in_the_level_is_said_in_plain_words(
    visitors: Visitors, language: str, said: tuple[str, str]
) -> None:
    """The one that is needed, what DigiD calls it, and how far each way to log in reaches."""
    for purpose, name, digid in (("verhuizing", said[0], "DigiD"), ("afval", said[1], "Midden")):
        async with visitors.visitor(language) as visitor:
            page = await visitor.open(f"/{purpose}")
        assert f"<strong>{name}</strong>" in page.text
        assert digid in page.text
        note = page.text.partition('class="idb-buttons__note">')[2].partition("<")[0]
        assert note == {"nl": "Niveau: tot en met hoog", "en": "Level: up to high"}[language]


@pytest.mark.req("C3")
async def test_consent_is_never_ticked_beforehand_and_nothing_starts_without_it(
    visitors: Visitors, store: Store
) -> None:
    """The page says what is missing; no session, no cookie."""
    async with visitors.visitor() as visitor:
        page = await visitor.open("/verhuizing")
        assert "agree" not in page.form("/verhuizing").fields
        refused = await visitor.send(page, "/verhuizing")
        assert refused.status == 422
        assert "vinkje" in refused.text
        assert 'aria-invalid="true"' in refused.text
        assert not visitor.cookie
        assert not await store.redis.keys("*session:*")


async def test_who_starts_again_has_one_code_not_two(visitors: Visitors, sessions: Sessions) -> None:
    """The earlier one stops working at once."""
    async with visitors.visitor() as visitor:
        await visitor.arrive()
        earlier = visitor.cookie
        await visitor.arrive("afval")
        assert visitor.cookie != earlier
        assert (await sessions.find(Secret(earlier))).session.call is Call.CANCELLED


@pytest.mark.req("S7")
@pytest.mark.parametrize("method", ["", "irma", "DEMO", "demo\r\nx: y"])
async def test_a_log_in_method_that_is_not_there_starts_nothing(
    visitors: Visitors, store: Store, method: str
) -> None:
    """It was on no page of ours."""
    async with visitors.visitor() as visitor:
        page = await visitor.open("/verhuizing")
        assert (await visitor.send(page, "/verhuizing", agree="yes", method=method)).status == 404
        assert not await store.redis.keys("*session:*")


@pytest.mark.req("S3")
async def test_one_address_cannot_start_without_end(sessions: Sessions, feed: Feed, store: Store) -> None:
    """The page says to wait, and when to come back; codes stay rare enough not to be guessed."""
    async with pages(sessions, feed, PURPOSES, per_minute=3) as visitors, visitors.visitor() as visitor:
        for _ in range(3):
            assert (await visitor.start()).status == 200
        async with await visitor.post("/nl/verhuizing", {"agree": "yes", "method": "demo"}) as answer:
            assert answer.status == 429
            assert int(answer.headers["Retry-After"]) > 0
            assert "14 012" in await answer.text()
        assert len(await store.redis.keys("*session:*")) == 3


@pytest.mark.req("S7")
async def test_an_operators_words_are_words_and_never_part_of_a_page(sessions: Sessions, feed: Feed) -> None:
    """Purpose, reason, attribute and organisation, on every page that shows them."""
    texts = {"nl": EVIL, "en": EVIL}
    purpose = Purpose("afval", "afval", texts, texts, (AttributeSpec("postcode", texts),), Level.LOW)
    async with (
        pages(sessions, feed, Purposes((purpose,)), organisation=EVIL) as visitors,
        visitors.visitor() as visitor,
    ):
        for page in (
            await visitor.open(""),
            await visitor.open("/afval"),
            await visitor.start("afval"),
            await visitor.arrive("afval"),
        ):
            assert page.status == 200
            assert "<img" not in page.text
            assert "&lt;img" in page.text


@pytest.mark.req("S7")
async def test_without_a_store_the_page_says_so_and_gives_the_number(
    own_valkey: Valkey, feed: Feed, seal_keys: KeySet, code_keys: KeySet, macs: Macs
) -> None:
    """No stack trace; what needs no store still works."""
    store = Store(own_valkey.url, Keyspace())
    sessions = Sessions(store, Sealer(seal_keys), Sealer(code_keys), macs, length=11, life=1200)
    async with pages(sessions, feed, PURPOSES) as visitors, visitors.visitor() as visitor:
        page = await visitor.arrive()
        own_valkey.kill()
        assert (await visitor.open("/verhuizing")).status == 200
        for broken in (
            await visitor.open("/call"),
            await visitor.send(page, "/call/stop"),
            await visitor.start(),
        ):
            assert broken.status == 503
            assert "14 012" in broken.text
            assert "Traceback" not in broken.text
    await store.close()
