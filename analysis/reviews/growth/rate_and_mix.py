"""More enquiries, a larger share of each kind leading to a plan, or a different mix of enquiries? Cut by cut, exactly."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released
from analysis.disclosure.additive import Structure
from analysis.disclosure.policy import is_small_one
from analysis.disclosure.wording import listed, number
from analysis.findings.measures import moments
from analysis.indicators.breakdowns import AGE_GROUPS, NOT_KNOWN, age_group
from analysis.indicators.enquiries import CONFERENCE_TO_PLAN_DAYS
from analysis.indicators.evidence import Evidence
from analysis.methods.contributions import RateAndMix, rate_and_mix
from analysis.methods.resampling import cluster_weights
from analysis.reference.calendar import age_at
from analysis.reference.project import Authority
from analysis.reference.quarters import Quarter, words
from analysis.reviews.growth.cuts import ALONE, MORE, TWO, referral_source
from analysis.reviews.growth.families import group_sizes, groups_of

if TYPE_CHECKING:
    from analysis.findings.review import Review

# A conference is due within 15 working days of the enquiry: enquiries begun in the last three weeks may have led to
# plans that nobody can know of yet, so both years are taken so much earlier.
SETTLING_DAYS = 21
RECENT_MONTHS = 12
_ALL = "All of these"
TITLES = {"age": "Age", "siblings": "Brothers and sisters", "again": "A plan in the year before", "source": "Who made the referral",
          "locality": "Locality"}  # fmt: skip


@dataclass(frozen=True)
class Split:
    """The change in plans that followed enquiries of two years (first and last days), split by each cut that could be made;
    `totals`: enquiries before and after, and plans that followed; `why` there is none."""

    before: tuple[dt.date, dt.date]
    after: tuple[dt.date, dt.date]
    totals: tuple[int, int, int, int]
    cuts: dict[str, RateAndMix]
    why: str = ""


def enquiries_told(evidence: Evidence, authority: Authority, places=("locality",)) -> pd.DataFrame:
    """Every enquiry with `passed` (a plan began at its conference or up to CONFERENCE_TO_PLAN_DAYS later), `family`, and
    its group in each cut of TITLES that the returns allow. A child's earlier plan counts as recent where it
    ended up to a year before the enquiry; `ever` isn't used, since returns say it only of those who got a plan."""
    rows = evidence.table("section47_enquiries").reset_index(drop=True)
    plans = evidence.table("protection_plans")
    held = rows[["child_id", "conference_date"]].assign(place=rows.index).dropna(subset=["conference_date"])
    begun = plans[["child_id", "start_date"]].rename(columns={"start_date": "plan"}).sort_values("plan", kind="stable")
    met = pd.merge_asof(held.sort_values("conference_date", kind="stable"), begun, left_on="conference_date", right_on="plan",
                        by="child_id", direction="forward", tolerance=pd.Timedelta(days=CONFERENCE_TO_PLAN_DAYS))  # fmt: skip
    passed = np.zeros(len(rows), bool)
    passed[met.loc[met["plan"].notna(), "place"].to_numpy(int)] = True
    together = groups_of(rows, evidence.known)
    size = group_sizes(together["siblings"])
    told = rows.assign(
        passed=passed,
        family=together["family"],
        siblings=np.select([size == 1, size == 2], [ALONE, TWO], MORE),
        again=_again(rows, plans),
    )
    if evidence.known.carries("children"):
        births = evidence.table("children").set_index("child_id")["date_of_birth"]
        born = births.reindex(rows["child_id"]).set_axis(rows.index)
        told = told.assign(age=age_group(age_at(born, rows["start_date"])).fillna(NOT_KNOWN))
    if evidence.known.carries("referrals"):
        told = told.assign(source=referral_source(rows, "start_date", evidence).fillna(NOT_KNOWN))
    if "locality" in places and authority.teams and rows["team"].notna().any():
        told = told.assign(
            locality=rows["team"].map(authority.teams).replace("", None).astype("object").fillna(NOT_KNOWN)
        )
    return told


def _again(rows: pd.DataFrame, plans: pd.DataFrame) -> np.ndarray:
    ended = plans[["child_id", "end_date"]].dropna().sort_values("end_date", kind="stable")
    placed = rows[["child_id", "start_date"]].assign(place=rows.index).sort_values("start_date", kind="stable")
    met = pd.merge_asof(placed, ended, left_on="start_date", right_on="end_date", by="child_id")
    recent = (met["end_date"] >= met["start_date"] - pd.DateOffset(months=RECENT_MONTHS)).fillna(False).astype(bool)
    again = np.full(len(rows), "No plan in the year before", object)
    again[met.loc[recent, "place"].to_numpy(int)] = "A plan ended in the year before"
    return again


def split(evidence: Evidence, authority: Authority, told: pd.DataFrame, before: Quarter, after: Quarter) -> Split:
    """Splits the change in plans that followed enquiries begun in the twelve months to SETTLING_DAYS before each quarter's end."""
    early = dt.timedelta(days=SETTLING_DAYS)
    spans = tuple((one.shift(-3).start - early, one.end - early) for one in (before, after))
    covered = all(evidence.covers("section47_enquiries", *span) for span in spans)
    within = [told["start_date"].between(*map(pd.Timestamp, span)).to_numpy(bool) for span in spans]
    totals = (*(int(one.sum()) for one in within), *(int(told["passed"][one].sum()) for one in within))
    if not covered or not min(totals[:2]):
        return Split(*spans, totals, {}, "enquiries aren't known for both years")
    rows = told[within[0] | within[1]]
    later = within[1][within[0] | within[1]]
    lookback = (pd.Timestamp(spans[0][0]) - pd.DateOffset(months=RECENT_MONTHS)).date()
    begins = evidence.begins("protection_plans")
    weights, found = cluster_weights(rows["family"]), {}
    for cut in TITLES:
        if cut not in rows or (cut == "again" and begins is not None and begins > lookback):
            continue
        found[cut] = rate_and_mix(rows[cut], rows["passed"], later, weights)
    return Split(*spans, totals, found)


def splits(review: Review) -> dict[str, Split]:
    """The two comparisons of the review, as in `who_and_where.comparisons`."""
    at = moments(review.quarter)
    places = ("locality",) if review.may_show("locality") else ()
    told = enquiries_told(review.evidence, review.authority, places)
    pairs = {"last_year": ("year_end_before", "last_year_end"), "since": ("year_ago", "now")}
    return {name: split(review.evidence, review.authority, told, at[a], at[b]) for name, (a, b) in pairs.items()}


def table(review: Review, one: Split) -> Released:
    """A row a group: title, group, enquiries before and after, plans that followed, `rate` and `mix` (plans, with limits
    in words); after the groups of each cut its total. Released cut by cut, so that no total gives a group back."""
    parts = [_released(review, cut, found) for cut, found in one.cuts.items()] or [_released(review, "", None)]
    joined = [pd.concat([getattr(part, name) for part in parts], ignore_index=True) for name in ("frame", "withheld")]
    return Released(*joined, review.audience)


def _released(review: Review, cut: str, found: RateAndMix | None) -> Released:
    rows = []
    if found is not None:
        order = [*AGE_GROUPS] if cut == "age" else [ALONE, TWO, MORE] if cut == "siblings" else []
        places = {name: place for place, name in enumerate(order)}
        names = sorted(found.table.index, key=lambda name: (name == NOT_KNOWN, places.get(name, 99), str(name)))
        columns = ["exposure_before", "exposure_after", "events_before", "events_after", "rate", "mix"]
        rows = [
            (group, *row[columns], _limits(row["rate_lower"], row["rate_upper"]))
            for group, row in found.table.loc[names].iterrows()
        ]
        rows.append((_ALL, *found.table[columns].sum(), _limits(*found.parts.loc["rate", ["lower", "upper"]])))
    counts = ["enquiries_before", "enquiries_after", "plans_before", "plans_after"]
    frame = pd.DataFrame(rows, columns=["group", *counts, "rate", "mix", "rate_limits"])
    frame = frame.astype({"group": "str", "rate_limits": "str", "rate": "float64", "mix": "float64"})
    frame = frame.astype(dict.fromkeys(counts, "float64")).astype(dict.fromkeys(counts, "Int64"))
    limits, frame = frame["rate_limits"], frame.drop(columns="rate_limits")
    out = review.release(
        frame, counts=counts, derived={"rate": counts, "mix": counts}, adds=Structure(margins={"group": _ALL})
    )
    hidden = out.is_withheld("rate")
    title = [TITLES[cut], *[""] * (len(frame) - 1)] if cut else []
    shown = out.frame.assign(title=pd.Series(title, dtype="str"), rate_limits=limits.mask(hidden, CONFIDENTIAL))
    return Released(shown, out.withheld, out.audience)


def in_words(review: Review, one: Split) -> str:
    """What the change in plans that followed enquiries is made of, and what mix adds at most."""
    span = f"begun in the year to {words(one.after[1])}"
    if one.why or not one.cuts:
        return f"Whether more of each kind of enquiry {span} led to a plan can't be said: {one.why or 'the returns hold no group to tell them by'}."
    if review.audience != "internal" and any(map(is_small_one, one.totals)):
        return f"What became of enquiries {span} is withheld, so that no count from 1 to 5 can be worked out from it."
    change = one.totals[3] - one.totals[2]
    any_cut = next(iter(one.cuts.values()))
    volume = any_cut.parts.loc["volume"]
    rates = {cut: found.parts.loc["rate"] for cut, found in one.cuts.items()}
    mixes = {cut: found.parts.loc["mix"] for cut, found in one.cuts.items()}
    largest = max(mixes, key=lambda cut: abs(mixes[cut]["value"]))
    low, high = (pick(part["value"] for part in rates.values()) for pick in (min, max))
    moved = {cut: part for cut, part in mixes.items() if part["lower"] > 0 or part["upper"] < 0}
    first = (
        f"{number(one.totals[3], 'count')} plans followed the {number(one.totals[1], 'count')} enquiries {span}, and {number(one.totals[2], 'count')} the "
        f"{number(one.totals[0], 'count')} of the year before: {number(abs(change), 'count')} {'more' if change >= 0 else 'fewer'}. The number of enquiries accounts for "
        f"{number(volume['value'], 'count')} ({_limits(volume['lower'], volume['upper'])})."
    )
    same = number(low, "count") == number(high, "count")
    span_of = (
        number(low, "count")
        if same
        else f"{number(low, 'count')} to {number(high, 'count')}, by which way they are told apart,"
    )
    told = f" A change in the share of enquiries of the same kind that led to a plan accounts for {span_of}"
    part = mixes[largest]
    mixed = (
        f" and a different mix of enquiries for {number(part['value'], 'count')} at most ({TITLES[largest][0].lower()}{TITLES[largest][1:]}; "
        f"{_limits(part['lower'], part['upper'])})."
    )
    beyond = (
        f" The mix is beyond chance by {listed([TITLES[cut][0].lower() + TITLES[cut][1:] for cut in moved])}, each looked at by itself."
        if moved else " By no way of telling them apart is the mix beyond chance: there is no sign that other kinds of enquiry came."
    )  # fmt: skip
    return first + told + mixed + beyond


def _limits(low: float, high: float) -> str:
    return f"{number(low, 'count', none='–')} to {number(high, 'count', none='–')}"
