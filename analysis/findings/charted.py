"""Whether the latest months of an indicator are a change or usual variation: its control chart, for claims and reviews."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.disclosure.wording import number
from analysis.findings.values import make_value
from analysis.findings.variation import RECENT_MONTHS
from analysis.indicators import engine
from analysis.indicators.changes import Place, row
from analysis.indicators.definition import COUNT, PERCENT, QUARTER, RATE, ROLLING_YEAR, YEAR, Indicator, Period
from analysis.indicators.evidence import evidence_of
from analysis.methods import control_charts
from analysis.records.history import Known
from analysis.reference.quarters import Quarter

# Three years show the usual variation; older months may be of another service.
LONGEST = 36
# With fewer months there are no limits to speak of.
FEWEST = 8


@dataclass(frozen=True)
class Said:
    special: bool
    words: str


def months(known: Known, about: Indicator, place: Place, quarter: Quarter) -> pd.DataFrame | str:
    """Month by month to the quarter's end: numerator, denominator and the figure charted. Or why there is no chart."""
    if about.period_type not in (ROLLING_YEAR, QUARTER, YEAR) or about.unit not in (COUNT, RATE, PERCENT):
        return "a control chart needs what happens in a month; this is a level that carries over from one month to the next"
    last = pd.Period(quarter.end, "M")
    evidence, found = evidence_of(known), []
    for month in pd.period_range(last - LONGEST + 1, last, freq="M"):
        over = (month.start_time.date(), month.end_time.date())
        if not engine.can_say(about, evidence, Period(*over, quarter)):
            found = []
            continue
        one = row(known, about, quarter, place, over)
        if one is not None and not np.isnan(one["numerator"]):
            # Every month is of its own days and hardly another population: the count says what the rate would.
            found.append({"n": one["numerator"], "of": one["denominator"], "y": one["value"] if about.unit == PERCENT else one["numerator"]})  # fmt: skip
    table = pd.DataFrame(found, columns=["n", "of", "y"]).dropna(subset=["y"])
    if len(table) < FEWEST:
        return f"only {len(table)} months are known whole, too few for a control chart"
    return table


def judge(table: pd.DataFrame, about: Indicator, audience: str) -> Said:
    """The verdict on the last six months, with the mean as the audience may see it."""
    chart = control_charts.xmr(table["y"].to_numpy(float))
    recent = chart.special[-RECENT_MONTHS:]
    sides = set(chart.side[-RECENT_MONTHS:][recent])
    total, whole = table["n"].sum(), table["of"].sum()
    rests = {"numerator": total, "denominator": whole} if about.unit == PERCENT else {"rests_on": [total]}
    unit = PERCENT if about.unit == PERCENT else "mean"
    mean = make_value(audience, float(chart.mean[-1]), unit=unit, **rests)["text"]
    around = f"around {mean}{'' if unit == PERCENT else ' a month'}"
    if not recent.any():
        return Said(False, f"the last six months vary as usual {around}")
    way = "higher than" if sides == {1} else "lower than" if sides == {-1} else "other than"
    first = number(len(table), COUNT)
    return Said(True, f"the last six months run {way} usual, set against {first} months {around}")
