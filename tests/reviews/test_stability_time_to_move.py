"""Placements as spells, brothers and sisters, and what came before a move: small tables, with answers worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.findings import Review
from analysis.indicators.evidence import Evidence
from analysis.records.history import Known
from analysis.reference import project
from analysis.reference.quarters import Quarter
from analysis.reviews.stability import before_a_move, by_when, siblings, sooner, time_to_move

NOW = Quarter.parse("2018-19-Q2")
HOME, FAR, NEAR = "NE1 1AA", "CA2 1DG", "NE1 2BB"


def episode(child, start, end=None, *, new="S", reason=None, ended="X1", place="U6", provider="PR1", legal="C2", home=HOME,
            at=NEAR, need="N1") -> dict:  # fmt: skip
    return {"child_id": child, "start_date": start, "end_date": end, "reason_new": new, "legal_status": legal, "need": need,
            "placement": place, "provider": provider, "reason_change": reason, "reason_ended": ended if end else None,
            "home_postcode": home, "placement_postcode": at}  # fmt: skip


def known(episodes: list[dict], **more: pd.DataFrame) -> Known:
    frame = pd.DataFrame(episodes)
    for name in ("start_date", "end_date"):
        frame[name] = pd.to_datetime(frame[name])
    born = pd.DataFrame({"child_id": frame["child_id"].unique(), "date_of_birth": pd.Timestamp("2006-05-01")})
    postcodes = pd.DataFrame({"postcode": [HOME, NEAR, FAR], "easting": [425000, 426000, 338000],
                              "northing": [565000, 565000, 557000], "authority": ["A", "A", "B"]})  # fmt: skip
    return Known.from_tables(
        {"care_episodes": frame, "children": born, "postcodes": postcodes, **more}, kinds=["ssda903"], quarter=NOW
    )


def review(of: Known, audience: str = "internal") -> Review:
    return Review("tiny", project.authority("929"), NOW, audience, of, show=lambda data: None)


@pytest.fixture
def stays() -> pd.DataFrame:
    """A: two moves (the carer asked; then planned, far away), then still there. B: a new legal status is no move, then
    home. C: adopted. D: began before the records, left at 18."""
    rows = [
        episode("A", "2017-01-10", "2017-03-01", reason="CREQB"),
        episode("A", "2017-03-01", "2017-08-01", new="P", reason="CARPL", provider="PR4"),
        episode("A", "2017-08-01", new="P", place="K2", at=FAR),
        episode("B", "2017-02-01", "2017-04-01", legal="C1"),
        episode("B", "2017-04-01", "2018-02-01", new="L", ended="E4A"),
        episode("C", "2016-06-01", "2018-01-05", ended="E12", legal="E1", place="A6"),
        episode("D", "2016-02-01", "2018-04-28", new="L", ended="E5"),
    ]
    births = pd.DataFrame(
        {
            "child_id": ["A", "B", "C", "D"],
            "date_of_birth": pd.to_datetime(["2006-05-01", "2014-01-01", "2016-01-01", "2000-05-01"]),
        }
    )
    return time_to_move.stays(Evidence(known(rows, children=births)))


def test_each_placement_once_with_how_it_ended(stays):
    told = stays[["child_id", "number", "start", "ending"]].astype({"start": "str"}).to_numpy(object).tolist()
    assert told == [
        ["A", 1, "2017-01-10", time_to_move.UNPLANNED],
        ["A", 2, "2017-03-01", time_to_move.PLANNED],
        ["A", 3, "2017-08-01", None],
        ["B", 1, "2017-02-01", time_to_move.LEFT],
        ["C", 1, "2016-06-01", time_to_move.ADOPTION],
        ["D", 1, "2016-02-01", time_to_move.GROWN],
    ]
    assert stays["from_entry"].tolist() == [True] * 5 + [False]


def test_what_was_known_on_the_first_day(stays):
    assert stays["earlier"].tolist() == [time_to_move.FIRST, time_to_move.ONE, time_to_move.SEVERAL, time_to_move.FIRST,
                                         time_to_move.FIRST, time_to_move.NOT_KNOWN]  # fmt: skip
    assert stays["kind"].tolist()[:3] == ["Foster, own provision", "Foster, agency", "Residential"]
    assert stays["distance"].tolist()[:3] == [time_to_move.NEAR, time_to_move.NEAR, time_to_move.FAR]
    assert stays["age"].tolist() == ["Aged 10 to 15"] * 3 + ["Aged 1 to 4", "Aged under 1", "Aged 10 to 15"]
    assert stays["legal"].tolist()[3:5] == [time_to_move.CARE_ORDER, time_to_move.FOR_ADOPTION]


def test_without_postcodes_there_is_no_distance_and_no_family():
    one = known([episode("A", "2017-01-10", home=None, at=None)])
    rows = time_to_move.stays(Evidence(one))
    assert "distance" not in rows.columns
    assert "siblings" not in rows.columns
    assert "weren't delivered" in siblings.in_words(siblings.over_time(review(one)), Evidence(one), NOW)


def test_what_lies_after_the_quarter_is_not_known_yet():
    rows = [
        episode("A", "2017-01-10", "2017-02-01", ended="E4A"),
        episode("B", "2018-05-01", "2018-12-01", ended="E4A"),
    ]
    found = time_to_move.seen(Evidence(known(rows)), NOW).stays.set_index("child_id")
    assert not found.loc["B", "ended"]
    assert found.loc["B", "ending"] is None or pd.isna(found.loc["B", "ending"])
    assert found.loc["B", "duration"] == (pd.Timestamp("2018-09-30") - pd.Timestamp("2018-05-01")).days


# --- brothers and sisters --------------------------------------------------------------------------------------------


def test_families_come_from_one_home_at_one_time():
    rows = [
        episode("A", "2017-01-10"), episode("B", "2017-01-20"),  # ten days apart: a family, together
        episode("C", "2017-06-01"),  # the same postcode half a year later: not taken for one
        episode("D", "2017-01-10", home="NE9 9ZZ"), episode("E", "2017-01-10", home="NE99ZZ", at=FAR),  # apart
    ]  # fmt: skip
    evidence = Evidence(known(rows))
    family = siblings.families(evidence).of_child
    assert set(family.index) == {"A", "B", "D", "E"}
    assert family["A"] == family["B"] != family["D"] == family["E"]
    lives = siblings.where_they_live(evidence, NOW).set_index("child_id")["together"]
    assert lives.to_dict() == {"A": "all", "B": "all", "D": "none", "E": "none"}


def test_some_but_not_all_and_an_unknown_place():
    rows = [episode("A", "2017-01-10"), episode("B", "2017-01-10"), episode("C", "2017-01-10", at=FAR)]
    assert siblings.where_they_live(Evidence(known(rows)), NOW)["together"].tolist() == ["some", "some", "none"]
    rows[2]["placement_postcode"] = None
    assert set(siblings.where_they_live(Evidence(known(rows)), NOW)["together"]) == {"unknown"}


def test_an_office_is_no_family_and_children_from_abroad_have_no_home():
    rows = [episode(f"A{n}", "2017-01-10") for n in range(siblings.LARGEST_FAMILY + 1)]
    assert siblings.families(Evidence(known(rows))).of_child.empty
    alone = pd.DataFrame(
        {"child_id": ["A", "B"], "date_of_birth": pd.Timestamp("2001-01-01"), "unaccompanied": [True, True]}
    )
    two = known([episode("A", "2017-01-10"), episode("B", "2017-01-10")], children=alone)
    assert siblings.families(Evidence(two)).of_child.empty


def test_small_numbers_of_siblings_are_withheld():
    rows = [episode("A", "2017-01-10"), episode("B", "2017-01-10")]
    one = review(known(rows), "public")
    said = siblings.in_words(siblings.over_time(one), one.evidence, NOW)
    assert "c children" in said
    assert "2" not in said.split("children")[0].removeprefix("On 30 September 2018")


# --- before a move ---------------------------------------------------------------------------------------------------


def test_days_before_a_move_and_what_fell_in_them():
    """One child with one move on 1 August 2017: of the days from 10 January, 90 lie before it."""
    rows = [episode("A", "2017-01-10", "2017-08-01", reason="CREQB"), episode("A", "2017-08-01", new="P", provider="PR4"),
            episode("Z", "2016-01-01", "2016-06-01", ended="E4A")]  # fmt: skip
    missing = pd.DataFrame({"child_id": ["A"] * 4, "kind": ["M", "M", "M", "A"],
                            "start_date": pd.to_datetime(["2017-05-02", "2017-08-01", "2017-07-31", "2017-07-01"])})  # fmt: skip
    evidence = Evidence(known(rows, missing_episodes=missing))
    window = time_to_move.window(evidence, NOW)
    at = before_a_move.days(evidence, window)
    child = at.children.get_loc("A")
    assert at.before[before_a_move.ANY][child].sum() == 90
    # In care from 10 January to the last day but ninety.
    assert at.in_care[child].sum() == (pd.Timestamp("2018-09-30") - pd.Timestamp("2017-01-10")).days + 1 - 90
    row = before_a_move.table(evidence, NOW).iloc[0]
    # 2 May is 91 days before; 31 July is one; 1 August is the day itself; the absence with leave known isn't missing.
    assert (row["children"], row["inside"], row["outside"]) == (1, 1, 2)
    assert np.isnan(row["ratio"])  # three events are too few


def test_nothing_delivered_is_said():
    one = known(
        [episode("A", "2017-01-10", "2017-08-01", reason="CREQB"), episode("A", "2017-08-01", new="P", provider="PR4")]
    )
    found = before_a_move.release(review(one), before_a_move.table(Evidence(one), NOW))
    said = before_a_move.in_words(found, Evidence(one))
    assert said.startswith("No delivery has brought missing episodes (SSDA903) and social workers")


def test_changes_of_worker_between_lists():
    """The lists of 31 March and 30 June name another worker, and a move follows within 90 days of the second."""
    rows = [episode("A", "2016-01-10", "2017-08-01", reason="CHILD"), episode("A", "2017-08-01", new="P", provider="PR4"),
            episode("Z", "2016-01-01", "2016-06-01", ended="E4A")]  # fmt: skip
    lists = pd.DataFrame({"child_id": "A", "as_at": pd.to_datetime(["2016-12-31", "2017-03-31", "2017-06-30", "2017-09-30", "2018-03-31"]),
                          "worker": ["w1", "w1", "w2", "w2", "w3"]})  # fmt: skip
    evidence = Evidence(known(rows, care_status=lists))
    row = before_a_move.table(evidence, NOW).set_index("before").loc[before_a_move.UNPLANNED]
    # Three pairs of lists a quarter apart; the last two are half a year apart and say nothing.
    assert (row["inside"], row["outside"]) == (1, 0)


# --- with nothing at all ---------------------------------------------------------------------------------------------


def test_with_hardly_any_children_everything_says_why_not():
    one = known([episode("A", "2017-01-10", "2017-08-01", ended="E4A"), episode("B", "2018-01-10")])
    for audience in ("internal", "public"):
        this = review(one, audience)
        found = time_to_move.seen(this.evidence, NOW)
        ended, first, many = (
            by_when.endings(this, found),
            by_when.first_moves(this, found),
            by_when.how_many(this, found),
        )
        assert "too few" in by_when.endings_in_words(ended, found)
        assert "Too few" in by_when.first_moves_in_words(first, found)
        assert "Too few" in by_when.how_many_in_words(many, found)
        assert by_when.by_group(this, found).frame.empty
        ratios = sooner.release(this, sooner.ratios(this.evidence, found))
        assert "Too few" in sooner.in_words(ratios, found)
        assert {one["text"] for one in by_when.values(this, first, many, found).values()} == {"not available"}


def test_no_episodes_at_all():
    empty = Known.from_tables(
        {"care_episodes": known([episode("A", "2017-01-10")]).table("care_episodes").iloc[:0]},
        kinds=["ssda903"],
        quarter=NOW,
    )
    this = review(empty)
    assert time_to_move.seen(this.evidence, NOW) is None
    assert by_when.endings_in_words(by_when.endings(this, None), None) == by_when.NOTHING
    assert "nothing to compare" in sooner.in_words(sooner.release(this, None), None)
    assert before_a_move.table(this.evidence, NOW).empty


# --- ratios that are there are found, and those that aren't are not --------------------------------------------------


def many_children(seed: int, restless: float) -> Known:
    """300 children, half of them with agency carers, who break down `restless` times as often."""
    rng = np.random.default_rng(seed)
    rows = []
    for n in range(300):
        start = pd.Timestamp("2016-01-01") + pd.Timedelta(days=int(rng.integers(0, 700)))
        agency = n % 2
        lasted = int(rng.exponential(500 / (restless if agency else 1.0))) + 2
        end = start + pd.Timedelta(days=lasted)
        kind = {"provider": "PR4" if agency else "PR1", "home": f"NE{n} 1AA"}
        if end < pd.Timestamp("2018-09-30"):
            rows += [episode(f"C{n:03}", start, end, reason="CREQB", **kind),
                     episode(f"C{n:03}", end, new="P", place="U3", home=f"NE{n} 1AA")]  # fmt: skip
        else:
            rows.append(episode(f"C{n:03}", start, **kind))
    return known([*rows, episode("Z", "2015-04-01", "2015-06-01", ended="E4A")])


def test_a_difference_that_is_there_is_named():
    this = review(many_children(1, 4.0))
    found = time_to_move.seen(this.evidence, NOW)
    table = sooner.release(this, sooner.ratios(this.evidence, found))
    row = table.frame.set_index("group").loc["Foster, agency"]
    assert row["lower"] < 4 < row["upper"]
    assert row["words"] == "more often"
    assert "“Foster, agency”" in sooner.in_words(table, found)
    assert "need not be what ended it" in sooner.in_words(table, found)


def test_where_there_is_none_none_is_named():
    clear = 0
    for seed in range(8):
        this = review(many_children(seed + 10, 1.0))
        found = time_to_move.seen(this.evidence, NOW)
        table = sooner.release(this, sooner.ratios(this.evidence, found))
        clear += int((table.frame.set_index("group").loc["Foster, agency", "p_of_many"]) < sooner.SURE)
    assert clear <= 2


def test_curves_of_first_moves_are_the_share_that_moved():
    this = review(many_children(1, 1.0))
    found = time_to_move.seen(this.evidence, NOW)
    first = by_when.first_moves(this, found)
    year = first.frame[first.frame["months"] == 12].set_index("ending")["share"]
    # Exponential with a mean of 500 days (and two more): 1 - exp(-365 / 502) = 0.52.
    assert year[by_when.MOVED_UNPLANNED] == pytest.approx(52, abs=7)
    assert year[by_when.LEFT_FIRST] == 0
    assert "had a first move that nobody planned" in by_when.first_moves_in_words(first, found)
