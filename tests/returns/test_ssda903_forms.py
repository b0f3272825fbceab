"""The SSDA903 in its three forms: CSV files, a workbook and XML give the same canonical tables."""

from __future__ import annotations

import csv
import datetime as dt
import io
from xml.sax.saxutils import escape

import hypothesis.strategies as st
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings

from analysis.records.delivery import REFUSED
from analysis.reference.codes import codes
from analysis.returns.reading import Context
from analysis.returns.sources import files_of, open_files
from analysis.returns.ssda903 import READER
from analysis.returns.ssda903.layout import layouts

COLUMNS = {one.name: [n for n in one.names if (one.name, n) != ("Header", "UASC")] for one in layouts()}
DATES = {f.name for one in layouts() for f in one.fields if f.kind == "date"}
SHEET_NAMES = {"PrevPerm": "previous_permenance", "PlacedAdoption": "placed_for_adoption"}
FLAT = ("UASC", "OC3", "AD1")
GROUPS = {"Reviews": "AREVIEW", "Missing": "AMISSING", "PrevPerm": "PERMANENCE", "OC2": "OC2",
          "PlacedAdoption": "AD_PLACED", "SWEpisodes": "SWEPISODE", "DoLo": "DOLO"}  # fmt: skip


def read(folder, quarter=None):
    opened = open_files(files_of([folder]))
    pieces = [p for p in (*opened.sheets, *opened.documents) if READER.claims(p)]
    returns = READER.read(pieces, Context(quarter))
    for one in returns:
        assert all(count.read == count.kept + count.set_aside for count in one.counts)
    return returns


def only(folder, quarter=None):
    (one,) = read(folder, quarter)
    assert [p for p in one.problems if p.outcome == REFUSED] == []
    return one


# --- writing a return, given as table -> rows (dicts of text; a date is a date) --------------------


def written(value):
    return value.strftime("%d/%m/%Y") if isinstance(value, dt.date) else value


def write_csv(tables, folder, order=lambda names: names):
    folder.mkdir()
    for number, (name, rows) in enumerate(tables.items()):
        names = order(list(COLUMNS[name]))
        text = io.StringIO()
        lines = csv.writer(text)
        lines.writerow(names)
        lines.writerows([written(row.get(n, "")) for n in names] for row in rows)
        (folder / f"export {number}.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
    return folder


def write_workbook(tables, folder):
    folder.mkdir()
    with xlsxwriter.Workbook(folder / "return.xlsx") as book:
        style = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in tables.items():
            sheet = book.add_worksheet(SHEET_NAMES.get(name, name.lower()))
            for column, head in enumerate(COLUMNS[name]):
                sheet.write_string(0, column, head)
                for line, row in enumerate(rows, start=1):
                    value = row.get(head, "")
                    if isinstance(value, dt.date):
                        sheet.write_datetime(line, column, dt.datetime.combine(value, dt.time()), style)
                    elif value.isdigit() and str(int(value)) == value:
                        sheet.write_number(line, column, int(value))
                    elif value:
                        sheet.write_string(line, column, value)
    return folder


def _leaves(row, names):
    spelt = {"CHILD": "CHILDID", "PLACE": "PL"}
    return "".join(f"<{spelt.get(n, n)}>{escape(written(row[n]))}</{spelt.get(n, n)}>" for n in names if row.get(n))


def write_xml(tables, folder, between=""):
    folder.mkdir()
    text = ["<?xml version='1.0' encoding='utf-8'?><EXPSSDA903>"]
    for header in tables["Header"]:
        child = header["CHILD"]
        flat = dict(header)
        for name in FLAT:
            for row in tables[name]:
                if row["CHILD"] == child:
                    flat |= row | ({"UASC": "1"} if name == "UASC" else {})
        names = [*COLUMNS["Header"], "UASC", "DUC", *COLUMNS["OC3"][2:], *COLUMNS["AD1"][2:]]
        text.append(f"<CHILD><HEADER>{_leaves(flat, names)}")
        for name, element in GROUPS.items():
            for row in tables.get(name, ()):
                if row["CHILD"] == child:
                    inner = [n for n in COLUMNS[name] if n not in ("CHILD", "DOB")]
                    text.append(f"<{element}>{_leaves(row, inner)}</{element}>")
        text.append("</HEADER>")
        for row in tables["Episodes"]:
            if row["CHILD"] == child:
                text.append(f"<EPISODE>{_leaves(row, COLUMNS['Episodes'][1:])}</EPISODE>")
        text.append("</CHILD>")
    (folder / "return.xml").write_text(between.join([*text, "</EXPSSDA903>"]), encoding="utf-8")
    return folder


# --- small returns, drawn --------------------------------------------------------------------------


@st.composite
def small_returns(draw):
    """A return without a flaw: every table, valid codes of its year, each key once."""
    year = draw(st.sampled_from([2017, 2018, 2019, 2022, 2024, 2025, 2027]))
    first, last = dt.date(year - 1, 4, 1), dt.date(year, 3, 31)
    within = st.dates(first, last)

    def code(name):
        return st.sampled_from(sorted(codes("ssda903", name, year)))

    def perhaps(strategy):
        return st.one_of(st.just(""), strategy)

    bit = st.sampled_from(["0", "1"])
    children = draw(st.lists(st.integers(1, 99_999), min_size=1, max_size=4, unique=True))
    births = {str(c): draw(st.dates(dt.date(2001, 1, 1), dt.date(2014, 1, 1))) for c in children}
    tables = {name: [] for name in COLUMNS}
    for child, born in births.items():
        who = {"CHILD": child, "DOB": born}
        tables["Header"].append(who | {
            "SEX": draw(code("SEX")), "ETHNIC": draw(code("ETHNIC")), "UPN": draw(perhaps(st.just("A123456789012"))),
            "MOTHER": draw(perhaps(bit)), "MC_DOB": draw(perhaps(within)),
        })  # fmt: skip
        starts = draw(st.lists(within, min_size=1, max_size=3, unique=True).map(sorted))
        for begun, following in zip(starts, [*starts[1:], None], strict=True):
            tables["Episodes"].append({
                "CHILD": child, "DECOM": begun, "RNE": draw(code("RNE")), "LS": draw(code("LS")),
                "CIN": draw(code("CIN")), "PLACE": draw(code("PLACE")),
                "PLACE_PROVIDER": draw(perhaps(code("PLACE_PROVIDER"))), "DEC": following or "",
                "REC": draw(code("REC")) if following else "",
                "REASON_PLACE_CHANGE": draw(perhaps(code("REASON_PLACE_CHANGE"))) if following else "",
                "HOME_POST": draw(perhaps(st.just("NE61 2EF"))), "PL_POST": "", "URN": draw(perhaps(st.just("SC0123"))),
            })  # fmt: skip
        for day in draw(st.lists(within, max_size=2, unique=True)):
            tables["Reviews"].append(who | {"REVIEW": day, "REVIEW_CODE": draw(code("REVIEW_CODE"))})
        for day in draw(st.lists(within, max_size=2, unique=True)):
            end = draw(perhaps(st.dates(day, last)))
            tables["Missing"].append(who | {"MISSING": draw(code("MISSING")), "MIS_START": day, "MIS_END": end})
        if draw(st.booleans()):
            sex = tables["Header"][-1]["SEX"]
            tables["UASC"].append(who | {"SEX": sex, "DUC": draw(perhaps(within))})
        if draw(st.booleans()):
            flags = {n: draw(perhaps(bit)) for n in COLUMNS["OC2"][4:]}
            score = {"SDQ_SCORE": str(draw(st.integers(0, 40))), "SDQ_REASON": draw(perhaps(code("SDQ_REASON")))}
            tables["OC2"].append(who | flags | score)
        if draw(st.booleans()):
            tables["OC3"].append(who | {n: draw(code(n)) for n in ("IN_TOUCH", "ACTIV", "ACCOM")})
        if draw(st.booleans()):
            coded = {n: draw(code(n)) for n in ("NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR")}
            tables["AD1"].append(
                who | coded | {"DATE_INT": draw(within), "DATE_MATCH": draw(within), "FOSTER_CARE": draw(bit)}
            )
        if draw(st.booleans()):
            day = draw(within)
            tables["PlacedAdoption"].append(who | {
                "DATE_PLACED": day, "DATE_PLACED_CEASED": draw(st.dates(day, last)),
                "REASON_PLACED_CEASED": draw(code("REASON_PLACED_CEASED")),
            })  # fmt: skip
        if draw(st.booleans()):
            date = draw(st.sampled_from(["", "zz/05/2012", "01/02/2011"]))
            tables["PrevPerm"].append(who | {"PREV_PERM": draw(code("PREV_PERM")), "LA_PERM": "929", "DATE_PERM": date})
        if year >= 2024:
            tables["SWEpisodes"].append(
                who | {"SW_ID": "SW1234567890", "SW_DECOM": draw(within), "SW_REASON": draw(code("SW_REASON"))}
            )
        if year >= 2027:
            tables["DoLo"].append(who | {"DOLO_START": draw(within)})
    later = {"SWEpisodes": 2024, "DoLo": 2027}
    return year, {name: rows for name, rows in tables.items() if year >= later.get(name, 0)}


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(small_returns(), st.sampled_from(["", "\n"]), st.booleans())
def test_three_forms_of_a_return_give_the_same_tables(tmp_path_factory, drawn, between, backwards):
    year, tables = drawn
    folder = tmp_path_factory.mktemp("forms")
    turned = (lambda names: names[::-1]) if backwards else (lambda names: names)
    files = only(write_csv(tables, folder / "csv", turned))
    book = only(write_workbook(tables, folder / "workbook"))
    xml = only(write_xml(tables, folder / "xml", between))
    assert files.start == dt.date(year - 1, 4, 1)
    assert files.end == dt.date(year, 3, 31)
    for other in (book, xml):
        assert (other.start, other.end, set(other.tables)) == (files.start, files.end, set(files.tables))
        for name, frame in files.tables.items():
            pd.testing.assert_frame_equal(other.tables[name], frame)
    # Nothing is lost on the way in either: as many rows as were written, with the dates that were written.
    for name, canonical, start in (("Episodes", "care_episodes", "start_date"), ("Reviews", "care_reviews", "date"),
                                   ("Missing", "missing_episodes", "start_date")):  # fmt: skip
        column = {"Episodes": "DECOM", "Reviews": "REVIEW", "Missing": "MIS_START"}[name]
        frame = files.tables[canonical]
        assert sorted(frame[start].dt.date) == sorted(row[column] for row in tables[name])
    assert list(files.tables["children"]["child_id"]) == sorted(row["CHILD"] for row in tables["Header"])


WHO = {"CHILD": "00123", "DOB": dt.date(2006, 5, 7)}
WHOLE = {
    "Header": [WHO | {"SEX": "2", "ETHNIC": "WBRI", "UPN": "UN4", "MOTHER": "1", "MC_DOB": dt.date(2018, 1, 2)}],
    "Episodes": [
        {"CHILD": "00123", "DECOM": dt.date(2016, 2, 1), "RNE": "S", "LS": "C2", "CIN": "N1", "PLACE": "U4",
         "PLACE_PROVIDER": "PR1", "DEC": dt.date(2017, 9, 1), "REC": "X1", "REASON_PLACE_CHANGE": "CREQB",
         "HOME_POST": "NE61 2EF", "PL_POST": "NE1 1AA", "URN": "SC012345"},
        {"CHILD": "00123", "DECOM": dt.date(2017, 9, 1), "RNE": "P", "LS": "C2", "CIN": "N1", "PLACE": "K2",
         "PLACE_PROVIDER": "PR4", "HOME_POST": "NE61 2EF", "PL_POST": "TD15 1AA", "URN": "SC099999"},
    ],
    "Reviews": [WHO | {"REVIEW": dt.date(2017, 6, 1), "REVIEW_CODE": "PN1"}],
    "UASC": [WHO | {"SEX": "2", "DUC": dt.date(2018, 3, 3)}],
    "OC2": [WHO | {"SDQ_SCORE": "17", "CONVICTED": "0", "HEALTH_CHECK": "1", "SUBSTANCE_MISUSE": "0"}],
    "OC3": [WHO | {"IN_TOUCH": "YES", "ACTIV": "F3", "ACCOM": "K2"}],
    "AD1": [WHO | {"DATE_INT": dt.date(2017, 5, 5), "DATE_MATCH": dt.date(2017, 6, 6), "FOSTER_CARE": "1",
                   "NB_ADOPTR": "2", "SEX_ADOPTR": "MF", "LS_ADOPTR": "L11"}],
    "PlacedAdoption": [WHO | {"DATE_PLACED": dt.date(2017, 5, 5), "DATE_PLACED_CEASED": dt.date(2017, 8, 8),
                              "REASON_PLACED_CEASED": "RD4"}],
    "PrevPerm": [WHO | {"PREV_PERM": "P2", "LA_PERM": "929", "DATE_PERM": "zz/zz/2012"}],
    "Missing": [WHO | {"MISSING": "A", "MIS_START": dt.date(2017, 7, 1), "MIS_END": dt.date(2017, 7, 3)}],
}  # fmt: skip


def plainly(frame):
    return [
        {k: (v.date() if isinstance(v, pd.Timestamp) else v) for k, v in row.items() if not pd.isna(v)}
        for row in frame.astype(object).to_dict("records")
    ]


def same_values(tables):
    """What WHOLE says, in canonical words."""
    child = {"child_id": "00123"}
    assert {name: plainly(frame) for name, frame in tables.items()} == {
        "children": [child | {"sex": "F", "ethnicity": "WBRI", "date_of_birth": dt.date(2006, 5, 7), "mother": True,
                              "child_of_mother_born": dt.date(2018, 1, 2), "unaccompanied": True,
                              "unaccompanied_ceased": dt.date(2018, 3, 3)}],
        "care_episodes": [
            child | {"start_date": dt.date(2016, 2, 1), "reason_new": "S", "legal_status": "C2", "need": "N1",
                     "placement": "U4", "provider": "PR1", "end_date": dt.date(2017, 9, 1), "reason_ended": "X1",
                     "reason_change": "CREQB", "home_postcode": "NE61 2EF", "placement_postcode": "NE1 1AA",
                     "urn": "SC012345"},
            child | {"start_date": dt.date(2017, 9, 1), "reason_new": "P", "legal_status": "C2", "need": "N1",
                     "placement": "K2", "provider": "PR4", "home_postcode": "NE61 2EF",
                     "placement_postcode": "TD15 1AA", "urn": "SC099999"},
        ],
        "care_reviews": [child | {"date": dt.date(2017, 6, 1), "participation": "PN1"}],
        "health_outcomes": [child | {"year": 2018, "sdq_score": 17, "convicted": False, "health_check": True,
                                     "substance_misuse": False}],
        "care_leaver_outcomes": [child | {"year": 2018, "in_touch": "YES", "activity": "F3", "accommodation": "K2"}],
        "adoptions": [child | {"decision_date": dt.date(2017, 5, 5), "matched_date": dt.date(2017, 6, 6),
                               "foster_carer_adopts": True, "adopters": 2, "sex_of_adopters": "MF",
                               "adopters_status": "L11"}],
        "placed_for_adoption": [child | {"date": dt.date(2017, 5, 5), "ceased_date": dt.date(2017, 8, 8),
                                         "ceased_reason": "RD4"}],
        "previous_permanence": [child | {"kind": "P2", "authority": "929", "date": "zz/zz/2012"}],
        "missing_episodes": [child | {"start_date": dt.date(2017, 7, 1), "kind": "A", "end_date": dt.date(2017, 7, 3)}],
    }  # fmt: skip


@pytest.mark.parametrize("write", [write_csv, write_workbook, write_xml])
def test_every_table_reads_to_what_it_says(tmp_path, write):
    one = only(write(WHOLE, tmp_path / "return"))
    same_values(one.tables)
    assert (one.kind, one.title) == ("ssda903", "SSDA903 for 2017-18")
    assert (one.start, one.end) == (dt.date(2017, 4, 1), dt.date(2018, 3, 31))
    assert {(c.table, c.basis, c.start, c.end) for c in one.coverage} == {
        (table, basis, one.start, one.end)
        for table, basis in {"care_episodes": "touching", "care_reviews": "starting",
                             "missing_episodes": "starting"}.items()
    }  # fmt: skip


def test_only_what_a_return_carries_is_there(tmp_path):
    """Annex A knows of disability; the 903 doesn't, and mustn't say that nobody is disabled."""
    one = only(write_csv({"Header": WHOLE["Header"], "Episodes": WHOLE["Episodes"]}, tmp_path / "return"))
    assert set(one.tables) == {"children", "care_episodes"}
    assert {"disabled", "unaccompanied"}.isdisjoint(one.tables["children"].columns)
    assert {c.table for c in one.coverage} == {"care_episodes"}


def test_a_child_who_is_not_in_uasc_is_not_said_to_be_no_asylum_seeker(tmp_path):
    other = {**WHOLE["Header"][0], "CHILD": "7"}
    one = only(write_csv({**WHOLE, "Header": [*WHOLE["Header"], other]}, tmp_path / "return"))
    marks = one.tables["children"].set_index("child_id")["unaccompanied"]
    assert marks["00123"] is True or bool(marks["00123"])
    assert pd.isna(marks["7"])


REGIONAL = """LA,YEAR,child ,decom,RNE,LS,CIN,Place,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN
Ashshire,2017,A1,2016-05-01,S,C2,N1,U4,PR1,2017-01-05,X1,CARPL,NE1,NE2,1
Ashshire,2017,A1,2017-01-05,P,C2,N1,K2,PR1,,,,NE1,NE2,1
Ashshire,2018,A1,2017-01-05,P,C2,N1,K2,PR1,2017-12-01,E4A,,NE1,NE2,1
"""


def test_a_regional_copy_holds_several_years_in_one_file_with_iso_dates(tmp_path):
    (tmp_path / "regional.csv").write_text(REGIONAL)
    first, second = read(tmp_path)
    assert [r.title for r in (first, second)] == ["SSDA903 for 2016-17", "SSDA903 for 2017-18"]
    assert [len(r.tables["care_episodes"]) for r in (first, second)] == [2, 1]
    assert first.about["authority"] == "Ashshire"
    assert second.tables["care_episodes"]["end_date"][0] == pd.Timestamp(2017, 12, 1)


def test_a_regional_copy_of_several_authorities_is_refused(tmp_path):
    (tmp_path / "regional.csv").write_text(REGIONAL.replace("Ashshire,2018", "Oakshire,2018"))
    problems = [p for r in read(tmp_path) for p in r.problems if p.outcome == REFUSED]
    assert problems[0].why == "the delivery holds children of several authorities: Ashshire, Oakshire"


@pytest.mark.parametrize(
    "header",
    [
        "Child Unique ID,Gender,Ethnicity,Date of Birth,Date of Contact,Contact Source",
        "child_id,start_date,kind,end_date,looked_after",
        "AgencyWorker,SWENo,FTE,PersonBirthDate,GenderCurrent,Ethnicity,OrgRole",
        "LAchildID,UPN,PersonBirthDate,GenderCurrent,Ethnicity,CINreferralDate",
        "CHILD,DOB",
        "",
    ],
)
def test_other_returns_are_not_claimed(tmp_path, header):
    (tmp_path / "file.csv").write_text(f"{header}\n" + ",".join("1" * (header.count(",") + 1)) + "\n")
    (sheet,) = open_files([tmp_path / "file.csv"]).sheets
    assert not READER.claims(sheet)


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("<EXPSSDA903></EXPSSDA903>", True),
        ("<Return><CHILD><EPISODE><DECOM>01/04/2017</DECOM></EPISODE></CHILD></Return>", True),
        ("<Message><Children><Child><LAchildID>1</LAchildID></Child></Children></Message>", False),
        ("<Message><CSWWWorker><SWENo>1</SWENo></CSWWWorker></Message>", False),
    ],
)
def test_xml_is_claimed_by_its_root_or_by_what_only_a_903_has(tmp_path, text, claimed):
    (tmp_path / "file.xml").write_text(text)
    (document,) = open_files([tmp_path / "file.xml"]).documents
    assert READER.claims(document) is claimed


def test_the_two_small_tables_with_sex_and_birth_are_told_apart(tmp_path):
    (tmp_path / "a.csv").write_text("DUC,DOB,SEX,CHILD\n01/01/2018,01/01/2003,1,9\n")
    (tmp_path / "b.csv").write_text("UPN,DOB,SEX,CHILD,ETHNIC\n,01/01/2003,1,9,AAFR\n")
    (tmp_path / "c.csv").write_text(
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
        "9,01/05/2017,S,V2,N8,U4,PR1,,,,,,\n"
    )
    one = only(tmp_path)
    assert {c.file: c.contents for c in one.counts} == {
        "a.csv": "SSDA903: Unaccompanied asylum-seeking children",
        "b.csv": "SSDA903: Header",
        "c.csv": "SSDA903: Episodes",
    }
