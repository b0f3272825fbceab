"""Secondary suppression: which more cells to withhold, so that no sum of shown ones gives a withheld count back.

The question of a withheld count isn't whether it can be worked out exactly but within what range. An attacker knows
every shown cell, every sum, and that a withheld cell is no less than the least that the rule withholds (noughts are
shown). Everything from the least to the largest of the rule must remain possible for each small count, and no withheld
cell may be known to a narrower range than that. The cells to withhold are found by linear programmes, cheapest first
(a larger count costs more, a total far more), as in M. Fischetti & J.-J. Salazar, "Models and algorithms for optimizing
cell suppression in tabular data with linear constraints", JASA 95 (2000), and F. Kelly, B. Golden & A. Assad, "Cell
suppression: disclosure protection for sensitive tabular data", Networks 22 (1992); what turns out not to be needed is
shown again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.disclosure.additive import Sum

# A total is worth many parts. The last term of a cost differs for every cell, so that there is one cheapest choice.
_TOTAL_COSTS = 50.0
_TIE = 1e-4
_NEAR = 1e-6
# Trying to show cells again is worth its time only where there are few.
_MOST_TRIES = 400


@dataclass(frozen=True)
class Rule:
    """Counts from `smallest` to `largest` are withheld; nought is too if `smallest` is nought."""

    smallest: int = 1
    largest: int = 5

    @property
    def width(self) -> int:
        return self.largest - self.smallest


def withheld(figures: np.ndarray, sums: Sequence[Sum], small: np.ndarray, fixed: np.ndarray, rule: Rule) -> np.ndarray:
    """Which cells to withhold: `small` and those that protect them.

    figures, small, fixed: one entry a cell (the frame's rows laid end to end). A `fixed` cell is shown elsewhere, so
    withholding it here protects nothing. Where nothing suffices (six children in six groups, beside a total that is
    shown elsewhere), all that can be withheld is.
    """
    hidden = small.copy()
    if not small.any():
        return hidden
    usable = [_free(one, fixed) for one in sums]
    for cells, system in _connected([one for one in usable if one.cells], small):
        chosen = _System(cells, system, figures, small, rule).solved()
        hidden[chosen] = True
    return hidden


def _free(one: Sum, fixed: np.ndarray) -> Sum:
    """The sum without its fixed cells."""
    kept = [(cell, sign) for cell, sign in zip(one.cells, one.signs, strict=True) if not fixed[cell]]
    return Sum(tuple(cell for cell, _ in kept), tuple(sign for _, sign in kept), total=one.total)


def _connected(sums: Sequence[Sum], small: np.ndarray) -> Iterable[tuple[list[int], list[Sum]]]:
    """Sums that share cells, together with those cells; only where one of them is small."""
    head: dict[int, int] = {}

    def find(cell: int) -> int:
        while head.setdefault(cell, cell) != cell:
            head[cell] = head[head[cell]]
            cell = head[cell]
        return cell

    for one in sums:
        for cell in one.cells[1:]:
            head[find(cell)] = find(one.cells[0])
        find(one.cells[0])
    groups: dict[int, list[Sum]] = {}
    for one in sums:
        groups.setdefault(find(one.cells[0]), []).append(one)
    for system in groups.values():
        cells = sorted({cell for one in system for cell in one.cells})
        if small[cells].any():
            yield cells, system


class _System:
    """One connected set of sums: its cells by place, its equations as a matrix, what it costs to withhold a cell."""

    def __init__(self, cells: list[int], sums: list[Sum], figures: np.ndarray, small: np.ndarray, rule: Rule):
        place = {cell: at for at, cell in enumerate(cells)}
        self.cells, self.rule = np.array(cells), rule
        self.figures, self.small = figures[self.cells], small[self.cells]
        self.matrix = np.zeros((len(sums), len(cells)))
        for row, one in enumerate(sums):
            for cell, sign in zip(one.cells, one.signs, strict=True):
                self.matrix[row, place[cell]] += sign
        self.totals = sorted({place[one.total] for one in sums if one.total in place})
        self.costs = 1 + np.log2(1 + np.abs(self.figures)) + _TIE * (1 + np.arange(len(cells))) / len(cells)
        self.costs[self.totals] *= _TOTAL_COSTS

    def solved(self) -> np.ndarray:
        """The cells to withhold."""
        hidden = self._beside(self.small, self.figures > 0, self.rule.smallest)
        if hidden is None:
            # Withheld noughts make it uncertain of every withheld cell that there is anything in it.
            noughts = self.figures == 0
            hidden = self._beside(self.small | noughts, self.figures >= 0, 0) if noughts.any() else None
        return self.cells if hidden is None else self.cells[hidden]

    def _beside(self, first: np.ndarray, may: np.ndarray, least: int) -> np.ndarray | None:
        """`first` and the fewest more, of those that `may` be withheld; None where even all of them don't do."""
        hidden = self._of_one_sum(first, may, least)
        if hidden is None and (hidden := self._extended(first, may, least)) is not None:
            hidden = self._fewest(hidden, first, may, least)
        return hidden

    def _of_one_sum(self, first: np.ndarray, may: np.ndarray, least: int) -> np.ndarray | None:
        """The usual case without a linear programme: parts of one total that stays. None where that isn't it."""
        if len(self.matrix) > 1 or len(self.totals) > 1:
            return None
        parts = np.delete(np.arange(len(self.cells)), self.totals)
        if len(set(self.matrix[0, parts])) > 1:
            return None
        if self.small[self.totals].any():
            return first
        hidden = first.copy()
        for cell in [-1, *sorted(parts[~hidden[parts] & may[parts]].tolist(), key=lambda cell: self.costs[cell])]:
            if cell >= 0:
                hidden[cell] = True
            number = hidden.sum()
            if number > 1 and self.figures[hidden].sum() - least * (number - 1) >= self.rule.largest - _NEAR:
                return hidden
        return None

    def _extended(self, first: np.ndarray, may: np.ndarray, least: int) -> np.ndarray | None:
        """`first` with what protects the small cells, None where that can't be done."""
        hidden = first
        for cell in np.lexsort((np.arange(len(self.cells)), self.figures)).tolist():
            if not self.small[cell]:
                continue
            for amount in (self.rule.smallest - self.figures[cell], self.rule.largest - self.figures[cell]):
                moved = self._cheapest(cell, amount, may, hidden, least) if abs(amount) > _NEAR else hidden
                if moved is not None:
                    hidden = hidden | moved
                elif amount > 0:
                    return None
        # What has been withheld for another's sake mustn't be pinned down either; where that can't be helped, no small
        # count is the worse for it.
        for cell in np.flatnonzero(hidden).tolist():
            if not self._is_wide(cell, hidden, may, least):
                moved = self._cheapest(cell, float(self.rule.width), may, hidden, least)
                if moved is not None:
                    hidden = hidden | moved
                elif self.small[cell]:
                    return None
        return hidden

    def _cheapest(self, cell: int, amount: float, may: np.ndarray, hidden: np.ndarray, least: int) -> np.ndarray | None:
        """The cells that move in the cheapest other table in which `cell` differs by `amount`, None if there is none."""
        from scipy.optimize import linprog

        size = len(self.cells)
        costs = np.where(hidden, 0.0, self.costs)
        down = np.where(may | hidden, np.maximum(self.figures - least, 0), 0.0)
        up = np.where(may | hidden, np.inf, 0.0)
        at = np.zeros((1, 2 * size))
        at[0, cell], at[0, size + cell] = 1, -1
        found = linprog(
            np.concatenate([costs, costs]),
            A_eq=np.vstack([np.hstack([self.matrix, -self.matrix]), at]),
            b_eq=np.append(np.zeros(len(self.matrix)), amount),
            bounds=np.column_stack([np.zeros(2 * size), np.concatenate([up, down])]),
            method="highs",
        )
        return None if found.x is None else np.abs(found.x[:size] - found.x[size:]) > _NEAR

    def _is_wide(self, cell: int, hidden: np.ndarray, may: np.ndarray, least: int) -> bool:
        """Whether a withheld cell can be anything in the rule's range, and isn't known to a narrower one. A total is
        at least its withheld parts together, whatever else is withheld."""
        lower, upper = feasible(self.matrix, self.figures, hidden, cell, least)
        if self.small[cell]:
            if upper < self.rule.largest - _NEAR:
                return False
            if lower > self.rule.smallest + _NEAR and lower > self._lowest(cell, may, least) + _NEAR:
                return False
        return upper - lower >= self.rule.width - _NEAR

    def _lowest(self, cell: int, may: np.ndarray, least: int) -> float:
        """The least that a cell could be if all were withheld that can be."""
        return feasible(self.matrix, self.figures, may, cell, least)[0]

    def _fewest(self, hidden: np.ndarray, first: np.ndarray, may: np.ndarray, least: int) -> np.ndarray:
        """The same without cells that protect nothing, the dearest shown first."""
        extra = sorted(np.flatnonzero(hidden & ~first).tolist(), key=lambda cell: -self.costs[cell])
        if len(extra) * hidden.sum() > _MOST_TRIES:
            return hidden
        pinned = {one for one in np.flatnonzero(hidden).tolist() if not self._is_wide(one, hidden, may, least)}
        for cell in extra:
            without = hidden.copy()
            without[cell] = False
            if all(
                one in pinned or self._is_wide(one, without, may, least) for one in np.flatnonzero(without).tolist()
            ):
                hidden = without
        return hidden


def feasible(
    matrix: np.ndarray, figures: np.ndarray, hidden: np.ndarray, cell: int, least: float
) -> tuple[float, float]:
    """What an attacker can say of a withheld cell: the least and the most that it can be, given all shown ones.

    matrix: a row a sum, with the sign of each cell in it; least: what every withheld cell is known to be at least.
    """
    from scipy.optimize import linprog

    at = np.flatnonzero(hidden)
    rows = matrix[:, at]
    touched = np.abs(rows).sum(axis=1) > 0
    place, ends = int(np.flatnonzero(at == cell)[0]), []
    for way in (1.0, -1.0):
        aim = np.zeros(len(at))
        aim[place] = way
        known = rows[touched] @ figures[at]
        found = linprog(
            aim, A_eq=rows[touched] if touched.any() else None, b_eq=known if touched.any() else None, bounds=(least, None), method="highs"
        )  # fmt: skip
        # Unbounded (status 3) upwards only: every withheld cell is at least `least`.
        ends.append(np.inf if found.status == 3 else float(found.fun) * way)
    return ends[0], ends[1]
