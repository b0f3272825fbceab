"""The questions that documents name, at each moment and over time: settings.toml, [questions], says in which words each is asked.

Audits and families are asked in an authority's own words, so a question is known by them alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import CONFIDENTIAL, NOT_AVAILABLE, period
from analysis.findings import measures
from analysis.findings.measures import COUNTS, DERIVED, moments, source
from analysis.findings.values import item
from analysis.indicators import registry
from analysis.methods.rate_changes import share_change
from analysis.reference import project
from analysis.reference.quarters import quarters

if TYPE_CHECKING:
    from analysis.findings.review import Review

AUDIT, FAMILIES = "audit_positive_percent", "feedback_positive_percent"
# What documents call each question, which indicator has it, and its title.
NAMED = {
    "decisions_at_right_level": (AUDIT, "Audited cases with decisions at the right level of management"),
    "worker_made_difference": (FAMILIES, "Families who say that the worker made a positive difference"),
    "confident_again": (FAMILIES, "Families who would be confident about receiving services again"),
}


def wording(name: str) -> str:
    """The words in which a question is asked; blank where settings.toml doesn't say."""
    return str(project.settings().get("questions", {}).get(name, ""))


def table(review: Review) -> pd.DataFrame:
    """The named questions' rows of the indicators' table at each moment, with `name` and `moment`; a question that nobody
    was asked has a row of nothing."""
    at, found = moments(review.quarter), []
    for indicator in (AUDIT, FAMILIES):
        rows = registry.series(review.known, [indicator], sorted(set(at.values())), ["question"], review.authority)
        for name, (its, _) in NAMED.items():
            if its != indicator:
                continue
            for moment, quarter in at.items():
                here = rows[rows["quarter"] == str(quarter)]
                asked = here[(here["breakdown"] == "question") & (here["category"] == wording(name))]
                blank = here[here["breakdown"] == "all"].head(1).assign(**dict.fromkeys((*COUNTS, *DERIVED), np.nan))
                found.append((asked if len(asked) else blank).head(1).assign(name=name, moment=moment))
    return pd.concat(found, ignore_index=True)


def values(review: Review, rows: pd.DataFrame) -> dict[str, dict]:
    """`<name>.<moment>` for each named question, from its `table`."""
    out = review.release(rows[[*COUNTS, *DERIVED]], counts=COUNTS, derived=DERIVED)
    found, told = {}, source(review)
    for row, figures, hidden in zip(rows.itertuples(), out.frame.itertuples(), out.is_withheld("value"), strict=True):
        indicator, title = NAMED[row.name]
        about = registry.indicators()[indicator]
        found[f"{row.name}.{row.moment}"] = item(
            None, figures.value, about.unit, bool(hidden), indicator=indicator, title=title,
            definition=f"{about.definition} Here of the question: {wording(row.name) or 'not named in settings.toml'}",
            period=period(row.period_start, row.period_end), numerator=figures.numerator, denominator=figures.denominator,
            lower=figures.lower, upper=figures.upper, source=told,
        )  # fmt: skip
    return found


def sentence(items: dict[str, dict], name: str, subject: str) -> str:
    """A question's share now and a year ago, and whether they differ by more than chance, from released `values`."""
    now, then = (items[f"{name}.{moment}"] for moment in ("now", "year_ago"))
    if now["text"] == NOT_AVAILABLE:
        return (
            f"{subject} can't be given: nobody was asked it in the words of settings.toml, or too few months are held."
        )
    based = "" if now["denominator"] is None else f" ({now['numerator']:.0f} of {now['denominator']:.0f})"
    said = f"{subject} was {now['text']}{based} in {now['period']}"
    if then["text"] == NOT_AVAILABLE:
        return f"{said}; there is no figure of a year before to set it against."
    said += f" and {then['text']} in {then['period']}"
    if CONFIDENTIAL in (now["text"], then["text"]):
        return f"{said} (c: withheld, because it rests on too few)."
    found = share_change(then["numerator"], then["denominator"], now["numerator"], now["denominator"])
    if not found.lower > 0 and not found.upper < 0:
        return f"{said}: the difference is within what chance alone would give."
    return f"{said}: {'higher' if found.lower > 0 else 'lower'}, by more than chance would give for one question alone."


def over_time(review: Review, named: dict[str, str]) -> Released:
    """Named questions for each quarter that can be computed, with their short names in `series`; released."""
    first = review.history.quarters[0] if review.history else review.quarter.shift(-4)
    found = []
    for name, short in named.items():
        rows = registry.series(
            review.known, [NAMED[name][0]], quarters(first, review.quarter), ["question"], review.authority
        )
        rows = rows[(rows["category"] == wording(name)) & (rows["symbol"] == "")]
        found.append(rows.assign(series=short))
    return measures.released(review, pd.concat(found, ignore_index=True))
