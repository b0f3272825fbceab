"""Answers what was true at a date, as known by a delivery. Reads snapshots lazily, table by table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

import pandas as pd

from analysis.records import kept_merges
from analysis.records.merging import Merged, Told, merge
from analysis.records.store import Snapshot, Store
from analysis.records.tables import TABLES
from analysis.reference.calendar import Quarter
from analysis.reference.project import UserError

# Dates that may properly lie after the day on which something is known.
_MAY_LIE_AHEAD = frozenset(("date_of_birth", "conference_target"))


class View:
    """What was true at the end of a day. Frames are canonical; see `Known.as_at`."""

    def __init__(self, known: Known, date: dt.date):
        self.known, self.date = known, date

    def table(self, name: str) -> pd.DataFrame:
        """Rows that had begun by the date, with whatever happened after it blanked: ends, what comes with an
        end, and other dates."""
        table, day = TABLES[name], pd.Timestamp(self.date)
        rows = self.known.table(name)
        if table.start is not None:
            rows = rows[rows[table.start] <= day]
        blanked = {}
        if table.end is not None and table.ending:
            happened = rows[table.end] <= day
            blanked |= {column: rows[column].where(happened.fillna(False)) for column in table.ending}
        for column in table.columns:
            if column.kind == "date" and column.name not in table.key and column.name not in _MAY_LIE_AHEAD:
                ahead = (rows[column.name] > day).fillna(False)
                if ahead.any():
                    blanked[column.name] = rows[column.name].mask(ahead)
        return rows.assign(**blanked).reset_index(drop=True)

    def open(self, name: str) -> pd.DataFrame:
        """Rows open at the date: begun by it, and not ended by it (an end on the day itself has ended)."""
        table = TABLES[name]
        if table.start is None or table.end is None:
            raise ValueError(f"{name} has no period, so nothing in it is open at a date")
        rows = self.table(name)
        return rows[rows[table.end].isna()].reset_index(drop=True)


class Known:
    """Everything as known by one quarter's delivery. Frames are made once and must not be changed by callers."""

    def __init__(self, quarter: Quarter | None, snapshots: Iterable[Snapshot]):
        self.quarter = quarter
        self.snapshots = tuple(snapshots)
        self._merged: dict[str, Merged] = {}
        self._tables: dict[str, pd.DataFrame] = {}

    @classmethod
    def from_tables(
        cls,
        tables: Mapping[str, pd.DataFrame],
        *,
        kinds: Iterable[str] = (),
        simulated: bool = True,
        quarter: Quarter | None = None,
    ) -> Known:
        """A Known in memory: for tests, and for the simulation's own truth. Frames are conformed in full."""
        found = _InMemory(quarter, ())
        found._tables = {name: TABLES[name].conform(frame) for name, frame in tables.items()}
        found._kinds, found._simulated = frozenset(kinds), simulated
        return found

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(one.kind for snapshot in self.snapshots for one in snapshot.returns)

    @property
    def simulated(self) -> bool:
        return any(snapshot.simulated for snapshot in self.snapshots)

    @property
    def deliveries(self) -> tuple[tuple[Quarter, str], ...]:
        """(quarter, identifier) of each delivery that this knowledge rests on."""
        return tuple((snapshot.quarter, snapshot.id) for snapshot in self.snapshots)

    def carries(self, name: str) -> bool:
        """Whether any delivery carried the table, even with no rows in it."""
        return any(name in one.tables for snapshot in self.snapshots for one in snapshot.returns)

    def told(self, name: str) -> list[Told]:
        """What each return says of a table, unmerged."""
        return [
            Told(
                number,
                one.kind,
                one.end,
                one.read(name) if name in one.tables else TABLES[name].empty().iloc[:, :0],
                tuple(c for c in one.coverage if c.table == name),
            )
            for number, snapshot in enumerate(self.snapshots)
            for one in snapshot.returns
            if name in one.tables or any(c.table == name for c in one.coverage)
        ]

    def merged(self, name: str) -> Merged:
        if name not in self._merged:
            self._merged[name] = merge(TABLES[name], self.told(name))
        return self._merged[name]

    def table(self, name: str) -> pd.DataFrame:
        """The whole table in canonical columns, sorted by key; empty where nothing was delivered."""
        if name not in self._tables:
            self._tables[name] = self._kept_or_merged(name)
        return self._tables[name]

    def _kept_or_merged(self, name: str) -> pd.DataFrame:
        if name in self._merged or not self.snapshots or not self.carries(name):
            return self.merged(name).rows
        rows = kept_merges.read(self.snapshots, name)
        if rows is None:
            rows = self.merged(name).rows
            kept_merges.keep(self.snapshots, name, rows)
        return rows

    def as_at(self, date: dt.date) -> View:
        return View(self, date)


class _InMemory(Known):
    _kinds: frozenset[str]
    _simulated: bool

    @property
    def kinds(self) -> frozenset[str]:
        return self._kinds

    @property
    def simulated(self) -> bool:
        return self._simulated

    def carries(self, name: str) -> bool:
        return name in self._tables

    def table(self, name: str) -> pd.DataFrame:
        return self._tables[name] if name in self._tables else TABLES[name].empty()


class History:
    """All deliveries of one authority."""

    def __init__(self, snapshots: Iterable[Snapshot]):
        self.snapshots = tuple(snapshots)

    @classmethod
    def open(cls, store: Path, authority: str) -> History:
        return cls(Store(store, authority).snapshots())

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """Quarters with a delivery, oldest first."""
        return tuple(sorted({snapshot.quarter for snapshot in self.snapshots}))

    def known_by(self, quarter: Quarter) -> Known:
        """Everything delivered for that quarter or an earlier one. Raises UserError where that is nothing."""
        found = [snapshot for snapshot in self.snapshots if snapshot.quarter <= quarter]
        if not found:
            held = ", ".join(map(str, self.quarters)) or "none at all"
            raise UserError(f"nothing was delivered by {quarter} (deliveries held: {held}); ingest a delivery first")
        return Known(quarter, found)

    def as_at(self, date: dt.date, *, known_by: Quarter) -> View:
        return self.known_by(known_by).as_at(date)
