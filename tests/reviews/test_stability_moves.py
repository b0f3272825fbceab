"""Moves, rates, new placements, the two-year mark, distance and relatives, on small records worked by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from written_records import known

from analysis.findings.review import Review
from analysis.indicators import placements
from analysis.indicators.definition import STOCK, period
from analysis.indicators.evidence import evidence_of
from analysis.indicators.registry import compute
from analysis.records.history import Known
from analysis.records.tables import TABLES
from analysis.reference import codes, project
from analysis.reference.move_reasons import move_reasons
from analysis.reference.quarters import Quarter
from analysis.reviews.stability import (
    distance,
    early_disruption,
    headline,
    long_term,
    monthly,
    moves,
    placements_now,
    relatives,
)
from analysis.reviews.stability.moves import Window

QUARTER = Quarter(2017, 4)
YEAR = Window(dt.date(2017, 4, 1), dt.date(2018, 3, 31))


CARE = """
children
child_id sex date_of_birth
A F 2008-10-01
B M 2010-01-01
C F 2009-01-01
D M 2001-06-01

care_episodes
child_id start_date reason_new legal_status need placement provider end_date reason_ended reason_change home_postcode placement_postcode
A 2015-01-01 S C2 N1 U6 PR1 2017-10-01 X1 CREQB AA11AA AA11AB
A 2017-10-01 P C2 N1 K2 PR4 - - - AA11AA BB11AA
B 2015-01-01 S C1 N1 U3 PR1 2017-06-01 X1 - AA11AA AA11AB
B 2017-06-01 L C2 N1 U3 PR1 2018-01-01 X1 CARPL AA11AA AA11AB
B 2018-01-01 P C2 N1 U6 PR4 2018-02-01 X1 - AA11AA AA11AB
B 2018-02-01 P C2 N1 U6 PR1 - - - AA11AA CC11AA
C 2017-07-01 S V2 N5 U3 PR1 2017-09-01 X1 PLACE AA22BB AA11AB
C 2017-09-01 T V2 N5 U1 PR1 2017-12-01 E48 - AA22BB AA11AB
D 2016-01-01 S C2 N1 U6 PR1 - - - - AA11AB

postcodes
postcode easting northing authority
AA11AA 400000 500000 Here
AA11AB 401000 500000 Here
BB11AA 440000 500000 There
CC11AA 400100 500000 Here
"""


@pytest.fixture
def evidence():
    return evidence_of(known(CARE))


def drawn(seed: int) -> Known:
    """Eighty children's care as no authority would have it: any status, placement and reason after any other, with gaps."""
    draw = np.random.default_rng(seed)
    children, rows = [], []
    for n in range(80):
        children.append((f"C{n}", "F", pd.Timestamp("2000-01-01") + pd.Timedelta(days=int(draw.integers(0, 6500)))))
        day, last = pd.Timestamp("2013-01-01") + pd.Timedelta(days=int(draw.integers(0, 1800))), None
        for place in range(int(draw.integers(1, 7))):
            end = day + pd.Timedelta(days=int(draw.integers(1, 500)))
            goes_on = draw.random() < 0.8
            started = place == 0 or last != "X1"
            rows.append((
                f"C{n}", day, "S" if started else draw.choice(list("LPTBU")), draw.choice(["C1", "C2", "V2", "E1"]), "N1",
                draw.choice(["U1", "U3", "U6", "K2", "P1", "T1", "A5", "A6"]), draw.choice(["PR1", "PR4"]), end,
                "X1" if goes_on else "E8", draw.choice([*move_reasons(), None]),
                draw.choice(["AA11AA", "AA22BB", "AA33CC"]), draw.choice(["AA11AA", "BB11AA"]),
            ))  # fmt: skip
            last, day = ("X1", end) if goes_on else ("E8", end + pd.Timedelta(days=40))
    columns = ["child_id", "start_date", "reason_new", "legal_status", "need", "placement", "provider", "end_date",
               "reason_ended", "reason_change", "home_postcode", "placement_postcode"]  # fmt: skip
    places = [("AA11AA", 400000, 500000, "Here"), ("BB11AA", 440000, 500000, "There")]
    tables = {
        "children": pd.DataFrame(children, columns=["child_id", "sex", "date_of_birth"]),
        "care_episodes": pd.DataFrame(rows, columns=columns),
        "postcodes": pd.DataFrame(places, columns=["postcode", "easting", "northing", "authority"]),
    }
    return Known.from_tables({name: TABLES[name].conform(frame) for name, frame in tables.items()})


def review(records: Known, audience: str = "internal", quarter: Quarter = QUARTER) -> Review:
    return Review("placement-stability", project.authority("929"), quarter, audience, records, show=lambda _: None)


# --- moves -----------------------------------------------------------------------------------------------------------


def test_every_reason_is_read_and_the_unplanned_ones_are_the_indicators():
    read = move_reasons()
    assert set(read) == set(codes.codes("ssda903", "REASON_PLACE_CHANGE"))
    unplanned = {code for code, one in read.items() if one.ended_by in ("carer", "authority", "child")}
    assert unplanned == set(placements.UNPLANNED)
    assert {code for code, one in read.items() if one.ended_by == "no move"} == set(placements.STATUS_ONLY)


def test_moves_of_the_year_by_who_ended_the_placement(evidence):
    rows = moves.within(evidence, YEAR)
    assert rows[["child_id", "ended_by", "unplanned"]].to_numpy().tolist() == [
        ["A", moves.BY_CARER, True], ["B", moves.IN_PLAN, False], ["B", moves.NOT_RECORDED, False],
    ]  # fmt: skip
    # A new legal status isn't a new stay: B's began in 2015.
    assert rows["from_start"].dt.year.tolist() == [2015, 2015, 2018]
    assert rows["from_postcode"].tolist() == ["AA11AB", "AA11AB", "AA11AB"]


def test_from_and_to(evidence):
    table = moves.from_to(evidence, YEAR).set_index("from")
    assert table.at["Foster, own provision", "Residential"] == 1
    assert table.at["Relatives or friends", "Foster, agency"] == 1
    assert table.at["Foster, agency", "Foster, own provision"] == 1
    assert table.at["All", "All"] == 3
    assert (table.drop(columns="All").sum(axis=1) == table["All"]).all()


def test_moves_by_quarter_hold_every_move(evidence):
    table = moves.by_quarter(evidence, QUARTER)
    # Records that don't say from when they are whole are counted from the first move on.
    assert table["all"].tolist() == [1, 2]
    assert table[moves.NOT_RECORDED].tolist() == [0, 1]


def test_a_sentence_about_moves_says_what_is_not_recorded(evidence):
    one = review(evidence.known)
    said = moves.in_words(moves.ended_by_counts(one, YEAR), YEAR)
    assert said == (
        "Of 3 moves in the year to 31 March 2018, 1 were in the child's care plan and 1 followed the carer's request. "
        "For 1 no reason was recorded, so the others are what we know of, not all there was."
    )
    board = moves.in_words(moves.ended_by_counts(review(evidence.known, "board"), YEAR), YEAR)
    assert not any(character.isdigit() for character in board.replace("31 March 2018", ""))


# --- rates -----------------------------------------------------------------------------------------------------------


def test_time_in_care_counts_each_night_once(evidence):
    time = placements_now.care_time(evidence, YEAR)
    nights = (time["end"] - time["start"]).dt.days.groupby(time["child_id"]).sum()
    assert nights.to_dict() == {"A": 365, "B": 365, "C": 153, "D": 365}
    kinds = (time["end"] - time["start"]).dt.days.groupby(time["kind"]).sum()
    assert kinds["Residential"] == 182
    assert kinds["Relatives or friends"] == (dt.date(2018, 1, 1) - dt.date(2017, 4, 1)).days + 153


def test_rates_by_legal_status_take_the_status_of_the_day_before(evidence):
    table = placements_now.rates(evidence, YEAR, "legal_status").set_index("group")
    assert table["events"].to_dict() == {"Interim care order": 0, "Full care order": 3, "Section 20": 0}
    full = (365 + 304 + 365) / 365.25
    assert table.at["Full care order", "rate"] == pytest.approx(100 * 3 / full)
    assert table["years"].sum() == pytest.approx((365 * 3 + 153) / 365.25)


def test_a_birthday_divides_the_time_between_age_groups(evidence):
    """A is 8 until 1 October 2017 and 9 after it; B turns 8; D turns 16 on 1 June, after 61 days."""
    table = placements_now.rates(evidence, YEAR, "age").set_index("group")
    assert table.at["10 to 15", "years"] == pytest.approx(61 / 365.25)
    assert table.at["16 and over", "years"] == pytest.approx(304 / 365.25)
    assert table.at["5 to 9", "events"] == 3


def test_children_of_one_home_are_one_family(evidence):
    families = placements_now.families(evidence)
    assert families["A"] == families["B"] != families["C"]
    assert families["D"] == "D"


@pytest.mark.parametrize("born", ["2004-02-29", "2003-12-31", "2010-06-15"])
def test_birthdays_fall_on_the_day(born):
    day = placements_now.birthdays(pd.Series(pd.to_datetime([born])), 1).iloc[0]
    expected = pd.Timestamp("2005-03-01") if born == "2004-02-29" else pd.Timestamp(born) + pd.DateOffset(years=1)
    assert day == expected


def test_how_many_placements(evidence):
    table = placements_now.numbers(evidence, QUARTER).set_index("placements")
    # A has had two, B three, D one; C has gone.
    assert table["year"].tolist() == [1, 1, 1, 0, 0, 0]
    assert table["in_care"].tolist() == [1, 1, 1, 0, 0, 0]


def test_months_hold_every_move_and_the_mean_number_of_children(evidence):
    table = monthly.monthly(evidence, QUARTER).set_index("month")
    assert table["n"].tail(6).tolist() == [1, 0, 0, 1, 1, 0]
    assert table.at[pd.Timestamp("2017-09-01"), "children"] == 4
    assert table.at[pd.Timestamp("2018-01-01"), "per_hundred"] == pytest.approx(100 / 3)


# --- the two-year mark -------------------------------------------------------------------------------------------------

SETTLED = """
children
child_id sex date_of_birth
A F 2010-01-01
B M 2010-01-01
C F 2002-05-01
D M 2010-01-01
E M 2010-01-01

care_episodes
child_id start_date reason_new legal_status placement provider end_date
A 2014-01-01 S C2 U6 PR1 -
B 2015-01-01 S C2 U6 PR1 2016-05-01
B 2016-05-01 P C2 U6 PR4 -
C 2014-01-01 S C2 U6 PR1 -
D 2015-12-01 S C2 U6 PR1 -
E 2015-01-01 S C2 U6 PR1 2017-05-01
E 2017-05-01 P C2 U6 PR4 -
"""


def test_who_comes_to_two_years(evidence):
    """A and C are settled; B will be on 1 May; D comes into the measure in June, settled; C turns 16 in May; E isn't."""
    found = long_term.near_two_years(evidence_of(known(SETTLED)), QUARTER).steps
    assert found[["children", "settled", "new"]].to_numpy().tolist() == [[4, 2, 0], [4, 3, 2], [4, 3, 2]]
    assert found["percent"].tolist() == pytest.approx([50, 75, 75])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_standing_now_is_the_indicator(seed):
    facts, quarter = evidence_of(drawn(seed)), Quarter(2016, 1)
    now = long_term.standing(facts, quarter, quarter.end)
    expected = placements.long_term(facts, period(STOCK, quarter))
    assert set(now[now["counted"]]["child_id"]) == set(expected["child_id"])
    assert set(now[now["settled"]]["child_id"]) == set(expected[expected["counts"]]["child_id"])
    assert now["counted"].sum() > 0


# --- new placements ----------------------------------------------------------------------------------------------------


def test_new_placements_are_followed_only_where_they_could_be():
    """Begun in the year to 31 December 2017, seen for three months: A's ended unplanned at three months to the day, B's
    a day later, C's in the plan, D's with care. E's began in February: too new."""
    facts = evidence_of(
        known("""
        care_episodes
        child_id start_date reason_new legal_status placement provider end_date reason_ended reason_change
        A 2017-03-01 S C2 U6 PR1 2017-06-01 X1 CHILD
        A 2017-06-01 P C2 U6 PR4 - - -
        B 2017-03-01 S C2 K2 PR4 2017-06-02 X1 CLOSE
        B 2017-06-02 P C2 U6 PR4 - - -
        C 2017-03-01 S C2 U6 PR1 2017-04-01 X1 CARPL
        C 2017-04-01 P C2 U6 PR4 - - -
        D 2017-03-01 S C2 U6 PR1 2017-04-01 E4A -
        E 2018-02-01 S C2 U6 PR1 2018-02-05 X1 ALLEG
        E 2018-02-05 P C2 U6 PR1 - - -
        """)
    )
    rows, seen = early_disruption.cohort(facts, QUARTER, 3)
    assert (seen.first, seen.last) == (dt.date(2017, 1, 1), dt.date(2017, 12, 31))
    assert len(rows) == 7
    assert rows[rows["early"]]["child_id"].tolist() == ["A"]
    assert early_disruption.too_new(facts, QUARTER, 3) == 2
    kinds, _ = early_disruption.by_kind(facts, QUARTER, 3)
    assert kinds.set_index("group")["began"].to_dict() == {
        "All placements": 7, "First placement in care": 4, "Later placement": 3, "Foster, own provision": 3,
        "Foster, agency": 3, "Residential": 1,
    }  # fmt: skip


# --- distance and relatives ---------------------------------------------------------------------------------------------


def test_what_moves_did_to_the_distance(evidence):
    """A: from 0.6 miles to 24.9, unplanned; B: from 0.6 to 0.6 as planned, then to 0.1 for no recorded reason."""
    table = distance.nearer_or_further(evidence, YEAR).set_index("way")
    assert table["all"].to_dict() == {
        distance.NEARER: 0, distance.FURTHER: 1, distance.AS_FAR: 2, distance.UNKNOWN: 0, distance.OUT: 1, distance.BACK: 0,
    }  # fmt: skip
    assert table.loc[distance.AS_FAR, ["planned", "unplanned", "other"]].tolist() == [1, 0, 1]


def test_neither_a_row_nor_the_known_number_of_moves_gives_a_withheld_distance_back():
    """Counts as in the default authority, where 231 moves stand beside them by reason: planned 109, unplanned 110, other 12."""
    rows = {distance.NEARER: (53, 52, 3), distance.FURTHER: (46, 49, 6), distance.AS_FAR: (8, 7, 3), distance.UNKNOWN: (2, 2, 0),
            distance.OUT: (19, 21, 2), distance.BACK: (24, 18, 2)}  # fmt: skip
    names = ("planned", "unplanned", "other")
    table = pd.DataFrame([{"way": way, **dict(zip(names, n, strict=True)), "all": sum(n)} for way, n in rows.items()])
    out = distance.release(review(known(SETTLED), "public"), table.astype(dict.fromkeys((*names, "all"), "Int64")))
    hidden = out.withheld[[*names, "all"]].to_numpy()
    assert hidden[[2, 3, 4, 5], [2, 0, 2, 2]].all()
    # A row with something withheld has at least two cells withheld, and so has a column of the four ways.
    assert not (hidden.sum(axis=1) == 1).any()
    assert not (hidden[:4].sum(axis=0) == 1).any()


def test_how_many_live_with_relatives_gives_no_withheld_stretch_back():
    table = pd.DataFrame({"group": [relatives.SHORT, relatives.EXTENDED, relatives.TOO_LONG, relatives.SETTLED],
                          "children": pd.array([12, 2, 33, 23], dtype="Int64")})  # fmt: skip
    out = relatives.release(review(known(SETTLED), "public"), table)
    assert out.is_withheld("children").sum() == 2
    assert out.is_withheld("children").iloc[1]


def test_distance_says_which_return_it_needs():
    one = review(known(SETTLED))
    table = distance.release(one, distance.nearer_or_further(one.evidence, YEAR))
    assert distance.in_words(one, table, YEAR) == distance.NEEDED


def test_relatives_without_long_term_approval(evidence):
    spells = relatives.spells(evidence).set_index("child_id")
    assert spells["ending"].to_dict() == {"B": relatives.PLANNED, "C": relatives.BECAME}
    assert spells.at["B", "start_date"] == pd.Timestamp("2015-01-01")
    there = relatives.now(evidence, Quarter(2017, 2)).set_index("group")["children"]
    assert there.to_dict() == {relatives.SHORT: 0, relatives.EXTENDED: 0, relatives.TOO_LONG: 1, relatives.SETTLED: 1}
    table, seen = relatives.became(evidence, QUARTER)
    assert table.set_index("ending")["children"].to_dict()[relatives.BECAME] == 1
    assert table["children"].sum() == 1
    assert (seen.last - seen.first).days == 364


# --- in short ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("audience", ["internal", "public"])
@pytest.mark.parametrize("records", [CARE, SETTLED])
def test_in_short_is_there_whatever_is_known(records, audience):
    said = headline.in_short(review(known(records), audience))
    assert list(said) == [
        "short_several",
        "short_settled",
        "short_moves",
        "short_unplanned",
        "short_new",
        "short_two_years",
    ]
    assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in said.values())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_moves_agree_with_the_indicator_and_with_each_other(seed):
    truth, quarter = drawn(seed), Quarter(2016, 1)
    facts = evidence_of(truth)
    seen = moves.window(facts, quarter)
    total = compute(truth, quarter, ["placement_move_count"], authority="929").iloc[0]["value"]
    assert total == len(moves.within(facts, seen)) > 0
    assert moves.by_reason(facts, seen)["moves"].sum() == total
    assert moves.from_to(facts, seen).iloc[-1]["All"] == total
    assert moves.by_quarter(facts, quarter).tail(4)["all"].sum() == total
    assert distance.nearer_or_further(facts, seen)["all"].iloc[:4].sum() == total
    for cut in (*placements_now.CUTS, "kind"):
        assert placements_now.rates(facts, seen, cut)["events"].sum() == total


def test_everything_has_something_to_say_of_nothing():
    nothing = known(
        "children\nchild_id sex date_of_birth\n\ncare_episodes\nchild_id start_date legal_status placement provider end_date"
    )
    one = review(nothing, "public")
    facts, seen = one.evidence, moves.window(one.evidence, QUARTER)
    assert len(headline.in_short(one)) == 6
    assert moves.from_to(facts, seen)["All"].sum() == 0
    assert "no child moved" in moves.in_words(moves.ended_by_counts(one, seen), seen)
    groups = placements_now.who(facts, seen)
    assert "too few moves" in placements_now.who_in_words(
        placements_now.release_rates(one, groups, "cut"), groups, seen
    )
    kinds = placements_now.release_kinds(one, placements_now.kinds(facts, seen))
    assert placements_now.kinds_in_words(kinds, seen).startswith("No kind of placement")
    assert placements_now.numbers(facts, QUARTER)["year"].sum() == 0
    assert monthly.judge(one).limits is None
    assert early_disruption.over_time(facts, QUARTER).empty
    assert early_disruption.in_words(one).startswith("The records don't reach")
    assert early_disruption.values(one)["early_disruption_percent.six_months"]["text"] == "not available"
    assert "0" in relatives.in_words(one, *(one.release(table, counts=["children"]) for table in (
        relatives.now(facts, QUARTER), relatives.became(facts, QUARTER)[0])), relatives.became(facts, QUARTER)[1])  # fmt: skip
