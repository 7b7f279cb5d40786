"""The container image: what is in it, what is not, and that it does its work.

Session loop throughout: the image takes minutes to build and is built once.
"""

from __future__ import annotations

import asyncio
import tarfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import aiohttp
import pytest

from ivr.agi.contract import Result, Variable
from tests.lab import container
from tests.lab.asterisk_home import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab.container import Container, Running

pytestmark = [pytest.mark.slow, pytest.mark.req("O4"), pytest.mark.asyncio(loop_scope="session")]

USER = 10001
VOLUME = "/var/lib/idbellen"
READY_SECONDS = 60.0
TESTS_SECONDS = 900.0
MARK = b"idbellen-build-secret"
"""Stands in every file of build secrets that scripts/image makes."""
SECRET_NAMES = {"pip.conf", ".npmrc", "agents.json", "idbellen.toml", "manager.secret"}
SECRET_ENDINGS = {".keys", ".pem", ".key"}


async def ready(up: Running) -> None:
    """Wait until every part of ``idbellen up`` has said that it is."""
    for part in ("store", "ivr", "web"):
        await up.story.wait(READY_SECONDS, said=f"{part} is ready")


async def silent_call(port: int) -> list[str]:
    """Be an Asterisk whose caller keys nothing; return the commands that it is given."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"agi_network: yes\nagi_network_script: idbellen\nagi_channel: PJSIP/trunk-1\nagi_uniqueid: 1.1\n"
        b"agi_language: nl\nagi_callerid: 0201234567\nagi_arg_1: pbx\n\n"
    )
    commands = []
    while line := await reader.readline():
        commands.append(line.decode().strip())
        writer.write(b"200 result=0\n")
    writer.close()
    return commands


def members(folder: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Every file of every layer of an image that was written to a folder."""
    for blob in folder.iterdir():
        if blob.name in {"manifest.json", "version"} or not tarfile.is_tarfile(blob):
            continue
        with tarfile.open(blob) as layer:
            for member in layer:
                if member.isfile() and (content := layer.extractfile(member)):
                    yield PurePosixPath(member.name), content.read()


async def test_up_answers_callers_and_browsers_as_an_ordinary_user(
    box: Container, agi_port: int, web_port: int
) -> None:
    """`up` runs all three parts, none as root; a caller without a code goes on, a browser sees pages."""
    async with box.start("idbellen", "up") as up, aiohttp.ClientSession() as browser:
        await ready(up)
        async with browser.get(f"http://127.0.0.1:{web_port}/healthz") as answer:
            assert answer.status == 200
        async with browser.get(f"http://127.0.0.1:{web_port}/nl") as answer:
            assert "Gemeente Voorbeeld" in await answer.text()
        commands = await silent_call(agi_port)
        ours = [process for process in up.processes() if process.command.startswith("/opt/idbellen")]
    assert any(Variable.RESULT in said and Result.UNIDENTIFIED in said for said in commands), commands
    assert len(ours) == 4, ours  # the supervisor, the store, telephony, the web
    assert {process.users for process in ours} == {frozenset({USER})}, ours


async def test_its_health_check_tells_whether_it_answers(box: Container) -> None:
    """The image's own check passes while `up` runs, and fails when nothing listens."""
    check = (await container.config())["Healthcheck"]["Test"][1:]
    with pytest.raises(container.CommandFailedError):
        await box.do(*check)
    async with box.start("idbellen", "up") as up:
        await ready(up)
        said = await box.do(*check)
    assert said.split("\n")[:2] == ["ivr answers", "web answers"]


async def test_it_stops_when_told_and_keeps_what_is_in_the_volume(box: Container) -> None:
    """It ends with status 0; the second start finds the keys of the first, and is ready as well."""
    keys = []
    for _ in range(2):
        async with box.start("idbellen", "up") as up:
            await ready(up)
            keys.append(await box.do("sha256sum", f"{VOLUME}/seal.keys"))
            assert await up.stop() == 0
    assert keys[0] == keys[1]


async def test_nothing_is_written_outside_the_volume(box: Container) -> None:
    """After `up` has run, no file in the container is its user's: it may be read-only."""
    async with box.start("idbellen", "up") as up:
        await ready(up)
    found = await box.do("find", "/", "-xdev", "-user", str(USER), options=("--user=root",))
    assert f"{VOLUME}/seal.keys" in found.split()
    assert [path for path in found.split() if not path.startswith(VOLUME)] == []


async def test_no_secret_is_in_any_layer(box: Container, tmp_path: Path) -> None:
    """Neither the build's settings nor keys, in any file, deleted ones included, nor in its description."""
    assert MARK in (CHECKOUT / "scripts/image").read_bytes()
    await container.buildah("push", "--quiet", container.IMAGE, f"dir:{tmp_path}")
    names = set()
    for path, content in members(tmp_path):
        names.add(path.name)
        assert MARK not in content, path
        assert path.name not in SECRET_NAMES, path
        assert path.suffix not in SECRET_ENDINGS, path
    assert "alive.py" in names  # what we looked through is really the image
    assert MARK.decode() not in str(await container.config())


async def test_there_is_no_compiler_nor_installer(box: Container) -> None:
    """What is not there cannot be used by who breaks in, nor need be mended."""
    found = await box.do("sh", "-c", "command -v gcc cc make pip pip3 npm node git curl wget; true")
    assert found == ""


async def test_the_unit_tests_pass_on_its_python(box: Container, libraries: Path) -> None:
    """All that holds on our own Python holds on the image's, 3.13."""
    said = await box.do(
        *("sh", "-c", 'cd /checkout && exec python -m pytest -q -p no:cacheprovider "$@"', "sh"),
        # aiohttp's client leaves a refused handshake to the collector, which 3.13 runs at another time.
        *("-W", "default::ResourceWarning"),
        *("-m", "not slow and not e2e and not tools", "tests/ivr", "tests/web"),
        options=(
            f"--volume={CHECKOUT}:/checkout:ro",
            f"--volume={libraries}:/libraries:ro",
            "--env=PYTHONPATH=/libraries",
            "--env=HYPOTHESIS_STORAGE_DIRECTORY=/tmp/hypothesis",
        ),
        seconds=TESTS_SECONDS,
    )
    assert " passed" in said
