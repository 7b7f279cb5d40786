"""What a caller hears when nobody can take the call: words, in the caller's language."""

from __future__ import annotations

import asyncio
import re
from array import array
from itertools import product
from typing import TYPE_CHECKING

import pytest

from ivr.agi.contract import Prompt
from ivr.prompts import wav
from ivr.prompts.render import path_of
from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import Lab
from tests.lab.manager import Manager
from tests.lab.phone import AgentPhone, Caller
from tests.lab.prompts import rendered
from tests.lab.stand_in import Link, StandIn

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e


async def says_closed(link: Link) -> None:
    """Outside opening hours."""
    await link.request()
    await link.ask('SET VARIABLE IDB_RESULT "closed"')


@pytest.mark.req("P4", "P6", "P8")
async def test_closed_is_said_in_words_before_the_call_ends(pbx: Asterisk, manager: Manager) -> None:
    """The prompt plays to its end; the tone for missing words does not sound."""
    async with StandIn(says_closed) as server, Caller(pbx.sip) as caller:
        await caller.call(f"9{server.port}")
        await manager.wait("Newexten", Application="Playback", AppData=Prompt.CLOSED.sound)
        await caller.hears()
        await manager.wait("VarSet", Variable="PLAYBACKSTATUS", Value="SUCCESS")
        await caller.wait("disconnected")
    assert not manager.saw("Newexten", Application="PlayTones")


@pytest.mark.req("P6")
@pytest.mark.parametrize("language", ["nl", "en"])
async def test_the_welcome_is_found_in_each_language(pbx: Asterisk, language: str) -> None:
    """Asterisk plays our own file of that language and can be stopped by a digit, which it reports."""
    answers: list[str] = []

    async def plays(link: Link) -> None:
        await link.request()
        await link.ask(f'SET VARIABLE CHANNEL(language) "{language}"')
        answers.append(await link.ask(f'STREAM FILE {Prompt.WELCOME.sound} "0123456789*"'))

    async with StandIn(plays) as server, Caller(pbx.sip) as caller:
        await caller.call(f"9{server.port}")
        await caller.hears()
        await caller.keys("5")
        await asyncio.wait_for(server.done.wait(), 10)
    assert re.fullmatch(rf"200 result={ord('5')} endpos=[1-9]\d*", answers[0])
    played = rf"Playing '{Prompt.WELCOME.sound}\.\w+' \(.*\(language '{language}'\)"
    assert re.search(played, pbx.log_text())


SENTENCES = [*[Prompt.WAIT] * 4, Prompt.WAIT_LONG]
QUICK = {"periodic-announce-frequency": "1", "joinempty": "yes", "timeout": "1", "retry": "1"}
"""Each second, not each minute; a phone that nobody answers rings again and again."""
ENGLISH = """
[from-trunk](+)
exten => 14031,1,Set(IDB_LANGUAGE=en)
 same => n,Goto(idbellen-entry,s,1)
"""


@pytest.mark.req("P7")
async def test_who_waits_hears_our_sentences_and_at_last_the_honest_one(tmp_path: Path) -> None:
    """In the order of the queue's template, each in their language; here in beeps.

    The first one in the queue as well, while a phone rings that nobody answers; so does the one behind.
    """
    for language, prompt in product(("nl", "en"), {*SENTENCES}):
        wav.write(path_of(tmp_path, prompt, language), array("h", [9000, -9000] * 400), "test")
    lab = Lab(agents=1, announce=True, queue_options=QUICK, extensions=ENGLISH)
    async with (
        Asterisk(lab, prompts=tmp_path) as pbx,
        Manager(pbx.ports.ami) as manager,
        AgentPhone(pbx.sip, "agent1") as phone,
        Caller(pbx.sip, "0611111111") as first,
        Caller(pbx.sip, "0622222222") as second,
    ):
        await phone.register()
        await pbx.staffed(phone.user)
        for caller, number in ((first, "14030"), (second, "14031")):
            await caller.call(number)
            await manager.wait("QueueCallerJoin", CallerIDNum=caller.user)
        await phone.wait("incoming")
        for caller in (first, second):
            for _ in range(len(SENTENCES) + 1):  # the music starts, and again after each sentence
                await manager.wait("MusicOnHoldStart", CallerIDNum=caller.user, seconds=30)
        told = re.findall(
            r"<([^>]+)> Playing 'idbellen/([a-z-]+)\.\w+' \(language '(\w\w)'\)", pbx.log_text()
        )
    for language in ("nl", "en"):
        heard = [(channel, prompt) for channel, prompt, spoken in told if spoken == language]
        assert [prompt for _, prompt in heard][: len(SENTENCES)] == SENTENCES
        assert len({channel for channel, _ in heard}) == 1


PLACES = QUICK | {
    **dict.fromkeys(("announce-frequency", "min-announce-frequency"), "1"),
    "announce-position": "yes",
    "announce-holdtime": "no",
    "periodic-announce-frequency": "0",
}


@pytest.mark.req("P7")
async def test_a_place_in_the_queue_is_told_in_dutch_where_the_operator_wants_it() -> None:
    """By Asterisk, with the sounds that we make for it: who is next, and who stands second."""
    lab = Lab(agents=1, announce=True, queue_options=PLACES)
    async with (
        Asterisk(lab, prompts=rendered()) as pbx,
        Manager(pbx.ports.ami) as manager,
        AgentPhone(pbx.sip, "agent1") as phone,
        Caller(pbx.sip, "0611111111") as first,
        Caller(pbx.sip, "0622222222") as second,
    ):
        await phone.register()
        await pbx.staffed(phone.user)
        for caller in (first, second):
            await caller.call("14030")
            await manager.wait("QueueCallerJoin", CallerIDNum=caller.user)
        for caller in (first, second):
            for _ in range(2):  # the music starts, and again after the first announcement
                await manager.wait("MusicOnHoldStart", CallerIDNum=caller.user, seconds=30)
        said = pbx.log_text()
    told = re.findall(r"<([^>]+)> Playing '((?:queue-|digits/)[a-z0-9-]+)\.\w+' \(language 'nl'\)", said)
    heard = [[sound for channel, sound in told if channel == one] for one in {channel for channel, _ in told}]
    assert ["queue-youarenext"] in [sounds[:1] for sounds in heard]
    assert ["queue-thereare", "digits/2", "queue-callswaiting"] in [sounds[:3] for sounds in heard]
