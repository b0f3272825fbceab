"""What reading a delivery yields: returns in canonical tables, with every row accounted for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

# What happened to the thing that a problem is about.
REFUSED = "refused"  # the file can't be trusted: the run stops
SET_ASIDE = "set aside"  # the row isn't used
BLANKED = "blanked"  # the row is kept, this value is treated as missing
NOTED = "noted"  # kept as it is, and worth knowing
OUTCOMES = (REFUSED, SET_ASIDE, BLANKED, NOTED)


@dataclass(frozen=True)
class Problem:
    """One thing wrong, for the person who must mend it. `row` is the row as a spreadsheet shows it (1-based)."""

    outcome: str
    reason: str  # a short code that stays the same: `date-unreadable`
    file: str
    why: str
    remedy: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""


PROBLEM_COLUMNS = ("outcome", "reason", "file", "sheet", "row", "column", "value", "why", "remedy")


@dataclass(frozen=True)
class RowCount:
    """The account of one sheet, file or kind of XML record: `read == kept + set_aside`."""

    file: str
    sheet: str
    contents: str  # what it was taken for: "Annex A list 3: Referrals"
    read: int
    kept: int
    set_aside: int


@dataclass(frozen=True)
class Coverage:
    """What a return promises to hold whole, so that a row missing from it says something.

    basis `starting`: every row of `table` whose start lies in [start, end];
    `touching`: every row whose period touches [start, end];
    `open`: every row that is open at `end`.
    """

    table: str
    start: dt.date
    end: dt.date
    basis: str


@dataclass(frozen=True)
class SourceFile:
    name: str  # without folders: a path can name a person or a machine
    sha256: str
    size: int


@dataclass(frozen=True)
class Return:
    """One return as read: `kind` is annex_a, ssda903, cin_census, workforce_census or local.

    `tables` hold only the columns that this return carries (`Table.conform(partial=True)`).
    `start` and `end` are the dates that the return speaks for; `end` is its reference date.
    """

    kind: str
    title: str
    start: dt.date
    end: dt.date
    tables: Mapping[str, pd.DataFrame]
    coverage: tuple[Coverage, ...] = ()
    problems: tuple[Problem, ...] = ()
    counts: tuple[RowCount, ...] = ()
    files: tuple[SourceFile, ...] = ()
    # Whatever else the return says of itself: authority code in an XML header, for example.
    about: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Reading:
    """A whole delivery as read: its returns, and the problems of files that no reader claims."""

    returns: tuple[Return, ...]
    problems: tuple[Problem, ...] = ()
    counts: tuple[RowCount, ...] = ()

    @property
    def every_problem(self) -> tuple[Problem, ...]:
        return self.problems + tuple(p for r in self.returns for p in r.problems)

    @property
    def every_count(self) -> tuple[RowCount, ...]:
        return self.counts + tuple(c for r in self.returns for c in r.counts)

    @property
    def refused(self) -> tuple[Problem, ...]:
        return tuple(p for p in self.every_problem if p.outcome == REFUSED)
