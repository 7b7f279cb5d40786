"""PJSIP set up as a plain desk phone: real SIP, RTP and RFC 4733 digits, A-law only, no sound card.

Knows PJSIP's objects; knows nothing of who steers the phone. What it hears it measures, never keeps.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pjsua2 as pj

if TYPE_CHECKING:
    from tests.lab.phone_worker import Phone

OK = 200
DIGIT_IS_OVER = 2
"""``PJMEDIA_STREAM_DTMF_IS_END``, which the binding leaves out."""
OUT = os.dup(1)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # PJSIP prints before its log level can be set


def tell(event: str, **details: object) -> None:
    """One line to whoever steers us."""
    os.write(OUT, json.dumps({"event": event, **details}).encode() + b"\n")


def start(address: str) -> pj.Endpoint:
    """A running SIP stack on a port of its own, which does all its work inside ``libHandleEvents``."""
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.medConfig.clockRate = 8000
    config.medConfig.noVad = True
    config.medConfig.ecTailLen = 0
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    endpoint.libInit(config)
    transport = pj.TransportConfig()
    transport.boundAddress = address
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.audDevManager().setNullDev()
    endpoint.libStart()
    for codec in endpoint.codecEnum2():
        endpoint.codecSetPriority(codec.codecId, 255 if codec.codecId.startswith("PCMA/8000") else 0)
    return endpoint


def account_config(options: dict[str, str]) -> pj.AccountConfig:
    """Who we are: with a password a phone that can register, without one a number on the network."""
    user, password, address = options["user"], options.get("password"), options["bind"]
    config = pj.AccountConfig()
    config.mediaConfig.transportConfig.boundAddress = address
    config.idUri = f'"{options.get("name", "")}" <sip:{user}@{options["server"] if password else address}>'
    if password:
        config.regConfig.registrarUri = f"sip:{options['server']}"
        config.regConfig.registerOnAdd = False
        config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", user, 0, password))
    return config


def answer(call: pj.Call, code: int) -> None:
    """Answer an incoming call with a SIP status."""
    param = pj.CallOpParam()
    param.statusCode = code
    call.answer(param)


class PhoneCall(pj.Call):
    """One call, which tells what happens to it; ``line`` is put before each word of it."""

    def __init__(self, phone: Phone, call_id: int = pj.PJSUA_INVALID_ID, line: str = "") -> None:
        super().__init__(phone.account, call_id)
        self.phone = phone
        self.line = line
        self.media: pj.AudioMedia | None = None
        self.held = False

    def tell(self, event: str, **details: object) -> None:
        """Say what happened, and on which line."""
        tell(self.line + event, **details)

    def onCallState(self, _prm: pj.OnCallStateParam) -> None:  # noqa: N802 the library's name
        """SIP moved on."""
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_EARLY:
            self.tell("ringing", code=int(info.lastStatusCode))
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            self.tell("confirmed", call=info.callIdString)
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.tell("disconnected", code=int(info.lastStatusCode), reason=info.lastReason)
            self.phone.forget(self)

    def onCallMediaState(self, _prm: pj.OnCallMediaStateParam) -> None:  # noqa: N802 the library's name
        """The sound path came up, was held or came back."""
        info = self.getInfo()  # its media lives only as long as it does
        held, self.held = self.held, not any(m.status == pj.PJSUA_CALL_MEDIA_ACTIVE for m in info.media)
        if self.held:
            self.tell("held")
            return
        self.media = self.getAudioMedia(-1)
        self.media.startTransmit(self.phone.sink)  # a port is only measured while something listens
        if self.phone.call is self and self.phone.tone:
            self.phone.tone.startTransmit(self.media)  # who speaks goes on when the path is made anew
        self.tell("unheld" if held else "media")

    def onCallTransferStatus(self, prm: pj.OnCallTransferStatusParam) -> None:  # noqa: N802 the library's name
        """The other side went, and was answered there or not: this call is no use any more."""
        if prm.finalNotify:
            self.tell("transferred", code=int(prm.statusCode))
            self.hangup(pj.CallOpParam())
            prm.cont = False

    def packets(self) -> int:
        """How many left since the sound path was made."""
        return int(self.getStreamStat(0).rtcp.txStat.pkt)

    def onDtmfEvent(self, prm: pj.OnDtmfEventParam) -> None:  # noqa: N802 the library's name
        """The other side keyed. Told when the digit is over: who acts on it cuts nothing off."""
        if prm.flags & DIGIT_IS_OVER:
            self.tell("dtmf", digit=prm.digit)


class PhoneAccount(pj.Account):
    """The phone's number, registered or not."""

    def __init__(self, phone: Phone) -> None:
        super().__init__()
        self.phone = phone
        self.registered = False
        """By the registrar's last answer. PJSIP's ``regIsActive`` is false as soon as it asked to leave."""

    def onRegState(self, prm: pj.OnRegStateParam) -> None:  # noqa: N802 the library's name
        """The registrar answered."""
        self.registered = prm.code == OK and prm.expiration > 0
        accepted = "registered" if prm.expiration else "unregistered"
        tell(accepted if prm.code == OK else "refused", code=int(prm.code))

    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:  # noqa: N802 the library's name
        """It rings here; busy when there is a call already."""
        call = PhoneCall(self.phone, prm.callId)
        if self.phone.call is not None:
            answer(call, pj.PJSIP_SC_BUSY_HERE)
            return
        self.phone.call = call
        tell("incoming", caller=call.getInfo().remoteUri)
        answer(call, pj.PJSIP_SC_OK if self.phone.auto_answer else pj.PJSIP_SC_RINGING)
