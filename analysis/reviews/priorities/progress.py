"""The priorities as tables and sentences: how far each has come, in words and a shape, and what its actions moved."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.findings.values import make_value
from analysis.reference.quarters import words
from analysis.reviews.priorities import tracked
from analysis.reviews.priorities.entries import ACHIEVED, IN_PROGRESS, LARGELY, LEVELS, NOT_ACHIEVED, Plan, Priority
from analysis.reviews.priorities.tracked import Tracked

if TYPE_CHECKING:
    from analysis.findings.review import Review

# Squares fill up as a priority advances: they say the same as the words, in black on white, in every format. Fonts that
# have no half-filled circles have these.
SHAPES = MappingProxyType({NOT_ACHIEVED: "□□□", IN_PROGRESS: "■□□", LARGELY: "■■□", ACHIEVED: "■■■"})
IN_FULL = MappingProxyType({
    NOT_ACHIEVED: "Not achieved", IN_PROGRESS: "In progress", LARGELY: "Largely achieved, some tasks outstanding",
    ACHIEVED: "Achieved",
})  # fmt: skip
NONE = "No priorities had been entered in report/priorities.yml for this edition."


def level(progress: str) -> str:
    """`Largely achieved, some tasks outstanding ■■□`: whoever listens hears the words first."""
    return f"{IN_FULL[progress]} {SHAPES[progress]}"


def brief(progress: str) -> str:
    """`Largely achieved ■■□`, for a table that the key stands above."""
    return f"{progress[:1].upper()}{progress[1:]} {SHAPES[progress]}"


def key() -> str:
    """The progress key, in a sentence."""
    return f"Progress key: {'; '.join(level(one) for one in LEVELS)}."


def table(review: Review, plan: Plan | None, found: Sequence[Tracked]) -> Released:
    """A row a priority: what it is, how far it has come, the evidence of impact, what's next."""
    rows = [
        (one.title.text, brief(one.progress), evidence(one, tracked.of(found, one)), " ".join(map(_sentence, one.next)))
        for one in (plan.priorities if plan else ())
    ]
    return review.release(pd.DataFrame(rows, columns=["priority", "progress", "evidence", "next"]).astype("str"))


def whys(review: Review, plan: Plan | None) -> Released:
    """A row a priority: why it is one, whose it is, what has been done."""
    rows = [
        (
            one.title.text,
            one.why.text,
            _capital(one.owner.text),
            " ".join(_sentence(action.what) for action in one.done) or "–",
        )
        for one in (plan.priorities if plan else ())
    ]
    return review.release(pd.DataFrame(rows, columns=["priority", "why", "owner", "done"]).astype("str"))


def actions(review: Review, found: Sequence[Tracked]) -> Released:
    """A row an action and measure: before, after, and what became of it."""
    rows = [
        (one.priority.title.text, one.action.what.text, f"{one.title}: {tracked.meant(one.impact)}", _figure(one.before),
         _figure(one.after), one.outcome)
        for one in found
    ]  # fmt: skip
    return review.release(
        pd.DataFrame(rows, columns=["priority", "action", "measure", "before", "after", "outcome"]).astype("str")
    )


def moved(review: Review, found: Sequence[Tracked]) -> Released:
    """A row a measure, in the order of the priorities: before, after, and what became of it."""
    rows = {
        (
            f"{one.title} (meant to {tracked.meant(one.impact)})",
            _figure(one.before),
            _figure(one.after),
            one.outcome,
        ): None
        for one in found
    }
    return review.release(pd.DataFrame(list(rows), columns=["measure", "before", "after", "outcome"]).astype("str"))


def evidence(priority: Priority, found: Sequence[Tracked]) -> str:
    """What was seen, then what the measures say, in sentences."""
    said = [_sentence(one) for one in priority.seen]
    said += [_measured(one) for one in found if one.outcome != tracked.WITHIN]
    # What didn't move is told in one breath; the table of actions has its figures.
    still = [_lower(one.title) for one in found if one.outcome == tracked.WITHIN]
    said += [f"Within usual variation: {'; '.join(still)}."] if still else []
    return " ".join(said) or "None yet."


def _measured(one: Tracked) -> str:
    if one.outcome == tracked.UNKNOWN:
        return f"{one.title}: {one.outcome} yet."
    if one.outcome == tracked.WITHHELD:
        return f"{one.title}: {one.outcome}, to protect small numbers."
    # The paragraph beside the table says that a change counts only where it is more than chance.
    return f"{one.title}: {one.before['text']} to {one.after['text']}, {one.outcome.removesuffix(tracked.BY_MORE)}."


def values(review: Review, plan: Plan | None, found: Sequence[Tracked]) -> dict[str, dict]:
    """How many priorities stand at each level, and what became of the measures: of each once, as in the table of them,
    whatever number of priorities it serves. They count no children."""
    once = {(one.title, tracked.meant(one.impact), str(one.before), str(one.after)): one for one in found}.values()
    counts = {f"progress.{name.replace(' ', '_')}": (sum(one.progress == name for one in plan.priorities) if plan else None,
                                                     f"Priorities: {IN_FULL[name].lower()}") for name in LEVELS}  # fmt: skip
    for name, outcomes in (("as_meant", (tracked.AS_MEANT, tracked.HELD)), ("within_usual_variation", (tracked.WITHIN,)),
                           ("the_other_way", (tracked.AWAY,)), ("not_known", (tracked.UNKNOWN, tracked.WITHHELD))):  # fmt: skip
        counts[f"measures.{name}"] = (sum(one.outcome in outcomes for one in once) if plan else None,
                                      f"Measures that actions were meant to move: {name.replace('_', ' ')}")  # fmt: skip
    return {
        name: make_value(review.audience, value, rests_on=[np.nan], title=title)
        for name, (value, title) in counts.items()
    }


def in_words(plan: Plan | None) -> str:
    """How far the priorities have come, in a sentence."""
    if plan is None:
        return NONE
    at = {name: [one.title.text for one in plan.priorities if one.progress == name] for name in LEVELS}
    # Titles have commas of their own, so semicolons part them.
    said = [f"{IN_FULL[name]}: {'; '.join(map(_lower, at[name]))}." for name in reversed(LEVELS) if at[name]]
    return f"As entered on {words(plan.entered)}. {' '.join(said)}"


def actions_in_words(found: Sequence[Tracked], plan: Plan | None) -> str:
    """What became of what the actions were meant to move."""
    if plan is None:
        return NONE
    if not found:
        return "No action names a measure that it was meant to move, so nothing can be followed."
    said = []
    for outcomes, opening in (
        ((tracked.AS_MEANT,), "Moved as meant, by more than chance would give"),
        ((tracked.HELD,), "Held, as meant"),
        ((tracked.WITHIN,), "No more than usual variation apart, so that nothing can be claimed"),
        ((tracked.AWAY,), "Moved the other way, by more than chance would give"),
        ((tracked.UNKNOWN, tracked.WITHHELD), "Not to be told, because the records don't reach so far or are withheld"),
    ):
        mine = list(dict.fromkeys(_lower(one.title) for one in found if one.outcome in outcomes))
        if mine:
            said.append(f"{opening}: {'; '.join(mine)}.")
    return " ".join([*said, "A change after an action isn't proof that the action made it."])


def without_measure(plan: Plan | None) -> str:
    """Which priorities rest on words alone."""
    if plan is None:
        return NONE
    bare = [_lower(one.title.text) for one in plan.priorities if not one.impact]
    if not bare:
        return "Every priority names measures that it is meant to move."
    return f"No measure follows {'; '.join(bare)}: their evidence is what audits, families and visitors say."


def _figure(item: dict) -> str:
    return f"{item['text']} ({item['period']})" if item else "–"


def _sentence(text: object) -> str:
    said = str(text)
    return said if said.endswith((".", "?", "!")) else f"{said}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
