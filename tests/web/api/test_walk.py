"""docs/api.md: its walk-through, run as it stands, by bash and curl."""

from __future__ import annotations

import asyncio
import os
import re
from typing import TYPE_CHECKING

import pytest
from yarl import URL

from tests.lab.front import TOP
from tests.lab.programs import Asked, come_back, grant_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.programs import Program
    from tests.lab.visitors import Visitor

BLOCKS = re.compile(r"```sh\n(.*?)```", re.DOTALL)
STEP_SECONDS = 30


@pytest.mark.tools
@pytest.mark.req("C1")
async def test_the_walk_through_works_as_it_is_written(
    program: Program, visitor: Visitor, tmp_path: Path
) -> None:
    """A citizen's browser does what the reader is asked to do between the commands."""
    blocks = BLOCKS.findall((TOP / "docs/api.md").read_text())
    assert len(blocks) == 6
    bash = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", "\n".join(blocks)),
        cwd=tmp_path,
        env={**os.environ, "API": f"{program.front.url}/v1", "BACK": program.back},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert bash.stdin
    assert bash.stdout
    try:
        async with asyncio.timeout(STEP_SECONDS):
            asked = re.search(rb'"url": "([^"]+)"', await bash.stdout.readuntil(b'"secondsLeft": 300}'))
        assert asked
        shown = await come_back(visitor, Asked(URL(asked[1].decode()), "", ""))
        async with asyncio.timeout(STEP_SECONDS):
            said, wrong = await bash.communicate(grant_of(shown).encode() + b"\n")
    finally:
        if bash.returncode is None:
            bash.kill()
            await bash.wait()
    assert (bash.returncode, wrong) == (0, b"")
    assert re.findall(rb"^\d{3}$|(?<=\})\d{3}$", said, re.MULTILINE) == [b"304", b"204"]
    assert said.count(b'"identification": "verified"') == 3
