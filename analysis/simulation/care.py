"""Periods of care of a quarter: which children start and cease to be looked after, and why they cease."""

from __future__ import annotations

import datetime as dt

import numpy as np

from analysis.reference.calendar import Quarter
from analysis.simulation.days import FAR, draw_groups, number, pick, years_old
from analysis.simulation.permanence import SOONEST_ADOPTION_DAYS, awaiting_adoption
from analysis.simulation.story import Story

# Two periods of care of a child lie at least this far apart, so that Annex A shows the end of the first.
PERIODS_APART = 120
ADOPTED, GUARDIANSHIP = ("E11", "E12"), ("E43", "E44", "E45", "E46", "E47", "E48")
# SSDA903 split special guardianship by carer from the return of 2018-19.
_NEW_GUARDIANSHIP_CODES = number(dt.date(2018, 4, 1))
_HOME = {"E4A": 0.58, "E4B": 0.12, "E41": 0.12, "E13": 0.07, "E3": 0.03, "E8": 0.08}
_NEARLY_ADULT = {"E4A": 0.35, "E4B": 0.1, "E5": 0.25, "E6": 0.1, "E9": 0.08, "E8": 0.12}
_ADULT = {"E5": 0.45, "E6": 0.2, "E7": 0.1, "E8": 0.25}
_CLOSES_AS = {"E11": "RC1", "E12": "RC1", "E2": "RC2", "E41": "RC3", "E3": "RC5", "E7": "RC6",
              **dict.fromkeys(GUARDIANSHIP, "RC4")}  # fmt: skip


def start_care(story: Story, quarter: Quarter) -> None:
    """The quarter's children who start to be looked after; unaccompanied children do so on the day they arrive."""
    people, rng, parameters = story.population, story.random, story.parameters
    first, last = number(quarter.start), number(quarter.end)
    wanted = parameters.count(quarter, "care", "starts") + _again(story, quarter, "started_again")
    arrived = np.flatnonzero((people.arrival >= first) & (people.arrival <= last) & (story.episode >= 0))[:wanted]

    day = rng.integers(first, last + 1, int(people.family.max()) + 1)[people.family]
    plan_begun = story.of_latest(story.plans, story.plan, "start")
    day = np.maximum(day, people.born + 2)
    day = np.where(plan_begun >= first, np.maximum(day, plan_begun + 2), day)
    able = (
        (story.episode >= 0)
        & (people.arrival == FAR)
        & (day <= last)
        & (story.of_latest(story.episodes, story.episode, "start") <= day)
        & (story.closes() > day)
        & (story.care_ends() < day - PERIODS_APART)
        & (story.until > day + 60)
        & (rng.random(len(people)) < parameters.common["families"]["sibling_care"])
    )
    age = years_old(people.born, day)
    weight = np.where(story.on_plan(), parameters.common["care"]["from_plan"], 1.0)
    weight = weight * np.select([age < 1, age < 5, age < 12], [3.0, 1.2, 0.9], 1.5)
    # Starts count children, once a year: only so many as the year says start for a second time in it.
    year = number(quarter.year_start)
    once = story.of_latest(story.periods, story.period, "start") >= year
    second = np.flatnonzero(able & once)
    second = second[draw_groups(rng, second, weight[second], _again(story, quarter, "started_again"))]
    # Who is to cease twice in the year has to come back in between.
    back = _ceased_since(story, year)
    home = np.isin(story.of_latest(story.periods, story.period, "reason"), list(_HOME))
    weight = np.where(back & home, weight * parameters.common["care"]["return"], weight)
    grown_soon = story.until <= number(quarter.year_end) if back.any() else back
    pool = np.flatnonzero(able & ~once & ~(back & (grown_soon | ~home)))
    first_time = pool[draw_groups(rng, people.family[pool], weight[pool], wanted - len(arrived) - len(second))]
    chosen = np.concatenate([second, first_time])
    story.start_periods(np.concatenate([arrived, chosen]), np.concatenate([people.arrival[arrived], day[chosen]]))


def _again(story: Story, quarter: Quarter, name: str) -> int:
    """How many children do for the second time in the year what they did in it before: all in its last quarter."""
    return story.parameters.year_count(quarter.year, "care", name) if quarter.number == 4 else 0


def _ceased_since(story: Story, day: int) -> np.ndarray:
    """Children with a period of care that ended on or after the day, one boolean a child."""
    ended = story.periods["end"].astype(np.int64)
    found = np.zeros(len(story.population), dtype=bool)
    found[story.periods["child"][(ended >= day) & (ended < FAR)].astype(int)] = True
    return found


def end_care(story: Story, quarter: Quarter) -> None:
    """The quarter's children who cease to be looked after: at eighteen, adopted, to special guardians, or otherwise."""
    people, rng, parameters = story.population, story.random, story.parameters
    first, last = number(quarter.start), number(quarter.end)
    again = _again(story, quarter, "ended_again")
    wanted = parameters.count(quarter, "care", "ends") + again
    cared = np.flatnonzero(story.in_care())
    begun = story.periods["start"][story.period[cared]]
    adult = story.until[cared] <= last
    length, age = last - begun, years_old(people.born[cared], last)
    ordered = story.periods["order"][story.period[cared]].astype(np.int64)
    awaiting, calm = awaiting_adoption(story)[cared], ~story.on_plan()[cared]
    twice = _ceased_since(story, number(quarter.year_start))[cared]
    free = ~adult & (begun <= last - 10) & ~awaiting & ~twice
    home_bound = free & calm

    def choose(able: np.ndarray, weight: np.ndarray, count: int) -> np.ndarray:
        pool = np.flatnonzero(able)
        group = people.family[cared[pool]] * 20_000 + begun[pool]
        return pool[draw_groups(rng, group, weight[pool], count)]

    room = max(0, wanted - int(adult.sum()))
    waited = last - ordered
    adopted = choose(
        awaiting & calm & (waited > SOONEST_ADOPTION_DAYS),
        np.maximum(waited - SOONEST_ADOPTION_DAYS / 2, 1.0) ** 3,
        min(room, parameters.count(quarter, "care", "adopted")),
    )
    room -= len(adopted)
    guarded = choose(
        home_bound & (age < 15) & (length > 180),
        np.where(age < 8, 2.0, 1.0) * np.where(length > 900, 0.4, 1.0),
        min(room, parameters.count(quarter, "care", "special_guardianship")),
    )
    free[guarded] = False
    weight = np.select([length < 60, length < 180, length < 540, length < 1500], [3.0, 1.6, 1.0, 0.35], 0.12)
    weight = weight * np.where(age > 16, 1.8, 1.0)
    second = choose(~adult & (begun <= last - 10) & ~awaiting & twice, weight, again)
    others = np.concatenate([choose(free, weight, room - len(guarded) - len(second)), second])

    reason = np.full(len(cared), "", dtype=object)
    reason[adult] = pick(rng, _ADULT, int(adult.sum()))
    reason[adopted] = pick(rng, {"E11": 0.45, "E12": 0.55}, len(adopted))
    older = age[others] > 16
    reason[others] = np.where(older, pick(rng, _NEARLY_ADULT, len(others)), pick(rng, _HOME, len(others)))
    share = rng.random(int(people.family.max()) + 1)[people.family[cared]]
    earliest = np.maximum(first, begun + 3)
    earliest[adopted] = np.maximum(earliest[adopted], ordered[adopted] + SOONEST_ADOPTION_DAYS)
    end = earliest + np.floor(share * (last - earliest + 1)).astype(np.int64)
    end = np.where(adult, story.until[cared], end)
    old_codes, new_codes = {"E43": 0.5, "E44": 0.5}, {"E45": 0.3, "E46": 0.3, "E47": 0.25, "E48": 0.15}
    reason[guarded] = np.where(
        end[guarded] < _NEW_GUARDIANSHIP_CODES, pick(rng, old_codes, len(guarded)), pick(rng, new_codes, len(guarded))
    )
    _cease(story, cared[reason != ""], end[reason != ""], reason[reason != ""])


def _cease(story: Story, child: np.ndarray, end: np.ndarray, reason: np.ndarray) -> None:
    story.periods["end"][story.period[child]] = end
    story.periods["reason"][story.period[child]] = reason
    # Adopted children get a new identity; the others may need help for a while.
    gone = np.isin(reason, ADOPTED)
    story.until[child[gone]] = end[gone]
    at_once = gone | np.isin(reason, [*GUARDIANSHIP, "E3", "E7", "E41"]) | (end >= story.until[child])
    support = np.where(at_once, 0, story.random.integers(14, 150, len(child)))
    planned = story.on_plan()[child]
    closes = np.asarray([_CLOSES_AS.get(code, "RC7") for code in reason], dtype=object)
    calm = ~planned | gone
    story.keep_open(child[calm], (end + support)[calm], closes[calm])
