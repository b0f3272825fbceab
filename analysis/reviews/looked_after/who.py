"""Who is looked after: ages and other circumstances of those who are, who start and who cease, side by side."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import number
from analysis.indicators import registry
from analysis.indicators.engine import UNAVAILABLE

# Indicator -> column of the table. The first is asked for a year ago too.
_MEASURES = {"lac_count": "now", "lac_start_count": "started", "lac_cease_count": "ceased"}
THEN = "year_ago"
COLUMNS = ("now", THEN, "started", "ceased")
CUTS = {
    "age": "Age",
    "sex": "Sex",
    "ethnicity": "Ethnic group",
    "disability": "Disability",
    "need": "Need when they came",
}
# Nobody is looked after before birth.
_NOT_HERE = ("Unborn",)


def side_by_side(review, cuts: Iterable[str] = tuple(CUTS)) -> Released:
    """A row a category of each cut: about (the cut), category, now, year_ago, started and ceased (twelve months), released.
    Categories in which there is nobody at all are left out."""
    cuts = list(cuts)
    quarter = review.quarter
    table = registry.compute(review.known, quarter, list(_MEASURES), cuts, review.authority)
    then = registry.compute(review.known, quarter.shift(-4), ["lac_count"], cuts, review.authority)
    parts = [table.assign(column=table["indicator"].map(_MEASURES)), then.assign(column=THEN)]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[rows["breakdown"].isin(cuts) & (rows["symbol"] != UNAVAILABLE) & ~rows["category"].isin(_NOT_HERE)]
    wide = rows.pivot_table(
        index=["breakdown", "category"], columns="column", values="numerator", sort=False, aggfunc="sum"
    )
    wide = wide.reindex(columns=list(COLUMNS)).reset_index()
    wide.columns.name = None
    wide = wide[wide[list(COLUMNS)].fillna(0).sum(axis=1) > 0].reset_index(drop=True)
    order = wide["breakdown"].map({name: place for place, name in enumerate(cuts)})
    wide = wide.assign(about=wide["breakdown"].map(CUTS), order=order)
    wide = wide.sort_values("order", kind="stable", ignore_index=True).astype(dict.fromkeys(COLUMNS, "Int64"))
    # The whole of each cut is the number looked after, starting or ceasing, which is shown elsewhere.
    return review.release(
        wide[["about", "category", *COLUMNS]], counts=COLUMNS, adds=Structure(within=["about"])
    )  # fmt: skip


def in_words(ages: Released, others: Released) -> str:
    """The largest age group of those who are looked after and of those who started, and the need recorded most often."""
    told = []
    for table, about, column, words in (
        (ages, "age", "now", "The largest age group of those looked after is {name}"),
        (ages, "age", "started", "Children start most often at the age of {name}"),
        (others, "need", "now", "The need recorded most often when they came is {name}"),
    ):
        rows = table.frame[table.frame["about"] == CUTS[about]]
        shown = rows[column].dropna()
        if shown.empty or shown.max() <= 0:
            continue
        at = shown.astype(float).idxmax()
        of = f" of {number(rows[column].sum(), 'count')}" if rows[column].notna().all() else ""
        name = str(rows["category"][at])
        told.append(f"{words.format(name=name[0].lower() + name[1:])} ({number(rows[column][at], 'count')}{of}).")
    if not told:
        return "Too few children are looked after, or too little is known of them, to say who they are."
    hidden = ages.anything_withheld or others.anything_withheld
    return " ".join(
        [*told, *(["Some numbers are withheld, so that a group may be larger than it seems."] if hidden else [])]
    )
