"""What a case worked by hand is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

POPULATION = 58_994  # mid-2017, by the estimate in force in 2018


@dataclass(frozen=True)
class Case:
    """`expected`: identifier to (numerator, denominator, value rounded to 1 place); None for no denominator."""

    title: str
    records: str
    expected: Mapping[str, tuple[float, float | None, float]]
