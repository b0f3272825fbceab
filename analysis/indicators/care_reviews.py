"""Statutory reviews and visits of children looked after: whether they were in time, and whether the child took part."""

from __future__ import annotations

import pandas as pd

from analysis.indicators.breakdowns import OF_A_CHILD
from analysis.indicators.definition import HIGHER_IS_BETTER, PERCENT, ROLLING_YEAR, STOCK, Indicator, Period
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import looked_after, periods_of_care, status
from analysis.methods.masks import certain

# Care Planning, Placement and Case Review Regulations 2010, regulation 33: the first review within twenty working
# days, taken as 28 days, the second within three months of it, the others within six of the one before.
FIRST_DAYS, SECOND_MONTHS, LATER_MONTHS = 28, 3, 6
# Reviews of a year that is asked about follow on earlier ones: six months, and two in which a first one may have been.
LOOKBACK_MONTHS = 8
YOUNG = "PN0"  # under four: not asked
# Attended and spoke, or had someone speak, or showed their views; or stayed away and sent them.
TOOK_PART = ("PN1", "PN2", "PN3", "PN5", "PN6")

# The same regulations, regulation 28: a visit at least every six weeks; every three months once a child has lived for a
# year where it is meant to stay until 18.
VISIT_DAYS, SETTLED_VISIT_MONTHS, SETTLED_MONTHS = 42, 3, 12
FOR_THE_LONG_TERM = ("U1", "U4")

_RETURN = "Local (SSDA903)"


def reviews(evidence: Evidence) -> pd.DataFrame:
    """Every review, in order of its date."""
    return evidence.table("care_reviews").sort_values(["date", "child_id"], kind="stable", ignore_index=True)


def timed(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Children looked after at the period's last day with a review held or due in it; `counts` where every one was
    held in time and none is overdue. A review whose forerunner lies before the records is due six months into them."""
    rows = evidence.once(looked_after, period)
    periods = periods_of_care(evidence, period)
    now = periods[certain(periods["start_date"] <= period.last) & ~certain(periods["end_date"] <= period.last)]
    begun = now.drop_duplicates("child_id", keep="last").set_index("child_id")["start_date"]
    rows = rows.assign(begun=begun.reindex(rows["child_id"]).to_numpy("datetime64[us]"))
    held = rows[["child_id", "begun"]].merge(evidence.once(reviews)[["child_id", "date"]], on="child_id")
    held = held[(held["date"] >= held["begun"]) & (held["date"] <= period.last)][["child_id", "date"]]
    # The period's last day stands for the next review: whatever was due before it is overdue.
    ends = pd.DataFrame({"child_id": rows["child_id"], "date": period.last}).astype({"date": "datetime64[us]"})
    steps = pd.concat([held.assign(held=True), ends.assign(held=False)], ignore_index=True)
    steps = steps.sort_values(["child_id", "date", "held"], ascending=[True, True, False], ignore_index=True)
    begun = begun.reindex(steps["child_id"]).set_axis(steps.index)
    before = steps.groupby("child_id")["date"].shift()
    number = steps.groupby("child_id").cumcount()
    known = evidence.begins("care_reviews")
    # What came before the records isn't known: the first review in them may be any of the child's.
    older = begun < pd.Timestamp(known) if known is not None else begun != begun
    due = (before + pd.DateOffset(months=LATER_MONTHS)).mask(
        (number == 1) & ~older, before + pd.DateOffset(months=SECOND_MONTHS)
    )
    due = due.mask((number == 0) & ~older, begun + pd.Timedelta(days=FIRST_DAYS))
    if known is not None:
        due = due.mask((number == 0) & older, pd.Timestamp(known) + pd.DateOffset(months=LATER_MONTHS))
    # A review held in the period was held or due in it; one due and not held is overdue, however long.
    matters = (steps["held"] & (steps["date"] >= period.first)) | (~steps["held"] & (due < period.last))
    late = matters & certain(steps["date"] > due)
    by_child = pd.DataFrame({"matters": certain(matters), "late": late}).groupby(steps["child_id"]).any()
    by_child = by_child.reindex(rows["child_id"]).set_axis(rows.index)
    return rows.assign(counts=~by_child["late"])[by_child["matters"]]


def participation(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Reviews in the period of children of four or more, with `counts`: the child took part."""
    rows = period.of(evidence.once(reviews), "date")
    rows = rows[rows["participation"].notna() & certain(rows["participation"] != YOUNG)]
    return rows.assign(counts=certain(rows["participation"].isin(TOOK_PART)))


def visited(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    """Children looked after at the date; `counts` where that day's Annex A has a visit recent enough. None where there is
    no Annex A of that day."""
    said = evidence.once(status)
    said = said[certain(said["as_at"] == period.last)].drop_duplicates("child_id", keep="last").set_index("child_id")
    if said.empty:
        return None
    rows = evidence.once(looked_after, period)
    latest, since = (
        said[name].reindex(rows["child_id"]).set_axis(rows.index) for name in ("latest_visit", "placement_start")
    )
    settled = certain(rows["placement"].isin(FOR_THE_LONG_TERM)) & certain(
        since <= period.last - pd.DateOffset(months=SETTLED_MONTHS)
    )
    lately = certain(latest > period.last - pd.Timedelta(days=VISIT_DAYS))
    return rows.assign(
        counts=lately | settled & certain(latest > period.last - pd.DateOffset(months=SETTLED_VISIT_MONTHS))
    )


def indicators() -> tuple[Indicator, ...]:
    by = (*OF_A_CHILD, "need", "legal_status", "placement", "provider", "team", "locality")
    return (
        Indicator(
            "lac_reviews_in_time_percent", "Looked after children reviewed in time",
            "Of children looked after at the end of the quarter who had a review held or due in the twelve months to it, "
            f"the share whose every one was in time: the first within {FIRST_DAYS} days of starting to be looked after, "
            f"the second within {SECOND_MONTHS} months of the first, each later one within {LATER_MONTHS} months of the "
            "one before; and none overdue.",
            "those with every review in time", "children looked after at the period's end with a review held or due in it",
            PERCENT, HIGHER_IS_BETTER, ROLLING_YEAR, _RETURN, timed, ("care_reviews", "care_episodes"), breakdowns=by,
            lookback_months=LOOKBACK_MONTHS,
        ),
        Indicator(
            "lac_review_participation_percent", "Reviews in which the child took part",
            "Share of reviews in the twelve months of looked after children aged four or more in which the child took "
            "part: by being there and giving their views, or by having them brought.",
            "those in which the child took part", "reviews in the period of children aged four or more", PERCENT,
            HIGHER_IS_BETTER, ROLLING_YEAR, _RETURN, participation, ("care_reviews",), breakdowns=OF_A_CHILD,
        ),
        Indicator(
            "lac_visited_percent", "Looked after children visited when they should be",
            f"Share of children looked after at the end of the quarter whose last statutory visit was at most "
            f"{VISIT_DAYS - 1} days before, or less than {SETTLED_VISIT_MONTHS} months where they had lived for a year with "
            "carers they are matched with for the long term. A child of whom no visit is recorded counts as not visited.",
            "those visited in that time", "children looked after at the date", PERCENT, HIGHER_IS_BETTER, STOCK,
            "Local (Annex A list 8)", visited, ("care_episodes", "care_status"), or_needs=("care_periods", "care_status"),
            breakdowns=by,
        ),
    )  # fmt: skip
