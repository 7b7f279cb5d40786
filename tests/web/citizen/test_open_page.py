"""web.citizen.open_page: one thing at a time is done for a page, and none too few."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from web.citizen.open_page import OpenPage

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def risen() -> list[OpenPage]:
    """The pages for which there was something to do, each time."""
    return []


@pytest.fixture
def page(risen: list[OpenPage]) -> OpenPage:
    """One that rests, on a line that takes what is written."""
    return made(risen.append)


def made(rise: Callable[[OpenPage], None], *, paused: bool = False) -> OpenPage:
    """A page whose socket nobody needs."""
    line: Any = SimpleNamespace(protocol=SimpleNamespace(writing_paused=paused))
    return OpenPage(line, line, "session", rise)


def test_a_page_that_rests_is_seen_to_at_once(page: OpenPage, risen: list[OpenPage]) -> None:
    """And once, however often it is woken before."""
    for _ in range(3):
        page.wake()
    assert risen == [page]
    page.look()
    page.rest()
    assert risen == [page]


def test_news_during_the_look_has_it_looked_at_again(page: OpenPage, risen: list[OpenPage]) -> None:
    """What was read may be older than the news."""
    page.wake()
    page.look()
    page.wake()
    assert risen == [page]
    page.rest()
    assert risen == [page, page]


def test_a_page_that_is_gone_does_not_rest_again(page: OpenPage, risen: list[OpenPage]) -> None:
    """News or no news."""
    page.wake()
    page.gone = True
    page.rest()
    page.wake()
    assert risen == [page]
    assert not page.is_silent(0.0)


def test_only_who_rests_and_listens_is_told_that_we_are_there(risen: list[OpenPage]) -> None:
    """Not who heard something since, is seen to, or lets what we wrote lie."""
    page = made(risen.append)
    assert page.is_silent(0.0)
    page.heard = 10.0
    assert not page.is_silent(9.0)
    assert page.is_silent(10.0)
    page.wake()
    assert not page.is_silent(10.0)
    assert not made(risen.append, paused=True).is_silent(0.0)
