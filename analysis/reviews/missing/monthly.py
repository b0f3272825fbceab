"""Incidents and concerns month by month: one release for charts and tables, so that they withhold the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.findings import variation
from analysis.findings.variation import Judged
from analysis.indicators import exploitation
from analysis.methods import regularity
from analysis.methods.masks import certain
from analysis.reviews.missing.records import CARE, CONCERNS, HOME, INCIDENTS, MONTHS_SHOWN, by_month, incidents

if TYPE_CHECKING:
    from analysis.findings.review import Review

# What the local list of concerns calls it.
SEXUAL = "Sexual exploitation"
# The twelve months' sums stand in other tables.
_ADDS = Structure(within=["twelve"])
# A trend over more months than two years would hide how even they are; one time in a thousand is no accident.
_LONGEST, _TOO_REGULAR = 24, 0.001


@dataclass(frozen=True)
class Series:
    """Counts by month, each with its control chart; `charts` by column, `latest` the last twelve months as a table, `counts`
    what was counted (not released)."""

    charts: Mapping[str, Judged]
    latest: Released
    counts: Mapping[str, np.ndarray]


def missing(review: Review) -> Series:
    """Incidents from home and from care, the children they were, and interviews on return."""
    rows = review.evidence.once(incidents)
    home, care = rows[rows["place"] == HOME], rows[rows["place"] == CARE]
    over = rows[rows["end_date"].notna()]
    offered = over[over["return_interview_offered"].fillna(False).astype(bool)]
    taken = offered[offered["return_interview_accepted"].fillna(False).astype(bool)]
    days = {
        "home": home["date"], "care": care["date"], "home_children": _once_a_month(home), "care_children": _once_a_month(care),
        "over": over["date"], "offered": offered["date"], "taken_up": taken["date"],
    }  # fmt: skip
    what = {"home": "missing incidents from home", "care": "missing incidents from care"}
    return _series(review, by_month(review, INCIDENTS, days), list(days), what)


def concerns(review: Review) -> Series:
    """Concerns about sexual exploitation, and about any other kind."""
    rows = review.evidence.once(exploitation.concerns)
    sexual = certain(rows["concern"].astype("object") == SEXUAL)
    days = {"sexual": rows.loc[sexual, "date"], "other": rows.loc[~sexual, "date"]}
    return _series(
        review, by_month(review, CONCERNS, days), list(days), {"sexual": "concerns about sexual exploitation"}
    )


def _once_a_month(rows: pd.DataFrame) -> pd.Series:
    return rows.assign(month=rows["date"].dt.to_period("M")).drop_duplicates(["child_id", "month"])["date"]


def _series(review: Review, frame: pd.DataFrame, counts: list[str], what: Mapping[str, str]) -> Series:
    charts = {}
    for name, words in what.items():
        judged = variation.judge(review, frame[["month", name]].rename(columns={name: "n"}), words)
        marked = frame[["month", "twelve", name]].rename(columns={name: "n"})
        special = judged.data.frame["special"].to_numpy() if len(judged.data.frame) else []
        marked = marked.assign(special=pd.Series(special, index=marked.index, dtype="str"))
        # Each month beside the year that it is part of, whose sum is shown elsewhere.
        data = review.release(marked, counts=["n"], adds=_ADDS).only("month", "n", "special")
        charts[name] = replace(judged, data=data)
    latest = frame.tail(MONTHS_SHOWN).iloc[::-1].reset_index(drop=True).drop(columns="quarter")
    raw = {name: frame[name].to_numpy(float) for name in what}
    return Series(charts, review.release(latest, counts=counts, adds=_ADDS), raw)


def evenness(series: Series) -> list[str]:
    """The charts whose months vary less than chance alone makes them, which counts of real incidents hardly do."""
    latest = {name: counts[-_LONGEST:] for name, counts in series.counts.items()}
    return [
        name
        for name, counts in latest.items()
        if len(counts) >= MONTHS_SHOWN and regularity.too_regular(counts) < _TOO_REGULAR
    ]


def too_regular(series: Series) -> str:
    """`evenness` in a sentence."""
    words = {"home": "from home", "care": "from care"}
    told = [words[name] for name in evenness(series)]
    if not told:
        return "The months are no more even than chance would make them, so nothing suggests a fault in how incidents are counted."
    return (
        f"The months' incidents {' and '.join(told)} vary less than chance alone would make them, which incidents hardly ever do: how they "
        "are counted and recorded deserves a look before anything is read into small differences."
    )
