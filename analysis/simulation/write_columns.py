"""Columns as returns write them (text dates, yes and no, coded flags) and the windows that choose their rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.records.tables import TABLES
from analysis.reference.calendar import Quarter


def table(tables: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """A canonical table with every column, in key order; empty where the authority has none."""
    return TABLES[name].conform(tables[name]) if name in tables else TABLES[name].empty()


def texts(values: pd.Series) -> list[str]:
    """Text as it stands; blank is ""."""
    return values.astype("string").fillna("").tolist()


def uk_dates(values: pd.Series) -> list[str]:
    """DD/MM/YYYY; blank is ""."""
    return _dates(values, "%d/%m/%Y")


def iso_dates(values: pd.Series) -> list[str]:
    """YYYY-MM-DD; blank is ""."""
    return _dates(values, "%Y-%m-%d")


def _dates(values: pd.Series, shape: str) -> list[str]:
    # A date is written thousands of times: each is formatted once.
    codes, days = pd.factorize(values)
    written = np.array([*(pd.Timestamp(day).strftime(shape) for day in days), ""], dtype=object)
    return written[codes].tolist()


def choices(values: pd.Series, yes: str, no: str, unknown: str = "") -> list[str]:
    """Flags in a return's own words."""
    return values.astype("boolean").map({True: yes, False: no}).astype("string").fillna(unknown).tolist()


def plain_numbers(values: pd.Series) -> list[str]:
    """Numbers without exponent or idle noughts: 0.8, 12, 79.68; blank is ""."""
    return ["" if pd.isna(value) else np.format_float_positional(value, trim="-") for value in values]


def recoded(values: pd.Series, words: Mapping[str, str]) -> list[str]:
    """Codes in a return's own words; a code without a word of its own is written as it is."""
    return values.map(lambda code: words.get(code, code), na_action="ignore").astype("string").fillna("").tolist()


def six_months_before(quarter: Quarter) -> dt.date:
    """The first day of the six months to the quarter's end, by the calendar: 30 September gives 30 March.

    Both anniversaries count, so that a case closed exactly six months ago is on the list.
    """
    return (pd.Timestamp(quarter.end) - pd.DateOffset(months=6)).date()


def starting(starts: pd.Series, first: dt.date, last: dt.date) -> pd.Series:
    """Begun on or between two days."""
    return starts.between(pd.Timestamp(first), pd.Timestamp(last)).fillna(False).astype(bool)


def touching(starts: pd.Series, ends: pd.Series, first: dt.date, last: dt.date) -> pd.Series:
    """Periods that were open, began or ended on any of the days from `first` to `last`."""
    return ((starts <= pd.Timestamp(last)) & (ends.isna() | (ends >= pd.Timestamp(first)))).fillna(False).astype(bool)


def latest_of_child(frame: pd.DataFrame, start: str) -> pd.DataFrame:
    """The row with the latest start of each child, in child order."""
    return frame.sort_values(["child_id", start], kind="stable").drop_duplicates("child_id", keep="last")
