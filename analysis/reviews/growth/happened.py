"""Section 6 of the growth review: did referrals, enquiries, conferences or plans change at a dated event?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from analysis.charts import interrupted as drawing
from analysis.disclosure import Released
from analysis.disclosure.wording import listed
from analysis.findings import variation
from analysis.findings.values import make_value
from analysis.methods import interrupted
from analysis.methods.clustered import holm
from analysis.reference import dated_entries
from analysis.reference.dated_entries import SERIES, Event

if TYPE_CHECKING:
    from analysis.findings.review import Review

# Where each series is counted: canonical table and date.
COUNTED: Mapping[str, tuple[str, str]] = {
    "referrals": ("referrals", "date"),
    "section47-enquiries": ("section47_enquiries", "start_date"),
    "conferences": ("section47_enquiries", "conference_date"),
    "plans-starting": ("protection_plans", "start_date"),
    "plans-ending": ("protection_plans", "end_date"),
}
# A change this unlikely by chance, after allowing for how many were looked for, is called one.
SIGNIFICANT = 0.05
# The figure shows the event that can be judged for the first of these.
_DRAWN_FIRST = ("plans-starting", "conferences", "section47-enquiries", "referrals", "plans-ending")
FIGURE, TABLE = "fig-child-protection-growth-event", "tbl-child-protection-growth-events"
_STAYED = "stayed within what chance gives around where they were heading"
NO_CAUSE = "A coincidence of dates is no cause: whatever else happened in those months moves the numbers too."


@dataclass(frozen=True)
class Tested:
    """One series about one event: `found`, or `refused` with the reason. `p_value` allows for the number looked at.

    `months` (month, n) are those that the test saw; `start` and `at` are positions in them.
    """

    event: Event
    series: str
    months: pd.DataFrame
    at: int
    found: interrupted.Interruption | None = None
    refused: str = ""
    p_value: float = 1.0

    @property
    def moved(self) -> bool:
        return self.found is not None and self.p_value <= SIGNIFICANT

    @property
    def totals(self) -> tuple[int, int]:
        """How many were counted in the months used, before the event and since."""
        start = 0 if self.found is None else self.found.start
        counts = self.months["n"].to_numpy(int)
        return int(counts[start : max(self.at, start)].sum()), int(counts[max(self.at, 0) :].sum())


def record(review: Review) -> str:
    """Records the figure, the table and the statement `events_in_words`, and gives back the statement."""
    events = dated_entries.events(review.authority.code, review.quarter.end)
    wanted = {series for event in events for series in event.series}
    months = {series: variation.monthly(review, *COUNTED[series]) for series in COUNTED if series in wanted}
    tests = tested(events, months)
    _figure(review, tests)
    review.table(TABLE, table(review, tests), caption=_caption(events), columns={
        "event": "Event", "series": "Series", "months": "Months before and since", "since": ("Since", "mean"),
        "heading": ("Line before", "mean"), "difference": ("Difference", "mean"), "low": ("Likely from", "mean"), "high": ("to", "mean"), "verdict": "More than chance?",
    })  # fmt: skip
    return review.statement("events_in_words", in_words(review, events, tests))


def _caption(events: Iterable[Event]) -> str:
    named = "; ".join(f"{_when(event)}: {event.what} ({event.source})" for event in events)
    caption = "Each series about each event: a month on average since, and where the line before was heading"
    return f"{caption}. {named}" if named else caption


def tested(events: Iterable[Event], months: Mapping[str, pd.DataFrame]) -> list[Tested]:
    """Every series of every event, with p-values that allow for how many were tested (Holm)."""
    tests = [_one(event, series, months[series]) for event in events for series in event.series]
    done = [position for position, one in enumerate(tests) if one.found is not None]
    adjusted = holm([tests[position].found.p_value for position in done]) if done else []
    for position, p_value in zip(done, adjusted, strict=True):
        tests[position] = replace(tests[position], p_value=float(p_value))
    return tests


def _one(event: Event, series: str, months: pd.DataFrame) -> Tested:
    at = int((months["month"] < pd.Timestamp(event.month)).sum())
    if not len(months):
        return Tested(event, series, months, 0, refused="no months are known")
    if why := interrupted.too_few(at, len(months) - at):
        return Tested(event, series, months, at, refused=why)
    return Tested(event, series, months, at, interrupted.segmented(months["n"].to_numpy(float), at))


def table(review: Review, tests: Iterable[Tested]) -> Released:
    """A row a test, released: event, series, months, since, heading, difference, low, high, verdict."""
    rows = [_row(one) for one in tests] or [{"event": "None is entered", "series": "–", "months": "–", "verdict": "–"}]
    measured, totals = ["since", "heading", "difference", "low", "high"], ["before_total", "since_total"]
    frame = pd.DataFrame(rows, columns=["event", "series", "months", *measured, "verdict", *totals])
    frame = frame.astype({**dict.fromkeys(measured, "float64"), **dict.fromkeys(totals, "Int64")})
    out = review.release(frame, counts=totals, derived=dict.fromkeys(measured, totals))
    return out.only("event", "series", "months", *measured, "verdict")


def _row(one: Tested) -> dict:
    counts = one.months["n"].to_numpy(float)
    row = {"event": _when(one.event), "series": _capital(SERIES[one.series]),
           "months": f"{max(one.at, 0)} and {len(counts) - one.at}", "verdict": f"Can't be said: {one.refused}"}  # fmt: skip
    if one.found is None:
        return row
    since = counts[one.at :].mean()
    before_total, since_total = one.totals
    verdict = "Yes" if one.moved else "No"
    return {
        **row, "months": f"{one.found.before} and {one.found.after}", "since": since, "heading": since - one.found.mean,
        "difference": one.found.mean, "low": one.found.mean_interval[0], "high": one.found.mean_interval[1],
        "verdict": f"{verdict}, tentatively" if one.found.tentative else verdict, "before_total": before_total, "since_total": since_total,
    }  # fmt: skip


def _when(event: Event) -> str:
    return event.when.removeprefix("In ").removeprefix("On ")


def in_words(review: Review, events: Iterable[Event], tests: list[Tested]) -> str:
    """What each event is followed by, in words, and that a coincidence of dates is no cause."""
    events = list(events)
    if not events:
        return f"No dated event is entered for {review.authority.name} up to now, so none can be tested."
    said = []
    for event in events:
        mine = [one for one in tests if one.event == event]
        said.append(_event_in_words(review, event, mine))
    return " ".join([*said, NO_CAUSE])


def _event_in_words(review: Review, event: Event, mine: list[Tested]) -> str:
    opening = f"{event.when} {event.what}"
    judged = [one for one in mine if one.found is not None]
    if not judged:
        return f"{opening}: too few months to say what followed, because {mine[0].refused}."
    moved, still = [one for one in judged if one.moved], [one for one in judged if not one.moved]
    sentences = [f"{opening}, {judged[0].found.after} months ago."]
    sentences += [_moved(review, one) for one in moved]
    if still:
        names = listed([SERIES[one.series] for one in still])
        sentences.append(f"{_capital(names)} {_STAYED}.")
        if wide := _unseen(review, still):
            sentences.append(wide)
    refused = [one for one in mine if one.found is None]
    if refused:
        sentences.append(
            f"{_capital(listed([SERIES[one.series] for one in refused]))} can't be judged: {refused[0].refused}."
        )
    if any(one.found.tentative for one in judged):
        sentences.append(f"With fewer than {interrupted.FIRM} months on one side all this is tentative.")
    return " ".join(sentences)


def _moved(review: Review, one: Tested) -> str:
    found, name = one.found, SERIES[one.series]
    texts = [_mean(review, one, value) for value in (abs(found.mean), *found.mean_interval)]
    if "c" in texts:
        return f"{_capital(name)} changed by more than chance gives; by how many is withheld."
    low, high = found.mean_interval
    if low <= 0 <= high:
        return (
            f"{_capital(name)} changed course by more than chance gives, though on average since then they are not clearly more "
            f"or fewer than the line before was heading for ({texts[1]} to {texts[2]} a month)."
        )
    way = "more" if found.mean > 0 else "fewer"
    return (
        f"{_capital(name)} were {texts[0]} a month {way} than the line before was heading for (likely between {texts[1]} and "
        f"{texts[2]}), which is more than chance gives."
    )


def _unseen(review: Review, still: list[Tested]) -> str:
    """How large a change would have gone unseen in the series that matters most."""
    one = next((one for wanted in _DRAWN_FIRST for one in still if one.series == wanted), None)
    if one is None:
        return ""
    low, high = one.found.mean_interval
    text = make_value(review.audience, (high - low) / 2, unit="count", rests_on=one.totals)["text"]
    return (
        ""
        if text == "c"
        else f"A change in {SERIES[one.series]} of fewer than about {text} a month could not have been seen."
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _mean(review: Review, one: Tested, value: float) -> str:
    return make_value(review.audience, value, unit="mean", rests_on=one.totals)["text"]


def drawn(tests: list[Tested]) -> Tested | None:
    """The test that the figure shows: the earliest event that can be judged for the series nearest to a plan."""
    return next(
        (one for wanted in _DRAWN_FIRST for one in tests if one.series == wanted and one.found is not None), None
    )


def _figure(review: Review, tests: list[Tested]) -> None:
    one = drawn(tests)
    if one is None:
        why = "No event can be judged yet"
        empty = pd.DataFrame({"month": pd.Series(dtype="datetime64[us]"), "n": pd.Series(dtype="Int64"),
                              "fitted": pd.Series(dtype="float64"), "counterfactual": pd.Series(dtype="float64")})  # fmt: skip
        data = review.release(empty, counts=["n"], derived={"fitted": ["n"], "counterfactual": ["n"]})
        review.figure(FIGURE, drawing.chart(data, None, "", why=why), caption="The months about a dated event", alt=drawing.describe(data, "counts", "", f"{why}."), data=data)  # fmt: skip
        return
    name, data = SERIES[one.series], series(review, one)
    when = _when(one.event)
    verdict = _moved(review, one) if one.moved else f"{_capital(name)} {_STAYED}."
    review.figure(
        FIGURE,
        drawing.chart(data, pd.Timestamp(one.event.month), when, words=f"{_capital(name)} a month"),
        caption=f"{_capital(name)} each month, before and since {when}: {one.event.what}",
        alt=drawing.describe(data, name, f"{when}, {one.event.what}", verdict), data=data,
    )  # fmt: skip


def series(review: Review, one: Tested) -> Released:
    """The months that the fit saw: month, n, fitted, counterfactual; released."""
    rows = one.months.iloc[one.found.start :].reset_index(drop=True)
    before, since = one.totals
    frame = rows.assign(fitted=one.found.fitted, counterfactual=one.found.counterfactual, before=before, since=since)
    out = review.release(frame, counts=["n", "before", "since"], derived=dict.fromkeys(("fitted", "counterfactual"), ("before", "since")))  # fmt: skip
    return out.only("month", "n", "fitted", "counterfactual")
