"""Alternative text for projections, built from the released data."""

from __future__ import annotations

from analysis.charts.fan import PAST
from analysis.disclosure import Released
from analysis.disclosure.wording import as_date, number


def fan(data: Released, x: str, y: str, series: str, *, lower: str, upper: str, banded: str, what: str) -> str:
    """Where it stands, and where each line leads; the banded one with its limits."""
    rows = data.frame[data.frame[y].notna()].sort_values(x, kind="stable")
    if rows.empty:
        return f"Projection of {what}. There is nothing to show."
    past = rows[rows[series] == PAST]
    told = [f"{number(past[y].iloc[-1], 'count')} at {_month(past[x].iloc[-1])}"] if len(past) else []
    for name in dict.fromkeys(rows[series]):
        if name == PAST:
            continue
        last = rows[rows[series] == name].iloc[-1]
        limits = ""
        if name == banded:
            limits = f", with limits of {number(last[lower], 'count')} and {number(last[upper], 'count')}"
        told.append(f"{name}: {number(last[y], 'count')} by {_month(last[x])}{limits}")
    return f"Projection of {what}. {'; '.join(told)}."


def _month(value: object) -> str:
    return f"{as_date(value):%B %Y}"
