"""``idbellen ivr``: wires FastAGI, the watcher and the store together. Decides nothing."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import structlog

from idbellen.listening import port_errors
from idbellen.manager import manager_link
from idbellen.notify import Notifier
from idbellen.storage import open_store
from ivr.agi import AgiLimits, AgiServer
from ivr.agi.callflow import CallFlow
from ivr.agi.contract import COMMAND_SECONDS, UPGRADE_ARGUMENT, UPGRADE_KEYS
from ivr.agi.upgrade import UpgradeFlow
from ivr.ami.attendant import Attendant
from ivr.ami.counter import Counter
from ivr.ami.floor import Floor
from ivr.ami.members import Members
from ivr.ami.orders import Executor
from ivr.ami.surveyor import Surveyor
from ivr.ami.watcher import Watcher
from ivr.ami.wrap_ups import WrapUps
from ivr.prompts.render import missing
from ivr.session.doors import Doors
from ivr.settings.load import check_secrets
from ivr.store.budget import Budget
from ivr.store.calls import Calls
from ivr.store.claims import Claims
from ivr.store.clock import Clock
from ivr.store.feed import Feed
from ivr.store.figures import Counts
from ivr.store.lease import Lease
from ivr.store.lines import Lines
from ivr.store.orders import Orders
from ivr.store.places import Places
from ivr.store.queues import Queues
from ivr.store.sealing import KeySet, Macs, Sealer
from ivr.store.staff import Staff
from ivr.store.standings import Standings
from ivr.store.upgrades import Upgrades

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from ivr.agi import Dialogue
    from ivr.agi.server import Handler
    from ivr.settings import Settings
    from ivr.store.client import Store

    Work = Callable[[], Coroutine[Any, Any, None]]

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
    store = open_store(settings)
    feed = Feed(store)
    limits = AgiLimits(connections=settings.agi.connections, prompt_seconds=COMMAND_SECONDS + 3)
    server = AgiServer(_flows(settings, store, Macs(code_keys, "code")), limits)
    try:
        async with feed.running():
            await _run(settings, server, _watching(settings, store, Sealer(code_keys), feed))
    finally:
        await store.close()


def _flows(settings: Settings, store: Store, macs: Macs) -> Handler:
    """Give each call the flow that its dialplan asks for."""
    claims = Claims(store, macs, Budget(everybody=settings.codes.budget))
    name, length, purposes = settings.asterisk.name, settings.code_length, settings.to_purposes()
    doors = Doors(purposes, settings.opening.to_hours(), now=time.time)
    entry = CallFlow(claims, purposes, name, length, doors=doors)
    upgrade = UpgradeFlow(claims, Upgrades(store), name, length)

    async def flow(dialogue: Dialogue) -> None:
        await (upgrade if dialogue.request.args[1:] == (UPGRADE_ARGUMENT,) else entry)(dialogue)

    return flow


def _watching(settings: Settings, store: Store, sealer: Sealer, feed: Feed) -> tuple[Work, ...]:
    """Watch the Asterisk, and do what agents order of it, over one manager connection."""
    lease, clock = Lease(store, settings.asterisk.name), Clock(store)
    link = manager_link(settings)
    wrap_up = settings.agents.wrap_up_seconds
    members = Members(lease, link, Standings(store), clock, wrap_up=wrap_up)
    surveyor = Surveyor(
        lease,
        link,
        queues=Queues(store),
        places=Places(store),
        lines=Lines(store),
        members=members,
        clock=clock,
    )
    floor = _floor(settings, store, lease, members, feed)
    watcher = Watcher(lease, Calls(store, lease, sealer), link, surveyor, floor)
    executor = Executor(lease, Orders(store), Upgrades(store), feed, link, members=members, keys=UPGRADE_KEYS)
    return watcher.run, executor.run


def _floor(settings: Settings, store: Store, lease: Lease, members: Members, feed: Feed) -> Floor:
    attendant = Attendant(lease, Staff(store), members, feed)
    counts = Counts(store, lease, ZoneInfo(settings.opening.zone), in_time=settings.agents.answer_seconds)
    return Floor(members, WrapUps(members, attendant.present), attendant, Counter(counts))


async def _run(settings: Settings, server: AgiServer, watching: tuple[Work, ...]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with server:
        with port_errors("ivr", "agi", settings.agi.host, settings.agi.port):
            await server.start(settings.agi.host, settings.agi.port)
        log.info("ivr.listening", host=settings.agi.host, port=server.address[1])
        async with asyncio.TaskGroup() as group:
            tasks = [
                *(group.create_task(work()) for work in watching),
                group.create_task(Notifier.from_environment().beat(), name="beat"),
            ]
            await stop.wait()
            log.info("ivr.stopping")
            await server.close(GRACE_SECONDS)  # still watching: unwatched, what is known of a call dies soon
            for task in tasks:
                task.cancel()
