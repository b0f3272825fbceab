"""Financial quarters and collection years. Imports nothing heavy: the command line reads quarters before all else."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_QUARTER = re.compile(r"(\d{4})-(\d{2})-Q([1-4])")


@dataclass(frozen=True, order=True)
class Quarter:
    """A financial quarter: `2018-19-Q2` is July to September 2018.

    `year` is the calendar year in which the financial year starts (2018), `number` is 1 to 4.
    """

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Reads `2018-19-Q2`. Raises ValueError with a sentence for anything else."""
        match = _QUARTER.fullmatch(str(text).strip())
        if not match or (int(match[1]) + 1) % 100 != int(match[2]):
            raise ValueError(f"'{text}' is not a financial quarter; write it like 2018-19-Q2 (July to September 2018)")
        return cls(int(match[1]), int(match[3]))

    @classmethod
    def containing(cls, day: dt.date) -> Quarter:
        return cls(day.year if day.month >= 4 else day.year - 1, (day.month - 4) % 12 // 3 + 1)

    @property
    def start(self) -> dt.date:
        month = 1 + self.number * 3 if self.number < 4 else 1
        return dt.date(self.year + (self.number == 4), month, 1)

    @property
    def end(self) -> dt.date:
        return self.shift(1).start - dt.timedelta(days=1)

    @property
    def year_label(self) -> str:
        return f"{self.year}-{(self.year + 1) % 100:02d}"

    @property
    def year_start(self) -> dt.date:
        """1 April of the financial year that the quarter is in."""
        return dt.date(self.year, 4, 1)

    @property
    def year_end(self) -> dt.date:
        """31 March that ends the financial year that the quarter is in."""
        return dt.date(self.year + 1, 3, 31)

    @property
    def words(self) -> str:
        """`July to September 2018`."""
        return f"{self.start:%B} to {self.end:%B %Y}"

    def shift(self, quarters: int) -> Quarter:
        index = self.year * 4 + self.number - 1 + quarters
        return Quarter(index // 4, index % 4 + 1)

    def __str__(self) -> str:
        return f"{self.year_label}-Q{self.number}"


def quarters(first: Quarter, last: Quarter) -> list[Quarter]:
    """Every quarter from `first` to `last`, both included."""
    found = [first]
    while found[-1] < last:
        found.append(found[-1].shift(1))
    return found if first <= last else []


def parse_quarter_range(text: str) -> list[Quarter]:
    """Reads `2015-16-Q1..2018-19-Q2` or a single quarter."""
    first, _, last = str(text).partition("..")
    found = quarters(Quarter.parse(first), Quarter.parse(last or first))
    if not found:
        raise ValueError(f"'{text}' runs backwards; write the earlier quarter first")
    return found


def collection_year(day: dt.date) -> int:
    """The year in which a financial year ends, as DfE names its collections: 30 June 2017 is in 2018."""
    return day.year + (day.month >= 4)


def words(day: dt.date) -> str:
    """`30 September 2018`, without a leading nought."""
    return f"{day.day} {day:%B %Y}"
