"""A local figure beside published ones: England, the region, statistical neighbours, or any one area.

The answer carries the comparator's year, release and every mismatch in words, or says why there is none. No comparison
is called good or bad, and nothing is ranked. What may be compared, and what must be said, is in `comparable`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.indicators import comparable
from analysis.indicators.definition import COUNT, RATE
from analysis.indicators.engine import TOTAL
from analysis.reference import areas, benchmarks, neighbours, populations, project
from analysis.reference.project import UsageError, UserError

ENGLAND, REGION, NEIGHBOURS = "england", "region", "neighbours"
AGAINST = (ENGLAND, REGION, NEIGHBOURS)
COLUMNS = ("authority", "quarter", "indicator", "period_start", "period_end", "value", "unit", "against", "comparator", "published_for",
           "published", "symbol", "release", "words", "refused")  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """A published figure chosen to stand beside a local one.

    `name` is whose it is; `year` the year in which its period ends, `label` that period in words; `value` is None where
    `symbol` stands in its place; `clauses` are what must be said of it. Where the two can't be set side by side,
    `refused` says why and there is no value.
    """

    indicator: str
    against: str
    name: str
    local: tuple[dt.date, dt.date]
    unit: str
    year: int | None = None
    label: str = ""
    value: float | None = None
    symbol: str = ""
    release: str = ""
    clauses: tuple[str, ...] = ()
    refused: str = ""

    @property
    def words(self) -> str:
        """`England 2016-17; ours to 30 September 2018`."""
        if self.refused:
            return f"not compared with {self.name}: {self.refused}"
        return "; ".join([f"{self.name} {self.label}", *self.clauses])


def compare(
    row: Mapping,
    against: str,
    *,
    year: int | None = None,
    release: str | None = None,
    edition: str | None = None,
    as_variant: bool = False,
) -> Comparison:
    """A row of the indicators' tidy table beside `england`, its `region`, its `neighbours` or an area (code or name).

    Without a `year` (in which the published period ends) it is the latest that had ended by the end of the local
    period and was out in time for a document about it. Without a `release`, a rate takes the one on the local rate's
    population estimate where there is one; else the newest. `edition` is of the neighbours: the one in force.
    A count is compared with one area that is asked for, never with England, a region or a mean.
    An indicator that only looks like a published measure is refused, or with `as_variant` carried with how they differ.

    Raises UsageError for an area, a release or an edition that doesn't exist. Never raises for want of a figure.
    """
    local = _day(row["period_start"]), _day(row["period_end"])
    place = areas.area(_ons(str(row["authority"])))
    edition = edition or neighbours.edition_at(local[1])
    same = {"indicator": str(row["indicator"]), "against": against, "local": local, "unit": str(row["unit"])}
    name = _name(against, place, edition)
    measure, variant = _measure(str(row["indicator"]))
    if measure is None:
        return Comparison(**same, name=name, refused="no published figure of this measure is held")
    if variant and not as_variant:
        return Comparison(**same, name=name, refused=f"{variant} ({measure.id})")
    if measure.unit != row["unit"]:
        return Comparison(**same, name=name, refused=f"the published figure is in another unit ({measure.unit})")
    if measure.unit == COUNT and against in AGAINST:
        return Comparison(
            **same, name=name, refused="numbers of areas of different sizes don't compare; compare rates or shares"
        )
    if row.get("breakdown", TOTAL) != TOTAL:
        return Comparison(**same, name=name, refused="what is published is of all children, the local figure of some")
    if year is None:
        year = latest_year(measure, local[1], place.code if against == NEIGHBOURS else _code(against, place))
    if year is None:
        return Comparison(**same, name=name, refused="nothing had been published by then")
    published = measure.start(year), measure.end(year)
    if why := comparable.unlike(local, published):
        return Comparison(**same, name=name, year=year, label=measure.label(year), refused=why)
    base = population_base(row) if measure.unit == RATE else ""
    found = _found(measure, against, place, year, release, edition, base)
    if found is None:
        return Comparison(**same, name=name, year=year, label=measure.label(year), refused=f"nothing is held for {measure.label(year)}")  # fmt: skip
    clauses = [
        comparable.period_clause(local, published),
        comparable.population_clause(base, found.population, populations.preceding(measure.end(year))),
        "as first published" if found.release == benchmarks.FIRST else "",
        "worked out from the numbers published" if found.worked_out else "",
        variant if as_variant else "",
    ]
    return Comparison(
        **same, name=found.name or name, year=year, label=measure.label(year), value=found.value, symbol=found.symbol,
        release=found.release, clauses=tuple(clause for clause in clauses if clause),
    )  # fmt: skip


def england(indicator: str, local_end: dt.date) -> float | None:
    """England's value for an indicator at the latest year that was out for a local period that ended then, or None."""
    measure, variant = _measure(indicator)
    year = latest_year(measure, local_end, areas.ENGLAND) if measure is not None and not variant else None
    found = benchmarks.figure(measure.id, areas.ENGLAND, year) if year is not None else None
    return found.value if found is not None else None


def latest_year(measure: benchmarks.Measure, local_end: dt.date, code: str) -> int | None:
    """The latest year of an area that had ended by a day and was published in time for a document about it."""
    out_by = comparable.published_by(local_end)
    usable = [year for year in benchmarks.years(measure.id, code)
              if measure.end(year) <= local_end and measure.family.known(year) <= out_by]  # fmt: skip
    return max(usable, default=None)


def population_base(row: Mapping) -> str:
    """The vintage of the estimate that a local rate was divided by; `unknown` where it is none that we hold, blank where
    there is no rate."""
    if pd.isna(row["denominator"]):
        return ""
    mid_year = populations.preceding(_day(row["period_end"]))
    for vintage in (populations.IMPLIED_2018, *populations.RELEASES):
        try:
            if populations.population(_ons(str(row["authority"])), mid_year, vintage) == row["denominator"]:
                return vintage
        except UserError:
            continue
    return comparable.UNKNOWN


def beside(
    table: pd.DataFrame, against: Iterable[str] = AGAINST, years: Mapping[str, int] | None = None
) -> pd.DataFrame:
    """Every total of an indicators' table beside each comparator: a row an indicator, period and comparator.

    Columns: those of the local figure, `against`, `comparator` (its name), `published_for`, `published`, `symbol`,
    `release`, `words` (what must be said), `refused` (why not). `years` pins an indicator's comparators to a year.
    """
    rows = []
    for row in table[table["breakdown"] == TOTAL].to_dict("records"):
        for one in against:
            found = compare(row, one, year=(years or {}).get(row["indicator"]))
            rows.append({**{name: row[name] for name in COLUMNS[:7]}, "against": one, "comparator": found.name,
                         "published_for": found.label, "published": found.value, "symbol": found.symbol,
                         "release": found.release, "words": found.words, "refused": found.refused})  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"published": "float64"})


@dataclass(frozen=True)
class _Found:
    value: float | None
    symbol: str
    release: str
    population: str
    worked_out: bool
    name: str = ""


def _found(measure, against: str, place, year: int, release: str | None, edition: str, base: str) -> _Found | None:
    if against == NEIGHBOURS:
        try:
            mean = neighbours.mean(measure.id, place.code, year, edition, release)
        except UserError:
            return None
        if mean.release is None:
            return None
        some = f"{mean.having} of the {mean.of}" if mean.having < mean.of else f"the {mean.of}"
        name = f"mean of {some} statistical neighbours ({neighbours.named(edition)})"
        name += " with a figure" if mean.having < mean.of else ""
        return _Found(mean.value, "" if mean.value is not None else "x", mean.release.id, mean.release.population, mean.worked_out, name)  # fmt: skip
    held = benchmarks.held(measure.id, _code(against, place), year)
    if release is None and base:
        mid_year = populations.preceding(measure.end(year))
        alike = [one for one in held if one.value is not None and not one.worked_out
                 and comparable.same_population(base, one.release.population, mid_year)]  # fmt: skip
        release = alike[0].release.id if alike else None
    one = benchmarks.figure(measure.id, _code(against, place), year, release)
    if one is None:
        return None
    return _Found(one.value, one.symbol, one.release.id, one.release.population, one.worked_out)


def _measure(indicator: str) -> tuple[benchmarks.Measure | None, str]:
    """The measure that an indicator is compared with, and how they differ where they do."""
    if indicator in benchmarks.measures():
        return benchmarks.measures()[indicator], ""
    like = benchmarks.alike().get(indicator)
    return (benchmarks.measures()[like], benchmarks.measures()[like].differs[indicator]) if like else (None, "")


def _name(against: str, place: areas.Area, edition: str) -> str:
    if against == NEIGHBOURS:
        return f"statistical neighbours ({neighbours.named(edition)})"
    return areas.area(_code(against, place)).name


def _code(against: str, place: areas.Area) -> str:
    if against == ENGLAND:
        return areas.ENGLAND
    if against == REGION:
        return benchmarks.region(place.ons).ons
    try:
        return areas.area(against).ons
    except UserError:
        raise UsageError(f"'{against}' is nothing to compare with; use {', '.join(AGAINST)}, a DfE code or an ONS code") from None  # fmt: skip


def _ons(authority: str) -> str:
    """An authority of settings.toml knows its own ONS code; any other is found by DfE's."""
    try:
        return project.authority(authority).ons
    except UserError:
        return authority


def _day(value: object) -> dt.date:
    return pd.Timestamp(value).date()
