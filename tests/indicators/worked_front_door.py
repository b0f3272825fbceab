"""Records of the front door, of need and of protection worked by hand. As in `worked.py`, for 2017-18-Q4."""

from __future__ import annotations

from worked_case import POPULATION, Case

CASES = (
    Case(
        "children referred: A and B twice, B's second a repeat; C's earlier referral lies in the year before; D once",
        """
        referrals
        child_id date source no_further_action
        A 2017-04-01 6 no
        B 2017-05-01 6 no
        B 2018-03-01 6 no
        C 2017-03-31 6 no
        C 2018-03-31 6 no
        D 2016-03-31 6 no
        D 2017-06-01 6 no
        """,
        {"rereferral_children_percent": (2, 4, 50), "rereferral_percent": (2, 5, 40)},
    ),
    Case(
        "referrals assessed: A on the day, B 30 days on, C 31, D before; E closed as not in need, F the day after the "
        "year, G for another reason; H was referred the year before",
        """
        referrals
        child_id date source no_further_action
        A 2017-06-01 6 no
        B 2017-06-01 6 no
        C 2017-06-01 6 no
        D 2017-06-01 6 yes
        E 2017-07-01 6 no
        F 2018-02-20 6 no
        G 2017-07-01 6 no
        H 2017-03-20 6 no

        assessments
        child_id start_date authorised_date
        A 2017-06-01 2017-06-20
        B 2017-07-01 2017-07-20
        C 2017-07-02 2017-07-20
        D 2017-05-31 2017-06-02
        E 2017-07-02 2017-07-20
        F 2018-02-21 2018-04-01
        G 2017-07-02 2017-07-20

        episodes_of_need
        child_id start_date primary_need closure_date closure_reason
        A 2017-06-01 N1 - -
        E 2017-07-01 N1 2018-03-31 RC8
        F 2018-02-20 N1 2018-04-01 RC8
        G 2017-07-01 N1 2017-08-01 RC7
        H 2017-03-20 N1 2017-05-02 RC8
        """,
        {
            "referral_to_assessment_percent": (5, 7, 71.4),
            "assessed_not_in_need_percent": (1, 7, 14.3),
            # A and G; E was found not to be in need, F's outcome comes after the year.
            "cin_start_count": (3, None, 3),
            "cin_end_count": (1, None, 1),
        },
    ),
    Case(
        "assessments under way: A has run for 46 working days, B for 45, C is finished, D begins the day after; of those "
        "finished E took 5 days and found two factors, F 3 and one",
        """
        assessments
        child_id start_date authorised_date
        A 2018-01-24 -
        B 2018-01-25 -
        C 2017-06-01 2017-06-02
        D 2018-04-01 -
        E 2017-06-05 2017-06-12
        F 2017-06-05 2017-06-08

        assessment_factors
        child_id start_date factor
        A 2018-01-24 4B
        E 2017-06-05 4B
        E 2017-06-05 16A
        F 2017-06-05 21
        """,
        {
            "assessments_overdue_count": (1, None, 1),
            "assessments_overdue_percent": (1, 2, 50),
            "assessment_duration_mean": (9, 3, 3),
            "assessment_factor_count": (3, None, 3),
        },
    ),
    Case(
        "enquiries and conferences as counts: A has two enquiries and no plan, C moved in on one begun elsewhere, D's "
        "plan follows last year's conference",
        """
        section47_enquiries
        child_id start_date conference_date
        A 2017-06-01 -
        A 2017-09-01 2017-09-15
        B 2017-06-01 -
        D 2017-03-01 2017-03-31

        transfer_in_conferences
        child_id date
        C 2017-12-01

        protection_plans
        child_id start_date end_date
        D 2017-04-01 -
        """,
        {
            "section47_children_count": (2, None, 2),
            "icpc_transfer_in_count": (1, None, 1),
            "icpc_per_section47_percent": (2, 3, 66.7),
            "plans_per_icpc_percent": (1, 2, 50),
        },
    ),
    Case(
        "need: A waits for an assessment, B's has begun, C is on a plan",
        """
        episodes_of_need
        child_id start_date primary_need closure_date closure_reason
        A 2018-03-28 N1 - -
        B 2018-03-01 N4 - -
        C 2017-03-01 N1 - -

        assessments
        child_id start_date authorised_date
        B 2018-03-02 -

        protection_plans
        child_id start_date end_date
        C 2017-04-01 -
        """,
        {"cin_awaiting_assessment_count": (1, None, 1), "cin_count": (3, None, 3)},
    ),
    Case(
        "plans: A began and ended two in the year; B's has lasted 18 months to the day, C's a day less, D's two years; "
        "B and E were looked after while on a plan, E from the day of its end, F before it began, G in the year before",
        """
        protection_plans
        child_id start_date end_date
        A 2017-04-01 2017-06-01
        A 2017-12-01 2018-02-01
        B 2016-09-30 -
        C 2016-10-01 -
        D 2016-03-31 -
        E 2016-12-01 2017-05-01
        F 2017-08-01 -
        G 2016-12-01 -

        care_episodes
        child_id start_date reason_new legal_status placement provider end_date reason_ended
        B 2017-10-01 S V2 U6 PR1 - -
        E 2017-05-01 S V2 U6 PR1 - -
        F 2017-07-31 S V2 U6 PR1 - -
        G 2017-03-31 S V2 U6 PR1 - -
        """,
        {
            "cpp_end_rate": (3, POPULATION, 0.5),
            "cpp_start_children_count": (2, None, 2),
            "cpp_end_children_count": (2, None, 2),
            "cpp_nearing_two_years_count": (1, None, 1),
            "cpp_to_lac_percent": (2, 8, 25),
        },
    ),
    Case(
        "visits: A 27 days before, B 28, C at no time known; D's plan has ended; whether C was seen alone isn't said",
        """
        protection_plans
        child_id start_date end_date
        A 2017-06-01 -
        B 2017-06-01 -
        C 2017-06-01 -
        D 2017-06-01 2018-03-31

        protection_status
        child_id as_at plan_start latest_visit seen_alone
        A 2018-03-31 2017-06-01 2018-03-04 yes
        B 2017-12-31 2017-06-01 2017-12-30 yes
        B 2018-03-31 2017-06-01 2018-03-03 no
        C 2018-03-31 2017-06-01 - -
        D 2018-03-31 2017-06-01 2018-03-30 yes
        """,
        {"cpp_visited_percent": (1, 3, 33.3), "cpp_seen_alone_percent": (1, 2, 50)},
    ),
)  # fmt: skip
