"""What a notebook can record, and what it is told when the report couldn't use it."""

from __future__ import annotations

import datetime as dt
import json
import re

import pandas as pd
import pytest

from analysis.charts import bars
from analysis.disclosure import release
from analysis.findings import (
    FindingError,
    Review,
    bundle,
    durations,
    largest,
    moments,
    open_review,
    variation,
)
from analysis.findings.values import make_value
from analysis.records.history import Known
from analysis.reference import project
from analysis.reference.project import UserError
from analysis.reference.quarters import Quarter

NOW = Quarter.parse("2018-19-Q2")


def days(*texts: str) -> pd.Series:
    return pd.to_datetime(pd.Series(texts))


@pytest.fixture
def shown() -> list[dict]:
    return []


@pytest.fixture
def review(shown):
    def make(audience="internal", **tables) -> Review:
        known = Known.from_tables(tables, kinds=["annex_a"], quarter=NOW)
        return Review("tiny", project.authority("929"), NOW, audience, known, show=shown.append)

    return make


def items(shown) -> list[dict]:
    return [item for data in shown for item in data.get(bundle.FINDINGS, {"items": []})["items"]]


def spread(audience, numbers):
    frame = pd.DataFrame({"source": list("abcdef")[: len(numbers)], "n": numbers})
    return release(frame, audience, counts=["n"])


# --- values ------------------------------------------------------------------------------------------------


def test_a_value_carries_its_parts_and_gives_back_its_text(review, shown):
    text = review("public").value(
        "icpc.in_time",
        83.0,
        unit="percent",
        numerator=503,
        denominator=606,
        title="Conferences in time",
        period="2017-18",
    )
    assert text == "83%"
    (item,) = items(shown)
    assert {k: item[k] for k in ("name", "text", "value", "unit", "numerator", "denominator", "period")} == {
        "name": "icpc.in_time", "text": "83%", "value": 83, "unit": "percent", "numerator": 503, "denominator": 606, "period": "2017-18",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "text", "numerator", "denominator"),
    [
        ({"value": 50.0, "unit": "percent", "numerator": 4, "denominator": 8}, "c", None, 8),
        ({"value": 100.0, "unit": "percent", "numerator": 5, "denominator": 5}, "c", None, None),
        ({"value": 0.0, "unit": "percent", "numerator": 0, "denominator": 8}, "0%", 0, 8),
        ({"value": 3}, "c", None, None),
        ({"value": 90.0, "unit": "days", "rests_on": [3]}, "c", None, None),
        ({"value": 90.0, "unit": "days", "rests_on": [30]}, "90 days", None, None),
        ({"value": None, "unit": "percent"}, "not available", None, None),
    ],
)
def test_what_rests_on_a_small_count_is_withheld_with_all_that_gives_it_away(more, text, numerator, denominator):
    item = make_value("public", **more)
    assert (item["text"], item["numerator"], item["denominator"]) == (text, numerator, denominator)
    assert (item["value"] is None) == (text in ("c", "not available"))


def test_a_number_that_does_not_say_what_it_rests_on_is_refused(review):
    with pytest.raises(FindingError, match="say what Median length rests on"):
        review().value("median", 91.0, unit="days", title="Median length")


def test_looked_after_rates_are_whole_and_others_have_a_decimal():
    more = {"unit": "rate_per_10000", "numerator": 391, "denominator": 58657}
    assert make_value("public", 66.658, indicator="cpp_rate", **more)["text"] == "66.7"
    assert make_value("public", 66.658, indicator="lac_rate", **more)["text"] == "67"


# --- names and labels ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "Referrals", "a.", "a..b", "a-b", "1a", "a b", "{{x}}"])
def test_names_are_well_formed(review, name):
    with pytest.raises(FindingError, match="is no name for a finding"):
        review().value(name, 9)


def test_a_name_is_given_once(review):
    one = review()
    one.value("a", 9)
    with pytest.raises(FindingError, match="'a' is recorded twice"):
        one.statement("a", "Nothing.")


def test_a_value_cannot_also_be_a_group_of_values():
    with pytest.raises(FindingError, match=re.escape("'a' (cell 3) can't be a value while 'a.b' (cell 4) is one")):
        bundle.check_together({"a": "cell 3", "a.b": "cell 4"})


@pytest.mark.parametrize("label", ["sources", "fig-other-sources", "fig-tiny-", "fig-tiny-Sources", "tbl-tiny-sources"])
def test_a_figures_label_belongs_to_its_review(review, label):
    data = spread("internal", [9])
    with pytest.raises(FindingError, match="is no label for a figure of tiny; it begins 'fig-tiny-'"):
        review().figure(label, bars.by_category(data, "source", "n", "count"), caption="c", alt="a", data=data)


# --- figures and tables ----------------------------------------------------------------------------------------


def test_a_figure_carries_its_picture_its_words_and_its_data(review, shown):
    data = spread("board", [9, 3])
    review("board").figure(
        "fig-tiny-s", bars.by_category(data, "source", "n", "count"), caption="Sources", alt="Bars.", data=data
    )
    (bundled,) = shown
    assert bundled["image/svg+xml"].startswith("<svg")
    assert items(shown)[0]["data"] == {"columns": ["source", "n"], "rows": [["a", 9], ["b", "c"]]}


def test_data_that_was_not_released_for_this_audience_is_refused(review):
    figure = bars.by_category(spread("internal", [9]), "source", "n", "count")
    for data in (spread("internal", [9]), pd.DataFrame({"n": [3]})):
        with pytest.raises(FindingError, match=r"pass its data through review.release"):
            review("public").figure("fig-tiny-s", figure, caption="c", alt="a", data=data)
        with pytest.raises(FindingError, match=r"pass its data through review.release"):
            review("public").table("tbl-tiny-s", data, caption="c", columns={"n": "N"})


def test_figures_need_words(review):
    data = spread("internal", [9])
    with pytest.raises(FindingError, match="needs a caption and alternative text"):
        review().figure("fig-tiny-s", bars.by_category(data, "source", "n", "count"), caption="c", alt=" ", data=data)


def test_a_table_is_text_cells_with_headings(review, shown):
    one = review("public")
    frame = pd.DataFrame({
        "end": days("2018-03-31", None), "n": pd.array([1200, 4], dtype="Int64"), "rate": [66.65, 3.0], "what": ["a|b", None],
    })  # fmt: skip
    one.table("tbl-tiny-t", one.release(frame, counts=["n"], derived={"rate": ["n"]}), caption="Cap",
              columns={"end": "At", "n": "Number", "rate": ("Rate", "rate_per_10000"), "what": "What"})  # fmt: skip
    (item,) = items(shown)
    assert item["columns"] == ["At", "Number", "Rate", "What"]
    assert item["rows"] == [["31 March 2018", "1,200", "66.7", "a|b"], ["–", "c", "c", "–"]]
    assert item["align"] == ["left", "right", "right", "left"]
    assert "| a\\|b |" in shown[0]["text/markdown"]


def test_a_tables_columns_must_be_there_and_have_units(review):
    one = review()
    data = one.release(pd.DataFrame({"rate": [1.5]}), derived={"rate": []})
    with pytest.raises(FindingError, match=r"the table has no column n; it has rate"):
        one.table("tbl-tiny-t", data, caption="c", columns={"n": "N"})
    with pytest.raises(FindingError, match="say the unit of the column 'rate'"):
        one.table("tbl-tiny-t", data, caption="c", columns={"rate": "Rate"})
    with pytest.raises(FindingError, match="'miles' is not a unit"):
        one.table("tbl-tiny-t", data, caption="c", columns={"rate": ("Rate", "miles")})


def test_whatever_is_recorded_is_plain_json(review, shown):
    one = review()
    one.value("a", pd.NA, unit="percent")
    one.value("b", pd.Series([7], dtype="Int64").iloc[0])
    one.opened()
    json.dumps(shown, allow_nan=False)


# --- opening -------------------------------------------------------------------------------------------------


@pytest.fixture
def place(workspace, monkeypatch, tmp_path):
    monkeypatch.setenv("SELFASSESS_DATA", str(workspace.data))
    monkeypatch.setenv("SELFASSESS_NOTEBOOKS", str(tmp_path / "notebooks"))
    return tmp_path / "notebooks"


GOOD = {"authority": "929", "quarter": "2018-19-Q2", "audience": "public"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"authority": "000"}, "settings.toml has no authority '000'"),
        ({"quarter": "2018-09"}, "'2018-09' is not a financial quarter; write it like 2018-19-Q2"),
        ({"quarter": "2017-18-Q1"}, "nothing was delivered by 2017-18-Q1"),
        ({"quarter": "2019-20-Q1"}, "there is no delivery for 2019-20-Q1 (deliveries held: 2018-19-Q2 to 2018-19-Q2)"),
        ({"audience": "press"}, "'press' is not an audience of tiny; it is one of internal, board, public"),
    ],
)
def test_parameters_that_cannot_be_used_are_a_sentence(place, wrong, says):
    with pytest.raises(UserError, match=re.escape(says)):
        open_review("tiny", **{**GOOD, **wrong})


def test_by_hand_too_a_missing_return_is_named(place):
    import tiny_reviews

    about = {**tiny_reviews.ABOUT, "needs": [{"table": "care_episodes", "return": "SSDA903 (episodes)"}]}
    tiny_reviews.write_notebook(place, about=about)
    with pytest.raises(
        UserError, match=re.escape("tiny needs SSDA903 (episodes), which no delivery up to 2018-19-Q2 has brought")
    ):
        open_review("tiny", **GOOD)


def test_a_notebook_is_only_for_its_audiences(place):
    import tiny_reviews

    tiny_reviews.write_notebook(place, about={**tiny_reviews.ABOUT, "audiences": ["internal"]})
    with pytest.raises(UserError, match="'public' is not an audience of tiny; it is one of internal"):
        open_review("tiny", **GOOD)


# --- moments and measures ----------------------------------------------------------------------------------------


def test_the_moments_of_a_quarter():
    assert {name: str(quarter) for name, quarter in moments(NOW).items()} == {
        "now": "2018-19-Q2", "year_ago": "2017-18-Q2", "last_year_end": "2017-18-Q4", "year_end_before": "2016-17-Q4",
        "year_end_before_that": "2015-16-Q4",
    }  # fmt: skip
    assert str(moments(Quarter.parse("2017-18-Q4"))["last_year_end"]) == "2016-17-Q4"


def referrals(*dates: str, source: str = "6") -> pd.DataFrame:
    return pd.DataFrame(
        {"child_id": [f"SIM{n:06d}" for n in range(len(dates))], "date": days(*dates), "source": source}
    )


def test_indicators_at_each_moment_become_values_and_a_table(review, shown):
    dates = [*["2018-05-01"] * 3, *["2017-06-01"] * 8]
    one = review("public", referrals=referrals(*dates))
    one.moments({"referral_count": "referrals"}, "tbl-tiny-summary", caption="c")
    found = {item.get("name", item.get("label")): item for item in items(shown)}
    assert {name: item["text"] for name, item in found.items() if "." in name} == {
        "referrals.now": "c", "referrals.year_ago": "8", "referrals.last_year_end": "8", "referrals.year_end_before": "0",
        "referrals.year_end_before_that": "0",
    }  # fmt: skip
    assert found["referrals.year_ago"]["period"] == "the year to 30 September 2017"
    assert found["tbl-tiny-summary"]["columns"] == [
        "Measure",
        "Mar 2016",
        "Mar 2017",
        "Sep 2017",
        "Mar 2018",
        "Sep 2018",
    ]
    assert found["tbl-tiny-summary"]["rows"] == [["Referrals, 12 months", "0", "0", "8", "8", "c"]]
    assert "3" not in json.dumps([item["value"] for item in items(shown) if "value" in item])


def test_categories_keep_their_order_and_their_noughts(review):
    one = review(
        "public",
        referrals=pd.concat(
            [
                referrals(*["2018-05-01"] * 9),
                referrals(*["2018-05-03"] * 7, source="3A"),
                referrals("2018-05-02", source="1A"),
            ],
            ignore_index=True,
        ),
    )
    data = one.by_category("referral_count", "source")
    counts = dict(zip(data.frame["category"], data.frame["value"], strict=True))
    assert counts["Police"] == 9
    # All 17 are shown elsewhere, so that the one withheld takes another with it.
    assert pd.isna(counts["Individual"])
    assert pd.isna(counts["Health"])
    assert counts["Housing"] == 0
    assert {k: v["text"] for k, v in largest(one, data, "top", "Referrals").items()} == {
        "top.name": "Police",
        "top.percent": "53%",
    }


def test_figures_by_place_are_empty_where_nothing_can_be_said(review):
    out = review("board").by_place("locality", n="assessment_count")
    assert list(out.frame.columns) == ["category", "n", "n_numerator", "n_denominator"]
    assert out.frame.empty


def test_figures_by_place_are_not_for_everybody(review):
    with pytest.raises(FindingError, match="figures by locality are not for public"):
        review("public", referrals=referrals("2018-05-01")).by_place("locality", n="referral_count")


# --- is it a change? ---------------------------------------------------------------------------------------------


def monthly_referrals(counts: list[int]) -> pd.DataFrame:
    months = pd.period_range(end="2018-09", periods=len(counts), freq="M")
    return referrals(*[str(m.start_time.date()) for m, n in zip(months, counts, strict=True) for _ in range(n)])


def test_steady_months_are_usual_variation(review):
    one = review(referrals=monthly_referrals([20, 22, 19, 21, 20, 23, 18, 20, 21, 19, 22, 20, 21, 19, 20, 22]))
    judged = variation.judge(one, variation.monthly(one, "referrals", "date"), "referrals")
    assert judged.verdict.startswith(
        "Over the last six months referrals have stayed within usual variation; the average since June 2017 is 20.4 a month."
    )
    assert (judged.data.frame["special"] == "").all()


def test_a_shift_is_a_change_and_its_months_are_marked(review):
    one = review(
        referrals=monthly_referrals(
            [20, 22, 19, 21, 20, 23, 18, 20, 21, 19, 22, 20, 21, 19, 20, 22, 40, 41, 39, 42, 40, 41, 39]
        )
    )
    judged = variation.judge(one, variation.monthly(one, "referrals", "date"), "referrals")
    assert "referrals have been higher than usual" in judged.verdict
    assert (judged.data.frame["special"].tail(7) == "higher").all()


def test_few_or_small_months_carry_a_caution(review):
    one = review(referrals=monthly_referrals([1, 2, 0, 1, 2, 1]))
    verdict = variation.judge(one, variation.monthly(one, "referrals", "date"), "referrals").verdict
    assert "With fewer than 13 months the limits are a first trial." in verdict
    assert "The numbers are small, so the limits are exact ones for counts that come by chance." in verdict
    none = review(referrals=referrals())
    assert "too few months" in variation.judge(none, variation.monthly(none, "referrals", "date"), "referrals").verdict


def test_months_with_none_are_there(review):
    one = review(referrals=referrals("2018-05-03", "2018-08-09"))
    assert variation.monthly(one, "referrals", "date")["n"].tolist() == [1, 0, 0, 1, 0]


# --- how long ------------------------------------------------------------------------------------------------


def test_a_curve_starts_whole_and_its_thin_end_is_withheld(review):
    one = review("public")
    ends = pd.Series(pd.date_range("2017-02-01", periods=20, freq="20D"))
    curve = durations.curve(
        pd.Series([pd.Timestamp("2017-01-01")] * 20), ends, dt.date(2017, 1, 1), dt.date(2018, 12, 31)
    )
    assert durations.share_at(curve, 30)[0] == 100
    assert curve["share"].iloc[0] == pytest.approx(95)
    released = durations.release_curve(one, curve)
    assert released.frame["share"].isna().tolist() == [False] * 15 + [True] * 5
    assert durations.share_at(curve, 9999) == (None, None)


def test_nothing_seen_is_an_empty_curve():
    none = durations.curve(days(), days(), dt.date(2017, 1, 1), dt.date(2018, 1, 1))
    assert none.empty
    assert durations.together([none, none]).empty
