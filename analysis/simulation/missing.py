"""Missing from placement and away without leave: in each year the share of children that the parameters give."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from analysis.simulation.days import number, pick
from analysis.simulation.periods import TOLD_FROM, Periods
from analysis.simulation.rows import gather
from analysis.simulation.story import Story

_KINDS = {"M": 0.85, "A": 0.15}


def missing_episodes(story: Story, rng: np.random.Generator, care: Periods) -> pd.DataFrame:
    """Each year its share of the children looked after in it goes missing, the older ones far more often."""
    found = [(np.empty(0, dtype=np.int64),) * 2]
    first_each: list[np.ndarray] = [np.empty(0, dtype=bool)]
    until = np.minimum(care.end, care.horizon)
    for year, parameters in story.parameters.years.items():
        first, last = number(dt.date(year, 4, 1)), number(dt.date(year + 1, 3, 31))
        if first < TOLD_FROM:
            continue
        low, high = np.maximum(care.start, first), np.minimum(until, last)
        here = np.flatnonzero(high > low)
        # Of a year that isn't over yet, so much of the share as has passed.
        passed = max(0.0, min(1.0, (care.horizon - first + 1) / (last - first + 1)))
        children = len(np.unique(care.child[here]))
        count = int(np.floor(children * parameters["care"]["missing_percent"] / 100 * passed + 0.5))
        old = care.age(high)[here]
        weight = np.where(old > 15, 6.0, np.where(old > 11, 2.0, 0.01))
        order = here[np.argsort(rng.exponential(size=len(here)) / weight, kind="stable")]
        _, firsts = np.unique(care.child[order], return_index=True)
        chosen = order[np.sort(firsts)][:count]
        times = 1 + rng.geometric(0.4, len(chosen))
        place = np.repeat(chosen, times)
        found.append((place, low[place] + np.floor(rng.random(len(place)) * (high - low)[place]).astype(np.int64)))
        first_each.append(~pd.Series(place).duplicated().to_numpy())
    place, day = (np.concatenate(parts) for parts in zip(*found, strict=True))
    end = np.minimum(day + rng.integers(0, 4, len(day)), until[place])
    # Whoever is chosen was missing at least once; other absences may have been with known whereabouts.
    kind = np.where(np.concatenate(first_each), "M", pick(rng, _KINDS, len(place)))
    names = story.population.identifier[care.child[place]]
    frame = gather(day, {"start_date": day, "end_date": end}, child_id=names, kind=kind)
    return frame[~frame.duplicated(["child_id", "start_date", "kind"])].reset_index(drop=True)
