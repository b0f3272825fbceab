"""The numbers that the invented authority is made to: one TOML a financial year, and one for what holds in all."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.reference.calendar import Quarter, quarters
from analysis.reference.project import ROOT, UserError
from analysis.simulation.days import stream

FOLDER = ROOT / "data" / "simulation" / "parameters"


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to `weights` that add up to `total` (largest remainder; ties go to the first)."""
    shares = np.asarray(weights, dtype=float)
    if not shares.any():
        return [0] * len(shares)
    exact = total * shares / shares.sum()
    whole = np.floor(exact + 1e-9).astype(int)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - whole.sum()]] += 1
    return whole.tolist()


@dataclass(frozen=True)
class Parameters:
    """`scale` shrinks every count, never a share. A count is one number a year, or a list of its four
    quarters or twelve months.

    `varied_by` is None where the counts are exactly those of the files. Otherwise it is the seed by which every count
    is drawn, a Poisson number around the file's: each quarter's (or month's) by itself, named by year and parameter,
    so that the same seed gives the same counts whoever asks first.
    """

    common: Mapping
    years: Mapping[int, Mapping]
    scale: float
    varied_by: int | None = None

    def of(self, quarter: Quarter) -> Mapping:
        """The parameters of the quarter's financial year."""
        return self.years[quarter.year]

    def scaled(self, number: float, name: str = "") -> int:
        """A number of the files at this scale; drawn around it where counts vary and it has a `name`."""
        expected = number * self.scale
        if self.varied_by is not None and name:
            return self._drawn(expected, name)
        return int(np.floor(expected + 0.5))

    def _drawn(self, expected: float, *name: object) -> int:
        rng = stream(self.varied_by or 0, "count " + " ".join(map(str, name)))
        return int(rng.poisson(max(expected, 0.0)))

    def _told(self, year: int, section: str, name: str) -> np.ndarray:
        """What the year's file says: one number, four (quarters) or twelve (April to March). A dot in `section`
        leads to a section within it."""
        found = self.years[year]
        for part in section.split("."):
            found = found[part]
        return np.atleast_1d(found[name]).astype(float)

    def _quarters(self, year: int, section: str, name: str) -> list[float]:
        told = self._told(year, section, name)
        return [told[0] / 4] * 4 if len(told) == 1 else told.reshape(4, -1).sum(axis=1).tolist()

    def year_count(self, year: int, section: str, name: str) -> int:
        """The year's count: of a list, its sum; where counts vary, the sum of its quarters'."""
        if self.varied_by is not None:
            return sum(self.count(Quarter(year, number), section, name) for number in (1, 2, 3, 4))
        return self.scaled(sum(self._quarters(year, section, name)))

    def count(self, quarter: Quarter, section: str, name: str, less: tuple[str, str] | None = None) -> int:
        """The quarter's part of the year's count: of a list its own, of one number a fourth, whole numbers that add
        up to the year's. `less` (section, name) is taken off: those counted that are not also counted there."""
        found = self._quarters(quarter.year, section, name)
        if self.varied_by is not None:
            off = self._quarters(quarter.year, *less)[quarter.number - 1] if less else 0
            expected = (found[quarter.number - 1] - off) * self.scale
            return self._drawn(expected, quarter, section, name, *(less or ()))
        own = apportion(self.scaled(sum(found)), found)[quarter.number - 1] if sum(found) else 0
        return own - (self.count(quarter, *less) if less else 0)

    def stock(self, quarter: Quarter, section: str, name: str) -> int:
        """How many there are at the quarter's end, of four numbers for the ends of the year's quarters."""
        return self.scaled(self._told(quarter.year, section, name)[quarter.number - 1])

    def by_month(self, quarter: Quarter, section: str, name: str) -> list[int]:
        """The quarter's count by month: in the proportions of a list of twelve, otherwise alike."""
        told, third = self._told(quarter.year, section, name), quarter.number * 3 - 3
        weights = told[third : third + 3] if len(told) == 12 else (1, 1, 1)
        return apportion(self.count(quarter, section, name), weights)

    def percent(self, quarter: Quarter, section: str, name: str) -> list[float]:
        """A percentage in each month of the quarter, as a share: from one a year, four or twelve."""
        told = self._told(quarter.year, section, name)
        third = quarter.number * 3 - 3
        return (np.repeat(told, 12 // len(told))[third : third + 3] / 100).tolist()

    def months(self, quarter: Quarter, name: str = "months", weights: Sequence[float] | None = None) -> list[int]:
        """Referrals in each month of the quarter; with a name, those of that kind: a year's count spread over its
        months (a quarter's over its three) like the referrals, or by twelve other weights."""
        section = self.years[quarter.year]["referrals"]
        monthly = np.asarray(section["months"], dtype=float)
        if name != "months":
            weights = monthly if weights is None else np.asarray(weights, dtype=float)
            number = section[name]
            if isinstance(number, list):
                parts = [w / w.sum() * part for w, part in zip(weights.reshape(4, 3), number, strict=True)]
                monthly = np.concatenate(parts)
            else:
                monthly = weights / weights.sum() * number
        here = slice(quarter.number * 3 - 3, quarter.number * 3)
        if self.varied_by is not None:
            return [self._drawn(m * self.scale, quarter, name, place) for place, m in enumerate(monthly[here])]
        return apportion(self.scaled(monthly.sum()), monthly)[here] if monthly.sum() else [0, 0, 0]

    @property
    def first_lived(self) -> Quarter:
        return Quarter.parse(self.common["authority"]["first_quarter_lived"])

    def lived(self, last: Quarter) -> list[Quarter]:
        """Every quarter that is lived through, those before the first return included."""
        return quarters(self.first_lived, last)


def load(last: Quarter, scale: float, folder: Path = FOLDER, varied_by: int | None = None) -> Parameters:
    """Reads the parameter files up to `last`. A year without a file takes the latest one before it. With `varied_by`,
    a seed, the counts are drawn around the files'."""
    common = _read(folder / "common.toml")
    first = Quarter.parse(common["authority"]["first_quarter_lived"])
    years: dict[int, Mapping] = {}
    for year in range(first.year, last.year + 1):
        path = folder / f"{Quarter(year, 1).year_label}.toml"
        years[year] = _read(path) if path.exists() or not years else years[year - 1]
    return Parameters(common, years, scale, varied_by)


def _read(path: Path) -> Mapping:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path.name} is missing from {path.parent.name}; restore it from the repository") from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path.name} can't be read: {error}; mend that line") from None
