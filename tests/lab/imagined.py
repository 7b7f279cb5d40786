"""An Asterisk in the mind: callers and members who do what people do, the events that tell of it, the truth.

The events come in the order of a real one (``tests/ivr/ami/test_tracker_transfers.py``). Knows nothing of
who follows them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests.lab.channels import caller, comes, completed, connected, entry, goes, hung_up, joined, phone

if TYPE_CHECKING:
    from ivr.ami.events import ChannelListed, Event, QueueEntry


@dataclass
class Call:
    """Where one caller is."""

    uniqueid: str
    number: int
    member: str = ""
    """Who has them; with `rings`, whose phone rings."""
    rings: bool = False
    by_queue: bool = False
    """Whether the queue has an eye on the conversation: it tells of its end."""
    bridge: str = ""
    over: bool = False

    @property
    def waits(self) -> bool:
        """In a queue."""
        return not (self.over or self.member)

    @property
    def talks(self) -> bool:
        """In conversation."""
        return bool(self.bridge) and not self.over

    @property
    def channel(self) -> ChannelListed:
        """The caller's, listed."""
        dials = self.member and not self.by_queue
        return caller(self.uniqueid, self.bridge, application="Dial" if dials else "Queue")

    def phone(self, member: str, bridge: str = "") -> ChannelListed:
        """A channel of this member's, listed."""
        return phone(member, bridge or self.bridge, linkedid=self.uniqueid, number=self.number)


@dataclass
class Imagined:
    """All callers of one Asterisk. Each thing that is done answers with the events that tell of it."""

    members: tuple[str, ...]
    calls: dict[str, Call] = field(default_factory=dict)
    had: set[tuple[str, str]] = field(default_factory=set)
    """Which member ever had which caller."""
    bridges: int = 0

    def arrives(self, uniqueid: str) -> list[Event]:
        """Somebody waits, for the first time."""
        self.calls[uniqueid] = Call(uniqueid, len(self.calls) + 1)
        return [joined(uniqueid)]

    def answers(self, call: Call, member: str) -> list[Event]:
        """A member takes a caller from the queue."""
        return [connected(call.uniqueid, member), *self._meet(call, member, by_queue=True)]

    def sent_back(self, call: Call) -> list[Event]:
        """To a queue."""
        told = self._parts(call)
        return [*told, joined(call.uniqueid, queue="second")]

    def sent_on(self, call: Call, member: str) -> list[Event]:
        """To a phone, which rings."""
        told = self._parts(call)
        call.member, call.rings = member, True
        return told

    def picks_up(self, call: Call) -> list[Event]:
        """Whose phone rings, answers."""
        return self._meet(call, call.member, by_queue=False)

    def handed_over(self, call: Call, member: str) -> list[Event]:
        """After a consultation: the colleague comes into the caller's conversation."""
        before, asked = call.member, f"asked {self.bridges}"
        asks = replace(call.phone(before, asked), uniqueid=f"{call.uniqueid}9")
        colleague = call.phone(member)
        told: list[Event] = [comes(colleague, asked), comes(asks, asked), goes(colleague, asked)]
        told += [goes(call.phone(before), call.bridge), comes(colleague, call.bridge)]
        told += [completed(call.uniqueid, before, "transfer")] * call.by_queue
        self._has(call, member)
        return [*told, goes(asks, asked)]

    def hangs_up(self, call: Call) -> list[Event]:
        """The caller, wherever they are."""
        told: list[Event] = []
        if call.talks:
            told += [completed(call.uniqueid, call.member, "caller")] * call.by_queue
            told += [goes(call.channel, call.bridge), goes(call.phone(call.member), call.bridge)]
        call.over = True
        return [*told, hung_up(call.uniqueid)]

    def listed(self) -> tuple[list[ChannelListed], list[QueueEntry]]:
        """What Asterisk lists now."""
        channels, waiting = [], []
        for call in self.calls.values():
            if not call.over:
                channels.append(call.channel)
            if call.waits:
                waiting.append(entry(call.uniqueid))
            elif not call.over:
                channels.append(call.phone(call.member))
        return channels, waiting

    def has(self, member: str) -> str:
        """The caller whom this member talks with, or nothing; of two, nobody can know who is on hold."""
        found = [call.uniqueid for call in self.calls.values() if call.talks and call.member == member]
        return found[0] if len(found) == 1 else ""

    def _meet(self, call: Call, member: str, *, by_queue: bool) -> list[Event]:
        self.bridges += 1
        call.bridge, call.rings, call.by_queue = f"bridge {self.bridges}", False, by_queue
        self._has(call, member)
        return [comes(call.phone(member), call.bridge), comes(call.channel, call.bridge)]

    def _parts(self, call: Call) -> list[Event]:
        told: list[Event] = [completed(call.uniqueid, call.member, "transfer")] * call.by_queue
        told += [goes(call.phone(call.member), call.bridge), goes(call.channel, call.bridge)]
        call.member = call.bridge = ""
        call.by_queue = False
        return told

    def _has(self, call: Call, member: str) -> None:
        call.member = member
        self.had.add((member, call.uniqueid))
