"""Rates, percentages and ratios, with nothing where there is nothing to divide by."""

from __future__ import annotations

import numpy as np

PER = 10_000


def ratio(numerator, denominator, per: float = 1.0) -> np.ndarray:
    """numerator / denominator x per, NaN where the denominator is 0 or missing. Arrays or scalars."""
    n, d = np.broadcast_arrays(np.asarray(numerator, float), np.asarray(denominator, float))
    return np.divide(n * per, d, out=np.full(n.shape, np.nan), where=(d != 0) & ~np.isnan(d))


def rate(count, population, per: float = PER) -> np.ndarray:
    """Events per `per` of the population."""
    return ratio(count, population, per)


def percent(part, whole) -> np.ndarray:
    """The part as a percentage of the whole."""
    return ratio(part, whole, 100)


def round_half_up(value, places: int = 0):
    """Rounds as official statistics do: a half goes up, away from nought. Arrays or scalars.

    Python's own `round` sends 2.5 to 2; the nudge keeps 66.65 (stored as 66.6499...) on the side that it was
    written on.
    """
    scaled = np.asarray(value, float) * 10**places
    rounded = np.sign(scaled) * np.floor(np.abs(scaled) + 0.5 + 1e-9) / 10**places
    return rounded if np.ndim(value) else float(rounded)
