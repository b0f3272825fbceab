"""Reads one table of one year into canonical columns, setting aside what can't be used."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.records.delivery import BLANKED, NOTED, REFUSED, SET_ASIDE
from analysis.records.tables import TABLES
from analysis.returns.ssda903.layout import Layout
from analysis.returns.ssda903.pieces import SHARE_TO_REFUSE, Piece, PieceLedger
from analysis.returns.ssda903.values import known, plain, read, report
from analysis.returns.ssda903.years import Placed, label

_ENDING = {"care_episodes": (("reason_ended", "REC"), ("reason_change", "REASON_PLACE_CHANGE")),
           "placed_for_adoption": (("ceased_reason", "REASON_PLACED_CEASED"),)}  # fmt: skip


@dataclass
class Table:
    """One piece, read. `frame` has every row of the piece in canonical columns; `rows()` those that are kept."""

    placed: Placed
    ledger: PieceLedger
    frame: pd.DataFrame

    @property
    def layout(self) -> Layout:
        return self.placed.piece.layout

    def rows(self) -> pd.DataFrame:
        return self.frame[self.ledger.kept().to_numpy()]


def table_of(placed: Placed, earlier: pd.MultiIndex | pd.Index | None) -> Table:
    """Reads a piece. `earlier`: keys that earlier pieces of the same year and table have already given."""
    piece, layout = placed.piece, placed.piece.layout
    refusal = _refusal(piece)
    if refusal:
        piece = piece.saying(REFUSED, *refusal)
    ledger = PieceLedger(piece)
    canonical = TABLES[layout.table]
    if piece.refused:
        return Table(Placed(placed.year, piece), ledger, canonical.empty().iloc[:, :0].reindex(piece.rows.index))
    columns = {
        field.to: read(ledger, field, placed.year)
        for field in layout.fields
        if field.to and field.name in piece.rows.columns
    }
    frame = pd.DataFrame(columns, index=piece.rows.index)
    if "year" in canonical.names:
        frame["year"] = pd.array([placed.year] * len(frame), dtype="Int64")
    if layout.since and placed.year < layout.since:
        ledger.note("table-of-another-year", f"the table exists from {label(layout.since)}, not yet in "
                    f"{label(placed.year)}; kept", "check which year the file is of")  # fmt: skip
    if layout.end and layout.end in frame:
        _backwards(ledger, layout, frame)
        frame = _open_rows_have_no_ending(ledger, canonical.name, layout, frame)
    _once(ledger, layout, frame[list(canonical.key)], earlier)
    return Table(placed, ledger, frame)


def _refusal(piece: Piece) -> tuple | None:
    """Why a file whose legal statuses aren't legal statuses can't be trusted; None where they are."""
    if piece.refused or "LS" not in piece.rows.columns:
        return None
    cells = piece.rows["LS"].map(lambda cell: plain(str(cell)) if cell is not None else "")
    filled = cells[cells != ""]
    unknown = filled[~filled.isin(known("LS", None))]
    if len(unknown) == 0 or len(unknown) < SHARE_TO_REFUSE * len(filled):
        return None
    why = f"{len(unknown)} of {len(filled)} legal statuses are no code of any year"
    return ("legal-statuses-unknown", why, "check that the export's columns are in the right order and its codes are "
            "the return's", int(unknown.index[0]), "LS", str(piece.rows["LS"][unknown.index[0]])[:120])  # fmt: skip


def _field(layout: Layout, to: str) -> str:
    return next((f.name for f in layout.fields if f.to == to), "")


def _backwards(ledger: PieceLedger, layout: Layout, frame: pd.DataFrame) -> None:
    rule = f" (rule {layout.rule})" if layout.rule else ""
    report(ledger, frame[layout.end] < frame[layout.start], SET_ASIDE, "ends-before-start",
           f"it ends before it starts{rule}", "correct one of the dates", _field(layout, layout.end))  # fmt: skip


def _open_rows_have_no_ending(ledger: PieceLedger, table: str, layout: Layout, frame: pd.DataFrame) -> pd.DataFrame:
    """What comes with an end says nothing of a row that is open: blanked, and said once a file where many have it."""
    changed = {}
    for column, name in _ENDING.get(table, ()):
        if column not in frame:
            continue
        idle = frame[layout.end].isna() & frame[column].notna()
        rule = " (rule 148)" if name == "REC" else ""
        report(ledger, idle, BLANKED, "ending-of-open-row", f"{name} is filled in on a row that has no end{rule}; "
               "the row counts as open", "fill in the end date, or clear the reason", name)  # fmt: skip
        if name == "REC":
            report(ledger, frame[layout.end].notna() & frame[column].isna(), NOTED, "end-without-reason",
                   "the episode has ended, and REC doesn't say why (rule 148)", "fill in REC", name)  # fmt: skip
        changed[column] = frame[column].mask(idle)
    return frame.assign(**changed)


def _once(ledger: PieceLedger, layout: Layout, key: pd.DataFrame, earlier: pd.Index | None) -> None:
    ledger.once(key)
    if earlier is None or not len(earlier):
        return
    repeated = pd.Series(pd.MultiIndex.from_frame(key).isin(earlier), index=key.index)
    rule = f" (rule {layout.once})" if layout.once else ""
    report(ledger, repeated, SET_ASIDE, "row-repeated", f"another file of the same year has the row already{rule}",
           "deliver each table once a year")  # fmt: skip
