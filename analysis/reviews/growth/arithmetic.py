"""Why a stock rose: what came in and what went out, in sums that close, as each period's own delivery knew them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.policy import is_small_one
from analysis.disclosure.wording import listed, number
from analysis.findings.values import make_value
from analysis.indicators.evidence import Evidence
from analysis.methods import flows
from analysis.methods.masks import certain
from analysis.records.history import Known
from analysis.records.tables import TABLES
from analysis.reference.quarters import Quarter, words

if TYPE_CHECKING:
    from analysis.findings.review import Review

FLOWS = ("opening", "starts", "ends", "residual", "closing", "change")
# The same as all deliveries know it by now.
NOW = ("starts_now", "ends_now", "closing_now")


@dataclass(frozen=True)
class Then:
    """A canonical table with a beginning and an end, as one delivery knew it."""

    table: str
    known: Known

    def covers(self, first: dt.date, last: dt.date) -> bool:
        return Evidence(self.known).covers(self.table, first, last)

    def _dates(self) -> tuple[pd.Series, pd.Series]:
        place, rows = TABLES[self.table], self.known.table(self.table)
        return rows[place.start], rows[place.end]

    def open_at(self, day: dt.date) -> int:
        """How many were open at the end of a day; one that ended on the day has ended."""
        begun, ended = self._dates()
        when = pd.Timestamp(day)
        return int((certain(begun <= when) & ~certain(ended <= when)).sum())

    def started(self, after: dt.date, until: dt.date) -> int:
        return _within(self._dates()[0], after, until)

    def ended(self, after: dt.date, until: dt.date) -> int:
        return _within(self._dates()[1], after, until)


def _within(dates: pd.Series, after: dt.date, until: dt.date) -> int:
    return int((certain(dates > pd.Timestamp(after)) & certain(dates <= pd.Timestamp(until))).sum())


def known_then(review: Review, table: str, day: dt.date) -> Then:
    """The table as the delivery of the quarter that ends on `day` knew it; as known now where there was none."""
    quarter = Quarter.containing(day)
    own = review.history is not None and quarter.end == day and quarter in review.history.quarters
    return Then(table, review.known_at(quarter) if own else review.known)


def flows_between(review: Review, table: str, edges: Sequence[dt.date]) -> pd.DataFrame:
    """The identity of a canonical table's stock between successive dates, a row a period, as known then.

    opening + starts - ends + residual = closing. The closing stock, and the starts and ends after the first date and
    up to the second, are what the delivery of the period's own end knew; the opening is what the delivery before that
    knew. So the residual is what was put right in between: a plan whose end came in late, say, was still counted
    when the period began and is counted neither there nor among the ends afterwards.

    Columns: period_start, period_end, FLOWS, and NOW (starts, ends and closing stock as all deliveries know them by
    now). Periods that the deliveries don't cover are left out.
    """
    now = Then(table, review.known)
    found = []
    for before, after in itertools.pairwise(edges):
        first = before + dt.timedelta(days=1)
        own = _that_covers([known_then(review, table, after), now], first, after)
        opened = _that_covers([known_then(review, table, before)], before, before) or own
        if own is None or not own.covers(first, first):
            continue
        stocks = [opened.open_at(before), own.open_at(after)]
        sums = flows.identity(stocks, [own.started(before, after)], [own.ended(before, after)]).iloc[0].astype(int)
        later = (now.started(before, after), now.ended(before, after), now.open_at(after))
        edge = {"period_start": pd.Timestamp(first), "period_end": pd.Timestamp(after)}
        found.append({**edge, **sums.to_dict(), **dict(zip(NOW, later, strict=True))})
    kinds = {"period_start": "datetime64[us]", "period_end": "datetime64[us]", **dict.fromkeys((*FLOWS, *NOW), "Int64")}
    return pd.DataFrame(found, columns=list(kinds)).astype(kinds)


def released(review: Review, sums: pd.DataFrame) -> Released:
    """`flows_between` as the audience may see it. The residual and the change are differences of figures that stand beside
    them, so they are withheld with those and never by themselves."""
    counts = ["opening", "starts", "ends", "closing", *NOW]
    return review.release(sums, counts=counts, derived=dict.fromkeys(("residual", "change"), counts[:4]))


def _that_covers(candidates: Sequence[Then], first: dt.date, last: dt.date) -> Then | None:
    return next((one for one in candidates if one.covers(first, last)), None)


def corrections_in_words(released: Released, what: str) -> str:
    """What later deliveries put right about the periods of `flows_between`, in a sentence or two. `what` is plural."""
    rows, ended = released.frame, released.frame["ends_now"] - released.frame["ends"]
    shown = rows[rows["closing"].notna() & rows["closing_now"].notna()]
    moved = shown[shown["closing"] != shown["closing_now"]]
    if rows.empty:
        return f"The records don't reach back far enough to say how the number of {what} came about."
    if moved.empty:
        return "No later delivery has changed the numbers at the end of these periods."
    told = [
        f"{number(row.closing, 'count')} on {words(row.period_end.date())} has become {number(row.closing_now, 'count')}"
        for row in moved.itertuples()
    ]
    late = int(ended.fillna(0).clip(lower=0).sum())
    why = ""
    if late:
        why = f" {number(late, 'count')} ends in these periods were recorded only after them." if late > 1 else (
            " One end in these periods was recorded only after it.")  # fmt: skip
    return (
        "The figures are what each period's own delivery knew, as they were published. Records corrected since would "
        f"change them: {listed(told)}.{'' if released.anything_withheld else why}"
    )


@dataclass(frozen=True)
class Rise:
    """The change in a stock between two dates, set against the same months a year before, as known then.

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

    @property
    def smallest(self) -> int | None:
        """The count that decides whether the split may be shown: one from 1 to 5 if there is any, else the least."""
        return min(self.counts, key=lambda count: (not is_small_one(count), count), default=None)


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
        told = [("As before", rise.as_before), ("Starts", rise.from_starts), ("Ends", rise.from_ends)]
        told += [("Records", rise.residual)] if rise.residual else []
        if not found:
            found.append((_short(rise.start), rise.opening, "total", rise.smallest))
        found += [(label, value, "step", rise.smallest) for label, value in told]
        found.append((_short(rise.end), rise.closing, "total", rise.smallest))
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
        return f"How the number of {what} changed {span} is withheld, so that no count from 1 to 5 can be worked out from it."
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
    about = {"rests_on": rise.counts, "period": span}
    found = {
        f"{name}.{part}": make_value(review.audience, getattr(rise, part), title=f"{title}: {_TITLES[part]}", **about)
        for part in PARTS
    }
    both = rise.from_starts is not None and rise.from_starts > 0 and rise.from_ends > 0
    share = 100 * rise.from_ends / (rise.from_starts + rise.from_ends) if both else None
    called = f"{title}: share of the growth from fewer ending"
    found[f"{name}.share_from_ends_percent"] = make_value(review.audience, share, unit="percent", title=called, **about)
    return found


def table(review: Review, rises: Iterable[Rise]) -> Released:
    """Rises, a row each: period (in words), opening, as_before, from_starts, from_ends, residual, closing; released."""
    names = ["opening", "as_before", "from_starts", "from_ends", "residual", "closing"]
    rows = [
        {
            "period": f"{_short(rise.start)} and {_short(rise.end)}",
            **{name: getattr(rise, name) for name in names},
            "smallest": rise.smallest,
        }
        for rise in rises
    ]
    frame = pd.DataFrame(rows).astype(dict.fromkeys([*names, "smallest"], "Int64"))
    return review.release(frame, counts=["smallest"], derived=dict.fromkeys(names, ("smallest",)))
