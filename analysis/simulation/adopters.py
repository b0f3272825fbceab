"""Prospective adopters: those of the children's adoptions, others still waiting, and others who left."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.simulation.days import FAR, number, pick, stream
from analysis.simulation.parameters import Parameters
from analysis.simulation.rows import Gathered, gather, missing_where

_SEXES = {"MF": ("M", "F"), "MM": ("M", "M"), "FF": ("F", "F"), "F1": ("F",), "M1": ("M",)}


def adopters(parameters: Parameters, gathered: Gathered, seed: int, last_day: int) -> pd.DataFrame:
    """A row an adopter (two a couple), with the steps of assessment as days."""
    rng = stream(seed, "adopters")
    matched = gathered["adoptions"].dropna(subset=["matched_date"])
    days = {name: _numbers(matched[name]) for name in ("matched_date", "placed_date", "order_date")}
    homes = pd.DataFrame({"family": matched["family_id"], "sexes": matched["sex_of_adopters"], **days})
    homes = homes.groupby("family", as_index=False, sort=True).agg(
        sexes=("sexes", "first"), matched_date=("matched_date", "min"), placed_date=("placed_date", "min"),
        order_date=("order_date", "max"), children=("matched_date", "size"),
    )  # fmt: skip
    homes["sexes"] = homes["sexes"].fillna("MF")
    waiting = max(2, parameters.scaled(90))
    first = number(parameters.first_lived.start) + 400
    others = pd.DataFrame(
        {"family": [f"ADW{n + 1:04d}" for n in range(waiting)], "sexes": pick(rng, {"MF": 0.8, "F1": 0.1, "MM": 0.1}, waiting),
         "matched_date": FAR, "placed_date": FAR, "order_date": FAR, "children": 0}
    )  # fmt: skip
    approved = np.concatenate(
        [
            homes["matched_date"].to_numpy() - rng.integers(20, 300, len(homes)),
            rng.integers(first, last_day + 300, waiting),
        ]
    )
    homes = pd.concat([homes, others], ignore_index=True)
    count = len(homes)
    application = approved - rng.integers(15, 30, count)
    stage2_end = application - rng.integers(1, 10, count)
    stage2 = stage2_end - rng.integers(90, 130, count)
    stage1_end = stage2 - rng.integers(0, 60, count)
    stage1 = stage1_end - rng.integers(50, 75, count)
    enquiry = stage1 - rng.integers(10, 60, count)
    # Some of those without a child leave, a few of them before they are approved.
    leaving = (homes["children"].to_numpy() == 0) & (rng.random(count) < 0.7)
    left = np.where(leaving, stage1 + rng.integers(20, 700, count), FAR)
    steps = {"enquiry_date": enquiry, "stage1_start": stage1, "stage1_end": stage1_end, "stage2_start": stage2,
             "stage2_end": stage2_end, "application_date": application, "approved_date": approved}  # fmt: skip
    steps = {name: np.where(day > left, FAR, day) for name, day in steps.items()}
    steps |= {name: homes[name].to_numpy() for name in ("matched_date", "placed_date", "order_date")}
    steps["left_date"] = left
    people = np.repeat(np.arange(count), [len(_SEXES[s]) for s in homes["sexes"]])
    each = [sex for s in homes["sexes"] for sex in _SEXES[s]]
    total = len(people)
    return gather(
        steps["enquiry_date"][people], {name: day[people] for name, day in steps.items()},
        adopter_id=[f"SIMA{n + 1:05d}" for n in range(total)], family_id=homes["family"].to_numpy()[people], sex=each,
        ethnicity=pick(rng, {"WBRI": 0.95, "WOTH": 0.03, "AIND": 0.02}, total), disabled=rng.random(total) < 0.03,
        fostering_for_adoption=(rng.random(count) < 0.1)[people],
        children_placed=missing_where(homes["children"].to_numpy()[people], homes["placed_date"].to_numpy()[people] >= FAR),
        left_reason=missing_where(pick(rng, {"1": 0.7, "2": 0.2, "3": 0.1}, count)[people], left[people] >= FAR),
    )  # fmt: skip


def _numbers(dates: pd.Series) -> np.ndarray:
    days = dates.to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), FAR, days.astype(np.int64))
