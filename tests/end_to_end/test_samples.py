"""Other people's files, in the real formats, flaws included, through the command line."""

from __future__ import annotations

import csv
import datetime as dt
import json

import pytest

from analysis.cli import main
from analysis.indicators.registry import compute
from analysis.records.history import History
from analysis.reference.quarters import Quarter

pytestmark = pytest.mark.samples
LOOKED_AFTER = {2018: 367, 2019: 195, 2020: 135, 2021: 89, 2022: 55}


def run(capsys, *arguments) -> tuple[int, str, str]:
    status = main([str(a) for a in arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def test_five_years_of_ssda903_are_filed_a_year_at_a_time_and_accounted_for(samples, data, capsys):
    folder = samples / "ssda903" / "five-years"
    status, out, err = run(capsys, "ingest", folder, "--quarter", "2021-22-Q4", "--data", data, "--json")
    assert status == 0, err
    deliveries = json.loads(out)
    assert [d["quarter"] for d in deliveries] == [f"{y}-{(y + 1) % 100:02d}-Q4" for y in range(2017, 2022)]
    counts = [c for d in deliveries for c in d["counts"]]
    rows_in_files = sum(len(list(csv.reader(p.read_text().splitlines()))) - 1 for p in folder.glob("*.csv"))
    assert sum(c["read"] for c in counts) == rows_in_files
    assert all(c["read"] == c["kept"] + c["set_aside"] for c in counts)


def looked_after_counted_by_hand(folder, year: int) -> int:
    day = dt.date(year, 3, 31)
    children = set()
    with open(folder / f"{year - 1}-episodes.csv", newline="") as lines:
        for row in csv.DictReader(lines):
            start = dt.datetime.strptime(row["DECOM"], "%d/%m/%Y").date()
            end = dt.datetime.strptime(row["DEC"], "%d/%m/%Y").date() if row["DEC"] else None
            if start <= day and (end is None or end > day) and row["LS"] not in ("V3", "V4"):
                children.add(row["CHILD"])
    return len(children)


def test_looked_after_children_on_31_march_agree_with_an_independent_count(samples, data, capsys):
    folder = samples / "ssda903" / "five-years"
    assert run(capsys, "ingest", folder, "--data", data)[0] == 0
    history = History.open(data / "store", "929")
    for year, wanted in LOOKED_AFTER.items():
        quarter = Quarter(year - 1, 4)
        assert looked_after_counted_by_hand(folder, year) == wanted
        table = compute(history.known_by(quarter), quarter, ids=["lac_count"], authority="929")
        assert table["value"].tolist() == [wanted], year


def test_what_later_years_say_otherwise_of_an_earlier_one_is_reported_not_mixed_in(samples, data, capsys):
    """Later returns of the sample hold episodes that began before 31 March 2018 and that the return for 2017-18
    lacks. The count as known then stands; as known in 2022 they are in it, and `revisions` says how many."""
    assert run(capsys, "ingest", samples / "ssda903" / "five-years", "--data", data)[0] == 0
    status, out, err = run(capsys, "revisions", "2017-18-Q4", "2021-22-Q4", "--data", data, "--json")
    assert status == 0, err
    changes = {(r["table"], r["change"]): r["rows"] for r in json.loads(out)["revisions"] if not r["column"]}
    history = History.open(data / "store", "929")
    day = dt.date(2018, 3, 31)
    then = set(history.as_at(day, known_by=Quarter(2017, 4)).table("care_episodes")["child_id"])
    later = set(history.as_at(day, known_by=Quarter(2021, 4)).table("care_episodes")["child_id"])
    assert then < later
    assert changes["care_episodes", "late"] >= len(later - then) > 0


def test_episodes_open_at_a_year_end_and_not_carried_into_the_next_year_are_cut_short_and_said_so(
    samples, data, capsys
):
    folder = samples / "ssda903" / "five-years"
    assert run(capsys, "ingest", folder, "--data", data)[0] == 0
    out = run(capsys, "revisions", "2017-18-Q4", "2018-19-Q4", "--data", data, "--json")[1]
    (cut,) = [
        r["rows"] for r in json.loads(out)["revisions"] if (r["table"], r["change"]) == ("care_episodes", "cut short")
    ]

    def episodes(year, only_open):
        with open(folder / f"{year}-episodes.csv", newline="") as lines:
            return {(r["CHILD"], r["DECOM"]) for r in csv.DictReader(lines) if not (only_open and r["DEC"])}

    assert cut == len(episodes(2017, True) - episodes(2018, False))


@pytest.mark.parametrize(
    ("sample", "quarter"),
    [
        ("annex_a/liia_Annex_A.xlsx", "2020-21-Q4"),
        ("annex_a/cscdp_ofsted_template_2015-01-sample.xlsx", "2014-15-Q4"),
        ("cin_census/CIN_Census_2021.xml", "2022-23-Q4"),
        ("workforce_census/social_work_workforce_2022.xml", "2022-23-Q2"),
    ],
)
def test_each_sample_gives_a_summary_that_accounts_for_every_row(sample, quarter, samples, data, capsys):
    status, out, err = run(capsys, "ingest", samples / sample, "--quarter", quarter, "--data", data, "--json")
    assert status == 0, err
    (delivery,) = json.loads(out)
    assert delivery["new"]
    assert delivery["counts"]
    assert all(c["read"] == c["kept"] + c["set_aside"] for c in delivery["counts"])
    again = json.loads(run(capsys, "ingest", samples / sample, "--quarter", quarter, "--data", data, "--json")[1])
    assert [(d["id"], d["new"]) for d in again] == [(delivery["id"], False)]


def test_the_adversarial_census_is_refused_with_a_sentence_that_says_why(samples, data, capsys):
    path = samples / "cin_census" / "adversarial-500-children.xml"
    status, out, err = run(capsys, "ingest", path, "--data", data)
    assert status == 1
    assert not out
    assert "CINdetailsCollection" in err
    assert "Message" in err
    assert "Traceback" not in err
    assert not (data / "store").exists()
