"""One moment of an Asterisk: who lives, who waits, who talks with whom.

PURE. Made from the answers to CoreShowChannels and QueueStatus; says nothing of how it came to be so.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ivr.ami.events import ChannelListed, QueueEntry, QueueMember

CALLERS_APPLICATIONS: Final = frozenset({"Queue", "AGI", "Return"})
"""What a caller's channel runs while it waits and talks. Who keys a code in a conversation runs AGI then, in
the same bridge, and is said to run Return from there to the end (Asterisk 16.28 and 22.10, measured)."""
LOCAL: Final = "Local/"
"""A member's channel of this kind may give way to the phone behind it, whose name tells nothing."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A caller in conversation with queue members."""

    uniqueid: str
    caller_number: str
    reference: str
    members: tuple[str, ...]
    """Interfaces of all members in the conversation: more than one when somebody listens in."""
    others: int
    """Everybody in the conversation but the caller."""

    def may_be_with(self, member: str) -> bool:
        """Whether this member can still be the one who has the caller.

        A caller who is alone in a conversation is on hold: when the member leaves for good, it ends.
        """
        strangers = self.others > len(self.members)
        return not self.others or member in self.members or (strangers and member.startswith(LOCAL))


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
    channels: Iterable[ChannelListed], entries: Iterable[QueueEntry], members: Mapping[str, str]
) -> Picture:
    """Put the picture together; ``members`` is as `known_members` gives it."""
    listed = tuple(channels)
    bridges: defaultdict[str, list[ChannelListed]] = defaultdict(list)
    for channel in listed:
        if channel.bridge:
            bridges[channel.bridge].append(channel)
    talking = {}
    for caller in listed:
        if caller.application not in CALLERS_APPLICATIONS or not caller.bridge:
            continue
        others = [interface(other.channel) for other in bridges[caller.bridge] if other is not caller]
        present = tuple(members[name] for name in others if name in members)
        talking[caller.uniqueid] = Talk(
            caller.uniqueid, caller.caller_number, caller.reference, present, len(others)
        )
    return Picture(frozenset(channel.uniqueid for channel in listed), tuple(entries), talking)
