"""A municipality's own look: stylesheet of tokens and logo, read and checked at start, served from here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ivr.errors import InputError, NotFoundError, SettingsError
from web import theme
from web.packed import Packed, send
from web.route import Audience, Room, get

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aiohttp import web

PREFIX: Final = "/look/"
FOR_EVER: Final = "public, max-age=31536000, immutable"
MAX_THEME: Final = 64 * 1024
MAX_LOGO: Final = 100 * 1024
"""Bytes; both are on every page, for a slow line."""
PNG: Final = b"\x89PNG\r\n\x1a\n"
SVG_HEAD: Final = 1024
"""Bytes at the start of a file, in which an SVG says that it is one."""
ALONE: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""The policy of a logo that somebody opens by itself: an SVG is a document, and may hold a script."""


@dataclass(frozen=True, slots=True)
class Look:
    """What there is of it; addresses are empty for what there is not."""

    files: dict[str, Packed]
    theme_url: str = ""
    logo_url: str = ""

    @classmethod
    def read(cls, theme_file: Path | None, logo_file: Path | None) -> Look:
        """Read and check both; raise SettingsError, which names the setting, the file and the fault."""
        files: dict[str, Packed] = {}
        addresses = [
            _take(files, "site.theme", theme_file, MAX_THEME, _stylesheet),
            _take(files, "site.logo", logo_file, MAX_LOGO, _picture),
        ]
        return cls(files, *addresses)

    def room(self) -> Room:
        """The one route that hands them out."""
        route = get(PREFIX + "{file}", self._send, Audience.PUBLIC, "look", localized=False)
        return Room(name="look", routes=(route,))

    async def _send(self, request: web.Request) -> web.Response:
        file = self.files.get(request.match_info["file"])
        if file is None:
            raise NotFoundError("no such file")
        answer = send(request, file, cache=FOR_EVER)
        answer.headers["Content-Security-Policy"] = ALONE
        return answer


def _take(
    files: dict[str, Packed],
    setting: str,
    file: Path | None,
    most: int,
    read: Callable[[bytes], tuple[str, str]],
) -> str:
    if file is None:
        return ""
    try:
        content = _content(file, most)
        kind, suffix = read(content)
    except OSError as error:
        raise SettingsError(f"{setting}: {file} cannot be read ({error.strerror})") from None
    except InputError as error:
        raise SettingsError(f"{setting}: {file}: {error}") from None
    name = f"{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
    files[name] = Packed.of(kind, content)
    return PREFIX + name


def _content(file: Path, most: int) -> bytes:
    content = file.read_bytes() if file.stat().st_size <= most else b""
    if not content:
        raise InputError(f"must hold something, and at most {most // 1024} kB")
    return content


def _stylesheet(content: bytes) -> tuple[str, str]:
    try:
        theme.check(content.decode())
    except UnicodeDecodeError:
        raise InputError("is not text in UTF-8") from None
    return "text/css", "css"


def _picture(content: bytes) -> tuple[str, str]:
    if content.startswith(PNG):
        return "image/png", "png"
    if b"<svg" in content[:SVG_HEAD]:
        return "image/svg+xml", "svg"
    raise InputError("must be an SVG or a PNG")
