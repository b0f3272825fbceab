"""England's working days and children's ages, on columns of dates."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter, collection_year, parse_quarter_range, quarters, words

__all__ = [
    "Quarter",
    "add_working_days",
    "age_at",
    "bank_holidays",
    "collection_year",
    "parse_quarter_range",
    "quarters",
    "words",
    "working_days_between",
]


_FIRST_YEAR, _LAST_YEAR = 2000, 2040


@lru_cache(maxsize=1)
def bank_holidays() -> np.ndarray:
    """England's bank holidays 2000 to 2040, as `datetime64[D]`."""
    return _bank_holidays(_FIRST_YEAR // 10, _LAST_YEAR // 10)


@lru_cache(maxsize=16)
def _bank_holidays(first: int, last: int) -> np.ndarray:
    """Those of whole decades, because each year's take time to work out and most records span one decade."""
    import holidays

    years = range(max(10 * first, _FIRST_YEAR), min(10 * last + 9, _LAST_YEAR) + 1)
    return np.array(sorted(holidays.UnitedKingdom(subdiv="ENG", years=years)), dtype="datetime64[D]")


def _around(days: np.ndarray, margin: int = 1) -> np.ndarray:
    """The bank holidays of every decade that these days are in, and of `margin` years on either side."""
    years = np.clip([days.min().item().year - margin, days.max().item().year + margin], _FIRST_YEAR, _LAST_YEAR)
    return _bank_holidays(*(int(year) // 10 for year in years))


def _days(values) -> np.ndarray:
    return pd.to_datetime(pd.Series(values)).to_numpy().astype("datetime64[D]")


def working_days_between(starts, ends) -> pd.Series:
    """Working days from each start (day 0) to each end: Monday to Friday, England's bank holidays left out.

    A start on a Friday and an end on the Monday after is one working day. Missing where either is
    missing, negative where the end comes first. Index is that of `starts` where it is a Series.
    """
    first, last = _days(starts), _days(ends)
    known = ~(np.isnat(first) | np.isnat(last))
    counted = pd.array([pd.NA] * len(first), dtype="Int64")
    if known.any():
        first_known, last_known = first[known], last[known]
        free = _around(np.concatenate([first_known, last_known]))
        counted[known] = np.busday_count(first_known, last_known, holidays=free)
        # busday_count takes [start, end); DfE's clock excludes the start and includes the end.
        on_end = np.is_busday(last_known, holidays=free).astype(int)
        on_start = np.is_busday(first_known, holidays=free).astype(int)
        counted[known] = counted[known] + on_end - on_start
    return pd.Series(counted, index=starts.index if isinstance(starts, pd.Series) else None)


def add_working_days(starts, number: int) -> pd.Series:
    """The date that is `number` working days after each start (a start on a weekend counts from the next working day)."""
    first = _days(starts)
    moved = np.full(first.shape, np.datetime64("NaT", "D"))
    known = ~np.isnat(first)
    if known.any():
        # Fewer than 200 working days make no year.
        free = _around(first[known], margin=1 + abs(number) // 200)
        roll = "backward" if number > 0 else "forward"
        moved[known] = np.busday_offset(first[known], number, roll=roll, holidays=free)
    return pd.Series(moved.astype("datetime64[us]"), index=starts.index if isinstance(starts, pd.Series) else None)


def age_at(births, day) -> pd.Series:
    """Completed years at `day` (a date or an aligned Series), -1 for a child not yet born, missing where unknown."""
    born = pd.to_datetime(pd.Series(births))
    at = pd.to_datetime(day) if isinstance(day, pd.Series) else pd.Series(pd.Timestamp(day), index=born.index)
    before = (at.dt.month * 100 + at.dt.day) < (born.dt.month * 100 + born.dt.day)
    years = at.dt.year - born.dt.year - before.astype(int)
    return years.where(born <= at, -1).where(born.notna() & at.notna()).astype("Int64")
