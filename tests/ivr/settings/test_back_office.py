"""ivr.settings.back_office: no link can carry a caller's data where the operator did not say so."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ivr.settings import Settings

LINK: dict[str, Any] = {
    "name": "zaken",
    "title": {"nl": "Zaken"},
    "url": "https://a.example.nl/?n={fullname}",
}


def _refused(**changes: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        Settings(links=[LINK | changes])
    return str(caught.value)


@pytest.mark.req("A4")
@pytest.mark.parametrize(
    "url",
    [
        "https://a.example.nl/x/{fullname}?d={dateofbirth}#{city}",
        "https://a.example.nl:8443/new",
        "http://localhost:9000/{fullname}",
        "http://[::1]/{fullname}",
    ],
)
def test_an_address_is_https_or_this_machine(url: str) -> None:
    """With attributes anywhere behind the host, or with none."""
    (link,) = Settings(links=[LINK | {"url": url}]).links
    assert link.url == url


@pytest.mark.req("A4", "S7")
@pytest.mark.parametrize(
    "url",
    [
        "http://a.example.nl/{fullname}",
        "javascript:alert({fullname})",
        "data:text/html,{fullname}",
        "//a.example.nl/{fullname}",
        "https://{fullname}.example.nl/",
        "https://{fullname}@a.example.nl/",
        "https://a.example.nl:{fullname}/",
        "https://a.example.nl/{fullname",
        "https://a.example.nl/{}",
        "https://a.example.nl/{full name}",
        "https://a.example.nl/{{fullname}}",
        "{fullname}",
        "",
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    """Nothing of a caller can choose where the link leads, or become a script."""
    assert "links.0.url" in _refused(url=url)


@pytest.mark.req("A4")
def test_a_masked_value_goes_into_an_address_only_when_the_operator_says_so() -> None:
    """The fault says why, and what to write."""
    url = "https://a.example.nl/{bsn}"
    fault = _refused(url=url)
    assert "attribute 'bsn' is masked, and an address is kept" in fault
    assert "discloses = 'bsn'" in fault
    assert Settings(links=[LINK | {"url": url, "discloses": "bsn"}]).links[0].attributes == ("bsn",)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "https://a.example.nl/{shoesize}"}, "attribute 'shoesize' is not listed"),
        ({"purposes": ["zwemmen"]}, "there is no purpose 'zwemmen'"),
        ({"discloses": "bsn"}, "which does not stand in its url"),
    ],
)
def test_what_a_link_names_is_there(changes: dict[str, Any], words: str) -> None:
    """Attributes, purposes, and what it discloses."""
    assert words in _refused(**changes)


def test_two_links_have_two_names() -> None:
    """As everything in a list."""
    with pytest.raises(ValidationError, match="links: the name 'zaken' is there twice"):
        Settings(links=[LINK, LINK])


@pytest.mark.req("A4")
def test_a_bsn_is_masked_unless_the_operator_says_otherwise() -> None:
    """Also in a list of attributes of their own."""
    own = [{"name": name, "label": {"nl": name}} for name in ("bsn", "fullname")]
    purpose = {"name": "p", "title": {"nl": "t"}, "why": {"nl": "w"}, "attributes": ["bsn", "fullname"]}
    assert Settings(attributes=own, purposes=[purpose]).to_purposes().masked == {"bsn"}
    open_, masked = own[0] | {"masked": False}, own[1] | {"masked": True}
    assert Settings(attributes=[open_, masked], purposes=[purpose]).to_purposes().masked == {"fullname"}
    assert Settings().to_purposes().masked == {"bsn"}


@pytest.mark.req("S6")
def test_the_processing_log_is_in_the_data_folder_unless_it_is_named() -> None:
    """A file, or standard output."""
    assert str(Settings(data_dir="/srv").processing_file) == "/srv/processing.log"
    assert str(Settings(processing={"file": "-"}).processing_file) == "-"


@pytest.mark.parametrize("activity", ["verwerkingen/1", "https://a b", "HTTPS://a"])
def test_an_activity_is_an_absolute_address(activity: str) -> None:
    """As the standard wants it."""
    with pytest.raises(ValidationError):
        Settings(processing={"activity": activity})
