"""web.agent.account_file: one file, checked when it changed, written whole, closed to others."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING, Any

import pytest

from ivr.errors import SettingsError, TooSlowError
from web.agent import account_file
from web.agent.account_file import AccountFile
from web.agent.account_record import Record

if TYPE_CHECKING:
    from pathlib import Path

HASH = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"


def _entry(name: str = "sanne", **changes: Any) -> dict[str, Any]:
    usual = {
        "id": "0123456789abcdef",
        "name": name,
        "display_name": "Sanne de Wit",
        "member": {"asterisk": "pbx", "interface": f"PJSIP/{name}"},
        "password": HASH,
    }
    return usual | changes


def _written(tmp_path: Path, contents: object) -> AccountFile:
    path = tmp_path / "agents.json"
    path.touch(mode=0o600)
    path.write_text(contents if isinstance(contents, str) else json.dumps(contents))
    return AccountFile(path)


def _record(name: str = "sanne") -> Record:
    return Record.model_validate(_entry(name))


def test_no_file_is_no_accounts(tmp_path: Path) -> None:
    """A new installation has nobody yet."""
    assert AccountFile(tmp_path / "agents.json").read().agents == ()


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """By another process as well."""
    path = tmp_path / "deep" / "agents.json"
    file = AccountFile(path)
    with file.locked():
        file.write((_record(),))
    assert AccountFile(path).read().agents == (_record(),)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """By its own setting's name."""
    (tmp_path / "no").touch()
    with (
        pytest.raises(SettingsError, match=r"agents\.file: folder"),
        AccountFile(tmp_path / "no" / "agents.json").locked(),
    ):
        pytest.fail("it was locked")


@pytest.mark.req("S1")
def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """Mode 0600, whatever the umask, and nothing else is left in the folder."""
    before = os.umask(0)
    file = AccountFile(tmp_path / "agents.json")
    file.write((_record(),))
    os.umask(before)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file.path]


def test_a_change_on_disk_is_seen(tmp_path: Path) -> None:
    """Without anybody being told."""
    reader = _written(tmp_path, {"agents": []})
    assert reader.read().agents == ()
    AccountFile(reader.path).write((_record(),))
    assert len(reader.read().agents) == 1
    reader.path.unlink()
    assert reader.read().agents == ()


def test_an_unchanged_file_is_not_parsed_again(tmp_path: Path) -> None:
    """Every request asks, so asking is cheap."""
    file = _written(tmp_path, {"agents": [_entry()]})
    assert file.read() is file.read()


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o620, 0o601])
@pytest.mark.req("S4")
def test_a_file_that_lets_others_in_is_refused(tmp_path: Path, mode: int) -> None:
    """And the error gives the command that mends it."""
    file = _written(tmp_path, {"agents": []})
    file.path.chmod(mode)
    with pytest.raises(SettingsError, match="chmod 600"):
        file.read()


@pytest.mark.parametrize(("contents", "said"), [("{", "Invalid JSON"), ({"agents": [{}]}, "agents.0.id")])
@pytest.mark.req("S7")
def test_a_wrong_file_says_which_and_where(tmp_path: Path, contents: object, said: str) -> None:
    """What may be wrong with an account: see `test_account_record`."""
    with pytest.raises(SettingsError, match=r"agents\.json") as error:
        _written(tmp_path, contents).read()
    assert said in str(error.value)


def test_what_an_account_has_not_is_not_written(tmp_path: Path) -> None:
    """The file is read by people, too."""
    AccountFile(tmp_path / "agents.json").write((_record(),))
    assert "null" not in (tmp_path / "agents.json").read_text()


def test_a_wrong_file_stays_wrong_until_mended(tmp_path: Path) -> None:
    """What was right before does not go on working under it."""
    file = _written(tmp_path, {"agents": [_entry()]})
    file.read()
    file.path.write_text("{")
    for _ in range(2):
        with pytest.raises(SettingsError):
            file.read()
    file.path.write_text(json.dumps({"agents": []}))
    assert file.read().agents == ()


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    """Nor is it a crash."""
    with pytest.raises(SettingsError):
        AccountFile(tmp_path).read()


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    """A file of 8 MiB holds no accounts of ours."""
    file = _written(tmp_path, " " * account_file.MAX_BYTES)
    with pytest.raises(SettingsError, match="less than"):
        file.read()


def test_one_writes_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits too long is told so, and changes nothing."""
    monkeypatch.setattr(account_file, "LOCK_SECONDS", 0.0)
    path = tmp_path / "agents.json"
    with AccountFile(path).locked(), pytest.raises(TooSlowError), AccountFile(path).locked():
        pytest.fail("two hold the lock")
    with AccountFile(path).locked():
        pass


def test_a_write_that_fails_leaves_all_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, for example."""
    file = _written(tmp_path, {"agents": [_entry()]})

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        file.write(())
    assert file.read().agents == (_record(),)
    assert list(tmp_path.iterdir()) == [file.path]


def test_accounts_that_clash_are_not_written(tmp_path: Path) -> None:
    """The file is always one that can be read."""
    file = AccountFile(tmp_path / "agents.json")
    with pytest.raises(SettingsError, match="twice"):
        file.write((_record(), _record()))
    assert not file.path.exists()
