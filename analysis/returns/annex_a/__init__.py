"""Reads Ofsted's Annex A: eleven child-level lists in one workbook, in whatever layout an authority writes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from types import MappingProxyType

from analysis.records.delivery import NOTED, Problem, Return
from analysis.reference.calendar import words
from analysis.returns.annex_a.collect import coverage_of, given, set_aside_repeats, tables_of
from analysis.returns.annex_a.pages import read_page
from analysis.returns.annex_a.recognise import claims, columns_of
from analysis.returns.annex_a.window import note_dates_ahead, undated, window_of
from analysis.returns.reading import Context, Reader
from analysis.returns.sources import Sheet, XmlDocument

# The date of a workbook that is refused because it has none.
_NO_DATE = dt.date(1900, 1, 1)


def read(pieces: Sequence[Sheet | XmlDocument], context: Context) -> tuple[Return, ...]:
    """One return from all the sheets that `claims` recognised, whichever workbooks they stand in."""
    sheets = [piece for piece in pieces if isinstance(piece, Sheet)]
    recognised = [(sheet, columns_of(sheet)) for sheet in sheets]
    covers = [sheet for sheet, columns in recognised if columns is None]
    pages = [read_page(sheet, columns) for sheet, columns in recognised if columns is not None]
    pages.sort(key=lambda page: page.listed.number)
    set_aside_repeats(pages)
    files = tuple(dict.fromkeys(sheet.file for sheet in sheets))
    said = given(pages)
    window = window_of(said, covers, context.quarter)
    tables, coverage, dating = {}, (), ()
    if window is None:
        dating = (undated(files[0].name),)
    else:
        for page in said:
            note_dates_ahead(page, window)
        tables, coverage, dating = tables_of(said, window), coverage_of(said, window), window.problems
    problems = (
        *dating,
        *(problem for page in pages for problem in page.ledger.problems),
        *(_cover(sheet) for sheet in covers),
    )
    end = window.end if window else _NO_DATE
    return (
        Return(
            kind="annex_a",
            title=f"Annex A as at {words(end)}" if window else "Annex A",
            start=window.start if window else _NO_DATE,
            end=end,
            tables=MappingProxyType(tables),
            coverage=coverage,
            problems=problems,
            counts=tuple(page.count() for page in pages),
            files=files,
            about=MappingProxyType({"dated by": window.how} if window else {}),
        ),
    )


def _cover(sheet: Sheet) -> Problem:
    return Problem(
        NOTED, "sheet-without-data", sheet.file.name, "one of the template's own pages; it holds no data",
        "no need to do anything", sheet=sheet.name,
    )  # fmt: skip


READER = Reader(kind="annex_a", title="Annex A", claims=claims, read=read)
