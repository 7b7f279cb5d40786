"""The Yivi app's side of the story, with real parts: an IRMA server, and a wallet that discloses.

Both are built by scripts/irma. The server issues the cards as well: it has the demonstration scheme's keys.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, Self

import aiohttp

from tests.lab import guard
from tests.lab.asterisk_home import CHECKOUT
from tests.lab.story import Story

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from types import TracebackType

    from tests.lab.story import Event

MADE: Final = CHECKOUT / "var/irma"
READY_SECONDS: Final = 20.0
STEP_SECONDS: Final = 20.0
LOOK_SECONDS: Final = 0.05
ISSUANCE: Final = "https://irma.app/ld/request/issuance/v2"
NOWHERE: Final = {"HTTPS_PROXY": "http://127.0.0.1:1", "PATH": "/usr/bin:/bin"}
"""Keeps the programs from their makers' sites, which they do not need."""

NAMED: Final = "irma-demo.MijnOverheid.fullName"
CARD: Final = "irma-demo.RU.studentCard"
OTHER: Final = "irma-demo.MijnOverheid.singleton"
PERSON: Final = {"fullname": "Kanarie Vogelzang", "bsn": "999990421", "postcode": "9999ZZ"}
"""Somebody whose details occur nowhere else."""
SOURCES: Final = {
    "fullname": [f"{NAMED}.firstnames + {NAMED}.familyname"],
    "bsn": [f"{CARD}.studentID", f"{OTHER}.BSN"],
    "postcode": [f"{CARD}.studentCardNumber"],
}
LEVEL: Final = f"{CARD}.level"
TOWN: Final = {"dateofbirth", "street", "city"}
"""What the demonstration's cards do not have: filled in by something that they do."""


def toml(url: str) -> str:
    """The part of the settings file for this server: where its cards have what we ask for."""
    more = {name: [f"{CARD}.university"] for name in TOWN} | {"housenumber": [f"{CARD}.studentCardNumber"]}
    lines = (f"{name} = {json.dumps(sources)}\n" for name, sources in (SOURCES | more).items())
    head = f'[irma]\nurl = "{url}"\nauthentication = "none"\ncallback = true\nlevel_attribute = "{LEVEL}"\n'
    return f"{head}[irma.attributes]\n{''.join(lines)}"


class IrmaServer:
    """A real IRMA server. ``requestors`` is its own setting; without it, it asks nobody who they are."""

    def __init__(
        self, folder: Path, *, requestors: dict[str, Any] | None = None, events: bool = True
    ) -> None:
        self._folder = folder
        self._requestors = requestors
        self._events = events
        self.port = guard.free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        shutil.copytree(MADE / "schemes", self._folder / "server", dirs_exist_ok=True)
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await guard.end(self._process, at_once=True)

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        known = ["--no-auth=false", "--requestors", json.dumps(self._requestors)]
        with (self._folder / "server.log").open("ab") as log:
            self._process = await guard.spawn(
                *(str(MADE / "server"), "irma", "server", "--no-tls"),
                *(known if self._requestors else ["--no-auth"]),
                *("--schemes-path", str(self._folder / "server"), "--schemes-update", "0"),
                *("--privkeys", str(MADE / "keys"), "--listen-addr", "127.0.0.1", "--port", str(self.port)),
                *("--url", f"{self.url}/irma/", "--allow-unsigned-callbacks"),
                *(["--sse"] if self._events else []),
                stdout=log,
                stderr=log,
                env=NOWHERE,
            )
        async with asyncio.timeout(READY_SECONDS), aiohttp.ClientSession(self.url) as http:
            while not await _answers(http):  # noqa: ASYNC110 - it does not tell when it is ready
                await asyncio.sleep(LOOK_SECONDS)

    async def stop(self) -> None:
        """End it as a crash does: it forgets every session."""
        await guard.end(self._process, at_once=True)

    async def status(self, token: str) -> str:
        """How a session stands; what the server says of one that it does not know."""
        async with aiohttp.ClientSession(self.url) as http, http.get(f"/session/{token}/status") as answer:
            told = await answer.json(content_type=None)
        return told if isinstance(told, str) else told["error"]

    async def issue(self, cards: dict[str, dict[str, str]]) -> dict[str, Any]:
        """Start a session that gives cards; return its pointer."""
        wanted = [{"credential": card, "attributes": values} for card, values in cards.items()]
        request = {"@context": ISSUANCE, "credentials": wanted}
        async with aiohttp.ClientSession(self.url) as http, http.post("/session", json=request) as answer:
            return (await answer.json(content_type=None))["sessionPtr"]


async def _answers(http: aiohttp.ClientSession) -> bool:
    try:
        async with http.get("/health") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


class Wallet:
    """A citizen's phone: the app, and a thumb."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.story = Story("the wallet", "event")

    def begin(self, pointer: dict[str, Any], answer: str = "yes", choices: tuple[int, ...] = ()) -> None:
        """Scan or open a session. ``answer``: ``yes``, ``no``, or ``wait`` for who leaves it there."""
        line = {"pointer": pointer, "answer": answer, "choices": list(choices)}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(line).encode() + b"\n")

    async def sees(self, what: str) -> Event:
        """Wait until the app gets there: ``permission``, ``pairing``, ``done``, ``cancelled``, ``failed``."""
        return await self.story.wait(STEP_SECONDS, event=what)

    async def show(self, pointer: dict[str, Any], choices: tuple[int, ...] = ()) -> Event:
        """Agree to what a session asks; where the app then leads."""
        self.begin(pointer, choices=choices)
        back = await self.sees("return")
        await self.sees("done")
        return back

    async def holds(self, server: IrmaServer, level: str = "25", **person: str) -> None:
        """Collect the cards of `PERSON`, or of somebody else."""
        who = {**PERSON, **person}
        first, _, family = who["fullname"].partition(" ")
        card = {"university": "x", "studentCardNumber": who["postcode"], "studentID": who["bsn"]}
        self.begin(
            await server.issue(
                {
                    NAMED: {"firstnames": first, "firstname": first, "familyname": family},
                    CARD: {**card, "level": level},
                    OTHER: {"BSN": who["bsn"]},
                }
            )
        )
        await self.sees("permission")
        await self.sees("done")

    async def listen(self) -> None:
        """Take down what it tells."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            await self.story.add(json.loads(line))
        await self.story.end()


@asynccontextmanager
async def wallet(folder: Path) -> AsyncIterator[Wallet]:
    """A phone with an empty app; it keeps its cards in ``folder``."""
    folder.mkdir()  # noqa: ASYNC240 - at once, in memory
    pipe = asyncio.subprocess.PIPE
    process = await guard.spawn(
        *(str(MADE / "wallet"), str(folder), str(MADE / "schemes")),
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.DEVNULL,
        env=NOWHERE,
    )
    phone = Wallet(process)
    listener = asyncio.create_task(phone.listen())
    try:
        await phone.sees("ready")
        yield phone
    finally:
        await guard.end(process, at_once=True)
        await listener
