"""Brothers and sisters in care, and whether they live together. No return names siblings, so they are inferred.

Two children are taken for brothers or sisters where they came into care from the same home postcode within a
fortnight of each other. A postcode holds some fifteen homes, so now and then two families are taken for one
(`Families.by_chance` says how often at most); brothers and sisters who came at different times, or whose homes
were written down differently, are missed. Children who came alone from abroad have no home here and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import listed, number
from analysis.findings.measures import moments
from analysis.indicators.definition import STOCK, period
from analysis.indicators.distance import plain
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import looked_after, periods_from_episodes
from analysis.methods.masks import certain
from analysis.reference.quarters import Quarter, words

TOGETHER_DAYS = 14
# More children than this from one postcode in a fortnight is a hostel or an office's address, not a family.
LARGEST_FAMILY = 10
# By this far apart, two entries from one postcode are as likely to be neighbours as a family's second time.
_APART_DAYS = (92, 1096)
# So many children with a brother or sister in care, and none of them together, isn't what fostering looks like.
_MANY_APART = 30
NO_SIBLING, TOGETHER, APART, NOT_KNOWN = (
    "No brother or sister in care", "With a brother or sister", "Apart from brothers and sisters", "Not known"
)  # fmt: skip
_FAR = pd.Timestamp(2200, 1, 1)
_ALL, _SOME, _NONE, _UNKNOWN = "all", "some", "none", "unknown"


@dataclass(frozen=True)
class Families:
    """`of_child`: a family's number by child_id, for children with a brother or sister found. `pairs`: pairs of
    children who came within a fortnight from one postcode; `by_chance`: how many of these neighbours could be, at
    most, from how often entries from one postcode lie three months to three years apart."""

    of_child: pd.Series
    pairs: int
    by_chance: float


def entries(evidence: Evidence) -> pd.DataFrame:
    """Periods of care with `entered`, the day on which the child came: the first episode's where it says that care
    began, Annex A's period otherwise, missing where neither says; and `home`, the postcode then, without spaces."""
    rows = evidence.once(periods_from_episodes)
    episodes = evidence.table("care_episodes").drop_duplicates(["child_id", "start_date"])
    home = rows[["child_id", "start_date"]].merge(
        episodes[["child_id", "start_date", "home_postcode"]], how="left", on=["child_id", "start_date"]
    )
    entered = rows["start_date"].where(certain(rows["reason_new"] == "S"))
    said = evidence.table("care_periods")[["child_id", "start_date", "end_date"]].rename(
        columns={"start_date": "said_start", "end_date": "said_end"}
    )
    both = rows[["child_id", "start_date"]].assign(place=np.arange(len(rows))).merge(said, on="child_id")
    both = both[certain(both["said_start"] <= both["start_date"]) & ~certain(both["said_end"] <= both["start_date"])]
    told = both.groupby("place")["said_start"].max().reindex(np.arange(len(rows)))
    return rows.assign(entered=entered.fillna(told.set_axis(rows.index)), home=plain(home["home_postcode"]).to_numpy())


def carries(evidence: Evidence) -> bool:
    """Whether the episodes delivered hold postcodes of homes and of placements at all."""
    rows = evidence.table("care_episodes")
    return bool(rows["home_postcode"].notna().any() and rows["placement_postcode"].notna().any())


def families(evidence: Evidence) -> Families:
    rows = evidence.once(entries)
    about = evidence.table("children").set_index("child_id")["unaccompanied"]
    alone = about.reindex(rows["child_id"]).set_axis(rows.index).fillna(False).astype(bool)
    rows = rows[rows["home"].notna() & rows["entered"].notna() & ~alone]
    rows = rows.sort_values(["home", "entered", "child_id"], kind="stable", ignore_index=True)
    new = (rows["home"] != rows["home"].shift()) | ~certain(
        rows["entered"] - rows["entered"].shift() <= pd.Timedelta(days=TOGETHER_DAYS)
    )
    rows = rows.assign(arrival=new.cumsum())
    children = rows.groupby("arrival")["child_id"].transform("nunique")
    found = rows[(children > 1) & (children <= LARGEST_FAMILY)]
    pairs, far = _pairs(rows)
    width = _APART_DAYS[1] - _APART_DAYS[0]
    return Families(_joined(found), pairs, min(float(pairs), far / width * (TOGETHER_DAYS + 1)))


def _pairs(rows: pd.DataFrame) -> tuple[int, int]:
    """Pairs of children from one postcode who came within a fortnight, and far apart."""
    few = rows.groupby("home")["child_id"].transform("size") <= 3 * LARGEST_FAMILY
    some = rows.loc[few, ["home", "child_id", "entered"]]
    both = some.merge(some, on="home")
    both = both[both["child_id_x"] < both["child_id_y"]]
    gap = (both["entered_x"] - both["entered_y"]).dt.days.abs()
    near = both[gap <= TOGETHER_DAYS].drop_duplicates(["child_id_x", "child_id_y"])
    return len(near), int(gap.between(*_APART_DAYS).sum())


def _joined(found: pd.DataFrame) -> pd.Series:
    """A family's number by child: arrivals that share a child are one family."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    child, names = pd.factorize(found["child_id"])
    arrival, arrivals = pd.factorize(found["arrival"])
    if not len(names):
        return pd.Series(dtype="int64")
    size = len(names) + len(arrivals)
    links = coo_array((np.ones(len(found)), (child, arrival + len(names))), shape=(size, size))
    _, part = connected_components(links, directed=False)
    return pd.Series(part[: len(names)], index=pd.Index(names, name="child_id"))


def where_they_live(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """Children looked after at the quarter's end with a brother or sister who is too: child_id, family, together
    (`all`: every one of them lives at the same place, `some`, `none`; `unknown` where a postcode is missing)."""
    rows = evidence.once(looked_after, period(STOCK, quarter))
    family = evidence.once(families).of_child.reindex(rows["child_id"]).to_numpy()
    rows = pd.DataFrame({"child_id": rows["child_id"].to_numpy(), "family": family,
                         "place": plain(rows["placement_postcode"]).to_numpy()}).dropna(subset=["family"])  # fmt: skip
    here = rows.groupby("family")["child_id"].transform("size")
    rows = rows[here > 1]
    known = rows["place"].notna().groupby(rows["family"]).transform("all")
    same = rows.groupby(["family", "place"])["child_id"].transform("size").fillna(0)
    others = rows.groupby("family")["child_id"].transform("size")
    together = np.select(
        [~known.to_numpy(), (same == others).to_numpy(), (same > 1).to_numpy()], [_UNKNOWN, _ALL, _SOME], _NONE
    )
    return rows.assign(together=together)[["child_id", "family", "together"]].reset_index(drop=True)


def at_starts(evidence: Evidence, stays: pd.DataFrame) -> pd.Series:
    """For stays (child_id, start, end, place: a plain postcode), on the day that each began: whether a brother or
    sister was in care, and lived at the same place. Of NO_SIBLING, TOGETHER, APART, NOT_KNOWN; on `stays`' index."""
    family = evidence.once(families).of_child
    rows = pd.DataFrame({"child_id": stays["child_id"].to_numpy(), "start": stays["start"].to_numpy(),
                         "end": stays["end"].fillna(_FAR).to_numpy(), "place": stays["place"].to_numpy()})  # fmt: skip
    rows = rows.assign(row=np.arange(len(rows)), family=family.reindex(rows["child_id"]).to_numpy())
    some = rows.dropna(subset=["family"])
    both = some.merge(some, on="family", suffixes=("", "_of"))
    both = both[(both["child_id"] != both["child_id_of"]) & (both["start_of"] <= both["start"])]
    both = both[both["start"] < both["end_of"]]
    same, unknown = certain(both["place"] == both["place_of"]), both["place"].isna() | both["place_of"].isna()
    said = pd.Series(np.select([same, unknown], [2, 1], 0), index=both.index).groupby(both["row"]).max()
    words_of = {0: APART, 1: NOT_KNOWN, 2: TOGETHER}
    found = said.map(words_of).reindex(np.arange(len(rows)))
    return pd.Series(found.fillna(NO_SIBLING).to_numpy(object), index=stays.index)


# --- released, and in words ------------------------------------------------------------------------------------------


def over_time(review) -> Released:
    """At the last year ends and now: period_end, siblings (children with a brother or sister in care), with_all,
    with_some, with_none, unknown, and percent (of those known, who live with all of them). Moments before the
    episodes are known whole are left out."""
    evidence = review.evidence
    at = sorted({quarter for name, quarter in moments(review.quarter).items() if name != "year_ago"})
    rows = []
    for quarter in at if carries(evidence) else []:
        if not evidence.covers("care_episodes", quarter.end, quarter.end):
            continue
        n = where_they_live(evidence, quarter)["together"].value_counts()
        counts = {name: int(n.get(name, 0)) for name in (_ALL, _SOME, _NONE, _UNKNOWN)}
        rows.append({"period_end": pd.Timestamp(quarter.end), "siblings": sum(counts.values()),
                     "with_all": counts[_ALL], "with_some": counts[_SOME], "with_none": counts[_NONE],
                     "unknown": counts[_UNKNOWN]})  # fmt: skip
    names = ["siblings", "with_all", "with_some", "with_none", "unknown"]
    frame = pd.DataFrame(rows, columns=["period_end", *names]).astype(
        {"period_end": "datetime64[us]"} | dict.fromkeys(names, "Int64")
    )
    known = frame["siblings"] - frame["unknown"]
    share = (100 * frame["with_all"].astype("Float64") / known.astype("Float64")).where(known > 0)
    frame = frame.assign(apart=frame["with_some"] + frame["with_none"], percent=share.astype("Float64"))
    return review.release(
        frame,
        counts=[*names, "apart"],
        derived={"percent": ["siblings", "with_all", "with_some", "with_none", "apart"]},
    )


def in_words(released: Released, evidence: Evidence, quarter: Quarter) -> str:
    """How many children in care have a brother or sister in care, and live with them."""
    if not carries(evidence):
        return (
            "The return doesn't name brothers and sisters, and the postcodes of homes and placements from which they could "
            "be inferred weren't delivered; so whether they live together can't be said."
        )
    rows = released.frame[released.frame["period_end"] == pd.Timestamp(quarter.end)]
    if rows.empty:
        return "The episodes of care aren't known whole at the end of this quarter, so brothers and sisters can't be placed."
    row, hidden = rows.iloc[0], released.withheld.loc[rows.index[0]]

    def told(name: str) -> str:
        return number(row[name], "count", withheld=bool(hidden[name]))

    if not hidden["siblings"] and row["siblings"] == 0:
        return f"On {words(quarter.end)} no child looked after had a brother or sister in care who came from the same home at the same time."
    parts = [
        f"{told('with_all')} live with all of them",
        f"{told('with_some')} with some",
        f"{told('with_none')} with none",
    ]
    if hidden["unknown"] or row["unknown"]:
        parts.append(f"for {told('unknown')} a postcode is missing")
    # Foster carers and homes take brothers and sisters together everywhere: none at all says more of the postcodes.
    strange = (
        not hidden["siblings"] and row["siblings"] >= _MANY_APART and row["with_all"] == 0 and row["with_some"] == 0
    )
    warning = (
        " That not one lives with a brother or sister is so unusual that the postcodes of placements should be checked before "
        "anything is made of it."
        if strange
        else ""
    )
    return (
        f"On {words(quarter.end)}, {told('siblings')} children looked after had a brother or sister in care who, as far as we "
        f"can tell, came from the same home within a fortnight of them: {listed(parts)}.{warning}"
    )


def how_sure(evidence: Evidence) -> str:
    """How far the inference of brothers and sisters can be trusted, in words."""
    if not carries(evidence):
        return "No brothers or sisters could be inferred, because no postcodes were delivered."
    found = evidence.once(families)
    if found.pairs < 20:
        return "Too few children came from the same home at the same time to judge how many pairs are neighbours by chance."
    share = 100 * found.by_chance / found.pairs
    return (
        f"At most about {max(1, round(share))} in 100 of the pairs that we take for brothers and sisters are likely to be neighbours "
        "who came by chance in the same fortnight. Those who came at different times are missed, so there are more than we count."
    )
