"""The elements of the CIN census, whatever their year: which are records, which are values, which only group.

From DfE's schemas of 2017 to 2026. What a year added or dropped is in `YEARS`; the reader tolerates an element in
another year and says so once.
"""

from __future__ import annotations

from analysis.returns.census import Kind

TITLE = "CIN census"
ROOT, COLLECTION = "Message", "CIN"
CONTAINERS = ("Children",)

DISABILITY = Kind("Disability", "disabilities")
FACTOR = Kind("AssessmentFactors", "factors at the end of assessment")
REVIEW = Kind("CPPreviewDate", "child protection reviews")
ASSESSMENT = Kind(
    "Assessments",
    "assessments",
    fields=("AssessmentActualStartDate", "AssessmentInternalReviewDate", "AssessmentAuthorisationDate"),
    groups=("FactorsIdentifiedAtAssessment",),
    records=(FACTOR,),
    required=("AssessmentActualStartDate",),
)
NEED_PLAN = Kind(
    "CINPlanDates",
    "child in need plans",
    fields=("CINPlanStartDate", "CINPlanEndDate"),
    required=("CINPlanStartDate",),
)
ENQUIRY = Kind(
    "Section47",
    "section 47 enquiries",
    fields=("S47ActualStartDate", "InitialCPCtarget", "DateOfInitialCPC", "ICPCnotRequired"),
    required=("S47ActualStartDate", "ICPCnotRequired"),
)
PLAN = Kind(
    "ChildProtectionPlans",
    "child protection plans",
    fields=("CPPstartDate", "CPPendDate", "InitialCategoryOfAbuse", "LatestCategoryOfAbuse", "NumberOfPreviousCPP"),
    groups=("Reviews",),
    records=(REVIEW,),
    required=("CPPstartDate", "InitialCategoryOfAbuse", "LatestCategoryOfAbuse", "NumberOfPreviousCPP"),
)
DETAILS = Kind(
    "CINdetails",
    "referrals and episodes of need",
    fields=("CINreferralDate", "ReferralSource", "PrimaryNeedCode", "CINclosureDate", "ReasonForClosure",
            "DateOfInitialCPC", "ReferralNFA"),
    records=(ASSESSMENT, NEED_PLAN, ENQUIRY, PLAN),
    required=("CINreferralDate", "ReferralSource", "ReferralNFA"),
)  # fmt: skip
CHILD = Kind(
    "Child",
    "children",
    fields=("LAchildID", "UPN", "FormerUPN", "UPNunknown", "PersonBirthDate", "ExpectedPersonBirthDate",
            "GenderCurrent", "Sex", "PersonDeathDate", "Ethnicity"),
    groups=("ChildIdentifiers", "ChildCharacteristics", "Disabilities"),
    records=(DISABILITY, DETAILS),
    required=("LAchildID",),
)  # fmt: skip

# Records of DETAILS that are activity: their presence makes a referral an episode of need.
ACTIVITY = (ASSESSMENT, NEED_PLAN, ENQUIRY, PLAN)

# (kind, element) -> its code list, as `cin:<list>` or `canonical:<list>`.
CODED = {
    ("Child", "GenderCurrent"): "cin:GenderCurrent",
    ("Child", "Sex"): "cin:Sex",
    ("Child", "Ethnicity"): "canonical:ethnicity",
    ("Child", "UPNunknown"): "cin:UPNunknown",
    ("Disability", "Disability"): "cin:Disability",
    ("CINdetails", "ReferralSource"): "cin:ReferralSource",
    ("CINdetails", "PrimaryNeedCode"): "cin:PrimaryNeedCode",
    ("CINdetails", "ReasonForClosure"): "cin:ReasonForClosure",
    ("AssessmentFactors", "AssessmentFactors"): "cin:AssessmentFactors",
    ("ChildProtectionPlans", "InitialCategoryOfAbuse"): "cin:CategoryOfAbuse",
    ("ChildProtectionPlans", "LatestCategoryOfAbuse"): "cin:CategoryOfAbuse",
}

# First and last collection year of elements that came or went (None: still there).
YEARS = {"CINPlanDates": (2022, None), "GenderCurrent": (None, 2024), "Sex": (2025, None)}

SEX_OF_GENDER = {"1": "M", "2": "F", "0": "U", "9": "N"}
