"""Shares now beside a year earlier, in sentences that say whether they differ by more than chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import CONFIDENTIAL
from analysis.disclosure.wording import NOT_AVAILABLE, day
from analysis.findings.measures import table_at_moments, values_of
from analysis.methods.rate_changes import share_change

if TYPE_CHECKING:
    from analysis.findings.review import Review

BEYOND_CHANCE = 0.05


def beside_a_year_ago(review: Review, told: Mapping[str, str]) -> dict[str, str]:
    """A sentence for each indicator, a share over twelve months. `told` maps indicators to what the share is of, as in
    "of referrals, those that came within 12 months of an earlier one"."""
    table = table_at_moments(review, list(told))
    values = values_of(review, table, {one: one for one in told})
    rows = table.set_index(["indicator", "moment"])
    return {
        one: _sentence(what, values, rows.loc[(one, "now")], rows.loc[(one, "year_ago")], one)
        for one, what in told.items()
    }


def together(sentences: Mapping[str, str]) -> str:
    return " ".join(sentences.values())


def _sentence(what: str, values: Mapping[str, dict], now: pd.Series, then: pd.Series, name: str) -> str:
    texts = [values[f"{name}.{moment}"]["text"] for moment in ("now", "year_ago")]
    over = f"the year to {day(now['period_end'])}"
    if texts[0] == NOT_AVAILABLE:
        return f"The share {what} can't be said for {over}."
    if texts[0] == CONFIDENTIAL:
        return f"The share {what} was of too few in {over} to be shown."
    said = f"The share {what} was {texts[0]} in {over}"
    if texts[1] in (NOT_AVAILABLE, CONFIDENTIAL):
        return f"{said}; there is no figure of the year before to set beside it."
    change = share_change(then["numerator"], then["denominator"], now["numerator"], now["denominator"])
    if not change.p < BEYOND_CHANCE:
        return f"{said} and {texts[1]} the year before, no more apart than chance would give."
    return (
        f"{said} and {texts[1]} the year before: {'higher' if change.up else 'lower'}, by more than chance would give."
    )
