"""Children aged 0 to 17 by area, mid-year and release: the denominators of every rate.

A mid-year estimate changes after it is first published (the 2021 census moved every earlier year), so the
same rate has a different value on another vintage. `data/reference/README.md` says what each vintage is.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from analysis.reference.areas import matching
from analysis.reference.project import REFERENCE_DATA, UserError

# Releases of ONS mid-year estimates as DfE published them, newest first.
RELEASES = ("mye-2024", "mye-2023")
# Worked back from rates that stood in print in 2018. Northumberland only.
IMPLIED_2018 = "implied-2018"
# The estimates of 2018 were in force until those on the 2021 census took their place, early in 2023.
IN_FORCE_UNTIL = MappingProxyType({IMPLIED_2018: dt.date(2022, 12, 31)})
VINTAGES = (*RELEASES, IMPLIED_2018)


@lru_cache(maxsize=1)
def _estimates() -> Mapping[tuple[str, int, str], int]:
    with open(REFERENCE_DATA / "populations.csv", encoding="utf-8", newline="") as lines:
        return MappingProxyType({
            (row["area_code"], int(row["year"]), row["vintage"]): int(row["population"])
            for row in csv.DictReader(lines)
        })  # fmt: skip


def population(area: str, mid_year: int, vintage: str | None = None) -> int:
    """Children aged 0 to 17 at 30 June of `mid_year`, by DfE code, ONS code or name of the area.

    Without a vintage, the newest release that has the figure. Raises UserError where none has it.
    """
    if vintage is not None and vintage not in VINTAGES:
        raise UserError(f"'{vintage}' is no population vintage; use one of {', '.join(VINTAGES)}")
    found = _estimates()
    for release in RELEASES if vintage is None else (vintage,):
        for one in matching(area):
            if (one.ons, mid_year, release) in found:
                return found[one.ons, mid_year, release]
    held = f"the vintage {vintage}" if vintage else "any vintage"
    raise UserError(f"data/reference/populations.csv has no mid-{mid_year} estimate for {area} in {held}; add one")


def vintage_of(area: str, mid_year: int, vintage: str | None = None) -> str:
    """The vintage that `population` answers from."""
    population(area, mid_year, vintage)
    if vintage is not None:
        return vintage
    codes = [one.ons for one in matching(area)]
    return next(v for v in RELEASES if any((code, mid_year, v) in _estimates() for code in codes))


def in_force(area: str, mid_year: int, day: dt.date) -> str | None:
    """The vintage that a rate at `day` was worked out on when it was new: an estimate since replaced, where we hold
    it; otherwise None, the newest. A document of 2018 stands on the estimates of 2018."""
    codes = [one.ons for one in matching(area)]
    return next(
        (
            v
            for v, until in IN_FORCE_UNTIL.items()
            if day <= until and any((c, mid_year, v) in _estimates() for c in codes)
        ),
        None,
    )


def preceding(day: dt.date) -> int:
    """The mid-year whose estimate a rate at `day`, or for a period ending on it, is divided by.

    It is the one that DfE uses for the latest 31 March on or before the day: mid-2017 for the year ending
    31 March 2018 and for each date up to 30 March 2019, since mid-2018 was published after those quarters'
    figures were due.
    """
    return day.year - 1 if (day.month, day.day) >= (3, 31) else day.year - 2
