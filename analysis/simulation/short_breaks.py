"""Short breaks: disabled children who stay away from home for a weekend now and then, by agreement with their families.

Each stay is an episode of its own under V3, the code for series of short breaks whose stays are recorded one by one.
Such children aren't looked after in any published figure. How many stay on an ordinary weekend, and on one in the
school holidays or next to a bank holiday, are parameters.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from analysis.reference.calendar import bank_holidays
from analysis.simulation.days import FAR, draw_groups, number, stream
from analysis.simulation.front_door import in_school_holidays
from analysis.simulation.places import Gazetteer, postcode
from analysis.simulation.rows import gather
from analysis.simulation.story import Story

STATUS = "V3"
_FIRST = number(dt.date(2014, 4, 4))  # a Friday
_AGES = (5, 16)
_NEED = "N2"


def short_breaks(story: Story, last_day: int) -> pd.DataFrame:
    """Rows of `care_episodes`: stays from a Friday to the Sunday."""
    common = story.parameters.common["short_breaks"]
    rng, gazetteer = stream(story.seed, "short breaks"), Gazetteer(story.parameters)
    fridays = np.arange(_FIRST, last_day + 1, 7)
    free = in_school_holidays(fridays, story.parameters) | _long_weekend(fridays)
    stays = [
        _guests(story, int(friday), story.parameters.scaled(common["holiday_weekend" if f else "weekend"]), rng)
        for friday, f in zip(fridays, free, strict=True)
    ]
    child = np.concatenate([np.empty(0, dtype=int), *stays])
    start = np.repeat(fridays, [len(s) for s in stays])
    home = gazetteer.homes(story.population.family[child], story.population.locality[child])
    names = [postcode(district, 0.99) for district in common["houses"]]
    house = np.asarray([names[n % len(names)] for n in story.population.family[child]], dtype=object)
    return gather(
        start, {"start_date": start, "end_date": start + 2},
        child_id=story.population.identifier[child], reason_new="S", legal_status=STATUS, need=_NEED, placement="K2",
        provider="PR1", reason_ended="E4A", reason_change=pd.NA, home_postcode=home, placement_postcode=house,
        urn=pd.NA,
    )  # fmt: skip


def _long_weekend(fridays: np.ndarray) -> np.ndarray:
    """Whether the Friday or the Monday after is a bank holiday."""
    days = bank_holidays()
    return np.isin(fridays.astype("datetime64[D]"), days) | np.isin((fridays + 3).astype("datetime64[D]"), days)


def _guests(story: Story, friday: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Who stays that weekend: the same small group takes turns."""
    people = story.population
    age = (friday - people.born) / 365.25
    group = (people.disabilities != "NONE") & (story.period < 0) & (story.plan < 0) & (people.arrival == FAR)
    group &= (
        (story.of_latest(story.episodes, story.episode, "start", FAR) <= friday)
        & (age >= _AGES[0])
        & (age < _AGES[1])
        & (story.died == FAR)
    )
    pool = np.flatnonzero(group)
    size = story.parameters.scaled(story.parameters.common["short_breaks"]["children"])
    # Those whose families have been helped longest have a place; the order by number is as good as any other.
    pool = pool[np.argsort(story.episodes["start"][story.episode[pool]], kind="stable")][: max(size, count)]
    return pool[draw_groups(rng, pool, np.ones(len(pool)), count)]
