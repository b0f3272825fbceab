"""One authority among all: a funnel plot of any published measure, with where it stands in words.

Every point is a published figure, this authority's too, of the latest year that was out for the edition. Authorities
are never ranked: the question is only whether one differs by more than chance, and by more than authorities usually do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.charts import funnel as drawing
from analysis.charts.describe_funnel import funnel as described
from analysis.disclosure import Released
from analysis.disclosure.wording import number
from analysis.findings.values import make_value
from analysis.indicators import comparable, comparison, registry
from analysis.indicators.definition import PERCENT, RATE
from analysis.methods import funnel_plots
from analysis.reference import areas, benchmarks, neighbours, populations
from analysis.reference.project import UserError

if TYPE_CHECKING:
    from analysis.findings.review import Review

# Shares whose number of trials another measure publishes.
_TRIALS: Mapping[str, str] = MappingProxyType({
    "cpp_repeat_percent": "cpp_start_count", "cpp_starts_neglect_percent": "cpp_start_count",
    "cpp_two_years_open_percent": "cpp_count", "cpp_two_years_ended_percent": "cpp_end_count",
})  # fmt: skip
# What those trials are, under the chart.
_OF: Mapping[str, str] = MappingProxyType({
    "cpp_start_count": "Plans that started", "cpp_count": "Plans open", "cpp_end_count": "Plans that ended",
})  # fmt: skip
# With more than this share withheld for small counts, those left say too little of how authorities usually differ.
MOST_WITHHELD = 0.1
# Where this share of authorities lies outside the limits of chance, to be outside them says little.
COMMON = 0.25
_PER = {RATE: 10_000.0, PERCENT: 100.0}
_KIND = {RATE: funnel_plots.RATE, PERCENT: funnel_plots.PROPORTION}
_WITHHELD = ("c", "k", "u", "low")
_WHOLE_RATES = "lac_"
_GRID = 120
# Shares are published and the counts that they are of aren't, so that chance can't be allowed for.
NO_NUMBERS = "the numbers behind authorities' figures aren't held"


@dataclass(frozen=True)
class Field:
    """All authorities in one year of a measure, or `refused`: why there is nothing to show.

    `rows`: a row an authority with a figure: code, name, numerator, size, value (in the measure's unit), kind.
    `withheld` and `absent` count those left out, `own_symbol` stands for this authority's figure where it is one.
    """

    indicator: str
    title: str
    unit: str
    name: str
    label: str = ""
    rows: pd.DataFrame | None = None
    england: float | None = None
    funnel: funnel_plots.Funnel | None = None
    withheld: int = 0
    absent: int = 0
    own_symbol: str = ""
    neighbours_of: str = ""
    source: str = ""
    refused: str = ""

    @property
    def place(self) -> int | None:
        """This authority's position among the rows, None where it has no figure."""
        found = [] if self.rows is None else np.flatnonzero((self.rows["kind"] == drawing.THIS).to_numpy())
        return int(found[0]) if len(found) else None


def record(review: Review, indicator: str, label: str, *, caption: str | None = None, stem: str | None = None) -> str:
    """Records a funnel plot of all authorities, a statement and values; gives back the statement.

    The figure `label`; the statement `<indicator>_among_others`; the values `<indicator>.among_others.authorities`,
    `.beyond_chance` and `.beyond_usual` (how many lie outside the outer limits of chance, and of chance with usual
    differences) and `.position` (in words). `stem` replaces the indicator in those names. Where there is nothing to
    show, all are there and say why.
    """
    return record_field(
        review, field(indicator, review.authority.code, review.quarter.end), label, caption=caption, stem=stem
    )


def record_field(
    review: Review, found: Field, label: str, *, caption: str | None = None, stem: str | None = None
) -> str:
    """As `record`, of a field that is at hand."""
    data, limits, told = released(review, found), bands(found), in_words(found)
    caption = caption or f"{found.title}: every authority in England, with the limits of chance"
    review.figure(
        label,
        drawing.chart(data, limits, found.unit, name=found.name, words=_axis(found), size_words=_size_words(found)),
        caption=f"{caption} ({found.label}; {found.source})" if found.label else caption,
        alt=described(data, limits, found.unit, found.title, found.name, told), data=data,
    )  # fmt: skip
    return record_words(review, found, stem or found.indicator)


def record_words(review: Review, found: Field, stem: str) -> str:
    """The statement and the values of `record`, without the figure."""
    review.values(values(review, found, f"{stem}.among_others"))
    return review.statement(f"{stem}_among_others", in_words(found))


def field(indicator: str, authority: str, local_end: dt.date, year: int | None = None) -> Field:
    """Every authority's published figure of a measure, in the latest year that was out for a document about a period
    that ended on `local_end` (or in `year`), against England's."""
    place = areas.area(authority)
    about = registry.indicators().get(indicator)
    measure = benchmarks.measures().get(indicator)
    same = {"indicator": indicator, "name": place.name, "title": about.title if about else indicator}
    if measure is None:
        return Field(
            **same, unit=about.unit if about else PERCENT, refused="no published figures of this measure are held"
        )
    same |= {"unit": measure.unit, "title": about.title if about else _opening(measure.definition)}
    if measure.unit not in _KIND:
        return Field(**same, refused="only rates and shares of counted children can be set in a funnel")
    year = year or comparison.latest_year(measure, local_end, areas.ENGLAND)
    if year is None:
        return Field(**same, refused="nothing had been published by then")
    if (local_end - measure.end(year)).days > comparable.MOST_YEARS_APART * 366:
        return Field(**same, refused=f"the latest published figures, for {measure.label(year)}, are too old to say anything of now")  # fmt: skip
    edition = neighbours.edition_at(local_end)
    try:
        like = {one.code for one in neighbours.neighbours(place.code, edition)}
    except UserError:
        like = set()
    rows, withheld, absent, own = _rows(measure, year, place.code, like)
    if len(rows) < 2:
        known = sum(
            one is not None and one.value is not None
            for one in (benchmarks.figure(measure.id, each.code, year) for each in areas.areas() if each.level == "authority")
        )
        why = NO_NUMBERS if known > 1 else f"too few authorities have a figure for {measure.label(year)}"
        return Field(**same, label=measure.label(year), refused=why)
    england = _england(measure, year)
    plot = funnel_plots.funnel(
        _KIND[measure.unit], rows["numerator"], rows["size"], target=england / _PER[measure.unit] if england else None,
        adjust=withheld <= MOST_WITHHELD * (len(rows) + withheld),
    )  # fmt: skip
    return Field(
        **same, label=measure.label(year), rows=rows, england=england, funnel=plot, withheld=withheld, absent=absent,
        own_symbol=own, neighbours_of=f"of {neighbours.named(edition)}" if like else "",
        source="published by the Department for Education",
    )  # fmt: skip


def _rows(measure: benchmarks.Measure, year: int, own: str, like: set[str]) -> tuple[pd.DataFrame, int, int, str]:
    rows, withheld, absent, symbol = [], 0, 0, ""
    for code in dict.fromkeys(one.code for one in areas.areas() if one.level == "authority"):
        found = benchmarks.figure(measure.id, code, year)
        if found is None:
            continue
        size = _size(measure, code, year, found)
        if found.value is None or found.numerator is None or not size:
            withheld += found.symbol in _WITHHELD
            # An authority that wasn't there in the year has neither a count nor a reason.
            absent += found.symbol not in _WITHHELD and found.numerator is not None
            symbol = (found.symbol or "x") if code == own else symbol
            continue
        kind = drawing.THIS if code == own else drawing.NEIGHBOUR if code in like else drawing.OTHER
        rows.append(
            (code, found.area.name, int(found.numerator), int(size), found.numerator / size * _PER[measure.unit], kind)
        )
    frame = pd.DataFrame(rows, columns=["code", "name", "numerator", "size", "value", "kind"])
    return frame, withheld, absent, symbol


def _size(measure: benchmarks.Measure, code: str, year: int, found: benchmarks.Figure) -> float | None:
    """Children, or trials: as published, as another measure has them, or as the count and its share imply."""
    if measure.unit == RATE:
        try:
            return float(
                populations.population(code, populations.preceding(measure.end(year)), found.release.population)
            )
        except UserError:
            pass
    elif found.denominator:
        return found.denominator
    elif measure.id in _TRIALS:
        trials = benchmarks.figure(_TRIALS[measure.id], code, year)
        return trials.value if trials is not None else None
    if not found.value or found.numerator is None:
        return None
    return max(round(found.numerator * _PER[measure.unit] / found.value), found.numerator)


def _england(measure: benchmarks.Measure, year: int) -> float | None:
    found = benchmarks.figure(measure.id, areas.ENGLAND, year)
    if found is None:
        return None
    if measure.unit == PERCENT and found.numerator and found.denominator:
        return 100 * found.numerator / found.denominator
    return found.value


def released(review: Review, found: Field) -> Released:
    """The rows as figure data: name, numerator, size, value, kind."""
    columns = ["name", "numerator", "size", "value", "kind"]
    empty = pd.DataFrame({"name": [], "numerator": [], "size": [], "value": [], "kind": []})
    frame = empty.astype({"name": "str", "kind": "str"}) if found.rows is None else found.rows[columns]
    return review.release(frame, counts=["numerator", "size"], derived={"value": ["numerator"]})


def bands(found: Field) -> drawing.Bands | None:
    """Limits along the sizes that there are, in the measure's unit."""
    if found.funnel is None:
        return None
    per, sizes = _PER[found.unit], found.rows["size"].to_numpy(float)
    low, high = sizes.min() * 0.85, sizes.max() * 1.15
    grid = np.unique(np.round(np.geomspace(low, high, _GRID)))
    usual = per * found.funnel.limits(grid, adjusted=True) if found.funnel.between > 0 else None
    name = "England" if found.england else "all shown"
    return drawing.Bands(per * found.funnel.target, name, grid, per * found.funnel.limits(grid), usual)


def values(review: Review, found: Field, stem: str) -> dict[str, dict]:
    """How many authorities are shown and lie outside, and this one's position in words. They count authorities, not
    children, so they rest on how many there are."""
    plot = found.funnel
    counted: dict[str, int | None] = dict.fromkeys(("authorities", "beyond_chance", "beyond_usual"))
    if plot is not None:
        counted = {
            "authorities": plot.value.size,
            "beyond_chance": int((np.abs(plot.beyond) == 2).sum()),
            "beyond_usual": int((np.abs(plot.beyond_adjusted) == 2).sum()) if not np.isnan(plot.dispersion) else None,
        }
    titles = {"authorities": "authorities with a published figure", "beyond_chance": "outside the limits of chance",
              "beyond_usual": "outside the limits of chance and usual differences"}  # fmt: skip
    made = {
        f"{stem}.{name}": make_value(review.audience, value, rests_on=[counted["authorities"]],
                                     title=f"{found.title}: {titles[name]}", period=found.label, source=found.source)
        for name, value in counted.items()
    }  # fmt: skip
    made[f"{stem}.position"] = make_value(review.audience, position(found), title=f"{found.title}: where we stand",
                                          period=found.label, source=found.source)  # fmt: skip
    return made


def position(found: Field) -> str:
    """This authority's place in a few words."""
    if found.place is None:
        return "not shown"
    chance, usual = int(found.funnel.beyond[found.place]), int(found.funnel.beyond_adjusted[found.place])
    way = "above" if chance > 0 else "below"
    if abs(chance) < 2:
        return (
            "within what chance alone gives" if chance == 0 else f"{way} the inner limits of chance, inside the outer"
        )
    if np.isnan(found.funnel.dispersion) or not found.funnel.between > 0:
        return f"{way} what chance alone gives"
    if usual == 0:
        return f"{way} what chance alone gives, within the usual differences between authorities"
    outer = "the outer limits of" if abs(usual) == 2 else "the inner limits of"
    return f"{way} what chance alone gives, and {way} {outer} the usual differences between authorities"


def in_words(found: Field) -> str:
    """Where the authority stands, and what it means that authorities differ, in a few sentences."""
    if found.refused:
        return f"{found.title}: authorities can't be set side by side, because {found.refused}."
    said = [_where(found), _how_they_differ(found), _neighbours(found), _left_out(found)]
    return " ".join(sentence for sentence in said if sentence)


def _where(found: Field) -> str:
    beside = f", England's {_text(found, found.england)}" if found.england else ""
    if found.place is None:
        why = benchmarks.SYMBOLS.get(found.own_symbol, "not available")
        return f"{found.title}, {found.label}: no figure was published for {found.name} ({why}){beside and f'; England has{beside[10:]}'}."
    value = found.rows["value"].iloc[found.place]
    return f"{found.title}, {found.label}: {found.name}'s published figure is {_text(found, value)}{beside}. That is {position(found)}."


def _how_they_differ(found: Field) -> str:
    plot = found.funnel
    total, outside = plot.value.size, int((np.abs(plot.beyond) == 2).sum())
    count = f"Of the {total} authorities shown {outside or 'none'} {'lies' if outside == 1 else 'lie'} outside the limits of chance"
    if np.isnan(plot.dispersion):
        return f"{count}; how much authorities usually differ can't be judged, because so many figures are missing."
    if not plot.overdispersed:
        return f"{count}: taken together they differ about as much as chance gives."
    wider = int((np.abs(plot.beyond_adjusted) == 2).sum())
    common = ", so to be outside them is nothing special" if outside >= COMMON * total else ""
    return (
        f"{count}, more than chance gives{common}. With the usual differences between authorities allowed for, "
        f"{wider or 'none'} {'does' if wider == 1 else 'do'}."
    )


def _neighbours(found: Field) -> str:
    like = (found.rows["kind"] == drawing.NEIGHBOUR).to_numpy()
    if not like.any():
        return ""
    above, below = (int((found.funnel.beyond[like] == side).sum()) for side in (2, -2))
    shown = "One statistical neighbour is" if like.sum() == 1 else f"{like.sum()} statistical neighbours ({found.neighbours_of}) are"  # fmt: skip
    return f"{shown} shown: {above or 'none'} above the limits of chance, {below or 'none'} below."


def _left_out(found: Field) -> str:
    said = []
    if found.withheld:
        who = "One authority is" if found.withheld == 1 else f"{found.withheld} authorities are"
        said.append(f"{who} left out because few children are behind the figure, so the lower part of the chart is emptier than it should be.")  # fmt: skip
    if found.absent:
        who = "one authority" if found.absent == 1 else f"{found.absent} authorities"
        said.append(f"For {who} only part of what the chart needs was published.")
    return " ".join(said)


def _text(found: Field, value: float) -> str:
    whole = found.unit == RATE and found.indicator.startswith(_WHOLE_RATES)
    return number(float(value), "rate_whole" if whole else found.unit)


def _axis(found: Field) -> str:
    return "Per cent" if found.unit == PERCENT else "For every 10,000 children"


def _size_words(found: Field) -> str:
    return (
        "Children in the authority"
        if found.unit == RATE
        else _OF.get(_TRIALS.get(found.indicator, ""), "Number that the share is of")
    )


def _opening(definition: str) -> str:
    return definition.split(",")[0].rstrip(".")
