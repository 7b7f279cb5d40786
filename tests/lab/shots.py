"""Pictures of every state of the citizens' pages, and the page of docs that shows them: ``scripts/shots``.

With the subjects that we come with: all on a phone in Dutch, some on a desktop, in the dark and in English.
Small: in 16 colours.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

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
from tests.lab.scene import Scene, playing
from tests.lab.states import STATES
from tests.lab.states_yivi import YIVI_STATES, with_app
from tests.lab.switchboard import Switchboard
from tests.lab.valkey import Valkey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

FOLDER: Final = "shots/pages"
PAGE: Final = "pages.md"
COLOURS: Final = 16
MAX_BYTES: Final = 60_000
ALL: Final = {**STATES, **YIVI_STATES}
ANDROID: Final = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Mobile"
HAND: Final[dict[str, Any]] = {
    "viewport": {"width": 360, "height": 640},
    "has_touch": True,
    "is_mobile": True,
    "user_agent": ANDROID,
}
DESK: Final[dict[str, Any]] = {"viewport": {"width": 1100, "height": 700}}
SHUT: Final = ("all-closed", "nobody-at-work", "disrupted", "closed", "holiday", "nobody-for-this")
SIT: Final = ("yivi", "yivi-digits", "code", "queued", "connected", "ended", "help")


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at a page."""

    name: str
    window: dict[str, Any]
    language: str = "nl"
    scheme: Literal["light", "dark"] = "light"
    media: Literal["screen", "print"] = "screen"
    states: tuple[str, ...] = ()
    """Which states; none means all."""


LOOKS: Final = (
    Look("phone", HAND),
    Look(
        "desktop",
        DESK,
        states=(
            "start",
            "purpose",
            "code",
            "queued",
            "connected",
            "ended",
            "help",
            *SHUT,
            "yivi",
            "yivi-digits",
        ),
    ),
    Look("phone-dark", HAND, scheme="dark", states=("purpose", "closed", "code", "yivi")),
    Look("phone-english", HAND, language="en", states=("purpose", *SHUT, "code", "connected", "yivi")),
    Look("desktop-english", DESK, language="en", states=SHUT),
    Look("print", DESK, media="print", states=("code",)),
)
HEAD: Final = """\
# The citizens' pages

Made by `scripts/shots`: do not edit. Every state, as a test reaches it (tests/lab/states.py, states_yivi.py).
Axe-core finds nothing in any of them (tests/web/citizen/test_states.py, tests/web/identity/irma).
"""


async def main(docs: Path) -> None:
    """Take all pictures, and write the page."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    folder = docs / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    async with AsyncExitStack() as exits:
        scene, feed = await _scene(exits)
        browser = await exits.enter_async_context(chromium())
        for look in LOOKS:
            for state in look.states or ALL:
                picture = await _picture(browser, scene, feed, state, look)
                (folder / f"{state}-{look.name}.png").write_bytes(picture)
    (docs / PAGE).write_text(written(), "utf-8")


async def _scene(exits: AsyncExitStack) -> tuple[Scene, Feed]:
    home = Path(exits.enter_context(tempfile.TemporaryDirectory()))
    store = Store(exits.enter_context(Valkey(home)).url, Keyspace())
    exits.push_async_callback(store.close)
    rooms = await rooms_on(store, KeySet.draw(), KeySet.draw())
    feed = Feed(store)
    await exits.enter_async_context(feed.running())
    switchboard = await exits.enter_async_context(Switchboard(rooms.calls, rooms.claims).running())
    scene = await exits.enter_async_context(
        playing(
            *(store, rooms.sessions, feed, Settings().to_purposes()),
            citizens=rooms.citizens,
            switchboard=switchboard,
            lease=rooms.calls._lease,
            demo=False,
        )
    )
    return scene, feed


async def _picture(browser: Browser, scene: Scene, feed: Feed, state: str, look: Look) -> bytes:
    window = await browser.new_context(**look.window, color_scheme=look.scheme, reduced_motion="reduce")
    here = replace(scene, page=await window.new_page(), language=look.language)
    try:
        async with _reached(here, feed, state):
            await here.page.emulate_media(media=look.media)
            return small(await here.page.screenshot(full_page=True))
    finally:
        await here.over()


@asynccontextmanager
async def _reached(scene: Scene, feed: Feed, state: str) -> AsyncIterator[None]:
    if state in STATES:
        await STATES[state](scene)
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        async with with_app(scene, feed, Path(folder)) as yivi:
            await YIVI_STATES[state](yivi)
            yield


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


def written() -> str:
    """Return the page of docs."""
    lines = [HEAD]
    for state, reach in ALL.items():
        lines += [f"## {state}", "", " ".join((reach.__doc__ or "").split()), ""]
        shown = [look.name for look in LOOKS if not look.states or state in look.states]
        lines += [f"![{state}, {name}]({FOLDER}/{state}-{name}.png)" for name in shown]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else CHECKOUT / "docs"))
