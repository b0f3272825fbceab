"""What the workforce census says year by year: posts, leavers and starters, and those newly qualified.

DfE counts on 30 September; amounts are full-time equivalents, people where it says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import NOT_AVAILABLE, number
from analysis.findings import measures
from analysis.findings.values import make_value
from analysis.indicators import registry, workforce
from analysis.indicators.definition import CENSUS_YEAR, period
from analysis.methods.rate_changes import share_change
from analysis.reference.quarters import Quarter, words

if TYPE_CHECKING:
    from analysis.findings.review import Review

_CENSUS_QUARTER = 2  # July to September


def years(review: Review) -> list[int]:
    """The years whose census has been delivered and whose 30 September has come."""
    held = review.evidence.table("social_workers")["year"].dropna().unique()
    latest = period(CENSUS_YEAR, review.quarter).end.year
    return sorted(int(year) for year in held if int(year) <= latest)


def over_years(review: Review, **named: str) -> Released:
    """Indicators of the census, a row a year and indicator, with the short name in `series`; released."""
    at = [Quarter(year, _CENSUS_QUARTER) for year in years(review)]
    table = registry.series(review.known, list(named), at, authority=review.authority)
    table = table[table["symbol"] == ""]
    return measures.released(review, table.assign(series=table["indicator"].map(named)))


def in_words(found: Released, indicator: str, subject: str) -> str:
    """The latest, the one before and the first, in a sentence. They count everybody, so chance has no say in them."""
    rows = found.frame[found.frame["indicator"] == indicator]
    if rows.empty:
        return f"{subject} can't be given: no workforce census that has it is held."
    texts = [
        number(value, registry.indicators()[indicator].unit, withheld=bool(hidden))
        for value, hidden in zip(rows["value"], found.is_withheld("value")[rows.index], strict=True)
    ]
    dates = [str(one.year) for one in rows["period_end"]]
    latest = f"{subject} was {texts[-1]} by the census of {dates[-1]}"
    if len(texts) == 1:
        return f"{latest}, the only one held."
    before = f"{texts[-2]} by that of {dates[-2]}"
    return (
        f"{latest}, {before}."
        if len(texts) == 2
        else f"{latest}, {before}, and {texts[0]} by the first held, of {dates[0]}."
    )


def flows(review: Review) -> Released:
    """People in post from one 30 September to the next: `year` (in which it ends), opening, joined, left, closing.

    Who is in post at both isn't counted, however often they moved in between. Agency workers are left out.
    """
    rows, known = [], years(review)
    for year in known[1:]:
        if year - 1 not in known:
            continue
        then, now = (_in_post(review, one) for one in (year - 1, year))
        rows.append((str(year), len(then), len(now - then), len(then - now), len(now)))
    frame = pd.DataFrame(rows, columns=["year", "opening", "joined", "left", "closing"])
    frame = frame.astype({"year": "str", **dict.fromkeys(("opening", "joined", "left", "closing"), "Int64")})
    adds = Structure(columns={"closing": ["opening", "joined", "-left"]}, carried={"opening": "closing"})
    return review.release(frame, counts=["opening", "joined", "left", "closing"], adds=adds)


def _in_post(review: Review, year: int) -> set[str]:
    rows = review.evidence.once(workforce.census, year)
    return set(rows.loc[rows["here"] & rows["employed"], "worker_id"].dropna())


def flows_in_words(found: Released) -> str:
    """The latest year's starters and leavers, in a sentence."""
    if found.frame.empty:
        return "Two censuses in a row are needed to tell who joined and who left; they aren't held."
    last, hidden = found.frame.iloc[-1], found.withheld.iloc[-1]
    if hidden.any():
        return "Too few social workers joined or left in the latest year to tell how many."
    opening, joined, left, closing = (number(last[name], "count") for name in ("opening", "joined", "left", "closing"))
    said = (
        f"In the year to 30 September {last['year']}, {joined} social workers joined and {left} left, which took those in post "
        f"from {opening} to {closing}."
    )
    return f"{said} {_beside_the_year_before(found)}".strip()


def _beside_the_year_before(found: Released) -> str:
    """Whether a larger or smaller share left than in the year before."""
    if len(found.frame) < 2 or found.withheld.iloc[-2].any():
        return ""
    before, last = (found.frame.iloc[place] for place in (-2, -1))
    compared = share_change(*(float(row[name]) for row in (before, last) for name in ("left", "opening")))
    if np.isnan(compared.lower):
        return ""
    then = f"In the year before {number(before['left'], 'count')} of {number(before['opening'], 'count')} had left"
    if compared.lower <= 0 <= compared.upper:
        return f"{then}: as a share, no more than chance apart."
    return f"{then}: as a share {'more' if compared.lower > 0 else 'fewer'} left now, by more than chance alone would give."


def roles(review: Review) -> Released:
    """Social workers in post and agency workers at the latest census, by `role`."""
    asked = {"social_worker_count": "in_post", "workforce_agency_count": "agency"}
    table = registry.compute(review.known, review.quarter, list(asked), ["role"], review.authority)
    table = table[table["symbol"] != "x"]
    parts = table[table["breakdown"] == "role"]
    frame = pd.DataFrame({"role": pd.Series(list(dict.fromkeys(parts["category"])), dtype="str")})
    totals = {}
    for indicator, name in asked.items():
        rows = parts[parts["indicator"] == indicator].set_index("category")["numerator"]
        frame[name] = frame["role"].map(rows).astype("Int64")
        whole = table.loc[(table["indicator"] == indicator) & (table["breakdown"] == "all"), "numerator"]
        if len(whole):
            totals[name] = float(whole.iloc[0])
    return review.release(frame, counts=list(asked.values()), adds=Structure(totals=totals))


def cohort(review: Review) -> tuple[pd.Period, int] | None:
    """The month of the latest census year in which most newly qualified workers began, and how many; None without any."""
    rows = review.evidence.once(workforce.newly_qualified, period(CENSUS_YEAR, review.quarter))
    if rows is None or rows.empty:
        return None
    months = rows["role_start"].dt.to_period("M").value_counts().sort_index()
    most = months[months == months.max()]
    return most.index[-1], int(most.iloc[-1])


def cohort_values(review: Review) -> dict[str, dict]:
    """`newest_cohort.starts` and `newest_cohort.month`."""
    found = cohort(review)
    month = NOT_AVAILABLE if found is None else f"{found[0]:%B %Y}"
    about = {"indicator": "academy_start_count", "period": month, "definition": _COHORT}
    return {
        "newest_cohort.starts": make_value(review.audience, None if found is None else found[1],
                                           title="Newly qualified social workers who began together", **about),
        "newest_cohort.month": make_value(review.audience, month, title="Month in which most newly qualified workers began"),
    }  # fmt: skip


_COHORT = (
    "Newly qualified social workers who began in the month of the year to 30 September in which most did, the latest of such "
    "months where there are several."
)


def cohort_in_words(review: Review) -> str:
    """When the newly qualified began, in a sentence."""
    values, end = cohort_values(review), words(period(CENSUS_YEAR, review.quarter).end)
    month, starts = (values[f"newest_cohort.{part}"]["text"] for part in ("month", "starts"))
    if month == NOT_AVAILABLE:
        return f"No newly qualified social worker is known to have begun in the year to {end}."
    if values["newest_cohort.starts"]["value"] is None:
        return f"Most of the newly qualified social workers of the year to {end} began in {month}; they are too few to count here."
    return f"Of the newly qualified social workers of the year to {end}, most began in {month}: {starts} together."
