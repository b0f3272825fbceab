"""Records of local returns worked by hand: early help, edge of care, quality, participation, proceedings, missing.

As in `worked.py`, for 2017-18-Q4. Its quarter is January to March 2018; its cohort the year to 31 March 2017."""

from __future__ import annotations

from worked_case import POPULATION, Case

CASES = (
    Case(
        "early help referrals: A to C in the quarter, one of them not taken on; D in the year; E and F lie outside; G "
        "is undecided",
        """
        early_help_referrals
        referral_id child_id date route accepted closure_date closure_outcome locality
        1 A 2018-01-01 family_work yes - - North
        2 B 2018-03-31 family_work no 2018-03-31 no_further_action West
        3 C 2018-02-01 locality_hub yes - - West
        4 D 2017-04-01 locality_hub yes - - North
        5 E 2017-03-31 family_work yes - - North
        6 F 2018-04-01 family_work yes - - North
        7 G 2017-12-31 step_down - - - -
        """,
        {
            "early_help_referral_count": (5, None, 5),
            "early_help_family_work_referral_count": (2, None, 2),
            "early_help_hub_referral_count": (2, None, 2),
            "early_help_accepted_percent": (3, 4, 75),
        },
    ),
    Case(
        "closures: A and B ended well, C stepped up; D was never taken on; E's came to a hub; F closed too early; G's "
        "end is not said",
        """
        early_help_referrals
        referral_id child_id date route accepted closure_date closure_outcome locality
        1 A 2016-06-01 family_work yes 2017-04-01 outcomes_achieved North
        2 B 2017-06-01 family_work yes 2018-03-31 no_further_action West
        3 C 2017-06-01 family_work yes 2017-09-01 stepped_up West
        4 D 2017-06-01 family_work no 2017-06-05 no_further_action West
        5 E 2017-06-01 locality_hub yes 2017-09-01 outcomes_achieved North
        6 F 2016-06-01 family_work yes 2017-03-31 outcomes_achieved North
        7 G 2017-06-01 family_work yes 2017-09-01 - North
        """,
        {
            "early_help_closure_count": (5, None, 5),
            "early_help_family_work_positive_closure_percent": (2, 4, 50),
        },
    ),
    Case(
        "early help assessments and programmes: A's assessment ran over the year's start, B's over its end",
        """
        early_help_assessments
        child_id start_date completion_date organisation
        A 2017-03-31 2017-04-01 School
        B 2018-03-31 - School
        C 2017-04-01 2018-03-31 School
        C 2017-05-01 2017-06-01 Nursery

        early_help_programmes
        person_id programme start_date completed locality
        P incredible_years 2018-01-01 yes North
        Q incredible_years 2018-03-31 - North
        R freedom 2017-12-31 no West
        S freedom 2017-03-31 yes West
        """,
        {
            "early_help_assessment_start_count": (3, None, 3),
            "early_help_assessment_completed_count": (3, None, 3),
            "early_help_programme_start_count": (2, None, 2),
            "early_help_programme_completed_percent": (1, 2, 50),
        },
    ),
    Case(
        "step up, in the year to March 2017: A was referred on the same day, B twelve months later to the day, C a day "
        "more, D the day before; E's way was another; F came too late to be followed",
        """
        early_help_referrals
        referral_id child_id date route
        1 A 2016-04-01 locality_hub
        2 B 2017-03-31 locality_hub
        3 C 2017-03-31 locality_hub
        4 D 2016-06-01 locality_hub
        5 E 2016-06-01 family_work
        6 F 2017-04-01 locality_hub

        referrals
        child_id date
        A 2016-04-01
        B 2018-03-31
        C 2018-04-01
        D 2016-05-31
        E 2016-07-01
        F 2017-05-01
        """,
        {"early_help_hub_to_referral_percent": (2, 4, 50)},
    ),
    Case(
        "closed assessments: A is followed from the last of two, so the referral between them doesn't count; B was "
        "referred; C's is not completed; D's was completed too late to be followed; E was never referred",
        """
        early_help_assessments
        child_id start_date completion_date organisation
        A 2016-04-01 2016-05-01 School
        A 2016-07-01 2016-08-01 School
        B 2016-03-01 2016-04-01 School
        C 2017-03-01 - School
        D 2017-03-01 2017-04-01 School
        E 2016-06-01 2016-07-01 School

        referrals
        child_id date
        A 2016-06-01
        B 2017-04-01
        C 2017-04-01
        D 2017-05-01
        """,
        {"early_help_closed_to_referral_percent": (1, 3, 33.3)},
    ),
    Case(
        "step down: A came to early help three months after to the day, B a day more, C on the day of closure; D "
        "closed a year too late",
        """
        episodes_of_need
        child_id start_date closure_date
        A 2016-01-01 2016-06-30
        B 2016-01-01 2016-06-30
        C 2016-01-01 2017-03-31
        D 2016-01-01 2017-04-01

        early_help_referrals
        referral_id child_id date route
        1 A 2016-09-30 step_down
        2 B 2016-10-01 step_down
        3 C 2017-03-31 family_work
        4 D 2017-04-02 step_down
        """,
        {"step_down_to_early_help_percent": (2, 3, 66.7)},
    ),
    Case(
        "edge of care: families 1 and 2 had support in the year, 1 from two services; 3's had ended; A and B were at "
        "home, C was not, and D's support goes on",
        """
        edge_of_care
        child_id service family_id start_date closure_date outcome
        A Befriending 1 2017-01-01 2017-04-01 at_home
        B Befriending 1 2017-01-01 2018-03-31 returned_home
        C Team 1 2018-03-31 2018-03-31 became_looked_after
        D Team 2 2017-06-01 - -
        E Team 3 2016-01-01 2017-03-31 at_home
        F Team 4 2018-04-01 - -
        """,
        {
            "edge_of_care_family_count": (3, None, 3),
            "edge_of_care_closure_count": (3, None, 3),
            "edge_of_care_children_home_count": (2, None, 2),
            "edge_of_care_home_percent": (2, 3, 66.7),
        },
    ),
    Case(
        "audits: of 1's questions one didn't apply; 2 answers partly and has no grade; 3 lies before the year",
        """
        case_audits
        audit_id date team service theme question answer grade
        1 2017-04-01 North protection Plan Specific? yes good
        1 2017-04-01 North protection Plan Reviewed? not_applicable good
        1 2017-04-01 North protection Voice Heard? yes good
        2 2018-03-31 North protection Plan Specific? partly -
        2 2018-03-31 North protection Voice Heard? no -
        3 2017-03-31 North protection Voice Heard? no inadequate
        4 2018-01-01 Front front_door Voice Heard? yes requires_improvement
        """,
        {
            "audit_count": (3, None, 3),
            "audit_positive_percent": (3, 5, 60),
            "audit_good_percent": (1, 2, 50),
        },
    ),
    Case(
        "feedback: yes, no and not sure; one question went unanswered",
        """
        family_feedback
        feedback_id date team service question answer
        1 2017-04-01 North protection Better? yes
        1 2017-04-01 North protection Again? -
        2 2018-03-31 North protection Better? no
        2 2018-03-31 North protection Again? unsure
        3 2017-03-31 North protection Better? no
        """,
        {"feedback_positive_percent": (1, 3, 33.3)},
    ),
    Case(
        "complaints: 1 was answered on working day 10 over Easter, 2 on 20, 3 on 21; 4 was withdrawn; 5 waits; 6 was "
        "received before the year and answered in it; 1 and 2 went on to stage 2, answered on days 25 and 66",
        """
        complaints
        complaint_id stage received_date response_date outcome theme team
        1 1 2017-04-06 2017-04-24 upheld Delay North
        2 1 2017-06-01 2017-06-29 partly_upheld Delay North
        3 1 2017-06-01 2017-06-30 not_upheld Delay North
        4 1 2017-06-01 2017-07-30 withdrawn Delay North
        5 1 2018-03-31 - - Delay North
        6 1 2017-03-30 2017-04-03 not_upheld Delay North
        1 2 2017-06-01 2017-07-06 not_upheld Delay North
        2 2 2017-09-01 2017-12-04 upheld Delay North
        """,
        {
            "complaint_stage1_count": (5, None, 5),
            "complaint_stage2_count": (2, None, 2),
            "complaint_upheld_percent": (2, 4, 50),
            "complaint_stage1_within_10_days_percent": (2, 4, 50),
            "complaint_stage1_in_time_percent": (3, 4, 75),
            "complaint_stage2_within_25_days_percent": (1, 2, 50),
            "complaint_stage2_in_time_percent": (1, 2, 50),
        },
    ),
    Case(
        "participation: the latest account counts of the quarter; statements of January to March",
        """
        participation
        date measure value
        2017-12-31 app_accounts_young_people 90
        2018-02-28 app_accounts_young_people 120
        2018-04-30 app_accounts_young_people 140
        2018-03-31 app_accounts_workers 100
        2017-12-31 app_statements 50
        2018-01-31 app_statements 10
        2018-03-31 app_statements 30
        2018-01-31 app_good_news_statements 9
        2018-03-31 app_good_news_statements 21
        2017-11-30 make_your_mark_votes 3200
        2016-11-30 make_your_mark_votes 3000
        """,
        {
            "app_young_people_count": (120, None, 120),
            "app_worker_count": (100, None, 100),
            "app_statement_count": (40, None, 40),
            "app_good_news_percent": (30, 40, 75),
            "make_your_mark_vote_count": (3200, None, 3200),
        },
    ),
    Case(
        "proceedings: case 1 has two children, one with an order after 182 days, one after 183, so the case took more "
        "than 26 weeks; 2 took 182 days; 3 goes on for one of its children, in its 27th week; 4 is new; 5 never came "
        "to court",
        """
        care_proceedings
        case_id child_id pre_proceedings_date application_date application conclusion_date outcome
        1 A 2017-01-04 2017-04-05 care_order 2017-10-04 care_order
        1 B 2017-01-04 2017-04-05 care_order 2017-10-05 supervision_order
        2 C - 2016-12-01 care_order 2017-06-01 placement_order
        3 D 2017-09-01 2017-09-29 care_order - -
        3 E 2017-09-01 2017-09-29 care_order 2018-01-10 care_order
        4 F - 2018-03-31 care_order - -
        5 G 2018-01-01 - - 2018-03-01 -
        """,
        {
            "care_application_count": (3, None, 3),
            "care_application_rate": (3, POPULATION, 0.5),
            "care_application_child_count": (5, None, 5),
            "proceedings_concluded_count": (2, None, 2),
            "proceedings_weeks_mean": (365 / 7, 2, 26.1),
            "proceedings_within_26_weeks_percent": (1, 2, 50),
            "pre_proceedings_weeks_mean": (17, 2, 8.5),
            "proceedings_open_count": (2, None, 2),
            "proceedings_open_beyond_26_weeks_percent": (1, 2, 50),
        },
    ),
    Case(
        "missing: A's second incident isn't over, B refused an interview, C was offered none; D's lies before the year",
        """
        missing_incidents
        child_id start_date kind end_date looked_after return_interview_offered return_interview_accepted
        A 2018-01-01 missing 2018-01-02 yes yes yes
        A 2018-03-31 missing - yes - -
        B 2017-04-01 absent 2017-04-01 no yes no
        C 2017-12-31 missing 2018-01-01 no no -
        D 2017-03-31 missing 2017-04-01 no yes yes
        """,
        {
            "missing_incident_quarter_count": (2, None, 2),
            "missing_incident_count": (4, None, 4),
            "missing_child_count": (3, None, 3),
            "return_interview_offered_percent": (2, 3, 66.7),
            "return_interview_accepted_percent": (1, 2, 50),
        },
    ),
    Case(
        "exploitation: two concerns about A, one in the quarter; B's lies after the year",
        """
        exploitation_concerns
        child_id date concern risk
        A 2018-01-01 sexual high
        A 2017-12-31 criminal low
        B 2018-04-01 sexual low
        C 2017-04-01 other -
        """,
        {
            "exploitation_concern_quarter_count": (1, None, 1),
            "exploitation_concern_count": (3, None, 3),
            "exploitation_child_count": (2, None, 2),
        },
    ),
)  # fmt: skip
