"""Quality assurance: case file audits, what families say, complaints."""

from __future__ import annotations

import pandas as pd

from analysis.indicators.definition import (
    COUNT,
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    PERCENT,
    ROLLING_YEAR,
    Indicator,
    Period,
)
from analysis.indicators.early_help import in_words
from analysis.indicators.evidence import Evidence
from analysis.methods.masks import certain
from analysis.reference.calendar import working_days_between

# Working days to respond in: ordinarily, and at most where the case is complex (stage 1) or the investigation needs
# it (stage 2). The Children Act 1989 Representations Procedure (England) Regulations 2006, regulations 14 and 17.
STAGE_1_DAYS, STAGE_1_LONGEST = 10, 20
STAGE_2_DAYS, STAGE_2_LONGEST = 25, 65
# A complaint answered in the period may have been received so long before it: 65 working days, and a little.
LONGEST_WAIT_MONTHS = 4
_REGULATIONS = "Children Act 1989 Representations Procedure (England) Regulations 2006, regulations 14 and 17"
_LOCAL = "Local return"
_GOOD = ("good", "outstanding")
_UPHELD, _WITHDRAWN = ("upheld", "partly_upheld"), "withdrawn"


# --- made once ---------------------------------------------------------------------------------------------------


def answers(evidence: Evidence) -> pd.DataFrame:
    """Answers of case file audits, a row a question that applied to the case, in order of the audit's date."""
    rows = evidence.table("case_audits")
    rows = rows[certain(rows["answer"].notna() & (rows["answer"] != "not_applicable"))]
    return _in_order(rows.assign(service=in_words(rows["service"], "service")), "date")


def audits(evidence: Evidence) -> pd.DataFrame:
    """Cases audited, a row a case, in order of the audit's date; graded or not."""
    rows = evidence.table("case_audits").drop_duplicates("audit_id")
    return _in_order(rows.assign(service=in_words(rows["service"], "service")), "date")


def replies(evidence: Evidence) -> pd.DataFrame:
    """What families answered, a row a question, in order of the reply."""
    rows = evidence.table("family_feedback")
    rows = rows[rows["answer"].notna()]
    return _in_order(rows.assign(service=in_words(rows["service"], "service")), "date")


def complaints(evidence: Evidence) -> pd.DataFrame:
    """Complaints, a row a stage, in order of the day on which the stage began; `outcome` in words."""
    rows = evidence.table("complaints")
    rows = rows.assign(
        date=rows["received_date"], found=rows["outcome"], outcome=in_words(rows["outcome"], "complaint_outcome")
    )
    return _in_order(rows, "date")


def responses(evidence: Evidence) -> pd.DataFrame:
    """Stages of complaints that were answered, in order of the answer, with the `working_days` that it took."""
    rows = evidence.once(complaints)
    rows = rows[rows["response_date"].notna()].reset_index(drop=True)
    days = working_days_between(rows["received_date"], rows["response_date"])
    return _in_order(rows.assign(date=rows["response_date"], working_days=days), "date")


def _in_order(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    return rows.sort_values(column, kind="stable", ignore_index=True)


# --- the units counted ---------------------------------------------------------------------------------------------


def positive_answers(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(answers), "date")
    return rows.assign(counts=certain(rows["answer"] == "yes"))


def audited(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(audits), "date").assign(counts=True)


def graded_good(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(audits), "date")
    rows = rows[rows["grade"].notna()]
    return rows.assign(counts=certain(rows["grade"].isin(_GOOD)))


def positive_replies(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(replies), "date")
    return rows.assign(counts=certain(rows["answer"] == "yes"))


def _of_stage(rows: pd.DataFrame, stage: str) -> pd.DataFrame:
    return rows[certain(rows["stage"] == stage)]


def received_at_stage_1(evidence: Evidence, period: Period) -> pd.DataFrame:
    return _of_stage(period.of(evidence.once(complaints), "date"), "1").assign(counts=True)


def received_at_stage_2(evidence: Evidence, period: Period) -> pd.DataFrame:
    return _of_stage(period.of(evidence.once(complaints), "date"), "2").assign(counts=True)


def upheld(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Complaints answered at stage 1 in the period, but those withdrawn; `counts` where upheld, wholly or in part."""
    rows = _of_stage(period.of(evidence.once(responses), "date"), "1")
    rows = rows[certain(rows["found"].notna() & (rows["found"] != _WITHDRAWN))]
    return rows.assign(counts=certain(rows["found"].isin(_UPHELD)))


def _answered_within(evidence: Evidence, period: Period, stage: str, days: int) -> pd.DataFrame:
    rows = _of_stage(period.of(evidence.once(responses), "date"), stage)
    rows = rows[certain(rows["found"] != _WITHDRAWN) | rows["found"].isna()]
    return rows.assign(counts=certain(rows["working_days"] <= days))


def stage_1_at_once(evidence: Evidence, period: Period) -> pd.DataFrame:
    return _answered_within(evidence, period, "1", STAGE_1_DAYS)


def stage_1_in_time(evidence: Evidence, period: Period) -> pd.DataFrame:
    return _answered_within(evidence, period, "1", STAGE_1_LONGEST)


def stage_2_at_once(evidence: Evidence, period: Period) -> pd.DataFrame:
    return _answered_within(evidence, period, "2", STAGE_2_DAYS)


def stage_2_in_time(evidence: Evidence, period: Period) -> pd.DataFrame:
    return _answered_within(evidence, period, "2", STAGE_2_LONGEST)


# --- definitions -----------------------------------------------------------------------------------------------------


def indicators() -> tuple[Indicator, ...]:
    """The definitions about audits, feedback and complaints."""
    of_audits = {"period_type": ROLLING_YEAR, "source": _LOCAL, "needs": ("case_audits",)}
    complained = {"period_type": ROLLING_YEAR, "needs": ("complaints",), "breakdowns": ("theme", "team", "locality")}
    answered = {**complained, "lookback_months": LONGEST_WAIT_MONTHS}
    where = ("service", "team", "locality")
    limits = (
        ("complaint_stage1_within_10_days_percent", "Stage 1", STAGE_1_DAYS, "the ordinary limit", stage_1_at_once),
        ("complaint_stage1_in_time_percent", "Stage 1", STAGE_1_LONGEST, "the limit for complex cases", stage_1_in_time),
        ("complaint_stage2_within_25_days_percent", "Stage 2", STAGE_2_DAYS, "the ordinary limit", stage_2_at_once),
        ("complaint_stage2_in_time_percent", "Stage 2", STAGE_2_LONGEST, "the longest limit", stage_2_in_time),
    )  # fmt: skip
    return (
        Indicator(
            "audit_count", "Case files audited", "Cases audited in the twelve months.",
            "cases audited in the period", "", COUNT, None, function=audited, breakdowns=where, **of_audits,
        ),
        Indicator(
            "audit_positive_percent", "Audit questions answered yes",
            "Share of the questions put in case file audits of the twelve months that were answered yes. Questions "
            "that didn't apply to the case are left out; partly is not yes.",
            "answers of yes", "questions answered in audits of the period", PERCENT, HIGHER_IS_BETTER,
            function=positive_answers, breakdowns=("question", "theme", *where), **of_audits,
        ),
        Indicator(
            "audit_good_percent", "Audited cases graded good or better",
            "Share of the cases audited in the twelve months and graded whose grade was good or outstanding.",
            "cases graded good or outstanding", "cases audited in the period and graded", PERCENT, HIGHER_IS_BETTER,
            function=graded_good, breakdowns=where, **of_audits,
        ),
        Indicator(
            "feedback_positive_percent", "Families who answered yes",
            "Share of the answers that families gave in the twelve months that were yes. Not sure is not yes.",
            "answers of yes", "answers of families in the period", PERCENT, HIGHER_IS_BETTER, ROLLING_YEAR, _LOCAL,
            positive_replies, ("family_feedback",), breakdowns=("question", *where),
        ),
        Indicator(
            "complaint_stage1_count", "Stage 1 complaints",
            "Complaints received in the twelve months for local resolution, the first stage of the statutory procedure.",
            "complaints received at stage 1 in the period", "", COUNT, None, source=_LOCAL,
            function=received_at_stage_1, **complained,
        ),
        Indicator(
            "complaint_stage2_count", "Stage 2 complaints",
            "Complaints that went on to independent investigation in the twelve months, the second stage of the "
            "statutory procedure.",
            "complaints received at stage 2 in the period", "", COUNT, LOWER_IS_BETTER, source=_LOCAL,
            function=received_at_stage_2, **complained,
        ),
        Indicator(
            "complaint_upheld_percent", "Stage 1 complaints upheld",
            "Share of the complaints answered at stage 1 in the twelve months that were upheld, wholly or in part. "
            "Those withdrawn are left out.",
            "complaints upheld or partly upheld", "complaints answered at stage 1 in the period", PERCENT, None,
            source=_LOCAL, function=upheld, **answered,
        ),
        *(
            Indicator(
                name, f"{stage} complaints answered within {days} working days",
                f"Share of the {stage.lower()} complaints answered in the twelve months that were answered at most "
                f"{days} working days after the stage began: {limit}. Those withdrawn are left out.",
                f"those answered within {days} working days", f"{stage.lower()} complaints answered in the period",
                PERCENT, HIGHER_IS_BETTER, source=_REGULATIONS, function=function, **answered,
            )
            for name, stage, days, limit, function in limits
        ),
    )  # fmt: skip
