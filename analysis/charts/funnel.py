"""Funnel plots: areas by size, the limits of chance as lines, and of chance with usual differences as a band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from analysis.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    DARK_PINK,
    QUIET,
    blank,
    house_style,
    nothing_to_show,
    unit_above,
)
from analysis.disclosure import Released
from analysis.disclosure.wording import number

# What the column `kind` says of an area.
THIS, NEIGHBOUR, OTHER = "this", "neighbour", "other"
# Half as much again for the space between the axis and its legend.
_HEIGHT = 4.7
_BAND = "#E4E9EE"
_NAME_CHARACTERS = 22
# Sizes that span more than this have fewer ticks, so that they don't touch.
_WIDE = 40


@dataclass(frozen=True)
class Bands:
    """What `methods.funnel_plots` worked out, in the unit of the chart: at each of `sizes`, from small to large.

    `chance`: lower and upper limit for each of two levels, an array (2, 2, sizes), the inner (95%) first. `usual`: the
    same with the usual differences between areas, or None where areas differ by no more than chance.
    """

    target: float
    target_name: str
    sizes: np.ndarray
    chance: np.ndarray
    usual: np.ndarray | None


def chart(data: Released, bands: Bands | None, unit: str, *, name: str, words: str, size_words: str) -> Figure:
    """Areas as points: columns `size`, `value` and `kind` (THIS, NEIGHBOUR or OTHER).

    `name` is this area's, written beside its point. `words` and `size_words` say what the two axes are.
    """
    with house_style():
        figure, axes = blank(height=_HEIGHT)
        rows = data.frame[data.frame["value"].notna() & data.frame["size"].notna()]
        if bands is None or rows.empty:
            nothing_to_show(axes, "No published figures that can be shown")
            return figure
        _limits(axes, bands, unit)
        for kind, marker, colour, label, size, face in (
            (OTHER, "o", QUIET, "other authorities", 13, "none"),
            (NEIGHBOUR, "D", DARK_PINK, "statistical neighbours", 34, DARK_PINK),
            (THIS, "*", DARK_BLUE, name, 240, DARK_BLUE),
        ):
            mine = rows[rows["kind"] == kind]
            if len(mine):
                axes.scatter(mine["size"].astype("float64"), mine["value"].astype("float64"), marker=marker, s=size, edgecolors=colour,
                             facecolors=face, linewidths=0.9, zorder=5 if kind == THIS else 4, label=label)  # fmt: skip
        top = max(float(rows["value"].astype("float64").max()), bands.target * 1.4) * 1.08
        ceiling = min(top, 100.0) if unit == "percent" else top
        axes.set_ylim(0, ceiling if ceiling > 0 else 1)
        axes.set_xscale("log")
        axes.set_xlim(float(bands.sizes[0]), float(bands.sizes[-1]))
        _sizes(axes, float(bands.sizes[0]), float(bands.sizes[-1]))
        _name(axes, rows, name)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=6))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda at, _: f"{at:,.0f}" if at == int(at) else f"{at:.1f}"))
        axes.set_xlabel(size_words)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.19), ncols=2, handletextpad=0.5, columnspacing=1.2, fontsize=9.5)  # fmt: skip
        unit_above(axes, words)
        return figure


def _limits(axes: Axes, bands: Bands, unit: str) -> None:
    if bands.usual is not None:
        axes.fill_between(bands.sizes, bands.usual[1, 0], bands.usual[1, 1], facecolor=_BAND, edgecolor=QUIET,
                          linewidth=0.6, zorder=0, label="chance and usual differences, 99.8%")  # fmt: skip
    for level, dashes, label in ((0, (0, (1.5, 1.5)), "chance alone, 95%"), (1, (0, (5, 2)), "chance alone, 99.8%")):
        for side in (0, 1):
            axes.plot(bands.sizes, bands.chance[level, side], color=DARK_GREY, linewidth=1.2, linestyle=dashes, zorder=2,
                      label=label if side else None)  # fmt: skip
    style = "rate_whole" if unit == "rate_per_10000" and bands.target >= 100 else unit
    axes.axhline(bands.target, color=DARK_GREY, linewidth=1.2, zorder=2)
    axes.annotate(f"{bands.target_name}\n{number(bands.target, style)}", (1.0, bands.target), xycoords=("axes fraction", "data"),
                  xytext=(6, 0), textcoords="offset points", va="center", fontsize=9.5, annotation_clip=False)  # fmt: skip


def _sizes(axes: Axes, low: float, high: float) -> None:
    """A few round sizes along a logarithmic axis."""
    digits = (1, 3) if high / low > _WIDE else (1, 2, 5)
    steps = [digit * 10.0**power for power in range(-1, 8) for digit in digits]
    inside = [step for step in steps if low <= step <= high]
    axes.xaxis.set_major_locator(FixedLocator(inside))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: f"{at:,.0f}"))


def _name(axes: Axes, rows, name: str) -> None:
    mine = rows[rows["kind"] == THIS]
    if mine.empty:
        return
    at = float(mine["size"].iloc[0]), float(mine["value"].iloc[0])
    low, high = axes.get_xlim()
    right = np.log(at[0] / low) < 0.6 * np.log(high / low)
    axes.annotate(name if len(name) <= _NAME_CHARACTERS else "This authority", at, xytext=(10 if right else -10, 8), textcoords="offset points",
                  ha="left" if right else "right", color=DARK_BLUE, fontweight="bold", fontsize=10.5, zorder=6,
                  path_effects=[withStroke(linewidth=3, foreground="white")])  # fmt: skip
