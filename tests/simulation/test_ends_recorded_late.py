"""A few plans of a year's last days are known to have ended only when the next quarter's returns arrive."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.pipeline.ingest import ingest_waiting
from analysis.records.history import History
from analysis.reference.project import Workspace
from analysis.reference.quarters import Quarter, quarters
from analysis.simulation.deliveries import write_deliveries
from analysis.simulation.truth import simulate, system_on

PERIOD = quarters(Quarter(2015, 4), Quarter(2016, 2))
MARCH, JUNE, SEPTEMBER = PERIOD


@pytest.fixture(scope="module")
def truth():
    return simulate(quarters=PERIOD, scale=0.1, seed=3)


@pytest.fixture(scope="module")
def late(truth):
    return truth.corrections[truth.corrections["column"] == "end_date"]


@pytest.fixture(scope="module")
def history(truth, tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("authority"))
    write_deliveries(truth, workspace.returns)
    ingest_waiting(workspace, truth.authority, jobs=1)
    return History.open(workspace.store, truth.authority)


def end_of(plans: pd.DataFrame, key: str) -> pd.Timestamp:
    child, start = key.split("|")
    return plans.loc[(plans["child_id"] == child) & (plans["start_date"] == start), "end_date"].iloc[0]


def test_the_plan_has_ended_and_the_system_does_not_know(truth, late):
    assert len(late) == 1
    key = late["key"].iloc[0]
    assert pd.Timestamp("2016-03-01") <= end_of(truth.tables["protection_plans"], key) <= pd.Timestamp("2016-03-31")
    assert pd.isna(end_of(system_on(truth, MARCH.end)["protection_plans"], key))
    assert pd.notna(end_of(system_on(truth, JUNE.end)["protection_plans"], key))


@pytest.mark.parametrize(("quarter", "open_still"), [(MARCH, True), (JUNE, False), (SEPTEMBER, False)])
def test_the_end_arrives_with_the_next_delivery_and_stays(truth, late, history, quarter, open_still):
    key = late["key"].iloc[0]
    end = end_of(history.known_by(quarter).table("protection_plans"), key)
    assert pd.isna(end) if open_still else end == end_of(truth.tables["protection_plans"], key)


def test_what_was_known_in_march_adds_up_with_what_is_known_later(history):
    def stock(known_by):
        plans = history.known_by(known_by).table("protection_plans")
        day = pd.Timestamp(MARCH.end)
        return int(((plans["start_date"] <= day) & ~(plans["end_date"] <= day).fillna(False)).sum())

    assert stock(MARCH) - stock(JUNE) == 1
