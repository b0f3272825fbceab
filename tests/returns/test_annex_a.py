"""Annex A: what the reader gives back for the samples, every layout met, and what it refuses."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd
import pytest
from annex_a_workbooks import ROW, cells, read, row, workbook, write_xlsx
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.records.delivery import BLANKED, NOTED, REFUSED, SET_ASIDE
from analysis.records.tables import TABLES
from analysis.reference.calendar import Quarter
from analysis.returns.annex_a import READER, layout
from analysis.returns.annex_a.layout import LISTS
from analysis.returns.ledger import header_key
from analysis.returns.sources import open_files

EVERY_LIST = {number: [line] for number, line in ROW.items()}


def reasons(found, outcome):
    return [problem.reason for problem in found.problems if problem.outcome == outcome]


def only(found, table):
    (line,) = found.tables[table].to_dict("records")
    return {name: None if pd.isna(value) else value for name, value in line.items()}


def day(*parts):
    return pd.Timestamp(*parts)


# --- everything, once ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return read(workbook(tmp_path_factory.mktemp("annex") / "any name.xlsx", EVERY_LIST))


def test_every_list_goes_to_its_tables(whole):
    assert not [p for p in whole.problems if p.outcome != NOTED]
    assert only(whole, "contacts") == {"child_id": "1001", "date": day(2018, 7, 2), "source": "6"}
    assert only(whole, "referrals") == {
        "child_id": "1001", "date": day(2018, 7, 3), "source": "2A", "no_further_action": False,
        "team": "North Locality Team", "worker": "A Worker",
    }  # fmt: skip
    assert only(whole, "protection_plans") == {
        "child_id": "1001", "start_date": day(2018, 7, 20), "end_date": None, "initial_category": "NEG",
        "latest_category": "EMO", "previous_plans": 2, "team": "North Locality Team", "worker": "A Worker",
    }  # fmt: skip
    care = only(whole, "care_status")
    assert care["period_start"] == day(2017, 3, 1)
    assert (care["legal_status"], care["placement"], care["provider"]) == ("C2", "U6", "PR1")
    assert (care["placement_postcode"], care["placement_authority"]) == ("NE61 1AA", "Northumberland")
    assert (care["return_interview_offered"], care["return_interview_accepted"]) == (True, None)
    assert (care["permanence_plan"], care["placement_location"], care["unaccompanied"]) == ("FOSTERING", "IN", True)
    assert only(whole, "care_leaver_status")["eligibility"] == "FORMER_RELEVANT"
    assert only(whole, "adoptions")["reversed_reason"] == "RD2"
    assert only(whole, "adopters")["left_reason"] == "1"
    assert only(whole, "children") == {
        "child_id": "1001", "sex": "F", "ethnicity": "WBRI", "date_of_birth": day(2010, 5, 4), "disabled": False,
        "unaccompanied": True,
    }  # fmt: skip
    counts = whole.tables["reported_counts"].set_index("measure")["value"].to_dict()
    assert counts == {"referrals_12m": 1, "section47_12m": 0, "icpc_12m": 0, "previous_plans": 2, "placements_12m": 2,
                      "missing_12m": 3, "absent_12m": 0}  # fmt: skip


def test_tables_fit_the_canonical_schema(whole):
    for name, frame in whole.tables.items():
        pd.testing.assert_frame_equal(frame, TABLES[name].conform(frame, partial=True))


def test_window_and_coverage(whole):
    assert (whole.start, whole.end) == (dt.date(2018, 4, 1), dt.date(2018, 9, 30))
    assert {(c.table, c.basis) for c in whole.coverage} == {
        ("contacts", "starting"), ("early_help_assessments", "starting"), ("referrals", "starting"),
        ("assessments", "starting"), ("section47_enquiries", "starting"), ("episodes_of_need", "open"),
        ("protection_plans", "open"), ("care_periods", "open"),
    }  # fmt: skip
    assert {(c.start, c.end) for c in whole.coverage} == {(whole.start, whole.end)}


# --- what must hold of the layout ----------------------------------------------------------------


@pytest.mark.parametrize("listed", LISTS, ids=lambda listed: f"list {listed.number}")
def test_every_column_of_a_list_is_read_to_somewhere(listed):
    used = {read for mapping in listed.into.values() for read in mapping.values()}
    used |= set(layout.DEMOGRAPHICS) | set(layout.MEASURES)
    for heading in listed.headings:
        assert heading.kind == layout.RECOMPUTED or heading.reads in used, heading.text
    for name, mapping in listed.into.items():
        assert set(mapping) <= set(TABLES[name].names)
        assert set(mapping.values()) <= {h.reads for h in listed.headings}
    assert {h.text.strip() for h in listed.headings if not h.newer} == {text.strip() for text in ROW[listed.number]}


def test_no_heading_means_two_columns_of_one_list():
    for listed in LISTS:
        keys = [key for heading in listed.headings for key in heading.keys]
        assert len(keys) == len(set(keys)), listed.name
        assert len(layout.own_keys()[listed.number]) >= 2


def test_columns_are_those_of_the_reference(samples):
    text = (samples.parent / "domain" / "reference.md").read_text(encoding="utf-8")
    for listed in LISTS:
        section = re.search(rf"\*\*List {listed.number} –.*?\n\n(.*?)\n", text)
        wanted = [part.strip("` ") for part in section[1].split(" | ")]
        assert [h.text.strip() for h in listed.headings if not h.newer] == wanted


# --- samples -------------------------------------------------------------------------------------


@pytest.mark.samples
def test_dirty_sample_is_read_whole(samples):
    found = read(samples / "annex_a" / "liia_Annex_A.xlsx", quarter=None)
    assert [count.read for count in found.counts] == [5, 5, 6, 5, 5, 5, 7, 5, 6, 5, 5]
    assert sum(count.set_aside for count in found.counts) == 0
    # The contacts begin on 16 September 2020: six months to the last visit recorded.
    assert (found.start, found.end) == (dt.date(2020, 9, 16), dt.date(2021, 3, 15))
    assert found.tables["contacts"]["source"].tolist() == ["6", "9", "6", "1B", "6"]
    odd = {(p.sheet, p.value) for p in found.problems if p.outcome == BLANKED}
    assert odd == {("List 4", "CS Assessment Updated"), ("List 6", "#N/A"), ("List 8", "nope"),
                   ("List 6", "PSRMEM - Support with memory and cognition")}  # fmt: skip
    assert found.tables["care_periods"]["reason_ended"].dropna().tolist() == ["E47"]
    assert found.tables["referrals"]["worker"].tolist()[1] == "Mathilde Cutsforth"


@pytest.mark.samples
def test_official_template_is_read_without_its_own_pages(samples):
    path = samples / "annex_a" / "cscdp_ofsted_template_2015-01-sample.xlsx"
    assert all(READER.claims(sheet) for sheet in open_files([path]).sheets)
    found = read(path, quarter=None)
    assert {p.sheet for p in found.problems if p.reason == "sheet-without-data"} == {
        "Front_Sheet", "FAQ_and_changes", "Guidance", "Codes_used"}  # fmt: skip
    assert set(found.tables) == {"referrals", "children", "reported_counts", "adoptions", "adopters"}
    referrals = found.tables["referrals"]
    assert sorted(referrals["source"].dropna()) == ["2A", "2A", "2A", "6"]
    assert [(p.reason, p.value) for p in found.problems if p.outcome == BLANKED] == [("code-grouped", "Health")]
    assert referrals["no_further_action"].sum() == 2
    assert sorted(found.tables["children"]["sex"]) == ["F", "F", "F", "M", "M"]
    assert reasons(found, NOTED).count("list-empty") == 8
    assert {c.table for c in found.coverage} == {"referrals"}


# --- layouts -------------------------------------------------------------------------------------

DRIFT = {
    "Age of Child (Years)": "Age", "Date of referral": "Date of Referral", "Case status": "Case Status",
    "LA In Touch ": "LA in Touch", "Date Ceased to be Looked After ": "Date Ceased to be Looked After",
    "Date of Adoption Order ": "Date of adoption order",
    "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)":
        "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N))",
    "Was the child assessed as requiring LA children’s social care support":
        "Was the child assessed as requiring LA children's social care support?",
    "Number of Episodes the Child has been ‘Missing’ from their Placement in the last 12 months":
        "Number of Episodes the Child has been 'Missing' from their Placement in the last 12 months",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "sheet", "titled", "header"),
    [
        ("template.xlsx", "List_{}", True, str),
        ("liia.xlsx", "List {}", False, lambda text: DRIFT.get(text, text)),
        ("unnamed.xlsx", "Tabelle{}", False, str),
        ("shouted.xlsx", "x{}", True, str.upper),
        ("spaced.xlsx", "x{}", False, lambda text: f"\xa0 {text.replace(' ', '  ')} \n"),
        ("legacy.xls", "List_{}", True, str),
    ],
)
def test_layouts_give_the_same_tables(whole, tmp_path, name, sheet, titled, header):
    found = read(workbook(tmp_path / name, EVERY_LIST, sheet, titled, header))
    assert set(found.tables) == set(whole.tables)
    for table, frame in whole.tables.items():
        pd.testing.assert_frame_equal(found.tables[table], frame)


def test_one_csv_a_list_is_the_same(whole, tmp_path):
    import csv

    paths = []
    for number, lines in EVERY_LIST.items():
        paths.append(tmp_path / f"{number}.csv")
        with open(paths[-1], "w", encoding="cp1252", newline="") as file:
            csv.writer(file).writerows(
                [[f"{c:%d/%m/%Y}" if isinstance(c, dt.date) else c for c in line] for line in cells(lines)]
            )
    found = read(*paths)
    for table, frame in whole.tables.items():
        pd.testing.assert_frame_equal(found.tables[table], frame)


def test_columns_that_list_9_gained(tmp_path):
    line = row(9, unaccompanied="a) Yes", personal_adviser="P Adviser", latest_pathway_plan=dt.date(2018, 8, 1),
               latest_contact=dt.date(2018, 9, 9))  # fmt: skip
    found = read(workbook(tmp_path / "a.xlsx", {9: [line]}))
    status = only(found, "care_leaver_status")
    assert status["personal_adviser"] == "P Adviser"
    assert (status["latest_pathway_plan"], status["latest_contact"]) == (day(2018, 8, 1), day(2018, 9, 9))
    assert only(found, "children")["unaccompanied"] is True


def test_not_an_annex_a(tmp_path):
    sheets = {"List_3": [["CHILD", "SEX", "DOB", "ETHNIC"], ["1", "1", "01/01/2010", "WBRI"]],
              "Child Unique ID": [["child_id", "date", "team"], ["1", "2018-01-01", "A"]]}  # fmt: skip
    opened = open_files([write_xlsx(tmp_path / "a.xlsx", sheets)])
    assert not any(READER.claims(sheet) for sheet in opened.sheets)


def shuffled(draw, lines):
    names = draw(st.permutations(list(lines[0])))
    return [{name: line[name] for name in names} for line in draw(st.permutations(lines))]


@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_order_and_dress_of_rows_and_columns_mean_nothing(tmp_path_factory, data):
    lines = {
        number: [row(number, **{LISTS[number - 1].headings[0].reads: float(2000 + n)}) for n in range(3)]
        for number in data.draw(st.sets(st.sampled_from(sorted(ROW)), min_size=1, max_size=2), label="lists")
    }
    case = data.draw(st.sampled_from([str.upper, str.lower, str.title, str.swapcase]), label="case")
    gap = data.draw(st.sampled_from([" ", "  ", "\xa0", "\n", "_"]), label="spacing")
    folder = tmp_path_factory.mktemp("shuffled")
    plain = read(workbook(folder / "plain.xlsx", lines))
    other = read(workbook(
        folder / "other.xlsx", {number: shuffled(data.draw, some) for number, some in lines.items()},
        sheet="S{}", titled=data.draw(st.booleans(), label="titled"),
        header=lambda text: case(text).replace(" ", gap),
    ))  # fmt: skip
    assert set(other.tables) == set(plain.tables)
    for table, frame in plain.tables.items():
        order = [name for name in TABLES[table].names if name in frame]
        pd.testing.assert_frame_equal(other.tables[table][order], frame[order])


# --- rows ----------------------------------------------------------------------------------------


def test_rows_that_can_not_be_used_are_set_aside_and_counted(tmp_path):
    lines = [row(1), row(1), row(1, child_id=None), row(1, child_id=1002.0, date="soon"), row(1, child_id=1003.0),
             {name: name for name in ROW[1]}]  # fmt: skip
    found = read(workbook(tmp_path / "a.xlsx", {1: lines}))
    assert [(c.contents, c.read, c.kept, c.set_aside) for c in found.counts] == [("Annex A list 1: Contacts", 6, 2, 4)]
    assert {(p.reason, p.row) for p in found.problems if p.outcome == SET_ASIDE} == {
        ("row-repeated", 3), ("value-missing", 4), ("date-unreadable", 5), ("heading-repeated", 7)}  # fmt: skip


def test_two_sheets_of_one_list_are_both_read(tmp_path):
    first, second = cells([row(3)]), cells([row(3), row(3, child_id=1002.0)])
    found = read(write_xlsx(tmp_path / "a.xlsx", {"North": first, "South": second}))
    assert found.tables["referrals"]["child_id"].tolist() == ["1001", "1002"]
    assert [(c.sheet, c.read, c.set_aside) for c in found.counts] == [("North", 1, 0), ("South", 2, 1)]


def test_child_twice_in_list_8_has_the_later_status(tmp_path):
    earlier = row(8, start_date=dt.date(2016, 1, 1), end_date=dt.date(2016, 6, 1), legal_status="V2")
    found = read(workbook(tmp_path / "a.xlsx", {8: [row(8), earlier]}))
    assert len(found.tables["care_periods"]) == 2
    assert only(found, "care_status")["period_start"] == day(2017, 3, 1)
    assert "child-repeated" in reasons(found, NOTED)


def test_child_s_most_frequent_value_is_used_and_others_are_noted(tmp_path):
    rows = {1: [row(1, sex="a) Male")], 3: [row(3)], 6: [row(6)], 9: [row(9, ethnicity="s) NOBT")]}
    found = read(workbook(tmp_path / "a.xlsx", rows))
    assert only(found, "children")["sex"] == "F"
    assert only(found, "children")["ethnicity"] == "WBRI"
    assert [(p.sheet, p.column, p.value) for p in found.problems if p.reason == "rows-disagree"] == [
        ("List_1", "Gender", "a) Male")]  # fmt: skip


def test_no_in_list_8_says_nothing_of_the_years_before(tmp_path):
    found = read(workbook(tmp_path / "a.xlsx", {8: [row(8, unaccompanied="b) No")]}))
    assert only(found, "children")["unaccompanied"] is None
    assert only(found, "care_status")["unaccompanied"] is False


def test_contradictions_are_kept_and_noted(tmp_path):
    found = read(workbook(tmp_path / "a.xlsx", {
        6: [row(6, closure_date=dt.date(2018, 7, 1), closure_reason="RC8 - Case closed after assessment, no further action"),
            row(6, child_id=1002.0, case_status="e) Closed episode")],
        8: [row(8, legal_status="V3: Short term breaks, episodes recorded"),
            row(8, child_id=1003.0, legal_status="zzCodeError")],
        11: [row(11)],
    }))  # fmt: skip
    assert {"end-before-start", "closed-after-assessment", "closed-without-date", "short-breaks"} <= set(
        reasons(found, NOTED)
    )
    assert reasons(found, NOTED).count("short-breaks") == 2
    assert len(found.tables["care_periods"]) == 2
    assert sum(count.set_aside for count in found.counts) == 0


# --- the date that the workbook speaks of ----------------------------------------------------------


def test_workbook_of_another_quarter_is_noted_and_promises_nothing(tmp_path):
    lines = [row(1, child_id=float(n), date=dt.date(2018, 4, 1) + dt.timedelta(days=n)) for n in range(90)]
    found = read(workbook(tmp_path / "a.xlsx", {1: lines}), quarter=Quarter.parse("2019-20-Q2"))
    (problem,) = [p for p in found.problems if p.reason == "window-mismatch"]
    assert "90 of the 90 dates" in problem.why
    assert "30 December 2017 to 29 June 2018" in problem.why
    assert found.end == dt.date(2019, 9, 30)
    assert found.coverage == ()


def test_dates_ahead_are_noted(tmp_path):
    lines = [row(1, child_id=float(n)) for n in range(3)] + [row(1, child_id=9.0, date=dt.date(2018, 10, 1))]
    found = read(workbook(tmp_path / "a.xlsx", {1: lines}))
    assert [(p.row, p.column) for p in found.problems if p.reason == "date-ahead"] == [(5, "Date of Contact")]
    assert len(found.tables["contacts"]) == 4


def test_date_without_a_quarter_is_the_last_that_does_not_stand_alone(tmp_path):
    lines = [row(1, child_id=float(n), date=dt.date(2018, 9, 1) + dt.timedelta(days=n)) for n in range(28)]
    lines.append(row(1, child_id=99.0, date=dt.date(2081, 9, 1)))
    found = read(workbook(tmp_path / "a.xlsx", {1: lines}), quarter=None)
    assert found.end == dt.date(2018, 9, 28)


def test_front_sheet_that_says_a_date_is_believed(tmp_path):
    sheets = {"Cover": [["Annex A - Child level data"], ["As at 30 June 2018"]], "L": cells([row(1)])}
    path = write_xlsx(tmp_path / "a.xlsx", sheets)
    assert read(path, quarter=None).end == dt.date(2018, 6, 30)
    assert "date-stated" in reasons(read(path), NOTED)


def test_workbook_without_rows_and_quarter_is_refused(tmp_path):
    found = read(write_xlsx(tmp_path / "a.xlsx", {"L": [list(ROW[1])]}), quarter=None)
    assert reasons(found, REFUSED) == ["date-unknown"]


# --- columns -------------------------------------------------------------------------------------


@pytest.mark.parametrize("listed", LISTS, ids=lambda listed: f"list {listed.number}")
def test_list_without_an_essential_column_is_refused(tmp_path, listed):
    for heading in (h for h in listed.headings if h.essential):
        line = {text: value for text, value in ROW[listed.number].items() if text != heading.text}
        found = read(workbook(tmp_path / "a.xlsx", {listed.number: [line]}))
        (problem,) = [p for p in found.problems if p.outcome == REFUSED]
        assert f"'{heading.text.strip()}'" in problem.why
        assert listed.name in problem.why
        assert [(c.read, c.kept, c.set_aside) for c in found.counts] == [(1, 0, 1)]
        assert not found.tables


def test_other_columns_missing_extra_or_twice_are_noted(tmp_path):
    line = {text: value for text, value in ROW[8].items() if text != "Placement Type"}
    found = read(workbook(tmp_path / "a.xlsx", {8: [{**line, "Ward": "Hirst", "date of  birth": dt.date(1999, 1, 1)}]}))
    assert {(p.reason, p.column) for p in found.problems} >= {
        ("column-missing", "Placement Type"), ("column-unknown", "Ward"), ("column-repeated", "date of birth")}  # fmt: skip
    assert "placement" not in found.tables["care_status"]
    assert only(found, "children")["date_of_birth"] == day(2010, 5, 4)


def test_list_without_its_source_column_is_still_a_list(tmp_path):
    line = {text: value for text, value in ROW[1].items() if text != "Contact Source"}
    found = read(workbook(tmp_path / "a.xlsx", {1: [line]}))
    assert only(found, "contacts")["source"] is None


# --- broken exports --------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "name"), [(1, "source"), (3, "sex"), (8, "legal_status"), (6, "primary_need")])
def test_null_in_place_of_codes_refuses_the_list(tmp_path, number, name):
    lines = [row(number, child_id=float(n), **{name: "NULL" if n % 2 else ROW[number][_text(number, name)]})
             for n in range(4)]  # fmt: skip
    found = read(workbook(tmp_path / "a.xlsx", {number: lines}))
    (problem,) = [p for p in found.problems if p.outcome == REFUSED]
    assert problem.reason == "null-codes"
    assert "2 of 4 cells hold the word NULL" in problem.why


def _text(number, name):
    return next(h.text for h in LISTS[number - 1].headings if h.reads == name)


def test_a_null_here_and_there_is_blank(tmp_path):
    lines = [row(1, child_id=float(n)) for n in range(5)] + [row(1, child_id=9.0, source="NULL", sex="null")]
    found = read(workbook(tmp_path / "a.xlsx", {1: lines}))
    assert reasons(found, BLANKED) == ["null-text", "null-text"]
    assert found.tables["contacts"]["source"].isna().sum() == 1


def test_unknown_legal_statuses_throughout_refuse_list_8(tmp_path):
    lines = [row(8, child_id=float(n), legal_status="CARE" if n < 3 else "C2") for n in range(5)]
    found = read(workbook(tmp_path / "a.xlsx", {8: lines}))
    (problem,) = [p for p in found.problems if p.outcome == REFUSED]
    assert "3 of 5 legal statuses" in problem.why
    assert (problem.column, problem.value) == ("Child's Legal Status", "CARE")
    half = [row(8, child_id=float(n), legal_status="CARE" if n < 2 else "C2") for n in range(4)]
    assert not reasons(read(workbook(tmp_path / "b.xlsx", {8: half})), REFUSED)


# --- dates as they come -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [dt.date(2018, 7, 2), 43283, "02/07/2018", "2/7/2018 14:05", "02-07-2018", "2018-07-02", "2 July 2018", "43283"],
)
def test_dates_in_every_guise(tmp_path, written):
    found = read(workbook(tmp_path / "a.xlsx", {1: [row(1, date=written)]}))
    assert only(found, "contacts")["date"] == day(2018, 7, 2)


def test_age_is_left_alone(tmp_path):
    found = read(workbook(tmp_path / "a.xlsx", {1: [row(1, age="unborn", date_of_birth=dt.date(2018, 12, 24))]}))
    assert not [p for p in found.problems if p.outcome == BLANKED]
    assert only(found, "children")["date_of_birth"] == day(2018, 12, 24)


def test_header_keys_are_what_the_reader_compares():
    assert header_key(" LA In  Touch\xa0") == header_key("la_in_touch")
