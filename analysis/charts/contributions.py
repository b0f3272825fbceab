"""Ranked contributions: how far each group's part in a change departs from its size, with intervals."""

from __future__ import annotations

import textwrap

import numpy as np
from matplotlib.figure import Figure

from analysis.charts.style import DARK_BLUE, DARK_GREY, QUIET, blank, house_style, nothing_to_show, unit_above
from analysis.disclosure import CONFIDENTIAL, Released
from analysis.disclosure.wording import MINUS, number

_ROW_INCHES = 0.42
_LABEL_CHARACTERS = 34


def ranked(data: Released, what: str, value: str, lower: str, upper: str, marked: str, mark: str, *,
           words: str = "") -> Figure:  # fmt: skip
    """A row a group in the frame's order: a dot at `value` and a line from `lower` to `upper`, about nought.

    Rows whose `marked` equals `mark` are filled and bold; the others are open and quiet. `c` where withheld.
    """
    with house_style():
        rows = data.frame
        figure, axes = blank(height=max(1.8, 1.0 + _ROW_INCHES * len(rows)))
        if rows.empty or not rows[value].notna().any():
            nothing_to_show(axes)
            return figure
        places = np.arange(len(rows))[::-1]
        middle, low, high = (
            rows[name].astype("float64").to_numpy(na_value=np.nan, dtype=float) for name in (value, lower, upper)
        )
        strong = (rows[marked] == mark).to_numpy(bool)
        axes.axvline(0, color=DARK_GREY, linewidth=0.9)
        for place, at, begin, end, bold, hidden in zip(
            places, middle, low, high, strong, data.is_withheld(value), strict=True
        ):
            if hidden or np.isnan(at):
                axes.annotate(
                    CONFIDENTIAL if hidden else "–", (0, place), xytext=(5, 0), textcoords="offset points", va="center"
                )
                continue
            colour = DARK_BLUE if bold else QUIET
            axes.plot([begin, end], [place, place], color=colour, linewidth=2.6 if bold else 1.5, solid_capstyle="butt")
            axes.plot(at, place, marker="o", markersize=8 if bold else 6.5, color=colour, markeredgewidth=1.6,
                      markerfacecolor=colour if bold else "white")  # fmt: skip
            sign = "+" if round(at) > 0 else ""
            axes.annotate(f"{sign}{number(at, 'count')}", (at, place), xytext=(0, 7), textcoords="offset points", ha="center",
                          fontsize=9.5, color=colour, fontweight="bold" if bold else "normal")  # fmt: skip
        labels = [textwrap.fill(str(name), _LABEL_CHARACTERS) for name in rows[what]]
        axes.set_yticks(places, labels, fontsize=9.5)
        for tick, bold in zip(axes.get_yticklabels(), strong, strict=True):
            tick.set_fontweight("bold" if bold else "normal")
        axes.set_ylim(-0.6, len(rows) - 0.3)
        axes.margins(x=0.08)
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_formatter(lambda v, _: f"{MINUS if v < 0 else ''}{abs(v):,.0f}")
        unit_above(axes, words)
        return figure
