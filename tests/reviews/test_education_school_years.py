"""Education of children looked after: results by stage, exclusions by school year, and the words for them."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.findings import Review
from analysis.records.history import Known
from analysis.reference import project
from analysis.reference.quarters import Quarter
from analysis.reviews.education import attainment, exclusions, held

NOW = Quarter(2018, 2)


def review_of(audience: str = "internal", **tables: list[dict]) -> Review:
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items()}
    known = Known.from_tables(frames, kinds=["local", "ssda903"], quarter=NOW)
    return Review("education", project.authority("929"), NOW, audience, known, show=lambda data: None)


def results(year: str, measure: str, achieved: int, children: int) -> list[dict]:
    return [
        {"child_id": f"{year}{measure}{n}", "academic_year": year, "measure": measure, "achieved": n < achieved}
        for n in range(children)
    ]


def excluded(child: str, *days: str, kind: str = "fixed", length: float = 2) -> list[dict]:
    return [{"child_id": child, "date": day, "kind": kind, "days": length} for day in days]


REACHED = [
    *results("2017-18", "key_stage_1", 12, 17), *results("2016-17", "key_stage_1", 2, 10),
    *results("2017-18", "key_stage_2", 10, 33), *results("2016-17", "key_stage_2", 8, 28),
    *results("2017-18", "phonics", 8, 14),
]  # fmt: skip


def test_each_stage_is_beside_its_own_year_before_and_tested():
    review = review_of(education_results=REACHED)
    found = attainment.by_year(review)
    assert attainment.change_in_words(review, found, "key_stage_one") == (
        "Expected standard at key stage 1: 71% of 17 children in 2017-18, and 20% of 10 in 2016-17: higher, by more than chance alone would give."
    )
    assert attainment.change_in_words(review, found, "key_stage_two").endswith(
        "with so few children, chance alone could make that difference."
    )
    assert attainment.change_in_words(review, found, "phonics").endswith("there is no figure for the year before.")
    assert attainment.change_in_words(review, found, "gcse").endswith("not available for the latest school year.")
    items = attainment.values(review, found)
    told = {
        name: items[f"attainment.{name}"]["text"]
        for name in ("key_stage_one.now", "key_stage_one.year_ago", "gcse.now")
    }
    assert told == {"key_stage_one.now": "71%", "key_stage_one.year_ago": "20%", "gcse.now": "not available"}
    assert items["attainment.key_stage_one.now"]["numerator"] == 12
    assert len(items) == 15


def test_two_of_ten_are_told_to_officers_only_and_not_by_what_stands_beside_them():
    review = review_of("public", education_results=REACHED)
    found = attainment.by_year(review)
    items = attainment.values(review, found)
    assert {items[f"attainment.{stage}.year_ago"]["text"] for stage in ("key_stage_one", "key_stage_two")} == {"c"}
    assert items["attainment.key_stage_one.now"]["text"] == "71%"
    assert "withheld (c)" in attainment.change_in_words(review, found, "key_stage_one")
    wide = attainment.side_by_side(review, found).frame.set_index("stage")
    assert wide.loc["Expected standard at key stage 1"].tolist() == ["c", "71% of 17"]
    assert wide.loc["Phonics standard met"].tolist() == ["–", "57% of 14"]


MANY = [
    *excluded("A", "2017-09-04", "2017-10-02", "2018-08-31"), *excluded("B", "2017-09-04", length=1.5),
    *excluded("A", "2017-08-31"), *excluded("A", "2018-09-01"), *excluded("C", "2018-01-08", kind="permanent"),
]  # fmt: skip


def test_a_school_year_runs_from_september_to_august():
    review = review_of(school_exclusions=MANY)
    years = exclusions.by_year(review)
    row = years.frame.set_index("year").loc["2017-18"]
    columns = ["exclusions", "children", "repeated", "repeat_exclusions", "permanent", "days"]
    assert row[columns].astype(float).tolist() == [4, 2, 1, 3, 1, 7.5]
    assert exclusions.repeated_in_words(review, years) == (
        "Of the 2 children excluded in 2017-18, 1 was excluded more than once; 75% of all exclusions were theirs."
    )
    items = exclusions.values(review, years)
    assert [
        items[f"excluded.{name}"]["text"] for name in ("children", "days", "days_each", "permanently_on_record")
    ] == ["2", "8", "1.9", "1"]
    assert exclusions.permanent_in_words(review).startswith("Permanent exclusions of children looked after")
    secret = review_of("public", school_exclusions=MANY)
    shown = exclusions.by_year(secret)
    assert {item["text"] for item in exclusions.values(secret, shown).values()} == {"c"}
    assert "withheld" in exclusions.change_in_words(secret, shown)
    assert "withheld" in exclusions.permanent_in_words(secret)


def test_one_childs_bad_year_is_not_called_a_rise():
    """Ten exclusions after two: beyond chance for ten children, one story for one child."""
    days = [f"2018-0{month}-0{day}" for month in (1, 2) for day in range(1, 6)]
    before = [*excluded("Y", "2017-01-09"), *excluded("Z", "2017-02-06")]
    one = review_of(school_exclusions=[*before, *excluded("A", *days)])
    ten = review_of(school_exclusions=[*before, *(row for n, day in enumerate(days) for row in excluded(f"A{n}", day))])
    assert exclusions.change_in_words(one, exclusions.by_year(one)).endswith(
        "no more apart than chance would make them."
    )
    assert "more, by more than chance would give" in exclusions.change_in_words(ten, exclusions.by_year(ten))


def test_august_is_left_out_of_the_months_and_permanent_exclusions_too():
    months = exclusions.monthly(review_of(school_exclusions=MANY)).set_index("month")["n"]
    assert 8 not in set(months.index.month)
    assert months.loc["2017-09-01"] == 2
    assert months.loc["2018-01-01"] == 0, "the permanent one isn't counted"


@pytest.mark.parametrize("audience", ["internal", "public"])
def test_without_exclusions_everything_is_said_in_words(audience):
    review = review_of(audience, education_results=REACHED)
    years = exclusions.by_year(review)
    assert years.frame.empty
    assert exclusions.change_in_words(review, years) == "No whole school year of exclusions is on record."
    assert exclusions.permanent_in_words(review) == "No delivery has brought exclusions."
    assert {item["text"] for item in exclusions.values(review, years).values()} == {"not available"}
    assert held.not_held(review).endswith("No delivery has brought exclusions and changes of school.")
    paths = held.a_school_year_each(review.over_time(lac_school_move_percent="Changed school"))
    assert exclusions.share_in_words(paths, "Changed school", "changed school").endswith(
        "no whole school year is on record."
    )
