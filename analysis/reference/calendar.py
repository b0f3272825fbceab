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


@lru_cache(maxsize=1)
def bank_holidays() -> np.ndarray:
    """England's bank holidays 2000 to 2040, as `datetime64[D]`."""
    import holidays

    return np.array(sorted(holidays.UnitedKingdom(subdiv="ENG", years=range(2000, 2041))), dtype="datetime64[D]")


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
        counted[known] = np.busday_count(first[known], last[known], holidays=bank_holidays())
        # busday_count takes [start, end); DfE's clock excludes the start and includes the end.
        on_end = np.is_busday(last[known], holidays=bank_holidays()).astype(int)
        on_start = np.is_busday(first[known], holidays=bank_holidays()).astype(int)
        counted[known] = counted[known] + on_end - on_start
    return pd.Series(counted, index=starts.index if isinstance(starts, pd.Series) else None)


def add_working_days(starts, number: int) -> pd.Series:
    """The date that is `number` working days after each start (a start on a weekend counts from the next working day)."""
    first = _days(starts)
    moved = np.full(first.shape, np.datetime64("NaT", "D"))
    known = ~np.isnat(first)
    moved[known] = np.busday_offset(
        first[known], number, roll="backward" if number > 0 else "forward", holidays=bank_holidays()
    )
    return pd.Series(moved.astype("datetime64[us]"), index=starts.index if isinstance(starts, pd.Series) else None)


def age_at(births, day) -> pd.Series:
    """Completed years at `day` (a date or an aligned Series), -1 for a child not yet born, missing where unknown."""
    born = pd.to_datetime(pd.Series(births))
    at = pd.to_datetime(day) if isinstance(day, pd.Series) else pd.Series(pd.Timestamp(day), index=born.index)
    before = (at.dt.month * 100 + at.dt.day) < (born.dt.month * 100 + born.dt.day)
    years = at.dt.year - born.dt.year - before.astype(int)
    return years.where(born <= at, -1).where(born.notna() & at.notna()).astype("Int64")
