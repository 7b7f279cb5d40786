"""A real Asterisk for a test, with folders and ports of its own, so that several run side by side.

::

    async with Asterisk(Lab(agi=f"agi://127.0.0.1:{port}/idbellen")) as pbx:
        await pbx.cli("queue show queue1")

It is killed when the block ends or this process dies, and its folder removed.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
from typing import TYPE_CHECKING, Self

from tests.lab import asterisk_files, guard
from tests.lab.asterisk_files import Lab, Ports
from tests.lab.asterisk_home import CHECKOUT, AsteriskHome, find

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

BOOT_SECONDS = 20.0
CLI_SECONDS = 10.0
IDLE_SECONDS = 20.0
NO_CHANNELS = re.compile(r"^0 active channels", re.MULTILINE)
_FOLDERS = ("etc", "run", "log", "spool", "db", "data", "cache")


class Asterisk:
    """One Asterisk, running from ``async with`` to its end, with the project's own files included."""

    def __init__(
        self, lab: Lab | None = None, *, prompts: Path | None = None, home: AsteriskHome | None = None
    ) -> None:
        """``prompts``: a folder with ``<language>/idbellen/*.wav``, as ``ivr.prompts`` renders it."""
        self.lab = lab or Lab()
        self.home = home or find()
        self._prompts = prompts
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        self.folder = self.home.make_folder()
        self._rtp = guard.PortBlock()
        bind = self.lab.bind
        self.ports = Ports(
            sip=guard.free_port(socket.SOCK_DGRAM, bind),
            ami=guard.free_port(),
            http=guard.free_port(address=bind),
            rtp_first=self._rtp.first,
            rtp_last=self._rtp.last,
        )
        try:
            self._write()
            await self.start()
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._leave()

    async def _leave(self) -> None:
        await self.stop()
        self._rtp.release()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def sip(self) -> str:
        """Where phones reach it: ``127.0.0.1:port``."""
        host = "127.0.0.1" if self.lab.bind == "0.0.0.0" else self.lab.bind  # noqa: S104 compared, not bound
        return f"{host}:{self.ports.sip}"

    @property
    def logs(self) -> Path:
        """The folder of ``full.log``, ``queue_log`` and ``cdr-csv/Master.csv``."""
        return self.folder / "log"

    @property
    def pid(self) -> int:
        """The process to freeze or kill. It is a ``RuntimeError`` when none runs."""
        if self._process is None:
            raise RuntimeError("Asterisk does not run")
        return self._process.pid

    async def start(self) -> None:
        """Start it and wait until it is booted; a ``RuntimeError`` with its last words when it does not."""
        conf = self.home.inside(self.folder / "etc/asterisk.conf")
        with (self.folder / "log/output.log").open("ab") as output:
            self._process = await guard.spawn(
                *self.home.prefix,
                self.home.program,
                "-f",
                "-C",
                conf,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        await self.wait_booted()

    async def wait_booted(self) -> None:
        """Until every module is up."""
        try:
            async with asyncio.timeout(BOOT_SECONDS):
                while "has fully booted" not in await self._cli("core waitfullybooted"):
                    if self._process is None or self._process.returncode is not None:
                        break
                    await asyncio.sleep(0.05)  # its control socket is not there yet: nothing to wait on
                else:
                    return
        except TimeoutError:
            pass
        raise RuntimeError(f"Asterisk did not boot within {BOOT_SECONDS} s:\n{self.log_text()[-3000:]}")

    async def cli(self, command: str) -> str:
        """What ``asterisk -rx command`` prints."""
        async with asyncio.timeout(CLI_SECONDS):
            return await self._cli(command)

    async def _cli(self, command: str) -> str:
        conf = self.home.inside(self.folder / "etc/asterisk.conf")
        pipe = asyncio.subprocess.PIPE
        process = await guard.spawn(
            *self.home.prefix,
            self.home.program,
            "-C",
            conf,
            "-rx",
            command,
            stdout=pipe,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            said, _ = await process.communicate()
        except asyncio.CancelledError:
            await guard.end(process, at_once=True)
            raise
        return said.decode(errors="replace")

    async def staffed(self, agent: str) -> None:
        """Wait until the queues know that this agent's phone is there; the phone knows it earlier."""
        line = re.compile(rf"PJSIP/{agent} .*")
        async with asyncio.timeout(BOOT_SECONDS):
            while not all("Not in use" in member for member in line.findall(await self._cli("queue show"))):
                pass  # asking takes a while by itself

    async def idle(self) -> None:
        """Wait until the last call is gone, with every channel of it."""
        async with asyncio.timeout(IDLE_SECONDS):
            while not NO_CHANNELS.search(await self._cli("core show channels count")):
                pass  # asking takes a while by itself

    async def set_global(self, name: str, value: str) -> None:
        """Change one of the operator's globals while it runs."""
        await self.cli(f"dialplan set global {name} {value or chr(34) * 2}")

    async def stop(self) -> None:
        """Stop it; calls in progress are hung up."""
        if self._process is not None:
            await guard.end(self._process)
            self._process = None

    async def kill(self) -> None:
        """End it as a power cut does."""
        if self._process is not None:
            await guard.end(self._process, at_once=True)
            self._process = None

    async def restart(self) -> None:
        """Stop it and start it with the same files, folders and ports."""
        await self.stop()
        await self.start()

    def log_text(self) -> str:
        """Everything that it has written: logs, queue log, call detail records."""
        paths = sorted(path for path in self.logs.rglob("*") if path.is_file())
        return "\n".join(path.read_text(errors="replace") for path in paths)

    def _write(self) -> None:
        """The whole configuration, with ours copied to ``idbellen/`` as README says."""
        for name in _FOLDERS:
            (self.folder / name).mkdir()
        etc = self.folder / "etc"
        for source in ("dialplan", "asterisk-config"):
            shutil.copytree(CHECKOUT / source, etc / "idbellen", dirs_exist_ok=True)
        inside = {name: self.home.inside(self.folder / name) for name in _FOLDERS}
        folders = {
            "astetcdir": inside["etc"],
            "astmoddir": self.home.folder("astmoddir"),
            "astvarlibdir": inside["db"],
            "astdbdir": inside["db"],
            "astkeydir": inside["db"],
            "astdatadir": inside["data"],
            "astspooldir": inside["spool"],
            "astrundir": inside["run"],
            "astlogdir": inside["log"],
            "astcachedir": inside["cache"],
        }
        self._link_data()
        for name, text in asterisk_files.files(self.lab, self.ports, folders).items():
            (etc / name).write_text(text)
        (self.logs / "cdr-csv").mkdir()

    def _link_data(self) -> None:
        """Asterisk's own sounds, music and documentation by links, our prompts beside them."""
        shipped = self.home.folder("astdatadir")
        data = self.folder / "data"
        for name in ("documentation", "moh", "static-http", "rest-api"):
            (data / name).symlink_to(f"{shipped}/{name}")
        english = self.home.resolve(f"{shipped}/sounds/en")
        (data / "sounds/en").mkdir(parents=True)
        for sound in english.iterdir():
            (data / "sounds/en" / sound.name).symlink_to(self.home.inside(sound))
        if self._prompts is not None:
            shutil.copytree(self._prompts, data / "sounds", dirs_exist_ok=True)
