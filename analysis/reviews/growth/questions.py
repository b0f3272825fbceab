"""The questions put to a rise in plans: what was found, and how sure it is, in words for an audience."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd
from scipy.special import ndtri

from analysis.disclosure import Released
from analysis.disclosure.wording import listed, number
from analysis.methods.rate_changes import RateChange
from analysis.reviews.growth.causes import ALARM, Diagnosis, furthest
from analysis.reviews.growth.years import CERTAIN, REPEAT, Flow, Group, Step

if TYPE_CHECKING:
    from analysis.findings.review import Review

# How sure: by the p-value, allowing for what else was asked.
BEYOND, WITHIN, UNASKED = "beyond chance", "within chance", "can't be asked"
PERHAPS = "not sure: with so many questions, chance could do it"
# For what is told beside a cause, not named as one: each by itself, over the number of its like.
HINT = 0.05
# The chance that a change of the size told would have been found.
_POWER = 0.8
WITHHELD = "withheld, so that no count from 1 to 5 can be worked out"


def table(review: Review, found: Diagnosis | None) -> Released:
    """A row a question: question, found, sure; in words, of what this audience may see. One row where nothing is known."""
    if found is None:
        rows = [("Which cause do the numbers point to?", "The records don't reach back two years.", UNASKED)]
    elif hidden(review, counts(found)):
        rows = [("Which cause do the numbers point to?", WITHHELD.capitalize() + ".", UNASKED)]
    else:
        rows = [
            ("Did more plans start?", _starts_found(found), sure(found.p["starts"], found.starts.usual.p)),
            ("Was the year before out of the ordinary in starts?", *_ordinary(found.starts, "started", "more", "fewer", found.p["starts_back"])),
            ("Did plans end more slowly, for how long they had been open?", _ends_found(found), sure(found.p["ends"], found.ends.usual.p)),
            ("Was the year before out of the ordinary in ends?",
             *_ordinary(found.ends, "ended", "more readily", "less readily", found.p["ends_back"])),
            *_localities_row(review, found), *_steps_row(review, found), *_groups_rows(review, found),
        ]  # fmt: skip
    return review.release(pd.DataFrame(rows, columns=["question", "found", "sure"]).astype("str"))


def _starts_found(found: Diagnosis) -> str:
    counts, usual = found.starts.counts, found.starts.usual
    return (
        f"{number(counts.events, 'count')} after {number(counts.events_before, 'count')}: {percent(usual.ratio, 'more', 'fewer')} "
        f"than in {past(found.starts)} ({between(usual, 'more', 'fewer')})"
    )


def _ends_found(found: Diagnosis) -> str:
    one = found.ends.usual
    return (
        f"A plan was {percent(one.ratio, 'likelier', 'less likely')} to end than in {past(found.ends)} "
        f"({between(one, 'likelier', 'less likely')})"
    )


def _ordinary(flow: Flow, did: str, more: str, less: str, p: float) -> tuple[str, str]:
    if flow.unusual is None:
        return "The years before it aren't known", UNASKED
    then = f"Then plans {did} {percent(flow.unusual.ratio, more, less)} than in the years before ({between(flow.unusual, more, less)})"
    if did == "started":
        then = f"Then {percent(flow.unusual.ratio, more, less)} started than in the years before ({between(flow.unusual, more, less)})"
    went = f"; since, {number(flow.counts.events, 'count')} {did} after {number(flow.counts.events_before, 'count')}"
    if not math.isnan(p) and p < ALARM:
        return then + went, BEYOND
    was = flow.unusual.p < CERTAIN
    return then + went, "it was, but the number hasn't simply gone back" if was else WITHIN


def _localities_row(review: Review, found: Diagnosis) -> list[tuple[str, str, str]]:
    if not review.may_show("locality") or not found.localities:
        return []
    question = "Did one locality's starts change and not the others'?"
    if len(found.localities) < 2:
        return [(question, "The records name fewer than two localities", UNASKED)]
    one = next((one for one in found.localities if one.name == found.locality), furthest(found.localities))
    if hidden(review, [one.before, one.now]):
        return [(question, WITHHELD.capitalize(), sure(found.p["localities"], len(found.localities) * one.rest_p))]
    told = f"{one.name} did" if found.locality else f"Furthest from the others is {one.name}"
    told += f": {number(one.now, 'count')} after {number(one.before, 'count')}"
    if one.rest is not None and not math.isnan(one.rest.ratio):
        told += f"; the others together, {percent(one.rest.ratio, 'more', 'fewer')} than usual"
    return [
        (question, told, BEYOND if found.locality else sure(found.p["localities"], len(found.localities) * one.rest_p))
    ]


def _steps_row(review: Review, found: Diagnosis) -> list[tuple[str, str, str]]:
    question = "Which step on the way to a plan changed?"
    if not steps_known(found):
        return [(question, "The steps before a plan aren't known for both years", UNASKED)]
    if hidden(review, step_counts(found)):
        return [(question, WITHHELD.capitalize(), UNASKED)]
    parts = [f"{lower(step.name)} {signed(step.part)}" for step in found.steps]
    certain = [lower(step.name) for step in sure_steps(found)]
    told = f"Parts of the change in starts, in plans: {listed(parts)}"
    return [(question, told, f"{BEYOND} by itself: {listed(certain)}" if certain else "each by itself within chance")]


def _groups_rows(review: Review, found: Diagnosis) -> list[tuple[str, str, str]]:
    rows = []
    for question, groups, one in (
        ("Which category of abuse moved most?", found.categories, most(found.categories, sign=_sign(found))),
        ("Did repeat plans move otherwise than first plans?", found.repeats, named_group(found.repeats, REPEAT)),
    ):
        if one is None:
            rows.append((question, "None started", UNASKED))
        elif hidden(review, group_counts(found, one)):
            rows.append((question, WITHHELD.capitalize(), UNASKED))
        else:
            own, rest = (BEYOND if p < HINT / len(groups) else WITHIN for p in (one.change.p, one.rest_p))
            told = f"{one.name}: {number(one.now, 'count')} after {number(one.before, 'count')}, of a change of {signed(found.split['starts'])} in all"
            rows.append((question, told, f"its own change: {own}; beside the rest: {rest}"))
    return rows


# --- words, and what may be said ---


def sure(p: float, alone: float) -> str:
    """`p` allows for every question asked; `alone` is of this one, as its limits are."""
    if math.isnan(p):
        return UNASKED
    return BEYOND if p < ALARM else PERHAPS if alone < HINT else WITHIN


def past(flow: Flow) -> str:
    return {1: "the year before", 2: "the two years before", 3: "the three years before"}[flow.years]


def percent(ratio: float, more: str, less: str) -> str:
    if math.isnan(ratio):
        return f"incomparably {more}"
    if round(100 * ratio) == 100:
        return f"no {more}"
    return f"{number(abs(100 * ratio - 100), 'percent')} {more if ratio > 1 else less}"


def between(one: RateChange, more: str, less: str) -> str:
    if math.isnan(one.lower):
        return "too few to give limits"
    return f"95% limits {percent(one.lower, more, less)} to {percent(one.upper, more, less)}"


def smallest_found(one: RateChange) -> str:
    """From what size on a rise would probably have been found."""
    if one.events_before <= 0:
        return "With so few plans hardly any change would have been found."
    surely = float(-ndtri(ALARM / 10)) + float(ndtri(_POWER))
    reach = surely * math.sqrt(one.dispersion * (1 / one.events_before + 1 / max(one.expected, 1.0)))
    return (
        f"With so many plans, a rise in starts of less than about {number(100 * math.expm1(reach), 'percent')} could well go "
        "unnoticed."
    )


def signed(value: float) -> str:
    return f"{'+' if round(value) > 0 else ''}{number(value, 'count')}"


def lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _sign(found: Diagnosis) -> int:
    return -1 if found.split["starts"] < 0 else 1


def most(groups: Iterable[Group], sign: int = 1) -> Group | None:
    return max(groups, key=lambda one: sign * one.part, default=None)


def named_group(groups: Iterable[Group], name: str) -> Group | None:
    return next((one for one in groups if one.name == name), None)


def may_name(review: Review, found: Diagnosis) -> bool:
    one = named_group(found.localities, found.locality) if found.locality else None
    return one is not None and review.may_show("locality") and not hidden(review, [one.before, one.now])


def counts(found: Diagnosis) -> list[float]:
    flows = (found.starts.counts, found.ends.counts)
    return [found.opening, found.closing, *(count for one in flows for count in (one.events, one.events_before))]


def hidden(review: Review, counts: Iterable[float]) -> bool:
    frame = pd.DataFrame({"n": [int(count) for count in counts]}).astype("Int64")
    return review.release(frame, counts=["n"]).anything_withheld


def group_counts(found: Diagnosis, one: Group) -> list[float]:
    """The counts that telling of a group gives away: its own, and what the rest must then be."""
    whole = found.starts.counts
    return [one.before, one.now, one.part, whole.events_before - one.before, whole.events - one.now]


def steps_known(found: Diagnosis) -> bool:
    return bool(found.steps) and all(step.part is not None for step in found.steps)


def step_counts(found: Diagnosis) -> list[int]:
    return [n for step in found.steps for n in (step.count, step.count_before)]


def sure_steps(found: Diagnosis) -> list[Step]:
    """The steps that changed beyond chance, allowing for how many there are."""
    return [step for step in found.steps if step.p < HINT / len(found.steps)]
