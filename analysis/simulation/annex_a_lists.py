"""What each of Annex A's eleven lists holds, column by column, from canonical tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.reference.calendar import Quarter, age_at
from analysis.simulation.annex_a_layout import CLOSED_AFTER_ASSESSMENT, NO, PREFERRED, UNKNOWN, YES
from analysis.simulation.write_columns import (
    choices,
    latest_of_child,
    recoded,
    six_months_before,
    starting,
    table,
    texts,
    touching,
)

_EXCEL_EPOCH = np.datetime64("1899-12-30")


@dataclass(frozen=True)
class Cells:
    """A column's cells. `kind`: text or a code's text ("" is blank), number, or date as Excel serial (None is blank)."""

    values: list
    kind: str = "text"


Filled = dict[str, Cells]


@dataclass(frozen=True)
class Position:
    """What the lists are drawn from: the authority's tables and the day that the workbook speaks of."""

    tables: Mapping[str, pd.DataFrame]
    quarter: Quarter
    children: pd.DataFrame  # by child_id

    @property
    def day(self) -> dt.date:
        return self.quarter.end

    @property
    def six_months(self) -> dt.date:
        return six_months_before(self.quarter)

    @property
    def twelve_months(self) -> dt.date:
        return (pd.Timestamp(self.day) - pd.DateOffset(months=12)).date()

    def table(self, name: str) -> pd.DataFrame:
        return table(self.tables, name)

    def status(self, name: str, children: pd.Series) -> pd.DataFrame:
        """The status rows as at the day, aligned with `children`; missing where a child has none."""
        rows = self.table(name)
        rows = rows[rows["as_at"] == pd.Timestamp(self.day)]
        return rows.set_index("child_id").reindex(children).set_axis(children.index)

    def counts(self, measure: str, children: pd.Series) -> Cells:
        rows = self.table("reported_counts")
        rows = rows[(rows["as_at"] == pd.Timestamp(self.day)) & (rows["measure"] == measure)]
        return _numbers(rows.set_index("child_id")["value"].reindex(children))


# --- cells ---------------------------------------------------------------------------------------


def _text(values: pd.Series) -> Cells:
    return Cells(texts(values))


def _dates(values: pd.Series) -> Cells:
    days = values.to_numpy(dtype="datetime64[D]")
    serials = (days - _EXCEL_EPOCH).astype("int64").tolist()
    return Cells([None if blank else serial for serial, blank in zip(serials, np.isnat(days), strict=True)], "date")


def _numbers(values: pd.Series) -> Cells:
    return Cells([None if pd.isna(value) else value for value in values.tolist()], "number")


def _coded(values: pd.Series, words_of: str) -> Cells:
    return Cells(recoded(values, PREFERRED[words_of]), "code")


def _yes_no(values: pd.Series, unknown: str = "") -> Cells:
    return Cells(choices(values, YES, NO, unknown), "code")


def _child(at: Position, ids: pd.Series, *, disability: bool = True) -> Filled:
    who = at.children.reindex(ids)
    filled = {
        "Child Unique ID": _text(ids),
        "Gender": _coded(who["sex"], "sex"),
        "Ethnicity": _coded(who["ethnicity"], "ethnicity"),
        "Date of Birth": _dates(who["date_of_birth"]),
        "Age of Child (Years)": _numbers(age_at(who["date_of_birth"], at.day)),
    }
    if disability:
        filled["Does the Child have a Disability"] = _yes_no(who["disabled"], UNKNOWN)
    return filled


def _allocated(frame: pd.DataFrame, otherwise: pd.DataFrame | None = None) -> Filled:
    found = frame[["team", "worker"]]
    if otherwise is not None:
        found = found.where(found.notna(), otherwise[["team", "worker"]])
    return {"Allocated Team": _text(found["team"]), "Allocated Worker": _text(found["worker"])}


# --- the lists -----------------------------------------------------------------------------------


def _contacts(at: Position) -> Filled:
    rows = at.table("contacts")
    rows = rows[starting(rows["date"], at.six_months, at.day)]
    return {
        **_child(at, rows["child_id"], disability=False),
        "Date of Contact": _dates(rows["date"]),
        "Contact Source": _coded(rows["source"], "source"),
    }


def _early_help(at: Position) -> Filled:
    rows = at.table("early_help_assessments")
    rows = rows[touching(rows["start_date"], rows["completion_date"], at.six_months, at.day)]
    return {
        **_child(at, rows["child_id"], disability=False),
        "Assessment start date": _dates(rows["start_date"]),
        "Assessment completion date": _dates(rows["completion_date"]),
        "Organisation completing assessment": _text(rows["organisation"]),
    }


def _referrals(at: Position) -> Filled:
    rows = at.table("referrals")
    rows = rows[starting(rows["date"], at.six_months, at.day)]
    return {
        **_child(at, rows["child_id"], disability=False),
        "Date of referral": _dates(rows["date"]),
        "Referral Source": _coded(rows["source"], "source"),
        "Referral NFA?": _yes_no(rows["no_further_action"]),
        "Number of Referrals in Last 12 Months": at.counts("referrals_12m", rows["child_id"]),
        **_allocated(rows),
    }


def _assessments(at: Position) -> Filled:
    rows = at.table("assessments")
    rows = rows[touching(rows["start_date"], rows["authorised_date"], at.six_months, at.day)]
    return {
        **_child(at, rows["child_id"]),
        "Continuous Assessment Start Date": _dates(rows["start_date"]),
        "Child Seen During Continuous Assessment": _yes_no(rows["child_seen"]),
        "Continuous Assessment Date of Authorisation": _dates(rows["authorised_date"]),
        "Was the child assessed as requiring LA children’s social care support": _yes_no(rows["requires_support"]),
        **_allocated(rows),
    }


def _enquiries(at: Position) -> Filled:
    rows = at.table("section47_enquiries")
    undecided = rows["conference_not_required"].isna() & rows["conference_date"].isna()
    earlier = rows["start_date"] <= pd.Timestamp(at.day)
    conference_since = starting(rows["conference_date"], at.six_months, at.day)
    began = starting(rows["start_date"], at.six_months, at.day)
    rows = rows[began | (earlier & (undecided | conference_since))]
    return {
        **_child(at, rows["child_id"]),
        "Strategy discussion initiating Section 47 Enquiry Start Date": _dates(rows["start_date"]),
        "Was an Initial Child Protection Conference deemed unnecessary?": _yes_no(rows["conference_not_required"]),
        "Date of Initial Child Protection Conference": _dates(rows["conference_date"]),
        "Did the Initial Child Protection Conference Result in a Child Protection Plan": _yes_no(rows["led_to_plan"]),
        "Number of Section 47 Enquiries in the last 12 months": at.counts("section47_12m", rows["child_id"]),
        "Number of ICPCs in the last 12 months": at.counts("icpc_12m", rows["child_id"]),
        **_allocated(rows),
    }


def _needs(at: Position) -> Filled:
    rows = at.table("episodes_of_need")
    rows = latest_of_child(rows[rows["start_date"] <= pd.Timestamp(at.day)], "start_date")
    served = rows["closure_reason"].ne(CLOSED_AFTER_ASSESSMENT).fillna(True).astype(bool)
    rows = rows[touching(rows["start_date"], rows["closure_date"], at.six_months, at.day) & served]
    status = at.status("need_status", rows["child_id"])
    return {
        **_child(at, rows["child_id"]),
        "CIN Start Date": _dates(rows["start_date"]),
        "Primary Need Code": _coded(rows["primary_need"], "primary need"),
        "Date Child Was Last Seen": _dates(status["last_seen"]),
        "CIN Closure Date": _dates(rows["closure_date"]),
        "Reason for Closure": _coded(rows["closure_reason"], "closure"),
        "Case status": _coded(status["case_status"], "case status"),
        **_allocated(status),
    }


def _plans(at: Position) -> Filled:
    rows = at.table("protection_plans")
    rows = latest_of_child(rows[rows["start_date"] <= pd.Timestamp(at.day)], "start_date")
    rows = rows[touching(rows["start_date"], rows["end_date"], at.six_months, at.day)]
    status = at.status("protection_status", rows["child_id"])
    return {
        **_child(at, rows["child_id"]),
        "Child Protection Plan Start Date": _dates(rows["start_date"]),
        "Initial Category of Abuse": _coded(rows["initial_category"], "abuse"),
        "Latest Category of Abuse": _coded(rows["latest_category"], "abuse"),
        "Date of the Last Statutory Visit": _dates(status["latest_visit"]),
        "Was the Child Seen Alone?": _yes_no(status["seen_alone"]),
        "Date of latest review conference": _dates(status["latest_review"]),
        "Child Protection Plan End Date": _dates(rows["end_date"]),
        "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)":
            _yes_no(status["emergency_protection"]),
        "Number of Previous Child Protection Plans": _numbers(rows["previous_plans"]),
        **_allocated(status, rows),
    }  # fmt: skip


def _care(at: Position) -> Filled:
    rows = at.table("care_periods")
    rows = latest_of_child(rows[rows["start_date"] <= pd.Timestamp(at.day)], "start_date")
    rows = rows[touching(rows["start_date"], rows["end_date"], at.six_months, at.day)]
    status = at.status("care_status", rows["child_id"])
    return {
        **_child(at, rows["child_id"]),
        "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)": _yes_no(status["unaccompanied"]),
        "Date Started to be Looked After": _dates(rows["start_date"]),
        "Child's Category of Need": _coded(rows["need"], "primary need"),
        "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)":
            _yes_no(rows["repeat_period"]),
        "Start date of current legal status": _dates(status["legal_status_start"]),
        "Child's Legal Status": _coded(status["legal_status"], "legal status"),
        "Date of Latest Statutory Review": _dates(status["latest_review"]),
        "Date of Last Social Work Visit": _dates(status["latest_visit"]),
        "What is the permanence plan for this child?": _coded(status["permanence_plan"], "permanence plan"),
        "Date of Last IRO Visit / Contact to the Child": _dates(status["latest_iro_visit"]),
        "Date of Last Health Assessment": _dates(status["latest_health_assessment"]),
        "Date of Last Dental Check": _dates(status["latest_dental_check"]),
        "Number of Placements in the Last 12 months": at.counts("placements_12m", rows["child_id"]),
        "Date Ceased to be Looked After ": _dates(rows["end_date"]),
        "Reason Ceased to be Looked After": _coded(rows["reason_ended"], "ceased"),
        "Start Date of Most Recent Placement": _dates(status["placement_start"]),
        "Placement Type": _coded(status["placement"], "placement"),
        "Placement Provider": _coded(status["provider"], "provider"),
        "Placement postcode": _text(status["placement_postcode"]),
        "URN of Placement": _text(status["urn"]),
        "Placement Location": _coded(status["placement_location"], "location"),
        "LA of Placement": _text(status["placement_authority"]),
        "Number of Episodes the Child has been ‘Missing’ from their Placement in the last 12 months":
            at.counts("missing_12m", rows["child_id"]),
        "Number of Episodes the Child has been ‘Absent’ from their Placement in the last 12 months":
            at.counts("absent_12m", rows["child_id"]),
        "Was the child offered a Return Interview after their last missing episode (Y/N)?":
            _yes_no(status["return_interview_offered"]),
        "Did the child accept a Return Interview after their last missing episode (Y/N)?":
            _yes_no(status["return_interview_accepted"]),
        **_allocated(status),
    }  # fmt: skip


def _care_leavers(at: Position) -> Filled:
    rows = at.table("care_leaver_status")
    rows = rows[rows["as_at"] == pd.Timestamp(at.day)]
    return {
        **_child(at, rows["child_id"]),
        **_allocated(rows),
        "Eligibility Category": _coded(rows["eligibility"], "eligibility"),
        "LA In Touch ": _coded(rows["in_touch"], "in touch"),
        "Type of Accommodation": _coded(rows["accommodation"], "accommodation"),
        "Suitability of Accommodation": Cells(choices(rows["suitable"], "a) Suitable", "b) Unsuitable"), "code"),
        "Activity Status": _coded(rows["activity"], "activity"),
    }


def _adoptions(at: Position) -> Filled:
    rows = at.table("adoptions")
    waiting = (rows["decision_date"] <= pd.Timestamp(at.day)) & rows["order_date"].isna() & rows["reversed_date"].isna()
    adopted = starting(rows["order_date"], at.twelve_months, at.day)
    undone = starting(rows["reversed_date"], at.twelve_months, at.day)
    rows = rows[waiting | adopted | undone]
    return {
        **_child(at, rows["child_id"]),
        "Family identifier": _text(rows["family_id"]),
        "Date the Child Entered Care": _dates(rows["entered_care"]),
        "Date of Decision that Child Should be Placed for Adoption": _dates(rows["decision_date"]),
        "Date of Placement Order": _dates(rows["placement_order_date"]),
        "Date of Matching Child and Prospective Adopters": _dates(rows["matched_date"]),
        "Date Placed for Adoption": _dates(rows["placed_date"]),
        "Date of Adoption Order ": _dates(rows["order_date"]),
        "Date of Decision that Child Should No Longer be Placed for Adoption": _dates(rows["reversed_date"]),
        "Reason Why Child No Longer Placed for Adoption": _coded(rows["reversed_reason"], "reversal"),
        "Date the child was placed for fostering in FFA or concurrent planning placement":
            _dates(rows["foster_to_adopt_date"]),
    }  # fmt: skip


def _adopters(at: Position) -> Filled:
    rows = at.table("adopters")
    steps = ["enquiry_date", "stage1_start", "stage1_end", "stage2_start", "stage2_end", "application_date",
             "approved_date", "matched_date", "placed_date", "order_date", "left_date"]  # fmt: skip
    lately = pd.concat([starting(rows[step], at.twelve_months, at.day) for step in steps], axis=1).any(axis=1)
    begun = rows[steps].min(axis=1) <= pd.Timestamp(at.day)
    rows = rows[lately | (begun & rows["order_date"].isna() & rows["left_date"].isna())]
    return {
        "Individual adopter identifier": _text(rows["adopter_id"]),
        "Family identifier": _text(rows["family_id"]),
        "Gender": _coded(rows["sex"], "sex of adopter"),
        "Ethnicity": _coded(rows["ethnicity"], "ethnicity"),
        "Disability": _yes_no(rows["disabled"]),
        "Is the (prospective) adopter fostering for adoption?": _yes_no(rows["fostering_for_adoption"]),
        "Date enquiry received": _dates(rows["enquiry_date"]),
        "Date Stage 1 started": _dates(rows["stage1_start"]),
        "Date Stage 1 ended": _dates(rows["stage1_end"]),
        "Date Stage 2 started": _dates(rows["stage2_start"]),
        "Date Stage 2 ended": _dates(rows["stage2_end"]),
        "Date application submitted": _dates(rows["application_date"]),
        "Date application approved": _dates(rows["approved_date"]),
        "Date adopter matched with child(ren)": _dates(rows["matched_date"]),
        "Date child/children placed with adopter(s)": _dates(rows["placed_date"]),
        "No. of children placed": _numbers(rows["children_placed"]),
        "Date of Adoption Order": _dates(rows["order_date"]),
        "Date of leaving adoption process": _dates(rows["left_date"]),
        "Reason for leaving adoption process": _coded(rows["left_reason"], "leaving adoption"),
    }


LISTS: Mapping[int, Callable[[Position], Filled]] = {
    1: _contacts, 2: _early_help, 3: _referrals, 4: _assessments, 5: _enquiries, 6: _needs, 7: _plans, 8: _care,
    9: _care_leavers, 10: _adoptions, 11: _adopters,
}  # fmt: skip
