"""Exclusions of children looked after by school year: how many, how many children, and school days missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released
from analysis.disclosure.wording import number, period
from analysis.findings import measures, variation
from analysis.findings.values import make_value
from analysis.indicators import education
from analysis.indicators.definition import SCHOOL_YEAR, Period
from analysis.indicators.definition import period as period_of
from analysis.methods.masks import certain
from analysis.methods.rate_changes import cluster_dispersion, rate_change, share_change
from analysis.reference.quarters import words

if TYPE_CHECKING:
    from analysis.findings.review import Review

TABLE = "school_exclusions"
HOLIDAY = 8  # August: no school keeps, so a chart of it would show noughts that say nothing
_COUNTS = ("exclusions", "children", "repeated", "repeat_exclusions", "permanent")
_YEARS_BACK = 4


def school_years(review: Review) -> list[Period]:
    """The school years, oldest first, of the latest four, that the records cover from their first day to their last."""
    found = [period_of(SCHOOL_YEAR, review.quarter.shift(-4 * back)) for back in reversed(range(_YEARS_BACK))]
    return [one for one in found if review.evidence.covers(TABLE, one.start, one.end)]


def latest(review: Review) -> Period:
    """The latest school year that had ended."""
    return period_of(SCHOOL_YEAR, review.quarter)


def by_year(review: Review) -> Released:
    """A row a school year: year, fixed period exclusions, children excluded, those excluded more than once and theirs,
    permanent exclusions; school days missed and per exclusion. Released."""
    rows = []
    for span in school_years(review):
        fixed = education.fixed_exclusions(review.evidence, span)
        each = fixed.groupby("child_id").size()
        days = pd.to_numeric(fixed["days"]).sum()
        rows.append({
            "year": education.school_year(span), "period_end": pd.Timestamp(span.end), "exclusions": len(fixed),
            "children": len(each), "repeated": int((each > 1).sum()), "repeat_exclusions": int(each[each > 1].sum()),
            "permanent": len(education.permanent_exclusions(review.evidence, span)), "days": float(days),
            "days_each": float(days) / len(fixed) if len(fixed) else None,
        })  # fmt: skip
    kinds = {"year": "str", "period_end": "datetime64[us]", **dict.fromkeys(_COUNTS, "Int64"),
             **dict.fromkeys(("days", "days_each"), "float64")}  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(kinds)).astype(kinds)
    rests = dict.fromkeys(("days", "days_each"), ("exclusions", "children"))
    return review.release(frame, counts=_COUNTS, derived=rests)


def values(review: Review, found: Released) -> dict[str, dict]:
    """`excluded.<measure>` of the latest school year: children, repeated, days, days_each; and `excluded.since_records_began`,
    permanent exclusions in all that is known."""
    span = latest(review)
    rows = found.frame[found.frame["period_end"] == pd.Timestamp(span.end)]
    about = {"period": period(span.start, span.end), "source": measures.source(review)}
    units = {"children": ("count", "Children looked after with a fixed period exclusion"),
             "repeated": ("count", "Children looked after excluded more than once"),
             "days": ("mean", "School days missed by fixed period exclusions"),
             "days_each": ("mean", "School days for each fixed period exclusion")}  # fmt: skip
    items = {}
    for name, (unit, title) in units.items():
        hidden = bool(found.is_withheld(name)[rows.index].any())
        value = None if rows.empty or hidden else rows[name].iloc[0]
        items[f"excluded.{name}"] = make_value(
            review.audience, value, unit=unit, rests_on=[1 if hidden else rows["exclusions"].iloc[0] if len(rows) else None],
            text=number(value, "count") if name == "days" and value is not None else None, title=title, **about,
        )  # fmt: skip
    begins = review.evidence.begins(TABLE)
    known = review.known.table(TABLE)
    ever = int(certain(known["kind"] == education.PERMANENT).sum()) if review.known.carries(TABLE) else None
    items["excluded.permanently_on_record"] = make_value(
        review.audience, ever, title="Permanent exclusions of children looked after, all on record", source=measures.source(review),
        period=period(begins, review.quarter.end) if begins else f"to {words(review.quarter.end)}",
    )  # fmt: skip
    return items


def monthly(review: Review) -> pd.DataFrame:
    """Fixed period exclusions by month, the holiday month left out."""
    known = review.known.table(TABLE)
    if not review.known.carries(TABLE):
        return pd.DataFrame({"month": pd.Series(dtype="datetime64[us]"), "n": pd.Series(dtype="Int64")})
    months = variation.monthly(review, TABLE, "date")
    fixed = known.loc[certain(known["kind"] == education.FIXED), "date"].dropna().dt.to_period("M").value_counts()
    counted = fixed.reindex(months["month"].dt.to_period("M"), fill_value=0).to_numpy()
    months = months.assign(n=pd.array(counted, dtype="Int64"))
    return months[months["month"].dt.month != HOLIDAY].reset_index(drop=True)


def change_in_words(review: Review, found: Released) -> str:
    """The latest school year beside the one before it: exclusions, children, and whether chance would do."""
    rows, hidden = found.frame.tail(2), found.withheld.tail(2)
    if rows.empty:
        return "No whole school year of exclusions is on record."
    now = rows.iloc[-1]
    if hidden[["exclusions", "children"]].to_numpy().any():
        return f"Exclusions of the last two school years are withheld ({CONFIDENTIAL}), because so few children are behind them."
    told = (
        f"There were {number(now['exclusions'], 'count')} fixed period exclusions in the school year {now['year']}, "
        f"of {number(now['children'], 'count')} children"
    )
    if len(rows) < 2:
        return f"{told}; no earlier school year is on record."
    before = rows.iloc[0]
    told += f", and {number(before['exclusions'], 'count')} of {number(before['children'], 'count')} children in {before['year']}"
    # A child excluded again and again is one story: exclusions of the same child count as a cluster.
    spans = school_years(review)[-2:]
    children = pd.concat([education.fixed_exclusions(review.evidence, one)["child_id"] for one in spans])
    test = rate_change(
        [before["exclusions"]], [1.0], [now["exclusions"]], [1.0], dispersion=cluster_dispersion(children)
    )
    if test.p >= 0.05:
        return f"{told}: no more apart than chance would make them."
    way = "more" if now["exclusions"] > before["exclusions"] else "fewer"
    return f"{told}: {way}, by more than chance would give, also when exclusions of the same child are counted together."


def repeated_in_words(review: Review, found: Released) -> str:
    """How far the exclusions are of a few children, in the latest school year on record."""
    if found.frame.empty:
        return "Whether exclusions come again and again to the same children can't be told: no whole school year is on record."
    now, hidden = found.frame.iloc[-1], found.withheld.iloc[-1]
    if hidden[["exclusions", "children", "repeated", "repeat_exclusions"]].any():
        return "How often the same child was excluded is withheld, because so few children are behind it."
    if not now["exclusions"]:
        return f"No child was excluded for a fixed period in {now['year']}."
    share = 100 * float(now["repeat_exclusions"]) / float(now["exclusions"])
    return (
        f"Of the {number(now['children'], 'count')} children excluded in {now['year']}, {number(now['repeated'], 'count')} {'was' if now['repeated'] == 1 else 'were'} excluded "
        f"more than once; {number(share, 'percent')} of all exclusions were theirs."
    )


def share_in_words(paths: Released, series: str, doing: str) -> str:
    """A share of children of school age in the latest school year of `paths` beside the one before, with the test."""
    rows = paths.frame[paths.frame["series"] == series].sort_values("period_end").tail(2)
    if rows.empty:
        return f"The share of children who {doing} can't be told: no whole school year is on record."
    now = rows.iloc[-1]
    if paths.is_withheld("value")[rows.index].any():
        return f"The share of children who {doing} is withheld ({CONFIDENTIAL}) in one of the last two school years, because so few did."
    told = (
        f"In the school year to {words(now['period_end'].date())} {number(now['value'], 'percent')} of "
        f"{number(now['denominator'], 'count')} children of school age {doing}"
    )
    if len(rows) < 2:
        return f"{told}; no earlier school year is on record."
    before = rows.iloc[0]
    told += f", and {number(before['value'], 'percent')} of {number(before['denominator'], 'count')} the year before"
    test = share_change(before["numerator"], before["denominator"], now["numerator"], now["denominator"])
    if test.lower <= 0 <= test.upper:
        return f"{told}: no more apart than chance alone would make them."
    return f"{told}: {'higher' if test.up else 'lower'}, by more than chance alone would give."


def permanent_in_words(review: Review) -> str:
    """Permanent exclusions as far back as the records go."""
    if not review.known.carries(TABLE):
        return "No delivery has brought exclusions."
    begins = review.evidence.begins(TABLE)
    since = f"since {words(begins)}, when the records begin" if begins else "on record"
    rows = review.known.table(TABLE)
    item = make_value(review.audience, int(certain(rows["kind"] == education.PERMANENT).sum()))
    if item["value"] == 0:
        return f"No child looked after has been permanently excluded {since}."
    if item["text"] == CONFIDENTIAL:
        return f"The number of permanent exclusions {since} is withheld ({CONFIDENTIAL})."
    return f"Permanent exclusions of children looked after {since}: {item['text']}."
