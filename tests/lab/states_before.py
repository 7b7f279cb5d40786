"""Before the log-in: subjects, one subject, and what may be in the way of starting. See `states`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.session.notice import Kind, Notice
from ivr.session.queue import QueueFacts
from ivr.store.notices import Notices
from ivr.store.queues import Queues
from tests.lab.scene import CHRISTMAS, NEARLY, NIGHT, PURPOSE, SHUT

if TYPE_CHECKING:
    from tests.lab.scene import Scene

NOTICE_HOURS: Final = 1
NOBODY: Final = QueueFacts(
    logged_in=0, serving=0.0, available=0, waiting=0, hold_seconds=None, talk_seconds=None
)


async def start(scene: Scene) -> None:
    """The first page: the subjects to call about."""
    await scene.go()


async def purpose(scene: Scene) -> None:
    """One subject, before the log-in: what is asked, why, for whom, for how long, how sure it must be."""
    await scene.go(f"/{PURPOSE}")


async def purpose_without_consent(scene: Scene) -> None:
    """Nobody goes on without agreeing."""
    await purpose(scene)
    await scene.page.locator("form").last.evaluate("(form) => { form.noValidate = true; }")
    await scene.page.locator("[name=method]").first.click()
    await scene.page.locator("[aria-invalid]").wait_for()


async def notice(scene: Scene) -> None:
    """The operator has something to say; calling goes on."""
    text = {"nl": "Vandaag is het drukker dan anders.", "en": "Today it is busier than usual."}
    await Notices(scene.store).put(Notice(Kind.NOTICE, text), NOTICE_HOURS)
    await start(scene)


async def disrupted(scene: Scene) -> None:
    """The operator says that there is a disruption."""
    text = {"nl": "Onze telefoon heeft een storing.", "en": "Our telephone is out of order."}
    await Notices(scene.store).put(Notice(Kind.DISRUPTED, text), NOTICE_HOURS)
    await purpose(scene)


async def service_ended(scene: Scene) -> None:
    """The operator says that it is over: a pilot has ended."""
    text = {
        "nl": "De proef is klaar. Bel ons voortaan gewoon.",
        "en": "The trial is over. Just call us from now on.",
    }
    await Notices(scene.store).put(Notice(Kind.ENDED, text), NOTICE_HOURS)
    await start(scene)


async def some_closed(scene: Scene) -> None:
    """The first page after closing time; one subject is still answered."""
    scene.wall.at(SHUT)
    await start(scene)


async def closed(scene: Scene) -> None:
    """One subject after closing time: when it opens, and what else people can do."""
    scene.wall.at(SHUT)
    await purpose(scene)


async def all_closed(scene: Scene) -> None:
    """The first page when no subject is answered."""
    scene.wall.at(NIGHT)
    await start(scene)


async def holiday(scene: Scene) -> None:
    """One subject at Christmas, on a weekday."""
    scene.wall.at(CHRISTMAS)
    await purpose(scene)


async def closing_soon(scene: Scene) -> None:
    """One subject shortly before closing time."""
    scene.wall.at(NEARLY)
    await purpose(scene)


async def nobody_at_work(scene: Scene) -> None:
    """The first page when no employee is at the phone."""
    await Queues(scene.store).put(scene.lease, dict.fromkeys(scene.queues, NOBODY))
    await start(scene)


async def nobody_for_this(scene: Scene) -> None:
    """One subject when no employee is at the phone: it is the citizen's choice."""
    await Queues(scene.store).put(scene.lease, dict.fromkeys(scene.queues, NOBODY))
    await purpose(scene)
