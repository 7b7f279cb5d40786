"""What `idbellen doctor` asks of the Asterisk, as the manager user that ``idbellen ivr`` logs in as.

Knows what the program needs there, and which file mends what is missing. Only looks: each action is one that
the shipped user may do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idbellen.manager import manager_link
from idbellen.verdict import Result, fine, warning, wrong
from ivr.agi.contract import (
    DEFAULTS,
    ENTRY_CONTEXT,
    FALLBACK_CONTEXT,
    KEYS_MILLISECONDS,
    QUEUE_CONTEXT,
    UPGRADE_CONTEXT,
    UPGRADE_KEYS,
    Option,
)
from ivr.ami.events import ChannelListed, QueueMember, QueueParams
from ivr.errors import IdBellenError, ManagerError, ManagerGoneError, SettingsError, TooSlowError
from web.agent.accounts import Accounts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from ivr.ami.link import ManagerLink
    from ivr.settings import Settings
    from web.agent.person import Agent

    Check = Callable[[ManagerLink, Settings], AsyncIterator[Result]]

NEEDED_ACTIONS: Final = ("CoreShowChannels", "QueueStatus", "CoreSettings", "ShowDialPlan")
BUTTON_ACTION: Final = "PlayDTMF"
"""For the agent's button that has a caller asked for a code. All else works without it."""
STAFF_ACTIONS: Final = ("QueueAdd", "QueuePause", "QueueRemove")
"""For agents who pause, wrap up, and are in their queues while they are logged in. As above."""
FORBIDDEN_ACTIONS: Final = ("Originate", "Command", "GetConfig", "UpdateConfig", "ModuleLoad")
"""What a stolen secret could do harm with, or read digits with; we never use any."""
FIRST_WHOLE: Final = {18: (18, 26, 2), 20: (20, 14, 1), 21: (21, 9, 1), 22: (22, 4, 1)}
"""Per branch, the first release without the known holes of the manager and of SIP log-in (CVE-2023-49294,
CVE-2024-42365, CVE-2025-47779, CVE-2025-47780). A branch between these that is not listed is not mended."""
FIRST_WHOLE_CERTIFIED: Final = {18: (18, 9, 14), 20: (20, 7, 5)}
"""The same of the certified branches, whose third figure counts after ``-cert``."""
_VERSION: Final = re.compile(r"(\d+)\.(\d+)(?:\.|(-cert))(\d+)")
RIGHTS: Final = "write = reporting,call,agent, in manager.conf"
DIGIT_TIMEOUT: Final = "FEATURE(featuredigittimeout)"
"""Tells whether our features.conf is in use: no other manager action shows it."""


async def examine(settings: Settings) -> AsyncIterator[Result]:
    """Log in, and do all checks; none of them stops the others."""
    manager = settings.manager
    where = f"{manager.host}:{manager.port}"
    try:
        async with (link := manager_link(settings)).once():
            yield fine("manager", f"{manager.username} is let in at {where}")
            for part, check in _CHECKS.items():
                async for result in _alone(part, check(link, settings)):
                    yield result
    except (ManagerGoneError, TooSlowError) as error:
        yield wrong("manager", str(error), f"is Asterisk running, and is {where} its manager (manager.conf)?")
    except (ManagerError, SettingsError) as error:
        yield wrong("manager", str(error), "asterisk-config/manager.conf says how to make user and secret")


def known_holes(version: tuple[int, int, int], *, certified: bool = False) -> bool:
    """Tell whether this Asterisk has known holes that a later one has not."""
    whole = FIRST_WHOLE_CERTIFIED if certified else FIRST_WHOLE
    branch = version[0]
    if branch > max(FIRST_WHOLE):
        return False
    return branch not in whole or version < whole[branch]


async def _alone(part: str, results: AsyncIterator[Result]) -> AsyncIterator[Result]:
    """Give a check's results; when it cannot be done, that is its result."""
    try:
        async for result in results:
            yield result
    except IdBellenError as error:
        denied = "Permission denied" in str(error)
        yield wrong(part, str(error), RIGHTS if denied else "run this again, and look at Asterisk's own log")


async def _rights(link: ManagerLink, _: Settings) -> AsyncIterator[Result]:
    actions = (await link.action("ListCommands")).fields
    absent = [name for name in NEEDED_ACTIONS if name not in actions]
    if absent:
        yield wrong("rights", f"may not: {', '.join(absent)}", RIGHTS)
    else:
        yield fine("rights", "may ask what is needed")
    if BUTTON_ACTION not in actions:
        mend = f"{RIGHTS}; without it callers key {UPGRADE_KEYS} themselves"
        yield warning("rights", "the agent's button for the keypad will not work", mend)
    if not actions.keys() >= set(STAFF_ACTIONS):
        mend = f"{RIGHTS}; without it they pause on their phones, and stand in queues.conf"
        yield warning("rights", "agents cannot pause on their page, nor be added to queues", mend)
    harmful = [name for name in FORBIDDEN_ACTIONS if name in actions]
    if harmful:
        yield warning("rights", f"may also: {', '.join(harmful)}", f"leave only {RIGHTS}")


async def _version(link: ManagerLink, _: Settings) -> AsyncIterator[Result]:
    answer = await link.action("CoreSettings")
    text = answer.fields.get("AsteriskVersion", "")
    match = _VERSION.search(text)
    if match is None:
        yield warning("asterisk", f"version {text!r} is not one we know", "18 to 22 are supported")
        return
    version, certified = (int(match[1]), int(match[2]), int(match[4])), match[3] is not None
    if known_holes(version, certified=certified):
        whole = [".".join(map(str, first)) for first in FIRST_WHOLE.values()]
        whole += [f"{a}.{b}-cert{c}" for a, b, c in FIRST_WHOLE_CERTIFIED.values()]
        yield wrong("asterisk", f"{match[0]} has known security holes", f"at least one of {', '.join(whole)}")
    else:
        yield fine("asterisk", match[0])


async def _queues(link: ManagerLink, settings: Settings) -> AsyncIterator[Result]:
    members = await _members(link)
    agents = Accounts(settings.agents_file).agents()
    ours = [agent for agent in agents if agent.member.asterisk == settings.asterisk.name]
    added = {queue for agent in ours for queue in agent.queues}
    wanted = {settings.asterisk.queue, *(purpose.queue for purpose in settings.to_purposes())}
    for queue in sorted(wanted):
        if queue not in members:
            mend = f"make [{queue}] in queues.conf, or change the settings"
            yield wrong("queue", f"{queue} does not exist", mend)
        elif members[queue] or queue in added:
            later = "; agents are added as they log in" if queue in added else ""
            yield fine("queue", f"{queue}: {len(members[queue])} members{later}")
        else:
            mend = "add members: callers would hear that it is empty"
            yield warning("queue", f"{queue} has no members", mend)
    for result in (fault for agent in ours for fault in _posts(agent, members)):
        yield result


def _posts(agent: Agent, members: dict[str, list[str]]) -> Iterator[Result]:
    """See that an agent is, or will be, in the queues where they belong."""
    for queue in (queue for queue in agent.queues if queue not in members):
        mend = f"make [{queue}] in queues.conf, or change the account"
        yield warning("agents", f"{agent.name}: there is no queue {queue}", mend)
    interface = agent.member.interface
    if not agent.queues and not any(interface in names for names in members.values()):
        mend = "is the member spelled as in queues.conf?"
        yield warning("agents", f"{agent.name}: {interface} is in no queue", mend)


async def _members(link: ManagerLink) -> dict[str, list[str]]:
    """Return every queue with the interfaces of its members."""
    members: dict[str, list[str]] = {}
    for item in await link.listing("QueueStatus", "QueueStatusComplete"):
        match item:
            case QueueParams():
                members.setdefault(item.queue, [])
            case QueueMember():
                members.setdefault(item.queue, []).append(item.interface)
            case _:
                pass
    return members


async def _contexts(link: ManagerLink, _: Settings) -> AsyncIterator[Result]:
    for context in (ENTRY_CONTEXT, QUEUE_CONTEXT, UPGRADE_CONTEXT, FALLBACK_CONTEXT):
        try:
            await link.listing("ShowDialPlan", "ShowDialPlanComplete", Context=context)
        except ManagerError as error:
            if "Did not find" not in str(error):
                raise
            mend = '#include "idbellen/idbellen.conf" in extensions.conf, then: dialplan reload'
            yield wrong("dialplan", f"no context {context}", mend)
        else:
            yield fine("dialplan", context)


async def _globals(link: ManagerLink, settings: Settings) -> AsyncIterator[Result]:
    """Compare what the dialplan is told with what we are told. A channel may have a value of its own."""
    name, queue = settings.asterisk.name, settings.asterisk.queue
    found = await _global(link, Option.ASTERISK)
    if found != name:
        mend = f"{Option.ASTERISK} = {name} in [globals], or asterisk.name: nobody is identified until then"
        yield wrong("globals", f"the dialplan says {found}, the settings say {name}", mend)
    found = await _global(link, Option.DEFAULT_QUEUE)
    if found != queue:
        mend = f"{Option.DEFAULT_QUEUE} = {queue} in [globals], or on each channel; or change asterisk.queue"
        yield warning("globals", f"the ordinary queue is {found or 'not set'}, not {queue}", mend)
    found = await _global(link, Option.AGI)
    if not found.startswith("hagi:") and f":{settings.agi.port}/" not in found:
        mend = f"{Option.AGI} in [globals], or agi.port"
        yield warning("globals", f"the dialplan asks {found}, we listen on {settings.agi.port}", mend)


async def _global(link: ManagerLink, option: Option) -> str:
    value = (await link.action("Getvar", Variable=option)).fields.get("Value", "")
    return value or DEFAULTS.get(option, "")


async def _variables(link: ManagerLink, _: Settings) -> AsyncIterator[Result]:
    channels = await link.listing("CoreShowChannels", "CoreShowChannelsComplete")
    calls = [channel for channel in channels if isinstance(channel, ChannelListed)]
    if not calls:
        yield warning("channelvars", "not checked: there is no call now", "run this again during a call")
        return
    if not all(call.has_reference for call in calls):
        mend = "channelvars = IDB_REF, in manager.conf [general]"
        yield wrong("channelvars", "IDB_REF is not listed", mend)
    else:
        yield fine("channelvars", "IDB_REF")
    async for result in _features(link, calls[0]):
        yield result


async def _features(link: ManagerLink, call: ChannelListed) -> AsyncIterator[Result]:
    """See on a call whether our features.conf is in use; nothing is said where Asterisk does not tell."""
    answer = await link.action("Getvar", Channel=call.channel, Variable=DIGIT_TIMEOUT)
    found = answer.fields.get("Value", "")
    if found == str(KEYS_MILLISECONDS):
        yield fine("features", f"callers in conversation can key {UPGRADE_KEYS}")
    elif found:
        mend = '#include "idbellen/features.conf" in features.conf, then: module reload features'
        yield wrong("features", f"callers in conversation cannot key {UPGRADE_KEYS}", mend)


_CHECKS: Final[dict[str, Check]] = {
    "rights": _rights,
    "asterisk": _version,
    "queue": _queues,
    "dialplan": _contexts,
    "globals": _globals,
    "channelvars": _variables,
}
