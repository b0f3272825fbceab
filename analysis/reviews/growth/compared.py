"""Section 7 of the growth review: this authority among all, on how plans start, repeat and last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure.wording import listed, number
from analysis.findings import funnels
from analysis.findings.values import make_value

if TYPE_CHECKING:
    from analysis.findings.review import Review

NAME = "child-protection-growth"


@dataclass(frozen=True)
class Question:
    """A measure, what its finding is named by, and how a sentence speaks of it."""

    stem: str
    indicator: str
    words: str


QUESTIONS = (
    Question("starts", "cpp_start_rate", "plans starting"),
    Question("stock", "cpp_rate", "plans open"),
    Question("repeat", "cpp_repeat_percent", "repeat plans"),
    Question("two_years", "cpp_two_years_ended_percent", "plans that lasted two years or more"),
)
# The others are told in words and in the table: a funnel of plans open says much the same as one of plans starting.
DRAWN: Mapping[str, str] = MappingProxyType({
    "starts": "fig-child-protection-growth-starts-among-others",
    "repeat": "fig-child-protection-growth-repeat-among-others",
    "two_years": "fig-child-protection-growth-two-years-among-others",
})  # fmt: skip


def record(review: Review) -> None:
    """Records the funnel plots, a statement and values a measure (`funnels.record`), the table of where we stand, and
    the statement `among_others`, which answers the section's question."""
    fields = {one.stem: funnels.field(one.indicator, review.authority.code, review.quarter.end) for one in QUESTIONS}
    for stem, found in fields.items():
        if stem in DRAWN:
            funnels.record_field(review, found, DRAWN[stem], stem=stem)
        else:
            funnels.record_words(review, found, stem)
    review.table(
        "tbl-child-protection-growth-among-others", review.release(table(review, fields)),
        caption="Where we stand among all authorities, as published",
        columns={"measure": "Measure", "period": "For", "ours": "Ours", "england": "England", "position": "Where we stand",
                 "shown": "Authorities shown"},
    )  # fmt: skip
    review.statement("among_others", in_words(fields))


def table(review: Review, fields: Mapping[str, funnels.Field]) -> pd.DataFrame:
    """A row a measure, all text: measure, period, ours, england, position, shown."""
    rows = []
    for found in fields.values():
        shown = 0 if found.funnel is None else found.funnel.value.size
        rows.append({
            "measure": found.title, "period": found.label or "–", "ours": _ours(review, found),
            "england": number(found.england, found.unit, none="–"), "position": funnels.position(found),
            "shown": number(shown, "count") if shown else "–",
        })  # fmt: skip
    return pd.DataFrame(rows)


def _ours(review: Review, found: funnels.Field) -> str:
    if found.place is None:
        return found.own_symbol or "–"
    row = found.rows.iloc[found.place]
    made = make_value(
        review.audience, row["value"], unit=found.unit, numerator=row["numerator"], denominator=row["size"]
    )
    return made["text"]


def in_words(fields: Mapping[str, funnels.Field]) -> str:
    """On which measures we are outside chance, and outside the usual differences; one sentence each."""
    names = {one.stem: one.words for one in QUESTIONS}
    placed = {stem: found for stem, found in fields.items() if found.place is not None}
    if not placed:
        return "No published figures that were out by now can be set beside those of other authorities."
    first, second = _beyond(placed, names, adjusted=False), _beyond(placed, names, adjusted=True)
    name = next(iter(placed.values())).name
    said = (
        f"{name} differs from England by more than chance on {first}."
        if first
        else f"On none of the {len(placed)} measures does {name} differ from England by more than chance."
    )
    judged = [found for found in placed.values() if found.funnel.overdispersed]
    if first and judged:
        said += (
            f" With the usual differences between authorities allowed for, it still does on {second}."
            if second
            else " Authorities differ a good deal from each other, and with their usual differences allowed for it doesn't on any that can be judged so."
        )
    return f"{said} A difference says nothing of its cause, nor which figure is the right one."


def _beyond(placed: Mapping[str, funnels.Field], names: Mapping[str, str], *, adjusted: bool) -> str:
    found = []
    for stem, one in placed.items():
        if adjusted and not one.funnel.overdispersed:
            continue
        side = (one.funnel.beyond_adjusted if adjusted else one.funnel.beyond)[one.place]
        if abs(side) == 2:
            found.append(f"{names[stem]} ({'above' if side > 0 else 'below'})")
    return listed(found) if found else ""
