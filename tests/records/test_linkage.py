"""Periods of care and placements: small tables worked by hand, and what must hold for any episodes at all."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.records import linkage
from analysis.records.tables import TABLES


def episodes(text: str) -> pd.DataFrame:
    """child start RNE legal placement provider end reason, `-` for blank."""
    rows = [line.split() for line in text.strip().splitlines()]
    names = [
        "child_id",
        "start_date",
        "reason_new",
        "legal_status",
        "placement",
        "provider",
        "end_date",
        "reason_ended",
    ]
    frame = pd.DataFrame(rows, columns=names).replace("-", None)
    for column in ("start_date", "end_date"):
        frame[column] = pd.to_datetime(frame[column])
    return TABLES["care_episodes"].conform(frame)


def days(column: pd.Series) -> list[str]:
    return ["-" if pd.isna(day) else f"{day:%Y-%m-%d}" for day in column]


def test_episodes_that_touch_are_one_period_and_a_gap_makes_two():
    found = linkage.periods_of_care(episodes("""
        A 2017-01-10 S V2 U4 PR1 2017-03-01 X1
        A 2017-03-01 L C1 U4 PR1 2017-06-01 E4A
        A 2017-09-01 S V2 U6 PR4 -          -
        B 2017-05-05 S C2 U4 PR1 2017-05-09 E12
    """))  # fmt: skip
    assert found["child_id"].tolist() == ["A", "A", "B"]
    assert days(found["start_date"]) == ["2017-01-10", "2017-09-01", "2017-05-05"]
    assert days(found["end_date"]) == ["2017-06-01", "-", "2017-05-09"]
    assert found["reason_ended"].fillna("").tolist() == ["E4A", "", "E12"]
    assert found["episodes"].tolist() == [2, 1, 1]


def test_a_new_start_on_the_day_that_care_ended_is_a_second_period():
    found = linkage.periods_of_care(episodes("""
        A 2017-01-10 S V2 U4 PR1 2017-03-01 E4A
        A 2017-03-01 S V2 U4 PR1 -          -
    """))  # fmt: skip
    assert len(found) == 2


def test_overlaps_and_contained_episodes_are_one_period():
    found = linkage.periods_of_care(episodes("""
        A 2017-01-01 S C2 U4 PR1 2017-12-31 E4A
        A 2017-02-01 P C2 U4 PR4 2017-03-01 X1
        A 2017-06-01 P C2 U4 PR4 2017-07-01 X1
    """))  # fmt: skip
    assert days(found["end_date"]) == ["2017-12-31"]
    assert found["reason_ended"].tolist() == ["E4A"]


def test_short_breaks_are_not_care():
    found = linkage.periods_of_care(episodes("""
        A 2017-01-01 S V3 U6 PR1 2017-01-04 E8
        B 2017-01-01 S V4 U6 PR1 - -
    """))  # fmt: skip
    assert found.empty


def test_a_legal_status_alone_is_no_new_placement():
    found = linkage.placements(episodes("""
        A 2017-01-01 S V2 U6 PR1 2017-02-01 X1
        A 2017-02-01 L C1 U6 PR1 2017-03-01 X1
        A 2017-03-01 B C2 K2 PR4 -          -
    """))  # fmt: skip
    assert found["placement"].tolist() == ["U6", "K2"]
    assert days(found["end_date"]) == ["2017-03-01", "-"]
    assert found["episodes"].tolist() == [2, 1]
    assert found["from_placement"].fillna("").tolist() == ["", "U6"]
    assert found["number"].tolist() == [1, 2]


def test_hospital_and_back_is_no_move_and_hospital_and_on_is_one():
    back = linkage.placements(episodes("""
        A 2017-01-01 S C2 U6 PR1 2017-02-01 X1
        A 2017-02-01 P C2 T1 -   2017-02-10 X1
        A 2017-02-10 P C2 U6 PR1 -          -
    """))  # fmt: skip
    assert len(back) == 1
    assert days(back["end_date"]) == ["-"]
    on = linkage.placements(episodes("""
        A 2017-01-01 S C2 U6 PR1 2017-02-01 X1
        A 2017-02-01 P C2 T1 -   2017-02-10 X1
        A 2017-02-10 P C2 K2 PR4 -          -
    """))  # fmt: skip
    assert on["placement"].tolist() == ["U6", "K2"]
    assert days(on["start_date"]) == ["2017-01-01", "2017-02-10"]


def test_a_child_in_hospital_now_is_still_in_the_placement():
    found = linkage.placements(episodes("""
        A 2017-01-01 S C2 U6 PR1 2017-02-01 X1
        A 2017-02-01 P C2 T1 -   -          -
    """))  # fmt: skip
    assert found["placement"].tolist() == ["U6"]
    assert days(found["end_date"]) == ["-"]


@pytest.mark.parametrize("reason", ["T", "P"])
def test_adoption_by_the_foster_carer_keeps_the_carer_whatever_the_reason_says(reason):
    found = linkage.placements(episodes(f"""
        A 2017-01-01 S        E1 U6 PR1 2017-06-01 X1
        A 2017-06-01 {reason} E1 A5 PR1 -          -
    """))  # fmt: skip
    assert found["same_carer"].tolist() == [False, True]
    stays = linkage.with_carer(found)
    assert days(stays["start_date"]) == ["2017-01-01"]
    assert stays["placement"].tolist() == ["A5"]


def test_adoption_by_others_is_a_new_carer_and_remembers_the_stay_before():
    stays = linkage.with_carer(linkage.placements(episodes("""
        A 2017-01-01 S E1 U6 PR1 2017-06-01 X1
        A 2017-06-01 P E1 A6 PR1 -          -
    """)))  # fmt: skip
    assert days(stays["start_date"]) == ["2017-01-01", "2017-06-01"]
    assert days(stays["previous_start"]) == ["-", "2017-01-01"]


def test_without_a_reason_the_place_itself_tells():
    found = linkage.placements(episodes("""
        A 2017-01-01 S C2 U6 PR1 2017-06-01 X1
        A 2017-06-01 - C2 U6 PR1 2017-07-01 X1
        A 2017-07-01 - C2 U6 PR4 -          -
    """))  # fmt: skip
    assert found["provider"].tolist() == ["PR1", "PR4"]


def test_no_episodes_give_no_rows():
    empty = TABLES["care_episodes"].empty()
    assert linkage.periods_of_care(empty).empty
    assert linkage.placements(empty).empty
    assert linkage.with_carer(linkage.placements(empty)).empty


CODES = st.tuples(
    st.sampled_from("ABC"),
    st.integers(0, 400),
    st.one_of(st.none(), st.integers(0, 120)),
    st.sampled_from(["S", "L", "P", "T", "B", "U", None]),
    st.sampled_from(["C1", "C2", "V2", "E1", "V3"]),
    st.sampled_from(["U4", "U6", "K2", "A5", "A6", "T1", "P1"]),
)


@st.composite
def any_episodes(draw):
    rows = draw(st.lists(CODES, max_size=25, unique_by=lambda row: row[:2]))
    origin = pd.Timestamp(2017, 1, 1)
    frame = pd.DataFrame(
        [
            (child, origin + pd.Timedelta(days=day), reason, legal, place, None if length is None else origin + pd.Timedelta(days=day + length),
             None if length is None else "X1")
            for child, day, length, reason, legal, place in rows
        ],
        columns=["child_id", "start_date", "reason_new", "legal_status", "placement", "end_date", "reason_ended"],
    )  # fmt: skip
    return TABLES["care_episodes"].conform(frame)


def children_at(rows: pd.DataFrame, day: pd.Timestamp) -> set[str]:
    return set(rows.loc[(rows["start_date"] <= day) & ~(rows["end_date"] <= day).fillna(False), "child_id"])


@settings(max_examples=25, deadline=None)
@given(any_episodes())
def test_whatever_the_overlaps_the_same_children_are_looked_after_on_each_day(rows):
    care = rows[~rows["legal_status"].isin(linkage.SHORT_BREAKS)]
    periods, placed = linkage.periods_of_care(rows), linkage.placements(rows)
    stays = linkage.with_carer(placed)
    for day in pd.date_range("2016-12-31", "2018-07-01", freq="41D"):
        assert children_at(periods, day) == children_at(care, day)
        assert children_at(care, day) <= children_at(placed, day) or placed.empty
        assert children_at(stays, day) >= children_at(care, day)


@settings(max_examples=25, deadline=None)
@given(any_episodes())
def test_every_episode_is_in_one_period_and_one_placement(rows):
    care = rows[~rows["legal_status"].isin(linkage.SHORT_BREAKS)]
    periods, placed = linkage.periods_of_care(rows), linkage.placements(rows)
    assert periods["episodes"].sum() == placed["episodes"].sum() == len(care)
    # A child's periods never overlap, and each placement lies within its period.
    ordered = periods.sort_values(["child_id", "start_date"])
    ends_before = ordered.groupby("child_id")["end_date"].shift()
    assert not (ordered["start_date"] < ends_before).any()
    both = placed.merge(periods, left_on=["child_id", "period_start"], right_on=["child_id", "start_date"])
    assert len(both) >= len(placed)
    assert (placed.groupby(["child_id", "period_start"])["start_date"].min().reset_index()
            .eval("start_date == period_start").all())  # fmt: skip
    assert not placed.loc[placed["number"] > 1, "placement"].isin(linkage.TEMPORARY).any()
