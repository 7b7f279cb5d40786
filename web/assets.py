"""The built stylesheets and scripts, held in memory. Knows scripts/frontend's manifest; makes nothing itself.

Names carry a hash of their content, so a browser may keep them for ever and a new release is seen at once.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from ivr.errors import NotFoundError, SettingsError
from web.route import Audience, Room, get

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PREFIX = "/static/"
FOR_EVER = "public, max-age=31536000, immutable"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    content_type: str
    plain: bytes
    packed: bytes  # gzip


class Assets:
    """Every built file, by its plain name for the pages and by its hashed name for the browser."""

    def __init__(self, dist: Path) -> None:
        try:
            self._names: Mapping[str, str] = json.loads((dist / "manifest.json").read_text())
            self._files = {hashed: _asset(dist / hashed) for hashed in self._names.values()}
        except OSError as error:
            raise SettingsError(f"{dist} is not complete: run scripts/frontend first") from error

    def url(self, name: str) -> str:
        """Where the browser finds ``page.css`` and its like."""
        return PREFIX + self._names[name]

    def packed_size(self, name: str) -> int:
        """Bytes that one file takes on the line."""
        return len(self._files[self._names[name]].packed)

    def room(self) -> Room:
        """The one route that hands them out."""
        route = get(PREFIX + "{file}", self._send, Audience.PUBLIC, "static", localized=False)
        return Room(name="static", routes=(route,))

    async def _send(self, request: web.Request) -> web.Response:
        asset = self._files.get(request.match_info["file"])
        if asset is None:
            raise NotFoundError("no such file")
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        if packed:
            headers["Content-Encoding"] = "gzip"
        body = asset.packed if packed else asset.plain
        return web.Response(body=body, content_type=asset.content_type, charset="utf-8", headers=headers)


def _asset(path: Path) -> Asset:
    plain = path.read_bytes()
    return Asset(TYPES[path.suffix], plain, gzip.compress(plain, 9, mtime=0))
