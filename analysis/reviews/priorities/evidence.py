"""Reasons to think of a theme as a priority: what changed, where we differ from others, what audits and families say.

Only what is beyond chance is a reason. Where neither direction of a measure is better, a change is a reason to understand it
and not to put it right. The list is a suggestion: people decide, and may know better.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import CONFIDENTIAL
from analysis.disclosure.wording import NOT_AVAILABLE, number
from analysis.findings import charted, comparators, measures
from analysis.indicators import comparison, registry
from analysis.indicators.changes import Place, beyond_chance
from analysis.indicators.definition import PERCENT, Indicator
from analysis.methods import rate_changes
from analysis.reviews.priorities.themes import THEMES, Theme, every_measure

if TYPE_CHECKING:
    from analysis.findings.review import Review

CHANGE, OTHERS, AUDITS = "our own figures", "other authorities", "audits and families"
# Measures of practice that people judged: what they say counts as audits and families, not as figures.
_JUDGED = ("audit_", "feedback_", "complaint_")


@dataclass(frozen=True)
class Reason:
    """`neutral`: neither direction is better, so it is a question only."""

    kind: str
    text: str
    neutral: bool = False


# What one comparison gave: a reason, or nothing beyond chance; None where there was nothing to compare.
Found = tuple[Reason, ...] | None


@dataclass(frozen=True)
class Case:
    """A theme with the reasons that were found for it, and how many comparisons could be made to look for them."""

    theme: Theme
    reasons: tuple[Reason, ...]
    compared: int = 1

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of evidence that speak of something to put right."""
        return tuple(dict.fromkeys(one.kind for one in self.reasons if not one.neutral))

    @property
    def proposed(self) -> bool:
        """Two kinds of evidence that agree are less often an accident than one."""
        return len(self.kinds) > 1

    def of(self, *kinds: str) -> list[Reason]:
        return [one for one in self.reasons if one.kind in kinds]


@dataclass(frozen=True)
class Looked:
    """All themes, and how many comparisons were made to find their reasons."""

    cases: tuple[Case, ...]
    comparisons: int


def look(review: Review) -> Looked:
    """Looks at every theme, in order."""
    table = _then_and_now(review)
    values = measures.values_of(review, table, {one: one for one in every_measure()})
    rows = {(row["indicator"], row["moment"]): row for _, row in table.iterrows()}
    audits = _audits(review)
    cases, made = [], 0
    for theme in THEMES:
        found: list[Found] = []
        for one in theme.watched:
            about = registry.indicators()[one]
            found += [_changed(review, about, rows, values), _beside(about, rows[one, "now"], values)]
        found += [_chart(review, registry.indicators()[one]) for one in theme.charted]
        found += [
            _audited(audits, by, name)
            for by, names in (("service", theme.services), ("theme", theme.questions))
            for name in names
        ]
        compared = [one for one in found if one is not None]
        made += len(compared)
        cases.append(Case(theme, tuple(reason for one in compared for reason in one), len(compared)))
    return Looked(tuple(cases), made)


def _then_and_now(review: Review) -> pd.DataFrame:
    """Every measure now and a year ago, told apart by `moment`."""
    at = {str(review.quarter.shift(-4)): "year_ago", str(review.quarter): "now"}
    quarters = [review.quarter.shift(-4), review.quarter]
    table = registry.series(review.known, list(every_measure()), quarters, authority=review.authority)
    table = table[table["breakdown"] == "all"].reset_index(drop=True)
    return table.assign(moment=table["quarter"].map(at))


def _changed(review: Review, about: Indicator, rows: dict, values: dict) -> Found:
    """A year's change that is more than chance and for the worse, or of a measure that has no better side."""
    before, after = (rows[about.id, moment] for moment in ("year_ago", "now"))
    texts = [values[f"{about.id}.{moment}"]["text"] for moment in ("year_ago", "now")]
    if not _usable(texts) or tuple(before[["period_start", "period_end"]]) == tuple(
        after[["period_start", "period_end"]]
    ):
        return None
    up, place = after["value"] > before["value"], Place(review.authority)
    # Two figures that read alike tell nobody anything, whatever lies behind their decimals.
    if about.higher_is_better is up or texts[0] == texts[1]:
        return ()
    if not beyond_chance(review.known, about, place, before, after, (review.quarter.shift(-4), review.quarter)):
        return ()
    told = f"{about.title}: {'rose' if up else 'fell'} in a year, {texts[0]} to {texts[1]}"
    return (Reason(_kind(about), told, about.polarity is None),)


def _beside(about: Indicator, now: pd.Series, values: dict) -> Found:
    """On the worse side of England's figure, by more than our own chance."""
    shown = values[f"{about.id}.now"]["text"]
    if about.polarity is None or not _usable([shown]):
        return None
    beside = comparison.compare(now, comparison.ENGLAND)
    if beside.refused or beside.value is None:
        return None
    lower, upper = ((now["value"] if pd.isna(now[end]) else now[end]) for end in ("lower", "upper"))
    worse = upper < beside.value if about.higher_is_better else lower > beside.value
    if not worse or comparators.text(beside) == shown:
        return ()
    return (Reason(OTHERS, f"{about.title}: {shown}, England {comparators.cell(beside)}"),)


def _chart(review: Review, about: Indicator) -> Found:
    """Months among the last six outside usual variation, on the worse side."""
    months = charted.months(review.known, about, Place(review.authority), review.quarter)
    if isinstance(months, str):
        return None
    said = charted.judge(months, about, review.audience)
    better = {True: "higher than", False: "lower than", None: ""}[about.higher_is_better]
    if not said.special or (better and better in said.words):
        return ()
    return (Reason(_kind(about), f"{about.title}: {said.words}", about.polarity is None),)


def _audits(review: Review) -> pd.DataFrame:
    """Audit questions answered yes by service and by theme, with what the audience may see."""
    table = registry.compute(
        review.known, review.quarter, ["audit_positive_percent"], ["service", "theme"], review.authority
    )
    table = table[table["symbol"] == ""].reset_index(drop=True)
    out = measures.released(review, table)
    return table.assign(hidden=out.is_withheld("value").to_numpy())


def _audited(audits: pd.DataFrame, by: str, name: str) -> Found:
    """Audits of a service, or of a theme, that found less than all others did, by more than chance."""
    whole = audits[audits["breakdown"] == by]
    mine = whole[whole["category"] == name]
    if len(mine) != 1 or len(whole) < 2 or whole["hidden"].any():
        return None
    part, rest = mine.iloc[0], whole[whole["category"] != name][["numerator", "denominator"]].sum()
    if not rest["denominator"] > 0 or not part["denominator"] > 0:
        return None
    gap = rate_changes.share_change(rest["numerator"], rest["denominator"], part["numerator"], part["denominator"])
    if not gap.upper < 0:
        return ()
    of = f"In audits of {name.lower()}" if by == "service" else f"On {name.lower()}"
    told = f"{of} fewer questions were answered yes than in the others: {number(part['value'], PERCENT)}"
    return (Reason(AUDITS, told),)


def _kind(about: Indicator) -> str:
    return AUDITS if about.id.startswith(_JUDGED) else CHANGE


def _usable(texts: Iterable[str]) -> bool:
    return not {CONFIDENTIAL, NOT_AVAILABLE} & set(texts)
