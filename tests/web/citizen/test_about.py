"""web.citizen.about and web.footer: help, questions, words, privacy, accessibility."""

from __future__ import annotations

import re

import pytest

from tests.lab.citizens import PURPOSES
from tests.lab.front import front
from tests.lab.visitors import MINUTES, Visitors, pages
from web import footer
from web.citizen.about import about_room

OWN = {"privacy": "https://www.example.nl/privacy", "accessibility": "https://www.example.nl/toegankelijk"}


@pytest.mark.req("C10", "C9")
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", sorted(footer.PAGES.keys() - {"privacy"}))  # theirs has one of its own
async def test_each_page_is_there_in_both_languages(visitors: Visitors, name: str, language: str) -> None:
    """Under its title, with the way back and the number to call; linked at the foot of every other page."""
    async with visitors.visitor(language) as visitor:
        page = await visitor.open(f"/{name}")
        assert page.status == 200
        assert 'href="tel:' in page.text
        assert f'href="/{language}"' in page.text
        for elsewhere in ("", "/afval", "/nowhere"):
            foot = (await visitor.open(elsewhere)).text.partition("<footer")[2]
            assert f'href="/{language}/{name}"' in foot


@pytest.mark.req("C10")
async def test_help_is_for_who_cannot_scan_log_in_or_use_a_computer(visitors: Visitors) -> None:
    """With a way that needs nothing digital."""
    async with visitors.visitor() as visitor:
        page = await visitor.open("/help")
    for said in (
        "QR-code scannen lukt niet",
        "app werkt niet",
        "code werkt niet",
        "Zonder computer",
        "langskomen",
    ):
        assert said in page.text


@pytest.mark.req("C10", "C12", "P10")
async def test_what_people_asked_in_the_trials_is_answered(visitors: Visitors) -> None:
    """Costs, waiting, other ways, what is seen and kept, and what to do when somebody asks for the code."""
    async with visitors.visitor() as visitor:
        page = await visitor.open("/questions")
    for said in (
        "gewone kosten",
        "langer dan 5 minuten",
        "blijven bestaan",
        f"{MINUTES} minuten",
        "Hang dan op",
    ):
        assert said in page.text


@pytest.mark.req("C3")
async def test_the_privacy_page_says_for_each_subject_what_is_asked() -> None:
    """When the organisation has none of its own."""
    async with (
        front(about_room(PURPOSES, minutes=MINUTES)) as running,
        running.client.get("/nl/privacy") as answer,
    ):
        text = await answer.text()
    for purpose in PURPOSES:
        assert purpose.title["nl"] in text
        assert ", ".join(spec.label["nl"] for spec in purpose.attributes) in text


@pytest.mark.req("C3")
async def test_an_organisations_own_statements_take_the_place_of_ours() -> None:
    """In the footer, and for who has our address."""
    changes = {f"{name}_url": address for name, address in OWN.items()}
    async with front(about_room(PURPOSES, minutes=MINUTES), **changes) as running:
        for name, address in OWN.items():
            async with running.client.get(f"/nl/{name}", allow_redirects=False) as answer:
                assert (answer.status, answer.headers["Location"]) == (303, address)
            async with running.client.get("/nl/help") as answer:
                assert f'href="{address}"' in await answer.text()


async def test_a_front_without_these_pages_links_to_none() -> None:
    """No dead link."""
    async with front() as running, running.client.get("/nl/nowhere") as answer:
        assert '<nav aria-label="Over deze site"' not in await answer.text()


@pytest.mark.req("C3")
async def test_a_subject_always_links_to_a_page_about_privacy(sessions, feed) -> None:  # noqa: ANN001 # fixtures
    """Theirs, or else ours."""
    for privacy_url, linked in (("", "/nl/privacy"), (OWN["privacy"], OWN["privacy"])):
        async with (
            pages(sessions, feed, PURPOSES, privacy_url=privacy_url) as visitors,
            visitors.visitor() as visitor,
        ):
            main = (await visitor.open("/afval")).text.partition("<main")[2].partition("<footer")[0]
            assert f'href="{linked}"' in main


@pytest.mark.req("C10")
@pytest.mark.parametrize("language", ["nl", "en"])
async def test_words_stand_in_the_order_of_their_own_alphabet(visitors: Visitors, language: str) -> None:
    """So that they can be found."""
    async with visitors.visitor(language) as visitor:
        page = await visitor.open("/words")
    words = re.findall(r"<dt[^>]*>([^<]+)</dt>", page.text.partition("<h2")[0])
    assert len(words) > 10
    assert words == sorted(words, key=str.lower)
