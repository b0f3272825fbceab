"""The returns of an authority with a known cause give its true event log back, as the calibrated one's do."""

from __future__ import annotations

import pandas as pd

from analysis.pipeline.ingest import ingest_waiting
from analysis.records.history import History
from analysis.records.tables import TABLES
from analysis.reference.project import Workspace
from analysis.reference.quarters import Quarter, quarters
from analysis.simulation.deliveries import write_deliveries
from analysis.simulation.scenarios import scenario
from analysis.simulation.truth import expected, simulate

PERIOD = quarters(Quarter(2017, 1), Quarter(2017, 2))


def test_a_scenarios_plans_and_what_led_to_them_come_back(tmp_path):
    truth = simulate(quarters=PERIOD, scale=0.04, seed=9, vary=True, scenario=scenario("one-locality"))
    workspace = Workspace(tmp_path)
    write_deliveries(truth, workspace.returns)
    ingest_waiting(workspace, truth.authority, jobs=1)
    known, told = History.open(workspace.store, truth.authority).known_by(PERIOD[-1]), expected(truth)
    for name in ("protection_plans", "section47_enquiries", "transfer_in_conferences", "referrals", "episodes_of_need"):
        wanted = TABLES[name].conform(told[name])
        assert len(wanted)
        pd.testing.assert_frame_equal(known.table(name), wanted)
