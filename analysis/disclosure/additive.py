"""What adds up in a frame of counts: sums that its caller declares, and sums that anyone could find in the figures.

A withheld count is given back by every sum of which it is the only withheld part, so these are what secondary
suppression works on. A sum that doesn't hold in the figures (parts that overlap, a part that is missing) gives
nothing back and is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations, product

import numpy as np
import pandas as pd

_NEAR = 1e-6
# Fewer rows than this agree by chance too often to call it a sum that nobody declared.
_FEWEST_ROWS = 3
# With more columns than this, only runs of neighbouring columns and all the others are tried as the parts of a total.
_MOST_COLUMNS = 8
_MOST_PARTS = 5


@dataclass(frozen=True)
class Structure:
    """What a caller knows to add up.

    columns: a column to those that add up to it; a minus before a name takes it off
        (`{"closing": ["opening", "starts", "-ends"]}`).
    margins: a label column to the label of its total (`{"category": "all"}`): where the other label columns agree,
        that row is the sum of the rest.
    totals: a column to the sum of its rows, where that is shown elsewhere.
    carried: a column to the one whose figure it repeats from the row before (`{"opening": "closing"}`).
    elsewhere: columns whose figures are shown elsewhere too, so that withholding them here protects nothing.
    differences: columns that are differences between counts, not counts of anybody: each is shown with the counts
        that it is the difference of, and withheld with them.
    """

    columns: Mapping[str, Iterable[str]] = field(default_factory=dict)
    margins: Mapping[str, str] = field(default_factory=dict)
    totals: Mapping[str, float] = field(default_factory=dict)
    carried: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Iterable[str] = ()
    differences: Iterable[str] = ()


@dataclass(frozen=True)
class Sum:
    """Cells (row times number of columns, plus column) with their signs, which add up to `known`, a total that
    is shown elsewhere, or to nothing. `total` is the cell that the others add up to, if it is one of them."""

    cells: tuple[int, ...]
    signs: tuple[int, ...]
    known: float | None = None
    total: int | None = None


def sums_of(frame: pd.DataFrame, counts: list[str], structure: Structure) -> list[Sum]:
    """Every sum that holds among the counts of a frame, declared ones first."""
    figures = figures_of(frame, counts)
    labels = [name for name in frame.columns if name not in counts and not pd.api.types.is_numeric_dtype(frame[name])]
    found = [
        *_declared_columns(figures, counts, structure.columns),
        *_margins(frame, figures, structure.margins, labels),
        *_totals(figures, counts, structure.totals),
        *_carried(figures, counts, structure.carried.items()),
        *_found_columns(figures),
        *_found_rows(frame, figures, labels),
        *_carried(figures, counts, product(counts, counts), least=_FEWEST_ROWS),
    ]
    seen: dict[tuple, Sum] = {}
    for one in found:
        seen.setdefault((frozenset(zip(one.cells, one.signs, strict=True)), one.known), one)
    return list(seen.values())


def figures_of(frame: pd.DataFrame, counts: list[str]) -> np.ndarray:
    columns = [pd.to_numeric(frame[name], errors="coerce").to_numpy(float, na_value=np.nan) for name in counts]
    return np.column_stack(columns) if columns else np.empty((len(frame), 0))


def check(frame: pd.DataFrame, counts: list[str], structure: Structure) -> None:
    """Raises ValueError for a column that is declared and not among `counts`, or a label column that isn't there."""
    parts = [part.removeprefix("-") for named in structure.columns.values() for part in named]
    named = [*structure.columns, *parts, *structure.totals, *structure.carried, *structure.carried.values(),
             *structure.elsewhere, *structure.differences]  # fmt: skip
    if strange := sorted({name for name in named if name not in counts}):
        raise ValueError(f"what adds up must be among the counts; these aren't: {', '.join(strange)}")
    if strange := sorted(set(structure.margins) - set(map(str, frame.columns))):
        raise ValueError(f"no such columns to add up over: {', '.join(strange)}")


def _declared_columns(figures: np.ndarray, counts: list[str], columns: Mapping[str, Iterable[str]]) -> list[Sum]:
    found = []
    for total, named in columns.items():
        parts = [counts.index(name.removeprefix("-")) for name in named]
        signs = [-1 if name.startswith("-") else 1 for name in named]
        found += _in_rows(figures, counts.index(total), parts, signs)
    return found


def _in_rows(figures: np.ndarray, total: int, parts: list[int], signs: list[int]) -> list[Sum]:
    """The sum of columns in each row in which it holds."""
    width = figures.shape[1]
    agree = np.abs(figures[:, parts] @ np.array(signs, float) - figures[:, total]) < _NEAR
    return [
        Sum((row * width + total, *(row * width + part for part in parts)), (-1, *signs), total=row * width + total)
        for row in np.flatnonzero(agree).tolist()
    ]


def _margins(frame: pd.DataFrame, figures: np.ndarray, margins: Mapping[str, str], labels: list[str]) -> list[Sum]:
    found = []
    for label, called in margins.items():
        is_total = (frame[label].astype("str") == called).to_numpy()
        for rows in _alike(frame, [name for name in labels if name != label]):
            totals, parts = rows[is_total[rows]], rows[~is_total[rows]]
            if len(totals) == 1 and len(parts):
                found += _of_rows(figures, int(totals[0]), parts)
    return found


def _alike(frame: pd.DataFrame, by: list[str]) -> list[np.ndarray]:
    """Positions of the rows that agree in the columns `by`, group by group."""
    if not by:
        return [np.arange(len(frame))]
    groups = frame[by].reset_index(drop=True).groupby(by, sort=False, dropna=False, observed=True)
    return [np.asarray(rows) for rows in groups.indices.values()]


def _of_rows(figures: np.ndarray, total: int, parts: np.ndarray) -> list[Sum]:
    """In each column in which it holds: the row `total` is the sum of the rows `parts`."""
    width = figures.shape[1]
    agree = np.abs(figures[parts].sum(axis=0) - figures[total]) < _NEAR
    return [
        Sum((total * width + column, *(parts * width + column).tolist()), (-1, *[1] * len(parts)), total=total * width + column)
        for column in np.flatnonzero(agree).tolist()
    ]  # fmt: skip


def _totals(figures: np.ndarray, counts: list[str], totals: Mapping[str, float]) -> list[Sum]:
    width, found = figures.shape[1], []
    for name, known in totals.items():
        column = counts.index(name)
        rows = np.flatnonzero(~np.isnan(figures[:, column]))
        if len(rows) and not pd.isna(known) and abs(figures[rows, column].sum() - float(known)) < _NEAR:
            found.append(Sum(tuple((rows * width + column).tolist()), (1,) * len(rows), known=float(known)))
    return found


def _carried(figures: np.ndarray, counts: list[str], pairs: Iterable[tuple[str, str]], least: int = 0) -> list[Sum]:
    """Where a column repeats another's figure of the row before. A column of one figure repeats everything."""
    width, found = figures.shape[1], []
    for after, before in pairs:
        to, of = counts.index(after), counts.index(before)
        agree = figures[1:, to] == figures[:-1, of]
        if least and (after == before or agree.sum() < least or not agree.all() or len(set(figures[1:, to])) < least):
            continue
        found += [Sum(((row + 1) * width + to, row * width + of), (1, -1)) for row in np.flatnonzero(agree).tolist()]
    return found


def _found_columns(figures: np.ndarray) -> list[Sum]:
    """Columns that add up, or balance, in every row that is complete."""
    width = figures.shape[1]
    complete = figures[~np.isnan(figures).any(axis=1)]
    # A row of noughts adds up whatever the columns are.
    complete = complete[(complete != 0).any(axis=1)]
    if width < 3 or len(np.unique(complete, axis=0)) < _FEWEST_ROWS:
        return []
    found = []
    for total, parts, signs in _candidates(width):
        used = complete[:, [total, *parts]]
        if (used != 0).any(axis=0).all() and (np.abs(used[:, 1:] @ np.array(signs, float) - used[:, 0]) < _NEAR).all():
            found += _in_rows(figures, total, list(parts), list(signs))
    return found


def _candidates(width: int) -> Iterable[tuple[int, tuple[int, ...], tuple[int, ...]]]:
    """Each total with parts and signs that might make it up; a balance is met once, from its first column."""
    if width <= _MOST_COLUMNS:
        for size in range(2, min(width - 1, _MOST_PARTS) + 1):
            for columns in combinations(range(width), size + 1):
                for signs in product((1, -1), repeat=size):
                    yield columns[0], columns[1:], signs
        if width - 1 > _MOST_PARTS:
            yield from _whole_rows(width)
        return
    yield from _whole_rows(width)
    for total in range(width):
        for last in range(total + 2, width - 1):
            yield total, tuple(range(total + 1, last + 1)), (1,) * (last - total)
        for first in range(total - 2, 0, -1):
            yield total, tuple(range(first, total)), (1,) * (total - first)


def _whole_rows(width: int) -> Iterable[tuple[int, tuple[int, ...], tuple[int, ...]]]:
    for total in range(width):
        parts = tuple(column for column in range(width) if column != total)
        yield total, parts, (1,) * len(parts)


def _found_rows(frame: pd.DataFrame, figures: np.ndarray, labels: list[str]) -> list[Sum]:
    """A row that is the sum of all the others, in the frame or among rows that agree in all labels but one."""
    found, width = [], figures.shape[1]
    groupings = [[], *([name for name in labels if name != one] for one in labels if len(labels) > 1)]
    for by in groupings:
        for rows in _alike(frame, by):
            if len(rows) < _FEWEST_ROWS + 1 or not width:
                continue
            sums = np.nansum(figures[rows], axis=0)
            # The total is half of everything, itself included.
            is_total = np.abs(figures[rows] * 2 - sums) < _NEAR
            agree = (is_total | np.isnan(figures[rows])).all(axis=1) & (figures[rows] > 0).any(axis=1)
            for at in np.flatnonzero(agree).tolist():
                found += _of_rows(figures, int(rows[at]), np.delete(rows, at))
    return found
