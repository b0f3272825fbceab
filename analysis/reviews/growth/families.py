"""Who entered together: brothers and sisters inferred from plans, since no return says who belongs to one family.

Intervals and tests must allow for families: three children of one family are one decision, not three.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.records.history import Known

_UNKNOWN = "?"


def sibling_groups(plans: pd.DataFrame, known: Known | None = None) -> pd.Series:
    """Which plans began together: a whole number for each group, on the index of `plans`, in order of appearance.

    Plans are taken to be of brothers and sisters where they began on the same day, in the same team, from referrals
    of the same day. Where a plan has no referral date, `known` gives that of the child's last referral by the day on
    which the plan began; failing that, the day of the enquiry that led to it; and failing that, the same worker stands in.
    A child has one plan in a group at most.

    Trap: a brother or sister whose plan began on another day isn't found (on invented data about three in ten pairs
    begin on different days, and the groups hold about six of ten true pairs), and two families can match by
    chance (about one pair in fifty). So groups are too small rather than too large.
    """
    table = plans.reset_index(drop=True)
    start = pd.to_datetime(table["start_date"])
    origin = _origin(table, start, known)
    parts = [start.astype("str"), _text(table, "team"), origin]
    alone = start.isna()
    again = pd.Series(pd.MultiIndex.from_arrays([*parts, table["child_id"]]).duplicated())
    keys = pd.MultiIndex.from_arrays([*parts, np.where(alone | again, table.index, -1)])
    return pd.Series(pd.factorize(keys)[0], index=plans.index, name="siblings")


def family_groups(plans: pd.DataFrame, known: Known | None = None) -> pd.Series:
    """Which plans hang together as clusters: a whole number for each, on the index of `plans`, in order of appearance.

    Children who entered together (`sibling_groups`) and every plan of the same child are one cluster, and so are
    those that such children link. This is what intervals resample: see `methods.resampling`.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    siblings = sibling_groups(plans, known).to_numpy()
    child = pd.factorize(plans["child_id"])[0]
    count, rows = len(plans), np.arange(len(plans))
    if not count:
        return pd.Series(np.empty(0, int), index=plans.index, name="family")
    # A child without an identifier is nobody's second plan.
    named = child >= 0
    ends = np.concatenate([count + siblings, count + siblings.max() + 1 + child[named]])
    begins = np.concatenate([rows, rows[named]])
    size = int(ends.max()) + 1
    links = coo_matrix((np.ones(len(begins)), (begins, ends)), shape=(size, size))
    found = connected_components(links, directed=False)[1][:count]
    return pd.Series(pd.factorize(found)[0], index=plans.index, name="family")


def group_sizes(groups: pd.Series) -> pd.Series:
    """How many plans are in each plan's group."""
    return groups.map(groups.value_counts()).astype("int64")


def _origin(table: pd.DataFrame, start: pd.Series, known: Known | None) -> pd.Series:
    """What a plan came from, as text: `r` and the referral's date, `e` and the enquiry's, or `w` and the worker."""
    referred = pd.to_datetime(table["referral_date"])
    enquired = pd.Series(pd.NaT, index=table.index)
    missing = referred.isna() & start.notna()
    if known is not None and missing.any():
        lacking = table[missing].assign(start_date=start[missing])
        referrals = known.table("referrals")[["child_id", "date"]].assign(found=lambda rows: rows["date"])
        referred = referred.fillna(_last_before(lacking, referrals))
        enquiries = known.table("section47_enquiries")[["child_id", "start_date", "conference_date"]]
        enquiries = enquiries.rename(columns={"start_date": "found", "conference_date": "date"})
        enquired = _last_before(lacking, enquiries).reindex(table.index)
    worker = "w" + _text(table, "worker")
    by_enquiry = ("e" + enquired.astype("str")).where(enquired.notna(), worker)
    return ("r" + referred.astype("str")).where(referred.notna(), by_enquiry)


def _last_before(plans: pd.DataFrame, events: pd.DataFrame) -> pd.Series:
    """For each plan, `found` of the child's last event whose `date` isn't after the plan's start."""
    events = events.dropna(subset=["date"]).sort_values("date", kind="stable")
    rows = plans[["child_id", "start_date"]].reset_index().sort_values("start_date", kind="stable")
    met = pd.merge_asof(rows, events, left_on="start_date", right_on="date", by="child_id")
    return pd.to_datetime(met.set_index("index")["found"])


def _text(table: pd.DataFrame, column: str) -> pd.Series:
    return table[column].astype("object").where(table[column].notna(), _UNKNOWN).astype("str")
