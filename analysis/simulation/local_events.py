"""What no statutory return carries, but early help: each topic has a module of its own."""

from __future__ import annotations

import pandas as pd

from analysis.reference.quarters import Quarter, quarters
from analysis.simulation.exploitation import exploitation
from analysis.simulation.homes import homes
from analysis.simulation.participation import participation
from analysis.simulation.proceedings import proceedings
from analysis.simulation.quality import quality
from analysis.simulation.rows import Gathered
from analysis.simulation.story import Story

_TOLD_FROM = Quarter(2014, 4)


def local_events(story: Story, gathered: Gathered, last_day: int) -> Gathered:
    """Local tables but early help, from the story and the tables of looked after children."""
    last = Quarter.containing(pd.Timestamp("1970-01-01") + pd.Timedelta(days=last_day))
    told = quarters(_TOLD_FROM, last)
    return {
        **quality(story, told),
        "care_proceedings": proceedings(story, gathered["care_episodes"], last),
        **exploitation(story, gathered["missing_episodes"], told),
        "participation": participation(story, told),
        **homes(story, told),
    }
