"""Participation: the feedback app's accounts and statements, and Make Your Mark votes."""

from __future__ import annotations

import pandas as pd

from analysis.indicators.definition import (
    COUNT,
    HIGHER_IS_BETTER,
    PERCENT,
    QUARTER,
    ROLLING_YEAR,
    Indicator,
    Period,
)
from analysis.indicators.evidence import Evidence

YOUNG_PEOPLE, WORKERS = "app_accounts_young_people", "app_accounts_workers"
STATEMENTS, GOOD_NEWS = "app_statements", "app_good_news_statements"
VOTES = "make_your_mark_votes"


def _counts(evidence: Evidence, measure: str) -> pd.DataFrame:
    """One measure's counts (date, value) in order of their date."""
    rows = evidence.table("participation")
    rows = rows[((rows["measure"] == measure) & rows["value"].notna()).fillna(False).astype(bool)]
    return rows.sort_values("date", kind="stable", ignore_index=True)


def _each(number: float, counted: float | None = None) -> pd.DataFrame:
    """A row for each of `number`; of them `counted` (all, where none is given) count."""
    every = round(number)
    return pd.DataFrame(
        {"counts": [place < (every if counted is None else counted) for place in range(every)]}, dtype=bool
    )


def _latest(evidence: Evidence, period: Period, measure: str) -> pd.DataFrame | None:
    """The period's latest count, a row for each that it counts; None where it has none."""
    rows = period.of(_counts(evidence, measure), "date")
    return None if rows.empty else _each(float(rows["value"].iloc[-1]))


def young_people(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    return _latest(evidence, period, YOUNG_PEOPLE)


def workers(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    return _latest(evidence, period, WORKERS)


def statements(evidence: Evidence, period: Period) -> pd.DataFrame:
    return _each(float(period.of(_counts(evidence, STATEMENTS), "date")["value"].sum()))


def good_news(evidence: Evidence, period: Period) -> pd.DataFrame:
    """A row a statement sent in the period; `counts` for as many as shared good news."""
    sent, shared = (float(period.of(_counts(evidence, one), "date")["value"].sum()) for one in (STATEMENTS, GOOD_NEWS))
    return _each(sent, shared)


def votes(evidence: Evidence, period: Period) -> pd.DataFrame:
    return _each(float(period.of(_counts(evidence, VOTES), "date")["value"].sum()))


def indicators() -> tuple[Indicator, ...]:
    """The definitions about participation."""
    same = {"source": "Local return", "needs": ("participation",)}
    return (
        Indicator(
            "app_young_people_count", "Young people with an account in the feedback app",
            "Young people with an account in the feedback app, by the latest count of the quarter.",
            "young people with an account", "", COUNT, HIGHER_IS_BETTER, QUARTER, function=young_people, **same,
        ),
        Indicator(
            "app_worker_count", "Workers with an account in the feedback app",
            "Workers with an account in the feedback app, by the latest count of the quarter.",
            "workers with an account", "", COUNT, HIGHER_IS_BETTER, QUARTER, function=workers, **same,
        ),
        Indicator(
            "app_statement_count", "Statements sent in the feedback app",
            "Statements that young people sent in the quarter.", "statements sent in the quarter", "", COUNT, None,
            QUARTER, function=statements, **same,
        ),
        Indicator(
            "app_good_news_percent", "Statements in the feedback app that share good news",
            "Share of the statements that young people sent in the quarter that shared good news.",
            "statements that share good news", "statements sent in the quarter", PERCENT, HIGHER_IS_BETTER, QUARTER,
            function=good_news, **same,
        ),
        Indicator(
            "make_your_mark_vote_count", "Make Your Mark votes",
            "Young people's votes in the Make Your Mark ballot of the twelve months.", "votes cast in the period", "",
            COUNT, HIGHER_IS_BETTER, ROLLING_YEAR, function=votes, **same,
        ),
    )  # fmt: skip
