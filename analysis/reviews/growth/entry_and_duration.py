"""The other way to split a rise: do more children come, or do they stay longer? Population, entry rate and duration."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.policy import is_small_one
from analysis.disclosure.wording import listed, number
from analysis.findings.values import make_value
from analysis.methods import flows
from analysis.reference import populations
from analysis.reference.project import UserError
from analysis.reference.quarters import words
from analysis.reviews.growth.arithmetic import flows_between

if TYPE_CHECKING:
    from analysis.findings.review import Review

PARTS = {"population": "Population", "entry_rate": "Entry rate", "duration": "Time on a plan"}
_YEAR_DAYS = 365.25
_RATE_PER = 10_000


@dataclass(frozen=True)
class Balance:
    """A stock with the starts of the twelve months before it, and the children who live in the area (None where that
    isn't held)."""

    day: dt.date
    stock: int
    starts: int
    population: int | None

    @property
    def days(self) -> float:
        """How long each start would have to last for so many to give such a stock."""
        return _YEAR_DAYS * self.stock / self.starts if self.starts else float("nan")

    @property
    def rate(self) -> float:
        return _RATE_PER * self.starts / self.population if self.population else float("nan")

    @property
    def factors(self) -> dict[str, float]:
        people = float(self.population or 1)
        return {"population": people, "entry_rate": self.starts / people, "duration": self.days / _YEAR_DAYS}


def balances(review: Review, table: str, days: list[dt.date]) -> list[Balance]:
    """The balance at each of `days`, as its own delivery knew it; days that the deliveries don't cover are left out."""
    found = []
    for day in days:
        year = flows_between(
            review, table, [(pd.Timestamp(day) - pd.DateOffset(years=1) + pd.offsets.MonthEnd(0)).date(), day]
        )
        if len(year):
            found.append(
                Balance(day, int(year["closing"].iloc[0]), int(year["starts"].iloc[0]), _population(review, day))
            )
    return found


def _population(review: Review, day: dt.date) -> int | None:
    ons, mid_year = review.authority.ons, populations.preceding(day)
    try:
        return populations.population(ons, mid_year, populations.in_force(ons, mid_year, day))
    except UserError:
        return None


def split(before: Balance, after: Balance) -> dict[str, int] | None:
    """The change in the stock shared out to PARTS in whole children that add up to it; None where a stock or its starts
    are nought. Where the population isn't known all of entry counts as entry rate.

    Method: stock = population x entry rate x duration (Little's law), and logarithmic mean weights, which leave nothing
    over. Trap: duration here is what the stock and the starts imply; after a sudden change it lags behind the true one.
    """
    first, last = (Balance(one.day, one.stock, one.starts, one.population if before.population and after.population else None)
                   for one in (before, after))  # fmt: skip
    try:
        parts = flows.product_change(first.factors, last.factors)
    except ValueError:
        return None
    parts.pop("total")
    return flows.whole_parts(parts)


def steps(found: list[Balance]) -> pd.DataFrame:
    """Balances one after the other as a waterfall: label, value, kind, smallest (the count that all of it rests on)."""
    rows = []
    smallest = _smallest(found)
    for before, after in itertools.pairwise(found):
        parts = split(before, after)
        if parts is None:
            continue
        if not rows:
            rows.append((_short(before.day), before.stock, "total", smallest))
        rows += [
            (PARTS[name], value, "step", smallest) for name, value in parts.items() if value or name != "population"
        ]
        rows.append((_short(after.day), after.stock, "total", smallest))
    return pd.DataFrame(rows, columns=["label", "value", "kind", "smallest"]).astype(
        {"value": "Int64", "smallest": "Int64"}
    )


def values(review: Review, before: Balance | None, after: Balance | None, name: str) -> dict[str, dict]:
    """`<name>.from_population`, `.from_entry_rate` and `.from_duration`."""
    parts = None if before is None or after is None else split(before, after)
    span = f"{words(before.day)} to {words(after.day)}" if parts else ""
    counts = [one for balance in (before, after) if balance for one in (balance.stock, balance.starts)]
    return {
        f"{name}.from_{part}": make_value(review.audience, parts and parts[part], rests_on=counts or [None], period=span,
                                          title=f"Child protection plans: the change, from {called.lower()}")
        for part, called in PARTS.items()
    }  # fmt: skip


def table(review: Review, found: list[Balance]) -> Released:
    """A row a balance: day, stock, starts, rate (per 10,000), days, and the parts of the change since the row above."""
    rows = []
    for position, one in enumerate(found):
        parts = split(found[position - 1], one) if position else None
        rows.append({"day": pd.Timestamp(one.day), "stock": one.stock, "starts": one.starts, "rate": one.rate, "days": one.days,
                     **{name: parts[name] if parts else None for name in PARTS},
                     "smallest": _smallest(found[max(0, position - 1): position + 1])})  # fmt: skip
    counts = ["stock", "starts", "smallest"]
    frame = pd.DataFrame(rows, columns=["day", "stock", "starts", "rate", "days", *PARTS, "smallest"])
    frame = frame.astype(
        {**dict.fromkeys([*counts, *PARTS], "Int64"), "rate": "float64", "days": "float64", "day": "datetime64[us]"}
    )
    rests = {"rate": ("starts",), "days": ("stock", "starts"), **dict.fromkeys(PARTS, ("smallest",))}
    return review.release(frame, counts=counts, derived=rests)


def in_words(review: Review, before: Balance | None, after: Balance | None) -> str:
    """The split in a sentence."""
    parts = None if before is None or after is None else split(before, after)
    if parts is None:
        return "Whether more children came onto a plan or stayed longer can't be worked out: a year's starts aren't known for both dates."
    span = f"Between {words(before.day)} and {words(after.day)}"
    counts = pd.DataFrame({"n": [before.stock, before.starts, after.stock, after.starts]}).astype("Int64")
    if review.release(counts, counts=["n"]).anything_withheld:
        return f"{span} the split between entry and time on a plan is withheld, so that no count from 1 to 5 can be worked out from it."
    change = after.stock - before.stock
    verb = "rose by" if change > 0 else "fell by" if change < 0 else "came out the same, a change of"
    told = []
    if parts["population"]:
        there = _way(parts["population"], "more", "fewer", "as many")
        told.append(f"{number(parts['population'], 'count')} because {there} children live here")
    often = _way(parts["entry_rate"], "more often", "less often", "as often")
    told.append(f"{number(parts['entry_rate'], 'count')} because children came onto a plan {often}")
    long = _way(parts["duration"], "longer", "less long", "as long")
    told.append(f"{number(parts['duration'], 'count')} because plans lasted {long}")
    return f"{span} the number of plans {verb} {number(abs(change), 'count')}: {listed(told)}."


def _way(part: int, up: str, down: str, same: str) -> str:
    return up if part > 0 else down if part < 0 else same


def _smallest(found: list[Balance]) -> int | None:
    counts = [count for one in found for count in (one.stock, one.starts)]
    return min(counts, key=lambda count: (not is_small_one(count), count), default=None)


def _short(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
