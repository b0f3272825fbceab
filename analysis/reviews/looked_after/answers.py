"""The answers to each section's question, in sentences: shares against a year ago, and what moved at the door."""

from __future__ import annotations

from analysis.findings import variation

# Statement -> what the share is of, and the indicator.
SHARES = {
    "by_agreement_compared": ("Under section 20", "lac_section20_percent"),
    "care_order_compared": ("On an interim or full care order", "lac_care_order_percent"),
    "own_carers_compared": ("With foster carers of our own", "foster_in_house_percent"),
    "agency_carers_compared": ("With agencies' foster carers", "foster_agency_percent"),
    "residential_compared": ("In residential care", "residential_percent"),
    "near_home_compared": ("Within 20 miles of home", "lac_within_20_miles_percent"),
    "out_of_area_compared": ("Outside the authority", "lac_out_of_area_percent"),
    "reviews_compared": ("Every review in time", "lac_reviews_in_time_percent"),
    "visits_compared": ("Visited when they should be", "lac_visited_percent"),
    "participation_compared": ("Reviews in which the child took part", "lac_review_participation_percent"),
    "health_compared": ("Health assessments", "lac_health_assessment_percent"),
    "dental_compared": ("Dental checks", "lac_dental_check_percent"),
}


def shares(review, *names: str) -> None:
    """Records the statements of those names: each share now and a year ago, and whether chance could have made the
    difference."""
    for name in names:
        words, indicator = SHARES[name]
        said = variation.compared(review, indicator)
        review.statement(name, f"{words}: {said[0].lower()}{said[1:]}")
