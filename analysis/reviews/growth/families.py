"""Who entered together: brothers and sisters inferred from plans, since no return says who belongs to one family.

Intervals and tests must allow for families: three children of one family are one decision, not three.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.indicators import protection
from analysis.indicators.evidence import Evidence
from analysis.records.history import Known


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
    group = _paired(_paired(_code(start), _code(table["team"])), _origin(table, start, known))
    alone = start.isna().to_numpy() | _repeats(_paired(group, _code(table["child_id"])))
    group = np.where(alone, group.max(initial=0) + 1 + np.arange(len(table)), group)
    return pd.Series(pd.factorize(group)[0], index=plans.index, name="siblings")


def family_groups(plans: pd.DataFrame, known: Known | None = None) -> pd.Series:
    """Which plans hang together as clusters: a whole number for each, on the index of `plans`, in order of appearance.

    Children who entered together (`sibling_groups`) and every plan of the same child are one cluster, and so are
    those that such children link. This is what intervals resample: see `methods.resampling`.
    """
    return clusters(plans, sibling_groups(plans, known))


def clusters(plans: pd.DataFrame, siblings: pd.Series) -> pd.Series:
    """`family_groups` where the sibling groups are known already."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    siblings = siblings.to_numpy()
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


def of_plans(evidence: Evidence) -> pd.DataFrame:
    """Both groups of every plan, as `indicators.protection.plans` orders them: columns siblings, family. For `evidence.once`."""
    return groups_of(evidence.once(protection.plans), evidence.known)


def groups_of(plans: pd.DataFrame, known: Known | None = None) -> pd.DataFrame:
    """Both groups of each plan, on the index of `plans`: columns siblings, family."""
    siblings = sibling_groups(plans, known)
    return pd.DataFrame({"siblings": siblings, "family": clusters(plans, siblings)})


def _origin(table: pd.DataFrame, start: pd.Series, known: Known | None) -> np.ndarray:
    """What a plan came from, numbered: a referral's date, else the enquiry's, else the worker."""
    referred = pd.to_datetime(table["referral_date"])
    enquired = pd.Series(pd.NaT, index=table.index)
    missing = referred.isna() & start.notna()
    if known is not None and missing.any():
        lacking = table[missing].assign(start_date=start[missing])
        referrals = known.table("referrals")
        referrals = referrals[["child_id", "date"]].assign(found=referrals["date"])
        referred = referred.fillna(_last_before(lacking, referrals))
        enquiries = known.table("section47_enquiries")[["child_id", "start_date", "conference_date"]]
        enquiries = enquiries.rename(columns={"start_date": "found", "conference_date": "date"})
        enquired = _last_before(lacking, enquiries).reindex(table.index)
    kinds = (_code(referred), _code(enquired), _code(table["worker"]))
    by_referral, by_enquiry = referred.notna().to_numpy(), enquired.notna().to_numpy()
    kind = np.where(by_referral, 0, np.where(by_enquiry, 1, 2))
    return _paired(np.choose(kind, kinds), kind)


def _last_before(plans: pd.DataFrame, events: pd.DataFrame) -> pd.Series:
    """For each plan, `found` of the child's last event whose `date` isn't after the plan's start."""
    events = events[events["child_id"].isin(plans["child_id"])]
    events = events.dropna(subset=["date"]).sort_values("date", kind="stable")
    rows = plans[["child_id", "start_date"]].reset_index().sort_values("start_date", kind="stable")
    met = pd.merge_asof(rows, events, left_on="start_date", right_on="date", by="child_id")
    return pd.to_datetime(met.set_index("index")["found"])


def _code(values: pd.Series) -> np.ndarray:
    """Values numbered from 1; 0 where missing."""
    return pd.factorize(values)[0] + 1


def _paired(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """A number for each pair of numbers."""
    return pd.factorize(one.astype(np.int64) * (int(other.max(initial=0)) + 1) + other)[0]


def _repeats(values: np.ndarray) -> np.ndarray:
    return pd.Series(values).duplicated().to_numpy()
