"""The pages about this site, and when something went wrong. See `states`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.lab.scene import Scene


async def help_(scene: Scene) -> None:
    """Help: when a square, an app or a code does not work, and without any of them."""
    await scene.go("/help")


async def questions(scene: Scene) -> None:
    """Questions and answers."""
    await scene.go("/questions")
    await scene.page.locator("summary").first.click()


async def words(scene: Scene) -> None:
    """What the words mean."""
    await scene.go("/words")


async def privacy(scene: Scene) -> None:
    """Privacy, where the organisation has no page of its own."""
    await scene.go("/privacy")


async def accessibility(scene: Scene) -> None:
    """Accessibility."""
    await scene.go("/accessibility")


async def no_such_page(scene: Scene) -> None:
    """An address that is none."""
    await scene.go("/nergens")


async def not_working(scene: Scene) -> None:
    """A part of ours is down."""
    await scene.go("/fail/away")


async def something_broke(scene: Scene) -> None:
    """We made a mistake."""
    await scene.go("/fail/broken")


async def too_often(scene: Scene) -> None:
    """Asked too often in a short time."""
    await scene.go("/fail/often")


async def not_from_here(scene: Scene) -> None:
    """Sent by another site, or without cookies."""
    await scene.go("/fail/forged")
