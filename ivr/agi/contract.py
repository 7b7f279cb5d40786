"""Every name and figure that the dialplan and this program share.

``tests/test_contract.py`` reads ``dialplan/idbellen.conf`` and ``asterisk-config/`` and compares, so neither
side can drift. PURE: constants only; knows nothing of sockets, sessions or settings.

How the caller stays safe. The dialplan arms a dead man's switch, ``TIMEOUT(absolute)``, before it calls us.
If it goes off, Asterisk ends the AGI connection, runs extension ``T``, and the caller is in the ordinary
queue. The server arms it again with :data:`REARM` before every command that takes time, and no command takes
more than :data:`COMMAND_SECONDS`: whenever the server freezes, the caller waits at most :data:`ARM_SECONDS`.
In a conversation there is no such switch, as it would end the call: a watchdog kills a server that freezes.
Each command is written at once: within half a line Asterisk waits for the rest, past every limit, until the
connection closes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

ENTRY_CONTEXT: Final = "idbellen-entry"
QUEUE_CONTEXT: Final = "idbellen-queue"
FALLBACK_CONTEXT: Final = "idbellen-fallback"
UPGRADE_CONTEXT: Final = "idbellen-upgrade"
"""Also the name of the feature in ``features.conf`` that runs it."""

AGI_SCRIPT: Final = "idbellen"
"""The path in ``agi://host:port/idbellen``: what Asterisk sends as ``agi_network_script``."""
UPGRADE_ARGUMENT: Final = "upgrade"
"""The script's second argument when the caller is in a conversation; there is none at the entry."""

UPGRADE_KEYS: Final = "*5"
"""What the caller keys in the conversation to be asked for a code."""
KEYS_MILLISECONDS: Final = 5000
"""The longest between two of these keys, for the slowest hand."""


class Option(StrEnum):
    """What the operator may set in ``[globals]``, or on one channel before it enters."""

    AGI = "IDB_AGI"
    ASTERISK = "IDB_ASTERISK"
    DEFAULT_QUEUE = "IDB_DEFAULT_QUEUE"
    LANGUAGE = "IDB_LANGUAGE"
    FALLBACK = "IDB_FALLBACK"
    QUEUE_OPTIONS = "IDB_QUEUE_OPTIONS"


DEFAULTS: Final = {
    Option.AGI: "agi://127.0.0.1:4573/idbellen",
    Option.ASTERISK: "pbx",
    Option.LANGUAGE: "nl",
}
"""What the dialplan uses for an option that the operator left out. The others have no default."""


class Variable(StrEnum):
    """Channel variables that the server sets and the dialplan reads. None ever holds a code or a name."""

    REF = "IDB_REF"
    QUEUE = "IDB_QUEUE"
    RESULT = "IDB_RESULT"
    VERDICT = "IDB_VERDICT"
    """Set by the server, whatever came of it, when it ends a step in the conversation by itself."""


INHERITED_REF: Final = "__IDB_REF"
"""The name to *set* :attr:`Variable.REF` by: the underscores let channels born of this one inherit it."""


class Result(StrEnum):
    """Values of :attr:`Variable.RESULT`. Unset, which is what a dead server leaves, means unidentified."""

    IDENTIFIED = "identified"
    UNIDENTIFIED = "unidentified"
    CLOSED = "closed"


class Verdict(StrEnum):
    """Values of :attr:`Variable.VERDICT`. Unset means that the server died on the way."""

    IDENTIFIED = "identified"
    UNIDENTIFIED = "unidentified"


HOLD_LIMIT_SECONDS: Final = 10
"""The promise: after this long with a frozen or dead server every caller is in a queue."""

ARM_SECONDS: Final = 9
"""The dead man's switch: the dialplan's first setting, and what :data:`REARM` sets it to again."""

COMMAND_SECONDS: Final = 7
"""The longest that one AGI command may run: a prompt plays, or a digit is awaited, for less."""

REARM: Final = ("Set", f"TIMEOUT(absolute)={ARM_SECONDS}")
"""Application and argument of the ``EXEC`` that arms the switch again."""

PROMPT_FOLDER: Final = "idbellen"
"""Where the prompts are under Asterisk's ``sounds/<language>/``."""


class Prompt(StrEnum):
    """What can be said. Each is a file ``sounds/<language>/idbellen/<value>.wav``."""

    WELCOME = "welcome"
    NO_CODE = "no-code"
    MISTYPED = "mistyped"
    WRONG = "wrong"
    EXTRA = "extra"
    THANKS = "thanks"
    TO_AGENT = "to-agent"
    CLOSED = "closed"
    UNAVAILABLE = "unavailable"
    WAIT = "wait"
    WAIT_LONG = "wait-long"
    UPGRADE = "upgrade"
    UPGRADED = "upgraded"
    NOT_UPGRADED = "not-upgraded"

    @property
    def sound(self) -> str:
        """The name by which Asterisk plays it, in the channel's language: ``idbellen/welcome``."""
        return f"{PROMPT_FOLDER}/{self.value}"
