"""Who is being helped: open cases as Annex A lists them, how long they have been open, and who has a social worker."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released, Structure
from analysis.disclosure.wording import number
from analysis.findings.values import make_value
from analysis.indicators import need
from analysis.indicators.evidence import Evidence
from analysis.methods.masks import certain
from analysis.methods.rate_changes import share_change
from analysis.reference.codes import codes
from analysis.reference.quarters import Quarter, words

if TYPE_CHECKING:
    from analysis.findings.review import Review

NEED_PLAN, PROTECTION_PLAN, CLOSED = "CIN", "CPP", "CLOSED"
# No law says how often a child in need is to be seen; six weeks is the longest that local procedures commonly allow.
SEEN_DAYS = 42
ALL = "All open cases"
NOT_STATED = "Not stated"
SURE = 0.05


def listed(evidence: Evidence, day: dt.date) -> pd.DataFrame:
    """Open cases on Annex A's list of that day, a row a case; none where there is no such list."""
    rows = evidence.table("need_status")
    rows = rows[certain(rows["as_at"] == pd.Timestamp(day)) & ~certain(rows["case_status"] == CLOSED)]
    return rows.reset_index(drop=True)


def days_with_a_list(evidence: Evidence, quarter: Quarter) -> list[pd.Timestamp]:
    """The days of Annex A's lists up to the quarter's end, in order."""
    rows = evidence.table("need_status")["as_at"]
    return sorted(rows[certain(rows <= pd.Timestamp(quarter.end))].unique())


def _kinds() -> dict[str, str]:
    return {code: said for code, said in codes("annex_a", "case_status").items() if code != CLOSED}


def by_kind(review: Review) -> Released:
    """A row a kind of case, and all: cases, `without` a worker, `seen` in the last six weeks with its share, `over_year` (open
    for so long) with its share, and `median` days open."""
    rows = listed(review.evidence, review.quarter.end)
    day, kinds = pd.Timestamp(review.quarter.end), _kinds()
    rows = rows.assign(
        kind=rows["case_status"].map(kinds).fillna(NOT_STATED),
        open=(day - rows["start_date"]).dt.days,
        recent=certain(rows["last_seen"] > day - pd.Timedelta(days=SEEN_DAYS)),
        without=rows["worker"].isna(),
    )
    names = [*kinds.values(), *([NOT_STATED] if (rows["kind"] == NOT_STATED).any() else [])]
    groups = {name: rows[rows["kind"] == name] for name in names} | {ALL: rows}
    found = [
        {"kind": name, "cases": len(one), "without": int(one["without"].sum()), "seen": int(one["recent"].sum()),
         "over_year": int(certain(one["open"] > 365).sum()),
         "median": float(one["open"].median()) if len(one) else None}
        for name, one in groups.items()
    ]  # fmt: skip
    counts = ["cases", "without", "seen", "over_year"]
    frame = pd.DataFrame(found).astype({**dict.fromkeys(counts, "Int64"), "median": "float64", "kind": "str"})
    for name in ("seen", "over_year"):
        frame[f"{name}_percent"] = (100 * frame[name] / frame["cases"].where(frame["cases"] > 0)).astype("float64")
    derived = {
        "seen_percent": ("seen", "cases"),
        "over_year_percent": ("over_year", "cases"),
        "median": ("cases",),
    }
    return review.release(frame, counts=counts, derived=derived, adds=Structure(margins={"kind": ALL}))


def by_kind_in_words(review: Review, released: Released) -> str:
    """How many are open, of which kind most, and how many have no social worker."""
    rows, day = released.frame, words(review.quarter.end)
    total = rows.iloc[-1]
    if total["cases"] is not pd.NA and total["cases"] == 0:
        return f"Annex A lists no open case on {day}, or there is no list of that day."
    parts = rows.iloc[:-1]
    told = number(total["cases"], "count", withheld=bool(released.is_withheld("cases").iloc[-1]))
    first = ""
    if parts["cases"].notna().any():
        top = parts.loc[parts["cases"].astype("Float64").idxmax()]
        first = f", most of them ({number(top['cases'], 'count')}) under “{top['kind'].lower()}”"
    without = _without(released)
    return f"On {day} Annex A listed {told} open cases, care leavers aside{first}. {without}"


def _without(released: Released) -> str:
    none = released.frame["without"].iloc[-1]
    if bool(released.is_withheld("without").iloc[-1]):
        return "How many of them had no social worker named is withheld, because there are so few."
    return (
        "Every one of them had a social worker named."
        if none == 0
        else f"{number(none, 'count')} of them had no social worker named."
    )


# --- child in need plans, and how long -----------------------------------------------------------------------------------


def need_plans(evidence: Evidence, day: dt.date) -> pd.DataFrame:
    """Children on a child in need plan at the day: child_id and `since`, the first day on which they are known to be on it.

    From the census's own plans where it carries them (from 2022); otherwise from Annex A's lists, back to the first of those
    one after the other that give the child as on a plan: then the plan is at least as old.
    """
    plans = evidence.table("cin_plans")
    if len(plans):
        when = pd.Timestamp(day)
        rows = plans[certain(plans["start_date"] <= when) & ~certain(plans["end_date"] <= when)]
        return rows[["child_id"]].assign(since=rows["start_date"]).reset_index(drop=True)
    return evidence.once(_from_lists, day)


def _on_a_plan(evidence: Evidence) -> pd.DataFrame:
    """Children whom the lists give as on a child in need plan, a row a list: child_id, start_date, as_at, and the `place`
    of the list among all."""
    rows = evidence.table("need_status")
    days = pd.Index(sorted(rows["as_at"].unique()))
    rows = rows[certain(rows["case_status"] == NEED_PLAN)][["child_id", "start_date", "as_at"]]
    rows = rows.sort_values(["child_id", "start_date", "as_at"], kind="stable", ignore_index=True)
    return rows.assign(place=days.get_indexer(rows["as_at"]))


def _from_lists(evidence: Evidence, day: dt.date) -> pd.DataFrame:
    rows = evidence.once(_on_a_plan)
    rows = rows[certain(rows["as_at"] <= pd.Timestamp(day))]
    # A list that the child isn't on, or a list as another kind of case, begins another run.
    by_child = rows.groupby(["child_id", "start_date"])
    begins = (rows["place"] - by_child["place"].shift() != 1).fillna(True)
    since = rows["as_at"].where(begins).ffill()
    now = certain(rows["as_at"] == pd.Timestamp(day))
    return rows.loc[now, ["child_id"]].assign(since=since[now]).reset_index(drop=True)


BANDS = (("Under 3 months", 0, 3), ("3 to 6 months", 3, 6), ("6 to 12 months", 6, 12), ("1 to 2 years", 12, 24), ("2 years or more", 24, 1200))  # fmt: skip


def need_plan_lengths(review: Review) -> Released:
    """Children on a child in need plan by how long they have been, a row a band: `band`, `now`, `year_ago` (missing where
    no list of that day is held)."""
    frame = pd.DataFrame({"band": [name for name, *_ in BANDS]}, dtype="str")
    for name, quarter in (("now", review.quarter), ("year_ago", review.quarter.shift(-4))):
        since = need_plans(review.evidence, quarter.end)["since"]
        day = pd.Timestamp(quarter.end)
        # Lists are of a quarter's end: one of three months before is reached by going back three months to a month's end.
        edges = [day + pd.offsets.MonthEnd(-months) for _, months, _ in BANDS]
        counts = [
            int(((since <= edge) & ~(since <= after)).sum())
            for edge, after in zip(edges, [*edges[1:], pd.Timestamp.min], strict=True)
        ]
        frame[name] = pd.array(counts if len(since) else [None] * len(BANDS), dtype="Int64")
    totals = {name: float(frame[name].sum()) for name in ("now", "year_ago") if frame[name].notna().all()}
    return review.release(frame, counts=["now", "year_ago"], adds=Structure(totals=totals))


def long_need_plans(review: Review, quarter: Quarter) -> tuple[int, int] | None:
    """Of children on a child in need plan, those on it for a year or more, and all. None where that can't be seen: no list
    of the day, or lists that don't reach a year further back."""
    evidence, day = review.evidence, pd.Timestamp(quarter.end)
    since = need_plans(evidence, quarter.end)["since"]
    days = days_with_a_list(evidence, quarter)
    reaches = len(evidence.table("cin_plans")) or (days and days[0] <= day + pd.offsets.MonthEnd(-12))
    if not len(since) or not reaches:
        return None
    return int((since <= day + pd.offsets.MonthEnd(-12)).sum()), len(since)


def long_need_values(review: Review) -> dict[str, dict]:
    """`need_plans.now`, `need_plans.year_ago`, and `need_plans_over_a_year_percent` at the same moments."""
    found = {}
    for name, quarter in (("now", review.quarter), ("year_ago", review.quarter.shift(-4))):
        count = len(need_plans(review.evidence, quarter.end)) or None
        part = long_need_plans(review, quarter)
        day = words(quarter.end)
        found[f"need_plans.{name}"] = make_value(
            review.audience, count, title="Children on a child in need plan", period=day
        )
        found[f"need_plans_over_a_year_percent.{name}"] = make_value(
            review.audience, 100 * part[0] / part[1] if part else None, unit="percent", period=day,
            numerator=part[0] if part else None, denominator=part[1] if part else None,
            title="Children on a child in need plan who have been for a year or more",
        )  # fmt: skip
    return found


def long_need_in_words(review: Review) -> str:
    now, then = (long_need_plans(review, one) for one in (review.quarter, review.quarter.shift(-4)))
    values = long_need_values(review)
    day, before = words(review.quarter.end), words(review.quarter.shift(-4).end)
    total, share, earlier = (
        values[name]["text"]
        for name in ("need_plans.now", "need_plans_over_a_year_percent.now", "need_plans_over_a_year_percent.year_ago")
    )
    if now is None:
        return f"How long children have been on a child in need plan can't be told for {day}: the lists don't reach back a year, or there is none."
    said = f"On {day}, {total} children were on a child in need plan, {share} of them for a year or more"
    if then is None or CONFIDENTIAL in (share, earlier):
        return f"{said}."
    p = share_change(*then, *now).p
    verdict = "a difference that chance may give" if not p < SURE else "a difference that chance would hardly give"
    return f"{said}; on {before} it was {earlier}, {verdict}."


# --- social workers ------------------------------------------------------------------------------------------------------


def _workers(evidence: Evidence) -> pd.DataFrame:
    """Children listed as on a protection plan and, under the same case, on the list before: as_at and `changed`, where both
    lists name a worker."""
    rows = evidence.table("need_status")
    days = pd.Index(sorted(rows["as_at"].unique()))
    rows = rows[~certain(rows["case_status"] == CLOSED)].sort_values(
        ["child_id", "start_date", "as_at"], kind="stable", ignore_index=True
    )
    rows = rows.assign(place=days.get_indexer(rows["as_at"]))
    before = rows.groupby(["child_id", "start_date"])[["place", "worker"]].shift()
    met = certain(rows["case_status"] == PROTECTION_PLAN) & (rows["place"] - before["place"] == 1).fillna(False)
    met &= rows["worker"].notna() & before["worker"].notna()
    return rows.loc[met, ["as_at"]].assign(changed=certain(rows["worker"] != before["worker"])[met])


def workers_over_time(review: Review) -> pd.DataFrame:
    """A row a quarter's list, but the first: period_end, `changed` and `children`, and `percent`."""
    rows = review.evidence.once(_workers)
    rows = rows[rows["as_at"] <= pd.Timestamp(review.quarter.end)]
    found = rows.groupby("as_at")["changed"].agg(["sum", "size"]).reset_index()
    found.columns = ["period_end", "changed", "children"]
    found = found.astype({"changed": "Int64", "children": "Int64"})
    return found.assign(percent=(100 * found["changed"] / found["children"]).astype("float64"))


def workers_changed(review: Review, quarter: Quarter) -> tuple[int, int] | None:
    """Children on a protection plan on the quarter's list with another worker than on the list before, and all of whom both
    are known; None where none are."""
    rows = review.evidence.once(_workers)
    rows = rows[rows["as_at"] == pd.Timestamp(quarter.end)]
    return (int(rows["changed"].sum()), len(rows)) if len(rows) else None


def workers_values(review: Review) -> dict[str, dict]:
    """`worker_changed_percent.now` and `.year_ago`: children on a plan with another worker than three months before."""
    found = {}
    for name, quarter in (("now", review.quarter), ("year_ago", review.quarter.shift(-4))):
        part = workers_changed(review, quarter)
        found[f"worker_changed_percent.{name}"] = make_value(
            review.audience, 100 * part[0] / part[1] if part else None, unit="percent", period=words(quarter.end),
            numerator=part[0] if part else None, denominator=part[1] if part else None,
            title="Children on a protection plan with another social worker than on the list before",
        )  # fmt: skip
    return found


def workers_in_words(review: Review) -> str:
    now, then = (workers_changed(review, one) for one in (review.quarter, review.quarter.shift(-4)))
    texts = {name: item["text"] for name, item in workers_values(review).items()}
    share, before = texts["worker_changed_percent.now"], texts["worker_changed_percent.year_ago"]
    day = words(review.quarter.end)
    if now is None:
        return f"Whether children on a plan kept their social worker can't be told for {day}: that takes two quarters' lists."
    said = f"Of the children on a plan on {day} whose case was on the list a quarter before too, {share} had another social worker than on that list"
    if then is None:
        return f"{said}."
    said = f"{said}; a year earlier it was {before}"
    if CONFIDENTIAL in (share, before):
        return f"{said} (c: withheld, because it rests on too few)."
    if share == before:
        return f"{said} too."
    p = share_change(*then, *now).p
    return f"{said}, {'a difference that chance may give' if not p < SURE else 'a difference that chance would hardly give'}."


# --- cases closed --------------------------------------------------------------------------------------------------------


def closed_by_month(review: Review) -> pd.DataFrame:
    """Cases closed each month, from the first that is known whole: columns month and n. Cases that ended when they were
    assessed, because the child wasn't in need, aren't counted."""
    rows = review.evidence.once(need.in_order_of_end)
    rows = rows[rows["closure_date"].notna() & ~certain(rows["closure_reason"] == need.NOT_IN_NEED)]
    begins = review.evidence.begins("episodes_of_need")
    days = rows["closure_date"]
    if begins is None and days.empty:
        return pd.DataFrame({"month": pd.Series(dtype="datetime64[us]"), "n": pd.Series(dtype="Int64")})
    first = days.min().to_period("M") if begins is None else pd.Period(begins, "M") + int(begins.day > 1)
    months = pd.period_range(first, pd.Period(review.quarter.end, "M"), freq="M")
    counted = days.dt.to_period("M").value_counts().reindex(months, fill_value=0)
    return pd.DataFrame({"month": months.to_timestamp().astype("datetime64[us]"), "n": counted.to_numpy()}).astype(
        {"n": "Int64"}
    )
