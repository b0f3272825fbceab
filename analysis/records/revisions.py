"""What changed about the past between two deliveries, and where returns of one delivery disagree."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.records.history import Known
from analysis.records.merging import PRECEDENCE
from analysis.records.tables import TABLES

COLUMNS = ("table", "change", "column", "rows", "earlier", "later", "example")


@dataclass(frozen=True)
class Revisions:
    """`table` has columns COLUMNS, a row a table, kind of change, column and pair of values: `late` (a row of
    the past that wasn't known), `withdrawn`, `cut short` (open before, absent from a return that should hold
    it), `changed` (a value known before is now another)."""

    table: pd.DataFrame


def revisions(earlier: Known, later: Known) -> Revisions:
    """What `later` says otherwise of what had happened by the end of `earlier`'s quarter.

    Values are compared as they stood on that day, so a plan that has simply ended since is no revision.
    """
    day = earlier.quarter.end
    found: list[dict] = []
    for name, table in TABLES.items():
        if not (earlier.carries(name) or later.carries(name)):
            continue
        key = list(table.key)
        before, after = earlier.as_at(day).table(name), later.as_at(day).table(name)
        if table.start is None:
            # Without a date, a row that is new may simply be of a child who is new.
            after = after.merge(before[key], on=key)
        joined = before.merge(after, on=key, how="outer", suffixes=("_before", "_after"), indicator="_side")
        late, gone = joined[joined["_side"] == "right_only"], joined[joined["_side"] == "left_only"]
        found += _row_changes(name, "late", late, key)
        found += _row_changes(name, "withdrawn", gone, key)
        cut = later.merged(name).cut_short if hasattr(later, "merged") and table.end else None
        if cut is not None and len(cut):
            found += _row_changes(name, "cut short", cut.merge(before[key], on=key), key)
        both = joined[joined["_side"] == "both"]
        for column in (c for c in table.names if c not in key):
            was, now = both[f"{column}_before"], both[f"{column}_after"]
            moved = was.notna() & ~(was == now).fillna(False)
            found += _value_changes(name, column, both.loc[moved, key], was[moved], now[moved])
    return Revisions(pd.DataFrame(found, columns=list(COLUMNS)))


def disagreements(known: Known) -> pd.DataFrame:
    """Where returns of one delivery give the same row different values: columns table, column, delivery,
    kept_from, other, rows, example. The return named `kept_from` is the one whose value stands."""
    found: list[dict] = []
    quarters = [snapshot.quarter for snapshot in known.snapshots]
    for name, table in TABLES.items():
        told = [t for t in known.told(name) if len(t.frame)]
        key = list(table.key)
        for number in sorted({t.delivery for t in told}):
            one = sorted((t for t in told if t.delivery == number), key=lambda t: (t.end, PRECEDENCE[t.kind]))
            for position, weaker in enumerate(one):
                for stronger in one[position + 1 :]:
                    shared = [c for c in weaker.frame.columns if c in stronger.frame.columns and c not in key]
                    both = weaker.frame.merge(stronger.frame, on=key, suffixes=("_weaker", "_stronger"))
                    for column in shared:
                        a, b = both[f"{column}_weaker"], both[f"{column}_stronger"]
                        differ = a.notna() & b.notna() & (a != b).fillna(False)
                        if differ.any():
                            row = both[differ].iloc[0]
                            found.append(
                                {
                                    "table": name,
                                    "column": column,
                                    "delivery": str(quarters[number]),
                                    "kept_from": stronger.kind,
                                    "other": weaker.kind,
                                    "rows": int(differ.sum()),
                                    "example": _key_words(row, key),
                                }
                            )
    columns = ["table", "column", "delivery", "kept_from", "other", "rows", "example"]
    return pd.DataFrame(found, columns=columns)


def _row_changes(name: str, change: str, rows: pd.DataFrame, key: list[str]) -> list[dict]:
    if rows.empty:
        return []
    return [
        {"table": name, "change": change, "column": "", "rows": len(rows), "earlier": "", "later": "",
         "example": _key_words(rows.iloc[0], key)}
    ]  # fmt: skip


def _value_changes(name: str, column: str, keys: pd.DataFrame, was: pd.Series, now: pd.Series) -> list[dict]:
    if keys.empty:
        return []
    pairs = pd.DataFrame({"earlier": was.map(_words), "later": now.map(_words)}, index=keys.index)
    dated = TABLES[name].column(column).kind in ("date", "text", "number")
    groups = (
        [("", "", pairs.index)] if dated else [(a, b, g.index) for (a, b), g in pairs.groupby(["earlier", "later"])]
    )
    return [
        {"table": name, "change": "changed", "column": column, "rows": len(index),
         "earlier": a or pairs.loc[index[0], "earlier"] if len(index) == 1 else a,
         "later": b or pairs.loc[index[0], "later"] if len(index) == 1 else b,
         "example": _key_words(keys.loc[index[0]], list(keys.columns))}
        for a, b, index in groups
    ]  # fmt: skip


def _words(value: object) -> str:
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return "blank"
    return value.strftime("%Y-%m-%d") if isinstance(value, pd.Timestamp) else str(value)


def _key_words(row: pd.Series, key: list[str]) -> str:
    return ", ".join(f"{name} {_words(row[name])}" for name in key)
