"""web.ratelimit: so often and no oftener, counted here or in a real Valkey."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from ivr.errors import SettingsError
from tests.lab.front import front, options
from web import keys
from web.ratelimit import RateLimits, Rule
from web.route import Audience, Room, get

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.store.client import Store
    from tests.lab.valkey import Valkey

START = Rule(name="start", per_client="2/year", everyone="4/year")  # a window that no test run outlives
OTHER = Rule(name="other", per_client="2/year", everyone="4/year")
PROXY = (ip_network("127.0.0.0/8"),)


async def counted(request: web.Request) -> web.StreamResponse:
    """A page that may be asked so often."""
    await request.app[keys.LIMITS].spend(request, OTHER if "other" in request.query else START)
    return web.Response(text="here you are")


ROOM = Room(name="counted", routes=(get("/counted", counted, Audience.PUBLIC, "counted", localized=False),))


async def status(client, whose: str, path: str = "/counted") -> int:  # noqa: ANN001 # aiohttp's session
    """What a client behind our proxy gets."""
    async with client.get(path, headers={"X-Forwarded-For": whose}) as answer:
        return answer.status


@pytest.mark.req("S7")
@pytest.mark.parametrize("kept", ["here", "in valkey"])
async def test_each_client_and_all_together_are_limited(kept: str, store: Store, valkey: Valkey) -> None:
    """A client over its limit leaves the others theirs, until all together are over."""
    uri = "async+memory://" if kept == "here" else valkey.url.replace("unix://", "async+redis+unix://")
    async with front(ROOM, trusted_proxies=PROXY, limits_uri=uri) as running:
        assert [await status(running.client, "192.0.2.1") for _ in range(3)] == [200, 200, 429]
        assert [await status(running.client, "192.0.2.2") for _ in range(2)] == [200, 200]
        assert await status(running.client, "192.0.2.3") == 429
        assert await status(running.client, "192.0.2.3", "/counted?other") == 200


@pytest.mark.req("S1")
async def test_the_store_never_sees_an_address(store: Store, valkey: Valkey) -> None:
    """Only a keyed hash of it."""
    uri = valkey.url.replace("unix://", "async+redis+unix://")
    async with front(ROOM, trusted_proxies=PROXY, limits_uri=uri) as running:
        assert await status(running.client, "192.0.2.1") == 200
    kept = " ".join(key.decode() if isinstance(key, bytes) else key for key in await store.redis.keys())
    assert "start" in kept
    assert "192.0.2.1" not in kept


async def test_being_refused_says_when_to_come_back() -> None:
    """On a page, and in the header that clients read."""
    async with front(ROOM) as running:
        for _ in range(2):
            await status(running.client, "")
        async with running.client.get("/counted", headers={"Accept-Language": "en"}) as answer:
            assert answer.status == 429
            assert int(answer.headers["Retry-After"]) > 0
            assert "One moment, please" in await answer.text()


@pytest.mark.req("S7")
async def test_what_cannot_be_counted_is_not_allowed(tmp_path: Path) -> None:
    """The store is away: the page says to call without a code."""
    nobody = f"async+redis+unix://{tmp_path}/nobody.sock"
    async with front(ROOM, limits_uri=nobody) as running, running.client.get("/counted") as answer:
        assert answer.status == 503
        assert "14 012" in await answer.text()


@pytest.mark.req("O5")
@pytest.mark.parametrize("uri", ["", "nonsense", "memory://", "async+redis+unix", "async+memcached://x"])
def test_a_store_that_cannot_be_used_is_named_at_start(uri: str) -> None:
    """With what it should look like."""
    with pytest.raises(SettingsError, match="limits_uri"):
        RateLimits(options(limits_uri=uri))
