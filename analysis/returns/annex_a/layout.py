"""The eleven lists of Ofsted's Annex A: their columns, what each column is read as, and the table it goes to.

Source: Ofsted, *Annex A: child level data*, template of August 2019, with the columns that list 9 gained in 2024.
`also` holds other headings met for the same column, where more than case, spacing and punctuation differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from analysis.returns.ledger import header_key

# How a column is read.
IDENTIFIER, TEXT, DATE, CODE, YES_NO, COUNT = "identifier", "text", "date", "code", "yes or no", "count"
# Text that a workbook may hold as a number: an identifier that a row can do without.
REFERENCE = "reference"
POSTCODE, AUTHORITY = "postcode", "authority"
# The age is worked out from the date of birth wherever it is needed, so the column is known and left alone.
RECOMPUTED = "recomputed"

# Columns of the `reported_counts` table: what the lists count themselves.
MEASURES = (
    "referrals_12m",
    "section47_12m",
    "icpc_12m",
    "previous_plans",
    "placements_12m",
    "missing_12m",
    "absent_12m",
)
DEMOGRAPHICS = ("sex", "ethnicity", "date_of_birth", "disabled", "unaccompanied")


@dataclass(frozen=True)
class Heading:
    """One column of a list. `reads` is the canonical name it is read to.

    `codes` names the code list (`collection:list`), or the words for yes and no. Without an `essential` column a
    list can't be read at all. A `filled` column of codes must not be blank, so literal NULLs throughout it mean a
    broken export. A `newer` column is not missed in a workbook that lacks it.
    """

    text: str
    reads: str
    kind: str
    codes: str = ""
    also: tuple[str, ...] = ()
    essential: bool = False
    filled: bool = False
    newer: bool = False

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(header_key(text) for text in (self.text, *self.also))


@dataclass(frozen=True)
class Annexed:
    """One list. `into` says which of its columns go to which canonical table (canonical name -> read name).

    `key` identifies a row within the list; `start` and `end` bound it. `basis` is what the list promises to hold
    whole of `promised` (see `Coverage`). `happened` are dates of things that had happened when the list was drawn.
    """

    number: int
    title: str
    headings: tuple[Heading, ...]
    key: tuple[str, ...]
    into: Mapping[str, Mapping[str, str]]
    start: str = ""
    end: str = ""
    promised: str = ""
    basis: str = ""
    status: str = ""

    @property
    def name(self) -> str:
        return f"Annex A list {self.number}: {self.title}"

    @property
    def happened(self) -> tuple[str, ...]:
        return tuple(h.reads for h in self.headings if h.kind == DATE and h.reads != "date_of_birth")


def _date(text: str, reads: str, *also: str, essential: bool = False, newer: bool = False) -> Heading:
    return Heading(text, reads, DATE, also=also, essential=essential, newer=newer)


def _code(text: str, reads: str, codes: str, *also: str, filled: bool = False) -> Heading:
    return Heading(text, reads, CODE, codes, also, filled=filled)


def _yes(text: str, reads: str, *also: str, words: str = "yes", filled: bool = False, newer: bool = False) -> Heading:
    return Heading(text, reads, YES_NO, words, also, filled=filled, newer=newer)


def _count(text: str, reads: str, *also: str) -> Heading:
    return Heading(text, reads, COUNT, also=also)


def _into(names: str, /, **renamed: str) -> Mapping[str, str]:
    return MappingProxyType({name: name for name in names.split()} | renamed)


_CHILD = Heading(
    "Child Unique ID", "child_id", IDENTIFIER, essential=True,
    also=("Child ID", "Child Unique Identifier", "Child's Unique ID", "Unique Child ID", "Child Identifier"),
)  # fmt: skip
_SEX = _code("Gender", "sex", "canonical:sex", "Sex", "Gender of Child", filled=True)
_ETHNICITY = _code("Ethnicity", "ethnicity", "canonical:ethnicity", "Ethnic Origin", "Ethnicity of Child", filled=True)
_BORN = _date("Date of Birth", "date_of_birth", "DOB", "Date of Birth (or expected date of birth)")
_AGE = Heading("Age of Child (Years)", "age", RECOMPUTED, also=("Age", "Age of Child", "Age (Years)"))
_DISABLED = _yes(
    "Does the Child have a Disability", "disabled", "Disability", "Does the Child have a Disability (Y/N)",
    words="disability",
)  # fmt: skip
_TEAM = Heading("Allocated Team", "team", TEXT, also=("Team",))
_WORKER = Heading("Allocated Worker", "worker", TEXT, also=("Worker", "Allocated Social Worker"))
_FAMILY = Heading("Family identifier", "family_id", REFERENCE, also=("Family ID",))
_WHO = (_CHILD, _SEX, _ETHNICITY, _BORN, _AGE)
_WHOM = (_TEAM, _WORKER)
_SOURCE = "cin:ReferralSource"
_ABUSE = "cin:CategoryOfAbuse"

LISTS: tuple[Annexed, ...] = (
    Annexed(
        1, "Contacts",
        (*_WHO, _date("Date of Contact", "date", "Contact Date", essential=True),
         _code("Contact Source", "source", _SOURCE, "Source of Contact", filled=True)),
        ("child_id", "date", "source"), {"contacts": _into("child_id date source")},
        start="date", promised="contacts", basis="starting",
    ),
    Annexed(
        2, "Early help",
        (*_WHO, _date("Assessment start date", "start_date", essential=True),
         _date("Assessment completion date", "completion_date", essential=True),
         Heading("Organisation completing assessment", "organisation", TEXT)),
        ("child_id", "start_date", "organisation"),
        {"early_help_assessments": _into("child_id start_date completion_date organisation")},
        start="start_date", end="completion_date", promised="early_help_assessments", basis="starting",
    ),
    Annexed(
        3, "Referrals",
        (*_WHO, _date("Date of referral", "date", "Referral Date", essential=True),
         _code("Referral Source", "source", _SOURCE, "Source of Referral", filled=True),
         _yes("Referral NFA?", "no_further_action", "Referral NFA (Y/N)", "Referral No Further Action?",
              words="no further action", filled=True),
         _count("Number of Referrals in Last 12 Months", "referrals_12m", "Number of Referrals in the Last 12 Months"),
         *_WHOM),
        ("child_id", "date"), {"referrals": _into("child_id date source no_further_action team worker")},
        start="date", promised="referrals", basis="starting",
    ),
    Annexed(
        4, "Assessments",
        (*_WHO, _DISABLED, _date("Continuous Assessment Start Date", "start_date", essential=True),
         _yes("Child Seen During Continuous Assessment", "child_seen", "Child Seen During Continuous Assessment (Y/N)",
              words="seen"),
         _date("Continuous Assessment Date of Authorisation", "authorised_date",
               "Date of Authorisation of Continuous Assessment", essential=True),
         _yes("Was the child assessed as requiring LA children’s social care support", "requires_support",
              "Was the child assessed as requiring LA children’s social care support (Y/N)?",
              "Was the child assessed as being in need at assessment?"),
         *_WHOM),
        ("child_id", "start_date"),
        {"assessments": _into("child_id start_date authorised_date child_seen requires_support team worker")},
        start="start_date", end="authorised_date", promised="assessments", basis="starting",
    ),
    Annexed(
        5, "Section 47 enquiries and initial child protection conferences",
        (*_WHO, _DISABLED,
         _date("Strategy discussion initiating Section 47 Enquiry Start Date", "start_date",
               "Section 47 Enquiry Start Date", essential=True),
         _yes("Was an Initial Child Protection Conference deemed unnecessary?", "conference_not_required",
              "Was an Initial Child Protection Conference deemed unnecessary (Y/N)?"),
         _date("Date of Initial Child Protection Conference", "conference_date",
               "Initial Child Protection Conference Date"),
         _yes("Did the Initial Child Protection Conference Result in a Child Protection Plan", "led_to_plan",
              "Did the Initial Child Protection Conference Result in a Child Protection Plan (Y/N)?"),
         _count("Number of Section 47 Enquiries in the last 12 months", "section47_12m"),
         _count("Number of ICPCs in the last 12 months", "icpc_12m",
                "Number of Initial Child Protection Conferences in the last 12 months"),
         *_WHOM),
        ("child_id", "start_date"),
        {"section47_enquiries":
            _into("child_id start_date conference_date conference_not_required led_to_plan team worker")},
        start="start_date", promised="section47_enquiries", basis="starting",
    ),
    Annexed(
        6, "Children in need",
        (*_WHO, _DISABLED, _date("CIN Start Date", "start_date", "Child in Need Start Date", essential=True),
         _code("Primary Need Code", "primary_need", "cin:PrimaryNeedCode", "Primary Need", filled=True),
         _date("Date Child Was Last Seen", "last_seen", "Date the Child Was Last Seen"),
         _date("CIN Closure Date", "closure_date", "Child in Need Closure Date", essential=True),
         _code("Reason for Closure", "closure_reason", "cin:ReasonForClosure"),
         _code("Case status", "case_status", "annex_a:case_status", filled=True),
         *_WHOM),
        ("child_id", "start_date"),
        {"episodes_of_need": _into("child_id start_date primary_need closure_date closure_reason"),
         "need_status": _into("child_id start_date last_seen case_status team worker")},
        start="start_date", end="closure_date", promised="episodes_of_need", basis="open", status="need_status",
    ),
    Annexed(
        7, "Child protection",
        (*_WHO, _DISABLED, _date("Child Protection Plan Start Date", "start_date", "CP Plan Start Date", essential=True),
         _code("Initial Category of Abuse", "initial_category", _ABUSE, filled=True),
         _code("Latest Category of Abuse", "latest_category", _ABUSE, filled=True),
         _date("Date of the Last Statutory Visit", "latest_visit", "Date of Last Statutory Visit"),
         _yes("Was the Child Seen Alone?", "seen_alone", "Was the Child Seen Alone (Y/N)?", words="seen alone"),
         _date("Date of latest review conference", "latest_review"),
         _date("Child Protection Plan End Date", "end_date", "CP Plan End Date", essential=True),
         _yes("Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)",
              "emergency_protection",
              "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months"),
         _count("Number of Previous Child Protection Plans", "previous_plans"),
         *_WHOM),
        ("child_id", "start_date"),
        {"protection_plans":
            _into("child_id start_date end_date initial_category latest_category previous_plans team worker"),
         "protection_status": _into("child_id latest_visit seen_alone latest_review emergency_protection team worker",
                                    plan_start="start_date")},
        start="start_date", end="end_date", promised="protection_plans", basis="open", status="protection_status",
    ),
    Annexed(
        8, "Children in care",
        (*_WHO,
         _yes("Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)", "unaccompanied",
              "UASC within the Last 12 Months (Y/N)",
              "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months"),
         _DISABLED, _date("Date Started to be Looked After", "start_date", essential=True),
         _code("Child's Category of Need", "need", "ssda903:CIN", "Category of Need", filled=True),
         _yes("Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)",
              "repeat_period",
              "Is this a second or subsequent episode of being a Looked After Child within the last 12 months (Y/N)",
              "Is this a second or subsequent period of being a Looked After Child within the last 12 months"),
         _date("Start date of current legal status", "legal_status_start"),
         _code("Child's Legal Status", "legal_status", "ssda903:LS", "Legal Status", filled=True),
         _date("Date of Latest Statutory Review", "latest_review"),
         _date("Date of Last Social Work Visit", "latest_visit"),
         _code("What is the permanence plan for this child?", "permanence_plan", "annex_a:permanence_plan",
               "Permanence Plan"),
         _date("Date of Last IRO Visit / Contact to the Child", "latest_iro_visit"),
         _date("Date of Last Health Assessment", "latest_health_assessment"),
         _date("Date of Last Dental Check", "latest_dental_check"),
         _count("Number of Placements in the Last 12 months", "placements_12m"),
         _date("Date Ceased to be Looked After ", "end_date", essential=True),
         _code("Reason Ceased to be Looked After", "reason_ended", "ssda903:REC"),
         _date("Start Date of Most Recent Placement", "placement_start"),
         _code("Placement Type", "placement", "ssda903:PLACE", filled=True),
         _code("Placement Provider", "provider", "ssda903:PLACE_PROVIDER"),
         Heading("Placement postcode", "placement_postcode", POSTCODE),
         Heading("URN of Placement", "urn", REFERENCE, also=("Placement URN",)),
         _code("Placement Location", "placement_location", "annex_a:placement_location"),
         Heading("LA of Placement", "placement_authority", AUTHORITY, also=("Local Authority of Placement",)),
         _count("Number of Episodes the Child has been ‘Missing’ from their Placement in the last 12 months",
                "missing_12m"),
         _count("Number of Episodes the Child has been ‘Absent’ from their Placement in the last 12 months",
                "absent_12m"),
         _yes("Was the child offered a Return Interview after their last missing episode (Y/N)?",
              "return_interview_offered", "Was the child offered a Return Interview after their last missing episode?"),
         _yes("Did the child accept a Return Interview after their last missing episode (Y/N)?",
              "return_interview_accepted", "Did the child accept a Return Interview after their last missing episode?"),
         *_WHOM),
        ("child_id", "start_date"),
        {"care_periods": _into("child_id start_date end_date need reason_ended repeat_period"),
         "care_status": _into(
             "child_id legal_status legal_status_start latest_review latest_visit latest_iro_visit permanence_plan "
             "latest_health_assessment latest_dental_check placement_start placement provider placement_postcode urn "
             "placement_location placement_authority unaccompanied return_interview_offered return_interview_accepted "
             "team worker", period_start="start_date")},
        start="start_date", end="end_date", promised="care_periods", basis="open", status="care_status",
    ),
    Annexed(
        9, "Care leavers",
        (*_WHO,
         _yes("Unaccompanied Asylum Seeking Child (UASC), or formerly UASC if 18 or over (Y/N)", "unaccompanied",
              "UASC, or formerly UASC if 18 or over (Y/N)", newer=True),
         _DISABLED, *_WHOM,
         Heading("Allocated Personal Advisor", "personal_adviser", TEXT,
                 also=("Allocated Personal Adviser", "Personal Adviser", "Personal Advisor"), newer=True),
         _code("Eligibility Category", "eligibility", "annex_a:eligibility", filled=True),
         _date("Latest Pathway Plan Review Date", "latest_pathway_plan", newer=True),
         _code("LA In Touch ", "in_touch", "ssda903:IN_TOUCH", filled=True),
         _date("Latest Date of Contact", "latest_contact", newer=True),
         _code("Type of Accommodation", "accommodation", "annex_a:accommodation"),
         _yes("Suitability of Accommodation", "suitable", words="suitable"),
         _code("Activity Status", "activity", "ssda903:ACTIV")),
        ("child_id",),
        {"care_leaver_status": _into("child_id eligibility in_touch accommodation suitable activity "
                                     "latest_pathway_plan latest_contact personal_adviser team worker")},
    ),
    Annexed(
        10, "Adoption",
        (_CHILD, _FAMILY, *_WHO[1:], _DISABLED, _date("Date the Child Entered Care", "entered_care"),
         _date("Date of Decision that Child Should be Placed for Adoption", "decision_date",
               "Date of the Decision that the Child Should be Placed for Adoption", essential=True),
         _date("Date of Placement Order", "placement_order_date"),
         _date("Date of Matching Child and Prospective Adopters", "matched_date"),
         _date("Date Placed for Adoption", "placed_date"),
         _date("Date of Adoption Order ", "order_date"),
         _date("Date of Decision that Child Should No Longer be Placed for Adoption", "reversed_date",
               "Date of the Decision that the Child Should No Longer be Placed for Adoption"),
         _code("Reason Why Child No Longer Placed for Adoption", "reversed_reason", "ssda903:REASON_PLACED_CEASED"),
         _date("Date the child was placed for fostering in FFA or concurrent planning placement",
               "foster_to_adopt_date")),
        ("child_id",),
        {"adoptions": _into("child_id entered_care decision_date placement_order_date matched_date placed_date "
                            "order_date reversed_date reversed_reason foster_to_adopt_date family_id")},
    ),
    Annexed(
        11, "Adopters",
        (Heading("Individual adopter identifier", "adopter_id", IDENTIFIER, essential=True,
                 also=("Individual adopter ID", "Adopter ID")),
         _FAMILY, _SEX, _ETHNICITY, _yes("Disability", "disabled", words="disability"),
         _yes("Is the (prospective) adopter fostering for adoption?", "fostering_for_adoption"),
         _date("Date enquiry received", "enquiry_date"),
         _date("Date Stage 1 started", "stage1_start"), _date("Date Stage 1 ended", "stage1_end"),
         _date("Date Stage 2 started", "stage2_start"), _date("Date Stage 2 ended", "stage2_end"),
         _date("Date application submitted", "application_date"), _date("Date application approved", "approved_date"),
         _date("Date adopter matched with child(ren)", "matched_date"),
         _date("Date child/children placed with adopter(s)", "placed_date"),
         _count("No. of children placed", "children_placed", "Number of children placed"),
         _date("Date of Adoption Order", "order_date"),
         _date("Date of leaving adoption process", "left_date"),
         _code("Reason for leaving adoption process", "left_reason", "annex_a:adopter_leaving")),
        ("adopter_id",),
        {"adopters": _into("adopter_id family_id sex ethnicity disabled fostering_for_adoption enquiry_date "
                           "stage1_start stage1_end stage2_start stage2_end application_date approved_date "
                           "matched_date placed_date children_placed order_date left_date left_reason")},
    ),
)  # fmt: skip


@lru_cache(maxsize=16)
def by_key(number: int) -> Mapping[str, Heading]:
    """Header key -> the list's column that it heads."""
    return MappingProxyType({key: heading for heading in LISTS[number - 1].headings for key in heading.keys})


@lru_cache(maxsize=1)
def own_keys() -> Mapping[int, frozenset[str]]:
    """List number -> header keys that no other list has: what tells the lists apart."""
    every = {listed.number: frozenset(by_key(listed.number)) for listed in LISTS}
    return MappingProxyType({
        number: keys - frozenset().union(*(other for n, other in every.items() if n != number))
        for number, keys in every.items()
    })  # fmt: skip


@lru_cache(maxsize=1)
def shared_keys() -> frozenset[str]:
    """Header keys of what most lists begin with: the child and who they are."""
    return frozenset().union(*(h.keys for h in (*_WHO, _DISABLED, *_WHOM)))
