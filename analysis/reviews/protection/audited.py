"""What case file audits say of management decisions: the latest round that asked, and the first of the same calendar year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import CONFIDENTIAL
from analysis.disclosure.wording import NOT_AVAILABLE
from analysis.findings.measures import values_of
from analysis.findings.values import make_value
from analysis.indicators import registry
from analysis.methods.rate_changes import share_change

if TYPE_CHECKING:
    from analysis.findings.review import Review

INDICATOR, NAME = "audit_positive_percent", "decisions_at_level"
# Every authority words its own audit tool: the question is the one that speaks of both.
_SPEAKS_OF = ("decision", "level")
SURE = 0.05


def question(audits: pd.DataFrame) -> str:
    """The question whether decisions are made at the right level; blank where no audit has asked it."""
    asked = sorted(audits["question"].dropna().astype(str).unique())
    return next((one for one in asked if all(word in one.lower() for word in _SPEAKS_OF)), "")


def rounds(review: Review) -> tuple[pd.Period, pd.Period] | None:
    """The first month of the latest calendar year in which the question was asked, and the latest, by the quarter's end."""
    audits = review.evidence.table("case_audits")
    days = audits.loc[audits["question"] == question(audits), "date"]
    days = days[days <= pd.Timestamp(review.quarter.end)]
    if days.empty:
        return None
    months = days.dt.to_period("M")
    return months[months.dt.year == months.max().year].min(), months.max()


def _rows(review: Review) -> dict[str, pd.Series]:
    found, asked = rounds(review), question(review.evidence.table("case_audits"))
    if found is None:
        return {}
    rows = {}
    for name, month in zip(("first_of_year", "latest"), found, strict=True):
        over = (month.start_time.date(), month.end_time.date())
        table = registry.series(
            review.known, [INDICATOR], [review.quarter], ["question"], review.authority, period=over
        )
        one = table[(table["breakdown"] == "question") & (table["category"] == asked)]
        if len(one):
            rows[name] = one.iloc[0]
    return rows


def values(review: Review) -> dict[str, dict]:
    """`decisions_at_level.latest` and `.first_of_year`, and each one's month in words (`.latest_month`, `.first_of_year_month`)."""
    rows, found = _rows(review), {}
    title = "Audited cases in which decisions were made at the right level of management"
    for name in ("latest", "first_of_year"):
        month = f"{rows[name]['period_end']:%B %Y}" if name in rows else NOT_AVAILABLE
        if name in rows:
            table = pd.DataFrame([rows[name]]).assign(moment=name)
            [(_, one)] = values_of(review, table, {INDICATOR: NAME}).items()
            found[f"{NAME}.{name}"] = {**one, "title": title}
        else:
            found[f"{NAME}.{name}"] = make_value(review.audience, None, unit="percent", title=title)
        found[f"{NAME}.{name}_month"] = make_value(review.audience, month, title=f"{title}: month of the round")
    return found


def in_words(review: Review) -> str:
    rows, said = _rows(review), values(review)
    if len(rows) < 2:
        return "No case file audit held has asked whether decisions are made at the right level of management."
    texts = {name: said[f"{NAME}.{name}"]["text"] for name in ("latest", "first_of_year")}
    months = {name: said[f"{NAME}.{name}_month"]["text"] for name in ("latest", "first_of_year")}
    opening = f"Of the cases audited in {months['latest']}, {texts['latest']} had decisions made at the right level of management"
    if months["latest"] == months["first_of_year"] or NOT_AVAILABLE in texts.values():
        return f"{opening}; there is no earlier round of that year to set it against."
    if CONFIDENTIAL in texts.values():
        return f"{opening}, and of those audited in {months['first_of_year']} {texts['first_of_year']} (c: withheld, because it rests on too few)."
    then, now = rows["first_of_year"], rows["latest"]
    p = share_change(then["numerator"], then["denominator"], now["numerator"], now["denominator"]).p
    verdict = "by more than chance gives" if p < SURE else "which so few audits could give by chance"
    way = "higher" if now["value"] > then["value"] else "lower" if now["value"] < then["value"] else "no different"
    return f"{opening}; of those audited in {months['first_of_year']} it was {texts['first_of_year']}: {way}" + (
        "." if way == "no different" else f", {verdict}."
    )
