"""What a canonical table is: its columns, its key, and how it stands in time."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

# Kind of value -> pandas dtype. Every blank is missing, never an empty string.
DTYPES = {
    "text": "string",
    "code": "string",
    "date": "datetime64[us]",
    "integer": "Int64",
    "number": "Float64",
    "flag": "boolean",
}


class SchemaError(ValueError):
    """A frame that doesn't fit its canonical table: a mistake in the program, not in the data."""


@dataclass(frozen=True)
class Column:
    """One column. `codes` names its code list as `collection:list`; `ends` marks a date whose blank says
    "still open" (a later delivery's blank replaces an earlier date there, and nowhere else)."""

    name: str
    kind: str
    codes: str = ""
    ends: bool = False
    meaning: str = ""


@dataclass(frozen=True)
class Table:
    """A canonical table.

    `key` identifies a row. `start` is the date column that places a row in time (None: always there),
    `end` the date column that closes it (None: a moment). A row is open at `d` when
    `start <= d and (end is missing or end > d)`. `ending` names the columns that come with the end (its
    reason, its outcome) and say nothing while the row is open.
    """

    name: str
    title: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    start: str | None = None
    end: str | None = None
    ending: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column '{name}'")

    def empty(self) -> pd.DataFrame:
        return pd.DataFrame({c.name: pd.Series(dtype=DTYPES[c.kind]) for c in self.columns})

    def conform(self, frame: pd.DataFrame, *, partial: bool = False) -> pd.DataFrame:
        """The frame in canonical columns, order and types, sorted by key, index 0..n-1.

        With `partial`, columns that the source doesn't carry may be absent (the key may not); without it
        they are added as missing. Raises SchemaError for unknown columns, a missing key, or a key twice.
        """
        unknown = [name for name in frame.columns if name not in self.names]
        absent = [name for name in self.key if name not in frame.columns]
        if unknown or absent:
            raise SchemaError(f"{self.name}: unknown columns {unknown}, key columns absent {absent}")
        kept = {
            c.name: frame[c.name].astype(DTYPES[c.kind])
            if c.name in frame.columns
            else pd.Series(pd.NA if c.kind != "date" else pd.NaT, index=frame.index, dtype=DTYPES[c.kind])
            for c in self.columns
            if c.name in frame.columns or not partial
        }
        tidy = pd.DataFrame(kept, index=frame.index).sort_values(list(self.key), kind="stable").reset_index(drop=True)
        twice = tidy.duplicated(list(self.key))
        if twice.any():
            raise SchemaError(f"{self.name}: {int(twice.sum())} rows repeat a key {self.key}")
        return tidy
