"""Draws who and when for events outside the story: days in the numbers given, children by what social work did with
them before and after, and shares that come out as they should."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence

import numpy as np

from analysis.reference.quarters import Quarter
from analysis.simulation.days import FAR, number, on_working_day
from analysis.simulation.front_door import UNBORN_DAYS
from analysis.simulation.parameters import apportion
from analysis.simulation.story import Story

# More than any day's number: a child's and a day's number in one.
_DAYS = 100_000
_TRIES = 60


# --- when ---------------------------------------------------------------------------------------------------------


def spread(rng: np.random.Generator, quarter: Quarter, count: int) -> np.ndarray:
    """Working days of a quarter, its months alike."""
    return spread_by_month(rng, quarter, apportion(count, (1, 1, 1)))


def spread_by_month(rng: np.random.Generator, quarter: Quarter, counts: Sequence[int]) -> np.ndarray:
    """Working days of a quarter, so many in each of its months."""
    found = [np.empty(0, dtype=np.int64)]
    for first, last, count in zip(*month_ends(quarter), counts, strict=True):
        day = on_working_day(rng.integers(first, last + 1, count), back=True)
        found.append(np.where(day < first, on_working_day(np.full(count, first)), day))
    return np.concatenate(found)


def month_ends(quarter: Quarter) -> tuple[list[int], list[int]]:
    """The first and the last days of the quarter's months."""
    firsts = [quarter.start.replace(month=quarter.start.month + place) for place in range(3)]
    lasts = [day.replace(day=calendar.monthrange(day.year, day.month)[1]) for day in firsts]
    return [number(day) for day in firsts], [number(day) for day in lasts]


# --- how many -----------------------------------------------------------------------------------------------------


def allot(rng: np.random.Generator, group: np.ndarray, share) -> np.ndarray:
    """Marks a share of the rows, so exactly that any run of groups has it but for rounding. `group` numbers the rows'
    periods in order; which rows of a group are marked is drawn. `share` is one for all, or each row's."""
    order = _shuffled(rng, group)
    running = np.cumsum(np.broadcast_to(share, len(group)).astype(float)[order])
    whole = np.floor(running + 0.5 + 1e-9)
    found = np.empty(len(group), dtype=bool)
    found[order] = np.diff(whole, prepend=0.0) > 0
    return found


def allot_kinds(rng: np.random.Generator, group: np.ndarray, weights: Mapping[str, int]) -> np.ndarray:
    """Gives each row a kind, so that any run of groups of as many rows as the weights add up to has exactly the
    weights' numbers (smooth weighted turns). Who of a group has which is drawn."""
    names = [name for name, weight in weights.items() if weight]
    weight = np.asarray([weights[name] for name in names], dtype=float)
    due, turns = np.zeros(len(names)), []
    for _ in range(len(group)):
        due += weight
        turns.append(int(np.argmax(due)))
        due[turns[-1]] -= weight.sum()
    found = np.empty(len(group), dtype=object)
    found[_shuffled(rng, group)] = np.asarray(names, dtype=object)[turns] if turns else []
    return found


def _shuffled(rng: np.random.Generator, group: np.ndarray) -> np.ndarray:
    return np.lexsort((rng.random(len(group)), np.asarray(group)))


# --- who ----------------------------------------------------------------------------------------------------------


def choose(story: Story, rng: np.random.Generator, day: np.ndarray, weight=None) -> np.ndarray:
    """A child for each day: living here, under eighteen (or soon to be born), riskier families more often."""
    people = story.population
    risk = people.risk if weight is None else weight
    share = risk / risk.sum()
    child = rng.choice(len(people), size=len(day), p=share)
    for _ in range(_TRIES):
        wrong = _away(story, child, day)
        if not wrong.any():
            break
        child[wrong] = rng.choice(len(people), size=int(wrong.sum()), p=share)
    return child


def _away(story: Story, child: np.ndarray, day: np.ndarray) -> np.ndarray:
    return (story.until[child] <= day + 1) | (story.population.born[child] > day + UNBORN_DAYS - 30)


class Involvement:
    """What social work has had to do with each child, and when: looked up by child and day (arrays of equal length)."""

    def __init__(self, story: Story):
        self.story = story
        child, day = story.referrals["child"].astype(np.int64), story.referrals["day"].astype(np.int64)
        self._referred = np.sort(child * _DAYS + day)
        order = np.argsort(day, kind="stable")
        self._days, self._children = day[order], child[order]
        child, start = story.episodes["child"].astype(np.int64), story.episodes["start"].astype(np.int64)
        began = child * _DAYS + start
        order = np.argsort(began, kind="stable")
        self._began, self._closes = began[order], story.episodes["close"].astype(np.int64)[order]

    def next_referral(self, child: np.ndarray, day: np.ndarray) -> np.ndarray:
        """The day of the child's first referral on or after each day, FAR where there is none."""
        place = np.searchsorted(self._referred, child * _DAYS + day)
        found = np.append(self._referred, FAR * _DAYS)[place]
        return np.where(found // _DAYS == child, found % _DAYS, FAR)

    def open_case(self, child: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Whether an episode of need of the child is open on each day."""
        place = np.searchsorted(self._began, child * _DAYS + day, side="right") - 1
        known = place >= 0
        place = np.maximum(place, 0)
        same = known & (self._began[place] // _DAYS == child)
        return same & (self._closes[place] > day)

    def referred_between(self, rng: np.random.Generator, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """A child drawn from those referred from a first to a last day; -1 where nobody was."""
        low, after = np.searchsorted(self._days, first), np.searchsorted(self._days, last, side="right")
        some = after > low
        place = low + np.floor(rng.random(len(low)) * np.maximum(after - low, 1)).astype(np.int64)
        return np.where(some, np.append(self._children, -1)[np.where(some, place, len(self._children))], -1)

    def closed_between(self, rng: np.random.Generator, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """A child drawn from those whose episode of need closed from a first to a last day; -1 where nobody's did."""
        order = np.argsort(self._closes, kind="stable")
        closes = self._closes[order]
        low, after = np.searchsorted(closes, first), np.searchsorted(closes, last, side="right")
        some = after > low
        place = low + np.floor(rng.random(len(low)) * np.maximum(after - low, 1)).astype(np.int64)
        return np.where(some, self._began[order[np.where(some, place, 0)]] // _DAYS, -1)


def choose_followed(
    story: Story, rng: np.random.Generator, day: np.ndarray, referred: np.ndarray, within: tuple[int, int], clear: int
) -> tuple[np.ndarray, np.ndarray]:
    """(child, whether referred) for each day: a child whom no social worker has a case of on the day. Where `referred`
    is true, one who is referred so many days later (at least, at most, `within`); otherwise one who isn't for `clear`
    days. No child twice. Where nobody fits, somebody who isn't referred."""
    known = Involvement(story)
    child = np.full(len(day), -1)
    taken = np.zeros(len(story.population), dtype=bool)
    low, high = day + within[0], day + within[1]
    wanted = referred.copy()
    share = story.population.risk / story.population.risk.sum()
    for turn in range(2 * _TRIES):
        missing = np.flatnonzero(child < 0)
        if not len(missing):
            break
        if turn == _TRIES:
            wanted = np.zeros_like(wanted)
        when, follow = day[missing], wanted[missing]
        drawn = rng.choice(len(share), size=len(missing), p=share)
        drawn = np.where(follow, known.referred_between(rng, low[missing], high[missing]), drawn)
        some, drawn = drawn >= 0, np.maximum(drawn, 0)
        after = known.next_referral(drawn, when)
        fits = np.where(follow, (after >= low[missing]) & (after <= high[missing]), after > when + clear)
        good = some & fits & ~known.open_case(drawn, when) & ~_away(story, drawn, when) & ~taken[drawn]
        good &= ~_again(np.where(good, drawn, -1 - np.arange(len(drawn))))
        child[missing[good]] = drawn[good]
        taken[drawn[good]] = True
    rest = child < 0
    child[rest] = choose(story, rng, day[rest])
    return child, wanted & ~rest


def _again(values: np.ndarray) -> np.ndarray:
    """Marks values that came before."""
    order = np.argsort(values, kind="stable")
    again = np.zeros(len(values), dtype=bool)
    again[order[1:]] = values[order][1:] == values[order][:-1]
    return again
