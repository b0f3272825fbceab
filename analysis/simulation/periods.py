"""Periods of care as arrays, with what is known of each before anything within it is told."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.reference.calendar import Quarter
from analysis.simulation.days import FAR, number
from analysis.simulation.story import Story

# Periods that ended before this are too old for any return, six-month lists and year to date alike.
TOLD_FROM = number(dt.date(2014, 4, 1))


@dataclass(frozen=True)
class Periods:
    """Arrays by period of care, in the order of the story's log. Days are numbers; `end`, `order` and `reversed` are
    FAR where there is none, `reason` is "" while it runs. Nothing is told after `horizon`."""

    child: np.ndarray
    family: np.ndarray
    born: np.ndarray
    locality: np.ndarray
    seeking: np.ndarray  # unaccompanied asylum seeking
    start: np.ndarray
    end: np.ndarray
    reason: np.ndarray
    order: np.ndarray
    reversed: np.ndarray
    horizon: int

    def __len__(self) -> int:
        return len(self.child)

    @cached_property
    def until(self) -> np.ndarray:
        """The end, or the day after the last one told."""
        return np.minimum(self.end, self.horizon + 1)

    def age(self, day) -> np.ndarray:
        return (np.asarray(day) - self.born) / 365.25


def periods_of(story: Story, horizon: int) -> Periods:
    log, people = story.periods, story.population
    child = log["child"].astype(int)
    days = {name: log[name].astype(np.int64) for name in ("start", "end", "order", "reversed")}
    return Periods(
        child=child, family=people.family[child], born=people.born[child], locality=people.locality[child],
        seeking=people.arrival[child] < FAR, reason=log["reason"].astype(object), horizon=horizon, **days,
    )  # fmt: skip


def stretches(quarters: list[Quarter]) -> list[tuple[Quarter, int, int]]:
    """Each quarter with its first and last day, the first one with all that lies before it."""
    return [(q, -FAR if n == 0 else number(q.start), number(q.end)) for n, q in enumerate(quarters)]
