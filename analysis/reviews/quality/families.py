"""How many of the families whose files are audited say what they think: a share of answers is of those who answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.disclosure.wording import NOT_AVAILABLE, number
from analysis.findings.values import make_value
from analysis.indicators import quality, registry
from analysis.indicators.definition import ROLLING_YEAR, period
from analysis.reference.quarters import words

if TYPE_CHECKING:
    from analysis.findings.review import Review


def heard(review: Review) -> dict[str, dict]:
    """`families_heard.replies`: families who answered in the twelve months, and `.per_hundred_audits`."""
    span = period(ROLLING_YEAR, review.quarter)
    audits, held = (
        registry.compute(review.known, review.quarter, ["audit_count"], authority=review.authority).iloc[0],
        review.evidence,
    )
    known = held.covers("family_feedback", span.start, span.end)
    replies = int(span.of(held.once(quality.replies), "date")["feedback_id"].nunique()) if known else None
    both = known and audits["symbol"] == "" and audits["numerator"] > 0
    when = f"the year to {words(review.quarter.end)}"
    return {
        "families_heard.replies": make_value(review.audience, replies, title="Families who said what they think", period=when),
        "families_heard.per_hundred_audits": make_value(
            review.audience, 100 * replies / audits["numerator"] if both else None, unit="count", period=when,
            rests_on=[replies, audits["numerator"]] if both else [], title="Families who said what they think, for each hundred audits",
        ),
    }  # fmt: skip


def heard_in_words(items: dict[str, dict]) -> str:
    """How many answered, and what of the others, in two sentences."""
    replies, share = (items[f"families_heard.{part}"] for part in ("replies", "per_hundred_audits"))
    if replies["text"] == NOT_AVAILABLE:
        return "Twelve months of families' replies aren't held."
    if replies["value"] is None or share["value"] is None:
        return f"Families who replied: {replies['text']}. How many that is of those whose files were audited can't be told."
    said = f"{replies['text']} families said what they think, {number(share['value'], 'count')} for each hundred files audited."
    return f"{said} What the others would have said isn't known, and those hardest to reach may feel otherwise."
