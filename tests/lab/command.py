"""What the ``idbellen`` command says, as its tests read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from click.testing import Result

SECRET: Final = "a-secret-of-the-lab-71"


def lines(result: Result) -> list[str]:
    """What a command that failed said: our own lines only, on the error output."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert all(line.startswith("idbellen: ") for line in result.stderr.splitlines())
    return [line.removeprefix("idbellen: ") for line in result.stderr.splitlines()]
