"""The telephone in the agent's page: what the page is told, and the proof with which it comes in at Asterisk.

Knows who may have one, and where calls can be sent on. The proof is drawn each time a page asks, lives with
the log-in and is no password of anybody's. What Asterisk asks about it: `web.agent.lookup`.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web
from yarl import URL

from ivr.errors import NotFoundError
from ivr.session.attributes import Secret
from web.agent.access import ENTRY
from web.agent.opened import opened
from web.agent.person import Agent
from web.headers import allow_connect, allow_features
from web.pages import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ivr.session.purpose import Purposes
    from ivr.store.desk import Desk
    from ivr.store.keyspace import Member
    from ivr.store.phones import Phones
    from web.agent.accounts import Accounts
    from web.i18n import Words

TECHNOLOGY: Final = "PJSIP/"
"""Of Asterisk's telephones only these can be in a page."""
PROOF_BYTES: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneOptions:
    """How pages and Asterisk reach each other."""

    url: str
    realm: str
    secret: Secret = field(repr=False)
    """What Asterisk shows when it asks."""
    stun: tuple[str, ...] = ()
    echo: str = ""
    back: str = ""
    colleague_prefix: str = ""
    queue_prefix: str = ""
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call can be sent on to."""

    kind: str
    title: str
    number: str


class Telephone:
    """What agents' pages ask of their telephone."""

    def __init__(
        self, options: PhoneOptions, phones: Phones, *, desk: Desk, accounts: Accounts, purposes: Purposes
    ) -> None:
        self._options = options
        self._desk = desk
        self._phones = phones
        self._accounts = accounts
        self._purposes = purposes

    def context(self, request: web.Request) -> dict[str, Any]:
        """Return what the template is told as ``phone``; let its page speak with Asterisk and hear the agent.

        Nothing for who has none.
        """
        endpoint = endpoint_of(request[ENTRY].agent)
        if not endpoint:
            return {}
        allow_connect(request, str(URL(self._options.url).origin()))
        allow_features(request, "microphone", "speaker-selection")
        options = self._options
        return {
            "url": options.url,
            "user": endpoint,
            "realm": options.realm,
            "stun": " ".join(options.stun),
            "echo": options.echo,
            "back": options.back,
            "queues": self._queues(words_of(request)),
        }

    async def issue(self, request: web.Request) -> web.StreamResponse:
        """Draw a proof for this log-in's telephone; what was given before counts no more.

        Only for the window in which the agent works; raise ElsewhereError for another one.
        """
        entry = request[ENTRY]
        endpoint = endpoint_of(entry.agent)
        if not endpoint:
            raise NotFoundError("this account has no telephone in its page")
        window = opened(entry, await request.post())
        await self._desk.require(entry.agent.member, window.name)
        password = secrets.token_urlsafe(PROOF_BYTES)
        proof = digest(endpoint, self._options.realm, password)
        await self._phones.issue(entry.agent.member, entry.login, proof)
        return web.json_response({"password": password})

    async def places(self, request: web.Request) -> web.StreamResponse:
        """Where the agent can send a call: colleagues, queues, and what the operator lists."""
        places = self._places(request[ENTRY].agent, words_of(request))
        return web.json_response(
            [{"kind": place.kind, "title": place.title, "number": place.number} for place in places]
        )

    def _places(self, agent: Agent, words: Words) -> Iterator[Place]:
        options = self._options
        colleagues = (person for person in self._accounts.list() if isinstance(person, Agent))
        for other in colleagues:
            name = _endpoint(other.member)
            if name and other.name != agent.name and other.member.asterisk == agent.member.asterisk:
                yield Place("colleague", other.display_name, options.colleague_prefix + name)
        for queue, title in self._queues(words).items():
            yield Place("queue", title, options.queue_prefix + queue)
        for title, number in options.places.items():
            yield Place("place", title, number)

    def _queues(self, words: Words) -> dict[str, str]:
        """Return each queue with its subjects, by which people know it."""
        titles: dict[str, list[str]] = {}
        for purpose in self._purposes:
            title = purpose.title.get(words.language) or next(iter(purpose.title.values()))
            titles.setdefault(purpose.queue, []).append(title)
        return {queue: ", ".join(of_queue) for queue, of_queue in titles.items()}


def endpoint_of(agent: Agent) -> str:
    """Return by which name Asterisk knows the telephone in this agent's page; empty when there is none."""
    return _endpoint(agent.member) if agent.softphone else ""


def _endpoint(member: Member) -> str:
    name = member.interface.removeprefix(TECHNOLOGY)
    return name if name != member.interface and "/" not in name else ""


def digest(user: str, realm: str, password: str) -> Secret:
    """Return what Asterisk compares with: it never learns the password itself (RFC 2617, HA1)."""
    text = f"{user}:{realm}:{password}".encode()
    return Secret(hashlib.md5(text, usedforsecurity=False).hexdigest())
