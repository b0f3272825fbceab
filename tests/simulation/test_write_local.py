"""The local CSVs: canonical column names, DD/MM/YYYY, Yes and No, the quarter's rows."""

import csv

import pandas as pd

from analysis.records.tables import TABLES
from analysis.reference.calendar import Quarter
from analysis.simulation.write_local import LOCAL_TABLES, write_local

QUARTER = Quarter(2018, 2)


def written(tables, tmp_path, quarter=QUARTER):
    found = {}
    for path in write_local(tables, quarter, tmp_path):
        with open(path, encoding="utf-8", newline="") as stream:
            found[path.stem] = list(csv.DictReader(stream))
    return found


def days(*texts):
    return pd.to_datetime(pd.Series(texts, dtype="object"))


def test_every_local_table_is_written_with_its_canonical_columns(tmp_path):
    for path in write_local({}, QUARTER, tmp_path):
        assert path.read_bytes() == (",".join(TABLES[path.stem].names) + "\r\n").encode()
    names = list(TABLES)
    assert list(LOCAL_TABLES) == names[names.index("early_help_referrals") :]


def test_rows_that_began_or_were_open_in_the_quarter(tmp_path):
    tables = {
        "early_help_referrals": pd.DataFrame({
            "referral_id": ["before", "closed on day one", "open", "last day", "after"],
            "date": days("2018-01-01", "2018-01-01", "2018-01-01", "2018-09-30", "2018-10-01"),
            "closure_date": days("2018-06-30", "2018-07-01", None, None, None), "accepted": True,
        }),
    }  # fmt: skip
    rows = written(tables, tmp_path)["early_help_referrals"]
    assert {row["referral_id"] for row in rows} == {"closed on day one", "open", "last day"}
    one = next(row for row in rows if row["referral_id"] == "closed on day one")
    assert (one["date"], one["closure_date"], one["accepted"], one["route"]) == ("01/01/2018", "01/07/2018", "Yes", "")


def test_a_complaint_is_repeated_until_it_is_answered(tmp_path):
    tables = {
        "complaints": pd.DataFrame({
            "complaint_id": ["unanswered", "answered then", "answered before"], "stage": "1",
            "received_date": days("2018-05-01", "2018-05-01", "2018-05-01"),
            "response_date": days(None, "2018-07-01", "2018-06-30"),
        }),
    }  # fmt: skip
    assert {row["complaint_id"] for row in written(tables, tmp_path)["complaints"]} == {"unanswered", "answered then"}


def test_proceedings_are_open_from_pre_proceedings_on(tmp_path):
    tables = {
        "care_proceedings": pd.DataFrame({
            "case_id": ["a", "b"], "child_id": ["SIM000001", "SIM000002"],
            "pre_proceedings_date": days("2018-08-01", None), "application_date": days(None, "2018-10-01"),
        }),
    }  # fmt: skip
    assert [row["case_id"] for row in written(tables, tmp_path)["care_proceedings"]] == ["a"]


def test_school_results_are_given_for_a_year_after_the_school_year(tmp_path):
    tables = {
        "education_results": pd.DataFrame({
            "child_id": "SIM000001", "academic_year": ["2016-17", "2017-18", "2018-19"], "measure": "key_stage_2",
            "achieved": [True, False, True],
        }),
    }  # fmt: skip
    years = [
        [row["academic_year"] for row in written(tables, tmp_path, QUARTER.shift(shift))["education_results"]]
        for shift in (-1, 0, 3, 4)
    ]
    assert years == [["2016-17"], ["2017-18"], ["2017-18"], ["2018-19"]]


def test_numbers_lose_nothing(tmp_path):
    tables = {
        "participation": pd.DataFrame(
            {"date": days("2018-09-01"), "measure": "app_statements", "value": [100 / 3]}
        ),
        "school_exclusions": pd.DataFrame(
            {"child_id": "SIM000001", "date": days("2018-09-01"), "kind": "fixed", "days": [0.5]}
        ),
    }  # fmt: skip
    found = written(tables, tmp_path)
    assert float(found["participation"][0]["value"]) == 100 / 3
    assert found["school_exclusions"][0]["days"] == "0.5"
