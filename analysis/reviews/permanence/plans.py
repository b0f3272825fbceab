"""Permanence plans: what the plan is for each child, and whether there is one by the second review."""

from __future__ import annotations

import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import day, number
from analysis.findings.values import make_value
from analysis.indicators import definition
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import looked_after, periods_of_care, status
from analysis.methods.masks import certain
from analysis.reference.quarters import Quarter

# Statutory guidance: a plan for permanence by the second review, four months after coming into care.
BY_MONTHS = 4
NONE_YET = "No plan recorded"
PLANS = {
    "RETURN": "Return to family", "FOSTERING": "Long-term fostering", "SGO_CAO": "Special guardianship or child arrangements",
    "ADOPTION": "Adoption", "RESIDENTIAL": "Long-term residential", "SUPPORTED_LIVING": "Supported living", "OTHER": "Other",
}  # fmt: skip
_COUNTS = ("newer", "longer", "children")


def now(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """Children looked after at the quarter's end by their permanence plan: plan, newer (looked after for less than four
    months), longer, children. Empty where no list of that day is held."""
    last = pd.Timestamp(quarter.end)
    said = evidence.once(status)
    said = said[certain(said["as_at"] == last)].drop_duplicates("child_id", keep="last").set_index("child_id")
    empty = pd.DataFrame({"plan": pd.Series(dtype="object"), **{name: pd.Series(dtype="Int64") for name in _COUNTS}})
    if said.empty:
        return empty
    stock = definition.period(definition.STOCK, quarter)
    rows = evidence.once(looked_after, stock)
    periods = periods_of_care(evidence, stock)
    periods = periods[certain(periods["start_date"] <= last) & ~certain(periods["end_date"] <= last)]
    begun = (
        periods.drop_duplicates("child_id", keep="last").set_index("child_id")["start_date"].reindex(rows["child_id"])
    )
    longer = certain(begun <= last - pd.DateOffset(months=BY_MONTHS)).to_numpy()
    plan = said["permanence_plan"].reindex(rows["child_id"]).astype("object").map(PLANS).fillna(NONE_YET).to_numpy()
    found = [
        {
            "plan": words,
            "newer": int((mine & ~longer).sum()),
            "longer": int((mine & longer).sum()),
            "children": int(mine.sum()),
        }
        for words in (*PLANS.values(), NONE_YET)
        if (mine := plan == words).any() or words == NONE_YET
    ]
    return pd.DataFrame(found).astype(dict.fromkeys(_COUNTS, "Int64"))


def release(review, frame: pd.DataFrame) -> Released:
    adds = Structure(columns={"children": ["newer", "longer"]}, totals={"children": float(frame["children"].sum())})
    return review.release(frame, counts=_COUNTS, adds=adds)


def values(review, frame: pd.DataFrame, released: Released) -> dict[str, dict]:
    """`plan_recorded.percent`: of children looked after for four months or more, the share with a permanence plan."""
    whole = frame["longer"].sum() if len(frame) else None
    without = frame.set_index("plan")["longer"].get(NONE_YET, 0) if len(frame) else None
    hidden = bool(len(frame)) and bool(released.is_withheld("longer")[frame["plan"] == NONE_YET].any())
    share = 100 * (whole - without) / whole if whole else None
    return {
        "plan_recorded.percent": make_value(
            review.audience, None if hidden else share, unit="percent", text="c" if hidden else None,
            rests_on=[whole, without] if whole else [0],
            title=f"With a permanence plan recorded, of children looked after for {BY_MONTHS} months or more",
            period=day(review.quarter.end),
        )
    }  # fmt: skip


def in_words(review, given: dict[str, dict]) -> str:
    text, when = given["plan_recorded.percent"]["text"], day(review.quarter.end)
    if text == "c":
        return f"How many children looked after for {BY_MONTHS} months or more had no permanence plan recorded on {when} is withheld: they were few."
    if given["plan_recorded.percent"]["value"] is None:
        return f"No list of what each child's plan was on {when} is held, so whether there was one can't be said."
    return f"On {when}, {number(given['plan_recorded.percent']['value'], 'percent')} of children looked after for {BY_MONTHS} months or more had a permanence plan recorded."
