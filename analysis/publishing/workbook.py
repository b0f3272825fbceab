"""`tables.xlsx`: every table of an audience's findings and the figures behind every chart, as an accessible workbook.

Made with gptables, the Government Analysis Function's own: cover, contents, notes, then one table a sheet, its cells real
numbers where they are numbers. https://analysisfunction.civilservice.gov.uk/policy-store/releasing-statistics-in-spreadsheets/
Nothing is computed here: what is withheld was withheld when the finding was recorded.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.disclosure import CONFIDENTIAL
from analysis.publishing import wording
from analysis.publishing.promote import Promoted
from analysis.reference import project
from analysis.reference.calendar import Quarter

FILE = "tables.xlsx"
WITHHELD, NONE = "[c]", "[x]"
NOTES = (
    (WITHHELD, "Withheld to protect confidentiality: a count from 1 to 5, what rests on one, or what would give one back"),
    (NONE, "Not available, or nothing to show"),
)  # fmt: skip
# What gptables would take for a link or a note stays text.
_LINK, _NOTE = re.compile(r"\](?=\()"), re.compile(r"\$(?=\$)")
_NUMBER = re.compile(r"(?P<sign>[-−]?)(?P<whole>\d[\d,]*)(?P<part>\.\d+)?(?P<unit>%| days)?")
_EMPTY = ("–", "", "not available")
_WIDEST = 90
# Columns of charts' data, in words.
_CALLED = {"n": "Number", "special": "Beyond usual variation"}


# Row (the headings are the first), column and number format of a cell.
Format = tuple[int, int, str]


@dataclass(frozen=True)
class Sheet:
    """One table: its name in the workbook, title, where it comes from, cells, and the number formats of some."""

    label: str
    title: str
    source: str
    table: pd.DataFrame
    formats: list[Format]


def write(folder: Path, promoted: Promoted) -> str | None:
    """Writes the workbook into a publication's folder; gives its name, None where no review found a table."""
    found = list(sheets(promoted))
    if not found:
        return None
    import gptables
    from xlsxwriter.exceptions import XlsxWriterException

    head = " · ".join(wording.running_head(simulated=promoted.simulated, audience=promoted.audience))
    tables = {"Notes": _gptable(Sheet("notes", "Notes and symbols", "", _notes(), []), head)}
    tables |= {one.label: _gptable(one, head) for one in found}
    with warnings.catch_warnings():
        # Symbols are explained on a sheet of ours: gptables' own is for numbered notes.
        warnings.simplefilter("ignore")
        book = gptables.produce_workbook(
            str(folder / FILE), tables, cover=_cover(promoted, head), contentsheet_options={"title": "Contents"},
            workbook_options={"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )  # fmt: skip
    # The date in a workbook's properties is the edition's, not the clock's.
    end = Quarter.parse(promoted.quarter).end
    authority = project.authority(promoted.authority)
    about = {"title": _title(promoted), "author": authority.name, "created": dt.datetime(end.year, end.month, end.day)}
    book.set_properties(about)
    for sheet in book.worksheets():
        if head:
            sheet.set_header(f"&C{head.replace('&', '&&')}")
    try:
        book.close()
    except XlsxWriterException as error:
        raise project.UserError(f"{FILE} can't be written: {error}") from None
    return FILE


def sheets(promoted: Promoted) -> Iterator[Sheet]:
    """Every table, then the figures behind every chart, in the order in which the reviews tell them."""
    numbers = {"table": 0, "figure": 0}
    for kind in numbers:
        for review in promoted.reviews.values():
            held = review.tables if kind == "table" else review.figures
            for label in _told(review.story, kind, held):
                table, formats = _of_table(held[label]) if kind == "table" else _of_figure(held[label])
                if table.empty:
                    continue
                numbers[kind] += 1
                title = f"{kind.capitalize()} {numbers[kind]}: {held[label]['caption']}"
                source = f"Review: {review.title} ({label})"
                yield Sheet(f"{kind.capitalize()}_{numbers[kind]}", _text(title), _text(source), table, formats)


def _told(story: Iterable[Mapping], kind: str, held: Mapping) -> list[str]:
    """Labels in the order of the story, those that it leaves out last."""
    return list(dict.fromkeys([*(one[kind] for one in story if one.get(kind) in held), *sorted(held)]))


def _of_table(found: Mapping) -> tuple[pd.DataFrame, list[Format]]:
    """A finding's text cells as numbers, in columns of figures. A unit goes into the heading where every cell
    has the same, and into the cell's format where it isn't."""
    columns, formats = {}, []
    names = _unique(found["columns"])
    for position, (name, side) in enumerate(zip(names, found["align"], strict=True)):
        cells = [str(row[position]) for row in found["rows"]]
        matches = [_NUMBER.fullmatch(cell.strip()) for cell in cells]
        others = [cell for cell, match in zip(cells, matches, strict=True) if not match]
        if side != "right" or len(others) == len(cells) or any(cell not in (*_EMPTY, CONFIDENTIAL) for cell in others):
            columns[name] = [_symbol(cell) for cell in cells]
            continue
        units = {(match["unit"] or "").strip() for match in matches if match}
        unit = units.pop() if len(units) == 1 and not others else None
        name = f"{name} ({unit})" if unit and unit not in name else name
        columns[name] = [_symbol(cell) if not m else _value(m) for cell, m in zip(cells, matches, strict=True)]
        # gptables counts the headings as the first row.
        formats += [(row, position, _format(m, unit is None)) for row, m in enumerate(matches, start=1) if m]
    return pd.DataFrame(columns, dtype="object"), formats


def _of_figure(found: Mapping) -> tuple[pd.DataFrame, list[Format]]:
    data = found.get("data") or {"columns": [], "rows": []}
    names = _unique([_CALLED.get(name, str(name).replace("_", " ").capitalize()) for name in data["columns"]])
    rows = [
        [
            "no"
            if name == "special" and cell == ""
            else _symbol(cell)
            if isinstance(cell, str) or cell is None
            else cell
            for name, cell in zip(data["columns"], row, strict=True)
        ]
        for row in data["rows"]
    ]
    return pd.DataFrame(rows, columns=names, dtype="object"), []


def _format(match: re.Match, with_unit: bool) -> str:
    places = len(match["part"] or ".") - 1
    unit = match["unit"] if with_unit and match["unit"] else ""
    return "#,##0" + ("." + "0" * places if places else "") + (f'"{unit}"' if unit else "")


def _value(match: re.Match) -> float | int:
    number = match["whole"].replace(",", "") + (match["part"] or "")
    size = float(number) if match["part"] else int(number)
    return -size if match["sign"] else size


def _symbol(cell: str | None) -> str:
    if cell == CONFIDENTIAL:
        return WITHHELD
    return NONE if cell is None or cell in _EMPTY else _text(cell)


def _text(text: str) -> str:
    return _NOTE.sub("$ ", _LINK.sub("] ", str(text)))


def _unique(headings: Iterable[str]) -> list[str]:
    """Headings that differ, as a table in a spreadsheet needs them."""
    found: list[str] = []
    for position, heading in enumerate(headings, start=1):
        name = _text(heading).strip() or f"Column {position}"
        taken = {one.lower() for one in found}
        if name.lower() in taken and found[-1].lower() != name.lower():
            # A share twice over belongs to what stands before it: "Share (a year earlier)".
            name = f"{name} ({found[-1]})"
        found.append(name if name.lower() not in taken else f"{name} (column {position})")
    return found


def _notes() -> pd.DataFrame:
    return pd.DataFrame(NOTES, columns=["Symbol", "Meaning"])


def _gptable(sheet: Sheet, head: str):
    from gptables import GPTable

    formatting = [
        {"cell": {"cells": (row, column), "format": {"num_format": form}}} for row, column, form in sheet.formats
    ]
    cells = {cell for cell in sheet.table.to_numpy().ravel() if isinstance(cell, str)}
    return GPTable(
        table=sheet.table,
        table_name=sheet.label.lower(),
        title=sheet.title,
        subtitles=[head] if head else [],
        instructions="This worksheet contains one table. Symbols are explained on the worksheet Notes.",
        source=sheet.source or None,
        legend=[f"{symbol}: {meaning}" for symbol, meaning in NOTES if symbol in cells and sheet.label != "notes"],
        index_columns={2: 0},
        additional_formatting=formatting,
    )


def _cover(promoted: Promoted, head: str):
    from gptables import Cover

    reviews = ", ".join(review.title for review in promoted.reviews.values() if review.available)
    intro = [*([head] if head else []), *([wording.SIMULATED_NOTICE] if promoted.simulated else [])]
    return Cover(
        cover_label="Cover",
        title=_text(_title(promoted)),
        intro=[*intro, f"For {wording.AUDIENCE_LABELS[promoted.audience]}."],
        about=[
            _text(f"The tables, and the figures behind the charts, of these reviews: {reviews}."),
            "Each is on a worksheet of its own; the worksheet Contents links them, and Notes explains symbols.",
            "Figures are as known by the delivery for the quarter, and rounded as in the documents.",
        ],
        width=_WIDEST,
    )


def _title(promoted: Promoted) -> str:
    quarter = Quarter.parse(promoted.quarter)
    return f"{project.authority(promoted.authority).name}: tables, {quarter.words} ({quarter})"
