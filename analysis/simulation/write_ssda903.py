"""Writes the SSDA903 return (children looked after) as DfE's CSV files, year to date."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analysis.reference.calendar import Quarter, age_at
from analysis.simulation.write_columns import (
    choices,
    plain_numbers,
    recoded,
    starting,
    table,
    texts,
    touching,
    uk_dates,
)

# File names as systems write them: a reader must not depend on any.
NAMING = ("{table}.csv", "{year}-{table}.csv", "SSDA903_{year}_{table}.csv", "{table}_export.csv")
# From this collection year SEX is a letter.
SEX_LETTERS_FROM = 2025
_SEX_NUMBERS = {"M": "1", "F": "2", "N": "", "U": ""}
_SEX_LETTERS = {"N": "U"}
# DfE's reasons for having no UPN: not of school age, and newly looked after with the UPN not yet known.
UPN_TOO_YOUNG, UPN_NOT_YET_KNOWN = "UN1", "UN4"
SCHOOL_AGE = 5

Columns = dict[str, list[str]]


def write_ssda903(tables: Mapping[str, pd.DataFrame], quarter: Quarter, folder: Path) -> list[Path]:
    """Writes the return's files into `folder` and gives their paths.

    Year to date: whatever touches 1 April to the quarter's end. OC2, OC3 and AD1 are yearly, so they come with
    the fourth quarter alone. Every child of any file has a row in the header. Lines end as exports' lines do.
    """
    files = _files(tables, quarter)
    folder.mkdir(parents=True, exist_ok=True)
    naming = NAMING[(quarter.year * 4 + quarter.number) % len(NAMING)]
    written = []
    for name, columns in files.items():
        path = folder / naming.format(table=name, year=quarter.year + 1)
        with open(path, "w", encoding="utf-8", newline="") as stream:
            lines = csv.writer(stream, lineterminator="\r\n")
            lines.writerow(columns)
            lines.writerows(zip(*columns.values(), strict=True))
        written.append(path)
    return written


def _files(tables: Mapping[str, pd.DataFrame], quarter: Quarter) -> dict[str, Columns]:
    first, last = quarter.year_start, quarter.end
    collection = quarter.year + 1
    children = table(tables, "children").set_index("child_id", drop=False)

    episodes = table(tables, "care_episodes")
    episodes = episodes[touching(episodes["start_date"], episodes["end_date"], first, last)]
    looked_after = set(episodes["child_id"])

    reviews = table(tables, "care_reviews")
    reviews = reviews[starting(reviews["date"], first, last)]
    missing = table(tables, "missing_episodes")
    missing = missing[touching(missing["start_date"], missing["end_date"], first, last)]
    placed = table(tables, "placed_for_adoption")
    # An adoption ends the placement without a date of its own: only children looked after in the year count.
    placed = placed[
        touching(placed["date"], placed["ceased_date"], first, last) & placed["child_id"].isin(looked_after)
    ]
    permanence = table(tables, "previous_permanence")
    permanence = permanence[permanence["child_id"].isin(looked_after)]
    seeking = children[
        children["child_id"].isin(looked_after)
        & children["unaccompanied"].fillna(False).astype(bool)
        & (children["unaccompanied_ceased"].isna() | (children["unaccompanied_ceased"] >= pd.Timestamp(first)))
    ]
    frames = {
        "reviews": reviews, "uasc": seeking, "placed_for_adoption": placed, "previous_permanence": permanence,
        "missing": missing,
    }  # fmt: skip
    if quarter.number == 4:
        adoptions = table(tables, "adoptions")
        frames["oc2"] = _of_year(table(tables, "health_outcomes"), collection)
        frames["oc3"] = _of_year(table(tables, "care_leaver_outcomes"), collection)
        frames["ad1"] = adoptions[starting(adoptions["order_date"], first, last)]
    named = looked_after.union(*(set(frame["child_id"]) for frame in frames.values()))
    header = children[children["child_id"].isin(named)]

    sexes = _SEX_LETTERS if collection >= SEX_LETTERS_FROM else _SEX_NUMBERS
    files = {"header": _header(header, sexes, quarter), "episodes": _episodes(episodes)}
    for name, frame in frames.items():
        files[name] = _WRITERS[name](frame, children.reindex(frame["child_id"]), sexes)
    return files


def _of_year(frame: pd.DataFrame, year: int) -> pd.DataFrame:
    return frame[(frame["year"] == year).fillna(False).astype(bool)]


def _header(children: pd.DataFrame, sexes: Mapping[str, str], quarter: Quarter) -> Columns:
    young = (age_at(children["date_of_birth"], quarter.end) < SCHOOL_AGE).fillna(True).astype(bool)
    stand_in = young.map({True: UPN_TOO_YOUNG, False: UPN_NOT_YET_KNOWN})
    return {
        "CHILD": texts(children["child_id"]),
        "SEX": recoded(children["sex"], sexes),
        "DOB": uk_dates(children["date_of_birth"]),
        "ETHNIC": texts(children["ethnicity"]),
        "UPN": texts(children["upn"].fillna(stand_in)),
        "MOTHER": choices(children["mother"], "1", "0"),
        "MC_DOB": uk_dates(children["child_of_mother_born"]),
    }


def _episodes(episodes: pd.DataFrame) -> Columns:
    return {
        "CHILD": texts(episodes["child_id"]),
        "DECOM": uk_dates(episodes["start_date"]),
        "RNE": texts(episodes["reason_new"]),
        "LS": texts(episodes["legal_status"]),
        "CIN": texts(episodes["need"]),
        "PLACE": texts(episodes["placement"]),
        "PLACE_PROVIDER": texts(episodes["provider"]),
        "DEC": uk_dates(episodes["end_date"]),
        # DfE's rule 148: the end and its reason are both there or both blank.
        "REC": texts(episodes["reason_ended"].where(episodes["end_date"].notna())),
        "REASON_PLACE_CHANGE": texts(episodes["reason_change"].where(episodes["end_date"].notna())),
        "HOME_POST": texts(episodes["home_postcode"]),
        "PL_POST": texts(episodes["placement_postcode"]),
        "URN": texts(episodes["urn"]),
    }


def _who(frame: pd.DataFrame, children: pd.DataFrame) -> Columns:
    return {"CHILD": texts(frame["child_id"]), "DOB": uk_dates(children["date_of_birth"])}


def _reviews(frame: pd.DataFrame, children: pd.DataFrame, _: Mapping[str, str]) -> Columns:
    return {
        **_who(frame, children),
        "REVIEW": uk_dates(frame["date"]),
        "REVIEW_CODE": texts(frame["participation"]),
    }


def _uasc(frame: pd.DataFrame, children: pd.DataFrame, sexes: Mapping[str, str]) -> Columns:
    return {
        "CHILD": texts(frame["child_id"]),
        "SEX": recoded(children["sex"], sexes),
        "DOB": uk_dates(children["date_of_birth"]),
        "DUC": uk_dates(frame["unaccompanied_ceased"]),
    }


def _oc2(frame: pd.DataFrame, children: pd.DataFrame, _: Mapping[str, str]) -> Columns:
    flags = ("convicted", "health_check", "immunisations", "teeth_check", "health_assessment", "substance_misuse",
             "intervention_received", "intervention_offered")  # fmt: skip
    return {
        **_who(frame, children),
        "SDQ_SCORE": plain_numbers(frame["sdq_score"]),
        "SDQ_REASON": texts(frame["sdq_reason"]),
        **{name.upper(): choices(frame[name], "1", "0") for name in flags},
    }


def _oc3(frame: pd.DataFrame, children: pd.DataFrame, _: Mapping[str, str]) -> Columns:
    return {
        **_who(frame, children),
        "IN_TOUCH": texts(frame["in_touch"]),
        "ACTIV": texts(frame["activity"]),
        "ACCOM": texts(frame["accommodation"]),
    }


def _ad1(frame: pd.DataFrame, children: pd.DataFrame, _: Mapping[str, str]) -> Columns:
    return {
        **_who(frame, children),
        "DATE_INT": uk_dates(frame["decision_date"]),
        "DATE_MATCH": uk_dates(frame["matched_date"]),
        "FOSTER_CARE": choices(frame["foster_carer_adopts"], "1", "0"),
        "NB_ADOPTR": plain_numbers(frame["adopters"]),
        "SEX_ADOPTR": texts(frame["sex_of_adopters"]),
        "LS_ADOPTR": texts(frame["adopters_status"]),
    }


def _placed(frame: pd.DataFrame, children: pd.DataFrame, _: Mapping[str, str]) -> Columns:
    return {
        **_who(frame, children),
        "DATE_PLACED": uk_dates(frame["date"]),
        "DATE_PLACED_CEASED": uk_dates(frame["ceased_date"]),
        "REASON_PLACED_CEASED": texts(frame["ceased_reason"]),
    }


def _permanence(frame: pd.DataFrame, children: pd.DataFrame, _: Mapping[str, str]) -> Columns:
    return {
        **_who(frame, children),
        "PREV_PERM": texts(frame["kind"]),
        "LA_PERM": texts(frame["authority"]),
        "DATE_PERM": texts(frame["date"]),
    }


def _missing(frame: pd.DataFrame, children: pd.DataFrame, _: Mapping[str, str]) -> Columns:
    return {
        **_who(frame, children),
        "MISSING": texts(frame["kind"]),
        "MIS_START": uk_dates(frame["start_date"]),
        "MIS_END": uk_dates(frame["end_date"]),
    }


_WRITERS = {
    "reviews": _reviews, "uasc": _uasc, "oc2": _oc2, "oc3": _oc3, "ad1": _ad1, "placed_for_adoption": _placed,
    "previous_permanence": _permanence, "missing": _missing,
}  # fmt: skip
