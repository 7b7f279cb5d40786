"""The OpenAPI document: written by hand in openapi.json, which is also where the version stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from web import keys

WRITTEN: Final[dict[str, Any]] = json.loads(
    Path(__file__).with_name("openapi.json").read_text(encoding="utf-8")
)
VERSION: Final[str] = WRITTEN["info"]["version"]
"""In full, by Semantic Versioning: raise it with each change that a caller could notice."""


class Document:
    """``/v1/openapi.json``: what is written, with this operator's own addresses filled in."""

    def __init__(self, contact: dict[str, str]) -> None:
        self._info = {
            **WRITTEN["info"],
            "contact": {name: text for name, text in contact.items() if text},
        }
        self._body = b""

    async def show(self, request: web.Request) -> web.Response:
        """Send it."""
        if not self._body:
            servers = [{"url": str(request.app[keys.OPTIONS].public_url.origin().with_path("/v1"))}]
            filled = {**WRITTEN, "info": self._info, "servers": servers}
            self._body = json.dumps(filled, ensure_ascii=False).encode()
        return web.Response(body=self._body, content_type="application/json")
