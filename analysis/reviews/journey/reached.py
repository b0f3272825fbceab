"""Of referrals, how many led on to each later step, and how soon: a year's referrals, each followed for twelve months."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import period
from analysis.findings.measures import year_to
from analysis.findings.values import make_value
from analysis.methods import rate_changes
from analysis.reviews.journey.steps import STEPS, rows_of

if TYPE_CHECKING:
    from analysis.findings.review import Review

LATER = ("assessments", "enquiries", "conferences", "plans", "care")
FOLLOWED_DAYS = 365
_SIGNIFICANT = 0.05
_MONTHS = tuple(range(13))
_COLUMNS = {"months": "Int64", "step": "str", "reached": "Int64", "referrals": "Int64", "share": "float64"}


def cohort(review: Review, back: int = 1) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of the year whose referrals have been followed for twelve months (or, further back, longer)."""
    return year_to(review.quarter.shift(-4 * back))


def followed(review: Review, back: int = 1) -> pd.DataFrame | None:
    """The cohort's referrals, with the days until each later step of the same child (missing where none came within a
    year). None where referrals or a later step aren't known for all of that time."""
    first, last = cohort(review, back)
    end = (last + pd.DateOffset(days=FOLLOWED_DAYS)).date()
    if not _known(review, first.date(), last.date(), min(end, review.quarter.end)):
        return None
    rows = rows_of(review, "referrals")
    rows = rows[rows["date"].between(first, last)][["child_id", "date"]].reset_index(drop=True)
    return rows.assign(**{step: days_until(rows, rows_of(review, step)) for step in LATER})


def days_until(rows: pd.DataFrame, events: pd.DataFrame, most: int = FOLLOWED_DAYS) -> np.ndarray:
    """Days from each row's `date` to the same child's next event on it or later; missing where there is none in so many.
    Both frames are in order of their `date`."""
    keys = {"child_id": "str", "date": "datetime64[us]"}
    later = events[["child_id", "date"]].astype(keys).assign(came=events["date"])
    tolerance = pd.Timedelta(days=most)
    linked = pd.merge_asof(rows[["child_id", "date"]].astype(keys), later, on="date", by="child_id", direction="forward", tolerance=tolerance)  # fmt: skip
    return (linked["came"] - linked["date"]).dt.days.to_numpy(float)


def _known(review: Review, first: dt.date, last: dt.date, end: dt.date) -> bool:
    evidence = review.evidence
    later = {STEPS[step].table for step in LATER}
    care = "care_episodes" if review.known.carries("care_episodes") else "care_periods"
    later = {care if table == "care_episodes" else table for table in later}
    return evidence.covers("referrals", first, last) and all(evidence.covers(one, first, end) for one in later)


def curves(review: Review, rows: pd.DataFrame | None) -> Released:
    """The share of the cohort's referrals that had led to each step by the end of each month: months, step, share."""
    found = []
    for step in LATER if rows is not None else ():
        days = rows[step].to_numpy(float)
        for month in _MONTHS:
            found.append((month, STEPS[step].title, int((days <= month * FOLLOWED_DAYS / 12).sum()), len(rows)))
    frame = pd.DataFrame(found, columns=["months", "step", "reached", "referrals"])
    share = (
        100 * frame["reached"] / frame["referrals"].where(frame["referrals"] > 0)
        if len(frame)
        else pd.Series(dtype="float64")
    )
    frame = frame.assign(share=share).astype(_COLUMNS)
    return review.release(
        frame, counts=["reached", "referrals"], derived={"share": ["reached", "referrals"], "months": ()}
    )


def table(review: Review, rows: pd.DataFrame | None) -> Released:
    """By step: how many of the referrals came to it within a month, three, six and twelve; and the median of days."""
    marks = {"one": 1, "three": 3, "six": 6, "twelve": 12}
    counts = [f"{name}_count" for name in marks]
    frame = pd.DataFrame(
        {"step": pd.Series([STEPS[one].title for one in LATER] if rows is not None else [], dtype="str")}
    )
    for name, month in marks.items():
        reached = [] if rows is None else [int((rows[one] <= month * FOLLOWED_DAYS / 12).sum()) for one in LATER]
        frame[f"{name}_count"] = pd.array(reached, "Int64")
        whole = len(rows) if rows is not None and len(rows) else np.nan
        frame[name] = frame[f"{name}_count"].astype("float64") * 100 / whole
    frame["referrals"] = pd.array([] if rows is None else [len(rows)] * len(LATER), "Int64")
    frame["median"] = (
        [] if rows is None else [float(np.nanmedian(rows[one])) if rows[one].notna().any() else np.nan for one in LATER]
    )
    frame = frame.astype({"median": "float64"})
    derived = {name: [f"{name}_count", "referrals"] for name in marks} | {"median": ["twelve_count"]}
    return review.release(frame, counts=[*counts, "referrals"], derived=derived)


def values(review: Review, rows: pd.DataFrame | None) -> dict[str, dict]:
    """The share of referrals that led to each step within twelve months: `led_to.<step>_percent`."""
    over = span(review)
    found = {}
    for step in LATER:
        part, whole = (None, None) if rows is None else (int(rows[step].notna().sum()), len(rows))
        found[f"led_to.{step}_percent"] = make_value(
            review.audience, 100 * part / whole if whole else None, unit="percent", numerator=part, denominator=whole, period=over,
            title=f"Referrals followed within twelve months: {STEPS[step].title.lower()}",
        )  # fmt: skip
    return found


def in_words(review: Review, rows: pd.DataFrame | None) -> str:
    """What came of the referrals, and whether more or fewer led on than of the referrals a year earlier."""
    if rows is None or rows.empty:
        return (
            "Two years of referrals and what came after them aren't known whole yet, so what they led to can't be told."
        )
    given = values(review, rows)
    over = span(review)
    plan, care = (given[f"led_to.{step}_percent"]["text"] for step in ("plans", "care"))
    assessed = given["led_to.assessments_percent"]["text"]
    said = (
        f"Of the referrals of {over}, {assessed} were followed by an assessment within twelve months, {plan} by a child protection "
        f"plan and {care} by a start of care."
    )
    before = followed(review, 2)
    if before is None or before.empty:
        return f"{said} Referrals of the year before can't be set beside them."
    changed = []
    for step in LATER:
        test = rate_changes.share_change(before[step].notna().sum(), len(before), rows[step].notna().sum(), len(rows))
        if test.p < _SIGNIFICANT / len(LATER):
            then = make_value(review.audience, 100 * test.share_before, unit="percent", numerator=int(before[step].notna().sum()), denominator=len(before))  # fmt: skip
            way = "more" if test.share > test.share_before else "fewer"
            changed.append(
                f"{way} led to {_NOUN[step]} ({given[f'led_to.{step}_percent']['text']}, {then['text']} before)"
            )
    if not changed:
        return f"{said} No step took more or fewer of them than of the year before's, beyond chance."
    return f"{said} Beyond chance, {'; '.join(changed)}, beside the referrals of the year before."


_NOUN = {"assessments": "an assessment", "enquiries": "an enquiry", "conferences": "a conference", "plans": "a plan",
         "care": "a start of care"}  # fmt: skip


def span(review: Review) -> str:
    """The followed year in words."""
    return period(*cohort(review))
