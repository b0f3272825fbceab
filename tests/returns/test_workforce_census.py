"""The workforce census: workers and vacancies at 30 September, with every record accounted for."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.records.delivery import BLANKED, NOTED, REFUSED, SET_ASIDE, Return, SourceFile
from analysis.reference.calendar import Quarter
from analysis.returns import cin_census
from analysis.returns.reading import Context
from analysis.returns.sources import XmlDocument
from analysis.returns.workforce_census import READER

SAMPLE = (
    Path(__file__).resolve().parents[2].parent
    / "shared"
    / "samples"
    / "workforce_census"
    / "social_work_workforce_2022.xml"
)


def document(text: str | bytes) -> XmlDocument:
    data = text.encode() if isinstance(text, str) else text
    return XmlDocument(SourceFile("workers.xml", "0" * 64, len(data)), data)


def read(text: str | bytes, quarter: str | None = None) -> Return:
    (found,) = READER.read([document(text)], Context(Quarter.parse(quarter) if quarter else None))
    for count in found.counts:
        assert count.read == count.kept + count.set_aside
    return found


VACANCIES = (
    "<LALevelVacancies><NumberOfVacancies>15.0</NumberOfVacancies><NoAgencyFTE>12.8</NoAgencyFTE>"
    "<NoAgencyHeadcount>14</NoAgencyHeadcount></LALevelVacancies>\n"
)


def worker(number: str = "SW9900000001", **values: str) -> str:
    given = {"AgencyWorker": "0", "SWENo": number, "FTE": "1", "PersonBirthDate": "1980-02-29", "GenderCurrent": "2",
             "Ethnicity": "WBRI", "OrgRole": "5", "RoleStartDate": "2015-04-07", "FTE30": "1", "Cases30": "18",
             "Absat30Sept": "0"} | values  # fmt: skip
    return "<CSWWWorker>" + "".join(f"<{k}>{v}</{k}>" for k, v in given.items()) + "</CSWWWorker>\n"


def census(workers: str, *, year: str = "2018", date: str = "2018-09-30", vacancies: str = VACANCIES) -> str:
    return (
        f"<Message><Header><CollectionDetails><Collection>CSWW</Collection><Year>{year}</Year>"
        f"<ReferenceDate>{date}</ReferenceDate></CollectionDetails><Source><LEA>929</LEA></Source></Header>\n"
        f"{vacancies}{workers}</Message>"
    )


def one(found: Return) -> dict:
    (row,) = found.tables["social_workers"].to_dict("records")
    return row


@pytest.mark.samples
@pytest.mark.skipif(not SAMPLE.exists(), reason="the shared samples aren't beside this checkout")
def test_the_sample_is_read_whole():
    data = SAMPLE.read_bytes()
    assert READER.claims(document(data))
    assert not cin_census.READER.claims(document(data))
    found = read(data, "2022-23-Q2")
    workers = found.tables["social_workers"]
    assert len(workers) == data.count(b"<CSWWWorker>") == 30
    assert workers["agency"].sum() == data.count(b"<AgencyWorker>1<")
    assert workers["cases_30_september"].sum() == sum(map(int, re.findall(rb"<Cases30>(\d+)<", data)))
    assert workers["fte"].sum() == pytest.approx(sum(map(float, re.findall(rb"<FTE>([\d.]+)<", data))))
    assert workers["role_end"].notna().sum() == data.count(b"<RoleEndDate>")
    assert set(workers["year"]) == {2022}
    assert found.tables["vacancies"].to_dict("records") == [
        {"year": 2022, "vacancies_fte": 79.68, "agency_vacancy_fte": 59.82, "agency_vacancy_headcount": 71}
    ]
    assert (found.start, found.end) == (dt.date(2021, 10, 1), dt.date(2022, 9, 30))
    assert dict(found.about) == {"authority": "301", "collection_year": "2022"}
    assert {p.outcome for p in found.problems} == {NOTED}
    late = len(re.findall(rb"<Role(?:Start|End)Date>(?:2023|2022-1)", data))
    assert sum(p.reason == "date-after-reference" for p in found.problems) == late


def test_a_blameless_census_has_no_problems():
    found = read(census(worker()), "2018-19-Q2")
    assert found.problems == ()
    row = one(found)
    assert (row["worker_id"], row["agency"], row["fte"], row["role"], row["cases_30_september"]) == (
        "SW9900000001", False, 1.0, "5", 18
    )  # fmt: skip


@pytest.mark.parametrize(
    ("element", "value", "sex"),
    [("GenderCurrent", "1", "M"), ("GenderCurrent", "2", "F"), ("GenderCurrent", "0", "U"), ("GenderCurrent", "9", "U"),
     ("Sex", "M", "M"), ("Sex", "f", "F")],
)  # fmt: skip
def test_sex_is_read_from_either_element(element, value, sex):
    assert one(read(census(worker(**{"GenderCurrent": "", element: value}))))["sex"] == sex


@pytest.mark.parametrize(
    ("values", "outcome", "reason", "column"),
    [
        ({"FTE": "1.5"}, NOTED, "fte-above-one", "FTE"),
        ({"FTE30": "2"}, NOTED, "fte-above-one", "FTE30"),
        ({"FTE": "-1"}, BLANKED, "number-too-low", "FTE"),
        ({"OrgRole": "6"}, NOTED, "cases-without-case-holding", "Cases30"),
        ({"OrgRole": "7"}, BLANKED, "code-unknown", "OrgRole"),
        ({"SWENo": "12345"}, NOTED, "number-shape", "SWENo"),
        ({"PersonBirthDate": "2010-01-01"}, NOTED, "age-unlikely", "PersonBirthDate"),
        ({"RoleEndDate": "2014-01-01", "ReasonLeave": "1"}, NOTED, "end-before-start", "RoleEndDate"),
        ({"RoleEndDate": "2018-01-01"}, NOTED, "leaver-without-reason", "ReasonLeave"),
        ({"ReasonLeave": "1"}, NOTED, "reason-without-leaving", "RoleEndDate"),
        ({"RoleStartDate": "2018-10-01"}, NOTED, "date-after-reference", "RoleStartDate"),
        ({"Absat30Sept": "1"}, NOTED, "absence-without-reason", "ReasonAbsence"),
        ({"ReasonAbsence": "SIC"}, NOTED, "reason-without-absence", "ReasonAbsence"),
        ({"SWENo": ""}, SET_ASIDE, "value-missing", "SWENo"),
        ({"Cases30": "many"}, BLANKED, "number-unreadable", "Cases30"),
    ],
)
def test_what_is_wrong_of_a_worker_is_told_with_its_line(values, outcome, reason, column):
    found = read(census(worker("SW9900000002") + worker(**values)))
    (problem,) = found.problems
    assert (problem.outcome, problem.reason, problem.column) == (outcome, reason, column)
    assert problem.row == 4
    assert problem.why.startswith("line 4: ")
    assert len(found.tables["social_workers"]) == (1 if outcome == SET_ASIDE else 2)


def test_a_worker_given_twice_counts_once():
    found = read(census(worker(FTE="0.5") + worker(FTE="0.6")))
    assert one(found)["fte"] == 0.5
    assert [p.reason for p in found.problems] == ["row-repeated"]


def test_pay_elements_of_later_years_are_known_and_not_read():
    vacancies = VACANCIES.replace("</LAL", "<CarAllowance>1</CarAllowance></LAL")
    found = read(census(worker(BaseSalary="40000.00"), vacancies=vacancies))
    assert found.problems == ()


def test_unknown_elements_are_counted():
    found = read(census(worker(Mood="good") + worker("SW9900000003", Mood="bad"), vacancies="<Extra/>" + VACANCIES))
    assert {(p.reason, p.column) for p in found.problems} == {("element-unknown", "Mood"), ("element-unknown", "Extra")}
    assert "2 times" in next(p.why for p in found.problems if p.column == "Mood")


@pytest.mark.parametrize(
    ("text", "quarter", "reason"),
    [
        (census(worker())[:-20], None, "xml-unreadable"),
        (census(worker()).replace("Message>", "Workforce>"), None, "root-wrong"),
        (census(worker()).replace(">CSWW<", ">CIN<"), None, "collection-wrong"),
        (census(worker(), year="2017"), None, "header-contradicts-itself"),
        (census(worker(), year="", date=""), None, "date-missing"),
        (census(worker(), date="30/09/2018"), None, "date-unreadable"),
        (census(worker()), "2018-19-Q1", "date-after-quarter"),
        (census(""), None, "census-empty"),
        (census(worker(OrgRole="NULL")), None, "null-literal"),
        (census(worker().replace("SWENo>", "WorkerNo>")), None, "element-misnamed"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused(text, quarter, reason):
    assert READER.claims(document(text))
    found = read(text, quarter)
    assert [p.reason for p in found.problems if p.outcome == REFUSED] == [reason]
    assert found.tables == {}
    assert all(count.kept == 0 for count in found.counts)


def test_another_day_than_30_september_is_noted():
    found = read(census(worker(), date="2018-09-28"))
    assert [p.reason for p in found.problems] == ["date-unusual"]
    assert one(found)["year"] == 2018


_texts = st.sampled_from(["", "0", "1", "2018-01-01", "SW1", "1e400", "nan", "-0.5", "M"]) | st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="<>&￾￿"), max_size=6
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.dictionaries(
    st.sampled_from(["AgencyWorker", "SWENo", "FTE", "Cases30", "OrgRole", "RoleEndDate", "Sex", "Mood", "PersonBirthDate"]),
    _texts, max_size=6), max_size=4))  # fmt: skip
def test_junk_never_raises_and_every_worker_is_accounted_for(rows):
    found = read(census("".join(worker("", **row) for row in rows)))
    count = next((c for c in found.counts if c.sheet == "CSWWWorker"), None)
    assert (count.read if count else 0) == len(rows)
    if found.tables:
        told = sum(p.outcome == SET_ASIDE and p.sheet == "CSWWWorker" for p in found.problems)
        assert told == count.set_aside
        assert len(found.tables["social_workers"]) == count.kept
