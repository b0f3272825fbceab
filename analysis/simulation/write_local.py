"""Writes the local returns: plain CSVs whose headers are the canonical column names."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analysis.records.schema import Table
from analysis.records.tables import TABLES
from analysis.reference.calendar import Quarter
from analysis.simulation.write_columns import choices, plain_numbers, starting, table, texts, touching, uk_dates

LOCAL_TABLES = (
    "early_help_referrals", "early_help_programmes", "edge_of_care", "case_audits", "family_feedback", "complaints",
    "care_proceedings", "missing_incidents", "exploitation_concerns", "education_results", "school_exclusions",
    "school_moves", "pathway_plans", "homes", "physical_interventions", "participation", "postcodes",
)  # fmt: skip
# What settles a row that has no end of its own: until then each delivery repeats it.
SETTLED_BY = {"complaints": "response_date"}
# What has no date comes whole with each delivery.
OF_ANY_DATE = ("postcodes",)
# A parenting programme lasts less than a year; whether it was completed is known some time after it starts.
FOLLOWED_FOR_A_YEAR = ("early_help_programmes",)


def write_local(tables: Mapping[str, pd.DataFrame], quarter: Quarter, folder: Path) -> list[Path]:
    """Writes a CSV a table into `folder`, with the rows that began or were open in the quarter, and gives the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in LOCAL_TABLES:
        rows = table(tables, name)
        rows = rows[_in_quarter(rows, name, quarter)]
        path = folder / f"{name}.csv"
        with open(path, "w", encoding="utf-8", newline="") as stream:
            lines = csv.writer(stream, lineterminator="\r\n")
            lines.writerow(rows.columns)
            lines.writerows(zip(*_columns(rows, TABLES[name]), strict=True))
        written.append(path)
    return written


def _in_quarter(rows: pd.DataFrame, name: str, quarter: Quarter) -> pd.Series:
    first, last = quarter.start, quarter.end
    if name in OF_ANY_DATE:
        return pd.Series(True, index=rows.index, dtype=bool)
    if name == "education_results":
        return _results_of_the_year_to(rows["academic_year"], quarter)
    if name in FOLLOWED_FOR_A_YEAR:
        return starting(rows["start_date"], quarter.shift(-3).start, last)
    if name == "care_proceedings":
        # Pre-proceedings work that never reached an application is open from its own date.
        begun = rows[["pre_proceedings_date", "application_date"]].min(axis=1)
        return touching(begun, rows["conclusion_date"], first, last)
    starts = rows[TABLES[name].start]
    closes = SETTLED_BY.get(name, TABLES[name].end)
    return touching(starts, rows[closes], first, last) if closes else starting(starts, first, last)


def _results_of_the_year_to(years: pd.Series, quarter: Quarter) -> pd.Series:
    """Results of academic years that ended (31 August) in the twelve months to the quarter's end."""
    ended = pd.to_datetime(years.str[:4].astype("Int64").add(1).astype("string") + "-08-31")
    return starting(ended, quarter.shift(-3).start, quarter.end)


def _columns(rows: pd.DataFrame, described: Table) -> list[list[str]]:
    writers = {"date": uk_dates, "flag": lambda v: choices(v, "Yes", "No"), "number": plain_numbers,
               "integer": plain_numbers}  # fmt: skip
    return [writers.get(column.kind, texts)(rows[column.name]) for column in described.columns]
