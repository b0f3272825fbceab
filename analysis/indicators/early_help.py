"""Early help: referrals by route, what came of them, programmes, and the step up to social work or down from it."""

from __future__ import annotations

import pandas as pd

from analysis.indicators.breakdowns import OF_A_CHILD
from analysis.indicators.definition import (
    COHORT,
    COUNT,
    HIGHER_IS_BETTER,
    PERCENT,
    QUARTER,
    ROLLING_YEAR,
    Indicator,
    Period,
)
from analysis.indicators.evidence import Evidence
from analysis.methods.masks import certain
from analysis.reference.codes import codes

FAMILY_WORK, LOCALITY_HUB = "family_work", "locality_hub"
# Early help is followed for so long after it, and a case that social work closed for so long.
STEP_UP_MONTHS, STEP_DOWN_MONTHS = 12, 3
_POSITIVE = ("outcomes_achieved", "no_further_action")
_WHERE = ("locality", *OF_A_CHILD)
_LOCAL = "Local return"
_ANNEX_A = "Ofsted, Annex A list 2"


# --- made once ---------------------------------------------------------------------------------------------------


def in_words(values: pd.Series, listed: str) -> pd.Series:
    """Codes of a local list as its words, in the list's order (so that an empty one shows as nought)."""
    words = codes("local", listed)
    return pd.Series(pd.Categorical(values.map(dict(words)), list(words.values())), index=values.index)


def referrals(evidence: Evidence) -> pd.DataFrame:
    """Early help referrals in order of their date, with `route` and `outcome` in words and `route_code`."""
    rows = evidence.table("early_help_referrals")
    rows = rows.assign(
        route_code=rows["route"],
        route=in_words(rows["route"], "early_help_route"),
        outcome=in_words(rows["closure_outcome"], "early_help_outcome"),
    )
    return _in_order(rows, "date")


def closures(evidence: Evidence) -> pd.DataFrame:
    """Referrals that early help took on and has closed, in order of the closure, which is their `date`."""
    rows = evidence.once(referrals)
    rows = rows[certain(rows["accepted"]) & rows["closure_date"].notna()]
    return _in_order(rows.assign(date=rows["closure_date"]), "date")


def assessments(evidence: Evidence) -> pd.DataFrame:
    """Early help assessments in order of their start."""
    rows = evidence.table("early_help_assessments")
    return _in_order(rows.assign(date=rows["start_date"]), "date")


def completed_assessments(evidence: Evidence) -> pd.DataFrame:
    """Early help assessments that are completed, in order of completion."""
    rows = evidence.table("early_help_assessments")
    rows = rows[rows["completion_date"].notna()]
    return _in_order(rows.assign(date=rows["completion_date"]), "date")


def programmes(evidence: Evidence) -> pd.DataFrame:
    """Starts of programmes in order, with `programme` in words."""
    rows = evidence.table("early_help_programmes")
    return _in_order(rows.assign(programme=in_words(rows["programme"], "programme"), date=rows["start_date"]), "date")


def closed_cases(evidence: Evidence) -> pd.DataFrame:
    """Episodes of need in order of their closure."""
    rows = evidence.table("episodes_of_need")
    rows = rows[rows["closure_date"].notna()]
    return _in_order(rows.assign(date=rows["closure_date"]), "date")


def followed(rows: pd.DataFrame, events: pd.DataFrame, months: int) -> pd.Series:
    """Whether an event (child_id, date) of the same child came on each row's `date` or in the months after it, the
    anniversary included."""
    later = events[["child_id", "date"]].rename(columns={"date": "came"}).sort_values("came", kind="stable")
    ordered = rows[["child_id", "date"]].reset_index().sort_values("date", kind="stable")
    linked = pd.merge_asof(ordered, later, left_on="date", right_on="came", by="child_id", direction="forward")
    soon = certain(linked["came"] <= linked["date"] + pd.DateOffset(months=months))
    return soon.set_axis(linked["index"]).reindex(rows.index)


def _in_order(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    return rows.sort_values(column, kind="stable", ignore_index=True)


# --- the units counted ---------------------------------------------------------------------------------------------


def referred(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(referrals), "date").assign(counts=True)


def referred_to_family_work(evidence: Evidence, period: Period) -> pd.DataFrame:
    return _by_route(referred(evidence, period), FAMILY_WORK)


def referred_to_hubs(evidence: Evidence, period: Period) -> pd.DataFrame:
    return _by_route(referred(evidence, period), LOCALITY_HUB)


def _by_route(rows: pd.DataFrame, route: str) -> pd.DataFrame:
    return rows[certain(rows["route_code"] == route)]


def accepted(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Referrals decided on: those of which the return says neither yes nor no are left out."""
    rows = period.of(evidence.once(referrals), "date")
    rows = rows[rows["accepted"].notna()]
    return rows.assign(counts=rows["accepted"].astype(bool))


def closed(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(closures), "date").assign(counts=True)


def family_work_closed_well(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = _by_route(period.of(evidence.once(closures), "date"), FAMILY_WORK)
    return rows.assign(counts=certain(rows["closure_outcome"].isin(_POSITIVE)))


def assessments_started(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(assessments), "date").assign(counts=True)


def assessments_completed(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(completed_assessments), "date").assign(counts=True)


def programmes_started(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(programmes), "date").assign(counts=True)


def programmes_completed(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Starts of the period whose end is known; those who are still on the programme are left out."""
    rows = period.of(evidence.once(programmes), "date")
    rows = rows[rows["completed"].notna()]
    return rows.assign(counts=rows["completed"].astype(bool))


def hub_step_up(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = _by_route(period.of(evidence.once(referrals), "date"), LOCALITY_HUB)
    return rows.assign(counts=followed(rows, evidence.table("referrals"), STEP_UP_MONTHS))


def assessment_step_up(evidence: Evidence, period: Period) -> pd.DataFrame:
    """A row a child, followed from the last assessment that was completed in the period."""
    rows = period.of(evidence.once(completed_assessments), "date").drop_duplicates("child_id", keep="last")
    return rows.assign(counts=followed(rows, evidence.table("referrals"), STEP_UP_MONTHS))


def step_down(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(closed_cases), "date")
    return rows.assign(counts=followed(rows, evidence.table("early_help_referrals"), STEP_DOWN_MONTHS))


# --- definitions -----------------------------------------------------------------------------------------------------


def indicators() -> tuple[Indicator, ...]:
    """The definitions about early help."""
    year = {"period_type": ROLLING_YEAR, "source": _LOCAL, "needs": ("early_help_referrals",)}
    assessed = {"period_type": ROLLING_YEAR, "source": _ANNEX_A, "needs": ("early_help_assessments",),
                "breakdowns": OF_A_CHILD}  # fmt: skip
    started = {"needs": ("early_help_programmes",), "source": _LOCAL, "breakdowns": ("programme", "locality")}
    return (
        Indicator(
            "early_help_referral_count", "Referrals to early help",
            "Children referred to early help in the twelve months, by whatever route. A child referred twice is "
            "counted twice.",
            "early help referrals received in the period", "", COUNT, None, function=referred,
            breakdowns=("route", *_WHERE), **year,
        ),
        Indicator(
            "early_help_family_work_referral_count", "Children referred to the family work teams",
            "Children referred to the early help family work teams in the quarter. A child referred twice is counted "
            "twice, so quarters add up.",
            "referrals to family work received in the quarter", "", COUNT, None, QUARTER, _LOCAL,
            referred_to_family_work, ("early_help_referrals",), breakdowns=_WHERE,
        ),
        Indicator(
            "early_help_hub_referral_count", "Referrals to the locality early help hubs",
            "Children referred to the locality early help hubs in the twelve months.",
            "referrals to the hubs received in the period", "", COUNT, None, function=referred_to_hubs,
            breakdowns=_WHERE, **year,
        ),
        Indicator(
            "early_help_accepted_percent", "Early help referrals that were taken on",
            "Share of the early help referrals of the twelve months that early help took on, of those decided on.",
            "referrals taken on", "referrals received in the period and decided on", PERCENT, None, function=accepted,
            breakdowns=("route", *_WHERE), **year,
        ),
        Indicator(
            "early_help_closure_count", "Early help cases closed",
            "Cases that early help had taken on and closed in the twelve months, by how the work ended.",
            "cases closed in the period", "", COUNT, None, function=closed, breakdowns=("outcome", "route", *_WHERE),
            **year,
        ),
        Indicator(
            "early_help_family_work_positive_closure_percent",
            "Family work cases closed because outcomes were achieved or no further action was needed",
            "Share of the family work cases closed in the twelve months that ended with outcomes achieved or no "
            "further action. Referrals that were not taken on are no cases.",
            "those closed with outcomes achieved or no further action", "family work cases closed in the period",
            PERCENT, HIGHER_IS_BETTER, function=family_work_closed_well, breakdowns=_WHERE, **year,
        ),
        Indicator(
            "early_help_assessment_start_count", "Early help assessments started",
            "Early help assessments begun in the twelve months, by any organisation.",
            "assessments begun in the period", "", COUNT, None, function=assessments_started, **assessed,
        ),
        Indicator(
            "early_help_assessment_completed_count", "Early help assessments completed",
            "Early help assessments completed in the twelve months, by any organisation.",
            "assessments completed in the period", "", COUNT, None, function=assessments_completed, **assessed,
        ),
        Indicator(
            "early_help_programme_start_count", "Parents and carers starting a programme",
            "Starts of a parenting or recovery programme in the quarter, so that quarters add up.",
            "programmes begun in the quarter", "", COUNT, None, QUARTER, function=programmes_started, **started,
        ),
        Indicator(
            "early_help_programme_completed_percent", "Programmes that parents and carers completed",
            "Share of the programmes begun in the twelve months that were completed, of those whose end is known.",
            "programmes completed", "programmes begun in the period whose end is known", PERCENT, HIGHER_IS_BETTER,
            ROLLING_YEAR, function=programmes_completed, **started,
        ),
        Indicator(
            "early_help_hub_to_referral_percent", "Hub referrals followed by a social work referral within 12 months",
            "Share of referrals to the locality early help hubs in the twelve months that ended a year ago after which "
            f"the same child was referred to social work within {STEP_UP_MONTHS} months. Each has had the whole time.",
            f"those with a referral to social work on the day or at most {STEP_UP_MONTHS} months later",
            "referrals to the hubs in the period", PERCENT, None, COHORT, _LOCAL, hub_step_up,
            ("early_help_referrals", "referrals"), breakdowns=_WHERE,
        ),
        Indicator(
            "early_help_closed_to_referral_percent",
            "Children with a closed early help assessment who were referred to social work within 12 months",
            "Share of children with an early help assessment completed in the twelve months that ended a year ago who "
            f"were referred to social work within {STEP_UP_MONTHS} months of the last one. Each has had the whole time.",
            f"those with a referral to social work on the day or at most {STEP_UP_MONTHS} months later",
            "children with an early help assessment completed in the period", PERCENT, None, COHORT, _ANNEX_A,
            assessment_step_up, ("early_help_assessments", "referrals"), breakdowns=OF_A_CHILD,
        ),
        Indicator(
            "step_down_to_early_help_percent", "Social work cases that stepped down to early help within 3 months",
            "Share of the social work cases closed in the twelve months that ended a year ago after which early help "
            f"received a referral of the same child within {STEP_DOWN_MONTHS} months.",
            f"those with an early help referral on the day or at most {STEP_DOWN_MONTHS} months later",
            "episodes of need closed in the period", PERCENT, None, COHORT, "DfE, Children in need; local return",
            step_down, ("episodes_of_need", "early_help_referrals"), breakdowns=OF_A_CHILD,
        ),
    )  # fmt: skip
