"""Turns definitions and records into the tidy table: numerator, denominator, value, interval, symbol."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.indicators import breakdowns
from analysis.indicators.definition import COHORT, COUNT, DAYS, MEAN, PERCENT, RATE, RATIO, STOCK, Indicator, Period
from analysis.indicators.evidence import Evidence
from analysis.methods import intervals, rates
from analysis.reference import populations
from analysis.reference.project import Authority, UserError
from analysis.reference.quarters import Quarter

COLUMNS = ("authority", "quarter", "period_start", "period_end", "known_by", "indicator", "breakdown", "category",
           "numerator", "denominator", "value", "lower", "upper", "unit", "symbol")  # fmt: skip
TOTAL = "all"
# Symbols, as Explore Education Statistics has them.
UNAVAILABLE, NOT_APPLICABLE = "x", "z"


def value(unit: str, numerator, denominator):
    """The value that a numerator and denominator give in a unit. NaN where there is nothing to divide by."""
    if unit == COUNT:
        return np.asarray(numerator, float)
    if unit == RATE:
        return rates.rate(numerator, denominator)
    if unit == PERCENT:
        return rates.percent(numerator, denominator)
    return rates.ratio(numerator, denominator)


def can_say(indicator: Indicator, evidence: Evidence, period: Period) -> bool:
    """Whether the records needed were delivered and reach over the period and its lookback. The first table needed
    is the one whose rows are counted: it must be known whole; of a cohort, the others to the end of its year after."""
    first, last = period.start, min(period.end, period.quarter.end)
    followed = period.quarter.end if indicator.period_type == COHORT else last
    if indicator.lookback_months:
        back = (period.first - pd.DateOffset(months=indicator.lookback_months)).date()
        # The twelve months to the 30th of September begin on the day after the 30th of September before.
        first = back + dt.timedelta(days=1 if indicator.period_type == STOCK else 0)
    return any(
        tables
        and evidence.covers(tables[0], first, last)
        and all(evidence.covers(table, first, followed, whole=False) for table in tables[1:])
        for tables in (indicator.needs, indicator.or_needs)
    )


def rows_of(
    indicator: Indicator,
    evidence: Evidence,
    quarter: Quarter,
    by: Sequence[str],
    authority: Authority,
    vintage: str | None,
    over: tuple[dt.date, dt.date] | None = None,
) -> list[dict]:
    """The rows of one indicator at one quarter: the total, then each breakdown that it permits. `over` are the days
    that take the place of the indicator's own period."""
    period = indicator.period(quarter) if over is None else Period(*over, quarter)
    known_by = evidence.known.quarter
    same = {
        "authority": authority.code,
        "quarter": str(quarter),
        "period_start": period.first,
        "period_end": period.last,
        "known_by": str(known_by if known_by is not None else quarter),
        "indicator": indicator.id,
        "unit": indicator.unit,
    }
    wanted = [one for one in by if one in indicator.breakdowns]
    units = evidence.once(indicator.function, period) if can_say(indicator, evidence, period) else None
    if units is None:
        blank = {"numerator": np.nan, "denominator": np.nan, "value": np.nan, "lower": np.nan, "upper": np.nan}
        return [{**same, "breakdown": TOTAL, "category": TOTAL, **blank, "symbol": UNAVAILABLE}]
    people = _population(indicator, authority, period, vintage)
    found = [{**same, "breakdown": TOTAL, "category": TOTAL, **_measure(indicator.unit, units, people)}]
    for breakdown in wanted:
        category, listed = breakdowns.categories(units, breakdown, evidence, period, authority)
        groups = {name: units[(category == name).to_numpy()] for name in listed}
        found += [
            {**same, "breakdown": breakdown, "category": name, **_measure(indicator.unit, group, people)}
            for name, group in groups.items()
        ]
    return found


def _population(indicator: Indicator, authority: Authority, period: Period, vintage: str | None) -> float:
    if indicator.unit != RATE:
        return np.nan
    mid_year = populations.preceding(period.end)
    try:
        vintage = vintage or populations.in_force(authority.ons, mid_year, period.end)
        return populations.population(authority.ons, mid_year, vintage)
    except UserError:
        return np.nan


def _measure(unit: str, units: pd.DataFrame, people: float) -> dict[str, object]:
    if "base" in units.columns:
        return _quotient(unit, units)
    if unit in (MEAN, DAYS, RATIO):
        return _average(units)
    counted = float(units["counts"].sum())
    if unit == COUNT:
        lower, upper = intervals.poisson(counted)
        return _filled(counted, np.nan, counted, lower, upper, "")
    if unit == RATE:
        lower, upper = intervals.poisson(counted, people / rates.PER)
        # The count is known though the population isn't: the rate is what is unavailable.
        return _filled(counted, people, value(unit, counted, people), lower, upper, UNAVAILABLE)
    whole = float(len(units))
    lower, upper = intervals.wilson(counted, whole)
    return _filled(counted, whole, value(unit, counted, whole), lower * 100, upper * 100, NOT_APPLICABLE)


def _quotient(unit: str, units: pd.DataFrame) -> dict[str, object]:
    """Amounts over amounts, such as full-time equivalents. No interval: they aren't counts of separate events, and
    the return that states them is of everybody."""
    over, under = float(units["amount"].sum()), float(units["base"].sum())
    return _filled(over, under, value(unit, over, under), np.nan, np.nan, NOT_APPLICABLE)


def _average(units: pd.DataFrame) -> dict[str, object]:
    values = units["value"].dropna().astype(float)
    total, number = float(values.sum()), float(len(values))
    return _filled(total, number, value(MEAN, total, number), *intervals.mean(values), NOT_APPLICABLE)


def _filled(numerator, denominator, found, lower, upper, symbol_if_none: str) -> dict[str, object]:
    found = float(found)
    return {
        "numerator": numerator,
        "denominator": denominator,
        "value": found,
        "lower": float(lower),
        "upper": float(upper),
        "symbol": symbol_if_none if np.isnan(found) else "",
    }


def tidy(rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Rows in the columns and types of the tidy table; dates are timestamps, figures plain floats."""
    table = pd.DataFrame(list(rows), columns=list(COLUMNS))
    text = [c for c in COLUMNS if c not in ("period_start", "period_end", "numerator", "denominator", "value", "lower", "upper")]  # fmt: skip
    figures = ("numerator", "denominator", "value", "lower", "upper")
    kinds = {**dict.fromkeys(text, "str"), **dict.fromkeys(figures, "float64")}
    kinds |= dict.fromkeys(("period_start", "period_end"), "datetime64[us]")
    return table.astype(kinds)
