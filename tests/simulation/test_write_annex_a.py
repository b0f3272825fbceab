"""The Annex A workbook: Ofsted's own headers, the right rows in each list, and the same bytes twice."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from analysis.reference.calendar import Quarter
from analysis.simulation.annex_a_layout import DRIFTED, HEADERS, LAYOUTS, PREFERRED, TITLES, layout_of, unlettered
from analysis.simulation.write_annex_a import write_annex_a

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
TEMPLATE = SHARED / "samples" / "annex_a" / "cscdp_ofsted_template_2015-01-sample.xlsx"
QUARTER = Quarter(2018, 2)  # ends 30 September 2018; six months before it is 30 March 2018


def days(*texts):
    return pd.to_datetime(pd.Series(texts, dtype="object"))


def children(*ids, **columns):
    return pd.DataFrame(
        {"child_id": ids, "sex": "F", "ethnicity": "WBRI", "date_of_birth": pd.Timestamp(2010, 5, 1)} | columns
    )


def rows_of(tables, number, tmp_path, quarter=QUARTER):
    """The rows of one list as dictionaries by Ofsted's header, whatever the quarter's layout."""
    layout = layout_of(quarter)
    path = write_annex_a(tables, quarter, tmp_path / "book.xlsx")
    cells = CalamineWorkbook.from_path(path).get_sheet_by_name(layout.sheet.format(number)).to_python(
        skip_empty_area=False
    )  # fmt: skip
    body = cells[2:] if layout.titled else cells[1:]
    return [dict(zip(HEADERS[number], row, strict=True)) for row in body]


def ids_of(tables, number, tmp_path):
    return [row[HEADERS[number][0]] for row in rows_of(tables, number, tmp_path)]


@pytest.mark.samples
@pytest.mark.skipif(not TEMPLATE.exists(), reason="Ofsted's template is only in the shared samples")
def test_titles_and_headers_are_letter_for_letter_ofsteds():
    book = CalamineWorkbook.from_path(TEMPLATE)
    for number, headers in HEADERS.items():
        title, row, *_ = book.get_sheet_by_name(f"List_{number}").to_python(skip_empty_area=False)
        assert title[0] == f"List {number}: {TITLES[number - 1]}"
        assert tuple(row) == headers


@pytest.mark.samples
@pytest.mark.skipif(not TEMPLATE.exists(), reason="Ofsted's template is only in the shared samples")
def test_preferred_codes_are_those_of_ofsteds_code_sheet():
    sheet = CalamineWorkbook.from_path(TEMPLATE).get_sheet_by_name("Codes_used").to_python()
    official = {str(cell) for row in sheet for cell in row}
    ours = {text for name, texts in PREFERRED.items() if name != "sex of adopter" for text in texts.values()}
    # The guidance adds "(or unborn)" to Gender; special guardianship had two codes before the template.
    known = {"c) Not stated/recorded (or unborn)", PREFERRED["ceased"]["E43"], PREFERRED["ceased"]["E44"]}
    assert ours - official == known


def test_trailing_spaces_of_the_template_are_kept():
    assert "Date Ceased to be Looked After " in HEADERS[8]
    assert "LA In Touch " in HEADERS[9]
    assert "Date of Adoption Order " in HEADERS[10]


def test_drifted_headers_are_headers_of_the_template():
    every = {header for headers in HEADERS.values() for header in headers}
    assert set(DRIFTED) <= every


def test_layouts_take_turns():
    assert {layout_of(QUARTER.shift(number)) for number in range(3)} == set(LAYOUTS)


@pytest.mark.parametrize("shift", [0, 1, 2])
def test_a_workbook_has_the_sheets_and_headers_of_its_layout(tmp_path, shift):
    quarter = QUARTER.shift(shift)
    layout = layout_of(quarter)
    book = CalamineWorkbook.from_path(write_annex_a({}, quarter, tmp_path / "book.xlsx"))
    lists = [layout.sheet.format(number) for number in range(1, 12)]
    assert book.sheet_names == (["Front_Sheet", *lists] if layout.front_sheet else lists)
    for number, name in enumerate(lists, start=1):
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        assert len(cells) == (2 if layout.titled else 1)
        assert cells[-1] == [layout.header(header) for header in HEADERS[number]]


def test_the_same_tables_give_the_same_bytes(tmp_path):
    tables = {
        "children": children("SIM000001", "SIM000002"),
        "contacts": pd.DataFrame(
            {"child_id": ["SIM000002", "SIM000001"], "date": days("2018-09-01", "2018-08-01"), "source": ["6", "2A"]}
        ),
    }
    first = write_annex_a(tables, QUARTER, tmp_path / "a.xlsx").read_bytes()
    shuffled = {name: frame.iloc[::-1] for name, frame in tables.items()}
    assert write_annex_a(shuffled, QUARTER, tmp_path / "b.xlsx").read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]


def test_contacts_begin_in_the_six_months_first_and_last_day_included(tmp_path):
    when = days("2018-03-29", "2018-03-30", "2018-09-30", "2018-10-01")
    ids = [f"SIM00000{number}" for number in range(4)]
    tables = {"children": children(*ids), "contacts": pd.DataFrame({"child_id": ids, "date": when, "source": "6"})}
    assert ids_of(tables, 1, tmp_path) == ["SIM000001", "SIM000002"]


def test_assessments_are_listed_while_open_and_when_authorised_in_the_six_months(tmp_path):
    ids = ["SIM000001", "SIM000002", "SIM000003", "SIM000004"]
    tables = {
        "children": children(*ids),
        "assessments": pd.DataFrame({
            "child_id": ids,
            "start_date": days("2018-01-01", "2018-01-01", "2018-01-01", "2018-09-30"),
            "authorised_date": days(None, "2018-03-29", "2018-03-30", None),
        }),
    }  # fmt: skip
    assert ids_of(tables, 4, tmp_path) == ["SIM000001", "SIM000003", "SIM000004"]


def test_an_earlier_enquiry_is_listed_while_nothing_is_decided(tmp_path):
    ids = ["SIM000001", "SIM000002", "SIM000003"]
    tables = {
        "children": children(*ids),
        "section47_enquiries": pd.DataFrame({
            "child_id": ids,
            "start_date": days("2018-03-01", "2018-03-01", "2018-03-01"),
            "conference_date": days(None, "2018-03-20", None),
            "conference_not_required": [None, False, True],
        }),
    }  # fmt: skip
    assert ids_of(tables, 5, tmp_path) == ["SIM000001"]


def test_list_seven_has_a_childs_latest_plan_if_it_ended_within_six_months(tmp_path):
    plans = pd.DataFrame(
        [
            ("SIM000001", "2016-01-01", "2016-06-01"),  # an earlier plan of a child with a later one
            ("SIM000001", "2018-08-01", None),
            ("SIM000002", "2017-08-01", "2018-03-30"),  # ended exactly six months before
            ("SIM000003", "2017-08-01", "2018-03-29"),  # a day too early
            ("SIM000004", "2018-09-30", None),  # begins on the last day
            ("SIM000005", "2018-10-01", None),  # not yet begun
        ],
        columns=["child_id", "start_date", "end_date"],
    ).assign(previous_plans=0, initial_category="NEG", latest_category="EMO")
    plans["start_date"], plans["end_date"] = pd.to_datetime(plans["start_date"]), pd.to_datetime(plans["end_date"])
    tables = {"children": children(*plans["child_id"].unique()), "protection_plans": plans}
    listed = rows_of(tables, 7, tmp_path)
    assert [row["Child Unique ID"] for row in listed] == ["SIM000001", "SIM000002", "SIM000004"]
    assert str(listed[0]["Child Protection Plan Start Date"]) == "2018-08-01"
    assert str(listed[1]["Child Protection Plan End Date"]) == "2018-03-30"
    assert unlettered(listed[0]["Initial Category of Abuse"]) == "Neglect"
    assert unlettered(listed[0]["Latest Category of Abuse"]) == "Emotional abuse"


def test_list_six_leaves_out_cases_closed_after_assessment(tmp_path):
    ids = ["SIM000001", "SIM000002", "SIM000003"]
    tables = {
        "children": children(*ids),
        "episodes_of_need": pd.DataFrame({
            "child_id": ids, "start_date": pd.Timestamp(2018, 5, 1),
            "closure_date": days("2018-06-01", "2018-06-01", None), "closure_reason": ["RC7", "RC8", None],
        }),
    }  # fmt: skip
    assert ids_of(tables, 6, tmp_path) == ["SIM000001", "SIM000003"]


def test_list_ten_keeps_a_decision_until_the_order_or_a_year_after(tmp_path):
    ids = ["SIM000001", "SIM000002", "SIM000003", "SIM000004"]
    tables = {
        "children": children(*ids),
        "adoptions": pd.DataFrame({
            "child_id": ids,
            "decision_date": days("2015-01-01", "2016-01-01", "2016-01-01", "2016-01-01"),
            "order_date": days(None, "2017-09-29", "2017-09-30", None),
            "reversed_date": days(None, None, None, "2017-09-30"),
        }),
    }  # fmt: skip
    assert ids_of(tables, 10, tmp_path) == ["SIM000001", "SIM000003", "SIM000004"]


def test_a_process_left_over_a_year_ago_is_not_on_list_eleven(tmp_path):
    tables = {
        "adopters": pd.DataFrame({
            "adopter_id": ["SIMA00001", "SIMA00002", "SIMA00003"],
            "enquiry_date": days("2015-01-01", "2015-01-01", "2015-01-01"),
            "left_date": days(None, "2017-09-29", "2017-09-30"),
        }),
    }  # fmt: skip
    assert ids_of(tables, 11, tmp_path) == ["SIMA00001", "SIMA00003"]


def test_ages_are_completed_years_and_minus_one_before_birth(tmp_path):
    ids = ["SIM000001", "SIM000002", "SIM000003"]
    born = days("2008-09-30", "2008-10-01", "2018-12-01")
    tables = {
        "children": children(*ids, date_of_birth=born),
        "contacts": pd.DataFrame({"child_id": ids, "date": pd.Timestamp(2018, 9, 1), "source": "6"}),
    }
    assert [row["Age of Child (Years)"] for row in rows_of(tables, 1, tmp_path)] == [10, 9, -1]


def test_counts_that_the_workbook_states_come_from_its_own_date(tmp_path):
    tables = {
        "children": children("SIM000001"),
        "referrals": pd.DataFrame(
            {"child_id": ["SIM000001"], "date": days("2018-09-01"), "source": "6", "no_further_action": False}
        ),
        "reported_counts": pd.DataFrame({
            "child_id": "SIM000001", "as_at": days("2018-06-30", "2018-09-30"), "measure": "referrals_12m",
            "value": [5, 0],
        }),
    }  # fmt: skip
    assert rows_of(tables, 3, tmp_path)[0]["Number of Referrals in Last 12 Months"] == 0


def test_dates_are_excel_dates_and_text_is_never_a_formula(tmp_path):
    tables = {
        "children": children("SIM000001"),
        "early_help_assessments": pd.DataFrame(
            {"child_id": ["SIM000001"], "start_date": days("2018-09-01"), "organisation": "=1+1"}
        ),
    }
    path = write_annex_a(tables, QUARTER, tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(path)[layout_of(QUARTER).sheet.format(2)]
    row = {sheet.cell(sheet.max_row - 1, column).value: sheet.cell(sheet.max_row, column) for column in range(1, 9)}
    assert row["Assessment start date"].is_date
    assert row["Assessment start date"].number_format == "dd/mm/yyyy"
    assert row["Organisation completing assessment"].data_type != "f"
    assert row["Organisation completing assessment"].value == "=1+1"
