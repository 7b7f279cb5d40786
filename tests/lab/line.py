"""The line of an agent who has just logged in: see `tests.lab.agents.Line`."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tests.lab.agents import Line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.lab.agents import Agents


@asynccontextmanager
async def line(agents: Agents, name: str) -> AsyncIterator[Line]:
    """The line of somebody who has just logged in, with no call."""
    async with agents.client(name) as client, await client.dial(await client.ticket()) as socket:
        line = Line(socket)
        await line.state("empty")
        yield line
