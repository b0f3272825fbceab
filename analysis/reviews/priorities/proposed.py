"""The proposed list in words: themes with their reasons, and whether a priority is at work on them already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import listed, number
from analysis.reviews.priorities.entries import Plan
from analysis.reviews.priorities.evidence import AUDITS, CHANGE, OTHERS, Case, Looked

if TYPE_CHECKING:
    from analysis.findings.review import Review

SUGGESTION = "This is a suggestion from figures; people decide, and may know what figures don't."
# One comparison in twenty is beyond chance where nothing has changed; half of those are for the worse.
_FALSE = 0.025


def table(review: Review, looked: Looked, plan: Plan | None) -> Released:
    """A row a theme that has any reason, in the order of a child's journey."""
    rows = [
        (one.theme.title, "propose" if one.proposed else "watch", _told(one, CHANGE), _told(one, OTHERS), _told(one, AUDITS), _already(one, plan))
        for one in looked.cases if one.reasons
    ]  # fmt: skip
    return review.release(
        pd.DataFrame(rows, columns=["theme", "suggestion", "figures", "others", "audits", "already"]).astype("str")
    )


def in_words(looked: Looked, plan: Plan | None) -> str:
    """Which themes are proposed, and why those."""
    found = [one for one in looked.cases if one.proposed]
    if not found:
        return f"No theme has reasons from more than one kind of evidence, so none is proposed. {SUGGESTION}"
    themes = [f"{_lower(one.theme.title)} ({listed(list(one.kinds))}{_at_work(one, plan)})" for one in found]
    return f"More than one kind of evidence suggests as priorities: {'; '.join(themes)}. {SUGGESTION}"


def watched(looked: Looked) -> str:
    """Which themes have a reason of one kind, and which only a question."""
    one_kind = [_lower(one.theme.title) for one in looked.cases if len(one.kinds) == 1]
    questions = [_lower(one.theme.title) for one in looked.cases if one.reasons and not one.kinds]
    nothing = [_lower(one.theme.title) for one in looked.cases if one.compared and not one.reasons]
    unknown = [_lower(one.theme.title) for one in looked.cases if not one.compared]
    said = []
    if one_kind:
        said.append(f"To be watched, on one kind of evidence: {'; '.join(one_kind)}.")
    if questions:
        said.append(f"Changed, where neither direction is better in itself: {'; '.join(questions)}.")
    if nothing:
        said.append(f"On these the comparisons found nothing worse by more than chance: {'; '.join(nothing)}.")
    if unknown:
        said.append(f"The records don't yet let anything be compared for {'; '.join(unknown)}.")
    return " ".join(said)


def by_chance(looked: Looked) -> str:
    """How many reasons chance alone would have given."""
    reasons = sum(len(one.reasons) for one in looked.cases)
    expected = max(1, int(np.ceil(_FALSE * looked.comparisons)))
    return (
        f"{number(looked.comparisons, 'count')} comparisons gave {reasons or 'no'} {'reason' if reasons == 1 else 'reasons'}; "
        f"had nothing changed and we were like England, chance alone would have given about {expected}."
    )


def not_seen(looked: Looked, plan: Plan | None) -> str:
    """Priorities for which the figures give no reason now: mended, or known from elsewhere."""
    if plan is None:
        return "No priorities had been entered, so none can be held against the figures."
    speaking = {name for one in looked.cases if one.kinds for name in (*one.theme.watched, *one.theme.charted)}
    heard = {name for one in looked.cases if one.compared for name in (*one.theme.watched, *one.theme.charted)}
    if not heard:
        return "The records don't yet let any priority be held against the figures."
    measured = [(one, {impact.indicator for impact in one.impact}) for one in plan.priorities]
    quiet = [_lower(one.title.text) for one, mine in measured if mine & heard and not mine & speaking]
    if not quiet:
        return "The figures give some reason for every priority that they can speak of."
    return f"Of last year's priorities, the figures alone give no reason now for: {'; '.join(quiet)}. Either the work has borne fruit, or the reason lies where figures don't reach."


def _told(one: Case, kind: str) -> str:
    return (
        "; ".join(
            f"{reason.text}{' (neither is better in itself)' if reason.neutral else ''}" for reason in one.of(kind)
        )
        or "–"
    )


def _already(one: Case, plan: Plan | None) -> str:
    mine = set(one.theme.watched) | set(one.theme.charted)
    found = [
        each.title.text
        for each in (plan.priorities if plan else ())
        if mine & {impact.indicator for impact in each.impact}
    ]
    return "; ".join(found) or "no"


def _at_work(one: Case, plan: Plan | None) -> str:
    return ", not yet among the priorities" if plan and _already(one, plan) == "no" else ""


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
