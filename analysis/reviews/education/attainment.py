"""What children looked after reached at each stage of school, year by year, and whether a year differs from the last."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released, Structure
from analysis.disclosure.wording import NOT_AVAILABLE, number, period
from analysis.findings import measures
from analysis.findings.values import make_value
from analysis.indicators import registry
from analysis.methods.rate_changes import share_change
from analysis.reference.codes import codes

if TYPE_CHECKING:
    from analysis.findings.review import Review

INDICATOR, BY = "lac_attainment_percent", "attainment"
# The stages' codes in the list of local measures, and the names that their values go by.
STAGES = MappingProxyType({
    "early_years_good_level": "early_years", "phonics": "phonics", "key_stage_1": "key_stage_one",
    "key_stage_2": "key_stage_two", "gcse_english_maths_4": "gcse",
})  # fmt: skip
# For the ends of lines, where the whole name of a standard would not fit.
_SHORT = MappingProxyType({
    "early_years": "Early years", "phonics": "Phonics", "key_stage_one": "Key stage 1", "key_stage_two": "Key stage 2",
    "gcse": "English and maths at 16",
})  # fmt: skip
YEARS = ("now", "year_ago", "two_years_ago")
_MOST_YEARS = 4


def stages() -> dict[str, str]:
    """The stages' names to their words, youngest first."""
    words = codes("local", "education_measure")
    return {name: words[code] for code, name in STAGES.items()}


def by_year(review: Review) -> Released:
    """A row a stage and school year, the latest four that are known: year (`2017-18`), stage (its words), short, period_start,
    period_end, numerator, denominator and value. Released; a stage in which nobody had a result isn't there."""
    at = [review.quarter.shift(-4 * back) for back in reversed(range(_MOST_YEARS))]
    table = registry.series(review.known, [INDICATOR], at, [BY], review.authority)
    table = table[(table["breakdown"] == BY) & (table["symbol"] == "")].drop_duplicates(["period_end", "category"])
    order = list(stages().values())
    table = table.assign(place=table["category"].map(order.index)).sort_values(["place", "period_end"], kind="stable")
    ends = pd.to_datetime(table["period_end"])
    frame = pd.DataFrame({
        "year": (ends.dt.year - 1).astype("str") + "-" + (ends.dt.year % 100).astype("str").str.zfill(2),
        "stage": table["category"].astype("str"),
        "short": table["category"].map({words: _SHORT[name] for name, words in stages().items()}).astype("str"),
        **{name: pd.to_datetime(table[name]) for name in ("period_start", "period_end")},
        **{name: table[name] for name in ("numerator", "denominator", "value")},
    }).reset_index(drop=True)  # fmt: skip
    # A year's results of all stages together are among the published indicators: its stages are the parts of them.
    return review.release(
        frame, counts=measures.COUNTS, derived={"value": measures.COUNTS}, adds=Structure(within=["year"])
    )


def _cells(review: Review, found: Released) -> dict[tuple[str, str], dict]:
    """Each stage and year's figures, by its name and the year's (`now`, `year_ago`, `two_years_ago`)."""
    hidden = found.is_withheld("value")
    ends = {
        pd.Timestamp(registry.indicators()[INDICATOR].period(review.quarter.shift(-4 * back)).end): name
        for back, name in enumerate(YEARS)
    }
    called = {words: name for name, words in stages().items()}
    return {
        (called[row.stage], ends[row.period_end]): {**row._asdict(), "hidden": bool(hidden[row.Index])}
        for row in found.frame.itertuples()
        if row.period_end in ends
    }


def values(review: Review, found: Released) -> dict[str, dict]:
    """`attainment.<stage>.<year>`: the share that reached the standard of each stage."""
    cells, items = _cells(review, found), {}
    for name, words in stages().items():
        for back, year in enumerate(YEARS):
            cell = cells.get((name, year))
            span = registry.indicators()[INDICATOR].period(review.quarter.shift(-4 * back))
            about = {"title": f"Children looked after: {words[:1].lower()}{words[1:]}", "indicator": INDICATOR, "unit": "percent",
                     "period": period(span.start, span.end), "source": measures.source(review)}  # fmt: skip
            if cell is None:
                items[f"attainment.{name}.{year}"] = make_value(review.audience, None, **about)
                continue
            # What was withheld beside a small count is withheld here, too: any small count stands for it.
            parts = {} if cell["hidden"] else {part: cell[part] for part in measures.COUNTS}
            items[f"attainment.{name}.{year}"] = make_value(
                review.audience, None if cell["hidden"] else cell["value"], rests_on=[1] if cell["hidden"] else (), **parts, **about
            )  # fmt: skip
    return items


def change_in_words(review: Review, found: Released, stage: str) -> str:
    """A stage in the latest school year beside the one before, and whether chance alone could have made the difference."""
    cells, words = _cells(review, found), stages()[stage]
    now, before = (cells.get((stage, year)) for year in YEARS[:2])
    if now is None:
        return f"{words}: {NOT_AVAILABLE} for the latest school year."
    if now["hidden"]:
        return f"{words}: withheld ({CONFIDENTIAL}) in {now['year']}, because so few children are behind it."
    told = (
        f"{words}: {number(now['value'], 'percent')} of {number(now['denominator'], 'count')} children in {now['year']}"
    )
    if before is None:
        return f"{told}; there is no figure for the year before."
    if before["hidden"]:
        return f"{told}; the year before is withheld ({CONFIDENTIAL}), because so few children are behind it."
    told += (
        f", and {number(before['value'], 'percent')} of {number(before['denominator'], 'count')} in {before['year']}"
    )
    test = share_change(before["numerator"], before["denominator"], now["numerator"], now["denominator"])
    if test.lower <= 0 <= test.upper:
        return f"{told}: with so few children, chance alone could make that difference."
    return f"{told}: {'higher' if test.up else 'lower'}, by more than chance alone would give."


def side_by_side(review: Review, found: Released) -> Released:
    """The stages as rows and the school years as columns, each share with the children behind it: `40% of 15`."""
    rows, hidden = found.frame, found.is_withheld("value")
    told = [
        CONFIDENTIAL if secret else f"{number(row.value, 'percent')} of {number(row.denominator, 'count')}"
        for row, secret in zip(rows.itertuples(), hidden, strict=True)
    ]
    wide = rows.assign(told=pd.Series(told, dtype="str", index=rows.index)).pivot(
        index="stage", columns="year", values="told"
    )
    wide = wide.reindex(index=list(dict.fromkeys(rows["stage"]))).fillna("–").reset_index()
    wide.columns.name = None
    return review.release(wide.astype("str"))
