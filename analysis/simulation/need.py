"""How a quarter leaves the open cases: whose assessment hasn't begun yet, and how many children are in need."""

from __future__ import annotations

import numpy as np

from analysis.reference.calendar import Quarter
from analysis.simulation.days import FAR, add_working, draw_groups, number, on_working_day, working_between
from analysis.simulation.story import Story

# Only those referred in so many days before can still wait for their assessment to begin.
_WAITS = 21


def settle(story: Story, quarter: Quarter) -> None:
    """After the quarter's events: as many children wait for an assessment, and as many cases are open on its last
    day, as the parameters give. Teams close cases sooner or later than they had planned, and no others."""
    given = story.parameters.of(quarter)["in_need"]
    place = quarter.number - 1
    _await_assessment(
        story, quarter, story.parameters.scaled(given["awaiting_assessment"][place], f"awaiting {quarter}")
    )
    _close_cases(story, quarter, story.parameters.scaled(given["open"][place], f"open {quarter}"))


def _latest(story: Story) -> tuple[np.ndarray, np.ndarray]:
    """Children with an episode of need, and the position of their latest."""
    child = np.flatnonzero(story.episode >= 0)
    return child, story.episode[child]


def _await_assessment(story: Story, quarter: Quarter, wanted: int) -> None:
    rng, episodes, last = story.random, story.episodes, number(quarter.end)
    child, episode = _latest(story)
    start, assessed, authorised = (episodes[name][episode] for name in ("start", "assessed", "authorised"))
    lately = (start > last - _WAITS) & (start <= last) & (episodes["close"][episode] > last)
    free = lately & ~story.in_care()[child] & ~story.on_plan()[child] & (authorised > last + 2)
    free &= (story.population.arrival[child] == FAR) & (story.conferred[child] < start)
    # Referred after the last working day of the quarter: first to wait.
    must = on_working_day(start) > last
    pool = np.flatnonzero(free)
    weight = np.where(must[pool], 1e6, np.exp((start[pool] - last) / 2.0))
    waits = pool[draw_groups(rng, story.population.family[child[pool]], weight, wanted)]
    begins = add_working(np.full(len(waits), on_working_day(last + 1)), rng.integers(0, 3, len(waits)))
    begins = np.maximum(begins, assessed[waits])
    length = np.maximum(working_between(assessed[waits], authorised[waits]), 1)
    finishes = add_working(begins, length)
    episodes["assessed"][episode[waits]] = begins
    episodes["authorised"][episode[waits]] = finishes
    not_in_need = episodes["not_in_need"][episode[waits]].astype(bool)
    later = np.where(not_in_need, finishes, np.maximum(episodes["close"][episode[waits]], finishes + 1))
    episodes["close"][episode[waits]] = later
    # Everybody else's has begun, on a day off if need be.
    others = np.setdiff1d(np.flatnonzero(lately & (assessed > last)), waits)
    back = on_working_day(np.full(len(others), last), back=True)
    episodes["assessed"][episode[others]] = np.maximum(start[others], back)


def _close_cases(story: Story, quarter: Quarter, wanted: int) -> None:
    """Brings the cases open on the quarter's last day to the number wanted: some of those that were to stay open
    close within the quarter, or some of those that closed in it stay open."""
    rng, episodes = story.random, story.episodes
    first, last = number(quarter.start), number(quarter.end)
    child, episode = _latest(story)
    start, close = episodes["start"][episode], episodes["close"][episode]
    surplus = int((close > last).sum()) - wanted
    ordinary = (episodes["reason"][episode] == "RC7") & ~episodes["not_in_need"][episode].astype(bool)
    family = story.population.family[child]
    share = rng.random(int(story.population.family.max()) + 1)[family]
    if surplus > 0:
        authorised = episodes["authorised"][episode]
        free = ordinary & (close > last) & ~story.in_care()[child] & ~story.on_plan()[child]
        for happened in (story.conferred, story.plan_ends(), story.care_ends()):
            free &= happened[child] < first
        free &= (authorised < last - 7) & (start < last - 20)
        weight = np.where(episodes["need"][episode] == "N2", 0.3, 1.0)
        pool = np.flatnonzero(free)
        chosen = pool[draw_groups(rng, family[pool], weight[pool], surplus)]
        low = np.maximum(first, authorised[chosen] + 1)
        moved = low + np.floor(share[chosen] * (last - low + 1)).astype(np.int64)
    else:
        free = ordinary & (close >= first) & (close <= last) & (story.until[child] > last + 40)
        pool = np.flatnonzero(free)
        chosen = pool[draw_groups(rng, family[pool], np.ones(len(pool)), -surplus)]
        moved = last + 1 + np.floor(10 + share[chosen] * 150).astype(np.int64)
        moved = np.minimum(moved, story.until[child[chosen]])
    episodes["close"][episode[chosen]] = moved
