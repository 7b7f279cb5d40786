"""web.agent.accounts: who agents are, at once as the file says."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

from ivr.errors import InputError, NotFoundError, SettingsError
from ivr.store.keyspace import Member
from tests.lab.agents import JOOST, PASSWORD, SANNE
from web.agent.accounts import Accounts
from web.agent.passwords import Passwords
from web.agent.person import Role

if TYPE_CHECKING:
    from pathlib import Path

NEW = Member("pbx", "PJSIP/nieuw")
LENA = "lena"


def _again(tmp_path: Path, passwords: Passwords) -> Accounts:
    """The same file, as another process has it."""
    return Accounts(tmp_path / "agents.json", passwords)


@pytest.mark.req("A1")
async def test_name_and_password_give_the_agent(accounts: Accounts) -> None:
    """Tied to one queue member, with the name that citizens see."""
    agent = await accounts.authenticate(SANNE, PASSWORD)
    assert agent is not None
    assert (agent.name, agent.display_name) == (SANNE, "Sanne de Wit")
    assert agent.member == Member("pbx", "PJSIP/sanne")


@pytest.mark.parametrize(
    ("name", "password"), [(SANNE, "another password"), ("nobody", PASSWORD), ("", ""), (SANNE, "")]
)
async def test_any_other_pair_gives_nobody(accounts: Accounts, name: str, password: str) -> None:
    """Whichever of the two is wrong."""
    assert await accounts.authenticate(name, password) is None


def test_everybody_is_listed_by_name(accounts: Accounts) -> None:
    """For ``idbellen agent list``."""
    assert [agent.name for agent in accounts.list()] == [JOOST, SANNE]


def test_a_member_leads_to_its_agent(accounts: Accounts) -> None:
    """For the citizen's page, which knows a member only."""
    agent = accounts.at("pbx:PJSIP/sanne")
    assert agent is not None
    assert agent.display_name == "Sanne de Wit"
    assert accounts.at("pbx:PJSIP/nobody") is None


@pytest.mark.req("A1")
async def test_what_another_process_changes_holds_at_once(
    accounts: Accounts, tmp_path: Path, passwords: Passwords
) -> None:
    """``idbellen agent`` needs no restart of the web."""
    assert accounts.find(SANNE) is not None
    other = _again(tmp_path, passwords)
    other.remove(SANNE)
    assert accounts.find(SANNE) is None
    assert accounts.at("pbx:PJSIP/sanne") is None
    assert await accounts.authenticate(SANNE, PASSWORD) is None
    other.add("nieuw", PASSWORD, "Nieuw", NEW)
    assert await accounts.authenticate("nieuw", PASSWORD) is not None


def test_an_account_that_is_made_again_is_another(accounts: Accounts) -> None:
    """So that log-ins of the one before do not open it."""
    before = accounts.find(SANNE)
    accounts.remove(SANNE)
    after = accounts.add(SANNE, PASSWORD, "Sanne de Wit", Member("pbx", "PJSIP/sanne"))
    assert before is not None
    assert before.account != after.account


@pytest.mark.req("P3")
@pytest.mark.parametrize("interface", ["PJSIP/sanne", "pjsip/Sanne"])
def test_one_member_has_one_account(accounts: Accounts, interface: str) -> None:
    """Else two people would see one call."""
    with pytest.raises(SettingsError, match="two people would see one call"):
        accounts.add("nieuw", PASSWORD, "Nieuw", Member("pbx", interface))
    assert accounts.find("nieuw") is None


def test_the_same_interface_of_another_asterisk_is_another_member(accounts: Accounts) -> None:
    """Each Asterisk has phones of its own."""
    accounts.add("nieuw", PASSWORD, "Nieuw", Member("pbx2", "PJSIP/sanne"))
    assert accounts.find("nieuw") is not None


WRONG = {
    "name": {"name": "Sanne!"},
    "display_name": {"display_name": " "},
    "interface": {"member": Member("pbx", "sanne")},
    "asterisk": {"member": Member("p:x", "PJSIP/nieuw")},
    "12 to": {"password": "short"},
}


@pytest.mark.parametrize("said", WRONG)
@pytest.mark.req("S7")
def test_a_wrong_account_is_refused_with_what_is_wrong(accounts: Accounts, said: str) -> None:
    """And nothing is changed."""
    usual = {"name": "nieuw", "password": PASSWORD, "display_name": "Nieuw", "member": NEW}
    with pytest.raises(InputError, match=said):
        accounts.add(**(usual | WRONG[said]))
    assert len(accounts.list()) == 2


def test_a_name_is_taken_once(accounts: Accounts) -> None:
    """The account that is there stays as it is."""
    with pytest.raises(InputError, match="there already"):
        accounts.add(SANNE, PASSWORD, "Nieuw", NEW)


@pytest.mark.req("A1")
def test_a_leader_needs_no_phone(accounts: Accounts) -> None:
    """And is none of those who answer calls, nor found at any phone."""
    leader = accounts.add(LENA, PASSWORD, "Lena", None, roles=(Role.LEADER,))
    assert accounts.find(LENA) == leader
    assert LENA in {person.name for person in accounts.list()}
    assert LENA not in {agent.name for agent in accounts.agents()}
    assert accounts.at("") is None


async def test_who_has_no_password_is_not_let_in_by_one(accounts: Accounts) -> None:
    """Not by an empty one, nor by one of before."""
    accounts.change(SANNE, subject="00u1")
    assert await accounts.authenticate(SANNE, PASSWORD) is not None
    accounts.change(SANNE, password=None)
    for password in (PASSWORD, "", "None"):
        assert await accounts.authenticate(SANNE, password) is None


ENDING = {
    "a password": {"password": "another long password"},
    "roles": {"roles": (Role.AGENT, Role.LEADER)},
    "a phone": {"member": NEW},
    "a subject": {"subject": "00u1"},
    "no phone": {"member": None, "roles": (Role.OPERATOR,)},
}
STAYING = {
    "a display name": {"display_name": "Sanne"},
    "queues": {"queues": ("kcc",)},
    "a softphone": {"softphone": True},
    "nothing new": {"roles": (Role.AGENT,), "member": Member("pbx", "PJSIP/sanne")},
}


@pytest.mark.req("S4")
@pytest.mark.parametrize("what", ENDING)
def test_who_may_come_in_otherwise_logs_in_anew(accounts: Accounts, what: str) -> None:
    """The account is another one to log-ins of before; all else of it stays."""
    before = accounts.find(SANNE)
    after = accounts.change(SANNE, **ENDING[what])
    assert after == accounts.find(SANNE)
    assert before is not None
    assert after.account != before.account
    assert after.display_name == before.display_name


@pytest.mark.parametrize("what", STAYING)
def test_any_other_change_logs_nobody_out(accounts: Accounts, what: str) -> None:
    """The account stays the same."""
    before = accounts.find(SANNE)
    assert before is not None
    assert accounts.change(SANNE, **STAYING[what]).account == before.account


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"member": None}, "a member is missing"),
        ({"roles": ()}, "roles"),
        ({"password": None}, "nobody could log in"),
        ({"password": "short"}, "12 to"),
        ({"queues": ("k c c",)}, "queues"),
    ],
)
def test_a_wrong_change_changes_nothing(
    accounts: Accounts, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    """The file is as it was."""
    before = (tmp_path / "agents.json").read_text()
    with pytest.raises(InputError, match=said):
        accounts.change(SANNE, **changes)
    assert (tmp_path / "agents.json").read_text() == before


@pytest.mark.req("P3")
def test_nobody_gets_another_ones_phone_by_a_change(accounts: Accounts) -> None:
    """As when an account is made."""
    with pytest.raises(SettingsError, match="two people would see one call"):
        accounts.change(SANNE, member=Member("pbx", "PJSIP/joost"))


def test_who_is_not_there_cannot_be_changed(accounts: Accounts) -> None:
    """And is not made by it."""
    with pytest.raises(NotFoundError):
        accounts.change("nobody", display_name="Nobody")


def test_who_is_not_there_cannot_be_removed(accounts: Accounts) -> None:
    """And nobody else is."""
    with pytest.raises(NotFoundError):
        accounts.remove("nobody")
    assert len(accounts.list()) == 2


async def test_a_login_renews_an_old_hash(accounts: Accounts, tmp_path: Path) -> None:
    """Once; the account stays the same."""
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    path = tmp_path / "agents.json"
    assert path.read_text().count("t=2") == 0
    agent = await Accounts(path, stronger).authenticate(SANNE, PASSWORD)
    assert agent == accounts.find(SANNE)
    assert path.read_text().count("t=2") == 1
    assert await accounts.authenticate(SANNE, PASSWORD) is not None


async def test_a_hash_that_cannot_be_kept_hinders_nobody(
    accounts: Accounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file on a read-only disk, for example."""
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    web = Accounts(tmp_path / "agents.json", stronger)

    def read_only(_agents: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(web._file, "write", read_only)
    assert await web.authenticate(SANNE, PASSWORD) is not None


async def test_who_is_removed_meanwhile_does_not_come_in(accounts: Accounts, tmp_path: Path) -> None:
    """Hashing takes time; the account is looked up again after it."""
    started, go = threading.Event(), threading.Event()

    class Slow(PasswordHasher):
        def verify(self, kept: str, password: str) -> bool:
            started.set()
            assert go.wait(10)
            return super().verify(kept, password)

    web = Accounts(tmp_path / "agents.json", Passwords(Slow(time_cost=1, memory_cost=8, parallelism=1)))
    async with asyncio.TaskGroup() as group:
        login = group.create_task(web.authenticate(SANNE, PASSWORD))
        assert await asyncio.to_thread(started.wait, 10)
        accounts.remove(SANNE)
        go.set()
    assert login.result() is None


def test_a_broken_file_takes_no_name_from_the_citizens_page(accounts: Accounts, tmp_path: Path) -> None:
    """That page goes on without one; everything else says what is wrong."""
    (tmp_path / "agents.json").write_text("{")
    assert accounts.at("pbx:PJSIP/sanne") is None
    with pytest.raises(SettingsError):
        accounts.find(SANNE)
