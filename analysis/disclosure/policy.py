"""The one gate that every number passes on its way out of a notebook: what each audience may see.

The policy is DfE's for children in need and child protection statistics: counts from 1 to 5 are replaced by `c`,
and percentages, rates and averages that rest on such a count are withheld. Nought is a true nought.
https://explore-education-statistics.service.gov.uk/methodology/children-in-need

More cells are withheld beside them, so that no sum within the frame gives one back (`additive`, `complementary`). A
neighbouring table may still do so, and a complement may be small (48 of 50): docs/disclosure.md says what is protected
and what isn't. Values, tables, figure data and alternative text all come through `release`, so that the rest has one
place to go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.disclosure import complementary
from analysis.disclosure.additive import Structure, check, figures_of, sums_of
from analysis.disclosure.complementary import Rule
from analysis.reference.project import UserError, settings

AUDIENCES = ("internal", "board", "public")
# Officers see everything, in documents marked official-sensitive.
UNSUPPRESSED = frozenset({"internal"})
CONFIDENTIAL = "c"
# Areas and teams within the authority that an audience may see at all.
PLACES = {"internal": frozenset({"locality", "team"}), "board": frozenset({"locality"}), "public": frozenset()}


@dataclass(frozen=True)
class Released:
    """A frame that its audience may see. What is withheld is missing in `frame` and true in `withheld`.

    `frame` has the caller's index and columns; `withheld` the same index, and the count and derived columns;
    `totals` the sums of columns that are shown elsewhere. Only `release` makes one.
    """

    frame: pd.DataFrame
    withheld: pd.DataFrame
    audience: str
    totals: Mapping[str, float] = field(default_factory=dict)

    def is_withheld(self, column: str) -> pd.Series:
        if column in self.withheld.columns:
            return self.withheld[column]
        return pd.Series(False, index=self.frame.index)

    def only(self, *columns: str) -> Released:
        """The same, with these columns."""
        kept = [name for name in columns if name in self.withheld.columns]
        totals = {name: total for name, total in self.totals.items() if name in columns}
        return Released(self.frame[list(columns)], self.withheld[kept], self.audience, totals)

    @property
    def anything_withheld(self) -> bool:
        return bool(self.withheld.to_numpy().any())


def may_show(audience: str, place: str) -> bool:
    """Whether `audience` may see figures by `place` (`locality` or `team`)."""
    return place in PLACES[audience]


@lru_cache(maxsize=1)
def rule() -> Rule:
    """Which counts are withheld: `[disclosure]` in settings.toml, DfE's rule where it says nothing. Raises UserError
    where it can't be kept."""
    said = settings().get("disclosure", {})
    largest, noughts = said.get("largest_withheld", 5), said.get("noughts", "shown")
    if type(largest) is not int or largest < 1 or noughts not in ("shown", "withheld"):
        raise UserError(
            "settings.toml, [disclosure]: largest_withheld is a whole number from 1, and noughts are 'shown' or 'withheld'"
        )
    return Rule(smallest=0 if noughts == "withheld" else 1, largest=largest)


def is_small(counts: pd.Series) -> pd.Series:
    """True for counts that the rule withholds, from 1 to 5; a difference between counts is judged by its size."""
    size = np.abs(pd.to_numeric(counts, errors="coerce").to_numpy(float, na_value=np.nan))
    return pd.Series((size >= _least()) & (size <= rule().largest), index=counts.index)


def _least() -> float:
    # Amounts needn't be whole: half a post is small, too.
    return 0 if rule().smallest == 0 else float(np.nextafter(0, 1))


def is_small_one(count: float | None) -> bool:
    """`is_small` of a single count; a missing one isn't."""
    return not pd.isna(count) and bool(_least() <= abs(count) <= rule().largest)


def hides(audience: str, counts: Iterable[float | None]) -> bool:
    """Whether a number that rests on these counts, and stands by itself, is withheld: what `release` says of it.

    Raises ValueError for an unknown audience.
    """
    _check_audience(audience)
    return audience not in UNSUPPRESSED and any(map(is_small_one, counts))


def _check_audience(audience: str) -> None:
    if audience not in AUDIENCES:
        raise ValueError(f"'{audience}' is not an audience; it is one of {', '.join(AUDIENCES)}")


def release(
    frame: pd.DataFrame,
    audience: str,
    *,
    counts: Iterable[str] = (),
    derived: Mapping[str, Iterable[str]] | None = None,
    adds: Structure | None = None,
    of_things: pd.Series | None = None,
) -> Released:
    """The frame as `audience` may see it.

    `counts` names the columns that count children or events; `derived` maps each other number to the count
    columns that it rests on (a percentage to its numerator and denominator): it is withheld where any of
    them is. `adds` says what adds up; sums that the frame shows by itself are found in any case. `of_things` is true for
    rows that count things whose every one is published anyway (children's homes), and nobody: none of their counts is
    small. Raises ValueError for
    an unknown audience, and for a column of numbers that is named in neither (a number that nobody has classified
    isn't let out).
    """
    _check_audience(audience)
    counts, derived = list(counts), {name: list(rests_on) for name, rests_on in (derived or {}).items()}
    named = list(dict.fromkeys([*counts, *derived, *(name for rests_on in derived.values() for name in rests_on)]))
    absent = sorted({name for name in named if name not in frame.columns})
    if absent:
        raise ValueError(f"no such columns to release: {', '.join(absent)}")
    loose = [n for n in frame.columns if n not in counts and n not in derived and _is_measured(frame[n])]
    if loose:
        raise ValueError(
            f"say how to release {', '.join(map(str, loose))}: name it in counts, or in derived with what it rests on"
        )
    adds = adds or Structure()
    check(frame, counts, adds)
    of_people = pd.Series(True, index=frame.index) if of_things is None else ~of_things.astype(bool)
    withheld = _withheld(frame, counts, derived, adds, of_people, audience not in UNSUPPRESSED)
    shown = frame.copy()
    for name in withheld.columns:
        # Whole numbers stay whole where one of them goes missing.
        if pd.api.types.is_integer_dtype(shown[name]):
            shown[name] = shown[name].astype("Int64")
        if withheld[name].any():
            shown[name] = shown[name].where(~withheld[name])
    said = {name: total for name, total in adds.totals.items() if audience in UNSUPPRESSED or not is_small_one(total)}
    return Released(shown, withheld, audience, said)


def _withheld(
    frame: pd.DataFrame,
    counts: list[str],
    derived: Mapping[str, list[str]],
    adds: Structure,
    of_people: pd.Series,
    suppressed: bool,
) -> pd.DataFrame:
    """Which cells to withhold: small counts, what protects them, and what rests on either."""
    nothing = pd.Series(False, index=frame.index)
    if not suppressed:
        return pd.DataFrame(dict.fromkeys([*counts, *derived], nothing), index=frame.index, dtype=bool)
    small = pd.DataFrame({name: is_small(frame[name]) & of_people for name in counts}, index=frame.index, dtype=bool)
    hidden = small
    if small.to_numpy().any():
        hidden = pd.DataFrame(_protected(frame, counts, small, adds), index=frame.index, columns=counts)
    # A number may rest on another that isn't a count; then it is that one's size that tells.
    rests = {name for rests_on in derived.values() for name in rests_on if name not in counts}
    on = {**{name: hidden[name] for name in counts}, **{name: is_small(frame[name]) & of_people for name in rests}}
    found = {name: hidden[name] for name in counts}
    for name, rests_on in derived.items():
        found[name] = pd.concat([on[one] for one in rests_on], axis=1).any(axis=1) if rests_on else nothing
    return pd.DataFrame(found, index=frame.index, dtype=bool)


def _protected(frame: pd.DataFrame, counts: list[str], small: pd.DataFrame, adds: Structure) -> np.ndarray:
    """Small counts and what protects them, a row and column each.

    Differences (columns named so, and any that falls below nought) count nobody. They are taken to be known: what they
    are the difference of protects itself, and each is shown only where all of that is.
    """
    figures = figures_of(frame, counts)
    # A total that is small is withheld elsewhere too, and gives nothing back.
    sums = [one for one in sums_of(frame, counts, adds) if one.known is None or not is_small_one(one.known)]
    shape = figures.shape
    balances = np.array([name in set(adds.differences) for name in counts]) | (figures < 0).any(axis=0)
    differs = np.tile(balances, shape[0])
    flat, primary = figures.ravel(), small.to_numpy().ravel()
    explained = [one for one in sums if differs[list(one.cells)].any() and not differs[list(one.cells)].all()]
    is_explained = np.zeros(len(flat), dtype=bool)
    for one in explained:
        is_explained[[cell for cell in one.cells if differs[cell]]] = True
    counted = primary & ~differs
    fixed = differs | (np.tile([name in set(adds.elsewhere) for name in counts], shape[0]) & ~primary) | np.isnan(flat)
    hidden = complementary.withheld(flat, sums, counted, fixed, rule()) | (primary & differs & ~is_explained)
    for one in explained:
        if hidden[list(one.cells)].any():
            hidden[[cell for cell in one.cells if differs[cell]]] = True
    return hidden.reshape(shape)


def _is_measured(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
