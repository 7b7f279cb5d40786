"""One line of the processing log, in the words of the standard Logboek Dataverwerkingen (LDV).

Pure. The fields are those of its interface (Logius, "Logboek dataverwerkingen", component Logboek): a trace
for each processing, a span for each action in it, which activity of the register it belongs to, and whom it
concerns. The standard has no field for who looked, and lets nobody make one up under ``dpl``; that stands
under OpenTelemetry's names, ``user.name`` and ``session.id``. There is no foreign operation in it, since no
other application asks us.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

TRACE_DIGITS: Final = 32
SPAN_DIGITS: Final = 16
"""Hexadecimal digits of 16 and of 8 bytes."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that was done with one citizen's data. Holds no value of them."""

    name: str
    """What was done: ``show-caller``, or ``show-masked`` and the attribute's name."""
    trace: str
    span: str
    parent: str
    """The action that this one is part of; empty: none."""
    at: float
    """When, in seconds since the epoch."""
    activity: str
    """The address in the register of processing activities."""
    subject: str
    """Whom it concerns, as a mac."""
    subject_type: str
    """What that mac is of: an attribute's name, or ``session``."""
    agent: str
    session: str
    purpose: str


def line(action: Action, version: str) -> bytes:
    """Return the action as a line of JSON. Whoever is shown something was shown it when this was written."""
    moment = datetime.fromtimestamp(action.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    record = {
        "trace_id": action.trace,
        "span_id": action.span,
        **({"parent_span_id": action.parent} if action.parent else {}),
        "status": "Ok",
        "name": action.name,
        "start_time": moment,
        "end_time": moment,
        "resource": {"attributes": {"service.name": "idbellen", "service.version": version}},
        "attributes": {
            "dpl.core.processing_activity_id": action.activity,
            "dpl.core.data_subject_id": action.subject,
            "dpl.core.data_subject_id_type": action.subject_type,
            "user.name": action.agent,
            "session.id": action.session,
            "idbellen.purpose": action.purpose,
        },
    }
    return json.dumps(record, separators=(",", ":")).encode() + b"\n"
