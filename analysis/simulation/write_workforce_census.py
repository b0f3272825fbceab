"""Writes DfE's children's social work workforce census as XML, as at 30 September."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd

from analysis.simulation.write_cin_census import GENDERS, SEX_FROM, SEXES, SOFTWARE, element, rows
from analysis.simulation.write_columns import choices, iso_dates, plain_numbers, recoded, table, texts


def write_workforce_census(tables: Mapping[str, pd.DataFrame], year: int, path: Path, authority: str) -> Path:
    """Writes the census of 30 September of `year`: vacancies, then a record a worker. Gives the path."""
    vacancies = table(tables, "vacancies")
    vacancies = vacancies[(vacancies["year"] == year).fillna(False).astype(bool)]
    workers = table(tables, "social_workers")
    workers = workers[(workers["year"] == year).fillna(False).astype(bool)]
    with open(path, "w", encoding="utf-8", newline="\n") as stream:
        stream.write('<?xml version="1.0" encoding="UTF-8"?>\n<Message>\n')
        stream.write(
            "<Header>\n<CollectionDetails><Collection>CSWW</Collection>"
            f"<Year>{year}</Year><ReferenceDate>{year}-09-30</ReferenceDate></CollectionDetails>\n"
            f"<Source><SourceLevel>L</SourceLevel><LEA>{escape(authority)}</LEA>"
            f"<SoftwareCode>{SOFTWARE}</SoftwareCode><DateTime>{year}-09-30T00:00:00</DateTime></Source>\n</Header>\n"
        )
        for vacancy in _vacancies(vacancies):
            stream.write(f"<LALevelVacancies>{vacancy}</LALevelVacancies>\n")
        for worker in _workers(workers, year):
            stream.write(f"<CSWWWorker>{worker}</CSWWWorker>\n")
        stream.write("</Message>\n")
    return path


def _vacancies(frame: pd.DataFrame) -> list[str]:
    return rows(
        element("NumberOfVacancies", plain_numbers(frame["vacancies_fte"])),
        element("NoAgencyFTE", plain_numbers(frame["agency_vacancy_fte"])),
        element("NoAgencyHeadcount", plain_numbers(frame["agency_vacancy_headcount"])),
    )


def _workers(frame: pd.DataFrame, year: int) -> list[str]:
    sex = ("GenderCurrent", GENDERS) if year < SEX_FROM else ("Sex", SEXES)
    return rows(
        element("AgencyWorker", choices(frame["agency"], "1", "0")),
        element("SWENo", texts(frame["worker_id"])),
        element("FTE", plain_numbers(frame["fte"])),
        element("PersonBirthDate", iso_dates(frame["date_of_birth"])),
        element(sex[0], recoded(frame["sex"], sex[1])),
        element("Ethnicity", texts(frame["ethnicity"])),
        element("QualInst", texts(frame["qualified_at"])),
        element("QualLevel", texts(frame["qualification"])),
        element("StepUpGrad", choices(frame["step_up"], "1", "0")),
        element("OrgRole", texts(frame["role"])),
        element("RoleStartDate", iso_dates(frame["role_start"])),
        element("StartOrigin", texts(frame["origin"])),
        element("RoleEndDate", iso_dates(frame["role_end"])),
        element("LeaverDestination", texts(frame["destination"])),
        element("ReasonLeave", texts(frame["leaving_reason"])),
        element("FTE30", plain_numbers(frame["fte_30_september"])),
        element("Cases30", plain_numbers(frame["cases_30_september"])),
        element("WorkingDaysLost", plain_numbers(frame["days_lost"])),
        element("ContractWeeks", plain_numbers(frame["contract_weeks"])),
        element("FrontlineGrad", choices(frame["frontline"], "1", "0")),
        element("Absat30Sept", choices(frame["absent_30_september"], "1", "0")),
        element("ReasonAbsence", texts(frame["absence_reason"])),
        element("CFKSSstatus", texts(frame["career_stage"])),
    )
