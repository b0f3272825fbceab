"""The diagnosis of a rise in plans: names what was put in, keeps quiet about chance, and its parts add up."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.records.history import Known
from analysis.records.tables import TABLES
from analysis.reference.project import authority
from analysis.reference.quarters import Quarter, quarters
from analysis.reviews.growth import causes
from analysis.simulation.scenarios import scenario
from analysis.simulation.seen import protection_seen
from analysis.simulation.truth import expected, simulate

FIRST, LAST = Quarter(2015, 1), Quarter(2017, 4)
BEGINS = FIRST.start
PERIOD, BEFORE = ((dt.date(year, 4, 1), dt.date(year + 1, 3, 31)) for year in (2017, 2016))
TEAMS = {"A team": "Here", "B team": "There"}


def _told(known, **more):
    return causes.diagnose(known, PERIOD, BEFORE, **({"known_from": BEGINS, "teams": TEAMS} | more))


def _known(a_day: dict[int, float], lasting: dict[int, int], teams=None) -> Known:
    """Plans of single children that start evenly, so many a day of each financial year, and last so many days; each
    with its own referral. `teams`: year to the share that the first team has."""
    rows, child = [], 0
    for year, many in a_day.items():
        first = pd.Timestamp(year, 4, 1)
        for n in range(round(365 * many)):
            start = first + pd.Timedelta(days=int(n / many))
            # Lengths are spread over nought to twice the mean by a fixed sequence, so that they aren't all alike.
            length = int(2 * lasting[year] * ((child * 0.6180339887) % 1))
            share = (teams or {}).get(year, 0.5)
            rows.append(
                {"child_id": f"SIM{child:06d}", "start_date": start, "end_date": start + pd.Timedelta(days=length + 1),
                 "initial_category": "NEG" if child % 3 else "EMO", "previous_plans": int(child % 10 == 0),
                 "team": "A team" if (child * 0.754877666) % 1 < share else "B team",
                 "referral_date": start - pd.Timedelta(days=20 + child % 40)}
            )  # fmt: skip
            child += 1
    plans = pd.DataFrame(rows)
    plans = plans[~(plans["end_date"] < pd.Timestamp(BEGINS))]
    plans["end_date"] = plans["end_date"].mask(plans["end_date"] > pd.Timestamp(LAST.end))
    return Known.from_tables({"protection_plans": TABLES["protection_plans"].conform(plans.reset_index(drop=True))})


LEVEL = dict.fromkeys(range(2012, 2018), 1.0)
LONG = dict.fromkeys(range(2012, 2018), 300)


def test_nothing_is_named_where_nothing_changes():
    found = _told(_known(LEVEL, LONG))
    assert found.causes == ()
    assert found.called == "none"
    assert found.starts.years == 2


def test_half_as_many_again_starting_is_named_and_ends_are_not():
    found = _told(_known(LEVEL | {2017: 1.5}, LONG))
    assert found.called == "more starting"
    assert found.starts.counts.events == 548
    assert found.starts.usual.ratio == pytest.approx(1.5, rel=0.01)
    # A third more plans are open for a shorter time each: more end, and none more slowly.
    assert found.ends.usual.ratio == pytest.approx(1, abs=0.12)


def test_fewer_starting_is_named_too():
    assert _told(_known(LEVEL | {2017: 0.6}, LONG)).called == "fewer starting"


def test_a_year_of_few_starts_before_is_said_to_be_what_was_out_of_the_ordinary():
    found = _told(_known(LEVEL | {2016: 0.5}, LONG))
    assert found.called == "starts rose back"
    assert found.starts.years == 1


def test_one_locality_is_named_where_the_other_stays_level():
    # The first team doubles: 183 to 365 of 548, the second keeps its 183.
    found = _told(_known(LEVEL | {2017: 1.5}, LONG, teams={2017: 2 / 3}))
    assert (found.called, found.locality) == ("more starting in Here", "Here")
    assert [one.name for one in found.localities] == ["Here", "There"]


def test_the_locality_that_rose_is_named_also_where_another_fell_and_so_lies_further_from_the_rest():
    # 122 each, then 256, 82 and 174: the second and third together stay at about 244.
    plans = _known(LEVEL | {2017: 1.4}, LONG).table("protection_plans")
    place = (np.arange(len(plans)) * 0.754877666) % 1
    now = (plans["start_date"] >= "2017-04-01").to_numpy()
    team = np.where(now, np.digitize(place, [0.5, 0.66]), np.digitize(place, [1 / 3, 2 / 3]))
    names = pd.Series(["A team", "B team", "C team"])
    known = Known.from_tables({"protection_plans": plans.assign(team=names[team].astype("string").to_numpy())})
    found = _told(known, teams=TEAMS | {"C team": "Elsewhere"})
    assert causes.furthest(found.localities).name == "There"
    assert found.called == "more starting in Here"


def test_localities_that_rise_alike_are_not_named():
    assert _told(_known(LEVEL | {2017: 1.5}, LONG)).locality == ""


def test_without_teams_no_locality_is_asked_about():
    found = _told(_known(LEVEL | {2017: 1.5}, LONG, teams={2017: 2 / 3}), teams={})
    assert found.called == "more starting"
    assert np.isnan(found.p["localities"])


def test_the_split_closes_and_its_two_halves_of_ends_add_up():
    found = _told(_known(LEVEL | {2017: 1.4}, LONG | {2017: 450}))
    now, then = found.starts.counts.events - found.starts.counts.events_before, found.ends.counts
    assert found.split["starts"] == now
    assert found.split["ends"] == then.events_before - then.events
    assert found.closing == found.opening + found.starts.counts.events - then.events
    assert found.ends_from_open + found.ends_from_chance == pytest.approx(found.split["ends"], abs=1)
    assert sum(one.part for one in found.categories) == found.split["starts"]
    assert sum(one.part for one in found.repeats) == found.split["starts"]


def test_steps_of_the_funnel_add_up_to_the_rise_in_starts():
    known = protection_seen(FIRST, LAST, 3, scale=0.3, scenario=scenario("more-start"))
    found = _told(known, teams=authority("929").teams)
    assert [one.name for one in found.steps][1:] == [
        "Section 47 enquiries for each referral", "Initial conferences for each enquiry", "Plans for each conference",
    ]  # fmt: skip
    assert sum(one.part for one in found.steps) == pytest.approx(found.split["starts"])
    # Referrals went up by half, and what became of them stayed as it was.
    assert found.steps[0].part == pytest.approx(found.split["starts"], rel=0.15)


def test_periods_that_are_not_known_give_no_diagnosis():
    assert causes.diagnose(_known(LEVEL, LONG), PERIOD, BEFORE, known_from=dt.date(2016, 7, 1)) is None


def test_no_plans_at_all_are_no_cause():
    known = Known.from_tables({"protection_plans": TABLES["protection_plans"].empty()})
    found = _told(known)
    assert found.called == "none"
    assert found.split["total"] == 0
    assert found.steps == ()


def test_a_short_history_still_gives_a_diagnosis_without_the_year_out_of_the_ordinary():
    found = _told(_known(LEVEL | {2017: 1.5}, LONG), known_from=BEFORE[0])
    assert found.called == "more starting"
    assert found.ends.unusual is None
    assert np.isnan(found.p["ends_back"])


def test_ends_that_fall_back_after_a_clear_out_are_told_from_plans_that_last_longer():
    made = scenario("clear-out")
    found = _told(protection_seen(FIRST, LAST, 1000, vary=True, scenario=made), teams=authority("929").teams)
    assert found.called == made.cause == "ends fell back"
    # The same years without the one before them known: then it is a plain fall in the chance of ending.
    known = protection_seen(Quarter(2016, 1), LAST, 1000, vary=True, scenario=made)
    assert _told(known, known_from=BEFORE[0]).called == "ending more slowly"


def test_the_calibrated_authority_shows_what_was_built_in():
    found = _told(protection_seen(FIRST, LAST, 2), teams=authority("929").teams)
    assert found.called == "more starting and ends fell back"
    # Published: 144 more starts and 137 fewer ends; a few ends of March 2017 came in late.
    assert found.share_from_ends == pytest.approx(0.49, abs=0.02)
    moved = max(found.categories, key=lambda one: one.part)
    assert (moved.name, moved.part) == ("Neglect", 104)
    again = found.repeats[1]
    assert again.part == 57
    assert again.rest_p < 0.01
    conference, plan = found.steps[2:]
    assert (conference.change.up, plan.change.up) == (True, True)
    assert min(conference.part, plan.part) > 10


def test_what_experiments_see_is_what_the_returns_give():
    made = {"scale": 0.03, "vary": True, "scenario": scenario("one-locality")}
    truth = simulate(quarters=quarters(FIRST, LAST), seed=8, **made)
    told, seen = Known.from_tables(expected(truth)), protection_seen(FIRST, LAST, 8, **made)
    assert len(told.table("protection_plans")) > 40
    for name in ("referrals", "section47_enquiries", "transfer_in_conferences"):
        key, start = list(TABLES[name].key), TABLES[name].start
        # The returns reach back further for what was still open; neither of the years compared does.
        both = [one.table(name) for one in (told, seen)]
        both = [rows.loc[rows[start] >= pd.Timestamp(BEGINS), key].reset_index(drop=True) for rows in both]
        pd.testing.assert_frame_equal(*both)
    teams = authority("929").teams
    assert repr(_told(told, teams=teams)) == repr(_told(seen, teams=teams))


def test_categories_that_are_blank_are_a_group_of_their_own():
    known = _known(LEVEL, LONG)
    plans = known.table("protection_plans")
    blank = Known.from_tables(
        {"protection_plans": plans.assign(initial_category=plans["initial_category"].mask(plans.index % 7 == 0))}
    )
    found = _told(blank)
    assert "Not known" in [one.name for one in found.categories]
    assert sum(one.now for one in found.categories) == found.starts.counts.events
