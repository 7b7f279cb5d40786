"""Every state of the citizens' pages, each reached from nothing in a browser of its own.

For the tests that look at all of them (tests/web/citizen/test_states.py) and for the pictures in docs
(`shots`). What each shows stands in its docstring. Knows the pages as people do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from tests.lab import states_about as about
from tests.lab import states_before as before
from tests.lab import states_call as call
from tests.lab import states_login as login
from tests.lab.scene import Scene

State = Callable[[Scene], Awaitable[None]]

STATES: Final[dict[str, State]] = {
    state.__name__.strip("_").replace("_", "-"): state
    for state in (
        *(before.start, before.some_closed, before.all_closed, before.nobody_at_work, before.notice),
        *(before.disrupted, before.service_ended, before.purpose, before.purpose_without_consent),
        *(before.closing_soon, before.closed, before.holiday, before.nobody_for_this),
        *(login.sent_by_another_site, login.demo, login.not_logged_in, login.stopped_logging_in),
        *(login.cannot_log_in, login.too_late, login.level_too_low, login.details_missing),
        *(login.not_recognised, call.code, call.code_before_logging_in, call.code_nearly_over),
        *(call.code_asked_often, call.code_closing_soon, call.code_after_closing, call.no_connection),
        *(call.called, call.queued, call.queued_at_a_place, call.queued_before_logging_in),
        *(call.queued_unknown, call.connected, call.connected_to_somebody, call.ended, call.stopped),
        *(call.expired, call.nothing_here, call.on_the_phone, call.on_the_phone_wrong_number),
        *(call.on_the_phone_subject, call.on_the_phone_code),
        *(about.help_, about.questions, about.words, about.privacy, about.accessibility),
        *(about.no_such_page, about.not_working, about.something_broke, about.too_often),
        about.not_from_here,
    )
}
"""By name, in the order in which people may meet them."""
