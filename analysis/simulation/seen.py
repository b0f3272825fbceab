"""What the returns of a run of quarters hold of child protection, without writing and reading them: for experiments that
simulate hundreds of authorities. A test holds it to what reading the returns gives."""

from __future__ import annotations

import pandas as pd

from analysis.records.history import Known
from analysis.reference.quarters import Quarter
from analysis.simulation.casework import casework
from analysis.simulation.days import number
from analysis.simulation.rows import final
from analysis.simulation.scenarios import Scenario
from analysis.simulation.truth import live

# Table to the date by which the census decides what it holds: what began in the period.
_BEGINNING = {"referrals": "date", "section47_enquiries": "start_date", "transfer_in_conferences": "date"}
_PLANS = "protection_plans"


def protection_seen(
    first: Quarter,
    last: Quarter,
    seed: int,
    *,
    scale: float = 1.0,
    vary: bool = False,
    scenario: Scenario | None = None,
) -> Known:
    """Referrals, enquiries, conferences of children moving in, and plans, as the deliveries of `first` to `last` tell
    them: what began in those quarters and was recorded by their end, the plans open at any time in them, and no date
    that lies beyond them."""
    begins, ends = pd.Timestamp(first.start), pd.Timestamp(last.end)
    gathered = casework(live(last, seed, scale, vary, scenario=scenario), number(last.end))
    tables = {}
    for name in (*_BEGINNING, _PLANS):
        rows, recorded = final(name, gathered[name])
        rows = rows[(recorded <= ends).to_numpy()]
        if name == _PLANS:
            seen = (rows["start_date"] <= ends) & ~(rows["end_date"] < begins).fillna(False)
        else:
            seen = rows[_BEGINNING[name]].between(begins, ends)
        tables[name] = _without_future(rows[seen.fillna(False).astype(bool)], ends)
    return Known.from_tables(tables)


def _without_future(rows: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    later = {name: rows[name].mask(rows[name] > last) for name in ("end_date", "conference_date") if name in rows}
    if "conference_date" in later:
        later["led_to_plan"] = rows["led_to_plan"].mask(later["conference_date"].isna())
    return rows.assign(**later)
