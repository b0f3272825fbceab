"""What the records give beside what was last published for the same thing, and why the two differ.

The local value is worked out for the very period that was published, from the records as known now. What can be shown
to cause a difference is shown, with its arithmetic; what is left is said to be left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.indicators import comparable, comparison, registry
from analysis.indicators.definition import COUNT, MEAN, RATE
from analysis.methods.rates import PER, round_half_up
from analysis.records.history import Known
from analysis.reference import benchmarks, populations, project
from analysis.reference.project import UserError
from analysis.reference.quarters import Quarter

COLUMNS = ("indicator", "title", "unit", "quarter", "period_start", "period_end", "local", "numerator", "denominator", "published",
           "published_numerator", "published_for", "release", "decimals", "difference", "agrees", "reason", "reason_in_kind",
           "smallest")  # fmt: skip
# Looked after children and their outcomes are printed as whole numbers, the rest with a decimal.
_WHOLE = ("looked_after", "outcomes", "exclusions")
# DfE rounded authorities' numbers of looked after children until, and including, the year to March.
ROUNDED_UNTIL, ROUNDED_TO = 2019, 5
# Our live counts, and the statutory counts that they are set beside all the same: how far they differ is the point.
LIVE: Mapping[str, str] = MappingProxyType({"lac_live_count": "lac_count"})


@dataclass(frozen=True)
class Pair:
    """One thing twice: the local row, the published figure, and the statutory count where the local one is live."""

    row: Mapping
    figure: benchmarks.Figure
    base: str
    statutory: float | None = None
    first: benchmarks.Figure | None = None

    @property
    def decimals(self) -> int:
        if self.row["unit"] == COUNT:
            return 0
        return 0 if self.figure.measure.family.id in _WHOLE and self.row["unit"] != MEAN else 1

    @property
    def local(self) -> float:
        return round_half_up(float(self.row["value"]), self.decimals)

    @property
    def published_number(self) -> float | None:
        return self.figure.value if self.row["unit"] == COUNT else self._printed("numerator")

    @property
    def published_whole(self) -> float | None:
        return self._printed("denominator")

    def _printed(self, part: str) -> float | None:
        """A part of the figure, or where its release prints none, of another's that has the same value."""
        same = [one for one in benchmarks.held(self.figure.measure.id, self.figure.area.ons, self.figure.year)
                if one.release.id != benchmarks.FIRST]  # fmt: skip
        return next((n for one in (self.figure, *same) if (n := getattr(one, part)) is not None), None)

    @property
    def agrees(self) -> bool:
        return self.figure.value is not None and self.local == round_half_up(self.figure.value, self.decimals)


@dataclass(frozen=True)
class Told:
    """A reason with its figures, the same without (for those who may not see them), and the counts in it."""

    words: str
    in_kind: str
    counts: tuple[float, ...] = field(default=())


Rule = Callable[[Pair], Told | None]


def rebased(pair: Pair) -> Told | None:
    """A rate on another population estimate than the one that was printed."""
    mid_year = populations.preceding(pair.figure.measure.end(pair.figure.year))
    if pair.row["unit"] != RATE or comparable.same_population(pair.base, pair.figure.release.population, mid_year):
        return None
    theirs = _population(pair, mid_year)
    if theirs is None or np.isnan(pair.row["denominator"]):
        return None
    counted = float(pair.row["numerator"])
    sums = (
        f"{counted:,.0f} among {pair.row['denominator']:,.0f} children is {counted / pair.row['denominator'] * PER:.1f} for every 10,000, "
        f"and among {theirs:,.0f}, on which DfE now stands, {counted / theirs * PER:.1f}"
    )
    kind = "the population estimate has been re-based since"
    return Told(f"{kind}: {sums}", kind, (counted,))


def live(pair: Pair) -> Told | None:
    """A live count has children in short breaks, whom the statutory return leaves out."""
    if pair.statutory is None:
        return None
    breaks = float(pair.row["value"]) - pair.statutory
    kind = "ours is the live count, which has children in a series of short breaks (V3 and V4); the statutory return leaves them out"
    if not breaks:
        return None
    return Told(f"{kind}: {breaks:,.0f} of them", kind, (breaks,))


def to_nearest_five(pair: Pair) -> Told | None:
    """A number that stood in print rounded to 5."""
    number = pair.published_number
    if pair.figure.measure.family.id != "looked_after" or pair.figure.year > ROUNDED_UNTIL or not number:
        return None
    ours = _ours(pair)
    if number % ROUNDED_TO or ours == number or abs(ours - number) > ROUNDED_TO / 2:
        return None
    kind = (
        f"DfE rounded authorities' numbers of looked after children to the nearest {ROUNDED_TO} until {ROUNDED_UNTIL}"
    )
    return Told(kind, kind)


def amended_since(pair: Pair) -> Told | None:
    """A figure that was first printed otherwise."""
    first = pair.first
    if first is None or first.value is None or first.value == pair.figure.value:
        return None
    was = f"{first.value:g}" + (f" ({first.numerator:,.0f})" if first.numerator else "")
    return Told(f"DfE first printed {was}", "DfE has amended it since it was first printed")


def more_or_fewer(pair: Pair) -> Told | None:
    """What is left of the numbers when short breaks are out: records amended on one side or the other."""
    number, ours = pair.published_number, _ours(pair)
    if number is None or ours == number or to_nearest_five(pair) is not None:
        return None
    gap = ours - number
    way = "more" if gap > 0 else "fewer"
    because = "entered late or amended since" if gap > 0 else "amended or taken out since"
    kind = f"our records hold {way} than were published; records {because} can do this"
    words = kind.replace(f"{way} than were published", f"{abs(gap):,.0f} {way} than the {number:,.0f} published")
    return Told(words, kind, (ours,))


def out_of_another_number(pair: Pair) -> Told | None:
    """A share whose numerator is as published and whose whole isn't."""
    ours, theirs = pair.row["denominator"], pair.published_whole
    if pair.row["unit"] in (COUNT, RATE) or theirs is None or np.isnan(ours) or ours == theirs:
        return None
    kind = "the share is of another number of cases than the published one"
    return Told(f"ours is of {ours:,.0f}, the published share of {theirs:,.0f}", kind, (float(ours),))


# In the order in which they are told.
RULES: tuple[Rule, ...] = (live, rebased, to_nearest_five, more_or_fewer, out_of_another_number, amended_since)
_UNTOLD = Told("nothing that we hold explains it", "nothing that we hold explains it")
# What `reason_in_kind` says of a difference for which there is no reason.
UNTOLD = "Nothing that we hold explains it."


def reconcile(known: Known, quarter: Quarter, authority: str | project.Authority | None = None,
              ids: Iterable[str] | None = None) -> pd.DataFrame:  # fmt: skip
    """Every indicator that has a published figure for this authority, at the latest period that was out: both, and why.

    One row an indicator. `local`, `numerator`, `denominator`: from the records as known, for the published period;
    `published` in the newest release; `difference` is local less published as both are printed (`decimals`); `agrees`;
    `reason` in words, blank where they agree and nothing need be known; `reason_in_kind` the same without a count;
    `smallest` the count nearest nought that the reason gives away (missing where none). What can't be worked out from
    these deliveries, or was withheld in print, isn't listed.
    """
    place = authority if isinstance(authority, project.Authority) else project.authority(authority)
    wanted = {one: LIVE.get(one, one) for one in registry.indicators() if LIVE.get(one, one) in benchmarks.measures()}
    wanted = {ours: theirs for ours, theirs in wanted.items() if ids is None or ours in set(ids)}
    at: dict[Quarter, list[str]] = {}
    years: dict[str, int] = {}
    for ours, theirs in wanted.items():
        measure = benchmarks.measure(theirs)
        year = comparison.latest_year(measure, quarter.end, place.ons)
        if year is not None:
            years[ours] = year
            at.setdefault(Quarter.containing(measure.end(year)), []).append(ours)
    rows: list[dict] = []
    for when, names in sorted(at.items()):
        table = registry.series(known, names, [when], authority=place)
        statutory = _statutory(known, when, names, place)
        rows += [
            told for row in table.to_dict("records") if (told := _row(row, wanted, years, statutory, place)) is not None
        ]
    order = {name: position for position, name in enumerate(registry.indicators())}
    rows.sort(key=lambda row: order[row["indicator"]])
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    figures = ("local", "numerator", "denominator", "published", "published_numerator", "difference", "smallest")
    return found.astype({**dict.fromkeys(figures, "float64"), "agrees": "bool", "decimals": "int64"})


def _row(row: Mapping, wanted: Mapping[str, str], years: Mapping[str, int], statutory: Mapping[str, float],
         place: project.Authority) -> dict | None:  # fmt: skip
    theirs, year = wanted[row["indicator"]], years[row["indicator"]]
    measure = benchmarks.measure(theirs)
    figure = benchmarks.figure(theirs, place.ons, year)
    local = _day(row["period_start"]), _day(row["period_end"])
    same_period = local == (measure.start(year), measure.end(year))
    if row["symbol"] or figure is None or figure.value is None or not same_period or measure.unit != row["unit"]:
        return None
    base = comparison.population_base(row) if row["unit"] == RATE else ""
    first = benchmarks.figure(theirs, place.ons, year, benchmarks.FIRST)
    pair = Pair(row, figure, base, statutory.get(row["indicator"]), first)
    told = why(pair)
    counts = [abs(count) for one in told for count in one.counts if count]
    return {
        "indicator": row["indicator"], "title": registry.indicators()[row["indicator"]].title, "unit": row["unit"],
        "quarter": row["quarter"], "period_start": row["period_start"], "period_end": row["period_end"],
        "local": row["value"], "numerator": row["numerator"], "denominator": row["denominator"], "published": figure.value,
        "published_numerator": pair.published_number, "published_for": measure.label(year), "release": figure.release.id,
        "decimals": pair.decimals, "difference": pair.local - round_half_up(figure.value, pair.decimals), "agrees": pair.agrees,
        "reason": _sentence(one.words for one in told), "reason_in_kind": _sentence(one.in_kind for one in told),
        "smallest": min(counts, default=None),
    }  # fmt: skip


def why(pair: Pair) -> list[Told]:
    """The reasons that apply to a pair, in the order of RULES. None where the two agree, unless the figure was amended
    or a difference hides behind rounding; one that says so where none of the rules explains a difference."""
    if pair.agrees:
        return [told for told in (amended_since(pair),) if told is not None]
    return [told for rule in RULES if (told := rule(pair)) is not None] or [_UNTOLD]


def _ours(pair: Pair) -> float:
    """The number that the published one is set beside: short breaks out, where ours is a live count."""
    if pair.statutory is not None:
        return pair.statutory
    return float(pair.row["value"] if pair.row["unit"] == COUNT else pair.row["numerator"])


def _statutory(known: Known, when: Quarter, names: Iterable[str], place: project.Authority) -> dict[str, float]:
    """For each live count, the statutory count of the same day."""
    pairs = {ours: theirs for ours, theirs in LIVE.items() if ours in names}
    if not pairs:
        return {}
    table = registry.series(known, pairs.values(), [when], authority=place).set_index("indicator")["value"]
    return {ours: float(table[theirs]) for ours, theirs in pairs.items() if not np.isnan(table[theirs])}


def _population(pair: Pair, mid_year: int) -> float | None:
    try:
        return float(populations.population(pair.figure.area.ons, mid_year, pair.figure.release.population))
    except UserError:
        return None


def _sentence(parts: Iterable[str]) -> str:
    said = "; ".join(parts)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def _day(value: object) -> dt.date:
    return pd.Timestamp(value).date()
