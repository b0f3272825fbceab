"""The twelve months that a review compares, and the curves of what happens first as time in care goes by."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.indicators.definition import ROLLING_YEAR, Period, period
from analysis.indicators.evidence import Evidence
from analysis.methods import competing
from analysis.reference.quarters import Quarter

YEARS = 3
MONTH_DAYS = 365.25 / 12
MONTHS = (0, 3, 6, 9, 12, 18, 24, 30, 36)
# Fewer children than this draw no curve that means anything.
FEWEST = 20
COLUMNS = ("months", "way", "at_risk", "ended", "share", "lower", "upper")


def years(evidence: Evidence, quarter: Quarter) -> list[Period]:
    """The twelve months to the quarter's end, and those before them, that the episodes are known whole for; latest last."""
    found = [period(ROLLING_YEAR, quarter.shift(-4 * back)) for back in range(YEARS - 1, -1, -1)]
    return [one for one in found if evidence.covers("care_episodes", one.start, one.end)]


def curve(duration: pd.Series, way: pd.Series, ways: tuple[str, ...]) -> pd.DataFrame:
    """The share of children, in per cent, for whom each way came first by each of MONTHS (Aalen and Johansen), from days
    watched and what ended them (missing: still waiting). Columns COLUMNS; empty for fewer than FEWEST children, and where
    nobody was watched for as long as the second of MONTHS."""
    counts, shares = dict.fromkeys(("at_risk", "ended"), "Int64"), dict.fromkeys(COLUMNS[4:], "float64")
    mine = duration > 0
    if mine.sum() < FEWEST or duration[mine].max() < MONTHS[1] * MONTH_DAYS:
        return pd.DataFrame(columns=list(COLUMNS)).astype({"months": "float64", "way": "object", **counts, **shares})
    found = competing.aalen_johansen(duration[mine], way[mine].astype("object"), causes=ways).at(
        [months * MONTH_DAYS for months in MONTHS]
    )
    found = found.assign(months=np.round(found["time"] / MONTH_DAYS), way=found["cause"])
    found[list(shares)] *= 100
    return found[list(COLUMNS)].astype(counts).sort_values("months", kind="stable", ignore_index=True)


def release_curve(review, frame: pd.DataFrame) -> Released:
    """A point is withheld where from 1 to 5 had ended so by then, or were still watched."""
    rests = ("at_risk", "ended")
    return review.release(frame, counts=rests, derived={"months": (), **dict.fromkeys(COLUMNS[4:], rests)})


def point(released: Released, months: int, way: str) -> tuple[float | None, list[object], bool]:
    """A curve's share at a month, the counts that it rests on, and whether it is withheld; None past its end."""
    rows = released.frame
    mine = rows[(rows["months"] == months) & (rows["way"] == way)]
    if mine.empty:
        return None, [], False
    hidden = bool(released.is_withheld("share")[mine.index[0]])
    row = mine.iloc[0]
    return (None if hidden else float(row["share"])), [row["ended"], row["at_risk"]], hidden
