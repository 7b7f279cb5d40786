"""Facts about what comes out of a FastAGI conversation."""

from __future__ import annotations

import pytest

from ivr.agi.events import Reply, Request
from tests.lab.agi_peer import HEADERS


def test_a_request_has_typed_helpers() -> None:
    """One for each header that a call flow needs."""
    request = Request(HEADERS)
    assert request.script == "idbellen"
    assert request.channel == "PJSIP/trunk-0000002a"
    assert request.uniqueid == "pbx-1763776800.84"
    assert request.caller_number == "0201234567"
    assert request.language == "nl"
    assert request.extension == "14020"
    assert request.args == ("pbx",)


def test_a_bare_request_has_them_too() -> None:
    """Channel and uniqueid are always there; what else is missing reads as nothing."""
    request = Request({"agi_channel": "c", "agi_uniqueid": "1.1"})
    assert request.script == request.language == request.extension == ""
    assert request.caller_number == "unknown"
    assert request.args == ()


def test_arguments_end_at_the_first_that_is_missing() -> None:
    """An empty one is there."""
    request = Request({"agi_arg_1": "a", "agi_arg_2": "", "agi_arg_4": "d"})
    assert request.args == ("a", "")


@pytest.mark.req("S1")
def test_a_repr_shows_nothing_of_the_caller() -> None:
    """Neither a header nor a result, which can be a digit of a code."""
    assert repr(Request(HEADERS)) == "Request()"
    assert repr(Reply(200, "result=49 (x) endpos=8", 49, "x", 8)) == "Reply(code=200)"
