"""``idbellen doctor``: what is missing, and how to mend it. One line a check.

Looks at the settings' files, the store, the Asterisk and the accounts, with the rights of ``idbellen ivr``
itself, so that what is fine here is fine there. Changes nothing.
"""

from __future__ import annotations

import asyncio
import re
import stat
from typing import TYPE_CHECKING, Final

from idbellen.storage import open_store
from idbellen.verdict import Result, fine, warning, wrong
from ivr.agi.contract import ENTRY_CONTEXT, FALLBACK_CONTEXT, QUEUE_CONTEXT
from ivr.ami.events import ChannelListed, Listed, QueueMember
from ivr.ami.link import ManagerLink
from ivr.errors import IdBellenError, ManagerError, SettingsError, StoreError
from ivr.prompts.render import missing
from ivr.settings.load import check_secrets
from ivr.store.sealing import KeySet
from web.agent.accounts import Accounts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from ivr.settings import Settings

CONNECT_SECONDS: Final = 2.0
NEEDED_ACTIONS: Final = ("CoreShowChannels", "QueueStatus", "CoreSettings", "ShowDialPlan")
FORBIDDEN_ACTIONS: Final = (
    "Originate",
    "Command",
    "GetConfig",
    "UpdateConfig",
    "ModuleLoad",
    "Setvar",
)
"""What a stolen secret could do harm with, or read digits with; we never use any."""
FIRST_WHOLE: Final = {18: (18, 26, 2), 20: (20, 14, 1), 21: (21, 9, 1), 22: (22, 4, 1)}
"""Per branch, the first release without the known holes of the manager and of SIP log-in (CVE-2023-49294,
CVE-2024-42365, CVE-2025-47779, CVE-2025-47780). A branch between these that is not listed is not mended."""
STORE_VERSION: Final = 7


async def examine(settings: Settings) -> list[Result]:
    """Do all checks; none of them stops the others."""
    results = [*_secrets(settings), *_keys(settings), *_prompts(settings), await _fastagi(settings)]
    results += [result async for result in _store(settings)]
    results += [result async for result in _asterisk(settings)]
    return results


def known_holes(version: tuple[int, int, int]) -> bool:
    """Tell whether this Asterisk has known holes that a later one has not."""
    branch = version[0]
    if branch > max(FIRST_WHOLE):
        return False
    return branch not in FIRST_WHOLE or version < FIRST_WHOLE[branch]


def _secrets(settings: Settings) -> Iterator[Result]:
    try:
        check_secrets(settings)
    except SettingsError as error:
        yield wrong("settings", str(error), "see docs/operating.md, the manager user")
    else:
        yield fine("settings", "valid; the manager secret is not a sample")


def _keys(settings: Settings) -> Iterator[Result]:
    for file in (settings.seal_file, settings.code_file):
        try:
            KeySet.read(file)
        except SettingsError as error:
            yield wrong("keys", str(error), "idbellen keys")
            continue
        yield _owner_only(file)


def _owner_only(file: Path) -> Result:
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        return wrong("keys", f"{file} can be read by others", f"chmod 600 {file}")
    return fine("keys", str(file))


def _prompts(settings: Settings) -> Iterator[Result]:
    folder = settings.asterisk.prompts_dir
    if folder is None:
        yield warning("prompts", "not checked", "set asterisk.prompts_dir to Asterisk's sounds folder")
        return
    absent = missing(folder)
    if absent:
        yield wrong("prompts", f"missing: {', '.join(absent)}", f"idbellen prompts {folder}")
    else:
        yield fine("prompts", f"all there in {folder}")


async def _fastagi(settings: Settings) -> Result:
    where = f"{settings.agi.host}:{settings.agi.port}"
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(settings.agi.host, settings.agi.port)
    except (OSError, TimeoutError):
        return warning("fastagi", f"nobody listens on {where}", "start it: idbellen up, or idbellen ivr")
    writer.close()
    return fine("fastagi", f"{where} answers")


async def _store(settings: Settings) -> AsyncIterator[Result]:
    store = open_store(settings)
    try:
        facts = await store.facts()
    except StoreError as error:
        mend = (
            "start it, or set redis.url" if settings.redis.url.get_secret_value() else "idbellen up runs it"
        )
        yield wrong("store", str(error), mend)
        return
    finally:
        await store.close()
    if facts.version < STORE_VERSION:
        yield wrong(
            "store", f"version {facts.version} is too old", f"use Valkey, or Redis {STORE_VERSION} or later"
        )
    else:
        yield fine("store", f"{facts.name} {facts.version}")
    if facts.keeps_on_disk:
        yield warning(
            "store", "it writes to disk", 'set: save "" and appendonly no; what is wiped must be gone'
        )
    if facts.evicts:
        yield warning("store", "it drops keys when full", "set: maxmemory-policy noeviction")


async def _asterisk(settings: Settings) -> AsyncIterator[Result]:
    manager = settings.manager
    link = ManagerLink(manager.host, manager.port, manager.username, manager.secret.get_secret_value())
    try:
        async with link.once():
            yield fine("manager", f"{manager.username} is let in at {manager.host}:{manager.port}")
            for check in (_version, _rights, _queues, _dialplan, _variables):
                async for result in check(link, settings):
                    yield result
    except ManagerError as error:
        yield wrong("manager", str(error), "asterisk-config/manager.conf says how to make the user")
    except IdBellenError as error:
        yield wrong("manager", str(error), "is this Asterisk's manager port?")


async def _version(link: ManagerLink, _: Settings) -> AsyncIterator[Result]:
    answer = await link.action("CoreSettings")
    text = answer.fields.get("AsteriskVersion", "")
    match = re.search(r"(\d+)\.(\d+)\.(\d+)", text)
    if match is None:
        yield warning("asterisk", f"version {text!r} is not one we know", "18 to 22 are supported")
        return
    version = (int(match[1]), int(match[2]), int(match[3]))
    shown = ".".join(match.groups())
    if known_holes(version):
        whole = ", ".join(".".join(map(str, first)) for first in FIRST_WHOLE.values())
        yield wrong("asterisk", f"{shown} has known security holes", f"use at least one of {whole}")
    else:
        yield fine("asterisk", shown)


async def _rights(link: ManagerLink, _: Settings) -> AsyncIterator[Result]:
    actions = (await link.action("ListCommands")).fields
    absent = [name for name in NEEDED_ACTIONS if name not in actions]
    if absent:
        yield wrong("rights", f"may not: {', '.join(absent)}", "write = reporting, in manager.conf")
    else:
        yield fine("rights", "may ask what is needed")
    harmful = [name for name in FORBIDDEN_ACTIONS if name in actions]
    if harmful:
        yield warning(
            "rights", f"may also: {', '.join(harmful)}", "leave only write = reporting, in manager.conf"
        )


async def _queues(link: ManagerLink, settings: Settings) -> AsyncIterator[Result]:
    members: dict[str, list[str]] = {}
    for item in await link.listing("QueueStatus", "QueueStatusComplete"):
        match item:
            case Listed("QueueParams", fields):
                members.setdefault(fields["Queue"], [])
            case QueueMember():
                members.setdefault(item.queue, []).append(item.interface)
            case _:
                pass
    wanted = {settings.asterisk.queue, *(purpose.queue for purpose in settings.to_purposes())}
    for queue in sorted(wanted):
        if queue not in members:
            yield wrong(
                "queue", f"{queue} does not exist", f"make [{queue}] in queues.conf, or change the settings"
            )
        elif not members[queue]:
            yield warning(
                "queue", f"{queue} has no members", "add members: callers would hear that it is empty"
            )
        else:
            yield fine("queue", f"{queue}: {len(members[queue])} members")
    for result in _accounts(settings, {name for names in members.values() for name in names}):
        yield result


def _accounts(settings: Settings, interfaces: set[str]) -> Iterator[Result]:
    try:
        accounts = Accounts(settings.agents_file).list()
    except IdBellenError as error:
        yield wrong("agents", str(error), "idbellen agent list")
        return
    if not accounts:
        yield warning("agents", "there are no accounts", "idbellen agent add NAME --member PJSIP/…")
    for account in accounts:
        if account.member.asterisk == settings.asterisk.name and account.member.interface not in interfaces:
            where = account.member.interface
            yield warning(
                "agents",
                f"{account.name}: {where} is in no queue",
                "is the member spelled as in queues.conf?",
            )


async def _dialplan(link: ManagerLink, _: Settings) -> AsyncIterator[Result]:
    for context in (ENTRY_CONTEXT, QUEUE_CONTEXT, FALLBACK_CONTEXT):
        try:
            await link.listing("ShowDialPlan", "ShowDialPlanComplete", Context=context)
        except ManagerError:
            yield wrong(
                "dialplan", f"no context {context}", '#include "idbellen/idbellen.conf" in extensions.conf'
            )
        else:
            yield fine("dialplan", context)


async def _variables(link: ManagerLink, _: Settings) -> AsyncIterator[Result]:
    channels = await link.listing("CoreShowChannels", "CoreShowChannelsComplete")
    calls = [channel for channel in channels if isinstance(channel, ChannelListed)]
    if not calls:
        yield warning("channelvars", "not checked: there is no call now", "run this again during a call")
    elif not all(call.has_reference for call in calls):
        yield wrong(
            "channelvars", "IDB_REF is not listed", "channelvars = IDB_REF, in manager.conf [general]"
        )
    else:
        yield fine("channelvars", "IDB_REF")
