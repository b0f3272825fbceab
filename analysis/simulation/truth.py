"""The invented authority's true event log: what happened, when it was recorded, and what a perfect reader would know.

`simulate` draws the whole story. `system_on` is the authority's system as it stood on a day. `carried` says, in
canonical tables, what each return of a quarter's delivery holds: the writers only put that into the returns' own
formats, so that `expected` (everything carried, merged) is what reading all deliveries must give back.

The rules that make the truth recoverable:

- A row enters the system on its start, or up to 60 days later (contacts, referrals and early help assessments only,
  a minority). An end, a conference, an authorisation is entered on the day that it happens.
- `system_on(day)` holds the rows recorded by `day`; dates that lie after `day` are blank there, and so is what is only
  known with them (a reason for closure with the closure date). An unborn child's expected date of birth stays; the
  child's sex is U until birth.
- Annex A lists 1 to 5 reach back six months, so whatever is recorded late is in the next quarter's workbook at the
  latest; assessments, enquiries and early help assessments end within 85 days, so their outcome is too.
- Lists 6 to 8 hold one row a child: the latest episode of need, plan or period of care that was open at the quarter's
  end or closed in the six months to it. A child's plans lie at least 180 days apart, and periods of care 120.
- SSDA903 and the CIN census are year to date: every episode that touches 1 April to the quarter's end, with
  everything inside it. Outcomes (OC2, OC3, AD1) come once a year, in the fourth quarter.
- Local returns hold the rows that began, or were open, in the quarter. Rows without an end are whole when they begin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from analysis.reference.calendar import Quarter, quarters

FIRST, LAST = Quarter(2015, 1), Quarter(2018, 2)


@dataclass(frozen=True)
class Truth:
    """Canonical tables in full and in their final state; `recorded[table]` is aligned with the table's rows:
    the day on which each was first entered. `corrections` (table, key, column, earlier, corrected_on): values that
    the system held differently until a day; `tables` have the corrected value."""

    authority: str
    quarters: tuple[Quarter, ...]
    tables: Mapping[str, pd.DataFrame]
    recorded: Mapping[str, pd.Series]
    seed: int = 0
    corrections: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["table", "key", "column", "earlier", "corrected_on"])
    )


def simulate(
    authority: str = "929",
    quarters: Sequence[Quarter] = tuple(quarters(FIRST, LAST)),
    seed: int = 20181231,
    scale: float = 1.0,
) -> Truth:
    """The invented authority over `quarters` (consecutive, from 2015-16-Q1 on). The same arguments give the same
    tables on any machine. `scale` shrinks every count: 0.03 is a small authority for tests."""
    raise NotImplementedError


def system_on(truth: Truth, day) -> Mapping[str, pd.DataFrame]:
    """What the authority's system held on `day`: canonical tables in full. Status, count, outcome and workforce tables
    hold the rows of reference dates up to `day`."""
    raise NotImplementedError


def carried(truth: Truth, quarter: Quarter) -> Mapping[str, Mapping[str, pd.DataFrame]]:
    """What each return delivered for `quarter` holds: return kind (annex_a, ssda903, cin_census, workforce_census,
    local) to canonical table to frame, with only the columns and rows that the return carries."""
    raise NotImplementedError


def expected(truth: Truth) -> Mapping[str, pd.DataFrame]:
    """The canonical tables as a perfect reading of all deliveries gives them: each value is the last one carried,
    a blank never overwriting a value except in columns marked `ends`."""
    raise NotImplementedError


EMPTY: Mapping[str, pd.DataFrame] = MappingProxyType({})
