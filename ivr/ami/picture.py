"""One moment of an Asterisk: who lives, who waits, who talks with whom.

PURE. Made from the answers to CoreShowChannels and QueueStatus; says nothing of how it came to be so.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from ivr.ami.events import ChannelListed, QueueEntry, QueueMember

CALLERS_APPLICATIONS: Final = frozenset({"Queue", "AGI", "Return"})
"""What a caller's channel runs while it waits and talks. Who keys a code in a conversation runs AGI then, in
the same bridge, and is said to run Return from there to the end (Asterisk 16.28 and 22.10, measured)."""
KNOWN_CALLERS_APPLICATIONS: Final = CALLERS_APPLICATIONS | {"Dial"}
"""The same of a caller whom we know: an agent sent them on to a phone, which no queue has to do with."""
LOCAL: Final = "Local/"
"""A member's channel of this kind may give way to the phone behind it, whose name tells nothing."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A caller in conversation."""

    uniqueid: str
    caller_number: str
    reference: str
    rooms: frozenset[str]
    """Bridges that the conversation goes through, and the pairs of Local channels that link them."""
    members: tuple[str, ...]
    """Interfaces of all queue members in the conversation: more than one when somebody listens in. When there
    is none, and the caller is one whom we know: of the only phone there."""
    others: int
    """Everybody in the conversation but the caller."""
    strangers: bool
    """Whether there are phones of others than queue members."""
    elsewhere: frozenset[str] = frozenset()
    """Of a caller who is alone there: interfaces in use elsewhere, one of which may have put them on hold."""

    def may_be_with(self, member: str) -> bool:
        """Whether this member can still be the one who has the caller.

        A caller who is alone in a conversation is on hold, or keys a code and does not know yet that the
        member has hung up. What is no interface, or one of Local channels, cannot be looked for.
        """
        if not self.others:
            return "/" not in member or member.startswith(LOCAL) or member in self.elsewhere
        return member in self.members or (self.strangers and member.startswith(LOCAL))


@dataclass(frozen=True, slots=True)
class Picture:
    """One moment."""

    live: frozenset[str]
    waiting: tuple[QueueEntry, ...]
    talking: Mapping[str, Talk]
    """By the caller's Uniqueid."""


def interface(channel: str) -> str:
    """Return the interface that a channel's name stands on: ``PJSIP/agent1-0000002a`` is ``PJSIP/agent1``."""
    return channel.rpartition("-")[0]


def channel_interface(member: str) -> str:
    """Return what the channels of a member's interface stand on: a Local one is called without options."""
    return member.rpartition("/")[0] if member.startswith(LOCAL) and member.count("/") > 1 else member


def pair(channel: str) -> str:
    """Return what the two halves of a Local channel share, as ``…;1`` and ``…;2``; nothing for any other."""
    return channel[:-2] if channel.startswith(LOCAL) and channel.endswith((";1", ";2")) else ""


def known_members(members: Iterable[QueueMember]) -> dict[str, str]:
    """Map what a member's channel may be called to the interface by which its queue knows it.

    For a member ``Local/1@agents`` with state interface ``PJSIP/agent1`` the conversation may be with either.
    """
    names: dict[str, str] = {}
    for member in members:
        names[channel_interface(member.interface)] = member.interface
        if member.state_interface:
            names.setdefault(member.state_interface, member.interface)
    return names


def draw(
    channels: Iterable[ChannelListed],
    entries: Iterable[QueueEntry],
    members: Mapping[str, str],
    known: Collection[str] = (),
) -> Picture:
    """Put the picture together; ``members`` is as `known_members` gives it, ``known`` the callers we know."""
    listed = tuple(channels)
    places = _Places(listed)
    talking = {}
    for caller in listed:
        ours = caller.uniqueid in known
        applications = KNOWN_CALLERS_APPLICATIONS if ours else CALLERS_APPLICATIONS
        if caller.application in applications and caller.bridge:
            talking[caller.uniqueid] = _talk(caller, places, members, ours=ours)
    return Picture(frozenset(channel.uniqueid for channel in listed), tuple(entries), talking)


def _talk(caller: ChannelListed, places: _Places, members: Mapping[str, str], *, ours: bool) -> Talk:
    others, rooms = places.around(caller)
    in_use = () if others else (interface(name) for name in places.channels)
    names = [interface(other.channel) for other in others]
    present = tuple(members[name] for name in names if name in members)
    phones = [name for name in names if name and name not in members and not name.startswith(LOCAL)]
    return Talk(
        *(caller.uniqueid, caller.caller_number, caller.reference, rooms),
        members=tuple(phones) if ours and not present and len(phones) == 1 else present,
        others=len(others),
        strangers=bool(phones),
        elsewhere=frozenset(members.get(name, name) for name in in_use),
    )


class _Places:
    """Who is where, in one list of channels."""

    def __init__(self, listed: Sequence[ChannelListed]) -> None:
        self.channels = [channel.channel for channel in listed]
        self._bridges: defaultdict[str, list[ChannelListed]] = defaultdict(list)
        self._pairs: defaultdict[str, list[ChannelListed]] = defaultdict(list)
        for channel in listed:
            if channel.bridge:
                self._bridges[channel.bridge].append(channel)
            if name := pair(channel.channel):
                self._pairs[name].append(channel)

    def around(self, caller: ChannelListed) -> tuple[list[ChannelListed], frozenset[str]]:
        """Return everybody in the caller's conversation, and the rooms that it goes through.

        Two conversations that a transfer could not make one are linked by a pair of Local channels, one half
        in each (an agent asked a colleague through a queue; Asterisk 16.28 and 22.10, measured).
        """
        others: list[ChannelListed] = []
        rooms: set[str] = set()
        todo = [caller]
        while todo:
            here = todo.pop()
            if here.bridge in rooms or not here.bridge:
                continue
            rooms.add(here.bridge)
            for other in self._bridges[here.bridge]:
                if other is not here:
                    others.append(other)
                    todo += self._pairs[pair(other.channel)] if pair(other.channel) else []
        rooms.update(filter(None, (pair(other.channel) for other in others)))
        return others, frozenset(rooms)
