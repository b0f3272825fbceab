"""What no statutory return carries, but early help: each topic has a module of its own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter, quarters
from analysis.simulation.days import number, pick, stream
from analysis.simulation.early_help import spread
from analysis.simulation.exploitation import exploitation
from analysis.simulation.participation import participation
from analysis.simulation.proceedings import proceedings
from analysis.simulation.quality import quality
from analysis.simulation.rows import Gathered, gather
from analysis.simulation.story import Story

_TOLD_FROM = Quarter(2014, 4)


def local_events(story: Story, gathered: Gathered, last_day: int) -> Gathered:
    """Local tables but early help, from the story and the tables of looked after children."""
    rng = stream(story.seed, "local")
    last = Quarter.containing(pd.Timestamp("1970-01-01") + pd.Timedelta(days=last_day))
    told = quarters(_TOLD_FROM, last)
    return {
        **quality(story, told),
        "care_proceedings": proceedings(story, gathered["care_episodes"]),
        **exploitation(story, gathered["missing_episodes"], told),
        "participation": participation(story, told),
        "homes": _homes(story, rng, told),
        "physical_interventions": _interventions(story, rng, told),
    }


# --- homes ------------------------------------------------------------------------------------------

_HOMES = (("SC900001", "Harbour House", True), ("SC900002", "Moor View", True), ("SC900003", "Castle Lodge", True),
          ("SC900004", "Barley Mead", False), ("SC900005", "Old Rectory", False))  # fmt: skip


def _homes(story: Story, rng, told: list[Quarter]) -> pd.DataFrame:
    """Each home is inspected twice a year. Invented homes; their judgements improve."""
    held = [(home, q, int(spread(rng, q, 1)[0])) for q in told for n, home in enumerate(_HOMES) if (q.number + n) % 2]
    good = {True: {"outstanding": 0.3, "good": 0.7}, False: {"good": 0.75, "requires_improvement": 0.25}}
    day = np.asarray([d for *_, d in held])
    judged = [pick(rng, good[home[2] and q.year >= 2017], 1)[0] for home, q, _ in held]
    return gather(
        day, {"inspection_date": day}, home_urn=[h[0] for h, *_ in held], name=[h[1] for h, *_ in held],
        judgement=judged, in_house=[h[2] for h, *_ in held],
    )  # fmt: skip


def _interventions(story: Story, rng, told: list[Quarter]) -> pd.DataFrame:
    rows = []
    for quarter in told:
        mean = story.parameters.of(quarter)["quality"]["interventions_a_home_month"]
        for month in range(3):
            first = number(quarter.start.replace(month=quarter.start.month + month))
            rows += [(home[0], first, int(rng.poisson(mean))) for home in _HOMES if home[2]]
    urn, month, incidents = zip(*rows, strict=True)
    # A month's count is known when the month is over.
    known = np.asarray(month) + 27
    return gather(known, {"month": np.asarray(month)}, home_urn=list(urn), incidents=list(incidents))
