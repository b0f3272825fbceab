"""Participation: accounts and statements in the feedback app, Make Your Mark votes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter
from analysis.simulation.drawing import month_ends
from analysis.simulation.rows import gather
from analysis.simulation.story import Story

# Make Your Mark is in November, the second month of the third quarter.
_BALLOT = (3, 1)
_ACCOUNTS = {"app_accounts_young_people": "young_people_accounts", "app_accounts_workers": "worker_accounts"}


def participation(story: Story, told: list[Quarter]) -> pd.DataFrame:
    """A count a month and measure, as at its last day; accounts grow evenly between the quarters' ends."""
    parameters = story.parameters
    rows = []
    for quarter in told:
        _, lasts = month_ends(quarter)
        year = parameters.of(quarter)["quality"]
        sent = parameters.by_month(quarter, "quality", "statements")
        shares = parameters.percent(quarter, "quality", "good_news_statements_percent")
        for place, day in enumerate(lasts):
            for measure, name in _ACCOUNTS.items():
                ends = year[name]
                before = parameters.years[quarter.shift(-1).year]["quality"][name][quarter.shift(-1).number - 1]
                now = before + (ends[quarter.number - 1] - before) * (place + 1) / 3
                rows.append((day, measure, parameters.scaled(now)))
            rows.append((day, "app_statements", sent[place]))
            rows.append((day, "app_good_news_statements", int(np.floor(sent[place] * shares[place] + 0.5))))
        if quarter.number == _BALLOT[0]:
            rows.append((lasts[_BALLOT[1]], "make_your_mark_votes", parameters.scaled(year["make_your_mark_votes"])))
    days, measure, value = (np.asarray(part) for part in zip(*rows, strict=True))
    return gather(days, {"date": days}, measure=measure.astype(object), value=value.astype(float))
