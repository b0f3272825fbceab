"""From contact to plan: the same contacts followed through referral and assessment to a child protection plan.

Every contact has been followed for as long as any other, so that years can be set side by side. A contact is followed by
its child and by days, since returns hold no thread from one to the next.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released
from analysis.disclosure.wording import listed, number, period, short_day
from analysis.findings.measures import source
from analysis.findings.values import item
from analysis.indicators import front_door
from analysis.methods.rate_changes import share_change
from analysis.reference.quarters import Quarter, quarters

if TYPE_CHECKING:
    from analysis.findings.review import Review
    from analysis.indicators.evidence import Evidence

# An enquiry, a conference and a plan follow a referral within weeks; what comes later is mostly about something else.
FOLLOWED_QUARTERS = 2
FOLLOWED_MONTHS = 3 * FOLLOWED_QUARTERS
YEARS_SHOWN = 3
# Each stage: what it is called in a table, and what the step to it is called on a line.
STAGES = {
    "contacts": ("Contacts", ""),
    "referred": ("that led to a referral", "Contacts that led to a referral"),
    "assessed": ("and to an assessment", "Referrals that were assessed"),
    "plan": ("and to a child protection plan", "Assessments that led to a plan"),
}
STEPS = tuple(STAGES)[1:]
TABLES = ("referrals", "assessments", "protection_plans")
BEYOND_CHANCE = 0.05


def followed(evidence: Evidence) -> pd.DataFrame:
    """Contacts in order of date: child_id, date, referred, assessed, plan. Each step is counted only for those who took
    the one before: a referral within a week of the contact, an assessment begun within a month of the referral, a plan
    begun within six."""
    rows = evidence.once(front_door.contacts)[["child_id", "date", "followed", "referred"]].copy()
    rows = rows.rename(columns={"followed": "led", "referred": "referral"})
    met = evidence.once(front_door.referrals_assessed)[["child_id", "date", "assessed"]]
    met = met.drop_duplicates(["child_id", "date"]).rename(columns={"date": "referral"})
    rows = rows.merge(met, how="left", on=["child_id", "referral"])
    plans = (
        evidence.table("protection_plans")[["child_id", "start_date"]].dropna().rename(columns={"start_date": "began"})
    )
    begun = rows[["child_id", "referral"]].drop_duplicates().dropna().sort_values("referral", kind="stable")
    first = pd.merge_asof(
        begun, plans.sort_values("began", kind="stable"), left_on="referral", right_on="began", by="child_id",
        direction="forward",
    )  # fmt: skip
    soon = (first["began"] <= first["referral"] + pd.DateOffset(months=FOLLOWED_MONTHS)).fillna(False).astype(bool)
    rows = rows.merge(
        first.assign(plan=soon)[["child_id", "referral", "plan"]], how="left", on=["child_id", "referral"]
    )
    referred = rows["led"].to_numpy(bool)
    assessed = referred & rows["assessed"].astype("boolean").fillna(False).to_numpy(bool)
    plan = assessed & rows["plan"].astype("boolean").fillna(False).to_numpy(bool)
    rows = rows[["child_id", "date"]].assign(referred=referred, assessed=assessed, plan=plan)
    return rows.sort_values("date", kind="stable", ignore_index=True)


def span(quarter: Quarter) -> tuple[dt.date, dt.date]:
    """The latest twelve months whose contacts have all been followed by the quarter's end."""
    last = quarter.shift(-FOLLOWED_QUARTERS)
    return last.shift(-3).start, last.end


def counts(evidence: Evidence, quarter: Quarter) -> pd.Series:
    """How many contacts of `span` came to each of STAGES; missing where the records don't reach."""
    first, last = span(quarter)
    if not (
        evidence.covers("contacts", first, last)
        and all(evidence.covers(table, first, quarter.end, whole=False) for table in TABLES)
    ):
        return pd.Series(pd.NA, index=list(STAGES), dtype="Int64")
    rows = evidence.once(followed)
    days = rows["date"].to_numpy("datetime64[us]")
    begin, end = np.searchsorted(days, [np.datetime64(first), np.datetime64(last + dt.timedelta(days=1))])
    mine = rows.iloc[begin:end]
    return pd.Series([len(mine), *(int(mine[step].sum()) for step in STEPS)], index=list(STAGES), dtype="Int64")


def years(review: Review) -> Released:
    """The last three years' contacts at each stage: period_end of the contacts, the stages' counts, and each step's share of
    the stage before, `<step>_share`, released. The latest comes last."""
    at = [review.quarter.shift(-4 * back) for back in range(YEARS_SHOWN - 1, -1, -1)]
    return _released(review, at)


def over_time(review: Review) -> Released:
    """Each step's share of the stage before, a row a quarter and step: period_end of the contacts, series, part, whole, value."""
    first = review.history.quarters[0] if review.history else review.quarter.shift(-4)
    asked = list(quarters(first.shift(-3), review.quarter))
    found = {quarter: counts(review.evidence, quarter) for quarter in asked}
    rows = [
        (pd.Timestamp(span(quarter)[1]), STAGES[step][1], one[step], one[stage])
        for stage, step in zip(STAGES, STEPS, strict=False) for quarter, one in found.items() if one.notna().all()
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["period_end", "series", "part", "whole"])
    frame = frame.astype({"period_end": "datetime64[us]", "series": "str", "part": "Int64", "whole": "Int64"})
    share = 100 * frame["part"] / frame["whole"].where(frame["whole"] > 0).astype("Float64")
    frame = frame.assign(value=share.astype("float64"))
    return review.release(frame, counts=["part", "whole"], derived={"value": ["part", "whole"]})


def _released(review: Review, at: list[Quarter]) -> Released:
    rows = pd.DataFrame([counts(review.evidence, quarter) for quarter in at]).reset_index(drop=True).astype("Int64")
    ends = pd.DatetimeIndex([pd.Timestamp(span(quarter)[1]) for quarter in at]).astype("datetime64[us]")
    derived = {}
    before = list(STAGES)
    frame = rows.copy()
    for stage, step in zip(before, STEPS, strict=False):
        base = rows[stage].astype("Float64")
        frame[f"{step}_share"] = (100 * rows[step] / base.where(base > 0)).astype("float64")
        derived[f"{step}_share"] = [stage, step]
    frame.insert(0, "period_end", ends)
    return review.release(frame, counts=before, derived=derived)


# --- as a table, values and words --------------------------------------------------------------------------------------


def table(released: Released) -> tuple[pd.DataFrame, dict[str, str]]:
    """The years as cells of text, a row a stage, `count (share of the stage before)`, with headings."""
    rows = released.frame
    headings = {"stage": "Contacts of the 12 months to"}
    cells = {"stage": [words for words, _ in STAGES.values()]}
    for place, end in enumerate(rows["period_end"]):
        name = f"year{place}"
        headings[name] = short_day(end)
        cells[name] = [_cell(released, place, stage) for stage in STAGES]
    return pd.DataFrame(cells, dtype="str"), headings


def _cell(released: Released, place: int, stage: str) -> str:
    count = _told(released, place, stage, "count")
    if stage not in STEPS or count == "–":
        return count
    return f"{count} ({_told(released, place, f'{stage}_share', 'percent')})"


def values(review: Review, released: Released) -> dict[str, dict]:
    """`funnel.<stage>.now` and `.year_ago`, and `funnel.<step>_percent.…` of the stage before."""
    made = {}
    for moment, place in (("now", -1), ("year_ago", -2)):
        quarter = review.quarter.shift(0 if moment == "now" else -4)
        about = {"period": period(*span(quarter)), "source": source(review)}
        row, hidden = released.frame.iloc[place], released.withheld.iloc[place]
        for stage, (words, _) in STAGES.items():
            title = words if stage == "contacts" else f"Contacts {words}"
            made[f"funnel.{stage}.{moment}"] = item(
                None, row[stage], "count", bool(hidden[stage]), title=title, **about
            )
        for stage, step in zip(STAGES, STEPS, strict=False):
            made[f"funnel.{step}_percent.{moment}"] = item(
                None, row[f"{step}_share"], "percent", bool(hidden[f"{step}_share"]), title=STAGES[step][1],
                numerator=row[step], denominator=row[stage], **about,
            )  # fmt: skip
    return made


def in_words(review: Review, released: Released) -> str:
    """How many of a hundred contacts went how far, and which steps differ from the year before by more than chance."""
    over = period(*span(review.quarter))
    row = released.frame.iloc[-1]
    hidden = bool(released.withheld.iloc[-1].any())
    if pd.isna(row["contacts"]) and not hidden:
        return (
            f"The records don't reach over {over} and the six months after it, so contacts can't be followed to a plan."
        )
    if hidden:
        return f"So few contacts of {over} led to a plan that the numbers can't be shown."
    if not row["contacts"]:
        return f"In {over} there was no contact to follow."
    told = (
        f"Of {number(row['contacts'], 'count')} contacts in {over}, {number(row['referred'], 'count')} "
        f"({_told(released, -1, 'referred_share', 'percent')}) led to a referral, {number(row['assessed'], 'count')} of these to an "
        f"assessment, and {number(row['plan'], 'count')} of these to a child protection plan within six months of the referral."
    )
    return f"{told} {_changes(released)}"


def _changes(released: Released) -> str:
    before, now = released.frame.iloc[-2], released.frame.iloc[-1]
    if bool(released.withheld.iloc[-2].any()) or before[list(STAGES)].isna().any():
        return "There is no year before to set them beside."
    named = {"referred": "of contacts that led to a referral", "assessed": "of those referred who were assessed",
             "plan": "of those assessed who had a plan"}  # fmt: skip
    ways: dict[str, list[str]] = {"higher": [], "lower": []}
    for stage, step in zip(STAGES, STEPS, strict=False):
        change = share_change(*(float(one[name]) for one in (before, now) for name in (step, stage)))
        if change.p < BEYOND_CHANCE:
            ways["higher" if change.up else "lower"].append(named[step])
    if not any(ways.values()):
        return "No step differs from the year before by more than chance would give."
    said = [f"the share {listed(whose)} was {way}" for way, whose in ways.items() if whose]
    return f"Beside the year before, {listed(said)}, by more than chance would give."


def _told(released: Released, place: int, name: str, unit: str) -> str:
    value, hidden = released.frame[name].iloc[place], bool(released.is_withheld(name).iloc[place])
    return CONFIDENTIAL if hidden else number(value, unit, none="–")


def unlinked_in_words(review: Review) -> str:
    """Referrals of the latest twelve months before which no contact of the child is known, since a funnel of contacts can't
    see them."""
    first, last = review.quarter.shift(-3).start, review.quarter.end
    over = period(first, last)
    evidence = review.evidence
    if not (evidence.covers("contacts", first, last) and evidence.covers("referrals", first, last)):
        return f"The records don't reach over {over}, so it can't be said which referrals had a contact before."
    rows = evidence.once(front_door.referrals)[["child_id", "date"]]
    rows = rows[(rows["date"] >= pd.Timestamp(first)) & (rows["date"] <= pd.Timestamp(last))]
    came = evidence.once(front_door.contacts)[["child_id", "date"]].rename(columns={"date": "contact"})
    linked = pd.merge_asof(
        rows, came, left_on="date", right_on="contact", by="child_id",
        tolerance=pd.Timedelta(days=front_door.CONTACT_TO_REFERRAL_DAYS),
    )  # fmt: skip
    frame = pd.DataFrame({"all": [len(linked)], "without": [int(linked["contact"].isna().sum())]}).astype("Int64")
    out = review.release(frame, counts=["all", "without"])
    every, without = (_told(out, 0, name, "count") for name in ("all", "without"))
    if every == "0":
        return f"In {over} there was no referral."
    return f"Of {every} referrals in {over}, {without} had no contact of the child in the week before; the funnel can't see those."
