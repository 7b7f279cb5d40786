"""web.agent.links: a value stays in its place in an address; without all its values there is no link."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from ivr.session.attributes import Secret
from web.agent.links import MAX_URL, Link, Template, fill

TITLE = {"nl": "Zaken", "en": "Cases"}
HOST = "https://zaken.example.nl"


def _fill(url: str, purpose: str = "p", language: str = "en", **values: str) -> list[Link]:
    secrets = {name: Secret(value) for name, value in values.items()}
    return list(fill([Template(TITLE, f"{HOST}{url}")], purpose, secrets, language))


def _url(url: str, **values: str) -> str:
    (link,) = _fill(url, **values)
    return link.url.reveal()


NASTY = [
    "Jan & Piet=?#/%",
    "../../beheer",
    "a/../../b",
    "javascript:alert(1)",
    "//evil.example",
    "\\\\evil",
    "%2e%2e%2f",
    "x\r\nSet-Cookie: a",
    "é李\u202e🙂",
    "{bsn}",
    " ",
]


@pytest.mark.req("A4", "S7")
@pytest.mark.parametrize("value", NASTY)
@pytest.mark.parametrize("place", ["/zoek/{a}/open", "/zoek?naam={a}&open=1", "/zoek#{a}"])
def test_whatever_a_value_holds_it_stays_in_its_place(place: str, value: str) -> None:
    """The host, the path's steps, the other fields and the fragment are as the operator wrote them."""
    parts, plain = urlsplit(_url(place, a=value)), urlsplit(HOST + place)
    assert (parts.scheme, parts.netloc) == ("https", "zaken.example.nl")
    assert len(parts.path.split("/")) == len(plain.path.split("/"))
    assert parse_qs(parts.query).keys() == parse_qs(plain.query).keys()
    assert value in {unquote(piece) for piece in re.split(r"[/=#&]", _url(place, a=value))}
    assert parts.geturl().isascii()
    assert parts.geturl().isprintable()


@pytest.mark.req("A4", "S7")
@pytest.mark.parametrize("values", [{"a": ".."}, {"a": "."}, {"a": "", "b": ""}, {"a": "x" * MAX_URL}, {}])
def test_a_link_that_cannot_be_made_is_not_there(values: dict[str, str]) -> None:
    """A step up in the path, a value that is missing or empty, one that is too long."""
    assert _fill("/zoek/{a}/open", **values) == []


def test_two_values_together_are_no_step_up() -> None:
    """Each alone would do."""
    assert _fill("/{a}{b}/x", a=".", b=".") == []
    assert _url("/{a}{b}/x", a="1", b="2") == f"{HOST}/12/x"


def test_a_link_without_values_is_always_there() -> None:
    """For whoever opens that system at each call."""
    assert _url("/nieuw") == f"{HOST}/nieuw"


@pytest.mark.req("A4")
def test_links_come_in_the_operators_order_for_their_purposes_in_the_agents_language() -> None:
    """A title that is there in one language only is that one."""
    templates = [
        Template({"nl": "Een"}, f"{HOST}/1"),
        Template(TITLE, f"{HOST}/2", frozenset({"afval"})),
        Template(TITLE, f"{HOST}/3", frozenset({"verhuizing"})),
    ]
    found = [(link.title, link.url.reveal()) for link in fill(templates, "verhuizing", {}, "en")]
    assert found == [("Een", f"{HOST}/1"), ("Cases", f"{HOST}/3")]


@pytest.mark.req("S1")
def test_a_link_does_not_show_its_address_by_accident() -> None:
    """Not in a log line, not in a traceback."""
    assert "Vogelzang" not in repr(_fill("/{a}", a="Vogelzang"))
