"""Statistical neighbours: the ten authorities most like each, by edition, and their mean.

An edition is DfE's grouping as issued in a month (`apr-2021`, `may-2025`). The one of 2014, in force until 2021, isn't
among our sources: an earlier year is compared with the neighbours of April 2021, and the words say so.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from analysis.reference import benchmarks
from analysis.reference.areas import Area, area
from analysis.reference.project import UserError

# Edition -> the day from which it is in force.
EDITIONS: Mapping[str, dt.date] = MappingProxyType({"apr-2021": dt.date(2021, 4, 1), "may-2025": dt.date(2025, 5, 1)})
# A mean of fewer would be about one or two authorities.
FEWEST = 3


@dataclass(frozen=True)
class Mean:
    """The simple mean of the neighbours that have a figure (as DfE's interactive tool has it); `of` were asked."""

    measure: benchmarks.Measure
    year: int
    edition: str
    value: float | None
    having: int
    of: int
    release: benchmarks.Release | None
    worked_out: bool = False


@lru_cache(maxsize=1)
def _sets() -> Mapping[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], list[str]] = {}
    with open(benchmarks.FOLDER / "neighbours.csv", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault((row["edition"], row["authority"]), []).append(row["neighbour"])
    return MappingProxyType({key: tuple(codes) for key, codes in found.items()})


def edition_at(day: dt.date) -> str:
    """The edition in force on a day, or the earliest that is held."""
    return max(
        (e for e, since in EDITIONS.items() if since <= day), key=EDITIONS.get, default=min(EDITIONS, key=EDITIONS.get)
    )


def named(edition: str) -> str:
    """`April 2021`."""
    _check(edition)
    return f"{EDITIONS[edition]:%B %Y}"


def neighbours(place: str, edition: str) -> tuple[Area, ...]:
    """The ten, the nearest first. Raises UserError for an edition, or an authority that it lacks."""
    _check(edition)
    one = area(place)
    codes = _sets().get((edition, one.code))
    if codes is None:
        raise UserError(f"the neighbours of {named(edition)} have no set for {one.name}; use another edition")
    return tuple(area(code) for code in codes)


def mean(measure: str, place: str, year: int, edition: str, release: str | None = None) -> Mean:
    """The mean of a measure over an authority's neighbours. None as value where fewer than FEWEST have a figure."""
    them = neighbours(place, edition)
    figures = [found for one in them if (found := benchmarks.figure(measure, one.code, year, release)) is not None]
    having = [found for found in figures if found.value is not None]
    newest = min((one.release for one in having), key=lambda one: benchmarks.PREFERENCE.index(one.id), default=None)
    value = sum(one.value for one in having) / len(having) if len(having) >= FEWEST else None
    worked = any(one.worked_out for one in having)
    return Mean(benchmarks.measure(measure), year, edition, value, len(having), len(them), newest, worked)


def _check(edition: str) -> None:
    if edition not in EDITIONS:
        raise UserError(f"'{edition}' is no edition of statistical neighbours; use one of {', '.join(EDITIONS)}")
