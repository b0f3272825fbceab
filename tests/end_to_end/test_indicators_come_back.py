"""Indicators computed from ingested returns are those computed straight from the true event log."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from analysis.indicators.engine import UNAVAILABLE
from analysis.indicators.registry import indicators, series
from analysis.pipeline.ingest import ingest_waiting
from analysis.records.history import History, Known
from analysis.reference.project import Workspace
from analysis.reference.quarters import Quarter
from analysis.simulation.deliveries import write_deliveries
from analysis.simulation.truth import simulate, system_on

FIRST = Quarter.parse("2015-16-Q1")
BY = ("sex", "age", "category", "team", "placement")
# A year of returns first: until then a census reaches further back than Annex A, which alone names teams and says how
# an assessment ended.
AT_LEAST, AT_MOST = 5, 6


def compared(first: Quarter, length: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every indicator at the last quarter of a random small authority: from its returns as taken in, and from its log."""
    told = [first.shift(n) for n in range(length)]
    truth = simulate(quarters=told, scale=0.02, seed=seed)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        write_deliveries(truth, workspace.returns)
        ingest_waiting(workspace, truth.authority, jobs=1)
        known = History.open(workspace.store, truth.authority).known_by(told[-1])
        ingested = series(known, None, told[-1:], by=BY, authority=truth.authority)
        # Who a child is, only the statutory returns say: a child known to early help alone has no age or sex in them.
        tables = {**system_on(truth, told[-1].end), "children": known.table("children")}
        log = Known.from_tables(tables, kinds=known.kinds, quarter=told[-1])
    return ingested, series(log, None, told[-1:], by=BY, authority=truth.authority)


# An example takes seconds, and a smaller one says no more: no shrinking.
@settings(max_examples=1, phases=[Phase.explicit, Phase.generate])
@given(first=st.integers(0, 14 - AT_MOST).map(FIRST.shift), length=st.integers(AT_LEAST, AT_MOST),
       seed=st.integers(0, 10_000))  # fmt: skip
@example(first=FIRST.shift(6), length=5, seed=0)  # a review whose forerunner lies before the returns
def test_returns_give_the_indicators_of_the_true_event_log(first, length, seed):
    ingested, true = compared(first, length, seed)
    key = ["indicator", "quarter", "breakdown", "category"]
    said = ingested[ingested["symbol"] != UNAVAILABLE].set_index(key).sort_index()
    wanted = true.set_index(key).sort_index().reindex(said.index)
    figures = ["numerator", "denominator", "value", "lower", "upper"]
    pd.testing.assert_frame_equal(said[figures], wanted[figures])
    # The comparison would say nothing if nothing could be said.
    latest = said.xs(str(ingested["quarter"].iloc[-1]), level="quarter")
    assert latest.index.get_level_values("indicator").nunique() > len(indicators()) * 0.6
