"""Wires the manager connection (AMI) from the settings. Reads its secret: the web has no need of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.ami.link import ManagerLink
from ivr.settings.load import manager_secret

if TYPE_CHECKING:
    from ivr.settings import Settings


def manager_link(settings: Settings) -> ManagerLink:
    """Return the connection, not yet open; raise SettingsError if its secret cannot be read."""
    manager = settings.manager
    return ManagerLink(manager.host, manager.port, manager.username, manager_secret(settings))
