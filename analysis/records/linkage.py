"""Joins SSDA903 episodes into what they are about: periods of care, and placements with a carer.

Both are robust to what real returns hold: overlapping episodes, gaps of a day, and reasons for a new episode
(RNE) that contradict the placement. No row of the input is changed or dropped from the count of `episodes`,
except short breaks.
"""

from __future__ import annotations

import pandas as pd

from analysis.methods.masks import certain

# A series of short-term placements under an agreement. DfE leaves them out of every looked after figure.
SHORT_BREAKS = frozenset(("V3", "V4"))
# In hospital, on holiday, carer away: the child goes back, so it is no placement in its own right.
TEMPORARY = frozenset(("T0", "T1", "T2", "T3", "T4"))
# Placed for adoption with the current foster carer.
ADOPTED_BY_CARER = frozenset(("A3", "A5"))
# Reasons for a new episode (RNE) that bring a new carer; T and U change the placement and keep the carer.
NEW_CARER, SAME_CARER = frozenset(("P", "B")), frozenset(("T", "U"))
_FAR = pd.Timestamp(2200, 1, 1)
_WHERE = ["placement", "provider", "urn", "placement_postcode"]


def _in_periods(care_episodes: pd.DataFrame) -> pd.DataFrame:
    """Episodes without short breaks, in order of start within a child, with `_until` (the end, or far ahead) and
    `_period`, which numbers periods of care."""
    rows = care_episodes[~certain(care_episodes["legal_status"].isin(SHORT_BREAKS))]
    rows = rows.sort_values(["child_id", "start_date"], kind="stable", ignore_index=True)
    until = rows["end_date"].fillna(_FAR)
    child = rows["child_id"]
    latest = until.groupby(child).cummax()
    first = ~child.duplicated()
    before = latest.shift().where(~first)
    # Ended for good and started again the same day: two periods, though nothing lies between.
    ended = certain(rows["reason_ended"].shift() != "X1")
    restarted = certain(rows["start_date"] == before) & ended & certain(rows["reason_new"] == "S")
    new = first | certain(rows["start_date"] > before) | restarted
    return rows.assign(_until=until, _period=new.cumsum())


def periods_of_care(care_episodes: pd.DataFrame) -> pd.DataFrame:
    """One row a period of care, from a `care_episodes` table: unbroken time looked after.

    Episodes that touch or overlap are one period; short breaks (V3, V4) are left out. Columns: child_id,
    start_date, end_date (missing while open), reason_ended (of the episode that ended last), need and
    reason_new (of the first), episodes. A period whose `reason_new` isn't S began before the records do.
    """
    rows = _in_periods(care_episodes)
    # The row that ends last, the later start where two end together, says why.
    last = rows.sort_values(["_period", "_until", "start_date"], kind="stable").drop_duplicates("_period", keep="last")
    last = last.set_index("_period")
    first = rows.drop_duplicates("_period").set_index("_period")
    return pd.DataFrame(
        {
            "child_id": first["child_id"],
            "start_date": first["start_date"],
            "end_date": last["end_date"],
            "reason_ended": last["reason_ended"].where(last["end_date"].notna()),
            "need": first["need"],
            "reason_new": first["reason_new"],
            "episodes": rows.groupby("_period").size(),
        }
    ).reset_index(drop=True)


def placements(care_episodes: pd.DataFrame) -> pd.DataFrame:
    """One row a placement, from a `care_episodes` table.

    An episode that changes only the legal status goes on with the placement. A temporary placement (T codes)
    belongs to the placement before it, and coming back to that is no move. A change of the placement's status
    with the same carer (RNE T or U, or placed for adoption with the current foster carer: A3, A5) starts a
    row with `same_carer` true and the `carer` number of the row before.

    Columns: child_id, period_start, start_date, end_date, placement, provider, urn, reason_change and
    reason_ended (of its last episode), from_placement and from_provider (missing on a period's first),
    same_carer, number (within the period, from 1), carer (numbered through the whole table), episodes.
    """
    rows = _in_periods(care_episodes)
    temporary = certain(rows["placement"].isin(TEMPORARY))
    period = rows["_period"]
    first = ~period.duplicated()
    where = rows[_WHERE].astype("string").fillna("?")
    # Each episode is compared with the last one of its period that wasn't temporary.
    settled = where.mask(temporary).groupby(period).ffill().groupby(period).shift()
    moved = pd.Series((where.to_numpy(object) != settled.fillna("").to_numpy(object)).any(axis=1), index=rows.index)
    after_temporary = temporary.shift(fill_value=False) & ~first
    reason = rows["reason_new"].fillna("")
    # Straight after a temporary placement the reason speaks of leaving that one, so only the place itself tells.
    stated = certain(reason.isin(("L", *NEW_CARER, *SAME_CARER))) & ~after_temporary
    starts = first | (~temporary & ((stated & certain(reason != "L")) | (~stated & moved)))
    adopted = certain(rows["placement"].isin(ADOPTED_BY_CARER))
    same = starts & ~first & (adopted | (stated & certain(reason.isin(SAME_CARER))))
    number = starts.cumsum()
    joined = rows.assign(_number=number, _carer=(starts & ~same).cumsum())
    head = joined[starts].set_index("_number")
    tail = joined.sort_values(["_number", "_until", "start_date"], kind="stable")
    tail = tail.drop_duplicates("_number", keep="last").set_index("_number")
    again = head["_period"].duplicated()
    return pd.DataFrame(
        {
            "child_id": head["child_id"],
            "period_start": head["start_date"].groupby(head["_period"]).transform("min"),
            "start_date": head["start_date"],
            "end_date": tail["end_date"],
            "placement": head["placement"],
            "provider": head["provider"],
            "urn": head["urn"],
            "reason_change": tail["reason_change"].where(tail["end_date"].notna()),
            "reason_ended": tail["reason_ended"].where(tail["end_date"].notna()),
            "from_placement": head["placement"].shift().where(again),
            "from_provider": head["provider"].shift().where(again),
            "same_carer": same[starts].to_numpy(),
            "number": head.groupby("_period").cumcount() + 1,
            "carer": head["_carer"],
            "episodes": joined.groupby("_number").size(),
        }
    ).reset_index(drop=True)


def with_carer(placed: pd.DataFrame) -> pd.DataFrame:
    """One row a stay with a carer, from `placements`: rows of one `carer` joined. Columns: child_id,
    period_start, start_date, end_date, placement (the latest), carer, previous_start (when the stay before it
    in the same period began; missing on a period's first)."""
    rows = placed.assign(_until=placed["end_date"].fillna(_FAR))
    grouped = rows.groupby("carer", sort=True)
    until = grouped["_until"].max()
    stays = pd.DataFrame(
        {
            "child_id": grouped["child_id"].first(),
            "period_start": grouped["period_start"].first(),
            "start_date": grouped["start_date"].min(),
            "end_date": until.where(until < _FAR),
            "placement": grouped["placement"].last(),
        }
    ).reset_index()
    before = stays.groupby(["child_id", "period_start"], sort=False)["start_date"].shift()
    return stays.assign(previous_start=before)
