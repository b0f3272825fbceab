"""For officers only: children on a protection plan for whom something is due, with what it is, for managers to follow up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure.wording import day as written
from analysis.indicators.definition import STOCK, period
from analysis.indicators.protection_practice import VISIT_DAYS, visited
from analysis.reference.quarters import words
from analysis.reviews.protection.reviews_due import next_due

if TYPE_CHECKING:
    from analysis.findings.review import Review

NAME = "plans-to-follow-up"
TITLE = "Children on a child protection plan for whom a visit, a review or a decision about the plan is due"
COLUMNS = {"child_id": "Child", "team": "Team", "reasons": "What is due"}
# Two reviews have decided that the plan should go on; a third should say why.
LONG_MONTHS = 15
NO_VISIT = "no visit is recorded"


def children(review: Review) -> pd.DataFrame:
    """A row a child, in order of identifier: the columns of COLUMNS, all text. Nobody is listed without a reason."""
    at = period(STOCK, review.quarter)
    rows = next_due(review.evidence, review.quarter)
    seen = review.evidence.once(visited, at)
    key = ["child_id", "start_date"]
    last = pd.Series(pd.NaT, index=rows.index)
    if seen is not None:
        said = seen.drop_duplicates(key).set_index(key)["latest_visit"]
        last = said.reindex(pd.MultiIndex.from_frame(rows[key])).set_axis(rows.index)
    long_since = at.last - pd.DateOffset(months=LONG_MONTHS)
    found = []
    for row, visit in zip(rows.itertuples(), last, strict=True):
        reasons = []
        if seen is not None and pd.isna(visit):
            reasons.append(NO_VISIT)
        elif seen is not None and visit <= at.last - pd.Timedelta(days=VISIT_DAYS):
            reasons.append(f"last visited on {written(visit)}")
        if row.due < at.last:
            reasons.append(f"review was due by {written(row.due)}")
        if row.start_date <= long_since:
            reasons.append(f"on the plan since {written(row.start_date)}")
        if reasons:
            found.append((str(row.child_id), "" if pd.isna(row.team) else str(row.team), "; ".join(reasons)))
    frame = pd.DataFrame(found, columns=list(COLUMNS), dtype="object")
    return frame.sort_values("child_id", kind="stable", ignore_index=True)


def hand_over(review: Review) -> None:
    """Hands over the list as a file of its own, for officers; for any other audience nothing is made."""
    at = period(STOCK, review.quarter)
    if not review.may_list_children() or not review.evidence.covers("protection_plans", at.start, at.end):
        return
    note = (
        f"As Annex A and the census have it on {words(review.quarter.end)}: a last visit {VISIT_DAYS} days ago or more, a review past its day, "
        f"or a plan of {LONG_MONTHS} months or more. A record may be late where the visit wasn't. In order of identifier, not of concern. "
        "Official-sensitive: not to be copied into any document."
    )
    review.children_list(NAME, children(review), columns=COLUMNS, title=TITLE, note=note)
