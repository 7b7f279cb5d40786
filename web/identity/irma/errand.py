"""What must be kept of a session at the IRMA server: to show it to the browser, and to fetch its result.

PURE. It is stored sealed, see `ivr.store.errands`.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlsplit

from ivr.errors import InputError

MAX_URL: Final = 512
MAX_WORD: Final = 128
APP: Final = "https://open.yivi.app/-/session#"
"""Opens the app on a phone that has it; on one that has not, a page that says where to get it."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_WORD: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,255}")


@dataclass(frozen=True, slots=True)
class Errand:
    """One session at the IRMA server."""

    state: str = field(repr=False)
    """Of the log-in that it belongs to."""
    token: str = field(repr=False)
    """Opens the result; for us alone."""
    url: str = field(repr=False)
    """For app and browser."""
    kind: str
    authorization: str = field(repr=False)
    """Lets the browser set the pairing."""
    oldest: str
    newest: str
    """Versions of the browser's protocol that the server speaks."""

    def to_text(self) -> str:
        """Write it, to be sealed."""
        return json.dumps(asdict(self))

    @classmethod
    def of_text(cls, text: str) -> Errand:
        """Read what `to_text` wrote; raise InputError if it is from another release."""
        try:
            return cls(**json.loads(text))
        except (TypeError, ValueError):
            raise InputError("an errand of another release") from None

    @classmethod
    def of_answer(cls, state: str, answer: object) -> Errand:
        """Read the server's answer to a new session; raise InputError if it makes no sense."""
        try:
            pointer, browser, token = _parts(answer)
            errand = cls(
                state=state,
                token=_word(token),
                url=_address(pointer["u"]),
                kind=_word(pointer["irmaqr"]),
                authorization=_word(browser["authorization"]),
                oldest=_word(browser["minProtocolVersion"]),
                newest=_word(browser["maxProtocolVersion"]),
            )
        except (KeyError, TypeError, ValueError):
            raise InputError("the IRMA server's answer to a new session makes no sense") from None
        return errand

    @property
    def origin(self) -> str:
        """Where the browser asks how it goes."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def link(self) -> str:
        """Opens the app on this device."""
        return APP + quote(json.dumps({"u": self.url, "irmaqr": self.kind}), safe="")

    @property
    def square(self) -> str:
        """What stands in the square to scan: opens the app on another device, which then stays there."""
        pointer = {"u": self.url, "irmaqr": self.kind, "continueOnSecondDevice": True}
        return APP + quote(json.dumps(pointer), safe="")

    @property
    def for_browser(self) -> dict[str, Any]:
        """Return what yivi-client works with: no token of ours."""
        return {
            "sessionPtr": {"u": self.url, "irmaqr": self.kind},
            "frontendRequest": {
                "authorization": self.authorization,
                "minProtocolVersion": self.oldest,
                "maxProtocolVersion": self.newest,
            },
        }


def _parts(answer: Any) -> tuple[dict[str, Any], dict[str, Any], Any]:
    return answer["sessionPtr"], answer["frontendRequest"], answer["token"]


def _word(value: Any) -> str:
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise ValueError("not a word")
    return value


def _address(value: Any) -> str:
    """Check an address that browsers will be allowed to speak to: safe, and fit for a header."""
    if not isinstance(value, str) or len(value) > MAX_URL:
        raise ValueError("not an address")
    parts = urlsplit(value)
    if not _ORIGIN.fullmatch(f"{parts.scheme}://{parts.netloc}"):
        raise ValueError("not an address")
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ValueError("not a safe address")
    return value
