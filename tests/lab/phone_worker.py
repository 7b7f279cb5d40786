"""One SIP phone in a process of its own, steered by JSON lines on stdin, telling JSON lines on stdout.

``python -m tests.lab.phone_worker '{"bind": "127.0.0.2", "server": "127.0.0.1:5060", "user": "0612345678"}'``

PJSIP wants its own process: it is single-threaded here, and its teardown may abort.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass

import pjsua2 as pj

from tests.lab import phone_stack
from tests.lab.phone_stack import answer, tell

POLL_MS = 10
LEAVE_SECONDS = 10
PACKET_MS = 20
SPARE_PACKETS = 5
"""A digit's end takes three. What left is all that is known of it on a machine that is busy: the phone's
clock goes on when its sound does not."""
LOUD = 2
"""PJSIP's level, 0 to 255, above which there is sound; silence is 0."""


@dataclass(frozen=True, slots=True)
class Key:
    """One digit to send; ``ends`` is all that was keyed, when it is the last."""

    start: float
    digit: str
    ms: int
    ends: str
    info: bool


class Phone:
    """The whole telephone: an account, a call, a second line to ask a colleague, digits to send."""

    def __init__(self, options: dict[str, str]) -> None:
        self.options = options
        self.server = options["server"]
        self.auto_answer = bool(options.get("auto_answer"))
        self.call: phone_stack.PhoneCall | None = None
        self.second: phone_stack.PhoneCall | None = None
        self.gone: list[phone_stack.PhoneCall] = []
        self.digits: deque[Key] = deque()
        self.sounding: deque[tuple[int, str]] = deque()
        self.keyed_at = 0.0
        self.listening = False
        self.tone: pj.ToneGenerator | None = None
        self.endpoint = phone_stack.start(options["bind"])
        self.sink = self.endpoint.audDevManager().getPlaybackDevMedia()
        self.account = phone_stack.PhoneAccount(self)
        self.account.create(phone_stack.account_config(options))

    def forget(self, call: phone_stack.PhoneCall) -> None:
        """The call is over. PJSIP still uses it in this turn, so it is let go in the next."""
        if self.second is call:
            self.second = None
        if self.call is call:
            self.call = None
            self.digits.clear()
            self.sounding.clear()
            self.tone = None
        self.gone.append(call)

    def run(self) -> None:
        """Until stdin ends or says quit."""
        tell("ready")
        os.set_blocking(sys.stdin.fileno(), False)
        pending = b""
        while True:
            self.endpoint.libHandleEvents(POLL_MS)
            self.gone.clear()
            self._send_due_digits()
            self._tell_what_sounded()
            self._listen()
            if not select.select([sys.stdin], [], [], 0)[0]:
                continue
            data = os.read(sys.stdin.fileno(), 65536)
            if not data:
                return self._leave()
            *lines, pending = (pending + data).split(b"\n")
            for line in lines:
                self._obey(json.loads(line))

    def _leave(self) -> None:
        """Hang up and unregister, so that Asterisk does not go on with somebody who is gone."""
        self.endpoint.hangupAllCalls()
        if self.account.registered:
            self.do_unregister()
        end = time.monotonic() + LEAVE_SECONDS
        while (self.call or self.second or self.account.registered) and time.monotonic() < end:
            self.endpoint.libHandleEvents(POLL_MS)

    def _obey(self, order: dict[str, str]) -> None:
        name = order.pop("do")
        try:
            getattr(self, f"do_{name}")(**order)
        except pj.Error as error:
            tell("error", order=name, reason=error.reason)
        except (AttributeError, TypeError):
            if self.call is not None and self.call.media is not None:
                raise
            tell("error", order=name, reason="there is no call, or no sound path yet")

    def _send_due_digits(self) -> None:
        while self.call and self.digits and self.digits[0].start <= time.monotonic():
            key = self.digits.popleft()
            param = pj.CallSendDtmfParam()
            param.digits, param.duration = key.digit, key.ms
            param.method = pj.PJSUA_DTMF_METHOD_SIP_INFO if key.info else pj.PJSUA_DTMF_METHOD_RFC2833
            self.call.sendDtmf(param)
            if key.ends:
                over = self.call.packets() + key.ms // PACKET_MS + SPARE_PACKETS
                self.sounding.append((over, key.ends))

    def _tell_what_sounded(self) -> None:
        with suppress(pj.Error):  # its sound path may end before the call does
            while self.call and self.sounding and self.call.packets() >= self.sounding[0][0]:
                tell("sent", digits=self.sounding.popleft()[1])

    def _listen(self) -> None:
        # A call's "tx" is what it gives to the phone: the other side.
        if self.listening and self.call and self.call.media and self.call.media.getTxLevel() > LOUD:
            self.listening = False
            tell("sound")

    def do_register(self) -> None:
        """Tell the registrar where we are."""
        self.account.setRegistration(True)

    def do_unregister(self) -> None:
        """Tell the registrar that we leave."""
        self.account.setRegistration(False)

    def do_call(self, number: str) -> None:
        """Dial."""
        self.call = phone_stack.PhoneCall(self)
        self.call.makeCall(f"sip:{number}@{self.server}", pj.CallOpParam(True))  # noqa: FBT003 the same

    def do_answer(self) -> None:
        """Pick up."""
        answer(self.call, pj.PJSIP_SC_OK)

    def do_decline(self) -> None:
        """Send the caller away: busy."""
        answer(self.call, pj.PJSIP_SC_BUSY_HERE)

    def do_hangup(self) -> None:
        """End the call."""
        self.call.hangup(pj.CallOpParam())

    def do_hold(self) -> None:
        """Put the other side on hold."""
        self.call.setHold(pj.CallOpParam())

    def do_unhold(self) -> None:
        """Take the other side back."""
        param = pj.CallOpParam(True)  # noqa: FBT003 the same
        param.opt.flag = pj.PJSUA_CALL_UNHOLD
        self.call.reinvite(param)

    def do_transfer(self, number: str) -> None:
        """Send the other side to another number (REFER, unattended)."""
        self.call.xfer(f"sip:{number}@{self.server}", pj.CallOpParam())

    def do_consult(self, number: str) -> None:
        """Ask a colleague on the other line, while the first is on hold."""
        self.second = phone_stack.PhoneCall(self, line="second ")
        self.second.makeCall(f"sip:{number}@{self.server}", pj.CallOpParam(True))  # noqa: FBT003 the same

    def do_return(self) -> None:
        """End the call on the other line."""
        self.second.hangup(pj.CallOpParam())

    def do_join(self) -> None:
        """Leave the two others to each other (REFER with Replaces, attended)."""
        self.call.xferReplaces(self.second, pj.CallOpParam())

    def do_digits(self, digits: str, gap_ms: int, ms: int, *, info: bool) -> None:
        """Key digits of ``ms`` each, the first as soon as may be, ``gap_ms`` between their starts."""
        start = max(time.monotonic(), self.keyed_at + gap_ms / 1000)
        ends = ("",) * (len(digits) - 1) + (digits,)
        self.digits.extend(
            Key(start + place * gap_ms / 1000, digit, ms, ends=end, info=info)
            for place, (digit, end) in enumerate(zip(digits, ends, strict=True))
        )
        self.keyed_at = self.digits[-1].start

    def do_speak(self) -> None:
        """A steady tone to the other side, until the call ends."""
        self.tone = pj.ToneGenerator()
        self.tone.createToneGenerator(8000)
        sound = pj.ToneDesc()
        sound.freq1, sound.freq2, sound.on_msec, sound.off_msec = 440, 0, 1000, 0
        tones = pj.ToneDescVector()
        tones.append(sound)
        self.tone.play(tones, True)  # noqa: FBT003 the library has no names
        self.tone.startTransmit(self.call.media)

    def do_listen(self) -> None:
        """Tell ``sound`` once, as soon as there is any."""
        self.listening = True


def main() -> None:
    """Run one phone, and leave without PJSIP's teardown."""
    Phone(json.loads(sys.argv[1])).run()
    os._exit(0)


if __name__ == "__main__":
    main()
