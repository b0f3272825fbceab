"""A year beside the years before it: plans starting, plans ending, who and where, and the steps on the way, each with how
far chance would move it. Families that come together make chance wider."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.indicators import enquiries
from analysis.indicators.breakdowns import CATEGORY_OF_ABUSE, NOT_KNOWN
from analysis.indicators.evidence import Evidence
from analysis.methods import flows, hazards
from analysis.methods.masks import certain
from analysis.methods.rate_changes import (
    RateChange,
    ShareChange,
    cluster_dispersion,
    homogeneity,
    rate_change,
    seasonal_dispersion,
    share_change,
    successive_dispersion,
)

# First and last day, both included.
Span = tuple[dt.date, dt.date]
# Compares two sets of years by their numbers: 0 is this year, 1 the one before, and so on.
_Change = Callable[[Sequence[int], Sequence[int]], RateChange]

# To say that a year was itself unusual, or that the other localities stayed as they were: each by itself.
CERTAIN = 0.01
# Years of the past are taken together as what is usual unless they differ by more than this allows.
ALIKE = 0.05
# Days on a plan at which the chance of ending may change: the first conference's weeks, the reviews, DfE's bands.
LENGTHS = (0, 30, 91, 182, 273, 364, 545, 729, np.inf)
FIRST, REPEAT = "First plan", "Repeat plan"
# On the way to a plan: what it is called, in the singular, and the table that holds it.
_STAGES = {"Referrals": ("referral", "referrals"), "Section 47 enquiries": ("enquiry", "section47_enquiries"),
           "Initial conferences": ("conference", "section47_enquiries"), "Plans": ("plan", "protection_plans")}  # fmt: skip


@dataclass(frozen=True)
class Flow:
    """Starts, or ends for the time that plans were open and how long they had lasted, against the past.

    counts: their plain number against the year before; change: against the year before; usual: against the years that
    are alike, `years` of them, the year before at least; unusual: the year before against those before it, and
    earlier: this year against those (None where not known).
    """

    counts: RateChange
    change: RateChange
    usual: RateChange
    years: int
    unusual: RateChange | None = None
    earlier: RateChange | None = None

    @property
    def back_p(self) -> float:
        """Of its number having only gone back after a year out of the ordinary: both must be sure, that the year before
        differed from those before it, and that this one differs from it the other way. 1 where this year differs from
        those years too, the same way: then it hasn't gone back but on. NaN where they aren't known."""
        if self.unusual is None or self.earlier is None:
            return float("nan")
        on = self.earlier.p < CERTAIN and self.earlier.up == self.counts.up
        return 1.0 if on or self.unusual.up == self.counts.up else max(self.unusual.p, self.counts.p)


@dataclass(frozen=True)
class Step:
    """A step on the way to a plan: its number in the year before and now, and whether the number (of the first) or the
    share of the step before (of the others) changed. `part`: how many more plans started through it; the parts add up
    to the rise, and are None where a number is nought."""

    name: str
    count_before: int
    count: int
    part: float | None
    change: RateChange | ShareChange

    @property
    def p(self) -> float:
        return self.change.p


@dataclass(frozen=True)
class Group:
    """Plans starting in one group of a cut, in the year before and now; `rest_p`: of having changed as the others did."""

    name: str
    before: int
    now: int
    change: RateChange
    rest: RateChange | None
    rest_p: float

    @property
    def part(self) -> int:
        return self.now - self.before


# --- starts and ends -------------------------------------------------------------------------------------------------


def starts_compared(started: Sequence[pd.DataFrame], spans: Sequence[Span]) -> Flow:
    everyone = pd.concat(started)
    wide = _dispersion(everyone["family"], everyone["start_date"], spans)
    counts = [len(one) for one in started]
    plain = _counted(counts, spans, wide)
    return _flow(plain, len(spans), plain([0], [1]))


def _counted(counts: Sequence[int], spans: Sequence[Span], wide: float) -> _Change:
    """Compares numbers of events for each day of two sets of years, as `_flow` asks."""
    days = [_days(one) for one in spans]

    def change(now: Sequence[int], then: Sequence[int]) -> RateChange:
        n0, t0, n1, t1 = (sum(what[i] for i in which) for which in (then, now) for what in (counts, days))
        return rate_change(n0, t0, n1, t1, wide)

    return change


def _dispersion(clusters: pd.Series, dates: pd.Series, spans: Sequence[Span]) -> float:
    """How much wider than independent events chance is: by what comes together, or by how months vary. Either way of
    measuring the months overstates something (a season, a trend), so the smaller of the two is taken."""
    months = _by_month(dates, spans)
    return max(cluster_dispersion(clusters), min(successive_dispersion(months), seasonal_dispersion(months)))


def ends_compared(plans: pd.DataFrame, spans: Sequence[Span]) -> Flow:
    watched = [_at_risk(plans, one) for one in spans]
    ended = pd.concat([within(plans, "end_date", one)["end_date"] for one in spans])
    months = _by_month(ended, spans)
    wide = max(_together(watched), min(successive_dispersion(months), seasonal_dispersion(months)))
    events, time = [one.events.sum(axis=0) for one, _ in watched], [one.exposure.sum(axis=0) for one, _ in watched]

    def change(now: Sequence[int], then: Sequence[int]) -> RateChange:
        d0, t0, d1, t1 = (sum(what[i] for i in which) for which in (then, now) for what in (events, time))
        # An end on the first day on a plan has no time at risk of its own.
        return rate_change(np.where(t0 > 0, d0, 0), t0, np.where(t1 > 0, d1, 0), t1, wide)

    plain = _counted([_count(plans["end_date"], one) for one in spans], spans, wide)
    return _flow(change, len(spans), plain([0], [1]))


def _together(watched: Sequence[tuple[hazards.AtRisk, np.ndarray]]) -> float:
    """By how much families widen the variance of ends: the squares of each family's ends less those expected for its
    time at risk, over the ends (as in a robust variance); 1 at least."""
    squares, ends = 0.0, 0.0
    for seen, family in watched:
        less = seen.events.sum(axis=1) - seen.exposure @ hazards.hazards(seen)
        squares += float((pd.Series(less).groupby(family).sum() ** 2).sum())
        ends += float(seen.events.sum())
    return max(1.0, squares / ends) if ends else 1.0


def _flow(change: _Change, years: int, counts: RateChange) -> Flow:
    alike = 1
    while alike + 1 < years and change([alike + 1], list(range(1, alike + 1))).p >= ALIKE:
        alike += 1
    past = list(range(2, years))
    return Flow(
        counts, change([0], [1]), change([0], list(range(1, alike + 1))), alike,
        change([1], past) if past else None, change([0], past) if past else None,
    )  # fmt: skip


def _at_risk(plans: pd.DataFrame, span: Span) -> tuple[hazards.AtRisk, np.ndarray]:
    """Plans' time at risk in a span, from the evening before it to its last, by days on the plan; and their families."""
    before, last = pd.Timestamp(eve(span)), pd.Timestamp(span[1])
    start, end = plans["start_date"], plans["end_date"]
    seen = (certain(start <= last) & ~certain(end <= before)).to_numpy(bool)
    start, end = start[seen], end[seen]
    over = certain(end <= last).to_numpy(bool)
    entry = (before - start).dt.days.clip(lower=0).to_numpy(float)
    stop = (end.where(over, last) - start).dt.days.to_numpy(float)
    return hazards.at_risk(entry, np.maximum(stop, entry), over, LENGTHS), plans["family"].to_numpy()[seen]


# --- where, and who --------------------------------------------------------------------------------------------------


def placed(started: pd.DataFrame, teams: Mapping[str, str]) -> pd.DataFrame:
    """Plans with the locality of their team; those of teams that serve the whole area, or none, left out."""
    places = started["team"].map({team: place for team, place in teams.items() if place})
    return started.assign(locality=places)[places.notna().to_numpy()]


def named_groups(started: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    return [
        one.assign(
            category=one["initial_category"].map(CATEGORY_OF_ABUSE).fillna(NOT_KNOWN),
            again=np.where(one["repeat"], REPEAT, FIRST),
        )
        for one in started
    ]


def groups(started: Sequence[pd.DataFrame], cut: str, spans: Sequence[Span], order: Sequence[str]) -> tuple[Group, ...]:
    """Each group of a cut: its starts in the year before and now, and whether it changed as the rest did.

    The tests are against the mean of the year before and those before it, as many as `spans` gives.
    """
    counts = [one[cut].value_counts() for one in started[: len(spans)]]
    days = [_days(one) for one in spans]
    wide = cluster_dispersion(pd.concat([one["family"] for one in started[: len(spans)]]))
    names = [name for name in order if any(one.get(name, 0) for one in counts[:2])]
    found = []
    for name in names:
        mine = [int(one.get(name, 0)) for one in counts]
        others = [int(one.sum()) - own for one, own in zip(counts, mine, strict=True)]
        own, rest = (rate_change(sum(n[1:]), sum(days[1:]), n[0], days[0], wide) for n in (mine, others))
        found.append(Group(name, mine[1], mine[0], own, rest, homogeneity(
            [sum(mine[1:]), sum(others[1:])], [mine[0], others[0]], wide)))  # fmt: skip
    return tuple(found)


# --- the decisions on the way ------------------------------------------------------------------------------------------


def steps(evidence: Evidence, spans: Sequence[Span], wide: float) -> tuple[Step, ...]:
    dates = {
        "Referrals": evidence.table("referrals")["date"],
        "Section 47 enquiries": evidence.table("section47_enquiries")["start_date"],
        "Initial conferences": evidence.once(enquiries.conferences)["date"],
        "Plans": evidence.table("protection_plans")["start_date"],
    }
    held = {
        name: days for name, days in dates.items()
        if all(evidence.covers(_STAGES[name][1], *span) for span in spans[:2]) and len(days)
    }  # fmt: skip
    if len(held) < 2 or "Plans" not in held:
        return ()
    now, then = ({name: _count(days, span) for name, days in held.items()} for span in spans[:2])
    try:
        made = list(flows.funnel_change(then, now).items())[:-1]
        # Whole plans, so that a reader who adds them up finds the rise.
        parts = list(flows.whole_parts(dict(made)).values())
    except ValueError:
        parts = [None] * len(held)
    found, last = [], ""
    for (name, days), part in zip(held.items(), parts, strict=True):
        if last:
            change = share_change(then[name], then[last], now[name], now[last], wide)
        else:
            change = rate_change(then[name], _days(spans[1]), now[name], _days(spans[0]),
                                 _dispersion(pd.Series(dtype="str"), days, spans[:2]))  # fmt: skip
        called = f"{name} for each {_STAGES[last][0]}" if last else name
        found.append(Step(called, then[name], now[name], part, change))
        last = name
    return tuple(found)


# --- spans -----------------------------------------------------------------------------------------------------------


def known_whole(evidence: Evidence, span: Span, begins: dt.date | None) -> bool:
    if begins is not None and span[0] < begins:
        return False
    return all(evidence.covers("protection_plans", span[0], last) for last in span)


def year_before(span: Span) -> Span:
    first, last = ((pd.Timestamp(day) - pd.DateOffset(years=1)).date() for day in span)
    ends_month = (span[1] + dt.timedelta(days=1)).day == 1
    return first, ((pd.Timestamp(last) + pd.offsets.MonthEnd(0)).date() if ends_month else last)


def eve(span: Span) -> dt.date:
    return span[0] - dt.timedelta(days=1)


def _days(span: Span) -> int:
    return (span[1] - span[0]).days + 1


def _in_span(dates: pd.Series, span: Span) -> pd.Series:
    return certain(dates.between(pd.Timestamp(span[0]), pd.Timestamp(span[1])))


def within(plans: pd.DataFrame, date: str, span: Span) -> pd.DataFrame:
    return plans[_in_span(plans[date], span)]


def _count(dates: pd.Series, span: Span) -> int:
    return int(_in_span(dates, span).sum())


def open_on(plans: pd.DataFrame, day: dt.date) -> int:
    when = pd.Timestamp(day)
    return int((certain(plans["start_date"] <= when) & ~certain(plans["end_date"] <= when)).sum())


def _by_month(dates: pd.Series, spans: Sequence[Span]) -> np.ndarray:
    """Counts by month over all the spans, months with none included."""
    first, last = min(one[0] for one in spans), max(one[1] for one in spans)
    months = pd.period_range(pd.Period(first, "M"), pd.Period(last, "M"), freq="M")
    inside = dates[_in_span(dates, (first, last))]
    return inside.dt.to_period("M").value_counts().reindex(months, fill_value=0).to_numpy(float)
