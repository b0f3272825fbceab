"""For which children in care a court makes a placement order in a quarter, and for which adoption is given up."""

from __future__ import annotations

import numpy as np

from analysis.reference.calendar import Quarter
from analysis.simulation.days import FAR, draw_groups, number, years_old
from analysis.simulation.story import Story

# An order takes a set of proceedings; it is rarely sought for a child of school age, and hardly ever past nine.
PROCEEDINGS_DAYS, OLDEST = 150, 10.0
# Enquiries, panel, introductions, and ten weeks in the new home: no child is adopted sooner after the order.
SOONEST_ADOPTION_DAYS = 210
# A plan isn't given up before there was a search.
SEARCH_DAYS = 120


def awaiting_adoption(story: Story) -> np.ndarray:
    """Children looked after with a placement order in force, one boolean a child."""
    ordered = story.of_latest(story.periods, story.period, "order", FAR) < FAR
    undone = story.of_latest(story.periods, story.period, "reversed", FAR) < FAR
    return story.in_care() & ordered & ~undone


def open_orders(story: Story) -> None:
    """The placement orders already in force on the day before the first quarter lived, made over the year before."""
    today = number(story.parameters.first_lived.start) - 1
    wanted = story.parameters.scaled(story.parameters.common["care"]["placement_orders_before"])
    _make(story, today - 430, today - 60, wanted)


def plan_adoptions(story: Story, quarter: Quarter) -> None:
    """The quarter's placement orders, and the plans for adoption given up in it."""
    first, last = number(quarter.start), number(quarter.end)
    waiting = np.flatnonzero(awaiting_adoption(story))
    ordered = story.periods["order"][story.period[waiting]].astype(np.int64)
    age = years_old(story.population.born[waiting], last)
    able = ordered <= first - SEARCH_DAYS
    pool = waiting[able]
    undone = draw_groups(
        story.random, story.population.family[pool], (age * (last - ordered))[able],
        story.parameters.count(quarter, "care", "adoption_plans_ended"),
    )  # fmt: skip
    rows = story.period[pool[undone]]
    story.periods["reversed"][rows] = _spread(story, pool[undone], np.full(len(rows), first), last)
    _make(story, first, last, story.parameters.count(quarter, "care", "placement_orders"))


def _make(story: Story, first: int, last: int, wanted: int) -> None:
    people = story.population
    cared = np.flatnonzero(story.in_care())
    begun = story.periods["start"][story.period[cared]].astype(np.int64)
    age, length = years_old(people.born[cared], last), last - begun
    able = (
        (age < OLDEST)
        & (length >= PROCEEDINGS_DAYS + 5)
        & (story.periods["order"][story.period[cared]] == FAR)
        & (people.arrival[cared] == FAR)
        & ~story.on_plan()[cared]
    )
    pool = cared[able]
    weight = np.select([age < 2, age < 4, age < 7], [6.0, 3.0, 0.7], 0.05) * np.select(
        [length < 300, length < 450], [4.0, 1.0], 0.2
    )
    chosen = pool[draw_groups(story.random, people.family[pool], weight[able], wanted)]
    rows = story.period[chosen]
    earliest = np.maximum(first, story.periods["start"][rows].astype(np.int64) + PROCEEDINGS_DAYS)
    story.periods["order"][rows] = _spread(story, chosen, earliest, last)


def _spread(story: Story, child: np.ndarray, earliest: np.ndarray, last: int) -> np.ndarray:
    """A day from `earliest` to `last` for each child, brothers and sisters together."""
    share = story.random.random(int(story.population.family.max()) + 1)[story.population.family[child]]
    return earliest + np.floor(share * (last - earliest + 1)).astype(np.int64)
