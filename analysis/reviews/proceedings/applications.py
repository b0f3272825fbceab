"""Applications and how they come: month by month, after a letter before proceedings or without, and how long after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released, Structure
from analysis.disclosure.wording import number
from analysis.findings.measures import year_to
from analysis.findings.values import make_value
from analysis.indicators import proceedings
from analysis.reference.quarters import Quarter, words

if TYPE_CHECKING:
    from analysis.findings.review import Review

NO_LETTER = "No letter before"
BANDS = (("Under 6 weeks", 0, 6), ("6 to 12 weeks", 6, 12), ("12 to 18 weeks", 12, 18), ("18 weeks or more", 18, 10_000))  # fmt: skip


def by_month(review: Review) -> pd.DataFrame:
    """Applications (cases) a month, from the first that is known whole: columns month and n."""
    days = review.evidence.once(proceedings.in_order_of_application)["date"]
    begins = review.evidence.begins("care_proceedings")
    if begins is None and days.empty:
        return pd.DataFrame({"month": pd.Series(dtype="datetime64[us]"), "n": pd.Series(dtype="Int64")})
    first = days.min().to_period("M") if begins is None else pd.Period(begins, "M") + int(begins.day > 1)
    months = pd.period_range(first, pd.Period(review.quarter.end, "M"), freq="M")
    counted = days.dt.to_period("M").value_counts().reindex(months, fill_value=0)
    return pd.DataFrame({"month": months.to_timestamp().astype("datetime64[us]"), "n": counted.to_numpy()}).astype(
        {"n": "Int64"}
    )


def made_in(review: Review, quarter: Quarter) -> pd.DataFrame | None:
    """Cases whose application was made in the twelve months; None where those aren't known whole."""
    first, last = year_to(quarter)
    if not review.evidence.covers("care_proceedings", first.date(), last.date()):
        return None
    rows = review.evidence.once(proceedings.in_order_of_application)
    return rows[rows["date"].between(first, last)]


def letters(review: Review) -> Released:
    """Applications of the twelve months, and of the twelve before, by how long after the letter they came: `band`, `now`,
    `percent`, `year_ago`."""
    frame = pd.DataFrame({"band": [*(name for name, *_ in BANDS), NO_LETTER]}, dtype="str")
    for name, quarter in (("now", review.quarter), ("year_ago", review.quarter.shift(-4))):
        rows = made_in(review, quarter)
        frame[name] = pd.array(_by_band(rows), dtype="Int64")
    whole = float(frame["now"].sum()) if frame["now"].notna().all() else 0.0
    frame["percent"] = [100 * one / whole if whole else float("nan") for one in frame["now"]]
    totals = {name: float(frame[name].sum()) for name in ("now", "year_ago") if frame[name].notna().all()}
    return review.release(
        frame, counts=["now", "year_ago"], derived={"percent": ("now",)}, adds=Structure(totals=totals)
    )


def _by_band(rows: pd.DataFrame | None) -> list[int | None]:
    if rows is None:
        return [None] * (len(BANDS) + 1)
    weeks = rows["weeks_before"].astype(float)
    # A letter dated after the application can't have come before it.
    weeks = weeks.where(weeks >= 0)
    return [*(int(((weeks >= low) & (weeks < high)).sum()) for _, low, high in BANDS), int(weeks.isna().sum())]


def letter_values(review: Review) -> dict[str, dict]:
    """`after_a_letter_percent.now` and `.year_ago`, `median_weeks_before.now` and `.year_ago`."""
    found = {}
    for name, quarter in (("now", review.quarter), ("year_ago", review.quarter.shift(-4))):
        rows = made_in(review, quarter)
        weeks = None if rows is None else rows["weeks_before"].astype(float)
        weeks = None if weeks is None else weeks[weeks >= 0]
        span = f"the year to {words(quarter.end)}"
        part, whole = (None, None) if rows is None or rows.empty else (len(weeks), len(rows))
        found[f"after_a_letter_percent.{name}"] = make_value(
            review.audience, None if whole is None else 100 * part / whole, unit="percent", numerator=part, denominator=whole,
            title="Care applications that came after a letter before proceedings", period=span,
        )  # fmt: skip
        found[f"median_weeks_before.{name}"] = make_value(
            review.audience, float(weeks.median()) if part else None, unit="mean", rests_on=[part],
            title="Weeks from the letter before proceedings to the application: half took more", period=span,
        )  # fmt: skip
    return found


def letters_in_words(review: Review, released: Released) -> str:
    values = {name: item["text"] for name, item in letter_values(review).items()}
    ends, rows = words(review.quarter.end), released.frame
    made = made_in(review, review.quarter)
    if made is None:
        return (
            f"How applications came can't be told for the year to {ends}: the records don't reach over twelve months."
        )
    if made.empty:
        return f"No application was made in the year to {ends}."
    long = number(rows["now"].iloc[-2], "count", withheld=bool(released.is_withheld("now").iloc[-2]))
    kept = " (c: withheld, to protect small numbers)" if CONFIDENTIAL in (long, *values.values()) else ""
    return (
        f"Of the applications made in the year to {ends}, {values['after_a_letter_percent.now']} came after a letter before proceedings; half of "
        f"those came more than {values['median_weeks_before.now']} weeks after it, and {long} of them 18 weeks after it or more{kept}."
    )


def waiting(review: Review) -> tuple[int, int] | None:
    """Cases with a letter and no application at all: those still so at the quarter's end, and those that ended without one. None
    where the return holds none, as when it begins with the application."""
    rows = review.evidence.once(proceedings.cases)
    rows = rows[rows["application_date"].isna() & rows["pre_proceedings_date"].notna()]
    rows = rows[rows["pre_proceedings_date"] <= pd.Timestamp(review.quarter.end)]
    return (
        (int(rows["conclusion_date"].isna().sum()), int(rows["conclusion_date"].notna().sum())) if len(rows) else None
    )


def waiting_in_words(review: Review) -> str:
    found, day = waiting(review), words(review.quarter.end)
    if found is None:
        return "The return holds only families who came to court: how many were helped before it, and stayed out of it, can't be said from it."
    still, ended = (
        number(one, "count", withheld=hidden) for one, hidden in zip(found, _hidden(review, found), strict=True)
    )
    return (
        f"On {day} {still} {'family' if still == '1' else 'families'} had had a letter before proceedings and no application; {ended} more had "
        "come to an end without one."
    )


def _hidden(review: Review, counts: tuple[int, int]) -> list[bool]:
    frame = pd.DataFrame({"n": counts}).astype("Int64")
    return list(review.release(frame, counts=["n"]).is_withheld("n"))


# --- how they end --------------------------------------------------------------------------------------------------------


def outcomes(review: Review) -> Released:
    """Cases concluded in the twelve months by the order: `outcome`, cases, `percent`, mean `weeks`, `within` 26 weeks and its
    share, and the cases of the twelve months before. Orders that none of either year had are left out."""
    years = [made_by_outcome(review, one) for one in (review.quarter, review.quarter.shift(-4))]
    listed = list(dict.fromkeys(name for rows in years if rows is not None for name in rows["outcome"].cat.categories))
    found = []
    for name in listed:
        now, then = (None if rows is None else rows[rows["outcome"] == name] for rows in years)
        found.append({
            "outcome": name, "cases": None if now is None else len(now), "weeks": None if now is None or now.empty else float(now["weeks"].mean()),
            "within": None if now is None else int((now["weeks"] <= proceedings.WEEKS).sum()), "year_ago": None if then is None else len(then),
        })  # fmt: skip
    counts = ["cases", "within", "year_ago"]
    frame = pd.DataFrame(found, columns=["outcome", "cases", "weeks", "within", "year_ago"])
    frame = frame.astype({"outcome": "str", **dict.fromkeys(counts, "Int64"), "weeks": "float64"})
    frame = frame[(frame["cases"].fillna(0) > 0) | (frame["year_ago"].fillna(0) > 0)].reset_index(drop=True)
    whole = frame["cases"].sum() if len(frame) and frame["cases"].notna().all() else 0
    frame["percent"] = (100 * frame["cases"] / (whole or float("nan"))).astype("float64")
    totals = {name: float(frame[name].sum()) for name in counts if len(frame) and frame[name].notna().all()}
    return review.release(
        frame,
        counts=counts,
        derived={"weeks": ("cases",), "percent": ("cases",)},
        adds=Structure(totals=totals),
    )


def made_by_outcome(review: Review, quarter: Quarter) -> pd.DataFrame | None:
    first, last = year_to(quarter)
    if not review.evidence.covers("care_proceedings", first.date(), last.date()):
        return None
    rows = review.evidence.once(proceedings.in_order_of_conclusion)
    return rows[rows["date"].between(first, last)]


def outcomes_in_words(review: Review, released: Released) -> str:
    rows, ends = released.frame, words(review.quarter.end)
    shown = rows[rows["cases"].notna()]
    if rows.empty or (shown.empty and not released.is_withheld("cases").any()):
        return f"No case is known to have been concluded in the year to {ends}."
    if shown.empty:
        return f"How the cases concluded in the year to {ends} ended is withheld (c): too few ended in each way."
    top = shown.loc[shown["cases"].astype(float).idxmax()]
    share = number(top["percent"], "percent")
    slowest = shown[shown["cases"] >= FEWEST]
    more = ""
    if len(slowest) > 1:
        longest, shortest = (slowest.loc[pick] for pick in (slowest["weeks"].idxmax(), slowest["weeks"].idxmin()))
        more = (
            f" Of outcomes of {FEWEST} cases or more, those that ended with “{_lower(longest['outcome'])}” took longest on average "
            f"({number(longest['weeks'], 'mean')} weeks) and those that ended with “{_lower(shortest['outcome'])}” took least "
            f"({number(shortest['weeks'], 'mean')})."
        )
    return f"More of the cases concluded in the year to {ends} ended with “{_lower(top['outcome'])}” than in any other way ({share}).{more}"


FEWEST = 10


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
