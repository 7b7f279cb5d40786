"""Spectral, with the NL API Design Rules as we wrote them down: what it finds in an OpenAPI document."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

TOP: Final = Path(__file__).resolve().parent.parent.parent
HOME: Final = TOP / "tests/spectral"
RULES: Final = HOME / "nl-api-design-rules.json"
INSTALL_SECONDS: Final = 300
LINT_SECONDS: Final = 60
CLEAN, FOUND = 0, 1


def findings(document: Mapping[str, Any], folder: Path) -> list[str]:
    """Return each finding as ``rule: where``, hints too."""
    subprocess.run([TOP / "scripts/packages", "tests/spectral"], check=True, timeout=INSTALL_SECONDS)
    file = folder / "openapi.json"
    file.write_text(json.dumps(document))
    command = [HOME / "node_modules/.bin/spectral", "lint", file, "--ruleset", RULES]
    done = subprocess.run(
        [*command, "--format", "json", "--quiet", "--fail-severity", "hint"],
        capture_output=True,
        text=True,
        check=False,
        timeout=LINT_SECONDS,
    )
    assert done.returncode in {CLEAN, FOUND}, done.stderr
    return [f"{one['code']}: {'/'.join(map(str, one['path']))}" for one in json.loads(done.stdout or "[]")]


def rules() -> set[str]:
    """The names of the rules that we wrote."""
    return {name for name, rule in json.loads(RULES.read_text())["rules"].items() if isinstance(rule, dict)}
