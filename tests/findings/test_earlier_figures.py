"""The last edition's figures as a table: what each audience sees of it, and which edition it is."""

import pandas as pd
import pytest

from analysis.findings import bundle, earlier_figures
from analysis.findings.review import Review
from analysis.indicators import published
from analysis.records.history import Known
from analysis.reference import project
from analysis.reference.quarters import Quarter

NOW = Quarter.parse("2018-19-Q2")
ROWS = (
    "F1,protection,plans beginning,cpp_start_count,,,2018-19-Q2,,,value,,8,,,0,exact,,,",
    "F2,protection,repeat plans,cpp_repeat_percent,,,2018-19-Q2,,,value,,37,,,0,just_over,,,",
    "F3,protection,plans in August,cpp_start_count,,,2018-19-Q2,2018-08-01,2018-08-31,value,,9,,,0,exact,,,",
    "F4,protection,plans open,cpp_count,,,2018-19-Q2,,,trend,2018-19-Q1,,,,0,falling,,,",
    "F5,looked_after,looked after,lac_count,,,2018-19-Q2,,,value,,370,,,0,exact,,,",
    "F6,protection,plans for,cpp_start_count,category,Neglect,2018-19-Q2,,,value,,6,,,0,exact,,,",
)


@pytest.fixture
def editions(tmp_path):
    """A folder with an edition whose newest figure is of 2018-19-Q2."""
    header = (published.FOLDER / "929-self-assessment-2018.csv").read_text(encoding="utf-8").splitlines()[0]
    (tmp_path / "929-trial.csv").write_text("\n".join((header, *ROWS)) + "\n", encoding="utf-8")
    return tmp_path


def recorded(folder, audience: str, quarter: Quarter = NOW):
    """Eight plans began in August 2018, three of them repeat plans, two for emotional abuse."""
    plans = pd.DataFrame({
        "child_id": [f"SIM{n:06d}" for n in range(8)], "start_date": pd.Timestamp("2018-08-06"), "end_date": pd.NaT,
        "previous_plans": [1, 1, 1, 0, 0, 0, 0, 0], "initial_category": [*["NEG"] * 6, *["EMO"] * 2],
    })  # fmt: skip
    known = Known.from_tables({"protection_plans": plans}, kinds=["cin_census"], quarter=quarter)
    shown: list[dict] = []
    review = Review("data-quality", project.authority("929"), quarter, audience, known, show=shown.append)
    earlier_figures.record(review, "tbl-data-quality-earlier", caption="Then and now", folder=folder)
    items = [item for data in shown for item in data[bundle.FINDINGS]["items"]]
    return {row[0]: row[1:] for item in items for row in item.get("rows", [])}, items[-1]["text"]


def test_each_figure_as_printed_and_as_the_records_give_it(editions):
    rows, said = recorded(editions, "internal")
    assert rows == {
        "Plans beginning": ["year to Sep 2018", "8", "8", "Yes"],
        "Repeat plans": ["year to Sep 2018", "just over 37%", "38%", "Yes"],
        "Plans in August": ["Aug 2018", "9", "8", "No"],
        "Plans open": ["Sep 2018, beside Jun 2018", "falling", "rising", "No"],
        "Looked after": ["Sep 2018", "370", "", "the records needed were not delivered"],
        "Plans for: Neglect": ["year to Sep 2018", "6", "6", "Yes"],
    }
    assert said == "The self-assessment printed in 2018 has 5 figures that these records can check, and 3 agree."


def test_what_rests_on_few_children_is_withheld_with_whether_it_agrees(editions):
    rows, said = recorded(editions, "public")
    assert rows["Repeat plans"] == ["year to Sep 2018", "just over 37%", "c", "Withheld (c)"]
    assert rows["Plans beginning"][2] == "8"
    assert said.startswith("The self-assessment printed in 2018 has 3 figures")
    assert said.endswith("1 agrees; 2 more are withheld, to protect small numbers.")


def test_a_category_that_would_give_a_small_one_back_is_withheld_with_it(editions):
    """Six of eight were for neglect, so that two weren't."""
    shown, _ = recorded(editions, "internal")
    assert shown["Plans for: Neglect"][2:] == ["6", "Yes"]
    rows, _ = recorded(editions, "public")
    assert rows["Plans for: Neglect"][2:] == ["c", "Withheld (c)"]


def test_a_change_says_which_way_it_went():
    (held,) = (one for one in published.figures("929", "self-assessment-2018") if one.figure == "P53")
    assert earlier_figures._number(held, -90.2) == "90% fewer"
    assert earlier_figures._number(held, 25.0) == "25% more"


def test_an_edition_that_was_still_to_come_is_not_looked_back_on(editions):
    rows, said = recorded(editions, "internal", NOW.shift(-1))
    assert not rows
    assert said == "No figures of an earlier edition are held."
