"""Charts for what happens seldom: counts with exact Poisson limits, and the time from one event to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.methods import control_charts

XMR, COUNTS, TIMES = "xmr", "counts", "times"
# Below this mean, months with none are the rule and a count says little: the time between events says more.
SMALLEST_MEAN_FOR_COUNTS = 1
# With fewer times than this between events their usual length isn't known.
FEWEST_TIMES = 8
# Beyond each limit of an XmR chart lies this share of a normal distribution: three standard deviations.
TAIL = 0.00135
# Nelson's power: it makes times between events that come at random nearly symmetrical.
POWER = 1 / 3.6
# The chance of 7 heads in a row: how unlikely a run on one side of the mean must be, whatever the odds of that side.
RUN_CHANCE = 0.5**control_charts.RUN


@dataclass(frozen=True)
class CountChart:
    """A chart of counts, an entry a point in each array; `side` and `segment` as in `control_charts.XmR`.

    `trial` marks stretches with fewer than 13 points to set their mean.
    """

    values: np.ndarray
    mean: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    segment: np.ndarray
    side: np.ndarray
    outside: np.ndarray
    shift: np.ndarray
    trial: np.ndarray

    @property
    def special(self) -> np.ndarray:
        return self.outside | self.shift


def suited(values) -> str:
    """The chart that suits counts: XMR from a mean of 5, COUNTS from 1, TIMES (between events) below."""
    y = np.asarray(values, float)
    if not control_charts.small_counts(y):
        return XMR
    return COUNTS if y.mean() >= SMALLEST_MEAN_FOR_COUNTS else TIMES


def count_chart(values, *, rebase_at: Sequence[int] = ()) -> CountChart:
    """A c chart with exact limits.

    Question: do small counts vary as chance alone makes them?
    Method: the mean, and the Poisson counts beyond which lies no more than `TAIL` on either side. A point is marked when it
    is outside, or one of a run on one side of the mean that is as unlikely as 7 heads in a row, with the odds of that
    side for a skewed count.
    Traps: things that come together (brothers and sisters) are more scattered than Poisson's, and are marked too often;
    with a mean under about 6 nothing can fall below the lower limit.
    Source: Montgomery, Introduction to Statistical Quality Control, chapter 7; exact limits in place of 3 square roots.

    `values`: whole numbers in order of time. `rebase_at`: positions at which a new stretch begins. Raises ValueError for
    missing or negative values, and a rebase that isn't inside the series.
    """
    y = np.asarray(values, float)
    if np.isnan(y).any() or (y < 0).any():
        raise ValueError("counts can't be missing or negative; fill or leave out those periods first")
    starts = sorted({0, *rebase_at})
    if y.size and (starts[0] < 0 or starts[-1] >= y.size):
        raise ValueError(f"a rebase must lie inside the series (0 to {y.size - 1})")
    edges = zip(starts, [*starts[1:], y.size], strict=True)
    parts = [_stretch(y[first:last], number) for number, (first, last) in enumerate(edges)]
    return CountChart(
        **{name: np.concatenate([part[name] for part in parts]) for name in CountChart.__dataclass_fields__}
    )


def _stretch(y: np.ndarray, number: int) -> dict[str, np.ndarray]:
    centre = float(y.mean()) if y.size else float("nan")
    lower, upper = poisson_limits(centre) if y.size else (np.nan, np.nan)
    side = np.sign(np.where(np.isclose(y, centre), 0.0, y - centre)).astype(int)
    above, below = _odds(centre)
    shift = _long_runs(side == 1, above) | _long_runs(side == -1, below)
    level = {"mean": centre, "lower": lower, "upper": upper, "segment": number}
    return {
        **{name: np.full(y.size, value) for name, value in level.items()}, "values": y, "side": side,
        "outside": (y < lower) | (y > upper), "shift": shift,
        "trial": np.full(y.size, y.size < control_charts.FEWEST_FOR_FIRM_LIMITS),
    }  # fmt: skip


def poisson_limits(mean: float, tail: float = TAIL) -> tuple[int, int]:
    """The least and the greatest count that chance gives: beyond each lies no more than `tail`."""
    counts = np.arange(int(mean + 10 * np.sqrt(mean) + 20))
    at_most = special.pdtr(counts, mean)
    upper = int(counts[at_most >= 1 - tail][0])
    lower = int((at_most <= tail).sum())
    return lower, upper


def _odds(mean: float) -> tuple[float, float]:
    """The chances of a Poisson count above and below its mean."""
    if not mean > 0:
        return 0.0, 0.0
    below = np.ceil(mean) - 1
    return 1 - float(special.pdtr(np.floor(mean), mean)), float(special.pdtr(below, mean)) if below >= 0 else 0.0


def _long_runs(marks: np.ndarray, chance: float) -> np.ndarray:
    if not 0 < chance < 1:
        return np.zeros(marks.size, bool)
    length = int(np.ceil(np.log(RUN_CHANCE) / np.log(chance) - 1e-9))
    return control_charts._runs(marks.astype(int), max(length, 2))


@dataclass(frozen=True)
class TimeChart:
    """A chart of times between events: `times`, and the mean and limits in the same unit (the lower one may be 0).

    `sooner` and `later` mark the times that are shorter or longer than chance gives, or in a run on that side.
    """

    times: np.ndarray
    mean: float
    lower: float
    upper: float
    sooner: np.ndarray
    later: np.ndarray
    trial: bool


def time_chart(times) -> TimeChart:
    """A t chart.

    Question: are rare events coming more or less often than they did?
    Method: Nelson's: times between events, which are skewed, to the power 1/3.6, on an XmR chart, and back.
    Traps: a chart of few events sees only great changes; events that come together count as one (give the days on
    which any happened); what has not ended yet, the time since the last event, isn't on it.
    Source: Nelson, Journal of Quality Technology 26 (1994), 87-94.

    `times`: numbers above 0 in order, none missing. Raises ValueError otherwise.
    """
    found = np.asarray(times, float)
    if not (found > 0).all():
        raise ValueError("times between events must be above 0; give the days on which any happened, each once")
    chart = control_charts.xmr(found**POWER)
    if not found.size:
        return TimeChart(found, *[float("nan")] * 3, *[np.zeros(0, bool)] * 2, True)
    mean, lower, upper = (float(max(one[0], 0.0) ** (1 / POWER)) for one in (chart.mean, chart.lower, chart.upper))
    marked = chart.outside | chart.shift
    return TimeChart(
        found, mean, lower, upper, marked & (chart.side < 0), marked & (chart.side > 0), bool(chart.trial[0])
    )


def times_between(days) -> np.ndarray:
    """Days from one day on which something happened to the next, those on which more happened counted once."""
    numbers = np.unique(np.asarray(days, "datetime64[D]").astype(int))
    return np.diff(numbers).astype(float)
