"""From coming into care to a permanent home: which route came first, and by when.

Children who came into care within the records are followed from their first day. What came first is told: a match with
foster carers for the long term, an order, adoption, home, or leaving in another way.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import day, listed, number
from analysis.findings.values import make_value
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import periods_from_episodes
from analysis.indicators.permanence import LONG_TERM
from analysis.methods.masks import certain
from analysis.reference.quarters import Quarter
from analysis.reviews.permanence import years
from analysis.reviews.permanence.routes import route

ADOPTED, ORDER, MATCHED, HOME, OTHERWISE = (
    "Adopted", "Guardianship or child arrangements", "Matched with long-term carers", "Home, or to family or friends",
    "Grew up or left otherwise",
)  # fmt: skip
WAYS = (HOME, MATCHED, ORDER, ADOPTED, OTHERWISE)
_WAY = {
    "adopted": ADOPTED,
    "guardianship": ORDER,
    "arrangements": ORDER,
    "home": HOME,
    "grown_up": OTHERWISE,
    "other": OTHERWISE,
}
_NAMES = {"home": HOME, "matched": MATCHED, "order": ORDER, "adopted": ADOPTED}
# A share that would be written as 0% is left out of a sentence.
LEAST_TOLD = 0.5
_POINTS = {"one_year": 12, "two_years": 24}


def journeys(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """A row a period of care that began within the records: start_date, duration (days to what came first, or to the
    quarter's end), way (of WAYS; missing while it goes on)."""
    rows, last = evidence.once(periods_from_episodes), pd.Timestamp(quarter.end)
    begins = evidence.begins("care_episodes")
    rows = rows[certain(rows["start_date"] <= last) & certain(rows["reason_new"] == "S")]
    if begins is not None:
        rows = rows[rows["start_date"] >= pd.Timestamp(begins)]
    rows = rows.reset_index(drop=True)
    matched = first_match(evidence, rows)
    ended = rows["end_date"].where(certain(rows["end_date"] <= last))
    matched = matched.where(certain(matched <= last))
    by_match = matched.notna() & ~certain(ended < matched)
    until = matched.where(by_match, ended).fillna(last)
    way = route(rows["reason_ended"]).map(_WAY).where(ended.notna()).mask(by_match, MATCHED)
    days = (until - rows["start_date"]).dt.days
    # A child matched on the first day is counted as after one day, not left out.
    days = days.where(~by_match, np.maximum(days, 1))
    return pd.DataFrame({"start_date": rows["start_date"], "duration": days, "way": way})


def first_match(evidence: Evidence, periods: pd.DataFrame) -> pd.Series:
    """For each period of care, the first day in a long-term foster placement; missing where there was none."""
    episodes = evidence.table("care_episodes")
    episodes = episodes[certain(episodes["placement"].isin(LONG_TERM))][["child_id", "start_date"]]
    pairs = periods.reset_index()[["index", "child_id", "start_date", "end_date"]].merge(
        episodes.rename(columns={"start_date": "day"}), on="child_id"
    )
    inside = certain(pairs["day"] >= pairs["start_date"]) & ~certain(pairs["day"] >= pairs["end_date"])
    return pairs[inside].groupby("index")["day"].min().reindex(periods.index).astype("datetime64[us]")


def curves(review, rows: pd.DataFrame) -> Released:
    return years.release_curve(review, years.curve(rows["duration"], rows["way"], WAYS))


def values(review, released: Released, rows: pd.DataFrame) -> dict[str, dict]:
    """`first_home.<route>.one_year` and `.two_years`: of children who came into care, the share for whom the route came
    first by then."""
    found = {}
    for name, way in _NAMES.items():
        for when, months in _POINTS.items():
            share, rests, hidden = years.point(released, months, way)
            found[f"first_home.{name}.{when}"] = make_value(
                review.audience, share, unit="percent", rests_on=rests or [0], text="c" if hidden else None,
                title=f"{way}, of children who came into care", period=_seen(review, rows),
            )  # fmt: skip
    return found


def in_words(review, released: Released, rows: pd.DataFrame) -> str:
    """What had come first after one year and two."""
    told = []
    for words, months in (("a year", 12), ("two years", 24)):
        parts = []
        for name, way in _NAMES.items():
            share, _, hidden = years.point(released, months, way)
            if share is not None and not hidden and share >= LEAST_TOLD:
                parts.append(f"{number(share, 'percent')} {_TOLD[name]}")
        if parts:
            told.append(f"after {words} {listed(parts)}")
    if not told:
        return f"Fewer than {years.FEWEST} children were seen coming into care for long enough to follow them to a permanent home."
    return f"Of children who came into care {_seen(review, rows)}, {'; '.join(told)}."


_TOLD = {"home": "had gone home or to family or friends", "matched": "had been matched with long-term carers",
         "order": "had left under a guardianship or child arrangements order", "adopted": "had been adopted"}  # fmt: skip


def _seen(review, rows: pd.DataFrame) -> str:
    first = rows["start_date"].min()
    return f"from {day(first)} to {day(review.quarter.end)}" if len(rows) else f"to {day(review.quarter.end)}"
