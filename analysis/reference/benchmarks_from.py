"""Re-tabulates published statistics, as downloaded, into data/reference/benchmarks: run by a maintainer, once a release.

`python -m analysis.reference.benchmarks_from FOLDER` reads the folders that SOURCES names below FOLDER and writes
`figures/<measure>.csv` and `neighbours.csv`. The product reads only what this writes. Nothing is computed: values,
numerators and denominators are copied as published, symbols as symbols. data/reference/README.md says what is what.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pandas as pd

from analysis.reference.areas import areas, matching
from analysis.reference.project import REFERENCE_DATA, UserError

FOLDER = REFERENCE_DATA / "benchmarks"
PARTS = ("value", "numerator", "denominator")
CIN, CIN_2025 = "dfe_cin_2013_2024", "csc_dashboard"
_CLA = {
    "accommodation": "la_care_leavers_accommodation_suitability",
    "activity": "la_care_leavers_activity",
    "stability": "la_cla_placement_stability",
    "health": "la_conviction_health_outcome_cla",
}
# The tool's own numbers for areas above authorities.
_LAIT_AREAS = {970: "E92000001", 980: "E12000001", 981: "E12000002", 982: "E12000003", 983: "E12000004", 984: "E12000005",
               985: "E12000006", 986: "E12000007", 987: "E13000001", 988: "E13000002", 989: "E12000008", 990: "E12000009"}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Where a release has a measure: a file of a folder, and the column of each part.

    `rows` and `of_rows` choose the rows of numerator and value, and of the denominator, in a file that is long.
    In the tool's long table (`lait`) a part is named by its short name.
    """

    release: str
    file: str
    value: str = ""
    numerator: str = ""
    denominator: str = ""
    rows: Mapping[str, str] = field(default_factory=dict)
    of_rows: Mapping[str, str] = field(default_factory=dict)


def _cin(table: str, value: str = "", numerator: str = "", denominator: str = "") -> Source:
    return Source("cin-2024", f"{CIN}/{table}_*_to_2024.csv", value, numerator, denominator)


def _cin_2025(table: str, value: str = "", numerator: str = "", denominator: str = "") -> Source:
    return Source("cin-2025", f"{CIN_2025}/{table}_*_to_2025.csv", value, numerator, denominator)


def _lait(value: str = "", numerator: str = "", denominator: str = "") -> Source:
    return Source("lait-2026", "lait/bds_long_0.parquet", value, numerator, denominator)


def _csww(value: str, numerator: str, denominator: str = "") -> Source:
    return Source("csww-2025", "csc_dashboard/csww_indicators_2017_to_2025.csv", value, numerator, denominator)


def _cla(file: str, column: str, whole: str, **rows: str) -> Source:
    kind = "placement_stability" if file == "stability" else "breakdown"
    prefix = "care_leaver" if file in ("accommodation", "activity") else "children"
    of_rows = {**rows, kind: whole} if whole else {}
    return Source("cla-2025", f"csc_dashboard/{_CLA[file]}.csv", f"{prefix}_percent", f"{prefix}_count", f"{prefix}_count",
                  {**rows, kind: column}, of_rows)  # fmt: skip


_HEALTH = "Health assessments: Children looked after all ages"
_WORKING_45 = "Same_day+1-10_days+11-20_days+21-30_days+31-40_days+41-45_days"
SOURCES: Mapping[str, tuple[Source, ...]] = {
    "referral_count": (_cin("c1", "Referrals"), _cin_2025("c1", "referral_count")),
    "referral_rate": (_cin("c1", "Referrals_rate", "Referrals"), _lait("CPP_Total_Rateper10,000", "CPP_Total_NumRef")),
    "rereferral_percent": (
        _cin("c1", "Re_referrals_percent", "Re_referrals", "Referrals"),
        _cin_2025("c1", "rereferral_percent", "rereferral_count", "referral_count"),
    ),
    "rereferral_children_percent": (_cin("c1", "Re_referrals_child_percent", "Re_referrals_child", "Referrals_child"),),
    "referrals_no_further_action_percent": (
        _cin("c1", "No_Further_Action_percent", "No_Further_Action", "Referrals"),
        _cin_2025("c1", "no_further_action_percent", "no_further_action_count", "referral_count"),
    ),
    "assessed_not_in_need_percent": (
        _cin("c1", "Not_in_Need_percent", "Not_in_Need", "Referrals"),
        _cin_2025("c1", "not_in_need_percent", "not_in_need_count", "referral_count"),
    ),
    "assessment_count": (_cin("c2", "Assessments_completed"),),
    "assessment_rate": (_cin("c2", "Assessments_completed_rate", "Assessments_completed"),),
    "assessments_within_45_days_percent": (_cin("c2", "", _WORKING_45, "Assessments_completed"), _lait("Continue_Assess_Comp")),
    "section47_count": (_cin("c4", "Section47"),),
    "section47_rate": (_cin("c4", "Section47_rate", "Section47"), _lait("Section_47")),
    "section47_children_count": (_cin("c4", "Section47_child"),),
    "icpc_count": (_cin("c4", "ICPC"),),
    "icpc_rate": (_cin("c4", "ICPC_rate", "ICPC"), _lait("ISCP_Conf")),
    "icpc_within_15_days_percent": (
        _cin("c4", "", "Duration_0-10_days+Duration_11-15_days", "ICPC"), _lait("CP_conf_15days", "10_ICPC+15_ICPC"),
    ),
    "cin_count": (_cin("b1", "At31_episodes"), _cin_2025("b1", "At31_episodes")),
    "cin_rate": (_cin("b1", "At31_episodes_rate", "At31_episodes"), _lait("CIN")),
    "cin_start_count": (_cin("b1", "Started_episodes"),),
    "cin_end_count": (_cin("b1", "Ended_episodes"),),
    "cin_awaiting_assessment_count": (_cin("b1", "Awaiting_assessment"), _cin_2025("b1", "awaiting_assessment")),
    "cin_awaiting_assessment_rate": (
        _cin("b1", "Awaiting_assessment_rate", "Awaiting_assessment"), _cin_2025("b1", "", "awaiting_assessment"),
    ),
    "cpp_count": (_cin("d1", "CPP_At31"), _lait("CPP_Num")),
    "cpp_rate": (_cin("d1", "CPP_At31_rate", "CPP_At31"), _lait("CPP_rate", "CPP_Num")),
    "cpp_start_count": (_cin("d1", "CPP_start"), _lait("CPP_Abuse")),
    "cpp_start_rate": (_cin("d1", "CPP_start_rate", "CPP_start"), _lait("CPP_Abuse_Rate", "CPP_Abuse")),
    "cpp_start_children_count": (_cin("d1", "CPP_child_start"),),
    "cpp_end_children_count": (_cin("d1", "CPP_child_end"),),
    "cpp_end_count": (_cin("d1", "CPP_end"),),
    "cpp_end_rate": (_cin("d1", "CPP_end_rate", "CPP_end"), _lait("DeRegCPR")),
    "cpp_repeat_percent": (
        _cin("d3", "CPP_subsequent_percent", "CPP_subsequent", "CPP_start"),
        _cin_2025("d3", "CPP_subsequent_percent", "CPP_subsequent", "CPP_start"),
    ),
    "cpp_two_years_open_percent": (
        _cin("d5", "2_years_or_more_percent", "2_years_or_more", "CPP_At31"),
        _cin_2025("d5", "2_years_or_more_percent", "2_years_or_more", "CPP_At31"),
    ),
    "cpp_two_years_ended_percent": (
        _cin("d7", "2_years_or_more_percent", "2_years_or_more", "CPP_End"), _lait("CPPlans2yrs", "CPRDuration"),
    ),
    "cpp_reviews_in_time_percent": (
        _cin("d6", "Reviewed_within_timescales_percent", "Reviewed_within_timescales", "CPP_At31_3Months"),
        _lait("RevCP", "CPP_Reviewed_InReqTimeScl", "CPP_31March_3MnthorMore"),
    ),
    "neglect_start_count": (_cin("d2", "Neglect_Initial"),),
    "cpp_starts_neglect_percent": (_cin("d2", "", "Neglect_Initial", "CPP_start"),),
    "lac_count": (_lait("LACnum"),),
    "lac_rate": (_lait("LAC", "LACnum"),),
    "lac_start_count": (_lait("LACnum_Start"),),
    "lac_cease_count": (_lait("LACceased"),),
    "lac_start_rate": (_lait("LAC_Start_Rate", "LACnum_Start"),),
    "lac_cease_rate": (_lait("LAC_Cease_Rate", "LACceased"),),
    "lac_three_placements_percent": (
        _lait("LACStable_2016on", "LACStableNum_2016on", "LACnum"),
        _cla("stability", "With 3 or more placements during the year", "Total children", cla_group="CLA on 31 March"),
    ),
    "lac_long_term_stability_percent": (
        _lait("LAC_LongStable%", "LAC_LongStableNum"),
        _cla("stability", "Living with the same carer for at least 2 years", "Total children",
             cla_group="Children looked after continuously for at least 2.5 years on 31 March aged under 16 years"),
    ),
    "lac_over_20_miles_out_of_area_percent": (_lait("LACDistance"),),
    "with_parents_percent": (_lait("LAC_Parents_OR_Others"),),
    "lac_homes_and_secure_percent": (_lait("LAC_SecHome_And_ChildHome"),),
    "semi_independent_percent": (_lait("LAC_Ind_SInd_Liv_Arr"),),
    "foster_percent": (_lait("LAC_Foster_Placements"),),
    "adoption_count": (_lait("No_of LAC Adopted"),),
    "adopted_percent": (_lait("%_of LAC Adopted", "No_of LAC Adopted", "LACceased"),),
    "sgo_percent": (_lait("LAC_ceased_SGO%", "LAC_ceased_SGO", "LACceased"),),
    "lac_missing_percent": (_lait("Children_missing"),),
    "lac_away_percent": (_lait("Children_Away"),),
    "lac_health_assessment_percent": (_lait("LACHealth%"), _cla("health", "Had their annual health assessment", "Total all ages", characteristic=_HEALTH)),
    "lac_dental_check_percent": (_lait("LACDental%"), _cla("health", "Had their teeth checked by a dentist", "Total all ages", characteristic=_HEALTH)),
    "lac_immunisations_percent": (_lait("LACVaccinations%"), _cla("health", "Had their immunisations up to date", "Total all ages", characteristic=_HEALTH)),
    "sdq_mean": (_lait("Emotional_LAC"),),
    "lac_school_move_percent": (_lait("Stability_School"),),
    "lac_fixed_excluded_percent": (_lait("LAC_Fixed_ Ex"),),
    "care_leavers_eet_percent": (
        _lait("CareLeaverEET", "CareLeaverEETNum"),
        _cla("activity", "Total in education, employment or training", "Total", care_leaver_age="19 to 21 years"),
    ),
    "care_leavers_suitable_accommodation_percent": (
        _lait("CareLeaverAcc", "NoCareLeaverAcc", "NoCareLeavers"),
        _cla("accommodation", "Accommodation considered suitable", "Suitability total", care_leaver_age="19 to 21 years"),
    ),
    "care_leavers_eet_17_18_percent": (_cla("activity", "Total in education, employment or training", "Total", care_leaver_age="17 to 18 years"),),
    "care_leavers_suitable_accommodation_17_18_percent": (
        _cla("accommodation", "Accommodation considered suitable", "Suitability total", care_leaver_age="17 to 18 years"),
    ),
    "care_leavers_not_in_touch_percent": (_lait("CareLeavers_LA_NotInTouch"),),
    "care_application_rate": (_lait("CareApplications"),),
    "turnover_percent": (_csww("turnover_rate_fte", "leavers_fte", "inpost_fte"), _lait("Work_Force_TO_Rate", "", "Work_Force_NoSW")),
    "vacancy_percent": (_csww("vacancy_rate_fte", "vacancy_fte"), _lait("Work_Force_Vac_Rate")),
    "agency_percent": (_csww("agency_rate_fte", "agency_fte"), _lait("Work_Force_Agecy_Rate")),
    "absence_percent": (_csww("absence_rate_fte", "working_days_lost_fte"), _lait("Work_Force_SWAbsence")),
    "social_worker_count": (_csww("inpost_headcount", ""),),
    "workforce_agency_count": (_csww("agency_headcount", ""),),
    "caseload_mean_census": (_csww("caseload_fte", "cases", "case_holders_fte"), _lait("Work_Force_AvgNumCase_SW", "Work_Force_Num_CaseHeld")),
}  # fmt: skip
# Edition, file, and the column of an authority's own code.
NEIGHBOURS = (("apr-2021", "lait/sn_april_2021.xlsx", "LA num"), ("may-2025", "lait/sn_may_2025.xlsx", "LA num"))


def figures(folder: Path, measure: str) -> pd.DataFrame:
    """A measure's published figures: release, area (ONS code), part, then a column of text a year, in order.

    Raises UserError for a file or column that isn't there, or an area that data/reference/areas.csv lacks.
    """
    found = pd.concat([_of_source(folder, source) for source in SOURCES[measure]], ignore_index=True)
    wide = found.pivot(index=["release", "area", "part"], columns="year", values="text").fillna("")
    return wide.sort_index(key=_in_order).reset_index().rename_axis(columns=None)


def neighbours(folder: Path) -> pd.DataFrame:
    """Edition, authority, rank (1 the nearest), neighbour and how close, by DfE's codes."""
    found = []
    for edition, file, own in NEIGHBOURS:
        table = pd.read_excel(_one(folder, file), header=None, dtype=str, engine="openpyxl")
        head = table.index[(table == own).any(axis=1)][0]
        for row in table.loc[head + 1 :].itertuples(index=False):
            if str(row[0]).isdigit() and str(row[5]).isdigit():
                pairs = [(row[5 + 2 * rank], row[6 + 2 * rank]) for rank in range(10)]
                found += [(edition, row[0], n, code, close.strip().lower()) for n, (code, close) in enumerate(pairs, 1)]
    return pd.DataFrame(found, columns=["edition", "authority", "rank", "neighbour", "closeness"])


def retabulate(folder: Path, into: Path = FOLDER) -> list[Path]:
    """Writes every measure's figures and the neighbours; gives the files written."""
    (into / "figures").mkdir(parents=True, exist_ok=True)
    written = []
    for measure in SOURCES:
        written.append(into / "figures" / f"{measure}.csv")
        figures(folder, measure).to_csv(written[-1], index=False, lineterminator="\n")
    written.append(into / "neighbours.csv")
    neighbours(folder).to_csv(written[-1], index=False, lineterminator="\n")
    return written


def _in_order(level: pd.Index) -> pd.Index:
    return level.map(PARTS.index) if level.name == "part" else level


def _of_source(folder: Path, source: Source) -> pd.DataFrame:
    parts = [(part, getattr(source, part)) for part in PARTS if getattr(source, part)]
    if source.release.startswith("lait"):
        pieces = [_lait_part(folder, source, part, short) for part, short in parts]
    else:
        pieces = [_dfe_part(folder, source, part, column) for part, column in parts]
    found = pd.concat([piece for piece in pieces if piece is not None], ignore_index=True)
    return found.assign(release=source.release)


def _dfe_part(folder: Path, source: Source, part: str, columns: str) -> pd.DataFrame | None:
    table = _csv(_one(folder, source.file))
    rows = source.of_rows if part == "denominator" else source.rows
    if source.rows and not rows:
        return None
    for column, wanted in rows.items():
        table = table[table[column] == wanted]
    area = table["new_la_code"].where(table["new_la_code"] != "", table["region_code"])
    area = area.where(area != "", table["country_code"])
    # Some tables keep the code that an authority had before ONS renewed it (Northumberland's was E06000048).
    known = {one.ons for one in areas()}
    area = area.where(area.isin(known), table["old_la_code"].map(_ons))
    absent = [name for name in columns.split("+") if name not in table]
    if absent:
        raise UserError(f"{source.file} has no column {', '.join(absent)}; it may have been renamed in this release")
    texts = _added([table[name] for name in columns.split("+")])
    found = pd.DataFrame({"area": area, "part": part, "year": table["time_period"], "text": texts})
    # Two authorities that returned together ("940 / 941") are no area of their own.
    return found[area != ""]


@lru_cache(maxsize=512)
def _ons(code: str) -> str:
    return matching(code)[0].ons if code.isdigit() else ""


def _lait_part(folder: Path, source: Source, part: str, shorts: str) -> pd.DataFrame:
    table = _long_table(_one(folder, source.file))
    found = []
    for short in shorts.split("+"):
        rows = table[(table["short"] == short) & table["year"].str.fullmatch(r"20\d\d")]
        if rows.empty:
            raise UserError(f"{source.file} has no measure '{short}'; it may have been renamed")
        found.append(rows.set_index(["area", "year"])["text"])
    joined = _added([one.reindex(found[0].index) for one in found])
    return joined.rename("text").reset_index().assign(part=part)


def _added(texts: list[pd.Series]) -> pd.Series:
    """Counts added up; where any is a symbol, the sum is that symbol."""
    if len(texts) == 1:
        return texts[0]
    numbers = [pd.to_numeric(text, errors="coerce") for text in texts]
    total = sum(numbers).map(lambda n: f"{n:.10g}", na_action="ignore").astype("object")
    for text, number in zip(texts, numbers, strict=True):
        total = total.where(number.notna() | total.notna(), text)
    return total


@lru_cache(maxsize=4)
def _csv(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    return table.map(str.strip)


@lru_cache(maxsize=1)
def _long_table(path: Path) -> pd.DataFrame:
    table = pd.read_parquet(path).set_axis(["short", "item", "year", "name", "text", "number", "region"], axis=1)
    codes = {number: _LAIT_AREAS.get(int(number)) or _ons(str(int(number))) for number in table["number"].unique()}
    # A figure has gone through floating point on its way (17.899999999999999): ten digits are what was printed.
    number = pd.to_numeric(table["text"], errors="coerce")
    text = number.map(lambda n: f"{n:.10g}", na_action="ignore").astype("object").where(number.notna(), table["text"])
    return table.assign(area=table["number"].map(codes), text=text).drop_duplicates(["short", "area", "year"])


def _one(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise UserError(
            f"{folder} should have one file {pattern}, and has {len(found)}; download it, or name another folder"
        )
    return found[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the downloads are")
    for path in retabulate(parser.parse_args().folder):
        print(path.name)


if __name__ == "__main__":
    main()
