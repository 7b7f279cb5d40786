"""web.oidc.claims: finding one thing in what a provider says."""

from __future__ import annotations

import pytest

from web.oidc.claims import text

CLAIMS = {
    "name": " Kanarie Vogelzang ",
    "urn:bsn": "999990019",
    "age": 80,
    "adult": True,
    "dead": False,
    "address": {"locality": "Ons Dorp", "lines": ["a", "b"]},
    "nothing": None,
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("name",), "Kanarie Vogelzang"),
        (("urn:bsn",), "999990019"),
        (("age",), "80"),
        (("adult",), "ja"),
        (("dead",), "nee"),
        (("address", "locality"), "Ons Dorp"),
        (("address",), ""),
        (("address", "lines"), ""),
        (("address", "country"), ""),
        (("name", "first"), ""),
        (("nothing",), ""),
        (("absent", "too"), ""),
    ],
)
def test_a_claim_is_text_for_people_or_nothing(path: tuple[str, ...], found: str) -> None:
    """By its name, or by the names on the way to it."""
    assert text(CLAIMS, path) == found
