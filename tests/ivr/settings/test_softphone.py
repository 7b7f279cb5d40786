"""ivr.settings.softphone: where the telephones in pages reach Asterisk; each fault is said at the start."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from ivr.settings import Settings
from ivr.settings.softphone import SoftphoneSettings

pytestmark = pytest.mark.req("O5", "A7")
SECRET = Path("/etc/idbellen/softphone.secret")


def test_there_is_none_until_it_has_an_address() -> None:
    """And then nothing else is needed."""
    assert not Settings().softphone.url


@pytest.mark.parametrize(
    "url", ["wss://bellen.voorbeeld.nl/phone", "wss://pbx.voorbeeld.nl:8089/ws", "ws://127.0.0.1:8088/ws"]
)
def test_what_is_safe_is_taken(url: str) -> None:
    """Encrypted, or on this machine."""
    assert SoftphoneSettings(url=url, secret_file=SECRET, stun=["stun:stun.voorbeeld.nl:3478"]).url == url


@pytest.mark.parametrize(
    "fault",
    [
        {"url": "ws://pbx.voorbeeld.nl/ws"},
        {"url": "https://pbx.voorbeeld.nl/ws"},
        {"url": "wss://"},
        {"url": "wss://anna:geheim@pbx.voorbeeld.nl/ws"},
        {"url": "wss://pbx.voorbeeld.nl/ws#x"},
        {"url": "wss://pbx.voorbeeld.nl/ws;script-src *"},
        {"url": "wss://pbx.voorbeeld.nl/a b"},
        {"stun": ["https://stun.voorbeeld.nl"]},
        {"stun": ["stun:"]},
        {"stun": ["stun:a.nl"] * 5},
        {"realm": "two words"},
        {"echo": "*&%"},
        {"back": ""},
        {"places": {"Balie": "601; drop"}},
        {"places": {"": "601"}},
        {"secret_file": None},
    ],
)
def test_what_is_not_is_refused(fault: dict[str, object]) -> None:
    """And says so without repeating it."""
    usual = {"url": "wss://bellen.voorbeeld.nl/phone", "secret_file": SECRET}
    with pytest.raises(ValidationError):
        SoftphoneSettings(**{**usual, **fault})
