"""How long each step takes: the middle one, and between what the middle half lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import number
from analysis.findings.measures import year_to
from analysis.indicators import enquiries
from analysis.methods.masks import certain
from analysis.reference.calendar import working_days_between
from analysis.reviews.journey.reached import days_until
from analysis.reviews.journey.steps import rows_of

if TYPE_CHECKING:
    from analysis.findings.review import Review

# What is measured, in words, with its unit.
STEPS = {
    "referral": "Referral to the start of an assessment (days)",
    "assessment": "Assessment, start to completion (working days)",
    "conference": "Enquiry to initial conference (working days)",
    "plan": "Referral to child protection plan (days)",
    "on_plan": "Length of plans that ended (days)",
}
# A referral that no assessment followed for so long wasn't what led to the next.
_LONGEST_WAIT = 60


def measured(review: Review) -> dict[str, pd.DataFrame]:
    """For each step, those that ended in the year: child_id, date (at which the child's place is taken), team, days."""
    first, last = year_to(review.quarter)

    def ended(rows: pd.DataFrame, by: str) -> pd.DataFrame:
        return rows[certain(rows[by].between(first, last))]

    referred = rows_of(review, "referrals")
    waits = referred.assign(days=days_until(referred, rows_of(review, "assessments"), _LONGEST_WAIT))
    waits = waits.assign(done=waits["date"] + pd.to_timedelta(waits["days"], unit="D"))
    assessed = review.known.table("assessments")
    taken = ended(assessed, "authorised_date")
    taken = taken.assign(
        date=taken["start_date"], days=working_days_between(taken["start_date"], taken["authorised_date"])
    )
    held = ended(review.evidence.once(enquiries.conferences), "date")
    held = held.assign(days=held["working_days"])[held["working_days"].notna()]
    held = held[certain(held["days"] >= 0)]
    plans = review.known.table("protection_plans")
    begun = ended(plans, "start_date")
    begun = begun.assign(date=begun["start_date"], days=(begun["start_date"] - begun["referral_date"]).dt.days)
    over = ended(plans, "end_date")
    over = over.assign(date=over["start_date"], days=(over["end_date"] - over["start_date"]).dt.days)
    found = {"referral": ended(waits, "done"), "assessment": taken, "conference": held, "plan": begun, "on_plan": over}
    return {
        step: rows.assign(days=rows["days"].astype("float64"))[lambda one: one["days"].notna()]
        for step, rows in found.items()
    }


def table(review: Review, rows: Mapping[str, pd.DataFrame]) -> Released:
    """By step: how many, the median, and the quartiles."""
    found = []
    for step, words in STEPS.items():
        days = rows[step]["days"].to_numpy(float)
        low, middle, high = np.percentile(days, [25, 50, 75]) if days.size else (np.nan,) * 3
        found.append((words, len(days), middle, low, high))
    frame = pd.DataFrame(found, columns=["step", "n", "median", "lower", "upper"])
    frame = frame.astype({"step": "str", "n": "Int64", **dict.fromkeys(("median", "lower", "upper"), "float64")})
    return review.release(frame, counts=["n"], derived=dict.fromkeys(("median", "lower", "upper"), ("n",)))


def in_words(review: Review, rows: Mapping[str, pd.DataFrame]) -> str:
    """How long the way from a referral to a plan took, and each of two steps, in a sentence."""
    out = table(review, rows)
    shown = out.frame.set_index("step")["median"]
    texts = {step: number(shown[words], "count", withheld=bool(hidden), none="") for (step, words), hidden in
             zip(STEPS.items(), out.is_withheld("median"), strict=True)}  # fmt: skip
    told = [
        words.format(texts[step])
        for step, words in (
            ("assessment", "an assessment took {} working days"),
            ("conference", "a conference came {} working days after the enquiry began"),
            ("plan", "a plan began {} days after the referral"),
            ("on_plan", "and a plan that ended had lasted {} days"),
        )
        if texts[step]
    ]
    if not told:
        return "No step has an end in the year whose beginning is known."
    return f"For the child in the middle, {', '.join(told)}."
