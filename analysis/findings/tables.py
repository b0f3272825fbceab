"""Released frames as tables of text cells, and as Markdown pipe tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import UNITS, day, missing, number, short_day
from analysis.findings.bundle import FindingError

# A column's heading, with its unit where it isn't plain: a unit of `wording.UNITS`, "text", "day" or "month".
Heading = str | tuple[str, str]
_DATES = {"day": day, "month": short_day}


def cells_of(released: Released, columns: Mapping[str, Heading]) -> tuple[list[str], list[list[str]], list[str]]:
    """Headings, rows of text, and each column's alignment ("left" or "right"). Raises FindingError for an unknown
    column or unit."""
    absent = [name for name in columns if name not in released.frame.columns]
    if absent:
        raise FindingError(f"the table has no column {', '.join(absent)}; it has {', '.join(released.frame.columns)}")
    headings, cells, align = [], [], []
    for name, heading in columns.items():
        shown, unit = heading if isinstance(heading, tuple) else (heading, _usual_unit(released.frame[name]))
        if unit != "text" and unit not in _DATES and unit not in UNITS:
            raise FindingError(f"'{unit}' is not a unit; use one of text, day, month, {', '.join(UNITS)}")
        headings.append(shown)
        cells.append(_column(released, name, unit))
        align.append("right" if unit in UNITS else "left")
    return headings, [list(row) for row in zip(*cells, strict=True)], align


def pipe_table(headings: list[str], rows: list[list[str]], align: list[str]) -> str:
    """A Markdown pipe table; text in cells can't end a cell or begin markup that spans cells."""
    rule = ["---:" if side == "right" else ":---" for side in align]
    lines = [headings, rule, *rows]
    return "\n".join(
        "| " + " | ".join(_inert(cell) if cells is not rule else cell for cell in cells) + " |" for cells in lines
    )


def _column(released: Released, name: str, unit: str) -> list[str]:
    values = released.frame[name]
    if unit == "text":
        return ["–" if missing(value) else str(value) for value in values]
    if unit in _DATES:
        return [_DATES[unit](value) for value in values]
    return [
        number(v, unit, withheld=bool(h), none="–") for v, h in zip(values, released.is_withheld(name), strict=True)
    ]


def _usual_unit(column: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(column):
        return "day"
    if pd.api.types.is_integer_dtype(column):
        return "count"
    if pd.api.types.is_numeric_dtype(column):
        raise FindingError(f"say the unit of the column '{column.name}': ({column.name!r}: (heading, unit))")
    return "text"


def _inert(cell: str) -> str:
    return " ".join(cell.replace("\\", "\\\\").replace("|", "\\|").split())
