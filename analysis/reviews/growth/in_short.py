"""The growth review in a few sentences, and the questions that its findings leave for the board to ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from analysis.reference.quarters import words
from analysis.reviews.growth import arithmetic, exits, referral_funnel
from analysis.reviews.growth.arithmetic import Rise
from analysis.reviews.growth.exits import Pace
from analysis.reviews.growth.referral_funnel import Funnel

if TYPE_CHECKING:
    from analysis.findings.review import Review

_STEPS = ("referrals", "enquiries", "conferences", "plans")


def summary(review: Review, rise: Rise, since: Rise) -> str:
    """The last full year's rise or fall, and what came since. The verdict says what part each flow has in it."""
    what = "child protection plans"
    told = [arithmetic.in_words(review, rise, what)]
    if since.total is not None:
        later = arithmetic.in_words(review, since, what)
        told.append(f"Since then: {later[0].lower()}{later[1:]}")
    return " ".join(told)


def sure_steps(review: Review, funnel: Funnel) -> list[str]:
    """The steps on the way to a plan whose part in the last year's change is beyond chance, largest first; none where the
    parts may not be shown."""
    change = funnel.changes["last_year"].dropna()
    if change.empty or referral_funnel.stages(review, funnel).anything_withheld:
        return []
    ranked = change.reindex(change["part"].abs().sort_values(ascending=False, kind="stable").index)
    return [stage for stage, row in ranked.iterrows() if stage in _STEPS and (row["lower"] > 0 or row["upper"] < 0)]


def questions(review: Review, rise: Rise, pace: Mapping[str, Pace | None], funnel: Funnel) -> list[str]:
    """Questions that the board could ask partners, chosen by what was found."""
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
    for stage in sure_steps(review, funnel):
        asked.append(_ASK[stage])
    if rise.from_starts is not None and rise.from_starts > 0 and not sure_steps(review, funnel):
        asked.append(
            "More plans started, and no one step explains it: what do those who chair conferences, and those who refer, say has changed?"
        )
    asked.append("Do brothers and sisters account for more of the plans than before, and do they all need one?")
    asked.append("Are repeat plans for the same worries as before, and was the support in between enough?")
    return asked


_ASK = {
    "referrals": "Who refers more or fewer children than before, and what has changed in what they see or in what they are asked to report?",
    "enquiries": "At the strategy discussion, what leads partners to agree on an enquiry more or less often than a year ago?",
    "conferences": "Has what is brought to conference changed, and who decides to bring it?",
    "plans": "Has the view of risk at conferences changed, and do all agencies attend and speak?",
}
