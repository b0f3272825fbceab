"""The journey by locality: how many are at each step, what assessments lead to, and how long steps take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import listed, number
from analysis.findings.bundle import FindingError
from analysis.findings.measures import year_to
from analysis.indicators import registry
from analysis.indicators.breakdowns import NOT_KNOWN
from analysis.indicators.definition import STOCK
from analysis.methods import rate_changes
from analysis.reviews.journey import lengths, reached
from analysis.reviews.journey.steps import STEPS, known_places, rows_of, with_place

if TYPE_CHECKING:
    from analysis.findings.review import Review

# Those at the quarter's end: column to indicator.
STOCKS = {"on_plan": "cpp_count", "looked_after": "lac_count", "care_leavers": "care_leavers_count"}
STOCKS_IN_WORDS = {
    "on_plan": "On a plan at the end",
    "looked_after": "Looked after at the end",
    "care_leavers": "Care leavers at the end",
}
_AFTER = ("enquiries", "conferences", "plans", "care")
_SIGNIFICANT = 0.05
NOT_FOR_ALL = "How the journey looks from each locality is for officers and the board."


def _check(review: Review) -> None:
    if not review.may_show("locality"):
        raise FindingError(f"figures by locality are not for {review.audience}; ask review.may_show('locality') first")


def _order(review: Review) -> list[str]:
    return [*review.authority.localities, NOT_KNOWN]


def counts(review: Review) -> Released:
    """A row a step, a column a locality: how many came to it in the year, and how many are at it now. A step that isn't known
    whole is left blank."""
    _check(review)
    places, (first, last) = known_places(review), year_to(review.quarter)
    order, found = _order(review), {}
    for name, step in STEPS.items():
        if review.evidence.covers(step.table, first.date(), last.date()):
            rows = rows_of(review, name)
            found[name] = rows[rows["date"].between(first, last)]
    for name, indicator in STOCKS.items():
        about = registry.indicators()[indicator]
        at = about.period(review.quarter)
        if about.period_type == STOCK and all(review.evidence.covers(one, at.start, at.end) for one in about.needs[:1]):
            units = about.function(review.evidence, at)
            found[name] = units.loc[units["counts"], [c for c in ("child_id", "team") if c in units]].assign(
                date=at.last
            )
    frame = pd.DataFrame(
        {"step": pd.Series([*(one.title for one in STEPS.values()), *STOCKS_IN_WORDS.values()], dtype="str")}
    )
    placed = {
        name: with_place(review, rows.reset_index(drop=True), places).value_counts().reindex(order, fill_value=0)
        for name, rows in found.items()
    }
    for place in order:
        frame[place] = pd.array(
            [int(placed[name][place]) if name in placed else pd.NA for name in (*STEPS, *STOCKS)], "Int64"
        )
    frame["All"] = pd.array([len(found[name]) if name in found else pd.NA for name in (*STEPS, *STOCKS)], "Int64")
    # The authority's own figure of each step stands in other tables.
    adds = Structure(columns={"All": order}, elsewhere=["All"])
    return review.release(frame, counts=[*order, "All"], adds=adds)


def headings(review: Review) -> dict[str, str | tuple[str, str]]:
    """The columns of `counts`: a step, the localities, whoever has none, and all."""
    return {"step": "Step", **{place: (place, "count") for place in (*_order(review), "All")}}


def _assessed(review: Review) -> pd.DataFrame | None:
    """Assessments begun in the year that has been followed for twelve months, with their locality and what came after."""
    if reached.followed(review) is None:
        return None
    first, last = reached.cohort(review)
    rows = rows_of(review, "assessments")
    rows = rows[rows["date"].between(first, last)].reset_index(drop=True)
    local = {team: place for team, place in review.authority.teams.items() if place}
    rows = rows.assign(place=rows["team"].map(local))
    return rows.assign(**{step: ~np.isnan(reached.days_until(rows, rows_of(review, step))) for step in _AFTER})


def after_assessment(review: Review) -> Released:
    """By the assessing team's locality: assessments of the followed year, and what share led to each later step within
    twelve months."""
    _check(review)
    rows = _assessed(review)
    derived = {f"{step}_percent": [step, "assessments"] for step in _AFTER}
    names = ["assessments", *_AFTER]
    if rows is None:
        kinds = {"locality": "str", **dict.fromkeys(names, "Int64"), **dict.fromkeys(derived, "float64")}
        blank = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
        return review.release(blank, counts=names, derived=derived)
    frame = _by_place(review, rows)
    # Usually every assessment has a team: then a row of noughts would say nothing.
    frame = frame[(frame["locality"] != NOT_KNOWN) | (frame["assessments"] > 0)].reset_index(drop=True)
    totals = {name: float(len(rows) if name == "assessments" else rows[name].sum()) for name in names}
    for step in _AFTER:
        whole = frame["assessments"].astype("float64")
        frame[f"{step}_percent"] = 100 * frame[step].astype("float64") / whole.where(whole > 0)
    return review.release(frame, counts=names, derived=derived, adds=Structure(totals=totals))


def _by_place(review: Review, rows: pd.DataFrame) -> pd.DataFrame:
    """Assessments and those that led on, by locality; the whole area's teams and blanks are `Not known`."""
    place = rows["place"].astype("object").where(rows["place"].notna(), NOT_KNOWN)
    of = rows.assign(place=place).groupby("place")[list(_AFTER)]
    frame = of.sum().assign(assessments=of.size()).reindex(_order(review), fill_value=0)
    frame = frame.reset_index(names="locality")[["locality", "assessments", *_AFTER]]
    return frame.astype({"locality": "str", **dict.fromkeys(("assessments", *_AFTER), "Int64")})


def after_in_words(review: Review) -> str:
    """Whether localities differ, beyond chance, in what their assessments lead to. Without saying which is which: the
    table does, and a difference has no better end."""
    if not review.may_show("locality"):
        return NOT_FOR_ALL
    rows = _assessed(review)
    if rows is None or rows.empty:
        return "What assessments lead to can't be set side by side by locality: two years of records aren't known whole yet."
    frame = _by_place(review, rows)
    frame = frame[(frame["locality"] != NOT_KNOWN) & (frame["assessments"] > 0)]
    if len(frame) < 2:
        return "Only one locality has assessments, so there is nothing to set side by side."
    apart = []
    for step in _AFTER:
        came = frame[step].to_numpy(float)
        if came.sum() and rate_changes.homogeneity(
            frame["assessments"].to_numpy(float) - came, came
        ) < _SIGNIFICANT / len(_AFTER):
            apart.append(_LED[step])
    span = reached.span(review)
    if not apart:
        return f"Of the assessments begun in {span}, localities' shares that led on to each later step differ no more than chance would give."
    return (
        f"Of the assessments begun in {span}, the shares that led on to {listed(apart)} differ between localities by more than chance. The "
        "numbers can't say why: families' needs, who else helps there, and practice all differ."
    )


_LED = {"enquiries": "an enquiry", "conferences": "a conference", "plans": "a plan", "care": "a start of care"}


def medians(review: Review, rows: Mapping[str, pd.DataFrame]) -> Released:
    """By locality: the median time of each step that ended in the year."""
    _check(review)
    places, order = known_places(review), _order(review)
    frame, totals = pd.DataFrame({"locality": pd.Series(order, dtype="str")}), {}
    for step in lengths.STEPS:
        mine = rows[step].reset_index(drop=True)
        place = with_place(review, mine, places) if len(mine) else pd.Series(dtype="object")
        by = mine["days"].groupby(place)
        frame[step] = by.median().reindex(order).to_numpy("float64")
        frame[f"{step}_n"] = by.size().reindex(order, fill_value=0).astype("Int64").to_numpy()
        totals[f"{step}_n"] = float(len(mine))
    many = [f"{step}_n" for step in lengths.STEPS]
    return review.release(
        frame, counts=many, derived={step: [f"{step}_n"] for step in lengths.STEPS}, adds=Structure(totals=totals)
    )


def not_placed(released: Released | None) -> str:
    """For whom of `counts` no locality is known, in a sentence; None for an audience that isn't shown them."""
    if released is None:
        return NOT_FOR_ALL
    rows = released.frame.set_index("step")
    told = [
        f"{text} of {words}"
        for step, words in (
            (STEPS["contacts"].title, "contacts"), (STEPS["referrals"].title, "referrals"),
            (STOCKS_IN_WORDS["looked_after"], "children looked after"), (STOCKS_IN_WORDS["care_leavers"], "care leavers"),
        )
        if (text := _share(rows.loc[step])) is not None
    ]  # fmt: skip
    if not told:
        return "Where children live isn't known well enough to say for how many it isn't known at all."
    return (
        f"No locality is known for {listed(told)}: whoever never met a local team has none, so the first steps can't be compared "
        "between localities."
    )


def _share(row: pd.Series) -> str | None:
    """What share of a step's row has no locality; None where that is withheld or not known."""
    if pd.isna(row[NOT_KNOWN]) or pd.isna(row["All"]) or not row["All"]:
        return None
    return number(100 * float(row[NOT_KNOWN]) / float(row["All"]), "percent")
