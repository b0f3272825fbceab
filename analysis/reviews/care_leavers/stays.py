"""Periods of care as stays with an age, a stage and a kind of placement: what the outlook for care leavers is drawn from."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from analysis.indicators import looked_after
from analysis.indicators.breakdowns import FOSTER_CARE, RESIDENTIAL, placement_group
from analysis.indicators.evidence import Evidence
from analysis.methods.masks import certain
from analysis.records.linkage import TEMPORARY

TABLE = "care_episodes"
YEAR_DAYS = 365.25
GROWN_UP = 18.0
BIRTHDAY = 7 / YEAR_DAYS  # an 18th birthday as returns give it: within a week of 18 years of 365.25 days
ENTITLED_FROM = 16.0  # Children Act 1989, schedule 2, 19B: looked after after the 16th birthday,
ENTITLING_WEEKS, ENTITLING_SINCE = 13, 14.0  # and for 13 weeks since the 14th
FOSTERED, IN_A_HOME, ELSEWHERE = (
    "Foster care, relatives or friends",
    "Children's home or other residential",
    "Elsewhere",
)
KINDS = (FOSTERED, IN_A_HOME, ELSEWHERE)
_KIND = {**dict.fromkeys(FOSTER_CARE, FOSTERED), RESIDENTIAL: IN_A_HOME}


def stays(evidence: Evidence) -> pd.DataFrame:
    """A row a period of care (SSDA903, no short breaks) of a child whose date of birth is known: child_id, start_date,
    end_date, born."""
    rows = evidence.once(looked_after.periods_from_episodes)
    born = evidence.table("children").set_index("child_id")["date_of_birth"].reindex(rows["child_id"]).to_numpy()
    rows = rows[["child_id", "start_date", "end_date"]].assign(born=born)
    return rows[rows["born"].notna() & rows["start_date"].notna()].reset_index(drop=True)


def kinds(evidence: Evidence) -> pd.DataFrame:
    """A row an episode: child_id, start_date, and the `kind` of its placement; hospital and holidays are left out."""
    rows = evidence.once(looked_after.episodes)
    rows = rows[~certain(rows["placement"].isin(TEMPORARY))]
    kind = placement_group(rows["placement"], rows["provider"]).map(_KIND).fillna(ELSEWHERE)
    found = rows[["child_id", "start_date"]].assign(kind=kind.astype("str"))
    return found.sort_values("start_date", kind="stable", ignore_index=True)


def kind_on(evidence: Evidence, rows: pd.DataFrame, day: pd.Series) -> np.ndarray:
    """The kind of placement of each row's child on `day`; Elsewhere where it isn't known."""
    asked = rows[["child_id"]].reset_index(drop=True)
    asked = asked.assign(
        start_date=pd.to_datetime(day).to_numpy().astype("datetime64[us]"), place=np.arange(len(asked))
    )
    asked = asked.sort_values("start_date", kind="stable")
    held = evidence.once(kinds)
    held = held.assign(start_date=held["start_date"].astype("datetime64[us]"))
    found = pd.merge_asof(asked, held, on="start_date", by="child_id").sort_values("place")
    return found["kind"].fillna(ELSEWHERE).to_numpy()


def years(later: object, earlier: pd.Series) -> np.ndarray:
    """Years between, as numbers."""
    return ((later - earlier).dt.days / YEAR_DAYS).to_numpy(float)


def inside(rows: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """The stays open at the end of `day` of children not yet 18, with age and since (both in years)."""
    now = pd.Timestamp(day)
    found = rows[certain(rows["start_date"] <= now) & ~certain(rows["end_date"] <= now)]
    found = found.assign(age=years(now, found["born"]), since=years(now, found["start_date"]))
    return found[found["age"] < GROWN_UP].drop_duplicates("child_id", keep="last").reset_index(drop=True)


def entitled(age_left: np.ndarray, age_joined: np.ndarray) -> np.ndarray:
    """Whether a stay that ends so gives the rights of a care leaver: it reached past the 16th birthday, and lasted 13
    weeks since the 14th. Earlier stays of the same child aren't added."""
    since = np.maximum(age_joined, ENTITLING_SINCE)
    return (age_left >= ENTITLED_FROM) & (age_left - since >= ENTITLING_WEEKS * 7 / YEAR_DAYS)


def left_care(rows: pd.DataFrame, after: dt.date, until: dt.date) -> pd.DataFrame:
    """Young people who left care with a care leaver's rights after one day and by another: their last leaving, with
    age_left and age_joined."""
    ended = rows[certain(rows["end_date"] > pd.Timestamp(after)) & certain(rows["end_date"] <= pd.Timestamp(until))]
    ended = ended.assign(
        age_left=years(ended["end_date"], ended["born"]), age_joined=years(ended["start_date"], ended["born"])
    )
    ended = ended[entitled(ended["age_left"].to_numpy(), ended["age_joined"].to_numpy())]
    return ended.sort_values(["end_date", "child_id"], kind="stable").drop_duplicates("child_id", keep="last")


def legal_status_on(evidence: Evidence, rows: pd.DataFrame, day: dt.date) -> np.ndarray:
    """The legal status of each row's child at the end of `day`, as SSDA903 codes it."""
    held = evidence.once(looked_after.episodes)
    held = held[certain(held["start_date"] <= pd.Timestamp(day)) & ~certain(held["end_date"] <= pd.Timestamp(day))]
    latest = (
        held.sort_values("start_date", kind="stable").drop_duplicates("child_id", keep="last").set_index("child_id")
    )
    return latest["legal_status"].reindex(rows["child_id"]).astype("object").to_numpy()
