"""What settings mean together, and to the domain."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from ivr.session.attributes import Level
from ivr.settings import Settings
from ivr.settings.sections import RedisSettings, WebSettings


def test_files_are_in_the_data_folder_unless_they_are_named() -> None:
    """Each can be put elsewhere, apart from the others."""
    usual = Settings(data_dir="/srv/idb")
    assert [usual.seal_file, usual.code_file, usual.agents_file] == [
        Path("/srv/idb/seal.keys"),
        Path("/srv/idb/code.keys"),
        Path("/srv/idb/agents.json"),
    ]
    named = Settings(keys={"seal_file": "/a", "code_file": "/b"}, agents={"file": "/c"})
    assert [named.seal_file, named.code_file, named.agents_file] == [Path("/a"), Path("/b"), Path("/c")]


@pytest.mark.req("O1")
def test_without_an_address_the_store_is_our_own() -> None:
    """A socket in the data folder, by its whole path; else what was set."""
    assert Settings(data_dir="var").store_url == f"unix://{Path('var/valkey.sock').absolute()}"
    assert Settings(redis={"url": "rediss://u:p@h:1/2"}).store_url == "rediss://u:p@h:1/2"


@pytest.mark.req("S3")
def test_the_codes_length_follows_from_how_many_are_live() -> None:
    """Ten times as many codes, or guesses: one digit more."""
    usual = Settings()
    assert usual.code_length == 11
    assert Settings(codes={"live": 10 * usual.codes.live}).code_length == 12
    assert Settings(codes={"budget": 10 * usual.codes.budget}).code_length == 12


def test_purposes_become_the_domains_purposes() -> None:
    """In order, with their attributes' labels, their least level and their methods."""
    settings = Settings(
        attributes=[{"name": "bsn", "label": {"nl": "BSN", "en": "CSN"}}],
        purposes=[
            {
                "name": "p",
                "queue": "q",
                "title": {"nl": "t"},
                "why": {"nl": "w"},
                "attributes": ["bsn"],
                "level": "high",
                "methods": ["digid"],
            }
        ],
    )
    (purpose,) = settings.to_purposes()
    assert (purpose.name, purpose.queue, purpose.minimum) == ("p", "q", Level.HIGH)
    assert (purpose.title, purpose.why, purpose.methods) == ({"nl": "t"}, {"nl": "w"}, ("digid",))
    assert [(one.name, one.label["en"]) for one in purpose.attributes] == [("bsn", "CSN")]


def test_the_purposes_that_we_come_with_are_whole() -> None:
    """In both languages, with attributes that have labels."""
    for purpose in Settings().to_purposes():
        assert {"nl", "en"} <= purpose.title.keys() & purpose.why.keys()
        assert all({"nl", "en"} <= one.label.keys() for one in purpose.attributes)


@pytest.mark.parametrize(
    "url", ["https://bellen.example.nl", "https://x:8443/", "http://localhost:8080", "http://[::1]:80"]
)
def test_addresses_of_pages_are_taken(url: str) -> None:
    """Without the last slash: that is how browsers write an origin."""
    assert WebSettings(url=url).url == url.rstrip("/")


@pytest.mark.req("S5", "O5")
@pytest.mark.parametrize(
    "url",
    [
        "",
        "bellen.nl",
        "https://",
        "https://x/path",
        "https://x?q",
        "https://x#f",
        "https://u:p@x",
        "http://x",
        "https://x:y",
    ],
)
def test_other_addresses_of_pages_are_refused(url: str) -> None:
    """A path, a query, a name and password, or an unsafe connection to elsewhere."""
    with pytest.raises(ValidationError):
        WebSettings(url=url)


@pytest.mark.parametrize(
    "url", ["", "redis://h", "redis://:p@h:1/0", "rediss://h/0?ssl_cert_reqs=none", "unix:///run/v.sock?db=1"]
)
def test_addresses_of_stores_are_taken(url: str) -> None:
    """As redis-py takes them."""
    assert RedisSettings(url=url).url.get_secret_value() == url


@pytest.mark.req("O5")
@pytest.mark.parametrize(
    "url",
    [
        "localhost",
        "localhost:6379",
        "http://h",
        "redis://",
        "redis:///0",
        "redis://h:x",
        "unix://",
        "unix://run/v.sock",
    ],
)
def test_other_addresses_of_stores_are_refused(url: str) -> None:
    """Before anything connects."""
    with pytest.raises(ValidationError):
        RedisSettings(url=url)


def test_settings_do_not_change_after_start() -> None:
    """Neither a section nor the whole."""
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.log_level = "debug"
    with pytest.raises(ValidationError):
        settings.agi.port = 1
