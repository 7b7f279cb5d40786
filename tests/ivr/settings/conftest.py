"""A place without settings of anybody's."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to be in, and no variable of ours."""
    monkeypatch.chdir(tmp_path)
    files = (Path("idbellen.toml"), tmp_path / "none")
    monkeypatch.setattr(sys.modules["ivr.settings.load"], "DEFAULT_FILES", files)
    for name in os.environ:
        if name.upper().startswith("IDBELLEN_"):
            monkeypatch.delenv(name)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Write a settings file and tell where it is."""

    def write(text: str) -> Path:
        file = tmp_path / "test.toml"
        file.write_text(text)
        return file

    return write
