"""XmR control charts by the rules of NHS Making Data Count: limits, special causes, assurance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Mean moving range to three standard deviations: 3 / 1.128 (Shewhart's d2 for pairs), as the NHS tools round it.
LIMIT = 2.66
# The near limit lies two thirds of the way to the limit.
NEAR = 2 / 3
# A moving range beyond this many mean moving ranges is screened out: D4 of a chart of ranges of pairs.
SCREEN = 3.267
# Points in a run: rising or falling throughout, or all on one side of the mean.
RUN = 7
# With fewer points the limits still move a good deal with each new one.
FEWEST_FOR_FIRM_LIMITS = 13
# The largest of the differences at every place, in standard errors, that one series in a hundred without a change has.
CHANGE_POINT = 3.6
# Below this mean, counts are too skewed for symmetrical limits; use a chart for rare events.
SMALLEST_MEAN_COUNT = 5


@dataclass(frozen=True)
class XmR:
    """A control chart, an entry a point in each array.

    `outside`, `trend`, `two_of_three` and `shift` say which rule marks a point; every member of a run is
    marked. `special` is any of them. `side` is 1 above the mean, -1 below, 0 on it. `segment` numbers the
    stretches between rebases. `trial` marks points of a stretch with fewer than 13 points to set limits.
    """

    values: np.ndarray
    mean: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    near_lower: np.ndarray
    near_upper: np.ndarray
    segment: np.ndarray
    side: np.ndarray
    outside: np.ndarray
    trend: np.ndarray
    two_of_three: np.ndarray
    shift: np.ndarray
    trial: np.ndarray

    @property
    def special(self) -> np.ndarray:
        return self.outside | self.trend | self.two_of_three | self.shift

    @property
    def rule(self) -> np.ndarray:
        """The first rule, in order of precedence, that marks each point; empty for common cause."""
        return np.select(
            [self.outside, self.trend, self.two_of_three, self.shift],
            ["outside limits", "trend", "two of three near a limit", "shift"],
            default="",
        )


def xmr(values, *, screen_outliers: bool = True, rebase_at: Sequence[int] = (), fix_after: int | None = None,
        whole_three_on_one_side: bool = False) -> XmR:  # fmt: skip
    """An XmR chart.

    Question: does the series vary as it always has, or has something happened?
    Method: centre = mean; limits = mean -/+ 2.66 mean moving ranges. A point is special cause when it is
    outside the limits; one of 7 rising or falling without a break; one of two in three consecutive points
    beyond two thirds of the way to the same limit; or one of 7 consecutive on one side of the mean. The
    rules, like the limits, start afresh at each rebase.
    Traps: small counts (see `small_counts`); limits of few points are trials; a stock that is this month's
    starts on top of last month's stock isn't independent from point to point, and breaks rules by drifting.
    Source: NHS England, Making Data Count; constants and screening as NHSRplotthedots has them.

    `values`: numbers in order of time, none missing. `rebase_at`: positions at which a new stretch begins.
    `screen_outliers`: leaves moving ranges of 3.267 mean moving ranges or more out of the limits, once
    (NHSRplotthedots does, NHS England's spreadsheet doesn't). `fix_after`: limits come from each stretch's
    first so many points. `whole_three_on_one_side`: the two-of-three rule also wants the third point on that
    side of the mean and counts no point outside the limits, as NHSRplotthedots does.

    Raises ValueError for missing values, or a rebase that isn't inside the series.
    """
    y = np.asarray(values, float)
    if np.isnan(y).any():
        raise ValueError("a control chart can't have missing values; fill or leave out those periods first")
    starts = sorted({0, *rebase_at})
    if y.size and (starts[0] < 0 or starts[-1] >= y.size):
        raise ValueError(f"a rebase must lie inside the series (0 to {y.size - 1})")
    edges = list(zip(starts, [*starts[1:], y.size], strict=True))
    stretches = [
        _stretch(y[first:last], number, screen_outliers, fix_after, whole_three_on_one_side)
        for number, (first, last) in enumerate(edges)
    ]
    joined = {name: np.concatenate([getattr(s, name) for s in stretches]) for name in XmR.__dataclass_fields__}
    return XmR(**joined)


def _stretch(y: np.ndarray, number: int, screen: bool, fix_after: int | None, whole_three: bool) -> XmR:
    basis = y if fix_after is None else y[:fix_after]
    centre = basis.mean() if basis.size else np.nan
    ranges = np.abs(np.diff(basis))
    if screen and ranges.size:
        kept = ranges[ranges < SCREEN * ranges.mean()]
        # Where nearly every point is the same, screening would leave limits of no width and mark them all.
        ranges = kept if kept.any() else ranges
    reach = LIMIT * ranges.mean() if ranges.size else np.nan
    # In a flat series, floating point must not put the points beside their own mean.
    deviation = np.where(np.isclose(y, centre, rtol=1e-12, atol=0), 0.0, y - centre)
    side = np.sign(deviation).astype(int)
    outside = np.abs(deviation) > reach * (1 + 1e-12)
    beyond = np.abs(deviation) > NEAR * reach * (1 + 1e-12)
    if whole_three:
        beyond &= ~outside

    def level(at: float) -> np.ndarray:
        return np.full(y.size, at)

    return XmR(
        y, level(centre), level(centre - reach), level(centre + reach), level(centre - NEAR * reach),
        level(centre + NEAR * reach), np.full(y.size, number), side, outside, _trend(y),
        _two_of_three(beyond, side, whole_three), _runs(side),
        np.full(y.size, basis.size < FEWEST_FOR_FIRM_LIMITS),
    )  # fmt: skip


def _runs(signs: np.ndarray, length: int = RUN) -> np.ndarray:
    """Marks every member of each run of `length` or more equal signs other than 0."""
    marked = np.zeros(signs.size, bool)
    for first in range(signs.size - length + 1):
        window = signs[first : first + length]
        if window[0] != 0 and (window == window[0]).all():
            marked[first : first + length] = True
    return marked


def _trend(y: np.ndarray) -> np.ndarray:
    """Marks every point of 7 that rise or fall throughout: 6 differences of one sign."""
    steps = _runs(np.sign(np.diff(y)), RUN - 1) if y.size >= RUN else np.zeros(max(y.size - 1, 0), bool)
    return np.append(steps, False)[: y.size] | np.append(False, steps)[: y.size]


def _two_of_three(beyond: np.ndarray, side: np.ndarray, whole_three: bool) -> np.ndarray:
    marked = np.zeros(side.size, bool)
    for first in range(side.size - 2):
        window = slice(first, first + 3)
        for direction in (1, -1):
            those = beyond[window] & (side[window] == direction)
            if those.sum() >= 2 and (not whole_three or (side[window] == direction).all()):
                marked[window] |= those
    return marked


def variation(chart: XmR, higher_is_better: bool | None) -> np.ndarray:
    """What each point's special cause means: `improvement`, `concern`, `high` or `low` (no better direction),
    or `common cause`."""
    up = chart.side > 0
    if higher_is_better is None:
        words = np.where(up, "high", "low")
    else:
        words = np.where(up == higher_is_better, "improvement", "concern")
    return np.where(chart.special, words, "common cause")


def assurance(chart: XmR, target: float, higher_is_better: bool) -> str:
    """Whether the system as it stands will meet a target: `passes`, `fails`, or `hit or miss` where the target
    lies between the latest limits."""
    lower, upper = chart.lower[-1], chart.upper[-1]
    if lower <= target <= upper:
        return "hit or miss"
    return "passes" if (target < lower) == higher_is_better else "fails"


def small_counts(values) -> bool:
    """Whether counts are too small for an XmR chart to be trusted (a mean under 5)."""
    y = np.asarray(values, float)
    return bool(y.size) and float(y.mean()) < SMALLEST_MEAN_COUNT


@dataclass(frozen=True)
class Proposal:
    """A place at which limits might begin anew: the level moved from `before` to `after` at position `at`.

    `points` have come since. `steady`: no rule marks anything among them by limits of their own; where that isn't so, it
    is too early for new limits. `firm`: there are enough of them for limits that are no trial.
    """

    at: int
    before: float
    after: float
    points: int
    steady: bool
    firm: bool


def propose_rebase(values, *, rebase_at: Sequence[int] = ()) -> Proposal | None:
    """Where new limits might begin, or None.

    Question: has the level moved and stayed, so that the old limits describe another process?
    Method: the place after the last rebase that parts the series best into two levels (least squares), where it leaves
    7 points or more on either side; the first 7 after it must all lie on the new level's side of the old mean, and the levels
    differ by `CHANGE_POINT` standard errors, which allows for having looked at every place.
    Traps: a slow drift has a best place too, and isn't one step; and a shift in points is no reason: people make a
    rebase, when they know why the process is another one. Source: NHS England, Making Data Count, on recalculating
    limits; critical value by simulation for a few dozen independent points (one series without a change in a hundred).
    """
    y = np.asarray(values, float)
    start = max([0, *rebase_at])
    y = y[start:]
    if np.isnan(y).any() or y.size < 2 * RUN:
        return None
    places = np.arange(2, y.size - 1)
    sums, squares = np.cumsum(y), np.cumsum(y**2)
    before, after = sums[places - 1] / places, (sums[-1] - sums[places - 1]) / (y.size - places)
    within = squares[-1] - places * before**2 - (y.size - places) * after**2
    best = int(np.argmin(within))
    at, old, new = int(places[best]), float(before[best]), float(after[best])
    error = np.sqrt(max(float(within[best]), 0.0) / (y.size - 2) * (1 / at + 1 / (y.size - at)))
    way = np.sign(new - old)
    stayed = bool((way * (y[at : at + RUN] - old) > 0).all())
    if way == 0 or min(at, y.size - at) < RUN or not stayed or abs(new - old) <= CHANGE_POINT * error:
        return None
    rest = xmr(y[at:])
    return Proposal(start + at, old, new, y.size - at, not rest.special.any(), y.size - at >= FEWEST_FOR_FIRM_LIMITS)
