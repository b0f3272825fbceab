"""What the SSDA903 asks once a year: health and other outcomes (OC2), and young people who left care (OC3)."""

from __future__ import annotations

import datetime as dt
from statistics import NormalDist

import numpy as np
import pandas as pd

from analysis.simulation import care_leavers
from analysis.simulation.days import birthday, number, pick, stream
from analysis.simulation.rows import Gathered, gather, missing_where
from analysis.simulation.story import Story

# Spread of the scores of children looked after; assumed, from more than a third of them above 16 in England.
_SDQ_SPREAD = 7.0


def outcomes(story: Story, last_day: int) -> Gathered:
    """A row a child a collection year, for every year that ends by the last day from 2015-16 on."""
    years = [y for y in story.parameters.years if y >= 2015 and number(dt.date(y + 1, 3, 31)) <= last_day]
    health = [_health(story, year) for year in years]
    leavers = [care_leavers.outcomes(story, year) for year in years or [2015]]
    return {
        "health_outcomes": pd.concat(health, ignore_index=True) if health else _health(story, 2015).iloc[:0],
        "care_leaver_outcomes": pd.concat(leavers, ignore_index=True).iloc[: None if years else 0],
    }


def _health(story: Story, year: int) -> pd.DataFrame:
    """Children looked after on 31 March for at least twelve months."""
    rng = stream(story.seed, f"health {year}")
    day = number(dt.date(year + 1, 3, 31))
    periods = story.periods
    here = (periods["start"] <= number(dt.date(year, 3, 31))) & (periods["end"] > day)
    child = np.sort(periods["child"][here].astype(int))
    born = story.population.born[child]
    age = (day - born) / 365.25
    count = len(child)
    asked = (birthday(born, 4) <= day) & (birthday(born, 17) > day)
    figures = story.parameters.years[year]["care"]
    scored = asked & _share_of(rng, asked, figures["sdq_scored_percent"])
    misuse = (age >= 10) & (rng.random(count) < 0.05)
    received = misuse & (rng.random(count) < 0.6)
    everyone = np.ones(count, dtype=bool)
    health = {name: _share_of(rng, everyone, figures[share]) for name, share in
              (("immunisations", "immunisations_percent"), ("teeth_check", "dental_check_percent"),
               ("health_assessment", "health_assessment_percent"))}  # fmt: skip
    return gather(
        np.full(count, day), {}, child_id=story.population.identifier[child], year=year + 1,
        sdq_score=missing_where(_scores(rng, scored, figures["sdq_mean"]), ~scored),
        sdq_reason=missing_where(pick(rng, {"SDQ1": 0.2, "SDQ2": 0.4, "SDQ3": 0.1, "SDQ4": 0.1, "SDQ5": 0.2}, count), ~asked | scored),
        convicted=missing_where(rng.random(count) < 0.04, age < 10),
        health_check=missing_where(rng.random(count) < 0.93, age >= 5), **health, substance_misuse=misuse,
        intervention_received=missing_where(received, ~misuse), intervention_offered=missing_where(~received, ~misuse | received),
    )  # fmt: skip


def _share_of(rng: np.random.Generator, able: np.ndarray, percent: float) -> np.ndarray:
    """That share of those who are able, to the nearest child; who they are is drawn."""
    place = rng.permutation(np.flatnonzero(able))
    found = np.zeros(len(able), dtype=bool)
    found[place[: int(np.floor(len(place) * percent / 100 + 0.5))]] = True
    return found


def _scores(rng: np.random.Generator, scored: np.ndarray, mean: float) -> np.ndarray:
    """Whole scores of 0 to 40 with that mean: evenly placed on a bell curve, then dealt out by chance."""
    count = int(scored.sum())
    curve = NormalDist(mean, _SDQ_SPREAD)
    values = np.asarray([min(40.0, max(0.0, curve.inv_cdf((n + 0.5) / count))) for n in range(count)])
    whole = np.floor(values).astype(int)
    # The largest fractions are rounded up until the mean is right; nobody scores more than 40.
    short = int(np.floor(mean * count + 0.5)) - int(whole.sum())
    up = np.argsort(-(values - whole), kind="stable")
    whole[up[whole[up] < 40][: max(0, short)]] += 1
    found = np.zeros(len(scored), dtype=int)
    found[np.flatnonzero(scored)] = rng.permutation(whole)
    return found
