"""Names of this machine, of its folders and of package registries do not belong in a project."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .project import Project

REGISTRIES: Final = ("pythonhosted.", "pypi.org", "npmjs.", "proxy.golang.", "crates.io")
"""Where packages come from is the machine's affair: settings of pip, npm and apt."""
SHARED: Final = ("/", "/home", "/opt", "/root", "/srv", "/tmp", "/usr/src", "/var")  # noqa: S108 - named, not used
"""Folders that every machine has."""
SHORT: Final = 4
"""Letters of a machine's name that could stand in any text."""


def addresses(project: Project) -> Iterator[str]:
    """Give the lines that hold one."""
    names = of_this_machine(project.top)
    here = Path(__file__).resolve()
    files = [file for file in project.files() if file.resolve() != here]
    return project.lines(files, lambda line: any(name in line for name in names))


def of_this_machine(top: Path) -> set[str]:
    """Return what names this machine and where it gets its packages."""
    names = {f"{folder}/" for folder in (top, top.parent, Path.home()) if str(folder) not in SHARED}
    names |= {one for one in (socket.gethostname(), *REGISTRIES) if len(one) > SHORT}
    for variable, value in os.environ.items():
        if re.search("INDEX_URL|REGISTRY|GOPROXY", variable.upper()):
            names |= set(re.findall(r"//(?:[^/@\s]*@)?([^/:\s,]+)", value))
    return names
