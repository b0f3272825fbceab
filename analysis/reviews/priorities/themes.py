"""What is looked at when priorities are proposed: themes, the measures that speak of each, and whose audits do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """`watched` are compared with a year before and with England; `charted` month by month; `services` and `questions` are
    categories of audits (by service and by theme)."""

    title: str
    watched: tuple[str, ...]
    charted: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


THEMES = (
    Theme("Decisions at the front door",
          ("referral_rate", "rereferral_percent", "assessments_within_45_days_percent", "assessments_not_in_need_percent",
           "cin_awaiting_assessment_rate", "section47_rate", "icpc_within_15_days_percent"),
          ("rereferral_percent",), ("Front door",), ("Assessment",)),
    Theme("Early help",
          ("early_help_hub_to_referral_percent", "early_help_closed_to_referral_percent",
           "early_help_family_work_positive_closure_percent", "early_help_programme_completed_percent", "edge_of_care_home_percent"),
          (), ("Early help",)),
    Theme("Plans that keep children safe",
          ("cpp_rate", "cpp_repeat_percent", "cpp_two_years_ended_percent", "cpp_reviews_in_time_percent", "cpp_visited_percent",
           "cpp_seen_alone_percent"),
          ("cpp_start_count",), ("Help and protection",), ("Plan",)),
    Theme("Care proceedings",
          ("care_application_rate", "proceedings_weeks_mean", "proceedings_within_26_weeks_percent",
           "proceedings_open_beyond_26_weeks_percent", "pre_proceedings_weeks_mean")),
    Theme("Stable homes for children we look after",
          ("lac_rate", "lac_three_placements_percent", "lac_long_term_stability_percent", "lac_two_moves_percent",
           "unplanned_move_percent", "lac_over_20_miles_out_of_area_percent"),
          (), ("Looked after children",)),
    Theme("Seeing children we look after, and their health",
          ("lac_visited_percent", "lac_reviews_in_time_percent", "lac_review_participation_percent", "lac_health_assessment_percent",
           "lac_dental_check_percent", "sdq_mean", "lac_missing_percent"), (), (), ("Voice of the child",)),
    Theme("Permanence",
          ("adopted_percent", "sgo_percent", "placement_order_placed_percent", "lac_long_term_matched_percent")),
    Theme("Education of children we look after",
          ("lac_attainment_percent", "lac_fixed_excluded_percent", "lac_school_move_percent")),
    Theme("Care leavers",
          ("care_leavers_eet_percent", "care_leavers_suitable_accommodation_percent", "care_leavers_in_touch_percent",
           "care_leavers_recent_pathway_plan_percent"), (), ("Care leavers",)),
    Theme("Missing and exploited children",
          ("missing_incident_count", "exploitation_concern_count", "return_interview_offered_percent",
           "return_interview_accepted_percent"), ("missing_incident_count",)),
    Theme("Workforce",
          ("caseload_mean", "caseload_mean_census", "caseload_spread", "turnover_percent", "vacancy_percent", "agency_percent",
           "absence_percent", "worker_stayed_percent", "lac_worker_changed_percent")),
    Theme("Quality of practice",
          ("audit_positive_percent", "audit_good_percent", "feedback_positive_percent", "complaint_stage2_count",
           "complaint_stage1_in_time_percent"),
          ("audit_positive_percent",), (), ("Management oversight", "Recording")),
)  # fmt: skip


def every_measure() -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for theme in THEMES for one in theme.watched))
