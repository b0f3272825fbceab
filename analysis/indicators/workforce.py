"""Social workers as the census of 30 September counts them: turnover, vacancies, agency, absence, caseload, starters.

DfE's percentages divide full-time equivalents or days, not rows: they carry no interval.
"""

from __future__ import annotations

import pandas as pd

from analysis.indicators.definition import (
    CENSUS_DAY,
    CENSUS_YEAR,
    COUNT,
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    MEAN,
    PERCENT,
    Indicator,
    Period,
)
from analysis.indicators.evidence import Evidence
from analysis.methods.masks import certain
from analysis.reference.codes import codes

# Working days in a year, as DfE's absence rate has it.
WORKING_DAYS = 253
NEWLY_QUALIFIED = "1"  # career stage: assessed and supported year in employment
_CENSUS = "DfE, Children's social work workforce"
_FTE = "full-time equivalents"


def census(evidence: Evidence, year: int) -> pd.DataFrame | None:
    """The workers of a census, with `role` in words, `employed` (not agency), `here` (in post on the day) and `fte_here`;
    None where it wasn't delivered."""
    rows = evidence.table("social_workers")
    rows = rows[certain(rows["year"] == year)].reset_index(drop=True)
    if rows.empty:
        return None
    words = codes("workforce", "OrgRole")
    fte = rows["fte_30_september"].fillna(0).astype(float)
    return rows.assign(
        role=pd.Categorical(rows["role"].map(dict(words)), list(words.values())),
        employed=~certain(rows["agency"]), here=fte > 0, fte_here=fte,
    )  # fmt: skip


def _amounts(rows: pd.DataFrame, amount: pd.Series, base: pd.Series) -> pd.DataFrame:
    return rows.assign(amount=amount.fillna(0).astype(float), base=base.fillna(0).astype(float))


# --- the workers counted -------------------------------------------------------------------------------------------


def turnover(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    rows = evidence.once(census, period.end.year)
    if rows is None:
        return None
    rows = rows[rows["employed"]]
    left = certain(rows["role_end"].between(period.first, period.last))
    return _amounts(rows, rows["fte"].where(left), rows["fte_here"])


def vacancy(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    """Workers in post, none of whom counts, and one more row: the vacancies."""
    rows, vacancies = evidence.once(census, period.end.year), evidence.table("vacancies")
    vacant = vacancies.loc[certain(vacancies["year"] == period.end.year), "vacancies_fte"].dropna()
    if rows is None or vacant.empty:
        return None
    filled = rows.loc[rows["employed"], "fte_here"]
    return pd.DataFrame({"amount": [*[0.0] * len(filled), float(vacant.sum())], "base": [*filled, float(vacant.sum())]})


def agency(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    rows = evidence.once(census, period.end.year)
    return None if rows is None else _amounts(rows, rows["fte_here"].where(~rows["employed"]), rows["fte_here"])


def absence(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    rows = evidence.once(census, period.end.year)
    if rows is None:
        return None
    rows = rows[rows["employed"]]
    return _amounts(rows, rows["days_lost"], rows["fte_here"] * WORKING_DAYS)


def caseload(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    rows = evidence.once(census, period.end.year)
    if rows is None:
        return None
    rows = rows[rows["here"] & certain(rows["cases_30_september"] > 0)]
    return _amounts(rows, rows["cases_30_september"], rows["fte_here"])


def in_post(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    rows = evidence.once(census, period.end.year)
    return None if rows is None else rows[rows["here"] & rows["employed"]].assign(counts=True)


def agency_workers(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    rows = evidence.once(census, period.end.year)
    return None if rows is None else rows[rows["here"] & ~rows["employed"]].assign(counts=True)


def newly_qualified(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    """Workers in their assessed and supported year who began in the period, by the first census on or after its end."""
    year = period.end.year + (1 if (period.end.month, period.end.day) > (9, 30) else 0)
    rows = evidence.once(census, year)
    if rows is None:
        return None
    began = certain(rows["role_start"].between(period.first, period.last))
    return rows[began & certain(rows["career_stage"] == NEWLY_QUALIFIED) & rows["employed"]].assign(counts=True)


# --- definitions -----------------------------------------------------------------------------------------------------


def indicators() -> tuple[Indicator, ...]:
    """The definitions that stand on the workforce census."""
    posts = f"{_FTE} of social workers in post on 30 September, agency workers left out"
    year = {"period_type": CENSUS_YEAR, "source": _CENSUS, "needs": ("social_workers",)}
    day = {"period_type": CENSUS_DAY, "source": _CENSUS, "needs": ("social_workers",)}
    return (
        Indicator(
            "turnover_percent", "Social workers who left in the year",
            f"{_FTE.capitalize()} of social workers who left in the twelve months to 30 September, for each hundred in "
            "post on that day.",
            f"{_FTE} of social workers who left in the year", posts, PERCENT, LOWER_IS_BETTER, function=turnover,
            breakdowns=("role",), **year,
        ),
        Indicator(
            "vacancy_percent", "Social worker posts that are vacant",
            f"Share of {_FTE} of social worker posts that were vacant on 30 September.",
            f"{_FTE} of vacancies", f"{posts}, and vacancies", PERCENT, LOWER_IS_BETTER, CENSUS_DAY, _CENSUS, vacancy,
            ("social_workers", "vacancies"),
        ),
        Indicator(
            "agency_percent", "Social workers from agencies",
            f"Share of {_FTE} of social workers working on 30 September who came from an agency.",
            f"{_FTE} of agency workers", f"{_FTE} of social workers in post and agency workers on 30 September", PERCENT,
            LOWER_IS_BETTER, function=agency, breakdowns=("role",), **day,
        ),
        Indicator(
            "absence_percent", "Working days that social workers were off sick",
            "Working days lost to sickness in the twelve months to 30 September, for each hundred that social workers in "
            f"post on that day would work: {WORKING_DAYS} a year each.",
            "working days lost to sickness", f"{posts}, by {WORKING_DAYS} days", PERCENT, LOWER_IS_BETTER,
            function=absence, breakdowns=("role",), **year,
        ),
        Indicator(
            "caseload_mean_census", "Average caseload of social workers (census)",
            "Cases held on 30 September by each full-time equivalent social worker who held any, agency workers included.",
            "cases held", f"{_FTE} of social workers and agency workers who held a case", MEAN, LOWER_IS_BETTER,
            function=caseload, breakdowns=("role",), **day,
        ),
        Indicator(
            "social_worker_count", "Social workers in post",
            "Social workers in post on 30 September, agency workers left out: people, not full-time equivalents.",
            "social workers in post on the day", "", COUNT, None, function=in_post, breakdowns=("role",), **day,
        ),
        Indicator(
            "workforce_agency_count", "Agency social workers",
            "Social workers from agencies who worked for the authority on 30 September: people, not full-time "
            "equivalents.",
            "agency workers on the day", "", COUNT, LOWER_IS_BETTER, function=agency_workers, breakdowns=("role",), **day,
        ),
        Indicator(
            "academy_start_count", "Newly qualified social workers who started",
            "Social workers in their assessed and supported year in employment who began in the twelve months to 30 "
            "September. From August 2018 they begin in the academy; the census doesn't say where.",
            "newly qualified social workers begun in the period", "", COUNT, HIGHER_IS_BETTER, function=newly_qualified,
            **year,
        ),
    )  # fmt: skip
