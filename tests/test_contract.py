"""The dialplan and the Asterisk files say the same as ``ivr.agi.contract``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ivr.agi import contract
from ivr.agi.contract import Option, Prompt, Result, Variable
from ivr.ami.table import EVENTS, REFERENCE

ROOT = Path(__file__).resolve().parents[1]
OWN = {"IDB_FELL_BACK", "IDB_RINGS"}
"""The dialplan's own marks: gone back once; for which queue a phone rings. Nobody else sets or reads them."""
FOLLOWED = ("QueueCallerJoin", "AgentConnect", "AgentComplete", "Hangup")
"""What ``ivr.ami.tracker`` acts on."""


def code(path: str) -> str:
    """The file without its comments."""
    return "\n".join(line.split(";", 1)[0] for line in (ROOT / path).read_text().splitlines())


DIALPLAN = code("dialplan/idbellen.conf")
MANAGER = code("asterisk-config/manager.conf")
QUEUES = code("asterisk-config/queues.conf")
FEATURES = code("asterisk-config/features.conf")


def test_the_contexts_are_the_same() -> None:
    """No more and no fewer: each has its name in the contract."""
    contexts = {contract.ENTRY_CONTEXT, contract.QUEUE_CONTEXT, contract.FALLBACK_CONTEXT}
    contexts |= {contract.UPGRADE_CONTEXT}
    assert set(re.findall(r"^\[([^\]]+)\]", DIALPLAN, re.MULTILINE)) == contexts
    assert set(re.findall(r"idbellen-\w+", DIALPLAN)) == contexts


def test_the_variables_are_the_same() -> None:
    """Everything that the server sets or the operator chooses is used, and nothing else is."""
    used = set(re.findall(r"IDB_[A-Z_]+", DIALPLAN))
    assert used == set(Variable) | set(Option) | OWN


def test_the_defaults_are_the_same() -> None:
    """Exactly the options that have one get one, when they are empty."""
    given = re.findall(r'\$\["\$\{(IDB_\w+)\}" = ""\]\?Set\((IDB_\w+)=(.*)\)\)', DIALPLAN)
    assert {Option(name): default for name, _, default in given} == contract.DEFAULTS
    assert all(asked == given_to for asked, given_to, _ in given)
    assert contract.DEFAULTS[Option.AGI].endswith(f"/{contract.AGI_SCRIPT}")


@pytest.mark.req("P4")
def test_the_dead_mans_switch_is_the_same() -> None:
    """Armed as the server arms it again, off before the queue, and within the promise."""
    application, argument = contract.REARM
    assert re.findall(r"Set\(TIMEOUT\(absolute\)=\d+\)", DIALPLAN) == [
        f"{application}({argument})",
        "Set(TIMEOUT(absolute)=0)",
    ]
    assert contract.COMMAND_SECONDS < contract.ARM_SECONDS < contract.HOLD_LIMIT_SECONDS


def test_every_result_that_the_dialplan_tells_apart_is_one() -> None:
    """A misspelt result would never be equal to anything."""
    assert set(re.findall(r'\$\{IDB_RESULT\}" = "(\w+)"', DIALPLAN)) == {Result.CLOSED}


def test_a_fresh_caller_starts_without_what_the_server_sets() -> None:
    """All variables of the server are emptied, the reference in the form that is inherited."""
    emptied = set(re.findall(r"Set\((\w+)=\)", DIALPLAN))
    assert emptied == {contract.INHERITED_REF, Variable.QUEUE, Variable.RESULT, Variable.VERDICT}


@pytest.mark.req("P11")
def test_the_keys_of_an_upgrade_are_the_same() -> None:
    """By the caller only, with time for slow hands, and into the context that asks for a code."""
    (keys, ends, where) = re.findall(
        rf"^{contract.UPGRADE_CONTEXT} => (\S+?),(\S+?),(GoSub\(.*\))", FEATURES, re.MULTILINE
    )[0]
    assert (keys, ends) == (contract.UPGRADE_KEYS, "self/caller")
    assert where == f"GoSub({contract.UPGRADE_CONTEXT},s,1)"
    assert re.findall(r"^featuredigittimeout = (.*)$", FEATURES, re.MULTILINE) == [
        str(contract.KEYS_MILLISECONDS)
    ]
    assert f"{contract.UPGRADE_CONTEXT})" in re.findall(r"__DYNAMIC_FEATURES=.*", DIALPLAN)[0]
    assert f"${{IDB_ASTERISK}},{contract.UPGRADE_ARGUMENT})" in DIALPLAN


@pytest.mark.req("P11", "P4")
def test_a_conversation_has_no_time_limit_and_trusts_no_agistatus() -> None:
    """The one ends the call, the other says that a dead server did well."""
    upgrade = DIALPLAN.partition(f"[{contract.UPGRADE_CONTEXT}]")[2].partition("\n[")[0]
    assert "TIMEOUT" not in upgrade
    assert "AGISTATUS" not in DIALPLAN


@pytest.mark.parametrize("text", [DIALPLAN, QUEUES], ids=["dialplan", "queues"])
def test_every_prompt_that_asterisk_plays_by_itself_is_one(text: str) -> None:
    """Each name is in the contract, and so is made and looked for."""
    names = set(re.findall(r"\bidbellen/([a-z-]+)", text))
    names |= {name for pair in re.findall(r"\?(\w+):(\w+)\)\}", text) for name in pair}
    assert names
    assert names <= set(Prompt)


@pytest.mark.req("P3")
def test_the_manager_puts_our_reference_on_events() -> None:
    """The one variable, by the name that the manager link reads."""
    assert re.findall(r"^channelvars = (.*)$", MANAGER, re.MULTILINE) == [Variable.REF] == [REFERENCE]


@pytest.mark.req("S4")
def test_the_manager_user_sees_what_is_followed_and_no_digits() -> None:
    """The filter lets through the events that are acted on, and neither keyed digits nor variables."""
    (filtered,) = re.findall(r"^eventfilter = (.*)$", MANAGER, re.MULTILINE)
    assert set(FOLLOWED) <= {name.decode() for name in EVENTS}
    for name in FOLLOWED:
        assert re.search(filtered, f"Event: {name}\r\nPrivilege: agent,all\r\n")
    for name in ("DTMFBegin", "DTMFEnd", "VarSet", "Newexten", "AGIExecStart", "UserEvent", "Newchannel"):
        assert not re.search(filtered, f"Event: {name}\r\nCallerIDName: Event: Hangup\r\n")


@pytest.mark.req("S4")
def test_the_manager_user_has_no_more_rights_than_are_used() -> None:
    """And no secret: the operator writes one, or nobody logs in."""
    assert re.findall(r"^(?:read|write) = (.*)$", MANAGER, re.MULTILINE) == [
        "call,agent",
        "reporting,call,agent",
    ]
    assert not re.search(r"^\s*secret", MANAGER, re.MULTILINE)
    assert re.findall(r"^permit = (.*)$", MANAGER, re.MULTILINE) == ["127.0.0.1/32"]
