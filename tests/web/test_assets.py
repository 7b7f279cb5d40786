"""web.assets: what was built, under names that say what is in it."""

from __future__ import annotations

import json
import re

import pytest
from yarl import URL

from ivr.errors import SettingsError
from tests.lab.front import TOP, build_frontend, front, options
from web.assets import Assets
from web.route import Room

START_PAGE_BYTES = 60_000  # all in all, on the line
LOCK = TOP / "web/frontend/package-lock.json"


@pytest.fixture
def assets() -> Assets:
    """The real ones."""
    build_frontend()
    return Assets(options().dist)


@pytest.mark.req("C8")
def test_all_that_a_citizens_page_loads_is_small(assets: Assets) -> None:
    """For a slow line and an old phone."""
    sizes = [assets.packed_size(name) for name in ("page.css", "icon.svg", "live.js")]
    assert sum(sizes) < START_PAGE_BYTES / 2


def test_a_name_carries_the_hash_of_its_content(assets: Assets) -> None:
    """So it can be kept for ever."""
    assert re.fullmatch(r"/static/page-[0-9a-f]{12}\.css", assets.url("page.css"))


async def test_a_browser_that_cannot_unpack_gets_it_plain() -> None:
    """The same content either way."""
    async with front(Room(name="none", routes=())) as running:
        path = Assets(options().dist).url("page.css")
        async with running.client.get(path, headers={"Accept-Encoding": "identity"}) as answer:
            assert "Content-Encoding" not in answer.headers
            plain = await answer.read()
        async with running.client.get(path, headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert await answer.read() == plain


@pytest.mark.req("S7")
@pytest.mark.parametrize("file", ["manifest.json", ".built", "%2e%2e%2fapp.py", ""])
async def test_only_what_was_built_is_handed_out(file: str) -> None:
    """By its hashed name, from memory; the disk is not looked at."""
    path = URL(f"/static/{file}", encoded=True)
    async with front(Room(name="none", routes=())) as running, running.client.get(path) as answer:
        assert answer.status == 404


def test_a_broken_build_is_named(tmp_path) -> None:  # noqa: ANN001 # pytest's
    """A manifest whose files are not there."""
    (tmp_path / "manifest.json").write_text('{"page.css": "page-0.css"}')
    with pytest.raises(SettingsError, match="scripts/frontend"):
        Assets(tmp_path)


def test_the_packages_are_locked_with_hashes_and_without_addresses() -> None:
    """Whoever builds, builds the same; from whichever registry is theirs."""
    text = LOCK.read_text()
    assert "http" not in text
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
