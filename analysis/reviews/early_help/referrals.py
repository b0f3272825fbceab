"""Referrals to early help over time, by the way that families came, and what became of the cases that were closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released, Structure
from analysis.disclosure.wording import day, number
from analysis.findings.measures import source
from analysis.findings.values import item
from analysis.indicators import registry
from analysis.methods.rate_changes import rate_change
from analysis.reference.quarters import quarters

if TYPE_CHECKING:
    from analysis.findings.review import Review

COUNT, HUB = "early_help_referral_count", "early_help_hub_referral_count"
ALL = "All referrals"
BEYOND_CHANCE = 0.05


def by_route(review: Review) -> Released:
    """Referrals over the twelve months to each quarter's end, by route and all: period_end, series, value, released."""
    first = review.history.quarters[0] if review.history else review.quarter.shift(-4)
    table = registry.series(
        review.known, [COUNT], quarters(first.shift(-3), review.quarter), ["route"], review.authority
    )
    table = table[table["symbol"] == ""]
    frame = pd.DataFrame({
        "period_end": table["period_end"], "series": table["category"].where(table["breakdown"] == "route", ALL),
        "value": table["numerator"].astype("Int64"),
    }).reset_index(drop=True)  # fmt: skip
    return review.release(frame, counts=["value"], adds=Structure(margins={"series": ALL}))


def hub_ratio(review: Review) -> dict[str, dict]:
    """Referrals to the hubs in the latest twelve months, as a multiple of those in the twelve months before."""
    at = [review.quarter.shift(-4), review.quarter]
    counts = registry.series(review.known, [HUB], at, authority=review.authority)["numerator"].tolist()
    before, now = counts
    frame = pd.DataFrame({"before": [before], "now": [now]}).astype("Float64").astype("Int64")
    ratio = now / before if before and not pd.isna(before) and not pd.isna(now) else float("nan")
    out = review.release(frame.assign(ratio=ratio), counts=["before", "now"], derived={"ratio": ["before", "now"]})
    return {
        "hub_referrals_ratio": item(
            None, out.frame["ratio"].iloc[0], "ratio", bool(out.is_withheld("ratio").iloc[0]), indicator=HUB,
            title="Referrals to the locality hubs, as a multiple of those a year earlier",
            period=f"the year to {day(review.quarter.end)}", numerator=out.frame["now"].iloc[0],
            denominator=out.frame["before"].iloc[0], source=source(review),
        )
    }  # fmt: skip


def hubs_in_words(values: dict[str, dict]) -> str:
    """Whether more was referred to the hubs than a year before, from the released value (`hub_ratio`)."""
    one = values["hub_referrals_ratio"]
    now, before = one["numerator"], one["denominator"]
    if one["text"] == CONFIDENTIAL:
        return f"So few were referred to the locality hubs in {one['period']}, or the year before, that the numbers can't be shown."
    if now is None or before is None:
        return f"Referrals to the locality hubs in {one['period']} have no year before to be set beside."
    told = f"The locality hubs received {number(now, 'count')} referrals in {one['period']}, {number(before, 'count')} in the year before"
    if not now and not before:
        return f"Nobody was referred to the locality hubs in {one['period']} or the year before."
    change = rate_change(float(before), 1.0, float(now), 1.0)
    if not change.p < BEYOND_CHANCE:
        return f"{told}: no more apart than chance would give."
    return f"{told}: {'more' if change.up else 'fewer'}, by more than chance would give."


def outcomes(review: Review) -> Released:
    """Cases closed in the latest twelve months, by how the work ended (`Review.by_category`)."""
    return review.by_category("early_help_closure_count", "outcome")


def outcomes_in_words(released: Released, year: str) -> str:
    """The commonest ends of early help's work."""
    rows = released.frame
    total = released.totals.get("numerator")
    if total is None or rows.empty:
        return f"Nothing is known of cases that early help closed in {year}."
    if not total:
        return f"Early help closed no case in {year}."
    if released.is_withheld("value").all():
        return f"Early help closed so few cases in {year} that how they ended can't be shown."
    top = rows.loc[rows["value"] == rows["value"].max()].iloc[0]
    return (
        f"Early help closed {number(total, 'count')} cases in {year}. The commonest end was {str(top['category']).lower()}: "
        f"{number(top['value'], 'count')}, {number(100 * top['value'] / total, 'percent')} of them."
    )
