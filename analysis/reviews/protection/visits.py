"""Visits to children on a protection plan: how long ago the last one was, and how late those are who haven't been visited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import number
from analysis.indicators.definition import STOCK, Period, period
from analysis.indicators.protection_practice import VISIT_DAYS, visited
from analysis.reference.quarters import words

if TYPE_CHECKING:
    from analysis.findings.review import Review

NEVER = "No visit recorded"
# Days before; the second ends where a visit in the last four weeks does.
BANDS = (("Under two weeks ago", 0, 13), ("Two to four weeks ago", 14, VISIT_DAYS - 1), ("Four to six weeks ago", VISIT_DAYS, 41), ("Six weeks ago or more", 42, 100_000))  # fmt: skip


def last_visits(review: Review) -> Released:
    """Children on a plan by when they were last visited, a row a band: `band`, `now`, `year_ago`, and `percent` now."""
    names = [name for name, *_ in BANDS] + [NEVER]
    frame = pd.DataFrame({"band": names}, dtype="str")
    for name, quarter in (("now", review.quarter), ("year_ago", review.quarter.shift(-4))):
        frame[name] = pd.array(_counts(review, period(STOCK, quarter)), dtype="Int64")
    totals = {name: float(frame[name].sum()) for name in ("now", "year_ago") if frame[name].notna().all()}
    whole = totals.get("now", 0.0)
    frame["percent"] = (100 * frame["now"] / whole if whole else pd.array([None] * len(names), "Float64")).astype(
        "float64"
    )
    return review.release(
        frame, counts=["now", "year_ago"], derived={"percent": ("now",)}, adds=Structure(totals=totals)
    )


def _counts(review: Review, at: Period) -> list[int | None]:
    covered = review.evidence.covers("protection_plans", at.start, at.end)
    rows = review.evidence.once(visited, at) if covered else None
    if rows is None:
        return [None] * (len(BANDS) + 1)
    ago = (at.last - rows["latest_visit"]).dt.days
    return [*(int(ago.between(low, high).sum()) for _, low, high in BANDS), int(ago.isna().sum())]


def in_words(review: Review, released: Released) -> str:
    """How many had been visited in the last four weeks, and when the others had been."""
    rows, day = released.frame.set_index("band"), words(review.quarter.end)
    if rows["now"].isna().all() and not released.is_withheld("now").any():
        return f"When children on a plan were last visited isn't known for {day}: no Annex A of that day is held."
    if not released.totals.get("now", rows["now"].sum()):
        return f"No child was on a plan on {day}."
    hidden = released.is_withheld("now").set_axis(rows.index)
    told = [
        f"{_told(rows.loc[name, 'now'], bool(hidden[name]))} {said}"
        for name, said in (
            (BANDS[0][0], "had been visited less than two weeks before"),
            (BANDS[1][0], "two to four weeks before"),
            (BANDS[2][0], "four to six weeks before"),
            (BANDS[3][0], "six weeks before or earlier"),
        )
    ]
    never = (
        "every one has a visit on record"
        if rows.loc[NEVER, "now"] == 0 and not hidden[NEVER]
        else f"of {number(rows.loc[NEVER, 'now'], 'count', withheld=bool(hidden[NEVER]))} no visit was recorded"
    )
    kept = " (c: withheld, to protect small numbers)" if hidden.any() else ""
    return f"Of the children on a plan on {day}, {', '.join(told)}; {never}{kept}."


def _told(count: object, hidden: bool) -> str:
    return "none" if not hidden and count == 0 else number(count, "count", withheld=hidden)
