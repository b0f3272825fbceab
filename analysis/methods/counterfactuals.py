"""What a stock would have been, had things ended or begun as they did at another time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.methods import hazards
from analysis.methods.intervals import CONFIDENCE


@dataclass(frozen=True)
class Stock:
    """A stock that might have been: what is expected, and between what it would have lain."""

    expected: float
    lower: float
    upper: float


def still_going(entered, times, hazard: np.ndarray, edges: Sequence[float]) -> np.ndarray:
    """The chance that each spell is going at each time, under a hazard by age from time 0 on.

    Question: of what was open when the clock starts and of what began after, how much would still be open?
    Method: a spell begun before time 0 is known to have lasted until then, so only the hazard from its age at
    time 0 counts; one begun later counts from its own start. Trap: it supposes that the hazard hangs on age
    alone, and that who began isn't changed by how many ended.

    `entered`: when each spell began, in the hazard's unit of time, below 0 for those open at the start.
    `times`: 0 or later. `hazard`: (bands,). Gives (spells, times): 0 before a spell has begun.
    """
    begun, when = np.asarray(entered, float)[:, None], np.asarray(times, float)[None, :]
    if np.any(when < 0):
        raise ValueError("times must not lie before the clock starts")
    age_now, age_then = np.clip(-begun, 0.0, None), np.clip(when - begun, 0.0, None)
    lasts = hazards.lasting(hazard, edges, np.minimum(age_now, age_then), age_then)
    return np.where(when >= begun, lasts, 0.0)


def expected_path(entered, times, hazard: np.ndarray, edges: Sequence[float]) -> np.ndarray:
    """The stock expected at each of `times`: the sum of the chances in `still_going`."""
    return still_going(entered, times, hazard, edges).sum(axis=0)


def stock_at(entered, clusters, time: float, hazard: np.ndarray, edges: Sequence[float], seed: int | np.random.Generator,
             *, weights: np.ndarray | None = None, confidence: float = CONFIDENCE) -> Stock:  # fmt: skip
    """The stock at one time, with an interval for what isn't known of the hazard and for chance.

    Method: each draw of `hazard` gives each spell its chance; the members of a cluster then stay or go by one throw
    together, as brothers and sisters mostly do. Trap: members who go separately make the truth narrower than this.

    `hazard`: (draws, bands), of a bootstrap. `clusters`: a label a spell. `weights`: (draws, spells), how often each
    spell came about in each draw; once where it isn't given. `expected` is the mean over draws.
    """
    begun = np.asarray(entered, float)
    age_now, age_then = np.clip(-begun, 0.0, None), np.clip(time - begun, 0.0, None)
    chance = hazards.lasting(hazard, edges, np.minimum(age_now, age_then), age_then)
    chance = np.where(begun <= time, chance, 0.0)
    times = np.ones_like(chance) if weights is None else weights
    drawn = ((thrown(clusters, len(chance), seed) < chance) * times).sum(axis=1)
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Stock(float((chance * times).sum(axis=1).mean()), float(low), float(high))


def thrown(clusters, draws: int, seed: int | np.random.Generator) -> np.ndarray:
    """A number between 0 and 1 for each row and draw, the same for all of a cluster: (draws, rows)."""
    _, codes = np.unique(np.asarray(clusters), return_inverse=True)
    number = int(codes.max()) + 1 if codes.size else 0
    return np.random.default_rng(seed).random((draws, number))[:, codes]
