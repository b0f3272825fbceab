"""Long-term fostering: how long after it becomes the plan a child is matched, and who waits.

Annex A says what the plan is at each quarter's end, not when it was made: it is taken to be made on the day of the first list
that has it, so that a wait is up to three months longer than it seems.
"""

from __future__ import annotations

import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import day, number
from analysis.findings.values import make_value
from analysis.indicators import definition
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import looked_after, periods_from_episodes, status
from analysis.indicators.permanence import LONG_TERM, LONG_TERM_FOSTERING
from analysis.methods.masks import certain
from analysis.reference.quarters import Quarter
from analysis.reviews.permanence import years
from analysis.reviews.permanence.first_home import first_match

MATCHED, LEFT = "Matched with carers", "Left care first"
WAITS = {"Under 6 months": 6, "6 months, under a year": 12, "A year, under two": 24}
LONGEST = "Two years or more"
FOR_LONG = ("A year, under two", LONGEST)
_POINTS = {"one_year": 12, "two_years": 24}


def planned(evidence: Evidence) -> pd.DataFrame:
    """A row a period of care in which long-term fostering became the plan: child_id, start_date, end_date (of the period),
    planned (the first list that has it), seen_before (an earlier list of the period has another plan, so that it is known
    when the plan was made), matched (first day in a long-term placement)."""
    said = evidence.once(status)[["child_id", "as_at", "permanence_plan"]]
    periods = evidence.once(periods_from_episodes)[["child_id", "start_date", "end_date"]].reset_index()
    pairs = periods.merge(said, on="child_id")
    pairs = pairs[certain(pairs["as_at"] >= pairs["start_date"]) & ~certain(pairs["as_at"] >= pairs["end_date"])]
    mine = pairs[certain(pairs["permanence_plan"] == LONG_TERM_FOSTERING)].groupby("index")["as_at"].min()
    first = pairs.groupby("index")["as_at"].min()
    rows = periods.set_index("index").loc[mine.index]
    begins = said["as_at"].min()
    fresh = (mine > first.reindex(mine.index)) | (rows["start_date"] >= begins)
    return rows.assign(planned=mine, seen_before=fresh, matched=first_match(evidence, rows))


def curve(review) -> Released:
    """By when children were matched, of those whose plan was seen to become long-term fostering and who weren't matched
    before: the share for whom each of MATCHED and LEFT came first."""
    last = pd.Timestamp(review.quarter.end)
    rows = review.evidence.once(planned)
    rows = rows[rows["seen_before"] & (rows["planned"] <= last) & ~certain(rows["matched"] <= rows["planned"])]
    matched, ended = (rows[name].where(certain(rows[name] <= last)) for name in ("matched", "end_date"))
    by_match = matched.notna() & ~certain(ended < matched)
    until = matched.where(by_match, ended).fillna(last)
    way = pd.Series(LEFT, index=rows.index, dtype="object").where(ended.notna()).mask(by_match, MATCHED)
    return years.release_curve(review, years.curve((until - rows["planned"]).dt.days, way, (MATCHED, LEFT)))


def values(review, released: Released) -> dict[str, dict]:
    """`matched_percent.one_year` and `.two_years` after long-term fostering became the plan."""
    found = {}
    for when, months in _POINTS.items():
        share, rests, hidden = years.point(released, months, MATCHED)
        found[f"matched_percent.{when}"] = make_value(
            review.audience, share, unit="percent", rests_on=rests or [0], text="c" if hidden else None,
            title="Matched with long-term carers, since it became the plan", period=f"seen to {day(review.quarter.end)}",
        )  # fmt: skip
    return found


def in_words(review, released: Released) -> str:
    told = []
    for months, words in ((12, "a year"), (24, "two years")):
        share, _, hidden = years.point(released, months, MATCHED)
        if share is not None and not hidden:
            told.append(f"{number(share, 'percent')} were matched within {words}")
    if not told:
        return "Too few children were seen from the day on which long-term fostering became the plan to say how soon they are matched."
    return f"Of children for whom long-term fostering became the plan, {' and '.join(told)}, as seen to {day(review.quarter.end)}."


def waiting(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """Children whose plan at the quarter's end is long-term fostering and who aren't matched, by how long it has been the plan
    on the lists: since, children. The whole is shown elsewhere."""
    last = pd.Timestamp(quarter.end)
    empty = pd.DataFrame({"since": pd.Series(dtype="object"), "children": pd.Series(dtype="Int64")})
    said = evidence.once(status)
    said = said[certain(said["as_at"] == last) & certain(said["permanence_plan"] == LONG_TERM_FOSTERING)]
    if said.empty or not evidence.covers("care_episodes", quarter.end, quarter.end):
        return empty
    rows = evidence.once(looked_after, definition.period(definition.STOCK, quarter))
    rows = rows[rows["child_id"].isin(said["child_id"]) & ~certain(rows["placement"].isin(LONG_TERM))]
    since = evidence.once(planned)
    since = since[since["planned"] <= last].sort_values("planned").drop_duplicates("child_id", keep="last")
    since = since.set_index("child_id")["planned"].reindex(rows["child_id"])
    found, left = [], pd.Series(True, index=since.index).to_numpy()
    for words, months in {**WAITS, LONGEST: None}.items():
        mine = left.copy()
        if months is not None:
            mine &= certain(since > last - pd.DateOffset(months=months)).to_numpy()
        left = left & ~mine
        found.append({"since": words, "children": int(mine.sum())})
    return pd.DataFrame(found).astype({"children": "Int64"})


def release_waiting(review, frame: pd.DataFrame) -> Released:
    return review.release(
        frame, counts=["children"], adds=Structure(totals={"children": float(frame["children"].sum())})
    )


def waiting_in_words(review, released: Released) -> str:
    when, rows = day(review.quarter.end), released.frame
    if rows.empty:
        return f"No list of what each child's plan was on {when} is held, so who waits for a long-term match can't be said."
    if released.is_withheld("children").any():
        return f"How long children had waited for a long-term match on {when} can't be shown in full: some numbers are withheld (c)."
    children = rows.set_index("since")["children"]
    long = children[list(FOR_LONG)].sum()
    return (
        f"On {when}, {number(children.sum(), 'count')} children whose plan was long-term fostering weren't matched with their carers; for "
        f"{number(long, 'count')} it had been the plan for a year or more."
    )
