"""The figures of the authority's last published edition as findings: as printed, and as the records give them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure.policy import UNSUPPRESSED
from analysis.disclosure.wording import MINUS, short_day
from analysis.findings import bundle, measures
from analysis.findings.comparators import short_period
from analysis.findings.tables import pipe_table
from analysis.indicators import comparable, published, registry
from analysis.indicators.breakdowns import BREAKDOWNS
from analysis.indicators.definition import PERCENT
from analysis.methods.rates import round_half_up

if TYPE_CHECKING:
    from analysis.findings.review import Review
    from analysis.reference.quarters import Quarter

HEADINGS = ["Figure", "For", "In print", "From the records", "Agree?"]
ALIGN = ["left", "left", "right", "right", "left"]
_REST_ON = ("numerator", "denominator", "others")
_IN_WORDS = {"just_over": "just over {}", "almost": "almost {}", "over": "over {}", "well_over": "well over {}",
             "rising": "rising", "falling": "falling", "high": "high", "in_line": "in line with England"}  # fmt: skip
_OF_TWO = {"ratio": " times"}


def record(review: Review, label: str, *, caption: str, folder: Path = published.FOLDER) -> None:
    """Records the table `label` and the statement `agreeing` for the latest edition whose quarter is the review's or
    earlier. Where the records give a withheld figure, whether it agrees isn't said either."""
    bundle.check_label(label, "tbl", review.name)
    code = review.authority.code
    edition = latest(code, review.quarter, folder)
    if edition is None:
        review.statement("agreeing", "No figures of an earlier edition are held.")
        return
    figures = published.figures(code, edition, folder)
    found = published.table(review.known, code, edition, folder=folder)
    found["others"] = found["denominator"] - found["numerator"]
    out = review.release(
        found[["computed", *_REST_ON]], counts=_REST_ON, derived={"computed": _REST_ON},
        of_things=registry.of_things(pd.Series([one.indicator for one in figures], index=found.index)),
    )  # fmt: skip
    hidden = out.is_withheld("computed") | np.array([_protects_another(review, one) for one in figures], dtype=bool)
    rows = [
        _cells(one, row, bool(withheld))
        for one, row, withheld in zip(figures, found.to_dict("records"), hidden, strict=True)
    ]
    table = {"kind": "table", "label": label, "caption": caption, "columns": HEADINGS, "rows": rows, "align": ALIGN}
    review.record([table], f"{pipe_table(HEADINGS, rows, ALIGN)}\n\n: {caption}")
    review.statement("agreeing", _said(found, hidden, max(one.quarter for one in figures).end.year))


def _protects_another(review: Review, one: published.Figure) -> bool:
    """Whether a category's figure is withheld because, with the others, it would give a small one back."""
    if one.breakdown not in BREAKDOWNS or review.audience in UNSUPPRESSED:
        return False
    released = measures.by_category(review, one.indicator, one.breakdown, one.quarter)
    return bool((released.is_withheld("value") & (released.frame["category"] == one.category)).any())


def latest(authority: str, quarter: Quarter, folder: Path = published.FOLDER) -> str | None:
    """The edition published last by a quarter: the one whose newest figure is of it or before."""
    of = {
        one: max(figure.quarter for figure in published.figures(authority, one, folder))
        for one in published.editions(authority, folder)
    }
    usable = [one for one, newest in of.items() if newest <= quarter]
    return max(usable, key=lambda one: of[one], default=None)


def _cells(one: published.Figure, row: dict, withheld: bool) -> list[str]:
    known = not pd.isna(row["computed"]) and not pd.isna(row["agrees"])
    agree = (
        "Withheld (c)" if withheld else ("Yes" if row["agrees"] else "No") if known else row["note"] or "Can't be said"
    )
    period = "" if pd.isna(row["period_end"]) else _period(row["period_start"].date(), row["period_end"].date())
    if one.against and period:
        period = f"{short_day(row['period_end'])}, beside {short_day(one.against.end)}"
    where = f": {one.category.replace('|', ', ')}" if one.category else ""
    return [
        f"{one.measure[0].upper()}{one.measure[1:]}{where}",
        period,
        _IN_WORDS.get(one.agreement, "{}").format(_number(one, one.published)),
        "c" if withheld else _direction(row["computed"]) if one.statistic == "trend" else _number(one, row["computed"]),
        agree,
    ]


def _period(start: dt.date, end: dt.date) -> str:
    if start == end or comparable.is_year(start, end):
        return short_period(start, end)
    first, last = f"{start:%b %Y}", f"{end:%b %Y}"
    return last if first == last else f"{first} to {last}"


def _number(one: published.Figure, value: float | None) -> str:
    if value is None or pd.isna(value):
        return ""
    found = registry.indicators().get(one.indicator)
    percent = one.statistic == "value" and found is not None and found.unit == PERCENT
    rounded = float(round_half_up(value, one.decimals))
    if one.statistic == "change_percent":
        return f"{abs(rounded):,.{one.decimals}f}% {'fewer' if rounded < 0 else 'more'}"
    return f"{MINUS if rounded < 0 else ''}{abs(rounded):,.{one.decimals}f}{'%' if percent else _OF_TWO.get(one.statistic, '')}"


def _direction(slope: float) -> str:
    return "" if pd.isna(slope) else "rising" if slope > 0 else "falling" if slope < 0 else "neither rising nor falling"


def _said(found: pd.DataFrame, hidden: pd.Series, year: int) -> str:
    said = found[~hidden.to_numpy() & found["agrees"].notna()]
    agreeing = int(said["agrees"].sum())
    withheld = int(hidden.sum())
    words = f"The self-assessment printed in {year} has {len(said)} figures that these records can check, and {agreeing} {'agrees' if agreeing == 1 else 'agree'}"
    aside = (
        ""
        if not withheld
        else f"; {withheld} more {'is' if withheld == 1 else 'are'} withheld, to protect small numbers"
    )
    return f"{words}{aside}."
