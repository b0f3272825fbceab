"""The steps of a child's journey, each a frame of who came to it when, and where the child was known to live."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from analysis.indicators import early_help, enquiries, looked_after
from analysis.indicators.breakdowns import NOT_KNOWN
from analysis.indicators.evidence import Evidence
from analysis.methods.masks import certain
from analysis.records.linkage import SHORT_BREAKS

if TYPE_CHECKING:
    from analysis.findings.review import Review

# A team that took up a child's case so soon after a step is where that step was; after that, where the child had been.
SOON_AFTER = pd.Timedelta(days=183)
_KEYS = MappingProxyType({"child_id": "str", "date": "datetime64[us]"})


@dataclass(frozen=True)
class Step:
    """One step: its title, the table that must be known whole, and `rows(evidence)` with child_id and date, in order."""

    title: str
    table: str
    rows: Callable[[Evidence], pd.DataFrame]


def _dated(table: str, date: str) -> Callable[[Evidence], pd.DataFrame]:
    def rows(evidence: Evidence) -> pd.DataFrame:
        found = evidence.table(table)
        return _in_order(found.assign(date=found[date]))

    return rows


def _conferences(evidence: Evidence) -> pd.DataFrame:
    return _in_order(evidence.once(enquiries.conferences))


def _early_help(evidence: Evidence) -> pd.DataFrame:
    return _in_order(evidence.once(early_help.referrals))


def _into_care(evidence: Evidence) -> pd.DataFrame:
    """Starts of care, short breaks left out."""
    if evidence.known.carries("care_episodes"):
        rows = evidence.once(looked_after.periods_from_episodes)
    else:
        rows = evidence.table("care_periods")
        rows = rows[~certain(rows["legal_status"].isin(SHORT_BREAKS))]
    return _in_order(rows.assign(date=rows["start_date"]))


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    kept = [name for name in ("child_id", "date", "team", "locality") if name in rows.columns]
    return rows.loc[rows["date"].notna(), kept].sort_values("date", kind="stable", ignore_index=True)


STEPS: Mapping[str, Step] = MappingProxyType({
    "early_help": Step("Early help referrals", "early_help_referrals", _early_help),
    "contacts": Step("Contacts", "contacts", _dated("contacts", "date")),
    "referrals": Step("Referrals", "referrals", _dated("referrals", "date")),
    "assessments": Step("Assessments begun", "assessments", _dated("assessments", "start_date")),
    "enquiries": Step("Section 47 enquiries", "section47_enquiries", _dated("section47_enquiries", "start_date")),
    "conferences": Step("Initial conferences", "section47_enquiries", _conferences),
    "plans": Step("Child protection plans started", "protection_plans", _dated("protection_plans", "start_date")),
    "care": Step("Periods of care begun", "care_episodes", _into_care),
})  # fmt: skip


def rows_of(review: Review, step: str) -> pd.DataFrame:
    return review.evidence.once(STEPS[step].rows)


def known_places(review: Review) -> pd.DataFrame:
    """Where a child was known to live, and when: the locality of the team that worked with the child, or in which the
    family was helped early. Columns child_id, date, place, in order of the date."""
    local = {team: place for team, place in review.authority.teams.items() if place}
    found = []
    for step in ("assessments", "enquiries", "plans"):
        rows = rows_of(review, step)
        found.append(rows[["child_id", "date"]].assign(place=rows["team"].map(local).astype("str")))
    helped = rows_of(review, "early_help")
    found.append(helped[["child_id", "date"]].assign(place=helped["locality"].astype("str")))
    every = pd.concat([frame for frame in found if len(frame)] or found[:1], ignore_index=True)
    return every[every["place"].notna()].astype(dict(_KEYS)).sort_values("date", kind="stable", ignore_index=True)


def with_place(review: Review, rows: pd.DataFrame, places: pd.DataFrame) -> pd.Series:
    """Each row's locality: its own, or the team's; else where the child was soon after, or else had last been."""
    if "locality" in rows.columns:
        own = rows["locality"].astype("object")
    elif "team" in rows.columns:
        own = (
            rows["team"].map({team: place for team, place in review.authority.teams.items() if place}).astype("object")
        )
    else:
        own = pd.Series(None, index=rows.index, dtype="object")
    ordered = rows[["child_id", "date"]].astype(dict(_KEYS)).reset_index(names="row").sort_values("date", kind="stable")
    after = pd.merge_asof(ordered, places, on="date", by="child_id", direction="forward", tolerance=SOON_AFTER)
    before = pd.merge_asof(ordered, places, on="date", by="child_id", direction="backward")
    linked = after["place"].astype("object").where(after["place"].notna(), before["place"].astype("object"))
    linked = pd.Series(linked.to_numpy(), index=ordered["row"].to_numpy()).reindex(rows.index)
    found = own.where(own.notna(), linked)
    return found.where(found.isin(review.authority.localities), NOT_KNOWN)
