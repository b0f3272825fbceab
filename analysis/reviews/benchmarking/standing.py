"""Where this authority lies among all: its published figure, and its latest one, against a funnel's limits about England."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released
from analysis.disclosure.wording import NOT_AVAILABLE
from analysis.findings import comparators, funnels, measures
from analysis.findings.funnels import Field
from analysis.findings.values import make_value
from analysis.indicators import comparison, registry
from analysis.indicators.comparison import Comparison
from analysis.indicators.definition import PERCENT, RATE, Indicator

if TYPE_CHECKING:
    from analysis.findings.review import Review

ABOVE, BELOW, LIKE = "above", "below", "in line with"
PER = {RATE: 10_000.0, PERCENT: 100.0}


@dataclass(frozen=True)
class Standing:
    """One measure. `row` is the local figure now (of the indicators' table), `england` what stands beside it, `field` all
    authorities in the latest published year.

    `beside`: ABOVE or BELOW England's figure by more than chance, LIKE where not, blank where nothing is compared.
    `now`: as `Funnel.beyond`, where the latest local figure would lie by chance and with usual differences; None where that
    can't be said. `shown` is the latest figure as the audience may see it.
    """

    about: Indicator
    row: pd.Series
    england: Comparison
    field: Field
    beside: str
    now: tuple[int, int] | None
    shown: str

    @property
    def hidden(self) -> bool:
        """Whether the audience may not know the latest figure."""
        return self.shown == CONFIDENTIAL

    @property
    def published(self) -> tuple[int, int] | None:
        """As `now`, of the published figure."""
        if self.field.place is None:
            return None
        plot = self.field.funnel
        return int(plot.beyond[self.field.place]), int(plot.beyond_adjusted[self.field.place])

    @property
    def usual_known(self) -> bool:
        """Whether it can be judged how much authorities usually differ."""
        return self.field.funnel is not None and not np.isnan(self.field.funnel.dispersion)


def standings(review: Review, ids: Iterable[str]) -> list[Standing]:
    """Every measure's standing, in the order given."""
    ids = list(ids)
    table = registry.compute(review.known, review.quarter, ids, authority=review.authority)
    rows = table[table["breakdown"] == "all"].set_index("indicator", drop=False)
    shown = measures.values_of(review, rows.assign(moment="now").reset_index(drop=True), {one: one for one in ids})
    return [_standing(review, rows.loc[one], shown[f"{one}.now"]["text"]) for one in ids]


def _standing(review: Review, row: pd.Series, shown: str) -> Standing:
    about = registry.indicators()[row["indicator"]]
    beside = comparison.compare(row, comparison.ENGLAND)
    found = funnels.field(about.id, review.authority.code, review.quarter.end)
    if shown == CONFIDENTIAL:
        return Standing(about, row, beside, found, "", None, shown)
    return Standing(about, row, beside, found, against(row, beside), _now(found, row), shown)


def against(row: pd.Series, beside: Comparison) -> str:
    """Whether England's figure, taken as it stands, lies outside the local figure's 95% limits. What has no limits (it is of
    everybody) counts as it stands."""
    if beside.refused or beside.value is None or pd.isna(row["value"]):
        return ""
    lower, upper = ((row["value"] if pd.isna(row[end]) else row[end]) for end in ("lower", "upper"))
    return ABOVE if lower > beside.value else BELOW if upper < beside.value else LIKE


def _now(found: Field, row: pd.Series) -> tuple[int, int] | None:
    if found.funnel is None or pd.isna(row["value"]) or pd.isna(row["denominator"]) or not row["denominator"] > 0:
        return None
    value, size = row["value"] / PER[found.unit], max(1.0, round(row["denominator"]))
    chance, usual = (int(found.funnel.beyond_at(value, size, adjusted=way)[0]) for way in (False, True))
    return chance, usual


def position(found: Field, beyond: tuple[int, int] | None) -> str:
    """Where a figure lies, in words that fit a cell: by chance, and where it is outside, by usual differences."""
    if beyond is None:
        return "–"
    chance, usual = beyond
    way = ABOVE if chance > 0 else BELOW
    if abs(chance) < 2:
        return "within chance"
    if np.isnan(found.funnel.dispersion):
        return f"{way} chance (usual not known)"
    return f"{way} usual differences" if abs(usual) == 2 else f"{way} chance only"


def better(about: Indicator) -> str:
    """Which direction is better, in words: most often neither, and then no figure is called good or bad."""
    return {None: "neither in itself", True: "higher", False: "lower"}[about.higher_is_better]


def table(review: Review, found: Iterable[Standing]) -> Released:
    """The standings as a released frame of words and figures: a row a measure that anything had been published of."""
    rows = [_cells(one) for one in found if one.england.value is not None or one.field.funnel is not None]
    columns = ["measure", "better", "ours", "england", "beside", "published", "now"]
    return review.release(pd.DataFrame(rows, columns=columns).astype("str"))


def _cells(one: Standing) -> tuple[str, ...]:
    shown = "–" if one.shown == NOT_AVAILABLE else one.shown
    beside = f"{one.beside} England" if one.beside else CONFIDENTIAL if one.hidden else "–"
    return (
        one.about.title, better(one.about), f"{shown} ({comparators.short_period(*one.england.local)})",
        comparators.cell(one.england), beside, position(one.field, one.published),
        CONFIDENTIAL if one.hidden else position(one.field, one.now),
    )  # fmt: skip


def positions(review: Review, found: Iterable[Standing]) -> dict[str, dict]:
    """Where the published figure of each measure lies, as values `<indicator>.among_all`; in words."""
    made = {}
    for one in found:
        told = NOT_AVAILABLE if one.field.refused else funnels.position(one.field)
        made[f"{one.about.id}.among_all"] = make_value(
            review.audience, told, title=f"{one.about.title}: where we stand", period=one.field.label, source=one.field.source,
        )  # fmt: skip
    return made
