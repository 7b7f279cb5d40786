"""What ``idbellen doctor`` says of opening hours and of the notice: how it stands for people who call now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from idbellen.notice import told
from idbellen.storage import open_store
from idbellen.verdict import Result, fine, warning
from ivr.errors import StoreError
from ivr.session.opening import ALWAYS, LOOK_AHEAD
from ivr.store.notices import Notices

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from ivr.session.opening import Hours
    from ivr.settings import Settings


async def examine(settings: Settings, now: datetime | None = None) -> AsyncIterator[Result]:
    """Do the checks."""
    for result in _hours(settings, now or datetime.now(UTC)):
        yield result
    async for result in _notice(settings):
        yield result


def _hours(settings: Settings, now: datetime) -> Iterator[Result]:
    every = {"ordinary queue": settings.opening.to_hours()}
    every |= {purpose.name: purpose.hours for purpose in settings.to_purposes()}
    if all(hours is ALWAYS for hours in every.values()):
        mend = 'set opening.hours = ["mon-fri 08:30-17:00"]; if it is so: ["mon-sun 00:00-24:00"]'
        yield warning(
            "opening", "no hours are set: who calls at night is never told that you are closed", mend
        )
        return
    said: dict[str, list[str]] = {}
    for name, hours in every.items():
        said.setdefault(_said(hours, now), []).append(name)
    for words, names in said.items():
        line = f"{', '.join(names)}: {words}"
        if words.startswith("never"):
            yield warning("opening", line, "look at opening.hours, opening.dates and purposes.hours")
        else:
            yield fine("opening", line)


def _said(hours: Hours, now: datetime) -> str:
    status = hours.at(now)
    if status.until is None:
        return "open, day and night" if status.open else f"never open in the next {LOOK_AHEAD} days"
    until = f"{status.until.astimezone(hours.zone):%a %d %b %H:%M}"
    return f"open until {until}" if status.open else f"closed until {until}"


async def _notice(settings: Settings) -> AsyncIterator[Result]:
    store = open_store(settings)
    try:
        up = await Notices(store).current()
    except StoreError:
        up = None  # the check of the store tells
    finally:
        await store.close()
    shown = up or settings.notice.to_notice()
    if shown is None:
        return
    if shown.stops:
        mend = "idbellen notice --clear" if up else "take it out of [notice] in the settings"
        yield warning("notice", told(shown), f"when it is over: {mend}")
    else:
        yield fine("notice", told(shown))
