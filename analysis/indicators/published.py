"""Figures that an authority has published, each beside what the records give for it.

`data/reference/published/<authority>-<edition>.csv` has a row a figure: which indicator it is, of which quarter or
days, and how exactly it was put (a number, "just over", "rising").
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.indicators import comparison, registry
from analysis.methods.rates import round_half_up
from analysis.records.history import Known
from analysis.reference import benchmarks
from analysis.reference.project import REFERENCE_DATA, UserError
from analysis.reference.quarters import Quarter, quarters

FOLDER = REFERENCE_DATA / "published"
# What words allow, as shares of the figure that was printed: "just over half" is at most 55%, "almost double" at least
# 1.8 times, "over 20%" no more than 30%, "well over 90%" at least 91.8%.
JUST, ALMOST, OVER, WELL = 0.10, 0.10, 0.50, 0.02
STATISTICS = ("value", "numerator", "sum", "change_percent", "ratio", "trend")
AGREEMENTS = ("exact", "just_over", "almost", "over", "well_over", "rising", "falling", "high", "in_line")
COLUMNS = ("figure", "topic", "measure", "indicator", "category", "period_start", "period_end", "published", "agreement",
           "computed", "numerator", "denominator", "agrees", "comparator", "note")  # fmt: skip
# A comparator's value for an indicator and the last day of a local period; None where there is none.
Comparator = Callable[[str, dt.date], float | None]


@dataclass(frozen=True)
class Figure:
    """A published figure. `statistic` is what is made of the indicator's values from `against` to `quarter`."""

    figure: str
    topic: str
    measure: str
    indicator: str
    breakdown: str
    category: str
    quarter: Quarter
    period: tuple[dt.date, dt.date] | None
    statistic: str
    against: Quarter | None
    published: float | None
    numerator: float | None
    denominator: float | None
    decimals: int
    agreement: str
    comparator: str
    comparator_value: float | None
    note: str


def editions(authority: str, folder: Path = FOLDER) -> list[str]:
    """The editions whose figures are held, oldest first."""
    return sorted(path.stem.removeprefix(f"{authority}-") for path in folder.glob(f"{authority}-*.csv"))


def figures(authority: str, edition: str, folder: Path = FOLDER) -> list[Figure]:
    """The figures of an edition, in the file's order. Raises UserError, naming the line, where one can't be read."""
    path = folder / f"{authority}-{edition}.csv"
    if not path.exists():
        held = ", ".join(editions(authority, folder)) or "none"
        raise UserError(f"there are no published figures of '{edition}' for {authority}; held: {held}")
    found = []
    with open(path, encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                found.append(_figure(row))
            except (KeyError, ValueError) as error:
                raise UserError(f"{path.name}, line {number}: {error}; mend that line") from None
    return found


def _figure(row: dict[str, str]) -> Figure:
    if row["statistic"] not in STATISTICS:
        raise ValueError(f"'{row['statistic']}' is no statistic; use one of {', '.join(STATISTICS)}")
    if row["agreement"] not in AGREEMENTS:
        raise ValueError(f"'{row['agreement']}' is no kind of agreement; use one of {', '.join(AGREEMENTS)}")
    days = [dt.date.fromisoformat(row[name]) for name in ("period_start", "period_end") if row[name]]
    return Figure(
        figure=row["figure"], topic=row["topic"], measure=row["measure"], indicator=row["indicator"],
        breakdown=row["breakdown"], category=row["category"], quarter=Quarter.parse(row["quarter"]),
        period=(days[0], days[1]) if days else None, statistic=row["statistic"],
        against=Quarter.parse(row["against_quarter"]) if row["against_quarter"] else None,
        published=_number(row["published"]), numerator=_number(row["numerator"]),
        denominator=_number(row["denominator"]), decimals=int(row["decimals"]), agreement=row["agreement"],
        comparator=row["comparator"], comparator_value=_number(row["comparator_value"]), note=row["note"],
    )  # fmt: skip


def _number(text: str) -> float | None:
    return float(text) if text else None


def table(
    known: Known, authority: str, edition: str, comparator: Comparator = comparison.england, folder: Path = FOLDER
) -> pd.DataFrame:
    """A row a published figure: what was printed, what the records as known give, and whether the two agree.

    Columns: figure, topic, measure, indicator, category, period_start, period_end, published, agreement, computed,
    numerator, denominator, agrees (missing where nothing can be said), comparator, note. A number agrees at the
    precision at which it was printed; words agree in kind. `comparator` gives England's value, for figures said to be
    high or in line; the column says which years' England figures are those that were printed beside the local ones.
    """
    rows = [_row(one, known, authority, comparator) for one in figures(authority, edition, folder)]
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    return found.astype({"agrees": "boolean", "period_start": "datetime64[us]", "period_end": "datetime64[us]"})


def _row(one: Figure, known: Known, authority: str, comparator: Comparator) -> dict[str, object]:
    same = {"figure": one.figure, "topic": one.topic, "measure": one.measure, "indicator": one.indicator,
            "category": one.category, "published": one.published, "agreement": one.agreement,
            "comparator": _printed_beside(one), "note": one.note}  # fmt: skip
    if one.indicator not in registry.indicators():
        return {**same, "agrees": pd.NA, "note": f"there is no indicator '{one.indicator}'"}
    values = _values(one, known, authority)
    last, first = values.iloc[-1], values.iloc[0]
    computed = _statistic(one.statistic, values)
    missing = bool(last["symbol"]) or computed is None or np.isnan(computed)
    england = comparator(one.indicator, last["period_end"].date())
    return {
        **same,
        "period_start": first["period_start"] if one.statistic == "sum" else last["period_start"],
        "period_end": last["period_end"],
        "computed": np.nan if missing else computed,
        "numerator": values["numerator"].sum() if one.statistic == "sum" else last["numerator"],
        "denominator": last["denominator"],
        "agrees": pd.NA if missing else agrees(one, computed, last, england),
        "note": one.note or ("the records needed were not delivered" if missing else ""),
    }


def _printed_beside(one: Figure) -> str:
    """England's figure that was printed beside the local one, and the years of which it is England's figure."""
    if one.comparator_value is None:
        return ""
    words = f"{one.comparator} {one.comparator_value:g}"
    if one.indicator not in benchmarks.measures():
        return words
    measure = benchmarks.measure(one.indicator)
    years = [
        measure.label(year)
        for year in benchmarks.years(measure.id, "England")
        if any(f.value is not None and round_half_up(f.value) == one.comparator_value
               for f in benchmarks.held(measure.id, "England", year))
    ]  # fmt: skip
    return f"{words}: that of {', '.join(years)}" if years else f"{words}: of no year that is held"


def _values(one: Figure, known: Known, authority: str) -> pd.DataFrame:
    """The indicator's values, a row a quarter, categories joined by `|` added up."""
    asked = quarters(one.against, one.quarter) if one.against else [one.quarter]
    if one.statistic in ("change_percent", "ratio"):
        asked = [asked[0], asked[-1]]
    by = (one.breakdown,) if one.breakdown else ()
    found = registry.series(known, [one.indicator], asked, by=by, authority=authority, period=one.period)
    if not one.breakdown:
        return found.reset_index(drop=True)
    part = found[(found["breakdown"] == one.breakdown) & found["category"].isin(one.category.split("|"))]
    if part.empty:
        # Nothing delivered (only the total's row, with its symbol), or a category that no record has.
        return found[found["breakdown"] == "all"].assign(value=np.nan).reset_index(drop=True)
    summed = part.groupby("quarter", sort=False, as_index=False).agg(
        {"period_start": "first", "period_end": "first", "numerator": "sum", "denominator": "first", "value": "sum",
         "lower": "first", "upper": "first", "symbol": "max"}
    )  # fmt: skip
    return summed


def _statistic(name: str, values: pd.DataFrame) -> float | None:
    series = values["value"].to_numpy(float)
    if name == "numerator":
        return float(values["numerator"].iloc[-1])
    if name == "sum":
        return float(series.sum())
    if name == "change_percent":
        return float((series[-1] / series[0] - 1) * 100) if series[0] else None
    if name == "ratio":
        return float(series[-1] / series[0]) if series[0] else None
    if name == "trend":
        return _slope(series)
    return float(series[-1])


def _slope(series: Sequence[float]) -> float:
    """The rise a quarter along the straight line through the values; nought where its ends say otherwise."""
    slope = float(np.polyfit(np.arange(len(series)), series, 1)[0])
    return slope if slope * (series[-1] - series[0]) > 0 else 0.0


def agrees(one: Figure, computed: float, last: pd.Series, england: float | None) -> bool | object:
    """Whether a computed value agrees with what was printed, in kind or at its precision."""
    kind, printed = one.agreement, one.published
    if kind in ("rising", "falling"):
        return computed > 0 if kind == "rising" else computed < 0
    if kind == "high":
        return pd.NA if england is None else computed > england
    if kind == "in_line":
        return pd.NA if england is None else bool(last["lower"] <= england <= last["upper"])
    if kind == "just_over":
        return printed < computed <= printed * (1 + JUST)
    if kind == "almost":
        return printed * (1 - ALMOST) <= computed < printed
    if kind == "over":
        return printed < computed <= printed * (1 + OVER)
    if kind == "well_over":
        return computed >= printed * (1 + WELL)
    parts = {"numerator": one.numerator, "denominator": one.denominator}
    return bool(round_half_up(computed, one.decimals) == printed) and all(
        wanted is None or last[name] == wanted for name, wanted in parts.items()
    )
