"""What is measured: the names of the rows, which part makes each, and what we want of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripts.bench_parts.rig import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a row must reach. What is not given is no matter."""

    part: str
    """The module that measures it."""
    ratio_least: float | None = None
    ratio_most: float | None = None
    value_most: float | None = None
    unit: str = "ms"
    """Of ``value_most``."""

    def met(self, row: Row) -> bool:
        """Tell whether the row reaches it."""
        return (
            (self.ratio_least is None or row["ratio"] >= self.ratio_least)
            and (self.ratio_most is None or row["ratio"] <= self.ratio_most)
            and (self.value_most is None or row["value"] <= self.value_most)
        )

    def __str__(self) -> str:
        parts = (
            ("ratio ≥ {}", self.ratio_least),
            ("ratio ≤ {}", self.ratio_most),
            (f"≤ {{}} {self.unit}", self.value_most),
        )
        return ", ".join(text.format(bound) for text, bound in parts if bound is not None)


GOALS = {
    "agi_dialogue_vs_floor": Goal(part="agi", ratio_least=0.75),
    "agi_dialogue_vs_panoramisk": Goal(part="agi", ratio_least=1.8),
    "call_flow_vs_floor": Goal(part="call_flow", ratio_least=0.6),
    "ami_events_vs_floor": Goal(part="ami", ratio_least=0.5),
    "ami_events_vs_panoramisk": Goal(part="ami", ratio_least=1.5),
    "pop_latency_vs_floor": Goal(part="pop_latency", ratio_most=2, value_most=50),
    "desktop_pops": Goal(part="desktop_pops", value_most=50),
    "oidc_login_p99": Goal(part="oidc_login", value_most=50),
    "session_start_vs_floor": Goal(part="session_start", ratio_least=0.8),
    "queue_delay_vs_plain": Goal(part="queue_delay", value_most=30),
    "open_logins_cpu": Goal(part="open_logins", value_most=20, unit="% of a core"),
    "restart_with_logins_cpu": Goal(part="open_logins", value_most=20, unit="% of a core"),
    "open_pages_cpu": Goal(part="open_pages", value_most=20, unit="% of a core"),
    "open_pages_memory": Goal(part="open_pages", ratio_most=2),
    "queue_view_cpu": Goal(part="queue_view", value_most=20, unit="% of a core"),
    "queue_view_pop": Goal(part="queue_view", ratio_most=2, value_most=50),
}
