"""The reviews themselves: on somebody else's five years of SSDA903, on the invented authority, and against the docs."""

from __future__ import annotations

import json
import re

import nbformat
import pandas as pd
import placements_by_night
import pytest
from findings_page import INVENTED_NOW, documented, given, names, withheld_from
from nbclient import NotebookClient

from analysis.disclosure import AUDIENCES
from analysis.findings import extract, metadata
from analysis.pipeline.ingest import ingest
from analysis.pipeline.kernel import this_python
from analysis.pipeline.reviews import find_reviews
from analysis.pipeline.run import run_reviews
from analysis.records.history import History
from analysis.reference.project import ROOT, Workspace
from analysis.reference.quarters import Quarter

REVIEWS = ("front-door", "child-protection-growth", "placement-stability")
NAMES = (*REVIEWS, "data-quality")
# No edition had been published by then whose figures we hold.
NOT_YET = {"tbl-data-quality-earlier"}
SAMPLE_YEARS = ("2017-18-Q4", "2018-19-Q4", "2019-20-Q4", "2020-21-Q4", "2021-22-Q4")


def test_the_reviews_are_there_in_order_for_every_audience():
    found = find_reviews()
    assert [review.name for review in found if review.name in REVIEWS] == list(REVIEWS)
    assert all(set(review.audiences) == set(AUDIENCES) for review in found)


@pytest.mark.parametrize("review", find_reviews(), ids=lambda review: review.name)
def test_reviews_are_short(review):
    assert all(len(metadata.source_of(cell).splitlines()) <= 30 for cell in review.cells)
    assert dict(review.parameters) == {"authority": "929", "quarter": "2018-19-Q2", "audience": "internal"}


# --- an authority that holds only its SSDA903 ----------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(samples, tmp_path_factory):
    """Five years of somebody else's SSDA903, the last of them reviewed for officers and for the public."""
    workspace = Workspace(data=tmp_path_factory.mktemp("sample") / "data")
    ingest(workspace, "929", [samples / "ssda903" / "five-years"], None)
    results = run_reviews(workspace, "929", SAMPLE_YEARS[-1:], ["internal", "public"], NAMES, jobs=2)
    return workspace, {(result.review, result.audience): result for result in results}


@pytest.mark.samples
def test_placement_stability_needs_the_ssda903_alone(sample):
    _, results = sample
    outcomes = {review: result.outcome for (review, _), result in results.items()}
    assert outcomes["placement-stability"] == outcomes["data-quality"] == "executed"
    assert outcomes["front-door"] == outcomes["child-protection-growth"] == "unavailable"
    assert given(results["front-door", "public"].folder)["needs"][0] == "Annex A (list 1, contacts)"
    found = given(results["placement-stability", "internal"].folder)
    assert names(found) == documented("placement-stability")
    assert found["simulated"] is False


@pytest.mark.samples
@pytest.mark.parametrize(("year", "children"), list(zip(SAMPLE_YEARS, (367, 195, 135, 89, 55), strict=True)))
def test_placement_stability_runs_for_each_of_five_years(sample, here, samples, year, children):
    """Its short-term indicator equals a count of the raw rows, night by night, that knows nothing of the project's tables."""
    workspace, _ = sample
    found = here(workspace, "placement-stability", year, "internal")
    assert set(found) == set().union(*documented("placement-stability").values())
    assert found["lac_count.now"]["value"] == children
    ending = Quarter.parse(year).end.year
    rows = samples / "ssda903" / "five-years" / f"{ending - 1}-episodes.csv"
    several = found["lac_three_placements_percent.now"]
    assert (several["numerator"], several["denominator"]) == placements_by_night.several(rows, ending)
    assert several["numerator"] > 0
    # Every move is somewhere in each table of moves.
    moves = found["placement_move_count.now"]["value"]
    from_to = found["tbl-placement-stability-from-to"]["rows"]
    assert int(from_to[-1][-1]) == sum(int(row[-1]) for row in from_to[:-1]) == moves
    assert int(found["tbl-placement-stability-ended-by"]["rows"][-1][-1]) == moves


@pytest.mark.samples
def test_the_public_sees_no_count_from_one_to_five(sample):
    _, results = sample
    found = given(results["placement-stability", "public"].folder)
    assert names(found) == documented("placement-stability")
    # Numbers of authorities, of published figures, are no numbers of children.
    of_children = {name: v for name, v in found["values"].items() if ".among_others." not in name}
    counts = [v["value"] for v in of_children.values() if v["unit"] == "count"]
    parts = [v[part] for v in of_children.values() if v["unit"] == "percent" for part in ("numerator", "denominator")]
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
    through_papermill = results["placement-stability", "internal"].folder
    files = sorted(path.name for path in through_papermill.iterdir())
    assert len(files) == 1 + len(documented("placement-stability")["figures"])
    assert {name: (tmp_path / name).read_bytes() for name in files} == {
        name: (through_papermill / name).read_bytes() for name in files
    }


# --- the invented authority, with every return ---------------------------------------------------------------


@pytest.fixture(scope="module")
def invented(two_years):
    """The small invented authority, reviewed for the board."""
    results = run_reviews(two_years, "929", [INVENTED_NOW], ["board"], NAMES, jobs=2)
    return two_years, {result.review: result for result in results}


@pytest.mark.parametrize("review", NAMES)
def test_each_review_gives_what_its_page_says(invented, review):
    _, results = invented
    assert results[review].outcome == "executed"
    found = given(results[review].folder)
    kept = NOT_YET | withheld_from(review, "board")
    assert names(found) == {kind: of - kept for kind, of in documented(review).items()}
    assert found["simulated"] is True
    assert [delivery["quarter"] for delivery in found["deliveries"]][-1] == str(INVENTED_NOW)


@pytest.mark.parametrize("review", REVIEWS)
def test_every_figure_has_words_and_data_and_every_value_a_title(invented, review):
    _, results = invented
    found = given(results[review].folder)
    assert all(
        figure["caption"] and figure["alt"] and figure["data"]["columns"] for figure in found["figures"].values()
    )
    assert all(value["title"] and value["text"] for value in found["values"].values())
    assert all(statement.endswith((".", "?")) for statement in found["statements"].values())
    told = [next(iter(piece.values())) for piece in found["story"] if "markdown" not in piece]
    assert {*found["figures"], *found["tables"]} <= set(told)


def test_what_is_counted_agrees_with_a_count_made_another_way(invented):
    workspace, results = invented
    # As the delivery of that March knew it: the figure that was published.
    known = History.open(workspace.store, "929").known_by(Quarter(2015, 4))
    plans = known.table("protection_plans")
    dates = list(zip(plans["start_date"], plans["end_date"], strict=True))
    day = pd.Timestamp(2016, 3, 31)
    expected = sum(1 for start, end in dates if start <= day and (pd.isna(end) or end > day))
    found = given(results["child-protection-growth"].folder)
    assert found["values"]["cpp_count.last_year_end"]["value"] == expected


def test_no_child_reaches_an_output(invented):
    workspace, _ = invented
    for path in workspace.build.rglob("*"):
        if path.suffix in (".json", ".svg", ".ipynb"):
            assert not re.search(r"SIM[A-Z]?\d{5}", path.read_text(encoding="utf-8")), path.name


@pytest.mark.parametrize("review", REVIEWS)
@pytest.mark.parametrize("quarter", ["2015-16-Q1", "2015-16-Q4", "2016-17-Q4"])
def test_each_review_runs_from_the_first_quarter_on(invented, review, quarter, here):
    """With little history, most of it small. Localities are not for the public."""
    workspace, _ = invented
    assert set(here(workspace, review, quarter, "public")) == set().union(*documented(review).values()) - withheld_from(
        review, "public"
    )
