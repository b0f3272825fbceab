"""From the CIN census's records as written to typed columns, one frame a kind, with unusable records set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.records.delivery import NOTED, SET_ASIDE, SourceFile
from analysis.reference.codes import codes
from analysis.returns.census import Gathered, RecordLedger
from analysis.returns.census_checks import check_codes
from analysis.returns.cin_census.elements import CODED, SEX_OF_GENDER, TITLE

YES, NO = frozenset(("true", "1", "yes")), frozenset(("false", "0", "no"))


@dataclass(frozen=True)
class Part:
    """One kind of record: its ledger, and its typed columns aligned with all the records (kept or not)."""

    ledger: RecordLedger
    typed: pd.DataFrame

    def kept(self) -> pd.DataFrame:
        return self.typed[self.ledger.kept()]


def typed_parts(found: Gathered, file: SourceFile, year: int) -> Mapping[str, Part]:
    """Every kind of record, typed, by element name. `year` is the collection year, for its code lists.

    Raises Refusal where most values of a code list are no codes.
    """
    ledgers = {name: RecordLedger(file, records, TITLE) for name, records in found.records.items()}
    reading = _Reading(ledgers, year)
    child = reading.children()
    details = reading.details(child)
    assessments = reading.assessments(details)
    plans = reading.plans(details)
    return {
        "Child": child,
        "Disability": reading.disabilities(child),
        "CINdetails": details,
        "Assessments": assessments,
        "AssessmentFactors": reading.factors(assessments),
        "CINPlanDates": reading.need_plans(details),
        "Section47": reading.enquiries(details),
        "ChildProtectionPlans": plans,
        "CPPreviewDate": reading.reviews(plans),
    }


@dataclass(frozen=True)
class _Reading:
    ledgers: Mapping[str, RecordLedger]
    year: int

    def children(self) -> Part:
        ledger = self.ledgers["Child"]
        identifier = ledger.identifier("LAchildID")
        gender = self._coded(ledger, "GenderCurrent").map(SEX_OF_GENDER).astype("string")
        self._coded(ledger, "UPNunknown")
        born, expected = ledger.dates("PersonBirthDate", iso=True), ledger.dates("ExpectedPersonBirthDate", iso=True)
        typed = pd.DataFrame(
            {
                "child_id": identifier,
                "sex": self._coded(ledger, "Sex").fillna(gender),
                "ethnicity": self._coded(ledger, "Ethnicity"),
                "born": born,
                "expected": expected,
                "date_of_birth": born.fillna(expected),
                "date_of_death": ledger.dates("PersonDeathDate", iso=True),
                "upn": ledger.text("UPN"),
            }
        )
        ledger.once(typed[["child_id"]])
        return Part(ledger, typed)

    def disabilities(self, child: Part) -> Part:
        ledger = self.ledgers["Disability"]
        self._follow(ledger, child.ledger.kept(), "Child")
        typed = pd.DataFrame({"child": ledger.parents, "code": self._coded(ledger, "Disability", required=True)})
        repeated = typed[ledger.kept()].duplicated().reindex(typed.index, fill_value=False)
        ledger.flag(repeated, SET_ASIDE, "row-repeated", "the child has this disability code already (DfE rule 8794)",
                    "keep one", "Disability")  # fmt: skip
        return Part(ledger, typed)

    def details(self, child: Part) -> Part:
        ledger = self.ledgers["CINdetails"]
        identifier = ledger.inherit(child.typed["child_id"])
        self._follow(ledger, child.typed["child_id"].notna(), "Child")
        typed = pd.DataFrame(
            {
                "child": ledger.parents,
                "child_id": identifier,
                "date": ledger.dates("CINreferralDate", iso=True, required=True),
                "source": self._coded(ledger, "ReferralSource"),
                "no_further_action": ledger.flags("ReferralNFA", YES, NO),
                "primary_need": self._coded(ledger, "PrimaryNeedCode"),
                "closure_date": ledger.dates("CINclosureDate", iso=True),
                "closure_reason": self._coded(ledger, "ReasonForClosure"),
                "transfer_in": ledger.dates("DateOfInitialCPC", iso=True),
            }
        )
        ledger.once(typed[["child_id", "date"]])
        return Part(ledger, typed)

    def assessments(self, details: Part) -> Part:
        ledger, shared = self._within("Assessments", details)
        typed = shared.assign(
            start_date=ledger.dates("AssessmentActualStartDate", iso=True, required=True),
            internal_review_date=ledger.dates("AssessmentInternalReviewDate", iso=True),
            authorised_date=ledger.dates("AssessmentAuthorisationDate", iso=True),
        )
        ledger.once(typed[["child_id", "start_date"]])
        return Part(ledger, typed)

    def factors(self, assessments: Part) -> Part:
        ledger = self.ledgers["AssessmentFactors"]
        self._follow(ledger, assessments.ledger.kept(), "Assessments")
        typed = pd.DataFrame(
            {
                "assessment": ledger.parents,
                "child_id": ledger.inherit(assessments.typed["child_id"]),
                "start_date": ledger.inherit(assessments.typed["start_date"]),
                "factor": self._coded(ledger, "AssessmentFactors", required=True),
            }
        )
        ledger.once(typed[["child_id", "start_date", "factor"]])
        return Part(ledger, typed)

    def need_plans(self, details: Part) -> Part:
        ledger, shared = self._within("CINPlanDates", details)
        typed = shared.assign(
            start_date=ledger.dates("CINPlanStartDate", iso=True, required=True),
            end_date=ledger.dates("CINPlanEndDate", iso=True),
        )
        ledger.once(typed[["child_id", "start_date"]])
        return Part(ledger, typed)

    def enquiries(self, details: Part) -> Part:
        ledger, shared = self._within("Section47", details)
        typed = shared.assign(
            start_date=ledger.dates("S47ActualStartDate", iso=True, required=True),
            conference_target=ledger.dates("InitialCPCtarget", iso=True),
            conference_date=ledger.dates("DateOfInitialCPC", iso=True),
            conference_not_required=ledger.flags("ICPCnotRequired", YES, NO),
        )
        ledger.once(typed[["child_id", "start_date"]])
        return Part(ledger, typed)

    def plans(self, details: Part) -> Part:
        ledger, shared = self._within("ChildProtectionPlans", details)
        typed = shared.assign(
            start_date=ledger.dates("CPPstartDate", iso=True, required=True),
            end_date=ledger.dates("CPPendDate", iso=True),
            initial_category=self._coded(ledger, "InitialCategoryOfAbuse"),
            latest_category=self._coded(ledger, "LatestCategoryOfAbuse"),
            previous_plans=ledger.integers("NumberOfPreviousCPP"),
        )
        ledger.once(typed[["child_id", "start_date"]])
        return Part(ledger, typed)

    def reviews(self, plans: Part) -> Part:
        ledger = self.ledgers["CPPreviewDate"]
        self._follow(ledger, plans.ledger.kept(), "ChildProtectionPlans")
        typed = pd.DataFrame(
            {
                "child_id": ledger.inherit(plans.typed["child_id"]),
                "plan_start": ledger.inherit(plans.typed["start_date"]),
                "date": ledger.dates("CPPreviewDate", iso=True, required=True),
            }
        )
        ledger.once(typed)
        return Part(ledger, typed)

    def _within(self, name: str, details: Part) -> tuple[RecordLedger, pd.DataFrame]:
        """The ledger of a kind within CINdetails, and the columns that it has from there. A record stays usable where
        its CINdetails is set aside for its own date: it has dates of its own."""
        ledger = self.ledgers[name]
        self._follow(ledger, details.typed["child_id"].notna(), "Child")
        shared = {
            "details": ledger.parents,
            "child_id": ledger.inherit(details.typed["child_id"]),
            "referral_date": ledger.inherit(details.typed["date"]),
        }
        return ledger, pd.DataFrame(shared)

    @staticmethod
    def _follow(ledger: RecordLedger, usable: pd.Series, around: str) -> None:
        lost = ~ledger.inherit(usable.astype("boolean")).fillna(False).astype(bool)
        ledger.flag(lost, SET_ASIDE, "parent-set-aside", f"the {around} that it lies in can't be used",
                    f"mend that {around}; its own problem is in this list")  # fmt: skip

    def _coded(self, ledger: RecordLedger, column: str, *, required: bool = False) -> pd.Series:
        """A column's codes. One that only another year has is kept and noted; one that no year has is blanked."""
        collection, name = CODED[ledger.sheet, column].split(":")
        ever = codes(collection, name)
        try:
            now = codes(collection, name, self.year)
        except KeyError:  # the element itself belongs to other years
            now = ever
        found = ledger.coded(column, lambda text: c if (c := text.upper()) in ever else None, required=required,
                             expected=", ".join(now))  # fmt: skip
        check_codes(ledger, column, found)
        elsewhere = found.notna() & ~found.isin(list(now))
        ledger.flag(elsewhere, NOTED, "code-of-another-year", f"the list of {self.year} doesn't have this code",
                    "check it: it may be a slip, or the wrong year's export", column)  # fmt: skip
        return found
