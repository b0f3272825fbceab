"""Local figures beside England, the region and statistical neighbours: a table, and values for narrative to name.

A comparator goes nowhere without its words: each comes as `<indicator>.<against>.figure` and `.words`, and a row of the
table ends with what must be known of its comparators. The gate "comparators" holds narrative to that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from analysis.disclosure.wording import NOT_AVAILABLE, listed, number, short_day
from analysis.findings import bundle
from analysis.findings.measures import source, values_of
from analysis.findings.tables import pipe_table
from analysis.findings.values import item
from analysis.indicators import comparable, comparison, registry
from analysis.indicators.comparison import AGAINST, Comparison
from analysis.indicators.definition import RATE
from analysis.reference import benchmarks

if TYPE_CHECKING:
    from analysis.findings.review import Review

_HEADINGS = {comparison.ENGLAND: "England", comparison.NEIGHBOURS: "Neighbours"}
# Looked after rates are printed whole, the others with one decimal; DfE's care leavers and looked after shares are whole.
_WHOLE_RATES = "lac_"
_ALL_TEN = "mean of the 10 "


def record(
    review: Review,
    ids: Iterable[str],
    label: str,
    *,
    caption: str,
    against: Iterable[str] = AGAINST,
    years: Mapping[str, int] | None = None,
) -> None:
    """Records indicators now beside comparators, as the table `label` and as values.

    For each indicator and comparator: `<indicator>.<against>.figure` and `<indicator>.<against>.words`. `years` pins an
    indicator's comparators to a year (in which the published period ends); without, it is the latest that was out.
    """
    bundle.check_label(label, "tbl", review.name)
    against, ids = list(against), list(ids)
    table = registry.compute(review.known, review.quarter, ids, authority=review.authority)
    local = values_of(review, table.assign(moment="now"), {one: one for one in ids})
    headings = ["Measure", review.authority.name, *(_heading(review, one) for one in against), "To be read with"]
    items, rows, notes, every = {}, [], [], []
    for row in table.to_dict("records"):
        found = [comparison.compare(row, one, year=(years or {}).get(row["indicator"])) for one in against]
        for one in found:
            items |= values(one)
        every += found
        about, notes = registry.indicators()[row["indicator"]], [*notes, note(found)]
        span = short_period(*found[0].local)
        shown = local[f"{row['indicator']}.now"]["text"]
        rows.append(
            [about.title, f"{'–' if shown == NOT_AVAILABLE else shown} ({span})", *map(cell, found), notes[-1] or "–"]
        )
    if not any(notes):
        headings, rows = headings[:-1], [row[:-1] for row in rows]
    told = legend(every)
    caption = f"{caption} ({told})" if told else caption
    align = ["left", *["right"] * (len(against) + 1), "left"][: len(headings)]
    item_ = {"kind": "table", "label": label, "caption": caption, "columns": headings, "rows": rows, "align": align,
             "comparators": sorted({one for one in [*notes, told] if one})}  # fmt: skip
    named = [{"kind": "value", "name": bundle.check_name(name), "told": False, **one} for name, one in items.items()]
    review.record([*named, item_], f"{pipe_table(headings, rows, align)}\n\n: {caption}\n\n{source(review)}")


def cell(found: Comparison) -> str:
    """`553.0 (2017-18)`, `45.9 (Mar 2018)`; a dash where nothing is compared."""
    if found.refused:
        return "–"
    about = benchmarks.measures()[_measure(found)]
    return f"{text(found)} ({short_period(about.start(found.year), about.end(found.year))})"


def short_period(start: dt.date, end: dt.date) -> str:
    """`2017-18` for a financial year, `Mar 2018` for a day, `year to Sep 2018` for other twelve months."""
    if start == end:
        return short_day(end)
    if (end.month, end.day) == (3, 31) and comparable.is_year(start, end):
        return f"{end.year - 1}-{end.year % 100:02d}"
    return f"year to {short_day(end)}"


def note(found: Iterable[Comparison]) -> str:
    """What a row's cells don't say of its comparators, whose periods stand in them: what holds for all first."""
    found = list(found)
    compared = [one for one in found if not one.refused]
    if not compared:
        return f"Not compared: {found[0].refused}." if found else ""
    own: dict[str, list[str]] = {}
    for one in compared:
        rest = [clause for clause in one.clauses if clause != comparable.period_clause(*_periods(one))]
        rest += [one.name] if one.against == comparison.NEIGHBOURS and not one.name.startswith(_ALL_TEN) else []
        if one.value is None and one.symbol:
            meaning = benchmarks.SYMBOLS[one.symbol]
            rest.append(meaning if text(one) == "–" else f"{one.symbol}: {meaning}")
        for clause in rest:
            own.setdefault(clause, []).append(_short(one))
    # What is said of the same ones stands in one sentence.
    of: dict[tuple[str, ...], list[str]] = {}
    for clause, whose in own.items():
        of.setdefault(tuple(whose), []).append(clause)
    alike = len(compared) if len(compared) > 1 else 0
    sentences = [
        f"{'All' if len(whose) == alike else listed([*whose])}: {', '.join(said)}" for whose, said in of.items()
    ]
    sentences += [f"{_short(one)}: {one.refused}" for one in found if one.refused]
    return ". ".join(sentences) + "." if sentences else ""


def legend(found: Iterable[Comparison]) -> str:
    """What holds for the whole table, as the end of its caption."""
    compared = [one for one in found if not one.refused]
    said = []
    if any(comparable.period_clause(*_periods(one)) for one in compared):
        said.append("what each figure is for stands in brackets, and where it differs the two are of different periods")
    names = {one.name for one in compared if one.against == comparison.NEIGHBOURS and one.name.startswith(_ALL_TEN)}
    said += [f"neighbours: {name}" for name in sorted(names)]
    return "; ".join(said)


def _periods(found: Comparison) -> tuple[tuple[dt.date, dt.date], tuple[dt.date, dt.date]]:
    about = benchmarks.measures()[_measure(found)]
    return found.local, (about.start(found.year), about.end(found.year))


def values(found: Comparison) -> dict[str, dict]:
    """The figure and its words as findings hold them, by name; the figure says what it is compared with."""
    stem = f"{found.indicator}.{found.against}"
    about = registry.indicators()[found.indicator]
    published = None
    if not found.refused:
        measure = benchmarks.measures()[_measure(found)]
        published = (measure.start(found.year), measure.end(found.year))
    data = {
        "measure": _measure(found), "against": found.against, "year": found.year, "release": found.release,
        "label": found.label,
        "published": [day.isoformat() for day in published] if published else None, "local": [day.isoformat() for day in found.local],
        "words": found.words,
    }  # fmt: skip
    told = benchmarks.releases()[found.release].title if found.release else ""
    period = comparable.in_words(*published) if published else ""
    figure = item(text(found), found.value, found.unit, indicator=about.id, title=f"{about.title}: {found.name}", period=period, source=told)  # fmt: skip
    words = item(found.words, None, "text", indicator=about.id, title=f"{about.title}: {found.name}, in words", period=period, source=told)  # fmt: skip
    return {f"{stem}.figure": {**figure, "comparator": data}, f"{stem}.words": words}


def text(found: Comparison) -> str:
    """The figure as it is written, or the symbol in its place."""
    if found.value is None:
        if found.symbol == "-":
            return "–"
        return found.symbol if found.symbol in benchmarks.SYMBOLS and not found.refused else NOT_AVAILABLE
    return number(
        found.value, "rate_whole" if found.unit == RATE and found.indicator.startswith(_WHOLE_RATES) else found.unit
    )


def _measure(found: Comparison) -> str:
    return found.indicator if found.indicator in benchmarks.measures() else benchmarks.alike().get(found.indicator, "")


def _heading(review: Review, against: str) -> str:
    return _HEADINGS.get(against) or (review.authority.region if against == comparison.REGION else against)


def _short(found: Comparison) -> str:
    return _HEADINGS.get(found.against, found.name)
