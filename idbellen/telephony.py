"""``idbellen ivr``: wires FastAGI, the watcher and the store together. Decides nothing."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Final

import structlog

from idbellen.listening import port_errors
from idbellen.notify import Notifier
from idbellen.storage import open_store
from ivr.agi import AgiLimits, AgiServer
from ivr.agi.callflow import CallFlow
from ivr.agi.contract import COMMAND_SECONDS
from ivr.ami.link import ManagerLink
from ivr.ami.surveyor import Surveyor
from ivr.ami.watcher import Watcher
from ivr.prompts.render import missing
from ivr.settings.load import check_secrets
from ivr.store.budget import Budget
from ivr.store.calls import Calls
from ivr.store.claims import Claims
from ivr.store.lease import Lease
from ivr.store.places import Places
from ivr.store.queues import Queues
from ivr.store.sealing import KeySet, Macs, Sealer

if TYPE_CHECKING:
    from ivr.settings import Settings

GRACE_SECONDS: Final = 3.0
"""For callers who are keying at a stop; then the dialplan takes them to the queue."""

log = structlog.get_logger()


def check_prompts(settings: Settings) -> None:
    """Say which prompts are missing now, so that no caller finds out."""
    folder = settings.asterisk.prompts_dir
    if folder is None:
        log.warning("prompts.unchecked", setting="asterisk.prompts_dir")
        return
    for prompt in missing(folder):
        log.error("prompt.missing", prompt=prompt, file=str(folder))


async def serve(settings: Settings) -> None:
    """Serve callers and watch the Asterisk until SIGINT or SIGTERM."""
    check_secrets(settings)
    check_prompts(settings)
    code_keys = KeySet.read(settings.code_file)
    store, sealer, macs = open_store(settings), Sealer(code_keys), Macs(code_keys, "code")
    budget = Budget(everybody=settings.codes.budget)
    flow = CallFlow(
        Claims(store, macs, budget),
        settings.to_purposes(),
        settings.asterisk.name,
        settings.code_length,
    )
    lease = Lease(store, settings.asterisk.name)
    link = ManagerLink(
        settings.manager.host,
        settings.manager.port,
        settings.manager.username,
        settings.manager.secret.get_secret_value(),
    )
    watcher = Watcher(
        lease, Calls(store, lease, sealer), link, Surveyor(lease, Queues(store), Places(store), link)
    )
    limits = AgiLimits(connections=settings.agi.connections, prompt_seconds=COMMAND_SECONDS + 3)
    try:
        await _run(settings, AgiServer(flow, limits), watcher)
    finally:
        await store.close()


async def _run(settings: Settings, server: AgiServer, watcher: Watcher) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with server:
        with port_errors("ivr", "agi", settings.agi.host, settings.agi.port):
            await server.start(settings.agi.host, settings.agi.port)
        log.info("ivr.listening", host=settings.agi.host, port=server.address[1])
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(watcher.run(), name="watcher"),
                group.create_task(Notifier.from_environment().beat(), name="beat"),
            ]
            await stop.wait()
            log.info("ivr.stopping")
            await server.close(GRACE_SECONDS)  # still watching: unwatched, what is known of a call dies soon
            for task in tasks:
                task.cancel()
