"""Pictures of every state of the citizens' pages, and the page of docs that shows them: ``scripts/shots``.

With the subjects that we come with: all on a phone in Dutch, some on a desktop, in the dark and in English.
Small: in 16 colours.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog
from PIL import Image

from ivr.settings import Settings
from ivr.store.client import Store
from ivr.store.feed import Feed
from ivr.store.keyspace import Keyspace
from ivr.store.sealing import KeySet
from tests.lab.asterisk_home import CHECKOUT
from tests.lab.browser import chromium
from tests.lab.rooms import rooms_on
from tests.lab.states import AGENT_PHONE, STATES, Scene, hold_room
from tests.lab.switchboard import ASTERISK, Switchboard
from tests.lab.valkey import Valkey
from tests.lab.visitors import pages

if TYPE_CHECKING:
    from playwright.async_api import Browser

FOLDER: Final = "shots/pages"
PAGE: Final = "pages.md"
COLOURS: Final = 16
MAX_BYTES: Final = 60_000
HAND: Final[dict[str, Any]] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
}
DESK: Final[dict[str, Any]] = {"viewport": {"width": 1100, "height": 700}}


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at a page."""

    name: str
    window: dict[str, Any]
    language: str = "nl"
    scheme: str = "light"
    states: tuple[str, ...] = ()
    """Which states; none means all."""


LOOKS: Final = (
    Look("phone", HAND),
    Look("desktop", DESK, states=("start", "purpose", "code", "queued", "connected", "ended", "help")),
    Look("phone-dark", HAND, scheme="dark", states=("purpose", "code")),
    Look("phone-english", HAND, language="en", states=("purpose", "code", "connected")),
)
HEAD: Final = """\
# The citizens' pages

Made by `scripts/shots`: do not edit. Every state, as a test reaches it (tests/lab/states.py); axe-core finds
nothing in any of them (tests/web/citizen/test_states.py).
"""


async def main(docs: Path) -> None:
    """Take all pictures, and write the page."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    folder = docs / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    async with AsyncExitStack() as exits:
        scene = await _scene(exits)
        browser = await exits.enter_async_context(chromium())
        for look in LOOKS:
            for state in look.states or STATES:
                picture = await _picture(browser, scene, state, look)
                (folder / f"{state}-{look.name}.png").write_bytes(picture)
    (docs / PAGE).write_text(_page(), "utf-8")


async def _scene(exits: AsyncExitStack) -> Scene:
    home = Path(exits.enter_context(tempfile.TemporaryDirectory()))
    store = Store(exits.enter_context(Valkey(home)).url, Keyspace())
    exits.push_async_callback(store.close)
    rooms = await rooms_on(store, KeySet.draw(), KeySet.draw())
    feed = Feed(store)
    await exits.enter_async_context(feed.running())
    purposes = Settings().to_purposes()
    names = {f"{ASTERISK}:{AGENT_PHONE}": "Sanne"}
    visitors = await exits.enter_async_context(
        pages(rooms.sessions, feed, purposes, names=names, further=hold_room)
    )
    switchboard = await exits.enter_async_context(Switchboard(rooms.calls, rooms.claims).running())
    return Scene(visitors, rooms.sessions, rooms.citizens, switchboard, store, page=None)  # type: ignore[arg-type]


async def _picture(browser: Browser, scene: Scene, state: str, look: Look) -> bytes:
    window = await browser.new_context(**look.window, color_scheme=look.scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    try:
        here = replace(scene, page=await window.new_page(), language=look.language)
        await STATES[state](here)
        return small(await here.page.screenshot(full_page=True))
    finally:
        await window.close()
        await scene.store.redis.delete(scene.store.keys.notice())


def small(picture: bytes) -> bytes:
    """The same picture in few colours; raise ValueError if it is still too large for a repository."""
    with Image.open(BytesIO(picture)) as image:
        few = image.convert("RGB").quantize(
            COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
    file = BytesIO()
    few.save(file, "png", optimize=True)
    if len(file.getvalue()) > MAX_BYTES:
        raise ValueError(f"a picture is {len(file.getvalue())} bytes, more than {MAX_BYTES}")
    return file.getvalue()


def _page() -> str:
    lines = [HEAD]
    for state, reach in STATES.items():
        lines += [f"## {state}", "", " ".join((reach.__doc__ or "").split()), ""]
        shown = [look.name for look in LOOKS if not look.states or state in look.states]
        lines += [f"![{state}, {name}]({FOLDER}/{state}-{name}.png)" for name in shown]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else CHECKOUT / "docs"))
