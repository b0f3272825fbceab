"""Categories of an indicator now beside a year before, each with whether it moved by more than chance.

With many categories one in twenty would seem to move by chance alone, so the level is shared among those asked about
(Bonferroni); and what rests on few is never called a change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import listed, number
from analysis.indicators import registry
from analysis.indicators.definition import PERCENT
from analysis.methods.rate_changes import rate_change, share_change

if TYPE_CHECKING:
    from analysis.findings.review import Review

SURE = 0.05
HIGHER, LOWER, SAME, UNTOLD = "yes, higher", "yes, lower", "no", "–"
_MOMENTS = ("now", "then")


def categories(review: Review, indicator: str, breakdown: str) -> Released:
    """A row a category: `now` and `then` (a year before), each with its numerator and denominator (`now_of`, `now_out_of`),
    and `verdict`, whether it moved by more than chance. A moment that can't be computed is missing."""
    frame, totals = _side_by_side(review, indicator, breakdown)
    unit = registry.indicators()[indicator].unit
    counts = [name for name in frame.columns if name.endswith("_of")]
    derived = {moment: [f"{moment}_of", f"{moment}_out_of"] for moment in _MOMENTS} if unit == PERCENT else {}

    def release(verdicts: list[str]) -> Released:
        return review.release(
            frame.assign(verdict=pd.Series(verdicts, dtype="str")),
            counts=counts,
            derived=derived,
            adds=Structure(totals=totals),
        )

    hidden = release([UNTOLD] * len(frame)).withheld.any(axis=1)
    asked = int((~hidden).sum())
    return release([
        UNTOLD if withheld else verdict(row, unit, SURE / max(1, asked))
        for withheld, (_, row) in zip(hidden, frame.iterrows(), strict=True)
    ])  # fmt: skip


def _side_by_side(review: Review, indicator: str, breakdown: str) -> tuple[pd.DataFrame, dict[str, float]]:
    found, totals = {}, {}
    for moment, quarter in zip(_MOMENTS, (review.quarter, review.quarter.shift(-4)), strict=True):
        table = registry.series(review.known, [indicator], [quarter], [breakdown], review.authority)
        table = table[table["symbol"] != "x"]
        found[moment] = table[table["breakdown"] == breakdown].drop_duplicates("category").set_index("category")
        whole = table[table["breakdown"] == "all"]
        for part, name in (("numerator", f"{moment}_of"), ("denominator", f"{moment}_out_of")):
            if len(whole) and pd.notna(whole[part].iloc[0]):
                totals[name] = float(whole[part].iloc[0])
    names = list(dict.fromkeys([*found["now"].index, *found["then"].index]))
    frame = pd.DataFrame({"category": pd.Series(names, dtype="str")})
    for moment, rows in found.items():
        known, rows = len(rows) > 0, rows.reindex(names)
        frame[moment] = rows["value"].to_numpy(float)
        # A category that isn't there at a moment that is known had none.
        for part, name in (("numerator", f"{moment}_of"), ("denominator", f"{moment}_out_of")):
            counted = rows[part].fillna(0) if known else rows[part]
            frame[name] = pd.array(counted.to_numpy(float), dtype="Int64")
    if registry.indicators()[indicator].unit == PERCENT:
        return frame, totals
    return frame[["category", "now_of", "then_of"]], {
        name: totals[name] for name in ("now_of", "then_of") if name in totals
    }


def verdict(row: pd.Series, unit: str, level: float) -> str:
    """Whether a category moved, at a level of its own."""
    figures = (
        [row["then_of"], row["now_of"]]
        if unit != PERCENT
        else [row[f"{m}_{part}"] for m in ("then", "now") for part in ("of", "out_of")]
    )
    if pd.isna(figures).any() or (unit == PERCENT and (not figures[1] or not figures[3])):
        return UNTOLD
    if unit == PERCENT:
        found = share_change(*map(float, figures))
        p, up = found.p, row["now"] > row["then"]
    else:
        tested = rate_change(float(figures[0]), 1.0, float(figures[1]), 1.0)
        p, up = tested.p, tested.up
    if np.isnan(p) or p >= level:
        return SAME
    return HIGHER if up else LOWER


def told(found: Released, what: str, one: str) -> str:
    """Which categories moved, in a sentence. `what` is what is shown, `one` what a category is: "themes"."""
    rows = found.frame[found.frame["verdict"] != UNTOLD]
    if rows.empty:
        return f"There are too few, or no earlier ones, to say whether {what} moved in any of the {one}."
    moved = [f"{row.category} ({row.verdict.split()[-1]})" for row in rows.itertuples() if row.verdict != SAME]
    asked = number(len(rows), "count")
    if not moved:
        return (
            f"Tested together, which asks for a larger change of each, in none of the {asked} {one} that can be compared did {what} move "
            "since a year ago."
        )
    return f"Of the {asked} {one} that can be compared, {what} moved by more than chance since a year ago in {listed(moved)}."
