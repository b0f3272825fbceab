"""Who the children are: one row for each child that anything happened to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.simulation.days import FAR, NEVER, birthday, hashed
from analysis.simulation.rows import RECORDED, Gathered, gather, missing_where
from analysis.simulation.story import Story

# A looked after girl of this age or more may be a mother.
_MOTHERS_FROM, _MOTHERS_SHARE = 15 * 365, 0.03


def children(story: Story, gathered: Gathered) -> pd.DataFrame:
    """Every child of the gathered tables, recorded on the day of the first row about them."""
    people = story.population
    named = [f[["child_id", RECORDED]] for f in gathered.values() if "child_id" in f.columns]
    first = pd.concat(named).groupby("child_id", sort=True)[RECORDED].min()
    place = {name: n for n, name in enumerate(people.identifier)}
    child = np.asarray([place[name] for name in first.index], dtype=int)
    started = _first_care(story)[child]
    mother = (people.sex[child] == "F") & (started < FAR) & (started - people.born[child] > _MOTHERS_FROM)
    mother &= hashed(people.number[child], "mother") < _MOTHERS_SHARE * 4
    cared = started < FAR
    arrived = people.arrival[child] < FAR
    disabled = people.disabilities[child] != "NONE"
    code = story.parameters.common["authority"]["code"]
    pupil = [f"A{code}{n % 10_000_000:07d}{n % 97:02d}" for n in people.number[child] * 7919 % 9_999_991]
    died = story.died[child]
    return gather(
        0, {"date_of_birth": people.born[child], "date_of_death": died,
            "child_of_mother_born": np.where(mother, started - 40 - people.number[child] % 60, FAR),
            "unaccompanied_ceased": np.where(arrived, birthday(people.born[child], 18), FAR)},
        child_id=people.identifier[child], sex=people.sex[child], ethnicity=people.ethnicity[child], upn=pupil,
        disabled=disabled, disabilities=missing_where(people.disabilities[child], ~disabled),
        mother=missing_where(mother, ~cared), unaccompanied=missing_where(arrived, ~arrived),
    ).assign(**{RECORDED: first.to_numpy()})  # fmt: skip


def _first_care(story: Story) -> np.ndarray:
    """The day on which each child first started to be looked after (FAR: never)."""
    first = np.full(len(story.population), FAR)
    np.minimum.at(first, story.periods["child"].astype(int), story.periods["start"].astype(np.int64))
    return first


def bury(story: Story, count: int, rng: np.random.Generator) -> None:
    """A few closed cases turn out to have closed because the child died. Chosen among children whose last case
    closed without a plan or a period of care, so that nothing follows."""
    close = story.closes()
    able = np.flatnonzero(
        (close > NEVER) & (close < FAR) & (story.plan < 0) & (story.period < 0) & (close < story.until)
    )
    able = able[story.referred[able] < close[able]]
    able = able[(close[able] > story.population.born[able]) & (story.episodes["reason"][story.episode[able]] == "RC7")]
    chosen = able[rng.permutation(len(able))[:count]]
    story.episodes["reason"][story.episode[chosen]] = "RC2"
    story.died[chosen] = close[chosen]
    story.until[chosen] = close[chosen]
