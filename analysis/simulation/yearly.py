"""What the SSDA903 asks once a year: health and other outcomes (OC2), and young people who left care (OC3)."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from analysis.simulation import care_leavers
from analysis.simulation.days import number, pick, stream
from analysis.simulation.rows import Gathered, gather, missing_where
from analysis.simulation.story import Story


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
