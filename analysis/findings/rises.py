"""Why a stock rose: what came in and what went out, period by period, in sums that close."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.policy import is_small
from analysis.disclosure.wording import number
from analysis.findings.values import make_value
from analysis.methods import flows
from analysis.records.tables import TABLES
from analysis.reference.quarters import words

if TYPE_CHECKING:
    from analysis.findings.review import Review

FLOWS = ("opening", "starts", "ends", "residual", "closing", "change")


def flows_between(review: Review, table: str, edges: Sequence[dt.date]) -> pd.DataFrame:
    """The identity of a canonical table's stock between successive dates, a row a period.

    opening + starts - ends + residual = closing, where starts and ends are those after the first date and up to
    the second. Columns: period_start, period_end, and FLOWS. Periods that the deliveries don't cover are left out.
    """
    place, rows = TABLES[table], review.known.table(table)
    begun, ended = rows[place.start], rows[place.end]

    def open_at(day: dt.date) -> int:
        when = pd.Timestamp(day)
        return int(((begun <= when) & ~(ended <= when).fillna(False)).sum())

    def within(dates: pd.Series, after: dt.date, until: dt.date) -> int:
        return int(((dates > pd.Timestamp(after)) & (dates <= pd.Timestamp(until))).sum())

    found = []
    for before, after in itertools.pairwise(edges):
        first = before + dt.timedelta(days=1)
        if review.evidence.covers(table, first, first) and review.evidence.covers(table, first, after):
            sums = flows.identity(
                [open_at(before), open_at(after)], [within(begun, before, after)], [within(ended, before, after)]
            )
            found.append(
                {
                    "period_start": pd.Timestamp(first),
                    "period_end": pd.Timestamp(after),
                    **sums.iloc[0].astype(int).to_dict(),
                }
            )
    kinds = {"period_start": "datetime64[us]", "period_end": "datetime64[us]", **dict.fromkeys(FLOWS, "Int64")}
    return pd.DataFrame(found, columns=list(kinds)).astype(kinds)


@dataclass(frozen=True)
class Rise:
    """The change in a stock between two dates, set against the same months a year before.

    closing = opening + as_before + from_starts + from_ends + residual: `as_before` is what the earlier flows did to
    the stock then; `from_starts` how many more started than then; `from_ends` how many fewer ended. All None where
    either period isn't covered. `starts`, `ends` and their `_before` are the counts that it rests on.
    """

    start: dt.date
    end: dt.date
    opening: int | None = None
    closing: int | None = None
    starts: int | None = None
    ends: int | None = None
    starts_before: int | None = None
    ends_before: int | None = None
    as_before: int | None = None
    from_starts: int | None = None
    from_ends: int | None = None
    residual: int | None = None

    @property
    def total(self) -> int | None:
        return None if self.closing is None or self.opening is None else self.closing - self.opening

    @property
    def counts(self) -> list[int]:
        """Every count that the split rests on."""
        found = (self.opening, self.closing, self.starts, self.ends, self.starts_before, self.ends_before)
        return [count for count in found if count is not None]


def rise_between(review: Review, table: str, start: dt.date, end: dt.date) -> Rise:
    """The rise (or fall) of a table's stock from one date to another, split by what differs from a year before."""
    now = flows_between(review, table, [start, end])
    then = flows_between(review, table, [_year_before(start), _year_before(end)])
    if now.empty or then.empty:
        return Rise(start, end)
    after, before = (
        flows.StockChange(r["opening"], r["starts"], r["ends"], r["closing"]) for r in (now.iloc[0], then.iloc[0])
    )
    parts = {name: int(value) for name, value in flows.change_in_growth(before, after).items()}
    return Rise(
        start, end, int(after.opening), int(after.closing), int(after.starts), int(after.ends), int(before.starts),
        int(before.ends), int(before.change), parts["starts"], parts["ends"], parts["residual"],
    )  # fmt: skip


def steps(rises: Sequence[Rise]) -> pd.DataFrame:
    """Rises one after the other as a waterfall: label, value, kind (`total` or `step`) and `smallest`, the count
    nearest to being withheld that each rests on. Steps of nought for corrected records are left out."""
    found = []
    for rise in rises:
        if rise.total is None:
            continue
        smallest = _smallest(rise)
        told = [("As before", rise.as_before), ("Starts", rise.from_starts), ("Ends", rise.from_ends)]
        told += [("Records", rise.residual)] if rise.residual else []
        if not found:
            found.append((_short(rise.start), rise.opening, "total", smallest))
        found += [(label, value, "step", smallest) for label, value in told]
        found.append((_short(rise.end), rise.closing, "total", smallest))
    return pd.DataFrame(found, columns=["label", "value", "kind", "smallest"]).astype(
        {"value": "Int64", "smallest": "Int64"}
    )


def in_words(review: Review, rise: Rise, what: str) -> str:
    """The rise in one or two sentences. `what` is plural and fits "the number of …"."""
    span = f"between {words(rise.start)} and {words(rise.end)}"
    if rise.total is None:
        return f"How the number of {what} changed {span} can't be split: the records don't reach back a year before."
    frame = pd.DataFrame({"n": rise.counts}).astype("Int64")
    if review.release(frame, counts=["n"]).anything_withheld:
        return f"How the number of {what} changed {span} is withheld, because it rests on a count from 1 to 5."
    if rise.total == 0:
        first = f"The number of {what} was {number(rise.closing, 'count')} on both {words(rise.start)} and {words(rise.end)}."
    else:
        verb = "rose" if rise.total > 0 else "fell"
        first = (
            f"The number of {what} {verb} by {number(abs(rise.total), 'count')}, from {number(rise.opening, 'count')} on "
            f"{words(rise.start)} to {number(rise.closing, 'count')} on {words(rise.end)}."
        )
    starts = _more(rise.from_starts, "started")
    ends = _more(-rise.from_ends, "ended")
    return f"{first} Compared with the same months a year before, {starts} and {ends}."


def _more(difference: int, did: str) -> str:
    if difference == 0:
        return f"as many {did}"
    return f"{number(abs(difference), 'count')} {'more' if difference > 0 else 'fewer'} {did}"


def _short(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"


def _year_before(day: dt.date) -> dt.date:
    return (pd.Timestamp(day) - pd.DateOffset(years=1) + pd.offsets.MonthEnd(0)).date()


PARTS = ("total", "as_before", "from_starts", "from_ends", "residual")
_TITLES = {
    "total": "the change", "as_before": "what the flows of a year before would have done", "from_starts": "from more starting",
    "from_ends": "from fewer ending", "residual": "from corrected records",
}  # fmt: skip


def values(review: Review, rise: Rise, name: str, title: str) -> dict[str, dict]:
    """The rise as values: `<name>.total` and its parts, and `<name>.share_from_ends_percent`, the part of what starts
    and ends added to the flows of a year before that is fewer ending (where both added)."""
    span = f"{words(rise.start)} to {words(rise.end)}"
    found = {
        f"{name}.{part}": make_value(
            review.audience, getattr(rise, part), rests_on=rise.counts, title=f"{title}: {_TITLES[part]}", period=span
        )
        for part in PARTS
    }
    both = rise.from_starts is not None and rise.from_starts > 0 and rise.from_ends > 0
    share = 100 * rise.from_ends / (rise.from_starts + rise.from_ends) if both else None
    found[f"{name}.share_from_ends_percent"] = make_value(
        review.audience,
        share,
        unit="percent",
        rests_on=rise.counts,
        title=f"{title}: share of the growth from fewer ending",
        period=span,
    )
    return found


def table(review: Review, rises: Iterable[Rise]) -> Released:
    """Rises, a row each: period (in words), opening, as_before, from_starts, from_ends, residual, closing; released."""
    names = ["opening", "as_before", "from_starts", "from_ends", "residual", "closing"]
    rows = [
        {
            "period": f"{_short(rise.start)} and {_short(rise.end)}",
            **{name: getattr(rise, name) for name in names},
            "smallest": _smallest(rise),
        }
        for rise in rises
    ]
    frame = pd.DataFrame(rows).astype(dict.fromkeys([*names, "smallest"], "Int64"))
    return review.release(frame, counts=["smallest"], derived=dict.fromkeys(names, ("smallest",)))


def _smallest(rise: Rise) -> int | None:
    """The count that decides whether the split may be shown: one from 1 to 5 if there is any, else the least."""
    return min(rise.counts, key=lambda count: (not bool(is_small(pd.Series([count])).iloc[0]), count), default=None)
