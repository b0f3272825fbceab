"""Published statistics to compare with: by measure, area, year and release, as they were printed.

A figure is text: a number as printed, or a symbol. The same figure has another value in another release (a later
population estimate, an amended count), so releases are kept apart. Reads one small file a measure, when asked.
"""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from analysis.reference import populations
from analysis.reference.areas import Area, area, matching
from analysis.reference.project import REFERENCE_DATA, UserError
from analysis.reference.quarters import words

FOLDER = REFERENCE_DATA / "benchmarks"
FIRST = "first-published"
# Newest first among those that print a figure; what first stood in print comes last, and where it is asked for.
PREFERENCE = ("csww-2025", "cla-2025", "cin-2025", "lait-2026", "cin-2024", FIRST)
SYMBOLS: Mapping[str, str] = MappingProxyType({
    "c": "withheld, because few children are behind it", "k": "rounds to nought", "u": "too unreliable to print",
    "x": "not available", "z": "not applicable", ":": "not available", "-": "not available or withheld",
    "low": "rounds to nought",
})  # fmt: skip
# The periods that figures are of: last month and day, and how long.
_MARCH, _SEPTEMBER, _AUGUST = (3, 31), (9, 30), (8, 31)
_ENDS = {
    "year": _MARCH,
    "31 March": _MARCH,
    "30 September": _SEPTEMBER,
    "year to 30 September": _SEPTEMBER,
    "school year": _AUGUST,
}
_STOCKS = ("31 March", "30 September")


@dataclass(frozen=True)
class Release:
    """One publication. `population` is a vintage of `populations`, `in-force` (the one of the time) or blank."""

    id: str
    title: str
    publisher: str
    published: str
    population: str


@dataclass(frozen=True)
class Family:
    """Statistics that come out together: `known_from` (month-day), `years_after` the year that they are of."""

    id: str
    title: str
    known_from: str
    years_after: int
    source: str

    def known(self, year: int) -> dt.date:
        return dt.date.fromisoformat(f"{year + self.years_after}-{self.known_from}")


@dataclass(frozen=True)
class Measure:
    """What is published: `at` is the period that a figure is of, `differs` our indicators that look like it, with how
    they differ."""

    id: str
    unit: str
    family: Family
    at: str
    definition: str
    differs: Mapping[str, str]

    @property
    def stock(self) -> bool:
        return self.at in _STOCKS

    def end(self, year: int) -> dt.date:
        return dt.date(year, *_ENDS[self.at])

    def start(self, year: int) -> dt.date:
        end = self.end(year)
        return end if self.stock else end.replace(year=year - 1) + dt.timedelta(days=1)

    def label(self, year: int) -> str:
        """`2017-18`, `at 31 March 2018`, `in the year to 30 September 2018`."""
        if self.stock:
            return f"at {words(self.end(year))}"
        if self.at == "year to 30 September":
            return f"in the year to {words(self.end(year))}"
        return f"{'school year ' if self.at == 'school year' else ''}{year - 1}-{year % 100:02d}"


@dataclass(frozen=True)
class Figure:
    """One published figure. `value` is None where `symbol` stands in its place; `text` is what was printed, blank
    where the value was worked out from the numerator and denominator that were (`worked_out`)."""

    measure: Measure
    area: Area
    year: int
    release: Release
    text: str
    value: float | None
    symbol: str
    numerator: float | None
    denominator: float | None
    worked_out: bool = False


@lru_cache(maxsize=1)
def _described() -> Mapping[str, Mapping]:
    with open(FOLDER / "benchmarks.toml", "rb") as file:
        return MappingProxyType(tomllib.load(file))


@lru_cache(maxsize=1)
def releases() -> Mapping[str, Release]:
    return MappingProxyType({one: Release(one, **about) for one, about in _described()["release"].items()})


@lru_cache(maxsize=1)
def measures() -> Mapping[str, Measure]:
    """Every measure by identifier. One that counts as an indicator of ours does has that indicator's identifier."""
    families = {one: Family(one, **about) for one, about in _described()["family"].items()}
    return MappingProxyType({
        one: Measure(one, about["unit"], families[about["family"]], about["at"], about["definition"],
                     MappingProxyType(about.get("differs", {})))
        for one, about in _described()["measure"].items()
    })  # fmt: skip


def measure(name: str) -> Measure:
    """Raises UserError where nothing is published under that name."""
    if name not in measures():
        raise UserError(f"nothing is published as '{name}'; data/reference/benchmarks/benchmarks.toml lists what is")
    return measures()[name]


@lru_cache(maxsize=1)
def alike() -> Mapping[str, str]:
    """Indicators of ours that look like a measure and aren't, to that measure."""
    return MappingProxyType({ours: one.id for one in measures().values() for ours in one.differs})


_Texts = Mapping[tuple[str, str, int], Mapping[str, str]]


@lru_cache(maxsize=64)
def _texts(name: str) -> _Texts:
    """(release, area, year) -> part -> text, of one measure."""
    found: dict[tuple[str, str, int], dict[str, str]] = {}
    path = FOLDER / "figures" / f"{name}.csv"
    if path.is_file():
        with open(path, encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                for year, text in row.items():
                    if year.isdigit() and text:
                        found.setdefault((row["release"], row["area"], int(year)), {})[row["part"]] = text
    for row in _first_published():
        if row["measure"] == name:
            found.setdefault((FIRST, row["area"], int(row["year"])), {})[row["part"]] = row["text"]
    return MappingProxyType(found)


@lru_cache(maxsize=1)
def _first_published() -> tuple[Mapping[str, str], ...]:
    with open(FOLDER / "first-published.csv", encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def years(name: str, place: str) -> tuple[int, ...]:
    """The years (in which the period ends) that any release has for an area, a symbol included."""
    codes = {one.ons for one in matching(place)}
    return tuple(sorted({year for _, code, year in _texts(measure(name).id) if code in codes}))


def held(name: str, place: str, year: int) -> tuple[Figure, ...]:
    """Every release's figure of a measure for an area and a year, in order of PREFERENCE.

    Raises UserError for a measure or an area that isn't there.
    """
    about, texts = measure(name), _texts(name)
    found = []
    for release in PREFERENCE:
        for one in matching(place):
            parts = texts.get((release, one.ons, year))
            if parts is not None:
                found.append(_figure(about, one, year, releases()[release], parts))
                break
    return tuple(found)


def figure(name: str, place: str, year: int, release: str | None = None) -> Figure | None:
    """A published figure, or None where no release has that year.

    Without a release: the newest that prints a value; failing that one from whose parts it can be worked out; failing
    that what stands in its place. Raises UserError for a measure, an area or a release that isn't there.
    """
    if release is not None and release not in releases():
        raise UserError(f"'{release}' is no release; use one of {', '.join(releases())}")
    found = [one for one in held(name, place, year) if release in (None, one.release.id)]
    return min(found, key=lambda one: (one.value is None, one.worked_out, one.symbol == "-"), default=None)


def region(place: str) -> Area:
    """The region of an authority, as DfE has regions: London is one."""
    called = area(place).region
    return area("London" if called.endswith("London") else called)


def _figure(about: Measure, place: Area, year: int, release: Release, parts: Mapping[str, str]) -> Figure:
    text, counted, whole = (_number(parts.get(part, "")) for part in ("value", "numerator", "denominator"))
    value, printed = text, parts.get("value", "")
    worked = False
    if not printed and "numerator" in parts:
        whole = _population(about, place, year, release) if about.unit == "rate_per_10000" else whole
        worked = counted is not None and bool(whole)
        value = counted / whole * _PER.get(about.unit, 1) if worked else None
    symbol = ""
    if value is None:
        symbol = printed or next(
            (t for t in (parts.get("numerator"), parts.get("denominator")) if t and _number(t) is None), "x"
        )
    return Figure(about, place, year, release, printed, value, symbol, counted, whole, worked)


_PER = {"percent": 100, "rate_per_10000": 10_000}


def _population(about: Measure, place: Area, year: int, release: Release) -> float | None:
    try:
        return float(populations.population(place.ons, populations.preceding(about.end(year)), release.population))
    except UserError:
        return None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
