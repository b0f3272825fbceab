"""How long things last: survival curves as frames that can be released and drawn."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analysis.disclosure import Released
from analysis.methods import survival

YEAR_DAYS = 365.25
MARKS = ((YEAR_DAYS / 2, "six months"), (YEAR_DAYS, "one year"), (2 * YEAR_DAYS, "two years"))


def curve(
    starts: pd.Series, ends: pd.Series, window_start: dt.date, window_end: dt.date, name: str = ""
) -> pd.DataFrame:
    """The share still going on after each number of days, as seen through a window of observation.

    What was going on when the window opened counts from its age then; what goes on at its close is censored.
    Columns: series (`name`), time (days), at_risk, share, lower, upper (per cent). Empty where nothing was seen.
    """
    return of_spells(survival.spells(starts, ends, window_start, window_end), name)


def of_spells(seen: pd.DataFrame, name: str = "") -> pd.DataFrame:
    """As `curve`, of spells (`methods.survival.spells`: duration, entry, ended)."""
    columns = ["series", "time", "at_risk", "share", "lower", "upper"]
    if seen.empty or not seen["ended"].any():
        return pd.DataFrame(columns=columns).astype(
            {"at_risk": "Int64", **dict.fromkeys(("time", "share", "lower", "upper"), "float64")}
        )
    table = survival.kaplan_meier(seen["duration"], seen["ended"], seen["entry"]).table
    table = table.assign(
        series=name, share=table["survival"] * 100, lower=table["lower"] * 100, upper=table["upper"] * 100
    )
    return table[columns].astype({"at_risk": "Int64"}).reset_index(drop=True)


def release_curve(review, frame: pd.DataFrame) -> Released:
    """A curve's points are withheld where from 1 to 5 were still there to be seen."""
    rests_on = ("at_risk",)
    return review.release(
        frame, counts=rests_on, derived={"time": (), "share": rests_on, "lower": rests_on, "upper": rests_on}
    )


def share_at(frame: pd.DataFrame, days: float) -> tuple[float | None, int | None]:
    """The share still going on after so many days, and how many were still there to be seen; None past the end."""
    if frame.empty or frame["time"].max() < days:
        return None, None
    before = frame[frame["time"] <= days]
    row = frame.iloc[0] if before.empty else before.iloc[-1]
    return (100.0 if before.empty else float(row["share"])), int(row["at_risk"])


def together(curves: list[pd.DataFrame]) -> pd.DataFrame:
    """Several curves in one frame; empty ones bring nothing."""
    filled = [frame for frame in curves if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else curves[0]
