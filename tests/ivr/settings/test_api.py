"""ivr.settings.api: who may call, and where browsers may go; each fault is said at the start."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from ivr.settings import Settings
from ivr.settings.api import ApiSettings

BACK = "https://www.voorbeeld.nl/inloggen?from=bellen"


def test_it_is_off_until_it_is_switched_on() -> None:
    """And then nobody is named who may come."""
    assert Settings().api == ApiSettings(enabled=False, origins=[], return_urls=[])


@pytest.mark.req("O5")
def test_what_is_safe_is_taken_as_it_stands() -> None:
    """https, and http on this machine for who tries it out."""
    origins = ["https://www.voorbeeld.nl", "https://app.voorbeeld.nl:8443", "http://localhost:3000"]
    settings = ApiSettings(enabled=True, origins=origins, return_urls=[BACK, "http://127.0.0.1:3000/back"])
    assert settings.origins == origins
    assert settings.return_urls[0] == BACK


@pytest.mark.req("O5", "S7")
@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "www.voorbeeld.nl",
        "https://www.voorbeeld.nl/",
        "https://www.voorbeeld.nl/path",
        "https://WWW.voorbeeld.nl",
        "http://www.voorbeeld.nl",
        "https://*.voorbeeld.nl/",
        "https://a@www.voorbeeld.nl",
        "https://www.voorbeeld.nl:port",
        "ftp://www.voorbeeld.nl",
    ],
)
def test_an_origin_is_one_site_as_a_browser_writes_it(origin: str) -> None:
    """No pattern, no path, nothing unencrypted."""
    with pytest.raises(ValidationError, match=r"must be|is not an address"):
        ApiSettings(origins=[origin])


@pytest.mark.req("O5", "S7")
@pytest.mark.parametrize(
    "url",
    [
        "/inloggen",
        "//evil.example/inloggen",
        "http://www.voorbeeld.nl/inloggen",
        "https://user:secret@www.voorbeeld.nl/inloggen",
        "https://www.voorbeeld.nl/inloggen#here",
        "javascript:alert(1)",
        "https://www.voorbeeld.nl/in loggen",
        "https://www.voorbeeld.nl/\r\nSet-Cookie: a=b",
    ],
)
def test_an_address_to_go_back_to_is_whole_and_safe(url: str) -> None:
    """It ends up in a redirect."""
    with pytest.raises(ValidationError, match=r"must be|should match"):
        ApiSettings(return_urls=[url])


@pytest.mark.req("O5")
def test_switched_on_it_must_know_where_browsers_go_back_to() -> None:
    """Otherwise nobody could log in through it."""
    with pytest.raises(ValidationError, match="must name an address"):
        ApiSettings(enabled=True)
