"""Section 1 of the growth review: are starts, ends and the number of plans a change, or as variable as ever?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.charts import control, describe
from analysis.disclosure.wording import listed
from analysis.findings import variation
from analysis.methods import control_charts

if TYPE_CHECKING:
    from analysis.findings.review import Review

TABLE = "protection_plans"
STOCK_FIGURE = "fig-child-protection-growth-monthly-stock"
# The number of plans is last month's with this month's starts and ends: its points follow from each other.
DEPENDENT = (
    "The number of plans at a month's end is mostly last month's, so its points aren't independent and a chart of it would call "
    "a drift a signal. What is judged here is how much it changes each month."
)


def record(review: Review) -> str:
    """Records the three charts with their verdicts and values, `rebases_in_words` and `change_in_words`; gives back
    the last, which answers the section's question."""
    judged = {way: _flow(review, way, date) for way, date in {"starts": "start_date", "ends": "end_date"}.items()}
    judged["stock"] = _stock(review)
    review.statement("rebases_in_words", " ".join(_rebases(one) for one in judged.values()))
    return review.statement("change_in_words", in_words(judged))


def _flow(review: Review, way: str, date: str) -> variation.Judged:
    what = f"plans {way[:-1]}ing"
    days = review.known.table(TABLE)[date]
    found = variation.judge(
        review, variation.monthly(review, TABLE, date), what, chart=what.replace(" ", "-"), days=days
    )
    review.figure(
        f"fig-child-protection-growth-monthly-{way}",
        control.chart(found.data, "month", "n", found.limits, special="special", words=f"Plans {way[:-1]}ing a month", stretches=found.stretches),
        caption=f"Plans {way[:-1]}ing each month, with the limits of usual variation",
        alt=describe.control(found.data, "month", "n", found.limits, _told(found), what), data=found.data,
    )  # fmt: skip
    review.statement(f"{way}_verdict", _told(found))
    review.values(variation.monthly_values(review, found, f"monthly_{way}", f"Plans {way[:-1]}ing a month"))
    return found


def _stock(review: Review) -> variation.Judged:
    months = net_change(variation.monthly(review, TABLE, "start_date"), variation.monthly(review, TABLE, "end_date"))
    what = "changes in the number of plans"
    if len(months) < 2:
        found = variation.judge(review, months[["month", "n"]], what)
    else:
        found = variation.judge_series(
            review, months, what, chart="plans-open", rests_on=["starts", "ends"], unit="plans a month"
        )
    review.figure(
        STOCK_FIGURE,
        control.chart(found.data, "month", "n", found.limits, special="special", words="Plans starting less plans ending, a month",
                      floor=None, stretches=found.stretches),
        caption="How much the number of plans changed each month, with the limits of usual variation",
        alt=describe.control(found.data, "month", "n", found.limits, _told(found), "how much the number of plans changed"), data=found.data,
    )  # fmt: skip
    review.statement("stock_verdict", f"{_told(found)} {DEPENDENT}")
    return found


def net_change(starts: pd.DataFrame, ends: pd.DataFrame) -> pd.DataFrame:
    """Starts less ends by month, over the months that both have: month, n, starts, ends."""
    both = starts.merge(ends, on="month", suffixes=("_in", "_out")).rename(columns={"n_in": "starts", "n_out": "ends"})
    return both.assign(n=both["starts"] - both["ends"])[["month", "n", "starts", "ends"]]


def in_words(judged: dict[str, variation.Judged]) -> str:
    """Which of the three have changed and since when, which did earlier, and what a chart can't say."""
    names = {"starts": "plans starting", "ends": "plans ending", "stock": "the pace at which the number of plans grows"}
    charted = {way: one for way, one in judged.items() if one.limits is not None}
    if not charted:
        return "There are too few months to say whether anything has changed."
    changed = [f"{names[way]}{_since(one)}" for way, one in charted.items() if _lately(one)]
    same = [names[way] for way, one in charted.items() if not _lately(one)]
    now = "Over the last six months the charts show "
    now += f"a change in {listed(changed)}" if changed else ""
    now += " and " if changed and same else ""
    now += f"{'none' if changed else 'no change'} in {_or(same)}" if same else ""
    earlier = [
        f"{names[way]} {'was' if way == 'stock' else 'were'} {run.side} than usual from {run.first:%B %Y} to {run.last:%B %Y}"
        for way, one in charted.items()
        for run in runs(one)
        if not run.lasting
    ]
    before = f" Earlier, {listed(earlier)}." if earlier else ""
    return f"{now}.{before} A chart says that something has changed and since when, never what."


@dataclass(frozen=True)
class Run:
    """Months marked on one side without a break, `lasting` where they reach into the last six."""

    side: str
    first: pd.Timestamp
    last: pd.Timestamp
    lasting: bool


def runs(one: variation.Judged) -> list[Run]:
    """Signals that lasted as long as a run, in order of time."""
    rows = one.data.frame[["month", "special"]].reset_index(drop=True)
    number = (rows["special"] != rows["special"].shift()).cumsum()
    recent = len(rows) - variation.RECENT_MONTHS
    return [
        Run(part["special"].iloc[0], part["month"].iloc[0], part["month"].iloc[-1], bool(part.index[-1] >= recent))
        for _, part in rows.groupby(number)
        if part["special"].iloc[0] and len(part) >= control_charts.RUN
    ]


def _since(one: variation.Judged) -> str:
    going = [run for run in runs(one) if run.lasting]
    return f" ({going[-1].side} since {going[-1].first:%B %Y})" if going else ""


def _lately(one: variation.Judged) -> bool:
    return bool((one.data.frame["special"].tail(variation.RECENT_MONTHS) != "").any())


def _told(one: variation.Judged) -> str:
    return f"{one.verdict} {one.made}".strip()


def _rebases(one: variation.Judged) -> str:
    return f"{one.made} {one.proposal}".strip()


def _or(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
