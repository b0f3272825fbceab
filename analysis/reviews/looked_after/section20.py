"""Children looked after by agreement (section 20 of the Children Act 1989): for how long by now, and how old.

Agreement has no end date in law, and a child can drift under it. A long time isn't wrong by itself: disabled children, and
young people who came alone to this country, are often rightly looked after so for years.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import NOT_AVAILABLE, day, number, period
from analysis.findings.measures import table_at_moments
from analysis.findings.values import make_value
from analysis.indicators import definition
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import SECTION_20, episodes, looked_after
from analysis.methods.masks import certain
from analysis.reference.calendar import age_at
from analysis.reference.quarters import Quarter

# How long in words, and the months at which it ends.
LENGTHS = {"Under 6 months": 6, "6 months, under a year": 12, "A year, under two": 24}
LONGEST = "Two years or more"
LONG = ("A year, under two", LONGEST)
# Those who may agree to be looked after themselves.
OF_AGE = 16
_LIVE = "lac_section20_live_percent"
_COUNTS = ("under_16", "older", "children")


def spells(evidence: Evidence) -> pd.DataFrame:
    """Unbroken stretches under section 20: child_id, start_date, end_date (missing while they go on)."""
    rows = evidence.once(episodes).sort_values(["child_id", "start_date"], kind="stable", ignore_index=True)
    mine = certain(rows["legal_status"].isin(SECTION_20))
    child = rows["child_id"]
    joined = (
        mine
        & mine.shift(fill_value=False)
        & certain(child == child.shift())
        & ~certain(rows["end_date"].shift() < rows["start_date"])
    )
    rows = rows.assign(spell=(~joined).cumsum())[mine]
    last = rows.drop_duplicates("spell", keep="last").set_index("spell")
    first = rows.drop_duplicates("spell").set_index("spell")
    return pd.DataFrame(
        {"child_id": first["child_id"], "start_date": first["start_date"], "end_date": last["end_date"]}
    ).reset_index(drop=True)


def now(evidence: Evidence, quarter: Quarter) -> pd.DataFrame | None:
    """Children looked after under section 20 at the quarter's end by how long they have been without a break: length,
    under_16, older (16 or over), children. None where it isn't known who is looked after. A stretch that began before the
    records counts from their beginning of it, so that it is at least so long."""
    if not evidence.covers("care_episodes", quarter.end, quarter.end):
        return None
    last = pd.Timestamp(quarter.end)
    rows = evidence.once(looked_after, definition.period(definition.STOCK, quarter))
    rows = rows[certain(rows["legal_status"].isin(SECTION_20))]
    since = evidence.once(spells)
    since = since[certain(since["start_date"] <= last) & ~certain(since["end_date"] <= last)]
    since = since.drop_duplicates("child_id", keep="last").set_index("child_id")["start_date"]
    begun = since.reindex(rows["child_id"])
    born = evidence.table("children").drop_duplicates("child_id").set_index("child_id")["date_of_birth"]
    # An age that isn't known is taken as a younger child's.
    older = certain(age_at(born.reindex(rows["child_id"]), quarter.end) >= OF_AGE).to_numpy()
    found, taken = [], np.zeros(len(rows), dtype=bool)
    for words, months in {**LENGTHS, LONGEST: None}.items():
        mine = ~taken
        if months is not None:
            mine &= certain(begun > last - pd.DateOffset(months=months)).to_numpy()
        taken |= mine
        counts = {"under_16": (mine & ~older).sum(), "older": (mine & older).sum(), "children": mine.sum()}
        found.append({"length": words, **counts})
    return pd.DataFrame(found).astype(dict.fromkeys(_COUNTS, "Int64"))


def release(review, frame: pd.DataFrame | None) -> Released:
    """What `now` found; its whole is shown as the number under section 20."""
    empty = pd.DataFrame({"length": pd.Series(dtype="object"), **{name: pd.Series(dtype="Int64") for name in _COUNTS}})
    shown = empty if frame is None else frame
    adds = Structure(columns={"children": ["under_16", "older"]}, totals={"children": float(shown["children"].sum())})
    return review.release(shown, counts=_COUNTS, adds=adds)


def in_words(review, released: Released) -> str:
    """How many of those under section 20 have been so for a year or more."""
    when = day(review.quarter.end)
    rows = released.frame
    if rows.empty:
        return f"Who was looked after under section 20 on {when} is {NOT_AVAILABLE}."
    shown = rows.set_index("length")
    everyone, long, old = shown["children"], shown.loc[list(LONG), "children"], shown.loc[list(LONG), "older"]
    if released.is_withheld("children").any() or everyone.isna().any():
        return f"How long children had been looked after under section 20 on {when} can't be shown in full: some of the numbers are withheld (c)."
    whole = int(everyone.sum())
    if not whole:
        return f"No child was looked after under section 20 on {when}."
    said = (
        f"Of the {number(whole, 'count')} children looked after under section 20 on {when}, {number(int(long.sum()), 'count')} had been so "
        f"for a year or more without a break"
    )
    if not long.sum() or old.isna().any():
        return f"{said}."
    return f"{said}, {number(int(old.sum()), 'count')} of them now aged 16 or over. Each of the others is worth asking about: is agreement still the right footing?"


def live_number(review) -> dict[str, dict]:
    """`section20_live_number.<moment>`: children looked after by agreement that night, short breaks included."""
    table = table_at_moments(review, [_LIVE])
    return {
        f"section20_live_number.{row.moment}": make_value(
            review.audience, row.numerator, indicator=_LIVE, title="Looked after under section 20 that night, short breaks included",
            period=period(row.period_start, row.period_end),
        )
        for row in table.itertuples()
    }  # fmt: skip
