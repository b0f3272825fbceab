"""What indicators are worked out from: the records as known, what was made of them once, and how far they reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from functools import lru_cache

import pandas as pd

from analysis.records.history import Known

_ONE_DAY = dt.timedelta(days=1)
# What a return's promise is good for: rows that were open at a date, or rows that began in a period.
_FOR_STOCKS, _FOR_FLOWS = frozenset(("touching", "open")), frozenset(("touching", "starting"))


class Evidence:
    """The records of one `Known`. Frames that several indicators need are made once (`once`); none may be changed."""

    def __init__(self, known: Known):
        self.known = known
        self._made: dict[tuple[Hashable, ...], pd.DataFrame] = {}

    def table(self, name: str) -> pd.DataFrame:
        return self.known.table(name)

    def once(self, make: Callable[..., pd.DataFrame], *of: Hashable) -> pd.DataFrame:
        """`make(self, *of)`, worked out the first time that it is asked for."""
        if (make, *of) not in self._made:
            self._made[make, *of] = make(self, *of)
        return self._made[make, *of]

    def _promised(self, table: str, bases: frozenset[str]) -> list[tuple[dt.date, dt.date]]:
        """Stretches of time for which returns promise to hold the table whole, joined, in order."""
        found = sorted(
            (one.start if one.basis != "open" else one.end, one.end)
            for snapshot in self.known.snapshots
            for ret in snapshot.returns
            for one in ret.coverage
            if one.table == table and one.basis in bases
        )
        joined: list[tuple[dt.date, dt.date]] = []
        for start, end in found:
            if joined and start <= joined[-1][1] + _ONE_DAY:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return joined

    def covers(self, table: str, start: dt.date, end: dt.date, *, whole: bool = True) -> bool:
        """Whether the table is known from `start` to `end`; for one day, whether all rows open then are known.

        Without `whole`, any promise about that time will do: for a table that is only looked up in. Records made
        in memory, and tables for which no return promises anything, are taken as known.
        """
        if not self.known.carries(table):
            return False
        every = _FOR_STOCKS | _FOR_FLOWS
        if not self._promised(table, every):
            return True
        bases = every if not whole else _FOR_STOCKS if start == end else _FOR_FLOWS
        return any(first <= start and end <= last for first, last in self._promised(table, bases))

    def begins(self, table: str) -> dt.date | None:
        """The day from which the table is known whole; None where no return says."""
        promised = self._promised(table, _FOR_STOCKS | _FOR_FLOWS)
        return promised[0][0] if promised else None


@lru_cache(maxsize=4)
def evidence_of(known: Known) -> Evidence:
    """The evidence that stands on a `Known`: one each, so that a notebook's calls share what was made."""
    return Evidence(known)
