"""Episodes of care in memory, for reviews of children looked after."""

from __future__ import annotations

import pandas as pd

from analysis.indicators.evidence import Evidence
from analysis.records.history import Known
from analysis.reference.quarters import Quarter

NOW = Quarter.parse("2017-18-Q4")
EPISODE = {"reason_new": "S", "legal_status": "C2", "need": "N1", "placement": "U6", "provider": "PR1", "end_date": None,
           "reason_ended": None, "reason_change": None, "home_postcode": None, "placement_postcode": None, "urn": None}  # fmt: skip


def evidence(*episodes, children=(), **tables) -> Evidence:
    """Episodes as (child, start, {other columns}); children as (child, date of birth)."""
    rows = pd.DataFrame(
        [{**EPISODE, "child_id": child, "start_date": start, **more} for child, start, more in episodes]
    )
    for name in ("start_date", "end_date"):
        rows[name] = pd.to_datetime(rows[name]).astype("datetime64[us]")
    text = [name for name in rows.columns if not name.endswith("_date")]
    born = pd.DataFrame(children, columns=["child_id", "date_of_birth"])
    born = born.assign(date_of_birth=pd.to_datetime(born["date_of_birth"])).astype({"child_id": "string"})
    held = {"care_episodes": rows.astype(dict.fromkeys(text, "string")), "children": born, **tables}
    return Evidence(Known.from_tables(held))
