"""What every way to log in looks like from here. Knows no way in particular, and no session.

A new way is one module with one class that fits `IdentityProvider`. It gets a `LoginRequest`, sends the
browser where its citizens log in, and hands what came back to `web.identity.returns.Returns` (by a browser)
or to `web.identity.logins.Logins` (from server to server). Those judge it; the module need not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from ivr.session.attributes import Level
    from ivr.session.purpose import Purpose
    from web.route import Route


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """What a provider needs to know to start one log-in."""

    purpose: Purpose
    """Its attributes and its least level: ask for these and no more."""
    language: str
    state: str
    """Opaque; comes back with the result. Fit for a URL: worth nothing in another browser."""
    return_url: str
    """Where the browser goes in the end, whatever came of it; for providers that send it there themselves."""


class IdentityProvider(Protocol):
    """One way to log in."""

    @property
    def tag(self) -> str:
        """Short and stable, as in a purpose's ``methods`` and in `Identity.method`: ``irma``."""

    @property
    def level(self) -> Level:
        """The highest level that it can give; what it gave stands in each `Identity`."""

    @property
    def demo(self) -> bool:
        """Whether its identities are made up."""

    @property
    def origins(self) -> tuple[str, ...]:
        """Other sites to which its log-in leads the browser: a form of ours may end there (CSP)."""

    def title(self, language: str) -> str:
        """What people call it, to stand after "log in with"."""

    def routes(self) -> tuple[Route, ...]:
        """Its own pages and callbacks. For the browser: for `Audience.CITIZEN`, who has a session."""

    async def begin(self, login: LoginRequest) -> str:
        """Return where to send the browser; raise IdentityError when the other party does not answer."""

    def running(self) -> AbstractAsyncContextManager[object]:
        """Hold what it needs (connections, keys that it fetches) for as long as the server runs."""


@runtime_checkable
class Leavable(Protocol):
    """A way whose log-ins go on elsewhere, and can be ended there."""

    async def leave(self, session: str) -> None:
        """End what is under way for a session whose citizen stopped, if the other party can be reached."""
