"""The one gate that every number passes on its way out of a notebook: what each audience may see.

The policy is DfE's for children in need and child protection statistics: counts from 1 to 5 are replaced by `c`,
and percentages, rates and averages that rest on such a count are withheld. Nought is a true nought.
https://explore-education-statistics.service.gov.uk/methodology/children-in-need

This first version does primary suppression only: a withheld cell could still be worked out from a total that is
published beside it (secondary suppression), from a neighbouring table, or from a small complement (48 of 50).
Values, tables, figure data and alternative text all come through `release`, so that the rest has one place to go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

AUDIENCES = ("internal", "board", "public")
# Officers see everything, in documents marked official-sensitive.
UNSUPPRESSED = frozenset({"internal"})
SMALLEST_WITHHELD, LARGEST_WITHHELD = 1, 5
CONFIDENTIAL = "c"
# Areas and teams within the authority that an audience may see at all.
PLACES = {"internal": frozenset({"locality", "team"}), "board": frozenset({"locality"}), "public": frozenset()}


@dataclass(frozen=True)
class Released:
    """A frame that its audience may see. What is withheld is missing in `frame` and true in `withheld`.

    `frame` has the caller's index and columns; `withheld` the same index, and the count and derived columns.
    Only `release` makes one.
    """

    frame: pd.DataFrame
    withheld: pd.DataFrame
    audience: str

    def is_withheld(self, column: str) -> pd.Series:
        if column in self.withheld.columns:
            return self.withheld[column]
        return pd.Series(False, index=self.frame.index)

    def only(self, *columns: str) -> Released:
        """The same, with these columns."""
        kept = [name for name in columns if name in self.withheld.columns]
        return Released(self.frame[list(columns)], self.withheld[kept], self.audience)

    @property
    def anything_withheld(self) -> bool:
        return bool(self.withheld.to_numpy().any())


def may_show(audience: str, place: str) -> bool:
    """Whether `audience` may see figures by `place` (`locality` or `team`)."""
    return place in PLACES[audience]


def is_small(counts: pd.Series) -> pd.Series:
    """True for counts from 1 to 5; a difference between counts is judged by its size."""
    size = pd.to_numeric(counts, errors="coerce").abs()
    return size.between(SMALLEST_WITHHELD, LARGEST_WITHHELD).fillna(False).astype(bool)


def release(
    frame: pd.DataFrame,
    audience: str,
    *,
    counts: Iterable[str] = (),
    derived: Mapping[str, Iterable[str]] | None = None,
) -> Released:
    """The frame as `audience` may see it.

    `counts` names the columns that count children or events; `derived` maps each other number to the count
    columns that it rests on (a percentage to its numerator and denominator): it is withheld where any of
    them is small. Raises ValueError for an unknown audience, and for a column of numbers that is named in
    neither (a number that nobody has classified isn't let out).
    """
    if audience not in AUDIENCES:
        raise ValueError(f"'{audience}' is not an audience; it is one of {', '.join(AUDIENCES)}")
    counts, derived = list(counts), {name: list(rests_on) for name, rests_on in (derived or {}).items()}
    named = [*counts, *derived, *(name for rests_on in derived.values() for name in rests_on)]
    absent = sorted({name for name in named if name not in frame.columns})
    if absent:
        raise ValueError(f"no such columns to release: {', '.join(absent)}")
    loose = [n for n in frame.columns if n not in counts and n not in derived and _is_measured(frame[n])]
    if loose:
        raise ValueError(
            f"say how to release {', '.join(map(str, loose))}: name it in counts, or in derived with what it rests on"
        )
    small = {name: is_small(frame[name]) for name in frame.columns if name in named}
    hidden = {name: small[name] for name in counts}
    for name, rests_on in derived.items():
        on_small = [small[column] for column in rests_on if column in small]
        hidden[name] = pd.concat(on_small, axis=1).any(axis=1) if on_small else pd.Series(False, index=frame.index)
    withheld = pd.DataFrame(hidden, index=frame.index, dtype=bool)
    if audience in UNSUPPRESSED:
        withheld = withheld & False
    shown = frame.copy()
    for name in withheld.columns:
        # Whole numbers stay whole where one of them goes missing.
        kept = frame[name].astype("Int64") if pd.api.types.is_integer_dtype(frame[name]) else frame[name]
        shown[name] = kept.where(~withheld[name])
    return Released(shown, withheld, audience)


def _is_measured(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
