"""How things stood before the first quarter lived: plans, periods of care and other cases already open."""

from __future__ import annotations

import numpy as np

from analysis.simulation.days import add_working, draw_groups, number, on_working_day, pick, years_old
from analysis.simulation.front_door import draw_sources
from analysis.simulation.parameters import apportion
from analysis.simulation.plan_ends import BANDS, FROM, TO
from analysis.simulation.story import Story


def open_cases(story: Story) -> None:
    """Opens the cases of the day before the first quarter lived, each with its own past."""
    people, rng, common = story.population, story.random, story.parameters.common
    today = number(story.parameters.first_lived.start) - 1
    age = years_old(people.born, today)
    here = (age > 0.3) & (story.until > today + 30) & (people.arrival > today + 10_000)
    scaled = story.parameters.scaled
    standing = common["authority"]

    pool = np.flatnonzero(here & (age < 17.5))
    weight = people.risk * np.where(age > 8, 1.6, 1.0)
    wanted = scaled(standing["looked_after_before"], "looked_after_before")
    cared = pool[draw_groups(rng, people.family[pool], weight[pool], wanted)]
    here[cared] = False
    pool = np.flatnonzero(here & (age < 16))
    wanted = scaled(standing["plans_open_before"], "plans_open_before")
    planned = pool[draw_groups(rng, people.family[pool], people.risk[pool], wanted)]
    here[planned] = False
    pool = np.flatnonzero(here)
    weight = people.risk * np.where(people.disabilities != "NONE", 6.0, 1.0)
    wanted = scaled(standing["in_need_before"], "in_need_before")
    helped = pool[draw_groups(rng, people.family[pool], weight[pool], wanted)]

    family_draw = rng.random(int(people.family.max()) + 1)
    run = {
        "cared": np.exp(np.log(650) + 1.0 * rng.normal(size=len(cared))),
        "planned": _lengths(story, planned, today),
        "helped": -np.log(1 - family_draw[people.family[helped]]) * 600 + 10,
    }
    for child, kind in ((cared, "cared"), (planned, "planned"), (helped, "helped")):
        lived = today - people.born[child]
        begun = today - np.minimum(run[kind], lived * 0.95 - 5).astype(np.int64)
        referred = np.maximum(begun - rng.integers(15, 70, len(child)), people.born[child] - 90)
        _open(story, child, referred, today)
        if kind == "cared":
            story.start_periods(child, begun, before=True)
        if kind == "planned":
            begun = on_working_day(begun, back=True)
            story.start_plans(child, np.maximum(begun, referred + 5), pick(rng, {"NEG": 3, "EMO": 2}, len(child)),
                              pick(rng, {"NEG": 3, "EMO": 2}, len(child)), before=True)  # fmt: skip
    # Some had a plan once, before this story begins.
    once = (rng.random(len(people)) < 0.025) & (age > 3)
    story.plans_before[once & (story.plan < 0)] += 1


def _lengths(story: Story, child: np.ndarray, today: int) -> np.ndarray:
    """For how many days the children's plans have run, in the published bands; the longest are of older children."""
    shares = story.parameters.common["before"]["plans"]["lengths_open"]
    band = np.repeat(np.arange(len(BANDS)), apportion(len(child), [shares[name] for name in BANDS]))
    low, high = FROM[band], np.minimum(TO[band], FROM[band] + 200)
    length = low + np.floor(story.random.random(len(child)) * (high - low + 1)).astype(np.int64)
    lived = today - story.population.born[child]
    given = np.empty(len(child), dtype=np.int64)
    given[np.argsort(lived * story.random.uniform(0.1, 1.0, len(child)), kind="stable")] = np.sort(length)
    return given


def _open(story: Story, child: np.ndarray, referred: np.ndarray, today: int) -> None:
    rng = story.random
    need = pick(rng, story.parameters.common["needs"], len(child))
    need = np.where(story.population.disabilities[child] != "NONE", "N2", need)
    assessed = on_working_day(referred)
    authorised = add_working(assessed, rng.integers(10, 40, len(child)))
    left = rng.exponential(np.where(need == "N2", 1500, 350), len(child)).astype(np.int64) + 5
    close = np.maximum(authorised + 1, today + left)
    story.referrals.add(
        child=child, day=referred, source=draw_sources(rng, referred, story.parameters), no_further_action=False
    )
    story.open_episodes(child, referred, need, assessed, authorised, np.zeros(len(child), dtype=bool), close)
