"""web.contrast: ratios as WCAG has them, for what stands on what in our pages."""

from __future__ import annotations

import pytest

from tests.lab.front import build_frontend, options
from web.assets import Assets
from web.contrast import PAIRS, Poor, _ratio, poor
from web.theme import Scheme, tokens


def ratio(front: str, back: str) -> float:
    """Of two colours."""
    return _ratio({"--front": front, "--back": back}, "--front", "--back")


@pytest.mark.req("C9")
@pytest.mark.parametrize(
    ("front", "back", "expected"),
    [
        ("#000", "#fff", 21.0),
        ("#fff", "#000", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "white", 4.54),
        ("rgb(118,118,118)", "hsl(0,0%,100%)", 4.54),
        ("#123456", "#123456", 1.0),
    ],
)
def test_ratios_are_those_of_wcag(front: str, back: str, expected: float) -> None:
    """The known ones: black on white, and the two greys about 4.5."""
    assert ratio(front, back) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(
    "colour",
    ["", "transparent", "#00000080", "oklch(50% 0 0)", "var(--front)", "var(--nowhere)", "12px", "a b"],
)
def test_what_is_no_plain_colour_cannot_be_told(colour: str) -> None:
    """A circle of variables ends, too; and it counts as poor."""
    assert ratio(colour, "#fff") == 0.0
    assert "cannot be told" in str(Poor("--a", "--b", 0.0, 4.5))


def test_variables_are_followed_and_their_fallback_taken() -> None:
    """As a browser does."""
    known = {"--a": "var(--b)", "--b": "var(--c, #000)", "--d": "var( --e )", "--e": "#fff"}
    assert _ratio(known, "--a", "--d") == pytest.approx(21)


@pytest.mark.req("C9")
@pytest.mark.parametrize("scheme", Scheme)
def test_all_that_we_look_at_is_in_our_pages_and_can_be_read(scheme: Scheme) -> None:
    """No pair is left out for want of a token."""
    build_frontend()
    css = Assets(options().dist).text("page.css")
    ours = tokens(css, scheme)
    assert {name for pair in PAIRS for name in pair[:2]} <= ours.keys()
    assert list(poor(ours)) == []


def test_a_poor_pair_is_told_with_its_ratio() -> None:
    """And with what it must be."""
    build_frontend()
    ours = tokens(Assets(options().dist).text("page.css"), Scheme.LIGHT)
    told = [str(one) for one in poor({**ours, "--nl-button-primary-color": "#999"})]
    assert len(told) == 1
    assert told[0].startswith("--nl-button-primary-color on --nl-button-primary-background-color is 2.")
    assert told[0].endswith("and must be 4.5 or more")
