"""web.agent.room: every route of it refuses whoever is not logged in, but the doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from web import keys
from web.csrf import HEADER
from web.route import Audience

if TYPE_CHECKING:
    from tests.lab.agents import Agents

DOORS = {"agent-login", "agent-code", "agent-logout", "agent-logout-everywhere", "agent-away"}


@pytest.mark.req("S4")
async def test_only_the_doors_are_public(agents: Agents) -> None:
    """Walk the route table: all else answers a stranger with 401, or leads to the log-in."""
    walked = set()
    async with agents.client() as client:
        headers = {HEADER: await client.csrf()}
        for route, entry in agents.front.app[keys.ROUTES].items():
            if not entry.name.startswith("agent") or entry.audience is Audience.PUBLIC:
                continue
            assert entry.name not in DOORS
            path = route.resource.canonical.replace("{lang}", "en")
            async with client.http.request(
                route.method, path, headers=headers, allow_redirects=False
            ) as answer:
                leads = answer.headers.get("Location")
                assert (answer.status, leads) in {(401, None), (303, "/en/agent/login")}
            walked.add(entry.name)
    buttons = {f"agent-identify{name}" for name in ("", "-ask", "-keypad", "-confirm")}
    staff = {"agent-account", "agent-others"}
    desktop = {"agent", "agent-plain", "agent-reveal", "agent-ticket", "agent-live", "agent-stance"}
    team = {f"agent-team{name}" for name in ("", "-plain", "-ticket", "-live")}
    assert walked == desktop | buttons | staff | team
