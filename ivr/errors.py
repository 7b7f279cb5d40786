"""Every error that we raise on purpose, in one tree.

::

    IdBellenError
    ├── SettingsError         a setting is missing or wrong; names it and shows an example
    ├── InputError            something from outside is malformed; nothing was changed
    │   ├── AgiProtocolError      Asterisk, or whoever connected, does not speak FastAGI
    │   ├── AmiProtocolError      the manager connection does not speak AMI
    │   ├── UnsafeValueError      CR, LF or NUL where a line protocol forbids it
    │   └── FieldsError           fields of a JSON body; says which
    ├── ChannelGoneError      the caller is no longer there
    │   ├── HungUpError           the caller hung up
    │   ├── DeadChannelError      Asterisk answered 511
    │   └── ConnectionEndedError  the AGI connection ended
    ├── TooSlowError          a named time limit passed
    ├── ManagerError          Asterisk refused, or could not take, a manager action
    │   └── ManagerGoneError      there is no manager connection now
    ├── StoreError            Valkey is not to be had, or answered nonsense
    ├── LeaseLostError        another process watches this Asterisk now
    ├── UnwrittenError        the processing log cannot be written: then nothing is shown
    ├── SealError             an envelope cannot be opened with these keys for this session
    ├── ClosedError           nobody is there for this subject now; nothing was started
    ├── IllegalMoveError      the transition table does not list this move
    ├── NotFoundError         no such session, code or purpose (never says which)
    │   └── SeveralCallsError     an agent has more than one call: which is talked in, nobody can know
    ├── AnonymousError        this page is for someone who has logged in
    ├── RoleError             somebody has logged in, but this page is for another role
    ├── ElsewhereError        the agent works in another window now; this one gets nothing
    ├── ForgedRequestError    a request that our own pages did not send
    ├── TooOftenError         asked more often than the limit allows; says when to try again
    ├── IdentityError         a log-in did not give what was asked; nothing was verified
    └── ProviderError         where people log in did not answer, or not as its protocol asks

A message never holds a code, a ticket or an attribute's value. How each looks to a caller (a prompt) or
to a browser (a status) is decided once, in ``ivr.agi.callflow`` and in ``web.errors``.
"""

from __future__ import annotations


class IdBellenError(Exception):
    """The root: whatever we raise on purpose is one of these."""


class SettingsError(IdBellenError):
    """A setting is missing or wrong. The message names it, says why and shows an example."""


class InputError(IdBellenError):
    """Something from outside is malformed. Nothing was changed."""


class AgiProtocolError(InputError):
    """The other side of a FastAGI connection does not speak FastAGI."""


class AmiProtocolError(InputError):
    """The other side of a manager connection does not speak AMI."""


class UnsafeValueError(InputError):
    """A value holds CR, LF or NUL, which would be read as the start of another command."""


class FieldsError(InputError):
    """Fields of a JSON body are not as they should be."""

    def __init__(self, message: str, *, fields: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.fields = fields  # where (a JSON pointer, RFC 6901) and what is wrong, in our words


class ChannelGoneError(IdBellenError):
    """The caller is no longer there. Not a fault: people hang up."""


class HungUpError(ChannelGoneError):
    """The caller hung up."""


class DeadChannelError(ChannelGoneError):
    """Asterisk answered 511: this command is not permitted on a dead channel."""


class ConnectionEndedError(ChannelGoneError):
    """The AGI connection ended, so nothing more can be asked of this call."""


class TooSlowError(IdBellenError):
    """A named time limit passed."""


class ManagerError(IdBellenError):
    """Asterisk refused, or could not take, a manager action."""


class ManagerGoneError(ManagerError):
    """There is no manager connection now."""


class StoreError(IdBellenError):
    """Valkey is not to be had, or answered what it should not."""


class LeaseLostError(IdBellenError):
    """Another process watches this Asterisk now: stop, and change nothing more."""


class UnwrittenError(IdBellenError):
    """The processing log cannot be written, and nobody sees data without a line in it. Nothing was shown."""


class SealError(IdBellenError):
    """An envelope cannot be opened with these keys for this session."""


class ClosedError(IdBellenError):
    """Nobody is there for this subject now. Nothing was started."""


class IllegalMoveError(IdBellenError):
    """The transition table does not list this move. Nothing was changed."""


class NotFoundError(IdBellenError):
    """There is no such thing, or not for you: the two look the same."""


class SeveralCallsError(NotFoundError):
    """A queue member has more than one call: in which of them its agent talks, nobody can know."""


class AnonymousError(IdBellenError):
    """This page is for someone who has logged in, and nobody has."""


class RoleError(IdBellenError):
    """Somebody has logged in, but this is for who has another role. Nothing was shown or changed."""


class ElsewhereError(IdBellenError):
    """The agent works in another window now. This one gets nothing, and changes nothing."""


class ForgedRequestError(IdBellenError):
    """Our own pages did not send this request: a foreign origin, or no valid token. Nothing was changed."""


class TooOftenError(IdBellenError):
    """Asked more often than the limit allows."""

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds  # until it is worth trying again


class IdentityError(IdBellenError):
    """A log-in did not give what was asked. Nothing was verified."""

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason  # one word, fit for a link: see web.identity.protocol.Refusal


class ProviderError(IdBellenError):
    """The party where people log in did not answer, or not as its protocol asks. Nothing was verified."""

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason  # a word for the log, of ours or of the protocol's, never of the answer's own
