"""What ``idbellen doctor`` says of the pages' own look and of security.txt. Reads the files that are set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from idbellen.site import security_contact
from idbellen.verdict import Result, fine, warning, wrong
from ivr.errors import SettingsError
from web.assets import Assets
from web.contrast import poor
from web.look import Look
from web.options import DIST
from web.theme import Scheme, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ivr.settings import Settings

SOON: Final = timedelta(days=30)
"""Before the last day of security.txt: time to find out who it should name now."""


def examine(settings: Settings, *, dist: Path = DIST, now: datetime | None = None) -> Iterator[Result]:
    """Do the checks. ``dist`` is what scripts/frontend built."""
    yield from _look(settings, dist)
    yield from _security(settings, now or datetime.now(UTC))


def _look(settings: Settings, dist: Path) -> Iterator[Result]:
    try:
        Look.read(settings.site.theme, settings.site.logo)
    except SettingsError as error:
        yield wrong("look", str(error), "mend the file, or leave the setting out; the web does not start so")
        return
    try:
        ours = Assets(dist).text("page.css")
    except SettingsError as error:
        yield wrong("look", str(error), "scripts/frontend")
        return
    theirs = settings.site.theme.read_text("utf-8") if settings.site.theme else ""
    poorly = [
        f"{scheme}: {one}" for scheme in Scheme for one in poor(tokens(ours, scheme) | tokens(theirs, scheme))
    ]
    for line in poorly:
        yield wrong("look", line, f"change these colours in {settings.site.theme}")
    if not poorly:
        yield fine("look", "all words can be read, light and dark (WCAG 2.2 AA)")


def _security(settings: Settings, now: datetime) -> Iterator[Result]:
    contact = security_contact(settings.security)
    mend = "set security.contact and security.expires, at most a year ahead"
    if contact is None:
        yield warning(
            "security", "there is no security.txt: who finds a weakness does not know whom to tell", mend
        )
    elif contact.expires <= now:
        yield wrong("security", "security.expires is over, so security.txt is served no more", mend)
    elif contact.expires - now < SOON:
        yield warning("security", f"security.txt holds until {contact.last_day}", mend)
    else:
        yield fine("security", f"security.txt holds until {contact.last_day}")
