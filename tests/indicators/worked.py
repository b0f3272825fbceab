"""Small records worked by hand, and what each indicator must say of them. All are for 2017-18-Q4: the year to
31 March 2018, or that day. Blanks are `-`; each table's first line is its name, its second its columns."""

from __future__ import annotations

from worked_case import POPULATION, Case
from worked_front_door import CASES as FRONT_DOOR
from worked_local_returns import CASES as LOCAL_RETURNS
from worked_looked_after import CASES as LOOKED_AFTER
from worked_services import CASES as SERVICES

CASES = (
    Case(
        "contacts: B was referred 7 days on, C 8 days on, D the day before; E's contact is outside the year",
        """
        contacts
        child_id date source
        A 2017-04-01 1A
        B 2017-06-01 6
        C 2017-06-01 6
        D 2017-06-01 2A
        E 2017-03-31 2A

        referrals
        child_id date source
        A 2017-04-01 1A
        B 2017-06-08 6
        C 2017-06-09 6
        D 2017-05-31 2A
        E 2017-04-01 2A
        """,
        {
            "contact_count": (4, None, 4),
            "contact_to_referral_percent": (2, 4, 50),
            "referral_count": (5, None, 5),
            "referral_rate": (5, POPULATION, 0.8),
        },
    ),
    Case(
        "referrals: A's second is 12 months to the day after the first, B's a day more, C's three are two repeats",
        """
        referrals
        child_id date source no_further_action
        A 2016-10-01 6 no
        A 2017-10-01 6 no
        B 2016-10-01 6 no
        B 2017-10-02 6 yes
        C 2018-01-05 6 no
        C 2018-02-05 6 -
        C 2018-03-31 6 yes
        D 2018-04-01 6 yes
        """,
        {"rereferral_percent": (3, 5, 60), "referrals_no_further_action_percent": (2, 5, 40)},
    ),
    Case(
        "assessments: A took 45 working days over Christmas, B 46, C one; D was never authorised, E the year before",
        """
        assessments
        child_id start_date authorised_date requires_support
        A 2017-11-01 2018-01-08 yes
        B 2017-11-01 2018-01-09 no
        C 2018-03-28 2018-03-29 -
        D 2018-01-01 - -
        E 2017-03-01 2017-03-31 no
        """,
        {
            "assessment_count": (3, None, 3),
            "assessment_rate": (3, POPULATION, 0.5),
            "assessments_within_45_days_percent": (2, 3, 66.7),
            "assessments_not_in_need_percent": (1, 2, 50),
        },
    ),
    Case(
        "enquiries: A's conference came on day 15, B's on 16, C's before the enquiry, D moved in, E had none; "
        "A and C got plans, B's came too late to be the conference's",
        """
        section47_enquiries
        child_id start_date conference_date conference_not_required
        A 2017-09-04 2017-09-25 no
        B 2017-09-04 2017-09-26 no
        C 2017-09-04 2017-09-01 no
        E 2018-01-04 - yes

        transfer_in_conferences
        child_id date
        D 2017-12-01

        protection_plans
        child_id start_date end_date previous_plans initial_category latest_category
        A 2017-09-25 - 0 NEG NEG
        B 2017-10-26 - 0 EMO EMO
        C 2017-09-10 - 0 EMO EMO
        """,
        {
            "section47_count": (4, None, 4),
            "section47_rate": (4, POPULATION, 0.7),
            "section47_to_icpc_percent": (3, 4, 75),
            "icpc_count": (4, None, 4),
            "icpc_rate": (4, POPULATION, 0.7),
            "icpc_within_15_days_percent": (1, 4, 25),
            "icpc_to_plan_percent": (2, 4, 50),
        },
    ),
    Case(
        "two enquiries with one conference are one conference, timed from the later enquiry",
        """
        section47_enquiries
        child_id start_date conference_date
        A 2017-08-01 2017-09-25
        A 2017-09-04 2017-09-25
        """,
        {"section47_count": (2, None, 2), "icpc_count": (1, None, 1), "icpc_within_15_days_percent": (1, 1, 100)},
    ),
    Case(
        "need: A and B wait, B's assessment beginning a day too late; C's has begun; D is looked after; E ended at "
        "referral; F is closed; G closed on the day itself",
        """
        episodes_of_need
        child_id start_date closure_date primary_need
        A 2018-03-01 - N1
        B 2018-03-20 - N1
        C 2018-02-01 2018-04-20 N1
        D 2018-02-01 - N5
        E 2018-02-01 - N1
        F 2017-02-01 2018-01-01 N1
        G 2017-02-01 2018-03-31 N1

        referrals
        child_id date source no_further_action
        E 2018-02-01 6 yes

        assessments
        child_id start_date authorised_date
        B 2018-04-01 2018-04-10
        C 2018-03-31 -

        care_episodes
        child_id start_date reason_new legal_status placement provider end_date
        D 2018-03-01 S V2 U6 PR1 -
        """,
        {
            "cin_count": (4, None, 4),
            "cin_rate": (4, POPULATION, 0.7),
            "cin_awaiting_assessment_rate": (2, POPULATION, 0.3),
        },
    ),
    Case(
        "plans: A is open for 730 days, B for 729; C ended after 730, D after 729, E on the last day; F is a first "
        "plan begun in the year, G's return says it is the third; H's earlier plan ended 24 months before, J's more",
        """
        protection_plans
        child_id start_date end_date previous_plans initial_category latest_category
        A 2016-03-31 - 0 NEG NEG
        B 2016-04-01 - 0 NEG EMO
        C 2015-05-01 2017-04-30 0 EMO EMO
        D 2015-05-01 2017-04-29 0 EMO EMO
        E 2017-03-31 2018-03-31 0 PHY PHY
        F 2017-04-01 - 0 NEG NEG
        G 2018-03-31 - 2 EMO EMO
        H 2014-06-01 2015-07-01 0 NEG NEG
        H 2017-07-01 2017-09-01 - NEG NEG
        J 2014-06-01 2015-06-30 0 NEG NEG
        J 2017-07-01 2017-09-01 1 MUL MUL
        K 2018-04-01 - 0 NEG NEG
        """,
        {
            "cpp_count": (4, None, 4),
            "cpp_rate": (4, POPULATION, 0.7),
            "cpp_start_count": (4, None, 4),
            "cpp_start_rate": (4, POPULATION, 0.7),
            "cpp_end_count": (5, None, 5),
            "cpp_repeat_percent": (3, 4, 75),
            "cpp_repeat_within_two_years_percent": (1, 4, 25),
            "cpp_two_years_open_percent": (1, 4, 25),
            "cpp_two_years_ended_percent": (1, 5, 20),
            "neglect_start_count": (2, None, 2),
            "cpp_starts_neglect_percent": (2, 4, 50),
        },
    ),
    Case(
        "reviews: A on time; B's first a day late; C's second a day late; D never reviewed; E reviewed once, seven "
        "months ago; F's plan is three months old to the day and due today; G's is younger",
        """
        protection_plans
        child_id start_date end_date
        A 2017-05-01 -
        B 2017-10-01 -
        C 2017-05-01 -
        D 2017-10-01 -
        E 2017-06-01 -
        F 2017-12-31 -
        G 2018-01-01 -

        protection_reviews
        child_id plan_start date
        A 2017-05-01 2017-08-01
        A 2017-05-01 2018-02-01
        B 2017-10-01 2018-01-02
        C 2017-05-01 2017-07-31
        C 2017-05-01 2018-02-01
        E 2017-06-01 2017-08-31
        """,
        {"cpp_reviews_in_time_percent": (2, 6, 33.3)},
    ),
    Case(
        "Annex A's latest reviews do where the census wasn't delivered",
        """
        protection_plans
        child_id start_date end_date
        A 2017-05-01 -
        B 2017-05-01 -

        protection_status
        child_id as_at plan_start latest_review
        A 2017-09-30 2017-05-01 2017-07-20
        A 2018-03-31 2017-05-01 2018-01-10
        B 2017-09-30 2017-05-01 2017-07-20
        B 2018-03-31 2017-05-01 2017-07-20
        """,
        {"cpp_reviews_in_time_percent": (1, 2, 50)},
    ),
    Case(
        "looked after: A changed legal status; B's episodes overlap; C has short breaks; D ceased on the day; E came "
        "twice and left twice, at last adopted; F left by special guardianship",
        """
        care_episodes
        child_id start_date reason_new legal_status need placement provider end_date reason_ended
        A 2016-01-01 S V2 N1 U6 PR1 2017-05-01 X1
        A 2017-05-01 L C2 N1 U6 PR1 - -
        B 2017-06-01 S V2 N1 U4 PR4 2018-06-01 X1
        B 2018-01-01 P V2 N1 U5 PR4 - -
        C 2018-03-01 S V4 N2 U6 PR1 - -
        D 2017-01-01 S C1 N1 K2 PR4 2018-03-31 E4A
        E 2017-04-05 S V2 N1 U3 PR1 2017-05-05 E4A
        E 2017-08-01 S E1 N1 A6 PR1 2018-02-01 E12
        F 2015-01-01 S C2 N1 U1 PR1 2017-12-01 E46
        G 2017-09-01 S E1 N1 A4 PR1 - -
        H 2017-09-01 S J1 N6 P1 PR0 - -
        I 2016-09-01 S C1 N6 H5 PR4 - -
        J 2016-09-01 S C2 N6 K2 PR1 - -
        K 2016-09-01 S C2 N6 U3 PR1 - -
        """,
        {
            "lac_count": (7, None, 7),
            "lac_rate": (7, POPULATION, 1.2),
            "lac_start_count": (4, None, 4),
            "lac_start_rate": (4, POPULATION, 0.7),
            "lac_cease_count": (3, None, 3),
            "lac_cease_rate": (3, POPULATION, 0.5),
            "lac_live_count": (8, None, 8),
            "lac_section20_live_percent": (2, 8, 25),
            "lac_placement_order_percent": (1, 7, 14.3),
            "foster_percent": (3, 7, 42.9),
            "adopted_percent": (1, 3, 33.3),
            "sgo_percent": (1, 3, 33.3),
            "lac_section20_count": (1, None, 1),
            "lac_section20_percent": (1, 7, 14.3),
            "lac_care_order_percent": (4, 7, 57.1),
            "lac_placement_order_count": (1, None, 1),
            "foster_in_house_percent": (1, 7, 14.3),
            "foster_agency_percent": (1, 7, 14.3),
            "kinship_percent": (1, 7, 14.3),
            "residential_percent": (1, 7, 14.3),
            "semi_independent_percent": (1, 7, 14.3),
            "with_parents_percent": (1, 7, 14.3),
            "adoptive_placement_percent": (1, 7, 14.3),
        },
    ),
    Case(
        "Annex A alone: periods of care, with what it last said of legal status and placement",
        """
        care_periods
        child_id start_date end_date reason_ended
        A 2016-01-01 - -
        B 2017-06-01 2017-10-01 E11
        C 2018-01-01 - -

        care_status
        child_id as_at period_start legal_status placement provider
        A 2017-12-31 2016-01-01 C2 U6 PR1
        A 2018-03-31 2016-01-01 C2 U6 PR4
        C 2018-03-31 2018-01-01 V2 K2 PR4
        """,
        {
            "lac_count": (2, None, 2),
            "lac_start_count": (2, None, 2),
            "lac_section20_percent": (1, 2, 50),
            "foster_agency_percent": (1, 2, 50),
            "adopted_percent": (1, 1, 100),
        },
    ),
    Case(
        "placements in the year: A had three, the first open since before it; B's hospital stay and return make none; "
        "C was adopted by the carer; D's first ended before the year; E's second lasted no night; F had three, in two "
        "periods of care",
        """
        care_episodes
        child_id start_date reason_new legal_status placement provider end_date reason_ended reason_change
        A 2016-01-01 S C2 U6 PR1 2017-06-01 X1 CREQB
        A 2017-06-01 P C2 U6 PR4 2018-01-01 X1 CARPL
        A 2018-01-01 P C2 K2 PR4 - - -
        B 2016-01-01 S C2 U6 PR1 2017-06-01 X1 OTHER
        B 2017-06-01 P C2 T1 - 2017-06-10 X1 OTHER
        B 2017-06-10 P C2 U6 PR1 2018-01-01 X1 STAND
        B 2018-01-01 P C2 U6 PR4 - - -
        C 2016-01-01 S E1 K2 PR1 2017-06-01 X1 CARPL
        C 2017-06-01 P E1 U6 PR1 2018-01-01 X1 PLACE
        C 2018-01-01 T E1 A5 PR1 - - -
        D 2016-01-01 S C2 U6 PR1 2017-03-01 X1 CARPL
        D 2017-03-01 P C2 U4 PR1 2017-06-01 X1 CARPL
        D 2017-06-01 P C2 K2 PR1 - - -
        E 2017-01-01 S V2 U6 PR1 2017-06-01 X1 CREQO
        E 2017-06-01 P V2 U6 PR4 2017-06-01 X1 -
        E 2017-06-02 P V2 K2 PR1 - - -
        F 2017-01-01 S V2 U6 PR1 2017-06-01 X1 CHILD
        F 2017-06-01 P V2 U6 PR4 2017-07-01 E4A -
        F 2018-01-01 S V2 K2 PR1 - - -
        """,
        {
            "lac_three_placements_percent": (2, 6, 33.3),
            # A and F, who came back into care to another carer.
            "lac_two_moves_percent": (2, 6, 33.3),
            # A two, B one, C one, D one, F one; E's are told apart by a night, which makes a new period of care.
            "placement_move_count": (7, None, 7),
            "unplanned_move_percent": (4, 7, 57.1),
        },
    ),
    Case(
        "long-term: A settled; B moved 23 months ago; C is 16; D has been in care for too short a time; E's adoptive "
        "placement counts with the one before; F is placed for adoption but came to the one before too late; G changed "
        "legal status only",
        """
        children
        child_id sex date_of_birth
        A F 2008-01-01
        B M 2008-01-01
        C F 2002-03-31
        D M 2008-01-01
        E F 2014-01-01
        F M 2014-01-01
        G M 2002-04-01

        care_episodes
        child_id start_date reason_new legal_status placement provider end_date reason_ended
        A 2015-09-30 S C2 U6 PR1 2016-03-31 X1
        A 2016-03-31 P C2 U4 PR1 - -
        B 2014-01-01 S C2 U6 PR1 2016-05-01 X1
        B 2016-05-01 P C2 U4 PR1 - -
        C 2014-01-01 S C2 U6 PR1 - -
        D 2015-10-01 S C2 U6 PR1 - -
        E 2015-01-01 S E1 U6 PR1 2017-09-01 X1
        E 2017-09-01 P E1 A6 PR1 - -
        F 2015-01-01 S E1 K2 PR1 2016-05-01 X1
        F 2016-05-01 P E1 U6 PR1 2017-09-01 X1
        F 2017-09-01 P E1 A6 PR1 - -
        G 2014-01-01 S V2 U6 PR1 2017-01-01 X1
        G 2017-01-01 L C2 U6 PR1 - -
        """,
        {"lac_long_term_stability_percent": (3, 5, 60)},
    ),
    *FRONT_DOOR,
    *LOCAL_RETURNS,
    *SERVICES,
    *LOOKED_AFTER,
)  # fmt: skip
