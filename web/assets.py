"""The built stylesheets and scripts, held in memory. Knows scripts/frontend's manifest; makes nothing itself.

Names carry a hash of their content, so a browser may keep them for ever and a new release is seen at once.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from ivr.errors import NotFoundError, SettingsError
from web.packed import Packed, send
from web.route import Audience, Room, get

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from aiohttp import web

PREFIX: Final = "/static/"
FOR_EVER: Final = "public, max-age=31536000, immutable"
TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
SMALLER: Final = (".br", ".gz")
"""What the build puts beside each file, the smallest first."""


class Assets:
    """Every built file, by its plain name for the pages and by its hashed name for the browser."""

    def __init__(self, dist: Path) -> None:
        try:
            self._names: Mapping[str, str] = json.loads((dist / "manifest.json").read_text())
            self._files = {hashed: _packed(dist / hashed) for hashed in self._names.values()}
        except OSError as error:
            raise SettingsError(f"{dist} is not complete: run scripts/frontend first") from error

    def url(self, name: str) -> str:
        """Where the browser finds ``page.css`` and its like."""
        return PREFIX + self._names[name]

    def text(self, name: str) -> str:
        """What stands in a file."""
        return self._files[self._names[name]].plain.decode()

    def packed_size(self, name: str) -> int:
        """Bytes that one file takes on the line."""
        return self._files[self._names[name]].size

    def answer(self, request: web.Request, name: str, *, cache: str = FOR_EVER) -> web.Response:
        """Send a file by its plain name."""
        return send(request, self._files[self._names[name]], cache=cache)

    def room(self) -> Room:
        """The one route that hands them out."""
        route = get(PREFIX + "{file}", self._send, Audience.PUBLIC, "static", localized=False)
        return Room(name="static", routes=(route,))

    async def _send(self, request: web.Request) -> web.Response:
        asset = self._files.get(request.match_info["file"])
        if asset is None:
            raise NotFoundError("no such file")
        return send(request, asset, cache=FOR_EVER)


def _packed(path: Path) -> Packed:
    brotli, gzip = (path.with_name(path.name + suffix).read_bytes() for suffix in SMALLER)
    return Packed(TYPES[path.suffix], path.read_bytes(), {"br": brotli, "gzip": gzip})
