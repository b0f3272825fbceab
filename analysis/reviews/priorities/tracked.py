"""Whether each action moved what it was meant to: before and after, and whether the change is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.disclosure import CONFIDENTIAL
from analysis.disclosure.wording import NOT_AVAILABLE
from analysis.findings.measures import values_of
from analysis.indicators import comparable, registry
from analysis.indicators.changes import Place, beyond_chance
from analysis.reviews.priorities import entries
from analysis.reviews.priorities.entries import FALL, HOLD, RISE, Action, Impact, Plan, Priority

if TYPE_CHECKING:
    from analysis.findings.review import Review

# What became of a measure that an action was meant to move.
BY_MORE = ", by more than chance"
AS_MEANT = f"as meant{BY_MORE}"
WITHIN = "no more than usual variation"
AWAY = f"the other way{BY_MORE}"
HELD = "held, as meant"
UNKNOWN = "can't be said"
WITHHELD = "withheld"


@dataclass(frozen=True)
class Tracked:
    """One measure of one action. `before` and `after` are items of findings, as the audience may see them; blank where the
    moment lies after this edition."""

    priority: Priority
    action: Action
    impact: Impact
    title: str
    before: dict
    after: dict
    outcome: str
    way: str

    @property
    def moved(self) -> str:
        """`23.0 (30 September 2017) to 19.1 (30 September 2018)`."""
        return " to ".join(_told(one) for one in (self.before, self.after))


def in_force(review: Review) -> Plan | None:
    """The priorities of this authority that had been entered when an edition about this quarter was made."""
    held = entries.plan()
    if held is None or held.authority != review.authority.code:
        return None
    return held if held.entered <= comparable.published_by(review.quarter.end) else None


def tracked(review: Review, plan: Plan | None) -> list[Tracked]:
    """Every measure that an action was meant to move, in the order of the file."""
    wanted = [
        (one, action, impact)
        for one in (plan.priorities if plan else ())
        for action in one.done
        for impact in action.impact
    ]
    if not wanted:
        return []
    ids = sorted({impact.indicator for *_, impact in wanted})
    at = sorted(
        {quarter for *_, impact in wanted for quarter in impact.quarters(review.quarter) if quarter <= review.quarter}
    )
    table = registry.series(review.known, ids, at, authority=review.authority)
    table = table[table["breakdown"] == "all"].reset_index(drop=True)
    items = values_of(review, table.assign(moment=table["quarter"]), {one: one for one in ids})
    rows = {(row["indicator"], row["quarter"]): row for _, row in table.iterrows()}
    return [_track(review, *one, rows, items) for one in wanted]


def _track(review: Review, priority: Priority, action: Action, impact: Impact, rows: dict, items: dict) -> Tracked:
    about = registry.indicators()[impact.indicator]
    quarters = impact.quarters(review.quarter)
    shown = [items.get(f"{impact.indicator}.{quarter}", {}) for quarter in quarters]
    texts = [one.get("text", NOT_AVAILABLE) for one in shown]
    same = (priority, action, impact, about.title, *shown)
    if CONFIDENTIAL in texts:
        return Tracked(*same, WITHHELD, "")
    if NOT_AVAILABLE in texts or not quarters[0] < quarters[1]:
        return Tracked(*same, UNKNOWN, "")
    before, after = (rows[impact.indicator, str(quarter)] for quarter in quarters)
    if tuple(before[["period_start", "period_end"]]) == tuple(after[["period_start", "period_end"]]):
        return Tracked(*same, UNKNOWN, "")
    real = beyond_chance(review.known, about, Place(review.authority), before, after, quarters)
    up = after["value"] > before["value"]
    way = "unchanged" if after["value"] == before["value"] else "rose" if up else "fell"
    return Tracked(*same, outcome(impact.meant_to, up, real), way)


def outcome(meant_to: str, up: bool, real: bool) -> str:
    """What to say of a change `up` or not that is `real`, more than chance would give, or not."""
    if meant_to == HOLD:
        return AWAY if real else HELD
    if not real:
        return WITHIN
    return AS_MEANT if (meant_to == RISE) == up else AWAY


def meant(impact: Impact) -> str:
    return {RISE: "rise", FALL: "fall", HOLD: "stay"}[impact.meant_to]


def _told(item: dict) -> str:
    return f"{item['text']} ({item['period']})" if item else NOT_AVAILABLE


def of(found: Sequence[Tracked], priority: Priority) -> list[Tracked]:
    return [one for one in found if one.priority is priority]
