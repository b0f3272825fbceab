"""Care proceedings: stages timed by hand, parts that add up to the whole, cases followed from their start, letters and outcomes."""

from __future__ import annotations

import pandas as pd
import pytest
from growth_worlds import AUTHORITY
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.findings.review import Review
from analysis.records.history import Known
from analysis.reference.quarters import Quarter
from analysis.reviews.proceedings import applications, going_on, stages

NOW = Quarter(2018, 2)  # July to September 2018


def review(tables: dict[str, pd.DataFrame], audience: str = "internal") -> Review:
    known = Known.from_tables(tables, kinds=("local",), quarter=NOW)
    return Review("care-proceedings", AUTHORITY, NOW, audience, known, show=lambda _: None)


def cases(*rows: tuple) -> pd.DataFrame:
    """case, child, letter, application, order, outcome."""
    names = ["case_id", "child_id", "pre_proceedings_date", "application_date", "conclusion_date", "outcome"]
    frame = pd.DataFrame(rows, columns=names)
    for name in names[2:5]:
        frame[name] = pd.to_datetime(frame[name])
    return frame.assign(application="care_order")


def interim(*rows: tuple) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["child_id", "start_date"])
    return frame.assign(start_date=pd.to_datetime(frame["start_date"]), legal_status="C1")


ONE = ("K1", "A", "2018-01-01", "2018-02-12", "2018-08-27", "care_order")  # 6 weeks, then 28
SISTER = ("K1", "B", "2018-01-01", "2018-02-12", "2018-08-20", "care_order")
TWO = ("K2", "C", None, "2018-03-05", "2018-06-25", "supervision_order")  # no letter, 16 weeks


def test_a_familys_stages_are_counted_once_and_run_to_the_last_order():
    here = review(
        {
            "care_proceedings": cases(ONE, SISTER, TWO),
            # The sister's order came first; one of before the application is of other proceedings.
            "care_episodes": interim(("A", "2018-03-12"), ("B", "2018-02-26"), ("C", "2017-01-01")),
        }
    )
    timed = stages.table(here).frame.set_index("stage")
    assert timed["cases"].tolist() == [0, 1, 1, 1, 2]
    assert timed["median"].tolist()[1:] == [6.0, 2.0, 26.0, 22.0]
    assert set(timed["chance"]) == {"Too few to say"}
    assert "the one from interim care order to final order took longest: half took more than 26.0 weeks" in (
        stages.in_words(here, stages.table(here))
    )


def test_the_plan_before_the_letter_is_the_one_that_was_open():
    plans = pd.DataFrame(
        {
            "child_id": ["A", "A", "C"],
            "start_date": pd.to_datetime(["2015-01-01", "2017-10-09", "2018-01-01"]),
            "end_date": pd.to_datetime(["2016-01-01", None, None]),
        }
    )
    here = review({"care_proceedings": cases(ONE, TWO), "protection_plans": plans})
    timed = stages.table(here).frame.set_index("stage")
    assert timed.loc["From protection plan to letter", ["cases", "median"]].tolist() == [1, 12.0]


def test_a_stage_is_called_longer_only_beyond_chance():
    def year(first: str, weeks: int) -> list[tuple]:
        starts = pd.date_range(first, periods=12, freq="D")
        return [
            (f"{first}{n}", f"{first}{n}", None, day, day + pd.Timedelta(weeks=weeks) + pd.Timedelta(days=n), "care_order")
            for n, day in enumerate(starts)
        ]  # fmt: skip

    slower = review({"care_proceedings": cases(*year("2016-12-01", 20), *year("2017-12-01", 30))})
    timed = stages.table(slower).frame.set_index("stage")
    assert timed.loc["From application to final order, all cases", "chance"] == "Longer, beyond chance"
    words = stages.in_words(slower, stages.table(slower))
    assert "From application to final order, all cases it took longer than a year before" in words
    same = review({"care_proceedings": cases(*year("2016-12-01", 20), *year("2017-12-01", 20))})
    assert "No stage took longer or shorter" in stages.in_words(same, stages.table(same))


weeks = st.integers(0, 60)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(weeks, weeks, weeks), min_size=1, max_size=6))
def test_the_stages_of_a_chain_add_up(lengths):
    """From letter to final order is the sum of its stages, whatever they are."""
    letter = pd.Timestamp("2017-12-01")
    rows, orders = [], []
    for number, (before, to_interim, to_final) in enumerate(lengths):
        applied = letter + pd.Timedelta(weeks=before)
        made = applied + pd.Timedelta(weeks=to_interim)
        rows.append((f"K{number}", f"C{number}", letter, applied, made + pd.Timedelta(weeks=to_final), "care_order"))
        orders.append((f"C{number}", made))
    here = review({"care_proceedings": cases(*rows), "care_episodes": interim(*orders)})
    whole = stages.whole_chain(here.evidence.once(stages.dated))
    assert sorted(whole.sum(axis=1)) == pytest.approx(sorted(float(sum(one)) for one in lengths))


def test_cases_of_a_year_are_followed_from_their_start():
    rows = [(f"K{n}", f"C{n}", None, "2016-05-02", day, "care_order")
            for n, day in enumerate(["2016-10-31", "2016-11-01", "2017-01-30", None])]  # fmt: skip
    table = going_on.table(review({"care_proceedings": cases(*rows)})).frame.set_index("year")
    # 26 weeks to the day count; the second is a day over, and one goes on still.
    assert table.loc["2016-17", ["cases", "by_26", "by_39", "by_52"]].tolist() == [4, 25.0, 75.0, 75.0]


def test_a_year_that_cannot_all_have_ended_yet_has_no_share():
    rows = [("K1", "C1", None, "2018-04-09", "2018-06-01", "care_order"), ("K2", "C2", None, "2018-09-03", None, None)]
    here = review({"care_proceedings": cases(*rows)})
    assert going_on.table(here).frame["by_26"].isna().all()
    assert going_on.in_words(here, going_on.table(here)) == "No year's applications can be followed for 26 weeks yet."


def test_cases_going_on_fall_into_one_band_each():
    days = [0, 90, 91, 182, 183, 273, 274]
    rows = [(f"K{n}", f"C{n}", None, pd.Timestamp(NOW.end) - pd.Timedelta(days=day), None, None)
            for n, day in enumerate(days)]  # fmt: skip
    ages = going_on.ages(review({"care_proceedings": cases(*rows)}))
    assert ages.frame["now"].tolist() == [2, 2, 2, 1]


def test_letters_are_counted_by_the_weeks_after_them():
    rows = [(f"K{n}", f"C{n}", letter, "2018-06-04", None, None)
            for n, letter in enumerate(["2018-05-28", "2018-04-23", "2018-03-12", "2018-01-29", None])]  # fmt: skip
    here = review({"care_proceedings": cases(*rows)})
    assert applications.letters(here).frame["now"].tolist() == [1, 1, 1, 1, 1]
    values = applications.letter_values(here)
    assert values["after_a_letter_percent.now"]["text"] == "80%"
    assert values["median_weeks_before.now"]["value"] == pytest.approx((6 + 12) / 2)


def test_letters_that_led_to_no_application_are_told_where_the_return_holds_them():
    here = review({"care_proceedings": cases(ONE, ("K8", "X", "2018-06-01", None, None, None))})
    assert applications.waiting_in_words(here).startswith("On 30 September 2018 1 family had had a letter")
    without = review({"care_proceedings": cases(ONE)})
    assert "only families who came to court" in applications.waiting_in_words(without)


def test_outcomes_add_up_and_small_ones_are_withheld_from_the_public():
    rows = [(f"K{n}", f"C{n}", None, "2018-02-05", "2018-07-02", "care_order" if n < 12 else "supervision_order")
            for n in range(14)]  # fmt: skip
    ours = applications.outcomes(review({"care_proceedings": cases(*rows)})).frame.set_index("outcome")
    assert ours["cases"].to_dict() == {"Care order": 12, "Supervision order": 2}
    assert ours.loc["Care order", "percent"] == pytest.approx(100 * 12 / 14)
    public = applications.outcomes(review({"care_proceedings": cases(*rows)}, "public"))
    assert public.frame["cases"].isna().all()


def test_no_cases_at_all_are_told_in_words():
    here = review({"care_proceedings": cases(ONE).iloc[:0]})
    said = [stages.in_words(here, stages.table(here)), stages.beyond_in_words(here, stages.beyond(here)),
            applications.letters_in_words(here, applications.letters(here)), applications.outcomes_in_words(here, applications.outcomes(here)),
            going_on.in_words(here, going_on.table(here)), going_on.ages_in_words(here, going_on.ages(here))]  # fmt: skip
    assert all(one.endswith(".") and "nan" not in one for one in said)
