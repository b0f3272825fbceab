"""Lists of children, for officers only: what one may hold, and the file that it becomes.

A list is for a spreadsheet, where a cell that begins like a formula would be run: such cells are made inert.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

import pandas as pd

from analysis.disclosure.lists import may_list_children
from analysis.disclosure.wording import missing
from analysis.findings.bundle import FindingError, check_list_name

FOLDER = "lists"
MARKING = "OFFICIAL-SENSITIVE: for officers only. Not to be copied into any document or sent on."
INVENTED = "Invented children: made from simulated returns."
# What a spreadsheet takes for the beginning of a formula, also behind blanks.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_INERT = "'"
# Excel reads UTF-8 only where the file begins with this mark.
ENCODING = "utf-8-sig"


def check(audience: str, name: str, frame: pd.DataFrame, columns: Mapping[str, str], title: str, note: str) -> None:
    """Raises FindingError where a list may not be made, or holds what a list may not."""
    if not may_list_children(audience):
        raise FindingError(f"a list of children is never for {audience}; ask review.may_list_children() first")
    check_list_name(name)
    absent = [column for column in columns if column not in frame.columns]
    if absent or not columns:
        raise FindingError(f"the list {name} has no column {', '.join(absent) or 'at all'}")
    measured = [column for column in columns if len(frame) and not _is_text(frame[column])]
    if measured:
        raise FindingError(
            f"the list {name} holds {', '.join(measured)} as numbers; a list of children gives reasons in words, no scores"
        )
    if not title.strip() or not note.strip():
        raise FindingError(f"the list {name} needs a title and a note that says what it is for")


def held(name: str, frame: pd.DataFrame, columns: Mapping[str, str], title: str, note: str, simulated: bool) -> dict:
    """The list as a notebook carries it: plain text, in order of the first column."""
    first = next(iter(columns))
    rows = frame[list(columns)].sort_values(first, kind="stable").itertuples(index=False, name=None)
    cells = [["" if missing(cell) else str(cell) for cell in row] for row in rows]
    return {
        "name": name,
        "title": title,
        "note": note,
        "simulated": bool(simulated),
        "columns": list(columns.values()),
        "rows": cells,
    }


def as_csv(carried: Mapping) -> bytes:
    """The list as a file for a spreadsheet: what it is and for whom, then headings, then a row a child."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    head = [MARKING, *([INVENTED] if carried["simulated"] else []), carried["title"], carried["note"]]
    lines.writerows([[inert(line)] for line in head])
    lines.writerow([])
    lines.writerow([inert(heading) for heading in carried["columns"]])
    lines.writerows([[inert(cell) for cell in row] for row in carried["rows"]])
    return out.getvalue().encode(ENCODING)


def inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return _INERT + cell if cell.lstrip(" ").startswith(_FORMULA) else cell


def _is_text(column: pd.Series) -> bool:
    return bool(column.dropna().map(lambda cell: isinstance(cell, str)).all())
