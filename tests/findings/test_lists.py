"""Lists of children: for officers only, words only, inert in a spreadsheet, and apart from the findings."""

from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pytest
import tiny_reviews
from hypothesis import given
from hypothesis import strategies as st

from analysis.findings import extract, lists
from analysis.findings.bundle import FindingError
from analysis.findings.metadata import read_notebook
from analysis.pipeline.run import run_reviews

LISTING = """\
import pandas as pd

named = pd.DataFrame({"child": ["SIM000002", "SIM000001"], "why": ["=cmd|' /C calc'!A0", "went missing twice"]})
if review.may_list_children():
    review.children_list("to-discuss", named, columns={"child": "Child", "why": "Why"}, title="To discuss", note="It supports a conversation.")"""


@pytest.fixture
def notebook(tmp_path):
    cells = [tiny_reviews.markdown("# A tiny review"), tiny_reviews.code(tiny_reviews.PARAMETERS, "parameters"),
             tiny_reviews.code(tiny_reviews.OPENING), tiny_reviews.code(LISTING)]  # fmt: skip
    return tiny_reviews.write_notebook(tmp_path / "notebooks", cells=cells)


def test_officers_get_a_file_and_others_nothing(workspace, notebook):
    results = run_reviews(workspace, "929", ["2018-19-Q2"], ["internal", "public"], ["tiny"], notebooks=notebook.parent)
    internal, public = (result.folder for result in results)
    rows = list(csv.reader(io.StringIO((internal / "lists" / "to-discuss.csv").read_bytes().decode("utf-8-sig"))))
    assert rows[0][0].startswith("OFFICIAL-SENSITIVE")
    assert rows[-3:] == [["Child", "Why"], ["SIM000001", "went missing twice"], ["SIM000002", "'=cmd|' /C calc'!A0"]]
    found = json.loads((internal / "findings.json").read_text(encoding="utf-8"))
    assert found["lists"] == {
        "to-discuss": {"title": "To discuss", "note": "It supports a conversation.", "file": "lists/to-discuss.csv"}
    }
    assert "SIM00" not in json.dumps(found)
    assert not (public / "lists").exists()
    assert "lists" not in json.loads((public / "findings.json").read_text(encoding="utf-8"))
    # Altered, it no longer counts as done, and is made again.
    path = internal / "lists" / "to-discuss.csv"
    content = path.read_bytes()
    path.write_bytes(content + b"SIM000003,\r\n")
    assert (
        run_reviews(workspace, "929", ["2018-19-Q2"], ["internal"], ["tiny"], notebooks=notebook.parent)[0].outcome
        == "executed"
    )
    assert path.read_bytes() == content
    assert (
        run_reviews(workspace, "929", ["2018-19-Q2"], ["internal"], ["tiny"], notebooks=notebook.parent)[0].outcome
        == "cached"
    )


def test_findings_of_others_that_hold_a_list_are_refused(workspace, notebook):
    held = lists.held("to-discuss", pd.DataFrame({"child": ["a"]}), {"child": "Child"}, "To discuss", "A note.", True)
    opened = {
        "review": "tiny",
        "authority": "929",
        "quarter": "2018-19-Q2",
        "audience": "public",
        "simulated": True,
        "deliveries": [],
    }
    from analysis.findings.bundle import CHILDREN, REVIEW

    outputs = [
        {"output_type": "display_data", "data": {REVIEW: opened}},
        {"output_type": "display_data", "data": {CHILDREN: held}},
    ]
    executed = {"cells": [{"cell_type": "code", "metadata": {}, "source": "", "outputs": outputs}]}
    with pytest.raises(FindingError, match="never for public"):
        extract.extract(read_notebook(notebook), executed)


FRAME = pd.DataFrame({"child": ["a", "b"], "why": ["missing", "moved"], "chance": [0.4, 0.2]})


@pytest.mark.parametrize(
    ("audience", "columns", "words", "says"),
    [
        ("public", {"child": "Child"}, ("T", "n"), "never for public"),
        ("board", {"child": "Child"}, ("T", "n"), "never for board"),
        ("internal", {"child": "Child", "chance": "Chance"}, ("T", "n"), "holds chance as numbers"),
        ("internal", {"child": "Child", "rank": "Rank"}, ("T", "n"), "has no column rank"),
        ("internal", {"child": "Child"}, ("T", " "), "needs a title and a note"),
    ],
)
def test_what_a_list_may_not_be(audience, columns, words, says):
    with pytest.raises(FindingError, match=says):
        lists.check(audience, "to-discuss", FRAME, columns, *words)


def test_a_lists_name_is_no_path():
    with pytest.raises(FindingError, match="no name for a list"):
        lists.check("internal", "../to-discuss", FRAME, {"child": "Child"}, "T", "n")


@given(st.text(min_size=1, max_size=12))
def test_no_cell_begins_like_a_formula(text):
    assert not lists.inert(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "|", "%"))
    assert lists.inert(text).removeprefix("'") == text.removeprefix("'")
