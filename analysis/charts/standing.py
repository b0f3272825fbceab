"""Where one area lies on many measures at once: a row a measure, on a scale that ends at the outer limits."""

from __future__ import annotations

import textwrap

import numpy as np
from matplotlib.figure import Figure

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

_ROW_INCHES = 0.42
_LABEL_CHARACTERS = 34
_BAND, _CHANCE = "#E4E9EE", "#B9C6D3"
# A little beyond the limits, so that what lies outside them is seen to.
_REACH = 1.25


def chart(data: Released, *, middle: str, ours: str, latest: str) -> Figure:
    """Rows in the frame's order, which says nothing of better or worse.

    Columns: `label`; `published` and `now`, where the figures lie; `chance_low` and `chance_high`, the limits of chance
    alone. All on one scale: 0 is `middle`, 1 and -1 the outer limits of chance with the usual differences between areas.
    `ours` and `latest` name the two marks.
    """
    with house_style():
        rows = data.frame[data.frame["published"].notna()]
        figure, axes = blank(height=max(2.2, 1.5 + _ROW_INCHES * len(rows)))
        if rows.empty:
            nothing_to_show(axes, "No published figures that can be shown")
            return figure
        places = np.arange(len(rows))[::-1]
        low, high = (rows[end].astype("float64").to_numpy() for end in ("chance_low", "chance_high"))
        axes.barh(places, 2, left=-1, height=0.62, color=_BAND, edgecolor=QUIET, linewidth=0.6, label="chance and usual differences, 99.8%")  # fmt: skip
        axes.barh(places, high - low, left=low, height=0.62, color=_CHANCE, hatch="///", edgecolor="white", linewidth=0, label="chance alone, 99.8%")  # fmt: skip
        axes.axvline(0, color=DARK_GREY, linewidth=1.2, zorder=2)
        for column, marker, size, face, edge, label in (
            ("now", "D", 42, "white", DARK_PINK, latest),
            ("published", "*", 190, DARK_BLUE, "white", ours),
        ):
            at = np.clip(rows[column].astype("float64").to_numpy(na_value=np.nan), -_REACH, _REACH)
            axes.scatter(at, places, marker=marker, s=size, facecolors=face, edgecolors=edge, linewidths=1.4 if face == "white" else 0.6, zorder=4, label=label)  # fmt: skip
        axes.set_yticks(places, [textwrap.fill(str(one), _LABEL_CHARACTERS) for one in rows["label"]], fontsize=9.5)
        axes.set_xlim(-_REACH - 0.08, _REACH + 0.08)
        axes.set_ylim(-0.7, len(rows) - 0.3)
        axes.set_xticks([-1, 0, 1], ["lower limit", middle, "upper limit"])
        axes.grid(False)
        axes.legend(loc="upper center", bbox_to_anchor=(0.2, -0.55 / (1 + _ROW_INCHES * len(rows))), ncols=2, fontsize=9.5, handletextpad=0.5, columnspacing=1.2)  # fmt: skip
        unit_above(axes, f"Beside {middle}, each on its own scale")
        return figure


def described(data: Released, *, what: str, name: str, middle: str) -> str:
    """Alternative text: how many measures there are, and where those outside the limits of chance lie."""
    rows = data.frame[data.frame["published"].notna()]
    if rows.empty:
        return f"Chart of where {name} lies on {what}. There is nothing to show."
    at = rows["published"].astype("float64")
    above, below = rows["label"][at > rows["chance_high"]], rows["label"][at < rows["chance_low"]]
    beyond = int((at.abs() > 1).sum())
    said = [
        f"Chart of where {name} lies on {what}: {len(rows)} measures, a row each, on a scale from the lower limit over {middle} to the upper limit.",
        f"Above the limits of chance alone: {'; '.join(above) or 'none'}.",
        f"Below them: {'; '.join(below) or 'none'}.",
        f"Beyond the usual differences between authorities: {beyond or 'none'}.",
    ]
    return " ".join(said)
