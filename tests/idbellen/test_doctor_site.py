"""``idbellen doctor`` on the pages' look and on security.txt."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from idbellen.doctor_site import examine
from idbellen.verdict import Verdict
from ivr.settings import Settings
from tests.lab.asterisk_home import CHECKOUT
from tests.lab.front import build_frontend

if TYPE_CHECKING:
    from pathlib import Path

    from idbellen.verdict import Result

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EXAMPLE = CHECKOUT / "docs/theme.css"
CONTACT = "mailto:security@example.nl"


def found(part: str, **settings: object) -> list[Result]:
    """What is said of one part."""
    build_frontend()
    return [result for result in examine(Settings(**settings), now=NOW) if result.part == part]


@pytest.mark.req("C9")
@pytest.mark.parametrize("site", [{}, {"theme": EXAMPLE}])
def test_our_own_look_and_the_example_can_be_read(site: dict[str, object]) -> None:
    """Light and dark."""
    (result,) = found("look", site=site)
    assert result.verdict is Verdict.FINE


@pytest.mark.req("C9", "O2")
def test_a_theme_that_cannot_be_read_is_named_token_by_token(tmp_path: Path) -> None:
    """Dark as well: who sets one scale only has changed both."""
    theme = tmp_path / "own.css"
    theme.write_text(":root { --voorbeeld-kleuren-blauw-500: #777; }")
    results = found("look", site={"theme": theme})
    assert {result.verdict for result in results} == {Verdict.WRONG}
    said = [result.found for result in results]
    assert "light: --nl-link-color on --basis-color-default-bg-subtle is 4.2" in "\n".join(said)
    assert any(line.startswith("dark: --nl-link-color") for line in said)
    assert all(str(theme) in result.mend for result in results)


@pytest.mark.req("O5")
def test_a_theme_that_is_none_is_said_with_its_setting(tmp_path: Path) -> None:
    """As the web says when it refuses to start."""
    theme = tmp_path / "own.css"
    theme.write_text("@import 'https://elsewhere.example/x.css';")
    (result,) = found("look", site={"theme": theme})
    assert result.verdict is Verdict.WRONG
    assert result.found.startswith(f"site.theme: {theme}: line 1: @import is not taken")


def test_what_was_not_built_is_said(tmp_path: Path) -> None:
    """With the command that builds it."""
    (result, *_) = examine(Settings(), dist=tmp_path, now=NOW)
    assert (result.verdict, result.mend) == (Verdict.WRONG, "scripts/frontend")


@pytest.mark.parametrize(
    ("security", "verdict", "said"),
    [
        ({}, Verdict.WARNING, "there is no security.txt"),
        ({"contact": [CONTACT]}, Verdict.WARNING, "there is no security.txt"),
        ({"contact": [CONTACT], "expires": "2026-11-21"}, Verdict.WRONG, "is over"),
        ({"contact": [CONTACT], "expires": "2026-12-01"}, Verdict.WARNING, "holds until 2026-12-01"),
        ({"contact": [CONTACT], "expires": "2027-11-01"}, Verdict.FINE, "holds until 2027-11-01"),
    ],
)
def test_a_security_txt_is_missed_before_it_is_over(
    security: dict[str, object], verdict: Verdict, said: str
) -> None:
    """A month ahead."""
    (result,) = found("security", security=security)
    assert result.verdict is verdict
    assert said in result.found
