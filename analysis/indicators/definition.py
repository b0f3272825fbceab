"""What an indicator is, and the period that it is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter

if TYPE_CHECKING:
    from analysis.indicators.evidence import Evidence

# Units.
COUNT, RATE, PERCENT, MEAN, DAYS, RATIO = "count", "rate_per_10000", "percent", "mean", "days", "ratio"
UNITS = (COUNT, RATE, PERCENT, MEAN, DAYS, RATIO)
# Polarity. None where neither direction is better in itself: such a measure is never coloured good or bad.
HIGHER_IS_BETTER, LOWER_IS_BETTER = "higher_is_better", "lower_is_better"
# Period types.
STOCK, ROLLING_YEAR, QUARTER, YEAR = "stock", "rolling_12_months", "quarter", "year"
# The latest school year (September to August) that had ended; the workforce census counts on 30 September, and in
# the twelve months to it.
SCHOOL_YEAR, CENSUS_DAY, CENSUS_YEAR = "school_year", "at_30_september", "year_to_30_september"
# The twelve months that ended a year before: whoever is of that year has had twelve months to be followed.
COHORT = "cohort"
PERIOD_TYPES = (STOCK, ROLLING_YEAR, QUARTER, YEAR, SCHOOL_YEAR, CENSUS_DAY, CENSUS_YEAR, COHORT)


@dataclass(frozen=True)
class Period:
    """First and last day, both included; one day for a stock. `quarter` is the one that it was asked for."""

    start: dt.date
    end: dt.date
    quarter: Quarter

    @property
    def first(self) -> pd.Timestamp:
        return pd.Timestamp(self.start)

    @property
    def last(self) -> pd.Timestamp:
        return pd.Timestamp(self.end)

    def of(self, rows: pd.DataFrame, date: str) -> pd.DataFrame:
        """The rows whose `date` lies in the period. They must be in order of it, missing last: a slice is quicker
        by far than a mask when there are many periods."""
        days = rows[date].to_numpy("datetime64[us]")
        first, after = np.searchsorted(
            days, [np.datetime64(self.start), np.datetime64(self.end + dt.timedelta(days=1))]
        )
        return rows.iloc[first:after]


def period(kind: str, quarter: Quarter) -> Period:
    """The period of a type that belongs to a quarter: its last day, the twelve months to it, the quarter, or the
    latest financial year, school year or 30 September that had come by its last day, or the twelve months that had
    ended a year before it."""
    end = quarter.end
    if kind == STOCK:
        return Period(end, end, quarter)
    if kind == QUARTER:
        return Period(quarter.start, end, quarter)
    if kind == YEAR:
        year = quarter.year if quarter.number == 4 else quarter.year - 1
        return Period(dt.date(year, 4, 1), dt.date(year + 1, 3, 31), quarter)
    if kind == SCHOOL_YEAR:
        year = end.year if end >= dt.date(end.year, 8, 31) else end.year - 1
        return Period(dt.date(year - 1, 9, 1), dt.date(year, 8, 31), quarter)
    if kind in (CENSUS_DAY, CENSUS_YEAR):
        year = end.year if end >= dt.date(end.year, 9, 30) else end.year - 1
        day = dt.date(year, 9, 30)
        return Period(day if kind == CENSUS_DAY else dt.date(year - 1, 10, 1), day, quarter)
    if kind == COHORT:
        return Period(quarter.shift(-7).start, quarter.shift(-4).end, quarter)
    return Period(quarter.shift(-3).start, end, quarter)


@dataclass(frozen=True)
class Indicator:
    """One definition.

    `function(evidence, period)` gives the units that are counted, a row each, with a boolean column `counts`
    (in the numerator; every row is in the denominator of a percentage), `value` where the unit is a mean, and
    whatever `child_id`, `date` (at which age is taken) and breakdown columns the units have. Where amounts are
    divided rather than rows counted (full-time equivalents, days), it gives `amount` and `base`: the value is the
    sum of one over the sum of the other. None where no delivery says anything about the period.
    `needs` names canonical tables without which nothing can be said; `or_needs` those that do instead.
    `lookback_months` is how far before its period the records must reach. Of a cohort, every table but the first
    must reach to the quarter's end.
    `of_things` is true where what is counted is nobody, and each one of it is published anyway: a small number of it
    tells of no one. `over_years` is how many years to its end the function takes in, where that is more than the period.
    """

    id: str
    title: str
    definition: str
    numerator: str
    denominator: str
    unit: str
    polarity: str | None
    period_type: str
    source: str
    function: Callable[[Evidence, Period], pd.DataFrame | None]
    needs: tuple[str, ...]
    or_needs: tuple[str, ...] = ()
    breakdowns: tuple[str, ...] = ()
    lookback_months: int = 0
    of_things: bool = False
    over_years: int = 1

    @property
    def higher_is_better(self) -> bool | None:
        return None if self.polarity is None else self.polarity == HIGHER_IS_BETTER

    def period(self, quarter: Quarter) -> Period:
        return period(self.period_type, quarter)
