"""Deliveries are all or nothing, byte for byte repeatable, and never overwrite what wasn't simulated."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.records.tables import TABLES
from analysis.reference.calendar import Quarter, quarters
from analysis.reference.project import UserError
from analysis.simulation import deliveries
from analysis.simulation.truth import Truth

QUARTERS = tuple(quarters(Quarter(2017, 4), Quarter(2018, 2)))


@pytest.fixture(scope="module")
def truth():
    contacts = pd.DataFrame({"child_id": ["SIM000001"], "date": [pd.Timestamp(2018, 5, 1)], "source": ["6"]}, index=[7])
    tables = {
        "children": TABLES["children"].conform(pd.DataFrame({"child_id": ["SIM000001"], "sex": ["F"]})),
        "contacts": TABLES["contacts"].conform(contacts),
    }
    recorded = {name: pd.Series(pd.Timestamp(2018, 5, 2), index=frame.index) for name, frame in tables.items()}
    return Truth("929", QUARTERS, tables, recorded, seed=5)


@pytest.fixture(scope="module", autouse=True)
def system():
    """The authority's system holds the whole truth at once: the event model has tests of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deliveries, "system_on", lambda truth, day: truth.tables)
        yield


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def undisturbed(truth, told, tmp_path_factory):
    return deliveries.write_deliveries(truth, tmp_path_factory.mktemp("undisturbed"), progress=told.append)


@pytest.fixture
def place(undisturbed, tmp_path):
    """Simulated returns that lie there already."""
    return Path(shutil.copytree(undisturbed, tmp_path / "929"))


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_folder_a_quarter_and_the_truth_beside_them(undisturbed, told):
    assert undisturbed.name == "929"
    assert sorted(path.name for path in undisturbed.iterdir()) == [*map(str, QUARTERS), "truth"]
    assert told == ["2017-18-Q4", "2018-19-Q1", "2018-19-Q2"]
    files = contents(undisturbed)
    assert any(name.endswith("oc2.csv") for name in files if name.startswith("2017-18-Q4"))
    assert [name for name in files if "workforce" in name] == ["2018-19-Q2/workforce-census.xml"]
    assert [path.name for path in undisturbed.parent.iterdir()] == ["929"]


def test_two_runs_give_the_same_bytes(tmp_path, truth, undisturbed):
    assert contents(deliveries.write_deliveries(truth, tmp_path)) == contents(undisturbed)


def test_the_truth_is_kept_and_says_how_to_make_it_again(truth, undisturbed):
    said = json.loads((undisturbed / "truth" / "simulation.json").read_text())
    assert said == {
        "authority": "929", "children": 1, "quarters": ["2017-18-Q4", "2018-19-Q1", "2018-19-Q2"], "seed": 5,
        "version": deliveries.VERSION,
    }  # fmt: skip
    kept = deliveries.read_truth(undisturbed)
    assert set(kept) == {"children", "contacts"}
    pd.testing.assert_frame_equal(kept["contacts"], truth.tables["contacts"])


def breaking(at, monkeypatch):
    """From now on, writing breaks off when it comes to one quarter."""
    written = deliveries.write_quarter

    def breaks(returns, quarter, *rest):
        if quarter == at:
            raise KeyboardInterrupt
        written(returns, quarter, *rest)

    monkeypatch.setattr(deliveries, "write_quarter", breaks)


def test_a_run_that_breaks_off_leaves_nothing_that_looks_finished(tmp_path, truth, undisturbed, monkeypatch):
    with monkeypatch.context() as patch:
        breaking(QUARTERS[1], patch)
        with pytest.raises(KeyboardInterrupt):
            deliveries.write_deliveries(truth, tmp_path)
    assert not (tmp_path / "929").exists()
    assert contents(deliveries.write_deliveries(truth, tmp_path)) == contents(undisturbed)
    assert [path.name for path in tmp_path.iterdir()] == ["929"]


def test_a_replacement_that_breaks_off_leaves_the_old_returns(tmp_path, truth, place, monkeypatch):
    before = contents(place)
    breaking(QUARTERS[0], monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        deliveries.write_deliveries(truth, tmp_path, replace=True)
    assert contents(place) == before


def test_a_run_killed_between_the_two_renames_is_made_good(tmp_path, truth, place, monkeypatch):
    before = contents(place)
    place.rename(tmp_path / ".929.old")
    breaking(QUARTERS[0], monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        deliveries.write_deliveries(truth, tmp_path, replace=True)
    assert contents(place) == before


def test_returns_that_were_not_simulated_are_never_overwritten(tmp_path, truth):
    theirs = tmp_path / "929" / "2018-19-Q2" / "ours.csv"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("kept")
    with pytest.raises(UserError, match="weren't simulated"):
        deliveries.write_deliveries(truth, tmp_path, replace=True)
    assert theirs.read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["929"]


def test_simulated_returns_are_replaced_only_when_asked(tmp_path, truth, place, undisturbed):
    (place / "stale.txt").write_text("old")
    with pytest.raises(UserError, match="already holds simulated returns"):
        deliveries.write_deliveries(truth, tmp_path)
    deliveries.write_deliveries(truth, tmp_path, replace=True)
    assert contents(place) == contents(undisturbed)
    assert [path.name for path in tmp_path.iterdir()] == ["929"]
