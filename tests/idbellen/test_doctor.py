"""Facts about the doctor: each fault of files, store and accounts is named, with what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from idbellen import doctor
from idbellen.doctor import examine
from idbellen.verdict import Result, Verdict
from ivr.agi import AgiServer
from ivr.agi.contract import Prompt
from ivr.prompts.texts import LANGUAGES
from ivr.settings import Settings
from ivr.store.sealing import KeySet
from tests.lab.guard import free_port
from tests.lab.valkey import Valkey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.req("O2", "O5")


@pytest.fixture
def given(tmp_path: Path, valkey: Valkey, add_account: Callable[..., None]) -> dict[str, Any]:
    """Settings with which all is fine but Asterisk, which is not there."""
    sounds = tmp_path / "sounds"
    for language in LANGUAGES:
        folder = sounds / language / "idbellen"
        folder.mkdir(parents=True)
        for prompt in Prompt:
            (folder / f"{prompt.value}.wav").touch()
    for name in ("seal.keys", "code.keys"):
        (tmp_path / name).write_text(KeySet.draw().to_text())
        (tmp_path / name).chmod(0o600)
    add_account("sanne", "PJSIP/sanne")
    return {
        "data_dir": tmp_path,
        "asterisk": {"prompts_dir": sounds},
        "manager": {"secret": "no-sample-4fc1", "port": free_port()},
        "agi": {"port": free_port()},
        "redis": {"url": valkey.url},
        "irma": {"url": "http://127.0.0.1:1", "secret": "no-sample-8e20"},
        "opening": {"hours": ["mon-sun 00:00-24:00"]},
    }


async def found(given: dict[str, Any], part: str) -> list[Result]:
    """What the doctor says of this part."""
    return [result for result in await examine(Settings(**given)) if result.part == part]


async def one(given: dict[str, Any], part: str) -> Result:
    """The one thing that it says of this part."""
    (result,) = await found(given, part)
    return result


async def test_what_is_fine_is_said(given: dict[str, Any]) -> None:
    """One line each; and what nobody started is a warning, not a fault."""
    results = [result for result in await examine(Settings(**given)) if result.part != "manager"]
    fine = [result.part for result in results if result.verdict is Verdict.FINE]
    assert fine == ["settings", "keys", "keys", "prompts", "agents", "look", "pages", "opening", "store"]
    assert [result.part for result in results if result.verdict is Verdict.WARNING] == ["security", "fastagi"]


@pytest.mark.parametrize("secret", ["", "secret", "change-me"])
async def test_a_missing_or_sample_secret_is_wrong(given: dict[str, Any], secret: str) -> None:
    """It is not shown, and the setting is named."""
    given["manager"]["secret"] = secret
    result = await one(given, "settings")
    assert result.verdict is Verdict.WRONG
    assert result.found.startswith("manager.secret: is empty or a sample.")
    assert result.mend


async def test_a_purpose_without_a_way_to_log_in_is_wrong(given: dict[str, Any]) -> None:
    """The web would not start, and says no more than this."""
    del given["irma"]
    result = await one(given, "pages")
    assert result.verdict is Verdict.WRONG
    assert "no login method that is set up" in result.found
    assert "demo.enabled = true" in result.found


async def test_missing_keys_are_made_by_a_command(given: dict[str, Any], tmp_path: Path) -> None:
    """Which is named."""
    (tmp_path / "code.keys").unlink()
    fine, wrong = await found(given, "keys")
    assert fine.verdict is Verdict.FINE
    assert wrong.verdict is Verdict.WRONG
    assert "does not exist" in wrong.found
    assert wrong.mend == "idbellen keys"


async def test_damaged_keys_are_not_made_anew(given: dict[str, Any], tmp_path: Path) -> None:
    """The command would leave them as they are; and what was sealed with them needs them."""
    (tmp_path / "seal.keys").write_text("seal:oops\n")
    wrong, _ = await found(given, "keys")
    assert wrong.verdict is Verdict.WRONG
    assert "seal.keys" in wrong.found
    assert wrong.mend == "restore it from your backup"


@pytest.mark.req("S1")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
async def test_keys_that_others_can_read_are_wrong(given: dict[str, Any], tmp_path: Path, mode: int) -> None:
    """The mend is a command."""
    file = tmp_path / "code.keys"
    file.chmod(mode)
    _, wrong = await found(given, "keys")
    assert (wrong.verdict, wrong.mend) == (Verdict.WRONG, f"chmod 600 {file}")


async def test_missing_prompts_are_named(given: dict[str, Any], tmp_path: Path) -> None:
    """Each, with the command that makes them."""
    sounds = tmp_path / "sounds"
    (sounds / "nl/idbellen/welcome.wav").unlink()
    (sounds / "en/idbellen/thanks.wav").unlink()
    result = await one(given, "prompts")
    assert result.verdict is Verdict.WRONG
    assert result.found == "missing: nl/idbellen/welcome, en/idbellen/thanks"
    assert result.mend == f"idbellen prompts {sounds}"


async def test_prompts_that_cannot_be_looked_at_are_a_warning(given: dict[str, Any]) -> None:
    """Asterisk may be on another machine."""
    given["asterisk"] = {}
    result = await one(given, "prompts")
    assert (result.verdict, result.found) == (Verdict.WARNING, "not checked")
    assert "asterisk.prompts_dir" in result.mend


async def test_no_accounts_are_a_warning(given: dict[str, Any], tmp_path: Path) -> None:
    """Nobody would see anything."""
    (tmp_path / "agents.json").unlink()
    result = await one(given, "agents")
    assert result.verdict is Verdict.WARNING
    assert result.mend.startswith("idbellen agent add")


async def test_damaged_accounts_are_wrong(given: dict[str, Any], tmp_path: Path) -> None:
    """Nobody could log in."""
    (tmp_path / "agents.json").write_text("{")
    result = await one(given, "agents")
    assert result.verdict is Verdict.WRONG
    assert "agents.json" in result.mend


async def test_a_server_that_listens_is_found(given: dict[str, Any]) -> None:
    """And is not disturbed."""

    async def flow(_: object) -> None:
        """Serve nobody: the doctor is no caller."""
        raise AssertionError

    async with AgiServer(flow) as server:
        await server.start("127.0.0.1", given["agi"]["port"])
        assert (await one(given, "fastagi")).verdict is Verdict.FINE


async def test_a_store_that_is_away_is_wrong(given: dict[str, Any], tmp_path: Path) -> None:
    """What to do depends on whose it is."""
    given["redis"]["url"] = f"unix://{tmp_path}/nobody.sock"
    own = await one(given, "store")
    assert (own.verdict, own.mend) == (Verdict.WRONG, "start it, or set redis.url")
    given["redis"] = {}
    embedded = await one(given, "store")
    assert (embedded.verdict, embedded.mend) == (Verdict.WRONG, "idbellen up runs it")


@pytest.mark.req("S2")
@pytest.mark.parametrize(
    ("options", "said", "mend"),
    [
        (("--save", "60 1"), "it writes to disk", "appendonly no"),
        (("--appendonly", "yes"), "it writes to disk", 'save ""'),
        (("--maxmemory-policy", "allkeys-lru"), "it drops keys when full", "noeviction"),
    ],
)
async def test_a_store_that_keeps_or_drops_is_a_warning(
    given: dict[str, Any], tmp_path: Path, options: tuple[str, ...], said: str, mend: str
) -> None:
    """What is wiped must be gone, and what is there must stay."""
    with Valkey(tmp_path, *options) as server:
        given["redis"]["url"] = server.url
        fine, warned = await found(given, "store")
    assert fine.verdict is Verdict.FINE
    assert (warned.verdict, warned.found) == (Verdict.WARNING, said)
    assert mend in warned.mend


async def test_an_old_store_is_wrong(given: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The version that is needed is named."""
    monkeypatch.setattr(doctor, "STORE_VERSION", 1000)
    result = await one(given, "store")
    assert result.verdict is Verdict.WRONG
    assert result.mend == "use Valkey, or Redis 1000 or later"


async def test_an_asterisk_that_is_away_is_wrong(given: dict[str, Any]) -> None:
    """And does not keep the other checks from being done."""
    result = await one(given, "manager")
    assert result.verdict is Verdict.WRONG
    assert "cannot be reached" in result.found
    assert f"127.0.0.1:{given['manager']['port']}" in result.mend


@pytest.mark.req("S1")
async def test_no_secret_is_in_what_it_says(given: dict[str, Any], tmp_path: Path) -> None:
    """People send it to each other."""
    said = str(await examine(Settings(**given)))
    assert given["manager"]["secret"] not in said
    for name in ("seal.keys", "code.keys"):
        assert (tmp_path / name).read_text().strip().partition(":")[2] not in said
