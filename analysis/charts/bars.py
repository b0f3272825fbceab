"""Bars: one a category, side by side over time, and stacked over time."""

from __future__ import annotations

import textwrap

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from analysis.charts.style import (
    CATEGORICAL,
    DARK_BLUE,
    DARK_GREY,
    HATCHES,
    blank,
    house_style,
    nothing_to_show,
    unit_above,
)
from analysis.disclosure import CONFIDENTIAL, Released
from analysis.disclosure.wording import number, short_day, unit_words

_BAR_INCHES = 0.38  # a bar and the gap below it
_LABEL_CHARACTERS = 30
# Under an upright bar: room for words where there are few bars, for `Sep 2018` on two lines where there are many.
_TICK_CHARACTERS = (16, 5)


def by_category(data: Released, category: str, value: str, unit: str, *, words: str = "") -> Figure:
    """Level bars in the frame's order, each with its figure at its end; `c` where withheld."""
    with house_style():
        rows = data.frame
        figure, axes = blank(height=max(1.5, 0.9 + _BAR_INCHES * len(rows)))
        if rows.empty:
            nothing_to_show(axes)
            return figure
        lengths = rows[value].astype("float64").to_numpy(na_value=0.0)
        places = np.arange(len(rows))[::-1]
        axes.barh(places, lengths, height=0.68, color=DARK_BLUE)
        for place, length, shown, hidden in zip(places, lengths, rows[value], data.is_withheld(value), strict=True):
            text = number(shown, unit, withheld=bool(hidden), none="–")
            axes.annotate(text, (length, place), xytext=(5, 0), textcoords="offset points", va="center", fontsize=10.5)
        axes.set_yticks(places, [textwrap.fill(str(name), _LABEL_CHARACTERS) for name in rows[category]])
        axes.set_xlim(0, max(lengths.max() * 1.16, 1))
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.grid(False)
        unit_above(axes, words or unit_words(unit).capitalize())
        return figure


def side_by_side(data: Released, x: str, parts: dict[str, str], unit: str, *, words: str = "") -> Figure:
    """Upright bars in pairs or threes over time; `parts` maps columns to names."""
    with house_style():
        rows = data.frame
        figure, axes = blank()
        if rows.empty or rows[list(parts)].notna().to_numpy().sum() == 0:
            nothing_to_show(axes)
            return figure
        places, width = np.arange(len(rows)), 0.8 / len(parts)
        for position, (column, name) in enumerate(parts.items()):
            at = places - 0.4 + width * (position + 0.5)
            heights = rows[column].astype("float64").to_numpy(na_value=0.0)
            axes.bar(at, heights, width=width * 0.94, color=CATEGORICAL[position], hatch=HATCHES[position], label=name,
                     edgecolor="white")  # fmt: skip
            _mark_withheld(axes, at, data.is_withheld(column))
        _finish(
            axes,
            places,
            [short_day(v) if hasattr(v, "year") else str(v) for v in rows[x]],
            words or unit_words(unit).capitalize(),
        )
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=len(parts), handlelength=1.4)
        return figure


def stacked(data: Released, x: str, parts: dict[str, str], unit: str, *, words: str = "") -> Figure:
    """Stacked upright bars over time, each part named at the right of the last bar where it is thick enough,
    and all of them in a legend below. `parts` maps columns to names, from the bottom up."""
    with house_style():
        rows = data.frame
        figure, axes = blank(height=4.1)
        if rows.empty or rows[list(parts)].notna().to_numpy().sum() == 0:
            nothing_to_show(axes)
            return figure
        places, below = np.arange(len(rows)), np.zeros(len(rows))
        for position, (column, name) in enumerate(parts.items()):
            heights = rows[column].astype("float64").to_numpy(na_value=0.0)
            colour = CATEGORICAL[position % len(CATEGORICAL)]
            axes.bar(places, heights, bottom=below, width=0.78, color=colour, hatch=HATCHES[position % len(HATCHES)],
                     edgecolor="white", label=name)  # fmt: skip
            tall = heights > 0.07 * rows[list(parts)].astype("float64").sum(axis=1).max()
            for place, height, base, shown in zip(places, heights, below, tall, strict=True):
                if shown and len(rows) <= 10:
                    axes.text(place, base + height / 2, number(height, unit).rstrip("%"), ha="center", va="center", fontsize=9,
                              color=_ink(colour), bbox={"boxstyle": "square,pad=0.15", "facecolor": colour, "edgecolor": "none"})  # fmt: skip
            below = below + heights
        if data.anything_withheld:
            words = f"{words or unit_words(unit).capitalize()} (withheld parts are left out)"
        _finish(
            axes,
            places,
            [short_day(v) if hasattr(v, "year") else str(v) for v in rows[x]],
            words or unit_words(unit).capitalize(),
        )
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=min(3, len(parts)), handlelength=1.4,
                    fontsize=10, columnspacing=1.2, reverse=False)  # fmt: skip
        return figure


def _finish(axes, places, labels: list[str], words: str) -> None:
    step = max(1, int(np.ceil(len(labels) / 7)))
    chosen = list(range(len(labels) - 1, -1, -step))[::-1]
    axes.set_xticks(
        [places[i] for i in chosen], [textwrap.fill(labels[i], _TICK_CHARACTERS[len(labels) > 4]) for i in chosen]
    )
    axes.tick_params(axis="x", length=0)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.margins(x=0.02)
    unit_above(axes, words)


def _mark_withheld(axes, places, hidden) -> None:
    for place, is_hidden in zip(places, hidden, strict=True):
        if is_hidden:
            axes.annotate(CONFIDENTIAL, (place, 0), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=10)


def _ink(colour: str) -> str:
    """White or dark grey, whichever stands out more on `colour` (WCAG relative luminance)."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in to_rgb(colour)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "white" if 1.05 / (luminance + 0.05) >= 4.5 else DARK_GREY if luminance > 0.2 else "white"
