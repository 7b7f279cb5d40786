"""``idbellen agent``: accounts are made, changed, listed and removed; each fault is one clear line."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from idbellen.storage import open_store
from ivr.session.attributes import Secret
from ivr.settings import load
from ivr.store.logins import Logins
from ivr.store.sealing import KeySet, Macs, Sealer
from tests.lab import squares
from tests.lab.command import lines
from web.agent import second
from web.agent.accounts import Accounts
from web.agent.vouched import stranger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from ivr.settings import Settings
    from tests.lab.valkey import Valkey

PASSWORD = "correct horse battery staple"
SANNE = ("sanne", "--member", "PJSIP/sanne", "--display-name", "Sanne de W.")
LENA = ("lena", "--display-name", "Lena", "--role", "leader")


@pytest.fixture
def add(run: Callable[..., Result]) -> Callable[..., Result]:
    """Adds an account with a password from a pipe."""
    return lambda *argv: run("agent", "add", *argv, "--password-stdin", stdin=f"{PASSWORD}\n")


@pytest.mark.req("A1")
def test_an_account_is_made_listed_and_removed(
    add: Callable[..., Result], run: Callable[..., Result]
) -> None:
    """Somebody who answers calls, unless told otherwise."""
    assert add(*SANNE).output == "sanne can log in at http://localhost:8080/agent\n"
    assert run("agent", "list").output == "sanne\tagent\tpbx:PJSIP/sanne\tSanne de W.\n"
    assert run("agent", "remove", "sanne").output == "sanne is removed\n"
    assert run("agent", "list").output == ""


@pytest.mark.req("A1")
def test_all_of_it_is_listed(add: Callable[..., Result], run: Callable[..., Result]) -> None:
    """But no secret."""
    add(*SANNE, "--role", "agent", "--role", "leader", "--queue", "kcc", "--queue", "balie", "--softphone")
    run("agent", "add", *LENA, "--subject", "00u1", "--no-password")
    assert run("agent", "list").output.splitlines() == [
        "lena\tleader\t-\tLena\tsubject 00u1; no password",
        "sanne\tagent,leader\tpbx:PJSIP/sanne\tSanne de W.\tqueues kcc, balie; softphone",
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
async def test_the_password_is_what_was_before_the_end_of_the_line(
    run: Callable[..., Result], config: Path, end: str
) -> None:
    """It comes from a pipe, whoever wrote it, and is on no command line."""
    await asyncio.to_thread(run, "agent", "add", *SANNE, "--password-stdin", stdin=PASSWORD + end)
    accounts = Accounts(config.parent / "data/agents.json")
    assert await accounts.authenticate("sanne", PASSWORD) is not None
    accounts.close()


@pytest.mark.req("S1")
def test_it_asks_for_the_password_twice_and_shows_none(run: Callable[..., Result]) -> None:
    """At a terminal."""
    asked = run("agent", "add", *SANNE, stdin=f"{PASSWORD}\nanother one that long\n{PASSWORD}\n{PASSWORD}\n")
    assert asked.exit_code == 0
    assert PASSWORD not in asked.output
    assert "do not match" in asked.output


def test_another_asterisk_may_be_named(add: Callable[..., Result], run: Callable[..., Result]) -> None:
    """A store can serve more than one."""
    add(*SANNE, "--asterisk", "east")
    assert run("agent", "list").output == "sanne\tagent\teast:PJSIP/sanne\tSanne de W.\n"


async def test_a_password_is_changed_and_taken_away(
    add: Callable[..., Result], run: Callable[..., Result], config: Path
) -> None:
    """The one of before is worth nothing then."""
    await asyncio.to_thread(add, *SANNE, "--subject", "00u1")
    other = "another one that long"
    said = await asyncio.to_thread(run, "agent", "password", "sanne", "--password-stdin", stdin=other)
    assert said.output == "sanne has another password\n"
    accounts = Accounts(config.parent / "data/agents.json")
    assert await accounts.authenticate("sanne", PASSWORD) is None
    assert await accounts.authenticate("sanne", other) is not None
    said = await asyncio.to_thread(run, "agent", "password", "sanne", "--none")
    assert said.output == "sanne has no password any more\n"
    assert await accounts.authenticate("sanne", other) is None
    accounts.close()


CHANGES = {
    ("--display-name", "Sanne"): "agent\tpbx:PJSIP/sanne\tSanne\tqueues kcc",
    ("--member", "PJSIP/8"): "agent\tpbx:PJSIP/8\tSanne de W.\tqueues kcc",
    ("--role", "operator", "--role", "agent"): "operator,agent\tpbx:PJSIP/sanne\tSanne de W.\tqueues kcc",
    ("--queue", "balie"): "agent\tpbx:PJSIP/sanne\tSanne de W.\tqueues balie",
    ("--no-queues", "--softphone"): "agent\tpbx:PJSIP/sanne\tSanne de W.\tsoftphone",
    ("--role", "leader", "--no-member"): "leader\t-\tSanne de W.",
}


@pytest.mark.parametrize("options", CHANGES)
def test_what_is_named_is_changed_and_the_rest_stays(
    add: Callable[..., Result], run: Callable[..., Result], options: tuple[str, ...]
) -> None:
    """One thing, or several at once."""
    add(*SANNE, "--queue", "kcc")
    assert run("agent", "change", "sanne", *options).output == "sanne is changed\n"
    assert run("agent", "list").output == f"sanne\t{CHANGES[options]}\n"


def test_a_subject_comes_and_goes(add: Callable[..., Result], run: Callable[..., Result]) -> None:
    """Somebody who left the organisation's directory, say."""
    add(*SANNE)
    run("agent", "change", "sanne", "--subject", "00u1")
    assert "subject 00u1" in run("agent", "list").output
    run("agent", "change", "sanne", "--no-subject", "--no-softphone")
    assert "subject" not in run("agent", "list").output


@pytest.mark.req("O5")
@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("Sanne", *SANNE[1:]), "small letters, digits"),
        (("tom", "--member", "sanne", "--display-name", "x"), "for example PJSIP/anna"),
        (("tom", "--display-name", "x"), "account tom: who answers calls has a phone; a member is missing"),
        (
            (*LENA, "--member", "PJSIP/lena"),
            "account lena: a member, queues or a softphone are for",
        ),
        ((*LENA, "--softphone"), "add it, or leave them out"),
        ((*SANNE, "--queue", "k c c"), "queues"),
        ((*SANNE, "--no-password"), "--no-password or --password-stdin, not both"),
    ],
)
def test_each_fault_is_one_line(
    add: Callable[..., Result], run: Callable[..., Result], argv: tuple[str, ...], words: str
) -> None:
    """And leaves no account behind."""
    (line,) = lines(add(*argv))
    assert words in line
    assert run("agent", "list").output == ""


@pytest.mark.req("O5")
@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("remove", "tom"), "there is no account tom"),
        (("change", "tom", "--softphone"), "there is no account tom"),
        (("change", "sanne"), "nothing is to be changed"),
        (("change", "sanne", "--no-member"), "a member is missing"),
        (("password", "sanne", "--none"), "nobody could log in with it"),
    ],
)
def test_a_wrong_change_is_one_line(
    add: Callable[..., Result], run: Callable[..., Result], argv: tuple[str, ...], words: str
) -> None:
    """And changes nothing."""
    add(*SANNE)
    (line,) = lines(run("agent", *argv))
    assert words in line
    assert run("agent", "list").output == "sanne\tagent\tpbx:PJSIP/sanne\tSanne de W.\n"


def test_a_short_password_is_one_line(run: Callable[..., Result]) -> None:
    """It says how long it must be."""
    (line,) = lines(run("agent", "add", *SANNE, "--password-stdin", stdin="short"))
    assert "a password has 12 to" in line


def test_somebody_without_any_way_in_is_refused(run: Callable[..., Result]) -> None:
    """It says which are missing."""
    (line,) = lines(run("agent", "add", *SANNE, "--no-password"))
    assert "there is neither a password nor a subject" in line


def test_a_role_that_is_none_is_told_apart(run: Callable[..., Result]) -> None:
    """With those that there are."""
    result = run("agent", "add", *LENA[:-1], "boss")
    assert result.exit_code == 2
    assert "'agent', 'leader', 'operator'" in result.stderr


def test_two_of_one_name_or_one_phone_are_refused(add: Callable[..., Result]) -> None:
    """Two people would see one call."""
    add(*SANNE)
    (again,) = lines(add(*SANNE))
    assert "sanne is there already" in again
    (shared,) = lines(add("tom", *SANNE[1:]))
    assert "two people would see one call" in shared


def test_a_folder_that_cannot_be_made_is_told(add: Callable[..., Result], config: Path) -> None:
    """By its own setting's name."""
    (config.parent / "no").touch()
    config.write_text(f'agents.file = "{config.parent}/no/agents.json"\n')
    (line,) = lines(add(*SANNE))
    assert line.startswith("agents.file: folder ")


async def test_a_second_factor_is_made_shown_and_taken_away(
    add: Callable[..., Result], run: Callable[..., Result], config: Path
) -> None:
    """The address in the square is that below it, and its codes are those that the account takes."""
    await asyncio.to_thread(add, *SANNE)
    run("keys")
    shown = run("agent", "totp", "sanne")
    (address,) = (line for line in shown.output.splitlines() if line.startswith("otpauth://"))
    assert squares.read_text(shown.output) == address
    (secret,) = parse_qs(urlsplit(address).query)["secret"]
    record = Accounts(config.parent / "data/agents.json").record("sanne")
    assert record is not None
    sealer = Sealer(KeySet.read(config.parent / "data/seal.keys"))
    assert second.seal_of(sealer, record) is second.Seal.NEWEST
    assert second._opened(sealer, record) == Secret(secret)
    assert secret not in (config.parent / "data/agents.json").read_text()
    assert run("agent", "list").output.endswith("\tsecond factor\n")
    assert run("agent", "totp", "sanne", "--off").output == "sanne needs no code any more\n"
    assert "second" not in run("agent", "list").output


def test_who_has_no_password_has_no_second_factor(
    add: Callable[..., Result], run: Callable[..., Result]
) -> None:
    """Nor keeps one when the password goes."""
    run("keys")
    run("agent", "add", *LENA, "--subject", "00u1", "--no-password")
    (line,) = lines(run("agent", "totp", "lena"))
    assert "a second factor goes with a password" in line
    add(*SANNE, "--subject", "00u2")
    assert run("agent", "totp", "sanne").exit_code == 0
    assert run("agent", "password", "sanne", "--none").exit_code == 0
    assert "no password\n" in run("agent", "list").output


def test_a_second_factor_needs_keys(add: Callable[..., Result], run: Callable[..., Result]) -> None:
    """And says how to make them; the account stays as it is."""
    add(*SANNE)
    (line,) = lines(run("agent", "totp", "sanne"))
    assert line.endswith("make it with: idbellen keys")
    assert "second" not in run("agent", "list").output


def _with_store(config: Path, url: str) -> Settings:
    config.write_text(f'{config.read_text()}redis.url = "{url}"\n')
    return load(config).settings


@pytest.mark.req("S4")
async def test_all_log_ins_are_ended(
    add: Callable[..., Result], run: Callable[..., Result], config: Path, valkey: Valkey
) -> None:
    """Of an account, or of somebody who has none, by what the organisation calls them."""
    settings = _with_store(config, valkey.url)
    await asyncio.to_thread(add, *SANNE)
    await asyncio.to_thread(run, "keys")
    store = open_store(settings)
    logins = Logins(store, Macs(KeySet.read(settings.code_file), "login"), idle=3600)
    sanne = Accounts(settings.agents_file).find("sanne")
    assert sanne is not None
    first = await logins.enter("sanne", sanne.account, None)
    second_ = await logins.enter("00u9", stranger("00u9"), None)
    said = await asyncio.to_thread(run, "agent", "logout", "sanne")
    assert said.output == "sanne is logged out everywhere\n"
    assert await logins.seen(first) is None
    assert await logins.seen(second_) is not None
    await asyncio.to_thread(run, "agent", "logout", "--subject", "00u9")
    assert await logins.seen(second_) is None
    await store.close()


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("tom",), "there is no account tom"),
        ((), "give a NAME"),
        (("sanne", "--subject", "x"), "give a NAME"),
    ],
)
def test_whose_log_ins_are_ended_must_be_clear(
    add: Callable[..., Result], run: Callable[..., Result], argv: tuple[str, ...], words: str
) -> None:
    """And nobody's are, else."""
    add(*SANNE)
    (line,) = lines(run("agent", "logout", *argv))
    assert words in line
