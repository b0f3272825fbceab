"""The command line as a person meets it: sentences and exit statuses, never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest

from analysis.cli import VERBS, main
from analysis.pipeline.ingest import ingest_waiting
from analysis.reference.project import Workspace
from analysis.reference.quarters import Quarter, quarters
from analysis.simulation.deliveries import write_deliveries
from analysis.simulation.truth import simulate

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("data"))
    few = quarters(Quarter.parse("2015-16-Q1"), Quarter.parse("2015-16-Q4"))
    write_deliveries(simulate(quarters=few, scale=0.02, seed=3), workspace.returns)
    ingest_waiting(workspace, "929", jobs=1)
    return workspace.data


def run(capsys, *arguments) -> tuple[int, str, str]:
    try:
        status = main([str(a) for a in arguments])
    except SystemExit as stopped:
        status = stopped.code
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.mark.parametrize("verb", [verb.name for verb in VERBS])
def test_help_on_every_verb_reads_like_a_manual_page(verb, capsys):
    status, out, _ = run(capsys, verb, "--help")
    assert status == 0
    assert out.startswith(f"usage: selfassess {verb}")
    assert "--data DIR" in out
    assert "--json" in out


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["indicators", "--quarter", "2018-Q2"], 2, "write it like 2018-19-Q2"),
        (["indicators", "--quarter", "2018-20-Q2"], 2, "write it like 2018-19-Q2"),
        (["revisions", "2018-19-Q2", "2018-19-Q1"], 2, "Q2 must come after Q1"),
        (["indicators"], 1, "nothing has been delivered yet"),
        (["ingest"], 1, "no deliveries wait"),
        (["ingest", "nowhere"], 1, "'nowhere' is not there"),
        (["ingest", "--quarter", "2018-19-Q2"], 2, "--quarter goes with the DELIVERY"),
        (["render", "--to", "odt"], 2, "choose from html, pdf, docx"),
        (["simulate", "--scale", "0"], 2, "--scale is a share"),
        (["build", "--jobs", "none"], 2, "not a number of workers"),
        (["indicators", "--authority", "XYZ"], 1, "settings.toml has no authority 'XYZ'"),
    ],
)
def test_mistakes_are_told_in_a_sentence_with_their_exit_status(arguments, status, sentence, tmp_path, capsys):
    found, out, err = run(capsys, *arguments, "--data", tmp_path)
    assert found == status
    assert sentence in err
    assert "Traceback" not in err + out


def test_indicators_are_a_table_on_the_screen_and_a_tidy_file(data, tmp_path, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        status, out, _ = run(
            capsys, "indicators", "--indicator", "cpp_count", "--indicator", "lac_count", "--data", data
        )
    assert status == 0
    assert "cpp_count" in out
    for name, read in (("values.csv", pd.read_csv), ("values.parquet", pd.read_parquet)):
        assert run(capsys, "indicators", "--indicator", "lac_count", "--data", data, "--to", tmp_path / name)[0] == 0
        table = read(tmp_path / name)
        assert list(table.columns) == [
            "authority", "quarter", "period_start", "period_end", "known_by", "indicator", "breakdown", "category",
            "numerator", "denominator", "value", "lower", "upper", "unit", "symbol",
        ]  # fmt: skip
        assert table["value"].tolist()[0] > 0
    assert run(capsys, "indicators", "--data", data, "--to", tmp_path / "values.xls")[0] == 2
    assert run(capsys, "indicators", "--data", data, "--indicator", "nonsense")[0] == 2


def test_indicators_stand_beside_england_with_the_year(data, capsys):
    status, out, _ = run(
        capsys, "indicators", "--indicator", "cpp_repeat_percent", "--compare", "england", "--data", data
    )
    assert status == 0
    # The year just ended wasn't published until the autumn: the figure is a year older, and says so.
    assert "England 2014-15; ours to 31 March 2016" in out
    assert run(capsys, "indicators", "--compare", "Atlantis", "--data", data)[0] == 2


def test_published_figures_stand_beside_what_the_records_give(data, tmp_path, capsys):
    """A small authority's first year: it can't agree with a county's figures, nor say anything of 2018."""
    status, out, _ = run(capsys, "published", "--data", data, "--to", tmp_path / "table.csv")
    assert status == 1
    lines = {line.split()[0]: line for line in out.splitlines()}
    assert lines["P03"].endswith("DIFFERS")
    assert lines["P02"].endswith("can't be said")
    assert out.splitlines()[-1].endswith("figures of self-assessment-2018 agree with what was published")
    assert len(pd.read_csv(tmp_path / "table.csv")) == len(out.splitlines()) - 2
    assert run(capsys, "published", "--authority", "391", "--data", data)[0] == 1
    assert run(capsys, "published", "an-edition-of-1999", "--data", data)[0] == 1


def test_an_ingested_delivery_is_told_as_there_already(data, capsys):
    status, out, _ = run(capsys, "ingest", "--data", data)
    assert status == 0
    assert out.count("already kept, nothing to do") == 4


def test_revisions_tell_what_came_late(data, capsys):
    status, out, _ = run(capsys, "revisions", "2015-16-Q1", "2015-16-Q4", "--data", data, "--json")
    assert status == 0
    changes = {r["change"] for r in json.loads(out)["revisions"]}
    assert "late" in changes
    assert changes <= {"late", "withdrawn", "cut short", "changed"}


def test_returns_that_were_received_are_never_simulated_over(tmp_path, capsys):
    place = tmp_path / "returns" / "929" / "2018-19-Q2"
    place.mkdir(parents=True)
    (place / "episodes.csv").write_text("CHILD\n", encoding="utf-8")
    status, _, err = run(capsys, "simulate", "--scale", "0.02", "--replace", "--data", tmp_path)
    assert status == 1
    assert (place / "episodes.csv").exists()
    assert "Traceback" not in err
    status, out, _ = run(capsys, "simulate", "--unless-present", "--data", tmp_path)
    assert (status, "nothing simulated" in out) == (0, True)


def test_a_reader_that_goes_away_is_no_error():
    command = f'"{sys.executable}" -m analysis ingest --help | head -1'
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.startswith("usage: selfassess ingest")
    assert "Error" not in done.stderr


def test_templates_are_written_for_every_local_return(tmp_path, capsys):
    status, _, _ = run(capsys, "templates", "--to", tmp_path / "templates", "--data", tmp_path)
    assert status == 0
    assert (tmp_path / "templates" / "layouts.csv").exists()
    assert len(list((tmp_path / "templates").glob("*.csv"))) >= 15


def test_the_doctor_says_which_renderer_and_why(data, capsys):
    status, out, _ = run(capsys, "doctor", "--data", data)
    assert status == 0
    assert "renderer" in out
    assert "2015-16-Q1 to 2015-16-Q4" in out
