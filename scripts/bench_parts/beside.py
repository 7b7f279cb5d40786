"""ID Bellen's own processes without an Asterisk, and citizens in its store: what pages are measured on.

Knows the settings that `tests.lab.stack` writes. Does not know what is measured.
"""

from __future__ import annotations

import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from idbellen.storage import open_store
from ivr.settings import Settings, load
from ivr.store.claims import Claims
from ivr.store.sealing import KeySet, Macs, Sealer
from ivr.store.sessions import Sessions
from tests.lab.asterisk_files import Lab, Ports
from tests.lab.citizens import Citizens
from tests.lab.stack import Stack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.client import Store


@dataclass(frozen=True, slots=True)
class NoAsterisk:
    """What a `Stack` asks of an Asterisk."""

    folder: Path
    ports: Ports
    lab: Lab


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms on a running stack's store, with its keys."""

    settings: Settings
    store: Store
    sessions: Sessions
    citizens: Citizens
    claims: Claims


@asynccontextmanager
async def stack_without_asterisk(
    ami_port: int = 9, ami_secret: str = "", *, settings: str = "", web_port: int = 0
) -> AsyncIterator[Stack]:
    """A stack with settings, keys and one agent's account, whose services are not started yet."""
    with tempfile.TemporaryDirectory(prefix="idb-bench-") as folder:
        async with Stack(Path(folder), settings=settings) as stack:
            stack.use_web_port(web_port or stack.web_port)
            ports = Ports(sip=0, ami=ami_port, http=0, rtp_first=0, rtp_last=0)
            stack.write_settings(NoAsterisk(stack.folder, ports, Lab()), store=stack.valkey.url)
            if ami_secret:
                (stack.folder / "manager.secret").write_text(ami_secret)
            await stack.command("keys")
            await stack.make_accounts(1)
            yield stack


@asynccontextmanager
async def rooms_of(stack: Stack) -> AsyncIterator[Rooms]:
    """The rooms on this stack's store."""
    settings = load(stack.config).settings
    store = open_store(settings)
    codes = KeySet.read(settings.code_file)
    sealer, codes_sealer, macs = Sealer(KeySet.read(settings.seal_file)), Sealer(codes), Macs(codes, "code")
    life = settings.codes.minutes * 60
    sessions = Sessions(store, sealer, codes_sealer, macs, length=settings.code_length, life=life)
    try:
        yield Rooms(settings, store, sessions, Citizens(sessions), Claims(store, macs))
    finally:
        await store.close()
