"""Who is inside now and who will come, aged forward: how long each stays, by age and by time since joining."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.methods.projections import Arrivals

# Times nearer to each other than this are the same: sums of years don't meet an edge exactly.
_HAIR = 1e-9


@dataclass(frozen=True)
class Watched:
    """What was seen of each stay: (stays, age bands, bands of time since joining).

    exposure: time spent in the cell while watched; events: 1 in the cell in which the stay ended.
    """

    exposure: np.ndarray
    events: np.ndarray


@dataclass(frozen=True)
class Pace:
    """How fast stays end in each cell: (draws, age bands, bands of time), with the edges of both."""

    hazard: np.ndarray
    ages: np.ndarray
    since: np.ndarray


@dataclass(frozen=True)
class Members:
    """Stays simulated, one a member and draw, flat: the draw, which member (a row of those given), age at time 0, when
    joined (before 0 for those inside), and when left (infinite where later than the horizon)."""

    draw: np.ndarray
    member: np.ndarray
    age: np.ndarray
    joined: np.ndarray
    left: np.ndarray
    draws: int

    @property
    def age_left(self) -> np.ndarray:
        return self.age + self.left

    def count(self, mask: np.ndarray) -> np.ndarray:
        """How many of `mask` in each draw: (draws,)."""
        return np.bincount(self.draw[mask], minlength=self.draws)


def watch(age, since, watched, ended, ages: Sequence[float], times: Sequence[float]) -> Watched:
    """Time at risk and ends, by age and by time since joining.

    Question: of the time that stays spent at each age and stage while we watched, how much ended in an end?
    Method: a stay moves through both clocks at once (Lexis' diagram); the time in a cell is where all three spans
    overlap: the age band, the stage, and the watch. Trap: what ended before the watch isn't here (left truncation).

    `age`, `since`: both clocks when the watch of each stay begins; `watched`: for how long; `ended`: whether it ended
    then. `ages`, `times`: edges in rising order; bands are open at the left and closed at the right. What lies outside
    the edges counts nowhere. Raises ValueError for a negative watch.
    """
    a, s, length = (np.asarray(x, float)[:, None, None] for x in (age, since, watched))
    if np.any(length < 0):
        raise ValueError("a stay can't be watched for less than no time")
    old, far = np.asarray(ages, float), np.asarray(times, float)
    low = np.maximum(np.maximum(old[None, :-1, None] - a, far[None, None, :-1] - s), 0.0)
    high = np.minimum(np.minimum(old[None, 1:, None] - a, far[None, None, 1:] - s), length)
    exposure = np.clip(high - low, 0.0, None)
    events = np.zeros_like(exposure)
    at_age, at_time = (_band(edges, (x + length).ravel()) for edges, x in ((old, a), (far, s)))
    inside = (
        np.asarray(ended, bool) & (at_age >= 0) & (at_age < old.size - 1) & (at_time >= 0) & (at_time < far.size - 1)
    )
    events[np.flatnonzero(inside), at_age[inside], at_time[inside]] = 1.0
    return Watched(exposure, events)


def pace(seen: Watched, ages: Sequence[float], times: Sequence[float], weights: np.ndarray) -> Pace:
    """Ends for each unit of time at risk, by cell and draw.

    Method: events over exposure (Holford 1980), where the hazard is constant within a cell. A cell in which nothing was
    at risk takes its age's, all stages together; an age without any takes that of all. `weights`: (draws, stays), of a
    bootstrap.
    """
    draws, (_, old, far) = len(weights), seen.exposure.shape
    ends, time = ((weights @ x.reshape(len(x), -1)).reshape(draws, old, far) for x in (seen.events, seen.exposure))
    with np.errstate(divide="ignore", invalid="ignore"):
        cell, age, every = ends / time, ends.sum(2) / time.sum(2), ends.sum((1, 2)) / time.sum((1, 2))
    age = np.where(np.isnan(age), np.nan_to_num(every)[:, None], age)
    return Pace(np.where(np.isnan(cell), age[:, :, None], cell), np.asarray(ages, float), np.asarray(times, float))


def forward(age, joined, going: Pace, horizon: float, generator, *, draw=None) -> Members:
    """When each member leaves, drawn many times.

    Question: of those inside, and of those who join at `joined`, who is still inside later, if stays end at this pace?
    Method: each member is given a length of life on the scale of the hazard (exponential), which is used up cell by cell
    as both clocks run; whoever reaches the last age edge leaves there for certain. Trap: it supposes that nothing
    changes but age and time; back-test it.

    `age`: at time 0, also of those who join later; `joined`: below or at 0 for those inside. Without `draw` every
    member is drawn once for each draw of `going`; with it, `draw` says which one each member belongs to.
    """
    age, joined = np.asarray(age, float), np.asarray(joined, float)
    draws, member = len(going.hazard), np.arange(np.size(age))
    if draw is None:
        draw, member = np.repeat(np.arange(draws), age.size), np.tile(member, draws)
        age, joined = np.tile(age, draws), np.tile(joined, draws)
    draw = np.asarray(draw, int)
    limit = going.ages[-1] - age
    left = np.where(limit <= horizon, np.maximum(limit, 0.0), np.inf)
    life = generator.exponential(size=age.size)
    time = np.maximum(joined, 0.0)
    going_on = np.flatnonzero(time < np.minimum(limit, horizon))
    while going_on.size:
        now, until = time[going_on], np.minimum(limit[going_on], horizon)
        old, far = age[going_on] + now, now - joined[going_on]
        at_age, at_time = (_next(edges, x) for edges, x in ((going.ages, old), (going.since, far)))
        ahead = np.minimum(
            going.ages[at_age + 1] - old,
            np.where(at_time + 2 < going.since.size, going.since[at_time + 1] - far, np.inf),
        )
        length = np.minimum(ahead, until - now)
        hazard = going.hazard[draw[going_on], at_age, at_time]
        goes = life[going_on] < hazard * length
        leaving = going_on[goes]
        left[leaving] = now[goes] + life[leaving] / hazard[goes]
        life[going_on] -= hazard * length
        time[going_on] = now + length
        going_on = going_on[~goes & (now + length < until - _HAIR)]
    return Members(draw, member, age, joined, left, draws)


def joining(coming: Arrivals, ages, horizon: float, draws: int, generator) -> tuple[np.ndarray, ...]:
    """Those to come: the draw of each, which of those seen it is like, its age at time 0, and when it joins.

    Method: in each draw a rate of arrival (gamma about what was seen, wider by its dispersion), so many arrivals at
    random through the time ahead, each like one of those seen. `ages`: at joining, of those seen.
    """
    ages = np.asarray(ages, float)
    if not coming.groups or not ages.size:
        return (np.zeros(0, int), np.zeros(0, int), np.zeros(0), np.zeros(0))
    wide = coming.dispersion
    ahead = generator.gamma(coming.groups / wide, wide, size=draws) / coming.over * horizon
    number = generator.poisson(ahead if wide <= 1 else generator.gamma(ahead / (wide - 1), wide - 1))
    draw = np.repeat(np.arange(draws), number)
    like, when = generator.integers(0, ages.size, draw.size), generator.random(draw.size) * horizon
    return draw, like, ages[like] - when, when


def shared_out(numbers: np.ndarray, seen: np.ndarray, generator, pooled: float = 1.0) -> np.ndarray:
    """Numbers by kind shared out over outcomes as those of like kind were.

    Question: so many of each kind are to come; what becomes of them, if as of those seen?
    Method: each draw takes shares for each kind from a Dirichlet distribution about what was seen of it, to which what
    was seen of all kinds together is added with the weight of `pooled` cases, then throws for each case (multinomial).
    So the spread holds how few were seen, and chance. Trap: kinds stand for whatever they go with.

    `numbers`: (draws, kinds); `seen`: (kinds, outcomes). Gives (draws, outcomes).
    """
    numbers, seen = np.asarray(numbers, int), np.asarray(seen, float)
    total = seen.sum()
    if total <= 0:
        raise ValueError("nothing was seen to go by")
    # No outcome is thought impossible because nobody had it: half a case over all of them together.
    every = (seen.sum(axis=0) + 0.5 / seen.shape[1]) / (total + 0.5)
    found = np.zeros((len(numbers), seen.shape[1]), int)
    for kind in range(seen.shape[0]):
        shares = generator.dirichlet(seen[kind] + pooled * every, size=len(numbers))
        found += generator.multinomial(numbers[:, kind], shares)
    return found


def _band(edges: np.ndarray, at: np.ndarray) -> np.ndarray:
    return np.searchsorted(edges, at, side="left") - 1


def _next(edges: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The band that each goes on in, the nearest where it lies outside; what stands on an edge goes on in the band after."""
    return np.clip(np.searchsorted(edges, at + _HAIR, side="right") - 1, 0, edges.size - 2)
