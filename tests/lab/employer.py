"""The organisation's own log-in for who works there, at a provider of a test's choosing; bare browsers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import unescape
from typing import TYPE_CHECKING, Any, Final

from yarl import URL

from tests.lab.provider import KEY, SUBSTANTIAL, client
from web.agent.organisation import Organisation
from web.agent.person import Role
from web.agent.vouched import Terms
from web.oidc.party import Party
from web.oidc.request import Binding
from web.oidc.wire import Wire

if TYPE_CHECKING:
    from tests.lab.agents import Client
    from web.agent.accounts import Accounts

TITLE: Final = {"nl": "uw werkaccount", "en": "your work account"}
PLAIN: Final = Terms(title=TITLE, subject=("sub",), name=("name",), roles_at=(), roles={})
"""Accounts say what people may do."""
VOUCHING: Final = replace(
    PLAIN,
    roles_at=("roles",),
    roles={"kcc": Role.AGENT, "kcc-lead": Role.LEADER, "beheer": Role.OPERATOR},
)
"""The provider says what people may do."""
STRONG: Final = replace(PLAIN, acr=(SUBSTANTIAL,))
SECONDS: Final = 0.5
"""That the provider gets for one answer."""
SUBJECT: Final = "kanarie"
"""Who logs in there."""


def organisation(
    accounts: Accounts, issuer: str, back: str, terms: Terms = PLAIN, **wanted: bool
) -> Organisation:
    """The log-in at this provider."""
    party = Party(client(issuer, back), Binding(KEY), wire=Wire(seconds=SECONDS))
    return Organisation(terms, party, accounts, **({"only": False, "logout": False} | wanted))


@dataclass(frozen=True)
class Shown:
    """Where a browser has come, and what is there."""

    status: int
    path: str
    text: str


async def leave(client: Client, language: str = "en") -> str:
    """Press the button; the address to which the page leads."""
    async with client.http.get(f"/{language}/agent/login/organisation") as answer:
        text = await answer.text()
    found = re.search('http-equiv="refresh" content="0; url=([^"]+)"', text)
    assert found, text
    return unescape(found[1])


async def answer_of(client: Client, address: str) -> URL:
    """Log in there; the address that the provider sends the browser back to, not opened yet."""
    async with client.http.get(address, allow_redirects=False) as answer:
        return URL(answer.headers["Location"]).relative()


async def bring(client: Client, address: Any) -> Shown:
    """Open such an address, and follow where it leads."""
    async with client.http.get(address) as answer:
        return Shown(answer.status, answer.url.path_qs, await answer.text())


async def comes_in(client: Client, language: str = "en") -> Shown:
    """All of it."""
    return await bring(client, await answer_of(client, await leave(client, language)))
