"""Which cause do the numbers point to? Each that could be behind a rise in plans is asked for, and named only if it is
beyond what chance would do. Works on what the returns hold and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.indicators import enquiries, protection
from analysis.indicators.breakdowns import CATEGORY_OF_ABUSE
from analysis.indicators.evidence import Evidence, evidence_of
from analysis.methods import flows, hazards
from analysis.methods.clustered import holm
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
from analysis.records.history import Known
from analysis.reviews.growth.families import family_groups

Span = tuple[dt.date, dt.date]

# All the questions about causes together raise a false alarm in one year of fifty in which nothing has changed.
ALARM = 0.02
# To say that a year was itself unusual, or that the other localities stayed as they were: each by itself.
CERTAIN = 0.01
# Years of the past are taken together as what is usual unless they differ by more than this allows.
ALIKE = 0.05
# How many years before the one before are looked at: further back, practice was another.
EARLIER_YEARS = 2
# Days on a plan at which the chance of ending may change: the first conference's weeks, the reviews, DfE's bands.
LENGTHS = (0, 30, 91, 182, 273, 364, 545, 729, np.inf)

MORE_STARTING, FEWER_STARTING = "more starting", "fewer starting"
STARTS_ROSE_BACK, STARTS_FELL_BACK = "starts rose back", "starts fell back"
SLOWER, SOONER = "ending more slowly", "ending sooner"
ENDS_FELL_BACK, ENDS_ROSE_BACK = "ends fell back", "ends rose back"
_CALLED = {
    ("starts", True, False): MORE_STARTING, ("starts", False, False): FEWER_STARTING,
    ("starts", True, True): STARTS_ROSE_BACK, ("starts", False, True): STARTS_FELL_BACK,
    ("ends", False, False): SLOWER, ("ends", True, False): SOONER,
    ("ends", False, True): ENDS_FELL_BACK, ("ends", True, True): ENDS_ROSE_BACK,
}  # fmt: skip
NONE = "none"
WHOLE = "whole area"


@dataclass(frozen=True)
class Flow:
    """Starts, or ends for the time that plans were open and how long they had lasted, against the past.

    counts: their plain number against the year before; change: against the year before; usual: against the years that are alike, `years` of them, the year before at least;
    unusual: the year before against those before it, and earlier: this year against those (None where not known).
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
    """A step on the way to a plan. before, after: the share of the step before that came so far, or the number for the
    first; `part`: how many more plans started through it (the parts add up to the rise); p: of no change."""

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


@dataclass(frozen=True)
class Diagnosis:
    """What the numbers point to. `causes`: in the words above, empty where nothing is beyond chance; `locality`: the only
    one in which starts changed, blank where there is no such. `p`: of each question, allowing for all (Holm).

    `split`: starts, ends, residual, total, in plans, exact; `ends_from_open` and `ends_from_chance`: of the fewer ends,
    how many because fewer were open (or for less long), and how many because a plan was less likely to end.
    """

    period: Span
    before: Span
    opening: int
    closing: int
    starts: Flow
    ends: Flow
    split: Mapping[str, float]
    ends_from_open: float
    ends_from_chance: float
    p: Mapping[str, float]
    causes: tuple[str, ...]
    locality: str = ""
    alike_p: float = 1.0
    localities: tuple[Group, ...] = ()
    steps: tuple[Step, ...] = ()
    categories: tuple[Group, ...] = ()
    repeats: tuple[Group, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def called(self) -> str:
        """The causes in a few words, with the locality; `none` where there is none."""
        named = " and ".join(self.causes) or NONE
        return f"{named} in {self.locality}" if self.locality else named

    @property
    def share_from_ends(self) -> float | None:
        """Of what starts and ends added to growth, the part that is ends; None unless both added."""
        starts, ends = self.split["starts"], self.split["ends"]
        return ends / (starts + ends) if starts > 0 and ends > 0 else None


def diagnose(
    known: Known,
    period: Span,
    before: Span,
    *,
    teams: Mapping[str, str] | None = None,
    known_from: dt.date | None = None,
) -> Diagnosis | None:
    """Compares two periods of equal length (first and last days) and names what changed.

    Question: more plans: because more start, because they end more slowly, because the year before was out of the
    ordinary, because of one locality, or by chance?
    Method: three tests, with Holm's allowance for asking three and `ALARM` between them: of the number of plans starting;
    of ends for the time that plans of the same length were open (`rate_changes`, Mantel-Haenszel over LENGTHS); of
    starts having changed alike in all localities. Chance is as wide as families that come together, or the months'
    own ups and downs, make it, whichever is wider. What is usual is the year before, and the years before
    that as far as they agree with it. Ends only "fell back" where the year before had significantly more of them than
    those before it, and this year hasn't fewer than those.
    Trap: a test that finds nothing hasn't shown that there is nothing: with some 400 plans a year a rise in starts of a
    fifth is found in half the years that have one.

    `teams`: team to locality; without, or with one locality, that question isn't asked. `known_from`: the day from which
    plans are known whole (default: as the deliveries promise). None where either period isn't known.
    """
    evidence = evidence_of(known)
    begins = known_from or evidence.begins("protection_plans")
    if not _known(evidence, period, begins) or not _known(evidence, before, begins):
        return None
    spans = [period, before]
    while len(spans) < 2 + EARLIER_YEARS and _known(evidence, _year_before(spans[-1]), begins):
        if begins is None:
            break
        spans.append(_year_before(spans[-1]))
    plans = evidence.once(protection.plans)
    plans = plans.assign(family=np.asarray(family_groups(plans, known)))
    started = [_within(plans, "start_date", one) for one in spans]
    starts = _starts(started, spans)
    ends = _ends(plans, spans)
    placed = [_placed(one, teams or {}) for one in started]
    localities = _groups(
        placed, "locality", spans[: 1 + starts.years], sorted({*placed[0]["locality"], *placed[1]["locality"]}, key=str)
    )
    alike = _alike(placed, localities)
    asked = {"starts": starts.usual.p, "ends": ends.usual.p, "starts_back": starts.back_p, "ends_back": ends.back_p,
             "localities": alike if len(localities) > 1 else np.nan}  # fmt: skip
    p = dict(zip(asked, map(float, holm(list(asked.values()))), strict=True))
    causes = [*_called("starts", starts, p), *_called("ends", ends, p)]
    only = _only(localities) if p["localities"] < ALARM else None
    if only and not any(one.endswith("starting") or one.startswith("starts") for one in causes):
        causes.insert(0, MORE_STARTING if only.change.up else FEWER_STARTING)
    stocks = [_open(plans, day) for day in (_eve(before), _eve(period), period[1])]
    now = flows.StockChange(stocks[1], starts.counts.events, ends.counts.events, stocks[2])
    then = flows.StockChange(stocks[0], starts.counts.events_before, ends.counts.events_before, stocks[1])
    return Diagnosis(
        period, before, stocks[1], stocks[2], starts, ends, flows.change_in_growth(then, now),
        ends.change.events_before - ends.change.expected, ends.change.expected - ends.change.events,
        p, tuple(causes), only.name if only else "", alike, localities,
        _steps(evidence, spans, starts.change.dispersion), *(_groups(_told(started), cut, spans[:2], order)
        for cut, order in (("category", list(CATEGORY_OF_ABUSE.values())), ("again", ["First plan", "Repeat plan"]))),
    )  # fmt: skip


def _called(name: str, flow: Flow, p: Mapping[str, float]) -> list[str]:
    if p[f"{name}_back"] < ALARM:
        return [_CALLED[name, flow.counts.up, True]]
    if p[name] < ALARM and flow.usual.up == flow.change.up:
        return [_CALLED[name, flow.change.up, False]]
    return []


# --- starts and ends -------------------------------------------------------------------------------------------------


def _starts(started: Sequence[pd.DataFrame], spans: Sequence[Span]) -> Flow:
    everyone = pd.concat(started)
    wide = _dispersion(everyone["family"], everyone["start_date"], spans)
    counts = [len(one) for one in started]
    plain = _counted(counts, spans, wide)
    return _flow(plain, len(spans), plain([0], [1]))


def _counted(counts: Sequence[int], spans: Sequence[Span], wide: float):
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


def _ends(plans: pd.DataFrame, spans: Sequence[Span]) -> Flow:
    watched = [_at_risk(plans, one) for one in spans]
    ended = pd.concat([_within(plans, "end_date", one)["end_date"] for one in spans])
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


def _flow(change, years: int, counts: RateChange) -> Flow:
    """`change(now, then)` compares the years of these numbers: 0 is this year, 1 the one before, and so on."""
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
    eve, last = pd.Timestamp(_eve(span)), pd.Timestamp(span[1])
    start, end = plans["start_date"], plans["end_date"]
    seen = ((start <= last) & ~(end <= eve).fillna(False)).fillna(False).to_numpy(bool)
    start, end = start[seen], end[seen]
    over = (end <= last).fillna(False).to_numpy(bool)
    entry = (eve - start).dt.days.clip(lower=0).to_numpy(float)
    stop = (end.where(over, last) - start).dt.days.to_numpy(float)
    return hazards.at_risk(entry, np.maximum(stop, entry), over, LENGTHS), plans["family"].to_numpy()[seen]


# --- where, and who --------------------------------------------------------------------------------------------------


def _placed(started: pd.DataFrame, teams: Mapping[str, str]) -> pd.DataFrame:
    """Plans with the locality of their team; those of teams that serve the whole area, or none, left out."""
    places = started["team"].map({team: place for team, place in teams.items() if place})
    return started.assign(locality=places)[places.notna().to_numpy()]


def _told(started: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    return [
        one.assign(
            category=one["initial_category"].map(CATEGORY_OF_ABUSE).fillna("Not known"),
            again=np.where(one["repeat"], "Repeat plan", "First plan"),
        )
        for one in started
    ]


def _groups(
    started: Sequence[pd.DataFrame], cut: str, spans: Sequence[Span], order: Sequence[str]
) -> tuple[Group, ...]:
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


def _alike(placed: Sequence[pd.DataFrame], localities: Sequence[Group]) -> float:
    """Of localities having changed alike: each against the others, the surest of them, allowing for their number."""
    return float(min(1.0, len(localities) * min((one.rest_p for one in localities), default=1.0)))


def _only(localities: Sequence[Group]) -> Group | None:
    """The locality that changed when the others together didn't."""
    first = min(localities, key=lambda one: one.rest_p)
    alone = first.change.p < CERTAIN and (first.rest is None or first.rest.p >= CERTAIN)
    return first if alone else None


# --- the decisions on the way ------------------------------------------------------------------------------------------


def _steps(evidence: Evidence, spans: Sequence[Span], wide: float) -> tuple[Step, ...]:
    dates = {
        "Referrals": ("referrals", evidence.table("referrals")["date"]),
        "Section 47 enquiries": ("section47_enquiries", evidence.table("section47_enquiries")["start_date"]),
        "Initial conferences": ("section47_enquiries", evidence.once(enquiries.conferences)["date"]),
        "Plans starting": ("protection_plans", evidence.table("protection_plans")["start_date"]),
    }
    held = {
        name: days for name, (table, days) in dates.items()
        if all(evidence.covers(table, *span) for span in spans[:2]) and len(days)
    }  # fmt: skip
    if len(held) < 2 or "Plans starting" not in held:
        return ()
    now, then = ({name: _count(days, span) for name, days in held.items()} for span in spans[:2])
    try:
        parts = list(flows.funnel_change(then, now).values())[:-1]
    except ValueError:
        parts = [None] * len(held)
    found, last = [], ""
    for (name, days), part in zip(held.items(), parts, strict=True):
        if last:
            change = share_change(then[name], then[last], now[name], now[last], wide)
        else:
            change = rate_change(then[name], _days(spans[1]), now[name], _days(spans[0]),
                                 _dispersion(pd.Series(dtype="str"), days, spans[:2]))  # fmt: skip
        found.append(Step(f"{name} for each of {last.lower()}" if last else name, then[name], now[name], part, change))
        last = name
    return tuple(found)


# --- spans -----------------------------------------------------------------------------------------------------------


def _known(evidence: Evidence, span: Span, begins: dt.date | None) -> bool:
    if begins is not None and span[0] < begins:
        return False
    return evidence.covers("protection_plans", *span)


def _year_before(span: Span) -> Span:
    first, last = ((pd.Timestamp(day) - pd.DateOffset(years=1)).date() for day in span)
    ends_month = (span[1] + dt.timedelta(days=1)).day == 1
    return first, ((pd.Timestamp(last) + pd.offsets.MonthEnd(0)).date() if ends_month else last)


def _eve(span: Span) -> dt.date:
    return span[0] - dt.timedelta(days=1)


def _days(span: Span) -> int:
    return (span[1] - span[0]).days + 1


def _in_span(dates: pd.Series, span: Span) -> pd.Series:
    return dates.between(pd.Timestamp(span[0]), pd.Timestamp(span[1])).fillna(False).astype(bool)


def _within(plans: pd.DataFrame, date: str, span: Span) -> pd.DataFrame:
    return plans[_in_span(plans[date], span)]


def _count(dates: pd.Series, span: Span) -> int:
    return int(_in_span(dates, span).sum())


def _open(plans: pd.DataFrame, day: dt.date) -> int:
    when = pd.Timestamp(day)
    return int(((plans["start_date"] <= when) & ~(plans["end_date"] <= when).fillna(False)).sum())


def _by_month(dates: pd.Series, spans: Sequence[Span]) -> np.ndarray:
    """Counts by month over all the spans, months with none included."""
    first, last = min(one[0] for one in spans), max(one[1] for one in spans)
    months = pd.period_range(pd.Period(first, "M"), pd.Period(last, "M"), freq="M")
    inside = dates[_in_span(dates, (first, last))]
    return inside.dt.to_period("M").value_counts().reindex(months, fill_value=0).to_numpy(float)
