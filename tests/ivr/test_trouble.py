"""Facts about troubles: one line when it begins, one when it is over."""

from __future__ import annotations

from structlog.testing import capture_logs

from ivr.trouble import Trouble


def test_it_is_told_once_however_often_it_is_noticed() -> None:
    """With the reason of the first time; again only after it was over."""
    trouble = Trouble("store.lost", "store.back")
    with capture_logs() as logs:
        trouble.over()
        for reason in ("no answer", "refused", "refused"):
            trouble.tell(OSError(reason))
        trouble.over()
        trouble.over()
        trouble.tell(OSError("refused"))
    lost, back = {"event": "store.lost", "log_level": "warning"}, {"event": "store.back", "log_level": "info"}
    assert logs == [lost | {"reason": "no answer"}, back, lost | {"reason": "refused"}]
