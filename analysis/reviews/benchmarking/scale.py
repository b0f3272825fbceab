"""Measures of different units on one scale: how far along the way from England's figure to the limits a figure lies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.methods.funnel_plots import Funnel
from analysis.reviews.benchmarking.standing import PER, Standing

if TYPE_CHECKING:
    from analysis.findings.review import Review

_COLUMNS = ["label", "chance_low", "chance_high", "published", "now", "numerator", "denominator"]


def part_of_the_way(plot: Funnel, value: float, size: float) -> tuple[float, float, float]:
    """Where a value lies, and the limits of chance alone: 0 is the target, 1 and -1 the outer limits of chance with usual
    differences, at that size."""
    chance, usual = (plot.limits([size], adjusted=way)[-1, :, 0] for way in (False, True))
    return tuple(_along(one, plot.target, usual) for one in (value, *chance))


def _along(value: float, target: float, limits: np.ndarray) -> float:
    way = limits[1] - target if value >= target else target - limits[0]
    return float((value - target) / way) if way > 0 else 0.0


def released(review: Review, found: Sequence[Standing]) -> Released:
    """The measures whose usual differences are known, on one scale, as the audience may see them: a published figure is
    known to everyone, the latest rests on its own counts."""
    rows = [_row(one) for one in found if one.published is not None and one.usual_known]
    frame = pd.DataFrame(rows, columns=_COLUMNS).astype({"label": "str", **dict.fromkeys(_COLUMNS[1:], "float64")})
    return review.release(
        frame, counts=["numerator", "denominator"],
        derived={"now": ["numerator", "denominator"], **dict.fromkeys(_COLUMNS[1:4], ())},
    ).only(*_COLUMNS[:5])  # fmt: skip


def _row(one: Standing) -> tuple:
    plot, place = one.field.funnel, one.field.place
    published, low, high = part_of_the_way(plot, plot.value[place], plot.size[place])
    now = np.nan
    if one.now is not None:
        now = part_of_the_way(plot, one.row["value"] / PER[one.field.unit], max(1.0, round(one.row["denominator"])))[0]
    return one.about.title, low, high, published, now, one.row["numerator"], one.row["denominator"]
