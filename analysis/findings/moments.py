"""Indicators at the moments that narrative speaks of, and over time, as released frames and named values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import NOT_AVAILABLE, period, short_day
from analysis.findings.values import make_value
from analysis.indicators import registry
from analysis.reference.quarters import Quarter, quarters

if TYPE_CHECKING:
    from analysis.findings.review import Review

# The columns of the indicators' table that count, and those that rest on them.
COUNTS = ("numerator", "denominator")
DERIVED = dict.fromkeys(("value", "lower", "upper"), COUNTS)
_KINDS = {"annex_a": "Annex A", "ssda903": "SSDA903", "cin_census": "CIN census", "workforce_census": "workforce census",
          "local": "local returns"}  # fmt: skip


def moments(quarter: Quarter) -> dict[str, Quarter]:
    """The moments that a name's last part stands for: now, a year ago, and the last three year ends before now."""
    last = Quarter(quarter.year - 1, 4)
    return {
        "now": quarter,
        "year_ago": quarter.shift(-4),
        "last_year_end": last,
        "year_end_before": last.shift(-4),
        "year_end_before_that": last.shift(-8),
    }


def table_at_moments(review: Review, ids: Iterable[str]) -> pd.DataFrame:
    """The indicators' tidy table for every moment, with a column `moment`; a row an indicator and moment."""
    wanted, at = list(ids), moments(review.quarter)
    table = registry.series(review.known, wanted, sorted(set(at.values())), authority=review.authority)
    found = [table[table["quarter"] == str(quarter)].assign(moment=name) for name, quarter in at.items()]
    return pd.concat(found, ignore_index=True)


def values_of(review: Review, table: pd.DataFrame, names: Mapping[str, str]) -> dict[str, dict]:
    """Values by name: `<name>.<moment>` for each row. `names` maps indicators to the names that values go by."""
    return {f"{names[row.indicator]}.{row.moment}": value_of_row(review, row) for row in table.itertuples(index=False)}


def value_of_row(review: Review, row) -> dict:
    """One row of the indicators' table as a value."""
    about = registry.indicators()[row.indicator]
    return make_value(
        review.audience, row.value, unit=about.unit, title=about.title, definition=about.definition,
        period=period(row.period_start, row.period_end), indicator=about.id, numerator=row.numerator,
        denominator=row.denominator, lower=row.lower, upper=row.upper, source=source(review),
    )  # fmt: skip


def source(review: Review) -> str:
    """Where the figures come from, in words: the kinds of return, and the latest delivery known."""
    kinds = [words for kind, words in _KINDS.items() if kind in review.known.kinds]
    return f"{', '.join(kinds) or 'no return'}; deliveries to {review.quarter}"


def summary(
    review: Review, items: Mapping[str, dict], names: Mapping[str, str]
) -> tuple[list[str], list[list[str]], list[str]]:
    """Headings and rows of text: an indicator a row, a moment a column. The values are already released."""
    at = moments(review.quarter)
    shown = dict(sorted({quarter: name for name, quarter in reversed(at.items())}.items()))
    headings = ["Measure", *(short_day(quarter.end) for quarter in shown)]
    rows = []
    for indicator, name in names.items():
        about = registry.indicators()[indicator]
        rolling = "" if about.period_type == "stock" else ", 12 months"
        cells = [items[f"{name}.{moment}"]["text"] for moment in shown.values()]
        rows.append([f"{about.title}{rolling}", *("–" if cell == NOT_AVAILABLE else cell for cell in cells)])
    return headings, rows, ["left", *["right"] * len(shown)]


def over_time(review: Review, ids: Iterable[str]) -> Released:
    """The indicators' tidy table for each quarter from a year before the first delivery, released, with the
    columns `title` and, for people, `series` (the title). Quarters that can't be computed are left out."""
    wanted = list(ids)
    first = review.history.quarters[0] if review.history else review.quarter.shift(-4)
    table = registry.series(review.known, wanted, quarters(first.shift(-3), review.quarter), authority=review.authority)
    table = table[(table["symbol"] == "") & (table["breakdown"] == "all")]
    titles = {one: registry.indicators()[one].title for one in wanted}
    return released(review, table.assign(title=table["indicator"].map(titles)))


def by_category(review: Review, indicator: str, breakdown: str, quarter: Quarter | None = None) -> Released:
    """An indicator's categories at a quarter (now), in the order of the list, released. Column `category`."""
    table = registry.compute(review.known, quarter or review.quarter, [indicator], [breakdown], review.authority)
    return released(review, table[(table["breakdown"] == breakdown) & (table["symbol"] != "x")])


def released(review: Review, table: pd.DataFrame) -> Released:
    """Rows of the indicators' table as the review's audience may see them, in columns that matter to a reader."""
    columns = [name for name in ("indicator", "title", "quarter", "period_end", "breakdown", "category", *COUNTS, "value",
                                 "lower", "upper") if name in table.columns]  # fmt: skip
    # A rate's denominator is a population, never small; a count has none.
    frame = table[columns].reset_index(drop=True)
    return review.release(frame, counts=COUNTS, derived=DERIVED)
