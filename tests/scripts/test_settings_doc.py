"""docs/settings.md says what the schema says."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.lab.asterisk_home import CHECKOUT


@pytest.mark.req("O5")
def test_the_page_of_settings_is_up_to_date() -> None:
    """Every setting has a row, with today's bounds, default and meaning."""
    made = subprocess.run(
        [sys.executable, CHECKOUT / "scripts/settings-doc", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
