"""The edge of care: families supported, and where the children were when support ended."""

from __future__ import annotations

import pandas as pd

from analysis.indicators.breakdowns import OF_A_CHILD
from analysis.indicators.definition import COUNT, HIGHER_IS_BETTER, PERCENT, ROLLING_YEAR, Indicator, Period
from analysis.indicators.early_help import in_words
from analysis.indicators.evidence import Evidence

# Whether the child never left or came back from care, these live at home.
AT_HOME = ("at_home", "returned_home")


def supported(evidence: Evidence) -> pd.DataFrame:
    """Children supported, in order of the start, with `outcome` in words and `outcome_code`."""
    rows = evidence.table("edge_of_care")
    rows = rows.assign(outcome_code=rows["outcome"], outcome=in_words(rows["outcome"], "edge_of_care_outcome"))
    return rows.sort_values("start_date", kind="stable", ignore_index=True)


def ended(evidence: Evidence) -> pd.DataFrame:
    """Children whose support has ended, in order of its end, which is their `date`."""
    rows = evidence.once(supported)
    rows = rows[rows["closure_date"].notna()]
    return rows.assign(date=rows["closure_date"]).sort_values("date", kind="stable", ignore_index=True)


def families(evidence: Evidence, period: Period) -> pd.DataFrame:
    """A row a family and service: those supported on any day of the period."""
    rows = evidence.once(supported)
    over = (rows["closure_date"] < period.first).fillna(False).astype(bool)
    rows = rows[(rows["start_date"] <= period.last).fillna(False).astype(bool) & ~over]
    return rows.drop_duplicates(["family_id", "service"]).assign(counts=True)


def closed(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(ended), "date").assign(counts=True)


def closed_at_home(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Children whose support ended in the period; `counts` where they were at home."""
    rows = period.of(evidence.once(ended), "date")
    return rows.assign(counts=rows["outcome_code"].isin(AT_HOME).fillna(False).astype(bool))


def indicators() -> tuple[Indicator, ...]:
    """The definitions about the edge of care."""
    same = {"period_type": ROLLING_YEAR, "source": "Local return", "needs": ("edge_of_care",)}
    by = ("service", *OF_A_CHILD)
    return (
        Indicator(
            "edge_of_care_family_count", "Families supported on the edge of care",
            "Families that a service on the edge of care supported on any day of the twelve months. A family that two "
            "services support is counted with each.",
            "families supported in the period", "", COUNT, None, function=families, breakdowns=("service",), **same,
        ),
        Indicator(
            "edge_of_care_closure_count", "Children whose support on the edge of care ended",
            "Children whose support on the edge of care ended in the twelve months, by where they then lived.",
            "children whose support ended in the period", "", COUNT, None, function=closed,
            breakdowns=("outcome", *by), **same,
        ),
        Indicator(
            "edge_of_care_children_home_count", "Children at home when support on the edge of care ended",
            "Children whose support on the edge of care ended in the twelve months with the child at home, whether "
            "the child had stayed there or come back from care.",
            "children at home among those whose support ended in the period", "", COUNT, None,
            function=closed_at_home, breakdowns=by, **same,
        ),
        Indicator(
            "edge_of_care_home_percent", "Share of children at home when support on the edge of care ended",
            "Share of the children whose support on the edge of care ended in the twelve months who then lived at "
            "home, whether the child had stayed there or come back from care.",
            "children who lived at home", "children whose support ended in the period", PERCENT, HIGHER_IS_BETTER,
            function=closed_at_home, breakdowns=by, **same,
        ),
    )  # fmt: skip
