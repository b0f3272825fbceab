"""Quality assurance by hand: categories beside a year before, how many audits it takes, services, complaints, the named questions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from small_worlds import reviews

from analysis.reference.quarters import Quarter
from analysis.reviews.quality import audits, compared, complaints, families, questions, services

NOW = Quarter.parse("2018-19-Q2")
THIS_YEAR, LAST_YEAR = "2018-05-01", "2017-05-01"
DECISIONS = "Are decisions made at the appropriate management level?"


@pytest.fixture
def review():
    return reviews("quality-assurance", "local")


def audited(*batches: tuple) -> pd.DataFrame:
    """Batches of audits: day, theme, how many, how many yes, grade, team, service."""
    rows = [
        {"audit_id": f"{place}-{n}", "date": pd.Timestamp(day), "theme": theme, "question": DECISIONS if theme == "Oversight" else "Q?",
         "answer": "yes" if n < yes else "no", "grade": grade, "team": team, "service": service}
        for place, (day, theme, many, yes, grade, team, service) in enumerate(batches) for n in range(many)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def one_theme(then: tuple[int, int], now: tuple[int, int]) -> pd.DataFrame:
    return audited(
        *(
            (day, "Oversight", many, yes, "good", "T", "protection")
            for day, (yes, many) in ((LAST_YEAR, then), (THIS_YEAR, now))
        )
    )


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [((20, 40), (36, 40), "yes, higher"), ((36, 40), (20, 40), "yes, lower"), ((10, 13), (10, 11), "no")],
)
def test_a_theme_moved_only_beyond_chance(review, then, now, said):
    found = compared.categories(review(case_audits=one_theme(then, now)), "audit_positive_percent", "theme")
    assert found.frame[["category", "now_of", "now_out_of", "verdict"]].iloc[0].tolist() == ["Oversight", *now, said]


def test_what_is_withheld_has_no_verdict(review):
    small = one_theme((3, 40), (36, 40))
    found = compared.categories(review("public", case_audits=small), "audit_positive_percent", "theme")
    assert found.frame["verdict"].tolist() == [compared.UNTOLD]
    assert "too few" in compared.told(found, "the share", "themes")


def test_a_category_gone_from_a_year_that_is_known_had_none(review):
    held = pd.DataFrame({
        "complaint_id": [f"C{n}" for n in range(30)], "stage": "1", "theme": ["Delay"] * 20 + ["Conduct"] * 10, "team": "T",
        "received_date": [pd.Timestamp(LAST_YEAR)] * 20 + [pd.Timestamp(THIS_YEAR)] * 10,
    })  # fmt: skip
    found = compared.categories(review(complaints=held), "complaint_stage1_count", "theme").frame.set_index("category")
    assert found.loc["Delay", ["now_of", "then_of", "verdict"]].tolist() == [0, 20, "yes, lower"]
    assert found.loc["Conduct", ["now_of", "then_of", "verdict"]].tolist() == [10, 0, "yes, higher"]


def test_ten_points_from_a_half_take_about_four_hundred_audits():
    """Fleiss: from 50% to 40%, 95% two-sided, 80% power, 388 in each group before a correction for continuity."""
    assert audits.needed(0.5) == 388
    assert audits.needed(0.9) < audits.needed(0.5)
    assert audits.needed(0.3) == audits.needed(0.7)


def test_teams_alike_and_unlike():
    assert audits.unlike(np.array([5.0, 5.0]), np.array([10.0, 10.0])) == pytest.approx(1)
    # Chi-squared of 18 and 6 of 24 each: 12 on one degree of freedom.
    assert audits.unlike(np.array([18.0, 6.0]), np.array([24.0, 24.0])) == pytest.approx(0.000532, abs=1e-6)
    assert audits.unlike(np.array([4.0, 9.0]), np.array([4.0, 9.0])) == 1


def test_grades_of_a_year_add_up_to_its_audits(review):
    held = audited(
        (THIS_YEAR, "Plan", 6, 0, "good", "T", "protection"), (THIS_YEAR, "Plan", 3, 0, "inadequate", "T", "protection"),
        (THIS_YEAR, "Plan", 2, 0, None, "T", "protection"), (LAST_YEAR, "Plan", 5, 0, "good", "T", "protection"),
    )  # fmt: skip
    found = audits.grades(review(case_audits=held)).frame
    assert found.iloc[-1][["good", "inadequate", audits.NOT_GRADED, "audits"]].tolist() == [6, 3, 2, 11]
    assert (found[list(audits.grade_names())].sum(axis=1) == found["audits"]).all()


@pytest.mark.parametrize(
    ("good_yes", "said"), [(24, "go together"), (0, "auditors to explain"), (15, "no more than chance")]
)
def test_grades_beside_answers(review, good_yes, said):
    held = audited(
        (THIS_YEAR, "Plan", 30, good_yes, "good", "T", "protection"),
        (THIS_YEAR, "Plan", 30, 14, "inadequate", "T", "protection"),
    )
    assert said in audits.grades_and_answers(review(case_audits=held))


def test_a_service_stands_out_beside_all_the_others(review):
    held = audited(
        (THIS_YEAR, "Plan", 40, 0, "good", "T", "early_help"), (THIS_YEAR, "Plan", 40, 0, "inadequate", "T", "protection"),
        (THIS_YEAR, "Plan", 9, 0, "good", "T", "care_leavers"),  # too few to be called anything
    )  # fmt: skip
    found = services.side_by_side(review(case_audits=held))
    assert services.standing_out(found, "good") == {"Early help": "better", "Help and protection": "worse"}
    assert "Early help (better than the others)" in services.in_words(found)


def test_complaints_that_went_on(review):
    held = pd.DataFrame({
        "complaint_id": [*(f"C{n}" for n in range(10)), "C0", "C1", "OLD"], "stage": ["1"] * 10 + ["2"] * 3, "theme": "Delay", "team": "T",
        "received_date": [pd.Timestamp(THIS_YEAR)] * 10 + [pd.Timestamp("2018-07-01")] * 3,
    })  # fmt: skip
    assert complaints.escalated(review(complaints=held))["complaints_escalated.percent"]["value"] == 20
    assert complaints.escalated(review("public", complaints=held))["complaints_escalated.percent"]["text"] == "c"
    months = complaints.monthly(review(complaints=held), "1")
    assert (months["n"].sum(), len(months), str(months["month"].iloc[-1].date())) == (10, 5, "2018-09-01")


def test_families_heard_for_each_hundred_audits(review):
    replies = pd.DataFrame({
        "feedback_id": [f"F{n // 2}" for n in range(24)], "question": ["Q1", "Q2"] * 12, "answer": "yes",
        "date": pd.Timestamp(THIS_YEAR), "team": "T", "service": "protection",
    })  # fmt: skip
    one = review(family_feedback=replies, case_audits=one_theme((0, 6), (8, 16)))
    found = families.heard(one)
    assert [found[f"families_heard.{part}"]["value"] for part in ("replies", "per_hundred_audits")] == [12, 75]


def test_a_question_is_known_by_its_words(review):
    held = one_theme((20, 40), (36, 40))
    found = questions.values(one := review(case_audits=held), questions.table(one))
    assert [found[f"decisions_at_right_level.{moment}"]["text"] for moment in ("now", "year_ago")] == ["90%", "50%"]
    assert found["worker_made_difference.now"]["text"] == "not available"
    assert "higher, by more than chance would give for one question" in questions.sentence(
        found, "decisions_at_right_level", "The share"
    )
    other = review(case_audits=held.assign(question="In other words?"))
    assert questions.values(other, questions.table(other))["decisions_at_right_level.now"]["text"] == "not available"
