"""Simulate a small authority, write its returns, take them in, and get the true event log back."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.pipeline.ingest import ingest_waiting
from analysis.records.history import History
from analysis.records.tables import TABLES
from analysis.reference.project import Workspace
from analysis.reference.quarters import Quarter, quarters
from analysis.simulation.deliveries import write_deliveries
from analysis.simulation.truth import expected, simulate

PERIOD = quarters(Quarter.parse("2016-17-Q2"), Quarter.parse("2018-19-Q2"))
# Their returns begin after 2018, so nothing simulated to then can carry them.
NOT_YET = {"cin_plans", "worker_episodes", "deprivations_of_liberty"}


@pytest.fixture(scope="module")
def truth():
    return simulate(quarters=PERIOD, scale=0.03, seed=7)


@pytest.fixture(scope="module")
def ingested(truth, tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("authority"))
    write_deliveries(truth, workspace.returns)
    found = ingest_waiting(workspace, truth.authority, jobs=1)
    return workspace, found


@pytest.fixture(scope="module")
def known(truth, ingested):
    workspace, _ = ingested
    return History.open(workspace.store, truth.authority).known_by(PERIOD[-1])


@pytest.fixture(scope="module")
def told(truth):
    return expected(truth)


@pytest.mark.parametrize("name", sorted(set(TABLES) - NOT_YET))
def test_reading_the_returns_gives_the_truth_back(name, told, known):
    wanted = TABLES[name].conform(told[name])
    assert len(wanted), f"a small authority should still have {name}"
    pd.testing.assert_frame_equal(known.table(name), wanted)


# What happened and when, straight from the event log: no other filter than "began in the period, recorded by its end".
HAPPENINGS = ("contacts", "referrals", "assessments", "section47_enquiries", "protection_plans", "care_episodes",
              "care_reviews", "missing_episodes", "early_help_assessments", "complaints", "care_proceedings")  # fmt: skip


@pytest.mark.parametrize("name", HAPPENINGS)
def test_everything_that_happened_in_the_period_is_known_and_nothing_else(name, truth, known):
    table = TABLES[name]
    first, last = pd.Timestamp(PERIOD[0].start), pd.Timestamp(PERIOD[-1].end)
    happened = truth.tables[name]
    happened = happened[
        (happened[table.start] >= first) & (truth.recorded[name] <= last) & (happened[table.start] <= last)
    ]
    told = known.table(name)
    told = told[told[table.start] >= first]
    key = list(table.key)
    wanted = happened[key].sort_values(key).reset_index(drop=True)
    pd.testing.assert_frame_equal(told[key].sort_values(key).reset_index(drop=True), wanted)


def test_perfect_returns_have_nothing_set_aside(ingested):
    _, found = ingested
    for one in found:
        aside = [c for c in one.account.counts if c.set_aside]
        assert not aside, f"{one.quarter}: {aside[:3]}"


def test_every_row_read_is_accounted_for(ingested):
    _, found = ingested
    assert all(c.read == c.kept + c.set_aside for one in found for c in one.account.counts)


def test_ingesting_again_changes_nothing(truth, ingested):
    workspace, found = ingested
    before = {p: p.read_bytes() for p in workspace.store.rglob("*") if p.is_file()}
    again = ingest_waiting(workspace, truth.authority, jobs=1)
    assert [(o.quarter, o.snapshot.id, o.new) for o in again] == [(o.quarter, o.snapshot.id, False) for o in found]
    assert {p: p.read_bytes() for p in workspace.store.rglob("*") if p.is_file()} == before


def test_any_number_of_workers_gives_the_same_store(truth, ingested, tmp_path):
    workspace, _ = ingested
    other = Workspace(tmp_path)
    few = [str(quarter) for quarter in PERIOD[:2]]
    for name in few:
        target = other.returns / truth.authority / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(workspace.returns / truth.authority / name, target_is_directory=True)
    ingest_waiting(other, truth.authority, jobs=2)

    def contents(store):
        place = store / truth.authority
        return {p.relative_to(place): p.read_bytes() for name in few for p in (place / name).rglob("*") if p.is_file()}

    assert contents(other.store) == contents(workspace.store)
