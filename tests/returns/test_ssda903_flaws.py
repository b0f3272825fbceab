"""The SSDA903's flaws: what is refused, what is set aside, what is blanked or noted, and that every row is accounted for."""

from __future__ import annotations

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from analysis.records.delivery import BLANKED, NOTED, REFUSED, SET_ASIDE
from analysis.records.tables import TABLES
from analysis.reference.calendar import Quarter
from analysis.returns.reading import Context
from analysis.returns.sources import files_of, open_files
from analysis.returns.ssda903 import READER
from analysis.returns.ssda903.layout import layouts

EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB"
# An ordinary episode of an ordinary child, for files that need more rows than the one under test.
SOUND = "1,01/05/2017,S,C2,N1,U4,PR1,01/02/2018,E4A,,,,"


def read(folder, files, quarter=None):
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    opened = open_files(files_of([folder]))
    pieces = [p for p in (*opened.sheets, *opened.documents) if READER.claims(p)]
    returns = READER.read(pieces, Context(Quarter.parse(quarter) if quarter else None))
    for one in returns:
        assert all(count.read == count.kept + count.set_aside for count in one.counts)
    return returns


def episodes(folder, *rows, quarter=None, header=EPISODES):
    (one,) = read(folder, {"episodes.csv": "\n".join([header, *rows, ""])}, quarter)
    return one


def found(one, outcome):
    return {(p.reason, p.row, p.column) for p in one.problems if p.outcome == outcome}


def reasons(one):
    return {p.reason for p in one.problems}


# --- refused ---------------------------------------------------------------------------------------


def refusal(one):
    refused = [p for p in one.problems if p.outcome == REFUSED]
    assert len(refused) == 1
    assert sum(count.kept for count in one.counts if count.file == refused[0].file) == 0
    return refused[0]


@pytest.mark.parametrize("column", ["CHILD", "DECOM", "RNE", "LS", "PLACE", "DEC", "REC"])
def test_episodes_without_an_essential_column_are_refused(tmp_path, column):
    header = [name for name in EPISODES.split(",") if name != column]
    problem = refusal(episodes(tmp_path, ",".join("1" for _ in header), header=",".join(header), quarter="2017-18-Q4"))
    assert problem.why == f"the Episodes table has no column {column}, which it can't do without"
    assert (problem.file, problem.column, problem.remedy) == ("episodes.csv", column, f"add {column} to the export")


def test_a_missing_optional_column_is_noted_and_not_carried(tmp_path):
    header = EPISODES.replace(",URN", "")
    one = episodes(tmp_path, SOUND.removesuffix(","), header=header)
    assert found(one, NOTED) == {("column-missing", None, "")}
    assert "columns absent, so not known from this file: URN" in {p.why for p in one.problems}
    assert "urn" not in one.tables["care_episodes"].columns


def test_null_written_where_codes_belong_is_refused_at_half(tmp_path):
    null = "2,01/05/2017,S,NULL,N1,U4,PR1,,,,,,"
    problem = refusal(episodes(tmp_path, SOUND, null))
    assert problem.reason == "null-codes"
    assert problem.why == "1 of 2 cells hold the word NULL where a code belongs"
    assert (problem.row, problem.column, problem.value) == (3, "LS", "NULL")


def test_null_below_half_is_read_as_blank_and_said(tmp_path):
    null = "2,01/05/2017,S,null,N1,U4,PR1,,NULL,,,,"
    one = episodes(tmp_path, SOUND, SOUND.replace("1,", "3,", 1), null)
    assert found(one, REFUSED) == set()
    assert {("null-written", 4, "LS"), ("null-written", 4, "REC")} <= found(one, BLANKED)
    assert one.tables["care_episodes"].set_index("child_id")["legal_status"].isna().sum() == 1


def test_unknown_legal_statuses_throughout_are_refused(tmp_path):
    rows = [f"{n},01/05/2017,S,Q{n},N1,U4,PR1,,,,,," for n in range(3)]
    problem = refusal(episodes(tmp_path, *rows))
    assert problem.why == "3 of 3 legal statuses are no code of any year"
    assert (problem.row, problem.column, problem.value) == (2, "LS", "Q0")


def test_malformed_xml_is_refused_with_its_place(tmp_path):
    (one,) = read(tmp_path, {"a.xml": "<EXPSSDA903>\n<CHILD>\n<HEADER></CHILD>"}, "2017-18-Q4")
    problem = next(p for p in one.problems if p.outcome == REFUSED)
    assert problem.reason == "xml-malformed"
    assert "line 3" in problem.why


def test_a_wrong_root_element_is_refused(tmp_path):
    text = "<Return><CHILD><EPISODE><DECOM>01/04/2017</DECOM><LS>C2</LS></EPISODE></CHILD></Return>"
    returns = read(tmp_path, {"a.xml": text})
    problem = next(p for r in returns for p in r.problems if p.outcome == REFUSED)
    assert problem.why == "the root element is Return, where SSDA903 has EXPSSDA903"


def test_a_document_type_is_refused(tmp_path):
    text = '<!DOCTYPE x [<!ENTITY a "b">]><EXPSSDA903><CHILD><EPISODE><DECOM>&a;</DECOM></EPISODE></CHILD></EXPSSDA903>'
    (one,) = read(tmp_path, {"a.xml": text}, "2017-18-Q4")
    assert "xml-malformed" in {p.reason for p in one.problems if p.outcome == REFUSED}


def test_a_later_year_than_the_quarter_is_refused(tmp_path):
    problem = refusal(episodes(tmp_path, SOUND, quarter="2016-17-Q4"))
    assert problem.why == "its content is of 2017-18, later than 2016-17-Q4, which the delivery is for"


def test_a_whole_year_delivered_for_its_second_quarter_is_refused(tmp_path):
    rows = [f"{n},01/{month:02d}/2017,S,C2,N1,U4,PR1,,,,,," for n, month in enumerate(range(4, 13))]
    problem = refusal(episodes(tmp_path, *rows, quarter="2017-18-Q2"))
    assert problem.why == "3 of the 9 episodes that start in 2017-18 start after 30 September 2017"


def test_a_delivery_that_says_no_year_is_refused(tmp_path):
    (one,) = read(tmp_path, {"header.csv": f"{HEADER}\n1,1,01/01/2005,WBRI,,,\n"})
    assert refusal(one).reason == "year-unknown"


# --- the return's own dates ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quarter", "end", "title"),
    [
        (None, (2018, 3, 31), "SSDA903 for 2017-18"),
        ("2017-18-Q3", (2017, 12, 31), "SSDA903 for 2017-18, to 31 December 2017"),
        ("2017-18-Q4", (2018, 3, 31), "SSDA903 for 2017-18"),
        ("2018-19-Q2", (2018, 3, 31), "SSDA903 for 2017-18"),
    ],
)
def test_the_end_is_the_quarters_in_the_quarters_own_year(tmp_path, quarter, end, title):
    one = episodes(tmp_path, "1,01/05/2017,S,C2,N1,U4,PR1,01/08/2017,E4A,,,,", quarter=quarter)
    assert (one.end.year, one.end.month, one.end.day) == end
    assert one.title == title
    assert one.coverage[0].end == one.end


def test_the_first_day_of_a_year_is_of_that_year_and_the_last_of_the_one_before(tmp_path):
    assert episodes(tmp_path, "1,01/04/2018,S,C2,N1,U4,PR1,02/04/2018,E4A,,,,").end.year == 2019
    assert episodes(tmp_path, "1,30/03/2018,S,C2,N1,U4,PR1,31/03/2018,E4A,,,,").end.year == 2018


# --- set aside -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "reason", "column"),
    [
        (",01/05/2017,S,C2,N1,U4,PR1,,,,,,", "value-missing", "CHILD"),
        ("2,,S,C2,N1,U4,PR1,,,,,,", "value-missing", "DECOM"),
        ("2,31/02/2017,S,C2,N1,U4,PR1,,,,,,", "date-unreadable", "DECOM"),
        ("2,01/05/2017,S,C2,N1,U4,PR1,30/04/2017,E4A,,,,", "ends-before-start", "DEC"),
        ("1,01/05/2017,S,C2,N1,K2,PR1,,,,,,", "row-repeated", ""),
        ("2,01/05/2017,S,C2,N1,U4,PR1,,,,A road, a town,NE1,1", "row-too-long", ""),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_and_named(tmp_path, row, reason, column):
    one = episodes(tmp_path, SOUND, row)
    assert found(one, SET_ASIDE) == {(reason, 3, column)}
    (count,) = one.counts
    assert (count.read, count.kept, count.set_aside) == (2, 1, 1)
    assert len(one.tables["care_episodes"]) == 1


def test_every_row_set_aside_is_listed_however_many(tmp_path):
    rows = [f"{n},,S,C2,N1,U4,PR1,,,,,," for n in range(60)]
    one = episodes(tmp_path, SOUND, *rows)
    assert len(found(one, SET_ASIDE)) == 60


def test_a_row_that_another_file_of_the_year_has_is_set_aside(tmp_path):
    text = f"{EPISODES}\n{SOUND}\n"
    (one,) = read(tmp_path, {"a.csv": text, "b.csv": text + SOUND.replace("1,", "2,", 1) + "\n"})
    assert [(p.file, p.row, p.outcome) for p in one.problems if p.reason == "row-repeated"] == [("b.csv", 2, SET_ASIDE)]
    assert list(one.tables["care_episodes"]["child_id"]) == ["1", "2"]


@pytest.mark.parametrize(
    ("name", "header", "row", "reason"),
    [
        ("missing", "CHILD,DOB,MISSING,MIS_START,MIS_END", "1,,M,05/05/2017,04/05/2017", "ends-before-start"),
        ("missing", "CHILD,DOB,MISSING,MIS_START,MIS_END", "1,,,05/05/2017,", "value-missing"),
        ("placed", "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED", "1,,05/05/2017,01/05/2017,RD1",
         "ends-before-start"),
        ("reviews", "CHILD,DOB,REVIEW,REVIEW_CODE", "1,,,PN1", "value-missing"),
        ("oc3", "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM", "1,,YES,F1,B1\n1,,NO,0,0", "row-repeated"),
    ],
)  # fmt: skip
def test_other_tables_set_aside_what_cannot_be_used(tmp_path, name, header, row, reason):
    (one,) = read(tmp_path, {"e.csv": f"{EPISODES}\n{SOUND}\n", f"{name}.csv": f"{header}\n{row}\n"})
    assert {p.reason for p in one.problems if p.outcome == SET_ASIDE} == {reason}


# --- noted and blanked -----------------------------------------------------------------------------


def test_a_reason_on_an_open_episode_is_blanked_and_the_episode_kept(tmp_path):
    one = episodes(tmp_path, SOUND, "2,01/05/2017,S,C2,N1,U4,PR1,,X1,CREQB,,,")
    assert found(one, BLANKED) == {("ending-of-open-row", 3, "REC"), ("ending-of-open-row", 3, "REASON_PLACE_CHANGE")}
    row = one.tables["care_episodes"].iloc[1]
    assert row[["end_date", "reason_ended", "reason_change"]].isna().all()
    assert "(rule 148)" in next(p.why for p in one.problems if p.column == "REC")


def test_a_fault_of_the_whole_file_is_said_once(tmp_path):
    rows = [f"{n},01/05/2017,S,C2,N1,U4,PR1,,X1,,,," for n in range(300)]
    one = episodes(tmp_path, *rows)
    (problem,) = one.problems
    assert problem.why.endswith("the row counts as open (300 rows, this one first)")
    assert problem.row == 2


@pytest.mark.parametrize(
    ("rows", "reason", "rule", "row"),
    [
        (["2,01/05/2017,S,C2,N1,U4,PR1,01/07/2017,X1,,,,", "2,01/06/2017,P,C2,N1,K2,PR1,,,,,,"], "overlap", 501, 3),
        (["2,01/05/2017,S,C2,N1,U4,PR1,,,,,,", "2,01/06/2017,P,C2,N1,K2,PR1,,,,,,"], "open-before-next", 142, 3),
        (["2,01/05/2017,S,C2,N1,U4,PR1,01/06/2017,X1,,,,", "2,05/06/2017,P,C2,N1,K2,PR1,,,,,,"], "no-continuation", 388,
         3),
        (["2,01/05/2017,S,C2,N1,U4,PR1,01/06/2017,X1,,,,"], "no-continuation", 388, 3),
        (["2,01/05/2017,S,C2,N1,U4,PR1,01/06/2017,E4A,,,,", "2,05/06/2017,P,C2,N1,K2,PR1,,,,,,"],
         "continues-after-end", 432, 4),
        (["2,01/05/2017,S,C2,N1,U4,PR1,01/06/2017,X1,,,,", "2,01/06/2017,S,C2,N1,K2,PR1,,,,,,"], "restart-same-day",
         431, 4),
        (["2,01/05/2017,S,C2,N1,T4,,,,,,,"], "starts-temporary", 380, 3),
        (["2,01/05/2017,L,C2,N1,T1,,02/06/2017,E4A,,,,"], "ends-temporary", 381, 3),
        (["2,01/05/2017,S,C2,N1,U4,PR1,01/04/2018,X1,,,,"], "ends-after-year", 385, 3),
        (["2,01/05/2018,S,C2,N1,U4,PR1,,,,,,"], "starts-after-return", 354, 3),
        (["2,01/05/2016,S,C2,N1,U4,PR1,31/03/2017,E4A,,,,"], "outside-year", None, 3),
        (["2,01/05/2017,S,C2,N1,U4,PR1,01/05/2017,E4A,,,,"], "shorter-than-a-day", 355, 3),
        (["2,01/05/1991,S,C2,N1,U4,PR1,,,,,,"], "start-too-early", 353, 3),
        (["2,01/05/2017,S,D1,N1,U4,PR1,,,,,,"], "freeing-order-late", 445, 3),
        (["2,01/05/2017,S,C2,N1,U4,PR1,01/06/2017,,,,,"], "end-without-reason", 148, 3),
    ],
)  # fmt: skip
def test_rows_that_break_a_rule_are_kept_and_noted(tmp_path, rows, reason, rule, row):
    more = [SOUND.replace("1,", f"{n},", 1) for n in (11, 12, 13)]
    one = episodes(tmp_path, SOUND, *rows, *more)
    assert found(one, SET_ASIDE) == set()
    assert len(one.tables["care_episodes"]) == len(rows) + 4
    problem = next(p for p in one.problems if p.reason == reason)
    assert (problem.outcome, problem.row) == (NOTED, row)
    assert rule is None or f"(rule {rule})" in problem.why


def test_sound_episodes_have_no_problem(tmp_path):
    rows = ["2,01/05/2017,S,C2,N1,U4,PR1,01/06/2017,X1,CARPL,,,", "2,01/06/2017,P,C2,N1,K2,PR1,,,,,,",
            "3,01/05/2016,S,E1,N1,A6,PR1,31/03/2018,E11,,,,"]  # fmt: skip
    assert episodes(tmp_path, SOUND, *rows).problems == ()


def test_children_are_compared_with_the_header_in_counts(tmp_path):
    header = f"{HEADER}\n1,1,01/01/2005,WBRI,,,\n8,2,01/01/2005,WBRI,,,\n"
    reviews = "CHILD,DOB,REVIEW,REVIEW_CODE\n1,02/01/2005,05/05/2017,PN1\n9,02/01/2005,05/05/2017,PN1\n"
    (one,) = read(tmp_path, {"h.csv": header, "r.csv": reviews, "e.csv": f"{EPISODES}\n{SOUND}\n"})
    assert {p.reason: p.why for p in one.problems} == {
        "no-episodes": "children who are in the header and have no episode in this return (rule EPI): 1",
        "not-in-header": "rows of children who are not in the header (rule INT08): 1",
        "birth-differs": "rows with another date of birth than the header, whose date is used (rule INT17): 1",
    }


def test_columns_that_are_no_part_of_a_table_are_said(tmp_path):
    one = episodes(tmp_path, SOUND + ",x,y", header=EPISODES + ",Team,DECOM")
    assert {(p.reason, p.column) for p in one.problems} == {("column-unknown", ""), ("column-repeated", "DECOM")}
    assert one.tables["care_episodes"]["start_date"][0] == pd.Timestamp(2017, 5, 1)


# --- codes by year ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "code", "valid", "told"),
    [
        ("REC", "E43", range(2016, 2019), "valid until 2017-18"),
        ("REC", "E44", range(2016, 2019), "valid until 2017-18"),
        ("REC", "E45", range(2019, 2027), "valid from 2018-19"),
        ("REC", "E48", range(2019, 2027), "valid from 2018-19"),
        ("REASON_PLACE_CHANGE", "CUSTOD", range(2019, 2027), "valid from 2018-19"),
        ("PLACE", "H5", range(2016, 2025), "valid until 2023-24"),
        ("PLACE", "P2", range(2016, 2025), "valid until 2023-24"),
        ("PLACE", "K3", range(2025, 2027), "valid from 2024-25"),
        ("PLACE", "Z11", range(2026, 2027), "valid from 2025-26"),
    ],
)
def test_a_code_of_another_year_is_kept_and_noted(tmp_path, column, code, valid, told):
    names = EPISODES.split(",")
    for year in {min(valid) - 1, min(valid), max(valid), max(valid) + 1} & set(range(2016, 2027)):
        cells = dict(zip(names, f"1,01/05/{year - 1},S,C2,N1,U4,PR1,01/02/{year},E4A,,,,".split(","), strict=True))
        one = episodes(tmp_path, ",".join((cells | {column: code}).values()))
        canonical = {"REC": "reason_ended", "REASON_PLACE_CHANGE": "reason_change", "PLACE": "placement"}[column]
        assert one.tables["care_episodes"][canonical][0] == code
        notes = [p for p in one.problems if p.reason == "code-of-another-year"]
        assert [told in p.why for p in notes] == ([] if year in valid else [True]), year


@pytest.mark.parametrize(
    ("year", "sex", "canonical", "noted"),
    [(2024, "1", "M", False), (2025, "M", "M", False), (2025, "2", "F", True), (2024, "F", "F", True),
     (2025, "U", "U", False)],
)  # fmt: skip
def test_sex_is_a_number_until_2023_24_and_a_letter_after(tmp_path, year, sex, canonical, noted):
    files = {
        "h.csv": f"{HEADER}\n1,{sex},01/01/2015,WBRI,UN1,1.0,\n",
        "e.csv": f"{EPISODES}\n1,01/05/{year - 1},S,C2,N1,U4,PR1,01/02/{year},E4A,,,,\n",
    }
    (one,) = read(tmp_path, files)
    child = one.tables["children"].iloc[0]
    assert (child["sex"], child["mother"], pd.isna(child["upn"])) == (canonical, True, True)
    assert ("code-of-another-year" in reasons(one)) is noted


def test_activity_codes_change_in_2021_22(tmp_path):
    for year, code, noted in ((2021, "F3", False), (2021, "F4", True), (2022, "F4", False), (2022, "P3", True)):
        files = {
            "o.csv": f"CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\n1,,YES,{code},U1\n",
            "e.csv": f"{EPISODES}\n1,01/05/{year - 1},S,C2,N1,U4,PR1,01/02/{year},E4A,,,,\n",
        }
        (one,) = read(tmp_path, files)
        assert one.tables["care_leaver_outcomes"]["activity"][0] == code
        assert ("code-of-another-year" in reasons(one)) is noted


def test_a_code_that_was_never_valid_is_blanked_and_what_is_valid_is_said(tmp_path):
    one = episodes(tmp_path, SOUND, "2,01/05/2017,S,C2,N9,U4,PR1,,,,,,")
    (problem,) = one.problems
    assert (problem.outcome, problem.row, problem.column, problem.value) == (BLANKED, 3, "CIN", "N9")
    assert problem.remedy == "use one of: N1, N2, N3, N4, N5, N6, N7, N8"
    assert one.tables["care_episodes"]["need"].isna().sum() == 1


def test_a_table_before_its_time_is_noted(tmp_path):
    workers = "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON\n1,,SW1,01/05/2017,,MANAGE\n"
    (one,) = read(tmp_path, {"e.csv": f"{EPISODES}\n{SOUND}\n", "w.csv": workers})
    assert {"table-of-another-year", "code-of-another-year"} <= reasons(one)
    assert len(one.tables["worker_episodes"]) == 1


# --- whatever comes --------------------------------------------------------------------------------

_CELLS = st.one_of(
    st.sampled_from(["", "1", "2", "1.0", "NULL", "01/05/2017", "2017-06-01", "31/03/2018", "99/99/9999", "C2", "V3",
                     "U4", "T1", "X1", "E4A", "S", "P", "PR1", "N1", "PN1", "YES", "M", "#N/A", "zz/zz/2012", "45"]),
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters=',"'), max_size=12),
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_junk_is_accounted_for_and_never_an_exception(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("junk")
    files, written = {}, 0
    for number, layout in enumerate(data.draw(st.lists(st.sampled_from(layouts()), min_size=1, max_size=4))):
        names = data.draw(st.permutations(layout.names))
        rows = data.draw(
            st.lists(st.lists(_CELLS, min_size=len(names), max_size=len(names) + 1).filter(
                lambda row: any(cell.strip() for cell in row)), max_size=6)
        )  # fmt: skip
        files[f"{number}.csv"] = "\n".join(map(",".join, [names, *rows])) + "\n"
        written += len(rows)
    quarter = data.draw(st.sampled_from([None, "2017-18-Q4", "2017-18-Q1"]))
    returns = read(folder, files, quarter)
    assert sum(count.read for one in returns for count in one.counts) == written
    for one in returns:
        kept = {}
        for count in one.counts:
            kept[count.contents] = kept.get(count.contents, 0) + count.kept
        for layout in layouts():
            rows = kept.get(f"SSDA903: {layout.title}", 0)
            if layout.table != "children" and rows:
                assert len(one.tables[layout.table]) == rows
        for name, frame in one.tables.items():
            pd.testing.assert_frame_equal(TABLES[name].conform(frame, partial=True), frame)
        aside = [p for p in one.problems if p.outcome == SET_ASIDE]
        assert len({(p.file, p.row) for p in aside}) == sum(
            c.set_aside for c in one.counts if not any(p.outcome == REFUSED and p.file == c.file for p in one.problems)
        ) + len({(p.file, p.row) for p in aside if any(
            q.outcome == REFUSED and q.file == p.file for q in one.problems)})  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(
    st.recursive(
        st.text("abAB019/<&", max_size=6).map(lambda t: t.replace("<", "").replace("&", "")),
        lambda inner: st.lists(
            st.tuples(
                st.sampled_from(
                    [
                        "CHILD",
                        "HEADER",
                        "EPISODE",
                        "AREVIEW",
                        "CHILDID",
                        "DOB",
                        "SEX",
                        "DECOM",
                        "DEC",
                        "LS",
                        "UASC",
                        "DUC",
                        "OC2",
                        "REVIEW",
                        "IN_TOUCH",
                        "Other",
                    ]
                ),
                inner,
            ),
            max_size=4,
        ).map(lambda parts: "".join(f"<{n}>{t}</{n}>" for n, t in parts)),
        max_leaves=20,
    )
)
def test_any_xml_under_the_root_is_accounted_for(tmp_path_factory, inside):
    folder = tmp_path_factory.mktemp("xml")
    returns = read(folder, {"a.xml": f"<EXPSSDA903>{inside}</EXPSSDA903>"}, "2017-18-Q4")
    assert returns
