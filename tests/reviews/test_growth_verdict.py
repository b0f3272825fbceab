"""What the diagnosis says to each audience: in words that follow from the numbers, and nothing that it may not see."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from analysis.findings.review import Review
from analysis.records.history import Known
from analysis.records.tables import TABLES
from analysis.reference.project import authority
from analysis.reference.quarters import Quarter
from analysis.reviews.growth import causes, exits, in_short, questions, verdict
from analysis.reviews.growth.arithmetic import Rise

NOW = Quarter(2017, 4)
PLACES = authority("929")
TEAM = {place: team for team, place in PLACES.teams.items() if place}


def _known(*years: dict[str, int], first: int = 2015) -> Known:
    """Plans that start evenly over financial years from 2015-16 on, so many in each locality, and last 200 days."""
    rows = []
    for year, counts in enumerate(years, first):
        for place, many in counts.items():
            for n in range(many):
                start = pd.Timestamp(year, 4, 1) + pd.Timedelta(days=int(365 * (n + 0.5) / many))
                rows.append((f"SIM{len(rows):06d}", start, start + pd.Timedelta(days=150 + 37 * n % 101), TEAM[place],
                             "NEG" if n % 2 else "EMO", int(n % 4 == 0)))  # fmt: skip
    names = ["child_id", "start_date", "end_date", "team", "initial_category", "previous_plans"]
    plans = pd.DataFrame(rows, columns=names)
    plans["end_date"] = plans["end_date"].mask(plans["end_date"] > pd.Timestamp(NOW.end))
    plans["referral_date"] = plans["start_date"] - pd.to_timedelta(20 + plans.index % 50, unit="D")
    return Known.from_tables({"protection_plans": TABLES["protection_plans"].conform(plans)})


def _review(known: Known, audience: str = "internal") -> Review:
    return Review("child-protection-growth", PLACES, NOW, audience, known, show=lambda data: None)


LEVEL = {"North": 100, "South East": 150}
ONE_ROSE = LEVEL | {"South East": 350}


def _all(review: Review) -> str:
    found = verdict.reached(review, NOW)
    table = questions.table(review, found).frame
    return " ".join(
        [
            verdict.named(review, found),
            verdict.in_words(review, found, NOW),
            verdict.behind(review, found),
            *table.to_numpy().ravel(),
        ]
    )


def test_a_rise_in_one_locality_is_told_to_the_board_and_not_to_the_public():
    known = _known(LEVEL, LEVEL, ONE_ROSE)
    told = _all(_review(known, "board"))
    assert "more starting, in South East alone" in told
    assert "It is South East alone: 350 plans started there after 150" in told
    assert "South East" not in _all(_review(known, "public"))
    assert "More plans started: 450, where 250 would have been usual, going by the year before" in _all(
        _review(known, "public")
    )


def test_a_level_authority_has_no_cause_and_is_told_what_could_go_unnoticed():
    told = _all(_review(_known(LEVEL, LEVEL, LEVEL)))
    assert "nothing beyond chance" in told
    assert "That doesn't show that nothing changed." in told
    assert "could well go unnoticed" in told


def test_the_shares_are_those_of_the_rise_as_it_was_published():
    review = _review(_known(LEVEL, LEVEL, ONE_ROSE))
    found = verdict.reached(review, NOW)
    rise = Rise(found.before[1], NOW.end, from_starts=30, from_ends=10)
    assert "more starting is 75% and fewer ending 25%" in verdict.in_words(review, found, NOW, rise)


def test_what_the_board_could_ask_follows_what_was_found_of_the_year_to_now():
    rose, level = (_review(_known(LEVEL, LEVEL, last)) for last in (ONE_ROSE, LEVEL))
    asked, usual = (
        " ".join(in_short.questions(one, exits.at_moments(one), verdict.reached(one, NOW))) for one in (rose, level)
    )
    assert "More plans started, and no one step explains it" in asked
    assert "More plans started" not in usual
    assert usual.endswith("was the support in between enough?")


def test_where_nothing_is_named_nothing_is_followed_further():
    review = _review(_known(LEVEL, LEVEL, LEVEL))
    assert verdict.behind(review, verdict.reached(review, NOW)) == "With no cause named, none is followed further."
    assert verdict.behind(review, None) == "With no cause named, none is followed further."


def test_small_counts_withhold_the_whole_verdict_from_board_and_public():
    known = _known({"North": 4, "West": 0}, {"North": 4, "West": 0}, {"North": 40, "West": 0})
    for audience in ("board", "public"):
        told = _all(_review(known, audience))
        assert "withheld, so that no count from 1 to 5 can be worked out" in told
        assert "40" not in told
    assert "40 after 4" in _all(_review(known))


def test_a_small_localitys_numbers_are_withheld_from_the_board_though_the_whole_is_told():
    known = _known({"North": 200, "West": 4}, {"North": 200, "West": 4}, {"North": 200, "West": 90})
    told = _all(_review(known, "board"))
    assert "294" not in told
    assert "West" not in told
    assert "90 after 4" in _all(_review(known))


def test_a_group_is_not_told_where_it_would_give_away_a_small_rest():
    review = _review(_known({"North": 40}, {"North": 40}, {"North": 90}), "board")
    found = verdict.reached(review, NOW)
    question = "Did repeat plans move otherwise than first plans?"

    def told(again):
        return (
            questions.table(review, dataclasses.replace(found, repeats=(again,)))
            .frame.set_index("question")
            .at[question, "found"]
        )

    (again,) = (one for one in found.repeats if one.name == "Repeat plan")
    assert told(again).startswith("Repeat plan: 23 after 10")
    # 36 of the 40 before: then 4 were first plans.
    assert told(dataclasses.replace(again, before=36)).startswith("Withheld")


def test_what_is_not_known_is_said():
    review = _review(_known(LEVEL))
    assert verdict.named(review, None) == "not known"
    assert "don't reach back two years" in verdict.in_words(review, None, NOW)
    assert questions.table(review, None).frame["sure"].tolist() == ["can't be asked"]


def test_ends_that_fell_back_are_told_as_a_return_and_not_as_new_demand():
    review = _review(_known(LEVEL, LEVEL, LEVEL))
    found = verdict.reached(review, NOW)
    past = dataclasses.replace(found.ends.change, ratio=1.56, p=0.0001)
    found = dataclasses.replace(
        found, ends=dataclasses.replace(found.ends, unusual=past, earlier=found.ends.change),
        causes=(causes.ENDS_FELL_BACK,), ends_from_open=60.0, ends_from_chance=40.0,
    )  # fmt: skip
    told = verdict.in_words(review, found, NOW)
    assert "because the year before was out of the ordinary: in it plans ended 56% more readily" in told
    assert (
        "So the number of endings fell back, about 60% of it because fewer plans, or younger ones, were left to end."
        in told
    )


@pytest.mark.parametrize(
    ("p", "alone", "said"),
    [
        (0.019, 0.001, "beyond chance"),
        (0.02, 0.049, "not sure"),
        (0.5, 0.05, "within chance"),
        (float("nan"), 0, "can't"),
    ],
)
def test_how_sure_follows_from_the_p_values(p, alone, said):
    assert questions.sure(p, alone).startswith(said)


def test_percentages_say_which_way_and_no_more_than_they_know():
    assert questions.percent(1.34, "more", "fewer") == "34% more"
    assert questions.percent(0.88, "more", "fewer") == "12% fewer"
    assert questions.percent(1.004, "more", "fewer") == "no more"
    assert questions.percent(float("nan"), "more", "fewer") == "incomparably more"
