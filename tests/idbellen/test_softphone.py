"""idbellen.softphone: telephones in pages wired from the settings, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from idbellen.softphone import MIN_SECRET, phone_options
from ivr.errors import SettingsError
from ivr.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.req("A7", "O5")


def settings(secret_file: Path | None, **more: Any) -> Settings:
    """Settings with telephones in pages."""
    softphone = {"url": "wss://bellen.example.nl/phone", "secret_file": secret_file, **more}
    return Settings.model_validate({"softphone": softphone})


def test_there_are_none_without_an_address() -> None:
    """And no secret is looked for."""
    assert phone_options(Settings()) is None


def test_all_that_is_set_is_told(tmp_path: Path) -> None:
    """The secret from its file, without the end of its line; it does not show itself."""
    file = tmp_path / "softphone.secret"
    file.write_text("s" * MIN_SECRET + "\n")
    places = {"Balie": "601"}
    options = phone_options(settings(file, realm="voorbeeld", stun=["stun:stun.example.nl"], places=places))
    assert options is not None
    assert (options.url, options.realm) == ("wss://bellen.example.nl/phone", "voorbeeld")
    assert (options.stun, options.places) == (("stun:stun.example.nl",), places)
    assert options.secret.reveal() == "s" * MIN_SECRET
    assert "sss" not in repr(options)


@pytest.mark.parametrize(
    "text", [None, "", "short", "s" * (MIN_SECRET - 1), "two\nlines of text, and long enough"]
)
def test_a_secret_that_is_none_is_refused(tmp_path: Path, text: str | None) -> None:
    """The setting is named; what stands in the file is not said."""
    file = tmp_path / "softphone.secret"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SettingsError, match=r"softphone\.secret_file") as raised:
        phone_options(settings(file))
    assert "lines of text, and" not in str(raised.value)
