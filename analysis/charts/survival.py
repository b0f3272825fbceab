"""Survival curves: the share still going on as time passes, with the uncertainty as a band."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from analysis.charts.style import CATEGORICAL, DASHES, INKS, blank, house_style, nothing_to_show, unit_above
from analysis.disclosure import Released

# Curves that end at different times can't be named at their ends where there are more: the names would lie on the curves.
MOST_LABELLED = 2


def curves(data: Released, time: str, share: str, *, lower: str | None = None, upper: str | None = None,
           series: str | None = None, months_most: int = 24, words: str = "Per cent still going on") -> Figure:  # fmt: skip
    """Steps of `share` (per cent) over `time` (days), to `months_most` months, one for each value of `series`."""
    with house_style():
        figure, axes = blank()
        rows = data.frame[data.frame[share].notna()]
        if rows.empty:
            nothing_to_show(axes)
            return figure
        names = [""] if series is None else list(dict.fromkeys(rows[series].astype(str)))
        longest = months_most * 365.25 / 12
        ends = []
        for position, name in enumerate(names):
            mine = (rows if series is None else rows[rows[series].astype(str) == name]).sort_values(time)
            mine = mine[mine[time] <= longest]
            days = np.concatenate(
                [[0.0], mine[time].astype("float64"), [min(longest, float(mine[time].max()) if len(mine) else 0.0)]]
            )
            level = np.concatenate([[100.0], mine[share].astype("float64")])
            level = np.append(level, level[-1])
            axes.step(
                days, level, where="post", color=CATEGORICAL[position], linestyle=DASHES[position], label=name or None
            )
            if lower and upper and len(names) == 1:
                low = np.concatenate([[100.0], mine[lower].astype("float64")])
                high = np.concatenate([[100.0], mine[upper].astype("float64")])
                axes.fill_between(days, np.append(low, low[-1]), np.append(high, high[-1]), step="post",
                                  color=CATEGORICAL[position], alpha=0.18, linewidth=0)  # fmt: skip
            ends.append((days[-1], level[-1], name, INKS[position]))
        if len(names) > MOST_LABELLED:
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2, handlelength=3.2, fontsize=10)
            ends = []
        height = -np.inf
        for day, level, name, colour in sorted(ends, key=lambda end: end[1]):
            height = max(level, height + (17 if len(ends) > 1 else 0))
            text = f"{name}\n{level:.0f}%" if name else f"{level:.0f}%"
            axes.annotate(text, (day, height), xytext=(8, 0), textcoords="offset points", va="center", color=colour,
                          fontweight="bold", fontsize=10.5, annotation_clip=False)  # fmt: skip
        months = range(0, months_most + 1, 6 if months_most > 12 else 3)
        axes.set_xticks([m * 365.25 / 12 for m in months], [str(m) for m in months])
        axes.set_xlabel("Months")
        axes.set_xlim(0, longest)
        axes.set_ylim(0, 103)
        unit_above(axes, words)
        return figure
