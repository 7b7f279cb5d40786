"""The login method of the app as tests set it up, and the steps of its citizens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yarl import URL

from idbellen.irma import asking
from ivr.settings.irma import IrmaSettings
from tests.lab.citizens import PURPOSES
from tests.lab.yivi import LEVEL, SOURCES
from web.identity.irma.pickup import TAG
from web.identity.irma.provider import Irma, IrmaOptions
from web.identity.irma.requestor import Requestor

if TYPE_CHECKING:
    from ivr.session.purpose import Purposes
    from ivr.store.errands import Errands
    from tests.lab.visitors import Shown, Visitor
    from web.identity.irma.asking import Asking
    from web.identity.returns import Returns

ANSWER_SECONDS = 3.0
OPEN_SECONDS = 300


def demo_asking(**changes: Any) -> Asking:
    """Where the demonstration's cards have what we ask for."""
    return asking(IrmaSettings(attributes=SOURCES, level_attribute=LEVEL, **changes))


def irma(
    url: str,
    returns: Returns,
    errands: Errands,
    *,
    requestor: Requestor | None = None,
    purposes: Purposes = PURPOSES,
    public_url: URL | None = None,
    **changes: Any,
) -> Irma:
    """The login method, by the server at this address; ``changes`` are to its options."""
    usual: dict[str, Any] = {
        "url": url,
        "requestor": requestor or Requestor("idbellen", "none", ""),
        "asking": demo_asking(),
        "public_url": public_url or URL("http://127.0.0.1:8000"),
        "open_seconds": OPEN_SECONDS,
        "answer_seconds": ANSWER_SECONDS,
    }
    return Irma(IrmaOptions(**{**usual, **changes}), returns, returns._logins, errands, purposes)


async def begin(visitor: Visitor, purpose: str = "verhuizing") -> Shown:
    """From the page of a subject to the page of the app."""
    page = await visitor.open(f"/{purpose}")
    return await visitor.send(page, f"/{purpose}", agree="yes", method=TAG)
