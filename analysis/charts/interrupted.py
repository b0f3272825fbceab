"""An interrupted series: months as points, the line fitted on either side of an event, and where the line was heading."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.charts.lines import date_ticks
from analysis.charts.style import DARK_BLUE, DARK_GREY, HIGHER, QUIET, blank, house_style, nothing_to_show, unit_above
from analysis.disclosure import CONFIDENTIAL, Released


def chart(
    data: Released, event: pd.Timestamp | None, event_words: str, *, words: str = "Number a month", why: str = ""
) -> Figure:
    """Columns `month`, `n`, `fitted` and `counterfactual` (missing outside the stretch that was fitted).

    `event` is the first month after; `event_words` names it beside its line. Where there is no event to draw, `why` says so.
    """
    with house_style():
        figure, axes = blank(height=3.9)
        rows = data.frame.sort_values("month")
        if event is None or not rows["n"].notna().any():
            nothing_to_show(axes, why or "No months that can be shown")
            return figure
        axes.scatter(rows["month"], rows["n"].astype("float64"), s=20, color=QUIET, zorder=2, label="months")
        since = rows["month"] >= event
        fitted, heading = rows["fitted"].astype("float64"), rows["counterfactual"].astype("float64")
        for part in (~since, since):
            axes.plot(rows.loc[part, "month"], fitted[part], color=DARK_BLUE, zorder=3,
                      label="fitted, before and since" if part is since else None)  # fmt: skip
        axes.plot(rows.loc[since, "month"], heading[since], color=HIGHER, linestyle=(0, (4, 2)), zorder=3,
                  label="where the line before was heading")  # fmt: skip
        # Between the last month before and the first after: the event's own month counts as after.
        at = event - pd.Timedelta(days=15)
        axes.axvline(at, color=DARK_GREY, linewidth=1.2, linestyle=(0, (1.5, 1.5)), zorder=1)
        axes.annotate(event_words, (at, 1.0), xycoords=("data", "axes fraction"), xytext=(-5, -2), textcoords="offset points",
                      ha="right", va="top", fontsize=9.5)  # fmt: skip
        top = max(float(rows["n"].max()), float(fitted.max()), float(heading.max()))
        axes.set_ylim(0, top * 1.25 or 1)
        for when in rows.loc[data.is_withheld("n")[rows.index], "month"]:
            axes.annotate(CONFIDENTIAL, (when, 0.02), xycoords=("data", "axes fraction"), ha="center", fontsize=9.5)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
        date_ticks(axes, rows["month"])
        axes.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=2, handletextpad=0.5, columnspacing=1.2, fontsize=9.5
        )
        unit_above(axes, words)
        return figure


def describe(data: Released, what: str, event_words: str, verdict: str) -> str:
    """Alternative text: `what` is counted, `verdict` says what the fit found."""
    rows = data.frame[data.frame["n"].notna()].sort_values("month")
    if rows.empty or not event_words:
        return f"Chart of {what} about an event. There is nothing to show. {verdict}".strip()
    hidden = int(data.is_withheld("n").sum())
    withheld = f", {hidden} of them withheld" if hidden else ""
    return (
        f"Monthly {what}, {len(data.frame)} months{withheld}, as points, with a line fitted before and since: {event_words}. A dashed "
        f"line goes on from the line before. {verdict}"
    )
