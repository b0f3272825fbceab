"""What the published figures alone say of a rise: identity, residual, and both splits, from yearly stocks and flows.

Any authority can be asked about, and any years: nothing here needs records. It is the check on what records say.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import number
from analysis.indicators import comparable
from analysis.methods import flows
from analysis.reference import benchmarks
from analysis.reference.quarters import words

if TYPE_CHECKING:
    from analysis.findings.review import Review

# What is published, by the name that it goes by here.
MEASURES = {
    "stock": "cpp_count", "starts": "cpp_start_count", "ends": "cpp_end_count", "enquiries": "section47_count",
    "conferences": "icpc_count",
}  # fmt: skip
IDENTITY = ("opening", "starts", "ends", "residual", "closing", "change")
TURN = ("from_starts", "from_ends", "from_residual")
LENGTH = ("from_entries", "from_duration")
CONVERSIONS = {
    "conferences_per_100_enquiries": ("conferences", "enquiries"),
    "plans_per_100_conferences": ("starts", "conferences"),
}


def series(place: str, *, out_by: dt.date | None = None) -> pd.DataFrame:
    """The published figures of an area, indexed by the year in which each ends (31 March): a column for each of MEASURES.

    NaN where nothing is printed. `out_by` leaves out what wasn't published by that day. Raises UserError for an area that
    isn't there.
    """
    found = {}
    for name, measure in MEASURES.items():
        about = benchmarks.measure(measure)
        years = [
            year for year in benchmarks.years(measure, place) if out_by is None or about.family.known(year) <= out_by
        ]
        figures = {year: benchmarks.figure(measure, place, year) for year in years}
        found[name] = pd.Series(
            {year: figure.value for year, figure in figures.items() if figure is not None}, dtype="float64"
        )
    return pd.DataFrame(found, columns=list(MEASURES)).sort_index().rename_axis("year")


def arithmetic(table: pd.DataFrame) -> pd.DataFrame:
    """The identity of each year and both splits, from yearly figures.

    `table`: indexed by year, columns stock (at its end), starts and ends (in it), and, where there are any, enquiries and
    conferences. A year is told where the stock before it is known. Columns: IDENTITY; TURN, why growth differs from the
    year before's (more starts, fewer ends, residual; NaN in the first year); LENGTH, the change in the stock by
    entries and by duration, whole numbers that add up to it (NaN where the year before's starts aren't known); and
    CONVERSIONS, per cent.
    """
    years = [year for year in table.index if year - 1 in table.index and _known(table, year)]
    rows = {}
    for year in years:
        now, last = table.loc[year], table.loc[year - 1]
        row = flows.identity([last["stock"], now["stock"]], [now["starts"]], [now["ends"]]).iloc[0].to_dict()
        row |= dict.fromkeys((*TURN, *LENGTH), np.nan)
        before = rows.get(year - 1)
        if before is not None:
            turn = flows.change_in_growth(_change(before), _change(row))
            row |= {f"from_{part}": turn[part] for part in ("starts", "ends", "residual")}
        if min(last["starts"], last["stock"], now["starts"], now["stock"]) > 0:
            parts = flows.entry_and_duration_change(last["stock"], last["starts"], now["stock"], now["starts"])
            parts.pop("total")
            row |= {f"from_{part}": value for part, value in flows.whole_parts(parts).items()}
        for name, (part, whole) in CONVERSIONS.items():
            row[name] = 100 * now[part] / now[whole] if {part, whole} <= set(now.index) and now[whole] > 0 else np.nan
        rows[year] = row
    columns = [*IDENTITY, *TURN, *LENGTH, *CONVERSIONS]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).astype("float64").rename_axis("year")


def _known(table: pd.DataFrame, year: int) -> bool:
    return bool(table.loc[year, ["stock", "starts", "ends"]].notna().all() and pd.notna(table.loc[year - 1, "stock"]))


def _change(row: dict) -> flows.StockChange:
    return flows.StockChange(row["opening"], row["starts"], row["ends"], row["closing"])


def out_by_edition(review: Review) -> pd.DataFrame:
    """`arithmetic` of the review's own authority, from the figures that were out by the time of the edition."""
    return arithmetic(series(review.authority.code, out_by=comparable.published_by(review.quarter.end)))


def table(review: Review, found: pd.DataFrame, years: int = 6) -> Released:
    """The latest `years`, oldest first: year_to, then the columns of `arithmetic`; released."""
    rows = found.tail(years)
    counts = ["opening", "starts", "ends", "closing"]
    whole = [*IDENTITY, *TURN, *LENGTH]
    frame = rows.reset_index(drop=True).astype(
        {**dict.fromkeys(whole, "Int64"), **dict.fromkeys(CONVERSIONS, "float64")}
    )
    frame.insert(0, "year_to", pd.to_datetime([f"{year}-03-31" for year in rows.index]).astype("datetime64[us]"))
    # What is printed is no secret, and neither is a difference between printed figures.
    derived = {name: tuple(counts) for name in frame.columns if name not in (*counts, "year_to")}
    return review.release(frame, counts=counts, derived=derived)


def in_words(review: Review, found: pd.DataFrame) -> str:
    """What the latest published year says, in a few sentences."""
    if found.empty:
        return f"No published figures on child protection plans that were out by the time of this edition are held for {review.authority.name}."
    year = int(found.index[-1])
    row, day = found.iloc[-1], [words(dt.date(one, 3, 31)) for one in (year - 1, year)]
    if table(review, found, 1).anything_withheld:
        return f"The published figures for the year to {day[1]} are withheld, so that no count from 1 to 5 can be worked out from them."
    verb = "rose" if row["change"] > 0 else "fell" if row["change"] < 0 else "didn't change"
    by = f" by {_count(abs(row['change']))}" if row["change"] else ""
    told = [
        f"The published figures alone say: between {day[0]} and {day[1]} the number of plans {verb}{by}, to {_count(row['closing'])}, "
        f"with {_count(row['starts'])} starting, {_count(row['ends'])} ending and a residual of {_count(row['residual'])}."
    ]
    if pd.notna(row["from_starts"]):
        starts, ends = row["from_starts"], -row["from_ends"]
        told.append(f"Beside the year before, {_more(starts)} started and {_more(ends)} ended.")
    before = found.iloc[-2] if len(found) > 1 and found.index[-2] == year - 1 else None
    for name, said in (("conferences_per_100_enquiries", "Conferences for each 100 enquiries"),
                       ("plans_per_100_conferences", "Plans starting for each 100 conferences")):  # fmt: skip
        if before is not None and pd.notna(before[name]) and pd.notna(row[name]):
            went = "went from" if round(before[name], 1) != round(row[name], 1) else "stayed:"
            told.append(f"{said} {went} {number(before[name], 'mean')} to {number(row[name], 'mean')}.")
    return " ".join(told)


def _count(value: float) -> str:
    return number(value, "count")


def _more(difference: float) -> str:
    return f"{_count(abs(difference))} {'more' if difference > 0 else 'fewer'}" if difference else "as many"
