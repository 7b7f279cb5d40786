"""web.options: what is refused at start, and what never shows."""

from __future__ import annotations

import pytest
from yarl import URL

from ivr.errors import SettingsError
from tests.lab.front import SECRET, options


@pytest.mark.req("O5")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"secret": b"short"}, "web.secret"),
        ({"default_language": "fr"}, "web.default_language"),
        ({"public_url": URL("ftp://voorbeeld.nl")}, "web.public_url"),
        ({"public_url": URL("/only/a/path")}, "web.public_url"),
    ],
)
def test_a_wrong_option_is_named(change: dict[str, object], named: str) -> None:
    """At start, not at the first request."""
    with pytest.raises(SettingsError, match=named):
        options(**change)


@pytest.mark.req("S1")
def test_the_secret_is_not_in_the_repr() -> None:
    """An option that ends up in a log or an error text keeps its secret."""
    assert SECRET.decode() not in repr(options())


def test_each_use_has_a_key_of_its_own() -> None:
    """A key that leaks in one place opens nothing elsewhere."""
    made = options()
    keys = {made.key("csrf"), made.key("ticket"), made.key("ratelimit"), made.secret}
    assert len(keys) == 4
    assert all(len(key) >= 32 for key in keys)


def test_our_origins_are_the_public_one_and_the_further_ones() -> None:
    """Without path, and with the port only where it is not the scheme's own."""
    made = options(
        public_url=URL("https://bellen.voorbeeld.nl/x"), extra_origins=("https://www.voorbeeld.nl",)
    )
    assert made.origins == {"https://bellen.voorbeeld.nl", "https://www.voorbeeld.nl"}
    assert made.https
