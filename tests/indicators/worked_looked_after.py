"""Records worked by hand for the indicators of children looked after: distance, health, missing, reviews, permanence.

As in `worked`: all for 2017-18-Q4, the year to 31 March 2018 or that day."""

from __future__ import annotations

from worked_case import Case

CASES = (
    Case(
        "distance: A 20.0 miles away, B 20.1 in the area, C far outside, D just over the border; E's home isn't known, "
        "F came alone to this country, G's placement is in no directory; Annex A says where A, C and D are",
        """
        children
        child_id sex date_of_birth unaccompanied
        A F 2008-01-01 -
        B M 2008-01-01 -
        C F 2008-01-01 -
        D M 2008-01-01 -
        E M 2008-01-01 -
        F M 2002-01-01 yes
        G M 2008-01-01 -

        care_episodes
        child_id start_date reason_new legal_status placement provider end_date home_postcode placement_postcode
        A 2016-01-01 S C2 U6 PR1 - AA11AA AA12BB
        B 2016-01-01 S C2 U6 PR1 - AA11AA AA13CC
        C 2016-01-01 S C2 U6 PR4 - AA11AA BB11AA
        D 2016-01-01 S C2 U6 PR4 - AA11AA BB12BB
        E 2016-01-01 S C2 U6 PR1 - - BB11AA
        F 2016-01-01 S V2 U6 PR1 - AA11AA BB11AA
        G 2016-01-01 S C2 U6 PR1 - AA11AA ZZ99ZZ

        postcodes
        postcode easting northing authority
        AA11AA 400000 500000 Here
        aa12bb 432186 500000 Here
        AA13CC 400000 532300 Here
        BB11AA 430000 530000 There
        BB12BB 401000 500000 There

        care_status
        child_id as_at period_start placement_location
        A 2018-03-31 2016-01-01 IN
        B 2018-03-31 2016-01-01 -
        C 2017-12-31 2016-01-01 IN
        C 2018-03-31 2016-01-01 OUT
        D 2018-03-31 2016-01-01 OUT
        """,
        {
            "lac_distance_known_count": (4, None, 4),
            "lac_within_20_miles_percent": (2, 4, 50),
            "lac_over_20_miles_percent": (2, 7, 28.6),
            "lac_over_20_miles_out_of_area_percent": (1, 7, 14.3),
            "lac_out_of_area_percent": (2, 3, 66.7),
        },
    ),
    Case(
        "health by the year's return: D has been looked after a day too short, G for twelve months to the day; F has no "
        "answers; B is too young for a score and G too old; E has none",
        """
        children
        child_id sex date_of_birth
        A F 2010-01-01
        B M 2014-06-01
        C F 2010-01-01
        D M 2010-01-01
        E M 2002-06-01
        F M 2016-01-01
        G F 2001-03-31

        care_episodes
        child_id start_date reason_new legal_status placement provider end_date
        A 2016-01-01 S C2 U6 PR1 -
        B 2016-01-01 S C2 U6 PR1 -
        C 2016-01-01 S C2 U6 PR1 -
        D 2017-04-01 S C2 U6 PR1 -
        E 2016-01-01 S C2 U6 PR1 -
        F 2016-01-01 S C2 U6 PR1 -
        G 2017-03-31 S C2 U6 PR1 -

        health_outcomes
        child_id year sdq_score immunisations teeth_check health_assessment
        A 2018 12 yes yes yes
        A 2017 30 no no no
        B 2018 - no no yes
        C 2018 17 yes no yes
        D 2018 10 yes yes yes
        E 2018 - yes yes no
        G 2018 20 yes yes yes
        """,
        {
            "lac_health_assessment_percent": (4, 6, 66.7),
            "lac_dental_check_percent": (3, 6, 50),
            "lac_immunisations_percent": (4, 6, 66.7),
            "sdq_mean": (29, 2, 14.5),
            "sdq_completed_percent": (2, 3, 66.7),
        },
    ),
    Case(
        "health by Annex A's dates: A's assessment is in the year by a day and A's dental check out of it by one; B is "
        "three, and six months ago to the day is too long; C has no assessment; D has come lately",
        """
        children
        child_id sex date_of_birth
        A F 2010-01-01
        B M 2014-06-01
        C F 2010-01-01
        D F 2010-01-01

        care_periods
        child_id start_date end_date
        A 2016-01-01 -
        B 2016-01-01 -
        C 2016-01-01 -
        D 2018-01-01 -

        care_status
        child_id as_at period_start latest_health_assessment latest_dental_check
        A 2018-03-31 2016-01-01 2017-04-01 2017-03-31
        B 2018-03-31 2016-01-01 2017-09-30 2017-09-30
        C 2018-03-31 2016-01-01 - 2017-12-01
        D 2018-03-31 2018-01-01 2018-02-01 2018-02-01
        """,
        {"lac_health_assessment_percent": (1, 3, 33.3), "lac_dental_check_percent": (2, 3, 66.7)},
    ),
    Case(
        "missing: A twice, B back on the first day, C before the year and not looked after in it, E away once and missing "
        "after the year; D came on the last day",
        """
        care_episodes
        child_id start_date reason_new legal_status placement provider end_date reason_ended
        A 2016-01-01 S C2 U6 PR1 - -
        B 2016-01-01 S C2 U6 PR1 2017-04-01 E4A
        C 2016-01-01 S C2 U6 PR1 2017-03-31 E4A
        D 2018-03-31 S C2 U6 PR1 - -
        E 2016-01-01 S C2 U6 PR1 - -

        missing_episodes
        child_id start_date kind end_date
        A 2017-05-01 M 2017-05-02
        A 2018-01-01 M -
        B 2017-03-30 M 2017-04-01
        C 2017-01-01 M 2017-01-02
        E 2017-07-01 A 2017-07-02
        E 2018-04-01 M 2018-04-02
        """,
        {
            "lac_missing_percent": (2, 4, 50),
            "lac_away_percent": (1, 4, 25),
            "lac_missing_episodes_mean": (3, 2, 1.5),
        },
    ),
    Case(
        "reviews: A's on time to the day; B's first a day late; C's a day late after half a year; D's second overdue; "
        "E's none due yet; F's always on time; G's late one lies before the year; H never reviewed. Took part: A once of "
        "two, with one at which A wasn't yet four; B by a message; F not at all",
        """
        care_episodes
        child_id start_date reason_new legal_status placement provider end_date
        A 2017-06-01 S C2 U6 PR1 -
        B 2017-06-01 S C2 U6 PR1 -
        C 2016-01-01 S C2 U6 PR1 -
        D 2017-10-01 S C2 U6 PR1 -
        E 2018-03-15 S C2 U6 PR1 -
        F 2016-01-01 S C2 U6 PR1 -
        G 2016-01-01 S C2 U6 PR1 -
        H 2016-12-01 S C2 U6 PR1 -

        care_reviews
        child_id date participation
        A 2017-06-29 PN0
        A 2017-09-29 PN1
        A 2018-03-29 PN4
        B 2017-06-30 PN5
        C 2016-01-20 -
        C 2016-04-01 -
        C 2016-09-30 -
        C 2017-03-30 -
        C 2017-10-01 -
        D 2017-10-20 -
        F 2016-01-20 -
        F 2016-04-10 -
        F 2016-10-01 -
        F 2017-03-31 PN1
        F 2017-09-30 PN7
        F 2018-03-30 -
        G 2016-01-20 -
        G 2016-06-01 -
        G 2016-11-30 -
        G 2017-05-30 -
        G 2017-11-30 -
        """,
        {"lac_reviews_in_time_percent": (3, 7, 42.9), "lac_review_participation_percent": (2, 4, 50)},
    ),
    Case(
        "adoption: A by Annex A's dates; B by the foster carer, matched before the order; C three years ago to the day; D "
        "without an order, from the episodes alone",
        """
        adoptions
        child_id entered_care placement_order_date matched_date placed_date order_date foster_carer_adopts
        A 2016-01-01 2016-06-01 2016-10-01 2016-11-01 2017-06-01 no
        B 2015-01-01 2015-09-01 2015-08-01 2016-09-01 2017-05-01 yes
        C 2013-01-01 2013-06-01 2013-10-01 2013-11-01 2015-03-31 no

        care_episodes
        child_id start_date reason_new legal_status placement provider end_date reason_ended
        A 2016-01-01 S E1 A6 PR1 2017-06-01 E12
        B 2015-01-01 S C1 U6 PR1 2015-06-01 X1
        B 2015-06-01 P C1 U6 PR1 2015-09-01 X1
        B 2015-09-01 L E1 U6 PR1 2016-09-01 X1
        B 2016-09-01 T E1 A5 PR1 2017-05-01 E12
        D 2017-01-01 S V2 U6 PR1 2017-06-01 X1
        D 2017-06-01 P V2 A4 PR1 2018-03-31 E11
        """,
        {
            "adoption_count": (3, None, 3),
            "adoption_a1_days": (1065, 3, 355),
            "adoption_a10_days": (607, 3, 202.3),
            "adoption_a2_days": (122, 2, 61),
            "adoption_within_14_months_percent": (2, 3, 66.7),
        },
    ),
    Case(
        "waiting and matched: E waits with an order, F is placed; G is matched for the long term as planned, H isn't; I "
        "is, but that isn't the plan; J lives with friends for now, K for the long term",
        """
        care_episodes
        child_id start_date reason_new legal_status placement provider end_date
        E 2017-01-01 S E1 U6 PR1 -
        F 2017-01-01 S E1 A6 PR1 -
        G 2014-01-01 S C2 U4 PR1 -
        H 2014-01-01 S C2 U6 PR1 -
        I 2014-01-01 S C2 U4 PR1 -
        J 2014-01-01 S C2 U3 PR1 -
        K 2014-01-01 S C2 U1 PR1 -

        care_status
        child_id as_at period_start permanence_plan
        G 2018-03-31 2014-01-01 FOSTERING
        H 2017-12-31 2014-01-01 RETURN
        H 2018-03-31 2014-01-01 FOSTERING
        I 2018-03-31 2014-01-01 ADOPTION
        """,
        {
            "placement_order_not_placed_count": (1, None, 1),
            "placement_order_placed_percent": (1, 2, 50),
            "lac_long_term_matched_percent": (1, 2, 50),
            "lac_friends_not_long_term_count": (1, None, 1),
        },
    ),
    Case(
        "visits: A 41 days before, B 42, C none recorded, D 80 days before and long settled in a long-term placement, E the "
        "same but there for a day less than a year; F has left; G isn't on the list",
        """
        care_episodes
        child_id start_date reason_new legal_status placement provider end_date reason_ended
        A 2016-01-01 S C2 U6 PR1 - -
        B 2016-01-01 S C2 U6 PR1 - -
        C 2016-01-01 S C2 U6 PR1 - -
        D 2016-01-01 S C2 U4 PR1 - -
        E 2016-01-01 S C2 U4 PR1 - -
        F 2016-01-01 S C2 U6 PR1 2018-03-01 E4A
        G 2016-01-01 S C2 U6 PR1 - -

        care_status
        child_id as_at period_start latest_visit placement_start
        A 2018-03-31 2016-01-01 2018-02-18 2016-01-01
        B 2018-03-31 2016-01-01 2018-02-17 2016-01-01
        C 2018-03-31 2016-01-01 - 2016-01-01
        D 2018-03-31 2016-01-01 2018-01-10 2017-03-31
        E 2018-03-31 2016-01-01 2018-01-10 2017-04-01
        F 2018-03-31 2016-01-01 2018-02-28 2016-01-01
        """,
        {"lac_visited_percent": (2, 6, 33.3)},
    ),
)  # fmt: skip
