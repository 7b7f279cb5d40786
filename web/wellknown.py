"""Two small files for programs that look for them at the root of a site: security.txt and robots.txt.

Knows RFC 9116 and RFC 9309. A security.txt whose last day is over is not served: it would send who found
something to somebody who may not be there any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

from aiohttp import web

from ivr.errors import NotFoundError
from web import keys
from web.options import LANGUAGES
from web.route import Audience, Room, get

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

SECURITY: Final = "/.well-known/security.txt"
PRIVATE: Final = ("agent", "call", "login")
"""First parts of paths where there is nothing to find: pages of one person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityContact:
    """Whom to tell of a weakness, and until when that is sure."""

    contacts: tuple[str, ...]
    last_day: date
    policy: str = ""

    @property
    def expires(self) -> datetime:
        """The end of the last day, by universal time."""
        return datetime.combine(self.last_day, time.max, UTC).replace(microsecond=0)


def wellknown_room(
    security: SecurityContact | None, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Room:
    """Make the room; without a contact there is no security.txt."""

    async def tell(request: web.Request) -> web.Response:
        """Say whom to tell of a weakness."""
        if security is None or security.expires <= now():
            raise NotFoundError("there is no contact that is sure to hold")
        return _plain(security_txt(security, str(request.app[keys.OPTIONS].public_url.origin())))

    async def robots(request: web.Request) -> web.Response:
        """Say what a search engine need not look at."""
        return _plain(robots_txt(demo=request.app[keys.OPTIONS].demo))

    return Room(
        name="wellknown",
        routes=(
            get(SECURITY, tell, Audience.PUBLIC, "security-txt", localized=False),
            get("/robots.txt", robots, Audience.PUBLIC, "robots-txt", localized=False),
        ),
    )


def security_txt(security: SecurityContact, site: str) -> str:
    """Write the file of a site, given as ``https://host``."""
    lines = [
        *(f"Contact: {contact}" for contact in security.contacts),
        f"Expires: {security.expires.isoformat().replace('+00:00', 'Z')}",
        f"Preferred-Languages: {', '.join(LANGUAGES)}",
        f"Canonical: {site}{SECURITY}",
    ]
    if security.policy:
        lines.append(f"Policy: {security.policy}")
    return "\n".join(lines) + "\n"


def robots_txt(*, demo: bool) -> str:
    """Write the file: subjects and help may be found; a demonstration may not."""
    paths = ["/"] if demo else [f"{lang}/{part}" for lang in ("", "/nl", "/en") for part in PRIVATE]
    return "\n".join(("User-agent: *", *(f"Disallow: {path}" for path in paths))) + "\n"


def _plain(text: str) -> web.Response:
    return web.Response(
        text=text, content_type="text/plain", headers={"Cache-Control": "public, max-age=3600"}
    )
