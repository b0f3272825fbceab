"""The growth review in a few sentences, and the questions that its findings leave for the board to ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from analysis.reference.quarters import words
from analysis.reviews.growth import arithmetic, exits
from analysis.reviews.growth.arithmetic import Rise
from analysis.reviews.growth.causes import MORE_STARTING, Diagnosis
from analysis.reviews.growth.exits import Pace
from analysis.reviews.growth.questions import hidden, step_counts, steps_known
from analysis.reviews.growth.questions import sure_steps as sure

if TYPE_CHECKING:
    from analysis.findings.review import Review

# A step, and how its name begins (`years.steps`).
_STEPS = {
    "referrals": "Referrals",
    "enquiries": "Section 47 enquiries",
    "conferences": "Initial conferences",
    "plans": "Plans",
}


def summary(review: Review, rise: Rise, since: Rise) -> str:
    """The last full year's rise or fall, and what came since. The verdict says what part each flow has in it."""
    what = "child protection plans"
    told = [arithmetic.in_words(review, rise, what)]
    if since.total is not None:
        later = arithmetic.in_words(review, since, what)
        told.append(f"Since then {later[0].lower()}{later[1:]}")
    return " ".join(told)


def sure_steps(review: Review, found: Diagnosis | None) -> list[str]:
    """The steps on the way to a plan that changed beyond chance, largest part first; none where the parts may not be shown."""
    if found is None or not steps_known(found) or hidden(review, step_counts(found)):
        return []
    ranked = sorted(sure(found), key=lambda step: -abs(step.part))
    return [next(key for key, begins in _STEPS.items() if step.name.startswith(begins)) for step in ranked]


def questions(review: Review, pace: Mapping[str, Pace | None], found: Diagnosis | None) -> list[str]:
    """Questions that the board could ask partners, chosen by what was found of the twelve months to now (`found`)."""
    asked = []
    turned = exits.turn(pace["last_year_end"], pace["year_end_before"], pace["year_end_before_that"])
    if turned == exits.FELL_BACK:
        day = words(pace["year_end_before"].closed)
        asked.append(
            f"What was done in the year to {day} to close so many plans, have those children stayed safe, and how many came back?"
        )
    elif turned == exits.FELL:
        asked.append(
            "What keeps plans open longer than a year ago: the children's needs, the conferences' view of risk, or the work waiting to be done?"
        )
    elif turned == exits.SPED_UP:
        asked.append(
            "Plans end faster than a year ago: are they ending because children are safer, and do any come back?"
        )
    steps = sure_steps(review, found)
    asked += [_ASK[step] for step in steps]
    if found is not None and MORE_STARTING in found.causes and not steps:
        asked.append(
            "More plans started, and no one step explains it: what do those who chair conferences, and those who refer, say has changed?"
        )
    asked.append("Do brothers and sisters account for more of the plans than before, and do they all need one?")
    asked.append("Are repeat plans for the same worries as before, and was the support in between enough?")
    return asked


_ASK = {
    "referrals": "Who refers more or fewer children than before, and what has changed in what they see or in what they are asked to report?",
    "enquiries": "At the strategy discussion, what leads partners to agree on an enquiry more or less often than a year ago?",
    "conferences": "After an enquiry, what leads partners to bring more or fewer children to a conference than a year ago?",
    "plans": "Has the view of risk at conferences changed, and do all agencies attend and speak?",
}
