"""Whether teams keep their workers and children theirs; teams for officers alone, workers never."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import stdtr

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import listed, number
from analysis.indicators import caseloads
from analysis.indicators.definition import STOCK, period
from analysis.methods.masks import certain
from analysis.reference.quarters import quarters, words

if TYPE_CHECKING:
    from analysis.findings.review import Review

# Different workers on five lists, a quarter apart.
_LISTS = 5
_MOST = 4
# With fewer workers than this a team's average says more of one worker than of the team.
FEWEST_WORKERS = 5
SURE = 0.05
_MEASURES = {"caseload": "caseload_mean", "workload": "workload_weighted_mean",
             "stayed": "worker_stayed_percent"}  # fmt: skip


def by_place(review: Review, place: str) -> Released:
    """Teams or localities side by side: workers with cases (`caseload_denominator`), their average caseload, its
    weight, and the share of last year's workers who still hold cases in the same team."""
    return review.by_place(place, **_MEASURES)


# --- where caseloads stand out -------------------------------------------------------------------------------------------


def teams_in_words(review: Review) -> str:
    """Teams whose workers' caseloads differ from all the others' by more than chance, allowing for how many teams there
    are. For officers; others are told that it is."""
    if not review.may_show("team"):
        return "Figures by team are for the authority's officers; they aren't in this edition."
    rows = review.evidence.once(caseloads.by_worker, period(STOCK, review.quarter))
    if rows is None:
        return "Annex A has no list of open cases for the quarter's end, so nothing can be said by team."
    found, asked = standing_out(rows, "weight")
    if not asked:
        return "No team has enough workers for its average to say something of the team."
    told = [f"{team} ({'heavier' if up else 'lighter'})" for team, up in found.items()]
    opening = f"Of {number(asked, 'count')} teams with at least {number(FEWEST_WORKERS, 'count')} workers"
    if not told:
        return f"{opening}, none has a weighed caseload further from the others' than chance would bring."
    return f"{opening}, weighed caseloads stand out from all the others' in {listed(told)}. Work differs between teams, so this is a question, not a score. Teams with fewer workers are in the table, but weren't tested."


def standing_out(rows: pd.DataFrame, measure: str) -> tuple[dict[str, bool], int]:
    """Teams whose average differs from that of all other workers, and whether it is higher; and how many were asked about.

    Method: Welch's t for each team against the rest, at a twentieth shared among the teams (Bonferroni): caseloads
    differ so much within teams that pooled variances would mislead. Trap: part-time workers hold fewer cases.
    """
    sizes = rows["team"].value_counts()
    asked = sorted(sizes[sizes >= FEWEST_WORKERS].index)
    found = {}
    for team in asked:
        here = certain(rows["team"] == team)
        mine, others = (rows.loc[mask, measure].to_numpy(float) for mask in (here, ~here))
        if len(others) >= FEWEST_WORKERS and _welch(mine, others) < SURE / len(asked):
            found[str(team)] = bool(mine.mean() > others.mean())
    return found, len(asked)


def _welch(a: np.ndarray, b: np.ndarray) -> float:
    """Two-sided p; 1 where neither group varies."""
    va, vb = (x.var(ddof=1) / len(x) for x in (a, b))
    if va + vb == 0:
        return 1.0
    t = (a.mean() - b.mean()) / np.sqrt(va + vb)
    freedom = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    return float(2 * stdtr(freedom, -abs(t)))


# --- children's workers ----------------------------------------------------------------------------------------------------


def childrens_workers(review: Review) -> pd.Series | None:
    """Children looked after on each of the last five lists, a quarter apart, with a worker on each: how many different
    workers each child had on them. None where a day has no list."""
    lists = [
        review.evidence.once(caseloads.looked_after_list, period(STOCK, one))
        for one in quarters(review.quarter.shift(1 - _LISTS), review.quarter)
    ]
    if any(one.empty for one in lists):
        return None
    rows = pd.concat([one.drop_duplicates("child_id") for one in lists])
    each = rows[rows["worker"].notna()].groupby("child_id", sort=True)["worker"].agg(["size", "nunique"])
    return each.loc[each["size"] == _LISTS, "nunique"]


def workers_by_child(review: Review) -> Released:
    """Children by how many different workers they had in the year: `workers` (`one` … `four or more`), `children`, `share`."""
    found, names = childrens_workers(review), ["One", "Two", "Three", "Four or more"]
    if found is None:
        frame = pd.DataFrame({"workers": names, "children": pd.array([pd.NA] * _MOST, dtype="Int64"), "share": np.nan})
        return review.release(frame, counts=["children"], derived={"share": ["children"]})
    counted = found.clip(upper=_MOST).value_counts().reindex(range(1, _MOST + 1), fill_value=0)
    total = int(counted.sum())
    frame = pd.DataFrame({
        "workers": pd.Series(names, dtype="str"), "children": counted.astype("Int64").to_numpy(),
        "share": 100 * counted.to_numpy(float) / total if total else np.nan,
    })  # fmt: skip
    return review.release(
        frame, counts=["children"], derived={"share": ["children"]}, adds=Structure(totals={"children": total})
    )


def workers_by_child_in_words(review: Review, found: Released) -> str:
    """How many children kept one worker through the year, in a sentence."""
    if not found.frame["children"].notna().any():
        return "Annex A's lists don't reach back a year, or nothing of them can be shown, so children's changes of worker can't be told."
    one, many = (found.frame.iloc[place] for place in (0, _MOST - 1))
    texts = [
        number(row["share"], "percent", withheld=bool(found.is_withheld("share").iloc[place]))
        for place, row in ((0, one), (_MOST - 1, many))
    ]
    first = words(review.quarter.shift(1 - _LISTS).end)
    return (
        f"Of the children looked after all the time from {first} to {words(review.quarter.end)}, {texts[0]} had the same worker on all "
        f"five of the quarter-end lists, and {texts[1]} had four or more{' (c: withheld)' if 'c' in texts else ''}."
    )
