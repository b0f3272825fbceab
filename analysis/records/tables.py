"""The canonical tables: one row an event or a period in a child's or a worker's story.

Codes are the statutory ones (SSDA903, CIN census), whatever the return wrote: `N1`, `NEG`, `C2`, `U4`, `E11`.
`<name>_status` tables hold what is only known as of a return's own date.
"""

from __future__ import annotations

from types import MappingProxyType

from analysis.records.schema import Column, Table


def _text(name: str, meaning: str = "") -> Column:
    return Column(name, "text", meaning=meaning)


def _code(name: str, codes: str = "", meaning: str = "") -> Column:
    return Column(name, "code", codes=codes, meaning=meaning)


def _date(name: str, meaning: str = "") -> Column:
    return Column(name, "date", meaning=meaning)


def _end(name: str, meaning: str = "") -> Column:
    return Column(name, "date", ends=True, meaning=meaning)


def _flag(name: str, meaning: str = "") -> Column:
    return Column(name, "flag", meaning=meaning)


def _int(name: str, meaning: str = "") -> Column:
    return Column(name, "integer", meaning=meaning)


def _number(name: str, meaning: str = "") -> Column:
    return Column(name, "number", meaning=meaning)


CHILD = _text("child_id", "the authority's own identifier, as text")
AS_AT = _date("as_at", "the date of the return that says so")
TEAM = _text("team", "Annex A: Allocated Team")
WORKER = _text("worker", "Annex A: Allocated Worker")

_ALL = (
    # --- children -----------------------------------------------------------------------------
    Table("children", "Children", ("child_id",), (
        CHILD,
        _code("sex", "canonical:sex", "M, F, N (neither) or U (not stated, not recorded or unborn)"),
        _code("ethnicity", "canonical:ethnicity"),
        _date("date_of_birth", "expected date for an unborn child"),
        _date("date_of_death"),
        _text("upn"),
        _flag("disabled"),
        _text("disabilities", "CIN census codes in order, separated by spaces"),
        _flag("mother", "SSDA903 MOTHER"),
        _date("child_of_mother_born", "SSDA903 MC_DOB"),
        _flag("unaccompanied", "unaccompanied asylum-seeking child"),
        _date("unaccompanied_ceased", "SSDA903 DUC"),
    )),
    # --- front door ---------------------------------------------------------------------------
    Table("contacts", "Contacts", ("child_id", "date", "source"), (
        CHILD, _date("date"), _code("source", "cin:ReferralSource"),
    ), start="date"),
    Table("early_help_assessments", "Early help assessments", ("child_id", "start_date", "organisation"), (
        CHILD, _date("start_date"), _end("completion_date"), _text("organisation"),
    ), start="start_date", end="completion_date"),
    Table("referrals", "Referrals", ("child_id", "date"), (
        CHILD, _date("date"), _code("source", "cin:ReferralSource"), _flag("no_further_action"), TEAM, WORKER,
    ), start="date"),
    Table("episodes_of_need", "Episodes of need", ("child_id", "start_date"), (
        CHILD,
        _date("start_date", "the referral date"),
        _code("primary_need", "cin:PrimaryNeedCode"),
        _end("closure_date"),
        _code("closure_reason", "cin:ReasonForClosure"),
    ), start="start_date", end="closure_date", ending=('closure_reason',)),
    Table("assessments", "Assessments", ("child_id", "start_date"), (
        CHILD,
        _date("start_date"),
        _end("authorised_date"),
        _date("internal_review_date"),
        _date("referral_date", "CIN census: of the episode that the assessment is in"),
        _flag("child_seen"),
        _flag("requires_support", "Annex A: assessed as requiring children's social care support"),
        TEAM, WORKER,
    ), start="start_date", end="authorised_date"),
    Table("assessment_factors", "Factors at the end of assessment", ("child_id", "start_date", "factor"), (
        CHILD, _date("start_date", "of the assessment"), _code("factor", "cin:AssessmentFactors"),
    ), start="start_date"),
    Table("section47_enquiries", "Section 47 enquiries", ("child_id", "start_date"), (
        CHILD,
        _date("start_date"),
        _date("referral_date", "CIN census: of the episode that the enquiry is in"),
        _date("conference_target"),
        _date("conference_date", "initial child protection conference"),
        _flag("conference_not_required"),
        _flag("led_to_plan", "Annex A: the conference resulted in a plan"),
        TEAM, WORKER,
    ), start="start_date"),
    Table("transfer_in_conferences", "Transfer-in conferences", ("child_id", "date"), (
        CHILD, _date("date"), _date("referral_date"),
    ), start="date"),
    Table("cin_plans", "Child in need plans", ("child_id", "start_date"), (
        CHILD, _date("start_date"), _end("end_date"), _date("referral_date"),
    ), start="start_date", end="end_date"),
    # --- protection ---------------------------------------------------------------------------
    Table("protection_plans", "Child protection plans", ("child_id", "start_date"), (
        CHILD,
        _date("start_date"),
        _end("end_date"),
        _code("initial_category", "cin:CategoryOfAbuse"),
        _code("latest_category", "cin:CategoryOfAbuse"),
        _int("previous_plans", "earlier plans of this child in this authority, ever"),
        _date("referral_date"),
        TEAM, WORKER,
    ), start="start_date", end="end_date"),
    Table("protection_reviews", "Child protection review conferences", ("child_id", "plan_start", "date"), (
        CHILD, _date("plan_start"), _date("date"),
    ), start="date"),
    Table("protection_status", "Children on a plan, as of each Annex A", ("child_id", "as_at"), (
        CHILD, AS_AT, _date("plan_start"), _date("latest_visit"), _flag("seen_alone"), _date("latest_review"),
        _flag("emergency_protection"), TEAM, WORKER,
    ), start="as_at"),
    Table("need_status", "Children in need, as of each Annex A", ("child_id", "as_at"), (
        CHILD, AS_AT, _date("start_date"), _date("last_seen"),
        _code("case_status", "annex_a:case_status"), TEAM, WORKER,
    ), start="as_at"),
    # --- looked after -------------------------------------------------------------------------
    Table("care_episodes", "Episodes of care (SSDA903)", ("child_id", "start_date"), (
        CHILD,
        _date("start_date", "DECOM"),
        _code("reason_new", "ssda903:RNE"),
        _code("legal_status", "ssda903:LS"),
        _code("need", "ssda903:CIN"),
        _code("placement", "ssda903:PLACE"),
        _code("provider", "ssda903:PLACE_PROVIDER"),
        _end("end_date", "DEC"),
        _code("reason_ended", "ssda903:REC"),
        _code("reason_change", "ssda903:REASON_PLACE_CHANGE"),
        _text("home_postcode"),
        _text("placement_postcode"),
        _text("urn"),
    ), start="start_date", end="end_date", ending=('reason_ended', 'reason_change')),
    Table("care_periods", "Periods of care (Annex A list 8)", ("child_id", "start_date"), (
        CHILD,
        _date("start_date", "started to be looked after"),
        _end("end_date", "ceased to be looked after"),
        _code("need", "ssda903:CIN"),
        _code("reason_ended", "ssda903:REC"),
        _flag("repeat_period", "second or later period within twelve months"),
    ), start="start_date", end="end_date", ending=('reason_ended',)),
    Table("care_status", "Children looked after, as of each Annex A", ("child_id", "as_at"), (
        CHILD, AS_AT,
        _date("period_start"),
        _code("legal_status", "ssda903:LS"),
        _date("legal_status_start"),
        _date("latest_review"), _date("latest_visit"), _date("latest_iro_visit"),
        _code("permanence_plan", "annex_a:permanence_plan"),
        _date("latest_health_assessment"), _date("latest_dental_check"),
        _date("placement_start"),
        _code("placement", "ssda903:PLACE"),
        _code("provider", "ssda903:PLACE_PROVIDER"),
        _text("placement_postcode"), _text("urn"),
        _code("placement_location", "annex_a:placement_location", "IN or OUT of the authority"),
        _text("placement_authority"),
        _flag("unaccompanied"),
        _flag("return_interview_offered"), _flag("return_interview_accepted"),
        TEAM, WORKER,
    ), start="as_at"),
    Table("care_reviews", "Statutory reviews of children looked after", ("child_id", "date"), (
        CHILD, _date("date"), _code("participation", "ssda903:REVIEW_CODE"),
    ), start="date"),
    Table("missing_episodes", "Missing and away from placement", ("child_id", "start_date", "kind"), (
        CHILD, _date("start_date"), _code("kind", "ssda903:MISSING", "M missing, A away without authorisation"),
        _end("end_date"),
    ), start="start_date", end="end_date"),
    Table("health_outcomes", "Health and other outcomes (OC2)", ("child_id", "year"), (
        CHILD,
        _int("year", "collection year: 2018 is the year ending 31 March 2018"),
        _int("sdq_score"), _code("sdq_reason", "ssda903:SDQ_REASON"),
        _flag("convicted"), _flag("health_check"), _flag("immunisations"), _flag("teeth_check"),
        _flag("health_assessment"), _flag("substance_misuse"), _flag("intervention_received"),
        _flag("intervention_offered"),
    )),
    Table("care_leaver_outcomes", "Care leavers (OC3)", ("child_id", "year"), (
        CHILD, _int("year"),
        _code("in_touch", "ssda903:IN_TOUCH"), _code("activity", "ssda903:ACTIV"),
        _code("accommodation", "ssda903:ACCOM", "letter and suitability: 1 suitable, 2 not; 0 not known"),
    )),
    Table("care_leaver_status", "Care leavers, as of each Annex A", ("child_id", "as_at"), (
        CHILD, AS_AT,
        _code("eligibility", "annex_a:eligibility"), _code("in_touch", "ssda903:IN_TOUCH"),
        _code("accommodation", "annex_a:accommodation"), _flag("suitable"), _code("activity", "ssda903:ACTIV"),
        _date("latest_pathway_plan"), _date("latest_contact"), _text("personal_adviser"), TEAM, WORKER,
    ), start="as_at"),
    Table("previous_permanence", "Permanence before this period of care", ("child_id",), (
        CHILD, _code("kind", "ssda903:PREV_PERM"), _text("authority"), _text("date", "as returned: may be zz/zz/yyyy"),
    )),
    Table("adoptions", "Adoption plans and orders", ("child_id",), (
        CHILD,
        _date("entered_care"), _date("decision_date"), _date("placement_order_date"), _date("matched_date"),
        _date("placed_date"), _date("order_date"), _date("reversed_date"),
        _code("reversed_reason", "ssda903:REASON_PLACED_CEASED"),
        _date("foster_to_adopt_date"), _flag("foster_carer_adopts"), _int("adopters"),
        _code("sex_of_adopters", "ssda903:SEX_ADOPTR"), _code("adopters_status", "ssda903:LS_ADOPTR"),
        _text("family_id"),
    )),
    Table("placed_for_adoption", "Placed for adoption (SSDA903)", ("child_id", "date"), (
        CHILD, _date("date"), _end("ceased_date"), _code("ceased_reason", "ssda903:REASON_PLACED_CEASED"),
    ), start="date", end="ceased_date", ending=('ceased_reason',)),
    Table("adopters", "Prospective adopters", ("adopter_id",), (
        _text("adopter_id"), _text("family_id"), _code("sex", "canonical:sex"),
        _code("ethnicity", "canonical:ethnicity"), _flag("disabled"), _flag("fostering_for_adoption"),
        _date("enquiry_date"), _date("stage1_start"), _date("stage1_end"), _date("stage2_start"), _date("stage2_end"),
        _date("application_date"), _date("approved_date"), _date("matched_date"), _date("placed_date"),
        _int("children_placed"), _date("order_date"), _end("left_date"), _code("left_reason", "annex_a:adopter_leaving"),
    )),
    Table("worker_episodes", "Social workers of children looked after (SSDA903 2024 on)",
          ("child_id", "worker", "start_date"), (
        CHILD, WORKER, _date("start_date"), _end("end_date"), _code("reason", "ssda903:SW_REASON"),
    ), start="start_date", end="end_date", ending=('reason',)),
    Table("deprivations_of_liberty", "Deprivation of liberty orders (SSDA903 2027 on)", ("child_id", "start_date"), (
        CHILD, _date("start_date"), _end("end_date"),
    ), start="start_date", end="end_date"),
    # --- counts that a return states of itself --------------------------------------------------
    Table("reported_counts", "Counts that Annex A states itself", ("child_id", "as_at", "measure"), (
        CHILD, AS_AT,
        _text("measure", "referrals_12m, section47_12m, icpc_12m, previous_plans, placements_12m, missing_12m, absent_12m"),
        _int("value"),
    ), start="as_at"),
    # --- workforce ----------------------------------------------------------------------------
    Table("social_workers", "Social workers at 30 September", ("year", "worker_id"), (
        _int("year", "of the 30 September"), _text("worker_id", "Social Work England or HCPC number"),
        _flag("agency"), _number("fte"), _date("date_of_birth"), _code("sex", "canonical:sex"),
        _code("ethnicity", "canonical:ethnicity"), _text("qualified_at"), _code("qualification", "workforce:QualLevel"),
        _flag("step_up"), _code("role", "workforce:OrgRole"), _date("role_start"), _code("origin", "workforce:StartOrigin"),
        _end("role_end"), _code("destination", "workforce:LeaverDestination"), _code("leaving_reason", "workforce:ReasonLeave"),
        _number("fte_30_september"), _int("cases_30_september"), _number("days_lost"), _number("contract_weeks"),
        _flag("frontline"), _flag("absent_30_september"), _code("absence_reason", "workforce:ReasonAbsence"),
        _code("career_stage", "workforce:CFKSSstatus"),
    )),
    Table("vacancies", "Vacancies and agency cover at 30 September", ("year",), (
        _int("year"), _number("vacancies_fte"), _number("agency_vacancy_fte"), _int("agency_vacancy_headcount"),
    )),
    # --- local returns: what no statutory return carries ------------------------------------------
    Table("early_help_referrals", "Early help referrals", ("referral_id",), (
        _text("referral_id"), CHILD, _date("date"),
        _code("route", "local:early_help_route"), _text("locality"), _flag("accepted"),
        _end("closure_date"), _code("closure_outcome", "local:early_help_outcome"),
    ), start="date", end="closure_date", ending=('closure_outcome',)),
    Table("early_help_programmes", "Parents starting a programme", ("person_id", "programme", "start_date"), (
        _text("person_id"), _code("programme", "local:programme"), _date("start_date"), _flag("completed"), _text("locality"),
    ), start="start_date"),
    Table("edge_of_care", "Children supported on the edge of care", ("child_id", "service", "start_date"), (
        CHILD, _text("service"), _text("family_id"), _date("start_date"), _end("closure_date"),
        _code("outcome", "local:edge_of_care_outcome"),
    ), start="start_date", end="closure_date", ending=('outcome',)),
    Table("case_audits", "Case file audits, a row a question", ("audit_id", "theme", "question"), (
        _text("audit_id"), _date("date"), _text("team"), _code("service", "local:service"), _text("theme"), _text("question"),
        _code("answer", "local:audit_answer"), _code("grade", "local:grade"),
    ), start="date"),
    Table("family_feedback", "What families said", ("feedback_id", "question"), (
        _text("feedback_id"), _date("date"), _text("team"), _code("service", "local:service"), _text("question"),
        _code("answer", "local:feedback_answer"),
    ), start="date"),
    Table("complaints", "Complaints", ("complaint_id", "stage"), (
        _text("complaint_id"), _code("stage", "local:complaint_stage"), _date("received_date"), _date("response_date"),
        _text("team"), _text("theme"), _code("outcome", "local:complaint_outcome"),
    ), start="received_date"),
    Table("care_proceedings", "Care proceedings", ("case_id", "child_id"), (
        _text("case_id"), CHILD, _date("pre_proceedings_date"), _date("application_date"),
        _code("application", "local:application"), _end("conclusion_date"), _code("outcome", "local:proceedings_outcome"),
    ), start="application_date", end="conclusion_date", ending=('outcome',)),
    Table("missing_incidents", "Missing incidents, all children", ("child_id", "start_date", "kind"), (
        CHILD, _date("start_date"), _code("kind", "local:missing_kind"), _end("end_date"), _flag("looked_after"),
        _flag("return_interview_offered"), _flag("return_interview_accepted"),
    ), start="start_date", end="end_date"),
    Table("exploitation_concerns", "Exploitation concerns", ("child_id", "date", "concern"), (
        CHILD, _date("date"), _code("concern", "local:concern"), _code("risk", "local:risk"),
    ), start="date"),
    Table("education_results", "Attainment of children looked after", ("child_id", "academic_year", "measure"), (
        CHILD, _text("academic_year", "2017-18"), _code("measure", "local:education_measure"), _flag("achieved"),
    )),
    Table("school_exclusions", "Exclusions of children looked after", ("child_id", "date", "kind"), (
        CHILD, _date("date"), _code("kind", "local:exclusion"), _number("days"),
    ), start="date"),
    Table("school_moves", "School moves of children looked after", ("child_id", "date"), (
        CHILD, _date("date"), _text("academic_year"),
    ), start="date"),
    Table("pathway_plans", "Pathway plans of care leavers", ("child_id", "plan_date"), (
        CHILD, _date("plan_date", "the day on which the plan was made or reviewed"),
    ), start="plan_date"),
    Table("homes", "Inspections of children's homes", ("home_urn", "inspection_date"), (
        _text("home_urn"), _text("name"), _date("inspection_date"), _code("judgement", "local:grade"), _flag("in_house"),
    ), start="inspection_date"),
    Table("physical_interventions", "Physical interventions in homes, a row a month", ("home_urn", "month"), (
        _text("home_urn"), _date("month", "its first day"), _int("incidents"),
    ), start="month"),
    Table("participation", "Participation measures", ("date", "measure"), (
        _date("date"), _code("measure", "local:participation_measure"), _number("value"),
    ), start="date"),
    Table("postcodes", "Postcodes of homes and placements", ("postcode",), (
        _text("postcode"), _int("easting"), _int("northing"), _text("authority"),
    )),
)  # fmt: skip

TABLES = MappingProxyType({table.name: table for table in _ALL})

# Lists that are kept by hand and drawn up when the document is written: so many months after the quarter's end, with
# what has ended until then.
DRAWN_UP_LATER = MappingProxyType({"edge_of_care": 2})
