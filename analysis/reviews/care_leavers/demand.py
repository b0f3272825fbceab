"""Homes and occupations for the care leavers to come: as recent care leavers of like kind had when they left."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.indicators import care_leavers
from analysis.indicators.care_leavers import ACTIVITY
from analysis.indicators.evidence import Evidence
from analysis.methods import cohort_flows
from analysis.methods.masks import certain
from analysis.reviews.care_leavers import stays
from analysis.reviews.care_leavers.outlook import PROFILE, SEED, Outlook
from analysis.reviews.care_leavers.stays import KINDS

AHEAD = 3  # years for which demand is told: plans for homes and places reach no further
NOT_KNOWN = "Not known"
SUPPORTED = "Supported homes (lodgings, foyers, semi-independent)"
UNSETTLED = "No settled home (emergency, homeless, in custody)"
# Accommodation letters gathered into kinds of home that are planned for alike.
HOMES = MappingProxyType({
    "Z": "With former foster carers", "B": "With parents or relatives",
    **dict.fromkeys("CDET", SUPPORTED),
    **dict.fromkeys("UK", "Independent living or ordinary lodgings"),
    **dict.fromkeys("SVWX", UNSETTLED),
    **dict.fromkeys("GHRY", "Elsewhere"),
})  # fmt: skip
_ILL_OR_CARING = "Not in work or learning: illness, disability, pregnancy or parenting"
OCCUPATIONS = MappingProxyType({
    **{code: words for code, words in ACTIVITY.items() if code[0] != "G"},
    "G4": _ILL_OR_CARING, "G6": _ILL_OR_CARING, "G5": ACTIVITY["G5"],
})  # fmt: skip
UNOCCUPIED = (_ILL_OR_CARING, ACTIVITY["G5"])


@dataclass(frozen=True)
class Demand:
    """What recent care leavers had, and those to come would need. `seen`: (kinds, outcomes); `profile`, `everyone`: draws
    of those looked after at 13 to 15 now who will leave as care leavers, and of all who will within `AHEAD` years."""

    outcomes: tuple[str, ...]
    seen: np.ndarray
    profile: np.ndarray
    everyone: np.ndarray


def recent(evidence: Evidence, found: Outlook) -> pd.DataFrame:
    """Young people who left care with a care leaver's rights in the years watched: kind of placement at 16 (when they came,
    if later; when the records begin, if they don't reach back), home and occupation at the first word of them since.

    That is the first Annex A list 9 on or after the day of leaving, or the first OC3 where there are no lists.
    """
    left = stays.left_care(evidence.once(stays.stays), found.watched_from, found.day)
    sixteen = left["born"] + pd.DateOffset(years=int(stays.ENTITLED_FROM))
    known_from = pd.Timestamp(evidence.begins(stays.TABLE) or found.watched_from)
    at = pd.concat([sixteen, left["start_date"]], axis=1).max(axis=1).clip(lower=known_from, upper=left["end_date"])
    left = left.assign(kind=stays.kind_on(evidence, left, at), left=left["end_date"])
    said = _said(evidence).merge(left[["child_id", "left"]], on="child_id")
    said = said[certain(said["date"] >= said["left"]) & certain(said["date"] <= pd.Timestamp(found.day))]
    said = said.sort_values("date", kind="stable").drop_duplicates("child_id").set_index("child_id")
    left = left[left["child_id"].isin(said.index)]
    return pd.DataFrame({
        "child_id": left["child_id"], "kind": left["kind"],
        **{name: said[name].reindex(left["child_id"]).to_numpy() for name in ("home", "occupation")},
    }).reset_index(drop=True)  # fmt: skip


def recent_of(evidence: Evidence, found: Outlook | None) -> pd.DataFrame:
    """`recent`, with no rows where there is no outlook."""
    if found is None:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in ("child_id", "kind", "home", "occupation")})
    return recent(evidence, found)


def _said(evidence: Evidence) -> pd.DataFrame:
    """What is on record of each care leaver: child_id, date, home, occupation."""
    if evidence.known.carries("care_leaver_status"):
        rows = evidence.once(care_leavers.statuses)
        date, letter = rows["as_at"], rows["accommodation"]
    elif evidence.known.carries("care_leaver_outcomes"):
        rows = evidence.once(care_leavers.outcomes)
        date, letter = pd.to_datetime(rows["year"].astype("string") + "-03-31"), rows["accommodation"]
    else:
        return pd.DataFrame({"child_id": pd.Series(dtype="string"), "date": pd.Series(dtype="datetime64[us]"),
                             "home": pd.Series(dtype="str"), "occupation": pd.Series(dtype="str")})  # fmt: skip
    return pd.DataFrame({
        "child_id": rows["child_id"], "date": date, "home": letter.map(dict(HOMES)).fillna(NOT_KNOWN).astype("str"),
        "occupation": rows["activity"].map(dict(OCCUPATIONS)).fillna(NOT_KNOWN).astype("str"),
    })  # fmt: skip


def demand(found: Outlook | None, seen: pd.DataFrame, what: str) -> Demand | None:
    """Demand by `home` or `occupation`; None where no recent care leaver is on record.

    Question: what homes, or places to learn and work, would the care leavers to come need if they went the way of those
    who left in the years watched from a like kind of placement?
    Method: `cohort_flows.shared_out` over kinds of placement. Trap: where a care leaver went depended on what there was:
    a home that nobody could have isn't in this.
    """
    if found is None or seen.empty:
        return None
    outcomes = (*dict.fromkeys((HOMES if what == "home" else OCCUPATIONS).values()), NOT_KNOWN)
    table = pd.crosstab(
        pd.Categorical(seen["kind"], KINDS), pd.Categorical(seen[what], outcomes), dropna=False
    ).to_numpy()
    generator = np.random.default_rng(SEED)
    profile = found.entitled & (found.origin == PROFILE) & np.isfinite(found.members.left)
    everyone = found.entitled & (found.members.left <= AHEAD)
    return Demand(outcomes, table, *(
        cohort_flows.shared_out(_by_kind(found, mask), table, generator) for mask in (profile, everyone)
    ))  # fmt: skip


def _by_kind(found: Outlook, mask: np.ndarray) -> np.ndarray:
    """How many of `mask` there are of each kind in each draw: (draws, kinds)."""
    cell = found.members.draw[mask] * len(KINDS) + found.kind[mask]
    return np.bincount(cell, minlength=found.members.draws * len(KINDS)).reshape(-1, len(KINDS))
