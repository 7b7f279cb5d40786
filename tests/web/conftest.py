"""What tests of the pages share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.lab.browser import chromium
from web import i18n

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

SAMPLES = Path(__file__).resolve().parent.parent / "lab" / "templates"


@pytest.fixture
def sample_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the templates of tests/lab/templates be found beside our own."""
    monkeypatch.setattr(i18n, "TEMPLATES", [i18n.TEMPLATES, SAMPLES])


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium."""
    async with chromium() as started:
        yield started
