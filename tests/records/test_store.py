"""Snapshots are immutable, content-addressed, whole or absent; history reads them back."""

from __future__ import annotations

import csv
import datetime as dt
import shutil

import pandas as pd
import pytest

from analysis.records.delivery import NOTED, Coverage, Problem, Reading, Return, RowCount, SourceFile
from analysis.records.history import History, Known
from analysis.records.revisions import disagreements, revisions
from analysis.records.store import Store, is_simulated, write_problems
from analysis.records.tables import TABLES
from analysis.reference.project import UserError
from analysis.reference.quarters import Quarter

Q4, Q1, Q2 = (Quarter.parse(text) for text in ("2017-18-Q4", "2018-19-Q1", "2018-19-Q2"))


def plans(rows: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["child_id", "start_date", "end_date", "latest_category"])
    frame[["start_date", "end_date"]] = frame[["start_date", "end_date"]].apply(pd.to_datetime)
    return TABLES["protection_plans"].conform(frame, partial=True)


def reading(
    rows: list[tuple], quarter: Quarter, kind: str = "cin_census", problems: tuple[Problem, ...] = ()
) -> Reading:
    window = Coverage("protection_plans", quarter.year_start, quarter.end, "touching")
    count = RowCount("census.xml", "", "plans", len(rows), len(rows), 0)
    file = SourceFile("census.xml", "0" * 64, 10)
    tables = {"protection_plans": plans(rows)}
    one = Return(kind, "CIN census", quarter.year_start, quarter.end, tables, (window,), problems, (count,), (file,))
    return Reading((one,))


def add(store: Store, rows: list[tuple], quarter: Quarter, **how):
    return store.add(reading(rows, quarter, **how), quarter, sources=str(hash(tuple(rows))), readers="r1")


def test_the_same_delivery_twice_is_kept_once(tmp_path):
    store = Store(tmp_path, "929")
    first, new = add(store, [("A1", "2018-05-01", None, "NEG")], Q1)
    again, newer = add(store, [("A1", "2018-05-01", None, "NEG")], Q1)
    assert (new, newer) == (True, False)
    assert first.id == again.id
    assert len(store.snapshots()) == 1


def test_a_snapshot_has_the_same_bytes_wherever_it_is_written(tmp_path):
    found = []
    for place in ("one", "another"):
        snapshot, _ = add(Store(tmp_path / place, "929"), [("A1", "2018-05-01", None, "NEG")], Q1)
        found.append(
            {p.relative_to(snapshot.folder): p.read_bytes() for p in snapshot.folder.rglob("*") if p.is_file()}
        )
    assert found[0] == found[1]
    assert not any(str(tmp_path).encode() in content for content in found[0].values())


def test_a_snapshot_half_written_is_not_there(tmp_path, monkeypatch):
    store = Store(tmp_path, "929")
    monkeypatch.setattr("analysis.records.store.os.replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        add(store, [("A1", "2018-05-01", None, "NEG")], Q1)
    assert store.snapshots() == []
    monkeypatch.undo()
    _, new = add(store, [("A1", "2018-05-01", None, "NEG")], Q1)
    assert new
    assert not list(tmp_path.rglob("*.partial"))


def test_read_again_by_other_code_a_delivery_stands_where_it_stood(tmp_path):
    store = Store(tmp_path, "929")
    rows = [("A1", "2018-05-01", None, "NEG")]
    store.add(reading(rows, Q1), Q1, sources="s1", readers="r1")
    store.add(reading([("A1", "2018-05-01", None, "PHY")], Q1), Q1, sources="s2", readers="r1")
    again, new = store.add(reading([("A1", "2018-05-01", None, "EMO")], Q1), Q1, sources="s1", readers="r2")
    assert new
    assert [s.sources for s in store.snapshots()] == ["s1", "s2"]
    assert store.snapshots()[0].id == again.id
    assert History(store.snapshots()).known_by(Q1).table("protection_plans")["latest_category"].tolist() == ["PHY"]


def test_invented_and_real_children_cannot_share_a_store(tmp_path):
    store = Store(tmp_path, "929")
    add(store, [("SIM000001", "2018-05-01", None, "NEG")], Q1)
    with pytest.raises(UserError, match="holds invented children and this delivery holds real ones"):
        add(store, [("A1", "2018-05-01", None, "NEG")], Q2)
    with pytest.raises(UserError, match="mixes invented children"):
        is_simulated(reading([("SIM000001", "2018-05-01", None, "NEG"), ("A1", "2018-05-01", None, "NEG")], Q1))
    assert store.snapshots()[0].simulated


def test_a_past_quarter_is_rebuilt_as_it_was_known_then(tmp_path):
    store = Store(tmp_path, "929")
    add(store, [("A1", "2018-02-01", None, "NEG")], Q4)
    add(store, [("A1", "2018-02-01", "2018-05-09", "NEG"), ("B1", "2018-05-01", None, "PHY")], Q1)
    history = History.open(tmp_path, "929")
    assert history.quarters == (Q4, Q1)
    as_known_then = history.as_at(Q4.end, known_by=Q4).open("protection_plans")
    assert as_known_then["child_id"].tolist() == ["A1"]
    assert history.as_at(Q1.end, known_by=Q1).open("protection_plans")["child_id"].tolist() == ["B1"]
    day_before = history.as_at(dt.date(2018, 5, 8), known_by=Q1).open("protection_plans")
    assert day_before["child_id"].tolist() == ["A1", "B1"]
    on_the_day = history.as_at(dt.date(2018, 5, 9), known_by=Q1).open("protection_plans")
    assert on_the_day["child_id"].tolist() == ["B1"]
    with pytest.raises(UserError, match="nothing was delivered by 2017-18-Q3"):
        history.known_by(Q4.shift(-1))


def test_a_view_knows_nothing_of_what_came_after(tmp_path):
    known = Known.from_tables({"protection_plans": plans([("A1", "2018-02-01", "2018-05-09", "NEG")])})
    view = known.as_at(dt.date(2018, 3, 31)).table("protection_plans")
    assert view["end_date"].isna().all()
    assert known.as_at(dt.date(2018, 1, 31)).table("protection_plans").empty


def test_revisions_list_what_came_late_went_and_changed(tmp_path):
    store = Store(tmp_path, "929")
    add(store, [("A1", "2018-04-03", None, "NEG"), ("B1", "2018-05-01", None, "PHY")], Q1)
    add(store, [("A1", "2018-04-03", "2018-08-01", "EMO"), ("C1", "2018-06-01", None, "PHY")], Q2)
    history = History.open(tmp_path, "929")
    table = revisions(history.known_by(Q1), history.known_by(Q2)).table
    found = {(r.change, r.column, r.rows, r.earlier, r.later, r.example) for r in table.itertuples()}
    assert found == {
        ("late", "", 1, "", "", "child_id C1, start_date 2018-06-01"),
        ("withdrawn", "", 1, "", "", "child_id B1, start_date 2018-05-01"),
        ("changed", "latest_category", 1, "NEG", "EMO", "child_id A1, start_date 2018-04-03"),
    }


def test_disagreements_name_the_return_whose_value_stands(tmp_path):
    census, annex = (
        reading([("A1", "2018-04-03", None, "NEG")], Q1),
        reading([("A1", "2018-04-03", None, "EMO")], Q1, "annex_a"),
    )
    store = Store(tmp_path, "929")
    store.add(Reading(census.returns + annex.returns), Q1, sources="s", readers="r")
    known = History.open(tmp_path, "929").known_by(Q1)
    row = disagreements(known).iloc[0]
    assert (row["column"], row["kept_from"], row["other"], row["rows"]) == (
        "latest_category",
        "cin_census",
        "annex_a",
        1,
    )
    assert known.table("protection_plans")["latest_category"].tolist() == ["NEG"]


def test_problems_as_csv_cannot_run_in_a_spreadsheet(tmp_path):
    problem = Problem(
        NOTED, "code-unknown", "list.csv", "not a code", "mend it", row=3, column="Source", value="=HYPERLINK(1)"
    )
    write_problems((problem,), tmp_path / "problems.csv")
    with open(tmp_path / "problems.csv", encoding="utf-8-sig", newline="") as lines:
        row = next(csv.DictReader(lines))
    assert (row["value"], row["row"], row["file"]) == ("'=HYPERLINK(1)", "3", "list.csv")


def test_a_snapshot_moved_with_its_store_still_reads(tmp_path):
    add(Store(tmp_path / "here", "929"), [("A1", "2018-05-01", None, "NEG")], Q1)
    shutil.move(tmp_path / "here", tmp_path / "there")
    assert len(History.open(tmp_path / "there", "929").known_by(Q1).table("protection_plans")) == 1


def test_a_merged_table_is_kept_and_serves_until_another_delivery_comes(tmp_path):
    store = Store(tmp_path, "929")
    add(store, [("A1", "2018-01-05", None, "NEG")], Q4)
    add(store, [("A1", "2018-01-05", "2018-05-01", "NEG"), ("B2", "2018-05-02", None, None)], Q1)

    def known() -> Known:
        return History.open(tmp_path, "929").known_by(Q1)

    merged = known().merged("protection_plans").rows
    pd.testing.assert_frame_equal(known().table("protection_plans"), merged)
    (kept,) = tmp_path.rglob("merged/2018-19-Q1/protection_plans.parquet")
    again = known()
    pd.testing.assert_frame_equal(again.table("protection_plans"), merged)
    assert not again._merged, "the second time nothing is merged"

    add(store, [("A1", "2018-01-05", "2018-05-01", "NEG"), ("B2", "2018-05-02", None, "EMO")], Q1)
    fresh = known().table("protection_plans")
    assert fresh["latest_category"].tolist() == ["NEG", "EMO"]

    kept.write_bytes(b"PAR1 damaged")
    pd.testing.assert_frame_equal(known().table("protection_plans"), fresh)


def test_a_merged_table_that_cannot_be_kept_is_merged_each_time(tmp_path):
    add(Store(tmp_path, "929"), [("A1", "2018-01-05", None, "NEG")], Q4)
    (tmp_path / "929" / "merged").write_text("in the way")
    assert len(History.open(tmp_path, "929").known_by(Q4).table("protection_plans")) == 1
