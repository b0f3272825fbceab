"""The SSDA903 files: DfE's columns in DfE's order, year to date, text dates."""

import csv

import pandas as pd
import pytest

from analysis.reference.calendar import Quarter
from analysis.simulation.write_ssda903 import write_ssda903

Q2, Q4 = Quarter(2018, 2), Quarter(2017, 4)
COLUMNS = {
    "header": "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB",
    "episodes": "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN",
    "reviews": "CHILD,DOB,REVIEW,REVIEW_CODE",
    "uasc": "CHILD,SEX,DOB,DUC",
    "oc2": "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS,TEETH_CHECK,HEALTH_ASSESSMENT,"
    "SUBSTANCE_MISUSE,INTERVENTION_RECEIVED,INTERVENTION_OFFERED",
    "oc3": "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM",
    "ad1": "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR",
    "placed_for_adoption": "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED",
    "previous_permanence": "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM",
    "missing": "CHILD,DOB,MISSING,MIS_START,MIS_END",
}
YEARLY = {"oc2", "oc3", "ad1"}


def episodes(*rows):
    frame = pd.DataFrame(rows, columns=["child_id", "start_date", "end_date", "reason_ended"])
    frame["start_date"], frame["end_date"] = pd.to_datetime(frame["start_date"]), pd.to_datetime(frame["end_date"])
    return frame.assign(reason_new="S", legal_status="C2", need="N1", placement="U4", provider="PR1")


def children(*ids, **columns):
    return pd.DataFrame({"child_id": ids, "sex": "M", "date_of_birth": pd.Timestamp(2008, 5, 1)} | columns)


def written(tables, quarter, folder):
    """Table -> rows as dictionaries, found by their columns: file names mean nothing."""
    found = {}
    for path in write_ssda903(tables, quarter, folder):
        with open(path, encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        head = path.read_text(encoding="utf-8").splitlines()[0]
        found[next(name for name, columns in COLUMNS.items() if columns == head)] = rows
    return found


@pytest.mark.parametrize(("quarter", "absent"), [(Q2, YEARLY), (Q4, set())])
def test_columns_are_exact_and_yearly_tables_come_with_the_fourth_quarter(tmp_path, quarter, absent):
    heads = {path.read_text(encoding="utf-8").splitlines()[0] for path in write_ssda903({}, quarter, tmp_path)}
    assert heads == {columns for name, columns in COLUMNS.items() if name not in absent}


def test_lines_end_as_exports_do(tmp_path):
    data = write_ssda903({"children": children("SIM000001")}, Q2, tmp_path)[0].read_bytes()
    assert data.endswith(b"\r\n")
    assert data.count(b"\n") == data.count(b"\r\n")


def test_file_names_change_with_the_quarter(tmp_path):
    names = {write_ssda903({}, Q2.shift(number), tmp_path / str(number))[1].name for number in range(4)}
    assert len(names) == 4


def test_episodes_touch_the_year_to_date_first_and_last_day_included(tmp_path):
    tables = {
        "children": children("SIM000001", "SIM000002", "SIM000003", "SIM000004", "SIM000005"),
        "care_episodes": episodes(
            ("SIM000001", "2017-01-01", "2018-03-31", "E4A"),
            ("SIM000002", "2017-01-01", "2018-04-01", "E4A"),
            ("SIM000003", "2017-01-01", None, None),
            ("SIM000004", "2018-09-30", None, None),
            ("SIM000005", "2018-10-01", None, None),
        ),
    }
    found = written(tables, Q2, tmp_path)
    assert [row["CHILD"] for row in found["episodes"]] == ["SIM000002", "SIM000003", "SIM000004"]
    assert [row["CHILD"] for row in found["header"]] == ["SIM000002", "SIM000003", "SIM000004"]


def test_an_episodes_end_and_its_reason_are_both_filled_or_both_blank(tmp_path):
    tables = {
        "children": children("SIM000001", "SIM000002"),
        "care_episodes": episodes(
            ("SIM000001", "2018-05-01", None, "X1"), ("SIM000002", "2018-05-01", "2018-06-05", "E4A")
        ),
    }
    rows = written(tables, Q2, tmp_path)["episodes"]
    assert [(row["DECOM"], row["DEC"], row["REC"]) for row in rows] == [
        ("01/05/2018", "", ""),
        ("01/05/2018", "05/06/2018", "E4A"),
    ]


def test_whoever_has_a_row_anywhere_is_in_the_header(tmp_path):
    tables = {
        "children": children("SIM000001", "SIM000002"),
        "care_leaver_outcomes": pd.DataFrame(
            {"child_id": ["SIM000001", "SIM000002"], "year": [2018, 2017], "in_touch": "YES", "activity": "F1",
             "accommodation": "U1"}
        ),
    }  # fmt: skip
    found = written(tables, Q4, tmp_path)
    assert [row["CHILD"] for row in found["oc3"]] == ["SIM000001"]
    assert [row["CHILD"] for row in found["header"]] == ["SIM000001"]


def test_sex_becomes_a_letter_in_2024_25(tmp_path):
    tables = {"children": children("SIM000001"), "care_episodes": episodes(("SIM000001", "2015-01-01", None, None))}
    assert written(tables, Quarter(2023, 1), tmp_path / "a")["header"][0]["SEX"] == "1"
    assert written(tables, Quarter(2024, 1), tmp_path / "b")["header"][0]["SEX"] == "M"


def test_a_child_without_a_upn_has_dfes_reason(tmp_path):
    tables = {
        "children": children(
            "SIM000001", "SIM000002", date_of_birth=pd.to_datetime(pd.Series(["2016-01-01", "2008-01-01"]))
        ),
        "care_episodes": episodes(("SIM000001", "2018-05-01", None, None), ("SIM000002", "2018-05-01", None, None)),
    }
    assert [row["UPN"] for row in written(tables, Q2, tmp_path)["header"]] == ["UN1", "UN4"]


def test_adoptions_are_those_ordered_in_the_year(tmp_path):
    tables = {
        "children": children("SIM000001", "SIM000002", "SIM000003"),
        "adoptions": pd.DataFrame({
            "child_id": ["SIM000001", "SIM000002", "SIM000003"],
            "order_date": pd.to_datetime(pd.Series(["2017-03-31", "2017-04-01", "2018-03-31"])),
            "foster_carer_adopts": [True, False, True], "adopters": [1, 2, 2],
        }),
    }  # fmt: skip
    rows = written(tables, Q4, tmp_path)["ad1"]
    assert [(row["CHILD"], row["FOSTER_CARE"], row["NB_ADOPTR"]) for row in rows] == [
        ("SIM000002", "0", "2"),
        ("SIM000003", "1", "2"),
    ]
