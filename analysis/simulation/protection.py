"""Conferences and child protection plans of a quarter: which start, which end, in the numbers that are given."""

from __future__ import annotations

import numpy as np

from analysis.reference.calendar import Quarter
from analysis.simulation.days import NEVER, add_working, draw_groups, number, on_working_day, pick
from analysis.simulation.front_door import UNBORN_DAYS
from analysis.simulation.parameters import apportion
from analysis.simulation.story import Story

# Two plans of a child lie at least this far apart, so that Annex A shows the end of the first.
PLANS_APART = 180
# So far that each conference has an enquiry of its own.
CONFERENCES_APART = 60
# Working days from strategy discussion to conference: most in time take the whole of the time there is.
_IN_TIME, _IN_TIME_WEIGHTS = np.arange(6, 16), np.array([1, 1, 1, 1, 2, 2, 3, 4, 5, 8]) / 28
_LATE = np.arange(16, 26)


def confer(story: Story, quarter: Quarter) -> None:
    """The quarter's initial conferences, those that lead to a plan (repeat plans in their own number) and those
    that don't. Siblings are conferenced together."""
    people, rng, parameters = story.population, story.random, story.parameters
    day = story.working_days(quarter, int(people.family.max()) + 1)[people.family]
    begun = story.of_latest(story.episodes, story.episode, "start")
    able = (
        (story.episode >= 0)
        & (begun <= day - 12)
        & (story.closes() > day)
        & ~story.on_plan()
        & ~story.in_care()
        & (story.plan_ends() < day - PLANS_APART)
        & (story.care_ends() < day)
        & (story.conferred < day - CONFERENCES_APART)
        & (story.until > day + 90)
        & (people.born < day + UNBORN_DAYS)
        & (rng.random(len(people)) < parameters.common["families"]["sibling_plan"])
    )
    weight = 1.0 + 12.0 * np.exp(-np.clip(day - begun, 0, 3000) / 45.0)
    plans = parameters.count(quarter, "plans", "starts")
    repeats = parameters.count(quarter, "plans", "repeat")
    others = parameters.count(quarter, "conferences", "total") - plans

    again = _choose(story, able & (story.plans_before > 0), weight, repeats)
    together = np.isin(people.family, people.family[again])
    first = _choose(story, able & (story.plans_before == 0), weight * np.where(together, 40, 1), plans - len(again))
    planned = np.concatenate([again, first])
    able[planned] = False
    together = np.isin(people.family, people.family[planned])
    unplanned = _choose(story, able, weight * np.where(together, 5, 1), others)

    child = np.concatenate([planned, unplanned])
    story.conferred[child] = day[child]
    led = np.arange(len(child)) < len(planned)
    enquiry, transfer = _enquiries(story, quarter, child, day[child], led)
    story.conferences.add(
        child=child, day=day[child], led_to_plan=led, transfer=transfer, enquiry=enquiry, episode=story.episode[child]
    )
    category = _categories(story, quarter, planned)
    changed = rng.random(len(planned)) < 0.06
    latest = np.where(changed, pick(rng, {"NEG": 2, "EMO": 2, "PHY": 1}, len(planned)), category)
    story.start_plans(planned, day[planned], category, latest)
    story.keep_open(
        unplanned, np.maximum(story.closes()[unplanned], day[unplanned] + rng.integers(40, 250, len(unplanned)))
    )


def _choose(story: Story, able: np.ndarray, weight: np.ndarray, count: int) -> np.ndarray:
    pool = np.flatnonzero(able)
    return pool[draw_groups(story.random, story.population.family[pool], weight[pool], count)]


def _enquiries(
    story: Story, quarter: Quarter, child: np.ndarray, day: np.ndarray, led: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """When each conference's section 47 enquiry began, and whether the family moved in with a plan instead (then
    there is none, NEVER, and the referral came from the other authority)."""
    rng, family = story.random, story.population.family[child]
    begun = story.episodes["start"][story.episode[child]]
    share = story.parameters.of(quarter)["conferences"]["within_15_days_percent"] / 100
    _, group = np.unique(family, return_inverse=True)
    groups = group.max() + 1 if len(group) else 0
    # A late conference needs a referral old enough for it.
    order = np.lexsort((rng.random(groups)[group], begun > day - 38))
    late = np.zeros(len(child), dtype=bool)
    late[order[: int(np.floor((1 - share) * len(child) + 0.5))]] = True
    length = np.where(late, rng.choice(_LATE, groups)[group], rng.choice(_IN_TIME, groups, p=_IN_TIME_WEIGHTS)[group])
    enquiry = np.maximum(add_working(day, -length), begun)

    moved = story.parameters.common["conferences"]["transfer_in_share"] * led.sum()
    moved = int(np.ceil(moved)) if quarter.number == 1 else int(np.floor(moved + 0.5))
    fresh = np.flatnonzero(led & (begun > day - 60) & (begun >= number(quarter.start) - 60))
    transfer = np.zeros(len(child), dtype=bool)
    transfer[fresh[draw_groups(rng, family[fresh], np.ones(len(fresh)), moved)]] = True
    referred = story.referrals["day"]
    came = np.isin(story.referrals["child"], child[transfer])
    came &= referred == story.of_latest(story.episodes, story.episode, "start")[story.referrals["child"].astype(int)]
    story.referrals["source"][came] = "5C"
    return np.where(transfer, NEVER, enquiry), transfer


def _categories(story: Story, quarter: Quarter, child: np.ndarray) -> np.ndarray:
    """Initial categories in the year's proportions; siblings mostly share one."""
    shares = story.parameters.of(quarter)["plans"]["categories"]
    counts = apportion(len(child), list(shares.values()))
    labels = np.repeat(np.asarray(list(shares), dtype=object), counts)
    _, group = np.unique(story.population.family[child], return_inverse=True)
    order = np.lexsort((story.random.random(group.max() + 1 if len(group) else 0)[group],))
    given = np.empty(len(child), dtype=object)
    given[order] = labels
    return given


def end_plans(story: Story, quarter: Quarter) -> None:
    """The quarter's ends: whoever turns eighteen, then families by how long the plan has run."""
    people, rng = story.population, story.random
    first, last = number(quarter.start), number(quarter.end)
    wanted = story.parameters.count(quarter, "plans", "ends")
    open_now = np.flatnonzero(story.on_plan())
    forced = open_now[story.until[open_now] <= last]
    begun = story.of_latest(story.plans, story.plan, "start")
    rest = open_now[(story.until[open_now] > last) & (begun[open_now] <= last - 40)]
    in_care = story.in_care()[rest]
    weight = _hazard(story, quarter, (first + last) / 2 - begun[rest]) * np.where(in_care, 5.0, 1.0)
    group = np.where(in_care, int(people.family.max()) + 1 + rest, people.family[rest])
    ended = rest[draw_groups(rng, group, weight, wanted - len(forced))]

    earliest = np.maximum(first, begun + 25)
    share = rng.random(int(people.family.max()) + 1)[people.family]
    end = on_working_day(earliest + np.floor(share * (last - earliest + 1)).astype(np.int64), back=True)
    end = np.maximum(end, on_working_day(np.maximum(first, begun + 20)))
    story.plans["end"][story.plan[ended]] = end[ended]
    story.plans["end"][story.plan[forced]] = story.until[forced]
    for child in (ended, forced):
        free = child[~story.in_care()[child]]
        until = story.plan_ends()[free] + rng.integers(20, 200, len(free))
        story.keep_open(free, until)


def _hazard(story: Story, quarter: Quarter, length: np.ndarray) -> np.ndarray:
    """How likely a plan is to end in a quarter, by the days that it has run."""
    year = story.parameters.of(quarter)["plans"]
    weight = np.select(
        [length < 60, length < 120, length < 240, length < 365, length < 540], [0.45, 0.8, 0.5, 1.6, 1.3], 1.2
    )
    return weight * np.where(length > 330, year["year_or_more"], 1.0) * np.where(length > 560, year["two_years"], 1.0)
