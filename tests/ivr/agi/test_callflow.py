"""Facts about a call, from the greeting to the queue: every row of the table in ``ivr.agi.callflow``."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from ivr.agi import AgiServer, AgiTally
from ivr.agi.asking import ATTEMPTS, TYPOS
from ivr.agi.callflow import LANGUAGE, CallFlow
from ivr.agi.contract import INHERITED_REF, Variable
from ivr.session.code import EXTRA_LENGTH, draw
from ivr.session.doors import Doors
from ivr.session.model import Call
from ivr.session.opening import ALWAYS, Hours, Span
from ivr.session.purpose import Purposes
from ivr.store import client as store_client
from ivr.store.budget import Budget
from ivr.store.claims import Claims
from ivr.store.client import Store
from ivr.store.keyspace import CallId, Keyspace
from ivr.store.sealing import KeySet, Macs
from tests.lab.agi_client import FATES, AgiClient, Clock, Heard
from tests.lab.agi_peer import HEADERS, until
from tests.lab.citizens import PURPOSES
from tests.lab.contents import immortal, snapshot
from tests.lab.rooms import rooms_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from ivr.session.attributes import Secret
    from ivr.store.sessions import Sessions
    from tests.lab.agi_peer import AgiPeer
    from tests.lab.citizens import Citizen, Citizens
    from tests.lab.rooms import Rooms
    from tests.lab.valkey import Valkey

ASTERISK = "pbx"
LENGTH = 11
CALL = CallId(ASTERISK, HEADERS["agi_uniqueid"])
SPENT = Budget(everybody=1)
TYPO = "12345678901"
UNIDENTIFIED = {Variable.RESULT: "unidentified"}
CLOSED = {Variable.RESULT: "closed"}
NEVER = Hours(((),) * 7)


class Telephone:
    """Our server, and an Asterisk whose callers key what a test says."""

    def __init__(self, server: AgiServer, clock: Clock) -> None:
        self.server = server
        self.clock = clock

    async def call(
        self,
        *welcome: str,
        fate: tuple[int, Callable[[AgiPeer], None]] | None = None,
        missing: Sequence[str] = (),
        headers: dict[str, str] | None = None,
        **keys: list[str],
    ) -> Heard:
        """One call; what is keyed over the welcome, and over other prompts by their names."""
        client = AgiClient(self.server.address, self.clock, missing=missing)
        heard = await client.call({"welcome": welcome, **keys}, fate=fate, **(headers or {}))
        await until(lambda: not self.server.open)
        assert not heard.cut_off
        return heard


@asynccontextmanager
async def telephone(
    claims: Claims,
    purposes: Purposes = PURPOSES,
    clock: Clock | None = None,
    *,
    ordinary: Hours = ALWAYS,
) -> AsyncIterator[Telephone]:
    """The server, as `idbellen ivr` has it."""
    clock = clock or Clock()
    doors = Doors(purposes, ordinary, now=clock)
    async with AgiServer(CallFlow(claims, purposes, ASTERISK, LENGTH, clock, doors=doors)) as server:
        await server.start("127.0.0.1", 0)
        yield Telephone(server, clock)


@pytest.fixture
async def phone(claims: Claims) -> AsyncIterator[Telephone]:
    """The server on the store."""
    async with telephone(claims) as phone:
        yield phone


@pytest.fixture
def guarded(store: Store, code_keys: KeySet, macs: Macs) -> Claims:
    """Claims that ask for the extra digits after one wrong code."""
    return Claims(store, macs, SPENT)


def unknown() -> str:
    """A well-formed code that nobody has."""
    return draw(LENGTH, secrets.randbelow)


def keyed(code: Secret) -> str:
    """What the citizen keys."""
    return code.reveal()


async def state(store: Store, citizen: Citizen) -> str:
    """Where the citizen's session is."""
    return (await store.redis.hget(store.keys.session(citizen.session), "call")).decode()


async def charged(store: Store) -> int:
    """Wrong codes that were counted against everybody."""
    return await store.redis.zcard(store.keys.budget_all())


class TestRows:
    """The table."""

    @pytest.mark.req("P4")
    async def test_nothing_keyed(self, phone: Telephone) -> None:
        """Who has no code hears so much, and gets a person."""
        heard = await phone.call()
        assert heard.prompts == ["welcome", "no-code", "to-agent"]
        assert heard.variables == UNIDENTIFIED

    @pytest.mark.req("P1", "P2")
    async def test_a_right_code(self, phone: Telephone, store: Store, citizens: Citizens) -> None:
        """Recognised, and on to the purpose's queue; the dialplan knows before anything is said."""
        citizen = await citizens.verified()
        heard = await phone.call(keyed(citizen.code))
        assert heard.prompts == ["welcome", "thanks"]
        assert heard.variables == {
            INHERITED_REF: citizen.session,
            Variable.QUEUE: "verhuizen",
            Variable.RESULT: "identified",
        }
        assert heard.before("thanks").count("SET VARIABLE") == 3
        assert await state(store, citizen) == Call.CLAIMED
        assert await store.redis.hget(store.keys.call(CALL), "session") == citizen.session.encode()

    @pytest.mark.req("P6")
    async def test_a_typing_error(self, phone: Telephone, store: Store, citizens: Citizens) -> None:
        """It costs neither an attempt nor guess budget, whatever is wrong with it."""
        citizen = await citizens.verified()
        code = keyed(citizen.code)
        swapped = next(
            code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in range(LENGTH) if code[i] != code[i + 1]
        )
        heard = await phone.call(swapped, mistyped=[code[:-1], "1#", code])
        assert heard.prompts == ["welcome", "mistyped", "mistyped", "mistyped", "thanks"]
        assert heard.variables[Variable.RESULT] == "identified"
        assert await charged(store) == 0

    @pytest.mark.req("P4", "P6")
    async def test_typing_errors_without_end(self, phone: Telephone, store: Store) -> None:
        """After the last one a person helps; nothing was counted or kept."""
        heard = await phone.call(TYPO, mistyped=[TYPO] * TYPOS)
        assert heard.prompts == ["welcome", *["mistyped"] * (TYPOS - 1), "to-agent"]
        assert heard.variables == UNIDENTIFIED
        assert await store.redis.keys("*") == []

    @pytest.mark.req("P4", "P5")
    async def test_three_wrong_codes(self, phone: Telephone, store: Store) -> None:
        """Each is counted; after the third a person helps."""
        heard = await phone.call(unknown(), wrong=[unknown() for _ in range(ATTEMPTS)])
        assert heard.prompts == ["welcome", "wrong", "wrong", "to-agent"]
        assert heard.variables == UNIDENTIFIED
        assert await charged(store) == ATTEMPTS

    @pytest.mark.req("P5", "P6")
    async def test_typing_errors_between_wrong_codes(self, phone: Telephone, citizens: Citizens) -> None:
        """They leave the number of attempts as it is: the third may be the right one."""
        citizen = await citizens.verified()
        heard = await phone.call(
            TYPO, mistyped=[unknown(), unknown(), keyed(citizen.code)], wrong=[TYPO, TYPO]
        )
        assert heard.prompts == ["welcome", *["mistyped", "wrong"] * 2, "mistyped", "thanks"]

    @pytest.mark.req("P4")
    async def test_silence_after_a_mistake(self, phone: Telephone) -> None:
        """Who gives up gets a person."""
        for prompt, first in (("mistyped", TYPO), ("wrong", unknown())):
            heard = await phone.call(first)
            assert heard.prompts == ["welcome", prompt, "to-agent"]
            assert heard.variables == UNIDENTIFIED

    @pytest.mark.req("P6")
    async def test_a_code_with_second_thoughts(self, phone: Telephone, citizens: Citizens) -> None:
        """Started over, keyed slowly: it is right all the same."""
        code = keyed((await citizens.verified()).code)
        heard = await phone.call(f"987*{code[:5]}*,{code}")
        assert heard.prompts == ["welcome", "thanks"]


@pytest.mark.req("P5")
async def test_wrong_used_and_expired_codes_sound_the_same(
    phone: Telephone, store: Store, citizens: Citizens
) -> None:
    """The same commands in the same order, so that nobody learns which codes there were."""
    used, expired, stopped = [await citizens.verified() for _ in range(3)]
    await phone.call(keyed(used.code), headers={"agi_uniqueid": "1.1"})
    await store.redis.hset(store.keys.session(expired.session), "expires", "1")
    await citizens._sessions.cancel(stopped.session)
    codes = [unknown(), *(keyed(one.code) for one in (used, expired, stopped))]
    calls = [await phone.call(code, headers={"agi_callerid": "unknown"}) for code in codes]
    assert calls[0].prompts == ["welcome", "wrong", "to-agent"]
    assert all(call.commands == calls[0].commands for call in calls)


@pytest.mark.req("S3")
class TestStepUp:
    """There has been much guessing: the four extra digits are asked as well."""

    @pytest.fixture
    async def phone(self, guarded: Claims) -> AsyncIterator[Telephone]:
        """A server that has seen a wrong code already."""
        async with telephone(guarded) as phone:
            await phone.call(unknown(), headers={"agi_uniqueid": "1.0"})
            yield phone

    async def test_the_right_ones_are_all_it_takes(self, phone: Telephone, citizens: Citizens) -> None:
        """Nobody is locked out by what others guessed."""
        citizen = await citizens.verified()
        heard = await phone.call(keyed(citizen.code), extra=[keyed(citizen.extra)])
        assert heard.prompts == ["welcome", "extra", "thanks"]
        assert heard.variables[Variable.RESULT] == "identified"

    async def test_they_may_be_keyed_after_the_prompt(self, phone: Telephone, citizens: Citizens) -> None:
        """And after second thoughts."""
        citizen = await citizens.verified()
        heard = await phone.call(keyed(citizen.code), extra=[f".12*,{keyed(citizen.extra)}"])
        assert heard.prompts == ["welcome", "extra", "thanks"]

    @pytest.mark.parametrize("keys", ["wrong", "short", ""])
    async def test_without_them_a_right_code_is_a_wrong_one(
        self, phone: Telephone, store: Store, citizens: Citizens, keys: str
    ) -> None:
        """An attempt is lost; the code is not, and with its extra digits it still works."""
        citizen = await citizens.verified()
        extra = keyed(citizen.extra)
        other = f"{(int(extra) + 1) % 10**EXTRA_LENGTH:0{EXTRA_LENGTH}d}"
        first = {"wrong": other, "short": f"{extra[:3]}#"}.get(keys, "")
        code = keyed(citizen.code)
        heard = await phone.call(code, extra=[first, extra], wrong=[code])
        assert heard.prompts == ["welcome", "extra", "wrong", "extra", "thanks"]
        assert await state(store, citizen) == Call.CLAIMED

    @pytest.mark.req("P5")
    async def test_unknown_codes_are_asked_for_them_too(self, phone: Telephone) -> None:
        """The question tells nothing of the code."""
        heard = await phone.call(unknown(), extra=["1234"] * ATTEMPTS, wrong=[unknown()] * ATTEMPTS)
        assert heard.prompts == ["welcome", *["extra", "wrong"] * (ATTEMPTS - 1), "extra", "to-agent"]
        assert heard.variables == UNIDENTIFIED


@pytest.mark.req("P4", "S7")
class TestRoutes:
    """What the dialplan and the web may say that we do not know."""

    @pytest.mark.parametrize("name", ["other", "", "PBX", "pbx "])
    async def test_another_asterisk_is_not_ours_to_identify(
        self, phone: Telephone, citizens: Citizens, name: str
    ) -> None:
        """Its calls would be followed by nobody: on to a person, without a question."""
        citizen = await citizens.verified()
        heard = await phone.call(keyed(citizen.code), headers={"agi_arg_1": name})
        assert heard.prompts == ["to-agent"]
        assert heard.variables == UNIDENTIFIED

    async def test_an_unknown_purpose_is_identified_in_the_ordinary_queue(
        self, claims: Claims, citizens: Citizens
    ) -> None:
        """The web knows a newer subject than we do: the agent still sees who calls."""
        citizen = await citizens.verified()
        with capture_logs() as logs:
            async with telephone(claims, Purposes((PURPOSES.get("afval"),))) as phone:
                heard = await phone.call(keyed(citizen.code))
        assert heard.variables == {INHERITED_REF: citizen.session, Variable.RESULT: "identified"}
        assert [log["event"] for log in logs] == ["call.purpose_unknown", "call.identified"]

    @pytest.mark.req("P6")
    async def test_the_language_of_the_page_goes_on_in_the_queue(
        self, phone: Telephone, sessions: Sessions, citizens: Citizens
    ) -> None:
        """From the thanks on; where it is the channel's already, nothing is asked."""
        started = await sessions.create(PURPOSES.get("afval"), "en")
        await sessions.issue(started.id)
        code = (await sessions.find(started.ticket)).code
        assert code is not None
        heard = await phone.call(keyed(code))
        assert heard.variables[LANGUAGE] == "en"
        assert f'SET VARIABLE "{LANGUAGE}" "en"' in heard.before("thanks")
        same = await phone.call(keyed((await citizens.pending()).code), headers={"agi_uniqueid": "1.2"})
        assert LANGUAGE not in same.variables

    @pytest.mark.parametrize("number", ["unknown", "", "anonymous", "J. \x1b[31m", "1" * 4000, "\u0660"])
    async def test_a_number_that_is_none_counts_as_withheld(
        self, phone: Telephone, rooms: Rooms, number: str
    ) -> None:
        """It is a signal only: the code decides, and guesses are not counted for it."""
        citizen = await rooms.citizens.verified()
        headers = {"agi_callerid": number}
        await phone.call(unknown(), headers=headers)
        assert await charged(rooms.store) == 1
        assert not await rooms.store.redis.keys(f"{rooms.store.keys.prefix}budget:caller:*")
        heard = await phone.call(keyed(citizen.code), headers=headers)
        assert heard.variables[Variable.RESULT] == "identified"

    async def test_many_calls_at_once_get_their_own(self, claims: Claims, citizens: Citizens) -> None:
        """Nothing is held between calls."""
        callers = [await citizens.verified() for _ in range(20)]
        async with telephone(claims) as phone:
            clients = [AgiClient(phone.server.address, phone.clock) for _ in callers]
            calls = await asyncio.gather(
                *(
                    client.call({"welcome": [keyed(one.code)]}, agi_uniqueid=f"{number}.0")
                    for number, (client, one) in enumerate(zip(clients, callers, strict=True))
                )
            )
        assert [call.variables[INHERITED_REF] for call in calls] == [one.session for one in callers]


def with_hours(**hours: Hours) -> Purposes:
    """The subjects, some with hours of their own."""
    return Purposes(tuple(replace(one, hours=hours.get(one.name, ALWAYS)) for one in PURPOSES))


@pytest.mark.req("P8")
class TestClosed:
    """Outside opening hours the dialplan says so, and goes to the operator's own target."""

    async def test_when_all_is_closed_nobody_is_asked_for_a_code(
        self, claims: Claims, store: Store, citizens: Citizens
    ) -> None:
        """The words are the dialplan's; a code that somebody has stays as it is."""
        citizen = await citizens.verified()
        shut = with_hours(verhuizing=NEVER, afval=NEVER)
        async with telephone(claims, shut, ordinary=NEVER) as phone:
            heard = await phone.call(keyed(citizen.code))
        assert heard.prompts == []
        assert heard.variables == CLOSED
        assert await state(store, citizen) == Call.AWAITED

    async def test_a_right_code_of_a_closed_subject_is_not_used_up(
        self, claims: Claims, store: Store, citizens: Citizens
    ) -> None:
        """Heard in the page's language; when it opens again, while the code is good, the code works."""
        citizen = await citizens.verified()
        async with telephone(claims, with_hours(verhuizing=NEVER)) as phone:
            heard = await phone.call(keyed(citizen.code), headers={"agi_language": "en"})
        assert heard.prompts == ["welcome"]
        assert heard.variables == CLOSED | {LANGUAGE: "nl"}
        assert await state(store, citizen) == Call.AWAITED
        async with telephone(claims) as phone:
            again = await phone.call(keyed(citizen.code))
        assert again.variables[Variable.RESULT] == "identified"

    async def test_the_ordinary_hours_are_for_callers_without_a_code(
        self, claims: Claims, citizens: Citizens
    ) -> None:
        """A subject that is open at another time is open."""
        citizen = await citizens.verified()
        async with telephone(claims, ordinary=NEVER) as phone:
            right = await phone.call(keyed(citizen.code))
            without = await phone.call()
            wrong = await phone.call(unknown(), wrong=[unknown(), unknown()])
        assert without.prompts == ["welcome", "no-code"]
        assert wrong.prompts == ["welcome", "wrong", "wrong"]
        assert without.variables == wrong.variables == CLOSED
        assert right.variables[Variable.RESULT] == "identified"

    async def test_who_called_in_time_is_let_in(self, claims: Claims, citizens: Citizens) -> None:
        """It closes while the code is keyed."""
        citizen = await citizens.verified()
        clock = Clock(now=59.0)
        first_minute = Hours(((Span(0, 1),),) * 7)
        async with telephone(claims, with_hours(verhuizing=first_minute), clock) as phone:
            in_time = await phone.call(keyed(citizen.code))
            assert clock.now >= 60
            late = await phone.call(keyed((await citizens.verified()).code), headers={"agi_uniqueid": "1.2"})
        assert in_time.variables[Variable.RESULT] == "identified"
        assert late.variables == CLOSED

    @pytest.mark.req("P4")
    async def test_a_fault_of_ours_turns_nobody_away(
        self, own_valkey: Valkey, seal_keys: KeySet, code_keys: KeySet
    ) -> None:
        """A caller whose code we cannot look up, or of another Asterisk, may well be let in: to the queue."""
        store = Store(own_valkey.url, Keyspace())
        rooms = await rooms_on(store, seal_keys, code_keys)
        citizen = await rooms.citizens.verified()
        async with telephone(rooms.claims, with_hours(verhuizing=NEVER), ordinary=NEVER) as phone:
            elsewhere = await phone.call(headers={"agi_arg_1": "other"})
            own_valkey.kill()
            heard = await phone.call(keyed(citizen.code))
        assert heard.variables == elsewhere.variables == UNIDENTIFIED
        await store.close()


@pytest.mark.req("P4")
@pytest.mark.parametrize("missing", ["welcome", "no-code", "mistyped", "wrong", "thanks", "to-agent"])
async def test_a_missing_prompt_costs_the_words_only(
    phone: Telephone, citizens: Citizens, missing: str
) -> None:
    """The caller gets as far as with it."""
    code = keyed((await citizens.verified()).code)
    heard = await phone.call(
        missing=[missing], **{"no-code": [f",{TYPO}"]}, mistyped=[f",{unknown()}"], wrong=[f",{code}"]
    )
    assert heard.prompts == ["welcome", "no-code", "mistyped", "wrong", "thanks"]
    assert heard.variables[Variable.RESULT] == "identified"
    gives_up = await phone.call(missing=[missing])
    assert gives_up.variables == UNIDENTIFIED


@pytest.mark.req("P4", "O6")
class TestStoreAway:
    """Valkey is gone, or stands still."""

    @pytest.fixture
    async def away(
        self, own_valkey: Valkey, seal_keys: KeySet, code_keys: KeySet, monkeypatch: pytest.MonkeyPatch
    ) -> AsyncIterator[tuple[Telephone, Rooms]]:
        """A server on a store of this test's own, for which it waits a moment only."""
        monkeypatch.setattr(store_client, "ANSWER_SECONDS", 0.3)
        store = Store(own_valkey.url, Keyspace())
        rooms = await rooms_on(store, seal_keys, code_keys)
        async with telephone(rooms.claims) as phone:
            yield phone, rooms
        await store.close()

    @pytest.mark.parametrize("harm", ["kill", "pause"])
    async def test_the_caller_gets_a_person(
        self, away: tuple[Telephone, Rooms], own_valkey: Valkey, harm: str
    ) -> None:
        """From the first claim, from the second, and with the extra digits: never another question."""
        phone, rooms = away
        citizen = await rooms.citizens.verified()
        await phone.call(unknown())
        getattr(own_valkey, harm)()
        with capture_logs() as logs:
            heard = await phone.call(keyed(citizen.code))
            after_a_typo = await phone.call(TYPO, mistyped=[keyed(citizen.code)])
        assert heard.prompts == ["welcome", "to-agent"]
        assert after_a_typo.prompts == ["welcome", "mistyped", "to-agent"]
        assert heard.variables == after_a_typo.variables == UNIDENTIFIED
        assert [log["event"] for log in logs] == ["call.store_lost", "call.unidentified"] * 2

    async def test_a_store_that_dies_between_two_attempts(
        self, away: tuple[Telephone, Rooms], own_valkey: Valkey
    ) -> None:
        """The second attempt is the last."""
        phone, _ = away
        client = AgiClient(phone.server.address, phone.clock, seconds=_killing(own_valkey, "wrong"))
        heard = await client.call({"welcome": [unknown()], "wrong": [f".,{unknown()}"]})
        assert heard.prompts == ["welcome", "wrong", "to-agent"]
        assert heard.variables == UNIDENTIFIED

    async def test_a_store_that_dies_while_the_extra_digits_are_asked(
        self, own_valkey: Valkey, seal_keys: KeySet, code_keys: KeySet
    ) -> None:
        """Half a step-up identifies nobody."""
        store = Store(own_valkey.url, Keyspace())
        rooms = await rooms_on(store, seal_keys, code_keys)
        claims = Claims(store, Macs(code_keys, "code"), SPENT)
        async with telephone(claims) as phone:
            await phone.call(unknown())
            citizen = await rooms.citizens.verified()
            client = AgiClient(phone.server.address, phone.clock, seconds=_killing(own_valkey, "extra"))
            keys = {"welcome": [keyed(citizen.code)], "extra": [f".,{keyed(citizen.extra)}"]}
            heard = await client.call(keys)
        assert heard.prompts == ["welcome", "extra", "to-agent"]
        assert heard.variables == UNIDENTIFIED
        await store.close()

    async def test_when_it_is_back_the_next_caller_is_identified(
        self, away: tuple[Telephone, Rooms], own_valkey: Valkey
    ) -> None:
        """Without a restart of ours."""
        phone, rooms = away
        own_valkey.pause()
        await phone.call(unknown())
        own_valkey.resume()
        citizen = await rooms.citizens.verified()
        heard = await phone.call(keyed(citizen.code))
        assert heard.variables[Variable.RESULT] == "identified"


def _killing(valkey: Valkey, at: str) -> Callable[[str], float]:
    """Prompts of four seconds, one of which the store does not survive."""

    def seconds(prompt: str) -> float:
        if prompt == at:
            valkey.kill()
        return 4.0

    return seconds


class SlowClaims:
    """Claims that take as long as a store may."""

    def __init__(self, claims: Claims, clock: Clock, seconds: float) -> None:
        self._claims = claims
        self._clock = clock
        self._seconds = seconds

    async def claim(self, *args: Any) -> Any:
        """The same, later."""
        self._clock.now += self._seconds
        return await self._claims.claim(*args)


@pytest.mark.req("P4")
@pytest.mark.parametrize("fast", [0, 2])
async def test_a_slow_store_does_not_set_off_the_switch(
    guarded: Claims, citizens: Citizens, fast: int
) -> None:
    """Twice as slow as it may be, after a pause as long as it may be: who is claimed gets the variables."""
    clock = Clock()
    slow: Any = SlowClaims(guarded, clock, 2 * store_client.ANSWER_SECONDS)
    async with telephone(slow, clock=clock) as phone:
        await phone.call(unknown())
        citizen = await citizens.verified()
        client = AgiClient(phone.server.address, clock, key_seconds=4.99)
        heard = await client.call(
            {"welcome": ["." * fast + keyed(citizen.code)], "extra": [keyed(citizen.extra)]}
        )
    assert heard.variables[Variable.RESULT] == "identified"
    assert not heard.cut_off


@pytest.mark.req("P4", "S1", "S2")
@pytest.mark.parametrize("fate", FATES)
async def test_a_hangup_at_any_step_leaves_nothing_behind(
    guarded: Claims, store: Store, citizens: Citizens, fate: Callable[[AgiPeer], None]
) -> None:
    """Whatever ends the call at whichever command: counted, not logged with a name, nothing half done.

    Before the claim the code still works; after it the call's data have a lifetime of a few seconds.
    """
    async with telephone(guarded) as phone:
        await phone.call(unknown())
        whole = await _full_call(phone, await citizens.verified())
        for step in range(len(whole.commands)):
            citizen = await citizens.verified()
            before = phone.server.tally.gone
            with capture_logs() as logs:
                heard = await _full_call(phone, citizen, fate=(step, fate))
                await until(lambda expected=before + 1: phone.server.tally.gone == expected)
            assert len(heard.commands) == step + 1
            claimed = step >= len(whole.before("thanks").splitlines()) - 3
            assert await state(store, citizen) == (Call.CLAIMED if claimed else Call.AWAITED)
            assert not _personal(citizen) & set(str(logs).replace("'", " ").split())
    assert await immortal(store.redis) == []


async def _full_call(
    phone: Telephone, citizen: Citizen, fate: tuple[int, Callable[[AgiPeer], None]] | None = None
) -> Heard:
    """A call that goes through a mistake and the extra digits."""
    headers = {"agi_uniqueid": f"{secrets.token_hex(4)}.1"}
    keys = {"mistyped": [f".,{keyed(citizen.code)}"], "extra": [keyed(citizen.extra)]}
    return await phone.call(TYPO, fate=fate, headers=headers, **keys)


def _personal(citizen: Citizen) -> set[str]:
    return {keyed(citizen.code), keyed(citizen.extra), HEADERS["agi_callerid"], HEADERS["agi_calleridname"]}


@pytest.mark.req("S1")
async def test_no_code_leaves_us(guarded: Claims, store: Store, citizens: Citizens) -> None:
    """Not to Asterisk, whose logs show commands, and not to our own log; nor does the store hold one."""
    async with telephone(guarded) as phone:
        with capture_logs() as logs:
            wrong, citizen = unknown(), await citizens.verified()
            calls = [await phone.call(wrong), await _full_call(phone, citizen)]
            codes = [wrong, TYPO, *_personal(citizen)]
        held = str(await snapshot(store.redis))
    assert calls[1].variables[Variable.RESULT] == "identified"
    assert {log["event"] for log in logs} == {"call.identified", "call.unidentified"}
    said = "\n".join(line for call in calls for line in call.commands) + str(logs) + held
    assert not [code for code in codes if code in said]


@pytest.mark.req("P4")
async def test_every_call_ends_the_conversation(phone: Telephone) -> None:
    """Our part is over before the queue: a caller who waits holds no connection."""
    await phone.call()
    await until(lambda: phone.server.tally == AgiTally(finished=1))
