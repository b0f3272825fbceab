"""What an Annex A workbook looks like: Ofsted's headers and preferred codes, and the layouts that authorities use.

Source: Ofsted, *Annex A: child level data*, August 2019 template and guidance (Open Government Licence v3).
Trailing spaces in headers are Ofsted's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from analysis.reference.calendar import Quarter

TITLES = (
    "Contacts", "Early Help", "Referral", "Assessments",
    "Section 47 enquiries and Initial Child Protection Conferences", "Children in Need", "Child protection",
    "Children in care", "Care leavers", "Adoption", "Adopters",
)  # fmt: skip
_CHILD = ("Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)")
_DISABILITY = "Does the Child have a Disability"
_ALLOCATED = ("Allocated Team", "Allocated Worker")
HEADERS: Mapping[int, tuple[str, ...]] = MappingProxyType({
    1: (*_CHILD, "Date of Contact", "Contact Source"),
    2: (*_CHILD, "Assessment start date", "Assessment completion date", "Organisation completing assessment"),
    3: (*_CHILD, "Date of referral", "Referral Source", "Referral NFA?", "Number of Referrals in Last 12 Months",
        *_ALLOCATED),
    4: (*_CHILD, _DISABILITY, "Continuous Assessment Start Date", "Child Seen During Continuous Assessment",
        "Continuous Assessment Date of Authorisation",
        "Was the child assessed as requiring LA children’s social care support", *_ALLOCATED),
    5: (*_CHILD, _DISABILITY, "Strategy discussion initiating Section 47 Enquiry Start Date",
        "Was an Initial Child Protection Conference deemed unnecessary?",
        "Date of Initial Child Protection Conference",
        "Did the Initial Child Protection Conference Result in a Child Protection Plan",
        "Number of Section 47 Enquiries in the last 12 months", "Number of ICPCs in the last 12 months", *_ALLOCATED),
    6: (*_CHILD, _DISABILITY, "CIN Start Date", "Primary Need Code", "Date Child Was Last Seen", "CIN Closure Date",
        "Reason for Closure", "Case status", *_ALLOCATED),
    7: (*_CHILD, _DISABILITY, "Child Protection Plan Start Date", "Initial Category of Abuse",
        "Latest Category of Abuse", "Date of the Last Statutory Visit", "Was the Child Seen Alone?",
        "Date of latest review conference", "Child Protection Plan End Date",
        "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)",
        "Number of Previous Child Protection Plans", *_ALLOCATED),
    8: (*_CHILD, "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)", _DISABILITY,
        "Date Started to be Looked After", "Child's Category of Need",
        "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)",
        "Start date of current legal status", "Child's Legal Status", "Date of Latest Statutory Review",
        "Date of Last Social Work Visit", "What is the permanence plan for this child?",
        "Date of Last IRO Visit / Contact to the Child", "Date of Last Health Assessment",
        "Date of Last Dental Check", "Number of Placements in the Last 12 months", "Date Ceased to be Looked After ",
        "Reason Ceased to be Looked After", "Start Date of Most Recent Placement", "Placement Type",
        "Placement Provider", "Placement postcode", "URN of Placement", "Placement Location", "LA of Placement",
        "Number of Episodes the Child has been ‘Missing’ from their Placement in the last 12 months",
        "Number of Episodes the Child has been ‘Absent’ from their Placement in the last 12 months",
        "Was the child offered a Return Interview after their last missing episode (Y/N)?",
        "Did the child accept a Return Interview after their last missing episode (Y/N)?", *_ALLOCATED),
    9: (*_CHILD, _DISABILITY, *_ALLOCATED, "Eligibility Category", "LA In Touch ", "Type of Accommodation",
        "Suitability of Accommodation", "Activity Status"),
    10: (_CHILD[0], "Family identifier", *_CHILD[1:], _DISABILITY, "Date the Child Entered Care",
         "Date of Decision that Child Should be Placed for Adoption", "Date of Placement Order",
         "Date of Matching Child and Prospective Adopters", "Date Placed for Adoption", "Date of Adoption Order ",
         "Date of Decision that Child Should No Longer be Placed for Adoption",
         "Reason Why Child No Longer Placed for Adoption",
         "Date the child was placed for fostering in FFA or concurrent planning placement"),
    11: ("Individual adopter identifier", "Family identifier", "Gender", "Ethnicity", "Disability",
         "Is the (prospective) adopter fostering for adoption?", "Date enquiry received", "Date Stage 1 started",
         "Date Stage 1 ended", "Date Stage 2 started", "Date Stage 2 ended", "Date application submitted",
         "Date application approved", "Date adopter matched with child(ren)",
         "Date child/children placed with adopter(s)", "No. of children placed", "Date of Adoption Order",
         "Date of leaving adoption process", "Reason for leaving adoption process"),
})  # fmt: skip
# The same columns as other authorities head them.
DRIFTED: Mapping[str, str] = MappingProxyType({
    "Age of Child (Years)": "Age",
    "Date of referral": "Date of Referral",
    "Case status": "Case Status",
    "LA In Touch ": "LA in Touch",
    "Date Ceased to be Looked After ": "Date Ceased to be Looked After",
    "Date of Adoption Order ": "Date of Adoption Order",
    "Was the child assessed as requiring LA children’s social care support":
        "Was the child assessed as requiring LA children's social care support?",
    "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)":
        "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N))",
    "Number of Episodes the Child has been ‘Missing’ from their Placement in the last 12 months":
        "Number of Episodes the Child has been 'Missing' from their Placement in the last 12 months",
    "Number of Episodes the Child has been ‘Absent’ from their Placement in the last 12 months":
        "Number of Episodes the Child has been 'Absent' from their Placement in the last 12 months",
})  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """How one workbook is laid out. `sheet` takes the list's number; the content is the same in every layout."""

    sheet: str
    titled: bool  # a title row above the headers
    lettered: bool  # `a) Male` rather than `Male`
    drifted: bool  # headers as other authorities write them
    front_sheet: bool

    def header(self, text: str) -> str:
        return DRIFTED.get(text, text) if self.drifted else text


LAYOUTS = (
    Layout("List_{}", titled=True, lettered=True, drifted=False, front_sheet=True),
    Layout("List {}", titled=False, lettered=True, drifted=True, front_sheet=False),
    Layout("List_{}", titled=False, lettered=False, drifted=False, front_sheet=True),
)


def layout_of(quarter: Quarter) -> Layout:
    """The layouts in turn: an authority's export changes now and then, what it says doesn't."""
    return LAYOUTS[(quarter.year * 4 + quarter.number) % len(LAYOUTS)]


def _prefixed(*words: str, letters: str = "abcdefghijklmnopqrstuvwxyz") -> dict[str, str]:
    """`Code=text` pairs in Ofsted's order, each text after its letter."""
    pairs = [word.split("=", 1) for word in words]
    return {code: f"{letter}) {text}" for letter, (code, text) in zip(letters, pairs, strict=False)}


_ETHNICITIES = (
    "WBRI", "WIRI", "WIRT", "WOTH", "WROM", "MWBC", "MWBA", "MWAS", "MOTH", "AIND", "APKN", "ABAN", "AOTH", "BCRB",
    "BAFR", "BOTH", "CHNE", "OOTH", "REFU",
)  # fmt: skip
_SOURCES = (
    "1A=1A: Individual", "1B=1B: Individual", "1C=1C: Individual", "1D=1D: Individual", "2A=2A: Schools",
    "2B=2B: Education services", "3A=3A: Health services", "3B=3B: Health services", "3C=3C: Health services",
    "3D=3D: Health services", "3E=3E: Health services", "3F=3F: Health services", "4=4: Housing",
    "5A=5A: LA services", "5B=5B: LA services", "5C=5C: LA services", "6=6: Police", "7=7: Other legal agency",
    "8=8: Other", "9=9: Anonymous", "10=10: Unknown",
)  # fmt: skip
_CEASED = (
    "E11=E11: Adopted - application unopposed", "E12=E12: Adopted - consent dispensed", "E2=E2: Died",
    "E3=E3: Care taken by another LA", "E4A=E4A: Returned home to live with parents or relatives - part of planning",
    "E4B=E4B: Returned home to live with parents or relatives - not part of planning",
    "E13=E13: Parents, relatives or other with no parental responsibility", "E41=E41: Residence order granted",
    "E45=E45: Special Guardianship Orders - former carer relative/friend",
    "E46=E46: Special Guardianship Orders - former carer other",
    "E47=E47: Special Guardianship Orders - relative/friend", "E48=E48: Special Guardianship Orders - other",
    "E5=E5: Moved into independent living - supported", "E6=E6: Moved into independent living - no support",
    "E7=E7: Transferred to residential care funded by adult social services", "E9=E9: Sentenced to custody",
    "E14=E14: Accommodation on remand ended", "E15=E15: Age assessment determined child was 18 or over",
    "E16=E16: Child moved abroad", "E8=E8: Care ceased for any other reason",
)  # fmt: skip
_PLACEMENTS = (
    "U1=U1: Foster placement - relatives - long term", "U2=U2: Foster placement - relative - FFA",
    "U3=U3: Foster placement - relative - not FFA", "U4=U4: Foster placement - long term",
    "U5=U5: Foster placement - FFA", "U6=U6: Foster placement - not FFA",
    "A3=A3: Placed for adoption - consent - current foster", "A4=A4: Placed for adoption - consent - not foster",
    "A5=A5: Placed for adoption - order - foster", "A6=A6: Placed for adoption - order - not foster",
    "P1=P1: Placed with parents", "P2=P2: Independent living", "P3=P3: Residential employment",
    "H5=H5: Residential accommodation", "K1=K1: Secure Children’s Homes", "K2=K2: Children’s Homes",
    "R1=R1: Residential Care Home", "R2=R2: NHS/Health Trust", "R3=R3: Family Centre or Mother and Baby Unit",
    "R5=R5: Young Offender Institution", "S1=S1: Residential school", "Z1=Z1: Other placements",
    "T0=T0: Temporary placement", "T1=T1: Temporary placement - hospital", "T2=T2: Temporary placement - holiday",
    "T3=T3: Temporary placement - carer holiday",
)  # fmt: skip
# List name -> canonical code -> Ofsted's preferred text.
PREFERRED: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "sex": _prefixed("M=Male", "F=Female", "U=Not stated/recorded (or unborn)", "N=Neither"),
    "sex of adopter": _prefixed("M=Male", "F=Female", "N=Neither", "U=Not stated/recorded"),
    # Ofsted gives two codes the letter s.
    "ethnicity": _prefixed(*(f"{code}={code}" for code in _ETHNICITIES)) | {"NOBT": "s) NOBT"},
    "source": _prefixed(*_SOURCES),
    "primary need": {
        "N1": "N1 - Abuse or neglect", "N2": "N2 - Child’s disability", "N3": "N3 - Parental disability or illness",
        "N4": "N4 - Family in acute stress", "N5": "N5 - Family dysfunction",
        "N6": "N6 - Socially unacceptable behaviour", "N7": "N7 - Low income", "N8": "N8 - Absent parenting",
        "N9": "N9 - Cases other than children in need", "N0": "N0 - Not stated",
    },
    "closure": {
        "RC1": "RC1 - Adopted", "RC2": "RC2 - Died", "RC3": "RC3 - Child arrangements order",
        "RC4": "RC4 - Special guardianship order", "RC5": "RC5 - Transferred to services of another local authority",
        "RC6": "RC6 - Transferred to adult social care services",
        "RC7": "RC7 - Services ceased for any other reason, including child no longer in need",
        "RC8": "RC8 - Case closed after assessment, no further action",
    },
    "abuse": _prefixed("NEG=Neglect", "PHY=Physical abuse", "SAB=Sexual abuse", "EMO=Emotional abuse",
                       "MUL=Multiple/not recommended"),
    "legal status": {
        "C1": "C1: ICO", "C2": "C2: FCO", "D1": "D1: Freeing order", "E1": "E1: Placement order",
        "V2": "V2: Single period under S20", "L1": "L1: Police protection LA accommodation", "L2": "L2: EPO",
        "L3": "L3: Child assessment order LA accommodation", "J1": "J1: Remanded to LA or youth detention",
        "J2": "J2: LA accommodation under PACE", "J3": "J3: Youth rehabilitation order",
        "V3": "V3: Short term breaks, episodes recorded", "V4": "V4: Short term breaks, agreements recorded",
    },
    # The template is of 2019; until 2017-18 special guardianship had two codes, in the same two places.
    "ceased": _prefixed(*_CEASED) | {
        "E43": "i) E43: Special Guardianship Orders - former foster carers",
        "E44": "j) E44: Special Guardianship Orders - other carers",
    },
    "placement": _prefixed(*_PLACEMENTS) | {"T4": "zz) T4: Temporary placement - seven days or less"},
    "provider": _prefixed("PR0=PR0: Parents/Parental responsibility", "PR1=PR1: Own provision",
                          "PR2=PR2: Other LA provision", "PR3=PR3: Other public provision",
                          "PR4=PR4: Private provision", "PR5=PR5: Voluntary/third sector"),
    "location": _prefixed("IN=In", "OUT=Out"),
    "case status": _prefixed("LAC=Looked after child", "CPP=Child Protection plan", "CIN=Child in need plan",
                             "ASSESSMENT=Open assessment", "CLOSED=Closed episode"),
    "permanence plan": _prefixed("RETURN=Return to family", "ADOPTION=Adoption", "SGO_CAO=SGO/CAO",
                                 "SUPPORTED_LIVING=Supported living in the community",
                                 "RESIDENTIAL=Long-term residential placement", "FOSTERING=Long-term fostering",
                                 "OTHER=other"),
    "eligibility": _prefixed("RELEVANT=Relevant child", "FORMER_RELEVANT=Former relevant child",
                             "QUALIFYING=Qualifying care leaver"),
    "in touch": _prefixed("YES=Yes", "NO=No", "DIED=Died", "REFU=Refu", "NREQ=NREQ", "RHOM=Rhom"),
    "accommodation": {
        "B": "B: Parents/relatives", "C": "C: Community home / residential care",
        "D": "D: Semi-independent, transitional accommodation and self-contained accommodation",
        "E": "E: Supported lodgings", "G": "G: Abroad", "H": "H: Deported",
        "K": "K: Ordinary lodgings, without formal support", "R": "R: Residence not known",
        "S": "S: No fixed abode / homeless", "T": "T: Foyers and similar supported accommodation",
        "U": "U: Independent living", "V": "V: Emergency accommodation", "W": "W: Bed and breakfast",
        "X": "X: In custody", "Y": "Y: Other accommodation", "Z": "Z: With former foster carers",
    },
    "activity": {
        "F1": "F1: Full time in higher education", "P1": "P1: Part time in higher education",
        "F2": "F2: Full time in education other than higher", "P2": "P2: Part time in education other than higher",
        "F3": "F3: Full time in training or employment", "P3": "P3: Part time in training or employment",
        "G4": "G4: Not in education, employment or training - illness or disability",
        "G5": "G5: Not in education, employment or training - other",
        "G6": "G6: Not in education, employment or training - pregnancy or parenting",
    },
    "reversal": {
        "RD1": "RD1 - The child’s needs changed subsequent to the decision",
        "RD2": "RD2 - The Court did not make a placement order",
        "RD3": "RD3 - Prospective adopters could not be found", "RD4": "RD4 - Any other reason",
    },
    "leaving adoption": {
        "1": "1 - Adopter withdrew from process", "2": "2 - Process put on hold", "3": "3 - Application refused",
    },
})  # fmt: skip
# "Included for completeness with the DfE codes but these children aren't needed in list 6" (Ofsted, August 2019).
CLOSED_AFTER_ASSESSMENT = "RC8"
YES, NO, UNKNOWN = "a) Yes", "b) No", "c) Unknown"
_LETTER = re.compile(r"^[a-z]{1,2}\) ")


def unlettered(text: str) -> str:
    """`q) 6: Police` as `6: Police`."""
    return _LETTER.sub("", text)
