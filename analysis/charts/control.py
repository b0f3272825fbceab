"""Control charts: points, mean, natural limits, and special cause marked by shape as well as colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.charts.lines import date_ticks
from analysis.charts.style import (
    DARK_BLUE,
    DARK_GREY,
    HIGHER,
    LOWER,
    QUIET,
    blank,
    house_style,
    nothing_to_show,
    unit_above,
)
from analysis.disclosure import CONFIDENTIAL, Released
from analysis.disclosure.wording import MINUS

# Two lines of a label take this share of the axis; labels are kept from touching.
_LABEL_SHARE = 0.13


@dataclass(frozen=True)
class Limits:
    """What `methods.control_charts` worked out. The mean stands between the limits."""

    mean: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Stretch:
    """Limits from the month `start` on, until the next stretch begins: after a rebase there are several."""

    start: pd.Timestamp
    limits: Limits


def chart(data: Released, x: str, y: str, limits: Limits | None, *, special: str | None = None, words: str = "Number a month",
          floor: float | None = 0.0, decimals: int = 0, stretches: Sequence[Stretch] = ()) -> Figure:  # fmt: skip
    """A control chart of `y` over the dates in `x`; the limits are written with so many `decimals`.

    `special` names a column of text: `higher`, `lower` or blank, for points that the rules call a special cause.
    Limits are drawn no lower than `floor`, because a count can't be. `limits` are the latest; with `stretches` (the
    last of them the latest) each is drawn over its own months.
    """
    with house_style():
        figure, axes = blank(height=3.7)
        rows = data.frame.sort_values(x)
        if limits is None or not rows[y].notna().any():
            nothing_to_show(axes)
            return figure
        lower = limits.lower if floor is None else max(floor, limits.lower)
        axes.plot(rows[x], rows[y].astype("float64"), color=QUIET, linewidth=1.2, zorder=2)
        kinds = pd.Series("", index=rows.index) if special is None else rows[special].fillna("").astype(str)
        for kind, marker, colour, name, size in (
            ("", "o", DARK_BLUE, "usual variation", 26),
            ("higher", "^", HIGHER, "special cause: higher", 58),
            ("lower", "v", LOWER, "special cause: lower", 58),
        ):
            mine = rows[kinds == kind]
            if len(mine):
                axes.scatter(
                    mine[x], mine[y].astype("float64"), marker=marker, color=colour, s=size, zorder=3, label=name
                )
        last = rows[x].iloc[-1]
        every = [one.limits for one in stretches] or [limits]
        top, bottom = max(float(rows[y].max()), *(one.upper for one in every)), min(float(rows[y].min()), lower)
        room = (top - bottom) * 0.12 or 1.0
        axes.set_ylim(bottom - room, top + room)
        at, apart = -np.inf, (top - bottom + 2 * room) * _LABEL_SHARE
        for height, name, dashes in (
            (lower, "lower limit", (0, (5, 3))),
            (limits.mean, "mean", "-"),
            (limits.upper, "upper limit", (0, (5, 3))),
        ):
            if len(stretches) < 2:
                axes.axhline(height, color=DARK_GREY, linewidth=1.1, linestyle=dashes, zorder=1)
            at = max(height, at + apart)
            axes.annotate(f"{name}\n{height:,.{decimals}f}".replace("-", MINUS), (1.0, at), xycoords=("axes fraction", "data"), xytext=(6, 0),
                          textcoords="offset points", va="center", fontsize=9.5, annotation_clip=False)  # fmt: skip
        if len(stretches) > 1:
            _stretches(axes, stretches, rows[x].iloc[0], last, floor)
        axes.set_xlim(rows[x].iloc[0] - pd.Timedelta(days=20), last + pd.Timedelta(days=20))
        for when in rows.loc[data.is_withheld(y)[rows.index], x]:
            axes.annotate(CONFIDENTIAL, (when, 0.02), xycoords=("data", "axes fraction"), ha="center", fontsize=9.5)
        axes.grid(False)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=decimals == 0))
        date_ticks(axes, rows[x])
        axes.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=3, handletextpad=0.2, columnspacing=1.0, fontsize=9.5
        )
        unit_above(axes, words)
        return figure


def _stretches(
    axes: Axes, stretches: Sequence[Stretch], first: pd.Timestamp, last: pd.Timestamp, floor: float | None
) -> None:
    """Each stretch's mean and limits over its own months, and where new ones begin."""
    edge = pd.Timedelta(days=15)
    starts = [max(one.start, first) for one in stretches]
    for one, start, end in zip(stretches, starts, [*starts[1:], last + 2 * edge], strict=True):
        lower = one.limits.lower if floor is None else max(floor, one.limits.lower)
        for height, dashes in ((lower, (0, (5, 3))), (one.limits.mean, "-"), (one.limits.upper, (0, (5, 3)))):
            axes.plot(
                [start - edge, end - edge], [height, height], color=DARK_GREY, linewidth=1.1, linestyle=dashes, zorder=1
            )
    for start in starts[1:]:
        axes.axvline(start - edge, color=QUIET, linewidth=1.0, linestyle=(0, (1.5, 1.5)), zorder=1)
        axes.annotate("new limits", (start - edge, 1.0), xycoords=("data", "axes fraction"), xytext=(4, -2), textcoords="offset points",
                      ha="left", va="top", fontsize=9.5)  # fmt: skip
