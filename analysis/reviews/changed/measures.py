"""The measures that the board looks at each quarter, by area, in the order of a child's journey."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MEASURES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "Early help": ("early_help_referral_count",),
    "Front door": (
        "contact_count", "referral_count", "rereferral_percent", "assessments_within_45_days_percent", "section47_count",
        "icpc_within_15_days_percent",
    ),
    "Child protection": (
        "cpp_count", "cpp_start_count", "cpp_end_count", "cpp_repeat_percent", "cpp_reviews_in_time_percent", "cpp_two_years_open_percent",
    ),
    "Looked after": (
        "lac_count", "lac_start_count", "lac_three_placements_percent", "lac_long_term_stability_percent", "lac_over_20_miles_percent",
        "lac_reviews_in_time_percent",
    ),
    "Missing and exploitation": (
        "missing_incident_count", "missing_child_count", "return_interview_offered_percent", "exploitation_concern_count",
    ),
    "Care leavers": ("care_leavers_eet_now_percent", "care_leavers_suitable_accommodation_now_percent"),
    "Workforce": ("caseload_mean",),
})  # fmt: skip
