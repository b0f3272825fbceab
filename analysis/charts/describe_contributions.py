"""Alternative text for ranked contributions: each group, its figure and interval, and which stand out."""

from __future__ import annotations

from analysis.charts.describe import MOST_READ_OUT
from analysis.disclosure import Released
from analysis.disclosure.wording import number


def ranked(data: Released, label: str, value: str, lower: str, upper: str, marked: str, mark: str, what: str) -> str:
    """A chart of `charts.contributions.ranked`: `what` says of what it is."""
    rows = data.frame.head(MOST_READ_OUT)
    if rows.empty or not rows[value].notna().any():
        return f"Chart of {what}. There is nothing to show."
    hidden = data.is_withheld(value)[rows.index]
    told = []
    for place, row in rows.iterrows():
        if hidden[place]:
            told.append(f"{row[label]} withheld (c)")
            continue
        limits = f"{number(row[lower], 'count')} to {number(row[upper], 'count')}"
        told.append(
            f"{row[label]} {number(row[value], 'count')} ({limits})" + (", stands out" if row[marked] == mark else "")
        )
    return f"Chart of {what}, each with its 95% limits: {'; '.join(told)}."
