"""Wires what the pages are told of hours, notice and queues."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ivr.store.notices import Notices
from ivr.store.queues import Queues
from web.citizen.reception import Reception

if TYPE_CHECKING:
    from ivr.session.purpose import Purposes
    from ivr.settings import Settings
    from ivr.store.client import Store


def reception(settings: Settings, store: Store, purposes: Purposes) -> Reception:
    """Make it, with the clock of this machine."""
    return Reception(
        purposes,
        ordinary=settings.opening.to_hours(),
        ordinary_queue=settings.asterisk.queue,
        notices=Notices(store),
        queues=Queues(store),
        notice=settings.notice.to_notice(),
        now=time.time,
    )
