"""Care proceedings: from the letter before proceedings to the final order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.simulation.rows import gather
from analysis.simulation.story import Story


def proceedings(story: Story, episodes: pd.DataFrame) -> pd.DataFrame:
    """An application for each interim care order: it ends with the order that follows, siblings in one case."""
    ordered = episodes.sort_values(["child_id", "start_date"], kind="stable").reset_index(drop=True)
    before = ordered.groupby("child_id")["legal_status"].shift(1)
    applied = ordered[(ordered["legal_status"] == "C1") & (before != "C1")]
    family = dict(zip(story.population.identifier, story.population.family, strict=True))
    applied = applied.assign(family=applied["child_id"].map(family), day=applied["start_date"])
    decided = ordered[ordered["legal_status"].isin(["C2", "E1"])]
    ended = ordered[ordered["end_date"].notna() & (ordered["reason_ended"] != "X1")]
    concluded, outcome = [], []
    by_order = dict(iter(decided.groupby("child_id")))
    by_end = dict(iter(ended.groupby("child_id")))
    named = {"C2": "care_order", "E1": "placement_order"}
    for child, day in zip(applied["child_id"], applied["day"], strict=True):
        orders, ends = by_order.get(child), by_end.get(child)
        order = orders[orders["start_date"] > day].head(1) if orders is not None else ()
        end = ends[ends["end_date"] > day].head(1) if ends is not None else ()
        if len(order) and (not len(end) or order["start_date"].iloc[0] <= end["end_date"].iloc[0]):
            concluded.append(order["start_date"].iloc[0])
            outcome.append(named[order["legal_status"].iloc[0]])
        elif len(end):
            concluded.append(end["end_date"].iloc[0])
            guarded = end["reason_ended"].iloc[0] in ("E43", "E44", "E45", "E46", "E47", "E48")
            outcome.append("special_guardianship" if guarded else "supervision_order")
        else:
            concluded.append(pd.NaT)
            outcome.append(pd.NA)
    case = applied["family"].astype(str) + " " + applied["day"].dt.strftime("%Y%m%d")
    numbers = {name: n for n, name in enumerate(sorted(case.unique()), start=1)}
    days = applied["day"].to_numpy().astype("datetime64[D]").astype(np.int64)
    frame = gather(
        days, {"pre_proceedings_date": days - case.map(numbers).to_numpy() % 130 - 15, "application_date": days},
        case_id=[f"CP{numbers[name]:05d}" for name in case], child_id=applied["child_id"].to_numpy(),
        application="care_order", outcome=np.asarray(outcome, dtype=object),
    )  # fmt: skip
    return frame.assign(conclusion_date=pd.to_datetime(pd.Series(concluded, dtype="datetime64[us]")))
