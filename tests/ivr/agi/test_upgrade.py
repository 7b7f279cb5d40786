"""Facts about keying a code in a conversation: what is heard, what becomes of it, what the agent sees."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from ivr.agi import AgiServer, AgiTally
from ivr.agi import upgrade as upgrade_module
from ivr.agi.asking import ATTEMPTS, TYPOS
from ivr.agi.contract import INHERITED_REF, REARM, Variable
from ivr.agi.upgrade import UpgradeFlow
from ivr.session.code import draw
from ivr.session.upgrade import Mark, Step
from ivr.store.budget import Budget
from ivr.store.claims import Claims
from ivr.store.client import Store
from ivr.store.keyspace import CallId, Keyspace
from ivr.store.upgrades import Upgrades
from tests.lab.agi_client import FATES, AgiClient, Heard
from tests.lab.agi_peer import HEADERS, until
from tests.lab.citizens import PERSON
from tests.lab.rooms import SANNE, TOM, rooms_on, shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from ivr.session.attributes import Secret
    from ivr.store.sealing import KeySet, Macs
    from tests.lab.agi_peer import AgiPeer
    from tests.lab.rooms import Rooms
    from tests.lab.valkey import Valkey

pytestmark = pytest.mark.req("P11")

ASTERISK = "pbx"
LENGTH = 11
CALL = CallId(ASTERISK, HEADERS["agi_uniqueid"])
OTHER_CALL = CallId(ASTERISK, "1700000000.9")
ARGUMENTS = {"agi_arg_1": ASTERISK, "agi_arg_2": "upgrade"}
PROVEN = {name: PERSON[name] for name in ("fullname", "bsn")}
TYPO = "12345678901"
UNIDENTIFIED = {Variable.VERDICT: "unidentified"}


class Conversation:
    """Sanne talks with an ordinary caller, who keys *5."""

    def __init__(self, rooms: Rooms, server: AgiServer) -> None:
        self.rooms = rooms
        self.server = server

    async def keys(
        self,
        *keyed: str,
        fate: tuple[int, Callable[[AgiPeer], None]] | None = None,
        missing: Sequence[str] = (),
        headers: dict[str, str] | None = None,
        **more: list[str],
    ) -> Heard:
        """What is keyed over the first words, and over others by their names."""
        client = AgiClient(self.server.address, missing=missing)
        heard = await client.call(
            {"upgrade": keyed, **more}, fate=fate, **(ARGUMENTS if headers is None else headers)
        )
        await until(lambda: not self.server.open and not self.server._tasks)
        return heard

    async def sees(self) -> dict[str, str]:
        """What Sanne reads of the caller."""
        on_line = await self.rooms.desk.look(SANNE)
        assert on_line is not None
        return shown(on_line)

    async def step(self) -> Step | None:
        """How far it is, as Sanne is told."""
        on_line = await self.rooms.desk.look(SANNE)
        assert on_line is not None
        return on_line.view.upgrade.step if on_line.view.upgrade else None


@pytest.fixture
async def talk(rooms: Rooms) -> AsyncIterator[Conversation]:
    """The server, as `idbellen ivr` has it for calls under way."""
    await rooms.answer(SANNE, CALL)
    flow = UpgradeFlow(rooms.claims, Upgrades(rooms.store), ASTERISK, LENGTH)
    async with AgiServer(flow) as server:
        await server.start("127.0.0.1", 0)
        yield Conversation(rooms, server)


def unknown() -> str:
    """A well-formed code that nobody has."""
    return draw(LENGTH, secrets.randbelow)


def keyed(code: Secret) -> str:
    """What the citizen keys."""
    return code.reveal()


@pytest.mark.req("P3", "A8")
async def test_a_right_code(talk: Conversation) -> None:
    """Thanks, back in the conversation, and on the agent's screen; told before anything is said."""
    citizen = await talk.rooms.citizens.verified(bound=CALL)
    heard = await talk.keys(keyed(citizen.code))
    assert heard.prompts == ["upgrade", "upgraded"]
    assert heard.variables == {INHERITED_REF: citizen.session, Variable.VERDICT: "identified"}
    assert Variable.VERDICT in heard.before("upgraded")
    assert await talk.sees() == PROVEN
    assert await talk.step() is None


async def test_nothing_keyed(talk: Conversation) -> None:
    """Back, and the agent reads that it failed."""
    heard = await talk.keys()
    assert (heard.prompts, heard.variables) == (["upgrade", "not-upgraded"], UNIDENTIFIED)
    assert await talk.sees() == {}
    assert await talk.step() is Step.FAILED


async def test_three_wrong_codes(talk: Conversation) -> None:
    """Three tries, then a clear end; typing errors are apart from that, and bounded as well."""
    heard = await talk.keys(unknown(), wrong=[unknown(), unknown()])
    assert heard.prompts == ["upgrade", *["wrong"] * (ATTEMPTS - 1), "not-upgraded"]
    assert heard.variables == UNIDENTIFIED
    heard = await talk.keys(TYPO, mistyped=[TYPO] * TYPOS)
    assert heard.prompts == ["upgrade", *["mistyped"] * (TYPOS - 1), "not-upgraded"]


async def test_a_right_code_after_a_wrong_one(talk: Conversation) -> None:
    """As at the greeting: `*` starts over, `#` is not needed, pauses are fine."""
    citizen = await talk.rooms.citizens.verified()
    code = keyed(citizen.code)
    heard = await talk.keys(unknown(), wrong=[f"12*{code}"])
    assert heard.prompts == ["upgrade", "wrong", "upgraded"]


@pytest.mark.req("P5")
async def test_a_code_of_another_call_sounds_like_a_wrong_one(talk: Conversation) -> None:
    """Issued for the call that Tom has."""
    await talk.rooms.answer(TOM, OTHER_CALL)
    other = await talk.rooms.citizens.verified(bound=OTHER_CALL)
    heard = await talk.keys(keyed(other.code))
    assert heard.prompts == ["upgrade", "wrong", "not-upgraded"]
    assert await talk.sees() == {}


@pytest.mark.req("S3")
async def test_much_guessing_asks_for_the_extra_digits(rooms: Rooms, store: Store, macs: Macs) -> None:
    """Of everybody, here as well."""
    await rooms.answer(SANNE, CALL)
    guarded = Claims(store, macs, Budget(everybody=1))
    flow = UpgradeFlow(guarded, Upgrades(store), ASTERISK, LENGTH)
    async with AgiServer(flow) as server:
        await server.start("127.0.0.1", 0)
        citizen = await rooms.citizens.verified()
        right, extra = keyed(citizen.code), keyed(citizen.extra)
        heard = await Conversation(rooms, server).keys(unknown(), wrong=[right], extra=[extra])
    assert heard.prompts == ["upgrade", "wrong", "extra", "upgraded"]


@pytest.mark.req("P12")
async def test_a_transfer_meanwhile_takes_it_along(talk: Conversation) -> None:
    """Whoever has the caller by then is shown who it is."""
    citizen = await talk.rooms.citizens.verified()
    await talk.rooms.answer(TOM, CALL)
    await talk.keys(keyed(citizen.code))
    on_line = await talk.rooms.desk.look(TOM)
    assert on_line is not None
    assert shown(on_line) == PROVEN


async def test_who_is_identified_or_unknown_talks_on_at_once(talk: Conversation) -> None:
    """Nothing to be said, nothing to wait for."""
    citizen = await talk.rooms.citizens.verified()
    await talk.keys(keyed(citizen.code))
    heard = await talk.keys()
    assert (heard.prompts, heard.variables) == ([], UNIDENTIFIED)
    assert await talk.sees() == PROVEN
    await talk.rooms.calls.ended(CALL.uniqueid)
    assert (await talk.keys()).prompts == []


@pytest.mark.parametrize("headers", [{}, {"agi_arg_1": ASTERISK}, ARGUMENTS | {"agi_arg_1": "elsewhere"}])
async def test_a_call_of_another_asterisk_is_left_alone(talk: Conversation, headers: dict[str, str]) -> None:
    """Its Uniqueid could be one of ours."""
    assert (await talk.keys(headers=headers)).prompts == []
    assert await talk.step() is None


@pytest.mark.req("P4")
async def test_it_never_touches_the_time_limit_of_the_call(talk: Conversation) -> None:
    """Which in a conversation would end it."""
    citizen = await talk.rooms.citizens.verified()
    heard = await talk.keys(unknown(), wrong=["", keyed(citizen.code)])
    assert not [line for line in heard.commands if "TIMEOUT" in line or REARM[0] in line.split()]


@pytest.mark.req("O6")
@pytest.mark.parametrize("command", range(4))
@pytest.mark.parametrize("fate", FATES)
async def test_a_call_that_ends_meanwhile(
    talk: Conversation, fate: Callable[[AgiPeer], None], command: int
) -> None:
    """By hangup or with Asterisk, at each command: it is noticed, and nothing is left but a failure."""
    await talk.keys("12", fate=(command, fate))
    assert talk.server.tally == AgiTally(gone=1)
    assert await talk.step() is Step.FAILED


@pytest.mark.req("P4", "O6")
async def test_a_store_that_is_away_costs_the_identification_only(
    valkey: Valkey, seal_keys: KeySet, code_keys: KeySet
) -> None:
    """Gone while the code is keyed, or before: back in the conversation."""
    store = Store(valkey.url, Keyspace("away:"))
    rooms = await rooms_on(store, seal_keys, code_keys)
    await rooms.answer(SANNE, CALL)

    class Away(Claims):
        async def join(self, *_: Any) -> Any:
            return await Claims(nowhere, macs_of(rooms)).join(*_)

    nowhere = Store("unix:///nowhere/valkey.sock", Keyspace())
    for claims, upgrades, prompts in (
        (Away(store, macs_of(rooms)), Upgrades(store), ["upgrade", "not-upgraded"]),
        (rooms.claims, Upgrades(nowhere), []),
    ):
        async with AgiServer(UpgradeFlow(claims, upgrades, ASTERISK, LENGTH)) as server:
            await server.start("127.0.0.1", 0)
            heard = await Conversation(rooms, server).keys(unknown())
        assert (heard.prompts, heard.variables) == (prompts, UNIDENTIFIED)
        assert server.tally == AgiTally(finished=1)
    await nowhere.close()
    await store.close()


def macs_of(rooms: Rooms) -> Macs:
    """The macs that claims are made with."""
    return rooms.claims._macs


@pytest.mark.req("A8")
async def test_the_agent_sees_that_the_caller_keys_for_as_long_as_it_is_so(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark is renewed until the last word was said: a second start in between is not to be had."""
    await rooms.answer(SANNE, CALL)
    marked = asyncio.Queue[Mark]()

    class Noting(Upgrades):
        async def mark(self, call: CallId, mark: Mark) -> bool:
            marked.put_nowait(mark)
            return await super().mark(call, mark)

    monkeypatch.setattr(upgrade_module, "RENEW_SECONDS", 0.0)
    said = asyncio.Event()

    async def waits(line: str) -> None:
        """Caller and agent, at the last words."""
        for _ in range(3):
            assert await marked.get() is Mark.KEYING
        while not marked.empty():
            marked.get_nowait()
        assert await marked.get() is Mark.KEYING
        said.set()

    class Slow(UpgradeFlow):
        async def _identify(self, dialogue: Any, call: CallId) -> None:
            await super()._identify(dialogue, call)
            await waits("")

    async with AgiServer(Slow(rooms.claims, Noting(rooms.store), ASTERISK, LENGTH)) as server:
        await server.start("127.0.0.1", 0)
        await Conversation(rooms, server).keys()
    assert said.is_set()
    last = Mark.KEYING
    while not marked.empty():
        last = marked.get_nowait()
    assert last is Mark.FAILED


@pytest.mark.req("S1")
async def test_no_digit_is_in_a_log_line_or_command(talk: Conversation) -> None:
    """Right or wrong."""
    citizen, wrong = await talk.rooms.citizens.verified(), unknown()
    with capture_logs() as lines:
        heard = await talk.keys(wrong, wrong=[keyed(citizen.code)])
    text = f"{lines} {heard.commands} {heard.variables}"
    assert [line["event"] for line in lines if line["event"].startswith("call.")] == ["call.upgraded"]
    for code in (wrong, keyed(citizen.code)):
        assert code not in text
