"""Conferences of a quarter and the child protection plans that they start, in the numbers that are given."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.reference.calendar import Quarter
from analysis.simulation.days import NEVER, add_working, draw_groups, number, pick
from analysis.simulation.front_door import UNBORN_DAYS
from analysis.simulation.parameters import Parameters, apportion
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
    # Whoever is being assessed as not in need has no conference.
    unneeded = story.of_latest(story.episodes, story.episode, "not_in_need").astype(bool)
    able = (
        (story.episode >= 0)
        & ~unneeded
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
    repeats = min(plans, parameters.count(quarter, "plans", "repeat"))
    others = max(0, parameters.count(quarter, "conferences", "total", less=("plans", "starts")))

    again = _choose(story, able & (story.plans_before > 0), weight, repeats)
    together = np.isin(people.family, people.family[again])
    first = _choose(story, able & (story.plans_before == 0), weight * np.where(together, 40, 1), plans - len(again))
    planned = np.concatenate([again, first, *_more_in(story, quarter, able, weight, (again, first))])
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


def _more_in(
    story: Story, quarter: Quarter, able: np.ndarray, weight: np.ndarray, taken: tuple[np.ndarray, ...]
) -> list[np.ndarray]:
    """Those whose plans start on top in one locality, repeat plans first, where the parameters say so (`scenarios`)."""
    more = story.parameters.of(quarter)["plans"].get("more_in")
    if not more:
        return []
    here = able & (story.population.locality == more["locality"])
    here[np.concatenate(taken)] = False
    starts = story.parameters.count(quarter, "plans.more_in", "starts")
    repeats = min(starts, story.parameters.count(quarter, "plans.more_in", "repeat"))
    again = _choose(story, here & (story.plans_before > 0), weight, repeats)
    return [again, _choose(story, here & (story.plans_before == 0), weight, starts - len(again))]


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
    moved = story.parameters.common["conferences"]["transfer_in_share"] * led.sum()
    moved = int(np.ceil(moved)) if quarter.number == 1 else int(np.floor(moved + 0.5))
    fresh = np.flatnonzero(led & (begun > day - 60) & (begun >= number(quarter.start) - 60))
    transfer = np.zeros(len(child), dtype=bool)
    transfer[fresh[draw_groups(rng, family[fresh], np.ones(len(fresh)), moved)]] = True

    _, group = np.unique(family, return_inverse=True)
    groups = group.max() + 1 if len(group) else 0
    # A late conference needs a referral old enough for it.
    order = np.lexsort((rng.random(groups)[group], begun > day - 38, transfer))
    late = np.zeros(len(child), dtype=bool)
    late[order[: max(0, len(child) - _in_time(story, quarter, len(child)) - int(transfer.sum()))]] = True
    length = np.where(late, rng.choice(_LATE, groups)[group], rng.choice(_IN_TIME, groups, p=_IN_TIME_WEIGHTS)[group])
    enquiry = np.maximum(add_working(day, -length), begun)
    referred = story.referrals["day"]
    came = np.isin(story.referrals["child"], child[transfer])
    came &= referred == story.of_latest(story.episodes, story.episode, "start")[story.referrals["child"].astype(int)]
    story.referrals["source"][came] = "5C"
    return np.where(transfer, NEVER, enquiry), transfer


def _in_time(story: Story, quarter: Quarter, held: int) -> int:
    """How many of the quarter's conferences are held in time, so that the year comes to its share."""
    share = story.parameters.of(quarter)["conferences"]["within_15_days_percent"] / 100
    before = sum(
        story.parameters.count(Quarter(quarter.year, n), "conferences", "total") for n in range(1, quarter.number)
    )
    return int(np.floor(share * (before + held) + 0.5) - np.floor(share * before + 0.5))


def _categories(story: Story, quarter: Quarter, child: np.ndarray) -> np.ndarray:
    """Initial categories in the year's numbers; siblings mostly share one."""
    labels = of_the_year(story.parameters, quarter, "starts", story.parameters.of(quarter)["plans"]["categories"])
    labels = np.resize(labels, len(child)) if len(labels) else labels
    _, group = np.unique(story.population.family[child], return_inverse=True)
    order = np.lexsort((story.random.random(group.max() + 1 if len(group) else 0)[group],))
    given = np.empty(len(child), dtype=object)
    given[order] = np.sort(labels[: len(child)])
    return given


def of_the_year(parameters: Parameters, quarter: Quarter, name: str, shares: Mapping[str, float]) -> np.ndarray:
    """What each of the quarter's plans (`name`: its starts or ends) is, so that the year's have the shares exactly:
    the year's labels, evenly mixed, and of these the quarter's."""
    counts = [parameters.count(Quarter(quarter.year, n), "plans", name) for n in (1, 2, 3, 4)]
    whole = apportion(sum(counts), list(shares.values()))
    place = np.concatenate([(np.arange(n) + 0.5) / n for n in whole if n] or [np.empty(0)])
    labels = np.repeat(np.asarray(list(shares), dtype=object), whole)[np.argsort(place, kind="stable")]
    before = sum(counts[: quarter.number - 1])
    return labels[before : before + counts[quarter.number - 1]]
