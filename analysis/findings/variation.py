"""Is it a change? Monthly counts, the control chart's limits and signals, and the verdict in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.charts.control import Limits, Stretch
from analysis.disclosure import CONFIDENTIAL, Released
from analysis.disclosure.wording import NOT_AVAILABLE, period
from analysis.findings.measures import table_at_moments, values_of
from analysis.findings.values import make_value
from analysis.indicators import comparable
from analysis.methods import control_charts, rare_events
from analysis.reference import dated_entries
from analysis.reference.quarters import words

if TYPE_CHECKING:
    from analysis.findings.review import Review

# A signal older than this is history, and the verdict is about now.
RECENT_MONTHS = 6


@dataclass(frozen=True)
class Judged:
    """Monthly counts with their limits. `data` has month, n and special (`higher`, `lower` or blank).

    `limits` are the latest; `stretches` all of them, after rebases. `proposal` says in a sentence where new limits might
    begin, or why none do; `made` where they do, with the reasons that were entered.
    """

    data: Released
    limits: Limits | None
    verdict: str
    stretches: tuple[Stretch, ...] = ()
    proposal: str = ""
    made: str = ""


def monthly(review: Review, table: str, date: str) -> pd.DataFrame:
    """Rows of a canonical table by month of `date`, from the first month that is known whole to the quarter's end.

    Columns month (its first day) and n; months with none are there, as nought.
    """
    rows = review.known.table(table)
    dates = rows[date].dropna()
    begins = review.evidence.begins(table)
    if begins is None and dates.empty:
        return pd.DataFrame({"month": pd.Series(dtype="datetime64[us]"), "n": pd.Series(dtype="Int64")})
    # Records that don't say from when they are whole are taken to be so from their first month.
    first = dates.min().to_period("M") if begins is None else pd.Period(begins, "M") + int(begins.day > 1)
    months = pd.period_range(first, pd.Period(review.quarter.end, "M"), freq="M")
    counted = dates.dt.to_period("M").value_counts().reindex(months, fill_value=0)
    return pd.DataFrame({"month": months.to_timestamp().astype("datetime64[us]"), "n": counted.to_numpy()}).astype(
        {"n": "Int64"}
    )


def judge(
    review: Review, months: pd.DataFrame, what: str, *, chart: str | None = None, days: pd.Series | None = None
) -> Judged:
    """A control chart of monthly counts (`monthly`) and what it says of the last six months.

    `what` names what is counted, in the plural: "referrals". An XmR chart; for small counts one with exact Poisson limits.
    `chart` is its name in report/rebases.toml, whose entries begin new limits. `days`, on which each happened, let the
    time between events be judged where they are too seldom for counts.
    """
    if len(months) < 2:
        return Judged(
            review.release(months.assign(special=""), counts=["n"]),
            None,
            f"There are too few months of {what} to judge.",
            proposal=f"There are too few months of {what} to propose new limits.",
        )
    return judge_series(review, months, what, chart=chart, days=days)


def judge_series(review: Review, months: pd.DataFrame, what: str, *, chart: str | None = None, days: pd.Series | None = None,
                 rests_on: Sequence[str] = (), unit: str = "a month") -> Judged:  # fmt: skip
    """As `judge`, of two months or more; where `n` is a difference it `rests_on` other columns of `months`, counts."""
    values = months["n"].to_numpy(float)
    entered = () if chart is None else _entered(review, chart)
    at = [(int((months["month"] < pd.Timestamp(one.month)).sum()), one) for one in entered]
    at = [(position, one) for position, one in at if 0 < position < len(values)]
    positions = [position for position, _ in at]
    suited = rare_events.suited(values) if not rests_on else rare_events.XMR
    drawn = (control_charts.xmr(values, rebase_at=positions) if suited == rare_events.XMR
             else rare_events.count_chart(values, rebase_at=positions))  # fmt: skip
    special = np.where(drawn.special, np.where(drawn.side >= 0, "higher", "lower"), "")
    floor = -np.inf if rests_on else 0.0
    stretches = tuple(
        Stretch(months["month"].iloc[first], Limits(float(drawn.mean[first]), float(max(floor, drawn.lower[first])), float(drawn.upper[first])))
        for first in [0, *positions]
    )  # fmt: skip
    total = [int(np.nansum(months[name])) for name in (rests_on or ["n"])]
    data = _released(review, months.assign(special=special), rests_on)
    proposal = control_charts.propose_rebase(values, rebase_at=positions)
    return Judged(
        data, stretches[-1].limits, _verdict(review, drawn, special, what, total, suited, days, unit, stretches[-1].start), stretches,
        _proposed(review, months, proposal, what, total, unit), " ".join(_made(one) for _, one in at),
    )  # fmt: skip


def _released(review: Review, months: pd.DataFrame, rests_on: Sequence[str]) -> Released:
    if not rests_on:
        return review.release(months, counts=["n"])
    return review.release(months, counts=rests_on, derived={"n": rests_on}).only("month", "n", "special")


def _entered(review: Review, chart: str) -> tuple[dated_entries.Rebase, ...]:
    """The rebases that had been entered when an edition about the quarter was made."""
    return dated_entries.rebases(review.authority.code, chart, comparable.published_by(review.quarter.end))


def _made(one: dated_entries.Rebase) -> str:
    return f"The limits begin anew in {one.month:%B %Y} (entered {words(one.entered)} by the {one.by}): {one.reason.rstrip('.')}."


def _proposed(review: Review, months: pd.DataFrame, found: control_charts.Proposal | None, what: str, total: list[int],
              unit: str) -> str:  # fmt: skip
    """Where new limits might begin, in a sentence: the software proposes and people decide."""
    if found is None:
        return f"No new limits are proposed for {what}."
    old, new = (
        make_value(review.audience, value, unit="mean", rests_on=total)["text"] for value in (found.before, found.after)
    )
    moved = (
        f"The level of {what} seems to have moved in {months['month'].iloc[found.at]:%B %Y}, from {old} to {new} {unit}"
    )
    if not found.steady:
        return f"{moved}, but it hasn't been steady in the {found.points} months since: it is too early for new limits."
    trial = (
        ""
        if found.firm
        else f" With fewer than {control_charts.FEWEST_FOR_FIRM_LIMITS} months they would be a first trial."
    )
    return (
        f"{moved}, and has been steady in the {found.points} months since. New limits from there may be worth having, if it is known why: "
        f"they are made only by an entry with a reason in report/rebases.toml.{trial}"
    )


def monthly_values(review: Review, judged: Judged, name: str, title: str) -> dict[str, dict]:
    """The chart's mean, limits and latest month as values: `<name>.mean` and so on."""
    limits, rows = judged.limits, judged.data.frame
    span = f"{period(rows['month'].iloc[0], review.quarter.end)}" if len(rows) else ""
    usual = sum(rows["n"].dropna()) if len(rows) else None
    found = {
        part: make_value(review.audience, getattr(limits, field, None), unit="mean" if part == "mean" else "count",
                         rests_on=[usual], title=f"{title}, {words}", period=span)
        for part, field, words in (("mean", "mean", "mean"), ("lower_limit", "lower", "lower limit"), ("upper_limit", "upper", "upper limit"))
    }  # fmt: skip
    latest = rows["n"].iloc[-1] if len(rows) else None
    hidden = bool(judged.data.is_withheld("n").iloc[-1]) if len(rows) else False
    # What is withheld in the chart's data is withheld here: any count from 1 to 5 stands for it.
    found["latest"] = make_value(review.audience, latest, rests_on=[1 if hidden else latest], title=f"{title}, latest",
                                 period=f"{review.quarter.end:%B %Y}")  # fmt: skip
    return {f"{name}.{part}": value for part, value in found.items()}


def records_begin(review: Review, table: str) -> str:
    """From when measures over twelve months can be computed, in a sentence."""
    begins = review.evidence.begins(table)
    if begins is None:
        return "The records don't say from when they are whole."
    first = begins if begins.day == 1 else (pd.Period(begins, "M") + 1).start_time.date()
    ends = (pd.Timestamp(first) + pd.DateOffset(years=1) - pd.Timedelta(days=1)).date()
    return f"The records are whole from {words(begins)}, so measures over twelve months begin with the year to {words(ends)}."


def _verdict(review: Review, drawn: control_charts.XmR | rare_events.CountChart, special: np.ndarray, what: str, total: list[int],
             suited: str, days: pd.Series | None, unit: str, since: pd.Timestamp) -> str:  # fmt: skip
    recent = special[-RECENT_MONTHS:]
    caution = []
    if drawn.trial[-1]:
        caution.append(f"With fewer than {control_charts.FEWEST_FOR_FIRM_LIMITS} months the limits are a first trial.")
    if suited != rare_events.XMR:
        caution.append("The numbers are small, so the limits are exact ones for counts that come by chance.")
    if suited == rare_events.TIMES:
        caution.append(_times(days, what))
    mean = make_value(review.audience, float(drawn.mean[-1]), unit="mean", rests_on=total)["text"]
    over = f"Over the last {'six' if len(special) >= RECENT_MONTHS else len(special)} months {what}"
    if set(recent) <= {""}:
        said = f"{over} have stayed within usual variation; the average since {since:%B %Y} is {mean} {unit}. There is no sign of a change."
    else:
        ways = sorted(set(recent) - {""})
        way = ways[0] if len(ways) == 1 else "both higher and lower"
        said = f"{over} have been {way} than usual, beside an average of {mean} {unit} since {since:%B %Y}: something has changed."
    return " ".join([said, *(one for one in caution if one)])


def _times(days: pd.Series | None, what: str) -> str:
    """What the days from one event to the next say, where there is less than one a month."""
    if days is None:
        return ""
    times = rare_events.times_between(days.dropna())
    if len(times) < rare_events.FEWEST_TIMES:
        return f"There are too few {what} to judge the time from one to the next."
    chart = rare_events.time_chart(times)
    recent = slice(-rare_events.FEWEST_TIMES // 2, None)
    if chart.sooner[recent].any():
        return f"The latest {what} have followed each other sooner than before."
    if chart.later[recent].any():
        return f"The latest {what} have followed each other later than before."
    return f"The time from one to the next of {what} is as usual."


def compared(review: Review, indicator: str, earlier: str = "year_ago") -> str:
    """A sentence on a percentage now and at an earlier moment: higher, lower, or within what chance alone gives.

    The test is Newcombe's: chance suffices where the 95% limits of the difference, made of each share's Wilson
    limits, have nought between them. Source: Newcombe, Statistics in Medicine 17 (1998), 873-890, method 10.
    """
    table = table_at_moments(review, [indicator])
    values = values_of(review, table, {indicator: indicator})
    texts = [values[f"{indicator}.{moment}"]["text"] for moment in ("now", earlier)]
    now, then = (table.set_index("moment").loc[moment] for moment in ("now", earlier))
    days = [words(row["period_end"]) for row in (now, then)]
    opening = f"The share was {texts[0]} on {days[0]}"
    if texts[0] == NOT_AVAILABLE:
        return f"The share on {days[0]} is not available."
    if texts[1] == NOT_AVAILABLE:
        return f"{opening}; there is no figure for {days[1]} to compare it with."
    if CONFIDENTIAL in texts:
        return f"{opening} and {texts[1]} on {days[1]} (c: withheld), which are too few to compare."
    if texts[0] == texts[1]:
        return f"The share was {texts[0]} on both {days[0]} and {days[1]}."
    gap = now["value"] - then["value"]
    down = np.hypot(now["value"] - now["lower"], then["upper"] - then["value"])
    up = np.hypot(now["upper"] - now["value"], then["value"] - then["lower"])
    if gap - down <= 0 <= gap + up:
        return f"{opening} and {texts[1]} on {days[1]}: the difference is within what chance alone would give."
    return f"{opening} and {texts[1]} on {days[1]}: {'higher' if gap > 0 else 'lower'}, by more than chance alone would give."
