"""The written rule by which what several returns say of the same row becomes one row.

1. A later delivery beats an earlier one. Within a delivery, the return with the later reference date beats
   the earlier; at the same date the statutory census (CIN, SSDA903, workforce) beats Annex A, and Annex A
   beats local returns. Column by column.
2. A blank never replaces a value, except that a return which says a row is still open at its reference date
   takes back an end that lies on or before that date.
3. A return withdraws only what an earlier return of its own kind once carried: a row that it promises to
   hold (its coverage) and doesn't. A row that began inside the covered window is dropped; one that began
   before it is taken to have ended when the window began, or, in a list of what is open at a date, on the
   day after it was last seen open. Both are reported, never silent.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from analysis.records.delivery import Coverage
from analysis.records.schema import Table

PRECEDENCE = {"local": 0, "annex_a": 1, "workforce_census": 2, "ssda903": 2, "cin_census": 2}


@dataclass(frozen=True)
class Told:
    """What one return says of one table. `delivery` numbers deliveries in order of arrival."""

    delivery: int
    kind: str
    end: dt.date
    frame: pd.DataFrame
    coverage: tuple[Coverage, ...] = ()


@dataclass(frozen=True)
class Merged:
    """`rows`: the table in full canonical columns. `withdrawn` and `cut_short`: keys of the rows that rule 3
    dropped or ended (with the end it gave)."""

    rows: pd.DataFrame
    withdrawn: pd.DataFrame
    cut_short: pd.DataFrame


def merge(table: Table, told: list[Told]) -> Merged:
    """One row a key out of everything told, by the rule above. No row order or index is assumed of the frames."""
    key = list(table.key)
    none = pd.DataFrame(columns=key)
    told = [t for t in told if len(t.frame) or t.coverage]
    if not any(len(t.frame) for t in told):
        return Merged(table.empty(), none, none)
    ordered = sorted(told, key=lambda t: (t.delivery, t.end, PRECEDENCE[t.kind]))
    stacked = pd.concat(
        [
            t.frame.assign(_rank=rank, _delivery=t.delivery, _kind=t.kind, _said=pd.Timestamp(t.end))
            for rank, t in enumerate(ordered)
            if len(t.frame)
        ],
        ignore_index=True,
    )
    stacked["_row"] = stacked.groupby(key, sort=True, dropna=False).ngroup()
    stacked = stacked.sort_values(["_row", "_rank"], kind="stable", ignore_index=True)
    rows = _latest_values(table, stacked)
    rows = _reopened(table, stacked, ordered, rows)
    rows, dropped, cut = _withdrawn(table, stacked, ordered, rows)
    for column in table.ending if table.end else ():
        rows[column] = rows[column].where(rows[table.end].notna())
    return Merged(
        table.conform(rows.loc[~dropped, list(table.names)]),
        rows.loc[dropped, key].reset_index(drop=True),
        rows.loc[cut & ~dropped, [*key, *([table.end] if table.end else [])]].reset_index(drop=True),
    )


def _latest_values(table: Table, stacked: pd.DataFrame) -> pd.DataFrame:
    """Each column's last value that isn't missing, a row a key (index: the key's number). Forward filling
    within the key and taking its last row is the vectorised form of that."""
    carried = [name for name in table.names if name in stacked.columns]
    numbers = stacked["_row"]
    last = ~numbers.duplicated(keep="last")
    found = {}
    for name in carried:
        column = stacked[name]
        if name not in table.key and column[last].isna().any():
            known = column.notna()
            latest = pd.Series(column[known].array, index=numbers[known].array)
            found[name] = latest[~latest.index.duplicated(keep="last")].reindex(numbers[last].array)
        else:
            found[name] = pd.Series(column[last].array, index=numbers[last].array)
    rows = pd.DataFrame(found)
    empty = table.empty()
    for name in table.names:
        if name not in rows.columns:
            rows[name] = empty[name].reindex(rows.index)
    return rows


def _reopened(table: Table, stacked: pd.DataFrame, ordered: list[Told], rows: pd.DataFrame) -> pd.DataFrame:
    """Rule 2: takes back an end on or before the reference date of a later return that shows the row open."""
    for column in (c.name for c in table.columns if c.ends and c.name in stacked.columns):
        carriers = {rank for rank, t in enumerate(ordered) if column in t.frame.columns}
        told = stacked[stacked["_rank"].isin(carriers)]
        ends = told[told[column].notna()].drop_duplicates("_row", keep="last").set_index("_row")
        opens = told[told[column].isna()]
        if ends.empty or opens.empty:
            continue
        ranked = opens["_row"].map(ends["_rank"])
        later = opens[opens["_rank"] > ranked]
        said = later.groupby("_row")["_said"].max().reindex(rows.index)
        back = (said >= rows[column]).fillna(False)
        rows = rows.assign(**{column: rows[column].mask(back)})
    return rows


def _withdrawn(
    table: Table, stacked: pd.DataFrame, ordered: list[Told], rows: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Rule 3. Returns the rows with inferred ends, and which rows (by index) are dropped and which were cut short."""
    dropped = pd.Series(False, index=rows.index)
    cut = pd.Series(False, index=rows.index)
    if table.start is None:
        return rows, dropped, cut
    seen = stacked.groupby("_row")["_delivery"].max().reindex(rows.index)
    rows = rows.copy()
    for kind in {t.kind for t in ordered if t.coverage}:
        own = stacked[stacked["_kind"] == kind].drop_duplicates("_row", keep="last").set_index("_row")
        for t in (t for t in ordered if t.kind == kind and t.coverage):
            candidates = own.index[(own["_delivery"] < t.delivery).to_numpy()]
            candidates = candidates[(seen[candidates] < t.delivery).to_numpy()]
            candidates = candidates[~dropped[candidates].to_numpy()]
            for c in t.coverage:
                first, last = pd.Timestamp(c.start), pd.Timestamp(c.end)
                start = rows.loc[candidates, table.start]
                end = rows.loc[candidates, table.end] if table.end else pd.Series(pd.NaT, index=candidates)
                if c.basis == "starting":
                    promised = (start >= first) & (start <= last)
                elif c.basis == "touching":
                    promised = (start <= last) & (end.isna() | (end >= first))
                else:
                    promised = (start <= last) & (end.isna() | (end > last))
                promised = promised.fillna(False)
                inside = promised & ((start >= first) | (c.basis == "starting")) & (c.basis != "open")
                dropped[inside.index[inside]] = True
                ended = promised.index[promised & ~inside]
                if len(ended) and table.end:
                    day_after = own.loc[ended, "_said"] + pd.Timedelta(days=1)
                    given = pd.Series(first, index=ended) if c.basis == "touching" else day_after
                    # A row that ended on the window's first day touches it and loses nothing by being cut there.
                    changed = given.index[(given != end[ended]).fillna(True)]
                    rows.loc[changed, table.end] = given[changed].astype("datetime64[us]")
                    cut[changed] = True
    return rows, dropped, cut
