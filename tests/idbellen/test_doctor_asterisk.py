"""Facts about the doctor and Asterisk: each thing that is missing there is named, with what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from idbellen.doctor_asterisk import (
    BUTTON_ACTION,
    FORBIDDEN_ACTIONS,
    NEEDED_ACTIONS,
    STAFF_ACTIONS,
    examine,
    known_holes,
)
from idbellen.verdict import Result, Verdict
from ivr.ami.limits import AmiLimits
from ivr.settings import Settings
from tests.lab.ami_lists import REFUSED, SILENCE, listing, show, text
from tests.lab.ami_server import SECRET, USER, AmiServer
from tests.lab.channels import caller, member

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

pytestmark = pytest.mark.req("O2")

QUEUES = ("idbellen", "burgerzaken")
SANNE = "PJSIP/sanne"
VALUES = {"IDB_ASTERISK": "pbx", "IDB_DEFAULT_QUEUE": "idbellen", "IDB_AGI": "agi://127.0.0.1:4573/idbellen"}
PURPOSE = {
    "name": "paspoort",
    "queue": "burgerzaken",
    "title": {"nl": "Paspoort", "en": "Passport"},
    "why": {"nl": "Daarom.", "en": "That is why."},
    "attributes": ["fullname"],
}


def allowed(*actions: str) -> tuple[str, ...]:
    """The answer to ListCommands."""
    return ("\n".join(["Response: Success", *(f"{action}: (Priv: reporting,all)" for action in actions)]),)


@pytest.fixture
async def pbx() -> AsyncIterator[AmiServer]:
    """An Asterisk on which all is as it should be, with a call under way."""
    async with AmiServer() as server:
        show(server, [caller("1.1")], (), [member(SANNE, queue=queue) for queue in QUEUES])
        server.script |= {
            "CoreSettings": ("Response: Success\nAsteriskVersion: 22.10.1~dfsg-1",),
            "ListCommands": allowed("Ping", "Getvar", BUTTON_ACTION, *STAFF_ACTIONS, *NEEDED_ACTIONS),
            "ShowDialPlan": listing("ShowDialPlan", ["Event: ListDialplan\nContext: x\nExtension: s"]),
            "Getvar": ("Response: Success\nVariable: x\nValue: ",),
        }
        yield server


@pytest.fixture
def given(tmp_path: Path, pbx: AmiServer, add_account: Callable[..., None]) -> dict[str, Any]:
    """Settings that fit it."""
    add_account("sanne", SANNE)
    return {
        "data_dir": tmp_path,
        "manager": {"username": USER, "secret": SECRET, "port": pbx.port},
        "purposes": [PURPOSE],
    }


async def found(given: dict[str, Any]) -> list[Result]:
    """What the doctor says that is not fine."""
    results = [result async for result in examine(Settings(**given))]
    return [result for result in results if result.verdict is not Verdict.FINE]


async def one(given: dict[str, Any]) -> Result:
    """The one thing that is not fine, but for what the fake cannot tell apart (see `test_globals…`)."""
    (result,) = [result for result in await found(given) if result.part != "globals"]
    return result


async def test_nothing_is_wrong_where_nothing_is(given: dict[str, Any]) -> None:
    """But what this Asterisk was not told: it gives each variable the same value, none."""
    assert [(result.part, result.found) for result in await found(given)] == [
        ("globals", "the ordinary queue is not set, not idbellen")
    ]


async def test_a_wrong_secret_is_told_apart_from_an_absence(given: dict[str, Any]) -> None:
    """It is the user's name and secret that must be mended."""
    given["manager"]["secret"] = "another-secret-1"
    result = await one(given)
    assert (result.part, result.verdict) == ("manager", Verdict.WRONG)
    assert "Authentication failed" in result.found
    assert "secret" in result.mend
    assert "another-secret-1" not in str(result)


async def test_what_is_no_manager_is_told(given: dict[str, Any], pbx: AmiServer) -> None:
    """Its port is named."""
    pbx.greeting = b"220 mail.example.nl ESMTP\r\n"
    result = await one(given)
    assert (result.part, result.verdict) == ("manager", Verdict.WRONG)
    assert str(pbx.port) in result.mend


@pytest.mark.parametrize("missing", NEEDED_ACTIONS)
async def test_a_missing_right_is_named(given: dict[str, Any], pbx: AmiServer, missing: str) -> None:
    """With the line of manager.conf that gives it; and the checks that need no such right are done."""
    pbx.script["ListCommands"] = allowed(
        BUTTON_ACTION, *STAFF_ACTIONS, *(name for name in NEEDED_ACTIONS if name != missing)
    )
    pbx.script[missing] = REFUSED
    results = [result for result in await found(given) if result.part != "globals"]
    assert results[0].found == f"may not: {missing}"
    assert {(result.verdict, result.mend) for result in results} == {
        (Verdict.WRONG, "write = reporting,call,agent, in manager.conf")
    }
    assert len(results) == 2


@pytest.mark.req("S4")
@pytest.mark.parametrize("harmful", FORBIDDEN_ACTIONS)
async def test_a_right_too_many_is_named(given: dict[str, Any], pbx: AmiServer, harmful: str) -> None:
    """A stolen secret could do harm with it."""
    pbx.script["ListCommands"] = allowed(BUTTON_ACTION, *STAFF_ACTIONS, *NEEDED_ACTIONS, harmful)
    result = await one(given)
    assert (result.part, result.verdict) == ("rights", Verdict.WARNING)
    assert result.found == f"may also: {harmful}"
    assert "manager.conf" in result.mend


async def test_a_missing_queue_is_named(given: dict[str, Any], pbx: AmiServer) -> None:
    """Callers of that subject would fall through to the ordinary one."""
    show(pbx, [caller("1.1")], (), [member(SANNE, queue="idbellen")])
    result = await one(given)
    assert (result.part, result.verdict) == ("queue", Verdict.WRONG)
    assert result.found == "burgerzaken does not exist"
    assert "[burgerzaken] in queues.conf" in result.mend


async def test_a_queue_without_members_is_a_warning(given: dict[str, Any], pbx: AmiServer) -> None:
    """They may log in later."""
    params = [f"Event: QueueParams\nQueue: {queue}\nMax: 0" for queue in QUEUES]
    pbx.script["QueueStatus"] = listing("QueueStatus", [*params, text(member(SANNE, queue="idbellen"))])
    result = await one(given)
    assert (result.part, result.verdict) == ("queue", Verdict.WARNING)
    assert result.found == "burgerzaken has no members"


@pytest.mark.req("A6")
async def test_agents_who_are_added_at_log_in_are_in_no_queue_before(
    given: dict[str, Any], pbx: AmiServer, add_account: Callable[..., None]
) -> None:
    """Nor need their queue have members then; one that does not exist is a warning."""
    params = [f"Event: QueueParams\nQueue: {queue}\nMax: 0" for queue in QUEUES]
    pbx.script["QueueStatus"] = listing("QueueStatus", params)
    add_account("tom", "PJSIP/tim", queues=[*QUEUES])
    add_account("els", "PJSIP/els", queues=[QUEUES[0], "nowhere"])
    results = {result.found: result for result in await found(given) if result.part in {"queue", "agents"}}
    assert set(results) == {f"sanne: {SANNE} is in no queue", "els: there is no queue nowhere"}
    assert "[nowhere] in queues.conf" in results["els: there is no queue nowhere"].mend


async def test_an_account_whose_member_is_in_no_queue_is_a_warning(
    given: dict[str, Any], add_account: Callable[..., None]
) -> None:
    """It would never see a call; one of another Asterisk is that one's affair."""
    add_account("tom", "PJSIP/tim")
    add_account("els", "PJSIP/els", "other")
    result = await one(given)
    assert (result.part, result.verdict) == ("agents", Verdict.WARNING)
    assert result.found == "tom: PJSIP/tim is in no queue"


async def test_missing_contexts_are_named(given: dict[str, Any], pbx: AmiServer) -> None:
    """Each, with the line that includes them."""
    pbx.script["ShowDialPlan"] = ("Response: Error\nMessage: Did not find context x",)
    results = [result for result in await found(given) if result.part == "dialplan"]
    assert [result.found.rpartition(" ")[2] for result in results] == [
        *("idbellen-entry", "idbellen-queue", "idbellen-upgrade", "idbellen-fallback")
    ]
    assert {result.verdict for result in results} == {Verdict.WRONG}
    assert all('#include "idbellen/idbellen.conf"' in result.mend for result in results)


@pytest.mark.parametrize(
    ("changed", "verdict", "words"),
    [
        ({"asterisk": {"name": "east", "queue": "idbellen"}}, Verdict.WRONG, "IDB_ASTERISK = east"),
        ({"agi": {"port": 4600}}, Verdict.WARNING, "IDB_AGI"),
    ],
)
async def test_globals_that_do_not_fit_the_settings_are_named(
    given: dict[str, Any], changed: dict[str, Any], verdict: Verdict, words: str
) -> None:
    """Calls of an Asterisk by another name are not identified, and say no word about it."""
    results = [result for result in await found(given | changed) if words in result.mend]
    assert [(result.part, result.verdict) for result in results] == [("globals", verdict)]


async def test_channelvars_without_ours_is_wrong(given: dict[str, Any], pbx: AmiServer) -> None:
    """Seen on a call only."""
    bare = text(caller("1.1")).replace("\nChanVariable: IDB_REF=", "")
    pbx.script["CoreShowChannels"] = listing("CoreShowChannels", [bare])
    result = await one(given)
    assert (result.part, result.verdict) == ("channelvars", Verdict.WRONG)
    assert "channelvars = IDB_REF" in result.mend


async def test_channelvars_without_a_call_is_a_warning(given: dict[str, Any], pbx: AmiServer) -> None:
    """Nothing to see it on."""
    show(pbx, (), (), [member(SANNE, queue=queue) for queue in QUEUES])
    result = await one(given)
    assert (result.part, result.verdict) == ("channelvars", Verdict.WARNING)
    assert "during a call" in result.mend


@pytest.mark.req("P11")
async def test_without_the_right_for_the_agents_button_is_a_warning(
    given: dict[str, Any], pbx: AmiServer
) -> None:
    """All else works; it is said what callers do then."""
    pbx.script["ListCommands"] = allowed("Getvar", *STAFF_ACTIONS, *NEEDED_ACTIONS)
    result = await one(given)
    assert (result.part, result.verdict) == ("rights", Verdict.WARNING)
    assert "*5" in result.mend


@pytest.mark.req("A6")
@pytest.mark.parametrize("missing", STAFF_ACTIONS)
async def test_without_the_right_for_queue_members_is_a_warning(
    given: dict[str, Any], pbx: AmiServer, missing: str
) -> None:
    """All else works; it is said what agents do then."""
    others = [name for name in STAFF_ACTIONS if name != missing]
    pbx.script["ListCommands"] = allowed("Getvar", BUTTON_ACTION, *others, *NEEDED_ACTIONS)
    result = await one(given)
    assert (result.part, result.verdict) == ("rights", Verdict.WARNING)
    assert "pause" in result.found
    assert "queues.conf" in result.mend


@pytest.mark.req("S4")
@pytest.mark.parametrize(
    ("version", "verdict"),
    [
        ("22.4.0", Verdict.WRONG),
        ("certified-18.9-cert13", Verdict.WRONG),
        ("16.28.0~dfsg-0+deb11u4", Verdict.WRONG),
        ("GIT-master-abcdef", Verdict.WARNING),
        ("", Verdict.WARNING),
    ],
)
async def test_an_old_or_unknown_version_is_named(
    given: dict[str, Any], pbx: AmiServer, version: str, verdict: Verdict
) -> None:
    """With those that would do."""
    pbx.script["CoreSettings"] = (f"Response: Success\nAsteriskVersion: {version}",)
    result = await one(given)
    assert (result.part, result.verdict) == ("asterisk", verdict)
    assert "22" in result.mend


@pytest.mark.parametrize("version", ["22.4.1", "18.26.2", "certified-20.7-cert5", "23.0.0", "22.10.1+dfsg"])
async def test_a_version_without_known_holes_is_fine(
    given: dict[str, Any], pbx: AmiServer, version: str
) -> None:
    """As it writes itself."""
    pbx.script["CoreSettings"] = (f"Response: Success\nAsteriskVersion: {version}",)
    assert [result for result in await found(given) if result.part == "asterisk"] == []


@pytest.mark.parametrize(
    ("version", "holes"),
    [
        ((16, 30, 1), True),
        ((18, 26, 1), True),
        ((18, 26, 2), False),
        ((19, 8, 1), True),
        ((20, 14, 0), True),
        ((20, 14, 1), False),
        ((21, 9, 1), False),
        ((22, 4, 0), True),
        ((22, 10, 0), False),
        ((23, 0, 0), False),
    ],
)
def test_the_table_of_known_holes(version: tuple[int, int, int], *, holes: bool) -> None:
    """A branch that is not listed and older than the newest was never mended."""
    assert known_holes(version) is holes


async def test_one_check_that_cannot_be_done_does_not_stop_the_others(
    given: dict[str, Any], pbx: AmiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that does not come costs its own line."""
    pbx.script["QueueStatus"] = SILENCE
    limits = AmiLimits(answer_seconds=2.0)
    monkeypatch.setattr("ivr.ami.link.AmiLimits", lambda: limits)
    results = {result.part: result for result in await found(given)}
    assert results["queue"].verdict is Verdict.WRONG
    assert "did not answer QueueStatus" in results["queue"].found
    assert results.keys() <= {"queue", "globals"}


@pytest.mark.req("S4")
async def test_it_only_looks(given: dict[str, Any], pbx: AmiServer) -> None:
    """No action of its own could change anything."""
    await found(given)
    asked = {action["Action"] for action in pbx.actions}
    assert asked == {"ListCommands", "Getvar", *NEEDED_ACTIONS}
