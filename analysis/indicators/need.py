"""Children in need: open cases, those that begin and end, and those that wait for their assessment."""

from __future__ import annotations

import pandas as pd

from analysis.indicators.breakdowns import OF_A_CHILD
from analysis.indicators.definition import COUNT, LOWER_IS_BETTER, RATE, ROLLING_YEAR, STOCK, Indicator, Period
from analysis.indicators.evidence import Evidence
from analysis.methods.masks import certain
from analysis.records.linkage import SHORT_BREAKS

# Closed after assessment, the child not being in need.
NOT_IN_NEED = "RC8"

_CENSUS = "DfE, Children in need"
_POPULATION = "children aged 0 to 17 in the area at the preceding mid-year"


# --- made once ---------------------------------------------------------------------------------------------------


def episodes_of_need(evidence: Evidence) -> pd.DataFrame:
    """Episodes of need without those that ended at referral with no further action, with `assessment_began`: when
    the first assessment inside the episode began."""
    rows = evidence.table("episodes_of_need")
    ended = evidence.table("referrals")
    ended = ended[certain(ended["no_further_action"])]
    none = pd.MultiIndex.from_frame(rows[["child_id", "start_date"]]).isin(
        pd.MultiIndex.from_frame(ended[["child_id", "date"]])
    )
    rows = rows[~none].reset_index(drop=True)
    begun = evidence.table("assessments")[["child_id", "start_date"]].rename(columns={"start_date": "began"})
    inside = rows.reset_index()[["index", "child_id", "start_date", "closure_date"]].merge(begun, on="child_id")
    inside = inside[(inside["began"] >= inside["start_date"]) & ~certain(inside["began"] > inside["closure_date"])]
    first = inside.groupby("index")["began"].min().reindex(rows.index)
    return rows.assign(assessment_began=first, need=rows["primary_need"])


def in_order_of_start(evidence: Evidence) -> pd.DataFrame:
    rows = evidence.once(episodes_of_need)
    return rows.assign(date=rows["start_date"]).sort_values(["date", "child_id"], kind="stable", ignore_index=True)


def in_order_of_end(evidence: Evidence) -> pd.DataFrame:
    rows = evidence.once(episodes_of_need)
    return rows.assign(date=rows["closure_date"]).sort_values(["date", "child_id"], kind="stable", ignore_index=True)


# --- the units counted ---------------------------------------------------------------------------------------------


def need_units(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = evidence.once(episodes_of_need)
    rows = rows[_open_at(rows, period, "closure_date")].assign(counts=True)
    return rows.assign(team=_team(evidence, period, rows))


def _team(evidence: Evidence, period: Period, rows: pd.DataFrame) -> pd.Series:
    """The team that the last Annex A by the date gives for each case."""
    said = evidence.table("need_status")
    said = said[certain(said["as_at"] <= period.last)].sort_values("as_at", kind="stable")
    key = ["child_id", "start_date"]
    last = said.drop_duplicates(key, keep="last").set_index(key)["team"]
    return last.reindex(pd.MultiIndex.from_frame(rows[key])).set_axis(rows.index)


def need_started(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(in_order_of_start), "date")
    refused = certain(rows["closure_reason"] == NOT_IN_NEED) & certain(rows["closure_date"] <= period.last)
    return rows[~refused].assign(counts=True)


def need_ended(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(in_order_of_end), "date")
    return rows[~certain(rows["closure_reason"] == NOT_IN_NEED)].assign(counts=True)


def awaiting_assessment(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Episodes open at the date, counting those in which no assessment had begun by it.

    An episode that began before assessments are known can't be judged, and a child who is on a plan or looked
    after has been assessed, whatever the records lack: neither counts.
    """
    rows = evidence.once(episodes_of_need)
    rows = rows[_open_at(rows, period, "closure_date")]
    since = evidence.begins("assessments")
    judged = True if since is None else rows["start_date"] >= pd.Timestamp(since)
    served = rows["child_id"].isin(_children_served(evidence, period))
    unassessed = ~certain(rows["assessment_began"] <= period.last)
    return rows.assign(counts=unassessed & ~served & judged)


def _children_served(evidence: Evidence, period: Period) -> set[str]:
    found: set[str] = set()
    for table in ("protection_plans", "care_episodes", "care_periods"):
        rows = evidence.table(table)
        open_rows = rows[_open_at(rows, period, "end_date")]
        if table == "care_episodes":
            open_rows = open_rows[~certain(open_rows["legal_status"].isin(SHORT_BREAKS))]
        found.update(open_rows["child_id"])
    return found


def _open_at(rows: pd.DataFrame, period: Period, end: str) -> pd.Series:
    return certain(rows["start_date"] <= period.last) & ~certain(rows[end] <= period.last)


# --- definitions -----------------------------------------------------------------------------------------------------


def indicators() -> tuple[Indicator, ...]:
    """The definitions about children in need."""
    child = OF_A_CHILD
    waiting = {"period_type": STOCK, "function": awaiting_assessment, "needs": ("episodes_of_need", "assessments")}
    flow = {"period_type": ROLLING_YEAR, "needs": ("episodes_of_need",), "breakdowns": (*child, "need")}
    return (
        Indicator(
            "cin_count", "Children in need",
            "Episodes of need open at the end of the quarter: every child with an open case, on any kind of plan, "
            "looked after or being assessed. Cases closed at referral aren't counted.",
            "episodes of need open at the date", "", COUNT, None, STOCK, f"{_CENSUS}: episodes at 31 March (B1)",
            need_units, ("episodes_of_need",), breakdowns=(*child, "need", "team", "locality"),
        ),
        Indicator(
            "cin_rate", "Children in need per 10,000 children",
            "Episodes of need open at the end of the quarter for each 10,000 children who live in the area.",
            "episodes of need open at the date", _POPULATION, RATE, None, STOCK,
            f"{_CENSUS}: episodes at 31 March (B1)", need_units, ("episodes_of_need",),
        ),
        Indicator(
            "cin_awaiting_assessment_rate", "Children in need awaiting assessment per 10,000 children",
            "Open cases in which no assessment had begun by the end of the quarter, for each 10,000 children who live "
            "in the area. Children on a plan or looked after aren't waiting.",
            "episodes of need open at the date in which no assessment had begun", _POPULATION, RATE, LOWER_IS_BETTER,
            source=f"{_CENSUS}: awaiting assessment (B1)", **waiting,
        ),
        Indicator(
            "cin_awaiting_assessment_count", "Children in need awaiting assessment",
            "Open cases in which no assessment had begun by the end of the quarter. Children on a plan or looked after "
            "aren't waiting.",
            "episodes of need open at the date in which no assessment had begun", "", COUNT, LOWER_IS_BETTER,
            source=f"{_CENSUS}: awaiting assessment (B1)", breakdowns=(*child, "need"), **waiting,
        ),
        Indicator(
            "cin_start_count", "Children in need: cases begun",
            "Episodes of need that began in the twelve months. Cases closed at referral, or after an assessment that "
            "found the child not to be in need, aren't counted.",
            "episodes of need begun in the period", "", COUNT, None, source=f"{_CENSUS}: episodes starting (B1)",
            function=need_started, **flow,
        ),
        Indicator(
            "cin_end_count", "Children in need: cases closed",
            "Episodes of need closed in the twelve months, other than after an assessment that found the child not to "
            "be in need.",
            "episodes of need closed in the period", "", COUNT, None, source=f"{_CENSUS}: episodes ending (B1, B6)",
            function=need_ended, **flow,
        ),
    )  # fmt: skip
