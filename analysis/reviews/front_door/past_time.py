"""Cases beyond their timescale now: open assessments by how long they have run, and conferences that are awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released, Structure, policy
from analysis.disclosure.wording import day, number
from analysis.findings.measures import source
from analysis.findings.values import item
from analysis.indicators import assessments
from analysis.indicators.assessments import ASSESSMENT_WORKING_DAYS, LONGEST_OPEN_MONTHS
from analysis.indicators.breakdowns import NOT_KNOWN
from analysis.indicators.definition import Period
from analysis.methods.masks import certain
from analysis.reference.calendar import working_days_between

if TYPE_CHECKING:
    from analysis.findings.review import Review

# Working Together: from the strategy discussion to the initial child protection conference.
CONFERENCE_WORKING_DAYS = 15
# An assessment that comes to its limit within so many working days can still be finished in time.
SOON_WORKING_DAYS = 10
IN_TIME, SOON = "Up to 35 working days", "36 to 45: due within 10"
LATE = ("46 to 50: up to a week late", "51 to 60: up to three weeks late", "61 or more")
_EDGES = (-1, ASSESSMENT_WORKING_DAYS - SOON_WORKING_DAYS, ASSESSMENT_WORKING_DAYS, 50, 60, 100_000)
BANDS = (IN_TIME, SOON, *LATE)


def open_now(review: Review) -> pd.DataFrame | None:
    """Assessments open at the quarter's end with the working days that they have run: team, days, band. None where it
    isn't known which are open."""
    last = review.quarter.end
    year = (pd.Timestamp(last) + pd.Timedelta(days=1) - pd.DateOffset(months=LONGEST_OPEN_MONTHS)).date()
    if not review.evidence.covers("assessments", year, last):
        return None
    rows = assessments.open_assessments(review.evidence, Period(last, last, review.quarter))
    days = working_days_between(rows["start_date"], pd.Series(pd.Timestamp(last), index=rows.index))
    days = days.astype("Int64")
    band = pd.cut(days.to_numpy(float, na_value=0.0), list(_EDGES), labels=list(BANDS))
    team = rows["team"].astype("object").where(rows["team"].notna(), NOT_KNOWN)
    return pd.DataFrame({"team": team, "days": days, "band": band})


def by_length(review: Review, rows: pd.DataFrame | None) -> Released:
    """Open assessments by how long they have run: band, value. How many there are in all is a value of its own."""
    if rows is None:
        counted = pd.Series(pd.NA, index=list(BANDS), dtype="Int64")
    else:
        counted = rows["band"].value_counts().reindex(list(BANDS), fill_value=0).astype("Int64")
    frame = pd.DataFrame({"band": list(BANDS), "value": counted.array}).astype({"band": "str"})
    if rows is None:
        return review.release(frame, counts=["value"])
    late = frame["band"].isin(LATE)
    frame = frame.assign(when=np.where(late, "late", "in time")).astype({"when": "str"})
    # All of them are told elsewhere, and how many are late unless too few are.
    known = [] if policy.hides(review.audience, [int(frame.loc[late, "value"].sum())]) else ["when"]
    adds = Structure(totals={"value": float(len(rows))}, within=known)
    return review.release(frame, counts=["value"], adds=adds)


def by_team(review: Review, rows: pd.DataFrame | None) -> Released:
    """For officers: open assessments by team: team, open, soon, late and longest (working days)."""
    names = ["team", "open", "soon", "late", "longest"]
    if rows is None or rows.empty:
        frame = pd.DataFrame({name: [] for name in names}).astype({"team": "str", **dict.fromkeys(names[1:], "Int64")})
    else:
        marked = rows.assign(soon=rows["band"] == SOON, late=rows["band"].isin(LATE))
        frame = marked.groupby("team", as_index=False).agg(
            open=("days", "size"), soon=("soon", "sum"), late=("late", "sum"), longest=("days", "max")
        )
        frame = frame.astype({"team": "str", **dict.fromkeys(names[1:], "Int64")})
    return review.release(frame, counts=["open", "soon", "late"], derived={"longest": ["open", "late"]})


def values(review: Review, rows: pd.DataFrame | None, released: Released) -> dict[str, dict]:
    """`past_time.open`, `.soon`, `.late` and `.late_percent`, `.longest_days`, and `.conferences_awaited`."""
    about = {"period": day(review.quarter.end), "source": source(review)}
    soon, late = (None if rows is None else int(rows["band"].isin(bands).sum()) for bands in ((SOON,), LATE))
    longest = None if rows is None or rows.empty else float(rows["days"].max())
    # Withheld in the table by length, so withheld here.
    parts, shown = released.is_withheld("value").to_numpy(), released.frame["band"]
    frame = pd.DataFrame({"open": [None if rows is None else len(rows)], "soon": [soon], "late": [late]}).astype(
        "Int64"
    )
    share = (100 * frame["late"] / frame["open"].where(frame["open"] > 0)).astype("float64")
    # The longest is one child's: it is shown among as many of its length as any other count is.
    as_long = None if longest is None else int((rows["band"] == rows.loc[rows["days"].idxmax(), "band"]).sum())
    frame = frame.assign(as_long=pd.array([as_long], dtype="Int64"), share=share, longest=longest or np.nan)
    out = review.release(
        frame, counts=["open", "soon", "late", "as_long"],
        derived={"share": ["open", "late"], "longest": ["late", "as_long"]},
    )  # fmt: skip
    hidden = {name: bool(out.is_withheld(name).iloc[0]) for name in ("open", "soon", "late", "share", "longest")}
    hidden["soon"] = hidden["soon"] or bool(parts[(shown == SOON).to_numpy()].any())
    row = {name: None if hides else out.frame[name].iloc[0] for name, hides in hidden.items()}
    titles = {
        "open": ("open", "count", "Open assessments", ""),
        "soon": ("soon", "count", f"Open assessments due within {SOON_WORKING_DAYS} working days", ""),
        "late": ("late", "count", "Open assessments past 45 working days", "assessments_overdue_count"),
        "late_percent": ("share", "percent", "Open assessments past 45 working days, of all open", "assessments_overdue_percent"),
        "longest_days": ("longest", "count", "Working days that the longest open assessment has run", ""),
    }  # fmt: skip
    made = {
        name: item(None, row[part], unit, hidden[part], title=title, indicator=indicator, **about)
        for name, (part, unit, title, indicator) in titles.items()
    }
    made["conferences_awaited"] = _awaited(review, about)
    return {f"past_time.{name}": one for name, one in made.items()}


def _awaited(review: Review, about: dict[str, str]) -> dict:
    """Enquiries of the last twelve months that are recorded as needing a conference which is past its time and not held."""
    last, first = review.quarter.end, review.quarter.shift(-3).start
    known = review.evidence.covers("section47_enquiries", first, last)
    rows = review.evidence.table("section47_enquiries")
    rows = rows[certain(rows["start_date"].between(pd.Timestamp(first), pd.Timestamp(last)))]
    rows = rows[
        certain(rows["conference_not_required"].eq(False)) & ~certain(rows["conference_date"] <= pd.Timestamp(last))
    ]
    rows = rows.reset_index(drop=True)
    days = working_days_between(rows["start_date"], pd.Series(pd.Timestamp(last), index=rows.index))
    count = int(certain(days > CONFERENCE_WORKING_DAYS).sum())
    out = review.release(pd.DataFrame({"n": [count if known else None]}).astype("Int64"), counts=["n"])
    title = "Section 47 enquiries that need a conference, past 15 working days without one"
    return item(None, out.frame["n"].iloc[0], "count", bool(out.is_withheld("n").iloc[0]), title=title, **about)


def in_words(made: dict[str, dict]) -> str:
    """What has run past its time now, and what is about to, from the released values."""
    told = {name.removeprefix("past_time."): one for name, one in made.items()}
    on, total, late = told["open"]["period"], told["open"], told["late"]
    if total["text"] == CONFIDENTIAL:
        return f"So few assessments were open on {on} that the numbers can't be shown."
    if total["value"] is None:
        return f"Which assessments were open on {on} isn't known: no return holds a year of their beginnings."
    if not total["value"]:
        return f"No assessment was open on {on}."
    soon = f"{told['soon']['text']} more come to 45 working days within the next ten"
    note = " Numbers shown as c are withheld." if CONFIDENTIAL in (late["text"], told["soon"]["text"]) else ""
    if late["value"] == 0:
        return f"Of {total['text']} assessments open on {on}, none had run past 45 working days; {soon}.{note}"
    longest = told["longest_days"]
    how_long = "" if longest["value"] is None else number(longest["value"], "count")
    ran = "" if not how_long else f", for {how_long}" if late["value"] == 1 else f", the longest for {how_long}"
    return (
        f"Of {total['text']} assessments open on {on}, {late['text']} had run past 45 working days{ran}; {soon}.{note}"
    )
