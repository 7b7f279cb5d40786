"""What tests of the pages share."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from tests.lab.browser import chromium
from web import i18n

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

SAMPLES = Path(__file__).resolve().parent.parent / "lab" / "templates"


MOMENT = 1_700_000_000.0
"""Some moment, well inside a minute and an hour."""


@pytest.fixture(autouse=True)
def _limits_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit's window turns at each whole minute by the clock: in no test."""
    monkeypatch.setattr("limits.aio.storage.memory.time", SimpleNamespace(time=lambda: MOMENT))


@pytest.fixture
def sample_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the templates of tests/lab/templates be found beside our own."""
    monkeypatch.setattr(i18n, "TEMPLATES", [i18n.TEMPLATES, SAMPLES])


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium."""
    async with chromium() as started:
        yield started
