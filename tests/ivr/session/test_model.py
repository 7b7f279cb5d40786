"""The two tables: exactly the drawn moves, and nothing else."""

from __future__ import annotations

from itertools import product

import pytest

from ivr.errors import IllegalMoveError
from ivr.session import model
from ivr.session.attributes import Secret
from ivr.session.code import EXTENSIONS
from ivr.session.model import (
    LIVE,
    MOVES,
    OVER,
    PROOFS,
    Call,
    Identification,
    Move,
    Proof,
    Session,
    citizen_view,
    move,
    prove,
    sources,
    target,
)
from ivr.session.wait import Place

DRAWN = {
    "awaited claim claimed",
    "awaited connect connected",
    "awaited end ended",
    "awaited cancel cancelled",
    "awaited expire expired",
    "awaited extend awaited",
    "claimed queue queued",
    "claimed connect connected",
    "claimed end ended",
    "queued queue queued",
    "queued connect connected",
    "queued end ended",
    "connected queue queued",
    "connected connect connected",
    "connected end ended",
}


def session(**changed: object) -> Session:
    """A session in the middle of a call."""
    usual: dict[str, object] = {
        "id": "s",
        "purpose": "verhuizing",
        "language": "nl",
        "version": 3,
        "identification": Identification.VERIFIED,
        "call": Call.CONNECTED,
        "created": 1.0,
        "expires": 100.0,
        "member": "pbx:PJSIP/1",
    }
    return Session(**{**usual, **changed})  # type: ignore[arg-type]


def test_the_call_moves_only_as_drawn() -> None:
    """Every pair of state and move leads where the drawing says, or is refused."""
    for state, what in product(Call, Move):
        listed = {line.split()[2] for line in DRAWN if line.startswith(f"{state} {what} ")}
        if listed:
            assert {move(state, what)} == listed
        else:
            with pytest.raises(IllegalMoveError, match=f"{state.value} cannot {what.value}"):
                move(state, what)


def test_the_identification_moves_only_as_drawn() -> None:
    """Pending becomes verified or failed, once."""
    for state, what in product(Identification, Proof):
        if state is Identification.PENDING:
            assert prove(state, what).value.startswith({"verify": "verif", "fail": "fail"}[what])
        else:
            with pytest.raises(IllegalMoveError, match=state.value):
                prove(state, what)


def test_the_drawing_at_the_top_of_the_module_is_the_table() -> None:
    """Row by row and column by column."""
    lines = [line.split() for line in (model.__doc__ or "").splitlines()]
    start = next(number for number, words in enumerate(lines) if words[:1] == ["from"])
    head, *rows = lines[start : lines.index([], start)]
    drawn = {
        f"{state} {what} {to}"
        for state, *cells in rows
        for what, to in zip(head[1:], cells, strict=True)
        if to != "-"
    }
    assert head[1:] == list(Move)
    assert drawn == DRAWN


def test_nothing_leads_out_of_what_is_over() -> None:
    """Ended, cancelled and expired are final; all other states have a way to the end."""
    assert not {state for state, _ in MOVES} & OVER
    assert set(Call) == {Call.AWAITED} | LIVE | OVER
    ways_out = {state: {to for (start, _), to in MOVES.items() if start is state} for state in Call}
    for state in set(Call) - OVER:
        reached, last = {state}, set()
        while reached != last:
            last = reached
            reached = reached.union(*(ways_out[one] for one in reached))
        assert reached & OVER


def test_sources_and_target_say_the_same_as_the_table() -> None:
    """What the store is told of a move is the table's."""
    for what in Move:
        assert {(state, what): target(what) for state in sources(what)} == {
            (state, listed): to for (state, listed), to in MOVES.items() if listed is what
        }
    assert len(set(PROOFS.values())) == len(PROOFS)


@pytest.mark.req("C7")
def test_more_time_is_offered_while_there_is_a_code_to_use_and_not_for_ever() -> None:
    """Ten times, as WCAG 2.2.1 asks at least; not any more once the call is there."""
    for state, extended, offered in (
        (Call.AWAITED, 0, True),
        (Call.AWAITED, EXTENSIONS - 1, True),
        (Call.AWAITED, EXTENSIONS, False),
        (Call.CLAIMED, 0, False),
    ):
        assert citizen_view(session(call=state, extended=extended), 1, None, None).can_extend is offered
    assert EXTENSIONS >= 10


@pytest.mark.req("C6")
def test_a_citizen_sees_the_code_only_while_it_can_be_used() -> None:
    """Code and remaining time are there while the call is awaited, and never after."""
    for state in Call:
        view = citizen_view(session(call=state), 40.5, Secret("123"), Secret("4"))
        awaited = state is Call.AWAITED
        assert (view.code is not None, view.extra is not None) == (awaited, awaited)
        assert view.seconds_left == (59 if awaited else 0)
        assert bool(view.member) == (state is Call.CONNECTED)


def test_time_left_is_never_less_than_none() -> None:
    """A code whose time is just over has 0 seconds left."""
    assert citizen_view(session(call=Call.AWAITED), 1000.0, None, None).seconds_left == 0


@pytest.mark.req("C6")
def test_a_citizen_sees_a_place_only_while_waiting() -> None:
    """Where the call stood before somebody answered is of no use after."""
    place = Place(ahead=2, minutes=5)
    for state in Call:
        view = citizen_view(session(call=state, place=place), 1, None, None)
        assert view.place == (place if state is Call.QUEUED else None)


@pytest.mark.parametrize("state", Call)
def test_a_session_knows_when_it_is_over(state: Call) -> None:
    """Over means that nothing more can happen."""
    assert session(call=state).is_over == (state in OVER)
