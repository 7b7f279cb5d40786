"""What an agent sees of a call: one whole picture, in the agent's language.

Pure: from a store's view to words. Knows the states of a screen and what may be said in each; nothing of
sockets or HTML. Only `Picture.to_json` and the templates reveal values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from ivr.errors import NotFoundError
from ivr.session.attributes import Level, Secret
from ivr.session.model import Identification
from web.agent.ask import Ask, ask_of
from web.agent.links import fill
from web.agent.plain import plain
from web.i18n import Words, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ivr.session.line import AgentView
    from ivr.session.purpose import Purpose, Purposes
    from ivr.store.desk import OnLine
    from web.agent.links import Link, Template


class State(StrEnum):
    """What is on the screen."""

    EMPTY = "empty"
    ORDINARY = "ordinary"
    PENDING = "pending"
    VERIFIED = "verified"
    FAILED = "failed"
    ELSEWHERE = "elsewhere"
    """Another window of the agent's is the one that shows calls."""
    SEVERAL = "several"
    """The agent has more than one caller: nobody can know with whom they talk."""
    UNAVAILABLE = "unavailable"
    """It cannot be known what is on the line."""
    WAITING = "waiting"
    """The browser's own: nothing was heard yet."""
    LOST = "lost"
    """The browser's own: nothing is heard any more."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to read: what it is called, and what it says."""

    label: str
    value: Secret
    moment: float = 0.0
    """When not 0: a moment, in seconds since the epoch, that the browser writes in its own time."""
    name: str = ""
    """Of an attribute: by what it is asked for."""
    masked: bool = False
    """The value is not here; whoever asks for it gets it."""

    def to_json(self) -> dict[str, Any]:
        """The line as the browser gets it."""
        masked = self.name if self.masked else ""
        return {"label": self.label, "value": self.value.reveal(), "moment": self.moment, "masked": masked}


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole screen at one moment."""

    state: State
    title: str
    text: str
    said: str
    """What a screen reader says by itself when this comes: never personal, as title and text."""
    call: str = ""
    """Names the call, so that the next one is not taken for the same; empty when there is none."""
    purpose: str = ""
    proven: tuple[Line, ...] = ()
    """The attributes, in the purpose's order."""
    links: tuple[Link, ...] = ()
    """Into the organisation's other systems; those with a masked value come when that is asked for."""
    facts: tuple[Line, ...] = ()
    """What else is known of the call."""
    ask: Ask | None = None
    """How far asking an ordinary caller to log in is."""

    def to_json(self) -> dict[str, Any]:
        """The picture as the browser gets it: the words of each state it has in its page."""
        return {
            "state": self.state.value,
            "call": self.call,
            "purpose": self.purpose,
            "proven": [line.to_json() for line in self.proven],
            "links": [link.to_json() for link in self.links],
            "facts": [line.to_json() for line in self.facts],
            "ask": self.ask.to_json() if self.ask else None,
        }


_STATES: Final = {
    State.EMPTY: (
        mark("No call"),
        mark("There is no call now. This screen is empty."),
        mark("No call. The screen is empty."),
    ),
    State.ORDINARY: (
        mark("Not identified"),
        mark("This caller did not log in. You only know who it is from what the caller tells you."),
        mark("Call. Not identified."),
    ),
    State.PENDING: (
        mark("Not yet identified"),
        mark("The caller is still logging in. The details appear here by themselves."),
        mark("Call. Not yet identified."),
    ),
    State.VERIFIED: (
        mark("Proven"),
        mark("The caller logged in. These details were checked."),
        mark("Call. Proven."),
    ),
    State.FAILED: (
        mark("Identification failed"),
        mark("Logging in did not work. Treat this as a caller whom you do not know."),
        mark("Call. Identification failed."),
    ),
    State.ELSEWHERE: (
        mark("You are at work in another window"),
        mark("Only the window that you opened last shows your calls. They go on."),
        mark("You are at work in another window. This one shows no calls."),
    ),
    State.SEVERAL: (
        mark("More than one caller"),
        mark("You have more than one caller. Nothing is shown: we cannot know with whom you speak."),
        mark("More than one caller. No details are shown."),
    ),
    State.UNAVAILABLE: (
        mark("Details cannot be seen now"),
        mark("The call goes on; the details cannot be seen for the moment. They come back by themselves."),
        mark("The details cannot be seen for the moment. The call goes on."),
    ),
    State.WAITING: (
        mark("One moment"),
        mark("Looking whether you have a call."),
        "",
    ),
    State.LOST: (
        mark("Connection lost"),
        mark("The call goes on. Its details are hidden until the connection is back; we keep trying."),
        mark("Connection lost. The call goes on."),
    ),
}
_LEVELS: Final = {
    Level.NONE: mark("None"),
    Level.LOW: mark("Low"),
    Level.SUBSTANTIAL: mark("Substantial"),
    Level.HIGH: mark("High"),
}
_IDENTIFICATIONS: Final = {
    None: State.ORDINARY,
    Identification.PENDING: State.PENDING,
    Identification.VERIFIED: State.VERIFIED,
    Identification.FAILED: State.FAILED,
}


class Painter:
    """Makes pictures. ``method_title`` gives what people call a login method: of its tag, in a language."""

    def __init__(
        self,
        purposes: Purposes,
        method_title: Callable[[str, str], str],
        links: tuple[Template, ...] = (),
    ) -> None:
        self._purposes = purposes
        self._method_title = method_title
        self._links = links
        self._masked = purposes.masked

    def masked(self, online: OnLine) -> frozenset[str]:
        """Return the names of what is on this call's picture, but masked."""
        proven = online.view.identification is Identification.VERIFIED
        return self._masked.intersection(dict(online.view.attributes)) if proven else frozenset()

    def paint(self, online: OnLine | None, words: Words, shown: str = "") -> Picture:
        """Return the picture of a call, or of no call. ``shown`` is a masked attribute that was asked for."""
        if online is None:
            return blank(State.EMPTY, words)
        view = online.view
        purpose = self._purpose(view.purpose)
        state = _IDENTIFICATIONS[view.identification]
        masked = self.masked(online) - {shown}
        return replace(
            blank(state, words),
            call=str(online.call),
            purpose=(_in(purpose.title, words) if purpose else view.purpose),
            proven=tuple(_proven(view, purpose, words, masked)) if state is State.VERIFIED else (),
            links=self._into(view, words, masked) if state is State.VERIFIED else (),
            facts=tuple(self._facts(view, words)),
            ask=ask_of(online, self._purposes) if state is State.ORDINARY else None,
        )

    def _purpose(self, name: str) -> Purpose | None:
        try:
            return self._purposes.get(name)
        except NotFoundError:
            return None

    def _into(self, view: AgentView, words: Words, masked: frozenset[str]) -> tuple[Link, ...]:
        values = {name: value for name, value in view.attributes if name not in masked}
        return tuple(fill(self._links, view.purpose, values, words.language))

    def _facts(self, view: AgentView, words: Words) -> Iterator[Line]:
        if view.identification is Identification.VERIFIED:
            title = self._method_title(view.method, words.language)
            yield Line(words.gettext("Logged in with"), plain(title))
            yield Line(words.gettext("Assurance level"), plain(words.gettext(_LEVELS[view.level])))
            yield Line(words.gettext("Logged in at"), plain(""), view.verified_at)
        number = view.caller_number or Secret(words.gettext("Withheld"))
        yield Line(words.gettext("Calls from (not proven)"), plain(number.reveal()))
        yield Line(words.gettext("Queue"), plain(view.queue))
        yield Line(words.gettext("Answered at"), plain(""), view.connected_at)


def _proven(view: AgentView, purpose: Purpose | None, words: Words, masked: frozenset[str]) -> Iterator[Line]:
    """The attributes in the purpose's order; those that it does not list (any more) come last."""
    labels = {spec.name: _in(spec.label, words) for spec in purpose.attributes} if purpose else {}
    order = list(labels)
    for name, value in sorted(view.attributes, key=lambda pair: _place(order, pair[0])):
        hidden = name in masked
        text = plain("" if hidden else value.reveal())
        yield Line(labels.get(name, name), text, name=name, masked=hidden)


def _place(order: list[str], name: str) -> int:
    return order.index(name) if name in order else len(order)


def blank(state: State, words: Words) -> Picture:
    """Return a picture of this state without anything of a call."""
    title, text, said = (words.gettext(part) if part else "" for part in _STATES[state])
    return Picture(state, title, text, said)


def _in(texts: Mapping[str, str], words: Words) -> str:
    return texts.get(words.language) or next(iter(texts.values()))
