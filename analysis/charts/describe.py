"""Alternative text for charts, built from the released data: what the eye would take from the chart, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.charts.control import Limits
from analysis.disclosure import Released
from analysis.disclosure.wording import as_date, listed, missing, number

# More bars than this are not read out one by one; the table beside the chart has them all.
MOST_READ_OUT = 12


def lines(data: Released, x: str, y: str, unit: str, what: str, series: str | None = None) -> str:
    """A line chart: from where to where each line goes, its highest and lowest points, and what is withheld."""
    names = [None] if series is None else list(dict.fromkeys(data.frame[series]))
    told = [_one_line(data, x, y, unit, None if series is None else (series, name)) for name in names]
    return f"Line chart of {what}. {' '.join(told)}"


def _one_line(data: Released, x: str, y: str, unit: str, chosen: tuple[str, str] | None) -> str:
    rows = data.frame if chosen is None else data.frame[data.frame[chosen[0]] == chosen[1]]
    hidden = int(data.is_withheld(y)[rows.index].sum())
    shown = rows[rows[y].notna()].sort_values(x)
    subject = "It" if chosen is None else str(chosen[1])
    if shown.empty:
        return f"{subject} has no values that can be shown."
    first, last = shown.iloc[0], shown.iloc[-1]
    if len(shown) == 1:
        told = f"{subject}: {number(last[y], unit)} at {_place(last[x])}."
    else:
        start, end = number(first[y], unit), number(last[y], unit)
        verb = "rose" if last[y] > first[y] else "fell" if last[y] < first[y] else "stayed"
        how = f"was {start} at {_place(first[x])} and at {_place(last[x])}" if start == end else (
            f"{verb} from {start} at {_place(first[x])} to {end} at {_place(last[x])}")  # fmt: skip
        high, low = shown.loc[shown[y].astype(float).idxmax()], shown.loc[shown[y].astype(float).idxmin()]
        told = (
            f"{subject} {how}; highest {number(high[y], unit)} ({_place(high[x])}), "
            f"lowest {number(low[y], unit)} ({_place(low[x])})."
        )
    return told + (f" {hidden} points are withheld." if hidden > 1 else " One point is withheld." if hidden else "")


def bars(data: Released, category: str, value: str, unit: str, what: str) -> str:
    """A bar chart: each bar, in the order drawn."""
    rows = data.frame.head(MOST_READ_OUT)
    if rows.empty:
        return f"Bar chart of {what}. There is nothing to show."
    hidden = data.is_withheld(value)
    told = [
        f"{name} {number(shown, unit, withheld=withheld)}"
        for name, shown, withheld in zip(rows[category], rows[value], hidden[rows.index], strict=True)
    ]
    rest = len(data.frame) - len(rows)
    more = f"; and {rest} more in the table" if rest else ""
    note = " (c: withheld to protect small numbers)" if hidden[rows.index].any() else ""
    return f"Bar chart of {what}: {'; '.join(told)}{more}{note}."


def stacked(data: Released, x: str, parts: Mapping[str, str], unit: str, what: str, *, kind: str = "Stacked bar chart",
            every: bool = False) -> str:  # fmt: skip
    """Bars in parts, stacked or side by side: the first bar and the last (or `every` one), part by part. `parts`
    maps columns to their names."""
    if data.frame.empty:
        return f"{kind} of {what}. There is nothing to show."
    last = len(data.frame) - 1
    told = []
    for position in range(last + 1) if every else dict.fromkeys((0, last)):
        row = data.frame.iloc[position]
        cells = [
            f"{name} {number(row[column], unit, withheld=bool(data.is_withheld(column).iloc[position]))}"
            for column, name in parts.items()
        ]
        told.append(f"{_place(row[x])}: {', '.join(cells)}")
    return f"{kind} of {what}. {'. '.join(told)}."


def control(data: Released, x: str, y: str, limits: Limits | None, verdict: str, what: str, unit: str = "count") -> str:
    """A control chart: its mean and limits, its last point, and the verdict of the rules in words."""
    shown = data.frame[data.frame[y].notna()].sort_values(x)
    if limits is None or shown.empty:
        return f"Control chart of {what}. There is nothing to show."
    last = shown.iloc[-1]
    usual = f"between {number(limits.lower, unit)} and {number(limits.upper, unit)}"
    hidden = int(data.is_withheld(y).sum())
    withheld = f", {hidden} of them withheld" if hidden else ""
    return (
        f"Control chart of {what}, {len(data.frame)} months{withheld}. The mean is {number(limits.mean, 'mean')} a month and usual "
        f"variation lies {usual}. The latest, {_place(last[x])}, is {number(last[y], unit)}. {verdict}"
    )


def waterfall(data: Released, label: str, value: str, what: str) -> str:
    """A waterfall: each step, with its sign."""
    hidden = data.is_withheld(value)
    told = [
        f"{name} {number(step, 'count', withheld=withheld)}"
        for name, step, withheld in zip(data.frame[label], data.frame[value], hidden, strict=True)
    ]
    return f"Waterfall chart of {what}: {'; '.join(told)}."


def survival(
    data: Released, time: str, share: str, what: str, marks: Sequence[tuple[float, str]], series: str | None
) -> str:
    """A survival curve: the share still going on at each of `marks` (time and its name)."""
    names: list[object] = [None] if series is None else list(dict.fromkeys(data.frame[series]))
    told = []
    for name in names:
        rows = data.frame if name is None else data.frame[data.frame[series] == name]
        rows = rows[rows[share].notna()].sort_values(time)
        at = [f"{number(_step(rows, time, share, mark), 'percent', none='nothing')} at {called}" for mark, called in marks
              if len(rows) and rows[time].max() >= mark]  # fmt: skip
        subject = "" if name is None else f"{name}: "
        told.append(subject + (listed(at) if at else "too few to show"))
    return f"Survival curve of {what}. Still going on: {'; '.join(told)}."


def _step(rows: pd.DataFrame, time: str, share: str, mark: float) -> object:
    before = rows[rows[time] <= mark]
    return before[share].iloc[-1] if len(before) else None


def _place(value: object) -> str:
    if missing(value):
        return "an unknown point"
    return f"{as_date(value):%B %Y}" if hasattr(value, "year") else str(value)
