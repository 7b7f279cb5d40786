"""What an agent sees of the call on their line: what was proven, and nothing else."""

from __future__ import annotations

import pytest

from ivr.session.attributes import Attributes, Identity, Level, Secret
from ivr.session.line import Line, agent_view
from ivr.session.model import Call, Identification, Session

IDENTITY = Identity(Attributes({"bsn": "999990019"}), Level.HIGH, "digid", 5.0)
LINE = Line(version=7, queue="q", connected_at=3.0, caller_number=Secret("0612345678"))


def session(identification: Identification = Identification.VERIFIED) -> Session:
    """A session in the middle of a call."""
    return Session("s", "verhuizing", "nl", identification, Call.CONNECTED, 3, created=0, expires=100)


@pytest.mark.req("P3", "A2")
def test_an_agent_sees_what_was_proven() -> None:
    """A verified session with an open seal shows all that the agent needs."""
    view = agent_view(LINE, session(), IDENTITY)
    assert view.identification is Identification.VERIFIED
    assert (view.purpose, view.queue, view.method, view.level) == ("verhuizing", "q", "digid", Level.HIGH)
    assert (view.version, view.verified_at, view.connected_at) == (7, 5.0, 3.0)
    assert [(name, value.reveal()) for name, value in view.attributes] == [("bsn", "999990019")]
    assert view.caller_number == Secret("0612345678")


@pytest.mark.req("P3")
@pytest.mark.parametrize("state", [Identification.PENDING, Identification.FAILED])
def test_an_agent_sees_nothing_that_is_not_proven(state: Identification) -> None:
    """Without a verified identification an open seal is not looked at."""
    view = agent_view(LINE, session(identification=state), IDENTITY)
    assert view.identification is state
    assert (view.attributes, view.method, view.level, view.verified_at) == ((), "", Level.NONE, 0.0)


@pytest.mark.req("P3")
def test_a_seal_that_does_not_open_is_not_identified() -> None:
    """Verified, but without its seal, is shown as failed and not as proven."""
    view = agent_view(LINE, session(), None)
    assert view.identification is Identification.FAILED
    assert (view.attributes, view.level) == ((), Level.NONE)


def test_an_ordinary_caller_has_no_identification() -> None:
    """Someone without a session is shown with their call only."""
    view = agent_view(LINE, None, None)
    assert view.identification is None
    assert (view.purpose, view.queue, view.attributes) == ("", "q", ())
