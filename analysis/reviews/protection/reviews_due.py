"""Reviews of protection plans: those held in time and late over the year, those overdue now, and those that fall due next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import number
from analysis.findings.measures import year_to
from analysis.indicators import protection
from analysis.indicators.definition import STOCK, period
from analysis.indicators.evidence import Evidence
from analysis.indicators.protection_practice import FIRST_REVIEW_MONTHS, LATER_REVIEW_MONTHS, reviews
from analysis.methods.masks import certain
from analysis.reference.quarters import Quarter, words

if TYPE_CHECKING:
    from analysis.findings.review import Review

IN_TIME, LITTLE_LATE, LATE = "In time", "Up to two weeks late", "More than two weeks late"
FORTNIGHT_DAYS, FOUR_WEEKS_DAYS, QUARTER_DAYS = 14, 28, 91
OVERDUE, SOON, NEXT, LATER = "Overdue", "Due within four weeks", "Due in four weeks to three months", "Due later"


def held(evidence: Evidence) -> pd.DataFrame:
    """Reviews held, in order, with when each was `due`: three months from the plan's start for the first, six from the one
    before for the others. A review whose forerunner lies before reviews are known has no due date."""
    plans = evidence.once(protection.plans)[["child_id", "start_date"]]
    rows = plans.merge(evidence.once(reviews), left_on=["child_id", "start_date"], right_on=["child_id", "plan_start"])
    rows = rows[certain(rows["date"] > rows["start_date"])]
    rows = rows.sort_values(["child_id", "start_date", "date"], kind="stable", ignore_index=True)
    before = rows.groupby(["child_id", "start_date"])["date"].shift()
    since = evidence.begins("protection_reviews") or evidence.begins("protection_plans")
    first = rows["start_date"] + pd.DateOffset(months=FIRST_REVIEW_MONTHS)
    if since is not None:
        first = first.where(rows["start_date"] >= pd.Timestamp(since))
    due = (before + pd.DateOffset(months=LATER_REVIEW_MONTHS)).where(before.notna(), first)
    return rows.assign(due=due)


def lateness(review: Review) -> Released:
    """Reviews held in the twelve months and in the twelve before, a row a band of lateness: `band`, `now`, `percent`, `year_ago`,
    `year_ago_percent`. Those whose due date isn't known are left out."""
    rows = review.evidence.once(held)
    frame = pd.DataFrame({"band": [IN_TIME, LITTLE_LATE, LATE]}, dtype="str")
    for name, quarter in (("now", review.quarter), ("year_ago", review.quarter.shift(-4))):
        counts = _late_in(review, rows, quarter)
        frame[name] = pd.array(counts, dtype="Int64")
        whole = sum(counts) if None not in counts else 0
        share = [100 * one / whole if whole else None for one in counts]
        frame["percent" if name == "now" else f"{name}_percent"] = pd.array(share, dtype="Float64").to_numpy(
            float, na_value=float("nan")
        )
    counts = ["now", "year_ago"]
    derived = {"percent": ("now",), "year_ago_percent": ("year_ago",)}
    totals = {name: float(frame[name].sum()) for name in counts if frame[name].notna().all()}
    return review.release(frame, counts=counts, derived=derived, adds=Structure(totals=totals))


def _late_in(review: Review, rows: pd.DataFrame, quarter: Quarter) -> list[int | None]:
    first, last = year_to(quarter)
    begins = review.evidence.begins("protection_plans")
    if begins is not None and pd.Timestamp(begins) > first:
        return [None] * 3
    rows = rows[rows["date"].between(first, last) & rows["due"].notna()]
    days = (rows["date"] - rows["due"]).dt.days
    return [int((days <= 0).sum()), int(days.between(1, FORTNIGHT_DAYS).sum()), int((days > FORTNIGHT_DAYS).sum())]


def next_due(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """Plans open at the quarter's end with when the next review is `due`: from the last one, or from the plan's start. A plan
    begun before reviews are known, of which none is, is allowed six months from then."""
    day = period(STOCK, quarter)
    rows = protection.open_at(evidence, day).reset_index(drop=True)
    known = evidence.once(reviews)
    known = known[certain(known["date"] <= day.last)]
    latest = known.groupby(["child_id", "plan_start"])["date"].max()
    last = latest.reindex(pd.MultiIndex.from_frame(rows[["child_id", "start_date"]])).set_axis(rows.index)
    last = last.where(certain(last > rows["start_date"]))
    since = evidence.begins("protection_reviews") or evidence.begins("protection_status")
    begun = rows["start_date"]
    if since is not None:
        early = begun < pd.Timestamp(since)
        last = last.where(last.notna() | ~early, pd.Timestamp(since))
    due = (last + pd.DateOffset(months=LATER_REVIEW_MONTHS)).where(
        last.notna(), begun + pd.DateOffset(months=FIRST_REVIEW_MONTHS)
    )
    return rows.assign(last_review=last, due=due)


def due_now(review: Review) -> Released:
    """Open plans by when their next review is due, a row a band: `band`, `now`, `percent`."""
    day = period(STOCK, review.quarter)
    names = [OVERDUE, SOON, NEXT, LATER]
    frame = pd.DataFrame({"band": names}, dtype="str")
    if not review.evidence.covers("protection_plans", day.start, day.end):
        counts = [None] * 4
    else:
        ahead = (next_due(review.evidence, review.quarter)["due"] - day.last).dt.days
        counts = [
            int((ahead < 0).sum()), int(ahead.between(0, FOUR_WEEKS_DAYS).sum()),
            int(ahead.between(FOUR_WEEKS_DAYS + 1, QUARTER_DAYS).sum()), int((ahead > QUARTER_DAYS).sum()),
        ]  # fmt: skip
    whole = sum(counts) if None not in counts else 0
    frame["now"] = pd.array(counts, dtype="Int64")
    frame["percent"] = [100 * one / whole if whole else float("nan") for one in counts]
    return review.release(
        frame,
        counts=["now"],
        derived={"percent": ("now",)},
        adds=Structure(totals={"now": float(whole)} if whole else {}),
    )


def lateness_in_words(review: Review, released: Released) -> str:
    rows, ends = released.frame, words(review.quarter.end)
    if rows["now"].isna().all() and not released.is_withheld("now").any():
        return (
            f"How late reviews were can't be told for the year to {ends}: the records don't reach over twelve months."
        )
    if not released.totals.get("now", rows["now"].sum()):
        return f"No review of which it is known when it was due was held in the year to {ends}."
    hidden = released.is_withheld("now")
    counts = [number(n, "count", withheld=bool(h)) for n, h in zip(rows["now"], hidden, strict=True)]
    share = number(rows["percent"].iloc[0], "percent", withheld=bool(released.is_withheld("percent").iloc[0]))
    kept = " (c: withheld, to protect small numbers)" if hidden.any() else ""
    return (
        f"Of the review conferences held in the year to {ends}, {counts[0]} were in time ({share}), {counts[1]} up to two weeks late and "
        f"{counts[2]} later than that{kept}."
    )


def due_in_words(review: Review, released: Released) -> str:
    rows, day = released.frame, words(review.quarter.end)
    if rows["now"].isna().all() and not released.is_withheld("now").any():
        return f"Which reviews are due can't be told for {day}: not all plans open then are known."
    if not released.totals.get("now", rows["now"].sum()):
        return f"No plan was open on {day}, so no review is due."
    overdue, soon = (
        "none" if shown == 0 else number(shown, "count", withheld=bool(hidden))
        for shown, hidden in list(zip(rows["now"], released.is_withheld("now"), strict=True))[:2]
    )
    kept = " (c: withheld, to protect small numbers)" if released.is_withheld("now").iloc[:2].any() else ""
    late = (
        "no open plan had a review overdue"
        if overdue == "none"
        else f"the next review of {overdue} of the open plans was overdue"
    )
    return f"On {day} {late}; the next review of {soon} falls due within four weeks{kept}."
