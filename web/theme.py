"""A municipality's own design tokens: a stylesheet that sets custom properties and can do nothing else.

Knows CSS by its tokens (tinycss2, CSS Syntax level 3), so that no escape hides an address. Reads no file.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import tinycss2

from ivr.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

SELECTORS: Final = frozenset({":root", ".voorbeeld-theme"})
"""Where tokens are set. Later and of one weight with ours, so they win."""
CONDITIONS: Final = frozenset({"media", "supports"})
MAX_DEPTH: Final = 16
"""Of blocks in blocks."""
LOADS: Final = frozenset({"url", "src", "image", "image-set", "-webkit-image-set", "cross-fade"})
"""Functions that may fetch something."""

Tokens = dict[str, str]


class Scheme(StrEnum):
    """How the reader's screen is set."""

    LIGHT = "light"
    DARK = "dark"


def check(css: str) -> None:
    """Raise InputError, which says where and why, when this is more or less than design tokens."""
    rules = list(_rules(css))
    for rule in rules:
        for declaration in tinycss2.parse_declaration_list(
            rule.content, skip_comments=True, skip_whitespace=True
        ):
            _check_declaration(declaration)
    if not rules:
        raise InputError("sets no design tokens; it looks like :root { --basis-color-…: #123456; }")


def tokens(css: str, scheme: Scheme) -> Tokens:
    """Return what a stylesheet sets on a screen: by name, the last word. Rules for others are passed over."""
    found: Tokens = {}
    for rule in _rules(css, scheme=scheme):
        for one in tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True):
            if one.type == "declaration" and one.name.startswith("--"):
                found[one.name] = tinycss2.serialize(one.value).strip()
    return found


def _rules(css: str, *, scheme: Scheme | None = None) -> Iterable[Any]:
    """Give the rules that set tokens; without a scheme all of them, and then nothing else may be there."""
    todo = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    while todo:
        rule = todo.pop(0)
        if rule.type == "qualified-rule" and _selectors(rule) <= SELECTORS:
            yield rule
        elif rule.type == "at-rule" and rule.lower_at_keyword in CONDITIONS and rule.content is not None:
            if scheme is None or _holds(rule, scheme):
                todo[:0] = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
        elif scheme is None:
            raise InputError(f"line {rule.source_line}: {_why(rule)}")


def _selectors(rule: Any) -> set[str]:
    return {part.strip() for part in tinycss2.serialize(rule.prelude).split(",")}


def _holds(rule: Any, scheme: Scheme) -> bool:
    """Tell whether a condition holds on an ordinary screen of this scheme, by the words in it."""
    condition = tinycss2.serialize(rule.prelude).lower()
    if "print" in condition or "contrast" in condition or "forced-colors" in condition:
        return False
    return "color-scheme" not in condition or scheme.value in condition


def _why(rule: Any) -> str:
    match rule.type:
        case "at-rule":
            return f"@{rule.lower_at_keyword} is not taken: only design tokens, within @media or not"
        case "qualified-rule":
            return "sets something for a part of the page; tokens are set for :root"
        case _:
            return "is not CSS"


def _check_declaration(declaration: Any) -> None:
    line = declaration.source_line
    if declaration.type != "declaration":
        raise InputError(f"line {line}: is not a design token, such as --basis-color-…: #123456;")
    if not declaration.name.startswith("--"):
        raise InputError(f"line {line}: {declaration.name} is no design token; their names begin with --")
    _check_values(declaration.value, MAX_DEPTH)


def _check_values(values: Iterable[Any], depth: int) -> None:
    for value in values:
        loads = value.type == "url" or (value.type == "function" and value.lower_name in LOADS)
        if loads or not depth:
            raise InputError(
                f"line {value.source_line}: loads something; a theme may only name colours and sizes"
            )
        if value.type == "error":
            raise InputError(f"line {value.source_line}: is not CSS")
        _check_values(getattr(value, "arguments", None) or getattr(value, "content", None) or (), depth - 1)
