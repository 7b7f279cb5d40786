"""ID Bellen itself, as an operator runs it: the real command, the real processes, beside a lab Asterisk.

::

    async with Stack(folder, agi_port) as stack, Asterisk(Lab(agi=stack.agi)) as pbx:
        await stack.serve(pbx)

Every part is a process of its own, so that a test can kill or freeze just that one.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from tests.lab import guard
from tests.lab.asterisk_files import AMI_SECRET, AMI_USER, LOOKUP_SECRET
from tests.lab.asterisk_home import CHECKOUT
from tests.lab.story import Story
from tests.lab.valkey import Valkey

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from tests.lab.asterisk import Asterisk

READY_SECONDS = 20.0
COMMAND = (sys.executable, "-m", "idbellen")
PASSWORD = "correct horse battery staple"  # of every agent in the lab
SECRET_MODE = 0o600


class Service:
    """One ``idbellen`` process. What it logs is its story; what it prints is kept too."""

    def __init__(self, config: Path, part: str) -> None:
        self.part = part
        self._config = config
        self.story = Story(f"idbellen {part}", "event")
        self.output = ""

    async def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
            path = self._config.parent / f"{self.part}.ready"
            path.unlink(missing_ok=True)
            ear.bind(str(path))
            ear.settimeout(0)
            argv = (*COMMAND, "--config", str(self._config), self.part)
            err = asyncio.subprocess.PIPE
            env = {"PATH": "/usr/bin:/bin", "NOTIFY_SOCKET": str(path), "PYTHONDONTWRITEBYTECODE": "1"}
            self._process = await guard.spawn(*argv, stderr=err, stdout=err, env=env, cwd=str(CHECKOUT))
            self._readers = [
                asyncio.create_task(self._read(stream))
                for stream in (self._process.stderr, self._process.stdout)
            ]
            ready = asyncio.create_task(asyncio.get_running_loop().sock_recv(ear, 4096))
            ended = asyncio.create_task(self._process.wait())
            await asyncio.wait((ready, ended), timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            ended.cancel()
            if not ready.done():
                ready.cancel()
                await self.kill()
                raise RuntimeError(f"idbellen {self.part} did not become ready:\n{self.output}")

    async def _read(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            text = line.decode(errors="replace")
            self.output += text
            if text.startswith("{"):
                await self.story.add(json.loads(text))

    @property
    def pid(self) -> int:
        """The process to freeze or kill."""
        return self._process.pid

    def freeze(self) -> None:
        """Stop it as it stands, sockets open."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    async def stop(self) -> None:
        """Ask it to stop."""
        self.thaw_if_running()
        await guard.end(self._process)
        await asyncio.gather(*self._readers)

    async def kill(self) -> None:
        """End it as a crash does."""
        await guard.end(self._process, at_once=True)
        await asyncio.gather(*self._readers)

    def thaw_if_running(self) -> None:
        """A frozen process hears no SIGTERM."""
        if self._process.returncode is None:
            self.thaw()

    async def restart(self) -> None:
        """Start it anew after a stop or a kill; its story begins anew as well, its output goes on."""
        self.story = Story(f"idbellen {self.part}", "event")
        await self.start()


class Stack:
    """Settings, keys, store and the two services, in a folder of their own."""

    def __init__(self, folder: Path, *, settings: str = "") -> None:
        """``settings``: more TOML at the end of the file."""
        self.folder = folder
        self.config = folder / "idbellen.toml"
        self.agi_port = guard.free_port()
        self.web_port = guard.free_port()
        self.url = f"http://localhost:{self.web_port}"
        self.valkey = Valkey(folder)
        self.ivr = Service(self.config, "ivr")
        self.web = Service(self.config, "web")
        self.ami_port = 0
        """Where to find the manager, if not where the Asterisk has it."""
        self._more = settings
        self._running: list[Service] = []

    @property
    def agi(self) -> str:
        """Where the dialplan asks about callers."""
        return f"agi://127.0.0.1:{self.agi_port}/idbellen"

    async def __aenter__(self) -> Self:
        self.valkey.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(service.stop() for service in self._running))
        self.valkey.kill()

    async def serve(self, pbx: Asterisk, *, agents: int = 2, web: bool = True) -> None:
        """Write the settings for this Asterisk, make keys and accounts, start the services."""
        self.write_settings(pbx, store=self.valkey.url)
        await self.command("keys")
        self._running = [self.ivr, self.web] if web else [self.ivr]
        if web:
            await self.make_accounts(agents, pbx.lab.browsers)
        await asyncio.gather(*(service.start() for service in self._running))
        await self.ivr.story.wait(READY_SECONDS, event="watcher.following")

    async def make_accounts(self, agents: int = 2, browsers: tuple[str, ...] = ()) -> None:
        """Make accounts agent1 and so on, each tied to the phone of that name; some have it in their page."""
        for number in range(1, agents + 1):
            if f"agent{number}" not in browsers:
                await self.make_account(f"agent{number}", f"Agent {number}")
        for name in browsers:
            await self.make_account(name, name.capitalize(), "--softphone")

    async def make_account(self, name: str, shown: str, *options: str) -> None:
        """Make an account, tied to the phone of its name."""
        argv = ("agent", "add", name, "--member", f"PJSIP/{name}", "--display-name", shown, *options)
        await self.command(*argv, "--password-stdin", stdin=PASSWORD + "\n")

    def use_web_port(self, port: int) -> None:
        """Serve the pages here; before the settings are written."""
        self.web_port = port
        self.url = f"http://localhost:{port}"

    def write_settings(self, pbx: Asterisk, *, store: str) -> None:
        """Write the operator's file; an empty ``store`` is the embedded one of ``idbellen up``."""
        secret = self.folder / "manager.secret"
        secret.write_text(AMI_SECRET)
        secret.chmod(SECRET_MODE)
        lookup = self.folder / "softphone.secret"
        lookup.write_text(LOOKUP_SECRET)
        lookup.chmod(SECRET_MODE)
        self.config.write_text(
            f"""
data_dir = "{self.folder}"
demo.enabled = true
agi.port = {self.agi_port}
redis.url = "{store}"

[phone]
number = "+31141234567"
display = "014 123 45 67"

[asterisk]
prompts_dir = "{pbx.folder / "data/sounds"}"
name = "{pbx.lab.name}"
queue = "{pbx.lab.default_queue}"

[manager]
port = {self.ami_port or pbx.ports.ami}
username = "{AMI_USER}"
secret_file = "{secret}"

[web]
url = "{self.url}"
port = {self.web_port}
starts_per_minute = 1000

[security]
contact = ["mailto:security@voorbeeld.nl"]
expires = {datetime.now(UTC).date() + timedelta(days=180)}

{_softphone(pbx, lookup)}
{self._more}
"""
        )

    async def command(self, *argv: str, stdin: str = "") -> str:
        """Run one ``idbellen`` command to its end and return what it prints; fail when it fails."""
        pipe = asyncio.subprocess.PIPE
        process = await guard.spawn(
            *(*COMMAND, "--config", str(self.config), *argv),
            stdin=pipe,
            stdout=pipe,
            stderr=asyncio.subprocess.STDOUT,
            cwd=str(CHECKOUT),
        )
        said, _ = await process.communicate(stdin.encode())
        if process.returncode:
            raise RuntimeError(f"idbellen {' '.join(argv)} failed:\n{said.decode()}")
        return said.decode()

    def output(self) -> str:
        """Everything that the services said."""
        return self.ivr.output + self.web.output


def _softphone(pbx: Asterisk, secret: Path) -> str:
    """The settings of telephones in pages, if there are any."""
    if not pbx.lab.browsers:
        return ""
    at = pbx.lab.browsers_at
    server = f"wss://{at}" if at else "ws://127.0.0.1"
    return f'[softphone]\nurl = "{server}:{pbx.ports.http}/ws"\nsecret_file = "{secret}"\n'
