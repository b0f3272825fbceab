"""Now beside an earlier moment, in a sentence: an indicator's two figures, and whether they differ by more than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import CONFIDENTIAL
from analysis.disclosure.wording import NOT_AVAILABLE, period
from analysis.findings.measures import moments, values_of
from analysis.indicators import registry
from analysis.indicators.changes import Place, beyond_chance, row

if TYPE_CHECKING:
    from analysis.findings.review import Review


def sentence(review: Review, indicator: str, subject: str, *, earlier: str = "year_ago") -> str:
    """`subject` begins the sentence, in the singular: "The share of children who were visited".

    Whether the difference is more than chance is what `indicators.changes` says of that kind of figure.
    """
    about = registry.indicators()[indicator]
    place, quarters = Place(review.authority), (moments(review.quarter)[earlier], review.quarter)
    then, now = (row(review.known, about, quarter, place) for quarter in quarters)
    items = values_of(review, pd.DataFrame([now, then]).assign(moment=["now", "then"]), {indicator: indicator})
    texts = [items[f"{indicator}.{moment}"]["text"] for moment in ("now", "then")]
    whens = [_when(one["period_start"], one["period_end"]) for one in (now, then)]
    if texts[0] == NOT_AVAILABLE:
        return f"{subject} can't be given {whens[0]}: the records needed aren't held, or there is nothing to count."
    if texts[1] == NOT_AVAILABLE:
        return f"{subject} was {texts[0]} {whens[0]}; there is no figure {whens[1]} to set it against."
    said = f"{subject} was {texts[0]} {whens[0]} and {texts[1]} {whens[1]}"
    if CONFIDENTIAL in texts:
        return f"{said} (c: withheld, because it rests on too few)."
    if now["value"] == then["value"]:
        return f"{said}: no different."
    if not beyond_chance(review.known, about, place, then, now, quarters):
        return f"{said}: the difference is within what chance alone would give."
    return f"{said}: {'higher' if now['value'] > then['value'] else 'lower'}, by more than chance alone would give."


def _when(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """`on 30 September 2018`, `in the year to 30 September 2018`."""
    return f"{'on' if start == end else 'in'} {period(start, end)}"
