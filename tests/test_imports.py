"""The rules of who may import whom hold: each is broken here once, and noticed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
PACKAGES = ("ivr", "web", "idbellen")
LINT = Path(sys.executable).with_name("lint-imports")
RULES = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
PURE = next(rule for rule in RULES if rule["name"].startswith("pure"))["source_modules"]
VIOLATIONS = [
    ("ivr/store/feed.py", "import web.app", "idbellen wires"),
    ("ivr/logs.py", "import idbellen.cli", "idbellen wires"),
    ("web/app.py", "import idbellen.up", "idbellen wires"),
    ("ivr/agi/server.py", "import aiohttp", "telephony serves no pages"),
    ("web/agent/desktop.py", "from ivr.ami import tracker", "the web never knows telephony"),
    ("web/pages.py", "import ivr.agi.contract", "the web never knows telephony"),
    ("ivr/agi/server.py", "import ivr.ami.limits", "rooms of ivr"),
    ("ivr/ami/tracker.py", "from ivr.agi.contract import Prompt", "rooms of ivr"),
    ("ivr/store/claims.py", "import ivr.settings", "rooms of ivr"),
    ("ivr/settings/load.py", "import ivr.store.client", "rooms of ivr"),
    ("ivr/session/model.py", "import ivr.settings", "rooms of ivr"),
    ("ivr/newcomer.py", "import ivr.errors", "rooms of ivr"),
    ("web/citizen/room.py", "import web.agent.room", "citizens' pages"),
    ("web/citizen/start.py", "import web.api.way_back", "other front ends"),
    ("web/api/room.py", "import web.agent.room", "other front ends"),
    ("ivr/session/code.py", "import secrets", "pure modules"),
    ("ivr/session/code.py", "from os import environ", "pure modules"),
    ("ivr/agi/wire.py", "import ivr.agi.link", "pure modules"),
    ("ivr/ami/picture.py", "import time", "pure modules"),
    ("web/pages.py", "import redis.asyncio", "only the store knows redis"),
    ("ivr/agi/callflow.py", "from redis import Redis", "only the store knows redis"),
    ("idbellen/telephony.py", "import panoramisk", "only ami knows panoramisk"),
    ("idbellen/cli.py", "import pydantic_settings", "only the settings"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our packages, to break."""
    top = tmp_path_factory.mktemp("copy")
    for package in PACKAGES:
        shutil.copytree(
            TOP / package, top / package, ignore=shutil.ignore_patterns("frontend", "__pycache__")
        )
    shutil.copy(TOP / "pyproject.toml", top)
    return top


def broken(top: Path) -> set[str]:
    """Names of the rules that do not hold there."""
    told = subprocess.run(
        [str(LINT), "--no-cache"], cwd=top, capture_output=True, text=True, check=False, timeout=120
    ).stdout
    verdicts = re.sub(r"\s+", " ", told.partition("Analyzed ")[2])
    names = [rule["name"] for rule in RULES]
    assert all(f"{name} KEPT" in verdicts or f"{name} BROKEN" in verdicts for name in names), told
    return {name for name in names if f"{name} BROKEN" in verdicts}


def test_all_rules_hold_as_it_is(copy: Path) -> None:
    """Nothing is broken before we break it."""
    assert broken(copy) == set()


@pytest.mark.parametrize(("file", "line", "rule"), VIOLATIONS, ids=lambda one: one.replace("/", "."))
def test_a_forbidden_import_is_noticed(copy: Path, file: str, line: str, rule: str) -> None:
    """One line in one module is enough; also a module that nobody gave a place."""
    place = copy / file
    before = place.read_text() if place.exists() else None
    place.write_text(f"{before or ''}\n{line}\n")
    try:
        assert [name for name in broken(copy) if name.startswith(rule)]
    finally:
        if before is None:
            place.unlink()
        else:
            place.write_text(before)


def test_every_rule_is_broken_here() -> None:
    """Of none we only hope that it works."""
    for rule in RULES:
        assert [one for *_, one in VIOLATIONS if rule["name"].startswith(one)], rule["name"]


def test_modules_that_call_themselves_pure_are_held_to_it() -> None:
    """PURE in a module's own words, or in those of its package, is a promise that is checked."""
    claimed = set()
    for package in PACKAGES:
        for file in (TOP / package).rglob("*.py"):
            if "node_modules" in file.parts:
                continue
            words = file.read_text().split('"""')[1] if file.read_text().startswith('"""') else ""
            room = ".".join(file.relative_to(TOP).with_suffix("").parts).removesuffix(".__init__")
            listed = re.findall(r"^    (\w+) +PURE:", words, re.MULTILINE)
            claimed |= {f"{room}.{name}" for name in listed}
            if "PURE" in words and not listed:
                claimed.add(room)
    held = {room for room in claimed for pure in PURE if room == pure or room.startswith(f"{pure}.")}
    assert claimed == held
