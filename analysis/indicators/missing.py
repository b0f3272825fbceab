"""Children looked after who went missing from placement or were away without leave."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.indicators.breakdowns import OF_A_CHILD
from analysis.indicators.definition import LOWER_IS_BETTER, MEAN, PERCENT, ROLLING_YEAR, Indicator, Period
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import periods_of_care
from analysis.methods.masks import certain

MISSING, AWAY = "M", "A"

_RETURN = "DfE, Children looked after in England: missing"


def looked_after_in(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Children looked after at any time in the period, once each, with the need of their latest period of care."""
    rows = periods_of_care(evidence, period)
    rows = rows[certain(rows["start_date"] <= period.last) & ~certain(rows["end_date"] < period.first)]
    rows = rows.sort_values(["child_id", "start_date"], kind="stable").drop_duplicates("child_id", keep="last")
    return rows[["child_id", "need"]].reset_index(drop=True)


def incidents(evidence: Evidence, period: Period, kind: str) -> pd.Series:
    """How many episodes of a kind each child had that touched the period."""
    rows = evidence.table("missing_episodes")
    rows = rows[certain(rows["kind"] == kind) & certain(rows["start_date"] <= period.last)]
    return rows[~certain(rows["end_date"] < period.first)].groupby("child_id").size()


def ever(evidence: Evidence, period: Period, kind: str) -> pd.DataFrame:
    rows = evidence.once(looked_after_in, period)
    return rows.assign(counts=rows["child_id"].isin(incidents(evidence, period, kind).index))


def each(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Children who went missing, with `value`: how many times."""
    rows = evidence.once(looked_after_in, period)
    number = incidents(evidence, period, MISSING).reindex(rows["child_id"])
    rows = rows.assign(value=number.to_numpy(float))
    return rows[rows["value"].notna()].assign(counts=True)


def indicators() -> tuple[Indicator, ...]:
    same = {
        "period_type": ROLLING_YEAR, "source": _RETURN, "needs": ("missing_episodes", "care_episodes"),
        "breakdowns": (*OF_A_CHILD, "need"),
    }  # fmt: skip
    there = "children looked after at any time in the period"
    return (
        Indicator(
            "lac_missing_percent", "Looked after children who went missing",
            "Share of children looked after at any time in the twelve months who went missing from their placement at "
            "least once: their whereabouts weren't known.",
            "those with a missing episode", there, PERCENT, LOWER_IS_BETTER, function=partial(ever, kind=MISSING),
            **same,
        ),
        Indicator(
            "lac_away_percent", "Looked after children who were away without leave",
            "Share of children looked after at any time in the twelve months who were away from their placement without "
            "leave at least once, though it was known where they were.",
            "those with an episode away without leave", there, PERCENT, None, function=partial(ever, kind=AWAY), **same,
        ),
        Indicator(
            "lac_missing_episodes_mean", "Missing episodes for each looked after child who went missing",
            "Missing episodes in the twelve months for each looked after child who had at least one.",
            "missing episodes", "children looked after in the period with at least one", MEAN, LOWER_IS_BETTER,
            function=each, **same,
        ),
    )  # fmt: skip
