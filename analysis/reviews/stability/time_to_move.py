"""Placements as spells: how each one ended, and what was known on the day that it began.

A placement here is a stay with one carer (`indicators.placements`): a new legal status, a holiday or hospital, or a
match with the same carer don't end it. What else the modules beside this one ask is answered from its frame: by when
children move, how often, and what goes with an earlier move.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.indicators import breakdowns, placements
from analysis.indicators.breakdowns import placement_group
from analysis.indicators.distance import FAR_MILES, METRES_IN_A_MILE, directory, plain
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import ADOPTED, CARE_ORDERS, PLACEMENT_ORDER, SECTION_20, periods_from_episodes
from analysis.methods.masks import certain
from analysis.methods.survival import spells
from analysis.reference.calendar import age_at
from analysis.reference.quarters import Quarter, words
from analysis.reviews.stability import moves, siblings
from analysis.reviews.stability.moves import Window

UNPLANNED, PLANNED, OTHERWISE, ADOPTION, GROWN, LEFT = (
    "Moved, nobody planned it", "Moved as planned", "Moved, reason other or not recorded",
    "Adopted", "Turned 18", "Left care otherwise",
)  # fmt: skip
ENDINGS = (UNPLANNED, PLANNED, OTHERWISE, ADOPTION, GROWN, LEFT)
MOVES = (UNPLANNED, PLANNED, OTHERWISE)
NOT_KNOWN = siblings.NOT_KNOWN
NEAR, FAR = f"Within {FAR_MILES:.0f} miles of home", f"Over {FAR_MILES:.0f} miles from home"
CARE_ORDER, BY_AGREEMENT, FOR_ADOPTION, OTHER_STATUS = (
    "Care order",
    "Section 20",
    "Placement order",
    "Other legal status",
)
FIRST, ONE, SEVERAL = "No earlier move", "One earlier move", "Two or more earlier moves"
# A period of care that ends within days of the birthday ended because of it.
_BIRTHDAY_DAYS = 7
_ENOUGH_QUARTERS = 80
_FAR_DAY = pd.Timestamp(2200, 1, 1)
# What is known of each placement on its first day; each is a column of `stays`, in words.
FACTORS = {
    "kind": "kind of placement", "age": "age on the first day", "legal": "legal status", "need": "need on coming into care",
    "distance": "distance from home", "siblings": "brothers and sisters", "earlier": "earlier moves in this period of care",
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """Placements as watched through a window: `stays` (see `stays`) with duration, entry (days) and ended."""

    stays: pd.DataFrame
    window: Window

    @property
    def when(self) -> str:
        """`between 1 April 2015 and 30 September 2018`."""
        return f"between {words(self.window.first)} and {words(self.window.last)}"


def window(evidence: Evidence, quarter: Quarter) -> Window | None:
    """The longest unbroken time up to the quarter's end for which episodes are known whole; None where they aren't
    known at its end."""
    begins = evidence.begins("care_episodes")
    if begins is None:
        ended = evidence.table("care_episodes")["end_date"].dropna()
        return Window(ended.min().date(), quarter.end) if len(ended) and ended.min().date() < quarter.end else None
    if begins < quarter.end and evidence.covers("care_episodes", begins, quarter.end):
        return Window(begins, quarter.end)
    starts = [quarter.shift(-back).start for back in range(_ENOUGH_QUARTERS)]
    whole = [start for start in starts if evidence.covers("care_episodes", start, quarter.end)]
    return Window(min(whole), quarter.end) if whole else None


def stays(evidence: Evidence) -> pd.DataFrame:
    """One row a placement with one carer, in order of child and start.

    Columns: child_id, period (numbered), period_start, from_entry (whether its first day in care is in the records),
    start, end (missing while it goes on), number (within the period), ending (of ENDINGS, missing while open), reason
    (SSDA903 code, of moves), place (plain postcode); and FACTORS in words: those that need postcodes are absent where
    none were delivered.
    """
    placed = evidence.once(placements.placed)
    moved = evidence.once(moves.every)[["child_id", "date", "ended_by", "reason"]]
    rows = placed[["child_id", "period_start", "start_date", "end_date", "placement", "provider", "number"]].merge(
        moved.rename(columns={"date": "start_date"}).drop_duplicates(["child_id", "start_date"]),
        how="left",
        on=["child_id", "start_date"],
    )
    new = (rows["number"] == 1) | rows["ended_by"].notna()
    stay = new.cumsum()
    until = rows["end_date"].fillna(_FAR_DAY).groupby(stay).max()
    found = rows[new].reset_index(drop=True)
    found = found.assign(period=(found["number"] == 1).cumsum(), end=until.to_numpy())
    following = found.groupby("period")
    next_start, next_by, next_reason = (following[name].shift(-1) for name in ("start_date", "ended_by", "reason"))
    end = found["end"].where(next_start.isna(), next_start)
    found = found.assign(
        end=end.where(end < _FAR_DAY), number=following.cumcount() + 1, reason=next_reason, next_by=next_by
    )
    return _described(evidence, found.rename(columns={"start_date": "start"}))


def _described(evidence: Evidence, rows: pd.DataFrame) -> pd.DataFrame:
    about = evidence.once(periods_from_episodes).rename(columns={"start_date": "period_start"})
    about = about[["child_id", "period_start", "reason_ended", "reason_new"]].drop_duplicates(
        ["child_id", "period_start"]
    )
    head = (
        evidence.table("care_episodes")
        .drop_duplicates(["child_id", "start_date"])
        .rename(columns={"start_date": "start"})
    )
    head = head[["child_id", "start", "legal_status", "need", "home_postcode", "placement_postcode"]]
    rows = rows.merge(about, how="left", on=["child_id", "period_start"]).merge(
        head, how="left", on=["child_id", "start"]
    )
    born = evidence.table("children").drop_duplicates("child_id").set_index("child_id")["date_of_birth"]
    born = born.reindex(rows["child_id"]).set_axis(rows.index)
    eighteenth = born + pd.DateOffset(years=18) if len(born) else born
    entered = certain(rows["reason_new"] == "S")
    rows = rows.assign(
        from_entry=entered,
        place=plain(rows["placement_postcode"]),
        ending=_endings(rows, eighteenth),
        kind=placement_group(rows["placement"], rows["provider"]).fillna(NOT_KNOWN),
        age=_aged(age_at(born, rows["start"])) if len(rows) else rows["child_id"],
        legal=_legal(rows["legal_status"]),
        need=rows["need"].map(breakdowns.NEED).astype("object").fillna(NOT_KNOWN),
        earlier=np.where(~entered, NOT_KNOWN, np.select([rows["number"] == 1, rows["number"] == 2], [FIRST, ONE], SEVERAL)),
    )  # fmt: skip
    if siblings.carries(evidence):
        rows = rows.assign(siblings=siblings.at_starts(evidence, rows))
        if evidence.known.carries("postcodes"):
            rows = rows.assign(distance=_distance(evidence, rows))
    kept = ["child_id", "period", "period_start", "from_entry", "start", "end", "number", "ending", "reason", "place"]
    return rows[[*kept, *(name for name in FACTORS if name in rows.columns)]]


def _endings(rows: pd.DataFrame, eighteenth: pd.Series) -> pd.Series:
    moved = rows["next_by"].notna()
    grown = certain(rows["end"] >= eighteenth - pd.Timedelta(days=_BIRTHDAY_DAYS))
    said = np.select(
        [moved & rows["next_by"].isin(moves.UNPLANNED), moved & (rows["next_by"] == moves.IN_PLAN), moved,
         rows["end"].isna(), certain(rows["reason_ended"].isin(ADOPTED)), grown],
        [UNPLANNED, PLANNED, OTHERWISE, "", ADOPTION, GROWN], LEFT,
    )  # fmt: skip
    return pd.Series(said, index=rows.index, dtype="object").where(said != "", None)


def _aged(years: pd.Series) -> pd.Series:
    """`Aged 5 to 9`: a group that says by itself what it groups."""
    return breakdowns.age_group(years).map(lambda group: f"Aged {group.lower()}", na_action="ignore").fillna(NOT_KNOWN)


def _legal(status: pd.Series) -> pd.Series:
    said = np.select(
        [certain(status.isin(CARE_ORDERS)), certain(status.isin(SECTION_20)), certain(status.isin((*PLACEMENT_ORDER, "D1")))],
        [CARE_ORDER, BY_AGREEMENT, FOR_ADOPTION], OTHER_STATUS,
    )  # fmt: skip
    return pd.Series(said, index=status.index, dtype="object").where(status.notna(), NOT_KNOWN)


def _distance(evidence: Evidence, rows: pd.DataFrame) -> pd.Series:
    known = evidence.once(directory)
    spots = [known.reindex(one) for one in (plain(rows["home_postcode"]), rows["place"])]
    east, north = (
        spots[1][name].to_numpy(float, na_value=np.nan) - spots[0][name].to_numpy(float, na_value=np.nan)
        for name in ("easting", "northing")
    )
    miles = np.round(np.hypot(east, north) / METRES_IN_A_MILE, 1)
    said = np.select([np.isnan(miles), miles <= FAR_MILES], [NOT_KNOWN, NEAR], FAR)
    return pd.Series(said, index=rows.index, dtype="object")


def seen(evidence: Evidence, quarter: Quarter) -> Seen | None:
    """Placements as watched up to the quarter's end. What was going on when the window opened counts from its age
    then, and what goes on at its close is censored. None where episodes aren't known at the quarter's end."""
    through = window(evidence, quarter)
    if through is None:
        return None
    rows = evidence.once(stays)
    spell = spells(rows["start"], rows["end"], through.first, through.last)
    rows = rows.join(spell, how="inner")
    rows = rows.assign(ending=rows["ending"].where(rows["ended"].astype(bool), None))
    return Seen(rows.reset_index(drop=True), through)


def first_stays(found: Seen) -> pd.DataFrame:
    """Placements in which children came into care, of those whose first day is known. A child who was in the first
    placement when the window opened is watched from then on; one who had moved before is no longer in it."""
    rows = found.stays
    return rows[rows["from_entry"] & (rows["number"] == 1)]


def in_care(found: Seen) -> pd.DataFrame:
    """The same placements on the clock of time in care: child_id, start, stop (days since coming into care), moved and
    unplanned at the stop. Only periods of care whose first day is known."""
    rows = found.stays[found.stays["from_entry"]]
    offset = (rows["start"] - rows["period_start"]).dt.days
    return pd.DataFrame(
        {
            "child_id": rows["child_id"],
            "start": offset + rows["entry"],
            "stop": offset + rows["duration"],
            "moved": rows["ending"].isin(MOVES),
            "unplanned": rows["ending"] == UNPLANNED,
        }
    ).reset_index(drop=True)
