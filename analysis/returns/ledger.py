"""Keeps the account of one sheet while it is read: typed columns out, every oddity noted with its place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping

import pandas as pd

from analysis.records.delivery import BLANKED, NOTED, SET_ASIDE, Problem, RowCount, SourceFile
from analysis.returns.sources import UNCALCULATED

# What spreadsheets show in place of a value. Never data.
SPREADSHEET_ERRORS = frozenset(
    (
        "#N/A",
        "#NA",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
        "#GETTING_DATA",
        "#######",
    )
)
# A return holds nobody born, and nothing that happened, outside these years.
EARLIEST, LATEST = pd.Timestamp(1900, 1, 1), pd.Timestamp(2100, 1, 1)
_EXCEL_EPOCH = pd.Timestamp(1899, 12, 30)
_WORKBOOK_NUMBER = re.compile(r"(-?\d+)\.0+")
_QUOTES = str.maketrans("‘’“”`–—\xa0", "''\"\"'-- ")


def normalise(text: object) -> str:
    """Text for comparing headers and codes: one case, one kind of quote and dash, single spaces, no end punctuation."""
    return re.sub(r"[\s_]+", " ", str(text).translate(_QUOTES)).strip().strip(".:;,").strip().casefold()


def header_key(text: object) -> str:
    """Header text with nothing left but letters and digits: `LA In Touch ` and `LA in touch` are one."""
    return re.sub(r"[^a-z0-9]", "", normalise(text))


def is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value is pd.NaT or value != value


class Ledger:
    """The account of one sheet (or one kind of XML record).

    `rows` are object columns indexed by the row number that a person sees. A row set aside once stays set
    aside; typed columns come back whole (aligned with `rows`), and `kept()` says which rows to use.
    The only mutable thing in a reader.
    """

    def __init__(self, file: SourceFile, sheet: str, contents: str, rows: pd.DataFrame):
        self.file, self.sheet, self.contents, self.rows = file, sheet, contents, rows
        self.problems: list[Problem] = []
        self._aside = pd.Series(False, index=rows.index)

    # --- saying what is wrong ---------------------------------------------------------------------

    def note(self, reason: str, why: str, remedy: str, *, row: int | None = None, column: str = "", value: object = "",
             outcome: str = NOTED) -> None:  # fmt: skip
        shown = "" if is_blank(value) else str(value)[:120]
        self.problems.append(
            Problem(
                outcome,
                reason,
                self.file.name,
                why,
                remedy,
                self.sheet,
                None if row is None else int(row),
                column,
                shown,
            )
        )

    def flag(self, wrong: pd.Series, outcome: str, reason: str, why: str, remedy: str, column: str = "") -> None:
        """A problem for each row where `wrong` (a boolean Series on the rows) is true; with SET_ASIDE those rows go."""
        if not wrong.any():
            return
        marked = wrong.fillna(False).astype(bool) & ~self._aside
        values = self.rows[column] if column in self.rows.columns else None
        for row in marked.index[marked]:
            self.note(
                reason,
                why,
                remedy,
                row=row,
                column=column,
                outcome=outcome,
                value="" if values is None else values[row],
            )
        if outcome == SET_ASIDE:
            self._aside = self._aside | marked

    def kept(self) -> pd.Series:
        return ~self._aside

    def count(self) -> RowCount:
        aside = int(self._aside.sum())
        return RowCount(self.file.name, self.sheet, self.contents, len(self.rows), len(self.rows) - aside, aside)

    # --- typed columns -----------------------------------------------------------------------------

    def _cells(self, column: str) -> pd.Series:
        """The column's cells with blanks as None and spreadsheet errors blanked and reported."""
        if column not in self.rows.columns:
            return pd.Series([None] * len(self.rows), index=self.rows.index, dtype=object)
        cells = self.rows[column].astype(object)
        cells = cells.where(~cells.map(is_blank), None)
        errors = cells.map(lambda v: isinstance(v, str) and v.strip().upper() in SPREADSHEET_ERRORS)
        self.flag(errors, BLANKED, "spreadsheet-error", "the cell holds a spreadsheet error, not a value",
                  "mend the formula and save the file again", column)  # fmt: skip
        pending = cells == UNCALCULATED
        self.flag(pending, BLANKED, "formula-uncalculated", "the cell's formula was never calculated: it has no value",
                  "open the workbook in a spreadsheet, save it, and deliver that", column)  # fmt: skip
        return cells.where(~(errors | pending), None)

    def text(self, column: str, *, required: bool = False) -> pd.Series:
        """Text, stripped, inner white space single; a whole number that a workbook holds as 123.0 reads 123."""

        def tidy(value: object) -> object:
            if value is None:
                return None
            if isinstance(value, float) and value.is_integer():
                return str(int(value))
            if isinstance(value, (dt.datetime, dt.date)):
                return value.strftime("%Y-%m-%d")
            return re.sub(r"\s+", " ", str(value).replace("\xa0", " ")).strip() or None

        found = self._cells(column).map(tidy)
        if required:
            self._require(found, column)
        return found.astype("string")

    def identifier(self, column: str) -> pd.Series:
        """A child's or worker's identifier: required text; `00123` stays, `123.0` is 123."""
        found = self.text(column).map(
            lambda v: m[1] if isinstance(v, str) and (m := _WORKBOOK_NUMBER.fullmatch(v)) else v
        )
        self._require(found, column)
        return found.astype("string")

    def dates(self, column: str, *, required: bool = False, iso: bool = False) -> pd.Series:
        """Dates from Excel dates, Excel serial numbers, DD/MM/YYYY text (any separator) or ISO text.

        Text is read day first unless `iso`; ISO text is always understood. What can't be read, or lies
        outside 1900 to 2100, is blanked and reported; with `required`, its row is set aside.
        """
        cells = self._cells(column)
        cache: dict[object, object] = {}

        def read(value: object) -> object:
            if value is None:
                return pd.NaT
            if value not in cache:
                cache[value] = _date(value, iso)
            return cache[value]

        read_dates = cells.map(read)
        found = pd.Series(pd.to_datetime(read_dates.array, errors="coerce"), index=cells.index).astype("datetime64[us]")
        unreadable = cells.notna() & found.isna()
        outcome = SET_ASIDE if required else BLANKED
        shape = "yyyy-mm-dd" if iso else "DD/MM/YYYY"
        self.flag(unreadable, outcome, "date-unreadable", "not a date that can be read", f"write it as {shape}", column)
        if required:
            self._require(found, column)
        return found

    def coded(self, column: str, meaning: Callable[[str], str | None] | Mapping[str, str], *, required: bool = False,
              expected: str = "") -> pd.Series:  # fmt: skip
        """Codes: `meaning` turns a cell's text into a canonical code, or None where it isn't one.

        Unknown values are blanked (with `required`: the row is set aside) and reported with what was `expected`.
        """
        look_up = meaning.get if isinstance(meaning, Mapping) else meaning
        texts = self.text(column)
        codes = {value: look_up(value) for value in texts.dropna().unique()}
        found = texts.map(codes).astype("string")
        unknown = texts.notna() & found.isna()
        remedy = f"use one of: {expected}" if expected else "use a code of the return's own list"
        self.flag(
            unknown,
            SET_ASIDE if required else BLANKED,
            "code-unknown",
            "not a code of this column's list",
            remedy,
            column,
        )
        if required:
            self._require(found, column)
        return found

    def flags(
        self, column: str, yes: frozenset[str], no: frozenset[str], unknown: frozenset[str] = frozenset()
    ) -> pd.Series:
        """Yes or no by normalised text; `unknown` words are missing without being a problem."""
        texts = self.text(column)
        words = texts.map(normalise, na_action="ignore").astype("string")  # a wholly blank column keeps its type
        found = pd.Series(pd.NA, index=texts.index, dtype="boolean")
        found[words.isin(yes)] = True
        found[words.isin(no)] = False
        odd = texts.notna() & found.isna() & ~words.isin(unknown)
        self.flag(odd, BLANKED, "code-unknown", "neither yes nor no", "write Yes or No", column)
        return found

    def integers(self, column: str, *, lowest: int = 0) -> pd.Series:
        """Whole numbers, not below `lowest`."""
        found = self.numbers(column, lowest=lowest)
        odd = found.notna() & (found % 1 != 0)
        self.flag(odd, BLANKED, "number-not-whole", "not a whole number", "write a whole number", column)
        return found.where(~odd.fillna(False)).astype("Int64")

    def numbers(self, column: str, *, lowest: float | None = None) -> pd.Series:
        texts = self.text(column)
        found = pd.to_numeric(texts.str.replace(",", "", regex=False), errors="coerce").astype("Float64")
        odd = texts.notna() & found.isna()
        self.flag(odd, BLANKED, "number-unreadable", "not a number", "write a number", column)
        if lowest is not None:
            low = found.notna() & (found < lowest)
            self.flag(low, BLANKED, "number-too-low", f"lower than {lowest}", "check the value at its source", column)
            found = found.mask(low.fillna(False))
        return found

    def _require(self, found: pd.Series, column: str) -> None:
        self.flag(found.isna(), SET_ASIDE, "value-missing", f"'{column}' is blank, and the row means nothing without it",
                  "fill it in at the source and export again", column)  # fmt: skip

    def once(self, key: pd.DataFrame) -> None:
        """Sets aside every later row that repeats an earlier kept row's key."""
        usable = key[self.kept()]
        repeated = usable.duplicated().reindex(self.rows.index, fill_value=False)
        named = ", ".join(key.columns)
        self.flag(repeated, SET_ASIDE, "row-repeated", f"an earlier row has the same {named}",
                  "remove one of the two, or correct the one that is wrong")  # fmt: skip


def _date(value: object, iso: bool) -> object:
    if isinstance(value, bool):
        return pd.NaT
    if isinstance(value, (dt.datetime, dt.date)):
        return _plausible(pd.Timestamp(value).normalize())
    if isinstance(value, (int, float)):
        return _plausible(_EXCEL_EPOCH + pd.Timedelta(days=int(value))) if 1 <= value < 80_000 else pd.NaT
    text = str(value).strip()
    if found := re.fullmatch(
        r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?", text
    ):
        year, month, day = found.groups()
    elif not iso and (
        found := re.fullmatch(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})(?: \d{1,2}:\d{2}(?::\d{2})?)?", text)
    ):
        day, month, year = found.groups()
    elif not iso and (found := re.fullmatch(r"(\d{1,2})[ \-]([A-Za-z]{3,9})[ \-](\d{4})", text)):
        try:
            return _plausible(pd.Timestamp(dt.datetime.strptime(f"{found[1]} {found[2][:3]} {found[3]}", "%d %b %Y")))
        except ValueError:
            return pd.NaT
    elif not iso and re.fullmatch(r"\d{5}(\.0+)?", text):
        return _plausible(_EXCEL_EPOCH + pd.Timedelta(days=int(float(text))))
    else:
        return pd.NaT
    try:
        return _plausible(pd.Timestamp(int(year), int(month), int(day)))
    except ValueError:
        return pd.NaT


def _plausible(day: pd.Timestamp) -> object:
    return day if EARLIEST <= day < LATEST else pd.NaT
