"""The CIN census and the workforce census: DfE's elements in the schema's order, and nothing of the clock."""

from xml.etree import ElementTree

import pandas as pd
import pytest

from analysis.reference.calendar import Quarter
from analysis.simulation.write_cin_census import write_cin_census
from analysis.simulation.write_workforce_census import write_workforce_census

QUARTER = Quarter(2018, 2)


def day(text):
    return pd.Timestamp(text)


def story():
    """One child with a full episode, one referred to no further action, one whose case closed the day before."""
    return {
        "children": pd.DataFrame({
            "child_id": ["SIM000001", "SIM000002", "SIM000003"], "sex": ["F", "U", "M"], "ethnicity": "WBRI",
            "date_of_birth": [day("2010-05-01"), day("2018-12-01"), day("2009-01-01")],
            "disabled": [True, False, None], "disabilities": ["LD AUT", None, None], "upn": ["A1", None, None],
        }),
        "referrals": pd.DataFrame({
            "child_id": ["SIM000001", "SIM000002"], "date": [day("2018-05-01"), day("2018-09-30")],
            "source": ["6", "1A"], "no_further_action": [False, True],
        }),
        "episodes_of_need": pd.DataFrame({
            "child_id": ["SIM000001", "SIM000003"], "start_date": [day("2018-05-01"), day("2017-05-01")],
            "primary_need": "N1", "closure_date": [None, day("2018-03-31")], "closure_reason": [None, "RC7"],
        }),
        "assessments": pd.DataFrame({
            "child_id": "SIM000001", "start_date": [day("2018-05-02")], "authorised_date": day("2018-06-01"),
            "referral_date": day("2018-05-01"),
        }),
        "assessment_factors": pd.DataFrame(
            {"child_id": "SIM000001", "start_date": day("2018-05-02"), "factor": ["4B", "3B"]}
        ),
        "section47_enquiries": pd.DataFrame({
            "child_id": "SIM000001", "start_date": [day("2018-06-02")], "conference_target": day("2018-06-25"),
            "conference_date": day("2018-06-20"), "conference_not_required": False,
            "referral_date": day("2018-05-01"),
        }),
        "protection_plans": pd.DataFrame({
            "child_id": "SIM000001", "start_date": [day("2018-06-20")], "initial_category": "NEG",
            "latest_category": "EMO", "previous_plans": 1, "referral_date": day("2018-05-01"),
        }),
        "protection_reviews": pd.DataFrame(
            {"child_id": "SIM000001", "plan_start": day("2018-06-20"), "date": [day("2018-09-10")]}
        ),
    }  # fmt: skip


def read(tables, tmp_path, quarter=QUARTER):
    return ElementTree.fromstring(write_cin_census(tables, quarter, tmp_path / "cin.xml", "929").read_bytes())


def test_elements_stand_in_the_schemas_order_with_their_values(tmp_path):
    child = read(story(), tmp_path).find("Children/Child")
    identifiers = [(element.tag, element.text) for element in child.find("ChildIdentifiers")]
    assert identifiers == [
        ("LAchildID", "SIM000001"), ("UPN", "A1"), ("PersonBirthDate", "2010-05-01"), ("GenderCurrent", "2"),
    ]  # fmt: skip
    assert [e.text for e in child.findall("ChildCharacteristics/Disabilities/Disability")] == ["LD", "AUT"]
    details = child.find("CINdetails")
    assert [element.tag for element in details] == [
        "CINreferralDate", "ReferralSource", "PrimaryNeedCode", "Assessments", "Section47", "ReferralNFA",
        "ChildProtectionPlans",
    ]  # fmt: skip
    assert [e.text for e in details.iter("AssessmentFactors")] == ["3B", "4B"]
    assert [e.text for e in details.find("Section47")] == ["2018-06-02", "2018-06-25", "2018-06-20", "false"]
    plan = details.find("ChildProtectionPlans")
    assert [element.tag for element in plan] == [
        "CPPstartDate", "InitialCategoryOfAbuse", "LatestCategoryOfAbuse", "NumberOfPreviousCPP", "Reviews",
    ]  # fmt: skip
    assert plan.findtext("Reviews/CPPreviewDate") == "2018-09-10"


def test_header_speaks_for_the_quarters_end_and_knows_no_clock(tmp_path):
    header = read(story(), tmp_path).find("Header")
    assert header.findtext("CollectionDetails/Year") == "2019"
    assert header.findtext("CollectionDetails/ReferenceDate") == "2018-09-30"
    assert header.findtext("Source/LEA") == "929"
    assert header.findtext("Source/DateTime") == "2018-09-30T00:00:00"


def test_cases_that_touch_the_year_and_referrals_without_further_action_are_in(tmp_path):
    found = {child.findtext("ChildIdentifiers/LAchildID"): child for child in read(story(), tmp_path).iter("Child")}
    assert sorted(found) == ["SIM000001", "SIM000002"]  # the third closed on 31 March, the day before
    refused = found["SIM000002"]
    assert refused.findtext("CINdetails/ReferralNFA") == "true"
    assert refused.findtext("ChildIdentifiers/ExpectedPersonBirthDate") == "2018-12-01"
    assert refused.findtext("ChildIdentifiers/PersonBirthDate") is None
    assert refused.findtext("ChildIdentifiers/GenderCurrent") == "0"
    assert refused.findtext("ChildIdentifiers/UPNunknown") == "UN1"
    assert refused.findtext("ChildCharacteristics/Disabilities/Disability") == "NONE"


def test_a_case_closed_on_the_first_day_of_the_year_is_in(tmp_path):
    tables = story()
    tables["episodes_of_need"].loc[1, "closure_date"] = day("2018-04-01")
    assert len(list(read(tables, tmp_path).iter("Child"))) == 3


@pytest.mark.parametrize(("ended", "plans"), [("2018-03-31", 0), ("2018-04-01", 1)])
def test_a_plan_that_ended_before_the_year_is_last_years(ended, plans, tmp_path):
    tables = story()
    tables["protection_plans"] = tables["protection_plans"].assign(start_date=day("2017-06-20"), end_date=day(ended))
    assert len(list(read(tables, tmp_path).iter("ChildProtectionPlans"))) == plans


def test_sex_is_a_letter_and_plans_for_children_in_need_come_in_their_years(tmp_path):
    tables = story() | {
        "cin_plans": pd.DataFrame(
            {"child_id": ["SIM000001"], "start_date": [day("2018-06-01")], "referral_date": day("2018-05-01")}
        )
    }
    assert not list(read(tables, tmp_path).iter("CINPlanStartDate"))
    later = read(tables, tmp_path, Quarter(2024, 1))
    assert [element.text for element in later.iter("Sex")] == ["F"]
    assert [element.text for element in later.iter("CINPlanStartDate")] == ["2018-06-01"]


def test_markup_in_a_value_is_text(tmp_path):
    tables = story()
    tables["children"]["upn"] = "<&>"
    assert read(tables, tmp_path).findtext("Children/Child/ChildIdentifiers/UPN") == "<&>"


def test_the_same_tables_give_the_same_bytes_in_any_row_order(tmp_path):
    first = write_cin_census(story(), QUARTER, tmp_path / "a.xml", "929").read_bytes()
    shuffled = {name: frame.iloc[::-1] for name, frame in story().items()}
    assert write_cin_census(shuffled, QUARTER, tmp_path / "b.xml", "929").read_bytes() == first


def test_workforce_census_has_the_years_vacancies_and_workers_in_the_schemas_order(tmp_path):
    tables = {
        "vacancies": pd.DataFrame(
            {"year": [2017, 2018], "vacancies_fte": [1.0, 12.5], "agency_vacancy_fte": 9.8,
             "agency_vacancy_headcount": 10}
        ),
        "social_workers": pd.DataFrame({
            "year": [2018, 2017], "worker_id": "SW9900000001", "agency": False, "fte": 0.8, "sex": "F",
            "role_start": day("2015-01-05"), "fte_30_september": 0.8, "cases_30_september": 16, "days_lost": 2.5,
        }),
    }  # fmt: skip
    path = write_workforce_census(tables, 2018, tmp_path / "workforce.xml", "929")
    root = ElementTree.fromstring(path.read_bytes())
    assert root.findtext("Header/CollectionDetails/Collection") == "CSWW"
    assert root.findtext("Header/CollectionDetails/ReferenceDate") == "2018-09-30"
    assert [element.text for element in root.find("LALevelVacancies")] == ["12.5", "9.8", "10"]
    (worker,) = root.findall("CSWWWorker")
    assert [(element.tag, element.text) for element in worker] == [
        ("AgencyWorker", "0"), ("SWENo", "SW9900000001"), ("FTE", "0.8"), ("GenderCurrent", "2"),
        ("RoleStartDate", "2015-01-05"), ("FTE30", "0.8"), ("Cases30", "16"), ("WorkingDaysLost", "2.5"),
    ]  # fmt: skip
