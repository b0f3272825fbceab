"""Whether a hazard ratio holds for as long as things last, or is only an average over a changing one."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc


def changing(columns, duration, ended, entry, log_ratios) -> np.ndarray:
    """For each column of a fitted Cox model, the p-value of its ratio not changing over time.

    Question: are those with it as many times faster to end late as they are early?
    Method: a Schoenfeld residual, at each end, is what the one who ended has of a column less what those at risk had
    on average, weighted by their hazard; scaled by the model's covariance, its slope on the rank of time is nought
    where the ratio holds (chi-squared on one degree of freedom). Trap: it sees a steady drift; a ratio that rises and
    falls again can pass. With many columns some p-values are small by chance: allow for it.
    Source: Grambsch and Therneau, Biometrika 81 (1994), 515-526; Schoenfeld, Biometrika 69 (1982), 239-241.

    `columns` (rows, columns), `log_ratios` a coefficient a column (`proportional_hazards.cox`). NaN where a column
    can't be told from the others. Raises ValueError where nothing ended.
    """
    x, time, over = np.asarray(columns, float), np.asarray(duration, float), np.asarray(ended, bool)
    late, beta = np.asarray(entry, float), np.asarray(log_ratios, float)
    if not over.any():
        raise ValueError("nothing ended, so there is nothing that could change")
    x = x - x.mean(axis=0)
    when, deaths = np.unique(time[over], return_counts=True)
    weight = np.exp(x @ beta)

    def at_risk(values: np.ndarray) -> np.ndarray:
        """Summed over those at risk at each time: entered before it, less stopped before it."""
        totals = []
        for clock in (late, time):
            order = np.argsort(clock, kind="stable")
            running = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values[order], axis=0)])
            totals.append(running[np.searchsorted(clock[order], when, side="left")])
        return totals[0] - totals[1]

    sums = at_risk(weight[:, None] * np.column_stack([np.ones(len(x)), x]))
    mean = sums[:, 1:] / sums[:, :1]
    hazard = np.r_[0.0, np.cumsum(deaths / sums[:, 0])]
    exposed = hazard[np.searchsorted(when, time, side="right")] - hazard[np.searchsorted(when, late, side="right")]
    information = (x * (weight * exposed)[:, None]).T @ x - (mean * deaths[:, None]).T @ mean
    inverse = np.linalg.pinv(information)
    place = np.searchsorted(when, time[over])
    residuals = x[over] - mean[place]
    # Ends on one day share the middle of their ranks.
    rank = (np.cumsum(deaths) - (deaths - 1) / 2)[place]
    rank = rank - rank.mean()
    number = len(rank)
    slope = rank @ (residuals @ inverse) * number
    with np.errstate(divide="ignore", invalid="ignore"):
        return chdtrc(1, slope**2 / (number * np.diag(inverse) * (rank**2).sum()))
