"""Puts the SSDA903 reader together: pieces into years, years into returns, with every row accounted for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from types import MappingProxyType

import pandas as pd

from analysis.records.delivery import REFUSED, Coverage, Return, SourceFile
from analysis.records.tables import TABLES
from analysis.reference.calendar import Quarter, words
from analysis.returns.ledger import is_blank
from analysis.returns.reading import Context, Reader
from analysis.returns.sources import Sheet, XmlDocument
from analysis.returns.ssda903 import xml_form
from analysis.returns.ssda903.checks import check_carried_over, check_year
from analysis.returns.ssda903.layout import AUTHORITY, TITLE, header_of
from analysis.returns.ssda903.pieces import Piece, by_label, of_sheet
from analysis.returns.ssda903.tables import Table, table_of
from analysis.returns.ssda903.years import Placed, bounds, label, place

# Starts after the quarter's end: this share of a year's starts (and so many) is another quarter's extract, not a slip.
LATE_SHARE, LATE_ROWS = 0.2, 3
# Where nothing says the year: the first in which there was such a return, so that the problem has a place to stand.
FIRST_COLLECTION = 1992


def claims(piece: Sheet | XmlDocument) -> bool:
    """By content alone: a sheet with the columns of one of the return's tables, or the return's XML."""
    return xml_form.claims(piece) if isinstance(piece, XmlDocument) else header_of(piece.rows) is not None


def read(pieces: Sequence[Sheet | XmlDocument], context: Context) -> tuple[Return, ...]:
    """One return a collection year found in the delivery, oldest first."""
    found: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, XmlDocument):
            found += xml_form.of_document(piece)
        else:
            found += by_label(of_sheet(piece))
    found = _one_authority(found)
    placed = place(found, context.quarter)
    if not placed:
        placed = [Placed(FIRST_COLLECTION, _of_no_year(piece)) for piece in found]
    by_year: dict[int, list[Table]] = {}
    for year in sorted({one.year for one in placed}):
        ours = [_too_late(one, context.quarter) for one in placed if one.year == year]
        by_year[year] = _tables(ours)
        check_year(by_year[year], _end(year, context.quarter))
        if year - 1 in by_year:
            check_carried_over(by_year[year - 1], by_year[year])
    return tuple(_return(year, tables, context.quarter) for year, tables in by_year.items())


def _of_no_year(piece: Piece) -> Piece:
    if piece.refused:
        return piece
    return piece.saying(
        REFUSED, "year-unknown", "nothing in the delivery says which collection year it is of",
        "deliver the episodes with it, or say the quarter that it is for",
    )  # fmt: skip


def _authorities(piece: Piece) -> list[str]:
    if AUTHORITY not in piece.rows.columns:
        return []
    return sorted({str(cell).strip() for cell in piece.rows[AUTHORITY] if not is_blank(cell)})


def _one_authority(pieces: list[Piece]) -> list[Piece]:
    """Refuses a regional file that holds several authorities: their children's identifiers may coincide."""
    every = sorted({name for piece in pieces for name in _authorities(piece)})
    if len(every) < 2:
        return pieces
    why = f"the delivery holds children of several authorities: {', '.join(every)[:200]}"
    return [
        p.saying(REFUSED, "several-authorities", why, "deliver one authority's rows", column=AUTHORITY)
        if _authorities(p) and not p.refused else p
        for p in pieces
    ]  # fmt: skip


def _too_late(placed: Placed, quarter: Quarter | None) -> Placed:
    """Refuses content later than the quarter that the delivery is for: it can't have been known then."""
    piece = placed.piece
    if quarter is None or piece.refused or not len(piece.rows):
        return placed
    remedy = "say the quarter that the files are of, or deliver those of this quarter"
    if placed.year > quarter.year + 1:
        why = f"its content is of {label(placed.year)}, later than {quarter}, which the delivery is for"
        return Placed(placed.year, piece.saying(REFUSED, "later-than-quarter", why, remedy))
    if placed.year == quarter.year + 1 and piece.layout.name == "Episodes":
        late, in_year = _late_starts(piece, quarter)
        if late >= LATE_ROWS and late >= LATE_SHARE * in_year:
            why = (
                f"{late} of the {in_year} episodes that start in {label(placed.year)} start after {words(quarter.end)}"
            )
            return Placed(placed.year, piece.saying(REFUSED, "later-than-quarter", why, remedy, column="DECOM"))
    return placed


def _late_starts(piece: Piece, quarter: Quarter) -> tuple[int, int]:
    """Of the episodes that start in the quarter's financial year: how many start after the quarter, and how many in all."""
    starts = piece.dates("DECOM")
    first, last = bounds(quarter.year + 1)
    inside = starts[(starts >= first) & (starts <= last)]
    return int((inside > pd.Timestamp(quarter.end)).sum()), len(inside)


def _end(year: int, quarter: Quarter | None) -> dt.date:
    """31 March, or the quarter's end where the return is of the quarter's own year: an extract of the year to date."""
    return quarter.end if quarter and quarter.year + 1 == year else bounds(year)[1].date()


def _tables(placed: list[Placed]) -> list[Table]:
    """Every piece of a year, read; a row that an earlier piece of the same table has is set aside."""
    read_so_far: list[Table] = []
    for one in placed:
        key = list(TABLES[one.piece.layout.table].key)
        same = [t.rows()[key] for t in read_so_far if t.layout == one.piece.layout and not t.placed.piece.refused]
        earlier = pd.MultiIndex.from_frame(pd.concat(same)) if same else None
        read_so_far.append(table_of(one, earlier))
    return read_so_far


def _return(year: int, tables: list[Table], quarter: Quarter | None) -> Return:
    start, end = bounds(year)[0].date(), _end(year, quarter)
    usable = [t for t in tables if not t.placed.piece.refused]
    frames = {
        name: _merged(name, [t for t in usable if t.layout.table == name])
        for name in dict.fromkeys(t.layout.table for t in usable)
    }
    covered = dict.fromkeys(
        (t.layout.table, t.layout.coverage)
        for t in usable
        if t.layout.coverage and (t.placed.piece.own_file or len(t.placed.piece.rows))
    )
    to_date = "" if end == bounds(year)[1].date() else f", to {words(end)}"
    named = sorted({name for t in tables for name in _authorities(t.placed.piece)})
    return Return(
        kind="ssda903",
        title=f"{TITLE} for {label(year)}{to_date}",
        start=start,
        end=end,
        tables=MappingProxyType(frames),
        coverage=tuple(Coverage(table, start, end, basis) for table, basis in covered),
        problems=tuple(problem for t in tables for problem in t.ledger.problems),
        counts=tuple(t.ledger.count() for t in tables),
        files=tuple(_files(tables)),
        about=MappingProxyType({"authority": named[0]} if len(named) == 1 else {}),
    )


def _files(tables: list[Table]) -> list[SourceFile]:
    return list(dict.fromkeys(t.placed.piece.file for t in tables))


def _merged(name: str, tables: list[Table]) -> pd.DataFrame:
    """One canonical frame out of a year's pieces, with the columns that any of them carries."""
    if name == "children":
        return _children(tables)
    return TABLES[name].conform(pd.concat([t.rows() for t in tables], ignore_index=True), partial=True)


def _children(tables: list[Table]) -> pd.DataFrame:
    """The header's children, and what UASC adds: the mark, when it ceased, and children whom the header lacks.

    A child who isn't in UASC isn't said to be no asylum seeker: the table holds those of the year alone.
    """
    canonical = TABLES["children"]
    found: pd.DataFrame | None = None
    for table in sorted(tables, key=lambda t: t.layout.name != "Header"):
        rows = table.rows()
        if table.layout.name == "UASC":
            rows = rows.assign(unaccompanied=pd.array([True] * len(rows), dtype="boolean"))
        elif "unaccompanied" in rows:
            rows = rows.assign(unaccompanied=rows["unaccompanied"].where(rows["unaccompanied"].fillna(False)))
        rows = canonical.conform(rows, partial=True).set_index("child_id")
        found = rows if found is None else found.combine_first(rows)
    return canonical.conform(found.reset_index(), partial=True)


READER = Reader(kind="ssda903", title="SSDA903: children looked after", claims=claims, read=read)
