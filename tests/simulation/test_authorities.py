"""Any English authority: its published statistics come back from the events that are made from them."""

from __future__ import annotations

import pytest

from analysis.indicators.registry import series
from analysis.records.history import Known
from analysis.reference import benchmarks
from analysis.reference.project import UserError, authority
from analysis.reference.quarters import Quarter
from analysis.simulation.authorities import of_authority
from analysis.simulation.parameters import load
from analysis.simulation.truth import simulate

LAST = Quarter(2018, 2)
# Two authorities of other sizes: a city in the region and a small unitary.
SIZES = (("391", 0.25), ("857", 1.0))
FLOWS = ("referral_count", "assessment_count", "section47_count", "icpc_count", "cpp_start_count", "lac_start_count")


@pytest.mark.parametrize(("code", "scale"), SIZES)
def test_published_counts_come_back(code, scale):
    truth = simulate(code, scale=scale)
    known = Known.from_tables(dict(truth.tables), quarter=LAST)
    for name in FLOWS:
        value = series(known, [name], [Quarter(2017, 4)], authority=code)["value"][0] / scale
        printed = benchmarks.figure(name, code, 2018).value
        # Half an event a quarter is as near as whole events at that scale come.
        assert value == pytest.approx(printed, abs=2 / scale + 0.02 * printed), name


def test_the_calibrated_authority_keeps_its_own_parameters():
    parameters = load(LAST, 1.0)
    assert of_authority(parameters, "929") is parameters


def test_stocks_and_flows_balance_as_published():
    years = of_authority(load(LAST, 1.0), "391").years
    care = years[2016]["care"]
    stock = {year: benchmarks.figure("lac_count", "391", year).value for year in (2016, 2017)}
    flow = sum(care["starts"] if isinstance(care["starts"], list) else [care["starts"]]) + care["started_again"]
    flow -= sum(care["ends"] if isinstance(care["ends"], list) else [care["ends"]]) + care["ended_again"]
    assert stock[2017] - stock[2016] == flow
    plans = years[2016]["plans"]
    assert sum(plans["categories"].values()) == (
        sum(plans["starts"]) if isinstance(plans["starts"], list) else plans["starts"]
    )
    assert sum(plans["lengths_open"].values()) == benchmarks.figure("cpp_count", "391", 2017).value


def test_an_authority_made_since_has_parameters_too():
    assert of_authority(load(LAST, 1.0), "838").common["authority"]["births_a_year"] > 0


def test_a_code_that_is_no_authority_is_refused():
    with pytest.raises(UserError, match="no area"):
        of_authority(load(LAST, 1.0), "000")
    with pytest.raises(UserError, match="is no authority"):
        of_authority(load(LAST, 1.0), "E12000001")


def test_an_authority_without_settings_has_what_holds_for_others():
    found = authority("391")
    assert (found.name, found.region, found.ons) == ("Newcastle upon Tyne", "North East", "E08000021")
    assert set(found.teams.values()) == {"", *found.localities}
    with pytest.raises(UserError, match=r"settings\.toml has no authority '000'"):
        authority("000")


def test_a_handful_of_children_and_a_single_quarter_are_enough():
    truth = simulate("420", quarters=[Quarter(2016, 1)], scale=0.5, seed=4)
    assert 0 < len(truth.tables["children"]) < 200
    assert truth.tables["care_proceedings"].empty
