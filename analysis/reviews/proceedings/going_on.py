"""Proceedings by when they began: how many of a year's cases had ended after so many weeks, and how old those still going on are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released, Structure
from analysis.disclosure.wording import number
from analysis.findings import durations
from analysis.indicators import proceedings
from analysis.indicators.definition import STOCK, period
from analysis.indicators.proceedings import WEEKS
from analysis.methods import survival
from analysis.methods.proportional_hazards import log_rank
from analysis.reference.quarters import Quarter, words

if TYPE_CHECKING:
    from analysis.findings.review import Review

# Years of application that are told apart, this year's included: more curves can't be.
MOST_YEARS = 4
AT_WEEKS = (26, 39, 52)
# By days since the application, both included: 26 weeks are 182 days.
BANDS = (
    ("Under 13 weeks", 0, 90),
    ("13 to 26 weeks", 91, WEEKS * 7),
    ("Over 26 to 39 weeks", WEEKS * 7 + 1, 273),
    ("Over 39 weeks", 274, 100_000),
)
SURE = 0.05


def year_words(year: int) -> str:
    return f"{year}-{(year + 1) % 100:02d}"


def spells(review: Review) -> pd.DataFrame:
    """Cases as watched since the records are whole: duration, entry, ended, and the financial `year` of the application."""
    rows = review.evidence.once(proceedings.in_order_of_application)
    begins = review.evidence.begins("care_proceedings")
    first = rows["application_date"].min()
    since = begins or (first.date() if pd.notna(first) else review.quarter.start)
    seen = survival.spells(rows["application_date"], rows["conclusion_date"], since, review.quarter.end)
    days = rows.loc[seen.index, "application_date"]
    seen = seen.assign(year=(days.dt.year - (days.dt.month < 4)).astype("int64"))
    return seen[(seen["entry"] == 0) & (seen["year"] > review.quarter.year - MOST_YEARS)]


def curves(review: Review) -> Released:
    """The share still going on after so many days, a curve a year of application (`findings.durations`)."""
    seen = spells(review)
    made = [durations.of_spells(seen[seen["year"] == year], f"Begun {year_words(year)}") for year in _years(seen)]
    return durations.release_curve(review, durations.together(made) if made else durations.of_spells(seen, ""))


def _years(seen: pd.DataFrame) -> list[int]:
    return sorted(seen["year"].unique())


def table(review: Review) -> Released:
    """A row a year of application: `year`, cases, and the share concluded within 26, 39 and 52 weeks, where every case of
    the year could have been (otherwise missing)."""
    seen, found = spells(review), []
    names = [f"by_{one}" for one in AT_WEEKS]
    for year in _years(seen):
        mine = seen[seen["year"] == year]
        row = {"year": year_words(year), "cases": len(mine)}
        last = pd.Timestamp(min(pd.Timestamp(year + 1, 3, 31), pd.Timestamp(review.quarter.end)))
        for one, name in zip(AT_WEEKS, names, strict=True):
            whole = last + pd.Timedelta(weeks=one) <= pd.Timestamp(review.quarter.end)
            # Every case of the year has been watched from its start for so long: no curve is needed.
            ended = int((mine["ended"] & (mine["duration"] <= one * 7)).sum())
            row |= {name: 100 * ended / len(mine), f"{name}_n": ended} if whole else {name: None, f"{name}_n": None}
        found.append(row)
    counts = ["cases", *(f"{name}_n" for name in names)]
    frame = pd.DataFrame(found, columns=["year", "cases", *names, *counts[1:]])
    frame = frame.astype({"year": "str", **dict.fromkeys(counts, "Int64"), **dict.fromkeys(names, "float64")})
    return review.release(frame, counts=counts, derived={name: ("cases", f"{name}_n") for name in names})


def in_words(review: Review, released: Released) -> str:
    """The last two years of application of which all could have ended within 26 weeks, and whether they differ."""
    rows = released.frame
    known = rows[rows["by_26"].notna() | released.is_withheld("by_26")]
    if known.empty:
        return f"No year's applications can be followed for {WEEKS} weeks yet."
    texts = {
        row.year: number(row.by_26, "percent", withheld=bool(released.is_withheld("by_26")[row.Index]))
        for row in known.itertuples()
    }
    last = known["year"].iloc[-1]
    said = f"Of the cases begun in {last}, {texts[last]} had been concluded within {WEEKS} weeks"
    if len(known) < 2:
        return f"{said}; there is no earlier year that could be followed from its start."
    before = known["year"].iloc[-2]
    said = f"{said}; of those begun in {before} it was {texts[before]}"
    if CONFIDENTIAL in (texts[last], texts[before]):
        return f"{said} (c: withheld, to protect small numbers)."
    seen = spells(review)
    seen = seen[seen["year"].map(year_words).isin((before, last))]
    p = log_rank(seen["year"].to_numpy(), seen["duration"], seen["ended"], seen["entry"])[1]
    if p >= SURE:
        verdict = "over their whole length the two years differ by no more than chance gives"
    else:
        way = "sooner" if _pace(seen, last) > _pace(seen, before) else "later"
        verdict = f"over their whole length those of {last} end {way}, by more than chance gives"
    return f"{said}. Cases that are still going on count as far as they have come: {verdict}."


def _pace(seen: pd.DataFrame, year: str) -> float:
    """Cases ended for each day before the court, over the time for which every year here has been watched."""
    reach = seen.groupby("year")["duration"].max().min()
    mine = seen[seen["year"].map(year_words) == year]
    return float((mine["ended"] & (mine["duration"] <= reach)).sum() / mine["duration"].clip(upper=reach).sum())


# --- going on now --------------------------------------------------------------------------------------------------------


def ages(review: Review) -> Released:
    """Cases going on by the weeks since the application, a row a band: `band`, `now`, `year_ago`."""
    frame = pd.DataFrame({"band": [name for name, *_ in BANDS]}, dtype="str")
    for name, quarter in (("now", review.quarter), ("year_ago", review.quarter.shift(-4))):
        frame[name] = pd.array(_counts(review, quarter), dtype="Int64")
    totals = {name: float(frame[name].sum()) for name in ("now", "year_ago") if frame[name].notna().all()}
    return review.release(frame, counts=["now", "year_ago"], adds=Structure(totals=totals))


def _counts(review: Review, quarter: Quarter) -> list[int | None]:
    at = period(STOCK, quarter)
    if not review.evidence.covers("care_proceedings", at.start, at.end):
        return [None] * len(BANDS)
    rows = review.evidence.once(proceedings.open_cases, at)
    days = (at.last - rows["application_date"]).dt.days
    return [int(days.between(low, high).sum()) for _, low, high in BANDS]


def ages_in_words(review: Review, released: Released) -> str:
    rows, day = released.frame, words(review.quarter.end)
    hidden = released.is_withheld("now")
    if rows["now"].isna().all() and not hidden.any():
        return f"How many cases were going on on {day} isn't known."
    total = released.totals.get("now", rows["now"].sum())
    if not total:
        return f"No case was going on on {day}."
    counts = [
        "none" if not h and n == 0 else number(n, "count", withheld=bool(h))
        for n, h in zip(rows["now"], hidden, strict=True)
    ]
    kept = " (c: withheld, to protect small numbers)" if hidden.any() else ""
    return (
        f"Of the cases going on on {day}, {counts[2]} had been before the court for over {WEEKS} and up to 39 weeks, {counts[3]} for longer, and "
        f"{counts[1]} will pass {WEEKS} weeks within three months unless they end{kept}."
    )
