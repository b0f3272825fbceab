"""Contacts at the front door: those that referrals began with, and the many others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter
from analysis.simulation.days import number
from analysis.simulation.drawing import choose
from analysis.simulation.front_door import draw_days, draw_sources
from analysis.simulation.rows import gather
from analysis.simulation.story import Story


def contacts(story: Story, rng: np.random.Generator, told: list[Quarter]) -> pd.DataFrame:
    """Every referral begins as a contact of that day and source; the other contacts lead to no referral."""
    names, parameters = story.population.identifier, story.parameters
    day, source = story.referrals["day"].astype(int), story.referrals["source"]
    inside = day >= number(told[0].start)
    found = [(story.referrals["child"].astype(int)[inside], day[inside], source[inside])]
    for quarter in told:
        first, last = number(quarter.start), number(quarter.end)
        wanted = parameters.count(quarter, "contacts", "total") - int(((day >= first) & (day <= last)).sum())
        # A few repeat an earlier contact's child, day and source: draw more, keep as many as are wanted.
        days = draw_days(rng, first, last, max(0, wanted) + max(3, wanted // 50))
        who = choose(story, rng, days)
        sources = draw_sources(rng, days, parameters)
        fresh = ~pd.MultiIndex.from_arrays([who, days, sources]).duplicated()
        fresh &= ~pd.MultiIndex.from_arrays([who, days, sources]).isin(pd.MultiIndex.from_arrays(found[0]))
        kept = np.flatnonzero(fresh)[: max(0, wanted)]
        found.append((who[kept], days[kept], sources[kept]))
    who, days, sources = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return gather(recorded(story, rng, days), {"date": days}, child_id=names[who], source=sources)


def recorded(story: Story, rng: np.random.Generator, day: np.ndarray) -> np.ndarray:
    """The day on which each contact or early help assessment was recorded: a minority late."""
    recording = story.parameters.common["recording"]
    slow = rng.random(len(day)) < recording["late_share"]
    return day + np.where(slow, rng.integers(1, recording["latest_days"] + 1, len(day)), 0)
