"""Projections: what was, and the lines that lead on from it, with a band for how far chance and doubt reach."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.style import (
    CATEGORICAL,
    DARK_BLUE,
    DARK_GREY,
    DASHES,
    INKS,
    QUIET,
    blank,
    house_style,
    nothing_to_show,
    unit_above,
)
from analysis.disclosure import Released
from analysis.disclosure.wording import number

PAST = ""
# A label's line takes this share of the axis; labels are kept from touching.
_LABEL_GAP = 0.065
_LABEL_CHARACTERS = 17
_BAND = "#C9D3E0"  # the first colour at a quarter of its strength


def fan(data: Released, x: str, y: str, series: str, *, lower: str, upper: str, banded: str, words: str) -> Figure:
    """The past (rows whose `series` is blank) as a line, and each other series as one leading on from its end; the one
    called `banded` with the band from `lower` to `upper`. Lines are named at their ends with their last values."""
    with house_style():
        figure, axes = blank(height=3.9)
        rows = data.frame[data.frame[y].notna()]
        if rows.empty:
            nothing_to_show(axes)
            return figure
        past = rows[rows[series] == PAST].sort_values(x)
        axes.plot(past[x].to_numpy(), _numbers(past[y]), color=DARK_GREY, marker="o", markersize=3.5)
        ends = []
        names = [name for name in dict.fromkeys(rows[series]) if name != PAST]
        for position, name in enumerate(names):
            mine = rows[rows[series] == name].sort_values(x)
            led = pd.concat([past.tail(1), mine])
            colour = CATEGORICAL[position % len(CATEGORICAL)]
            axes.plot(led[x].to_numpy(), _numbers(led[y]), color=colour, linestyle=DASHES[position % len(DASHES)])
            if name == banded:
                low, high = led[lower].fillna(led[y]), led[upper].fillna(led[y])
                axes.fill_between(led[x].to_numpy(), _numbers(low), _numbers(high), color=_BAND, linewidth=0)
                axes.plot(led[x].to_numpy(), _numbers(low), color=DARK_BLUE, linewidth=0.6)
                axes.plot(led[x].to_numpy(), _numbers(high), color=DARK_BLUE, linewidth=0.6)
            ends.append((mine[x].iloc[-1], float(mine[y].iloc[-1]), name, INKS[position % len(INKS)]))
        if len(past):
            axes.axvline(past[x].iloc[-1], color=QUIET, linewidth=0.8, linestyle=(0, (2, 2)))
        top = float(np.nanmax(_numbers(pd.concat([rows[y], rows[upper]]))))
        axes.set_ylim(0, max(top, 1.0) * 1.12)
        _name_ends(axes, ends)
        # A year apart, counted back from the last, since what was may be quarterly and what may be monthly.
        last, first = pd.Timestamp(rows[x].max()), pd.Timestamp(rows[x].min())
        chosen = [one for back in range(12) if (one := last - pd.DateOffset(years=back)) >= first][::-1]
        axes.set_xticks(chosen, [f"{when:%b}\n{when:%Y}" for when in chosen])
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        unit_above(axes, words)
        return figure


def _numbers(values: pd.Series) -> np.ndarray:
    return values.astype("float64").to_numpy(na_value=np.nan)


def _name_ends(axes, ends: list[tuple]) -> None:
    low, high = axes.get_ylim()
    line, top = (high - low) * _LABEL_GAP, -np.inf
    for when, value, name, colour in sorted(ends, key=lambda end: end[1]):
        text = f"{textwrap.fill(name, _LABEL_CHARACTERS)} {number(value, 'count')}"
        half = line * (text.count("\n") + 1) / 2
        height = max(value, top + half)
        top = height + half
        axes.annotate(text, (when, height), xytext=(8, 0), textcoords="offset points", ha="left", va="center",
                      color=colour, fontweight="bold", fontsize=10, annotation_clip=False)  # fmt: skip
