"""What comes after a protection plan: what the next list says of the child, and whether another plan follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import number
from analysis.findings.measures import year_to
from analysis.indicators import protection
from analysis.methods.masks import certain
from analysis.reference.quarters import Quarter, words
from analysis.reviews.protection.open_cases import CLOSED, NEED_PLAN, days_with_a_list

if TYPE_CHECKING:
    from analysis.findings.review import Review

HELPED, CLOSED_WORDS, LOOKED_AFTER, AGAIN, OTHER = (
    "Still helped under a child in need plan", "Case closed", "Looked after", "On a protection plan again",
    "Being assessed, or no longer listed",
)  # fmt: skip
_KINDS = {NEED_PLAN: HELPED, CLOSED: CLOSED_WORDS, "LAC": LOOKED_AFTER, "CPP": AGAIN}


def ended(review: Review, quarter: Quarter) -> pd.DataFrame | None:
    """Plans that ended in the twelve months to the quarter's end, with `after`: what the first Annex A list on or after the
    day says of the child. Plans with no list after them yet are left out. None where the twelve months aren't known."""
    first, last = year_to(quarter)
    evidence = review.evidence
    if not evidence.covers("protection_plans", first.date(), last.date()):
        return None
    rows = evidence.once(protection.plans)
    rows = rows[rows["end_date"].between(first, last)][["child_id", "end_date"]].drop_duplicates()
    days = pd.DataFrame({"as_at": days_with_a_list(evidence, review.quarter)})
    if days.empty or rows.empty:
        return rows.assign(after=pd.Series(dtype="str")).iloc[:0]
    rows = pd.merge_asof(
        rows.sort_values("end_date", kind="stable"), days.assign(list=days["as_at"]), left_on="end_date", right_on="as_at",
        direction="forward",
    ).drop(columns="as_at").dropna(subset=["list"])  # fmt: skip
    said = evidence.table("need_status")[["child_id", "as_at", "case_status", "start_date"]]
    said = said.sort_values(["child_id", "as_at", "start_date"], kind="stable").drop_duplicates(
        ["child_id", "as_at"], keep="last"
    )
    met = rows.merge(said, left_on=["child_id", "list"], right_on=["child_id", "as_at"], how="left")
    return met.assign(after=met["case_status"].map(_KINDS).fillna(OTHER))


def table(review: Review) -> Released:
    """What came after plans that ended in the twelve months, and in the twelve before: `after`, `now`, `percent`, `year_ago`."""
    names = [HELPED, CLOSED_WORDS, LOOKED_AFTER, AGAIN, OTHER]
    frame = pd.DataFrame({"after": names}, dtype="str")
    for name, quarter in (("now", review.quarter), ("year_ago", review.quarter.shift(-4))):
        rows = ended(review, quarter)
        counts = [None] * len(names) if rows is None else [int((rows["after"] == one).sum()) for one in names]
        frame[name] = pd.array(counts, dtype="Int64")
    whole = frame["now"].sum() if frame["now"].notna().all() else 0
    frame["percent"] = [
        100 * one / whole if whole and certain(pd.Series([one >= 0])).all() else float("nan") for one in frame["now"]
    ]
    totals = {name: float(frame[name].sum()) for name in ("now", "year_ago") if frame[name].notna().all()}
    return review.release(
        frame, counts=["now", "year_ago"], derived={"percent": ("now",)}, adds=Structure(totals=totals)
    )


def in_words(review: Review, released: Released) -> str:
    rows, ends = released.frame.set_index("after"), words(review.quarter.end)
    if rows["now"].isna().all() and not released.is_withheld("now").any():
        return (
            f"What came after plans can't be told for the year to {ends}: the records don't reach over twelve months."
        )
    total = released.totals.get("now", rows["now"].sum())
    if not total:
        return f"Of no plan that ended in the year to {ends} is there a later list that says what came next."
    hidden = released.is_withheld("percent").set_axis(rows.index)
    told = {
        name: number(rows.loc[name, "percent"], "percent", withheld=bool(hidden[name]))
        for name in (HELPED, CLOSED_WORDS, LOOKED_AFTER)
    }
    kept = " (c: withheld, to protect small numbers)" if hidden[list(told)].any() else ""
    return (
        f"Of the plans that ended in the year to {ends}, {told[HELPED]} were followed by a child in need plan, {told[CLOSED_WORDS]} by the case "
        f"being closed and {told[LOOKED_AFTER]} by the child being looked after, as the next list has it{kept}."
    )
