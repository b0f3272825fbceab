"""Local returns: plain CSVs known by their columns, with templates and a page made from the same schema."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.records.delivery import BLANKED, NOTED, REFUSED, SET_ASIDE, Return
from analysis.records.schema import Column, Table
from analysis.reference.calendar import Quarter
from analysis.returns.local import READER, recognise
from analysis.returns.local_layouts import (
    DOCUMENT,
    START_MAY_BE_BLANK,
    code_list,
    documentation,
    layouts,
    meaning,
    write_templates,
)
from analysis.returns.reading import Context
from analysis.returns.sources import Sheet, SourceFile, open_files

QUARTER = Quarter(2018, 2)


def sheet(text: str, name: str = "anything.csv") -> Sheet:
    return Sheet(SourceFile(name, "0" * 64, len(text)), "", list(csv.reader(io.StringIO(text))))


def read(*texts: str, quarter: Quarter | None = QUARTER) -> Return:
    sheets = [sheet(text, f"file{number}.csv") for number, text in enumerate(texts)]
    assert all(READER.claims(each) for each in sheets)
    (found,) = READER.read(sheets, Context(quarter))
    for count in found.counts:
        assert count.read == count.kept + count.set_aside
    return found


REFERRALS = "referral_id,child_id,date,route,locality,accepted,closure_date,closure_outcome\n"
MOVES = "child_id,date,academic_year\n"


def test_a_table_is_read_with_dates_codes_labels_and_answers_however_written():
    found = read(
        REFERRALS
        + "00012,SIM000001,05/07/2018,family_work,North,Yes,,\n"
        + "13,SIM000002,2018-08-01,Locality early help hub,West,n,3 Sep 2018,STEPPED UP\n"
    )
    assert found.problems == ()
    table = found.tables["early_help_referrals"]
    assert table["referral_id"].tolist() == ["00012", "13"]
    assert table["date"].tolist() == [pd.Timestamp(2018, 7, 5), pd.Timestamp(2018, 8, 1)]
    assert table["route"].tolist() == ["family_work", "locality_hub"]
    assert table["accepted"].tolist() == [True, False]
    assert table["closure_date"].isna().tolist() == [True, False]
    assert table["closure_outcome"].fillna("").tolist() == ["", "stepped_up"]
    assert (found.start, found.end) == (dt.date(2018, 7, 1), dt.date(2018, 9, 30))


def test_coverage_is_what_began_or_was_open_in_the_quarter():
    found = read(REFERRALS, MOVES, "child_id,academic_year,measure,achieved\n")
    assert {(c.table, c.basis, c.start, c.end) for c in found.coverage} == {
        ("early_help_referrals", "touching", QUARTER.start, QUARTER.end),
        ("school_moves", "starting", QUARTER.start, QUARTER.end),
    }
    assert set(found.tables) == {"early_help_referrals", "school_moves", "education_results"}
    assert {p.reason for p in found.problems} == {"table-empty"}


@pytest.mark.parametrize("table", layouts(), ids=lambda table: table.name)
def test_each_layout_is_known_by_its_header_in_any_order_and_dress(table):
    for names in (table.names, table.names[::-1], [name.replace("_", " ").upper() + " " for name in table.names]):
        match = recognise(sheet(",".join(names) + "\n"))
        assert match is not None
        assert match.table is table


@pytest.mark.parametrize("table", layouts(), ids=lambda table: table.name)
def test_every_column_has_a_meaning_and_every_code_a_list(table):
    for column in table.columns:
        assert meaning(table, column)
        assert bool(code_list(column)) == (column.kind == "code")


def test_a_title_above_the_header_and_columns_missing_or_added_are_borne_and_reported():
    found = read("Moves this quarter,,\n,,\nchild_id,Date,reason\nA,02/07/2018,house move\n")
    assert found.tables["school_moves"].to_dict("records") == [{"child_id": "A", "date": pd.Timestamp(2018, 7, 2)}]
    told = {(p.outcome, p.reason, p.column, p.row) for p in found.problems}
    assert told == {(NOTED, "column-unknown", "reason", 3), (NOTED, "column-absent", "academic_year", 3)}


@pytest.mark.parametrize(
    "text",
    [
        "CHILD,DOB,MISSING,MIS_START,MIS_END\n1,01/01/2005,M,02/02/2018,\n",
        "Child Unique ID,Gender,Ethnicity,Date of Birth,Date of Contact,Contact Source\n",
        "child_id,something,else,entirely,different\n",
        "table,column,what it means,kind,required,codes allowed\n",
        "",
    ],
)
def test_what_is_no_local_layout_is_left_to_others(text):
    assert not READER.claims(sheet(text))


@pytest.mark.parametrize(
    ("row", "outcome", "reason", "column", "value"),
    [
        (",SIM1,05/07/2018,family_work,North,Yes,,", SET_ASIDE, "value-missing", "referral_id", ""),
        ("1,SIM1,,family_work,North,Yes,,", SET_ASIDE, "value-missing", "date", ""),
        ("1,SIM1,31/02/2018,family_work,North,Yes,,", SET_ASIDE, "date-unreadable", "date", "31/02/2018"),
        ("1,SIM1,05/07/2018,by phone,North,Yes,,", BLANKED, "code-unknown", "route", "by phone"),
        ("1,SIM1,05/07/2018,family_work,North,perhaps,,", BLANKED, "code-unknown", "accepted", "perhaps"),
        ("1,SIM1,05/10/2018,family_work,North,Yes,,", NOTED, "start-after-quarter", "date", "05/10/2018"),
        (
            "1,SIM1,05/07/2018,family_work,North,Yes,04/07/2018,",
            NOTED,
            "end-before-start",
            "closure_date",
            "04/07/2018",
        ),
        ("1,SIM1,05/07/2018,family_work,North, then some,Yes,,other", SET_ASIDE, "row-overflows", "", ""),
        ("9,SIM1,05/07/2018,family_work,North,Yes,,", SET_ASIDE, "row-repeated", "", ""),
    ],
)
def test_what_is_wrong_of_a_row_is_told_with_its_place_and_remedy(row, outcome, reason, column, value):
    found = read(REFERRALS + "9,SIM9,05/07/2018,family_work,North,Yes,,\n" + row + "\n")
    problem = next(p for p in found.problems if p.reason == reason)
    assert (problem.outcome, problem.row, problem.column, problem.value) == (outcome, 3, column, value)
    assert problem.remedy
    assert len(found.tables["early_help_referrals"]) == (1 if outcome == SET_ASIDE else 2)


def test_two_files_of_one_table_make_one_table_without_repeats():
    found = read(MOVES + "A,02/07/2018,2017-18\n", MOVES + "A,02/07/2018,2017-18\nB,03/07/2018,2017-18\n")
    assert found.tables["school_moves"]["child_id"].tolist() == ["A", "B"]
    assert [(p.reason, p.file, p.row) for p in found.problems] == [("row-repeated", "file1.csv", 2)]
    assert [(c.read, c.kept) for c in found.counts] == [(1, 1), (2, 1)]


def test_a_column_given_twice_is_refused():
    found = read("child_id,date,date,academic_year\nA,02/07/2018,03/07/2018,2017-18\n")
    assert [(p.outcome, p.reason, p.column) for p in found.problems] == [(REFUSED, "column-repeated", "date")]
    assert found.tables == {}


def test_the_quarter_is_supposed_from_the_dates_where_the_delivery_names_none():
    found = read(MOVES + "A,02/07/2018,2017-18\nB,03/08/2018,2017-18\nC,03/04/2018,2017-18\n", quarter=None)
    assert found.end == dt.date(2018, 9, 30)
    (problem,) = found.problems
    assert (problem.outcome, problem.reason) == (NOTED, "quarter-supposed")
    assert "2 of 3 dates lie in 2018-19-Q2" in problem.why


def test_without_quarter_or_dates_the_return_is_refused():
    found = read("child_id,academic_year,measure,achieved\nA,2017-18,phonics,Yes\n", quarter=None)
    assert [(p.outcome, p.reason) for p in found.problems] == [(REFUSED, "quarter-unknown")]
    assert found.tables == {}


def test_a_month_of_interventions_is_held_as_its_first_day():
    found = read("home_urn,month,incidents\nSC1,31/07/2018,4\nSC2,01/07/2018,2\n")
    assert found.tables["physical_interventions"]["month"].tolist() == [pd.Timestamp(2018, 7, 1)] * 2
    assert [(p.reason, p.row) for p in found.problems] == [("month-not-first-day", 2)]


def test_proceedings_that_never_reached_an_application_are_kept():
    head = "case_id,child_id,pre_proceedings_date,application_date,application,conclusion_date,outcome\n"
    found = read(head + "C1,SIM1,02/07/2018,,,,\nC2,SIM2,,,,,\n")
    assert len(found.tables["care_proceedings"]) == 2
    assert [(p.reason, p.row) for p in found.problems] == [("start-missing", 3)]


def test_templates_are_recognised_and_say_what_each_column_is(tmp_path):
    written = write_templates(tmp_path / "new" / "folder")
    assert [path.name for path in written] == [*(f"{table.name}.csv" for table in layouts()), "layouts.csv"]
    opened = open_files(written[:-1])
    assert opened.problems == ()
    assert [recognise(each).table for each in opened.sheets] == list(layouts())
    assert all(len(each.rows) == 1 for each in opened.sheets)
    with open(written[-1], encoding="utf-8", newline="") as lines:
        described = list(csv.DictReader(lines))
    assert [(row["table"], row["column"]) for row in described] == [(t.name, c) for t in layouts() for c in t.names]
    assert all(row["what it means"] and row["kind"] for row in described)
    route = next(row for row in described if row["column"] == "route")
    assert "step_down (Stepped down from social work)" in route["codes allowed"]


def test_the_page_on_local_returns_is_the_one_that_the_schema_makes():
    remedy = "run python -m analysis.returns.local_layouts"
    assert DOCUMENT.read_text(encoding="utf-8") == documentation(), remedy


# --- whatever comes -----------------------------------------------------------------------------------------------

_days = st.dates(dt.date(1990, 1, 1), dt.date(2018, 9, 30))
_words = st.lists(st.from_regex(r"[A-Za-z][A-Za-z0-9',\"=+-]{0,5}", fullmatch=True), min_size=1, max_size=2).map(
    " ".join
)


def _value(table: Table, column: Column) -> st.SearchStrategy:
    if column.name == "month":
        return _days.map(lambda day: day.replace(day=1))
    if column.name == "academic_year":
        return st.integers(2001, 2018).map(lambda year: f"{year}-{(year + 1) % 100:02d}")
    kinds = {
        "text": _words,
        "date": _days,
        "code": st.sampled_from(list(code_list(column)) or [""]),
        "flag": st.booleans(),
        "integer": st.integers(0, 999),
        "number": st.integers(0, 4000).map(lambda quarters: quarters / 4),
    }
    found = kinds[column.kind]
    needed = column.name in table.key or (column.name == table.start and table.name not in START_MAY_BE_BLANK)
    return found if needed else st.none() | found


def _rows(table: Table) -> st.SearchStrategy:
    row = st.fixed_dictionaries({column.name: _value(table, column) for column in table.columns})
    return st.lists(row, max_size=5, unique_by=lambda one: tuple(one[name] for name in table.key))


def _written(value: object, iso: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dt.date):
        return value.isoformat() if iso else f"{value:%d/%m/%Y}"
    return str(value)


_filled = st.sampled_from(layouts()).flatmap(lambda table: st.tuples(st.just(table), _rows(table)))


@settings(max_examples=40, deadline=None)
@given(_filled, st.booleans())
def test_what_is_written_is_what_is_read(filled, iso):
    table, rows = filled
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(table.names)
    lines.writerows([_written(row[name], iso) for name in table.names] for row in rows)
    found = read(text.getvalue())
    expected = table.conform(pd.DataFrame(rows, columns=list(table.names)).astype(object))
    pd.testing.assert_frame_equal(found.tables[table.name], expected)
    assert all(count.set_aside == 0 for count in found.counts)


_cells = st.sampled_from(
    ["", "Yes", "1", "-1", "1e999", "NaN", "05/07/2018", "99/99/9999", "family_work", "#REF!", " "]
) | st.text(max_size=6)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(layouts()),
    st.lists(st.lists(_cells | st.integers() | st.floats() | st.booleans() | st.datetimes(), max_size=12), max_size=6),
    st.booleans(),
)
def test_junk_never_raises_and_every_row_is_accounted_for(table, rows, known):
    piece = Sheet(SourceFile("junk.xlsx", "0" * 64, 1), "Sheet1", [list(table.names), *rows])
    assert READER.claims(piece)
    (found,) = READER.read([piece], Context(QUARTER if known else None))
    (count,) = found.counts
    assert count.read == len(piece.frame(0)) == count.kept + count.set_aside
    assert sum(p.outcome == SET_ASIDE for p in found.problems) == count.set_aside
    if found.tables:
        assert len(found.tables[table.name]) == count.kept
