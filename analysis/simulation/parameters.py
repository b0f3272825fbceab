"""The numbers that the invented authority is made to: one TOML a financial year, and one for what holds in all."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.reference.calendar import Quarter, quarters
from analysis.reference.project import ROOT, UserError

FOLDER = ROOT / "data" / "simulation" / "parameters"


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to `weights` that add up to `total` (largest remainder; ties go to the first)."""
    shares = np.asarray(weights, dtype=float)
    exact = total * shares / shares.sum()
    whole = np.floor(exact + 1e-9).astype(int)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - whole.sum()]] += 1
    return whole.tolist()


@dataclass(frozen=True)
class Parameters:
    """`scale` shrinks every count, never a share."""

    common: Mapping
    years: Mapping[int, Mapping]
    scale: float

    def of(self, quarter: Quarter) -> Mapping:
        """The parameters of the quarter's financial year."""
        return self.years[quarter.year]

    def scaled(self, number: float) -> int:
        return int(np.floor(number * self.scale + 0.5))

    def year_count(self, year: int, section: str, name: str) -> int:
        return self.scaled(self.years[year][section][name])

    def count(self, quarter: Quarter, section: str, name: str) -> int:
        """The quarter's part of the year's count, in equal parts but for the remainder."""
        return apportion(self.year_count(quarter.year, section, name), (1, 1, 1, 1))[quarter.number - 1]

    def months(self, quarter: Quarter) -> list[int]:
        """Referrals in each month of the quarter."""
        monthly = self.years[quarter.year]["referrals"]["months"]
        return apportion(self.scaled(sum(monthly)), monthly)[quarter.number * 3 - 3 : quarter.number * 3]

    def share(self, quarter: Quarter, section: str, name: str) -> float:
        """A count as a share of its year's referrals."""
        year = self.years[quarter.year]
        return year[section][name] / sum(year["referrals"]["months"])

    @property
    def first_lived(self) -> Quarter:
        return Quarter.parse(self.common["authority"]["first_quarter_lived"])

    def lived(self, last: Quarter) -> list[Quarter]:
        """Every quarter that is lived through, those before the first return included."""
        return quarters(self.first_lived, last)


def load(last: Quarter, scale: float, folder: Path = FOLDER) -> Parameters:
    """Reads the parameter files up to `last`. A year without a file takes the latest one before it."""
    common = _read(folder / "common.toml")
    first = Quarter.parse(common["authority"]["first_quarter_lived"])
    years: dict[int, Mapping] = {}
    for year in range(first.year, last.year + 1):
        path = folder / f"{Quarter(year, 1).year_label}.toml"
        years[year] = _read(path) if path.exists() or not years else years[year - 1]
    return Parameters(common, years, scale)


def _read(path: Path) -> Mapping:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path.name} is missing from {path.parent.name}; restore it from the repository") from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path.name} can't be read: {error}; mend that line") from None
