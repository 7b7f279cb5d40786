"""A file as it is sent: plain, and packed beforehand for browsers that can unpack. Knows content codings."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping

CODINGS: Final = ("br", "gzip")
"""The smallest first. Browsers say ``br`` on a safe connection only."""
MAX_ACCEPT_CHARS: Final = 256


@dataclass(frozen=True, slots=True)
class Packed:
    """One file, and what it is in each coding."""

    content_type: str
    plain: bytes
    packed: Mapping[str, bytes]

    @classmethod
    def of(cls, content_type: str, plain: bytes) -> Self:
        """Pack a file that no build has packed."""
        return cls(content_type, plain, {"gzip": gzip.compress(plain, 9, mtime=0)})

    @property
    def size(self) -> int:
        """Bytes on the line for a browser of today."""
        return min(len(body) for body in (self.plain, *self.packed.values()))


def send(request: web.Request, file: Packed, *, cache: str) -> web.Response:
    """Send a file in the smallest coding that this browser takes."""
    coding = next((one for one in CODINGS if one in file.packed and one in _accepted(request)), None)
    headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}
    if coding:
        headers["Content-Encoding"] = coding
    body = file.packed[coding] if coding else file.plain
    charset = None if file.content_type == "image/png" else "utf-8"
    return web.Response(body=body, content_type=file.content_type, charset=charset, headers=headers)


def _accepted(request: web.Request) -> set[str]:
    """Return the codings that a browser takes; one with a weight of nought it does not (RFC 9110, 12.5.3)."""
    wishes = request.headers.get("Accept-Encoding", "")[:MAX_ACCEPT_CHARS].lower().split(",")
    named = (wish.partition(";") for wish in wishes)
    return {name.strip() for name, _, weight in named if weight.replace(" ", "") not in {"q=0", "q=0.0"}}
