"""The feedback app in the months of the quarter: what is sent in a month, and what its share of good news can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure.wording import NOT_AVAILABLE
from analysis.findings.measures import COUNTS, DERIVED, source
from analysis.findings.values import item
from analysis.indicators import registry

if TYPE_CHECKING:
    from analysis.findings.review import Review

GOOD_NEWS = "app_good_news_percent"
_PLACES = ("first_month", "second_month", "last_month")


def good_news_by_month(review: Review) -> dict[str, dict]:
    """`app_good_news.first_month`, `.second_month` and `.last_month` of the quarter."""
    about, told, found = registry.indicators()[GOOD_NEWS], source(review), {}
    months = pd.period_range(review.quarter.start, periods=len(_PLACES), freq="M")
    for place, month in zip(_PLACES, months, strict=True):
        over = (month.start_time.date(), month.end_time.date())
        rows = registry.series(review.known, [GOOD_NEWS], [review.quarter], authority=review.authority, period=over)
        out = review.release(rows[[*COUNTS, *DERIVED]], counts=COUNTS, derived=DERIVED)
        row = out.frame.iloc[0]
        found[f"app_good_news.{place}"] = item(
            None, row["value"], about.unit, bool(out.is_withheld("value").iloc[0]), indicator=GOOD_NEWS, title=about.title,
            definition=f"{about.definition} Here of one month.", period=f"{month:%B %Y}", numerator=row["numerator"],
            denominator=row["denominator"], lower=row["lower"], upper=row["upper"], source=told,
        )  # fmt: skip
    return found


def good_news_in_words(items: dict[str, dict]) -> str:
    """The months' shares, in a sentence with what they don't tell."""
    months = [items[f"app_good_news.{place}"] for place in _PLACES]
    if all(one["text"] == NOT_AVAILABLE for one in months):
        return "No statements sent in the feedback app are held for the months of the quarter."
    told = ", ".join(f"{one['text']} in {one['period']}" for one in months[:-1])
    return (
        f"Statements that share good news were {told} and {months[-1]['text']} in {months[-1]['period']}. That says what young people "
        "use the app for, and not how they are: a child with a worry may tell it to a person."
    )
