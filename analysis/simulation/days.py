"""Days as whole numbers since 1970, and chance: what every part of the simulation draws with."""

from __future__ import annotations

import datetime as dt
import zlib

import numpy as np
import pandas as pd

from analysis.reference.calendar import bank_holidays

# Stand for "not ended" and "never": far outside any date of a return.
FAR, NEVER = 1_000_000, -1_000_000
YEAR = 365.25
_EPOCH = dt.date(1970, 1, 1)


def stream(seed: int, name: str) -> np.random.Generator:
    """A generator of its own for each part of the story, so that a change in one leaves the draws of the others."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(name.encode())])))


def number(day: dt.date) -> int:
    return (day - _EPOCH).days


def date(day: int) -> dt.date:
    return _EPOCH + dt.timedelta(days=int(day))


def dates(days) -> pd.Series:
    """Day numbers as dates; FAR and NEVER are missing."""
    days = np.asarray(days, dtype=np.int64)
    known = (days > NEVER // 2) & (days < FAR // 2)
    found = np.full(days.shape, np.datetime64("NaT", "D"))
    found[known] = days[known].astype("datetime64[D]")
    return pd.Series(found.astype("datetime64[us]"))


def _as_dates(days) -> np.ndarray:
    return np.asarray(days, dtype=np.int64).astype("datetime64[D]")


def is_working(days) -> np.ndarray:
    return np.is_busday(_as_dates(days), holidays=bank_holidays())


def on_working_day(days, *, back: bool = False) -> np.ndarray:
    """The day itself where it is a working day, otherwise the next (with `back`, the last before it)."""
    roll = "backward" if back else "forward"
    return np.busday_offset(_as_dates(days), 0, roll=roll, holidays=bank_holidays()).astype(np.int64)


def add_working(days, count) -> np.ndarray:
    """`count` working days after (or, negative, before) each day."""
    roll = np.where(np.asarray(count) >= 0, 1, 0)
    first = np.where(roll, on_working_day(days, back=True), on_working_day(days))
    return np.busday_offset(_as_dates(first), count, holidays=bank_holidays()).astype(np.int64)


def working_between(first, last) -> np.ndarray:
    """Working days after `first` up to and including `last`."""
    return np.busday_count(_as_dates(np.asarray(first) + 1), _as_dates(np.asarray(last) + 1), holidays=bank_holidays())


def years_old(births, day) -> np.ndarray:
    """Age in years, as a fraction; negative before birth."""
    return (np.asarray(day) - np.asarray(births)) / YEAR


def birthday(births, age: int) -> np.ndarray:
    """The day number of each person's birthday; 29 February has its birthday on 1 March in other years."""
    born = _as_dates(births)
    months = born.astype("datetime64[M]")
    day_of_month = (born - months).astype(np.int64)
    month = months + 12 * age
    length = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    return month.astype("datetime64[D]").astype(np.int64) + np.minimum(day_of_month, length)


def pick(rng: np.random.Generator, weights: dict[str, float], size: int) -> np.ndarray:
    """Codes drawn with the weights given."""
    names = list(weights)
    shares = np.asarray([weights[name] for name in names], dtype=float)
    return np.asarray(names, dtype=object)[rng.choice(len(names), size=size, p=shares / shares.sum())]


def draw_groups(rng: np.random.Generator, group, weight, count: int) -> np.ndarray:
    """Positions of `count` members drawn whole group by whole group (siblings together), each group as likely as
    its heaviest member's weight; the last group is cut so that the count is exact. All, where there are fewer."""
    group, weight = np.asarray(group), np.asarray(weight, dtype=float)
    if count <= 0 or len(group) == 0:
        return np.empty(0, dtype=np.int64)
    groups, place = _numbered(group)
    heaviest = np.zeros(groups)
    np.maximum.at(heaviest, place, weight)
    waiting = rng.exponential(size=groups) / np.maximum(heaviest, 1e-12)
    lot = rng.random(len(group))
    # Only the groups whose turn comes have to be put in order: the first that have so many members between them.
    turn = np.argsort(waiting, kind="stable")
    reached = np.cumsum(np.bincount(place, minlength=groups)[turn])
    called = np.zeros(groups, dtype=bool)
    called[turn[: int(np.searchsorted(reached, count)) + 1]] = True
    able = np.flatnonzero(called[place])
    order = able[np.lexsort((lot[able], place[able], waiting[place[able]]))]
    return np.sort(order[:count])


def _numbered(group: np.ndarray) -> tuple[int, np.ndarray]:
    """How many groups there are, and the number of each member's; where they come in order, without sorting."""
    if (group[1:] >= group[:-1]).all():
        place = np.concatenate([[0], np.cumsum(group[1:] != group[:-1])])
        return int(place[-1]) + 1, place
    names, place = np.unique(group, return_inverse=True)
    return len(names), place


def hashed(numbers, salt: str) -> np.ndarray:
    """A fixed fraction in [0, 1) for each whole number and salt: chance that needs no memory (splitmix64)."""
    with np.errstate(over="ignore"):
        mixed = np.asarray(numbers, dtype=np.uint64) + np.uint64(zlib.crc32(salt.encode()) * 0x9E3779B1)
        mixed = (mixed + np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed = mixed ^ (mixed >> np.uint64(31))
    return (mixed >> np.uint64(11)).astype(float) / 2.0**53
