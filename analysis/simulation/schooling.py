"""School life of looked after children: results, exclusions, changes of school."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter, quarters
from analysis.simulation.days import is_working, number, stream
from analysis.simulation.front_door import in_school_holidays
from analysis.simulation.parameters import apportion
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


def schooling(story: Story, last_day: int) -> Gathered:
    rng = stream(story.seed, "schooling")
    return {
        "education_results": _results(story, rng, last_day),
        "school_exclusions": _exclusions(story, rng, last_day),
        "school_moves": _moves(story, rng, last_day),
    }


def academic_year(day: int) -> str:
    """2017-18 for a day from September 2017 to August 2018."""
    date = dt.date(1970, 1, 1) + dt.timedelta(days=int(day))
    first = date.year if date.month >= 9 else date.year - 1
    return f"{first}-{(first + 1) % 100:02d}"


def _cared_on(story: Story, day: int, *, for_days: int = 0) -> np.ndarray:
    """Children looked after on a day (and for so many days before it)."""
    periods = story.periods
    here = (periods["start"] <= day - for_days) & (periods["end"] > day)
    return np.sort(periods["child"][here].astype(int))


def _results(story: Story, rng, last_day: int) -> pd.DataFrame:
    """Children looked after for a year on 31 March, tested that summer; the shares are the year's, to the nearest child."""
    nobody = np.empty(0, dtype=np.int64)
    frames = [gather(nobody, {}, child_id=[], academic_year=[], measure=[], achieved=[])]
    for year, parameters in story.parameters.years.items():
        summer = number(dt.date(year, 8, 31))
        if year < 2015 or summer > last_day:
            continue
        child = _cared_on(story, number(dt.date(year, 3, 31)), for_days=365)
        age = (summer - story.population.born[child]) // 365.25
        for measure, tested in _TESTED_AT.items():
            who = child[age == tested]
            passed = int(np.floor(len(who) * parameters["education"][measure] / 100 + 0.5))
            achieved = np.arange(len(who)) < passed
            frames.append(
                gather(np.full(len(who), summer), {}, child_id=story.population.identifier[rng.permutation(who)],
                       academic_year=f"{year - 1}-{year % 100:02d}", measure=measure, achieved=achieved)
            )  # fmt: skip
    return pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)


def _exclusions(story: Story, rng, last_day: int) -> pd.DataFrame:
    found = []
    last = Quarter.containing(dt.date(1970, 1, 1) + dt.timedelta(days=last_day))
    for quarter in quarters(Quarter(2015, 1), last):
        wanted = apportion(
            max(4, story.parameters.year_count(quarter.year, "quality", "fixed_exclusions")), (30, 15, 30, 25)
        )
        days = _school_days(story, number(quarter.start), number(quarter.end))
        day = rng.choice(days, size=max(1, wanted[quarter.number - 1]))
        child = _cared_on(story, number(quarter.start))
        age = (number(quarter.start) - story.population.born[child]) / 365.25
        weight = np.where((age >= 11) & (age < 16), 5.0, np.where((age >= 5) & (age < 11), 1.0, 0.0))
        if weight.sum():
            found.append((rng.choice(child, size=len(day), p=weight / weight.sum()), day))
    who, day = (np.concatenate(parts) for parts in zip(*found, strict=True))
    length = rng.choice([0.5, 1.0, 2.0, 3.0, 5.0], size=len(day), p=[0.1, 0.35, 0.25, 0.2, 0.1])
    frame = gather(day, {"date": day}, child_id=story.population.identifier[who], kind="fixed", days=length)
    return frame[~frame.duplicated(["child_id", "date", "kind"])].reset_index(drop=True)


def _school_days(story: Story, first: int, last: int) -> np.ndarray:
    days = np.arange(first, last + 1)
    return days[is_working(days) & ~in_school_holidays(days, story.parameters)]


def _moves(story: Story, rng, last_day: int) -> pd.DataFrame:
    """A change of school in the middle of the academic year, for a small share of those of school age."""
    found = [(np.empty(0, dtype=np.int64),) * 2]
    for year, parameters in story.parameters.years.items():
        day = number(dt.date(year, 10, 1))
        if year < 2014 or day + 120 > last_day:
            continue
        child = _cared_on(story, day)
        age = (day - story.population.born[child]) / 365.25
        able = child[(age >= 5) & (age < 16)]
        count = max(1, int(np.floor(len(able) * parameters["education"]["school_moves_percent"] / 100 + 0.5)))
        who = rng.choice(able, size=min(count, len(able)), replace=False)
        found.append((who, day + rng.integers(5, min(270, last_day - day), len(who))))
    who, day = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return gather(day, {"date": day}, child_id=story.population.identifier[who],
                  academic_year=[academic_year(d) for d in day])  # fmt: skip
