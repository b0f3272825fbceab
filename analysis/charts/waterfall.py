"""Waterfalls: from one stock to the next by the steps between them."""

from __future__ import annotations

import textwrap

from matplotlib.figure import Figure

from analysis.charts.style import DARK_BLUE, DARK_GREY, HIGHER, LOWER, blank, house_style, nothing_to_show, unit_above
from analysis.disclosure import Released
from analysis.disclosure.wording import MINUS, number

TOTAL, STEP = "total", "step"


def waterfall(data: Released, label: str, value: str, kind: str, *, words: str = "Number") -> Figure:
    """Bars from left to right: `kind` is `total` (a stock, from nought) or `step` (up or down from where the last
    bar ended). A step up is marked +, a step down −. With anything withheld the chart would give it away, so
    none is drawn."""
    with house_style():
        figure, axes = blank()
        rows = data.frame
        if rows.empty or data.is_withheld(value).any() or rows[value].isna().any():
            nothing_to_show(
                axes,
                "Withheld: a step is from 1 to 5" if data.is_withheld(value).any() else "No values that can be shown",
            )
            return figure
        level, tops = 0.0, []
        heights = rows[value].astype("float64").tolist()
        for place, (height, what) in enumerate(zip(heights, rows[kind], strict=True)):
            total = what == TOTAL
            base = 0.0 if total else level
            colour = DARK_BLUE if total else HIGHER if height >= 0 else LOWER
            axes.bar(place, height, bottom=base, width=0.62, color=colour, hatch="" if total else "///" if height >= 0 else "\\\\\\",
                     edgecolor="white")  # fmt: skip
            end = base + height
            sign = "" if total else "+" if height > 0 else MINUS if height < 0 else ""
            axes.annotate(f"{sign}{number(abs(height), 'count')}", (place, max(end, base)), xytext=(0, 4), textcoords="offset points",
                          ha="center", fontweight="bold", fontsize=10.5)  # fmt: skip
            if place < len(heights) - 1:
                axes.plot([place + 0.31, place + 0.69], [end, end], color=DARK_GREY, linewidth=0.8)
            level = end
            tops += [base, end]
        axes.set_xticks(
            range(len(rows)),
            [textwrap.fill(str(name), 14 if len(rows) < 7 else 7, break_long_words=False) for name in rows[label]],
            fontsize=8 if len(rows) > 8 else 9.5 if len(rows) > 5 else 10.5,
        )
        axes.tick_params(axis="x", length=0)
        reached = [0.0, *tops]
        room = (max(reached) - min(reached)) * 0.12 or 1.0
        axes.set_ylim(min(reached) - (room if min(reached) < 0 else 0), max(reached) + room)
        axes.axhline(0, color=DARK_GREY, linewidth=0.8)
        axes.yaxis.set_major_formatter(lambda v, _: f"{MINUS if v < 0 else ''}{abs(v):,.0f}")
        unit_above(axes, words)
        return figure
