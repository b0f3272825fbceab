"""The invented county's families: who the children are, before anything happens to them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.simulation.days import FAR, number, pick, stream
from analysis.simulation.parameters import Parameters

# Children old enough to be looked after in 2013, and children born after the last quarter who are on a plan unborn.
_FIRST_BIRTH, _LAST_BIRTH = dt.date(1994, 4, 1), dt.date(2019, 2, 28)
_LIFELONG = ("LD", "AUT", "BEH", "MOB", "COMM", "PC", "INC", "HAND", "HEAR", "VIS", "CON", "DDA")


@dataclass(frozen=True)
class Population:
    """Arrays aligned by child. `arrival` is the day on which an unaccompanied child arrives (FAR: not one);
    `risk` is the family's, before anything is known of it."""

    identifier: np.ndarray
    family: np.ndarray
    born: np.ndarray
    sex: np.ndarray
    ethnicity: np.ndarray
    disabilities: np.ndarray
    locality: np.ndarray
    risk: np.ndarray
    arrival: np.ndarray

    @cached_property
    def number(self) -> np.ndarray:
        """The number in each identifier."""
        return np.asarray([int(name[3:]) for name in self.identifier], dtype=np.int64)

    def __len__(self) -> int:
        return len(self.family)


def draw_population(parameters: Parameters, last_day: int, seed: int) -> Population:
    """Families with their children, born 1994 to 2019, and the unaccompanied children who will arrive."""
    rng = stream(seed, "population")
    common = parameters.common
    first, last = number(_FIRST_BIRTH), number(_LAST_BIRTH)
    wanted = common["authority"]["births_a_year"] * parameters.scale * (last - first) / 365.25
    sizes = np.asarray(common["families"]["sizes"])
    families = int(wanted / (sizes @ np.arange(1, len(sizes) + 1)))
    size = rng.choice(np.arange(1, len(sizes) + 1), size=families, p=sizes / sizes.sum())
    family = np.repeat(np.arange(families), size)
    rank = np.arange(len(family)) - np.repeat(np.cumsum(size) - size, size)
    gaps = np.where(rank > 0, rng.integers(400, 1500, len(family)), 0)
    reach = np.cumsum(gaps)
    reach -= np.repeat(reach[np.cumsum(size) - size], size)
    eldest = rng.integers(first - 1500, last, families)
    born = eldest[family] + reach
    kept = (born >= first) & (born <= last)
    family, born = family[kept], born[kept]

    names = list(common["localities"]["risk"])
    shares = np.asarray([common["localities"][name] for name in names])
    home = rng.choice(len(names), size=families, p=shares / shares.sum())
    levels = np.asarray([common["localities"]["risk"][name] for name in names])
    # Few families account for most involvement: a heavy tail.
    risk = rng.gamma(0.5, 2.0, families) * levels[home] + 0.01
    ethnicity = pick(rng, common["families"]["ethnicity"], families)

    arriving = _arrivals(parameters, last_day, rng)
    newcomers = len(arriving)
    count = len(family) + newcomers
    disability = pick(rng, dict.fromkeys(_LIFELONG, 1.0) | {"LD": 4.0, "AUT": 4.0, "BEH": 3.0}, count)
    second = pick(rng, dict.fromkeys(_LIFELONG, 1.0), count)
    several = np.where(rng.random(count) < 0.35, disability + " " + second, disability)
    several = np.where(disability == second, disability, several)
    sex = np.where(rng.random(count) < 0.512, "M", "F")
    sex[len(family) :] = np.where(rng.random(newcomers) < 0.9, "M", "F")
    return Population(
        identifier=np.asarray([f"SIM{n:06d}" for n in rng.permutation(count) + 1], dtype=object),
        family=np.concatenate([family, families + np.arange(newcomers)]),
        born=np.concatenate([born, arriving - rng.integers(5600, 6500, newcomers)]),
        sex=sex.astype(object),
        ethnicity=np.concatenate([ethnicity[family], pick(rng, {"OOTH": 5, "BAFR": 3, "AOTH": 2}, newcomers)]),
        disabilities=np.where(rng.random(count) < 0.06, several, "NONE"),
        locality=np.asarray(names, dtype=object)[
            np.concatenate([home[family], rng.choice(len(names), size=newcomers, p=shares / shares.sum())])
        ],
        risk=np.concatenate([risk[family], np.zeros(newcomers)]),
        arrival=np.concatenate([np.full(len(family), FAR), arriving]),
    )


def _arrivals(parameters: Parameters, last_day: int, rng: np.random.Generator) -> np.ndarray:
    found = [np.empty(0, dtype=np.int64)]
    for year in parameters.years:
        first = number(dt.date(year, 4, 1))
        count = max(1, parameters.year_count(year, "care", "unaccompanied"))
        found.append(rng.integers(first, first + 340, count))
    arrivals = np.concatenate(found)
    return arrivals[arrivals <= last_day]
