"""html-validate on a page's source: what a browser would silently mend.

Its rule that a form holds its own button is off: our main button stands at the end of the column, always, and
names its form.
"""

from __future__ import annotations

import json
import subprocess

from tests.lab.front import TOP, build_frontend

FRONTEND = TOP / "web/frontend"
VALIDATE_SECONDS = 60


def faults(html: str) -> list[str]:
    """One line a fault: the rule, what is wrong, and the line of the source."""
    build_frontend()
    program = [FRONTEND / "node_modules/.bin/html-validate", "--stdin", "--formatter", "json"]
    result = subprocess.run(
        program,
        input=html,
        cwd=FRONTEND,
        capture_output=True,
        text=True,
        check=False,
        timeout=VALIDATE_SECONDS,
    )
    lines = html.splitlines()
    return [
        f"{fault['ruleId']}: {fault['message']}: {lines[fault['line'] - 1].strip()[:200]}"
        for page in json.loads(result.stdout)
        for fault in page["messages"]
    ]
