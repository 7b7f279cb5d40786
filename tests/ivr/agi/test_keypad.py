"""Facts about keys: over the prompt, after it, with pauses, with second thoughts (requirement P6)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from ivr.agi import AgiServer
from ivr.agi.contract import ARM_SECONDS, COMMAND_SECONDS, Prompt
from ivr.agi.keypad import FIRST_SECONDS, MAX_KEYS, NEXT_SECONDS, Keypad, Switch
from tests.lab.agi_client import KEY_SECONDS, PROMPT_SECONDS, AgiClient, Clock, Heard

if TYPE_CHECKING:
    from ivr.agi import Dialogue

pytestmark = pytest.mark.req("P6")

LENGTH = 6
BOTH = (Prompt.WELCOME, Prompt.NO_CODE)
WAIT = "WAIT FOR DIGIT 5000"


class Collector:
    """A call flow that collects so many times, and keeps what it got."""

    def __init__(self, clock: Clock, prompts: tuple[Prompt, ...] = BOTH, rounds: int = 1) -> None:
        self.got: list[str] = []
        self._clock = clock
        self._prompts = prompts
        self._rounds = rounds

    async def __call__(self, dialogue: Dialogue) -> None:
        """Collect."""
        keypad = Keypad(dialogue, Switch(dialogue, self._clock))
        for _ in range(self._rounds):
            self.got.append(await keypad.collect(self._prompts, LENGTH))


async def collected(
    keys: dict[str, list[str]], rounds: int = 1, missing: tuple[str, ...] = ()
) -> tuple[list[str], Heard, float]:
    """What the keypad made of these keys, what Asterisk was told, and how long it took."""
    clock = Clock()
    began, flow = clock.now, Collector(clock, rounds=rounds)
    async with AgiServer(flow) as server:
        await server.start("127.0.0.1", 0)
        heard = await AgiClient(server.address, clock, missing=missing).call(keys)
    return flow.got, heard, clock.now - began


@pytest.mark.parametrize("prompt", ["welcome", "no-code"])
async def test_keys_over_a_prompt_stop_it_and_count(prompt: str) -> None:
    """Barge-in: the key that stopped it is the first digit, and no other prompt is played."""
    got, heard, _ = await collected({prompt: ["123456"]})
    assert got == ["123456"]
    assert heard.prompts[-1] == prompt


async def test_keys_after_the_prompts_count() -> None:
    """Who hears it out has lost nothing."""
    got, heard, _ = await collected({"no-code": [".123456"]})
    assert got == ["123456"]
    assert heard.prompts == ["welcome", "no-code"]


async def test_the_last_digit_needs_nothing_after_it() -> None:
    """No ``#``, no pause: the answer comes at once."""
    _, heard, seconds = await collected({"welcome": ["123456"]})
    assert heard.commands.count(WAIT) == LENGTH - 1
    assert seconds == pytest.approx(LENGTH * KEY_SECONDS, abs=0.1)


async def test_no_more_is_taken_than_was_asked_for() -> None:
    """What is keyed after the last digit is not waited for."""
    got, _, _ = await collected({"welcome": ["1234567890"]})
    assert got == ["123456"]


@pytest.mark.parametrize(("keys", "code"), [("123#456", "123"), ("123,456", "123"), ("1#", "1")])
async def test_hash_or_silence_ends_too_soon(keys: str, code: str) -> None:
    """What was keyed until then is what there is."""
    got, _, _ = await collected({"welcome": [keys]})
    assert got == [code]


async def test_star_starts_over() -> None:
    """As often as they like, over the prompt and after it, and nothing of before is kept."""
    got, _, _ = await collected({"welcome": ["*12*345**123456"]})
    assert got == ["123456"]


async def test_a_hash_before_any_digit_means_nothing() -> None:
    """Some key it after everything: the one of the last code must not end this one."""
    got, _, _ = await collected({"no-code": [".##123456"]})
    assert got == ["123456"]


async def test_a_hash_does_not_stop_a_prompt() -> None:
    """It may be the last one's: the caller would miss the words."""
    _, heard, _ = await collected({"welcome": ["#"]})
    assert not any("#" in command for command in heard.commands)
    assert heard.prompts == ["welcome", "no-code"]


async def test_silence_is_no_code_after_ten_seconds() -> None:
    """The first digit may take as long as older hands need."""
    got, heard, seconds = await collected({})
    assert got == [""]
    assert heard.prompts == ["welcome", "no-code"]
    assert seconds == pytest.approx(2 * PROMPT_SECONDS + FIRST_SECONDS, abs=0.1)


async def test_silence_after_a_digit_is_noticed_after_five_seconds() -> None:
    """Then the caller has stopped."""
    _, _, seconds = await collected({"welcome": ["12"]})
    assert seconds == pytest.approx(2 * KEY_SECONDS + NEXT_SECONDS, abs=0.1)


async def test_a_first_digit_in_the_second_half_of_the_wait_counts() -> None:
    """The ten seconds are two commands, and no digit falls between them."""
    got, _, _ = await collected({"no-code": [".,123456"]})
    assert got == ["123456"]


async def test_who_starts_over_has_ten_seconds_again() -> None:
    """They may have to look the code up."""
    got, _, _ = await collected({"welcome": ["12*,123456"]})
    assert got == ["123456"]


@pytest.mark.parametrize("key", "ABCD")
async def test_a_key_that_is_not_on_most_phones_ends_it(key: str) -> None:
    """It is no digit, and never becomes one."""
    got, _, _ = await collected({"welcome": [f"12{key}456"]})
    assert got == ["12"]


@pytest.mark.req("S7")
async def test_endless_second_thoughts_come_to_an_end() -> None:
    """A key that is stuck cannot hold the line."""
    got, heard, _ = await collected({"welcome": ["*" * 2 * MAX_KEYS]})
    assert got == [""]
    assert heard.commands.count(WAIT) == MAX_KEYS - 1


@pytest.mark.req("P4")
@pytest.mark.parametrize("missing", [("welcome",), ("no-code",), ("welcome", "no-code")])
async def test_a_missing_prompt_costs_the_words_only(missing: tuple[str, ...]) -> None:
    """It is told in the log, once for each time, and digits are taken all the same."""
    with capture_logs() as logs:
        got, heard, _ = await collected({"no-code": [",123456"]}, missing=missing)
    assert got == ["123456"]
    assert heard.prompts == ["welcome", "no-code"]
    assert [(log["event"], log["prompt"]) for log in logs] == [("prompt.missing", name) for name in missing]


async def test_rounds_begin_afresh() -> None:
    """Digits of one collection are never part of the next."""
    got, _, _ = await collected({"welcome": ["123", "456"]}, rounds=2)
    assert got == ["123", "456"]


@pytest.mark.req("P4")
@given(
    keys=st.lists(st.text("0123456789*#,.", max_size=12), max_size=4),
    key_seconds=st.floats(0.01, NEXT_SECONDS - 0.01),
    prompt_seconds=st.lists(st.floats(0.1, COMMAND_SECONDS), min_size=2, max_size=2),
    lag=st.floats(0, ARM_SECONDS - 0.5),
)
@settings(max_examples=50, deadline=None, derandomize=True)
def test_the_switch_never_goes_off_under_a_living_server(
    keys: list[str], key_seconds: float, prompt_seconds: list[float], lag: float
) -> None:
    """However slow the prompts, the fingers and the connection; and no command may run longer than agreed."""
    heard = asyncio.run(_timed(keys, key_seconds, dict(zip(BOTH, prompt_seconds, strict=True)), lag))
    assert not heard.cut_off
    assert heard.longest <= COMMAND_SECONDS


async def _timed(
    keys: list[str], key_seconds: float, prompt_seconds: dict[Prompt, float], lag: float
) -> Heard:
    clock = Clock()
    async with AgiServer(Collector(clock, rounds=4)) as server:
        await server.start("127.0.0.1", 0)
        client = AgiClient(
            server.address,
            clock,
            lag=lag,
            key_seconds=key_seconds,
            seconds=lambda name: prompt_seconds[Prompt(name)],
        )
        return await client.call({"welcome": keys})


@pytest.mark.req("P4")
async def test_the_switch_is_armed_only_where_it_must_be() -> None:
    """A code keyed at once takes one arming: each costs a round trip between two digits."""
    _, heard, _ = await collected({"welcome": ["123456"]})
    assert [command for command in heard.commands if command.startswith("EXEC")] == [
        'EXEC "Set" "TIMEOUT(absolute)=9"'
    ]
