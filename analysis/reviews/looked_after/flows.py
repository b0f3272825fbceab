"""Starting and ceasing to be looked after: month by month, and year by year so that the numbers add up.

Periods of care are counted, so that a child who came twice in a year came twice; the indicators count children.
"""

from __future__ import annotations

import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import day, number
from analysis.findings.values import make_value
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import periods_from_episodes
from analysis.methods.masks import certain
from analysis.reference.quarters import Quarter

STARTED, ENDED = "start_date", "end_date"
# Twelve months to the quarter's end, and as many such years before it.
YEARS = 3
_COUNTS = ("opening", "started", "ended", "closing")


def monthly(evidence: Evidence, date: str, quarter: Quarter) -> pd.DataFrame:
    """Periods of care by month of `date` (STARTED or ENDED), from the first month that is known whole: month, n."""
    begins = evidence.begins("care_episodes")
    rows = evidence.once(periods_from_episodes)[date].dropna()
    if begins is None and rows.empty:
        return pd.DataFrame({"month": pd.Series(dtype="datetime64[us]"), "n": pd.Series(dtype="Int64")})
    first = rows.min().to_period("M") if begins is None else pd.Period(begins, "M") + int(begins.day > 1)
    months = pd.period_range(first, pd.Period(quarter.end, "M"), freq="M")
    counted = rows.dt.to_period("M").value_counts().reindex(months, fill_value=0)
    return pd.DataFrame({"month": months.to_timestamp().astype("datetime64[us]"), "n": counted.to_numpy()}).astype(
        {"n": "Int64"}
    )


def years(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """A row for each twelve months that are known whole, the latest last: period_end, opening, started, ended, closing.
    What was there at the start, less who left, with who came, is what was there at the end."""
    rows, found = evidence.once(periods_from_episodes), []
    for back in range(YEARS - 1, -1, -1):
        last = quarter.shift(-4 * back).end
        before = quarter.shift(-4 * (back + 1)).end
        if not evidence.covers("care_episodes", quarter.shift(-4 * (back + 1) + 1).start, last):
            continue
        start, end = rows["start_date"], rows["end_date"]
        then, now = pd.Timestamp(before), pd.Timestamp(last)
        found.append({
            "period_end": now,
            "opening": (certain(start <= then) & ~certain(end <= then)).sum(),
            "started": certain((start > then) & (start <= now)).sum(),
            "ended": certain((end > then) & (end <= now)).sum(),
            "closing": (certain(start <= now) & ~certain(end <= now)).sum(),
        })  # fmt: skip
    frame = pd.DataFrame(found, columns=["period_end", *_COUNTS])
    return frame.astype({"period_end": "datetime64[us]", **dict.fromkeys(_COUNTS, "Int64")})


def release(review, frame: pd.DataFrame) -> Released:
    return review.release(
        frame, counts=_COUNTS,
        adds=Structure(columns={"closing": ["opening", "started", "-ended"]}, carried={"opening": "closing"}),
    )  # fmt: skip


def in_words(review, released: Released) -> str:
    """What starting and ceasing did to the number over the latest twelve months, beside the twelve before."""
    if released.frame.empty:
        return f"The episodes of care aren't known for the whole of the year to {day(review.quarter.end)}, so who came and who left can't be set against each other."
    hidden = released.withheld.any(axis=1)
    rows = released.frame
    now = rows.iloc[-1]
    if hidden.iloc[-1]:
        return (
            f"In the year to {day(now['period_end'])} too few children came or left for their numbers to be shown (c)."
        )
    text = {name: number(now[name], "count") for name in _COUNTS}
    gap = int(now["closing"] - now["opening"])
    moved = "stayed at" if gap == 0 else f"{'rose' if gap > 0 else 'fell'} from {text['opening']} to"
    said = (
        f"In the year to {day(now['period_end'])}, {text['started']} periods of care began and {text['ended']} ended, so "
        f"that the number of children looked after {moved} {text['closing']}."
    )
    if len(rows) < 2 or hidden.iloc[-2]:
        return said
    then = rows.iloc[-2]
    came, left = int(now["started"] - then["started"]), int(now["ended"] - then["ended"])
    return (
        f"{said} In the year before, {number(then['started'], 'count')} began and {number(then['ended'], 'count')} ended: "
        f"{_more(came)} came and {_more(left)} left."
    )


def values(review, released: Released) -> dict[str, dict]:
    """`latest_year.started`, `.ended` and `.change`: periods of care begun and ended in the twelve months, and what that
    did to the number looked after."""
    titles = {"started": "Periods of care begun", "ended": "Periods of care ended"}
    rows = released.frame
    hidden = bool(len(rows)) and bool(released.withheld.iloc[-1].any())
    about = {"period": f"the year to {day(rows['period_end'].iloc[-1])}"} if len(rows) else {}
    found = {}
    for name, title in titles.items():
        # What is withheld in the table is withheld here: any count from 1 to 5 stands for it.
        shown = None if rows.empty else (1 if hidden else rows[name].iloc[-1])
        found[f"latest_year.{name}"] = make_value(review.audience, shown, title=title, **about)
    change = None if rows.empty or hidden else int(rows["closing"].iloc[-1] - rows["opening"].iloc[-1])
    found["latest_year.change"] = make_value(
        review.audience, change, rests_on=[1 if hidden else 0], title="Change in the number looked after", **about
    )
    return found


def _more(difference: int) -> str:
    if difference == 0:
        return "as many"
    return f"{number(abs(difference), 'count')} {'more' if difference > 0 else 'fewer'}"
