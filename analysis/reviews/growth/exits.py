"""How fast plans ended, year by year, and whether a year that a rise is set against was itself out of the ordinary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import number, period
from analysis.findings.measures import moments
from analysis.findings.values import make_value
from analysis.indicators import protection
from analysis.indicators.evidence import Evidence
from analysis.indicators.protection import TWO_YEARS_DAYS
from analysis.methods import hazards
from analysis.methods.flows import whole_parts
from analysis.methods.hazards import AtRisk
from analysis.methods.masks import certain
from analysis.methods.resampling import cluster_weights, percentile_interval
from analysis.reviews.growth.families import of_plans

if TYPE_CHECKING:
    from analysis.findings.review import Review

_TABLE = "protection_plans"
# Ages in days between which the hazard is taken to be level. Reviews are held at 3 months and each 6 months after, and
# plans end at reviews: so the bands part at them, and at DfE's year and two years.
EDGES = (0.0, 91.0, 183.0, 274.0, 365.0, 548.0, 730.0, np.inf)
# DfE's bands of how long plans had lasted, as the indicators name them.
BANDS = (
    "3 months or less",
    "Over 3 to 6 months",
    "Over 6 months, under 1 year",
    "1 year, under 2 years",
    "2 years or more",
)
YEAR_DAYS = 365.25
# Few draws would make the 2.5th percentile jump; more cost time and change nothing that a reader sees.
DRAWS = 400
SEED = 20180331


def watched(plans: pd.DataFrame, opened: dt.date, closed: dt.date) -> AtRisk:
    """Each plan's time at risk after the day `opened` and up to the day `closed`, by age (EDGES); rows as in `plans`.

    A plan that ended on a day before it began counts as ended on the day on which it began.
    """
    start, end = plans["start_date"], plans["end_date"]
    first, last = pd.Timestamp(opened), pd.Timestamp(closed)
    over = certain((end > first) & (end <= last))
    there = certain(start <= last) & ~certain(end <= first)
    stop = (end.where(over, last) - start).dt.days.clip(lower=0)
    entry = (first - start).dt.days.clip(lower=0)
    here = there.to_numpy(bool)
    entered, stopped = (one.astype("float64").fillna(0).to_numpy() * here for one in (entry, stop))
    return hazards.at_risk(np.minimum(entered, stopped), stopped, (over & there).to_numpy(bool), EDGES)


@dataclass(frozen=True)
class Pace:
    """How fast plans ended in a span: ends for every 100 plans open on an average day, in a year."""

    opened: dt.date
    closed: dt.date
    ends: int
    open_on_average: float
    pace: float
    lower: float
    upper: float
    draws: np.ndarray


def paces(plans: pd.DataFrame, clusters: pd.Series, spans: Sequence[tuple[dt.date, dt.date]]) -> list[Pace]:
    """The pace of ending in each span (the day before it, its last day), with 95% limits that keep families together.

    All spans are drawn together, so that their paces can be compared draw by draw.
    """
    weights, found = cluster_weights(clusters, DRAWS, SEED), []
    for opened, closed in spans:
        seen = watched(plans, opened, closed)
        length = (closed - opened).days
        draws = 100 * YEAR_DAYS * hazards.rate(seen, weights)
        lower, upper = percentile_interval(draws) if len(plans) else (np.nan, np.nan)
        found.append(Pace(opened, closed, int(seen.events.sum()), float(seen.exposure.sum() / length),
                          float(100 * YEAR_DAYS * hazards.rate(seen)), float(lower), float(upper), draws))  # fmt: skip
    return found


@dataclass(frozen=True)
class Compared:
    """A pace over another, with 95% limits."""

    ratio: float
    lower: float
    upper: float

    @property
    def faster(self) -> bool:
        return self.lower > 1

    @property
    def slower(self) -> bool:
        return self.upper < 1


def compared(one: Pace, other: Pace) -> Compared:
    with np.errstate(divide="ignore", invalid="ignore"):
        lower, upper = percentile_interval(one.draws / other.draws)
        return Compared(one.pace / other.pace if other.pace else np.nan, float(lower), float(upper))


@dataclass(frozen=True)
class FewerEnds:
    """Why so many fewer plans ended than in the year before: `at_risk`, because fewer were open or they were younger, and
    `pace`, because plans of the same age ended more slowly. Whole plans; they add up to `fewer`."""

    fewer: int
    at_risk: int
    pace: int


def fewer_ends(plans: pd.DataFrame, before: Pace, latest: Pace) -> FewerEnds:
    """Question: did plans end more slowly, or were there fewer to end, and fewer old enough to?

    Method: the later year's time at risk, by age, at the earlier year's hazards, is how many would have ended (indirect
    standardisation); what is short of the earlier year's ends is the plans', what is short of that is the pace's.
    """
    first, last = (watched(plans, one.opened, one.closed) for one in (before, latest))
    usual = hazards.hazards(first)
    expected = float((last.exposure.sum(axis=0) * usual).sum())
    parts = whole_parts({"at_risk": before.ends - expected, "pace": expected - latest.ends})
    return FewerEnds(before.ends - latest.ends, parts["at_risk"], parts["pace"])


def fewer_ends_in_words(review: Review, latest: Pace | None, before: Pace | None) -> str:
    """`fewer_ends` in a sentence."""
    if latest is None or before is None:
        return "Whether plans ended more slowly, or there were fewer to end, can't be worked out: two whole years of records are needed."
    counts = pd.DataFrame({"n": [latest.ends, before.ends]}).astype("Int64")
    if review.release(counts, counts=["n"]).anything_withheld:
        return "Whether plans ended more slowly, or there were fewer to end, is withheld, so that no count from 1 to 5 can be worked out from it."
    found = fewer_ends(review.evidence.once(plans_with_families), before, latest)
    change = "fewer" if found.fewer > 0 else "more" if found.fewer < 0 else "as many"
    told = (
        f"As the records know it now, {number(abs(found.fewer), 'count')} {change} plans ended in the year to {_day(latest.closed)} than in the "
        f"year to {_day(before.closed)}."
    )
    return (
        f"{told} That is {_part(found.at_risk)} because {'fewer' if found.at_risk >= 0 else 'more'} plans, or "
        f"{'younger' if found.at_risk >= 0 else 'older'} ones, were there to end, and {_part(found.pace)} because plans of the same "
        f"age ended {'more slowly' if found.pace >= 0 else 'faster'}."
    )


def _part(fewer: int) -> str:
    return f"{number(abs(fewer), 'count')} {'fewer' if fewer > 0 else 'more' if fewer < 0 else 'as many'}"


FELL_BACK, FELL, SPED_UP, SAME, UNKNOWN = "fell back", "fell", "sped up", "same", "unknown"


def turn(latest: Pace | None, before: Pace | None, earlier: Pace | None) -> str:
    """What became of ends between a year and the next, given the year before both.

    FELL_BACK: slower than the year before, which had itself been faster than the one before that, and no slower than
    that one: a return to the usual. FELL: slower, without such a year before. SPED_UP, SAME (within chance), UNKNOWN.
    """
    if latest is None or before is None:
        return UNKNOWN
    step = compared(latest, before)
    if not (step.slower or step.faster):
        return SAME
    if step.faster:
        return SPED_UP
    usual = earlier is not None and compared(before, earlier).faster and not compared(latest, earlier).slower
    return FELL_BACK if usual else FELL


def turn_in_words(latest: Pace | None, before: Pace | None, earlier: Pace | None) -> str:
    """`turn` as sentences that a board can read."""
    found = turn(latest, before, earlier)
    if found == UNKNOWN:
        return "Whether plans ended faster or slower than the year before can't be said: the records don't reach back two years."
    told = (
        f"For every 100 plans open on an average day, {_pace(before)} ended in the year to {_day(before.closed)} and "
        f"{_pace(latest)} in the year to {_day(latest.closed)}"
    )
    if found == SAME:
        return f"{told}: a difference that chance alone would give."
    if found == SPED_UP:
        return f"{told}: plans ended faster."
    if found == FELL_BACK:
        fewer = (
            " Fewer ending after such a year is a stock filling up again, not new demand."
            if latest.ends < before.ends
            else ""
        )
        return (
            f"{told}. But in the year to {_day(earlier.closed)} it was {_pace(earlier)}: the year to {_day(before.closed)} was the one out of "
            f"the ordinary, with many plans closed, and the pace fell back to what had been usual.{fewer}"
        )
    if earlier is None:
        return (
            f"{told}: plans ended more slowly. What was usual before that isn't known, so it can't be said whether this is "
            "a return to it."
        )
    return f"{told}: plans ended more slowly, and it is not a return to an earlier pace ({_pace(earlier)} in the year to {_day(earlier.closed)})."


def _pace(one: Pace) -> str:
    return number(one.pace, "count")


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def plans_with_families(evidence: Evidence) -> pd.DataFrame:
    """Plans that have a start, with `siblings` (began together) and `family` (hang together), inferred once."""
    plans = evidence.once(protection.plans).join(evidence.once(of_plans))
    return plans[plans["start_date"].notna()]


def covered(evidence: Evidence, opened: dt.date, closed: dt.date) -> bool:
    """Whether plans are known from the day after `opened` to `closed`, those then open included."""
    first = opened + dt.timedelta(days=1)
    return evidence.covers(_TABLE, first, first) and evidence.covers(_TABLE, first, closed)


def year_before(day: dt.date) -> dt.date:
    return (pd.Timestamp(day) - pd.DateOffset(years=1) + pd.offsets.MonthEnd(0)).date()


def at_moments(review: Review) -> dict[str, Pace | None]:
    """The pace of ending in the year to each moment (`findings.moments`) and `two_years_ago`, as known now; None where
    the year isn't covered."""
    plans = review.evidence.once(plans_with_families)
    at = moments(review.quarter) | {"two_years_ago": review.quarter.shift(-8)}
    spans = {name: (quarter.shift(-4).end, quarter.end) for name, quarter in at.items()}
    known = {name: span for name, span in spans.items() if covered(review.evidence, *span)}
    found = paces(plans, plans["family"], list(known.values()))
    return {**dict.fromkeys(spans), **dict(zip(known, found, strict=True))}


def values(review: Review, found: Mapping[str, Pace | None]) -> dict[str, dict]:
    """`ends_pace.<moment>` for each."""
    return {
        f"ends_pace.{name}": make_value(
            review.audience, one and one.pace, unit="mean", rests_on=[one and one.ends],
            title="Plans ending in a year for every 100 open on an average day",
            period=period(one.opened + dt.timedelta(days=1), one.closed) if one else "")
        for name, one in found.items() if name in moments(review.quarter)
    }  # fmt: skip


def table(review: Review, found: Mapping[str, Pace | None]) -> Released:
    """A row a year, oldest first: year_to, open_on_average, ends, pace, lower, upper; and of plans of two years or more
    how many ended in it (long_ended) and how many were open when it closed (long_open). Released."""
    plans = review.known.table(_TABLE)
    start, end = plans["start_date"], plans["end_date"]
    age = (end - start).dt.days
    rows = []
    shown = {one.closed: one for name, one in found.items() if one is not None and name != "two_years_ago"}
    for one in (shown[day] for day in sorted(shown)):
        first, last = pd.Timestamp(one.opened), pd.Timestamp(one.closed)
        open_then = certain(start <= last) & ~certain(end <= last)
        long_open = open_then & ((last - start).dt.days > TWO_YEARS_DAYS)
        long_ended = certain((end > first) & (end <= last) & (age > TWO_YEARS_DAYS))
        rows.append({"year_to": last, "open_on_average": one.open_on_average, "ends": one.ends, "pace": one.pace,
                     "lower": one.lower, "upper": one.upper, "long_ended": int(long_ended.sum()),
                     "long_open": int(long_open.sum())})  # fmt: skip
    counts, rates = ("ends", "long_ended", "long_open"), ("open_on_average", "pace", "lower", "upper")
    kinds = {"year_to": "datetime64[us]", **dict.fromkeys(rates, "float64"), **dict.fromkeys(counts, "Int64")}
    frame = pd.DataFrame(rows, columns=list(kinds)).astype(kinds)
    return review.release(frame, counts=counts, derived=dict.fromkeys(rates, ("ends",)))
