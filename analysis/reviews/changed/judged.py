"""Each measure now, a quarter and a year ago, with the verdict on each difference; and which figures were put right since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released
from analysis.disclosure.wording import NOT_AVAILABLE, as_date, listed, period, short_day
from analysis.findings.measures import COUNTS, DERIVED, source
from analysis.findings.values import item
from analysis.indicators import registry
from analysis.indicators.changes import SIGNIFICANT, Place, beyond_chance
from analysis.indicators.definition import Indicator
from analysis.reference.quarters import Quarter
from analysis.reviews.changed.measures import MEASURES

if TYPE_CHECKING:
    from analysis.findings.review import Review

ROSE, FELL, WITHIN, UNKNOWN = "rose", "fell", "within chance", "–"
# What the board was told last quarter, looked at again; each needs few of the records as they then were.
HEADLINES = ("referral_count", "cpp_count", "lac_count")
SINCE = {"quarter": "quarter_ago", "year": "year_ago"}


def table(review: Review) -> pd.DataFrame:
    """A row a measure and moment (`now`, `quarter_ago`, `year_ago`) of the indicators' table, with `area` and `moment`."""
    at = {"now": review.quarter, "quarter_ago": review.quarter.shift(-1), "year_ago": review.quarter.shift(-4)}
    ids = [one for names in MEASURES.values() for one in names]
    found = registry.series(review.known, ids, sorted(at.values()), authority=review.authority)
    area = {one: name for name, names in MEASURES.items() for one in names}
    named = {str(quarter): moment for moment, quarter in at.items()}
    return found.assign(moment=found["quarter"].map(named), area=found["indicator"].map(area))


def verdicts(review: Review, found: pd.DataFrame) -> pd.DataFrame:
    """By measure: area, title, the text of each moment's figure as the audience may see it, and the verdict on each difference
    (`quarter`, `year`): rose, fell, within chance, a dash where nobody can say, `c` where a figure is withheld."""
    texts = _texts(review, found)
    rows = []
    for name in dict.fromkeys(found["indicator"]):
        about = registry.indicators()[name]
        mine = {row["moment"]: row for _, row in found[found["indicator"] == name].iterrows()}
        shown = {moment: texts[name, moment]["text"] for moment in mine}
        judged = {since: _judged(review, about, mine, shown, moment) for since, moment in SINCE.items()}
        rows.append({"indicator": name, "area": mine["now"]["area"], "title": about.title, **shown, **judged})
    columns = ["indicator", "area", "title", "now", "quarter_ago", "year_ago", "quarter", "year"]
    return pd.DataFrame(rows, columns=columns).replace({NOT_AVAILABLE: UNKNOWN})


def _texts(review: Review, found: pd.DataFrame) -> dict[tuple[str, str], dict]:
    figures = [*COUNTS, *DERIVED]
    out = review.release(found[figures].reset_index(drop=True), counts=COUNTS, derived=DERIVED)
    texts, told = {}, source(review)
    for row, shown, hidden in zip(found.itertuples(), out.frame.itertuples(), out.is_withheld("value"), strict=True):
        about = registry.indicators()[row.indicator]
        texts[row.indicator, row.moment] = item(
            None, shown.value, about.unit, bool(hidden), indicator=about.id, title=about.title, definition=about.definition,
            period=period(row.period_start, row.period_end), numerator=shown.numerator, denominator=shown.denominator,
            lower=shown.lower, upper=shown.upper, source=told,
        )  # fmt: skip
    return texts


def _judged(review: Review, about: Indicator, rows: dict[str, pd.Series], shown: dict[str, str], moment: str) -> str:
    if CONFIDENTIAL in (shown["now"], shown[moment]):
        return CONFIDENTIAL
    if NOT_AVAILABLE in (shown["now"], shown[moment]):
        return UNKNOWN
    before, after = rows[moment], rows["now"]
    quarters: tuple[Quarter, Quarter] = (Quarter.parse(before["quarter"]), Quarter.parse(after["quarter"]))
    if not beyond_chance(review.known, about, Place(review.authority), before, after, quarters):
        return WITHIN
    return ROSE if after["value"] > before["value"] else FELL


def released(review: Review, judged: pd.DataFrame) -> Released:
    """The verdicts as a table: its figures are texts that were released already."""
    return review.release(judged.drop(columns="indicator").astype("str").reset_index(drop=True))


def in_words(judged: pd.DataFrame, since: str, before: object) -> str:
    """Which measures changed beyond chance since a quarter or a year ago, and how many would by chance alone."""
    known = judged[~judged[since].isin([UNKNOWN, CONFIDENTIAL])]
    day = f"{as_date(before):%B %Y}"
    if known.empty:
        return f"No measure can be set beside {day} yet."
    if not (changed := known[known[since].isin([ROSE, FELL])]).size:
        return (
            f"Of {len(known)} measures that can be set beside {day}, none has changed by more than chance would give."
        )
    told = [f"{way}: {listed(_titles(changed, since, way))}" for way in (ROSE, FELL) if (changed[since] == way).any()]
    expected = max(1, round(SIGNIFICANT * len(known)))
    return (
        f"Of {len(known)} measures that can be set beside {day}, {len(changed)} changed by more than chance would give; "
        f"of so many, about {expected} would seem to by chance alone. What {'; what '.join(told)}."
    )


def _titles(changed: pd.DataFrame, since: str, way: str) -> list[str]:
    return [f"{title[0].lower()}{title[1:]}" for title in changed.loc[changed[since] == way, "title"]]


def revised(review: Review, found: pd.DataFrame) -> str:
    """What last quarter's delivery gave for the headline measures, where it isn't what is known of them now."""
    earlier = review.quarter.shift(-1)
    then = review.known_at(earlier)
    if then is review.known:
        return "There is no earlier delivery to set last quarter's figures beside."
    old = registry.compute(then, earlier, HEADLINES, authority=review.authority)
    old = _texts(review, old.assign(moment="then"))
    now, differ, compared = _texts(review, found), [], 0
    for name in HEADLINES:
        texts = old[name, "then"]["text"], now[name, "quarter_ago"]["text"]
        if {NOT_AVAILABLE, CONFIDENTIAL} & set(texts):
            continue
        compared += 1
        if texts[0] != texts[1]:
            title = registry.indicators()[name].title
            differ.append(f"{title[0].lower()}{title[1:]} ({texts[0]} as told then, {texts[1]} as known now)")
    if not compared:
        return "No headline figure of last quarter can be set beside what was told then."
    if not differ:
        return "Last quarter's numbers of referrals, child protection plans and children looked after are still what its delivery gave."
    return (
        f"Records were added or put right since last quarter: of its numbers of referrals, child protection plans and children looked after, "
        f"{'one' if len(differ) == 1 else len(differ)} moved, {listed(differ)}. Figures set side by side here are as they are known now."
    )


def headings(review: Review) -> dict[str, str]:
    """The table's columns, in order: each figure beside the verdict on the way to it."""
    now, quarter_ago, year_ago = (short_day(review.quarter.shift(-back).end) for back in (0, 1, 4))
    return {
        "title": "Measure", "now": now, "quarter_ago": quarter_ago, "quarter": "Since then", "year_ago": year_ago,
        "year": "Since then",
    }  # fmt: skip
