"""Locked packages: all that is needed, each with its hash, and no address of where it came from."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .project import Project

RUNS: Final = "requirements.lock"
DEVELOPS: Final = "requirements-dev.lock"
NPM: Final = tuple(
    f"{folder}/package-lock.json" for folder in ("web/frontend", "tests/provider", "tests/spectral")
)
HASH: Final = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
ENTRY: Final = re.compile(r"\n(?=[^\s#])")
NAME: Final = re.compile(r"\w[\w.-]*")


def locks(project: Project) -> Iterator[str]:
    """Give what is wrong with the lock files."""
    files = [project.top / name for name in (RUNS, DEVELOPS, *NPM)]
    yield from project.lines(files, lambda line: "://" in line)
    described = tomllib.loads((project.top / "pyproject.toml").read_text("utf-8"))
    runs, develops = described["project"]["dependencies"], described["dependency-groups"]["dev"]
    yield from _python(project.top / RUNS, runs)
    yield from _python(project.top / DEVELOPS, runs + develops)
    for lock in NPM:
        packages = json.loads((project.top / lock).read_text("utf-8"))["packages"]
        for name, package in packages.items():
            if name and "integrity" not in package:
                yield f"{lock}: {name} has no hash"


def _python(lock: Path, wanted: list[str]) -> Iterator[str]:
    entries = [entry for entry in ENTRY.split(lock.read_text("utf-8").strip()) if NAME.match(entry)]
    for entry in entries:
        if not HASH.search(entry):
            yield f"{lock.name}: {_name(entry)} has no hash"
    locked = {_name(entry) for entry in entries}
    for name in sorted({_name(one) for one in wanted} - locked):
        yield f"{lock.name}: {name} is not in it"


def _name(entry: str) -> str:
    found = NAME.match(entry)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else entry
