"""Chances, and whether they come true: a logistic model kept from extremes, and how its chances did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, ndtri

from analysis.methods import intervals

_STEPS, _CLOSE = 50, 1e-9


@dataclass(frozen=True)
class Logistic:
    """A fitted model: the intercept and a coefficient a column (of the columns as given)."""

    intercept: float
    coefficients: np.ndarray

    def chance(self, columns) -> np.ndarray:
        """The chance for each row of `columns` (rows, columns)."""
        return expit(self.intercept + np.asarray(columns, float) @ self.coefficients)


def logistic(columns, outcome, penalty: float = 1.0) -> Logistic:
    """A logistic model with a ridge penalty.

    Question: what chance goes with each combination of what was known beforehand?
    Method: maximum likelihood less `penalty` / 2 times the sum of squared coefficients, by Newton's method; the
    intercept isn't penalised, so that chances add up to what happened. Columns are taken as they are: give them on
    scales on which a step of one means about as much (yes or no, say). A column that never varies gets nought.
    Trap: with a penalty, coefficients lie closer to nought than the data say; it is for chances, not for explaining.
    Source: le Cessie and van Houwelingen, Applied Statistics 41 (1992), 191-201. Without penalty it equals statsmodels'
    Logit, which can't be fitted where a column settles the outcome.

    `columns` (rows, columns), `outcome` true or false a row. Raises ValueError where the outcome never varies.
    """
    x, y = np.asarray(columns, float), np.asarray(outcome, float)
    if not len(y) or y.min() == y.max():
        raise ValueError("the outcome is the same for every row, so nothing can be learnt from it")
    design = np.column_stack([np.ones(len(y)), x])
    held = np.r_[0.0, np.full(x.shape[1], penalty)]
    # A column that is constant would make the system singular where there is no penalty.
    vary = np.r_[True, x.std(axis=0) > 0]
    design, held = design[:, vary], held[vary]
    beta = np.r_[np.log(y.mean() / (1 - y.mean())), np.zeros(design.shape[1] - 1)]
    for _ in range(_STEPS):
        chance = expit(design @ beta)
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(held)
        step = np.linalg.solve(curve, design.T @ (y - chance) - held * beta)
        beta = beta + np.clip(step, -3, 3)
        if np.abs(step).max() < _CLOSE:
            break
    whole = np.zeros(x.shape[1] + 1)
    whole[vary] = beta
    return Logistic(float(whole[0]), whole[1:])


@dataclass(frozen=True)
class Skill:
    """How chances did: `brier` against `base`, the score of giving everybody the same chance; `skill`, the part of
    `base` that they do away with (0: no better; below 0: worse), with 95% limits over clusters; `discrimination`,
    how often somebody to whom it happened had the higher chance (0.5: a coin's toss)."""

    brier: float
    base: float
    skill: float
    lower: float
    upper: float
    discrimination: float


def skill(chance, outcome, base, cluster=None, confidence: float = intervals.CONFIDENCE) -> Skill:
    """Whether chances given beforehand say more than a base rate does.

    Question: are these chances better than telling everybody the average?
    Method: Brier's score is the mean squared difference between chance and outcome; one minus its ratio to that of
    the `base` rate (known beforehand too) is the skill. Its limits linearise the ratio and sum over clusters.
    Trap: where events are rare both scores are small, and a useful model has a skill of a few hundredths.
    Source: Brier, Monthly Weather Review 78 (1950), 1-3.

    `base`: one rate, or one a row. Raises ValueError where there are no rows or a chance isn't within 0 and 1.
    """
    p, y = np.asarray(chance, float), np.asarray(outcome, float)
    b = np.broadcast_to(np.asarray(base, float), p.shape)
    if not p.size:
        raise ValueError("there are no chances to judge")
    if p.min() < 0 or p.max() > 1:
        raise ValueError("a chance lies within 0 and 1")
    own, usual = (p - y) ** 2, (b - y) ** 2
    brier, told = float(own.mean()), float(usual.mean())
    if told == 0:
        return Skill(brier, told, *[float("nan")] * 3, _discrimination(p, y))
    ratio = brier / told
    part = (own - ratio * usual) / (told * len(p))
    groups = np.arange(len(p)) if cluster is None else pd.factorize(np.asarray(cluster, object))[0]
    summed = np.bincount(groups, part)
    wider = len(summed) / (len(summed) - 1) if len(summed) > 1 else float("nan")
    reach = float(ndtri(0.5 + confidence / 2) * np.sqrt(wider * (summed**2).sum()))
    return Skill(brier, told, 1 - ratio, 1 - ratio - reach, 1 - ratio + reach, _discrimination(p, y))


def table(chance, outcome, bands: int = 5) -> pd.DataFrame:
    """Chances in bands of about equal size, beside what happened.

    Question: of those given a chance of 1 in 10, did it happen to 1 in 10?
    Method: rows are put in order of chance and cut at quantiles (equal chances stay together); Wilson's interval for
    what happened. Trap: a row a person and time, so that a person counts several times and the intervals are a little
    too narrow; many bands of few people show noise.

    Columns: band (from 1, the lowest chances), n, expected (the sum of chances), happened, expected_share,
    happened_share, lower, upper (proportions).
    """
    p, y = np.asarray(chance, float), np.asarray(outcome, float)
    edges = np.unique(np.quantile(p, np.linspace(0, 1, bands + 1)[1:-1])) if p.size else np.array([])
    codes = np.searchsorted(edges, p, side="left")
    _, codes = np.unique(codes, return_inverse=True)
    n = np.bincount(codes)
    expected, happened = np.bincount(codes, p), np.bincount(codes, y)
    lower, upper = intervals.wilson(happened, n)
    return pd.DataFrame(
        {
            "band": np.arange(1, len(n) + 1),
            "n": n.astype(int),
            "expected": expected,
            "happened": happened.astype(int),
            "expected_share": expected / n,
            "happened_share": happened / n,
            "lower": lower,
            "upper": upper,
        }
    )


def _discrimination(p: np.ndarray, y: np.ndarray) -> float:
    """The area under the curve, by ranks; ties count a half."""
    ones, noughts = int(y.sum()), int(len(y) - y.sum())
    if not ones or not noughts:
        return float("nan")
    ranks = pd.Series(p).rank().to_numpy()
    return float((ranks[y > 0].sum() - ones * (ones + 1) / 2) / (ones * noughts))
