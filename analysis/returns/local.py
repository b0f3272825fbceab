"""Reads local returns: plain CSVs or sheets whose headers are the column names of a canonical table."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.records.delivery import NOTED, REFUSED, SET_ASIDE, Coverage, Problem, Return, RowCount
from analysis.records.schema import Column, Table
from analysis.reference.calendar import Quarter
from analysis.returns.ledger import Ledger, header_key, normalise
from analysis.returns.local_layouts import START_MAY_BE_BLANK, code_list, layouts, required, write_templates
from analysis.returns.reading import Context, Reader
from analysis.returns.sources import Sheet, XmlDocument

__all__ = ["READER", "write_templates"]

KIND, TITLE = "local", "Local returns"
# A title or a note may stand above the header row, no more.
ROWS_BEFORE_HEADER = 5
# A sheet is a table's where it has the table's key, and at least this share of the table's columns and of its own.
LEAST_SHARE = 0.5
YES, NO = frozenset(("yes", "y", "true", "1", "1.0")), frozenset(("no", "n", "false", "0", "0.0"))
UNKNOWN = frozenset(("unknown", "not known"))
ACADEMIC_YEAR = r"\d{4}-\d{2}"


@dataclass(frozen=True)
class Match:
    """A sheet taken for a table: `columns` maps canonical names to positions in the header row (0-based)."""

    table: Table
    header: int
    columns: Mapping[str, int]
    unknown: tuple[str, ...]
    repeated: tuple[str, ...]


def recognise(sheet: Sheet) -> Match | None:
    """The table whose columns a sheet has, by its header row; None where none fits."""
    for number, row in enumerate(sheet.rows[: ROWS_BEFORE_HEADER + 1]):
        found = [match for table in layouts() if (match := _match(table, number, row))]
        if found:
            return max(found, key=lambda match: (len(match.columns) - len(match.unknown), len(match.columns)))
    return None


def _match(table: Table, number: int, row: Sequence[object]) -> Match | None:
    names = {header_key(name): name for name in table.names}
    headers = [(place, str(cell).strip()) for place, cell in enumerate(row) if str(cell).strip()]
    columns: dict[str, int] = {}
    unknown, repeated = [], []
    for place, header in headers:
        name = names.get(header_key(header))
        if name is None:
            unknown.append(header)
        elif name in columns:
            repeated.append(name)
        else:
            columns[name] = place
    enough = len(columns) >= max(LEAST_SHARE * len(table.columns), LEAST_SHARE * len(headers), 2)
    if not enough or any(name not in columns for name in table.key):
        return None
    return Match(table, number, columns, tuple(unknown), tuple(repeated))


def claims(piece: Sheet | XmlDocument) -> bool:
    return isinstance(piece, Sheet) and recognise(piece) is not None


@dataclass(frozen=True)
class Part:
    """One sheet as read: typed columns aligned with all its rows."""

    match: Match
    ledger: Ledger
    typed: pd.DataFrame

    def kept(self) -> pd.DataFrame:
        return self.typed[self.ledger.kept()]


def read(pieces: Sequence[Sheet | XmlDocument], context: Context) -> tuple[Return, ...]:
    """One return of all the sheets, for the delivery's quarter, or the one that most of its dates lie in."""
    parts: list[Part] = []
    problems: list[Problem] = []
    counts: list[RowCount] = []
    for sheet in pieces:
        match = recognise(sheet)
        if match.repeated:
            problems.append(_columns_repeated(sheet, match))
            lost = len(sheet.frame(match.header))
            counts.append(RowCount(sheet.file.name, sheet.name, f"Local: {match.table.title}", lost, 0, lost))
            continue
        parts.append(_read(sheet, match, [part for part in parts if part.match.table is match.table]))
    quarter, doubt = _quarter(parts, context)
    if quarter:
        for part in parts:
            _check_dates(part, quarter)
    tables = _tables(parts) if quarter else {}
    start, end = (quarter.start, quarter.end) if quarter else (dt.date(1900, 1, 1),) * 2
    return (
        Return(
            KIND,
            f"{TITLE}, {quarter}" if quarter else TITLE,
            start,
            end,
            tables,
            coverage=_coverage(tables, quarter) if quarter else (),
            problems=(*doubt, *problems, *(p for part in parts for p in part.ledger.problems)),
            counts=(*counts, *(part.ledger.count() for part in parts)),
            files=tuple(dict.fromkeys(piece.file for piece in pieces)),
        ),
    )


def _columns_repeated(sheet: Sheet, match: Match) -> Problem:
    return Problem(
        REFUSED, "column-repeated", sheet.file.name,
        f"the column '{match.repeated[0]}' stands there twice, so nothing says which is meant",
        "take one of the two out, or rename it", sheet.name, match.header + 1, match.repeated[0],
    )  # fmt: skip


def _read(sheet: Sheet, match: Match, before: Sequence[Part]) -> Part:
    table = match.table
    everything = sheet.frame(match.header)
    rows = pd.DataFrame(
        {name: everything.iloc[:, place] for name, place in match.columns.items()}, index=everything.index, dtype=object
    )
    ledger = Ledger(sheet.file, sheet.name, f"Local: {table.title}", rows)
    _say_columns(ledger, match)
    overflowing = pd.Series(rows.index.isin(sheet.overflowing(match.header)), index=rows.index)
    ledger.flag(overflowing, SET_ASIDE, "row-overflows", "more cells than there are columns: likely an unquoted comma",
                "put quotes round the text that holds the comma")  # fmt: skip
    needed = required(table)
    typed = pd.DataFrame(
        {c.name: _typed(ledger, c, c.name in needed) for c in table.columns if c.name in match.columns},
        index=rows.index,
    )
    typed = _whole_months(ledger, typed)
    if "academic_year" in typed:
        odd = typed["academic_year"].notna() & ~typed["academic_year"].str.fullmatch(ACADEMIC_YEAR).fillna(False)
        ledger.flag(odd, NOTED, "academic-year-shape", "not written as a school year", "write it like 2017-18",
                    "academic_year")  # fmt: skip
    key = typed[list(table.key)]
    ledger.once(key)
    _once_across(ledger, key, before)
    return Part(match, ledger, typed)


def _say_columns(ledger: Ledger, match: Match) -> None:
    for header in match.unknown:
        ledger.note("column-unknown", f"'{header}' is no column of {match.table.name}, so it isn't read",
                    "check its spelling against the layout, or leave it out", row=match.header + 1, column=header)  # fmt: skip
    for name in match.table.names:
        if name not in match.columns:
            ledger.note("column-absent", f"{match.table.name} has a column '{name}', and this file hasn't",
                        "add it, if only with blanks", row=match.header + 1, column=name)  # fmt: skip
    if ledger.rows.empty:
        ledger.note("table-empty", f"the file has no rows: it says that there were no {match.table.title.lower()}",
                    "leave the file out if it isn't known")  # fmt: skip


def _typed(ledger: Ledger, column: Column, needed: bool) -> pd.Series:
    if column.kind == "date":
        return ledger.dates(column.name, required=needed)
    if column.kind == "code":
        allowed = code_list(column)
        words = {normalise(label): code for code, label in allowed.items()} | {
            normalise(code): code for code in allowed
        }
        return ledger.coded(column.name, lambda text: words.get(normalise(text)), required=needed,
                            expected=", ".join(allowed))  # fmt: skip
    if column.kind == "flag":
        return ledger.flags(column.name, YES, NO, UNKNOWN)
    if column.kind == "integer":
        return ledger.integers(column.name)
    if column.kind == "number":
        return ledger.numbers(column.name, lowest=0)
    return ledger.identifier(column.name) if needed else ledger.text(column.name)


def _whole_months(ledger: Ledger, typed: pd.DataFrame) -> pd.DataFrame:
    if "month" not in typed:
        return typed
    inside = typed["month"].notna() & (typed["month"].dt.day != 1)
    ledger.flag(inside, NOTED, "month-not-first-day", "not the first day of a month; it is read as that month",
                "write the month's first day", "month")  # fmt: skip
    return typed.assign(month=typed["month"] - pd.to_timedelta(typed["month"].dt.day - 1, unit="D"))


def _once_across(ledger: Ledger, key: pd.DataFrame, before: Sequence[Part]) -> None:
    """Sets aside rows whose key a file read earlier has: two files of one table make one table."""
    if not before:
        return
    names = list(key.columns)
    seen = pd.concat([part.kept()[names] for part in before])
    known = set(seen.itertuples(index=False, name=None))
    again = pd.Series([row in known for row in key.itertuples(index=False, name=None)], index=key.index, dtype=bool)
    ledger.flag(again, SET_ASIDE, "row-repeated", f"another file has the same {', '.join(names)}",
                "remove one of the two, or correct the one that is wrong")  # fmt: skip


def _quarter(parts: Sequence[Part], context: Context) -> tuple[Quarter | None, list[Problem]]:
    if context.quarter:
        return context.quarter, []
    dates = [
        date
        for part in parts
        for name in (part.match.table.start, part.match.table.end)
        if name in part.typed
        for date in part.kept()[name].dropna()
    ]
    file = parts[0].ledger.file.name if parts else ""
    if not dates:
        return None, [
            Problem(REFUSED, "quarter-unknown", file, "its rows have no dates, so nothing says which quarter it is for",
                    "name the quarter when you deliver it")
        ] if parts else []  # fmt: skip
    counted = Counter(Quarter.containing(date) for date in dates)
    quarter = max(counted, key=lambda q: (counted[q], q))
    return quarter, [
        Problem(NOTED, "quarter-supposed", file,
                f"the delivery names no quarter; {counted[quarter]} of {len(dates)} dates lie in {quarter}",
                "name the quarter when you deliver it")
    ]  # fmt: skip


def _check_dates(part: Part, quarter: Quarter) -> None:
    table, typed, day = part.match.table, part.typed, pd.Timestamp(quarter.end)
    start, end = (name if name in typed else None for name in (table.start, table.end))
    if start:
        part.ledger.flag(typed[start] > day, NOTED, "start-after-quarter", f"begins after {quarter} has ended",
                         "correct the date, or leave the row to its own quarter", start)  # fmt: skip
    if start and end:
        part.ledger.flag(typed[end] < typed[start], NOTED, "end-before-start", "ends before it begins",
                         "correct the wrong date", end)  # fmt: skip
    if start and table.name in START_MAY_BE_BLANK:
        part.ledger.flag(typed[start].isna() & typed.get("pre_proceedings_date", typed[start]).isna(), NOTED,
                         "start-missing", "neither pre-proceedings nor an application has a date", "fill one in", start)  # fmt: skip


def _tables(parts: Sequence[Part]) -> dict[str, pd.DataFrame]:
    frames: dict[Table, list[pd.DataFrame]] = {}
    for part in parts:
        frames.setdefault(part.match.table, []).append(part.kept())
    return {table.name: table.conform(pd.concat(kept), partial=True) for table, kept in frames.items()}


def _coverage(tables: Mapping[str, pd.DataFrame], quarter: Quarter) -> tuple[Coverage, ...]:
    return tuple(
        Coverage(table.name, quarter.start, quarter.end, "touching" if table.end else "starting")
        for table in layouts()
        if table.name in tables and table.start
    )


READER = Reader(KIND, TITLE, claims, read)
