"""Facts about one moment of an Asterisk: who lives, who waits, who talks with whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.ami.picture import Talk, channel_interface, draw, interface, known_members
from tests.lab.channels import NUMBER, caller, entry, member, phone

SANNE, TOM = "PJSIP/sanne", "PJSIP/tom"
MEMBERS = known_members([member(SANNE), member(TOM)])


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("PJSIP/sanne-0000002a", "PJSIP/sanne"),
        ("PJSIP/sanne-thuis-0000002a", "PJSIP/sanne-thuis"),
        ("Local/100@agents-0000002a;1", "Local/100@agents"),
        ("Local/100@from-queue-0000002a;2", "Local/100@from-queue"),
        ("DAHDI/i1/0612345678-1", "DAHDI/i1/0612345678"),
        ("no channel at all", ""),
        ("", ""),
    ],
)
def test_a_channel_stands_on_an_interface(channel: str, expected: str) -> None:
    """Its name without the number that Asterisk puts behind it."""
    assert interface(channel) == expected


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("PJSIP/sanne", "PJSIP/sanne"),
        ("Local/100@agents", "Local/100@agents"),
        ("Local/100@agents/n", "Local/100@agents"),
        ("Local/100@agents/nj", "Local/100@agents"),
        ("DAHDI/i1/0612345678", "DAHDI/i1/0612345678"),
    ],
)
def test_a_local_members_channels_are_called_without_its_options(listed: str, expected: str) -> None:
    """What stands behind the last stroke is for Dial, not part of the name."""
    assert channel_interface(listed) == expected


def test_members_are_known_by_both_their_interfaces() -> None:
    """A Local member's conversation may be with the phone whose state it has."""
    assert known_members([member("Local/1@agents/n", SANNE), member(TOM), member(TOM, queue="other")]) == {
        "Local/1@agents": "Local/1@agents/n",
        SANNE: "Local/1@agents/n",
        TOM: TOM,
    }


def test_a_phone_that_is_a_member_itself_is_not_another_members() -> None:
    """Whoever is listed first."""
    local, direct = member("Local/1@agents", SANNE), member(SANNE)
    assert known_members([local, direct])[SANNE] == SANNE
    assert known_members([direct, local])[SANNE] == SANNE


def test_every_channel_lives() -> None:
    """Whatever it does."""
    drawn = draw([caller("1.1"), caller("1.2", application="AGI"), phone(SANNE)], [], MEMBERS)
    assert drawn.live == {"1.1", "1.2", "9.91"}


def test_who_waits_is_in_the_queue_and_talks_with_nobody() -> None:
    """Without a bridge there is no conversation."""
    drawn = draw([caller("1.1")], [entry("1.1")], MEMBERS)
    assert drawn.waiting == (entry("1.1"),)
    assert drawn.talking == {}


@pytest.mark.req("P3")
def test_a_conversation_is_with_the_members_in_its_bridge() -> None:
    """And with nobody in another one."""
    listed = [caller("1.1", "a", reference="r"), phone(SANNE, "a"), caller("1.2", "b"), phone(TOM, "b")]
    drawn = draw(listed, [], MEMBERS)
    assert drawn.talking == {
        "1.1": Talk("1.1", NUMBER, "r", frozenset("a"), (SANNE,), 1, strangers=False),
        "1.2": Talk("1.2", NUMBER, "", frozenset("b"), (TOM,), 1, strangers=False),
    }


@pytest.mark.parametrize("application", ["Dial", "", "AppQueue", "queue"])
def test_only_callers_of_a_queue_are_in_conversation(application: str) -> None:
    """An agent who calls home is in a bridge as well."""
    drawn = draw([caller("1.1", "a", application=application), phone(SANNE, "a")], [], MEMBERS)
    assert drawn.talking == {}


@pytest.mark.req("P11")
@pytest.mark.parametrize("application", ["AGI", "Return"])
def test_a_caller_who_keys_in_the_conversation_stays_in_it(application: str) -> None:
    """While the code is keyed, and after that, to the end of the call."""
    drawn = draw([caller("1.1", "a", application=application), phone(SANNE, "a")], [], MEMBERS)
    assert drawn.talking["1.1"].members == (SANNE,)
    alone = draw([caller("1.1", application=application), phone(SANNE, "a")], [], MEMBERS)
    assert alone.talking == {}


def test_two_callers_in_one_bridge_are_each_with_the_member() -> None:
    """A conference of the agent's."""
    drawn = draw([caller("1.1", "a"), caller("1.2", "a"), phone(SANNE, "a")], [], MEMBERS)
    assert {talk.members for talk in drawn.talking.values()} == {(SANNE,)}


def talk(*others: str) -> Talk:
    """A caller with these phones."""
    listed = [caller("1.1", "a"), *(phone(each, "a", number=n) for n, each in enumerate(others, 1))]
    return draw(listed, [], known_members([member(SANNE), member(TOM), member("Local/1@agents/n")])).talking[
        "1.1"
    ]


@pytest.mark.req("P12")
@pytest.mark.parametrize(
    ("others", "holder", "may_be"),
    [
        ((SANNE,), SANNE, True),
        ((TOM,), SANNE, False),
        ((SANNE, TOM), TOM, True),
        (("PJSIP/colleague",), SANNE, False),
        ((), SANNE, False),
        ((), "?", True),
        ((), "Local/1@agents/n", True),
        (("Local/1@agents",), "Local/1@agents/n", True),
        (("PJSIP/phone-behind-it",), "Local/1@agents/n", True),
        ((TOM,), "Local/1@agents/n", False),
        (("PJSIP/colleague",), "?", False),
    ],
)
def test_who_may_still_have_the_caller(others: tuple[str, ...], holder: str, *, may_be: bool) -> None:
    """A member who is there; a Local one, whose phone has a name of its own; one whom nobody can look for."""
    assert talk(*others).may_be_with(holder) is may_be


@pytest.mark.req("P12", "S2")
def test_a_caller_on_hold_may_be_with_whoever_has_a_call_elsewhere() -> None:
    """Who asks a colleague; not who has no call at all."""
    members = known_members([member(SANNE), member("Local/1@agents", "PJSIP/tom")])
    drawn = draw([caller("1.1", "a"), phone(SANNE, "b"), phone(TOM)], [], members).talking["1.1"]
    who = (SANNE, "Local/1@agents", "PJSIP/colleague")
    assert [drawn.may_be_with(each) for each in who] == [True, True, False]


@given(
    st.lists(
        st.one_of(
            st.builds(caller, st.sampled_from(["1.1", "1.2"]), st.sampled_from(["", "a", "b"])),
            st.builds(phone, st.sampled_from([SANNE, TOM, "PJSIP/x", ""]), st.sampled_from(["", "a", "b"])),
        ),
        max_size=8,
    )
)
def test_whatever_is_listed_makes_a_picture(listed: list) -> None:
    """Nobody talks who does not live, and only members whom we know talk with callers."""
    drawn = draw(listed, [], MEMBERS)
    assert drawn.talking.keys() <= drawn.live
    for each in drawn.talking.values():
        assert set(each.members) <= {SANNE, TOM}
        assert len(each.members) <= each.others < len(listed)
