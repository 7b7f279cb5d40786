"""One image and one container for all of its tests."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.lab import container, guard
from tests.lab.asterisk_home import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.lab.container import Container

NO_WHEEL = r"^pjsua2-python==.*\n(?: .*\n)*"
"""The SIP phones' library has no wheel for 3.13; they run on this machine's Python."""


@pytest.fixture(scope="session")
def agi_port() -> int:
    """Where FastAGI listens, on this machine's loopback."""
    return guard.free_port()


@pytest.fixture(scope="session")
def web_port() -> int:
    """Where the pages are, on this machine's loopback."""
    return guard.free_port()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def box(agi_port: int, web_port: int) -> AsyncIterator[Container]:
    """A container of the image as it is now, set up as a demonstration; nothing runs in it yet."""
    await container.build()
    env = {
        "IDBELLEN_DEMO__ENABLED": "true",
        "IDBELLEN_MANAGER__SECRET": "there-is-no-asterisk-here",
        "IDBELLEN_AGI__PORT": str(agi_port),
        "IDBELLEN_WEB__PORT": str(web_port),
        "IDBELLEN_WEB__URL": f"http://localhost:{web_port}",
    }
    async with container.Container(env) as made:
        yield made


@pytest.fixture(scope="session")
def libraries() -> Path:
    """What the tests need, for the image's Python: from the lock, as this machine's pip finds it."""
    folder, lock = container.STORE / "libraries", container.STORE / "tests.lock"
    locked = (CHECKOUT / "requirements-dev.lock").read_text()
    lock.write_text(re.sub(NO_WHEEL, "", locked, count=1, flags=re.MULTILINE))
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--python-version", container.PYTHON, "--only-binary", ":all:", "--target", str(folder)),
            *("--upgrade", "--require-hashes", "--no-deps", "-r", str(lock)),
        ],
        check=True,
        timeout=container.INSTALL_SECONDS,
    )
    return folder
