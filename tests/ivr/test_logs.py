"""The log holds names, figures and references: whatever else is given to it does not get there."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr import logs
from ivr.logs import ALLOWED, MAX_VALUE, NAMELESS
from ivr.session.attributes import Attributes, Secret
from ivr.session.model import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CANARY = "Kanarie999990019"
Said = list[dict[str, Any]]


@pytest.fixture
def stream() -> Iterator[StringIO]:
    """Where the lines go; logging is as it was afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield StringIO()
    structlog.reset_defaults()
    root.handlers[:], root.level = before


@pytest.fixture
def said(stream: StringIO) -> Callable[[], Said]:
    """What the log said since it was last asked, set up as it is in production."""
    logs.set_up("debug", stream=stream)

    def lines() -> Said:
        text = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        return [json.loads(line) for line in text.splitlines()]

    return lines


@dataclass
class Holder:
    """Something that shows what it holds."""

    value: str


@pytest.mark.req("S1", "O4")
def test_a_line_is_json_with_what_was_allowed(said: Callable[[], Said]) -> None:
    """Event, level, time in UTC, and the keys that are listed."""
    structlog.get_logger().info("call.identified", session="abc", count=3, seconds=0.5, connected=True)
    (line,) = said()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "call.identified",
        "level": "info",
        "session": "abc",
        "count": 3,
        "seconds": 0.5,
        "connected": True,
    }


@pytest.mark.req("S1")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(key=st.from_regex(r"[a-z_]{1,12}", fullmatch=True).filter(lambda key: key not in ALLOWED))
def test_a_key_that_is_not_listed_never_gets_there(said: Callable[[], Said], key: str) -> None:
    """Its name is told, so that somebody notices; its value is not."""
    if key in {"exc_info", "stack_info"}:
        return
    structlog.get_logger().info("something.happened", **{key: CANARY})
    (line,) = said()
    assert line["dropped"] == key
    assert CANARY not in str(line)


@pytest.mark.req("S1")
@pytest.mark.parametrize(
    "event",
    [
        f"hello {CANARY}",
        CANARY,
        "call from 0612345678",
        "0612345678",
        "",
        "x" * 200 + " y",
        "naam: jansen",
        "Event",
    ],
)
def test_an_event_is_a_name_and_not_a_sentence(said: Callable[[], Said], event: str) -> None:
    """Text that could have something filled in does not pass."""
    structlog.get_logger().info(event)
    (line,) = said()
    assert line["event"] == NAMELESS
    assert event not in {line["event"], *line.values()} or not event


@pytest.mark.req("S1")
def test_what_is_filled_in_does_not_pass(said: Callable[[], Said]) -> None:
    """Neither in the way of logging."""
    structlog.get_logger().info("call %s", CANARY)
    (line,) = said()
    assert CANARY not in str(line)


@pytest.mark.req("S1")
@pytest.mark.parametrize(
    "value",
    [
        {"bsn": CANARY},
        [CANARY],
        (CANARY,),
        CANARY.encode(),
        Holder(CANARY),
        ValueError(CANARY),
        Secret(CANARY),
    ],
    ids=lambda value: type(value).__name__,
)
def test_of_anything_but_a_scalar_only_its_type_is_told(said: Callable[[], Said], value: object) -> None:
    """Whatever its text quotes stays out."""
    structlog.get_logger().info("something.happened", reason=value, error=value)
    (line,) = said()
    assert (line["reason"], line["error"]) == (type(value).__name__, type(value).__name__)
    assert CANARY not in str(line)


def test_states_and_paths_are_told_as_text(said: Callable[[], Said]) -> None:
    """They are names of ours and of the operator's."""
    structlog.get_logger().info("something.happened", state=Call.QUEUED, file=Path("/etc/idb"), count=None)
    (line,) = said()
    assert (line["state"], line["file"], line["count"]) == ("queued", "/etc/idb", None)


@pytest.mark.req("S7")
def test_a_value_is_one_short_line(said: Callable[[], Said]) -> None:
    """Nothing from outside forges a line, moves a cursor or fills a disk."""
    structlog.get_logger().info("something.happened", queue="a\r\nb\x1b[2J", reason="x" * 10_000)
    (line,) = said()
    assert line["queue"] == r"a\r\nb\x1b[2J"
    assert line["reason"] == "x" * MAX_VALUE + "…"


@pytest.mark.req("S1")
@pytest.mark.parametrize("how", ["exception", "exc_info", "instance", "tuple"])
def test_an_exception_is_told_by_its_kind_and_place(said: Callable[[], Said], how: str) -> None:
    """Not by its text, nor by what was around it."""
    secret = Attributes({"bsn": CANARY})
    log = structlog.get_logger()
    try:
        _fail(f"{CANARY} {secret}")
    except ValueError as error:
        ways = {
            "exception": {},
            "exc_info": {"exc_info": True},
            "instance": {"exc_info": error},
            "tuple": {"exc_info": (type(error), error, error.__traceback__)},
        }
        log.exception("something.failed", **ways[how])
    (line,) = said()
    assert line["error"].startswith("ValueError at test_logs.py:")
    assert CANARY not in str(line)


def _fail(text: str) -> None:
    raise ValueError(text)


def test_an_exception_that_was_never_raised_has_no_place(said: Callable[[], Said]) -> None:
    """Its kind is all there is."""
    structlog.get_logger().error("something.failed", exc_info=ValueError(CANARY))
    (line,) = said()
    assert line["error"] == "ValueError"


def test_no_exception_is_none(said: Callable[[], Said]) -> None:
    """Asked to add one where there is none, the log adds nothing."""
    structlog.get_logger().error("something.failed", exc_info=True)
    structlog.get_logger().error("something.failed", exc_info=False)
    assert all("error" not in line for line in said())


@pytest.mark.req("S1", "S2")
def test_of_a_library_only_its_name_and_loudness_are_told(said: Callable[[], Said]) -> None:
    """Its text may quote what it handles: AMI events, requests, arguments of commands."""
    library = logging.getLogger("panoramisk.manager")
    library.warning("got %s", CANARY)
    library.log(45, "got %s", CANARY)
    try:
        _fail(CANARY)
    except ValueError:
        library.exception("failed on %s", CANARY)
    lines = said()
    assert [(line["event"], line["level"], line["logger"]) for line in lines] == [
        ("library.said", "warning", "panoramisk.manager"),
        ("library.said", "error", "panoramisk.manager"),
        ("library.said", "error", "panoramisk.manager"),
    ]
    assert lines[2]["error"].startswith("ValueError at ")
    assert CANARY not in str(lines)


@pytest.mark.req("S1")
def test_a_library_that_wants_to_say_more_is_not_heard(said: Callable[[], Said]) -> None:
    """Also one that sets its own level, as some do for debugging."""
    library = logging.getLogger("chatty")
    library.setLevel(logging.DEBUG)
    library.debug(CANARY)
    library.info(CANARY)
    assert said() == []
    library.setLevel(logging.NOTSET)


def test_what_is_below_the_level_is_not_said(said: Callable[[], Said], stream: StringIO) -> None:
    """The operator's setting decides."""
    logs.set_up("warning", stream=stream)
    structlog.get_logger().info("something.happened")
    structlog.get_logger().warning("something.happened")
    assert [line["level"] for line in said()] == ["warning"]


@pytest.mark.req("S1")
def test_on_a_terminal_the_same_holds(stream: StringIO) -> None:
    """Lines for people are of the same allowed keys."""
    logs.set_up("info", human=True, stream=stream)
    structlog.get_logger().warning("something.happened", queue="q1", bsn=CANARY, reason="a\nb")
    (line,) = stream.getvalue().splitlines()
    assert "something.happened" in line
    assert "q1" in line
    assert CANARY not in line


def test_lines_go_to_standard_error_unless_told_otherwise(
    stream: StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    """Standard output is for what a command prints."""
    logs.set_up()
    structlog.get_logger().warning("something.happened")
    out, err = capsys.readouterr()
    assert (out, "something.happened" in err) == ("", True)
