"""js/agent/phone: what the telephone can be and how good its sound is, by the modules themselves."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.lab.front import TOP

pytestmark = pytest.mark.req("A7")
FOLDER = TOP / "web/frontend/js/agent/phone"


def node(module: str, expression: str) -> Any:
    """What an expression about a module is."""
    code = f'import * as m from "{(FOLDER / module).as_uri()}"; console.log(JSON.stringify({expression}))'
    argv = ("node", "--no-warnings", "--input-type=module", "-e", code)
    return json.loads(subprocess.run(argv, check=True, capture_output=True, timeout=30).stdout)


@pytest.mark.tools
def test_every_state_is_in_both_tables_and_can_be_reached() -> None:
    """No move leads out of them, and none waits for an event that nobody tells."""
    actions, moves = node("states.js", "m.ACTIONS"), node("states.js", "m.MOVES")
    assert actions.keys() == moves.keys()
    reached, todo = set(), ["off"]
    while todo:
        state = todo.pop()
        reached.add(state)
        todo += set(moves[state].values()) - reached
    assert reached == actions.keys()
    texts = (TOP / "web/templates/agent/phone.html").read_text()
    assert all(f'data-text="{state}"' in texts for state in actions)


@pytest.mark.tools
def test_a_call_can_always_be_ended_and_its_end_is_always_seen() -> None:
    """By the agent, who goes back to the caller first; by the caller; never by another window."""
    actions, moves = node("states.js", "m.ACTIONS"), node("states.js", "m.MOVES")
    for state in node("states.js", "m.ON_A_CALL"):
        assert {"hangup", "back"} & set(actions[state])
        assert moves[state]["gone"] == "ready"
        assert "retire" not in moves[state]
        assert "lost" not in moves[state]


@pytest.mark.tools
def test_what_comes_late_changes_nothing() -> None:
    """An event that the table does not list."""
    assert node("states.js", 'm.next("ready", "gone")') == "ready"
    assert node("states.js", 'm.next("talking", "registered")') == "talking"


@pytest.mark.tools
@pytest.mark.parametrize(
    ("now", "word"),
    [
        ({"received": 150, "missed": 0, "lost": 0, "delay": 0.05, "jitter": 0.01}, "good"),
        ({"received": 145, "missed": 5, "lost": 0, "delay": 0.05, "jitter": 0.01}, "fair"),
        ({"received": 150, "missed": 0, "lost": 0, "delay": 0.3, "jitter": 0.01}, "fair"),
        ({"received": 120, "missed": 30, "lost": 0, "delay": 0.05, "jitter": 0.01}, "poor"),
        ({"received": 150, "missed": 0, "lost": 0.2, "delay": 0.05, "jitter": 0.01}, "poor"),
        ({"received": 0, "missed": 0, "lost": 0, "delay": 0.05, "jitter": 0.01}, "silent"),
        ({"received": 150, "missed": -3, "lost": 0, "delay": 0, "jitter": 0}, "good"),
    ],
)
def test_the_sound_has_a_word(now: dict[str, float], word: str) -> None:
    """From what was counted in one stretch of time."""
    zero = {"received": 0, "missed": 0}
    assert node("quality.js", f"m.judge({json.dumps(zero)}, {json.dumps(now)})") == word
