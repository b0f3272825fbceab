"""Children on the edge of care: which service supported them, from when to when, and where they lived at its end."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter
from analysis.simulation.days import number, stream
from analysis.simulation.drawing import allot_kinds, choose, spread_by_month
from analysis.simulation.rows import gather
from analysis.simulation.story import Story

# Support mostly begins with a child of this age or older, in years.
_OLDER = 8


def edge_of_care(story: Story, told: list[Quarter]) -> pd.DataFrame:
    """Told from its end: how many children's support ends in each month is what is known of a service."""
    rng = stream(story.seed, "edge of care")
    frames = [
        _service(story, rng, told, name, about) for name, about in story.parameters.common["edge_of_care"].items()
    ]
    return pd.concat(frames, ignore_index=True)


def _service(story: Story, rng: np.random.Generator, told: list[Quarter], name: str, about: Mapping) -> pd.DataFrame:
    """One child of a family at a time. Of those who are still supported on the last day, the end lies ahead."""
    last = told[-1]
    longest = about["quarters"] if "quarters" in about else -(-about["days"][1] // 90)
    ending = [*told, *(last.shift(place) for place in range(1, longest + 1))]
    # What lies ahead is as in the latest year that the parameters know.
    known = [Quarter(min(quarter.year, last.year), quarter.number) for quarter in ending]
    months = [story.parameters.by_month(quarter, "early_help.edge_of_care", name) for quarter in known]
    closed = np.concatenate([spread_by_month(rng, q, counts) for q, counts in zip(ending, months, strict=True)])
    group = np.repeat(np.arange(3 * len(ending)), np.concatenate(months))
    start = _starts(rng, ending, about, closed, group // 3)
    outcome = allot_kinds(rng, group, about["outcomes"])
    begun = (start <= number(last.end)) & (start >= number(told[0].start))
    start, closed, outcome = start[begun], closed[begun], outcome[begun]
    child = _children(story, rng, start)
    return gather(
        start, {"start_date": start, "closure_date": closed}, child_id=story.population.identifier[child], service=name,
        family_id=[f"FAM{family:06d}" for family in story.population.family[child]], outcome=outcome,
    )  # fmt: skip


def _starts(rng, ending: list[Quarter], about: Mapping, closed: np.ndarray, quarter: np.ndarray) -> np.ndarray:
    """When support began: so many quarters before the one in which it ended, or so many days, but not before the
    service was launched."""
    if "quarters" in about:
        before = [one.shift(-about["quarters"]) for one in ending]
        first = np.asarray([number(one.start) for one in before])[quarter]
        last = np.asarray([number(one.end) for one in before])[quarter]
        return rng.integers(first, last + 1)
    start = closed - rng.integers(about["days"][0], about["days"][1] + 1, len(closed))
    if "launched" not in about:
        return start
    launch = number(about["launched"])
    # The first cases are short: they can't have begun before the service did.
    early = np.maximum(closed - launch, 1) // 3
    return np.where(start < launch, launch + rng.integers(0, np.maximum(early, 1)), start)


def _children(story: Story, rng: np.random.Generator, day: np.ndarray) -> np.ndarray:
    """A child for each day, one a family."""
    people = story.population
    taken: set[int] = set()
    found = np.empty(len(day), dtype=np.int64)
    todo = np.arange(len(day))
    for _ in range(60):
        middle = int(np.median(day[todo])) if len(todo) else 0
        older = np.where(middle - people.born > _OLDER * 365, 1.0, 0.3)
        drawn = choose(story, rng, day[todo], people.risk * older)
        found[todo] = drawn
        wrong = []
        for place, family in zip(todo, people.family[drawn].tolist(), strict=True):
            if family in taken:
                wrong.append(place)
            taken.add(family)
        todo = np.asarray(wrong, dtype=np.int64)
        if not len(todo):
            break
    return found
