"""Small invented worlds for the growth review's tests: plans, the children and enquiries behind them, and a review of them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from analysis.findings.review import Review
from analysis.records.history import Known
from analysis.reference.project import Authority
from analysis.reference.quarters import Quarter

TEAMS = {"North Team": "North", "South Team": "South", "County Team": ""}
AUTHORITY = Authority("999", "E00000999", "Testshire", "Board", localities=("North", "South"), teams=TEAMS)
NOW = Quarter(2018, 4)


def review(tables: dict[str, pd.DataFrame], audience: str = "internal", quarter: Quarter = NOW) -> Review:
    known = Known.from_tables(tables, kinds=("annex_a",), quarter=quarter)
    return Review("child-protection-growth", AUTHORITY, quarter, audience, known, show=lambda _: None)


def plans(rows: list[dict]) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    for name in ("start_date", "end_date", "referral_date"):
        frame[name] = pd.to_datetime(frame[name]) if name in frame else pd.NaT
    return frame


def two_years(seed: int, before: int, after: int, *, neglect: tuple[float, float] = (0.5, 0.5),
              south: tuple[float, float] = (0.5, 0.5), until: Quarter = NOW) -> pd.DataFrame:  # fmt: skip
    """Families of one to three whose plans begin together, in the year to `until` and the year before it."""
    rng, rows = np.random.default_rng(seed), []
    for late, families in ((False, before), (True, after)):
        first = until.shift(-3 if late else -7).start
        for family in range(families):
            day = first + dt.timedelta(days=int(rng.integers(0, 364)))
            category = "NEG" if rng.random() < neglect[late] else rng.choice(["EMO", "PHY"])
            team = "South Team" if rng.random() < south[late] else "North Team"
            length = int(rng.integers(60, 500))
            for child in range(int(rng.integers(1, 4))):
                rows.append({
                    "child_id": f"C{late:d}{family:04d}{child}", "start_date": day, "initial_category": category,
                    "end_date": day + dt.timedelta(days=length) if day + dt.timedelta(days=length) <= until.end else None,
                    "referral_date": day - dt.timedelta(days=int(rng.integers(10, 20)) if child == 0 else 0),
                    "previous_plans": 0, "team": team,
                })  # fmt: skip
                if child:
                    rows[-1]["referral_date"] = rows[-2]["referral_date"]
    return plans(rows)
