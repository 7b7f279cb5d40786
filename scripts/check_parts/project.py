"""The files of a checkout, and their lines. Knows git, and does without."""

from __future__ import annotations

import os
import re
import subprocess
from fnmatch import translate
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MADE: Final = {".git", ".venv", "__pycache__", "node_modules", "var", "dist"} | {
    f".{tool}_cache" for tool in ("mypy", "ruff", "pytest", "import_linter")
}
"""Folders that are made here, where there is no git to say so."""
SHOWN: Final = 100


class Project:
    """A checkout."""

    def __init__(self, top: Path) -> None:
        self.top = top

    def files(self, *patterns: str) -> list[Path]:
        """Files in git, or about to be, of these patterns or all; ``*`` is any part of a path."""
        wanted = [re.compile(translate(one) + "|" + translate(f"{one}/*")) for one in patterns]
        names = (name for name in self._names if not wanted or any(one.match(name) for one in wanted))
        return [self.top / name for name in names]

    def name(self, file: Path) -> str:
        """A file's name as people say it here."""
        return file.relative_to(self.top).as_posix()

    def lines(self, files: Iterable[Path], wrong: Callable[[str], bool]) -> Iterator[str]:
        """Where in these files a line of text is wrong."""
        for file in files:
            try:
                text = file.read_text("utf-8")
            except UnicodeDecodeError:
                continue
            for number, line in enumerate(text.splitlines(), 1):
                if wrong(line):
                    yield f"{self.name(file)}:{number}: {line.strip()[:SHOWN]}"

    def scripts(self, language: str) -> list[Path]:
        """Our scripts of that language, which have no suffix to be known by."""
        files = (file for file in self.files("scripts", ".ci") if not file.suffix)
        return [file for file in files if language in file.read_text("utf-8").partition("\n")[0]]

    @cached_property
    def _names(self) -> list[str]:
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        try:
            told = subprocess.run(command, cwd=self.top, capture_output=True, text=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            return sorted(self._walk())
        return sorted(name for name in told.split("\0") if name and (self.top / name).is_file())

    def _walk(self) -> Iterator[str]:
        for folder, inside, files in os.walk(self.top):
            inside[:] = [name for name in inside if name not in MADE]
            yield from (self.name(Path(folder, name)) for name in files)
