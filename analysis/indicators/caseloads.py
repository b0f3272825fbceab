"""Caseloads as Annex A allocates cases: how many a worker has, how they differ, weighed by what kind they are, and
whether workers stay and children keep theirs."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import pandas as pd

from analysis.indicators.definition import (
    COUNT,
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    MEAN,
    PERCENT,
    STOCK,
    Indicator,
    Period,
)
from analysis.indicators.evidence import Evidence
from analysis.methods.masks import certain
from analysis.reference.project import REFERENCE_DATA

WEIGHTS = REFERENCE_DATA / "workload_weights.csv"
ASSESSMENT, NEED, PROTECTION, LOOKED_AFTER, CARE_LEAVER = (
    "assessment", "need", "protection", "looked_after", "care_leaver"
)  # fmt: skip
_KINDS = MappingProxyType({"ASSESSMENT": ASSESSMENT, "CIN": NEED, "CPP": PROTECTION, "LAC": LOOKED_AFTER})
_CLOSED = "CLOSED"
_LISTS = "Ofsted, Annex A lists 6 to 9"


@lru_cache(maxsize=1)
def weights() -> Mapping[str, float]:
    """What a case of each kind weighs beside a child in need: the authority's policy, in its reference data."""
    return MappingProxyType({row["case"]: float(row["weight"]) for row in _policy()})


def policy() -> pd.DataFrame:
    """The weights as the policy states them: case, label, weight, why, and source (a document, or `assumed`)."""
    rows = pd.DataFrame(_policy())
    return rows.assign(weight=rows["weight"].astype(float))


@lru_cache(maxsize=1)
def _policy() -> tuple[dict[str, str], ...]:
    with open(WEIGHTS, encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def cases(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    """Open cases at the date, a row a person: child_id, worker, team, kind. The list of children in need (6) says whose
    a case is where it has the child; otherwise that of children looked after (8), plans (7) or care leavers (9).
    None where no list of that date was delivered."""
    day = period.last

    def listed(name: str, kind: str | pd.Series) -> pd.DataFrame:
        rows = evidence.table(name)
        rows = rows[certain(rows["as_at"] == day)]
        found = rows["case_status"] if name == "need_status" else kind
        return rows[["child_id", "worker", "team"]].assign(kind=found)

    needed = listed("need_status", "")
    everyone = [
        needed[certain(needed["kind"] != _CLOSED)].assign(
            kind=lambda rows: rows["kind"].map(dict(_KINDS)).fillna(NEED)
        ),
        _open(evidence, day, listed("care_status", LOOKED_AFTER), "care_periods"),
        _open(evidence, day, listed("protection_status", PROTECTION), "protection_plans"),
        listed("care_leaver_status", CARE_LEAVER),
    ]
    everyone = [rows for rows in everyone if len(rows)]
    if not everyone:
        return None
    return pd.concat(everyone, ignore_index=True).drop_duplicates("child_id").reset_index(drop=True)


def _open(evidence: Evidence, day: pd.Timestamp, rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """Those whose period or plan goes on: the lists hold for six months those that ended."""
    spans = evidence.table(table)
    spans = spans[certain(spans["start_date"] <= day) & ~certain(spans["end_date"] <= day)]
    return rows[certain(rows["child_id"].isin(spans["child_id"]))]


def by_worker(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    """A row a worker with a case: worker, team (where most of the cases are), `cases` and their `weight`."""
    rows = evidence.once(cases, period)
    if rows is None:
        return None
    rows = rows[rows["worker"].notna()]
    rows = rows.assign(weight=rows["kind"].map(dict(weights())).astype(float))
    each = rows.groupby("worker", sort=True)
    found = each.agg(cases=("child_id", "size"), weight=("weight", "sum"))
    teams = rows.groupby(["worker", "team"], sort=True, dropna=False).size().reset_index(name="size")
    teams = teams.sort_values(["worker", "size"], ascending=[True, False], kind="stable").drop_duplicates("worker")
    return found.assign(team=teams.set_index("worker")["team"]).reset_index()


# --- who stays ---------------------------------------------------------------------------------------------------------


def _a_year_before(period: Period) -> Period:
    day = (period.last - pd.DateOffset(years=1)).date()
    return Period(day, day, period.quarter)


def stayed(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    """Workers who held a case a year before, with the team of then; `counts` where they still hold cases in that team.
    None where either day has no list."""
    before, now = (evidence.once(by_worker, one) for one in (_a_year_before(period), period))
    if before is None or now is None:
        return None
    team = before["worker"].map(now.set_index("worker")["team"])
    return before.assign(counts=certain(team == before["team"]))


def looked_after_list(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Children on the list of children looked after of the day who were looked after on it: child_id, worker, team."""
    rows = evidence.table("care_status")
    rows = rows[certain(rows["as_at"] == period.last)]
    return _open(evidence, period.last, rows[["child_id", "worker", "team"]], "care_periods").reset_index(drop=True)


def worker_changed(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    """Children looked after on the day and a year before with a worker on both; `counts` where it isn't the same one."""
    before, now = (evidence.once(looked_after_list, one) for one in (_a_year_before(period), period))
    if before.empty or now.empty:
        return None
    earlier = now["child_id"].map(before.drop_duplicates("child_id").set_index("child_id")["worker"])
    both = now["worker"].notna() & earlier.notna()
    return now[both].assign(counts=certain(now["worker"] != earlier)[both])


# --- what is averaged ------------------------------------------------------------------------------------------------


def caseload(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    rows = evidence.once(by_worker, period)
    return None if rows is None else rows.assign(value=rows["cases"].astype(float))


def spread(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    rows = evidence.once(by_worker, period)
    return None if rows is None else rows.assign(value=(rows["cases"] - rows["cases"].mean()).abs())


def weighted(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    rows = evidence.once(by_worker, period)
    return None if rows is None else rows.assign(value=rows["weight"])


def unallocated(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    rows = evidence.once(cases, period)
    return None if rows is None else rows[rows["worker"].isna()].assign(counts=True)


def indicators() -> tuple[Indicator, ...]:
    """The definitions that stand on the worker whom Annex A names for each open case."""
    same = {"period_type": STOCK, "source": _LISTS, "needs": ("need_status",)}
    by = ("team", "locality")
    workers = "workers with an open case at the date"
    return (
        Indicator(
            "caseload_mean", "Average caseload of those who hold cases",
            "Open cases at the end of the quarter for each worker who holds any: children in need, on a plan, looked "
            "after and care leavers, each counted once. Workers are people, however many hours they work.",
            "open cases with a worker", workers, MEAN, LOWER_IS_BETTER, function=caseload, breakdowns=by, **same,
        ),
        Indicator(
            "caseload_spread", "How far caseloads differ between workers",
            "How many cases a worker's caseload lies above or below the average of all workers, on average: at nought, "
            "everyone would have as many.",
            "cases by which each worker's caseload differs from the average", workers, MEAN, LOWER_IS_BETTER,
            function=spread, breakdowns=by, **same,
        ),
        Indicator(
            "workload_weighted_mean", "Average workload, weighed by kind of case",
            "Open cases at the end of the quarter for each worker who holds any, each weighed by its kind: the weights "
            "are the authority's policy (data/reference/workload_weights.csv), a child in need weighing one.",
            "weights of open cases with a worker", workers, MEAN, LOWER_IS_BETTER, function=weighted, breakdowns=by, **same,
        ),
        Indicator(
            "unallocated_case_count", "Open cases without a worker",
            "Open cases at the end of the quarter for which Annex A names no worker.",
            "open cases without a worker", "", COUNT, LOWER_IS_BETTER, function=unallocated, **same,
        ),
        Indicator(
            "worker_stayed_percent", "Workers who still hold cases in the team of a year before",
            "Of the workers who held an open case a year before the end of the quarter, the share who still do in the same "
            "team. Those who left, moved to another team or to a post without cases, or were away, don't count.",
            "workers who hold cases in the same team on both days", "workers who held an open case a year before", PERCENT,
            HIGHER_IS_BETTER, function=stayed, breakdowns=by, **same,
        ),
        Indicator(
            "lac_worker_changed_percent", "Children looked after whose worker is another than a year before",
            "Of the children who were looked after at the end of the quarter and a year before, with a worker on both days, "
            "the share whose worker isn't the same. Changes in between that were undone aren't seen.",
            "children whose worker isn't the same on both days", "children looked after on both days with a worker",
            PERCENT, LOWER_IS_BETTER, STOCK, "Ofsted, Annex A list 8", worker_changed, ("care_status", "care_periods"),
            breakdowns=by,
        ),
    )  # fmt: skip
