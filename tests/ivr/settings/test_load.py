"""Settings come from one file and the environment over it, and secrets are never shown."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivr.errors import SettingsError
from ivr.settings import Settings, load
from ivr.settings.load import MAX_FILE, MAX_SECRET, SAMPLE_SECRETS, check_secrets, manager_secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.settings import Loaded

LOADING = sys.modules["ivr.settings.load"]
"""Not the function of that name."""
SECRET = "kanarie-geheim-0123456789"


def line(loaded: Loaded, name: str) -> tuple[str, str, str]:
    """What is printed of one setting: value, default, source."""
    (found,) = (one for one in loaded.lines() if one.name == name)
    return found.value, found.default, found.source


@pytest.mark.req("O1")
def test_without_file_and_environment_all_is_as_it_comes() -> None:
    """The defaults are valid settings."""
    loaded = load()
    assert loaded.file is None
    assert loaded.settings.agi.port == 4573
    assert {one.source for one in loaded.lines()} == {"default"}


@pytest.mark.req("O5")
def test_the_environment_goes_over_the_file(
    write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Field by field: what the environment does not set, the file does."""
    monkeypatch.setenv("IDBELLEN_AGI__PORT", "4600")
    file = write('log_level = "debug"\n[agi]\nport = 4500\nconnections = 7\n')
    loaded = load(file)
    assert (loaded.settings.agi.port, loaded.settings.agi.connections) == (4600, 7)
    assert line(loaded, "agi.port") == ("4600", "4573", "environment IDBELLEN_AGI__PORT")
    assert line(loaded, "agi.connections") == ("7", "1000", f"file {file}")
    assert line(loaded, "log_level") == ('"debug"', '"info"', f"file {file}")
    assert line(loaded, "agi.host") == ('"127.0.0.1"', '"127.0.0.1"', "default")


@pytest.mark.req("O5")
def test_lists_come_from_the_environment_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """One variable a list."""
    monkeypatch.setenv("IDBELLEN_WEB__TRUSTED_PROXIES", '["10.0.0.0/8"]')
    loaded = load()
    assert [str(network) for network in loaded.settings.web.trusted_proxies] == ["10.0.0.0/8"]
    assert line(loaded, "web.trusted_proxies")[0] == "10.0.0.0/8"


def test_names_of_variables_may_be_small_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the reader takes them; the source says so too."""
    monkeypatch.setenv("idbellen_agi__port", "4600")
    assert line(load(), "agi.port")[::2] == ("4600", "environment IDBELLEN_AGI__PORT")


def test_the_file_is_the_one_that_was_named(
    write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By argument, else by variable, else the usual one if it is there."""
    Path("idbellen.toml").write_text("[agi]\nport = 1001\n")
    assert load().settings.agi.port == 1001
    Path("other.toml").write_text("[agi]\nport = 1002\n")
    monkeypatch.setenv("IDBELLEN_CONFIG", "other.toml")
    assert load().settings.agi.port == 1002
    assert load(write("[agi]\nport = 1003\n")).settings.agi.port == 1003


@pytest.mark.req("O5")
def test_a_file_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Named and absent is an error, also by variable."""
    with pytest.raises(SettingsError, match=r"absent\.toml: there is no such settings file"):
        load(Path("absent.toml"))
    monkeypatch.setenv("IDBELLEN_CONFIG", "gone.toml")
    with pytest.raises(SettingsError, match=r"gone\.toml"):
        load()


@pytest.mark.req("O5", "S7")
@pytest.mark.parametrize(
    ("held", "told"),
    [
        (b"\xff\xfe", "cannot be read (UnicodeDecodeError)"),
        (b"#" * (MAX_FILE + 1), f"larger than {MAX_FILE} bytes"),
        (b"[agi\n", "is not TOML: "),
        (b"a = " + b"[" * 50_000, "is not TOML: "),
        (b"a = 1\na = 2\n", "is not TOML: "),
        (b"\x00", "is not TOML: "),
    ],
)
def test_a_file_that_is_no_settings_file_is_told(tmp_path: Path, held: bytes, told: str) -> None:
    """Binary, huge, deep or broken: which file, and why."""
    file = tmp_path / "bad.toml"
    file.write_bytes(held)
    with pytest.raises(SettingsError) as caught:
        load(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert told in str(caught.value)


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    """Told as any file that cannot be read."""
    with pytest.raises(SettingsError, match="IsADirectoryError"):
        load(tmp_path)


@pytest.mark.req("S1", "O5")
@pytest.mark.parametrize("name", ["manager.secret", "redis.url"])
def test_a_secret_is_shown_nowhere(
    write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Not in a text of the settings, nor among the printed lines; only that there is one."""
    section, _, key = name.partition(".")
    value = f"redis://:{SECRET}@localhost/0" if key == "url" else SECRET
    for loaded in (
        load(write(f'[{section}]\n{key} = "{value}"\n')),
        _by_environment(monkeypatch, name, value),
    ):
        everything = [
            repr(loaded),
            str(loaded),
            repr(loaded.settings),
            str(loaded.settings),
            f"{loaded.settings}",
        ]
        everything += [str(one) for one in loaded.lines()]
        everything.append(str(loaded.settings.model_dump()))
        everything.append(loaded.settings.model_dump_json())
        assert not [text for text in everything if SECRET in text]
        assert line(loaded, name)[0] == "(hidden)"


def _by_environment(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> Loaded:
    monkeypatch.setenv(f"IDBELLEN_{name.replace('.', '__').upper()}", value)
    return load()


def test_a_secret_that_is_not_set_is_seen_to_be_so() -> None:
    """An operator sees the difference between hidden and absent."""
    assert line(load(), "manager.secret")[0] == ""


@pytest.mark.req("O5")
def test_the_managers_secret_may_be_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """As containers and systemd hand it over: the line end is not part of it."""
    Path("manager.secret").write_text(f"{SECRET}\n")
    monkeypatch.setenv("IDBELLEN_MANAGER__SECRET_FILE", "manager.secret")
    loaded = load()
    assert manager_secret(loaded.settings) == SECRET
    assert SECRET not in f"{loaded}{list(loaded.lines())}"


@pytest.mark.req("O5", "S7")
@pytest.mark.parametrize(
    ("held", "told"),
    [
        (None, "manager.secret_file: manager.secret cannot be read (FileNotFoundError)"),
        (b"\xff", "manager.secret_file: manager.secret cannot be read (UnicodeDecodeError)"),
        (b"one\nAction: Originate", "manager.secret_file: manager.secret holds more than one line of text"),
        (b"secret = kanarie", "manager.secret_file: manager.secret holds a line of manager.conf; put only"),
        (b"a\x00b", "manager.secret_file: manager.secret holds more than one line of text"),
        (b"x" * (MAX_SECRET + 1), f"manager.secret: larger than {MAX_SECRET} bytes"),
    ],
)
def test_a_bad_secret_file_is_told_without_its_contents(
    monkeypatch: pytest.MonkeyPatch, held: bytes | None, told: str
) -> None:
    """Absent, binary, more than a line, huge."""
    if held is not None:
        Path("manager.secret").write_bytes(held)
    monkeypatch.setenv("IDBELLEN_MANAGER__SECRET_FILE", "manager.secret")
    settings = load().settings  # the web, which may not read it, is not held up by it
    with pytest.raises(SettingsError) as caught:
        manager_secret(settings)
    assert str(caught.value).startswith(told)
    assert not {"Originate", "kanarie"} & set(re.split(r"\W+", str(caught.value)))


@pytest.mark.req("O5")
def test_sample_secrets_are_refused_unless_it_is_the_demo() -> None:
    """Nobody goes live on a secret from a manual; a demonstration may have any, but not none."""

    def settings(secret: str, *, demo: bool) -> Settings:
        return Settings(manager={"secret": secret}, demo={"enabled": demo})

    for sample in (*SAMPLE_SECRETS, "", "Change-Me"):
        with pytest.raises(SettingsError, match=r"manager\.secret: is empty or a sample"):
            check_secrets(settings(sample, demo=False))
    check_secrets(settings(SECRET, demo=False))
    check_secrets(settings("secret", demo=True))
    with pytest.raises(SettingsError, match=r"manager\.secret"):
        check_secrets(settings("", demo=True))


@pytest.mark.req("O5")
def test_what_is_installed_is_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a command in a later shell, which knows no variable; the file of this folder goes before."""
    installed = tmp_path / "etc.toml"
    installed.write_text('organisation.name = "Gemeente Elders"')
    monkeypatch.setattr(LOADING, "DEFAULT_FILES", (Path("idbellen.toml"), installed))
    assert load().settings.organisation.name == "Gemeente Elders"
    Path("idbellen.toml").write_text('organisation.name = "Gemeente Hier"')
    assert load().settings.organisation.name == "Gemeente Hier"


@pytest.mark.req("O5")
@pytest.mark.parametrize("which", ["here", "installed"])
def test_a_folder_that_may_not_be_entered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    """Ours is passed by: we were not meant. The installed one is told: never silently the defaults."""

    class Barred(type(Path())):  # type: ignore[misc]
        def is_file(self) -> bool:
            raise PermissionError(13, "Permission denied", str(self))

        def open(self, *_: object) -> None:
            raise PermissionError(13, "Permission denied", str(self))

    files = {
        "here": (Barred("idbellen.toml"), tmp_path / "none"),
        "installed": (Path("none"), Barred("x.toml")),
    }
    monkeypatch.setattr(LOADING, "DEFAULT_FILES", files[which])
    if which == "here":
        assert load().file is None
        return
    with pytest.raises(SettingsError, match=r"x\.toml: cannot be read \(PermissionError\)"):
        load()
