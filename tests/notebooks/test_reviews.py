"""The reviews themselves: on somebody else's five years of SSDA903, on the invented authority, and against the docs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from analysis.disclosure import AUDIENCES
from analysis.findings import extract, metadata
from analysis.pipeline.ingest import ingest
from analysis.pipeline.kernel import this_python
from analysis.pipeline.reviews import find_reviews
from analysis.pipeline.run import run_reviews
from analysis.reference.project import ROOT, Workspace

MOMENTS = ("now", "year_ago", "last_year_end", "year_end_before", "year_end_before_that")
REVIEWS = ("front-door", "child-protection-growth", "placement-stability")
SAMPLE_YEARS = ("2017-18-Q4", "2018-19-Q4", "2019-20-Q4", "2020-21-Q4", "2021-22-Q4")


def documented(review: str) -> dict[str, set[str]]:
    """What docs/findings.md says that a review gives: values (moments written out), figures, tables, statements."""
    page = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {review}\n(.*?)(?=^## |\Z)", page, re.M | re.S)[1]
    parts = {"values": section[section.index("Values:") : section.index("Statements:")]}
    parts["statements"] = section[section.index("Statements:") : section.index("Figures:")]
    parts["figures"] = section[section.index("Figures:") : section.index("Tables:")]
    parts["tables"] = section[section.index("Tables:") :]
    patterns = {
        "values": r"`([a-z0-9_]+(?:\.[a-z0-9_]+)*(?:\.\*)?)`",
        "statements": r"`([a-z_]+)`",
        "figures": r"`(fig-[a-z0-9-]+)`",
        "tables": r"`(tbl-[a-z0-9-]+)`",
    }
    found = {kind: set(re.findall(patterns[kind], text)) for kind, text in parts.items()}
    not_names = {"as_before", "from_starts", "from_ends", "residual"}
    found["values"] = {
        name for one in found["values"] - not_names
        for name in ([f"{one[:-2]}.{moment}" for moment in MOMENTS] if one.endswith(".*") else [one])
    }  # fmt: skip
    return found


def given(folder: Path) -> dict:
    return json.loads((folder / "findings.json").read_text(encoding="utf-8"))


def names(found: dict) -> dict[str, set[str]]:
    return {kind: set(found[kind]) for kind in ("values", "statements", "figures", "tables")}


def test_the_reviews_are_there_in_order_for_every_audience():
    found = find_reviews()
    assert tuple(review.name for review in found)[:3] == REVIEWS
    assert all(set(review.audiences) == set(AUDIENCES) for review in found if review.name in REVIEWS)


@pytest.mark.parametrize("name", REVIEWS)
def test_reviews_are_short(name):
    review = metadata.read_notebook(ROOT / "notebooks" / f"{name}.ipynb")
    assert all(len(metadata.source_of(cell).splitlines()) <= 30 for cell in review.cells)
    assert dict(review.parameters) == {"authority": "929", "quarter": "2018-19-Q2", "audience": "internal"}


# --- an authority that holds only its SSDA903 ----------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(samples, tmp_path_factory):
    """Five years of somebody else's SSDA903: each reviewed for officers, the last for the public too."""
    workspace = Workspace(data=tmp_path_factory.mktemp("sample") / "data")
    ingest(workspace, "929", [samples / "ssda903" / "five-years"], None)
    results = run_reviews(workspace, "929", SAMPLE_YEARS, ["internal"], jobs=2)
    results += run_reviews(workspace, "929", SAMPLE_YEARS[-1:], ["public"])
    return workspace, {(result.review, result.quarter, result.audience): result for result in results}


@pytest.mark.samples
def test_placement_stability_needs_the_ssda903_alone(sample):
    _, results = sample
    assert {review for (review, _, _), result in results.items() if result.outcome == "executed"} == {
        "placement-stability"
    }
    assert {result.outcome for (review, _, _), result in results.items() if review != "placement-stability"} == {
        "unavailable"
    }
    assert given(results["front-door", SAMPLE_YEARS[-1], "public"].folder)["needs"][0] == "Annex A (list 1, contacts)"
    years = [given(results["placement-stability", year, "internal"].folder) for year in SAMPLE_YEARS]
    assert [found["values"]["lac_count.now"]["value"] for found in years] == [367, 195, 135, 89, 55]
    assert all(names(found) == documented("placement-stability") for found in years)
    assert not any(found["simulated"] for found in years)


@pytest.mark.samples
def test_the_public_sees_no_count_from_one_to_five(sample):
    _, results = sample
    found = given(results["placement-stability", SAMPLE_YEARS[-1], "public"].folder)
    assert names(found) == documented("placement-stability")
    counts = [v["value"] for v in found["values"].values() if v["unit"] == "count"]
    parts = [
        v[part] for v in found["values"].values() if v["unit"] == "percent" for part in ("numerator", "denominator")
    ]
    assert not [n for n in counts + parts if n is not None and 1 <= n <= 5]
    cells = [
        cell
        for label in ("moves", "mix")
        for row in found["tables"][f"tbl-placement-stability-{label}"]["rows"]
        for cell in row[1:]
    ]
    assert "c" in cells
    assert not {"1", "2", "3", "4", "5"} & set(cells)
    moves = found["figures"]["fig-placement-stability-moves"]
    assert not re.search(r"(?<![\d,]) [1-5](?=[;.])", moves["alt"])
    assert any(row[-1] == "c" or "c" in row for row in moves["data"]["rows"])


@pytest.mark.samples
def test_by_hand_the_findings_are_the_same_to_the_byte(sample, tmp_path, monkeypatch):
    """As JupyterLab runs it: the notebook as it stands, with an analyst's own parameters typed into its cell."""
    workspace, results = sample
    monkeypatch.setenv("SELFASSESS_DATA", str(workspace.data))
    review = metadata.read_notebook(ROOT / "notebooks" / "placement-stability.ipynb")
    notebook = nbformat.read(review.path, as_version=4)
    (cell,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    cell.source = cell.source.replace("2018-19-Q2", SAMPLE_YEARS[-1])
    NotebookClient(notebook, kernel_manager_class=this_python(review.path.parent, {})).execute()
    nbformat.write(notebook, tmp_path / "placement-stability.ipynb")
    executed = json.loads((tmp_path / "placement-stability.ipynb").read_text(encoding="utf-8"))
    extract.write(extract.extract(review, executed), tmp_path)
    through_papermill = results["placement-stability", SAMPLE_YEARS[-1], "internal"].folder
    files = sorted(path.name for path in through_papermill.iterdir())
    assert len(files) == 15
    assert {name: (tmp_path / name).read_bytes() for name in files} == {
        name: (through_papermill / name).read_bytes() for name in files
    }
