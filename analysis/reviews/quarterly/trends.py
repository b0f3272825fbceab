"""Measures over the last five quarters, each beside a year ago: by more than chance would give, or no more than usual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from analysis.disclosure import CONFIDENTIAL
from analysis.disclosure.wording import NOT_AVAILABLE, listed, short_day
from analysis.findings import bundle
from analysis.findings.measures import COUNTS, DERIVED
from analysis.findings.review import Review
from analysis.findings.tables import pipe_table
from analysis.findings.values import item
from analysis.indicators import registry
from analysis.indicators.changes import Place, beyond_chance
from analysis.indicators.definition import ROLLING_YEAR, Indicator
from analysis.reference.quarters import quarters

# This quarter, the same one a year ago, and those between them.
QUARTERS = 5
HIGHER, LOWER, USUAL, SAME, UNKNOWN = "higher", "lower", "usual variation", "no different", "–"


def trends(review: Review, ids: Iterable[str], label: str, *, caption: str, what: str = "measures") -> str:
    """Records a table of indicators, in the order given: the last five quarters, and how the latest stands beside a year ago.
    Gives the sentence that says what it comes to; `what` names the indicators, in the plural."""
    bundle.check_label(label, "tbl", review.name)
    ids = list(dict.fromkeys(ids))
    last = quarters(review.quarter.shift(1 - QUARTERS), review.quarter)
    rows = registry.series(review.known, ids, last, authority=review.authority)
    out = review.release(rows[[*COUNTS, *DERIVED]], counts=COUNTS, derived=DERIVED)
    hidden = out.is_withheld("value")
    texts = [
        item(None, value, registry.indicators()[row.indicator].unit, bool(away), indicator=row.indicator)["text"]
        for row, value, away in zip(rows.itertuples(), out.frame["value"], hidden, strict=True)
    ]
    rows = rows.assign(text=texts).set_index(["indicator", "quarter"])
    lines, moved = [], {}
    for one in ids:
        about = registry.indicators()[one]
        shown = [str(rows.loc[(one, str(quarter)), "text"]) for quarter in last]
        beside = _beside(review, about, rows.loc[(one, str(last[0]))], rows.loc[(one, str(last[-1]))])
        moved[about.title] = beside
        cells = ["–" if text == NOT_AVAILABLE else text for text in shown]
        over = ", 12 months" if about.period_type == ROLLING_YEAR else ""
        lines.append([f"{about.title}{over}", *cells, beside])
    columns = ["Measure", *(short_day(quarter.end) for quarter in last), "Beside a year ago"]
    align = ["left", *["right"] * len(last), "left"]
    table = {"kind": "table", "label": label, "caption": caption, "columns": columns, "rows": lines, "align": align}
    review.record([table], f"{pipe_table(columns, lines, align)}\n\n: {caption}")
    return _said(moved, what)


def _beside(review: Review, about: Indicator, then: pd.Series, now: pd.Series) -> str:
    """Where a measure stands beside a year ago; nothing is said of what the audience may not see."""
    if {then["text"], now["text"]} & {CONFIDENTIAL, NOT_AVAILABLE}:
        return UNKNOWN
    if now["value"] == then["value"] or now["period_end"] == then["period_end"]:
        return SAME
    at = (review.quarter.shift(1 - QUARTERS), review.quarter)
    if not beyond_chance(review.known, about, Place(review.authority), then, now, at):
        return USUAL
    return HIGHER if now["value"] > then["value"] else LOWER


def _said(moved: Mapping[str, str], what: str) -> str:
    beyond = [f"{title[0].lower()}{title[1:]} ({how})" for title, how in moved.items() if how in (HIGHER, LOWER)]
    unknown = sum(how == UNKNOWN for how in moved.values())
    if unknown == len(moved):
        return f"These {what} can't be set beside a year ago: the figures aren't held, or are withheld."
    known = len(moved) - unknown
    said = f"Of the {known} {what} that can be set beside a year ago, "
    said += f"{len(beyond)} {'differs' if len(beyond) == 1 else 'differ'} by more than chance would give: {listed(beyond)}." if beyond else (
        "none differs by more than chance would give.")  # fmt: skip
    return said + (f" For {unknown} there is no figure to compare." if unknown else "")
