"""web.theme: tokens and nothing else, however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import InputError
from tests.lab.asterisk_home import CHECKOUT
from web.theme import MAX_DEPTH, Scheme, check, tokens


def test_the_example_for_municipalities_is_taken() -> None:
    """As it stands."""
    check((CHECKOUT / "docs/theme.css").read_text())


@pytest.mark.req("S7", "O5")
@pytest.mark.parametrize(
    ("css", "said"),
    [
        ("", "sets no design tokens"),
        ("not css at all", "line 1: is not CSS"),
        ("\n\n@import 'https://x.example/y.css';", "line 3: @import is not taken"),
        ("@font-face { src: url(x) }", "@font-face is not taken"),
        ("@charset 'utf-8';", "@charset is not taken"),
        ("@media print { @import 'x'; }", "@import is not taken"),
        (":root { color: red }", "color is no design token"),
        (":root { --a: url(https://x.example/p.png) }", "loads something"),
        (":root { --a: URL( 'x' ) }", "loads something"),
        (r":root { --a: u\72l(x) }", "loads something"),
        (r":root { --a: \75\72\6c('x') }", "loads something"),
        (":root { --a: var(--b, url(x)) }", "loads something"),
        (":root { --a: { b: [url(x)] } }", "loads something"),
        (":root { --a: image-set('x' 1x) }", "loads something"),
        (":root { @apply --x; }", "is not a design token"),
        ("body { --a: 1 }", "sets something for a part of the page"),
        (":root, .idb-digits { --a: 1 }", "sets something for a part of the page"),
        (":root { --a: url(x", "loads something"),
        (":root { --a: " + "(" * (MAX_DEPTH + 1) + " }", "loads something"),
        ("</style><script>alert(1)</script>", "is not CSS"),
    ],
)
def test_whatever_is_more_than_tokens_is_refused(css: str, said: str) -> None:
    """With the line, and why."""
    with pytest.raises(InputError, match=said):
        check(css)


@given(st.text(max_size=200))
def test_any_text_is_taken_or_refused_and_nothing_else(css: str) -> None:
    """No other error comes out of somebody's file."""
    try:
        check(css)
    except InputError:
        return
    assert tokens(css, Scheme.LIGHT) or tokens(css, Scheme.DARK) or "{" in css


def test_the_last_word_of_what_holds_on_a_screen_counts() -> None:
    """Dark rules in the dark only; print and forced colours never; others always."""
    css = """
        :root { --a: 1; --b: 1; --c: 1; --d: 1 }
        .voorbeeld-theme { --b: 2 }
        @media screen and (prefers-color-scheme: dark) { :root { --c: 2 } }
        @media print { :root { --d: 2 } }
        @media (min-width: 40rem) { @supports (color: red) { :root { --e: 1 } } }
        .other { --a: 9 }
    """
    light = {"--a": "1", "--b": "2", "--c": "1", "--d": "1", "--e": "1"}
    assert tokens(css, Scheme.LIGHT) == light
    assert tokens(css, Scheme.DARK) == {**light, "--c": "2"}
