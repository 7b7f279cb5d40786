"""Runs the parts, one after the other, each in a process of its own, and prints one table."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.bench_parts.goals import GOALS
from scripts.bench_parts.rig import ROOT, RUNS, say
from tests.lab.guard import GUARD

if TYPE_CHECKING:
    from scripts.bench_parts.rig import Row

PART_SECONDS = 600.0
"""A part that takes longer, on however slow a machine, hangs."""
ATTEMPTS = 2
AHEAD = -10
"""How much nicer than others we are not, where we may: what else the machine does disturbs less."""
COLUMNS = "{:28} {:>10} {:20} {:>10} {:>7}  {:21} {}"


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measure, each figure beside its floor."
    )
    parser.add_argument("--only", nargs="+", choices=GOALS, metavar="NAME", help=f"of {', '.join(GOALS)}")
    parser.add_argument(
        "--quick", action="store_true", help=f"one run instead of {RUNS}; the figures say little"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows here as well")
    parser.add_argument("--part", help=argparse.SUPPRESS)  # measure this one, here
    return parser.parse_args(arguments)


def measure(part: str, *, quick: bool) -> list[Row]:
    """Have a part measured in a process of its own; nothing when it fails, which it tells itself.

    Where a machine stands still for a second our time limits end things, as they should; so it may try again.
    """
    argv = [*GUARD, sys.executable, "-m", __spec__.name, "--part", part, *(["--quick"] if quick else [])]
    for attempt in range(1, ATTEMPTS + 1):
        say(f"{part} …")
        began = time.monotonic()
        try:
            done = subprocess.run(argv, stdout=subprocess.PIPE, cwd=ROOT, timeout=PART_SECONDS, check=True)
        except subprocess.SubprocessError as error:
            say(f"{part} failed, attempt {attempt} of {ATTEMPTS}: {type(error).__name__}")
        else:
            say(f"{part} took {time.monotonic() - began:.0f} s")
            rows: list[Row] = json.loads(done.stdout)
            return rows
    return []


def tell(rows: list[Row]) -> None:
    """Print the table."""
    print(COLUMNS.format("name", "value", "unit", "floor", "ratio", "goal", "met"))
    for row in rows:
        goal = GOALS[row["name"]]
        met = "yes" if goal.met(row) else "no"
        print(COLUMNS.format(*row.values(), str(goal), met))


def main(arguments: list[str]) -> int:
    """Measure; 0 if every part could be measured, whatever the figures are."""
    asked = options(arguments)
    if asked.part:
        with suppress(PermissionError):
            os.nice(AHEAD)
        json.dump(import_module(f"{__package__}.{asked.part}").run(1 if asked.quick else RUNS), sys.stdout)
        return 0
    names = asked.only or list(GOALS)
    found = {
        row["name"]: row
        for part in dict.fromkeys(GOALS[name].part for name in names)
        for row in measure(part, quick=asked.quick)
    }
    rows = [found[name] for name in names if name in found]
    tell(rows)
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 0 if len(rows) == len(names) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
