"""One table of the SSDA903 as it stands in one file: rows under the return's own column names, nothing read yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from analysis.records.delivery import BLANKED, NOTED, REFUSED, SET_ASIDE, SourceFile
from analysis.returns.ledger import Ledger, is_blank
from analysis.returns.sources import Sheet
from analysis.returns.ssda903.layout import AUTHORITY, TITLE, YEAR, Layout, column_name, header_of

# Coded columns without which a table says nothing: a file whose export wrote NULL into them can't be trusted.
ESSENTIAL_CODES = frozenset((
    "SEX", "ETHNIC", "RNE", "LS", "CIN", "PLACE", "REVIEW_CODE", "IN_TOUCH", "ACTIV", "ACCOM", "SEX_ADOPTR",
    "LS_ADOPTR", "PREV_PERM", "MISSING",
))  # fmt: skip
# Half or more of a column's cells being NULL, or no known legal status, is an export gone wrong and not a bad row.
SHARE_TO_REFUSE = 0.5


@dataclass(frozen=True)
class Piece:
    """Rows of one table from one file, indexed by the row that a person sees (for XML: the record's number, whose
    line in the file is `lines[number - 1]`). `label` is what the rows' own YEAR column says ("" without one).
    `own_file`: the table was delivered as such, so that an empty one says there was nothing to return."""

    layout: Layout
    file: SourceFile
    sheet: str
    rows: pd.DataFrame
    lines: tuple[int, ...] = ()
    label: str = ""
    own_file: bool = True
    # What was found while the table was lifted out of its file, as (outcome, reason, why, remedy, row, column, value).
    found: tuple[tuple, ...] = ()

    def saying(self, outcome: str, reason: str, why: str, remedy: str, row: int | None = None, column: str = "",
               value: object = "") -> Piece:  # fmt: skip
        return replace(self, found=(*self.found, (outcome, reason, why, remedy, row, column, value)))

    @property
    def refused(self) -> bool:
        return any(found[0] == REFUSED for found in self.found)

    @cached_property
    def children(self) -> frozenset[str]:
        """Identifiers as text, for comparing pieces with each other."""
        if "CHILD" not in self.rows.columns:
            return frozenset()
        cells = pd.DataFrame({"CHILD": pd.unique(self.rows["CHILD"])}, dtype=object)
        return frozenset(Ledger(self.file, "", "", cells).identifier("CHILD").dropna())

    def dates(self, column: str) -> pd.Series:
        """A column's dates without keeping an account of what can't be read: that is done when the table is read."""
        numbers, distinct = pd.factorize(self.rows[column].to_numpy(), use_na_sentinel=False)
        found = Ledger(self.file, "", "", pd.DataFrame({column: distinct}, dtype=object)).dates(column)
        return found.take(numbers).set_axis(self.rows.index)


class PieceLedger(Ledger):
    """The account of one piece: of XML records, problems carry the line in the file instead of the record's number."""

    def __init__(self, piece: Piece):
        super().__init__(piece.file, piece.sheet, f"{TITLE}: {piece.layout.title}", piece.rows)
        self.lines = piece.lines
        aside: list[int] = []
        for outcome, reason, why, remedy, row, column, value in piece.found:
            self.note(reason, why, remedy, row=row, column=column, value=value, outcome=outcome)
            if outcome == SET_ASIDE:
                aside.append(row)
        self._aside = self._aside | self.rows.index.isin(aside)
        if piece.refused:
            self._aside = pd.Series(True, index=self.rows.index)

    def note(self, reason: str, why: str, remedy: str, *, row: int | None = None, column: str = "", value: object = "",
             outcome: str = NOTED) -> None:  # fmt: skip
        if row is not None and self.lines:
            row = self.lines[int(row) - 1]
            why = f"line {row}: {why}"
        super().note(reason, why, remedy, row=row, column=column, value=value, outcome=outcome)

    def text(self, column: str, *, required: bool = False) -> pd.Series:
        found = self._distinctly(column, Ledger.text)
        return super().text(column, required=required) if found is None or required else found

    def identifier(self, column: str) -> pd.Series:
        found = self._distinctly(column, Ledger.identifier)
        return super().identifier(column) if found is None else found

    def dates(self, column: str, *, required: bool = False, iso: bool = False) -> pd.Series:
        found = self._distinctly(column, Ledger.dates)
        if found is None or iso or (required and found.isna().any()):
            return super().dates(column, required=required, iso=iso)
        return found

    def _distinctly(self, column: str, how: Callable[[Ledger, str], pd.Series]) -> pd.Series | None:
        """A column of text read value by distinct value, which is several times faster; None where a value is odd
        in any way, or isn't text, and the rows that have it must be named."""
        if column not in self.rows.columns or not len(self.rows):
            return None
        cells = self.rows[column]
        if pd.api.types.infer_dtype(cells, skipna=False) != "string":
            return None
        numbers, distinct = pd.factorize(cells.to_numpy())
        scratch = Ledger(self.file, "", "", pd.DataFrame({column: distinct}, dtype=object))
        found = how(scratch, column)
        return None if scratch.problems else found.take(numbers).set_axis(self.rows.index)


def of_sheet(sheet: Sheet) -> Piece:
    """The table in a sheet that `header_of` recognises: its columns renamed, what isn't the return's left out."""
    number, layout = header_of(sheet.rows)
    frame = sheet.frame(number)
    names = [column_name(name) for name in frame.columns]
    ours = [bool(name) and (name in layout.names or name in (AUTHORITY, YEAR)) for name in names]
    first = [ours[i] and name not in names[:i] for i, name in enumerate(names)]
    rows = frame.loc[:, first]
    rows.columns = [name for name, wanted in zip(names, first, strict=True) if wanted]
    piece = Piece(layout, sheet.file, sheet.name, rows)
    for name, times in Counter(n for n, mine in zip(names, ours, strict=True) if mine).items():
        if times > 1:
            piece = piece.saying(
                NOTED, "column-repeated", f"the column stands {times} times; the first is used",
                "leave one of them in the export", column=name,
            )  # fmt: skip
    strangers = [str(head).strip() for head, mine in zip(frame.columns, ours, strict=True) if not mine]
    if any(strangers):
        named = ", ".join(filter(None, strangers[:8]))[:200]
        piece = piece.saying(
            NOTED, "column-unknown", f"columns that the table doesn't have, left out: {named}",
            "nothing, if they are local additions",
        )  # fmt: skip
    for row in sheet.overflowing(number):
        piece = piece.saying(
            SET_ASIDE, "row-too-long", "the row has more cells than there are columns, so its values may have shifted",
            "put text that holds a comma in quotation marks and export again", row,
        )  # fmt: skip
    return inspected(piece)


def inspected(piece: Piece) -> Piece:
    """The piece with what its columns as a whole say of it: absent columns, and NULL written as a word.

    Cells that hold NULL come out blank.
    """
    for name in piece.layout.absent(piece.rows.columns, essential=True):
        piece = piece.saying(
            REFUSED, "column-missing", f"the {piece.layout.title} table has no column {name}, which it can't do without",
            f"add {name} to the export", column=name,
        )  # fmt: skip
    absent = piece.layout.absent(piece.rows.columns, essential=False)
    if absent:
        piece = piece.saying(
            NOTED, "column-missing", f"columns absent, so not known from this file: {', '.join(absent)}",
            "add them to the export if the system holds them",
        )  # fmt: skip
    rows = piece.rows.copy()
    for name in rows.columns:
        written = [cell for cell in pd.unique(rows[name]) if isinstance(cell, str) and cell.strip().upper() == "NULL"]
        if not written:
            continue
        null = rows[name].isin(written)
        count, first = int(null.sum()), int(rows.index[null.to_numpy()][0])
        if name in ESSENTIAL_CODES and count >= SHARE_TO_REFUSE * len(rows):
            piece = piece.saying(
                REFUSED, "null-codes", f"{count} of {len(rows)} cells hold the word NULL where a code belongs",
                "export again with the codes filled in", first, name, "NULL",
            )  # fmt: skip
        else:
            piece = piece.saying(
                BLANKED, "null-written", f"{count} cells hold the word NULL; read as blank",
                "export blanks as blanks", first, name, "NULL",
            )  # fmt: skip
        rows[name] = rows[name].mask(null, "")
    return replace(piece, rows=rows)


def by_label(piece: Piece) -> list[Piece]:
    """The piece split by its own YEAR column, in order of first appearance; itself where there is none."""
    if YEAR not in piece.rows.columns or piece.refused or not len(piece.rows):
        return [piece]
    labels = piece.rows[YEAR].map(lambda cell: "" if is_blank(cell) else str(cell).strip().removesuffix(".0"))
    parts = []
    for number, label in enumerate(dict.fromkeys(labels)):
        rows = piece.rows[(labels == label).to_numpy()]
        found = tuple(f for f in piece.found if (f[4] in rows.index if f[4] is not None else number == 0))
        parts.append(replace(piece, rows=rows, label=label, found=found))
    return parts
