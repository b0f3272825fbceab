"""Ways to end that rule each other out: the share that has ended in each way as time passes."""

from __future__ import annotations

import textwrap

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.style import CATEGORICAL, DASHES, INKS, MARKERS, blank, house_style, nothing_to_show, unit_above
from analysis.disclosure import Released
from analysis.disclosure.wording import UNITS, listed, number

# Names of lines wrap at so many characters; a line of a name takes this share of the axis.
_NAME_CHARACTERS, _LINE_SHARE = 19, 0.06


def curves(data: Released, months: str, share: str, series: str, *, unit: str = "percent", lower: str | None = None,
           upper: str | None = None, words: str = "Per cent that had ended so") -> Figure:  # fmt: skip
    """A line for each value of `series` over `months`, from the released points; the band is the 95% interval.

    What is withheld leaves a gap, never a zero.
    """
    with house_style():
        figure, axes = blank(height=3.8)
        rows = data.frame[data.frame[share].notna()]
        if rows.empty:
            nothing_to_show(axes)
            return figure
        ends = []
        for position, name in enumerate(dict.fromkeys(data.frame[series].astype(str))):
            whole = data.frame[data.frame[series].astype(str) == name].sort_values(months)
            level = whole[share].astype("float64")
            axes.plot(whole[months], level, color=CATEGORICAL[position], linestyle=DASHES[position],
                      marker=MARKERS[position], markersize=4)  # fmt: skip
            if lower and upper:
                axes.fill_between(whole[months].astype(float), whole[lower].astype("float64"), whole[upper].astype("float64"),
                                  color=CATEGORICAL[position], alpha=0.12, linewidth=0)  # fmt: skip
            last = whole[level.notna()]
            if len(last):
                ends.append((float(last[months].iloc[-1]), float(last[share].iloc[-1]), name, INKS[position]))
        top = max(float(rows[share].max()), float(rows[upper].max()) if upper else 0.0)
        axes.set_ylim(0, top * 1.08 if top else 1.0)
        _name(axes, ends, unit)
        longest = float(data.frame[months].max())
        axes.set_xlim(0, longest)
        step = 6 if longest > 12 else 3
        axes.set_xticks(range(0, int(longest) + 1, step))
        axes.set_xlabel("Months")
        unit_above(axes, words)
        return figure


def _name(axes, ends: list[tuple[float, float, str, str]], unit: str) -> None:
    """Each line's name and last value at its own end; where two would touch they are pushed apart, evenly up and down."""
    high, below = axes.get_ylim()[1], float("-inf")
    names, heights = [], []
    for when, value, name, colour in sorted(ends, key=lambda end: end[1]):
        text = f"{textwrap.fill(name, _NAME_CHARACTERS)}\n{number(value, unit)}"
        half = high * _LINE_SHARE * (text.count("\n") + 1) / 2
        height = max(value, below + half)
        below = height + half
        names.append((when, value, text, colour, half))
        heights.append(height)
    if not names:
        return
    pushed = sum(height - one[1] for height, one in zip(heights, names, strict=True)) / len(names)
    down = max(0.0, min(pushed, heights[0] - names[0][4]))
    for (when, _, text, colour, _half), height in zip(names, heights, strict=True):
        axes.annotate(text, (when, height - down), xytext=(8, 0), textcoords="offset points", va="center", color=colour,
                      fontweight="bold", fontsize=10, annotation_clip=False)  # fmt: skip


def described(data: Released, months: str, share: str, series: str, what: str, *, unit: str = "percent",
              marks: tuple[int, ...] = (6, 12, 24)) -> str:  # fmt: skip
    """Alternative text: each line at these months."""
    if unit not in UNITS:
        raise ValueError(f"'{unit}' is not a unit; it is one of {', '.join(UNITS)}")
    told = []
    for name in dict.fromkeys(data.frame[series].astype(str)):
        rows = data.frame[data.frame[series].astype(str) == name].set_index(months)
        hidden = data.is_withheld(share)[data.frame[series].astype(str) == name].to_numpy()
        hidden = pd.Series(hidden, index=rows.index)
        at = [
            f"{number(rows[share][mark], unit, withheld=bool(hidden[mark]))} at {mark} months"
            for mark in marks
            if mark in rows.index
        ]
        told.append(f"{name}: {listed(at) if at else 'too few to show'}")
    return f"Line chart of {what}. {'. '.join(told) if told else 'There is nothing to show'}."
