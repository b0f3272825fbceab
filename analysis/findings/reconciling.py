"""The reconciliation as findings: local beside published, the difference, and why, as an audience may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure.wording import MINUS, number
from analysis.findings import bundle
from analysis.findings.comparators import short_period
from analysis.findings.tables import pipe_table
from analysis.indicators.definition import COUNT, PERCENT
from analysis.indicators.reconciliation import UNTOLD, reconcile
from analysis.methods.rates import round_half_up

if TYPE_CHECKING:
    from analysis.findings.review import Review

HEADINGS = ["Measure", "For", "Ours", "In print", "Gap", "Why"]
ALIGN = ["left", "left", "right", "right", "right", "left"]
AGREE, TOO_FEW = "Agree.", "Withheld (c): few children are behind it."
# The counts that decide whether a row may be shown.
_REST_ON = ("numerator", "denominator", "smallest")


def record(review: Review, label: str, *, caption: str) -> None:
    """Records the reconciliation as the table `label`, and the statement `reconciled` that says how many measures agree.

    Where a figure is withheld, its reason is given without counts, and whether it agrees isn't said."""
    bundle.check_label(label, "tbl", review.name)
    found = reconcile(review.known, review.quarter, review.authority)
    columns = ["local", "difference", *_REST_ON]
    out = review.release(found[columns], counts=_REST_ON, derived=dict.fromkeys(("local", "difference"), _REST_ON))
    hidden = out.is_withheld("local")
    rows = [_cells(row, bool(withheld)) for row, withheld in zip(found.to_dict("records"), hidden, strict=True)]
    table = {"kind": "table", "label": label, "caption": caption, "columns": HEADINGS, "rows": rows, "align": ALIGN}
    review.record([table], f"{pipe_table(HEADINGS, rows, ALIGN)}\n\n: {caption}")
    untold = ~found["agrees"] & (found["reason_in_kind"] == UNTOLD)
    review.statement("reconciled", _said(len(found), int(found["agrees"].sum()), int(untold.sum())))


def _cells(row: dict, withheld: bool) -> list[str]:
    told = (
        (row["reason_in_kind"] or TOO_FEW)
        if withheld and not row["agrees"]
        else TOO_FEW
        if withheld
        else row["reason"] or AGREE
    )
    ours = written(row["local"], row["unit"], row["decimals"])
    return [
        row["title"],
        short_period(row["period_start"].date(), row["period_end"].date()),
        "c" if withheld else ours,
        written(row["published"], row["unit"], row["decimals"]),
        "c" if withheld else _difference(row["difference"], row["decimals"]),
        told,
    ]


def written(value: float, unit: str, decimals: int) -> str:
    """A figure at the precision at which it was printed, so that both sides have the same."""
    if unit == COUNT:
        return number(value, COUNT)
    return f"{round_half_up(value, decimals):,.{decimals}f}{'%' if unit == PERCENT else ''}"


def _difference(value: float, decimals: int) -> str:
    rounded = round_half_up(value, decimals)
    return "–" if pd.isna(rounded) or rounded == 0 else f"{MINUS if rounded < 0 else '+'}{abs(rounded):,.{decimals}f}"


def _said(compared: int, agreeing: int, untold: int = 0) -> str:
    if not compared:
        return "No measure here has a published figure for a period that these deliveries cover."
    told = compared - agreeing - untold
    all_of = "All" if agreeing == compared else f"{agreeing} of the"
    closing = f" For {told} more we can say what may lie behind the difference." if told else ""
    closing += (
        f" For {'one' if untold == 1 else untold} nothing that we hold explains the difference." if untold else ""
    )
    return f"{all_of} {compared} measures that have a published figure agree with it at the precision at which it was printed.{closing}"
