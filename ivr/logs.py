"""Logging: structured lines with an allow-list of keys.

A key that is not listed here does not reach the log, whoever passes it; so a value that nobody thought of
(a number, a name, a code) cannot leak (requirement S1). Adding a key is a decision, made in this file. The
event itself is a name, such as ``call.identified``: text with anything filled in does not pass either.
"""

from __future__ import annotations

import logging
import re
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, TextIO

import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger

ALLOWED: Final = frozenset(
    {
        "event", "level", "timestamp", "logger",
        # where: parts, addresses of our own, names from the operator's configuration
        "asterisk", "part", "host", "port", "address", "file", "queue", "purpose", "language", "version",
        # what happened
        "reason", "error", "result", "state", "move", "outcome", "step", "action", "prompt", "setting",
        "method", "route", "status", "connected", "activity", "provider", "signal", "code_length",
        "check", "where",
        # how much
        "count", "seconds", "ms", "attempt", "attempts", "calls", "queues", "members", "limit",
        "dropped", "refused", "pid",
        # opaque references: a session's id opens nothing, an agent's account is the organisation's own
        "session", "agent", "ref",
    }
)  # fmt: skip
MAX_VALUE: Final = 300
NAMELESS: Final = "event.nameless"
"""Stands for an event that is no name."""
_NAME: Final = re.compile(r"[a-z]+([._-][a-z]+)*")


def _allow(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop every key that is not listed, and name what was dropped."""
    kept = {key: _plain(value) for key, value in event.items() if key in ALLOWED}
    if not _NAME.fullmatch(str(event["event"])):
        kept["event"] = NAMELESS
    if len(kept) < len(event):
        kept["dropped"] = ",".join(sorted(event.keys() - ALLOWED))
    return kept


def _plain(value: Any) -> Any:
    """Return a short scalar; of all else only its type, since its text may quote what it holds."""
    if value is None or isinstance(value, int | float):
        return value
    if not isinstance(value, str | PurePath):
        return type(value).__name__
    text = str(value)
    text = text if text.isprintable() else ascii(text)[1:-1]
    return text if len(text) <= MAX_VALUE else text[:MAX_VALUE] + "…"


def _name_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace a traceback by where it was raised: its text could hold somebody's data."""
    info = event.pop("exc_info", None)
    error = info if isinstance(info, BaseException) else sys.exc_info()[1] if info else None
    if error is not None:
        trace, place = error.__traceback__, ""
        while trace is not None:
            code = trace.tb_frame.f_code
            place = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
            trace = trace.tb_next
        event["error"] = f"{type(error).__name__} at {place}" if place else type(error).__name__
    return event


class _Foreign(logging.Handler):
    """Libraries' own log lines: only who spoke and how loud, since their text may quote what they handle."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        level = logging.ERROR if record.levelno >= logging.ERROR else logging.WARNING
        structlog.get_logger().log(level, "library.said", logger=record.name, exc_info=error)


def set_up(level: str = "info", *, human: bool | None = None, stream: TextIO | None = None) -> None:
    """Send our lines to standard error, or ``stream``: for people on a terminal, else as JSON."""
    stream = stream or sys.stderr
    human = stream.isatty() if human is None else human
    json = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _name_exception,
            _allow,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer() if human else json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Foreign(logging.WARNING)], level=logging.WARNING, force=True)
