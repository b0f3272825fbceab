"""What the SSDA903 asks once a year: health and other outcomes (OC2), and young people who left care (OC3)."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from analysis.simulation.days import birthday, hashed, number, pick, stream
from analysis.simulation.rows import Gathered, gather, missing_where
from analysis.simulation.story import Story

EDUCATED = ("F1", "P1", "F2", "P2", "F3", "P3")
_ACTIVITY_WEIGHTS = (0.06, 0.01, 0.38, 0.08, 0.37, 0.10)
_NOT_EDUCATED, _NOT_EDUCATED_WEIGHTS = ("G4", "G5", "G6"), (0.2, 0.55, 0.25)
SUITABLE, _SUITABLE_WEIGHTS = ("U", "B", "Z", "D", "E", "T", "K"), (0.4, 0.18, 0.14, 0.1, 0.07, 0.07, 0.04)
UNSUITABLE, _UNSUITABLE_WEIGHTS = ("X", "S", "V", "W"), (0.5, 0.2, 0.2, 0.1)


def outcomes(story: Story, last_day: int) -> Gathered:
    """A row a child a collection year, for every year that ends by the last day from 2015-16 on."""
    years = [y for y in story.parameters.years if y >= 2015 and number(dt.date(y + 1, 3, 31)) <= last_day]
    health = [_health(story, year) for year in years]
    leavers = [_leavers(story, year) for year in years]
    return {
        "health_outcomes": pd.concat(health, ignore_index=True) if health else _health(story, 2015).iloc[:0],
        "care_leaver_outcomes": pd.concat(leavers, ignore_index=True) if leavers else _leavers(story, 2015).iloc[:0],
    }


def _health(story: Story, year: int) -> pd.DataFrame:
    """Children looked after on 31 March for at least twelve months."""
    rng = stream(story.seed, f"health {year}")
    day = number(dt.date(year + 1, 3, 31))
    periods = story.periods
    here = (periods["start"] <= day - 365) & (periods["end"] > day)
    child = np.sort(periods["child"][here].astype(int))
    age = (day - story.population.born[child]) / 365.25
    count = len(child)
    asked = (age >= 4) & (age < 17)
    scored = asked & (rng.random(count) < 0.82)
    misuse = (age >= 10) & (rng.random(count) < 0.05)
    received = misuse & (rng.random(count) < 0.6)
    health = {name: rng.random(count) < share for name, share in
              (("immunisations", 0.95), ("teeth_check", 0.92), ("health_assessment", 0.96))}  # fmt: skip
    return gather(
        np.full(count, day), {}, child_id=story.population.identifier[child], year=year + 1,
        sdq_score=missing_where(np.clip(rng.normal(14.6, 7, count), 0, 40).astype(int), ~scored),
        sdq_reason=missing_where(pick(rng, {"SDQ1": 0.2, "SDQ2": 0.4, "SDQ3": 0.1, "SDQ4": 0.1, "SDQ5": 0.2}, count), ~asked | scored),
        convicted=missing_where(rng.random(count) < 0.04, age < 10),
        health_check=missing_where(rng.random(count) < 0.93, age >= 5), **health, substance_misuse=misuse,
        intervention_received=missing_where(received, ~misuse), intervention_offered=missing_where(~received, ~misuse | received),
    )  # fmt: skip


def left_care(story: Story) -> tuple[np.ndarray, np.ndarray]:
    """(child, day) of young people who left care at sixteen or later, those who left before the story included."""
    periods = story.periods
    ended = np.flatnonzero(
        (periods["end"] < number(dt.date(2030, 1, 1))) & ~np.isin(periods["reason"], ["E11", "E12", "E2"])
    )
    child, day = periods["child"][ended].astype(int), periods["end"][ended].astype(np.int64)
    lasted = day - periods["start"][ended] >= 91
    grown = (day >= birthday(story.population.born[child], 16)) & lasted
    last = pd.Series(day[grown], index=child[grown]).groupby(level=0).max()
    first = number(story.parameters.first_lived.start)
    adult = np.flatnonzero((story.until < first) & (story.population.arrival > first + 10_000))
    chance = hashed(story.population.number[adult], "left care before")
    before = adult[np.argsort(chance, kind="stable")[: story.parameters.scaled(45)]]
    return np.concatenate([last.index.to_numpy(), before]), np.concatenate([last.to_numpy(), story.until[before]])


def activity(number_: np.ndarray, turn: int, share: float) -> np.ndarray:
    """What each young person does in a year, `share` of them in education, employment or training."""
    return _choice(number_, turn, "activity", share, EDUCATED, _ACTIVITY_WEIGHTS, _NOT_EDUCATED, _NOT_EDUCATED_WEIGHTS)


def accommodation(number_: np.ndarray, turn: int, share: float) -> np.ndarray:
    """Where each lives in a year, `share` of them suitably: the code's letter."""
    return _choice(number_, turn, "home", share, SUITABLE, _SUITABLE_WEIGHTS, UNSUITABLE, _UNSUITABLE_WEIGHTS)


def _choice(number_, turn, salt, share, yes, yes_weights, no, no_weights) -> np.ndarray:
    chance = hashed(number_ * 100 + turn % 100, salt)
    which = hashed(number_ * 100 + turn % 100, salt + " which")
    good = np.asarray(yes, dtype=object)[np.searchsorted(np.cumsum(yes_weights), which * sum(yes_weights) * 0.9999)]
    bad = np.asarray(no, dtype=object)[np.searchsorted(np.cumsum(no_weights), which * sum(no_weights) * 0.9999)]
    return np.where(chance < share, good, bad)


def _leavers(story: Story, year: int) -> pd.DataFrame:
    """Young people who left care and whose 17th to 21st birthday is in the year, as around that birthday."""
    first, last = number(dt.date(year, 4, 1)), number(dt.date(year + 1, 3, 31))
    child, left = left_care(story)
    born = story.population.born[child]
    turned = [(birthday(born, age) >= first) & (birthday(born, age) <= last) for age in range(17, 22)]
    on = np.flatnonzero(np.any(turned, axis=0) & (left <= last))
    on = on[np.argsort(child[on], kind="stable")]
    number_ = story.population.number[child[on]]
    figures = story.parameters.years[year]["care_leavers"]
    touch = np.where(hashed(number_ * 100 + year % 100, "in touch") < 0.93, "YES",
                     np.where(hashed(number_, "why not") < 0.5, "NO", "REFU"))  # fmt: skip
    lives = accommodation(number_, year, figures["suitable_accommodation_percent"] / 100)
    suitable = np.isin(lives, SUITABLE)
    does = activity(number_, year, figures["in_education_employment_training_percent"] / 100)
    unknown = touch == "NO"
    return gather(
        np.full(len(on), last), {}, child_id=story.population.identifier[child[on]], year=year + 1, in_touch=touch,
        activity=np.where(unknown, "0", does),
        accommodation=np.where(unknown, "0", lives + np.where(suitable, "1", "2").astype(object)),
    )  # fmt: skip
