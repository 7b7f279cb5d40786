"""``idbellen doctor``: what is missing, and how to mend it.

Looks at the settings' files, the prompts and the store; others look at the Asterisk, accounts and more.
Changes nothing.
"""

from __future__ import annotations

import asyncio
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from idbellen import doctor_agents, doctor_asterisk, doctor_opening, doctor_phone, doctor_site
from idbellen.storage import open_store
from idbellen.verdict import Result, fine, warning, wrong
from ivr.errors import SettingsError, StoreError
from ivr.prompts.render import missing
from ivr.settings.load import check_secrets
from ivr.store.sealing import KeySet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from ivr.settings import Settings

CONNECT_SECONDS: Final = 2.0
STORE_VERSION: Final = 7
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


async def examine(settings: Settings) -> list[Result]:
    """Do all checks; none of them stops the others."""
    results = [*_secrets(settings), *_keys(settings), *_prompts(settings)]
    results += doctor_agents.examine(settings)
    results += doctor_site.examine(settings)
    results += [result async for result in doctor_opening.examine(settings)]
    results.append(await _fastagi(settings))
    results += [result async for result in _store(settings)]
    results += [result async for result in doctor_asterisk.examine(settings)]
    results += [result async for result in doctor_phone.examine(settings)]
    return results


def _secrets(settings: Settings) -> Iterator[Result]:
    try:
        check_secrets(settings)
    except SettingsError as error:
        yield wrong("settings", str(error), "asterisk-config/manager.conf says how to make one")
    else:
        yield fine("settings", "valid; the manager secret is not a sample")


def _keys(settings: Settings) -> Iterator[Result]:
    for file in (settings.seal_file, settings.code_file):
        try:
            KeySet.read(file)
        except SettingsError as error:
            mend = "restore it from your backup" if file.exists() else "idbellen keys"
            yield wrong("keys", str(error), mend)
            continue
        yield _owner_only(file)


def _owner_only(file: Path) -> Result:
    if stat.S_IMODE(file.stat().st_mode) & OTHERS:
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
    with suppress(OSError):
        await writer.wait_closed()
    return fine("fastagi", f"{where} answers")


async def _store(settings: Settings) -> AsyncIterator[Result]:
    store = open_store(settings)
    try:
        facts = await store.facts()
    except StoreError as error:
        own = not settings.redis.url.get_secret_value()
        yield wrong("store", str(error), "idbellen up runs it" if own else "start it, or set redis.url")
        return
    finally:
        await store.close()
    if facts.version < STORE_VERSION:
        found = f"version {facts.version} is too old"
        yield wrong("store", found, f"use Valkey, or Redis {STORE_VERSION} or later")
    else:
        yield fine("store", f"{facts.name} {facts.version}")
    if facts.keeps_on_disk:
        mend = 'set: save "" and appendonly no; what is wiped must be gone'
        yield warning("store", "it writes to disk", mend)
    if facts.evicts:
        yield warning("store", "it drops keys when full", "set: maxmemory-policy noeviction")
