"""Lines over time, each named at its own end rather than in a legend."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.charts.style import CATEGORICAL, DASHES, INKS, MARKERS, blank, house_style, nothing_to_show, unit_above
from analysis.disclosure import CONFIDENTIAL, Released
from analysis.disclosure.wording import number, unit_words

# More lines than this can't be told apart by shape and colour together.
MOST_LINES = 6
# A line of a label takes this share of the axis; labels are kept from touching.
_LABEL_GAP = 0.07
_LABEL_CHARACTERS = 16


def over_time(data: Released, x: str, y: str, unit: str, *, series: str | None = None, from_zero: bool = True,
              words: str = "") -> Figure:  # fmt: skip
    """One line, or one for each value of `series`, over the dates in `x`. Withheld points are gaps marked `c`.

    Raises ValueError for more lines than can be told apart.
    """
    names = [""] if series is None else list(dict.fromkeys(data.frame[series].astype(str)))
    if len(names) > MOST_LINES:
        raise ValueError(f"{len(names)} lines can't be told apart; show at most {MOST_LINES}")
    with house_style():
        figure, axes = blank()
        shown = data.frame[y].notna()
        if not shown.any():
            nothing_to_show(axes)
            return figure
        ends = []
        for position, name in enumerate(names):
            mine = pd.Series(True, index=data.frame.index) if series is None else data.frame[series].astype(str) == name
            rows = data.frame[mine].sort_values(x)
            values = rows[y].astype("float64").to_numpy(na_value=np.nan)
            axes.plot(
                rows[x].to_numpy(), values, color=CATEGORICAL[position], linestyle=DASHES[position],
                marker=MARKERS[position], markersize=5.5 if len(rows) <= 16 else 3.5, clip_on=False,
            )  # fmt: skip
            _mark_withheld(axes, rows.loc[data.is_withheld(y)[rows.index], x])
            known = rows[rows[y].notna()]
            if len(known):
                ends.append((known[x].iloc[-1], float(known[y].iloc[-1]), name, INKS[position]))
                if series is None and len(known) > 1:
                    _label_start(axes, known[x].iloc[0], float(known[y].iloc[0]), unit)
        _vertical_range(axes, data.frame[y], from_zero, 100.0 if unit == "percent" else np.inf)
        _label_ends(axes, ends, unit)
        date_ticks(axes, data.frame[x])
        unit_above(axes, words or unit_words(unit).capitalize())
        return figure


def date_ticks(axes: Axes, dates: pd.Series, most: int = 6) -> None:
    """Ticks counted back from the last date, so that the latest is always named; at equal steps of whole years
    where the dates are many."""
    every = pd.Series(sorted(pd.to_datetime(dates.dropna().unique())))
    step = 1
    if len(every) > most:
        per_year = max(1, round(365.25 / max(1, np.median(np.diff(every).astype("timedelta64[D]").astype(int)))))
        step = per_year * max(1, int(np.ceil(len(every) / per_year / most)))
    chosen = list(every.iloc[::-1].iloc[::step].iloc[::-1])
    axes.set_xticks(chosen, [f"{when:%b}\n{when:%Y}" for when in chosen])


def _vertical_range(axes: Axes, values: pd.Series, from_zero: bool, most: float) -> None:
    low, high = float(values.min()), float(values.max())
    if from_zero:
        axes.set_ylim(min(0.0, low), min(most, high * 1.12) if high > 0 else 1.0)
    else:
        room = (high - low) * 0.2 or 1.0
        axes.set_ylim(low - room, high + room)
    axes.yaxis.set_major_locator(_few_ticks())
    axes.yaxis.set_major_formatter(
        lambda value, _: f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:.1f}"
    )


def _few_ticks():
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=5, min_n_ticks=3)


def _label_start(axes: Axes, when: object, value: float, unit: str) -> None:
    axes.annotate(
        number(value, unit), (when, value), xytext=(0, 8), textcoords="offset points", ha="center", fontsize=10
    )


def _label_ends(axes: Axes, ends: list[tuple], unit: str) -> None:
    """Names and last values to the right of each line's end, pushed up where two would touch."""
    low, high = axes.get_ylim()
    line, top = (high - low) * _LABEL_GAP, -np.inf
    for when, value, name, colour in sorted(ends, key=lambda end: end[1]):
        text = f"{textwrap.fill(name, _LABEL_CHARACTERS)}\n{number(value, unit)}".strip()
        half = line * (text.count("\n") + 1) / 2
        height = max(value, top + half)
        top = height + half
        axes.annotate(text, (when, height), xytext=(10, 0), textcoords="offset points", ha="left", va="center",
                      color=colour, fontweight="bold", fontsize=10.5, annotation_clip=False)  # fmt: skip


def _mark_withheld(axes: Axes, dates: pd.Series) -> None:
    for when in dates:
        axes.annotate(CONFIDENTIAL, (when, 0.03), xycoords=("data", "axes fraction"), ha="center", fontsize=10)
