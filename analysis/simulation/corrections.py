"""A few values that the authority recorded wrongly, or not yet, and put right in the next quarter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.records.tables import TABLES
from analysis.reference.quarters import Quarter
from analysis.simulation.days import stream
from analysis.simulation.system import CORRECTIONS, keys_as_text

# (table, column, what it may have been): always a value that another row could have.
_SLIPS = (
    ("protection_plans", "initial_category", ("NEG", "EMO", "PHY")),
    ("referrals", "source", ("6", "2A", "1A")),
    ("care_episodes", "provider", ("PR1", "PR4", "PR5")),
    ("episodes_of_need", "primary_need", ("N1", "N4", "N5")),
)
# One in so many rows that start in a quarter.
_ONE_IN = 150
# Days into the next quarter until it is put right.
_DAYS = 20


def correct(
    tables: Mapping[str, pd.DataFrame], recorded: Mapping[str, pd.Series], quarters: tuple[Quarter, ...], seed: int
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """The tables as they are (right in the end), and the corrections: rows that start in a quarter before the last
    and whose value is put right twenty days into the next, while the next delivery still carries them."""
    rng = stream(seed, "corrections")
    found = []
    for name, column, values in _SLIPS:
        table, frame = TABLES[name], tables[name]
        keys = keys_as_text(table, frame)
        for quarter in quarters[:-1]:
            if quarter.number == 4:
                # Year-to-date returns of the next quarter may not reach back to a row that has ended.
                continue
            first, last = pd.Timestamp(quarter.start), pd.Timestamp(quarter.end)
            able = (frame[table.start] >= first) & (recorded[name] <= last) & frame[column].isin(values)
            place = np.flatnonzero(able.to_numpy())
            chosen = np.sort(rng.permutation(place)[: -(-len(place) // _ONE_IN)])
            for row in chosen:
                other = [value for value in values if value != frame[column].iat[row]]
                found.append((name, keys.iat[row], column, other[int(rng.integers(len(other)))],
                              last + pd.Timedelta(days=_DAYS)))  # fmt: skip
    return dict(tables), pd.DataFrame(found, columns=list(CORRECTIONS))


def ends_recorded_late(plans: pd.DataFrame, unrecorded: pd.DataFrame) -> pd.DataFrame:
    """Corrections for the plans (child_id, start_date) whose end was entered after the quarter in which it came: until
    then the system had them open. Annex A still lists a plan that ended up to six months before, so the end arrives."""
    rows = plans.merge(unrecorded, on=["child_id", "start_date"])
    day_after = rows["end_date"].dt.to_period("Q").dt.end_time.dt.normalize() + pd.Timedelta(days=_DAYS)
    return pd.DataFrame(
        {
            "table": "protection_plans",
            "key": keys_as_text(TABLES["protection_plans"], rows),
            "column": "end_date",
            "earlier": pd.NaT,
            "corrected_on": day_after,
        },
        columns=list(CORRECTIONS),
    )
