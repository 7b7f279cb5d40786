"""axe-core on a page in a real browser: the accessibility faults that a program can find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.lab.front import TOP, build_frontend

if TYPE_CHECKING:
    from playwright.async_api import Page

AXE = TOP / "web/frontend/node_modules/axe-core/axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


async def violations(page: Page) -> list[str]:
    """One line a fault: the rule, what it asks, and where. The page's own CSP stays in force."""
    build_frontend()
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("(tags) => axe.run(document, {runOnly: tags})", list(RULES))
    return [
        f"{fault['id']}: {fault['help']}: {node['html'][:200]}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
