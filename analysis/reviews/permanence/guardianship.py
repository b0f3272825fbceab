"""Special guardianship: how many children leave to guardians, who these are, and how long it took."""

from __future__ import annotations

import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import day, number
from analysis.findings.values import make_value
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import SPECIAL_GUARDIANSHIP, ceased
from analysis.methods.masks import certain
from analysis.reference.quarters import Quarter
from analysis.reviews.permanence.years import MONTH_DAYS, years

# Orders to carers who had fostered the child, by the codes to 2017-18 and since.
TO_FORMER_CARERS = ("E43", "E45", "E46")
_COUNTS = ("orders", "former_carers", "others")


def by_year(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """Children who left care by special guardianship in each twelve months: period_end, orders, former_carers (to those who
    had fostered the child), others, and months (the middle child's, from coming into care)."""
    found = []
    for one in years(evidence, quarter):
        rows = evidence.once(ceased, one)
        rows = rows[certain(rows["reason_ended"].isin(SPECIAL_GUARDIANSHIP))]
        former = int(certain(rows["reason_ended"].isin(TO_FORMER_CARERS)).sum())
        days = (rows["end_date"] - begun(evidence, rows)).dt.days.dropna()
        middle = float(days.median()) / MONTH_DAYS if len(days) else None
        found.append({"period_end": one.last, "orders": len(rows), "former_carers": former, "others": len(rows) - former,
                      "timed": len(days), "months": middle})  # fmt: skip
    frame = pd.DataFrame(found, columns=["period_end", *_COUNTS, "timed", "months"])
    return frame.astype(
        {"period_end": "datetime64[us]", **dict.fromkeys((*_COUNTS, "timed"), "Int64"), "months": "float64"}
    )


def begun(evidence: Evidence, rows: pd.DataFrame) -> pd.Series:
    """The day on which each period of care (child_id, start_date, end_date, reason_new) began: Annex A's where it lists the
    period, since episodes begin with the records; missing where neither knows."""
    listed = evidence.table("care_periods")[["child_id", "start_date"]].rename(columns={"start_date": "listed"})
    pairs = rows.reset_index()[["index", "child_id", "end_date"]].merge(listed, on="child_id")
    pairs = pairs[certain(pairs["listed"] <= pairs["end_date"])]
    known = pairs.groupby("index")["listed"].max().reindex(rows.index)
    own = (
        rows["start_date"].where(certain(rows["reason_new"] == "S"))
        if "reason_new" in rows.columns
        else rows["start_date"]
    )
    return known.fillna(own).astype("datetime64[us]")


def release(review, frame: pd.DataFrame) -> Released:
    adds = Structure(columns={"orders": ["former_carers", "others"]}, elsewhere=["orders"])
    return review.release(frame, counts=[*_COUNTS, "timed"], derived={"months": ["timed"]}, adds=adds)


def values(review, released: Released) -> dict[str, dict]:
    """`guardianship.months`: months from coming into care to the order, of the middle child in the latest twelve months."""
    rows = released.frame
    shown = None if rows.empty or pd.isna(rows["months"].iloc[-1]) else float(rows["months"].iloc[-1])
    hidden = len(rows) > 0 and bool(released.is_withheld("months").iloc[-1])
    return {
        "guardianship.months": make_value(
            review.audience, shown, unit="mean", rests_on=[0], text="c" if hidden else None,
            title="Months from coming into care to special guardianship, the middle child",
            period=f"the year to {day(review.quarter.end)}",
        )
    }  # fmt: skip


def in_words(review, released: Released) -> str:
    """How many orders, to whom, and how long they took."""
    if released.frame.empty:
        return f"The episodes of care aren't known for the whole of the year to {day(review.quarter.end)}, so special guardianship can't be counted."
    row, hidden = released.frame.iloc[-1], released.withheld.iloc[-1]
    when = f"In the year to {day(row['period_end'])}"
    orders = number(row["orders"], "count", withheld=bool(hidden["orders"]))
    if hidden["orders"] or not row["orders"]:
        return f"{when} {orders if hidden['orders'] else 'no'} children left care to special guardians{' (c: withheld)' if hidden['orders'] else ''}."
    said = f"{when} {orders} children left care to special guardians"
    if not hidden["former_carers"]:
        said += f", {number(row['former_carers'], 'count')} of them to carers who had fostered them"
    if hidden["months"] or pd.isna(row["months"]):
        return f"{said}."
    return f"{said}. From coming into care to the order the middle child waited {number(row['months'], 'mean')} months."
