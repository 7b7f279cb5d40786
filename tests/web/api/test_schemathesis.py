"""The API under schemathesis: whatever the document allows, and whatever it does not, on a real store."""

from __future__ import annotations

import asyncio
import copy
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.lab.citizens import PURPOSES
from web.api.document import WRITTEN

if TYPE_CHECKING:
    from tests.lab.programs import Opened, Program
    from tests.lab.visitors import Visitor

SETTINGS = Path(__file__).with_name("schemathesis.toml")
EVERYTHING = "Tested: 9"
"""Operations, in its summary."""
FEW, MANY = 4, 300
RUN_SECONDS = 1200
"""Bounds of a run that hangs; a run of few takes some ten seconds."""


async def torment(program: Program, session: Opened, folder: Path, examples: int) -> str:
    """Run schemathesis, so many examples for each operation; return what it says if it found anything."""
    file = folder / "openapi.json"
    file.write_text(json.dumps(known(program, session)))
    process = await asyncio.create_subprocess_exec(
        *(Path(sys.executable).with_name("st"), f"--config-file={SETTINGS}", "run", file),
        *(f"--url={program.front.url}/v1", f"--header=Authorization: Bearer {session.token}"),
        *(f"--max-examples={examples}", "--checks=all", "--no-color"),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(RUN_SECONDS):
            heard, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    said = heard.decode()
    return "" if process.returncode == 0 and EVERYTHING in said else said


def known(program: Program, session: Opened) -> dict[str, Any]:
    """The document, in which it also stands what there is: a purpose, a session, where to go back to."""
    document = copy.deepcopy(WRITTEN)
    names, back = [purpose.name for purpose in PURPOSES], {"type": "string", "enum": [program.back]}
    components = document["components"]
    login = components["schemas"]["LoginRequest"]["properties"]
    login |= {"purpose": {"type": "string", "enum": names}, "returnUrl": back}
    login["method"] = {"type": "string", "enum": ["demo"]}
    document["paths"]["/purposes/{purpose}"]["parameters"][0]["schema"] = login["purpose"]
    components["parameters"]["SessionId"]["schema"] = {"type": "string", "enum": [session.id]}
    return document


@pytest.mark.tools
@pytest.mark.req("S7")
async def test_what_schemathesis_thinks_of_is_answered_as_the_document_says(
    program: Program, visitor: Visitor, tmp_path: Path
) -> None:
    """A few examples for each operation, and every limit of its schema."""
    found = await torment(program, await program.arrive(visitor), tmp_path, FEW)
    assert not found, found


@pytest.mark.slow
@pytest.mark.req("S7")
async def test_many_more_are_as_well(program: Program, visitor: Visitor, tmp_path: Path) -> None:
    """The same, for longer."""
    found = await torment(program, await program.arrive(visitor), tmp_path, MANY)
    assert not found, found
