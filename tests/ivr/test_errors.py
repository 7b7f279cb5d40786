"""The tree that is drawn at the top of the module is the tree that there is."""

from __future__ import annotations

import inspect
import re

from ivr import errors
from ivr.errors import FieldsError, IdBellenError, IdentityError, TooOftenError

LINE = re.compile(r"^    (?P<indent>[ │├└─]*)(?P<name>\w+Error)\b(?P<words>.*)$", re.MULTILINE)
STEP = 4


def drawn() -> list[tuple[str, str]]:
    """Parent and child of each line of the drawing."""
    above: list[str] = []
    pairs = []
    for line in LINE.finditer(errors.__doc__ or ""):
        depth = len(line["indent"]) // STEP
        pairs.append((above[depth - 1] if depth else "Exception", line["name"]))
        above[depth:] = [line["name"]]
    return pairs


def real() -> list[tuple[str, str]]:
    """Parent and child of each class of the module, in the order of the source."""
    classes = inspect.getmembers(
        errors, lambda one: inspect.isclass(one) and one.__module__ == errors.__name__
    )
    ordered = sorted((one for _, one in classes), key=lambda one: inspect.getsourcelines(one)[1])
    return [(one.__base__.__name__, one.__name__) for one in ordered]


def test_the_drawn_tree_is_the_real_one() -> None:
    """Every error, under the one it is a kind of."""
    assert sorted(drawn()) == sorted(real())


def test_they_are_defined_in_the_order_of_the_drawing() -> None:
    """Who reads one finds the other."""
    assert [name for _, name in drawn()] == [name for _, name in real()]


def test_every_error_says_in_the_drawing_what_it_is() -> None:
    """A few words beside each but the root, and a docstring of its own."""
    for line in LINE.finditer(errors.__doc__ or ""):
        assert line["words"].strip() or line["name"] == "IdBellenError"
        assert getattr(errors, line["name"]).__doc__


def test_what_whoever_catches_it_needs_goes_along() -> None:
    """When to try again; why a log-in failed, in one word; which fields are wrong."""
    assert TooOftenError("later", seconds=30).seconds == 30
    assert IdentityError("no", reason="too-low").reason == "too-low"
    assert FieldsError("no", fields=(("/purpose", "is missing"),)).fields == (("/purpose", "is missing"),)
    assert isinstance(IdentityError("no", reason="x"), IdBellenError)
