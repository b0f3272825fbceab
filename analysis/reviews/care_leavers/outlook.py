"""Who of today's looked after children, and of those to come, will leave care as young adults, and when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.indicators.evidence import Evidence, evidence_of
from analysis.methods import cohort_flows, projections
from analysis.methods.cohort_flows import Members
from analysis.methods.masks import certain
from analysis.methods.resampling import cluster_weights
from analysis.reviews.care_leavers import stays
from analysis.reviews.care_leavers.stays import BIRTHDAY, GROWN_UP, KINDS, TABLE, YEAR_DAYS

DRAWS, DRAWS_BACK = 400, 200
SEED = 20181313
WATCHED_YEARS = 3  # older years are of another practice, fewer hold too few leavings at each age
COMING_FROM = 13.0
# Leaving is quick in the first months, slow after two years; and few leave before 16, many after.
AGES, SINCE = (13.0, 14.0, 15.0, 16.0, 17.0, 18.0), (0.0, 0.5, 2.0, 100.0)
HORIZON = 5  # years until the youngest of today's 13 year olds is 18

PROFILE, OLDER, COMING = "profile", "older", "coming"


@dataclass(frozen=True)
class Outlook:
    """Stays drawn forward from `day`. `members`: simulated; of each, by position: `origin` (looked after at 13 to 15 now, at
    16 and 17, or still to come), `kind` of placement (a number in KINDS), `entitled` on leaving. `today`: who is looked
    after at 13 to 17 now. `rests_on`: the counts behind it. `watched_from`: the first day behind the rates."""

    day: dt.date
    watched_from: dt.date
    today: pd.DataFrame
    members: Members
    origin: np.ndarray
    kind: np.ndarray
    entitled: np.ndarray
    rests_on: tuple[int, ...]

    def leaving(self, first: float, last: float, origin: str | None = None) -> np.ndarray:
        """How many leave with a care leaver's rights between two times (years from `day`), in each draw."""
        inside = self.entitled & (self.members.left > first) & (self.members.left <= last)
        return self.members.count(inside if origin is None else inside & (self.origin == origin))

    def still(self, at: float, members: np.ndarray) -> np.ndarray:
        """How many of `members` (a mask) are looked after at a time, in each draw."""
        return self.members.count(members & (self.members.joined <= at) & (self.members.left > at))

    def reaching(self, age: float, members: np.ndarray) -> np.ndarray:
        """How many of `members` are still looked after on their birthday of `age`, in each draw; at 18, until it."""
        return self.members.count(members & (self.members.age_left >= age - 1e-9))


def watched_from(evidence: Evidence, day: dt.date) -> dt.date | None:
    """The day from which leavings and arrivals are watched; None where the records don't hold a year before `day`."""
    begins = evidence.begins(TABLE)
    longest = (pd.Timestamp(day) - pd.DateOffset(years=WATCHED_YEARS)).date()
    first = longest if begins is None else max(longest, begins - dt.timedelta(days=1))
    year_before = (pd.Timestamp(day) - pd.DateOffset(years=1)).date()
    known = evidence.covers(TABLE, day, day) and evidence.covers(TABLE, first + dt.timedelta(days=1), day)
    return first if known and first <= year_before else None


def outlook(evidence: Evidence, day: dt.date, *, horizon: int = HORIZON, draws: int = DRAWS) -> Outlook | None:
    """The outlook from `day`; None where the records don't reach back a year, or nobody of 13 to 17 is looked after.

    Question: who of today's 13 to 17 year olds will still be looked after at 16, 17 and 18, who will come, and how many
    will leave with a care leaver's rights in each of the coming years?
    Method: `cohort_flows.forward` with hazards of leaving by age and time in care, of up to three years, drawn by child;
    `cohort_flows.joining` for those who start at 13 to 17, at the pace of the same years and like those who did.
    Trap: it supposes that children come, stay and leave as in the years watched; brothers and sisters are taken singly,
    and so is each period of care of a child who comes back.
    """
    first = watched_from(evidence, day)
    rows = evidence.once(stays.stays)
    today = stays.inside(rows, day)
    today = today[today["age"] >= COMING_FROM].reset_index(drop=True)
    if first is None or today.empty:
        return None
    generator = np.random.default_rng(SEED)
    seen, weights = _leavings(rows, first, day, draws)
    going = cohort_flows.pace(seen, AGES, SINCE, weights)
    come = _arrivals(rows, first, day)
    here = cohort_flows.forward(today["age"], -today["since"].to_numpy(), going, horizon, generator)
    draw, like, age, when = cohort_flows.joining(_pace_of(come, first, day), come["age"], horizon, draws, generator)
    later = cohort_flows.forward(age, when, going, horizon, generator, draw=draw)
    everyone = Members(*(np.concatenate([getattr(one, name) for one in (here, later)])
                         for name in ("draw", "member", "age", "joined", "left")), draws)  # fmt: skip
    profile = (today["age"] < stays.ENTITLED_FROM).to_numpy()
    kind = pd.Categorical(stays.kind_on(evidence, today, pd.Series(pd.Timestamp(day), index=today.index)), KINDS).codes
    come_kind = pd.Categorical(stays.kind_on(evidence, come, come["start_date"]), KINDS).codes
    origin = np.concatenate([np.where(profile, PROFILE, OLDER)[here.member], np.full(draw.size, COMING)])
    kinds = np.concatenate([np.asarray(kind)[here.member], np.asarray(come_kind)[like] if like.size else like])
    rights = stays.entitled(everyone.age_left, everyone.age + everyone.joined)
    counts = (int(profile.sum()), len(today), int(seen.events.sum()), len(come))
    return Outlook(day, first, today.assign(kind=np.asarray(KINDS)[kind]), everyone, origin, kinds, rights, counts)


def from_evidence(evidence: Evidence) -> Outlook | None:
    """The outlook at the end of the quarter that the evidence knows."""
    return outlook(evidence, evidence.known.quarter.end)


def as_known_then(known: object, day: dt.date, horizon: int) -> Outlook | None:
    """The outlook that could have been made on `day` with what its own delivery knew."""
    return outlook(evidence_of(known), day, horizon=horizon, draws=DRAWS_BACK)


def _leavings(rows: pd.DataFrame, first: dt.date, day: dt.date, draws: int) -> tuple[cohort_flows.Watched, np.ndarray]:
    """What was seen of stays between `first` and `day` at 13 and over, and a bootstrap's weights of children."""
    opened, closed = pd.Timestamp(first), pd.Timestamp(day)
    entry = rows["start_date"].where(rows["start_date"] > opened, opened)
    stop = rows["end_date"].where(rows["end_date"] <= closed, closed)
    of = certain(stop > entry) & (stays.years(stop, rows["born"]) > COMING_FROM)
    rows, entry, stop = rows[of], entry[of], stop[of]
    # Whoever stays until the 18th birthday, or the day before it, grows out of care: that is no leaving before it.
    early = pd.Series(stays.years(rows["end_date"], rows["born"]) < GROWN_UP - BIRTHDAY, index=rows.index)
    ended = certain(rows["end_date"] <= closed) & early
    seen = cohort_flows.watch(stays.years(entry, rows["born"]), stays.years(entry, rows["start_date"]), stays.years(stop, entry),
                              ended.to_numpy(), AGES, SINCE)  # fmt: skip
    return seen, cluster_weights(rows["child_id"], draws, SEED)


def _arrivals(rows: pd.DataFrame, first: dt.date, day: dt.date) -> pd.DataFrame:
    """Stays begun between `first` and `day` at 13 to 17, with the age at which they did."""
    begun = rows[(rows["start_date"] > pd.Timestamp(first)) & (rows["start_date"] <= pd.Timestamp(day))]
    begun = begun.assign(age=stays.years(begun["start_date"], begun["born"]))
    return begun[(begun["age"] >= COMING_FROM) & (begun["age"] < GROWN_UP)].reset_index(drop=True)


def _pace_of(come: pd.DataFrame, first: dt.date, day: dt.date) -> projections.Arrivals:
    length = (day - first).days
    quarters = max(1, round(length / YEAR_DAYS * 4))
    when = (come["start_date"] - pd.Timestamp(first)).dt.days.to_numpy() - 1
    spans = np.minimum(when * quarters // length, quarters - 1)
    return projections.arrivals(np.arange(len(come)), length / YEAR_DAYS, spans, quarters)
