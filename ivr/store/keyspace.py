"""Every key: its name, its type, how long it lives, who writes it and who wipes it.

==============================  ======  ==============================  ==================  ==================
key (after the prefix)          type    lives                           written by          wiped by
==============================  ======  ==============================  ==================  ==================
``session:<id>``                hash    code's life + tombstone         web, claim, calls   TTL
``sealed:<id>``                 string  code's life; of a call: alive   web                 end, cancel, TTL
``code:<mac>``                  string  code's life                     web                 claim, cancel, TTL
``ticket:<mac>``                string  as its session                  web                 TTL
``call:<asterisk>:<uniqueid>``  hash    alive                           claim, calls        end, TTL
``calls:<asterisk>``            set     `CALLS`                         claim, calls        end, TTL
``guests:<call>``               list    alive                           web                 end, TTL
``member:<asterisk>:<iface>``   set     alive                           calls               end, TTL
``screen:<asterisk>:<iface>``   string  `SCREEN`                        desk (web)          TTL
``budget:all``                  zset    an hour                         claim               TTL
``budget:caller:<mac>``         zset    a quarter of an hour            claim               a right code, TTL
``lease:<asterisk>``            string  `LEASE`                         lease               TTL
``queue:<name>``                hash    `QUEUE_FACTS`                   queues (watcher)    TTL
``line:<queue>``                hash    `QUEUE_FACTS`                   lines (watcher)     TTL
``members:<asterisk>``          hash    `QUEUE_FACTS`                   standings (watcher) TTL
``staff:<asterisk>``            hash    `STAFF`                         staff (web)         log-out, TTL
``added:<asterisk>``            hash    `STAFF`                         staff (watcher)     watcher, TTL
``today:<day>:<queue>``         hash    `DAYS`                          figures (watcher)   TTL
``link:<number>``               string  `LINK`                          upgrades (web)      next ask, TTL
``orders:<asterisk>``           list    `ORDERS`                        orders (web)        take, TTL
``answer:<order>``              string  `ANSWERS`                       orders (watcher)    TTL
``once:<id>``                   string  as the ticket                   web                 TTL
``login:<mac>``                 hash    idle time of an agent's log-in  web                 log-out, TTL
``logins:<account>``            set     as the longest log-in           web                 end of all, TTL
``phone:<asterisk>:<iface>``     string  as the longest log-in           phones (web)        next issue, TTL
``errand:<method>:<id>``        string  as its log-in, minutes          web                 its end, TTL
``note:<mac>``                  string  as its kind, minutes            web                 who takes it, TTL
``notice``                      string  as the operator says, days      `idbellen notice`   the same, TTL
``changed``                     channel                                 every move          (not kept)
==============================  ======  ==============================  ==================  ==================

``alive`` is the heart of it: what belongs to a call lives for `ALIVE` seconds only, and only the one who
just saw that call's channel in Asterisk renews it. So whatever dies (telephony, the store's client, the
manager connection), nothing outlives its caller by more than that (requirement S2).

Time is the store's: scripts ask it, Python does not tell it. For Redis Cluster, set the prefix to one
with a hash tag, for example ``{idb}:``, so that a script's keys share a slot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ALIVE: Final = 4.5
"""Seconds that a call's data live after the last proof that its channel exists."""
SWEEP: Final = 1.5
"""Seconds between two such proofs: two may be missed."""
LEASE: Final = 2.0
"""Seconds after which another process may watch an Asterisk whose watcher went silent."""
LEASE_RENEWAL: Final = 0.5
SCREEN: Final = 60.0
"""Seconds that an agent's active window, once silent, keeps its place from others that were there before."""
QUEUE_FACTS: Final = 20.0
"""Seconds that what an Asterisk said of a queue still counts: older is unknown."""
LINK: Final = 900.0
"""Seconds that a short address for a call under way leads anywhere; it dies with its call, too."""
ORDERS: Final = 3.0
"""Seconds in which an agent's order must be taken; later nobody expects it any more."""
ANSWERS: Final = 10.0
"""Seconds that what became of an order is there to be read."""
STAFF: Final = 86_400.0
"""Seconds that it is known who is at work, after the last sign of anybody; of each, a log-in's idle time."""
DAYS: Final = 2 * 86_400.0
"""Seconds that the figures of a day are kept after the last caller who counts in it."""
GUESTS: Final = 8
"""Log-ins for one call under way of which what they prove is kept: the newest."""
CALLS: Final = 3600.0
"""Seconds that the list of an Asterisk's calls lives after the last proof that one of them exists."""
TOMBSTONE: Final = 900.0
"""Seconds that the citizen's page can still say how it ended; holds nothing personal."""
GUESS_WINDOW: Final = 3600.0
CALLER_WINDOW: Final = 900.0
CALLER_BUDGET: Final = 3
"""Wrong codes from one number within `CALLER_WINDOW` before the extra digits are asked of it."""


@dataclass(frozen=True, slots=True)
class CallId:
    """Which call: the caller's own channel on one Asterisk.

    The channel's Uniqueid, not its Linkedid: linked calls merge at an attended transfer, and then one
    caller's data would hang on another's call.
    """

    asterisk: str
    uniqueid: str

    def __str__(self) -> str:
        return f"{self.asterisk}:{self.uniqueid}"


@dataclass(frozen=True, slots=True)
class Member:
    """A queue member: whoever answers the phone behind this interface of this Asterisk."""

    asterisk: str
    interface: str

    def __str__(self) -> str:
        return f"{self.asterisk}:{self.interface}"


@dataclass(frozen=True, slots=True)
class Keyspace:
    """Makes the names of keys."""

    prefix: str = "idb:"

    def session(self, session: str) -> str:
        """A session's state; nothing personal in the clear."""
        return f"{self.prefix}session:{session}"

    def sealed(self, session: str) -> str:
        """The sealed attributes, apart so that they have a lifetime of their own."""
        return f"{self.prefix}sealed:{session}"

    def code(self, mac: str) -> str:
        """From a code to its session."""
        return f"{self.prefix}code:{mac}"

    def ticket(self, mac: str) -> str:
        """From a citizen's ticket to their session."""
        return f"{self.prefix}ticket:{mac}"

    def call(self, call: CallId) -> str:
        """A call that is in, or on its way to, a queue."""
        return f"{self.prefix}call:{call}"

    def calls(self, asterisk: str) -> str:
        """Uniqueids of the calls of one Asterisk that have a record."""
        return f"{self.prefix}calls:{asterisk}"

    def guests(self, call: CallId) -> str:
        """Sessions in which somebody proved who they are for a call under way, the newest first."""
        return f"{self.prefix}guests:{call}"

    def member(self, member: Member) -> str:
        """The Uniqueids of the calls that a queue member has now: of more than one nothing is shown."""
        return f"{self.prefix}member:{member}"

    def screen(self, member: Member) -> str:
        """Which window of a member's agent is the active one."""
        return f"{self.prefix}screen:{member}"

    def budget_all(self) -> str:
        """Wrong codes of the last hour, from anybody."""
        return f"{self.prefix}budget:all"

    def lease(self, asterisk: str) -> str:
        """Who watches this Asterisk."""
        return f"{self.prefix}lease:{asterisk}"

    def queue(self, name: str) -> str:
        """What each Asterisk last said of its queue of this name."""
        return f"{self.prefix}queue:{name}"

    def line(self, queue: str) -> str:
        """Who waits in this queue, as its agents may know, and what its members do: of each Asterisk."""
        return f"{self.prefix}line:{queue}"

    def members(self, asterisk: str) -> str:
        """How each queue member of this Asterisk stands; and, as ``may``, whether agents can change it."""
        return f"{self.prefix}members:{asterisk}"

    def today(self, day: int, queue: str) -> str:
        """How many callers came to this queue on a day, and how they fared; days as the epoch counts them."""
        return f"{self.prefix}today:{day}:{queue}"

    def staff(self, asterisk: str) -> str:
        """Which members have an agent at a desktop, until when, and in which queues they belong."""
        return f"{self.prefix}staff:{asterisk}"

    def added(self, asterisk: str) -> str:
        """Which members we have added to which queues, so that we remove no others."""
        return f"{self.prefix}added:{asterisk}"

    def answer(self, order: str) -> str:
        """What became of an order."""
        return f"{self.prefix}answer:{order}"

    def link(self, number: str) -> str:
        """From the number of a short address to the call under way that it is for."""
        return f"{self.prefix}link:{number}"

    def orders(self, asterisk: str) -> str:
        """What agents asked that this Asterisk do."""
        return f"{self.prefix}orders:{asterisk}"

    def once(self, ticket: str) -> str:
        """Marks a single-use ticket as spent."""
        return f"{self.prefix}once:{ticket}"

    def login(self, mac: str) -> str:
        """An agent's log-in."""
        return f"{self.prefix}login:{mac}"

    def logins(self, account: str) -> str:
        """The log-ins that an account has, so that all can be ended."""
        return f"{self.prefix}logins:{account}"

    def phone(self, member: Member) -> str:
        """From the telephone in a page to the log-in that it belongs to, which holds its proof, sealed."""
        return f"{self.prefix}phone:{member}"

    def note(self, mac: str) -> str:
        """A note that one request leaves for another, sealed."""
        return f"{self.prefix}note:{mac}"

    def errand(self, method: str, session: str) -> str:
        """Where a session's log-in goes on, sealed."""
        return f"{self.prefix}errand:{method}:{session}"

    def notice(self) -> str:
        """What the operator has to say now."""
        return f"{self.prefix}notice"

    def changed(self) -> str:
        """The channel of wake-ups."""
        return f"{self.prefix}changed"
