"""How long protection plans have lasted, category by category: which kinds of plan go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import number
from analysis.indicators import protection
from analysis.indicators.breakdowns import CATEGORY_OF_ABUSE, NOT_KNOWN
from analysis.indicators.definition import STOCK, period
from analysis.reference.quarters import words

if TYPE_CHECKING:
    from analysis.findings.review import Review

LONG_MONTHS = 15
ALL = "All"


def by_category(review: Review) -> Released:
    """Open plans by their latest category: `category`, `plans`, `year_ago`, `long` (15 months or more) with its share, and the
    `median` days that they have lasted."""
    now, then = period(STOCK, review.quarter), period(STOCK, review.quarter.shift(-4))
    known = [review.evidence.covers("protection_plans", at.start, at.end) for at in (now, then)]
    rows, before = (protection.open_at(review.evidence, at) for at in (now, then))
    days = (now.last - rows["start_date"]).dt.days
    rows = rows.assign(
        days=days,
        long=rows["start_date"] <= now.last - pd.DateOffset(months=LONG_MONTHS),
        kind=_named(rows["category"]),
    )
    before = before.assign(kind=_named(before["category"]))
    names = [*CATEGORY_OF_ABUSE.values(), *([NOT_KNOWN] if (rows["kind"] == NOT_KNOWN).any() else []), ALL]
    found = []
    for name in names:
        mine, earlier = (frame if name == ALL else frame[frame["kind"] == name] for frame in (rows, before))
        found.append(
            {"category": name, "plans": len(mine) if known[0] else None, "year_ago": len(earlier) if known[1] else None,
             "long": int(mine["long"].sum()) if known[0] else None, "median": float(mine["days"].median()) if len(mine) and known[0] else None}
        )  # fmt: skip
    counts = ["plans", "year_ago", "long"]
    frame = pd.DataFrame(found).astype({**dict.fromkeys(counts, "Int64"), "median": "float64", "category": "str"})
    frame["long_percent"] = (100 * frame["long"] / frame["plans"].where(frame["plans"] > 0)).astype("float64")
    derived = {"median": ("plans",), "long_percent": ("long", "plans")}
    return review.release(frame, counts=counts, derived=derived, adds=Structure(margins={"category": ALL}))


def _named(codes: pd.Series) -> pd.Series:
    return codes.map(dict(CATEGORY_OF_ABUSE)).fillna(NOT_KNOWN)


def in_words(review: Review, released: Released) -> str:
    """Which category most plans are under, and what share of all has lasted fifteen months or more."""
    rows, day = released.frame.set_index("category"), words(review.quarter.end)
    whole = rows.loc[ALL]
    if pd.isna(whole["plans"]) and not bool(released.is_withheld("plans").iloc[-1]):
        return f"The plans open on {day} are not all known."
    if not pd.isna(whole["plans"]) and whole["plans"] == 0:
        return f"No plan was open on {day}."
    parts = rows.drop(index=ALL)["plans"].dropna()
    hidden = released.is_withheld("long_percent").iloc[-1]
    first = ""
    if len(parts) and not pd.isna(whole["plans"]):
        top = parts.astype(float).idxmax()
        share = number(100 * float(parts[top]) / float(whole["plans"]), "percent")
        first = (
            f"Most plans open on {day} were under “{top.lower()}” ({share}). "
            if parts[top] * 2 > whole["plans"]
            else f"More plans open on {day} were under “{top.lower()}” than under any other category ({share}). "
        )
    long = number(whole["long_percent"], "percent", withheld=bool(hidden))
    return f"{first}Of all plans open then, {long} had lasted {LONG_MONTHS} months or more."


def two_years(review: Review) -> int | None:
    """Open plans that have lasted two years or more, by DfE's count of days; None where not all open plans are known."""
    at = period(STOCK, review.quarter)
    if not review.evidence.covers("protection_plans", at.start, at.end):
        return None
    return int(review.evidence.once(protection.long_plans_open, at)["counts"].sum())
