"""Children's homes: how Ofsted judged them, and how often staff held a child."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter
from analysis.simulation.days import number, stream
from analysis.simulation.early_help import spread
from analysis.simulation.rows import Gathered, gather
from analysis.simulation.story import Story

# Invented homes: number, name, whether the authority runs it.
_HOMES = (("SC900001", "Harbour House", True), ("SC900002", "Moor View", True), ("SC900003", "Castle Lodge", True),
          ("SC900004", "Barley Mead", False), ("SC900005", "Old Rectory", False))  # fmt: skip
_OUTSTANDING, _GOOD, _IMPROVE = "outstanding", "good", "requires_improvement"


def homes(story: Story, told: list[Quarter]) -> Gathered:
    """Inspections of homes and physical interventions in the authority's own."""
    rng = stream(story.seed, "homes")
    return {"homes": _inspections(story, rng, told), "physical_interventions": _interventions(story, rng, told)}


def _inspections(story: Story, rng: np.random.Generator, told: list[Quarter]) -> pd.DataFrame:
    """Each home is inspected twice a year; how many of the authority's own stand where is the year's, which ones drawn."""
    standing: dict[int, list[str]] = {}
    held = []
    for quarter in told:
        if quarter.year not in standing:
            standing[quarter.year] = _judged(story, rng, quarter.year)
        held += [(home, int(spread(rng, quarter, 1)[0]), standing[quarter.year][place])
                 for place, home in enumerate(_HOMES) if (quarter.number + place) % 2]  # fmt: skip
    day = np.asarray([day for _, day, _ in held])
    return gather(
        day, {"inspection_date": day}, home_urn=[home[0] for home, *_ in held], name=[home[1] for home, *_ in held],
        judgement=[judgement for *_, judgement in held], in_house=[home[2] for home, *_ in held],
    )  # fmt: skip


def _judged(story: Story, rng: np.random.Generator, year: int) -> list[str]:
    figures = story.parameters.years[year]["homes"]
    own = [place for place, home in enumerate(_HOMES) if home[2]]
    order = rng.permutation(own)
    best, worst = figures["own_outstanding"], figures["own_requiring_improvement"]
    found = [_IMPROVE if rng.random() < 0.25 else _GOOD for _ in _HOMES]
    for turn, place in enumerate(order):
        found[place] = _OUTSTANDING if turn < best else _IMPROVE if turn >= len(own) - worst else _GOOD
    return found


def _interventions(story: Story, rng: np.random.Generator, told: list[Quarter]) -> pd.DataFrame:
    """A row an own home and month, those without an intervention too: it is a count that the home returns."""
    own = [home[0] for home in _HOMES if home[2]]
    rows = []
    for quarter in told:
        count = story.parameters.count(quarter, "homes", "interventions")
        parts = rng.multinomial(count, np.full(3 * len(own), 1 / (3 * len(own)))).reshape(3, -1)
        for month in range(3):
            first = number(quarter.start.replace(month=quarter.start.month + month))
            rows += [(urn, first, int(held)) for urn, held in zip(own, parts[month], strict=True)]
    urn, month, incidents = zip(*rows, strict=True)
    # A month's count is known when the month is over.
    known = np.asarray(month) + 27
    return gather(known, {"month": np.asarray(month)}, home_urn=list(urn), incidents=list(incidents))
