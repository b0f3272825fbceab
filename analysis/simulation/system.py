"""The authority's system as it stood on a day: rows recorded by then, and nothing that lies in the future."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from analysis.records.schema import Table
from analysis.records.tables import DRAWN_UP_LATER, TABLES
from analysis.reference.quarters import Quarter

CORRECTIONS = ("table", "key", "column", "earlier", "corrected_on")
# Dates that are known before they come.
_MAY_LIE_AHEAD = frozenset(("date_of_birth", "conference_target"))
# Columns that are only known with a date that isn't the row's end: column -> that date.
_KNOWN_WITH: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "assessments": {"requires_support": "authorised_date"},
    "section47_enquiries": {"led_to_plan": "conference_date"},
    "adoptions": {"reversed_reason": "reversed_date", "foster_carer_adopts": "order_date", "adopters": "order_date",
                  "sex_of_adopters": "order_date", "adopters_status": "order_date", "family_id": "matched_date"},
    "adopters": {"left_reason": "left_date", "children_placed": "placed_date"},
    "complaints": {"outcome": "response_date"},
})  # fmt: skip
# A parenting programme runs for twelve weeks; a child has a pupil number from about the fifth birthday.
PROGRAMME_DAYS, PUPIL_YEARS = 84, 5


@dataclass(frozen=True)
class Truth:
    """Canonical tables in full and in their final state; `recorded[table]` is aligned with the table's rows:
    the day on which each was first entered. `corrections` (table, key, column, earlier, corrected_on): values that
    the system held differently until a day; `key` is the row's key as text, its parts joined by `|`; `tables` have
    the corrected value."""

    authority: str
    quarters: tuple[Quarter, ...]
    tables: Mapping[str, pd.DataFrame]
    recorded: Mapping[str, pd.Series]
    seed: int = 0
    corrections: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CORRECTIONS)))


def system_on(truth: Truth, day) -> Mapping[str, pd.DataFrame]:
    """What the authority's system held on `day`: canonical tables in full. Status, count, outcome and workforce tables
    hold the rows of reference dates up to `day`."""
    today = pd.Timestamp(day)
    return MappingProxyType({name: _table_on(truth, name, today) for name in truth.tables})


def _table_on(truth: Truth, name: str, today: pd.Timestamp) -> pd.DataFrame:
    table, rows = TABLES[name], truth.tables[name]
    # What has ended by then stands in a list that is drawn up later.
    drawn_up = today + pd.DateOffset(months=DRAWN_UP_LATER.get(name, 0))
    known = (truth.recorded[name] <= today).to_numpy()
    if not known.all():
        rows = rows[known].reset_index(drop=True)
    rows = _uncorrected(truth.corrections, table, rows, today)
    blanked = {}
    for column in table.columns:
        if column.kind == "date" and column.name not in table.key and column.name not in _MAY_LIE_AHEAD:
            ahead = rows[column.name].to_numpy() > drawn_up.to_datetime64()
            if ahead.any():
                blanked[column.name] = rows[column.name].mask(ahead)
    known_with = dict.fromkeys(table.ending, table.end) | dict(_KNOWN_WITH.get(name, {}))
    for column, date in known_with.items():
        blanked[column] = rows[column].mask(blanked.get(date, rows[date]).isna())
    rows = rows.assign(**blanked) if blanked else rows
    if name == "early_help_programmes":
        running = rows["start_date"] > today - pd.Timedelta(days=PROGRAMME_DAYS)
        return rows.assign(completed=rows["completed"].mask(running))
    return _children_on(rows, today) if name == "children" else rows


def _children_on(rows: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """An unborn child's sex is not known (U); a young child has no pupil number."""
    young = rows["date_of_birth"] > today - pd.DateOffset(years=PUPIL_YEARS)
    return rows.assign(sex=rows["sex"].mask(rows["date_of_birth"] > today, "U"), upn=rows["upn"].mask(young))


def keys_as_text(table: Table, rows: pd.DataFrame) -> pd.Series:
    """Each row's key as one text: SIM000001|2016-05-04."""
    parts = [
        rows[name].dt.strftime("%Y-%m-%d") if table.column(name).kind == "date" else rows[name].astype("string")
        for name in table.key
    ]
    text = parts[0].astype("string")
    for part in parts[1:]:
        text = text + "|" + part.astype("string")
    return text


def _uncorrected(corrections: pd.DataFrame, table: Table, rows: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """The values as they were before corrections that are still to come."""
    due = corrections[
        (corrections["table"] == table.name).to_numpy() & (corrections["corrected_on"] > today).to_numpy()
    ]
    if due.empty or rows.empty:
        return rows
    about = rows[table.key[0]].isin(due["key"].str.partition("|")[0])
    keys = keys_as_text(table, rows[about])
    for column, changes in due.groupby("column", sort=True):
        named = dict(zip(changes["key"], changes["earlier"], strict=True))
        earlier = keys[keys.isin(list(named))].map(named)
        values = rows[column].copy()
        values[earlier.index] = earlier.astype(values.dtype)
        rows = rows.assign(**{column: values})
    return rows
