"""The authority's own children's homes: how they were judged, and how much less often staff hold a child.

What counts homes counts no child, and Ofsted publishes each judgement, so that it may be told to anybody. How often children were held is about children, and is released as such.
"""

from __future__ import annotations

import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import NOT_AVAILABLE, day
from analysis.findings.measures import released
from analysis.findings.values import make_value
from analysis.indicators import definition, homes, registry
from analysis.indicators.engine import can_say
from analysis.reference.quarters import quarters

_GOOD, _HELD = "homes_good_percent", "home_interventions_count"
# How many quarters the change in physical interventions looks back over.
BACK = 8


def in_words(review) -> str:
    """How many of the authority's own homes were good or better at the latest inspection, in words that name none."""
    when = day(review.quarter.end)
    about = registry.indicators()[_GOOD]
    period = definition.period(definition.STOCK, review.quarter)
    if not can_say(about, review.evidence, period):
        return f"How the children's homes that the authority runs were judged by {when} is {NOT_AVAILABLE}: the local return of inspections isn't held."
    rows = homes.own_homes(review.evidence, period)
    if rows.empty:
        return f"By {when} no children's home that the authority runs had been inspected in the two years before."
    good, every = int(rows["counts"].sum()), len(rows)
    if good == every:
        which = "Every children's home" if every > 1 else "The children's home"
        return f"{which} that the authority runs was judged good or outstanding at its latest inspection by {when}."
    return f"Not every children's home that the authority runs was judged good or outstanding at its latest inspection by {when}."


def interventions(review) -> Released:
    """Physical interventions in each quarter that is known whole: period_end, value, released."""
    rows = []
    first = review.history.quarters[0] if review.history else review.quarter.shift(-BACK)
    for quarter in quarters(first, review.quarter):
        if not review.evidence.covers("physical_interventions", quarter.start, quarter.end):
            continue
        held = homes.interventions(review.evidence, definition.period(definition.QUARTER, quarter))
        rows.append({"period_end": pd.Timestamp(quarter.end), "value": int(held["counts"].sum())})
    frame = pd.DataFrame(rows, columns=["period_end", "value"]).astype(
        {"period_end": "datetime64[us]", "value": "Int64"}
    )
    return review.release(frame, counts=["value"])


def change(review) -> dict[str, dict]:
    """`home_interventions.two_years_before` and `.change_percent`: the twelve months to two years ago, and how many per cent
    more or fewer (below nought) there were in the latest twelve."""
    at = [review.quarter.shift(-BACK), review.quarter]
    table = registry.series(review.known, [_HELD], at, authority=review.authority)
    shown = released(review, table).frame["value"].reset_index(drop=True)
    then, now = (None if pd.isna(one) else float(one) for one in shown)
    raw = [None if pd.isna(one) else float(one) for one in table["value"]]
    moved = None if now is None or not then else 100 * (now - then) / then
    about = {"indicator": _HELD, "title": "Physical interventions in the authority's children's homes"}
    return {
        "home_interventions.two_years_before": make_value(
            review.audience, raw[0], period=f"the year to {day(at[0].end)}", **about),
        "home_interventions.change_percent": make_value(
            review.audience, moved, unit="percent", numerator=raw[1], denominator=raw[0],
            period=f"the year to {day(at[1].end)} against the year to {day(at[0].end)}", **about),
    }  # fmt: skip
