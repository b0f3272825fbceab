"""Exploitation: the concerns of the year by kind and risk, and the children known to be at risk who also go missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import period
from analysis.findings.measures import year_to
from analysis.findings.values import make_value
from analysis.indicators import exploitation
from analysis.methods.masks import certain
from analysis.reviews.missing.monthly import SEXUAL
from analysis.reviews.missing.records import CONCERNS, INCIDENTS, incidents, of_year

if TYPE_CHECKING:
    from analysis.findings.review import Review

_LEVELS = {"high": "High", "medium": "Medium", "low": "Low", "unsaid": ""}


def table(review: Review) -> Released:
    """The year's concerns by kind: concern, high, medium, low, unsaid (no level given), all."""
    rows = of_year(review, CONCERNS, review.evidence.once(exploitation.concerns))
    columns = [*_LEVELS, "all"]
    if rows is None:
        blank = pd.DataFrame(
            {"concern": pd.Series(dtype="str"), **{name: pd.Series(dtype="Int64") for name in columns}}
        )
        return review.release(blank, counts=columns)
    kinds = list(rows["concern"].cat.categories)
    risk = rows["risk"].astype("object").fillna("")
    counted = pd.crosstab(rows["concern"].astype("object"), risk).reindex(index=kinds, columns=list(_LEVELS.values()), fill_value=0)  # fmt: skip
    frame = counted.set_axis(list(_LEVELS), axis=1).reset_index(names="concern")
    frame = frame.assign(all=frame[list(_LEVELS)].sum(axis=1)).astype(
        {"concern": "str", **dict.fromkeys(columns, "Int64")}
    )
    # Each level's sum, and the sum of all, stand elsewhere.
    adds = Structure(columns={"all": list(_LEVELS)}, totals={name: float(frame[name].sum()) for name in columns})
    return review.release(frame, counts=columns, adds=adds)


def known(review: Review) -> tuple[int, int] | None:
    """Children who went missing in the year, and those of them with a concern about sexual exploitation recorded in the
    same twelve months; None where either return doesn't reach so far."""
    gone = of_year(review, INCIDENTS, review.evidence.once(incidents))
    worried = of_year(review, CONCERNS, review.evidence.once(exploitation.concerns))
    if gone is None or worried is None or not review.known.carries(CONCERNS):
        return None
    sexual = worried[certain(worried["concern"].astype("object") == SEXUAL)]
    children = set(gone["child_id"].dropna())
    return len(children), len(children & set(sexual["child_id"].dropna()))


def values(review: Review) -> dict[str, dict]:
    gone, both = known(review) or (None, None)
    span = period(*year_to(review.quarter))
    share = 100 * both / gone if gone else None
    title = "Children who went missing and for whom sexual exploitation was a recorded concern in the same year"
    return {
        "known_risk.children": make_value(review.audience, both, title=title, period=span),
        "known_risk.percent": make_value(review.audience, share, unit="percent", numerator=both, denominator=gone,
                                         title=f"{title}, share of those who went missing", period=span),
    }  # fmt: skip


def in_words(review: Review, given: dict[str, dict]) -> str:
    found = known(review)
    if found is None:
        return "Incidents and concerns aren't both known for twelve months, so they can't be set side by side."
    span, text = period(*year_to(review.quarter)), given["known_risk.children"]["text"]
    if text == "c":
        return f"In {span} only a few of the children who went missing also had a recorded concern about sexual exploitation (c: withheld)."
    return (
        f"Of the children who went missing in {span}, {text} ({given['known_risk.percent']['text']}) also had a recorded concern "
        "about sexual exploitation in the same twelve months."
    )
