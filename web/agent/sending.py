"""Sending to an agent's browser, within bounded time. Knows a websocket; not what is said on it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from aiohttp import WSCloseCode

if TYPE_CHECKING:
    from aiohttp import web

SEND_SECONDS: Final = 5.0
"""The longest that a browser may take to take in what is sent."""


async def send(socket: web.WebSocketResponse, text: str) -> bool:
    """Send; tell whether the browser is still there to take it."""
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await socket.send_str(text)
    except (ConnectionError, TimeoutError):
        await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)
        return False
    return True
