"""What coded cells of Annex A mean, in Ofsted's own wording and in authorities'."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.reference.codes import codes
from analysis.returns.annex_a.details import DETAILS
from analysis.returns.annex_a.layout import CODE, LISTS, YES_NO
from analysis.returns.annex_a.meaning import Meaning, answer, code_list
from analysis.returns.annex_a.pages import authority_name
from analysis.returns.annex_a.spellings import GROUPS, PLAIN
from analysis.returns.annex_a.spellings import YES_NO as WORDS

REFERENCES = sorted({h.codes for listed in LISTS for h in listed.headings if h.kind == CODE})


@pytest.mark.parametrize(
    ("reference", "text", "code"),
    [
        ("canonical:sex", "a) Male", "M"), ("canonical:sex", "F", "F"), ("canonical:sex", "2", "F"),
        ("canonical:sex", "c) Not stated/recorded (or unborn)", "U"), ("canonical:sex", "d) Neither", "N"),
        ("canonical:sex", "Female", "F"), ("canonical:sex", "b. Female", "F"),
        ("canonical:ethnicity", "a) WBRI", "WBRI"), ("canonical:ethnicity", "WBRI - White British", "WBRI"),
        ("canonical:ethnicity", "s) NOBT", "NOBT"), ("canonical:ethnicity", "s) REFU", "REFU"),
        ("canonical:ethnicity", "White - British", "WBRI"), ("canonical:ethnicity", "Mixed - White & Asian", "MWAS"),
        ("canonical:ethnicity", "Asian/Asian British - Indian", "AIND"), ("canonical:ethnicity", "q) Chinese", "CHNE"),
        ("canonical:ethnicity", "Black or Black British - Any other Black background", "BOTH"),
        ("cin:ReferralSource", "q) 6: Police", "6"), ("cin:ReferralSource", "Police", "6"),
        ("cin:ReferralSource", "b) 1B: Individual", "1B"), ("cin:ReferralSource", "School", "2A"),
        ("cin:ReferralSource", "1A - Individual - Family member/relative/carer", "1A"),
        ("cin:ReferralSource", "4", "4"), ("cin:ReferralSource", "4 - Housing", "4"),
        ("cin:ReferralSource", "Health Services - GP", "3A"), ("cin:ReferralSource", "‘HEALTH SERVICES’ – health visitor.", "3B"),
        ("cin:ReferralSource", "Health - Other", "3F"), ("cin:ReferralSource", "Police [6]", "6"),
        ("cin:ReferralSource", "Education - School", "2A"), ("cin:ReferralSource", "u) 10: Unknown", "10"),
        ("cin:PrimaryNeedCode", "N1 - Abuse or Neglect", "N1"), ("cin:PrimaryNeedCode", "Abuse or neglect", "N1"),
        ("cin:PrimaryNeedCode", "N2 - Child’s disability", "N2"), ("cin:PrimaryNeedCode", "CIN - N4 Family in Acute stress", "N4"),
        ("cin:PrimaryNeedCode", "N5a - Domestic Abuse", "N5"),
        ("cin:ReasonForClosure", "RC7 - Services ceased for any other reason, including child no longer in need", "RC7"),
        ("cin:CategoryOfAbuse", "d) Emotional abuse", "EMO"), ("cin:CategoryOfAbuse", "NEG", "NEG"),
        ("cin:CategoryOfAbuse", "Neglect and emotional abuse", "MUL"), ("cin:CategoryOfAbuse", "e) Multiple/not recommended", "MUL"),
        ("cin:CategoryOfAbuse", "Likelihood of Physical", "PHY"),
        ("ssda903:LS", "C2: FCO", "C2"), ("ssda903:LS", "zzCodeError", "V4"), ("ssda903:LS", "e) Accommodated under S20", "V2"),
        ("ssda903:LS", "INTERIM CARE ORDER [C1]", "C1"), ("ssda903:LS", "b) Full care orders", "C2"),
        ("ssda903:LS", "L1 - Under police protection and in local authority accommodation", "L1"),
        ("ssda903:REC", "k) E47: Special Guardianship Orders - relative/friend", "E47"),
        ("ssda903:REC", "e) E4A: Returned home to live with parents or relatives - part of planning", "E4A"),
        ("ssda903:REC", "u) X1:CodeError", "X1"), ("ssda903:REC", "Adopted - consent dispensed with", "E12"),
        ("ssda903:REC", "Special guardianship order made to carers, other than former foster carers, who were a rel", "E47"),
        ("ssda903:PLACE", "f) U6: Foster placement - not FFA", "U6"), ("ssda903:PLACE", "d) U4: Foster placement - long term", "U4"),
        ("ssda903:PLACE", "zz) T4: Temporary placement - seven days or less", "T4"), ("ssda903:PLACE", "h) Children’s Homes", "K2"),
        ("ssda903:PLACE", "Foster placement with relative(s) or friend(s) – long term fostering", "U1"),
        ("ssda903:PLACE_PROVIDER", "e) PR4 - Private provision", "PR4"), ("ssda903:PLACE_PROVIDER", "a) Own LA", "PR1"),
        ("ssda903:IN_TOUCH", "d) Refu", "REFU"), ("ssda903:IN_TOUCH", "f) Rhom", "RHOM"), ("ssda903:IN_TOUCH", "a) Yes", "YES"),
        ("ssda903:ACTIV", "F2: Full time in education other than higher", "F2"),
        ("ssda903:ACTIV", "G5: Not in education, employment or training - other", "G5"),
        ("ssda903:REASON_PLACED_CEASED", "RD2", "RD2"),
        ("annex_a:case_status", "c) Child in need plan", "CIN"), ("annex_a:case_status", "CLA", "LAC"),
        ("annex_a:permanence_plan", "c) SGO/CAO", "SGO_CAO"), ("annex_a:placement_location", "b) Out", "OUT"),
        ("annex_a:eligibility", "a) Relevant child", "RELEVANT"), ("annex_a:eligibility", "Former relevant 18-20", None),
        ("annex_a:accommodation", "U: Independent living", "U"), ("annex_a:accommodation", "(E) Supported Lodgings", "E"),
        ("annex_a:accommodation", "B1", "B"), ("annex_a:accommodation", "S No fixed abode / homeless", "S"),
        ("annex_a:adopter_leaving", "1", "1"), ("annex_a:adopter_leaving", "3 - Application refused", "3"),
    ],
)  # fmt: skip
def test_known_wordings(reference, text, code):
    assert code_list(reference).meaning(text).code == code


@pytest.mark.parametrize(
    ("reference", "text", "among"),
    [
        ("cin:ReferralSource", "a) Individual", ("1A", "1B", "1C", "1D")),
        ("cin:ReferralSource", "Health", ("3A", "3B", "3C", "3D", "3E", "3F")),
        ("canonical:ethnicity", "a) White", ("WBRI", "WIRI", "WIRT", "WOTH", "WROM")),
        ("ssda903:LS", "g) Youth justice legal Statuses", ("J1", "J2", "J3")),
        ("ssda903:PLACE", "a) Foster placement", ("U1", "U2", "U3", "U4", "U5", "U6")),
        ("ssda903:REC", "g) Special Guardianship Orders", ("E45", "E46", "E47", "E48")),
        ("ssda903:ACTIV", "b) NEET", ("G4", "G5", "G6")),
    ],
)
def test_groupings_of_several_codes_mean_none_of_them(reference, text, among):
    assert code_list(reference).meaning(text) == Meaning(None, among)


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("cin:PrimaryNeedCode", "PSRMEM - Support with memory and cognition"),
        ("cin:PrimaryNeedCode", "N1 - Low income"),  # the code and the words contradict each other
        ("cin:ReferralSource", "7 - Police"),
        ("ssda903:LS", "CLA - E1 - Placement order AND C2 - Full Care Order"),
        ("ssda903:IN_TOUCH", "No contact recorded"),
        ("canonical:sex", "N"),
        ("ssda903:REC", "E4"),
    ],
)
def test_what_means_nothing_for_sure(reference, text):
    assert code_list(reference).meaning(text) == Meaning()


@pytest.mark.parametrize(
    ("words", "text", "said"),
    [
        ("yes", "a) Yes", "yes"), ("yes", "b) No", "no"), ("yes", "c) Unknown", "unknown"), ("yes", "Y", "yes"),
        ("yes", "yes", "yes"), ("yes", "1", "yes"), ("yes", "0 - No", "no"), ("yes", "True", "yes"), ("yes", "b. No", "no"),
        ("yes", "CS Assessment Updated", None), ("no further action", "NFA", "yes"), ("disability", "AUT", "yes"),
        ("disability", "NONE", "no"), ("seen alone", "Not seen alone", "no"), ("seen", "Child seen alone", "yes"),
        ("suitable", "b) Unsuitable", "no"), ("suitable", "2", "no"), ("suitable", "1 - Suitable", "yes"),
    ],
)  # fmt: skip
def test_yes_and_no(words, text, said):
    assert answer(text, words) == said


@pytest.mark.parametrize("reference", REFERENCES)
def test_every_code_means_itself_and_every_label_its_code(reference):
    known = code_list(reference)
    collection, _, name = reference.partition(":")
    for code, label in codes(collection, name).items():
        if reference != "canonical:sex" or code != "N":
            assert known.meaning(code).code == code
        assert known.meaning(label).code in (code, None) or list(codes(collection, name).values()).count(label) > 1


@pytest.mark.parametrize("reference", REFERENCES)
@given(
    letter=st.sampled_from(["a) ", "Z) ", "zz) ", ""]),
    case=st.sampled_from([str.upper, str.lower, str]),
    data=st.data(),
)
def test_prefix_and_case_mean_nothing(reference, letter, case, data):
    spellings = [(s, code) for code, some in PLAIN[reference].items() for s in some.split("|")
                 if code in code_list(reference).labels]  # fmt: skip
    text, _ = data.draw(st.sampled_from(spellings))
    known = code_list(reference)
    assert known.meaning(letter + case(text)) == known.meaning(text)


@pytest.mark.parametrize("reference", REFERENCES)
def test_no_spelling_means_two_codes(reference):
    from analysis.returns.annex_a.meaning import key

    assert reference in PLAIN
    seen: dict[str, str] = {}
    for code, some in PLAIN[reference].items():
        for text in (*some.split("|"), *DETAILS.get(reference, {}).get(code, ())):
            assert seen.setdefault(key(text), code) == code, text
            if code in code_list(reference).labels:
                assert code_list(reference).meaning(text).code == code, text


def test_spellings_are_of_lists_that_are_read():
    assert set(PLAIN) == set(REFERENCES)
    assert set(DETAILS) | set(GROUPS) <= set(REFERENCES)
    assert set(WORDS) == {h.codes for listed in LISTS for h in listed.headings if h.kind == YES_NO}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("NORTHUMBERLAND COUNTY COUNCIL", "Northumberland"), ("Newcastle upon Tyne City Council", "Newcastle upon Tyne"),
        ("newcastle upon tyne", "Newcastle upon Tyne"), ("London Borough of Barking & Dagenham", "Barking and Dagenham"),
        ("Gateshead Metropolitan Borough Council", "Gateshead"), ("North Tyneside MBC", "North Tyneside"),
        ("NIR - Child placed in Northern Ireland", "NIR"), ("con", "CON"), ("Home Town", "Home Town"), ("Conwy", "Conwy"),
        ("City of York", "York"),
    ],
)  # fmt: skip
def test_authority_names(written, name):
    assert authority_name(written) == name
