"""Facts about the doctor and telephones in pages; on a real Asterisk: tests/e2e/test_softphone_doctor.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from idbellen.doctor_phone import examine
from idbellen.verdict import Verdict
from ivr.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from idbellen.verdict import Result

pytestmark = pytest.mark.req("O2", "A7")
SECRET = "a secret of the lab, long enough"


async def found(tmp_path: Path, **softphone: Any) -> list[Result]:
    """What is said of these settings. No Asterisk is there."""
    given = {"data_dir": tmp_path, "softphone": softphone, "manager": {"port": 9}}
    return [result async for result in examine(Settings.model_validate(given))]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file with a secret."""
    file = tmp_path / "softphone.secret"
    file.write_text(SECRET)
    return file


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """A file with too little in it."""
    file = tmp_path / "short.secret"
    file.write_text("short")
    return file


async def test_without_telephones_nothing_is_said(tmp_path: Path, add_account: Callable[..., None]) -> None:
    """Desk phones are looked at elsewhere."""
    add_account("tom", "PJSIP/tom")
    assert await found(tmp_path) == []


async def test_a_telephone_without_an_address_and_an_address_without_telephones(
    tmp_path: Path, add_account: Callable[..., None], secret: Path, short: Path
) -> None:
    """Each is told with what to do."""
    (told,) = await found(tmp_path, url="ws://127.0.0.1:9/ws", secret_file=secret)
    assert (told.verdict, "--softphone" in told.mend) == (Verdict.WARNING, True)
    add_account("anna", "PJSIP/anna", softphone=True)
    (told,) = await found(tmp_path)
    assert (told.verdict, told.mend) == (Verdict.WRONG, "set softphone.url")
    (told,) = await found(tmp_path, url="ws://127.0.0.1:9/ws", secret_file=short)
    assert told.verdict is Verdict.WRONG
    assert "softphone.secret_file" in told.found


async def test_an_asterisk_that_is_away_is_told_twice(
    tmp_path: Path, add_account: Callable[..., None], secret: Path
) -> None:
    """Of its manager and of its websocket."""
    add_account("anna", "PJSIP/anna", softphone=True)
    told = await found(tmp_path, url="ws://127.0.0.1:9/ws", secret_file=secret)
    assert [one.verdict for one in told] == [Verdict.WRONG, Verdict.WRONG]
    assert "cannot be reached" in told[1].found
