"""Categories of abuse for which child protection plans begin, month by month and quarter by quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.charts.control import Limits
from analysis.disclosure import CONFIDENTIAL, Released, Structure, policy
from analysis.disclosure.wording import listed, number, period
from analysis.findings.measures import year_to
from analysis.findings.values import make_value
from analysis.indicators.breakdowns import CATEGORY_OF_ABUSE
from analysis.methods import gathered_times, rate_changes
from analysis.methods.masks import certain
from analysis.reviews.missing.records import MONTHS_SHOWN, PLANS, by_month

if TYPE_CHECKING:
    from analysis.findings.review import Review

_QUARTERS = 9
_REST = ("PHY", "SAB", "MUL")
SEXUAL = "SAB"
SIGNIFICANT = 0.05


def _days(review: Review) -> dict[str, pd.Series]:
    rows = review.known.table(PLANS)
    return {code: rows.loc[certain(rows["initial_category"] == code), "start_date"] for code in CATEGORY_OF_ABUSE}


def months(review: Review) -> Released:
    """Plans started in the last twelve months by category, the rarer ones together: month, neglect, emotional, rest."""
    days = _days(review)
    together = pd.concat([days[code] for code in _REST])
    kinds = {"neglect": days["NEG"], "emotional": days["EMO"], "rest": together}
    frame = by_month(review, PLANS, kinds).tail(MONTHS_SHOWN).iloc[::-1].reset_index(drop=True)
    frame = frame.assign(all=frame[list(kinds)].sum(axis=1).astype("Int64"))
    # All plans of a month, each category's quarter and its twelve months stand in other tables.
    adds = Structure(columns={"all": list(kinds)}, within=["quarter"], elsewhere=["all"])
    return review.release(frame, counts=[*kinds, "all"], adds=adds).only("month", *kinds)


def quarters(review: Review) -> tuple[Released, dict[str, str]]:
    """Plans started by category in each of the last quarters: `date` (its end), a column a category; and their words."""
    names = {code.lower(): words for code, words in CATEGORY_OF_ABUSE.items()}
    frame = by_month(review, PLANS, {code.lower(): one for code, one in _days(review).items()})
    whole = frame.groupby("quarter", sort=False).agg({"month": ["last", "size"], **dict.fromkeys(names, "sum")})
    whole.columns = ["date", "months", *names]
    # A quarter whose first months lie before the records begin isn't whole.
    whole = whole[whole["months"] == 3].drop(columns="months").tail(_QUARTERS).reset_index(drop=True)
    whole = whole.astype(dict.fromkeys(names, "Int64")).assign(all=whole[list(names)].sum(axis=1).astype("Int64"))
    adds = Structure(columns={"all": list(names)}, elsewhere=["all"])
    return review.release(whole, counts=[*names, "all"], adds=adds).only("date", *names), names


def sexual_abuse(review: Review) -> tuple[Released, Limits | None, str]:
    """The days that each so many plans for sexual abuse took to come, their chart's limits, and the verdict in words.

    So many are gathered to a point that none is a small number.
    """
    many = policy.rule().largest + 1
    begins = review.evidence.begins(PLANS)
    days = _days(review)[SEXUAL].dropna().sort_values()
    if begins is not None:
        days = days[days >= pd.Timestamp(begins)]
    blank = pd.DataFrame({"month": pd.Series(dtype="datetime64[us]"), "days": pd.Series(dtype="float64"),
                          "plans": pd.Series(dtype="Int64"), "special": pd.Series(dtype="str")})  # fmt: skip
    derived = {"days": ["plans"]}
    start = begins if begins is not None else days.min() if len(days) else None
    if start is None or len(days) < 2 * many:
        said = "There are too few plans for sexual abuse to judge whether they have become more or less frequent."
        return review.release(blank, counts=["plans"], derived=derived), None, said
    offsets = (days - pd.Timestamp(start)).dt.days.to_numpy(float)
    chart = gathered_times.chart(offsets, many)
    last = days.to_numpy()[many - 1 :: many][: len(chart.times)]
    frame = pd.DataFrame({
        "month": pd.Series(last).dt.to_period("M").dt.to_timestamp().astype("datetime64[us]"), "days": chart.times,
        "plans": pd.Series(many, index=range(len(chart.times)), dtype="Int64"),
        "special": pd.Series(np.where(chart.sooner, "lower", np.where(chart.later, "higher", "")), dtype="str"),
    })  # fmt: skip
    limits = Limits(chart.mean, chart.lower, chart.upper)
    watched = (pd.Timestamp(review.quarter.end) - pd.Timestamp(start)).days + 1
    score, p = gathered_times.trend(offsets, watched)
    way = "" if p >= SIGNIFICANT else "sooner and sooner" if score > 0 else "later and later"
    return review.release(frame, counts=["plans"], derived=derived), limits, _verdict(chart, many, way)


def _verdict(chart: gathered_times.GatheredTimes, many: int, trend: str) -> str:
    """What the latest point says, and whether the whole series has a direction (`trend`, in words, or blank)."""
    opening = f"On average it took {number(chart.mean, 'count')} days for {many} plans for sexual abuse to begin"
    way = "sooner" if chart.sooner[-1] else "later" if chart.later[-1] else ""
    said = [
        f"the latest came {way} than chance alone would give"
        if way
        else f"the latest {many} didn't come sooner or later than chance could give"
    ]
    if trend:
        said.append(
            f"but over the whole time they came {trend}, by more than chance"
            if not way
            else f"over the whole time they came {trend}"
        )
    first = " With so few points the limits are a first trial." if chart.trial else ""
    if not way and not trend:
        return f"{opening}, and the latest came about as usual: there is no sign of a change.{first}"
    return f"{opening}; {', '.join(said)}.{first}"


def described(data: Released, limits: Limits | None, verdict: str, what: str) -> str:
    """Alternative text of the chart of gathered times."""
    if limits is None or data.frame.empty:
        return f"Control chart of {what}. There is nothing to show. {verdict}"
    last = data.frame.iloc[-1]
    return (
        f"Control chart of {what}, {len(data.frame)} points. The mean is {number(limits.mean, 'count')} days and usual variation lies "
        f"between {number(limits.lower, 'count')} and {number(limits.upper, 'count')}. The latest is {number(last['days'], 'count')}. {verdict}"
    )


def in_words(review: Review) -> str:
    """Which categories began more or fewer plans in the year than in the year before, beyond chance."""
    (first, last), (before, _) = (year_to(review.quarter.shift(-4 * back)) for back in (0, 1))
    if not review.evidence.covers(PLANS, before.date(), last.date()):
        return "Two years of plans aren't known whole, so the categories can't be set beside the year before."
    told: dict[str, list[str]] = {"more": [], "fewer": []}
    hidden = False
    for code, one in _days(review).items():
        now, then = (int(one.between(*year_to(review.quarter.shift(-4 * back))).sum()) for back in (0, 1))
        if now + then == 0:
            continue
        if rate_changes.rate_change(then, 1.0, now, 1.0).p >= SIGNIFICANT / len(CATEGORY_OF_ABUSE):
            continue
        texts = [make_value(review.audience, n)["text"] for n in (now, then)]
        hidden |= CONFIDENTIAL in texts
        told["more" if now > then else "fewer"].append(
            f"{CATEGORY_OF_ABUSE[code].lower()} ({texts[0]}, after {texts[1]})"
        )
    span = period(first, last)
    if not any(told.values()):
        return f"In {span} no category of abuse began more or fewer plans than the year before by more than chance would give."
    note = " (c: withheld)" if hidden else ""
    said = " and ".join(f"{way} plans began for {listed(kinds)}" for way, kinds in told.items() if kinds)
    return (
        f"In {span} {said} than in the year before{note}: more of a difference than chance would give, even allowing for having looked at "
        "five categories. Brothers and sisters come together, so one that is only just beyond chance is weaker than it looks."
    )
