"""Logging in, and coming back from it. See `states`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.lab.citizens import PURPOSES
from tests.lab.scene import PURPOSE
from tests.lab.states_before import purpose

if TYPE_CHECKING:
    from tests.lab.scene import Scene


async def demo(scene: Scene) -> None:
    """The demonstration's log-in, in the place of DigiD or Yivi."""
    await purpose(scene)
    await scene.page.locator("[name=agree]").check()
    await scene.page.locator("[name=method]").first.click()
    await scene.page.locator("[name=person]").first.wait_for()


async def not_logged_in(scene: Scene) -> None:
    """Agreed, but not logged in yet."""
    started = await scene.sessions.create(PURPOSES.get(PURPOSE), "nl")
    await scene.hold(started.ticket)


async def _refused(scene: Scene, reason: str) -> None:
    started = await scene.sessions.create(PURPOSES.get(PURPOSE), "nl")
    await scene.hold(started.ticket, f"/call?login={reason}")


async def stopped_logging_in(scene: Scene) -> None:
    """Stopped at the other party's page."""
    await _refused(scene, "cancelled")


async def cannot_log_in(scene: Scene) -> None:
    """The other party does not answer."""
    await _refused(scene, "unavailable")


async def too_late(scene: Scene) -> None:
    """Logging in took too long."""
    await _refused(scene, "late")


async def level_too_low(scene: Scene) -> None:
    """Logged in, but not surely enough for this subject."""
    started = await scene.sessions.create(PURPOSES.get(PURPOSE), "nl")
    await scene.sessions.fail(started.id)
    await scene.hold(started.ticket, "/call?login=too-low")


async def details_missing(scene: Scene) -> None:
    """Logged in, without all that the subject needs."""
    started = await scene.sessions.create(PURPOSES.get(PURPOSE), "nl")
    await scene.sessions.fail(started.id)
    await scene.hold(started.ticket, "/call?login=incomplete")


async def not_recognised(scene: Scene) -> None:
    """Logged in, and we could make nothing of it."""
    started = await scene.sessions.create(PURPOSES.get(PURPOSE), "nl")
    await scene.sessions.fail(started.id)
    await scene.hold(started.ticket)


async def sent_by_another_site(scene: Scene) -> None:
    """From another front end: who sent you, what is asked, and the button to log in."""
    asked = await scene.program.ask(purpose=PURPOSE, language=scene.language)
    await scene.page.goto(str(asked.url))
