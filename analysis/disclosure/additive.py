"""What adds up in a frame of counts: sums that its caller declares, and sums that anyone could find in the figures.

A withheld count is given back by every sum of which it is the only withheld part, so these are what secondary
suppression works on. A sum that doesn't hold in the figures (parts that overlap, a part that is missing) gives
nothing back and is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, product

import numpy as np
import pandas as pd

_NEAR = 1e-6
# Fewer rows than this agree by chance too often to call it a sum that nobody declared.
_FEWEST_ROWS = 3
# With more columns than this, only runs of neighbouring columns and all the others are tried as the parts of a total.
_MOST_COLUMNS = 12
# Of many columns this many are tried together, of few one more.
_MOST_PARTS, _FEW_COLUMNS = 5, 8


@dataclass(frozen=True)
class Structure:
    """What a caller knows to add up.

    columns: a column to those that add up to it; a minus before a name takes it off
        (`{"closing": ["opening", "starts", "-ends"]}`).
    margins: a label column to the label of its total (`{"category": "all"}`): where the other label columns agree,
        that row is the sum of the rest.
    totals: a column to the sum of its rows, where that is shown elsewhere.
    within: label columns; all rows that agree in them are the parts of a whole that is shown elsewhere.
    carried: a column to the one whose figure it repeats from the row before (`{"opening": "closing"}`).
    elsewhere: columns whose figures are shown elsewhere too, so that withholding them here protects nothing.
    differences: columns that are differences between counts, not counts of anybody: each is shown with the counts
        that it is the difference of, and withheld with them.
    """

    columns: Mapping[str, Iterable[str]] = field(default_factory=dict)
    margins: Mapping[str, str] = field(default_factory=dict)
    totals: Mapping[str, float] = field(default_factory=dict)
    within: Iterable[str] = ()
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
        *_wholes(frame, figures, list(structure.within)),
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
    if strange := sorted({*structure.margins, *structure.within} - set(map(str, frame.columns))):
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


def _wholes(frame: pd.DataFrame, figures: np.ndarray, within: list[str]) -> list[Sum]:
    width, found = figures.shape[1], []
    for rows in _alike(frame, within) if within else []:
        for column in np.flatnonzero(~np.isnan(figures[rows]).any(axis=0)).tolist():
            cells = tuple((rows * width + column).tolist())
            found.append(Sum(cells, (1,) * len(cells), known=float(figures[rows, column].sum())))
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
    """Columns that add up, or balance, in every row that is complete. Longer sums must hold in more rows: there are so
    many of them that some hold by chance in a few."""
    width = figures.shape[1]
    complete = figures[~np.isnan(figures).any(axis=1)]
    # A row of noughts adds up whatever the columns are.
    complete = np.unique(complete[(complete != 0).any(axis=1)], axis=0)
    if width < 3 or len(complete) < _FEWEST_ROWS:
        return []
    found = []
    for signs in _candidates(width):
        used = signs != 0
        sizes = used.sum(axis=1)
        telling = ((complete != 0).any(axis=0) | ~used).all(axis=1) & (sizes - 1 <= len(complete))
        balances = telling & (np.abs(signs @ complete.T) < _NEAR).all(axis=1)
        for row in signs[balances]:
            columns = np.flatnonzero(row).tolist()
            parts = columns[1:]
            found += _in_rows(figures, columns[0], parts, [int(-row[columns[0]] * row[part]) for part in parts])
    return found


@lru_cache(maxsize=32)
def _candidates(width: int) -> tuple[np.ndarray, ...]:
    """Signs of columns that might balance, a row each, the first of them 1."""
    found = []
    for size in range(
        3, min(width, _MOST_PARTS if width > _FEW_COLUMNS else _MOST_PARTS + 1) + 1 if width <= _MOST_COLUMNS else 0
    ):
        chosen = np.array(list(combinations(range(width), size)))
        signs = np.array([(1, *rest) for rest in product((1, -1), repeat=size - 1)])
        rows = np.zeros((len(chosen), len(signs), width))
        np.put_along_axis(rows, np.repeat(chosen[:, None], len(signs), 1), np.repeat(signs[None], len(chosen), 0), 2)
        found.append(rows.reshape(-1, width))
    runs = [(total, range(total + 1, last + 1)) for total in range(width) for last in range(total + 2, width)]
    runs += [(total, range(first, total)) for total in range(width) for first in range(total - 1)]
    runs += [(total, [one for one in range(width) if one != total]) for total in range(width)]
    rows = np.zeros((len(runs), width))
    for row, (total, parts) in zip(rows, runs, strict=True):
        row[total], row[list(parts)] = -1, 1
    return (*found, np.unique(rows, axis=0))


def _found_rows(frame: pd.DataFrame, figures: np.ndarray, labels: list[str]) -> list[Sum]:
    """A row that is the sum of all the others, in the frame or among rows that agree in all labels but one; and groups
    of rows that add up to the same: the same children, cut in different ways."""
    # A blank repeats the label above it.
    filled = frame[labels].reset_index(drop=True)
    filled = filled.where(filled.notna() & (filled.astype("str") != "")).ffill()
    found, width = [], figures.shape[1]
    groupings = [[], *([name for name in labels if name != one] for one in labels if len(labels) > 1)]
    for by in groupings:
        for rows in _alike(filled, by):
            if len(rows) < _FEWEST_ROWS + 1 or not width:
                continue
            sums = np.nansum(figures[rows], axis=0)
            # The total is half of everything, itself included.
            is_total = np.abs(figures[rows] * 2 - sums) < _NEAR
            agree = (is_total | np.isnan(figures[rows])).all(axis=1) & (figures[rows] > 0).any(axis=1)
            for at in np.flatnonzero(agree).tolist():
                found += _of_rows(figures, int(rows[at]), np.delete(rows, at))
    for label in labels:
        found += _same_in_groups(figures, _alike(filled, [label]))
    return found


def _same_in_groups(figures: np.ndarray, groups: list[np.ndarray]) -> list[Sum]:
    width, found = figures.shape[1], []
    several = [rows for rows in groups if len(rows) > 1]
    for column in range(width if len(several) > 1 else 0):
        first: dict[float, np.ndarray] = {}
        for rows in several:
            total = round(float(figures[rows, column].sum()), 6)
            if np.isnan(total) or not total:
                continue
            before = first.setdefault(total, rows)
            if before is not rows:
                cells = (*(before * width + column).tolist(), *(rows * width + column).tolist())
                found.append(Sum(cells, (1,) * len(before) + (-1,) * len(rows)))
    return found
