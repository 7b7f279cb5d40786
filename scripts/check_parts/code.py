"""Our own code: nothing left for later, short modules and functions, and who reads the environment."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .project import Project

PACKAGES: Final = ("ivr", "web", "idbellen")
SOURCES: Final = ("*.py", "*.lua", "*.js", "*.mjs", "*.css", "*.html", "*.conf")
LATER: Final = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|\bbreakpoint\(|\bdebugger;")
MODULE_LINES: Final = 250
FUNCTION_LINES: Final = 25
ENVIRONMENT: Final = re.compile(r"\bos\.(environ|getenv|putenv)\b|from os import .*env")
READERS: Final = {
    "ivr/settings/load.py",  # settings
    "idbellen/notify.py",  # where systemd wants to hear from us
    "idbellen/up.py",  # what its children are given
}
"""Modules that may know the environment."""


def leftovers(project: Project) -> Iterator[str]:
    """Give the lines that put work off, or stop for a debugger."""
    here = Path(__file__).resolve()
    files = [file for file in project.files(*SOURCES) if file.resolve() != here]
    return project.lines(files, lambda line: bool(LATER.search(line)))


def environment(project: Project) -> Iterator[str]:
    """Give the lines of other modules that read the environment."""
    files = [file for file in project.files(*_modules()) if project.name(file) not in READERS]
    return project.lines(files, lambda line: bool(ENVIRONMENT.search(line)))


def sizes(project: Project) -> Iterator[str]:
    """Give modules that are too long to be about one thing, and functions too long to take in."""
    for file in project.files(*_modules()):
        text, name = file.read_text("utf-8"), project.name(file)
        if (count := len(text.splitlines())) > MODULE_LINES:
            yield f"{name}: {count} lines, more than {MODULE_LINES}"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                count = _length(node)
                if count > FUNCTION_LINES:
                    yield f"{name}:{node.lineno}: {node.name} has {count} lines, more than {FUNCTION_LINES}"


def _modules() -> list[str]:
    return [f"{package}/*.py" for package in PACKAGES]


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of code, the docstring apart."""
    code = function.body[1:] if ast.get_docstring(function) else function.body
    return (code[-1].end_lineno or 0) - code[0].lineno + 1 if code else 0
