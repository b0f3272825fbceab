"""How well the outlook would have done: made at earlier quarters with what was known then, and set beside what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import number
from analysis.methods import projections
from analysis.reviews.care_leavers import outlook, stays
from analysis.reviews.care_leavers.outlook import PROFILE

if TYPE_CHECKING:
    from analysis.findings.review import Review

LEAVING, STILL, STILL_TWO = (
    "Leaving as care leavers within a year", "13 to 15 then, still looked after a year on", "13 to 15 then, still looked after two years on",
)  # fmt: skip
_FURTHEST = 2
_EVERY = 2  # quarters between tests: a year ahead overlaps less, and each asks the records of its day anew


def tried(review: Review) -> pd.DataFrame:
    """A row an earlier quarter and measure: made, measure, of (those of 13 to 15 then), projected, lower, upper, came (as
    known now). Empty where no quarter has a year of records before it and one after."""
    rows: list[tuple] = []
    every = review.evidence.once(stays.stays)
    held = set(review.history.quarters) if review.history is not None else set()
    for back in range(4, 4 + 4 * 6, _EVERY):
        quarter = review.quarter.shift(-back)
        if quarter not in held:
            break
        made = outlook.as_known_then(review.known_at(quarter), quarter.end, min(_FURTHEST, back // 4))
        if made is None:
            break
        rows += _beside(made, every, back // 4)
    columns = ["made", "measure", "of", "projected", "lower", "upper", "came"]
    frame = pd.DataFrame(rows, columns=columns).astype({
        "made": "datetime64[us]", "measure": "str", **dict.fromkeys(("of", "came"), "Int64"),
        **dict.fromkeys(("projected", "lower", "upper"), "float64"),
    })  # fmt: skip
    return frame.sort_values(["measure", "made"], kind="stable", ignore_index=True)


def _beside(made: outlook.Outlook, every: pd.DataFrame, ahead: int) -> list[tuple]:
    """What was projected and what came, for each measure whose time has come."""
    then = made.today[made.today["age"] < stays.ENTITLED_FROM]
    year, two = ((pd.Timestamp(made.day) + pd.DateOffset(years=n)).date() for n in (1, 2))
    profile = made.origin == PROFILE
    drawn = {LEAVING: made.leaving(0, 1), STILL: made.still(1, profile)}
    came = {LEAVING: len(stays.left_care(every, made.day, year)), STILL: _among(every, then, year)}
    if ahead >= _FURTHEST:
        drawn[STILL_TWO], came[STILL_TWO] = made.still(2 - 1e-9, profile), _among(every, then, two)
    found = []
    for measure, draws in drawn.items():
        low, middle, high = np.quantile(draws, (0.025, 0.5, 0.975))
        found.append((pd.Timestamp(made.day), measure, len(then), middle, low, high, came[measure]))
    return found


def _among(every: pd.DataFrame, then: pd.DataFrame, day: object) -> int:
    return int(stays.inside(every, day)["child_id"].isin(then["child_id"]).sum())


def table(review: Review, rows: pd.DataFrame) -> Released:
    """The trials with `within` in words. Released."""
    inside = (rows["lower"] <= rows["came"]) & (rows["came"] <= rows["upper"])
    frame = rows.assign(within=inside.map({True: "yes", False: "no"}).astype("str"))
    return review.release(
        frame, counts=["of", "came"], derived=dict.fromkeys(("projected", "lower", "upper"), ("of", "came"))
    )


def in_words(review: Review, rows: pd.DataFrame) -> str:
    """How far out it would have been, said plainly, with "as many as last year" beside it."""
    mine = rows[rows["measure"] == LEAVING]
    if mine.empty:
        return "How well such a projection would have done can't be tested: no earlier quarter has a year of records before it and one after."
    if table(review, rows).anything_withheld:
        return "How well it would have done is withheld, because so few children are behind it."
    did = projections.performance(mine["projected"], mine["lower"], mine["upper"], mine["came"])
    way = "more" if did.mean_error > 0 else "fewer"
    held = int(((rows["lower"] <= rows["came"]) & (rows["came"] <= rows["upper"])).sum())
    bias = (
        f"; on average {number(abs(did.mean_error), 'mean')} {way} left than projected"
        if abs(did.mean_error) >= 0.5
        else ""
    )
    return (
        f"Made at {number(did.number, 'count')} earlier quarters for the year ahead, with what was known then, the number leaving would have been out by "
        f"{number(did.mean_absolute_error, 'mean')} on average{bias}. Counting also trials of how many stay looked after, {number(held, 'count')} of {number(len(rows), 'count')} came within the limits. "
        "The trials overlap in time, so they are fewer than they look."
    )
