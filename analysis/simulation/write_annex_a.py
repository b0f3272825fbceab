"""Writes Ofsted's Annex A workbook: eleven child-level lists as at a quarter's end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analysis.reference.calendar import Quarter, words
from analysis.simulation.annex_a_layout import HEADERS, TITLES, Layout, layout_of, unlettered
from analysis.simulation.annex_a_lists import LISTS, Cells, Filled, Position
from analysis.simulation.write_columns import table

# Wide enough to read; nothing depends on it.
_COLUMN_WIDTH = 16


def write_annex_a(tables: Mapping[str, pd.DataFrame], quarter: Quarter, path: Path) -> Path:
    """Writes the workbook as at the quarter's end, in the layout whose turn it is, and gives its path.

    Lists 1 to 5: what began in the six months to the day, and what is still open. Lists 6 to 8: each child's
    latest episode of need, plan and period of care, where open or ended in those months. List 9: care leavers
    at the day. Lists 10 and 11: the last twelve months. The same tables give the same bytes.
    """
    import xlsxwriter

    layout = layout_of(quarter)
    position = Position(tables, quarter, table(tables, "children").set_index("child_id", drop=False))
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
    book.set_properties({"title": "Annex A: child level data", "created": dt.datetime.combine(quarter.end, dt.time())})
    dates = book.add_format({"num_format": "dd/mm/yyyy"})
    if layout.front_sheet:
        sheet = book.add_worksheet("Front_Sheet")
        for row, line in enumerate(("Annex A - Child level data", "Lists 1 - 11", f"As at {words(quarter.end)}")):
            sheet.write_string(row, 0, line)
    for number, fill in LISTS.items():
        sheet = book.add_worksheet(layout.sheet.format(number))
        _write_list(sheet, number, fill(position), layout, dates)
    book.close()
    return path


def _write_list(sheet, number: int, filled: Filled, layout: Layout, dates) -> None:
    headers = HEADERS[number]
    sheet.set_column(0, len(headers) - 1, _COLUMN_WIDTH)
    row = 0
    if layout.titled:
        sheet.write_string(0, 0, f"List {number}: {TITLES[number - 1]}")
        row = 1
    for column, header in enumerate(headers):
        sheet.write_string(row, column, layout.header(header))
    columns = [
        (column, dates if cells.kind == "date" else None, _shown(cells, layout))
        for column, cells in enumerate(filled[header] for header in headers)
    ]
    # Typed calls: an identifier stays text, and a value that begins with "=" is never a formula.
    string, plain = sheet.write_string, sheet.write_number
    for offset in range(len(columns[0][2])):
        row += 1
        for column, shape, values in columns:
            value = values[offset]
            if isinstance(value, str):
                if value:
                    string(row, column, value)
            elif value is not None:
                plain(row, column, value, shape)


def _shown(cells: Cells, layout: Layout) -> list:
    if cells.kind != "code" or layout.lettered:
        return cells.values
    bare = {text: unlettered(text) for text in set(cells.values)}
    return [bare[text] for text in cells.values]
