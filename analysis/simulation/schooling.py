"""School life of looked after children: results, exclusions, changes of school."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from analysis.methods.rates import round_half_up
from analysis.reference.quarters import Quarter, quarters
from analysis.simulation.days import is_working, number, stream
from analysis.simulation.front_door import in_school_holidays
from analysis.simulation.rows import Gathered, gather
from analysis.simulation.story import Story

# Age on 31 August after the tests.
_TESTED_AT = {
    "early_years_good_level": 5,
    "phonics": 6,
    "key_stage_1": 7,
    "key_stage_2": 11,
    "gcse_english_maths_4": 16,
}
# A few children looked after on 31 March have no result: ill, educated elsewhere or not entered. No more than this share.
_WITHOUT_RESULT = 0.25
_TOLD_FROM = Quarter(2015, 1)
_LENGTHS, _LENGTH_WEIGHTS = (0.5, 1.0, 2.0, 3.0, 5.0), (0.1, 0.35, 0.25, 0.2, 0.1)


def schooling(story: Story, last_day: int) -> Gathered:
    return {
        "education_results": _results(story, stream(story.seed, "school results"), last_day),
        "school_exclusions": _exclusions(story, stream(story.seed, "school exclusions"), last_day),
        "school_moves": _moves(story, stream(story.seed, "school moves"), last_day),
    }


def academic_year(day: int) -> str:
    """2017-18 for a day from September 2017 to August 2018."""
    date = dt.date(1970, 1, 1) + dt.timedelta(days=int(day))
    first = date.year if date.month >= 9 else date.year - 1
    return f"{first}-{(first + 1) % 100:02d}"


def _cared_on(story: Story, day: int, until: int | None = None) -> np.ndarray:
    """Children looked after on a day, and without a break `until` another."""
    periods = story.periods
    here = (periods["start"] <= day) & (periods["end"] > (day if until is None else until))
    return np.unique(periods["child"][here].astype(int))


def _share(count: int, percent: float) -> int:
    return int(np.floor(count * percent / 100 + 0.5))


def _with_results(usual: int, most: int, percent: float) -> int:
    """How many of a year group have a result: as near to the usual number as makes the percentage with whole children,
    and the usual number where none does without leaving out more than a few."""
    sizes = range(int(np.ceil(usual * (1 - _WITHOUT_RESULT))), most + 1)
    for size in sorted(sizes, key=lambda size: abs(size - usual)):
        if size and round_half_up(100 * _share(size, percent) / size) == percent:
            return size
    return usual


def _results(story: Story, rng: np.random.Generator, last_day: int) -> pd.DataFrame:
    """Children looked after on 31 March and, of those who were earlier in the school year, a few that the virtual
    school still knows of, tested that summer; the shares are the year's, to the nearest child."""
    nobody = np.empty(0, dtype=np.int64)
    frames = [gather(nobody, {}, child_id=[], academic_year=[], measure=[], achieved=[])]
    for year, parameters in story.parameters.years.items():
        summer, spring = number(dt.date(year, 8, 31)), number(dt.date(year, 3, 31))
        if year < 2015 or summer > last_day:
            continue
        now = _cared_on(story, spring)
        periods = story.periods
        lately = (periods["end"] > number(dt.date(year - 1, 9, 1))) & (periods["start"] <= spring)
        left = np.setdiff1d(periods["child"][lately].astype(int), now)
        for measure, tested in _TESTED_AT.items():
            percent = parameters["education"][measure]
            usual, others = (
                child[(summer - story.population.born[child]) // 365.25 == tested] for child in (now, left)
            )
            who = np.concatenate([rng.permutation(usual), rng.permutation(others)])
            who = rng.permutation(who[: _with_results(len(usual), len(who), percent)])
            achieved = np.arange(len(who)) < _share(len(who), percent)
            frames.append(
                gather(np.full(len(who), summer), {}, child_id=story.population.identifier[who],
                       academic_year=f"{year - 1}-{year % 100:02d}", measure=measure, achieved=achieved)
            )  # fmt: skip
    return pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)


def _exclusions(story: Story, rng: np.random.Generator, last_day: int) -> pd.DataFrame:
    """So many fixed period exclusions a month; a few pupils have most of them. None is permanent."""
    nobody = np.empty(0, dtype=np.int64)
    found = [(nobody, nobody)]
    temper = stream(story.seed, "temper").gamma(0.6, 1.0, len(story.population)) + 0.02
    last = Quarter.containing(dt.date(1970, 1, 1) + dt.timedelta(days=last_day))
    for quarter in quarters(_TOLD_FROM, last):
        wanted = story.parameters.by_month(quarter, "education", "fixed_exclusions")
        for place, count in enumerate(wanted):
            month = np.datetime64(quarter.start, "M") + place
            first, after = (int((month + n).astype("datetime64[D]").astype(np.int64)) for n in (0, 1))
            child = _cared_on(story, first, after - 1)
            age = (first - story.population.born[child]) / 365.25
            weight = temper[child] * np.select([(age >= 11) & (age < 16), (age >= 5) & (age < 11)], [5.0, 1.0], 0.0)
            days = _school_days(story, first, after - 1)
            # A pupil can't be excluded twice on a day: draw pairs of pupil and day, none of them twice.
            pairs = np.flatnonzero(np.repeat(weight, len(days)))
            count = min(count, len(pairs))
            if not count:
                continue
            chance = np.repeat(weight, len(days))[pairs]
            drawn = rng.choice(pairs, size=count, replace=False, p=chance / chance.sum())
            found.append((child[drawn // len(days)], days[drawn % len(days)]))
    who, day = (np.concatenate(parts) for parts in zip(*found, strict=True))
    length = rng.choice(_LENGTHS, size=len(day), p=_LENGTH_WEIGHTS)
    return gather(day, {"date": day}, child_id=story.population.identifier[who], kind="fixed", days=length)


def _school_days(story: Story, first: int, last: int) -> np.ndarray:
    days = np.arange(first, last + 1)
    return days[is_working(days) & ~in_school_holidays(days, story.parameters)]


def _moves(story: Story, rng: np.random.Generator, last_day: int) -> pd.DataFrame:
    """A change of school in the middle of the school year, for a small share of those of school age on 31 March."""
    nobody = np.empty(0, dtype=np.int64)
    found = [(nobody, nobody)]
    for year, parameters in story.parameters.years.items():
        spring = number(dt.date(year, 3, 31))
        if year < 2015 or spring > last_day:
            continue
        child = _cared_on(story, spring)
        age = (number(dt.date(year - 1, 8, 31)) - story.population.born[child]) // 365.25
        able = child[(age >= 5) & (age < 16)]
        count = max(1, _share(len(able), parameters["education"]["school_moves_percent"]))
        who = rng.choice(able, size=min(count, len(able)), replace=False)
        days = _school_days(story, number(dt.date(year - 1, 10, 1)), min(number(dt.date(year, 6, 30)), last_day))
        found.append((who, rng.choice(days, size=len(who))))
    who, day = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return gather(day, {"date": day}, child_id=story.population.identifier[who],
                  academic_year=[academic_year(d) for d in day])  # fmt: skip
