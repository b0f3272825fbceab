"""Complaints month by month and by theme, and how many of stage 1 have gone on to stage 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure.wording import NOT_AVAILABLE
from analysis.findings.values import make_value
from analysis.findings.variation import Judged, judge
from analysis.indicators import quality
from analysis.indicators.definition import ROLLING_YEAR, period
from analysis.methods.masks import certain
from analysis.reference.quarters import words

if TYPE_CHECKING:
    from analysis.findings.review import Review


def of_stage(review: Review, stage: str) -> pd.DataFrame:
    """Complaints received at a stage, in order of the day."""
    rows = review.evidence.once(quality.complaints)
    return rows[certain(rows["stage"] == stage)].reset_index(drop=True)


def monthly(review: Review, stage: str) -> pd.DataFrame:
    """Complaints received by month (`month`, `n`), from the first month that is known whole to the quarter's end."""
    dates = of_stage(review, stage)["date"].dropna()
    begins = review.evidence.begins("complaints")
    last = pd.Period(review.quarter.end, "M")
    if begins is None and dates.empty:
        months = pd.period_range(last, periods=0, freq="M")
    else:
        first = dates.min().to_period("M") if begins is None else pd.Period(begins, "M") + int(begins.day > 1)
        months = pd.period_range(first, last, freq="M")
    counted = dates.dt.to_period("M").value_counts().reindex(months, fill_value=0)
    frame = pd.DataFrame({"month": months.to_timestamp(), "n": counted.to_numpy()})
    return frame.astype({"month": "datetime64[us]", "n": "Int64"})


def judged(review: Review, stage: str) -> Judged:
    """The control chart of a stage's complaints a month, and what it says of the last six."""
    what = f"stage {stage} complaints"
    return judge(review, monthly(review, stage), what, days=of_stage(review, stage)["date"])


def escalated(review: Review) -> dict[str, dict]:
    """`complaints_escalated.percent`: of stage 1 complaints received in the twelve months, those at stage 2 by now."""
    span = period(ROLLING_YEAR, review.quarter)
    known = review.evidence.covers("complaints", span.start, span.end)
    first = span.of(of_stage(review, "1"), "date")["complaint_id"] if known else pd.Series(dtype="str")
    then = of_stage(review, "2")
    went = first.isin(then.loc[certain(then["date"] <= span.last), "complaint_id"])
    return {
        "complaints_escalated.percent": make_value(
            review.audience, 100 * float(went.mean()) if len(first) else None, unit="percent",
            numerator=int(went.sum()) if len(first) else None, denominator=len(first) or None,
            title="Stage 1 complaints of the twelve months that have gone on to stage 2", period=f"the year to {words(review.quarter.end)}",
        )
    }  # fmt: skip


def escalated_in_words(items: dict[str, dict]) -> str:
    """The share that went on, in a sentence with its trap."""
    found = items["complaints_escalated.percent"]
    if found["text"] == NOT_AVAILABLE:
        return (
            "Twelve months of complaints aren't held, or there were none, so how many went on to stage 2 can't be told."
        )
    if found["value"] is None:
        return "Too few stage 1 complaints of the twelve months have gone on to stage 2 to tell how many."
    return (
        f"Of the stage 1 complaints received in {found['period']}, {found['text']} have gone on to stage 2 so far; the latest may "
        "yet do so."
    )
