"""Records of care leavers, schooling, homes and the workforce worked by hand.

As in `worked.py`, for 2017-18-Q4: the school year is 2016-17, the census that of 30 September 2017."""

from __future__ import annotations

from worked_case import Case

CASES = (
    Case(
        "care leavers around a birthday: A is 19, B 20 and out of touch, C 21 and in prison, D abroad; E is home, F has "
        "died; G is 18, H 17; I turned 19 the year after, J's is another year's return",
        """
        children
        child_id date_of_birth
        A 1999-03-31
        B 1997-04-01
        C 1996-12-01
        D 1998-06-01
        E 1998-07-01
        F 1998-08-01
        G 1999-04-01
        H 2000-12-31
        I 1999-04-01
        J 1998-01-01

        care_leaver_outcomes
        child_id year in_touch activity accommodation
        A 2018 YES F2 U1
        B 2018 NO 0 0
        C 2018 YES G5 X2
        D 2018 YES P3 G1
        E 2018 RHOM - -
        F 2018 DIED - -
        G 2018 YES G4 B1
        H 2018 REFU F1 S2
        J 2017 YES F1 U1
        """,
        {
            "care_leavers_birthday_in_touch_percent": (3, 4, 75),
            "care_leavers_eet_percent": (2, 4, 50),
            "care_leavers_suitable_accommodation_percent": (1, 3, 33.3),
            "care_leavers_birthday_in_touch_17_18_percent": (1, 2, 50),
            "care_leavers_eet_17_18_percent": (1, 2, 50),
            "care_leavers_suitable_accommodation_17_18_percent": (1, 2, 50),
        },
    ),
    Case(
        "care leavers now: A to D are 19 to 21, D's list was an earlier one; E is 18, F 22 on the day, G gone home; plans "
        "of A on the first day and E on the last of six months, B's a day too old, F's a day too new",
        """
        children
        child_id date_of_birth
        A 1999-03-31
        B 1998-01-01
        C 1996-04-01
        D 1998-01-01
        E 1999-04-01
        F 1996-03-31
        G 1998-01-01

        care_leaver_status
        child_id as_at in_touch activity accommodation suitable team
        A 2018-03-31 YES P1 U yes 18+
        B 2018-03-31 YES G6 W no 18+
        C 2018-03-31 NO - - - 18+
        D 2017-12-31 YES F1 U yes 18+
        E 2018-03-31 YES F3 R - 18+
        F 2018-03-31 REFU - - - 18+
        G 2018-03-31 RHOM - - - 18+

        pathway_plans
        child_id plan_date
        A 2017-10-01
        A 2018-01-10
        B 2017-09-30
        D 2018-02-01
        E 2018-03-31
        F 2018-04-01
        """,
        {
            "care_leavers_count": (5, None, 5),
            "care_leavers_in_touch_count": (2, None, 2),
            "care_leavers_in_touch_percent": (2, 3, 66.7),
            "care_leavers_eet_now_percent": (1, 3, 33.3),
            "care_leavers_suitable_accommodation_now_percent": (1, 3, 33.3),
            "care_leavers_recent_pathway_plan_count": (2, None, 2),
            "care_leavers_recent_pathway_plan_percent": (2, 5, 40),
        },
    ),
    Case(
        "school: of the year's four results two were reached; A and B are pupils, C was too old, D too young, E came "
        "into care too late, F has short breaks; A was excluded twice in the year and once before it",
        """
        children
        child_id date_of_birth
        A 2005-01-01
        B 2011-08-31
        C 2000-08-31
        D 2011-09-01
        E 2005-01-01
        F 2005-01-01
        G 2000-09-01

        care_episodes
        child_id start_date end_date legal_status placement
        A 2016-01-01 - C2 U4
        B 2017-03-31 - V2 U4
        C 2016-01-01 - C2 U4
        D 2016-01-01 - C2 U4
        E 2017-04-01 - C2 U4
        F 2016-01-01 - V4 U4
        G 2016-01-01 2017-04-01 C2 U4

        education_results
        child_id academic_year measure achieved
        A 2016-17 key_stage_2 yes
        B 2016-17 key_stage_1 no
        E 2016-17 key_stage_2 no
        G 2016-17 gcse_english_maths_4 yes
        C 2016-17 key_stage_2 -
        A 2015-16 key_stage_1 yes

        school_exclusions
        child_id date kind days
        A 2016-09-01 fixed 1
        A 2017-07-10 fixed 2
        A 2016-07-10 fixed 2
        B 2017-09-05 fixed 2
        E 2016-11-01 fixed 1
        G 2017-01-10 permanent -

        school_moves
        child_id date academic_year
        B 2016-10-10 2016-17
        E 2016-10-10 2016-17
        G 2017-09-10 2017-18
        """,
        {
            "lac_attainment_percent": (2, 4, 50),
            "lac_fixed_exclusion_count": (3, None, 3),
            "lac_permanent_exclusion_count": (1, None, 1),
            "lac_fixed_exclusion_percent": (2, 3, 66.7),
            "lac_fixed_excluded_percent": (1, 3, 33.3),
            "lac_school_move_percent": (1, 3, 33.3),
        },
    ),
    Case(
        "homes: the latest judgement of each counts, 2 having fallen; 3 isn't our own, 4 is judged after the day, 5 "
        "closed; interventions of the twelve months to March",
        """
        homes
        home_urn inspection_date judgement in_house
        1 2017-04-01 requires_improvement yes
        1 2018-03-31 good yes
        2 2017-05-01 outstanding yes
        2 2017-12-01 inadequate yes
        3 2018-01-01 good no
        4 2017-01-01 outstanding yes
        4 2018-04-01 inadequate yes
        5 2016-03-31 good yes

        physical_interventions
        home_urn month incidents
        1 2017-04-01 2
        2 2017-04-01 0
        1 2018-03-01 5
        1 2017-03-01 9
        1 2018-04-01 9
        """,
        {"homes_good_percent": (2, 3, 66.7), "home_interventions_count": (7, None, 7)},
    ),
    Case(
        "the census: A left in the year, G the year before; B and C are in post, D from an agency and E newly qualified; "
        "F's is another year's census",
        """
        social_workers
        year worker_id agency fte fte_30_september role role_start role_end cases_30_september days_lost career_stage
        2017 A no 0.5 0 5 2010-01-01 2016-10-01 - - 2
        2017 B no 1 1 5 2010-01-01 - 20 25 2
        2017 C no 0.6 0.6 3 2010-01-01 - 0 0.3 3
        2017 D yes 0.8 0.8 5 2017-06-01 - 11 - 2
        2017 E no 1 1 5 2016-10-01 - 4 - 1
        2017 G no 1 0 5 2010-01-01 2016-09-30 - - 2
        2016 F no 1 1 5 2010-01-01 - 30 9 1

        vacancies
        year vacancies_fte
        2017 0.4
        2016 5
        """,
        {
            "turnover_percent": (0.5, 2.6, 19.2),
            "vacancy_percent": (0.4, 3.0, 13.3),
            "agency_percent": (0.8, 3.4, 23.5),
            "absence_percent": (25.3, 657.8, 3.8),
            "caseload_mean_census": (35, 2.8, 12.5),
            "social_worker_count": (3, None, 3),
            "workforce_agency_count": (1, None, 1),
            "academy_start_count": (1, None, 1),
        },
    ),
    Case(
        "open cases: X has A, B and I, Y has C, D, E, F and H; G's closed; J's plan ended though it is listed; K is on "
        "a list of another day; nobody has L",
        """
        need_status
        child_id as_at case_status team worker
        A 2018-03-31 CIN North X
        B 2018-03-31 ASSESSMENT North X
        C 2018-03-31 CPP North Y
        D 2018-03-31 LAC Care Y
        G 2018-03-31 CLOSED North X
        K 2017-12-31 CIN North X
        L 2018-03-31 CIN North -

        care_periods
        child_id start_date end_date
        D 2017-01-01 -
        E 2017-01-01 -

        care_status
        child_id as_at team worker
        D 2018-03-31 Care Z
        E 2018-03-31 Care Y

        protection_plans
        child_id start_date end_date
        C 2017-06-01 -
        F 2017-06-01 -
        I 2017-06-01 -
        J 2017-01-01 2018-03-31

        protection_status
        child_id as_at plan_start team worker
        C 2018-03-31 2017-06-01 North Z
        F 2018-03-31 2017-06-01 Care Y
        I 2018-03-31 2017-06-01 North X
        J 2018-03-31 2017-01-01 North X

        care_leaver_status
        child_id as_at in_touch team worker
        H 2018-03-31 YES Care Y
        D 2018-03-31 YES Care Z
        """,
        {
            "caseload_mean": (8, 2, 4),
            "caseload_spread": (2, 2, 1),
            "workload_weighted_mean": (4.25 + 7.75, 2, 6),
            "unallocated_case_count": (1, None, 1),
        },
    ),
    Case(
        "who stays: X still holds cases in North, Y moved to Care, Z left, W is new; of the children looked after on both "
        "days C kept X, D changed to W, E has nobody now, F's care ended though listed, G is new",
        """
        need_status
        child_id as_at case_status team worker
        A 2017-03-31 CIN North X
        B 2017-03-31 CIN North Y
        H 2017-03-31 CIN North Z
        A 2018-03-31 CIN North X
        B 2018-03-31 CIN Care Y

        care_periods
        child_id start_date end_date
        C 2016-01-01 -
        D 2016-01-01 -
        E 2016-01-01 -
        F 2016-01-01 2018-02-01
        G 2018-01-01 -

        care_status
        child_id as_at team worker
        C 2017-03-31 North X
        D 2017-03-31 North Z
        E 2017-03-31 North X
        F 2017-03-31 North X
        C 2018-03-31 North X
        D 2018-03-31 North W
        E 2018-03-31 North -
        F 2018-03-31 North W
        G 2018-03-31 North W
        """,
        {"worker_stayed_percent": (1, 3, 33.3), "lac_worker_changed_percent": (1, 2, 50.0)},
    ),
)  # fmt: skip
