"""Messages of a real Asterisk, and the events that they become."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.agi.contract import Variable
from ivr.ami import table
from ivr.ami.events import (
    AgentCalled,
    AgentComplete,
    AgentConnect,
    AgentRingNoAnswer,
    BridgeEnter,
    BridgeLeave,
    ChannelListed,
    Event,
    Hangup,
    Listed,
    Newchannel,
    QueueCallerAbandon,
    QueueCallerJoin,
    QueueCallerLeave,
    QueueEntry,
    QueueMember,
    UserEvent,
)
from ivr.ami.limits import AmiLimits
from ivr.ami.table import EVENTS, REFERENCE, read_event, read_item
from ivr.ami.wire import Splitter
from ivr.errors import AmiProtocolError

LIMITS = AmiLimits()
RECORDED = Path(__file__).parent / "recorded"
SNAPSHOT = (
    "Privilege: call,all\nChannel: PJSIP/trunk-00000001\nChannelState: 6\nChannelStateDesc: Up\n"
    "CallerIDNum: 0612345678\nCallerIDName: J\\r\\nUniqueid: 9\nConnectedLineNum: <unknown>\n"
    "ConnectedLineName: <unknown>\nLanguage: nl\nAccountCode: \nContext: idbellen-queue\nExten: s\n"
    "Uniqueid: 1795313791.8\nLinkedid: 1795313791.8\nChanVariable: IDB_REF=4ff7a1"
)
DEST = (
    "DestChannel: PJSIP/agent1-00000002\nDestCallerIDNum: 14020\nDestUniqueid: 1795313791.9\n"
    "DestLinkedid: 1795313791.8\nDestChanVariable: IDB_REF=4ff7a1\nQueue: kcc\nInterface: PJSIP/agent1\n"
    "MemberName: Anja"
)
CALLER = ("PJSIP/trunk-00000001", "1795313791.8", "1795313791.8", "4ff7a1")
AGENT = ("PJSIP/agent1-00000002", "1795313791.9", "kcc", "PJSIP/agent1", "Anja")


def event(text: str) -> Event:
    """The event that a message becomes."""
    name = text.split("\n", 1)[0].removeprefix("Event: ").encode()
    return read_event(name, text.replace("\n", "\r\n").encode(), LIMITS)


def item(text: str) -> object:
    """The item that a message becomes."""
    name = text.split("\n", 1)[0].removeprefix("Event: ").encode()
    return read_item(name, text.replace("\n", "\r\n").encode(), LIMITS)


@pytest.mark.parametrize(
    ("name", "rest", "expected"),
    [
        ("Newchannel", "", Newchannel(*CALLER, caller_number="0612345678")),
        ("Hangup", "\nCause: 16\nCause-txt: Normal Clearing", Hangup(*CALLER, cause=16)),
        (
            "QueueCallerJoin",
            "\nQueue: kcc\nPosition: 2\nCount: 3",
            QueueCallerJoin(*CALLER, queue="kcc", position=2, count=3, caller_number="0612345678"),
        ),
        (
            "QueueCallerLeave",
            "\nQueue: kcc\nPosition: 1\nCount: 0",
            QueueCallerLeave(*CALLER, queue="kcc", position=1, count=0),
        ),
        (
            "QueueCallerAbandon",
            "\nQueue: kcc\nPosition: 1\nOriginalPosition: 2\nHoldTime: 31",
            QueueCallerAbandon(*CALLER, queue="kcc", position=1, hold_time=31),
        ),
        ("AgentCalled", f"\n{DEST}", AgentCalled(*CALLER, *AGENT)),
        (
            "AgentConnect",
            f"\n{DEST}\nHoldTime: 3\nRingTime: 1",
            AgentConnect(*CALLER, *AGENT, hold_time=3),
        ),
        (
            "AgentComplete",
            f"\n{DEST}\nHoldTime: 3\nTalkTime: 40\nReason: agent",
            AgentComplete(*CALLER, *AGENT, hold_time=3, talk_time=40, reason="agent"),
        ),
        (
            "AgentRingNoAnswer",
            f"\n{DEST}\nRingTime: 3000",
            AgentRingNoAnswer(*CALLER, *AGENT, ring_milliseconds=3000),
        ),
        ("BridgeEnter", "\nBridgeUniqueid: 888f", BridgeEnter(*CALLER, bridge="888f")),
        ("BridgeLeave", "\nBridgeUniqueid: 888f", BridgeLeave(*CALLER, bridge="888f")),
    ],
)
def test_event_of_each_kind(name: str, rest: str, expected: Event) -> None:
    """Every line of the table, on a message as Asterisk 22 writes it; a caller's name changes nothing."""
    assert event(f"Event: {name}\n{SNAPSHOT}{rest}") == expected


def test_user_event_keeps_its_own_fields() -> None:
    """What the dialplan says stands beside the channel that says it."""
    said = event(f"Event: UserEvent\n{SNAPSHOT}\nUserEvent: IdBellen\nKind: start")
    assert isinstance(said, UserEvent)
    assert (said.name, said.channel, said.reference, said.fields["Kind"]) == (
        "IdBellen", CALLER[0], CALLER[3], "start",
    )  # fmt: skip


def test_items_of_each_kind() -> None:
    """What CoreShowChannels and QueueStatus list, and anything else as it is."""
    assert item(
        f"Event: CoreShowChannel\nActionID: 2\n{SNAPSHOT}\nApplication: Queue\nApplicationData: kcc\n"
        "Duration: 00:00:01\nBridgeId: "
    ) == ChannelListed(
        *CALLER, application="Queue", bridge="", state=6, caller_number="0612345678", has_reference=True
    )
    assert item(
        "Event: QueueEntry\nQueue: kcc\nPosition: 1\nChannel: PJSIP/trunk-00000001\nUniqueid: 1.1\n"
        "CallerIDNum: unknown\nWait: 2\nPriority: 0\nActionID: 3"
    ) == QueueEntry("kcc", 1, "PJSIP/trunk-00000001", "1.1", "", 2)
    assert item(
        "Event: QueueMember\nQueue: kcc\nName: Anja\nLocation: Local/1@agents\nStateInterface: PJSIP/1\n"
        "Membership: dynamic\nStatus: 2\nPaused: 1\nPausedReason: lunch\nLastPause: 17\nActionID: 3"
    ) == QueueMember(
        "kcc", "Anja", "Local/1@agents", "PJSIP/1", 2, paused=True, reason="lunch", paused_at=17, dynamic=True
    )
    assert item(
        "Event: QueueMember\nQueue: kcc\nLocation: PJSIP/1\nMembership: static\nStatus: 1\nPaused: 0\n"
        "PausedReason: \nLastPause: never"
    ) == QueueMember("kcc", "", "PJSIP/1", "", 1, paused=False)
    assert item("Event: ListDialplan\nContext: idbellen-entry") == Listed(
        "ListDialplan", {"Event": "ListDialplan", "Context": "idbellen-entry"}
    )


@pytest.mark.parametrize(
    ("lines", "reference"),
    [
        ("", ""),
        ("\nChanVariable: IDB_REF=", ""),
        ("\nChanVariable: OTHER=x", ""),
        ("\nChanVariable: OTHER=x\nChanVariable: IDB_REF=a=b", "a=b"),
        ("\nChanVariable: IDB_REF=a\nChanVariable: OTHER=x", "a"),
        ("\nDestChanVariable: IDB_REF=agents", ""),
        ("\nChanVariable: IDB_REFERENCE=x", ""),
        ("\nChanVariable: A=1\nDestChanVariable: X=1\nDestChanVariable: IDB_REF=b\nChanVariable: B=2", ""),
    ],
)
def test_reference_is_our_variable_on_the_callers_channel(lines: str, reference: str) -> None:
    """Wherever it stands among the operator's own channelvars; empty when it is not set."""
    text = f"Event: Hangup\nChannel: PJSIP/1\nUniqueid: 1.1\nLinkedid: 1.1{lines}\nCause: 16"
    hangup = event(text)
    assert isinstance(hangup, Hangup)
    assert hangup.reference == reference


@pytest.mark.parametrize(
    ("lines", "has"),
    [("", False), ("\nChanVariable: OTHER=x", False), ("\nChanVariable: IDB_REF=", True)],
)
def test_listed_channel_tells_whether_asterisk_knows_our_variable(lines: str, has: bool) -> None:
    """An unset variable is still written, so its absence means that channelvars lacks it."""
    listed = item(
        f"Event: CoreShowChannel\nChannel: PJSIP/1\nChannelState: 6\nUniqueid: 1.1\nLinkedid: 1.1{lines}"
    )
    assert isinstance(listed, ChannelListed)
    assert (listed.has_reference, listed.reference) == (has, "")


def test_reference_has_the_name_that_the_dialplan_knows() -> None:
    """The two rooms may not import each other, so a test holds them together."""
    assert REFERENCE == Variable.REF


@pytest.mark.parametrize("number", ["<unknown>", "unknown", ""])
def test_caller_without_a_number_has_none(number: str) -> None:
    """Asterisk's own word for it is not shown as a number."""
    joined = event(
        f"Event: Newchannel\nChannel: PJSIP/1\nCallerIDNum: {number}\nUniqueid: 1.1\nLinkedid: 1.1"
    )
    assert isinstance(joined, Newchannel)
    assert joined.caller_number == ""


@pytest.mark.parametrize(
    "text",
    [
        "Event: Hangup\nUniqueid: 1.1\nLinkedid: 1.1\nCause: 16",
        "Event: Hangup\nChannel: PJSIP/1\nUniqueid: \nLinkedid: 1.1\nCause: 16",
        "Event: Hangup\nChannel: PJSIP/1\nUniqueid: 1.1\nLinkedid: 1.1",
        "Event: Hangup\nChannel: PJSIP/1\nUniqueid: 1.1\nLinkedid: 1.1\nCause: -1",
        "Event: Hangup\nChannel: PJSIP/1\nUniqueid: 1.1\nLinkedid: 1.1\nCause: ١٦",
        "Event: Hangup\nChannel: PJSIP/1\nUniqueid: 1.1\nLinkedid: 1.1\nCause: 12345678901",
        "Event: Hangup\nChannel: PJSIP/1\nUniqueid: 1.1\nUniqueid: 6.6\nLinkedid: 1.1\nCause: 16",
        "Event: UserEvent\nChannel: PJSIP/1\nUniqueid: 1.1\nLinkedid: 1.1\nUserEvent: X\nUniqueid: 1.1",
    ],
)
@pytest.mark.req("S7")
def test_event_that_is_not_as_it_should_be_is_refused(text: str) -> None:
    """A field missing, no number, or said twice (one of the two is a forgery): no event at all."""
    with pytest.raises(AmiProtocolError):
        event(text)


def test_line_of_the_table_fits_its_event() -> None:
    """A field too many shows at import, as one too few does."""
    with pytest.raises(TypeError, match="Listed has no queue"):
        table._row(Listed, name=table._text("Name"), fields=table._all, queue=table._text("Queue"))


@pytest.mark.parametrize("version", ["16", "22"])
def test_recorded_call(version: str) -> None:
    """A call in a queue, answered and hung up, as Asterisk really told it (Local channels, one member)."""
    splitter = Splitter(LIMITS)
    splitter.feed(b"Asterisk Call Manager/x\r\n")
    messages = splitter.feed((RECORDED / f"answered_call_{version}.ami").read_bytes())
    names = [message.removeprefix(b"Event: ").partition(b"\r\n")[0] for message in messages]
    events = [read_event(name, m, LIMITS) for name, m in zip(names, messages, strict=True) if name in EVENTS]
    story = [each for each in events if not isinstance(each, Newchannel | Hangup | BridgeEnter | BridgeLeave)]
    assert [type(each) for each in story] == [
        QueueCallerJoin, AgentCalled, QueueCallerLeave, AgentConnect, AgentComplete,
    ]  # fmt: skip
    join, called, _, connect, complete = story
    assert {(each.uniqueid, each.linkedid, each.reference) for each in story} == {
        (join.uniqueid, join.uniqueid, "r3f-abc")
    }
    assert isinstance(connect, AgentConnect)
    assert (connect.queue, connect.interface, connect.member_name) == ("kcc", "Local/a@agents/n", "Anja Ünal")
    assert (connect.dest_uniqueid, connect.dest_channel) == (called.dest_uniqueid, called.dest_channel)
    assert isinstance(complete, AgentComplete)
    ended = [each for each in events if isinstance(each, Hangup)]
    assert {join.uniqueid, connect.dest_uniqueid} <= {each.uniqueid for each in ended}
    bridged = [each for each in events if isinstance(each, BridgeEnter)]
    assert {each.uniqueid for each in bridged} == {join.uniqueid, connect.dest_uniqueid}
    assert len({each.bridge for each in bridged}) == 1
