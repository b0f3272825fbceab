"""Is a difference between two moments more than chance? Which test, by what is counted.

- A number at a day (a stock): most children are the same at both days, so what chance moved is who joined and who left.
  Under no change each of them is as likely to have done either: the exact binomial (McNemar's) test.
- A number over a period, or its rate: two Poisson counts (`rate_changes.rate_change`). Where the periods overlap (the years
  to September and to the March before share six months), only the parts that differ can tell them apart.
- A share: Newcombe's limits of the difference (`rate_changes.share_change`); overlapping years as above.
- A mean: the limits of the difference from both means' own.
- A share of full-time equivalents: as a share of as many people. There are rather more people, so this is the stricter way.
- Other amounts have no interval: they are everybody's, and count as they stand.

Trap: brothers and sisters come together, so independent events understate what chance does; a verdict that is only
just beyond chance deserves its review's own look.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import bdtr

from analysis.indicators.definition import COUNT, PERCENT, QUARTER, RATE, ROLLING_YEAR, STOCK, YEAR, Indicator
from analysis.indicators.engine import COLUMNS, TOTAL, rows_of
from analysis.indicators.evidence import evidence_of
from analysis.methods import rate_changes
from analysis.records.history import Known
from analysis.reference.project import Authority
from analysis.reference.quarters import Quarter

# A difference that would come about by chance one time in twenty isn't called one.
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Place:
    """What a figure is of: an authority, or a category of one of its breakdowns."""

    authority: Authority
    by: str = ""
    category: str = ""


def row(known: Known, about: Indicator, quarter: Quarter, place: Place,
        over: tuple[dt.date, dt.date] | None = None) -> pd.Series | None:  # fmt: skip
    """The indicators' row for a place at a quarter, or over a period of its own; None where there is no such category."""
    by = (place.by,) if place.by else ()
    # One row is wanted: a table of it would take longer to make than the row.
    rows = rows_of(about, evidence_of(known), quarter, by, place.authority, None, over)
    wanted = (place.by or TOTAL, place.category or TOTAL)
    found = next((one for one in rows if (one["breakdown"], one["category"]) == wanted), None)
    if found is None:
        return None
    days = {name: pd.Timestamp(found[name]) for name in ("period_start", "period_end")}
    return pd.Series(found | days, index=list(COLUMNS), dtype=object)


def beyond_chance(known: Known, about: Indicator, place: Place, before: pd.Series, after: pd.Series,
                  quarters: tuple[Quarter, Quarter]) -> bool:  # fmt: skip
    """Whether two rows of one indicator differ by more than chance, in the direction in which they differ.

    `before` and `after` have values; they are of the first and second of `quarters`.
    """
    up = after["value"] > before["value"]
    if after["value"] == before["value"]:
        return False
    if about.unit in (COUNT, RATE) and about.period_type == STOCK and not place.by:
        moved = _joined_and_left(known, about, quarters)
        if moved is not None:
            joined, left = moved
            return _sign_test(joined, left) < SIGNIFICANT and (joined > left) == up
    if about.unit in (COUNT, RATE):
        parts = _apart(known, about, place, before, after, quarters) or (before, after)
        found = rate_changes.rate_change(*(number for part in parts for number in (part["numerator"], _exposure(part, about))))  # fmt: skip
        return found.p < SIGNIFICANT and found.up == up
    if about.unit == PERCENT:
        parts = _apart(known, about, place, before, after, quarters) or (before, after)
        share = rate_changes.share_change(*(part[name] for part in parts for name in ("numerator", "denominator")))
        return share.lower > 0 if up else share.upper < 0
    return _limits_apart(before, after)


def _joined_and_left(known: Known, about: Indicator, quarters: tuple[Quarter, Quarter]) -> tuple[int, int] | None:
    """Of those counted at two days: how many only at the second, and how many only at the first."""
    evidence = evidence_of(known)
    counted = []
    for quarter in quarters:
        units = evidence.once(about.function, about.period(quarter))
        if units is None or "child_id" not in units.columns:
            return None
        members = units.loc[units["counts"], "child_id"]
        if members.isna().any() or not members.is_unique:
            return None
        counted.append(set(members))
    return len(counted[1] - counted[0]), len(counted[0] - counted[1])


def _sign_test(joined: int, left: int) -> float:
    """Exact two-sided p that as many joined as left but for chance."""
    return min(1.0, 2 * float(bdtr(min(joined, left), joined + left, 0.5)))


def _apart(known: Known, about: Indicator, place: Place, before: pd.Series, after: pd.Series,
           quarters: tuple[Quarter, Quarter]) -> tuple[pd.Series, pd.Series] | None:  # fmt: skip
    """The parts of two overlapping periods that they don't share; None where they don't overlap or can't be parted."""
    (start0, end0), (start1, end1) = ((one["period_start"].date(), one["period_end"].date()) for one in (before, after))
    if about.period_type not in (ROLLING_YEAR, QUARTER, YEAR) or start1 > end0 or start0 >= start1 or end0 >= end1:
        return None
    day = dt.timedelta(days=1)
    found = (
        row(known, about, quarters[0], place, (start0, start1 - day)),
        row(known, about, quarters[1], place, (end0 + day, end1)),
    )
    usable = all(one is not None and not np.isnan(one["numerator"]) for one in found)
    return found if usable and (about.unit != PERCENT or all(one["denominator"] > 0 for one in found)) else None


def _exposure(part: pd.Series, about: Indicator) -> float:
    days = (part["period_end"] - part["period_start"]).days + 1
    return days * (part["denominator"] if about.unit == RATE else 1.0)


def _limits_apart(before: pd.Series, after: pd.Series) -> bool:
    """Whether the difference of two figures with limits of their own has limits on one side of nought."""
    gap = after["value"] - before["value"]
    if np.isnan([before["lower"], after["lower"]]).any():
        return True
    down = np.hypot(after["value"] - after["lower"], before["upper"] - before["value"])
    up = np.hypot(after["upper"] - after["value"], before["value"] - before["lower"])
    return bool(gap - down > 0 or gap + up < 0)
