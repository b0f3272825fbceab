"""How numbers, dates and periods are written, everywhere that a finding is shown."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from analysis.disclosure.policy import CONFIDENTIAL
from analysis.methods.rates import round_half_up
from analysis.reference.quarters import words

NOT_AVAILABLE = "not available"
MINUS = "−"
# Unit (of an indicator) -> decimals, what follows the figure, and what the unit is in words on an axis. DfE writes
# children in need and child protection rates with one decimal and looked after ones with none: `rate_whole`.
UNITS: Mapping[str, tuple[int, str, str]] = MappingProxyType({
    "count": (0, "", "number"),
    "percent": (0, "%", "per cent"),
    "rate_per_10000": (1, "", "per 10,000 children aged 0 to 17"),
    "rate_whole": (0, "", "per 10,000 children aged 0 to 17"),
    "days": (0, " days", "days"),
    "mean": (1, "", "average"),
    "ratio": (1, "", "ratio"),
})  # fmt: skip


def missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def number(value: object, unit: str, *, withheld: bool = False, none: str = NOT_AVAILABLE) -> str:
    """A figure as text: `1,234`, `83%`, `66.7`, `−12`; `c` where withheld, `none` where there is nothing.

    Raises KeyError for a unit that isn't in UNITS.
    """
    decimals, suffix, _ = UNITS[unit]
    if withheld:
        return CONFIDENTIAL
    if missing(value):
        return none
    rounded = round_half_up(float(value), decimals)
    return f"{MINUS if rounded < 0 else ''}{abs(rounded):,.{decimals}f}{suffix}"


def unit_words(unit: str) -> str:
    return UNITS[unit][2]


def day(value: object) -> str:
    """`30 September 2018` for any date; a dash where there is none."""
    return "–" if missing(value) else words(as_date(value))


def short_day(value: object) -> str:
    """`Sep 2018`, for axes and narrow tables."""
    return "–" if missing(value) else f"{as_date(value):%b %Y}"


def period(start: object, end: object) -> str:
    """A period in words: `30 September 2018`, `the year to 30 September 2018`, `July to September 2018`."""
    last = as_date(end)
    if missing(start) or as_date(start) == last:
        return words(last)
    first = as_date(start)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    whole = first.day == 1 and (last + dt.timedelta(days=1)).day == 1
    if whole and months == 12:
        return f"the year to {words(last)}"
    if whole and months == 1:
        return f"{last:%B %Y}"
    if whole and months < 12:
        return f"{first:%B}{'' if first.year == last.year else f' {first.year}'} to {last:%B %Y}"
    return f"{words(first)} to {words(last)}"


def as_date(value: object) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


def listed(parts: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
