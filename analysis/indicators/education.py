"""Education of children looked after: what they reached, exclusions, changes of school."""

from __future__ import annotations

import pandas as pd

from analysis.indicators.breakdowns import OF_A_CHILD
from analysis.indicators.definition import (
    COUNT,
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    PERCENT,
    SCHOOL_YEAR,
    Indicator,
    Period,
)
from analysis.indicators.early_help import in_words
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import episodes
from analysis.methods.masks import certain
from analysis.reference.calendar import age_at

FIXED, PERMANENT = "fixed", "permanent"
# Years 1 to 11: ages on 31 August before the school year. Reception classes are left out, since not all go.
SCHOOL_AGES = tuple(range(5, 16))


def school_year(period: Period) -> str:
    """2017-18 for September 2017 to August 2018."""
    return f"{period.end.year - 1}-{period.end.year % 100:02d}"


def by_date(evidence: Evidence) -> pd.DataFrame:
    return evidence.table("school_exclusions").sort_values("date", kind="stable", ignore_index=True)


def pupils(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    """Children of school age looked after on 31 March of the school year, short breaks left out: child_id, one row
    each. None where the records don't say who was looked after then."""
    spring = pd.Timestamp(period.end.year, 3, 31)
    if not evidence.covers("care_episodes", spring.date(), spring.date()):
        return None
    rows = evidence.once(episodes)
    rows = rows[certain(rows["start_date"] <= spring) & ~certain(rows["end_date"] <= spring)]
    rows = rows.drop_duplicates("child_id", keep="last")[["child_id"]].reset_index(drop=True)
    born = evidence.table("children").set_index("child_id")["date_of_birth"].reindex(rows["child_id"])
    ages = age_at(born.reset_index(drop=True), pd.Timestamp(period.end.year - 1, 8, 31))
    return rows[certain(ages.isin(SCHOOL_AGES))].reset_index(drop=True)


# --- the units counted ---------------------------------------------------------------------------------------------


def results(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    """Results of the school year, a row a child and measure; None where none of that year was delivered."""
    rows = evidence.table("education_results")
    rows = rows[certain(rows["academic_year"] == school_year(period)) & rows["achieved"].notna()]
    if rows.empty:
        return None
    return rows.assign(counts=rows["achieved"].astype(bool), attainment=in_words(rows["measure"], "education_measure"))


def fixed_exclusions(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(by_date), "date")
    return rows[certain(rows["kind"] == FIXED)].assign(counts=True)


def permanent_exclusions(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = period.of(evidence.once(by_date), "date")
    return rows[certain(rows["kind"] == PERMANENT)].assign(counts=True)


def exclusions_of_pupils(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    """Pupils, each with the number of their fixed period exclusions in the school year: amount over base."""
    rows = evidence.once(pupils, period)
    if rows is None:
        return None
    each = fixed_exclusions(evidence, period).groupby("child_id").size()
    return rows.assign(amount=each.reindex(rows["child_id"]).fillna(0).to_numpy(float), base=1.0)


def excluded_pupils(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    rows = evidence.once(pupils, period)
    excluded = fixed_exclusions(evidence, period)["child_id"]
    return None if rows is None else rows.assign(counts=certain(rows["child_id"].isin(excluded)))


def moved_pupils(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    rows, moves = evidence.once(pupils, period), evidence.table("school_moves")
    moved = moves.loc[certain(moves["date"].between(period.first, period.last)), "child_id"]
    return None if rows is None else rows.assign(counts=certain(rows["child_id"].isin(moved)))


# --- definitions -----------------------------------------------------------------------------------------------------


def indicators() -> tuple[Indicator, ...]:
    """The definitions about the education of children looked after. All are of the latest whole school year."""
    year = {"period_type": SCHOOL_YEAR, "breakdowns": OF_A_CHILD}
    excluded = {**year, "needs": ("school_exclusions",)}
    with_pupils = {**year, "polarity": LOWER_IS_BETTER, "unit": PERCENT}
    pupil = "children of school age (5 to 15 on 31 August before) looked after on 31 March of the school year"
    return (
        Indicator(
            "lac_attainment_percent", "Children looked after who reached the standard of their age",
            "Share of the results of children looked after in the latest whole school year that reached the standard. It "
            "is read by attainment: the standards of different ages aren't to be added up.",
            "results that reached the standard", "results known", PERCENT, HIGHER_IS_BETTER, SCHOOL_YEAR,
            "Local: virtual school (compare DfE, Outcomes for children looked after)", results, ("education_results",),
            breakdowns=("attainment", *OF_A_CHILD),
        ),
        Indicator(
            "lac_fixed_exclusion_count", "Fixed period exclusions of children looked after",
            "Fixed period exclusions of children looked after that began in the latest whole school year. A child "
            "excluded twice is counted twice.",
            "fixed period exclusions begun in the school year", "", COUNT, LOWER_IS_BETTER,
            source="Local: virtual school", function=fixed_exclusions, **excluded,
        ),
        Indicator(
            "lac_permanent_exclusion_count", "Permanent exclusions of children looked after",
            "Children looked after who were excluded from a school for good in the latest whole school year.",
            "permanent exclusions in the school year", "", COUNT, LOWER_IS_BETTER,
            source="Local: virtual school", function=permanent_exclusions, **excluded,
        ),
        Indicator(
            "lac_fixed_exclusion_percent", "Fixed period exclusions as a share of children looked after",
            "Fixed period exclusions in the latest whole school year for each 100 children of school age looked after on "
            "its 31 March: exclusions, not children, so that it may pass 100.",
            "fixed period exclusions of those children begun in the school year", pupil,
            source="Local: virtual school, with SSDA903 (compare DfE's rate of exclusion)",
            function=exclusions_of_pupils, needs=("school_exclusions", "care_episodes"), **with_pupils,
        ),
        Indicator(
            "lac_fixed_excluded_percent", "Children looked after with a fixed period exclusion",
            "Share of children of school age looked after on 31 March who had at least one fixed period exclusion in the "
            "latest whole school year.",
            "those of them with a fixed period exclusion begun in the school year", pupil,
            source="Local: virtual school, with SSDA903", function=excluded_pupils,
            needs=("school_exclusions", "care_episodes"), **with_pupils,
        ),
        Indicator(
            "lac_school_move_percent", "Children looked after who changed school in the school year",
            "Share of children of school age looked after on 31 March who changed school during the latest whole school "
            "year. Changes between years, as to secondary school, aren't counted.",
            "those of them with a change of school in the school year", pupil,
            source="Local: virtual school, with SSDA903 (compare the Children's Commissioner's stability index)",
            function=moved_pupils, needs=("school_moves", "care_episodes"), **with_pupils,
        ),
    )  # fmt: skip
