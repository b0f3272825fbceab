"""The CIN census: every element accounted for, the statutory story turned into canonical tables, distrust explained."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.records.delivery import BLANKED, NOTED, REFUSED, SET_ASIDE, Return, SourceFile
from analysis.reference.calendar import Quarter
from analysis.returns.cin_census import READER
from analysis.returns.reading import Context
from analysis.returns.sources import XmlDocument

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples" / "cin_census"
needs_samples = pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples aren't beside this checkout")
KINDS = ("Child", "CINdetails", "Assessments", "Section47", "ChildProtectionPlans", "CINPlanDates", "CPPreviewDate",
         "AssessmentFactors", "Disability")  # fmt: skip


def document(text: str | bytes, name: str = "census.xml") -> XmlDocument:
    data = text.encode() if isinstance(text, str) else text
    return XmlDocument(SourceFile(name, "0" * 64, len(data)), data)


def read(text: str | bytes, quarter: str | None = None) -> Return:
    found = READER.read([document(text)], Context(Quarter.parse(quarter) if quarter else None))
    assert len(found) == 1
    for count in found[0].counts:
        assert count.read == count.kept + count.set_aside
    return found[0]


def census(children: str, *, year: str = "2018", date: str = "2018-03-31", attributes: str = "") -> str:
    return (
        f"<Message{attributes}><Header><CollectionDetails><Collection>CIN</Collection><Year>{year}</Year>"
        f"<ReferenceDate>{date}</ReferenceDate></CollectionDetails><Source><SourceLevel>L</SourceLevel><LEA>929</LEA>"
        f"</Source></Header>\n<Children>{children}</Children></Message>"
    )


def child(details: str = "", *, identifier: str = "SIM000001", more: str = "", characteristics: str = "") -> str:
    return (
        f"<Child>\n<ChildIdentifiers><LAchildID>{identifier}</LAchildID><PersonBirthDate>2010-05-06</PersonBirthDate>"
        f"<GenderCurrent>2</GenderCurrent>{more}</ChildIdentifiers>\n"
        f"<ChildCharacteristics><Ethnicity>WBRI</Ethnicity>{characteristics}</ChildCharacteristics>\n{details}</Child>\n"
    )


def episode(inside: str = "", *, date: str = "2017-06-01", nfa: str = "false", before: str = "") -> str:
    return (
        f"<CINdetails><CINreferralDate>{date}</CINreferralDate><ReferralSource>6</ReferralSource>"
        f"<PrimaryNeedCode>N1</PrimaryNeedCode>{before}{inside}<ReferralNFA>{nfa}</ReferralNFA></CINdetails>\n"
    )


def plan(start: str, end: str = "", reviews: str = "") -> str:
    ended = f"<CPPendDate>{end}</CPPendDate>" if end else ""
    return (
        f"<ChildProtectionPlans><CPPstartDate>{start}</CPPstartDate>{ended}"
        "<InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse><LatestCategoryOfAbuse>EMO</LatestCategoryOfAbuse>"
        f"<NumberOfPreviousCPP>1</NumberOfPreviousCPP>{reviews}</ChildProtectionPlans>"
    )


def reasons(found: Return) -> list[str]:
    return [problem.reason for problem in found.problems]


def cells(found: Return, table: str) -> list[dict]:
    """Rows as plain values, dates as ISO text, blanks left out."""
    return [
        {k: v.date().isoformat() if hasattr(v, "date") else v for k, v in row.items() if v == v and v is not None}
        for row in found.tables[table].astype(object).where(found.tables[table].notna(), None).to_dict("records")
    ]


# --- the shared samples -----------------------------------------------------------------------------------------


@needs_samples
@pytest.mark.samples
def test_the_small_sample_is_read_whole_and_its_oddities_are_listed():
    data = (SAMPLES / "CIN_Census_2021.xml").read_bytes()
    assert READER.claims(document(data))
    found = read(data)
    for kind in KINDS:
        in_file = len(re.findall(rf"<{kind}>".encode(), data))
        count = next(c for c in found.counts if c.sheet == kind)
        assert (count.read, count.kept) == (in_file, in_file), kind
    assert (found.start, found.end) == (dt.date(2022, 4, 1), dt.date(2023, 3, 31))
    assert dict(found.about) == {"authority": "201", "collection_year": "2023"}
    assert cells(found, "children") == [
        {"child_id": "DfEX0000001", "sex": "M", "ethnicity": "WBRI", "date_of_birth": "1965-03-27",
         "date_of_death": "1980-10-08", "upn": "A123456789123", "disabled": True, "disabilities": "HAND HEAR"}
    ]  # fmt: skip
    blanked = [p for p in found.problems if p.outcome == BLANKED]
    assert [(p.column, p.value, p.row) for p in blanked] == [("ExpectedPersonBirthDate", "1066-04-13", 18)]
    stray = next(p for p in found.problems if p.reason == "text-stray")
    assert (stray.value, stray.row) == ("PersonBirthDate", 23)
    assert {"conference-on-weekend", "before-referral", "activity-after-closure"} <= set(reasons(found))


@needs_samples
@pytest.mark.samples
def test_the_adversarial_sample_is_refused_with_a_sentence_that_says_why():
    data = (SAMPLES / "adversarial-500-children.xml").read_bytes()
    assert READER.claims(document(data))
    found = read(data, "2018-19-Q2")
    assert found.tables == {}
    refusal = next(p for p in found.problems if p.outcome == REFUSED)
    assert refusal.reason == "root-wrong"
    assert "'CINdetailsCollection'" in refusal.why
    assert "'Message'" in refusal.why
    assert "ICPCRequired" in refusal.why
    assert "export" in refusal.remedy
    for kind in KINDS:
        in_file = len(re.findall(rf"<{kind}>".encode(), data))
        count = next(c for c in found.counts if c.sheet == kind)
        assert (count.read, count.kept, count.set_aside) == (in_file, 0, in_file), kind


@needs_samples
@pytest.mark.samples
def test_renaming_the_adversarial_samples_root_by_hand_does_not_make_it_trusted():
    data = (SAMPLES / "adversarial-500-children.xml").read_bytes()
    inside = data.partition(b"<CINdetailsCollection>")[2].rpartition(b"</CINdetailsCollection>")[0].decode()
    found = read(census(inside, year="2025", date="2025-03-31"))
    refusal = next(p for p in found.problems if p.outcome == REFUSED)
    assert refusal.reason == "element-misnamed"
    assert "none of its 305 Section47 elements has a 'ICPCnotRequired'" in refusal.why
    assert "'ICPCRequired'" in refusal.why


# --- what the census says -----------------------------------------------------------------------------------------


def test_one_episode_becomes_rows_of_every_table():
    inside = (
        "<Assessments><AssessmentActualStartDate>2017-06-02</AssessmentActualStartDate>"
        "<AssessmentInternalReviewDate>2017-06-12</AssessmentInternalReviewDate>"
        "<AssessmentAuthorisationDate>2017-06-30</AssessmentAuthorisationDate><FactorsIdentifiedAtAssessment>"
        "<AssessmentFactors>16A</AssessmentFactors><AssessmentFactors>3B</AssessmentFactors>"
        "</FactorsIdentifiedAtAssessment></Assessments>"
        "<Section47><S47ActualStartDate>2017-06-05</S47ActualStartDate><InitialCPCtarget>2017-06-26</InitialCPCtarget>"
        "<DateOfInitialCPC>2017-06-23</DateOfInitialCPC><ICPCnotRequired>0</ICPCnotRequired></Section47>"
    )
    plans = plan("2017-06-23", reviews="<Reviews><CPPreviewDate>2017-09-15</CPPreviewDate></Reviews>")
    found = read(census(child(episode(inside + plans, before="<DateOfInitialCPC>2017-06-06</DateOfInitialCPC>"))))
    one = {"child_id": "SIM000001"}
    assert cells(found, "referrals") == [{**one, "date": "2017-06-01", "source": "6", "no_further_action": False}]
    assert cells(found, "episodes_of_need") == [{**one, "start_date": "2017-06-01", "primary_need": "N1"}]
    assert cells(found, "assessments") == [
        {**one, "start_date": "2017-06-02", "authorised_date": "2017-06-30", "internal_review_date": "2017-06-12",
         "referral_date": "2017-06-01"}
    ]  # fmt: skip
    assert [row["factor"] for row in cells(found, "assessment_factors")] == ["16A", "3B"]
    assert cells(found, "section47_enquiries") == [
        {**one, "start_date": "2017-06-05", "conference_target": "2017-06-26", "conference_date": "2017-06-23",
         "conference_not_required": False, "referral_date": "2017-06-01"}
    ]  # fmt: skip
    assert cells(found, "transfer_in_conferences") == [{**one, "date": "2017-06-06", "referral_date": "2017-06-01"}]
    assert cells(found, "protection_plans") == [
        {**one, "start_date": "2017-06-23", "initial_category": "NEG", "latest_category": "EMO", "previous_plans": 1,
         "referral_date": "2017-06-01"}
    ]  # fmt: skip
    assert cells(found, "protection_reviews") == [{**one, "plan_start": "2017-06-23", "date": "2017-09-15"}]
    assert "cin_plans" not in found.tables  # the census has them from 2022 on
    assert {(c.table, c.basis) for c in found.coverage} == {
        ("referrals", "starting"), ("assessments", "starting"), ("assessment_factors", "starting"),
        ("section47_enquiries", "starting"), ("transfer_in_conferences", "starting"),
        ("episodes_of_need", "touching"), ("protection_plans", "touching"),
    }  # fmt: skip
    assert {(c.start, c.end) for c in found.coverage} == {(dt.date(2017, 4, 1), dt.date(2018, 3, 31))}


def test_a_referral_without_further_action_is_no_episode_of_need():
    found = read(census(child(episode(nfa="TRUE") + episode(date="2017-08-01", nfa="0"))))
    assert [row["date"] for row in cells(found, "referrals")] == ["2017-06-01", "2017-08-01"]
    assert [row["start_date"] for row in cells(found, "episodes_of_need")] == ["2017-08-01"]


def test_activity_under_no_further_action_is_noted_and_counts_as_need():
    found = read(census(child(episode(plan("2017-07-03"), nfa="1"))))
    assert "activity-after-nfa" in reasons(found)
    assert len(found.tables["episodes_of_need"]) == 1


@pytest.mark.parametrize(
    ("characteristics", "disabled", "disabilities"),
    [
        ("", None, None),
        ("<Disabilities><Disability>NONE</Disability></Disabilities>", False, None),
        ("<Disabilities><Disability>LD</Disability><Disability>aut</Disability></Disabilities>", True, "LD AUT"),
        ("<Disabilities><Disability>NONE</Disability><Disability>VIS</Disability></Disabilities>", True, "VIS"),
        ("<Disabilities><Disability>XX</Disability></Disabilities>", None, None),
    ],
)
def test_disability_is_known_only_where_the_census_answers(characteristics, disabled, disabilities):
    row = cells(read(census(child(episode(), characteristics=characteristics))), "children")[0]
    assert (row.get("disabled"), row.get("disabilities")) == (disabled, disabilities)


@pytest.mark.parametrize(("gender", "sex"), [("1", "M"), ("2", "F"), ("0", "U"), ("9", "N")])
def test_gender_becomes_the_canonical_sex(gender, sex):
    text = census(child(episode())).replace(">2</GenderCurrent>", f">{gender}</GenderCurrent>")
    assert cells(read(text), "children")[0]["sex"] == sex


def test_the_2025_census_has_sex_plan_dates_and_the_newer_codes():
    inside = "<CINPlanDates><CINPlanStartDate>2024-06-03</CINPlanStartDate></CINPlanDates>"
    closed = "<CINclosureDate>2024-12-02</CINclosureDate><ReasonForClosure>RC9</ReasonForClosure>"
    text = census(child(episode(inside, date="2024-05-01", before=closed)), year="2025", date="2025-03-31")
    text = text.replace("<GenderCurrent>2</GenderCurrent>", "<Sex>F</Sex>").replace(">6</Ref", ">5D</Ref")
    found = read(text)
    assert cells(found, "children")[0]["sex"] == "F"
    assert cells(found, "referrals")[0]["source"] == "5D"
    assert cells(found, "episodes_of_need")[0]["closure_reason"] == "RC9"
    assert cells(found, "cin_plans") == [
        {"child_id": "SIM000001", "start_date": "2024-06-03", "referral_date": "2024-05-01"}
    ]
    assert ("cin_plans", "touching") in {(c.table, c.basis) for c in found.coverage}
    assert not {"element-of-another-year", "code-of-another-year"} & set(reasons(found))


def test_codes_and_elements_of_another_year_are_read_and_noted():
    inside = "<CINPlanDates><CINPlanStartDate>2017-06-03</CINPlanStartDate></CINPlanDates>"
    text = census(child(episode(inside))).replace(">6</Ref", ">5D</Ref").replace("GenderCurrent>", "Sex>")
    found = read(text.replace("<Sex>2<", "<Sex>F<"))
    assert cells(found, "referrals")[0]["source"] == "5D"
    noted = [(p.reason, p.column) for p in found.problems if p.reason.endswith("another-year")]
    assert sorted(noted) == [
        ("code-of-another-year", "ReferralSource"), ("element-of-another-year", "CINPlanDates"),
        ("element-of-another-year", "Sex"),
    ]  # fmt: skip
    assert len(found.tables["cin_plans"]) == 1
    assert "cin_plans" not in {c.table for c in found.coverage}


def test_namespaces_comments_encodings_and_one_long_line_make_no_difference():
    text = census(child(episode(plan("2017-07-03"))))
    plain = read(text)
    spaced = text.replace("<Message>", '<Message xmlns="http://www.example.org/cin">').replace(
        "<Children>", "<Children><!-- c -->"
    )
    prefixed = re.sub(r"<(/?)(\w)", r"<\1c:\2", text).replace("<c:Message>", '<c:Message xmlns:c="urn:x">')
    utf16 = ('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16")
    for variant in (spaced, prefixed, utf16, text.replace("\n", "")):
        again = read(variant)
        assert READER.claims(document(variant))
        assert again.counts == plain.counts
        assert all(again.tables[name].equals(frame) for name, frame in plain.tables.items())


# --- rows that can't be used --------------------------------------------------------------------------------------


def test_a_child_without_identifier_is_set_aside_with_all_that_lies_in_it():
    lost = child(episode(plan("2017-07-03")), identifier="")
    found = read(census(lost + child(episode(), identifier="SIM000002")))
    assert [row["child_id"] for row in cells(found, "referrals")] == ["SIM000002"]
    assert {c.sheet: c.set_aside for c in found.counts if c.set_aside} == {
        "Child": 1, "CINdetails": 1, "ChildProtectionPlans": 1
    }  # fmt: skip
    aside = [p for p in found.problems if p.outcome == SET_ASIDE]
    assert [p.reason for p in aside] == ["value-missing", "parent-set-aside", "parent-set-aside"]
    assert aside[0].why.startswith("line 2: 'LAchildID' is blank")


def test_a_child_given_twice_keeps_its_episodes_and_its_first_identity():
    found = read(census(child(episode()) + child(episode(date="2017-09-01"))))
    assert len(found.tables["children"]) == 1
    assert [row["date"] for row in cells(found, "referrals")] == ["2017-06-01", "2017-09-01"]
    assert [p.outcome for p in found.problems if p.reason == "row-repeated"] == [SET_ASIDE]


def test_a_record_without_its_own_date_is_set_aside_and_says_on_which_line():
    found = read(
        census(
            child(episode("\n\n<Assessments><AssessmentActualStartDate>soon</AssessmentActualStartDate></Assessments>"))
        )
    )
    problem = next(p for p in found.problems if p.reason == "date-unreadable")
    assert (problem.outcome, problem.row, problem.sheet, problem.value) == (SET_ASIDE, 7, "Assessments", "soon")
    assert problem.why.startswith("line 7: ")
    assert problem.remedy == "write it as yyyy-mm-dd"


def test_elements_that_the_census_does_not_know_are_counted_once_each():
    strange = "<Nickname><Short>x</Short></Nickname>"
    found = read(census((child(episode(), more=strange) + child(episode(), identifier="B", more=strange)) + "<Pet/>"))
    unknown = {p.column: p.why for p in found.problems if p.reason == "element-unknown"}
    assert set(unknown) == {"Nickname", "Short", "Pet"}
    assert "2 times" in unknown["Short"]
    assert "once" in unknown["Pet"]


def test_capitals_alone_do_not_lose_an_element():
    found = read(census(child(episode(before="<CINClosureDate>2017-07-01</CINClosureDate>"))))
    assert cells(found, "episodes_of_need")[0]["closure_date"] == "2017-07-01"
    assert "element-misspelt" in reasons(found)


def test_an_element_given_twice_is_reported():
    found = read(census(child(episode(before="<PrimaryNeedCode>N2</PrimaryNeedCode>"))))
    assert cells(found, "episodes_of_need")[0]["primary_need"] == "N1"
    assert [(p.reason, p.value) for p in found.problems] == [("element-repeated", "N2")]


# --- files that can't be trusted ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "quarter", "reason", "words"),
    [
        (census(child(episode()))[:-60], None, "xml-unreadable", "breaks off or is malformed at line"),
        ('<!DOCTYPE Message [<!ENTITY a "b">]>' + census(child(episode())), None, "xml-unreadable", "document type"),
        (census(child(episode())).replace("Message>", "Census>"), None, "root-wrong", "its root element is 'Census'"),
        (census(child(episode())).replace(">CIN<", ">CSWW<"), None, "collection-wrong", "'CSWW', not 'CIN'"),
        (census(child(episode()), year="2017"), None, "header-contradicts-itself", "Year 2017"),
        (census(child(episode()), date="31 March"), None, "date-unreadable", "'31 March', which is no date"),
        (census(child(episode()), year="", date=""), None, "date-missing", "neither ReferenceDate nor Year"),
        (census(child(episode())), "2017-18-Q3", "date-after-quarter", "31 March 2018, after 2017-18-Q3 ends"),
        (census("<CINdetails/>"), None, "census-empty", "no child"),
        (census(child(episode()).replace(">6</Ref", ">NULL</Ref")), None, "null-literal", "'ReferralSource' holds the word NULL"),
        (census("".join(child(episode(), identifier=f"C{n}") for n in range(12)).replace(">6<", ">POL<")), None,
         "codes-unknown-throughout", "12 of 12 values of 'ReferralSource'"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_trusted_is_refused_with_a_sentence(text, quarter, reason, words):
    assert READER.claims(document(text))
    found = read(text, quarter)
    refusal = next(p for p in found.problems if p.outcome == REFUSED)
    assert refusal.reason == reason
    assert words in refusal.why
    assert refusal.remedy
    assert found.tables == {}
    assert all(count.kept == 0 for count in found.counts)


def test_a_second_census_of_one_date_is_refused():
    text = census(child(episode()))
    first, second = READER.read([document(text, "a.xml"), document(text, "b.xml")], Context(None))
    assert first.tables
    assert [p.reason for p in second.problems] == ["census-twice"]
    assert "a.xml" in second.problems[0].why


def test_a_year_to_date_extract_speaks_up_to_its_own_date():
    found = read(census(child(episode()), year="2018", date="2017-09-30"), "2017-18-Q2")
    assert (found.start, found.end) == (dt.date(2017, 4, 1), dt.date(2017, 9, 30))
    assert found.title == "CIN census 2017-18, as at 30 September 2017"


def test_a_header_without_reference_date_is_filled_from_its_year_and_says_so():
    found = read(census(child(episode()), date=""))
    assert found.end == dt.date(2018, 3, 31)
    assert "date-supposed" in reasons(found)


# --- DfE's rules --------------------------------------------------------------------------------------------------

ENQUIRY = "<Section47><S47ActualStartDate>{0}</S47ActualStartDate>{1}<ICPCnotRequired>{2}</ICPCnotRequired></Section47>"
ASSESSED = ("<Assessments><AssessmentActualStartDate>{0}</AssessmentActualStartDate>"
            "<AssessmentAuthorisationDate>{1}</AssessmentAuthorisationDate></Assessments>")  # fmt: skip
CLOSED = "<CINclosureDate>{0}</CINclosureDate><ReasonForClosure>{1}</ReasonForClosure>"
HELD = "<DateOfInitialCPC>{0}</DateOfInitialCPC>"


@pytest.mark.parametrize(
    ("details", "rule"),
    [
        (episode(ENQUIRY.format("2017-06-05", HELD.format("2017-06-24"), 0)), "8875"),
        (episode(plan("2017-07-03", "2017-07-01")), "8925"),
        (episode(plan("2017-07-03", "2017-07-03")), "8840"),
        (episode(plan("2017-07-03", "2017-09-01") + plan("2017-08-01", "2017-10-02")), "8940"),
        (episode(plan("2017-07-03") + plan("2017-08-01")), "8935"),
        (episode(plan("2017-05-03")), "1105"),
        (episode(plan("2017-07-03", reviews="<Reviews><CPPreviewDate>2017-07-03</CPPreviewDate></Reviews>")), "8841"),
        (episode(ASSESSED.format("2017-06-05", "2017-07-20"), before=CLOSED.format("2017-07-05", "RC7")), "8565"),
        (episode(ASSESSED.format("2017-06-05", "2017-06-01")), "8608"),
        (episode(ASSESSED.format("2017-05-05", "2017-06-01")), "1103"),
        (episode(ASSESSED.format("2018-01-02", "")), "8670Q"),
        (episode(ENQUIRY.format("2018-01-02", "", 0)), "8675Q"),
        (episode(plan("2017-07-03"), before=CLOSED.format("2017-09-05", "RC8")), "2990"),
        (episode(date="2018-04-02"), "8600"),
        (episode(before=CLOSED.format("2017-05-05", "RC7")), "8630"),
        (episode(before="<CINclosureDate>2017-07-05</CINclosureDate>"), "8805"),
        (episode() + episode(date="2017-09-01"), "8815"),
        (episode(before=CLOSED.format("2017-10-02", "RC7")) + episode(date="2017-09-01"), "8820"),
        ("", "8590"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_noted_and_nothing_is_dropped(details, rule):
    found = read(census(child(details)))
    assert any(f"rule {rule})" in p.why or f"rules {rule}" in p.why for p in found.problems), reasons(found)
    assert {p.outcome for p in found.problems} == {NOTED}
    assert all(count.set_aside == 0 for count in found.counts)


def test_a_blameless_census_has_no_problems():
    inside = ASSESSED.format("2017-06-02", "2017-07-03") + ENQUIRY.format(
        "2017-06-05", HELD.format("2017-06-23"), "false"
    )
    reviews = "<Reviews><CPPreviewDate>2017-09-15</CPPreviewDate></Reviews>"
    again = episode(before=CLOSED.format("2018-02-01", "RC8"), date="2018-01-15")
    first = episode(inside + plan("2017-06-23", "2017-12-01", reviews), before=CLOSED.format("2017-12-15", "RC7"))
    assert read(census(child(first + again))).problems == ()


def test_a_child_born_after_the_census_is_noted_unless_expected():
    unborn = (
        census(child(episode()))
        .replace("PersonBirthDate>", "ExpectedPersonBirthDate>")
        .replace("2010-05-06", "2018-07-01")
    )
    assert read(unborn).problems == ()
    born = census(child(episode())).replace("2010-05-06", "2018-07-01")
    assert "birth-after-reference" in reasons(read(born))
    assert cells(read(unborn), "children")[0]["date_of_birth"] == "2018-07-01"


# --- whatever comes -----------------------------------------------------------------------------------------------

_tags = st.sampled_from([*KINDS, "ChildIdentifiers", "LAchildID", "CINreferralDate", "CPPstartDate", "S47ActualStartDate",
                         "AssessmentActualStartDate", "ICPCnotRequired", "Reviews", "ReferralNFA", "Oddity",
                         "InitialCategoryOfAbuse", "Children", "Header", "Message"])  # fmt: skip
_texts = st.sampled_from(
    ["", "2017-06-01", "2017-13-45", "0001-01-01", "true", "A", "B", "NEG", "1", "-1", "9e99", "  "]
) | st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="<>&￾￿"), max_size=8
)
_junk = st.recursive(
    st.builds("<{0}>{1}</{0}>".format, _tags, _texts),
    lambda inner: st.builds(lambda tag, parts, text: f"<{tag}>{text}{''.join(parts)}</{tag}>", _tags, st.lists(inner, max_size=5), _texts),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(_junk, max_size=4))
def test_well_formed_junk_never_raises_and_every_record_is_accounted_for(parts):
    text = census("".join(parts))
    found = read(text, "2018-19-Q2")
    children = re.sub(r".*<Children>(.*)</Children></Message>", r"\1", text, flags=re.S)
    outermost = 0 if "<Child>" not in children else sum(c.read for c in found.counts if c.sheet == "Child")
    assert outermost <= text.count("<Child>")
    for count in found.counts:
        assert count.read <= text.count(f"<{count.sheet}>")
        told = sum(p.outcome == SET_ASIDE and p.sheet == count.sheet for p in found.problems)
        assert told == count.set_aside or any(p.outcome == REFUSED for p in found.problems)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=120), st.integers(0, 900))
def test_a_damaged_file_never_raises(noise, place):
    whole = census(child(episode(plan("2017-07-03")))).encode()
    read(whole[:place] + noise + whole[place + len(noise) :], "2018-19-Q2")
