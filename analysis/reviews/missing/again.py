"""Children who go missing more than once: how many, how much of the incidents is theirs, and how soon they go again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released, Structure
from analysis.disclosure.wording import period
from analysis.findings.measures import year_to
from analysis.findings.values import make_value
from analysis.methods import rate_changes
from analysis.methods.masks import certain
from analysis.reviews.missing.records import CARE, HOME, INCIDENTS, incidents, of_year

if TYPE_CHECKING:
    from analysis.findings.review import Review

# A child who is gone again within four weeks is one for whom coming back changed little.
SOON_DAYS = 28
_TIMES = ("Once", "Twice", "Three times or more")
_SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Repeats:
    """Children of a year by how often they went missing; None where the year isn't known whole."""

    children: int | None = None
    again: int | None = None
    incidents: int | None = None
    incidents_of_again: int | None = None


def of_a_year(rows: pd.DataFrame | None) -> Repeats:
    """Of a year's incidents (`of_year`)."""
    if rows is None:
        return Repeats()
    each = rows.groupby("child_id").size()
    return Repeats(len(each), int((each > 1).sum()), len(rows), int(each[each > 1].sum()))


def table(review: Review) -> Released:
    """Children and incidents of the year by how often the child went: times, children, incidents."""
    rows = of_year(review, INCIDENTS, review.evidence.once(incidents))
    each = pd.Series(dtype="int64") if rows is None else rows.groupby("child_id").size()
    group = pd.cut(each, [0, 1, 2, np.inf], labels=list(_TIMES))
    found = pd.DataFrame({
        "times": pd.Series(_TIMES, dtype="str"),
        "children": each.groupby(group, observed=False).size().reindex(list(_TIMES), fill_value=0).to_numpy(),
        "incidents": each.groupby(group, observed=False).sum().reindex(list(_TIMES), fill_value=0).to_numpy(),
    }).astype({"children": "Int64", "incidents": "Int64"})  # fmt: skip
    if rows is None:
        return review.release(found.head(0), counts=["children", "incidents"])
    totals = {"children": float(len(each)), "incidents": float(len(rows))}
    return review.release(found, counts=["children", "incidents"], adds=Structure(totals=totals))


def soon(review: Review) -> dict[str, tuple[int, int] | None]:
    """By place: incidents of the year that were over, and could be watched for `SOON_DAYS` days since; and after how many
    of them the same child was gone again by then."""
    rows = review.evidence.once(incidents)
    year = of_year(review, INCIDENTS, rows)
    if year is None:
        return {HOME: None, CARE: None}
    watched = year[certain(year["end_date"] + pd.Timedelta(days=SOON_DAYS) <= pd.Timestamp(review.quarter.end))]
    later = rows[["child_id", "date"]].rename(columns={"date": "next"}).sort_values("next", kind="stable")
    ordered = watched.sort_values("end_date", kind="stable")
    # Days are all that is known: one that begins on the day on which another ended can't be told from that one.
    linked = pd.merge_asof(ordered, later, left_on="end_date", right_on="next", by="child_id", direction="forward",
                           allow_exact_matches=False)  # fmt: skip
    again = certain(linked["next"] <= linked["end_date"] + pd.Timedelta(days=SOON_DAYS))
    counted = {}
    for place in (HOME, CARE):
        mine = certain(linked["place"] == place)
        counted[place] = (int(mine.sum()), int((mine & again).sum()))
    return counted


def values(review: Review) -> dict[str, dict]:
    """The year's repeats as values, and how soon children went again."""
    now = of_a_year(of_year(review, INCIDENTS, review.evidence.once(incidents)))
    span = period(*year_to(review.quarter))

    def share(title: str, part: int | None, whole: int | None) -> dict:
        value = 100 * part / whole if whole else None
        return make_value(review.audience, value, unit="percent", numerator=part, denominator=whole, title=title, period=span)  # fmt: skip

    found = {
        "repeat.children": make_value(review.audience, now.again, title="Children who went missing more than once", period=span),
        "repeat.percent": share("Of children who went missing, those who did so more than once", now.again, now.children),
        "repeat.incidents_percent": share("Incidents of children who went missing more than once", now.incidents_of_again, now.incidents),
    }  # fmt: skip
    for name, place in (("from_home", HOME), ("from_care", CARE)):
        watched, again = soon(review)[place] or (None, None)
        title = f"Incidents {place.lower()} after which the child was missing again within {SOON_DAYS} days"
        found[f"again_soon.{name}_percent"] = share(title, again, watched)
    return found


def in_words(review: Review, given: Mapping[str, dict]) -> str:
    """How many go missing again, and whether that share has changed since a year before."""
    rows = review.evidence.once(incidents)
    now, before = (of_a_year(of_year(review, INCIDENTS, rows, back)) for back in (0, 1))
    if not now.children:
        return "Twelve months of incidents aren't known, so repeat incidents can't be told yet." if now.children is None else (
            "No child went missing in the year.")  # fmt: skip
    said = (
        f"Of the children who went missing in {period(*year_to(review.quarter))}, {given['repeat.percent']['text']} did so more than "
        f"once; {given['repeat.incidents_percent']['text']} of the incidents were theirs."
    )
    if not before.children:
        return said
    then = make_value(review.audience, 100 * before.again / before.children, unit="percent", numerator=before.again, denominator=before.children)  # fmt: skip
    if CONFIDENTIAL in (then["text"], given["repeat.percent"]["text"]):
        return f"{said} The share can't be set beside the year before, since small numbers are withheld (c)."
    test = rate_changes.share_change(before.again, before.children, now.again, now.children)
    verdict = (
        "more than chance would give" if test.p < _SIGNIFICANT else "a difference that is within what chance alone would give"
    )  # fmt: skip
    return f"{said} The share a year before was {then['text']}: {verdict}."


def soon_in_words(review: Review, given: Mapping[str, dict]) -> str:
    found = soon(review)
    if not any(pair and pair[0] for pair in found.values()):
        return f"Too little is known yet to say how many children are missing again within {SOON_DAYS} days."
    told = [
        f"{_or_withheld(given[f'again_soon.{name}_percent']['text'])} of those {place.lower()}"
        for name, place in (("from_home", HOME), ("from_care", CARE))
    ]
    return (
        f"Of the year's incidents that could be watched for {SOON_DAYS} days after the child came back, {' and '.join(told)} were "
        "followed by another of the same child within that time."
    )


def _or_withheld(text: str) -> str:
    return "a share that is withheld (c)" if text == CONFIDENTIAL else text
