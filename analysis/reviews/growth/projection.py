"""Where the number of plans goes in twelve months under stated scenarios, and how well that would have done before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import number
from analysis.findings.values import make_value
from analysis.methods import hazards, projections
from analysis.methods.masks import certain
from analysis.methods.projections import Arrivals, Performance
from analysis.methods.resampling import cluster_weights
from analysis.reference.quarters import words
from analysis.reviews.growth import exits
from analysis.reviews.growth.arithmetic import known_then
from analysis.reviews.growth.exits import covered, plans_with_families, year_before

if TYPE_CHECKING:
    from analysis.findings.review import Review

TABLE = "protection_plans"
STEPS = 12
_STEP_DAYS = exits.YEAR_DAYS / STEPS
DRAWS, DRAWS_BACK = 400, 200
SEED = 20190930
AS_NOW, STARTS_BACK, ENDS_BACK = "as_now", "starts_back", "ends_back"
CALLED = {
    AS_NOW: "As the last 12 months",
    STARTS_BACK: "Starts as the year before",
    ENDS_BACK: "Ends as the year before",
}


@dataclass(frozen=True)
class Outlook:
    """A projection from `day`: what was open then, and by scenario a frame of median, lower_50, upper_50, lower_95 and
    upper_95, a row a month. Empty where a year before `day` isn't covered. `rests_on`: the counts behind it."""

    day: dt.date
    open: int
    fans: dict[str, pd.DataFrame]
    rests_on: tuple[int, ...]


def outlook(
    plans: pd.DataFrame, day: dt.date, *, year_before_known: bool, draws: int = DRAWS, steps: int = STEPS
) -> Outlook:
    """The projection from plans with `siblings` and `family` (`exits.plans_with_families`), as known on `day`.

    Question: how many plans will there be, if children come onto one, and plans end, as in the last twelve months? And if
    either went back to the twelve months before those?
    Method: `projections.project`, with hazards by age of plan, drawn by family, and families arriving at the pace of the
    twelve months, spread as unevenly as its months were. Trap: see there; it supposes that nothing changes.
    """
    now = pd.Timestamp(day)
    is_open = certain(plans["start_date"] <= now) & ~certain(plans["end_date"] <= now)
    ages = (now - plans.loc[is_open, "start_date"]).dt.days.to_numpy(float)
    spans = {"now": (year_before(day), day)}
    if year_before_known:
        spans["before"] = (year_before(year_before(day)), year_before(day))
    weights = cluster_weights(plans["family"], draws, SEED)
    seen = {name: exits.watched(plans, *span) for name, span in spans.items()}
    pace = {name: hazards.hazards(one, weights) for name, one in seen.items()}
    coming = {name: _arrivals(plans, *span) for name, span in spans.items()}
    scenarios = {AS_NOW: ("now", "now")}
    if year_before_known:
        scenarios |= {STARTS_BACK: ("before", "now"), ENDS_BACK: ("now", "before")}
    step = exits.YEAR_DAYS / steps
    siblings = plans.loc[is_open, "siblings"].to_numpy()
    fans = {
        name: projections.fan(
            projections.project(ages, siblings, pace[end], exits.EDGES, coming[start], steps, step, SEED)
        )
        for name, (start, end) in scenarios.items()
    }
    counts = (
        int(is_open.sum()),
        *(int(one.events.sum()) for one in seen.values()),
        *(int(one.sizes.sum()) for one in coming.values()),
    )
    return Outlook(day, int(is_open.sum()), fans, counts)


def _arrivals(plans: pd.DataFrame, opened: dt.date, closed: dt.date) -> Arrivals:
    inside = certain(plans["start_date"] > pd.Timestamp(opened)) & certain(plans["start_date"] <= pd.Timestamp(closed))
    begun = plans[inside].sort_values("start_date", kind="stable")
    days = (begun["start_date"] - pd.Timestamp(opened)).dt.days.to_numpy() - 1
    length = (closed - opened).days
    months = np.minimum((days * STEPS) // length, STEPS - 1)
    return projections.arrivals(begun["siblings"].to_numpy(), float(length), months, STEPS)


def from_review(review: Review) -> Outlook:
    """The outlook at the end of the review's quarter."""
    day = review.quarter.end
    if not covered(review.evidence, year_before(day), day):
        return Outlook(day, 0, {}, ())
    before = covered(review.evidence, year_before(year_before(day)), year_before(day))
    return outlook(review.evidence.once(plans_with_families), day, year_before_known=before)


def back_test(review: Review) -> pd.DataFrame:
    """The projection as in the last twelve months, made from each earlier quarter with what its own delivery knew, and the
    stock a year later as known then. Columns: made, open, projected, lower, upper, came.

    Families are those inferred now: they only widen the limits.
    """
    rows = []
    groups = review.evidence.once(plans_with_families).set_index(["child_id", "start_date"])[["siblings", "family"]]
    for quarter in review.history.quarters if review.history is not None else ():
        later = quarter.shift(4)
        if later > review.quarter or later not in review.history.quarters:
            continue
        then = known_then(review, TABLE, quarter.end)
        first = year_before(quarter.end) + dt.timedelta(days=1)
        if not (then.covers(first, first) and then.covers(first, quarter.end)):
            continue
        plans = then.known.table(TABLE)
        plans = plans[plans["start_date"].notna()]
        plans = plans.assign(**_groups(plans, groups))
        made = outlook(plans, quarter.end, year_before_known=False, draws=DRAWS_BACK, steps=1)
        last = made.fans[AS_NOW].iloc[-1]
        rows.append({"made": pd.Timestamp(quarter.end), "open": made.open, "projected": last["median"], "lower": last["lower_95"],
                     "upper": last["upper_95"], "came": known_then(review, TABLE, later.end).open_at(later.end)})  # fmt: skip
    columns = ["made", "open", "projected", "lower", "upper", "came"]
    return pd.DataFrame(rows, columns=columns).astype(
        {
            "made": "datetime64[us]",
            "open": "Int64",
            "came": "Int64",
            **dict.fromkeys(("projected", "lower", "upper"), "float64"),
        }
    )


def _groups(plans: pd.DataFrame, groups: pd.DataFrame) -> dict[str, np.ndarray]:
    """Each plan's groups as known now; a plan that has been taken back since is on its own."""
    found = groups.reindex(pd.MultiIndex.from_frame(plans[["child_id", "start_date"]]))
    alone = int(groups.max().max()) + 1 + np.arange(len(plans)) if len(groups) else np.arange(len(plans))
    return {name: np.where(found[name].isna(), alone, found[name].fillna(-1)).astype(int) for name in groups.columns}


def performance(tested: pd.DataFrame) -> tuple[Performance, Performance]:
    """How the projections did, and how the word "no change" would have done."""
    made = projections.performance(tested["projected"], tested["lower"], tested["upper"], tested["came"])
    nothing = projections.performance(tested["open"], tested["open"], tested["open"], tested["came"])
    return made, nothing


# --- told -----------------------------------------------------------------------------------------------------------


def paths(review: Review, found: Outlook, past: pd.DataFrame) -> Released:
    """What was and what may be: date, series (blank for what was), n, lower, upper. `past` has period_end and value."""
    rows = [pd.DataFrame({"date": past["period_end"].to_numpy(), "series": "", "n": past["value"].to_numpy(float), "lower": np.nan,
                          "upper": np.nan})] if len(past) else []  # fmt: skip
    ends = pd.date_range(pd.Timestamp(found.day), periods=STEPS + 1, freq="ME")[1:]
    for name, fan in found.fans.items():
        rows.append(
            pd.DataFrame(
                {
                    "date": ends,
                    "series": CALLED[name],
                    "n": fan["median"],
                    "lower": fan["lower_95"],
                    "upper": fan["upper_95"],
                }
            )
        )
    kinds = {"date": "datetime64[us]", "series": "str", **dict.fromkeys(("n", "lower", "upper"), "float64")}
    frame = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(kinds))
    frame = frame.astype(kinds).assign(smallest=pd.array([_smallest(found)] * len(frame), dtype="Int64"))
    # What was is released by itself (`past`); what may be rests on every count behind the projection.
    frame["smallest"] = frame["smallest"].mask(frame["series"] == "")
    return review.release(
        frame, counts=["smallest"], derived=dict.fromkeys(("n", "lower", "upper"), ("smallest",))
    ).only("date", "series", "n", "lower", "upper")


def table(review: Review, found: Outlook) -> Released:
    """A row a scenario: scenario, open, and in_6 and in_12 months with lower and upper of the latter. Released."""
    rows = [
        {"scenario": CALLED[name], "open": found.open, "in_6": fan["median"].iloc[5], "in_12": fan["median"].iloc[-1],
         "lower": fan["lower_95"].iloc[-1], "upper": fan["upper_95"].iloc[-1], "smallest": _smallest(found)}
        for name, fan in found.fans.items()
    ]  # fmt: skip
    figures = ["in_6", "in_12", "lower", "upper"]
    frame = pd.DataFrame(rows, columns=["scenario", "open", *figures, "smallest"]).astype(
        {"scenario": "str", "open": "Int64", "smallest": "Int64", **dict.fromkeys(figures, "float64")}
    )
    return review.release(frame, counts=["open", "smallest"], derived=dict.fromkeys(figures, ("smallest",)))


def tested_table(review: Review, tested: pd.DataFrame) -> Released:
    """The back-test, a row an earlier quarter, with error (came less projected) and within (in words). Released."""
    inside = (tested["lower"] <= tested["came"]) & (tested["came"] <= tested["upper"])
    frame = tested.assign(
        error=tested["came"].astype("float64") - tested["projected"].round(),
        within=inside.map({True: "yes", False: "no"}).astype("str"),
    )
    figures = ["projected", "lower", "upper", "error"]
    return review.release(frame, counts=["open", "came"], derived=dict.fromkeys(figures, ("open", "came")))


def values(review: Review, found: Outlook) -> dict[str, dict]:
    """`projection.<scenario>`, `projection.<scenario>_lower` and `_upper`: plans twelve months on."""
    items = {}
    for name, called in CALLED.items():
        fan = found.fans.get(name)
        for part, column in {"": "median", "_lower": "lower_95", "_upper": "upper_95"}.items():
            items[f"projection.{name}{part}"] = make_value(
                review.audience, None if fan is None else round(float(fan[column].iloc[-1])), rests_on=found.rests_on or [None],
                title=f"Plans twelve months on: {called.lower()}{part.replace('_', ', ')}{' limit' if part else ''}",
                period=f"12 months after {words(found.day)}")  # fmt: skip
    return items


def in_words(review: Review, found: Outlook) -> str:
    """The projection in a few sentences."""
    day = words(found.day)
    if not found.fans:
        return (
            f"The number of plans can't be projected from {day}: the records don't cover the twelve months before it."
        )
    if table(review, found).anything_withheld:
        return f"The projection from {day} is withheld, so that no count from 1 to 5 can be worked out from it."
    last = {name: fan.iloc[-1] for name, fan in found.fans.items()}
    now = last[AS_NOW]
    told = (
        f"If children come onto a plan and plans end as in the twelve months to {day}, {number(found.open, 'count')} plans become "
        f"{number(now['median'], 'count')} in twelve months, within 95% limits of {number(now['lower_95'], 'count')} and {number(now['upper_95'], 'count')}."
    )
    if STARTS_BACK in last:
        told += (
            f" With starts as in the year before, it would be {number(last[STARTS_BACK]['median'], 'count')}; with plans ending as in the "
            f"year before, {number(last[ENDS_BACK]['median'], 'count')}."
        )
    return told


def tested_in_words(review: Review, tested: pd.DataFrame) -> str:
    """How well it would have done, said plainly."""
    if tested.empty:
        return "How well such a projection would have done can't be tested: no earlier quarter has a year of records before it and one after."
    if tested_table(review, tested).anything_withheld:
        return "How well such a projection would have done is withheld, so that no count from 1 to 5 can be worked out from it."
    made, nothing = performance(tested)
    times = f"{made.number} earlier quarters" if made.number > 1 else "one earlier quarter"
    held = f"{made.within} of {made.number}" if made.number > 1 else ("the one" if made.within else "none")
    told = (
        f"Made from {times} with what was known then, the same projection would have been out by {number(made.mean_absolute_error, 'count')} plans "
        f"on average; the true number lay within its 95% limits in {held}."
    )
    better = nothing.mean_absolute_error - made.mean_absolute_error
    told += f" Saying that nothing would change would have been out by {number(nothing.mean_absolute_error, 'count')}."
    if made.within < 0.8 * made.number:
        told += " So the limits are too narrow: they hold only while nothing changes, and here something did. Read the projection as what follows from today's pace, not as a forecast."
    elif better <= 0:
        told += " So it has done no better than that, and should be read as what follows from today's pace, not as a forecast."
    else:
        told += " So it has been of use, though few and overlapping trials prove little."
    return told


def _smallest(found: Outlook) -> int | None:
    return min((one for one in found.rests_on if one > 0), default=None)
