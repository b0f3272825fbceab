"""Indicators at the moments that narrative speaks of, and over time, as released frames and named values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import NOT_AVAILABLE, period, short_day
from analysis.findings.bundle import FindingError
from analysis.findings.values import item, make_value
from analysis.indicators import registry
from analysis.indicators.definition import CENSUS_DAY, COHORT, QUARTER, SCHOOL_YEAR, STOCK, YEAR
from analysis.reference.quarters import Quarter, quarters

if TYPE_CHECKING:
    from analysis.findings.review import Review

# The columns of the indicators' table that count, and those that rest on them.
COUNTS = ("numerator", "denominator")
DERIVED = dict.fromkeys(("value", "lower", "upper"), COUNTS)
_TOTAL = "every category"
# Over how long a figure is, in a summary, where it isn't over twelve months to the moment.
_SPANS = {STOCK: "", QUARTER: "the quarter", YEAR: "financial year", SCHOOL_YEAR: "school year",
          CENSUS_DAY: "on 30 September", COHORT: "of the year before"}  # fmt: skip
_FIGURES = (*COUNTS, *DERIVED)
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


def year_to(quarter: Quarter) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of the twelve months to the quarter's end."""
    return pd.Timestamp(quarter.shift(-3).start), pd.Timestamp(quarter.end)


def table_at_moments(review: Review, ids: Iterable[str], as_then: Iterable[str] = ()) -> pd.DataFrame:
    """The indicators' tidy table for every moment, with a column `moment`; a row an indicator and moment.

    Those of `as_then` are as the moment's own delivery knew them, where there was one: a stock at 31 March as it was
    published, whatever has been put right since.
    """
    at = moments(review.quarter)
    table = _series(review, list(ids), sorted(set(at.values())), frozenset(as_then))
    found = [table[table["quarter"] == str(quarter)].assign(moment=name) for name, quarter in at.items()]
    return pd.concat(found, ignore_index=True)


def _series(review: Review, ids: list[str], at: list[Quarter], as_then: frozenset[str]) -> pd.DataFrame:
    """Indicators at quarters as known now, and those of `as_then` as each quarter's own delivery knew them."""
    now = [one for one in ids if one not in as_then]
    found = [registry.series(review.known, now, at, authority=review.authority)] if now else []
    then = [one for one in ids if one in as_then]
    if then:
        found += [registry.series(review.known_at(one), then, [one], authority=review.authority) for one in at]
    return pd.concat(found, ignore_index=True)


def values_of(review: Review, table: pd.DataFrame, names: Mapping[str, str]) -> dict[str, dict]:
    """Values by name: `<name>.<moment>` for each row of a table at moments. `names` maps indicators to the names
    that values go by."""
    things, told = registry.of_things(table["indicator"]), source(review)
    out, found = review.release(table[list(_FIGURES)], counts=COUNTS, derived=DERIVED, of_things=things), {}
    for row, figures, hidden in zip(table.itertuples(), out.frame.itertuples(), out.is_withheld("value"), strict=True):
        about = registry.indicators()[row.indicator]
        found[f"{names[row.indicator]}.{row.moment}"] = item(
            None, figures.value, about.unit, bool(hidden), indicator=about.id, title=about.title, definition=about.definition,
            period=period(row.period_start, row.period_end), numerator=figures.numerator, denominator=figures.denominator,
            lower=figures.lower, upper=figures.upper, source=told,
        )  # fmt: skip
    return found


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
        spanned = _SPANS.get(about.period_type, "12 months")
        cells = [items[f"{name}.{moment}"]["text"] for moment in shown.values()]
        rows.append(
            [f"{about.title}{spanned and f', {spanned}'}", *("–" if cell == NOT_AVAILABLE else cell for cell in cells)]
        )
    return headings, rows, ["left", *["right"] * len(shown)]


def over_time(review: Review, named: Mapping[str, str], as_then: bool = False) -> Released:
    """Indicators' tidy tables for each quarter from a year before the first delivery, released. `named` maps
    indicators to short names, which stand in the column `series`. What can't be computed is left out. As known now or,
    `as_then`, each as its own quarter's delivery knew it."""
    first = review.history.quarters[0] if review.history else review.quarter.shift(-4)
    table = _series(
        review, list(named), quarters(first.shift(-3), review.quarter), frozenset(named) if as_then else frozenset()
    )
    table = table[(table["symbol"] == "") & (table["breakdown"] == "all")]
    return released(review, table.assign(series=table["indicator"].map(named)))


def by_category(review: Review, indicator: str, breakdown: str, quarter: Quarter | None = None) -> Released:
    """An indicator's categories at a quarter (now), in the order of the list, released. Column `category`.

    Categories in which there is nothing to divide by are left out; a count of nought stays.
    """
    table = registry.compute(review.known, quarter or review.quarter, [indicator], [breakdown], review.authority)
    return released(review, table[(table["breakdown"] == breakdown) & (table["symbol"] == "")], _totals(table))


def by_place(review: Review, place: str, measures: Mapping[str, str]) -> Released:
    """Indicators side by side by locality or team, now: `category`, then a column a measure (name to indicator).

    Raises FindingError where the audience may not see figures by that place.
    """
    if not review.may_show(place):
        raise FindingError(f"figures by {place} are not for {review.audience}; ask review.may_show('{place}') first")
    table = registry.compute(review.known, review.quarter, measures.values(), [place], review.authority)
    totals = {name: _totals(table[table["indicator"] == indicator]) for name, indicator in measures.items()}
    table = table[(table["breakdown"] == place) & (table["symbol"] != "x")]
    joined = pd.DataFrame({"category": list(dict.fromkeys(table["category"]))}, dtype="str")
    counts, derived = [], {}
    for name, indicator in measures.items():
        rows = table[table["indicator"] == indicator].set_index("category").reindex(joined["category"])
        parts = {f"{name}_{part}": rows[part].to_numpy() for part in COUNTS}
        joined = joined.assign(**{name: rows["value"].to_numpy()}, **parts)
        counts += parts
        derived[name] = list(parts)
    known = {f"{name}_{part}": total for name, parts in totals.items() for part, total in parts.items()}
    return review.release(joined, counts=counts, derived=derived, adds=Structure(totals=known))


def largest(review: Review, released: Released, name: str, title: str) -> dict[str, dict]:
    """The largest category of a released count (`by_category`) as values: `<name>.name` and `<name>.percent`."""
    rows = released.frame
    total, top = released.totals.get("numerator", rows["value"].sum()), rows["value"].max()
    first = rows[rows["value"] == top]
    called = str(first["category"].iloc[0]) if len(first) and top > 0 else NOT_AVAILABLE
    share = 100 * top / total if total else None
    return {
        f"{name}.name": make_value(review.audience, called, title=title),
        f"{name}.percent": make_value(review.audience, share, unit="percent", numerator=top, denominator=total, title=f"{title}: {called}"),
    }  # fmt: skip


def categories_over_time(review: Review, indicator: str, breakdown: str, keep: Iterable[str] | None = None) -> Released:
    """A count's categories at each year end before now, and now: `period_end`, then a column a category, released.

    `keep` names the categories wanted, in order; the others are added up as `Other`. Moments that can't be
    computed are left out.
    """
    at = sorted({quarter for name, quarter in moments(review.quarter).items() if name != "year_ago"})
    table = registry.series(review.known, [indicator], at, [breakdown], review.authority)
    table = table[(table["breakdown"] == breakdown) & (table["symbol"] != "x")]
    wide = table.pivot_table(
        index="period_end", columns="category", values="numerator", sort=False, aggfunc="sum"
    ).fillna(0)
    wide = wide.astype("Int64").sort_index()
    if keep is not None:
        kept = list(keep)
        other = wide[[name for name in wide.columns if name not in kept]].sum(axis=1)
        wide = wide.reindex(columns=kept, fill_value=0).assign(Other=other.astype("Int64"))
    wide.columns.name = None
    names = list(wide.columns)
    # Each moment's total is shown elsewhere.
    adds = Structure(columns={_TOTAL: names}, elsewhere=[_TOTAL])
    out = review.release(wide.assign(**{_TOTAL: wide.sum(axis=1)}).reset_index(), counts=[*names, _TOTAL], adds=adds)
    return out.only("period_end", *names)


def _totals(table: pd.DataFrame) -> dict[str, float]:
    """The authority's own figures in an indicator's table: its breakdowns add up to them, and they are shown elsewhere."""
    rows = table[table["breakdown"] == "all"]
    return {name: float(rows[name].iloc[0]) for name in COUNTS if len(rows) and pd.notna(rows[name].iloc[0])}


def released(review: Review, table: pd.DataFrame, totals: Mapping[str, float] = MappingProxyType({})) -> Released:
    """Rows of the indicators' table as the review's audience may see them, in columns that matter to a reader.
    `totals`: what numerators and denominators add up to, where they are parts of a whole."""
    columns = [name for name in ("indicator", "series", "quarter", "period_end", "breakdown", "category", *COUNTS, "value",
                                 "lower", "upper") if name in table.columns]  # fmt: skip
    # A rate's denominator is a population, never small; a count has none.
    frame = table[columns].reset_index(drop=True)
    things = registry.of_things(frame["indicator"]) if "indicator" in columns else None
    return review.release(frame, counts=COUNTS, derived=DERIVED, adds=Structure(totals=totals), of_things=things)
