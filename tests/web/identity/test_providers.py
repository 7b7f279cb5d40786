"""web.identity.providers: which ways to log in a purpose has."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from ivr.errors import NotFoundError, SettingsError
from ivr.session.attributes import Level
from ivr.session.purpose import Purpose, Purposes
from tests.lab.front import front
from web.identity.providers import Providers
from web.route import Audience, Room, Route, get

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from web.identity.protocol import IdentityProvider, LoginRequest

PURPOSE = Purpose("afval", "afval", {"nl": "Afval"}, {"nl": "Daarom"}, (), Level.LOW)


@dataclass
class Way:
    """A way to log in that does nothing; notes when it is held and let go."""

    tag: str
    level: Level = Level.HIGH
    demo: bool = True
    origins: tuple[str, ...] = ()
    story: list[str] = field(default_factory=list)

    def title(self, language: str) -> str:
        """As `IdentityProvider` has it."""
        return f"{self.tag} ({language})"

    def routes(self) -> tuple[Route, ...]:
        """One page."""

        async def show(_request: web.Request) -> web.StreamResponse:
            return web.Response(text=self.tag)

        return (get(f"/login/{self.tag}", show, Audience.PUBLIC, self.tag),)

    async def begin(self, login: LoginRequest) -> str:
        """As `IdentityProvider` has it."""
        return f"/{login.language}/login/{self.tag}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """As `IdentityProvider` has it."""
        self.story.append(f"{self.tag} up")
        yield
        self.story.append(f"{self.tag} down")


def providers(*ways: IdentityProvider, purpose: Purpose = PURPOSE) -> Providers:
    """These ways, for one purpose."""
    return Providers(ways, Purposes((purpose,)))


def tags(found: Providers, purpose: Purpose = PURPOSE) -> list[str]:
    """Which are allowed."""
    return [way.tag for way in found.allowed(purpose)]


@pytest.mark.req("C2")
def test_a_purpose_that_lists_none_allows_all_in_the_operators_order() -> None:
    """The usual case."""
    assert tags(providers(Way("irma"), Way("digid"))) == ["irma", "digid"]


@pytest.mark.req("C2")
def test_a_purpose_allows_what_it_lists_in_its_own_order() -> None:
    """What is listed but not set up is not shown."""
    purpose = replace(PURPOSE, methods=("digid", "itsme", "irma"))
    assert tags(providers(Way("irma"), Way("other"), Way("digid"), purpose=purpose), purpose) == [
        "digid",
        "irma",
    ]


@pytest.mark.req("S8")
def test_a_way_that_never_reaches_the_level_is_not_offered() -> None:
    """Nobody is sent where they cannot succeed."""
    purpose = replace(PURPOSE, minimum=Level.SUBSTANTIAL)
    found = providers(Way("weak", Level.LOW), Way("strong"), purpose=purpose)
    assert tags(found, purpose) == ["strong"]
    with pytest.raises(NotFoundError):
        found.get(purpose, "weak")
    assert found.get(purpose, "strong").tag == "strong"


@pytest.mark.req("O5")
def test_a_purpose_without_any_way_stops_the_start_and_is_named() -> None:
    """The operator hears it, not the citizen."""
    with pytest.raises(SettingsError, match=r"purposes\.afval.*level high"):
        providers(Way("weak", Level.LOW), purpose=replace(PURPOSE, minimum=Level.HIGH))


@pytest.mark.req("O5")
def test_two_ways_with_one_tag_stop_the_start() -> None:
    """One would hide the other."""
    with pytest.raises(SettingsError, match="same tag"):
        providers(Way("irma"), Way("irma"))


def test_each_is_called_by_its_title_in_each_language() -> None:
    """For whoever shows how somebody logged in."""
    assert providers(Way("irma")).titles() == {("irma", "nl"): "irma (nl)", ("irma", "en"): "irma (en)"}


async def test_what_they_hold_lives_as_long_as_the_server_and_their_pages_are_served() -> None:
    """Let go in the other order."""
    story: list[str] = []
    async with (
        front(providers(Way("irma", story=story), Way("digid", story=story)).room()) as running,
        running.client.get("/nl/login/digid") as answer,
    ):
        assert await answer.text() == "digid"
        assert story == ["irma up", "digid up"]
    assert story == ["irma up", "digid up", "digid down", "irma down"]


@pytest.mark.req("S4")
async def test_a_form_may_lead_to_the_log_ins_of_its_purpose_and_nowhere_else() -> None:
    """CSP's form-action covers redirects as well."""
    found = providers(Way("irma", origins=("https://irma.example",)), Way("plain"))

    async def show(request: web.Request) -> web.StreamResponse:
        found.allow_forms(request, PURPOSE)
        return web.Response(text="")

    room = Room(name="x", routes=(get("/x", show, Audience.PUBLIC, "x"),))
    async with front(room) as running, running.client.get("/nl/x") as answer:
        assert "form-action 'self' https://irma.example;" in answer.headers["Content-Security-Policy"]
