"""What several tests of the command need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

from ivr.store.keyspace import Member
from web.agent.accounts import Accounts
from web.agent.passwords import Passwords

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def add_account(tmp_path: Path) -> Callable[..., None]:
    """Adds an account to ``agents.json``, cheaper than a real one: ``add_account("tom", "PJSIP/tom")``."""

    def add(name: str, interface: str, asterisk: str = "pbx") -> None:
        passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        accounts = Accounts(tmp_path / "agents.json", passwords)
        accounts.add(name, "correct horse battery", name.title(), Member(asterisk, interface))
        accounts.close()

    return add
