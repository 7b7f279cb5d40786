"""html-validate on a page's source: what a browser would silently mend.

Its rule that a form holds its own button is off: our main button stands at the end of the column, always, and
names its form.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tests.lab.front import TOP, build_frontend

if TYPE_CHECKING:
    from collections.abc import Mapping

FRONTEND = TOP / "web/frontend"
VALIDATE_SECONDS = 60


async def faults(html: str) -> list[str]:
    """One line a fault: the rule, what is wrong, and the line of the source. Calls go on meanwhile."""
    return await asyncio.to_thread(all_faults, {"": html})


def all_faults(pages: Mapping[str, str]) -> list[str]:
    """The same of many pages in one run of the program, which takes longer to start than to read them."""
    build_frontend()
    with TemporaryDirectory(dir=FRONTEND) as folder:  # beside the rules, which it looks for upwards
        files = {str(Path(folder) / f"{number}.html"): name for number, name in enumerate(pages)}
        for file, name in files.items():
            Path(file).write_text(pages[name], "utf-8")
        program = [FRONTEND / "node_modules/.bin/html-validate", "--formatter", "json", folder]
        told = Path(folder) / "told.json"  # to a file: it ends before a pipe has taken all of it
        with told.open("w") as out:
            subprocess.run(program, cwd=FRONTEND, stdout=out, check=False, timeout=VALIDATE_SECONDS)
        found = json.loads(told.read_text("utf-8"))
    return [
        f"{files[page['filePath']]} {fault['ruleId']}: {fault['message']}: {_line(page, fault)}".strip()
        for page in found
        for fault in page["messages"]
    ]


def _line(page: Mapping[str, Any], fault: Mapping[str, Any]) -> str:
    return page["source"].splitlines()[fault["line"] - 1].strip()[:200]
