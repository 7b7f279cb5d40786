"""web.pages: templates with what every page needs."""

from __future__ import annotations

import pytest
from aiohttp import web

from tests.lab.front import front
from web import cookies
from web.pages import link, page, words_of
from web.route import Audience, Room, get, post

pytestmark = pytest.mark.usefixtures("sample_pages")


async def citizen(request: web.Request) -> web.StreamResponse:
    """A citizen's page."""
    return page(request, "gallery.html")


async def agent(request: web.Request) -> web.StreamResponse:
    """An agent's page."""
    return page(request, "agent_gallery.html", status=203)


async def links(request: web.Request) -> web.StreamResponse:
    """Links and words made by Python."""
    made = (
        link(request, "home"),
        link(request, "links", ref="a b?c"),
        link(request, "plain"),
        link(request, "home", lang="nl"),
    )
    return web.Response(text="\n".join((*made, words_of(request).gettext("What you can do"))))


SITE = Room(
    name="site",
    routes=(
        get("/", citizen, Audience.PUBLIC, "home"),
        get("/agent", agent, Audience.PUBLIC, "agent"),
        get("/links/{ref}", links, Audience.PUBLIC, "links"),
        get("/plain", links, Audience.PUBLIC, "plain", localized=False),
        post("/bad", citizen, Audience.PUBLIC, "bad"),
    ),
)


async def text_of(path: str, **options: object) -> str:
    """A page's source."""
    async with front(SITE, **options) as running, running.client.get(path) as answer:
        return await answer.text()


@pytest.mark.req("C9")
async def test_a_page_speaks_the_language_of_its_address() -> None:
    """And offers the other one, on the same page, named in itself."""
    text = await text_of("/en?from=letter")
    assert '<html lang="en"' in text
    assert '<a class="nl-link idb-tap" href="/nl?from=letter" lang="nl" hreflang="nl">Nederlands</a>' in text


@pytest.mark.parametrize("path", ["/nl", "/nl/agent", "/nl/nowhere"])
async def test_a_demonstration_says_so_on_every_page(path: str) -> None:
    """Citizens', agents' and errors."""
    assert "Demonstratie." in await text_of(path, demo=True)
    assert "Demonstratie." not in await text_of(path)


@pytest.mark.req("P10")
async def test_the_ordinary_number_and_its_costs_are_on_every_citizens_page() -> None:
    """To call at a tap; once."""
    text = await text_of("/nl/nowhere")
    assert text.count('href="tel:+3114012">14 012</a>') == 1
    assert "U betaalt de gewone kosten van een telefoongesprek." in text


async def test_links_keep_the_language_and_are_quoted() -> None:
    """Only where a page has one."""
    text = await text_of("/en/links/x")
    assert text.splitlines() == ["/en", "/en/links/a%20b%3Fc", "/plain", "/nl", "What you can do"]


async def test_a_choice_against_the_browsers_wish_is_remembered() -> None:
    """One that agrees with it needs no cookie."""
    dutch = {"Accept-Language": "nl"}
    async with front(SITE) as running:
        async with running.client.get("/nl/agent", headers=dutch) as answer:
            assert answer.status == 203
            assert cookies.LANGUAGE not in answer.cookies
        async with running.client.get("/en/agent", headers=dutch) as answer:
            assert answer.cookies[cookies.LANGUAGE].value == "en"
        async with running.client.get("/", headers=dutch) as answer:
            assert answer.url.path == "/en"
        async with running.client.get("/nl/agent", headers=dutch) as answer:
            assert answer.cookies[cookies.LANGUAGE].value == "nl"


async def test_a_municipalitys_own_look_comes_last() -> None:
    """Its stylesheet after ours, its logo for our mark, its footer links where it has them."""
    text = await text_of("/nl", theme_url="/own/theme.css", logo_url="/own/logo.svg", privacy_url="/privacy")
    assert 0 < text.index("/static/page-") < text.index('href="/own/theme.css"')
    assert 'src="/own/logo.svg"' in text
    assert 'href="/privacy"' in text
    assert "Toegankelijkheid" not in text
