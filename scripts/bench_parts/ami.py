"""AMI: manager events that one core follows, beside a floor and beside panoramisk.

* **floor**: split the stream at empty lines, every message into a dict, nothing else: no limits, no types.
* **panoramisk**: `panoramisk.ami_protocol.AMIProtocol` with one callback for all events.
* **ours**: `ivr.ami.protocol.AmiProtocol`, from bytes to typed events taken in order, with every check on.

All three get the same bytes in segments of 64 KiB: answered queue calls, 26 headers an event. Ours hands over
the 13 of 35 events of a call that it follows; that none is lost, and that the others see all 35, is asserted.
CPU time is taken, not the clock; runs are interleaved, and the median of each counts.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import statistics
import time
from typing import TYPE_CHECKING

from panoramisk import Manager
from panoramisk.ami_protocol import AMIProtocol

from ivr.ami.limits import AmiLimits
from ivr.ami.protocol import AmiProtocol
from ivr.ami.table import EVENTS
from ivr.ami.tally import AmiTally
from scripts.bench_parts.rig import RUNS, Row, row

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS = 600
SEGMENT_BYTES = 64 * 1024
HEADERS = 26

CALL = (
    *("Newchannel", "Newstate", "NewCallerid", "DeviceStateChange", "QueueCallerJoin", "Newchannel"),
    *("NewCallerid", "NewConnectedLine", "AgentCalled", "DialBegin", "DialState", "DeviceStateChange"),
    *(
        "QueueMemberStatus",
        "DeviceStateChange",
        "Newstate",
        "DialEnd",
        "QueueCallerLeave",
        "QueueMemberStatus",
    ),
    *("DeviceStateChange", "AgentConnect", "BridgeCreate", "BridgeEnter", "BridgeEnter", "NewConnectedLine"),
    *("HangupRequest", "AgentComplete", "BridgeLeave", "BridgeLeave", "BridgeDestroy", "SoftHangupRequest"),
    *("Hangup", "Hangup", "DeviceStateChange", "DeviceStateChange", "QueueMemberStatus"),
)
"""What a manager user with read=call,agent is told of one answered call (Asterisk 22)."""

CHANNEL = """Privilege: call,all|Channel: PJSIP/trunk-{0:08x}|ChannelState: 6|ChannelStateDesc: Up
CallerIDNum: 0612345678|CallerIDName: J. Jörgensen|ConnectedLineNum: 14020|ConnectedLineName: <unknown>
Language: nl|AccountCode: |Context: idbellen-queue|Exten: s|Priority: 4|Uniqueid: pbx-1795313791.{0}
Linkedid: pbx-1795313791.{0}|ChanVariable: IDB_REF=4ff7a1b2c3d4e5f6""".replace("\n", "|").split("|")
AGENT = """DestChannel: PJSIP/agent1-{0:08x}|DestUniqueid: pbx-1795313792.{0}|Queue: kcc
Interface: PJSIP/agent1|MemberName: Anja""".replace("\n", "|").split("|")
OWN = {
    "Hangup": ["Cause: 16", "Cause-txt: Normal Clearing"],
    "QueueCallerJoin": ["Queue: kcc", "Position: 1", "Count: 1"],
    "QueueCallerLeave": ["Queue: kcc", "Position: 1", "Count: 0"],
    "AgentCalled": AGENT,
    "AgentConnect": [*AGENT, "HoldTime: 3", "RingTime: 2"],
    "AgentComplete": [*AGENT, "HoldTime: 3", "TalkTime: 40", "Reason: agent"],
    "BridgeEnter": ["BridgeUniqueid: 888f43bb-7aa3-4d44-9464-f5de936dac8f"],
    "BridgeLeave": ["BridgeUniqueid: 888f43bb-7aa3-4d44-9464-f5de936dac8f"],
}


def stream() -> list[bytes]:
    """Calls, one after the other, in segments."""
    data = b"".join(_event(name, call) for call in range(CALLS) for name in CALL)
    return [data[at : at + SEGMENT_BYTES] for at in range(0, len(data), SEGMENT_BYTES)]


def _event(name: str, call: int) -> bytes:
    lines = [f"Event: {name}", *CHANNEL, *OWN.get(name, [])]
    lines += [f"DestHeader{number}: some value" for number in range(HEADERS - len(lines))]
    return ("\r\n".join(lines).format(call) + "\r\n\r\n").encode()


def floor(segments: list[bytes]) -> int:
    """Every message into a dict."""
    rest, seen = b"", 0
    for segment in segments:
        *messages, rest = (rest + segment).split(b"\r\n\r\n")
        for message in messages:
            event = {}
            for line in message.decode().split("\r\n"):
                name, _, value = line.partition(": ")
                event[name] = value
            seen += len(event) == HEADERS
    return seen


def panoramisk(segments: list[bytes]) -> int:
    """What one would use otherwise."""
    seen = itertools.count()
    manager = Manager(log=logging.Logger("silent", logging.CRITICAL))  # noqa: LOG001 its DEBUG would cost it
    manager.register_event("*", lambda _, __: next(seen))
    protocol = AMIProtocol()
    protocol.connection_made(None)
    protocol.factory, protocol.log, protocol.encoding = manager, manager.log, "utf8"
    for segment in segments:
        protocol.data_received(segment)
    return next(seen)


def ours(segments: list[bytes]) -> int:
    """As the link drives it: what a segment brought is taken before the next one comes."""
    return asyncio.run(_ours(segments))


async def _ours(segments: list[bytes]) -> int:
    tally = AmiTally()
    protocol = AmiProtocol(AmiLimits(), tally, "bench")
    protocol.data_received(b"Asterisk Call Manager/11.0.0\r\n")
    taken = 0
    for segment in segments:
        protocol.data_received(segment)
        while taken < tally.events:
            taken += await protocol.next_event() is not None
    followed = sum(name.encode() in EVENTS for name in CALL)
    if taken != CALLS * followed:
        raise RuntimeError(f"ours lost events: {taken} of {CALLS * followed}")
    return taken + tally.passed_over


def run(runs: int = RUNS) -> list[Row]:
    """Measure; the first run of each is for warming up."""
    segments = stream()
    parts: tuple[Callable[[list[bytes]], int], ...] = (floor, panoramisk, ours)
    rates: dict[str, list[float]] = {part.__name__: [] for part in parts}
    for _ in range(runs + 1):
        for part in parts:
            began = time.process_time()
            seen = part(segments)
            rates[part.__name__].append(seen / (time.process_time() - began))
            if seen != CALLS * len(CALL):
                raise RuntimeError(f"{part.__name__} lost events: {seen} of {CALLS * len(CALL)}")
    found = {name: statistics.median(each[1:]) for name, each in rates.items()}
    return [
        row(f"ami_events_vs_{name}", found["ours"], "events/s a core", found[name])
        for name in ("floor", "panoramisk")
    ]
