"""Review conferences of child protection plans: when each is held, and which plans are not reviewed in time."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from analysis.reference.calendar import Quarter
from analysis.simulation.days import FAR, date, draw_groups, number, on_working_day
from analysis.simulation.story import Story

# Days to the first review and between later ones, in time: under three and six months. A late first review.
_FIRST, _NEXT, _LATE = (62, 87), (140, 178), (98, 125)
# A review this near the plan's end is the one that ends it, unless the one before lies too far back for that.
_NEAR_END, _OVERDUE = 25, 178
# No plan is followed further.
_HORIZON = number(dt.date(2020, 6, 30))


def review_days(story: Story, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(plan, day) of each review. Siblings are reviewed together; the last review is the one that ends the plan. Of the
    plans open on a day for which the parameters give it, that share has had every review in time."""
    start, end = story.plans["start"].astype(np.int64), story.plans["end"].astype(np.int64)
    family = story.population.family[story.plans["child"].astype(int)]
    _, group = np.unique(np.stack([family, start]), axis=1, return_inverse=True)
    group = group.ravel()
    groups = group.max() + 1 if len(group) else 0
    late = _late(story, rng, start, end, group)
    until = np.minimum(end, _HORIZON)
    last = (end < FAR) & (end - start > 45)
    found = [(np.flatnonzero(last), end[last])]
    latest, limit, (low, high) = start, 88, _FIRST
    slow = rng.integers(*_LATE, groups)[group]
    for turn in range(16):
        gap = rng.integers(low, high + 1, groups)[group]
        gap = np.where(late, slow, gap) if turn == 0 else gap
        day = on_working_day(latest + gap, back=True)
        near = (day >= until - _NEAR_END) & (until - latest <= limit)
        held = (day < until) & ~near
        found.append((np.flatnonzero(held), day[held]))
        latest, limit, (low, high) = day, _OVERDUE, _NEXT
    return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))


def _late(story: Story, rng: np.random.Generator, start: np.ndarray, end: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Which plans have their first review late, so that each day's share of plans is in time."""
    late = np.zeros(len(start), dtype=bool)
    days = _days_given(story)
    for place, (day, share) in enumerate(days):
        judged = (start <= _three_months_before(day)) & ((end > day) | _unrecorded(story, end, day))
        wanted = int(np.floor((1 - share) * judged.sum() + 0.5)) - int((late & judged).sum())
        before = days[place - 1][0] if place else day - 365
        following = days[place + 1][0] if place + 1 < len(days) else FAR
        # Begun since the day before this, so that the past stays what it was; rather ended by the next.
        able = judged & ~late & (start > _three_months_before(before)) & (start < day - _LATE[1] - 5)
        pool = np.flatnonzero(able)
        weight = np.where(end[pool] <= following, 20.0, 1.0)
        late[pool[draw_groups(rng, group[pool], weight, wanted)]] = True
    return late


def _unrecorded(story: Story, end: np.ndarray, day: int) -> np.ndarray:
    """Ended shortly before the day, which the system doesn't know yet."""
    return story.plans["unrecorded"].astype(bool) & (end <= day) & (end > day - 31)


def _three_months_before(day: int) -> int:
    return number((pd.Timestamp(date(day)) - pd.DateOffset(months=3)).date())


def _days_given(story: Story) -> list[tuple[int, float]]:
    """(day, share in time): 31 March or, of four percentages, each quarter's end."""
    found = []
    for year, given in story.parameters.years.items():
        percent = given["plans"]["reviewed_in_time_percent"]
        of_quarters = list(enumerate(percent, 1)) if isinstance(percent, list) else [(4, percent)]
        found += [(number(Quarter(year, place).end), one / 100) for place, one in of_quarters]
    return found
