"""Past moments as their own quarters' deliveries knew them."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.findings import measures
from analysis.findings.review import Review
from analysis.records.delivery import Coverage, Reading, Return
from analysis.records.history import History
from analysis.records.store import Store
from analysis.records.tables import TABLES
from analysis.reference import project
from analysis.reference.quarters import Quarter

YEAR_END, NOW = Quarter.parse("2017-18-Q4"), Quarter.parse("2018-19-Q2")


def plans(ends: list[str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"child_id": [f"SIM{at:06d}" for at in range(len(ends))], "start_date": "2018-01-10", "end_date": ends}
    )
    return frame.assign(start_date=pd.to_datetime(frame["start_date"]), end_date=pd.to_datetime(frame["end_date"]))  # fmt: skip


def deliver(store: Store, quarter: Quarter, ends: list[str | None]) -> None:
    window = Coverage("protection_plans", YEAR_END.year_start, quarter.end, "touching")
    tables = {"protection_plans": TABLES["protection_plans"].conform(plans(ends), partial=True)}
    one = Return("cin_census", "CIN census", YEAR_END.year_start, quarter.end, tables, (window,))
    store.add(Reading((one,)), quarter, sources=str(quarter), readers="test")


@pytest.fixture
def review(workspace) -> Review:
    """Eight plans; on 31 March nobody knew yet that one of them had ended on the 20th."""
    store = Store(workspace.store, "929")
    deliver(store, YEAR_END, [None] * 8)
    deliver(store, NOW, ["2018-03-20", *[None] * 7])
    history = History.open(workspace.store, "929")
    return Review("tiny", project.authority("929"), NOW, "internal", history.known_by(NOW), history=history, show=print)


@pytest.mark.parametrize(("then", "at_year_end"), [((), 7), (["cpp_count"], 8)])
def test_a_year_end_is_as_known_now_or_as_it_was_published(review, then, at_year_end):
    table = measures.table_at_moments(review, ["cpp_count"], then).set_index("moment")["value"]
    assert table["last_year_end"] == at_year_end
    assert table["now"] == 7
    series = measures.over_time(review, {"cpp_count": ""}, as_then=bool(then)).frame.set_index("quarter")["value"]
    assert series["2017-18-Q4"] == at_year_end


def test_only_the_indicators_named_are_as_known_then(review):
    table = measures.table_at_moments(review, ["cpp_start_count", "cpp_count", "cpp_rate"], ["cpp_count"])
    at_year_end = table[table["moment"] == "last_year_end"].set_index("indicator")["numerator"]
    assert at_year_end["cpp_count"] == 8
    assert at_year_end["cpp_rate"] == 7


def test_before_the_first_delivery_and_after_this_quarter_it_is_as_known_now(review):
    assert review.known_at(Quarter.parse("2016-17-Q4")) is review.known
    assert review.known_at(NOW) is review.known
    assert review.known_at(YEAR_END) is review.known_at(YEAR_END) is not review.known
