"""Cases weighed by kind: how much of the work each kind is, and whether the weights decide the answer.

The weights are the authority's policy (data/reference/workload_weights.csv), read in one place (`indicators.caseloads`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import number
from analysis.indicators import caseloads
from analysis.indicators.definition import STOCK, period
from analysis.reference.quarters import Quarter
from analysis.reviews.workforce.caseloads import signed

if TYPE_CHECKING:
    from analysis.findings.review import Review

# How far each weight may lie from one, beside how far it does: not at all (cases merely counted), half, and half as much again.
STRETCHES = (0.0, 0.5, 1.0, 1.5)


def kinds(review: Review, quarter: Quarter) -> pd.Series | None:
    """Open cases with a worker at a quarter's end, by kind; None without a list of that day."""
    rows = review.evidence.once(caseloads.cases, period(STOCK, quarter))
    if rows is None:
        return None
    rows = rows[rows["worker"].notna()]
    return rows["kind"].value_counts().reindex(list(caseloads.weights()), fill_value=0).astype("Int64")


def table(review: Review) -> Released:
    """A row a kind: `label`, `weight`, `why`, `cases` now and `year_ago`, and each kind's share of cases and of the weight."""
    policy = caseloads.policy()
    now, before = (kinds(review, quarter) for quarter in (review.quarter, review.quarter.shift(-4)))
    frame = pd.DataFrame({
        "label": pd.Series(list(policy["label"]), dtype="str"), "weight": [f"{one:g}" for one in policy["weight"]],
        "why": pd.Series([f"{why} ({source})" for why, source in zip(policy["why"], policy["source"], strict=True)], dtype="str"),
    })  # fmt: skip
    empty = pd.array([pd.NA] * len(frame), dtype="Int64")
    frame = frame.assign(
        cases=empty if now is None else now.to_numpy(), year_ago=empty if before is None else before.to_numpy()
    )
    cases = frame["cases"].to_numpy(float, na_value=np.nan)
    weighed = cases * policy["weight"].to_numpy(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        frame = frame.assign(of_cases=100 * cases / cases.sum(), of_work=100 * weighed / weighed.sum())
    totals = {column: int(found.sum()) for column, found in (("cases", now), ("year_ago", before)) if found is not None}
    out = review.release(
        frame,
        counts=["cases", "year_ago"],
        derived={"of_cases": ["cases"], "of_work": ["cases"]},
        adds=Structure(totals=totals),
    )
    return out


def changes(review: Review) -> list[float] | None:
    """By how many per cent the workload of a worker moved in a year, for each of STRETCHES; None where a day has no list."""
    found = []
    for quarter in (review.quarter.shift(-4), review.quarter):
        by_kind, workers = kinds(review, quarter), review.evidence.once(caseloads.by_worker, period(STOCK, quarter))
        if by_kind is None or workers is None or workers.empty:
            return None
        found.append(_loads(by_kind.to_numpy(float), len(workers)))
    then, now = found
    return [100 * (b / a - 1) for a, b in zip(then, now, strict=True)]


def _loads(by_kind: np.ndarray, workers: int) -> list[float]:
    weights = np.array(list(caseloads.weights().values()))
    return [float((by_kind * stretched(weights, k)).sum() / workers) for k in STRETCHES]


def stretched(weights: np.ndarray, by: float) -> np.ndarray:
    """Weights moved towards one or away from it; none falls below nought."""
    return np.clip(1 + by * (weights - 1), 0, None)


def in_words(review: Review) -> str:
    """Whether other weights would tell of another change, in a sentence."""
    found, released = changes(review), table(review)
    if found is None:
        return "Workload can't be set beside a year ago: Annex A has no list of open cases for one of the days."
    if released.anything_withheld:
        return "Some kinds of case are too few to tell how much the weights matter."
    low, high = (number(abs(one), "percent") for one in sorted((min(found), max(found)), key=abs))
    same_way = min(found) > 0 or max(found) < 0
    if not same_way:
        return (
            "Whether a worker's load rose or fell since a year ago depends on the weights: with cases merely counted it moved by "
            f"{signed(found[0], 'percent')}, with the weights as they are by {signed(found[2], 'percent')}. It is as good as unchanged."
        )
    way = "rose" if min(found) > 0 else "fell"
    between = f"by {low}" if low == high else f"by between {low} and {high}"
    return (
        f"A worker's load {way} since a year ago, {between}, whether cases are merely counted or weighed by kind, with half the "
        "extra weight for harder kinds or with half as much again: the weights don't decide the answer."
    )
