"""The merge rule, on tables small enough to read."""

from __future__ import annotations

import datetime as dt
import io

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.records.delivery import Coverage
from analysis.records.merging import Told, merge
from analysis.records.tables import TABLES

PLANS = TABLES["protection_plans"]
REFERRALS = TABLES["referrals"]
MARCH, JUNE, SEPTEMBER = dt.date(2018, 3, 31), dt.date(2018, 6, 30), dt.date(2018, 9, 30)


def frame(table, text: str) -> pd.DataFrame:
    """A canonical frame from aligned text; `-` is blank; only the columns named are carried."""
    rows = pd.read_csv(io.StringIO(text.strip()), sep=r"\s+", dtype=str, na_values=["-"], keep_default_na=False)
    for name in rows.columns:
        if table.column(name).kind == "date":
            rows[name] = pd.to_datetime(rows[name])
        elif table.column(name).kind == "integer":
            rows[name] = pd.to_numeric(rows[name]).astype("Int64")
        elif table.column(name).kind == "flag":
            rows[name] = rows[name].map({"yes": True, "no": False}).astype("boolean")
    return table.conform(rows, partial=True)


def shown(rows: pd.DataFrame, *columns: str) -> list[tuple]:
    return [
        tuple(None if pd.isna(v) else v.date().isoformat() if isinstance(v, pd.Timestamp) else v for v in row)
        for row in rows[list(columns)].itertuples(index=False)
    ]


def test_the_later_delivery_wins_column_by_column_and_a_blank_never_replaces_a_value():
    first = frame(REFERRALS, "child_id date source team\n A 2018-02-01 6 North")
    second = frame(REFERRALS, "child_id date source team\n A 2018-02-01 2A -")
    found = merge(REFERRALS, [Told(0, "annex_a", MARCH, first), Told(1, "annex_a", JUNE, second)])
    assert shown(found.rows, "child_id", "source", "team") == [("A", "2A", "North")]


def test_within_a_delivery_the_census_beats_annex_a_at_the_same_date():
    annex = frame(REFERRALS, "child_id date source team\n A 2018-02-01 6 North")
    census = frame(REFERRALS, "child_id date source\n A 2018-02-01 1A")
    for told in ([annex, census], [census, annex]):
        kinds = {id(annex): "annex_a", id(census): "cin_census"}
        found = merge(REFERRALS, [Told(0, kinds[id(f)], MARCH, f) for f in told])
        assert shown(found.rows, "source", "team") == [("1A", "North")]


def test_within_a_delivery_a_return_of_a_later_date_beats_an_older_census():
    census = frame(PLANS, "child_id start_date end_date latest_category\n A 2018-01-01 - NEG")
    annex = frame(PLANS, "child_id start_date end_date latest_category\n A 2018-01-01 2018-05-01 EMO")
    found = merge(PLANS, [Told(0, "cin_census", MARCH, census), Told(0, "annex_a", JUNE, annex)])
    assert shown(found.rows, "end_date", "latest_category") == [("2018-05-01", "EMO")]


def test_an_end_stands_when_a_return_of_an_earlier_date_shows_the_row_open():
    ended = frame(PLANS, "child_id start_date end_date\n A 2018-01-01 2018-05-01")
    open_in_march = frame(PLANS, "child_id start_date end_date\n A 2018-01-01 -")
    found = merge(PLANS, [Told(0, "annex_a", JUNE, ended), Told(1, "cin_census", MARCH, open_in_march)])
    assert shown(found.rows, "end_date") == [("2018-05-01",)]


def test_an_end_is_taken_back_when_a_later_return_shows_the_row_open_after_it():
    ended = frame(PLANS, "child_id start_date end_date\n A 2018-01-01 2018-05-01")
    still_open = frame(PLANS, "child_id start_date end_date\n A 2018-01-01 -")
    found = merge(PLANS, [Told(0, "cin_census", JUNE, ended), Told(1, "cin_census", SEPTEMBER, still_open)])
    assert shown(found.rows, "end_date") == [(None,)]


def test_what_comes_with_an_end_goes_with_it():
    episodes = TABLES["care_episodes"]
    ended = frame(episodes, "child_id start_date end_date reason_ended\n A 2018-01-01 2018-05-01 E4A")
    still_open = frame(episodes, "child_id start_date end_date reason_ended\n A 2018-01-01 - -")
    found = merge(episodes, [Told(0, "ssda903", JUNE, ended), Told(1, "ssda903", SEPTEMBER, still_open)])
    assert shown(found.rows, "end_date", "reason_ended") == [(None, None)]


def test_a_row_missing_from_a_later_return_that_should_hold_it_is_withdrawn():
    window = Coverage("referrals", dt.date(2018, 1, 1), JUNE, "starting")
    first = frame(REFERRALS, "child_id date\n A 2018-02-01\n B 2018-02-02\n C 2017-11-01")
    second = frame(REFERRALS, "child_id date\n B 2018-02-02")
    found = merge(REFERRALS, [Told(0, "annex_a", MARCH, first), Told(1, "annex_a", JUNE, second, (window,))])
    assert shown(found.rows, "child_id") == [("B",), ("C",)]
    assert shown(found.withdrawn, "child_id", "date") == [("A", "2018-02-01")]


def test_an_empty_return_withdraws_too():
    window = Coverage("referrals", dt.date(2018, 1, 1), JUNE, "starting")
    first = frame(REFERRALS, "child_id date\n A 2018-02-01")
    nothing = REFERRALS.empty().iloc[:, :2]
    found = merge(REFERRALS, [Told(0, "annex_a", MARCH, first), Told(1, "annex_a", JUNE, nothing, (window,))])
    assert found.rows.empty


def test_a_return_withdraws_only_what_its_own_kind_carried():
    window = Coverage("referrals", dt.date(2018, 1, 1), JUNE, "starting")
    annex = frame(REFERRALS, "child_id date\n A 2018-02-01")
    census = frame(REFERRALS, "child_id date\n B 2018-02-02")
    found = merge(REFERRALS, [Told(0, "annex_a", MARCH, annex), Told(1, "cin_census", JUNE, census, (window,))])
    assert shown(found.rows, "child_id") == [("A",), ("B",)]


def test_an_open_episode_that_the_next_year_does_not_carry_ends_when_that_year_begins():
    episodes = TABLES["care_episodes"]
    year = Coverage("care_episodes", dt.date(2018, 4, 1), dt.date(2019, 3, 31), "touching")
    first = frame(episodes, "child_id start_date end_date\n A 2017-06-01 -\n B 2017-06-01 -")
    second = frame(episodes, "child_id start_date end_date\n B 2017-06-01 -")
    found = merge(episodes, [Told(0, "ssda903", MARCH, first), Told(1, "ssda903", year.end, second, (year,))])
    assert shown(found.rows, "child_id", "end_date") == [("A", "2018-04-01"), ("B", None)]
    assert shown(found.cut_short, "child_id", "end_date") == [("A", "2018-04-01")]


def test_a_plan_absent_from_a_list_of_open_plans_ended_after_it_was_last_seen_open():
    stock = Coverage("protection_plans", dt.date(2018, 4, 1), SEPTEMBER, "open")
    first = frame(PLANS, "child_id start_date end_date\n A 2017-06-01 -")
    second = frame(PLANS, "child_id start_date end_date\n B 2018-07-01 -")
    found = merge(PLANS, [Told(0, "annex_a", JUNE, first), Told(1, "annex_a", SEPTEMBER, second, (stock,))])
    assert shown(found.rows, "child_id", "end_date") == [("A", "2018-07-01"), ("B", None)]


@st.composite
def tellings(draw):
    """A few returns about a handful of plans, any of them blank anywhere."""
    told = []
    for number in range(draw(st.integers(1, 4))):
        keys = draw(
            st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["2018-01-01", "2018-02-01"])), unique=True)
        )
        ends = st.sampled_from([None, "2018-03-05", "2018-06-07", "2018-08-09"])
        rows = pd.DataFrame(
            [
                {
                    "child_id": c,
                    "start_date": s,
                    "end_date": draw(ends),
                    "team": draw(st.sampled_from([None, "North", "West"])),
                }
                for c, s in keys
            ],
            columns=["child_id", "start_date", "end_date", "team"],
        )
        rows["start_date"], rows["end_date"] = pd.to_datetime(rows["start_date"]), pd.to_datetime(rows["end_date"])
        kind = draw(st.sampled_from(["annex_a", "cin_census"]))
        told.append(
            Told(number, kind, draw(st.sampled_from([MARCH, JUNE, SEPTEMBER])), PLANS.conform(rows, partial=True))
        )
    return told


def merged_slowly(told: list[Told]) -> list[tuple]:
    """The rule read aloud, a row at a time: rules 1 and 2."""
    rows: dict[tuple, dict] = {}
    for one in sorted(told, key=lambda t: t.delivery):
        for row in one.frame.to_dict("records"):
            place = rows.setdefault((row["child_id"], row["start_date"]), {"team": None, "end": None})
            if not pd.isna(row["team"]):
                place["team"] = row["team"]
            if not pd.isna(row["end_date"]):
                place["end"] = row["end_date"]
            elif place["end"] is not None and pd.Timestamp(one.end) >= place["end"]:
                place["end"] = None
    return [
        (c, s.date().isoformat(), v["end"].date().isoformat() if v["end"] is not None else None, v["team"])
        for (c, s), v in sorted(rows.items())
    ]


@given(tellings())
def test_merging_equals_the_rule_read_aloud(told):
    found = merge(PLANS, told).rows
    assert shown(found, "child_id", "start_date", "end_date", "team") == merged_slowly(told)


@given(tellings())
def test_merging_does_not_depend_on_the_order_of_rows(told):
    turned = [Told(t.delivery, t.kind, t.end, t.frame.iloc[::-1].reset_index(drop=True), t.coverage) for t in told]
    pd.testing.assert_frame_equal(merge(PLANS, told).rows, merge(PLANS, turned).rows)
