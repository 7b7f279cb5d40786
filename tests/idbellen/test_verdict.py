"""Facts about what the doctor prints."""

from __future__ import annotations

from idbellen.verdict import Verdict, fine, table, warning, wrong

RESULTS = [fine("store", "valkey 9"), warning("agents", "none", "add some"), wrong("channelvars", "no", "do")]


def test_one_line_a_check_and_what_to_do_below_those_that_are_not_fine() -> None:
    """In columns, so that the eye finds the wrong ones."""
    assert table(RESULTS).splitlines() == [
        "fine     store       valkey 9",
        "warning  agents      none",
        "                       → add some",
        "wrong    channelvars no",
        "                       → do",
    ]


def test_colours_are_for_a_terminal() -> None:
    """Elsewhere they would be dirt."""
    assert "\x1b[" not in table(RESULTS)
    painted = table(RESULTS, colour=True)
    for result, colour in zip(RESULTS, (32, 33, 31), strict=True):
        assert f"\x1b[{colour}m{result.verdict.value:8}\x1b[0m" in painted


def test_only_what_is_fine_needs_no_mending() -> None:
    """The other two cannot be made without."""
    assert [result.mend for result in RESULTS] == ["", "add some", "do"]
    assert [result.verdict for result in RESULTS] == [Verdict.FINE, Verdict.WARNING, Verdict.WRONG]
