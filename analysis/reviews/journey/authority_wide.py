"""The whole authority's steps side by side, for every 10,000 children who live there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import number
from analysis.findings.measures import year_to
from analysis.indicators import registry

if TYPE_CHECKING:
    from analysis.findings.review import Review

# Counts over twelve months, in the order of the journey; the rates that there are take their place.
_STEPS = {
    "early_help_referral_count": "Early help referrals", "contact_count": "Contacts", "referral_count": "Referrals",
    "assessment_count": "Assessments", "section47_count": "Section 47 enquiries", "icpc_count": "Initial conferences",
    "cpp_start_count": "Plans started", "lac_start_count": "Started to be looked after",
}  # fmt: skip
# Any rate whose denominator is the population of the year.
_RATE = "referral_rate"


def rates(review: Review) -> Released:
    """Each step of the year for every 10,000 children: step, numerator, denominator, value. Steps that can't be computed,
    and all of them where no population is held, are left out."""
    table = registry.compute(review.known, review.quarter, [*_STEPS, _RATE], authority=review.authority)
    table = table[table["symbol"] == ""].set_index("indicator")
    children = float(table.loc[_RATE, "denominator"]) if _RATE in table.index else float("nan")
    known = [one for one in _STEPS if one in table.index and children > 0]
    counted = table.loc[known, "numerator"].astype("float64").to_numpy()
    frame = pd.DataFrame({"step": [_STEPS[one] for one in known], "numerator": counted, "denominator": children})
    frame = frame.assign(value=10_000 * frame["numerator"] / frame["denominator"])
    frame = frame.astype({"step": "str", **dict.fromkeys(("numerator", "denominator", "value"), "float64")})
    return review.release(frame, counts=["numerator", "denominator"], derived={"value": ["numerator", "denominator"]})


def in_words(review: Review, released: Released) -> str:
    """The first and the last step in a sentence."""
    shown = released.frame[released.frame["value"].notna()]
    if len(shown) < 2:
        return "Too few of the steps can be set beside how many children live here."
    told = [f"{number(value, 'rate_per_10000')} {step[0].lower()}{step[1:]}" for step, value in zip(shown["step"], shown["value"], strict=True)
            if step in (_STEPS["contact_count"], _STEPS["referral_count"], _STEPS["cpp_start_count"])]  # fmt: skip
    last = shown.iloc[-1]
    opening = f"For every 10,000 children there were {', '.join(told)}" if told else "For every 10,000 children"
    if last["step"] == _STEPS["lac_start_count"]:
        return f"{opening} and {number(last['value'], 'rate_per_10000')} children starting to be looked after in the twelve months to {year_to(review.quarter)[1]:%B %Y}."
    return f"{opening} in the twelve months to {year_to(review.quarter)[1]:%B %Y}."
