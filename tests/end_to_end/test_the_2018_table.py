"""The figures of the December 2018 self-assessment, computed from the invented authority's events, agree with it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from analysis.indicators.published import figures, table
from analysis.indicators.registry import indicators
from analysis.records.history import Known
from analysis.simulation.truth import LAST, simulate, system_on

EDITION = "self-assessment-2018"
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "domain" / "published-figures-2018.csv"
KINDS = ("annex_a", "ssda903", "cin_census", "workforce_census", "local")


@pytest.mark.parametrize("seed", [20181231, 3])
def test_every_figure_agrees_whoever_the_events_happened_to(seed):
    known = Known.from_tables(dict(system_on(simulate(seed=seed), LAST.end)), kinds=KINDS, quarter=LAST)
    found = table(known, "929", EDITION)
    differing = found[~found["agrees"].fillna(False)]
    assert differing.empty, differing[["figure", "indicator", "published", "computed"]].to_string()


def test_every_figure_names_an_indicator_that_there_is():
    assert {one.indicator for one in figures("929", EDITION)} <= set(indicators())


def test_every_figure_that_was_printed_is_there_as_it_was_printed():
    if not SHARED.exists():
        pytest.skip("the table of the 2018 document's figures isn't here")
    with open(SHARED, encoding="utf-8", newline="") as lines:
        printed = {row["id"]: row for row in csv.DictReader(lines)}
    ours = figures("929", EDITION)
    assert {one.figure for one in ours} == set(printed)
    for figure, row in printed.items():
        rows = [one for one in ours if one.figure == figure]
        # A figure with a share beside it, or of two measures, takes two rows; one of them is the figure itself.
        value = float(row["value"]) if row["value"] else None
        assert value in [one.published for one in rows], figure
        assert row["precision"].replace(" ", "_") in [one.agreement for one in rows], figure
        if row["comparator"] == "England":
            assert float(row["comparator_value"] or "nan") in [one.comparator_value for one in rows] or not row["comparator_value"]  # fmt: skip
