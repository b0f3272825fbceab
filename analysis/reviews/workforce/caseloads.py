"""How caseloads are spread over workers, and why their average moved: other numbers of cases, or of workers to hold them.

Workers are counted, never shown one by one: bands of five cases, and quartiles only where many workers stand behind them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import MINUS, NOT_AVAILABLE, number
from analysis.findings.values import make_value
from analysis.indicators import caseloads
from analysis.indicators.definition import STOCK, period
from analysis.methods.flows import product_change
from analysis.reference.quarters import Quarter, words

if TYPE_CHECKING:
    from analysis.findings.review import Review

# Upper ends of the bands, in cases.
_BANDS = (4, 9, 14, 19, 24, 29)
# A quartile of fewer workers than this is one or two workers' own caseload.
FEWEST_FOR_QUARTILES = 12
PARTS = ("total", "from_cases", "from_workers")


def workers_of(review: Review, quarter: Quarter) -> pd.DataFrame | None:
    """A row a worker who held a case at the quarter's end: worker, team, cases, weight. None without a list of that day."""
    return review.evidence.once(caseloads.by_worker, period(STOCK, quarter))


def band_names() -> list[str]:
    """`1 to 4`, `5 to 9` … `30 or more`."""
    lows = [1, *(end + 1 for end in _BANDS[:-1])]
    return [*(f"{low} to {high}" for low, high in zip(lows, _BANDS, strict=True)), f"{_BANDS[-1] + 1} or more"]


def bands(review: Review) -> Released:
    """Workers by how many cases they hold: `cases` (the band), `now` and `year_ago`. A day without a list is missing."""
    names, found, totals = band_names(), {}, {}
    for column, quarter in (("now", review.quarter), ("year_ago", review.quarter.shift(-4))):
        rows = workers_of(review, quarter)
        if rows is None:
            found[column] = pd.array([pd.NA] * len(names), dtype="Int64")
            continue
        place = np.searchsorted(_BANDS, rows["cases"].to_numpy(int))
        found[column] = pd.array(np.bincount(place, minlength=len(names)), dtype="Int64")
        totals[column] = len(rows)
    frame = pd.DataFrame({"cases": pd.Series(names, dtype="str"), **found})
    return review.release(frame, counts=["now", "year_ago"], adds=Structure(totals=totals))


def quartiles(review: Review) -> dict[str, dict]:
    """`caseload_quartiles.lower`, `.median` and `.upper`: a quarter of the workers hold fewer, half, and all but a quarter."""
    rows = workers_of(review, review.quarter)
    enough = rows is not None and len(rows) >= FEWEST_FOR_QUARTILES
    at = np.percentile(rows["cases"], [25, 50, 75]) if enough else [None] * 3
    titles = {
        "lower": "Cases that a quarter of workers hold at most",
        "median": "Cases that half of the workers hold at most",
        "upper": "Cases that three quarters of workers hold at most",
    }
    return {
        f"caseload_quartiles.{part}": make_value(
            review.audience, value, rests_on=[len(rows)] if enough else [], title=title, period=words(review.quarter.end)
        )
        for (part, title), value in zip(titles.items(), at, strict=True)
    }  # fmt: skip


def change(review: Review) -> dict[str, float] | None:
    """How far the average caseload moved in a year, and the parts that fewer or more cases, and workers, had in it: they
    add up exactly. None where a day has no list."""
    then, now = (workers_of(review, quarter) for quarter in (review.quarter.shift(-4), review.quarter))
    if then is None or now is None or then.empty or now.empty:
        return None
    factors = [{"from_cases": float(rows["cases"].sum()), "from_workers": 1 / len(rows)} for rows in (then, now)]
    return product_change(*factors)


def change_values(review: Review) -> dict[str, dict]:
    """`caseload_change.total`, `.from_cases` and `.from_workers`: in cases a worker, since a year ago."""
    parts = change(review)
    counts = [] if parts is None else _counts(review)
    titles = {"total": "Change in the average caseload", "from_cases": "of which from other numbers of cases",
              "from_workers": "of which from other numbers of workers"}  # fmt: skip
    when = f"{words(review.quarter.shift(-4).end)} to {words(review.quarter.end)}"
    return {
        f"caseload_change.{part}": make_value(
            review.audience, None if parts is None else parts[part], unit="mean", rests_on=counts, title=titles[part], period=when
        )
        for part in PARTS
    }  # fmt: skip


def _counts(review: Review) -> list[int]:
    frames = [workers_of(review, quarter) for quarter in (review.quarter.shift(-4), review.quarter)]
    return [number for rows in frames for number in (int(rows["cases"].sum()), len(rows))]


def why_in_words(review: Review) -> str:
    """Where the change in the average caseload came from, in two sentences."""
    values = change_values(review)
    texts = [values[f"caseload_change.{part}"]["text"] for part in PARTS]
    if texts[0] == NOT_AVAILABLE:
        return "The average caseload can't be set beside a year ago: Annex A has no list of open cases for one of the days."
    if values["caseload_change.total"]["value"] is None:
        return "Too few cases or workers stand behind the change in the average caseload for it to be told."
    cases_then, workers_then, cases_now, workers_now = (number(one, "count") for one in _counts(review))
    total, by_cases, by_workers = (signed(values[f"caseload_change.{part}"]["value"]) for part in PARTS)
    return (
        f"The average caseload moved by {total} since a year ago: {by_cases} because open cases, care leavers among them, went from {cases_then} to "
        f"{cases_now}, and {by_workers} because the workers who hold any went from {workers_then} to {workers_now}."
    )


def signed(value: float, unit: str = "mean") -> str:
    """A difference with its sign: `+1.2`, `−3.4`, `0.0`."""
    text = number(abs(value), unit)
    if not text.strip("0.%"):
        return text
    return f"{MINUS if value < 0 else '+'}{text}"


def spread_in_words(review: Review) -> str:
    """The middle half of caseloads, in a sentence."""
    found = quartiles(review)
    low, middle, high = (found[f"caseload_quartiles.{part}"]["text"] for part in ("lower", "median", "upper"))
    if low == NOT_AVAILABLE:
        return "Too few workers hold cases, or none are listed, for quartiles that aren't somebody's own caseload."
    return (
        f"On {words(review.quarter.end)} half of the workers who hold cases held between {low} and {high}; the worker in the "
        f"middle held {middle}."
    )
