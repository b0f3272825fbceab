"""How units are broken down: the columns, their categories in order, and the words for each code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from analysis.indicators.definition import Period
from analysis.indicators.evidence import Evidence
from analysis.records.linkage import TEMPORARY
from analysis.reference.calendar import age_at
from analysis.reference.project import Authority

NOT_KNOWN = "Not known"
WHOLE_AREA = "Teams for the whole area"
SEX = MappingProxyType({"F": "Female", "M": "Male", "N": "Neither", "U": "Not stated"})
# The age groups of DfE's children in need publication.
AGE_GROUPS = ("Unborn", "Under 1", "1 to 4", "5 to 9", "10 to 15", "16 and over")
ETHNIC_GROUPS = MappingProxyType({
    "White": ("WBRI", "WIRI", "WIRT", "WOTH", "WROM"),
    "Mixed or multiple": ("MWBC", "MWBA", "MWAS", "MOTH"),
    "Asian": ("AIND", "APKN", "ABAN", "AOTH"),
    "Black": ("BCRB", "BAFR", "BOTH"),
    "Other": ("CHNE", "OOTH"),
})  # fmt: skip
DISABILITY = MappingProxyType({True: "Disabled", False: "Not disabled"})
CATEGORY_OF_ABUSE = MappingProxyType({
    "NEG": "Neglect", "EMO": "Emotional abuse", "PHY": "Physical abuse", "SAB": "Sexual abuse",
    "MUL": "Multiple or not recommended",
})  # fmt: skip
NEED = MappingProxyType({
    "N1": "Abuse or neglect", "N2": "Child's disability", "N3": "Parental illness or disability",
    "N4": "Family in acute stress", "N5": "Family dysfunction", "N6": "Socially unacceptable behaviour",
    "N7": "Low income", "N8": "Absent parenting", "N9": "Not in need", "N0": "Not stated",
})  # fmt: skip
LEGAL_STATUS = MappingProxyType({
    "C1": "Interim care order", "C2": "Full care order", "D1": "Freeing order", "E1": "Placement order",
    "V2": "Section 20", "L1": "Police protection", "L2": "Emergency protection order",
    "L3": "Child assessment order", "J1": "Remand", "J2": "Police bail or detention", "J3": "Youth rehabilitation order",
})  # fmt: skip
PROVIDER = MappingProxyType({
    "PR0": "Parents", "PR1": "Own provision", "PR2": "Other authority", "PR3": "Other public",
    "PR4": "Private", "PR5": "Voluntary",
})  # fmt: skip
SOURCES = MappingProxyType({
    "1": "Individual", "2": "Schools and education", "3": "Health", "4": "Housing", "5": "Local authority",
    "6": "Police", "7": "Courts and legal", "8": "Other", "9": "Anonymous", "10": "Unknown",
})  # fmt: skip
MOVE_REASONS = MappingProxyType({
    "CARPL": "Planned", "CLOSE": "Resource closed", "ALLEG": "Allegation", "STAND": "Standards of care",
    "APPRR": "Approval removed", "CREQB": "Carer asked: behaviour", "CREQO": "Carer asked: other",
    "CHILD": "Child asked", "LAREQ": "Authority ended it", "PLACE": "Status only", "CUSTOD": "Custody",
    "OTHER": "Other",
})  # fmt: skip
KINSHIP, IN_HOUSE, AGENCY, OTHER_FOSTER = (
    "Relatives or friends", "Foster, own provision", "Foster, agency", "Foster, other provision"
)  # fmt: skip
RESIDENTIAL, SEMI_INDEPENDENT = "Residential", "Semi-independent or independent"
PARENTS, ADOPTIVE, TEMPORARY_PLACE, OTHER_PLACE = (
    "With parents", "Placed for adoption", "Temporarily away", "Other placement"
)  # fmt: skip
FOSTER_CARE = (KINSHIP, IN_HOUSE, AGENCY, OTHER_FOSTER)
PLACEMENT_GROUPS = (KINSHIP, IN_HOUSE, AGENCY, OTHER_FOSTER, RESIDENTIAL, SEMI_INDEPENDENT, PARENTS, ADOPTIVE,
                    TEMPORARY_PLACE, OTHER_PLACE)  # fmt: skip
_PLACES = MappingProxyType({
    **dict.fromkeys(("U1", "U2", "U3"), KINSHIP),
    **dict.fromkeys(("U4", "U5", "U6"), OTHER_FOSTER),
    **dict.fromkeys(("K1", "K2", "R1", "R2", "R3", "R5", "S1"), RESIDENTIAL),
    **dict.fromkeys(("H5", "K3", "P2", "P3"), SEMI_INDEPENDENT),
    "P1": PARENTS,
    **dict.fromkeys(("A3", "A4", "A5", "A6"), ADOPTIVE),
    **dict.fromkeys(sorted(TEMPORARY), TEMPORARY_PLACE),
})  # fmt: skip
_CODED: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "category": CATEGORY_OF_ABUSE, "latest_category": CATEGORY_OF_ABUSE, "need": NEED, "legal_status": LEGAL_STATUS, "provider": PROVIDER,
    "reason": MOVE_REASONS,
})  # fmt: skip
# What a breakdown is, in words; also the list of those that there are.
BREAKDOWNS: Mapping[str, str] = MappingProxyType({
    "sex": "sex", "age": "age group", "ethnicity": "ethnic group", "disability": "disability",
    "category": "category of abuse", "need": "need", "source": "source of the contact or referral",
    "legal_status": "legal status", "placement": "kind of placement", "provider": "placement provider",
    "reason": "reason for the move", "team": "team", "locality": "locality",
    "route": "route into early help", "programme": "programme", "service": "service", "outcome": "outcome",
    "theme": "theme", "question": "question", "concern": "kind of concern", "risk": "level of risk",
    "duration": "how long it took or has lasted", "factor": "factor found by an assessment",
    "latest_category": "latest category of abuse", "looked_after": "looked after or not", "kind": "missing or absent",
    "activity": "what they do", "accommodation": "where they live", "attainment": "standard of the age",
    "role": "role", "distance": "distance from home",
})  # fmt: skip
# Those whose units hold the words already; where the column is categorical, its categories are the list.
WORDED = frozenset(("route", "programme", "service", "outcome", "theme", "question", "concern", "risk",
                    "looked_after", "kind", "duration", "factor", "activity", "accommodation",
                    "attainment", "role", "distance"))  # fmt: skip
OF_A_CHILD = ("sex", "age", "ethnicity", "disability")


def placement_group(placement: pd.Series, provider: pd.Series) -> pd.Series:
    """The kind of placement, from SSDA903 placement and provider codes. In-house is foster care that the authority
    provides itself, agency that of a private or voluntary provider; kinship is U1 to U3, whoever provides it."""
    group = placement.map(_PLACES).astype("object")
    foster = (placement.isin(("U4", "U5", "U6"))).fillna(False).astype(bool)
    own = foster & (provider == "PR1").fillna(False).astype(bool)
    agency = foster & provider.isin(("PR4", "PR5")).fillna(False).astype(bool)
    group = group.mask(own, IN_HOUSE).mask(agency, AGENCY)
    return group.where(group.notna() | placement.isna(), OTHER_PLACE)


def age_group(ages: pd.Series) -> pd.Series:
    """Completed years (-1: unborn) to the group's words; missing stays missing."""
    years = ages.astype("Float64").to_numpy(float, na_value=float("nan"))
    cut = pd.cut(pd.Series(years, index=ages.index), [-2, -0.5, 0.5, 4.5, 9.5, 15.5, 200], labels=list(AGE_GROUPS))
    return cut.astype("object")


def categories(
    units: pd.DataFrame, breakdown: str, evidence: Evidence, period: Period, authority: Authority
) -> tuple[pd.Series, list[str]]:
    """Each unit's category of a breakdown, and every category in order: all of a known list, so that an empty one
    shows as nought, and those that occur where there is no list. Blanks are `Not known`, shown only if there are any."""  # fmt: skip
    found, listed = _found(units, breakdown, evidence, period, authority)
    found = found.astype("object").where(found.notna(), NOT_KNOWN)
    occurring = set(found.unique())
    listed = [*listed, *sorted(occurring - {*listed, NOT_KNOWN}, key=str)]
    return found, [*listed, *([NOT_KNOWN] if NOT_KNOWN in occurring else [])]


def _found(
    units: pd.DataFrame, breakdown: str, evidence: Evidence, period: Period, authority: Authority
) -> tuple[pd.Series, list[str]]:
    if breakdown in OF_A_CHILD:
        return _of_a_child(units, breakdown, evidence, period)
    if breakdown == "locality":
        if "locality" in units.columns:
            return units["locality"], list(authority.localities)
        teams = {name: place or WHOLE_AREA for name, place in authority.teams.items()}
        return units["team"].map(teams), [
            *authority.localities,
            *([WHOLE_AREA] if WHOLE_AREA in teams.values() else []),
        ]
    if breakdown == "team":
        return units["team"], []
    if breakdown in WORDED:
        words = units[breakdown]
        return words, list(words.cat.categories) if isinstance(words.dtype, pd.CategoricalDtype) else []
    if breakdown == "placement":
        return placement_group(units["placement"], units["provider"]), list(PLACEMENT_GROUPS)
    if breakdown == "source":
        return units["source"].map(lambda code: SOURCES.get(code.rstrip("ABCDEF")), na_action="ignore"), list(
            SOURCES.values()
        )
    words = _CODED[breakdown]
    return units[breakdown].map(words), list(words.values())


def _of_a_child(units: pd.DataFrame, breakdown: str, evidence: Evidence, period: Period) -> tuple[pd.Series, list[str]]:
    children = evidence.table("children").set_index("child_id")

    def look_up(column: str) -> pd.Series:
        return children[column].reindex(units["child_id"]).set_axis(units.index)

    if breakdown == "sex":
        return look_up("sex").map(SEX), list(SEX.values())
    if breakdown == "ethnicity":
        groups = {code: group for group, codes in ETHNIC_GROUPS.items() for code in codes}
        return look_up("ethnicity").map(groups), list(ETHNIC_GROUPS)
    if breakdown == "disability":
        return look_up("disabled").map(dict(DISABILITY)), list(DISABILITY.values())
    at = units["date"] if "date" in units.columns else period.end
    return age_group(age_at(look_up("date_of_birth"), at)), list(AGE_GROUPS)
