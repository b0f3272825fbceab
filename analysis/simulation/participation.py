"""Participation: accounts and statements in the app, Make Your Mark votes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter
from analysis.simulation.days import number
from analysis.simulation.rows import gather
from analysis.simulation.story import Story


def participation(story: Story, told: list[Quarter]) -> pd.DataFrame:
    rows = []
    for quarter in told:
        year, day = story.parameters.of(quarter)["quality"], number(quarter.end)
        statements = 90 + 6 * (quarter.year - 2014) + 3 * quarter.number
        rows += [(day, "app_accounts_young_people", year["young_people_accounts"]),
                 (day, "app_accounts_workers", year["worker_accounts"]), (day, "app_statements", statements),
                 (day, "app_good_news_statements", round(statements * year["good_news_statements_percent"] / 100))]  # fmt: skip
        if quarter.number == 3:
            rows.append((day, "make_your_mark_votes", 3100 + 240 * (quarter.year - 2014)))
    days, measure, value = zip(*rows, strict=True)
    return gather(
        np.asarray(days), {"date": np.asarray(days)}, measure=list(measure), value=np.asarray(value, dtype=float)
    )
