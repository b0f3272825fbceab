"""Permanence: how long adoption takes, who waits for it, and who is matched with carers for the long term."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import pandas as pd

from analysis.indicators.breakdowns import OF_A_CHILD
from analysis.indicators.definition import (
    COUNT,
    DAYS,
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    PERCENT,
    ROLLING_YEAR,
    STOCK,
    Indicator,
    Period,
)
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import ADOPTED, PLACEMENT_ORDER, looked_after, periods_of_care, status
from analysis.indicators.placements import PLACED_FOR_ADOPTION, stays
from analysis.methods.masks import certain
from analysis.records import linkage

# The adoption scorecard is of the children adopted in three years.
COHORT_MONTHS = 36
# A3: within fourteen months of entering care, the last threshold of A1 in days.
SOON_DAYS = 426
# The scorecards' thresholds in days, by the year in which their three years ended: 21, 20, 18, 16 and 14 months for
# A1, 7 months down to 4 for A2. The last ones stand since.
THRESHOLDS: Mapping[str, Mapping[int, int]] = MappingProxyType({
    "adoption_a1_days": MappingProxyType({2011: 639, 2013: 608, 2014: 547, 2015: 487, 2016: SOON_DAYS}),
    "adoption_a2_days": MappingProxyType({2011: 213, 2013: 182, 2014: 152, 2015: 121}),
})  # fmt: skip
LONG_TERM_FOSTERING = "FOSTERING"
LONG_TERM = ("U1", "U4")
# With relatives or friends, and neither for the long term nor on the way to adoption.
FRIENDS_FOR_NOW = ("U3",)

_SCORECARD = "DfE, Adoption scorecards"
_JOURNEY = ("entered", "ordered", "matched", "placed", "adopted")


def threshold(indicator: str, year: int) -> int | None:
    """The scorecard's threshold in days for the three years to 31 March of `year`; None for an earlier one than any.

    Raises KeyError for an indicator without thresholds.
    """
    told = THRESHOLDS[indicator]
    since = [first for first in told if first <= year]
    return told[max(since)] if since else None


def _of_child(days: pd.Series, rows: pd.DataFrame) -> pd.Series:
    """Days by child, for each row of a frame."""
    return days.reindex(rows["child_id"]).set_axis(rows.index).astype("datetime64[us]")


# --- made once ---------------------------------------------------------------------------------------------------


def from_episodes(evidence: Evidence) -> pd.DataFrame:
    """What SSDA903 episodes tell of adopted children, by child: entered, ordered (the first E1 of the period), placed
    (the first placement for adoption), adopted, and `with_carer`: since when the child lived with the carer of the
    adoptive placement."""
    episodes = evidence.table("care_episodes")
    periods = linkage.periods_of_care(episodes)
    periods = periods[certain(periods["reason_ended"].isin(ADOPTED))].drop_duplicates("child_id", keep="last")
    start = periods.set_index("child_id")["start_date"]
    inside = episodes[certain(episodes["start_date"] >= _of_child(start, episodes))]
    inside = inside.sort_values(["child_id", "start_date"], kind="stable")

    def first(rows: pd.DataFrame) -> pd.Series:
        return rows.groupby("child_id")["start_date"].first().reindex(start.index)

    placed = first(inside[certain(inside["placement"].isin(PLACED_FOR_ADOPTION))])
    lived = evidence.once(stays)
    lived = lived[certain(lived["start_date"] <= _of_child(placed, lived))]
    since = lived.sort_values("start_date", kind="stable").groupby("child_id")["start_date"].last()
    return pd.DataFrame(
        {
            "entered": start,
            "ordered": first(inside[certain(inside["legal_status"].isin(PLACEMENT_ORDER))]),
            "placed": placed,
            "adopted": periods.set_index("child_id")["end_date"],
            "with_carer": since.reindex(start.index),
        }
    )


def journeys(evidence: Evidence) -> pd.DataFrame:
    """One row an adopted child, in order of the day of the adoption: child_id, entered, ordered, matched, placed,
    adopted, with_carer, by_carer (adopted by the foster carer). Annex A's dates where there are any, SSDA903's otherwise."""
    names = {"entered_care": "entered", "placement_order_date": "ordered", "matched_date": "matched",
             "placed_date": "placed", "order_date": "adopted", "foster_carer_adopts": "by_carer"}  # fmt: skip
    said = evidence.table("adoptions").set_index("child_id").rename(columns=names)[list(names.values())]
    found = from_episodes(evidence)
    every = said.index.union(found.index)
    said, found = said.reindex(every), found.reindex(every)
    known = {name: said[name].fillna(found[name]) for name in ("entered", "ordered", "placed", "adopted")}
    rows = said.assign(**known, with_carer=found["with_carer"])
    rows = rows[rows["adopted"].notna()].rename_axis("child_id").reset_index()
    return rows.sort_values(["adopted", "child_id"], kind="stable", ignore_index=True).assign(
        by_carer=lambda frame: certain(frame["by_carer"].astype("boolean"))
    )


# --- the units counted ---------------------------------------------------------------------------------------------


def cohort(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Children adopted in the three years to the period's last day."""
    rows = evidence.once(journeys)
    opened = period.last - pd.DateOffset(months=COHORT_MONTHS)
    rows = rows[(rows["adopted"] > opened) & (rows["adopted"] <= period.last)]
    return rows.assign(date=rows["adopted"])


def to_placement(evidence: Evidence, period: Period, by_carer_stops: bool = False) -> pd.DataFrame:
    """`value`: days from entering care to moving in. With `by_carer_stops` the clock of a child adopted by the foster
    carer stops on the day on which that foster placement began."""
    rows = evidence.once(cohort, period)
    moved = rows["placed"]
    if by_carer_stops:
        moved = moved.mask(rows["by_carer"] & rows["with_carer"].notna(), rows["with_carer"])
    days = (moved - rows["entered"]).dt.days
    return rows.assign(value=days.where(days >= 0), counts=certain(days <= SOON_DAYS))[certain(days >= 0)]


def to_match(evidence: Evidence, period: Period) -> pd.DataFrame:
    """`value`: days from the placement order to the match, none where the match came first. Without an order a child
    isn't in it."""
    rows = evidence.once(cohort, period)
    rows = rows[rows["ordered"].notna() & rows["matched"].notna()]
    return rows.assign(value=(rows["matched"] - rows["ordered"]).dt.days.clip(lower=0), counts=True)


def not_yet_placed(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = evidence.once(looked_after, period)
    ordered = certain(rows["legal_status"].isin(PLACEMENT_ORDER))
    return rows.assign(counts=ordered & ~certain(rows["placement"].isin(PLACED_FOR_ADOPTION)))


def placed_with_order(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = evidence.once(looked_after, period)
    rows = rows[certain(rows["legal_status"].isin(PLACEMENT_ORDER))]
    return rows.assign(counts=certain(rows["placement"].isin(PLACED_FOR_ADOPTION)))


def matched_for_long(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = evidence.once(looked_after, period)
    said = evidence.once(status)
    said = said[certain(said["as_at"] <= period.last)].drop_duplicates("child_id", keep="last").set_index("child_id")
    planned = certain(said["permanence_plan"].reindex(rows["child_id"]).set_axis(rows.index) == LONG_TERM_FOSTERING)
    return rows.assign(counts=certain(rows["placement"].isin(LONG_TERM)))[planned]


def with_friends_for_now(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = evidence.once(looked_after, period)
    return rows.assign(counts=certain(rows["placement"].isin(FRIENDS_FOR_NOW)))


def adoptions(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Children adopted in the period."""
    rows = periods_of_care(evidence, period)
    rows = period.of(rows.sort_values(["end_date", "child_id"], kind="stable"), "end_date")
    rows = rows[certain(rows["reason_ended"].isin(ADOPTED))]
    return rows.assign(date=rows["end_date"], counts=True)


# --- definitions -----------------------------------------------------------------------------------------------------


def indicators() -> tuple[Indicator, ...]:
    by = (*OF_A_CHILD, "need", "provider", "team")
    adopted = "children adopted in the three years to the period's end"
    timed = {
        "period_type": ROLLING_YEAR, "source": _SCORECARD, "breakdowns": OF_A_CHILD,
        "needs": ("care_episodes", "adoptions"), "or_needs": ("care_periods", "adoptions"),
        "lookback_months": COHORT_MONTHS - 12, "over_years": COHORT_MONTHS // 12,
    }  # fmt: skip
    stock = {"period_type": STOCK, "needs": ("care_episodes",), "or_needs": ("care_periods", "care_status")}
    return (
        Indicator(
            "adoption_count", "Children adopted", "Children who stopped being looked after by adoption in the twelve months.",
            "children adopted in the period", "", COUNT, None, ROLLING_YEAR,
            "DfE, Children looked after in England: adopted", adoptions, ("care_episodes",), ("care_periods",),
            (*OF_A_CHILD, "need"),
        ),
        Indicator(
            "adoption_a1_days", "Days from entering care to moving in with the adoptive family (A1)",
            "Mean days from starting to be looked after to moving in with the adoptive family, of children adopted in "
            "the three years to the end of the quarter.",
            "sum of their days", adopted, DAYS, LOWER_IS_BETTER, function=to_placement, **timed,
        ),
        Indicator(
            "adoption_a10_days", "Days from entering care to moving in, foster carers who adopt allowed for (A10)",
            "As A1, but for a child adopted by the foster carer the days end when that foster placement began.",
            "sum of their days", adopted, DAYS, LOWER_IS_BETTER, function=partial(to_placement, by_carer_stops=True),
            **timed,
        ),
        Indicator(
            "adoption_a2_days", "Days from placement order to match (A2)",
            "Mean days from the placement order to the decision on a match, of children adopted in the three years to "
            "the end of the quarter for whom there was an order. A match before the order counts as no days.",
            "sum of their days", f"{adopted}, with a placement order", DAYS, LOWER_IS_BETTER, function=to_match, **timed,
        ),
        Indicator(
            "adoption_within_14_months_percent", "Moved in with the adoptive family within 14 months (of those adopted)",
            f"Of children adopted in the three years to the end of the quarter, the share who moved in with the adoptive "
            f"family within {SOON_DAYS} days (14 months) of starting to be looked after. Children still waiting aren't "
            f"in it.",
            "those who moved in within 14 months", adopted, PERCENT, HIGHER_IS_BETTER, function=to_placement, **timed,
        ),
        Indicator(
            "placement_order_not_placed_count", "With a placement order and not yet placed for adoption",
            "Children looked after at the end of the quarter with a placement order who didn't yet live with an adoptive "
            "family.",
            "those with a placement order and not placed for adoption", "", COUNT, LOWER_IS_BETTER,
            source="Local (SSDA903)", function=not_yet_placed, breakdowns=by, **stock,
        ),
        Indicator(
            "placement_order_placed_percent", "Placed for adoption, of those with a placement order",
            "Of children looked after at the end of the quarter with a placement order, the share who lived with an "
            "adoptive family.",
            "those placed for adoption", "children looked after at the date with a placement order", PERCENT,
            HIGHER_IS_BETTER, source="Local (SSDA903)", function=placed_with_order, breakdowns=by, **stock,
        ),
        Indicator(
            "lac_long_term_matched_percent", "Matched with foster carers for the long term",
            "Of children looked after at the end of the quarter whose permanence plan is long-term fostering, the share "
            "who lived with carers they are matched with for the long term.",
            "those in a long-term foster placement", "children looked after at the date whose plan is long-term fostering",
            PERCENT, HIGHER_IS_BETTER, STOCK, "Local (Annex A list 8 and SSDA903)", matched_for_long,
            ("care_status", "care_episodes"), ("care_status", "care_periods"), breakdowns=by,
        ),
        Indicator(
            "lac_friends_not_long_term_count", "Fostered by relatives or friends, not for the long term",
            "Children looked after at the end of the quarter with relatives or friends who foster them neither for the "
            "long term nor on the way to adoption. Carers with temporary approval (regulation 24) are among these; no "
            "return tells them apart.",
            "those in such placements (U3)", "", COUNT, None, source="Local (SSDA903)", function=with_friends_for_now,
            breakdowns=by, **stock,
        ),
    )  # fmt: skip
