"""Wires agents' screens to the organisation's own systems: links, and the processing log. Decides nothing."""

from __future__ import annotations

import time
from importlib.metadata import version
from typing import TYPE_CHECKING

from yarl import URL

from ivr.settings.schema import LANGUAGES
from ivr.store.sealing import Macs
from web.agent.journal import Journal
from web.agent.links import Template
from web.agent.views import Register, Views

if TYPE_CHECKING:
    from ivr.settings import Settings
    from ivr.store.sealing import KeySet

USE = "processing"
"""What the macs in the processing log are derived for."""


def views(settings: Settings, seal_keys: KeySet) -> Views:
    """Make what writes the processing log; raise SettingsError when nothing can be written there."""
    journal = Journal(settings.processing_file)
    journal.check()
    ours = f"{URL(settings.web.url).origin()}/{LANGUAGES[0]}/{{purpose}}"
    register = Register(
        activity=settings.processing.activity or ours,
        subject=settings.processing.subject,
        version=version("idbellen"),
    )
    return Views(journal, Macs(seal_keys, USE), register, time.time)


def links(settings: Settings) -> tuple[Template, ...]:
    """Tell agents' screens of the links."""
    return tuple(
        Template(
            title={str(language): words for language, words in link.title.items()},
            url=link.url,
            purposes=frozenset(link.purposes),
        )
        for link in settings.links
    )
