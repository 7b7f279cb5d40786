"""Facts about the doctor and who works here: whoever cannot come in is named, with what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from idbellen import doctor_agents
from idbellen.verdict import Result, Verdict
from ivr.settings import Settings
from ivr.store.keyspace import Member
from ivr.store.sealing import KeySet, Sealer
from tests.lab.rooms import rotated
from web.agent import second
from web.agent.accounts import Accounts
from web.agent.passwords import Passwords

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.req("O2", "O5")

PARTY = {"issuer": "https://login.example.nl", "client_secret": "x"}


@pytest.fixture
def accounts(tmp_path: Path, add_account: Callable[..., None]) -> Accounts:
    """Sanne, who has a password."""
    add_account("sanne", "PJSIP/sanne")
    (tmp_path / "seal.keys").write_text(KeySet.draw().to_text())
    return Accounts(tmp_path / "agents.json", Passwords())


def found(tmp_path: Path, **agents: Any) -> list[Result]:
    """What it says."""
    return list(doctor_agents.examine(Settings(data_dir=tmp_path, agents=agents)))


def told(results: list[Result]) -> list[tuple[Verdict, str]]:
    """What is not fine."""
    return [(each.verdict, each.found) for each in results if each.verdict is not Verdict.FINE]


def test_who_can_log_in_is_counted(accounts: Accounts, tmp_path: Path) -> None:
    """And nothing else is said."""
    (result,) = found(tmp_path)
    assert (result.verdict, result.found) == (Verdict.FINE, "1 can log in")


def test_who_has_no_way_in_is_named(accounts: Accounts, tmp_path: Path) -> None:
    """No password, and no log-in of the organisation; or the other way round."""
    tom = Member("pbx", "PJSIP/tom")
    accounts.add("tom", None, "Tom", tom, subject="00u1")
    expected = "tom: no password, and no other way to log in is set up"
    assert told(found(tmp_path)) == [(Verdict.WRONG, expected)]
    assert told(found(tmp_path, oidc=PARTY)) == []
    only = told(found(tmp_path, oidc=PARTY | {"only": True}))
    assert only == [(Verdict.WARNING, "sanne: no subject, though agents.oidc.only takes passwords away")]


def test_who_has_no_second_factor_is_named_where_it_is_demanded(accounts: Accounts, tmp_path: Path) -> None:
    """They cannot come in by their password."""
    assert told(found(tmp_path, totp="optional")) == []
    expected = "sanne: no second factor, which agents.totp demands"
    assert told(found(tmp_path, totp="required")) == [(Verdict.WARNING, expected)]


def test_second_factors_under_old_and_lost_keys_are_named(accounts: Accounts, tmp_path: Path) -> None:
    """Before the old key is taken out, and when it was too early."""
    keys = KeySet.read(tmp_path / "seal.keys")
    accounts.change("sanne", totp=second.seal(Sealer(keys), "sanne", second.draw()))
    assert told(found(tmp_path)) == []
    (tmp_path / "seal.keys").write_text(rotated(keys, tmp_path).to_text())
    ((verdict, old),) = told(found(tmp_path))
    assert (verdict, old) == (Verdict.WARNING, "sanne: the second factor is sealed with an older key")
    (tmp_path / "seal.keys").write_text(KeySet.draw().to_text())
    ((verdict, lost),) = told(found(tmp_path))
    assert verdict is Verdict.WRONG
    assert lost.startswith("sanne: the second factor does not open with ")


def test_missing_keys_are_for_another_part_to_tell(accounts: Accounts, tmp_path: Path) -> None:
    """Once."""
    (tmp_path / "seal.keys").unlink()
    assert told(found(tmp_path)) == []
