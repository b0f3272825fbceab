"""Which cause do the numbers point to? Each that could be behind a rise in plans is asked for, and named only if it is
beyond what chance would do. Works on what the returns hold and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.indicators import protection
from analysis.indicators.breakdowns import CATEGORY_OF_ABUSE, NOT_KNOWN
from analysis.indicators.evidence import evidence_of
from analysis.methods import flows
from analysis.methods.clustered import holm
from analysis.records.history import Known
from analysis.reviews.growth.families import of_plans
from analysis.reviews.growth.years import (
    CERTAIN,
    FIRST,
    REPEAT,
    Flow,
    Group,
    Span,
    Step,
    ends_compared,
    eve,
    groups,
    known_whole,
    named_groups,
    open_on,
    placed,
    starts_compared,
    steps,
    within,
    year_before,
)

# All the questions about causes together raise a false alarm in one year of fifty in which nothing has changed.
ALARM = 0.02
# A change in starts that has been named is placed in one locality where its difference from the rest is so sure, allowing
# for how many localities there are.
PLACED = 0.05
# How many years before the one before are looked at: further back, practice was another.
EARLIER_YEARS = 2

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
    localities: tuple[Group, ...] = ()
    steps: tuple[Step, ...] = ()
    categories: tuple[Group, ...] = ()
    repeats: tuple[Group, ...] = ()

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
    Method: five tests, with Holm's allowance for asking so many and `ALARM` between them: of the number of plans
    starting; of ends for the time that plans of the same length were open (`rate_changes`, Mantel-Haenszel over
    LENGTHS); of either having gone back after a year out of the ordinary (`Flow.back_p`); of starts having changed
    alike in all localities. Chance is as wide as families that come together, or the months' own ups and downs, make
    it, whichever is wider. What is usual is the year before, and the years before that as far as they agree with it.
    Trap: a test that finds nothing hasn't shown that there is nothing; `benchmarks/growth_causes.py` tells how large a
    change must be to be found. Team and so locality are those that the returns name, which may not be the first.

    `teams`: team to locality; without, or with one locality, that question isn't asked. `known_from`: the day from which
    plans are known whole (default: as the deliveries promise). None where either period isn't known.
    """
    evidence = evidence_of(known)
    begins = known_from or evidence.begins("protection_plans")
    if not known_whole(evidence, period, begins) or not known_whole(evidence, before, begins):
        return None
    spans = [period, before]
    while len(spans) < 2 + EARLIER_YEARS and known_whole(evidence, year_before(spans[-1]), begins):
        if begins is None:
            break
        spans.append(year_before(spans[-1]))
    plans = evidence.once(protection.plans)
    plans = plans.assign(family=evidence.once(of_plans)["family"])
    started = [within(plans, "start_date", one) for one in spans]
    starts = starts_compared(started, spans)
    ends = ends_compared(plans, spans)
    by_place = [placed(one, teams or {}) for one in started]
    localities = groups(
        by_place,
        "locality",
        spans[: 1 + starts.years],
        sorted({*by_place[0]["locality"], *by_place[1]["locality"]}, key=str),
    )
    asked = {"starts": starts.usual.p, "ends": ends.usual.p, "starts_back": starts.back_p, "ends_back": ends.back_p,
             "localities": _alike(localities) if len(localities) > 1 else np.nan}  # fmt: skip
    p = dict(zip(asked, map(float, holm(list(asked.values()))), strict=True))
    causes = [*_called("starts", starts, p), *_called("ends", ends, p)]
    # Where a change in starts is named already, its place is no further cause: then what has to be sure above all is that
    # the others stayed as they were (`_only`).
    surely = (p["starts"] < ALARM and asked["localities"] < PLACED) or p["localities"] < ALARM
    only = _only(localities) if surely else None
    if only and not any(one.endswith("starting") or one.startswith("starts") for one in causes):
        causes.insert(0, MORE_STARTING if only.change.up else FEWER_STARTING)
    stocks = [open_on(plans, day) for day in (eve(before), eve(period), period[1])]
    now = flows.StockChange(stocks[1], starts.counts.events, ends.counts.events, stocks[2])
    then = flows.StockChange(stocks[0], starts.counts.events_before, ends.counts.events_before, stocks[1])
    return Diagnosis(
        period, before, stocks[1], stocks[2], starts, ends, flows.change_in_growth(then, now),
        ends.change.events_before - ends.change.expected, ends.change.expected - ends.change.events,
        p, tuple(causes), only.name if only else "", localities,
        steps(evidence, spans, starts.change.dispersion), *(groups(named_groups(started), cut, spans[:2], order)
        for cut, order in (("category", [*CATEGORY_OF_ABUSE.values(), NOT_KNOWN]), ("again", [FIRST, REPEAT]))),
    )  # fmt: skip


def _alike(localities: Sequence[Group]) -> float:
    """Of localities having changed alike: each against the others, the surest of them, allowing for their number."""
    return float(min(1.0, len(localities) * min((one.rest_p for one in localities), default=1.0)))


def furthest(localities: Sequence[Group]) -> Group:
    """The locality that is surest to have changed otherwise than the rest; of two that are each other's rest, the one
    that changed."""
    return min(localities, key=lambda one: (round(one.rest_p, 12), one.change.p))


def _only(localities: Sequence[Group]) -> Group | None:
    """The locality that changed when the others together didn't; of several, the one surest to differ from the rest.

    It needn't be the one furthest from the rest: where one rose much, another that fell a little lies further still.
    """
    places = len(localities)
    alone = [
        one
        for one in localities
        if one.change.p < CERTAIN and (one.rest is None or (one.rest.p >= CERTAIN and places * one.rest_p < PLACED))
    ]
    return furthest(alone) if alone else None


def _called(name: str, flow: Flow, p: Mapping[str, float]) -> list[str]:
    if p[f"{name}_back"] < ALARM:
        return [_CALLED[name, flow.counts.up, True]]
    if p[name] < ALARM and flow.usual.up == flow.change.up:
        return [_CALLED[name, flow.change.up, False]]
    return []
