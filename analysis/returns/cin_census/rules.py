"""DfE's validation rules that are worth replaying on the CIN census: each notes, none changes or drops a row.

Rule numbers are DfE's; a number that ends in Q is a query in DfE's own list, which may be right as it stands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from analysis.records.delivery import NOTED
from analysis.reference.calendar import words, working_days_between
from analysis.returns.cin_census.records import Part
from analysis.returns.cin_census.tables import NO_DISABILITY, has_activity

ASSESSMENT_LIMIT, ENQUIRY_LIMIT = 45, 15  # working days
SATURDAY = 5
CLOSED_AFTER_ASSESSMENT = ("RC8", "RC9")
NO_FACTORS = "21"
CHECK = "check the dates in the child's record, and correct the wrong one"


def replay(parts: Mapping[str, Part], start: dt.date, end: dt.date) -> None:
    """Notes in each kind's ledger what breaks a rule, for a census from `start` to `end`."""
    _children(parts, pd.Timestamp(end))
    _details(parts, pd.Timestamp(start), pd.Timestamp(end))
    _assessments(parts, end)
    _enquiries(parts, end)
    _need_plans(parts)
    _plans(parts, pd.Timestamp(start), pd.Timestamp(end))
    _after_closure(parts)


def _note(part: Part, wrong: pd.Series, reason: str, why: str, remedy: str = CHECK, column: str = "") -> None:
    part.ledger.flag(wrong, NOTED, reason, why, remedy, column)


def _children(parts: Mapping[str, Part], end: pd.Timestamp) -> None:
    part = parts["Child"]
    child = part.typed
    both, neither = child["born"].notna() & child["expected"].notna(), child["date_of_birth"].isna()
    _note(part, child["born"] > end, "birth-after-reference",
          f"born after {words(end)}, the census's own date (DfE rule 8520)",
          "give an expected date of birth for a child not yet born", "PersonBirthDate")  # fmt: skip
    _note(part, both, "birth-twice", "both a date of birth and an expected one (DfE rule 8525Q); the first counts",
          "drop the expected date", "ExpectedPersonBirthDate")  # fmt: skip
    _note(part, neither, "birth-missing", "neither a date of birth nor an expected one (DfE rule 8525Q)",
          "fill it in at the source", "PersonBirthDate")  # fmt: skip
    _note(part, child["date_of_death"] < child["date_of_birth"], "death-before-birth",
          "the date of death is before the date of birth (DfE rule 8535Q)", CHECK, "PersonDeathDate")  # fmt: skip
    codes = parts["Disability"].kept()
    _note(part, _beside_others(codes, "child", "code", NO_DISABILITY, child.index), "disability-none-and-others",
          "'NONE' stands beside disabilities (DfE rule 8790); the child counts as disabled", "drop the wrong ones")  # fmt: skip
    alone = ~child.index.isin(parts["CINdetails"].typed["child"])
    _note(part, pd.Series(alone, index=child.index), "child-without-episode",
          "the child has no CINdetails (DfE rule 8590)", "take the child out, or add the episode")  # fmt: skip


def _details(parts: Mapping[str, Part], start: pd.Timestamp, end: pd.Timestamp) -> None:
    part = parts["CINdetails"]
    case = part.typed
    refused = case["no_further_action"].fillna(False).astype(bool)
    closed, reason = case["closure_date"].notna(), case["closure_reason"].notna()
    _note(part, case["date"] > end, "referral-after-reference",
          f"referred after {words(end)}, the census's own date (DfE rule 8600)", CHECK, "CINreferralDate")  # fmt: skip
    _note(part, case["closure_date"] < case["date"], "end-before-start",
          "closed before it was referred (DfE rule 8630)", CHECK, "CINclosureDate")  # fmt: skip
    _note(part, (case["closure_date"] < start) | (case["closure_date"] > end), "closure-outside-year",
          f"closed outside {words(start)} to {words(end)} (DfE rule 8620)", CHECK, "CINclosureDate")  # fmt: skip
    _note(part, closed & ~reason, "closure-without-reason", "closed without a reason (DfE rule 8805)",
          "fill in the reason", "ReasonForClosure")  # fmt: skip
    _note(part, reason & ~closed, "reason-without-closure", "a reason for closure without its date (DfE rule 8810)",
          "fill in the date, or take the reason out", "ReasonForClosure")  # fmt: skip
    _note(part, case["no_further_action"].isna(), "nfa-missing",
          "nothing says whether the referral led to further action (DfE rule 8568)", "fill it in", "ReferralNFA")  # fmt: skip
    _note(part, refused & has_activity(parts), "activity-after-nfa",
          "a referral with no further action, yet with activity (DfE rules 8831, 8832); it counts as an episode of need",
          "correct ReferralNFA, or record the activity in its own episode", "ReferralNFA")  # fmt: skip
    needs = case[~refused & part.ledger.kept()]
    _several_open(part, needs, "closure_date", "episode-open-twice",
                  "the child has more than one open episode (DfE rule 8815)", "CINclosureDate")  # fmt: skip
    _overlapping(part, needs, ("date", "closure_date"), "episodes-overlap",
                 "begins before an earlier episode of the child has closed (DfE rule 8820)", "CINreferralDate")  # fmt: skip
    held = [set(parts[name].typed["details"]) for name in ("Section47", "CINPlanDates", "ChildProtectionPlans")]
    beyond = case.index.isin(set().union(*held)) | case["transfer_in"].notna()
    _note(part, case["closure_reason"].isin(CLOSED_AFTER_ASSESSMENT) & beyond, "activity-beyond-assessment",
          "closed after assessment (RC8, RC9), yet with later activity (DfE rule 2990)",
          "correct the reason for closure", "ReasonForClosure")  # fmt: skip
    _weekend(part, case["transfer_in"])
    enquired = parts["Section47"].typed.dropna(subset=["conference_date"])["details"]
    _note(part, case["transfer_in"].notna() & case.index.isin(enquired), "conference-at-both-levels",
          "an initial conference stands both in the episode and in its section 47 enquiry (DfE rule 2884)",
          "keep the one in the episode only for a child who transferred in", "DateOfInitialCPC")  # fmt: skip


def _assessments(parts: Mapping[str, Part], end: dt.date) -> None:
    part = parts["Assessments"]
    each = part.typed
    factors = parts["AssessmentFactors"].kept()
    done, named = each["authorised_date"].notna(), pd.Series(each.index.isin(factors["assessment"]), index=each.index)
    _note(part, each["authorised_date"] < each["start_date"], "end-before-start",
          "authorised before it started (DfE rule 8608)", CHECK, "AssessmentAuthorisationDate")  # fmt: skip
    _note(part, each["start_date"] < each["referral_date"], "before-referral",
          "started before the referral that it belongs to (DfE rule 1103)", CHECK, "AssessmentActualStartDate")  # fmt: skip
    late = working_days_between(each["start_date"], pd.Series(pd.Timestamp(end), index=each.index))
    _note(part, ~done & (late > ASSESSMENT_LIMIT), "assessment-long-open",
          f"open for more than {ASSESSMENT_LIMIT} working days at {words(end)} (DfE rule 8670Q)",
          "check whether it was authorised", "AssessmentAuthorisationDate")  # fmt: skip
    _note(part, ~done & named, "factors-of-open-assessment",
          "factors, though the assessment isn't finished (DfE rule 8614)", "check whether it was authorised")  # fmt: skip
    _note(part, _beside_others(factors, "assessment", "factor", NO_FACTORS, each.index), "no-factors-and-others",
          "'21 no factors' stands beside factors (DfE rule 8869)", "drop the wrong ones")  # fmt: skip


def _enquiries(parts: Mapping[str, Part], end: dt.date) -> None:
    part = parts["Section47"]
    each = part.typed
    held, needless = each["conference_date"].notna(), each["conference_not_required"].fillna(False).astype(bool)
    _note(part, each["conference_date"] < each["start_date"], "end-before-start",
          "the conference is before the enquiry started (DfE rule 8615)", CHECK, "DateOfInitialCPC")  # fmt: skip
    _note(part, each["start_date"] < each["referral_date"], "before-referral",
          "started before the referral that it belongs to (DfE rule 2889)", CHECK, "S47ActualStartDate")  # fmt: skip
    _note(part, each["conference_not_required"].isna(), "conference-need-missing",
          "nothing says whether a conference was required", "fill it in", "ICPCnotRequired")  # fmt: skip
    _note(part, held & needless, "conference-needless-yet-held",
          "a conference was held, though none was required", "correct one of the two", "ICPCnotRequired")  # fmt: skip
    late = working_days_between(each["start_date"], pd.Series(pd.Timestamp(end), index=each.index))
    _note(part, ~held & ~needless & (late > ENQUIRY_LIMIT), "enquiry-long-open",
          f"no conference more than {ENQUIRY_LIMIT} working days on at {words(end)} (DfE rule 8675Q)",
          "check whether a conference was held, or not required", "DateOfInitialCPC")  # fmt: skip
    _weekend(part, each["conference_date"])


def _need_plans(parts: Mapping[str, Part]) -> None:
    part = parts["CINPlanDates"]
    each = part.typed
    _note(part, each["end_date"] < each["start_date"], "end-before-start",
          "ended before it started (DfE rule 4011)", CHECK, "CINPlanEndDate")  # fmt: skip
    _note(part, each["end_date"] == each["start_date"], "plan-of-no-length",
          "started and ended on the same day (DfE rule 4012Q)", CHECK, "CINPlanEndDate")  # fmt: skip
    _note(part, each["start_date"] < each["referral_date"], "before-referral",
          "started before the referral that it belongs to (DfE rule 4015)", CHECK, "CINPlanStartDate")  # fmt: skip
    _several_open(part, part.kept(), "end_date", "plan-open-twice",
                  "the child has more than one open plan (DfE rule 4004)", "CINPlanEndDate")  # fmt: skip
    _overlapping(part, part.kept(), ("start_date", "end_date"), "plans-overlap",
                 "starts before an earlier plan of the child has ended (DfE rule 4014)", "CINPlanStartDate")  # fmt: skip


def _plans(parts: Mapping[str, Part], start: pd.Timestamp, end: pd.Timestamp) -> None:
    part, reviews = parts["ChildProtectionPlans"], parts["CPPreviewDate"]
    each = part.typed
    _note(part, each["end_date"] < each["start_date"], "end-before-start",
          "ended before it started (DfE rule 8925)", CHECK, "CPPendDate")  # fmt: skip
    _note(part, each["end_date"] == each["start_date"], "plan-of-no-length",
          "started and ended on the same day (DfE rule 8840)", CHECK, "CPPendDate")  # fmt: skip
    _note(part, each["start_date"] > end, "start-after-reference",
          f"started after {words(end)}, the census's own date (DfE rule 8720)", CHECK, "CPPstartDate")  # fmt: skip
    _note(part, (each["end_date"] < start) | (each["end_date"] > end), "end-outside-year",
          f"ended outside {words(start)} to {words(end)} (DfE rule 8930)", CHECK, "CPPendDate")  # fmt: skip
    _note(part, each["start_date"] < each["referral_date"], "before-referral",
          "started before the referral that it belongs to (DfE rule 1105)", CHECK, "CPPstartDate")  # fmt: skip
    _several_open(part, part.kept(), "end_date", "plan-open-twice",
                  "the child has more than one open plan (DfE rule 8935)", "CPPendDate")  # fmt: skip
    _overlapping(part, part.kept(), ("start_date", "end_date"), "plans-overlap",
                 "starts before an earlier plan of the child has ended (DfE rule 8940)", "CPPstartDate")  # fmt: skip
    _note(reviews, reviews.typed["date"] <= reviews.typed["plan_start"], "review-not-after-start",
          "the review is on or before the day on which the plan started (DfE rule 8841)", CHECK, "CPPreviewDate")  # fmt: skip


def _after_closure(parts: Mapping[str, Part]) -> None:
    """Activity dated after its episode closed (DfE rule 8565)."""
    closures = parts["CINdetails"].typed["closure_date"]
    watched = {
        "Assessments": (
            ("start_date", "AssessmentActualStartDate"),
            ("authorised_date", "AssessmentAuthorisationDate"),
        ),
        "Section47": (("start_date", "S47ActualStartDate"), ("conference_date", "DateOfInitialCPC")),
        "CINPlanDates": (("start_date", "CINPlanStartDate"), ("end_date", "CINPlanEndDate")),
        "ChildProtectionPlans": (("start_date", "CPPstartDate"), ("end_date", "CPPendDate")),
    }
    for name, columns in watched.items():
        part = parts[name]
        closed = part.ledger.inherit(closures)
        for typed, written in columns:
            _note(part, part.typed[typed] > closed, "activity-after-closure",
                  "after the episode that it lies in had closed (DfE rule 8565)", CHECK, written)  # fmt: skip


def _beside_others(codes: pd.DataFrame, owner: str, code: str, none: str, owners: pd.Index) -> pd.Series:
    """Whose codes are "none of these" and one of these at once. `codes` has a row a code; aligned with `owners`."""
    says_none, says_more = (set(codes.loc[wanted, owner]) for wanted in (codes[code] == none, codes[code] != none))
    return pd.Series(owners.isin(says_none & says_more), index=owners)


def _weekend(part: Part, dates: pd.Series) -> None:
    _note(part, dates.dt.day_of_week >= SATURDAY, "conference-on-weekend",
          "a conference on a Saturday or Sunday (DfE rule 8875)", CHECK, "DateOfInitialCPC")  # fmt: skip


def _several_open(part: Part, rows: pd.DataFrame, end: str, reason: str, why: str, column: str) -> None:
    still = rows[rows[end].isna()]
    several = still.duplicated("child_id", keep=False)
    _note(part, several.reindex(part.typed.index, fill_value=False), reason, why, "close the one that ended", column)


def _overlapping(part: Part, rows: pd.DataFrame, span: tuple[str, str], reason: str, why: str, column: str) -> None:
    """Rows that start before the latest end of the child's earlier rows. Earlier rows still open are another rule's."""
    start, end = span
    ordered = rows.dropna(subset=[start]).sort_values(["child_id", start], kind="stable")
    latest = ordered.groupby("child_id")[end].cummax().groupby(ordered["child_id"])
    before = latest.ffill().groupby(ordered["child_id"]).shift()
    wrong = (ordered[start] < before).reindex(part.typed.index, fill_value=False)
    _note(part, wrong, reason, why, CHECK, column)
