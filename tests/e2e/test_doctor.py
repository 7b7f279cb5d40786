"""The doctor on a real Asterisk: after our set-up all is fine, and each thing that is taken away is named."""

from __future__ import annotations

from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from idbellen.doctor import examine
from idbellen.verdict import Result, Verdict
from ivr.ami.link import ManagerLink
from ivr.settings import Settings, load
from tests.lab.asterisk import Asterisk
from tests.lab.asterisk_files import LAB_SECRET, LAB_USER, Lab
from tests.lab.prompts import rendered
from tests.lab.stack import Stack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = [pytest.mark.e2e, pytest.mark.req("O2"), pytest.mark.asyncio(loop_scope="module")]

FEW = "\n[few]\nsecret = few-rights-lab\npermit = 127.0.0.1/32\nread = call,agent\nwrite = originate\n"
"""A manager user who may not ask what is needed."""
LASTING = "\n[lasting]\nexten => s,1,Answer()\n same => n,Wait(600)\n"
"""A call that ends when it is told to."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Asterisk, Stack]]:
    """An Asterisk and ID Bellen beside it, as README says."""
    async with Stack(tmp_path_factory.mktemp("doctor")) as stack:
        lab = Lab(agi=stack.agi, unstaffed=("nobody",), extensions=LASTING)
        async with Asterisk(lab, prompts=rendered()) as pbx:
            await stack.serve(pbx, web=False)
            await stack.make_accounts()
            yield pbx, stack


@pytest.fixture
def pbx(office: tuple[Asterisk, Stack]) -> Asterisk:
    """Its Asterisk."""
    return office[0]


@pytest.fixture
def stack(office: tuple[Asterisk, Stack]) -> Stack:
    """Its ID Bellen."""
    return office[1]


@pytest.fixture
def settings(stack: Stack) -> Settings:
    """As the operator has them."""
    return load(stack.config).settings


def changed(settings: Settings, section: str, **values: Any) -> Settings:
    """The same with other values in one section."""
    other = getattr(settings, section).model_copy(update=values)
    return settings.model_copy(update={section: other})


async def complaints(settings: Settings) -> list[Result]:
    """What is not fine, but for this Asterisk's age, calls that nobody makes, and hours that nobody keeps."""
    aside = {"asterisk", "channelvars", "opening"}
    found = await examine(settings)
    assert {result.part for result in found} >= {"settings", "store", "manager"}
    return [one for one in found if one.verdict is not Verdict.FINE and one.part not in aside]


@asynccontextmanager
async def a_call(pbx: Asterisk) -> AsyncIterator[None]:
    """Somebody is on the line."""
    operator = ManagerLink("127.0.0.1", pbx.ports.ami, LAB_USER, LAB_SECRET)
    async with operator.once():
        await operator.action("Originate", Channel="Local/s@lasting", Application="Echo")
        try:
            yield
        finally:
            await operator.action("Hangup", Channel="/^Local/")
            await pbx.idle()


@asynccontextmanager
async def without(
    pbx: Asterisk, name: str, text: str, reload: str, *, instead: str = ""
) -> AsyncIterator[None]:
    """This text is not in this file of Asterisk's, for a while."""
    file = pbx.folder / "etc" / name
    before = file.read_text()
    assert text in before
    file.write_text(before.replace(text, instead))
    await pbx.cli(reload)
    try:
        yield
    finally:
        file.write_text(before)
        await pbx.cli(reload)


async def test_after_our_set_up_all_is_fine(pbx: Asterisk, stack: Stack, settings: Settings) -> None:
    """During a call, but for this Asterisk's own age; the real command's status is 0, or 1 when it is old."""
    async with a_call(pbx):
        results = await examine(settings)
        old = [one for one in results if one.verdict is not Verdict.FINE and one.part != "opening"]
        with pytest.raises(RuntimeError, match="known security holes") if old else nullcontext():
            await stack.command("doctor")
    assert [one.part for one in old] in ([], ["asterisk"])
    assert {one.part for one in results} >= {
        *("settings", "keys", "prompts", "agents", "fastagi", "store"),
        *("manager", "rights", "queue", "dialplan", "channelvars"),
    }


async def test_without_a_call_only_channelvars_is_open(settings: Settings) -> None:
    """It says how to see it."""
    (result,) = [one for one in await examine(settings) if one.part == "channelvars"]
    assert (result.verdict, result.mend) == (Verdict.WARNING, "run this again during a call")


async def test_a_wrong_secret(stack: Stack, settings: Settings) -> None:
    """Named, not shown; and the command's status is 1."""
    secret = stack.folder / "manager.secret"
    before = secret.read_text()
    secret.write_text("another-secret-of-the-lab")
    try:
        (result,) = await complaints(load(stack.config).settings)
        with pytest.raises(RuntimeError, match="wrong    manager     Asterisk refused Login"):
            await stack.command("doctor")
    finally:
        secret.write_text(before)
    assert (result.part, result.verdict) == ("manager", Verdict.WRONG)
    assert "secret" in result.mend


async def test_a_user_without_the_rights(pbx: Asterisk, settings: Settings) -> None:
    """What it may not, and what it may too much; the line of manager.conf is there."""
    file = pbx.folder / "etc/manager.conf"
    file.write_text(file.read_text() + FEW)
    await pbx.cli("manager reload")
    secret = type(settings.manager.secret)("few-rights-lab")
    user = {"username": "few", "secret": secret, "secret_file": None}
    results = await complaints(changed(settings, "manager", **user))
    rights = [result for result in results if result.part == "rights"]
    assert [result.verdict for result in rights] == [Verdict.WRONG, *[Verdict.WARNING] * 3]
    assert rights[0].found.startswith("may not: CoreShowChannels")
    assert "button" in rights[1].found
    assert "pause" in rights[2].found
    assert "Originate" in rights[3].found
    assert {result.mend for result in results if result.verdict is Verdict.WRONG} == {
        "write = reporting,call,agent, in manager.conf"
    }


async def test_a_user_with_all_rights(settings: Settings) -> None:
    """It works, and is a warning."""
    secret = type(settings.manager.secret)(LAB_SECRET)
    user = {"username": LAB_USER, "secret": secret, "secret_file": None}
    (result,) = await complaints(changed(settings, "manager", **user))
    assert (result.part, result.verdict) == ("rights", Verdict.WARNING)
    assert "Originate, Command, GetConfig" in result.found


async def test_a_queue_that_is_not_there_or_empty(settings: Settings) -> None:
    """By name; that the dialplan has another one is told as well."""
    missing = {one.part: one for one in await complaints(changed(settings, "asterisk", queue="nowhere"))}
    assert missing["queue"].found == "nowhere does not exist"
    assert "[nowhere] in queues.conf" in missing["queue"].mend
    assert missing["globals"].found == "the ordinary queue is queue1, not nowhere"
    empty = {one.part: one for one in await complaints(changed(settings, "asterisk", queue="nobody"))}
    assert (empty["queue"].verdict, empty["queue"].found) == (Verdict.WARNING, "nobody has no members")


async def test_a_context_that_is_not_there(pbx: Asterisk, settings: Settings) -> None:
    """By name, with the line that includes it."""
    include = '#include "idbellen/idbellen.conf"'
    async with without(pbx, "extensions.conf", include, "dialplan reload"):
        results = await complaints(settings)
    assert [result.found for result in results] == [
        *("no context idbellen-entry", "no context idbellen-queue"),
        *("no context idbellen-upgrade", "no context idbellen-fallback"),
    ]
    assert all(include in result.mend for result in results)
    assert await complaints(settings) == []


async def test_channelvars_that_are_not_listed(pbx: Asterisk, settings: Settings) -> None:
    """Seen on the call that is there."""
    # Another line, not none: what Asterisk has, it keeps until it reads something else.
    line, other = "channelvars = IDB_REF", "channelvars = OTHER"
    async with without(pbx, "idbellen/manager.conf", line, "manager reload", instead=other), a_call(pbx):
        (result,) = [one for one in await examine(settings) if one.part == "channelvars"]
    assert (result.verdict, result.found) == (Verdict.WRONG, "IDB_REF is not listed")
    assert line in result.mend


@pytest.mark.req("P11")
async def test_features_that_are_not_included(pbx: Asterisk, settings: Settings) -> None:
    """Seen on the call that is there."""
    include = '#include "idbellen/features.conf"'
    async with without(pbx, "features.conf", include, "module reload features"), a_call(pbx):
        (result,) = [one for one in await examine(settings) if one.part == "features"]
    assert (result.verdict, result.found) == (Verdict.WRONG, "callers in conversation cannot key *5")
    assert include in result.mend


async def test_an_asterisk_by_another_name(pbx: Asterisk, settings: Settings) -> None:
    """Every caller would be unidentified, and nothing else would say why."""
    (result,) = await complaints(changed(settings, "asterisk", name="east"))
    assert (result.part, result.verdict) == ("globals", Verdict.WRONG)
    assert "IDB_ASTERISK = east" in result.mend


async def test_an_asterisk_that_is_not_there(settings: Settings) -> None:
    """Where it was looked for."""
    (result,) = await complaints(changed(settings, "manager", port=1))
    assert (result.part, result.verdict) == ("manager", Verdict.WRONG)
    assert "127.0.0.1:1" in result.mend


async def test_several_faults_at_once(stack: Stack, settings: Settings) -> None:
    """Each has its line: store, keys, prompts."""
    (stack.folder / "code.keys").chmod(0o644)
    stack.valkey.kill()
    try:
        results = {
            one.part: one for one in await complaints(changed(settings, "asterisk", prompts_dir=stack.folder))
        }
    finally:
        stack.valkey.start()
        (stack.folder / "code.keys").chmod(0o600)
    assert {part for part, one in results.items() if one.verdict is Verdict.WRONG} == {
        "store",
        "keys",
        "prompts",
    }
    assert results["store"].mend == "start it, or set redis.url"
    assert results["keys"].mend.startswith("chmod 600 ")
    assert results["prompts"].mend.startswith("idbellen prompts ")
