"""Our own pages: what they link to is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .project import Project

LINK: Final = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)[^)]*\)")


def links(project: Project) -> Iterator[str]:
    """Give the links to files that are not there."""
    for page in project.files("*.md"):
        for target in LINK.findall(page.read_text("utf-8")):
            if not (page.parent / target).exists():
                yield f"{project.name(page)}: {target} is not there"
