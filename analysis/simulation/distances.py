"""How far from home each child is placed: the postcode of every place where one lives.

How many children live more than twenty miles from home at each quarter's end, in the authority and outside it, are
parameters; how many of the placements that began in the quarter are far away is what takes the numbers there.
"""

from __future__ import annotations

import numpy as np

from analysis.reference.calendar import Quarter
from analysis.simulation.parameters import Parameters
from analysis.simulation.periods import Periods, stretches
from analysis.simulation.placements import Placements
from analysis.simulation.places import Gazetteer, miles

NEAR, FAR_INSIDE, FAR_OUTSIDE = 0, 1, 2
_UNDECIDED = -1
# Clear of the line of twenty miles, so that rounding to a tenth can't move a child over it.
_NEAR_MILES, _FAR_MILES = 19.5, 20.5
# How much likelier a placement of a kind is far away than one with the authority's own foster carers.
_FAR_OUTSIDE_WEIGHTS = {"PR4": 5.0, "PR5": 4.0, "PR3": 6.0, "PR0": 0.0}
_FAR_INSIDE_WEIGHTS = {"PR4": 1.2, "PR5": 1.2, "PR3": 1.0, "PR0": 0.0}
# Of those placed near home, how many are over the authority's border.
_NEAR_OUTSIDE = {"PR4": 0.3, "PR5": 0.3}
_NEAR_OUTSIDE_OTHERS = 0.06


def postcodes_of(
    care: Periods, placed: Placements, home: np.ndarray, gazetteer: Gazetteer, parameters: Parameters,
    quarters: list[Quarter], rng: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """The postcode of each spot; `home` is that of each period of care."""
    period, start, end = (np.asarray(v, dtype=np.int64) for v in (placed.period, placed.start, placed.end))
    provider, base = np.asarray(placed.provider, dtype=object), np.asarray(placed.near, dtype=np.int64)
    how_far = _how_far(care, period, start, end, provider, base, parameters, quarters, rng)
    how_far = how_far[base]
    names, points, inside = gazetteer.choice()
    homes, family_home = np.unique(home.astype(str), return_inverse=True)
    distance = np.stack([miles(points, np.broadcast_to(at, points.shape)) for at in gazetteer.points(homes)])
    chance, border = rng.random(len(period)), rng.random(len(period))
    found = np.empty(len(period), dtype=object)
    for spot, n in enumerate(period):
        if placed.code[spot] == "P1":
            found[spot] = home[n]
            continue
        away = distance[family_home[n]]
        over = border[spot] < _NEAR_OUTSIDE.get(provider[spot], _NEAR_OUTSIDE_OTHERS)
        fits = {NEAR: (away < _NEAR_MILES) & (inside != over), FAR_INSIDE: (away > _FAR_MILES) & inside,
                FAR_OUTSIDE: (away > _FAR_MILES) & (away < parameters.common["places"]["farthest"]) & ~inside}  # fmt: skip
        where = np.flatnonzero(fits[how_far[spot]])
        if not len(where):
            where = np.flatnonzero(away < _NEAR_MILES)
        found[spot] = names[where[int(chance[spot] * len(where))]]
    return found


def _how_far(care, period, start, end, provider, base, parameters: Parameters, quarters, rng) -> np.ndarray:
    """NEAR, FAR_INSIDE or FAR_OUTSIDE for each spot."""
    found = np.full(len(period), _UNDECIDED)
    # Without a home there is no distance; a stay away goes with the place that it is away from.
    counted = ~care.seeking[period] & (base == np.arange(len(period)))
    found[~counted] = NEAR
    weights = {
        FAR_OUTSIDE: np.asarray([_FAR_OUTSIDE_WEIGHTS.get(code, 1.0) for code in provider]),
        FAR_INSIDE: np.asarray([_FAR_INSIDE_WEIGHTS.get(code, 1.0) for code in provider]),
    }
    for quarter, first, last in stretches(quarters):
        open_then = counted & (start <= last) & (end > last)
        passing = np.flatnonzero(counted & (start >= first) & (start <= last) & (end <= last))
        for kind, name in ((FAR_OUTSIDE, "far_outside"), (FAR_INSIDE, "far_inside")):
            target = parameters.stock(quarter, "care", name)
            new = np.flatnonzero(open_then & (found == _UNDECIDED) & (weights[kind] > 0))
            _choose(found, new, weights[kind], target - int((open_then & (found == kind)).sum()), kind, rng)
            # Of those that didn't last to the quarter's end, the same share.
            share = target / max(1, int(open_then.sum()))
            left = passing[(found[passing] == _UNDECIDED) & (weights[kind][passing] > 0)]
            found[left[rng.random(len(left)) < share]] = kind
        found[(found == _UNDECIDED) & counted & (start <= last)] = NEAR
    found[found == _UNDECIDED] = NEAR
    return found


def _choose(found: np.ndarray, pool: np.ndarray, weight: np.ndarray, count: int, kind: int, rng) -> None:
    waiting = rng.exponential(size=len(pool)) / weight[pool]
    found[pool[np.argsort(waiting, kind="stable")[: max(0, count)]]] = kind
