"""web.i18n: words in two languages, templates that neither guess nor trust."""

from __future__ import annotations

import subprocess
import sys

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from tests.lab.front import TOP
from web.i18n import environment, load_words, mark


@pytest.mark.req("C9")
def test_every_message_of_ours_is_translated_and_none_is_stale() -> None:
    """The catalogues are exactly what the templates and the code use; Dutch misses nothing."""
    script = [sys.executable, TOP / "scripts/translations", "--check"]
    result = subprocess.run(script, check=False, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stdout + result.stderr


def test_english_is_what_stands_in_the_code_and_dutch_is_not() -> None:
    """The source is English."""
    words = load_words()
    assert words["en"].gettext("What you can do") == "What you can do"
    assert words["nl"].gettext("What you can do") == "Wat u kunt doen"


def test_values_are_filled_in() -> None:
    """By name, so that a translation may put them in its own order."""
    assert load_words()["en"].gettext("%(a)s before %(b)s", a="one", b="two") == "one before two"


def test_a_percent_sign_without_values_stays_itself() -> None:
    """Nothing is filled in where nothing is given."""
    assert load_words()["en"].gettext("100%") == "100%"


@pytest.mark.parametrize(("count", "text"), [(0, "0 callers"), (1, "1 caller"), (2, "2 callers")])
def test_one_thing_and_several_read_differently(count: int, text: str) -> None:
    """With the count at hand."""
    assert load_words()["en"].ngettext("%(count)s caller", "%(count)s callers", count) == text


def test_a_marked_message_stays_the_message() -> None:
    """Marking is for the extractor alone."""
    assert mark("You are next") == "You are next"


@pytest.mark.req("S7")
def test_templates_escape_what_they_are_given() -> None:
    """Inside a translated sentence too."""
    made = environment(load_words()["nl"])
    text = made.from_string("{{ name }} {% trans %}Or just call us:{% endtrans %} {{ _('%(n)s!', n=name) }}")
    assert text.render(name="<b>") == "&lt;b&gt; Of bel ons gewoon: &lt;b&gt;!"
    assert isinstance(made.from_string("{{ x }}").make_module({"x": "<"}).__html__(), Markup)


def test_a_name_that_nobody_gave_is_an_error() -> None:
    """Not a blank in the middle of somebody's page."""
    with pytest.raises(UndefinedError, match="nmae"):
        environment(load_words()["nl"]).from_string("{{ nmae }}").render(name="x")
