"""Out of an executed notebook: refusals, and the notebook's own description."""

from __future__ import annotations

import json
import re

import pytest
import tiny_reviews
from tiny_reviews import ABOUT, code, markdown

from analysis.findings import bundle, extract
from analysis.findings.metadata import read_notebook
from analysis.reference.project import UserError

OPENED = {
    "review": "tiny",
    "authority": "929",
    "quarter": "2018-19-Q2",
    "audience": "public",
    "simulated": True,
    "deliveries": [],
}


def output(**data) -> dict:
    return {"output_type": "display_data", "data": data, "metadata": {}}


def ran(*outputs: dict) -> dict:
    return {**code("x"), "outputs": list(outputs)}


def opening(**change) -> dict:
    return ran(output(**{bundle.REVIEW: {**OPENED, **change}}))


def statement(name: str, text: str = "Said.") -> dict:
    return ran(output(**{bundle.FINDINGS: {"items": [{"kind": "statement", "name": name, "text": text}]}}))


@pytest.fixture
def review(tmp_path):
    return read_notebook(tiny_reviews.write_notebook(tmp_path))


def test_findings_come_in_notebook_order(review):
    found = extract.extract(
        review, {"cells": [opening(), markdown("One."), statement("b"), markdown(" "), statement("a")]}
    ).found
    assert found["story"] == [{"markdown": "One."}, {"statement": "b"}, {"statement": "a"}]
    assert found["statements"] == {"a": "Said.", "b": "Said."}


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ([], "tiny.ipynb opens no review; call findings.open_review(…)"),
        ([opening(review="other")], "tiny.ipynb must open one review, by its own name: open_review('tiny', …)"),
        ([opening(), opening(quarter="2018-19-Q1")], "must open one review"),
        ([opening(), statement("a"), markdown("x"), statement("a")], "'a' is recorded in cell 2 and in cell 4; rename one"),
        ([opening(), ran({"output_type": "error", "ename": "KeyError", "evalue": "SIM000001", "traceback": []})],
         "tiny.ipynb: cell 2 failed (KeyError)"),
    ],
)  # fmt: skip
def test_a_notebook_that_the_report_could_not_use_is_refused(review, cells, says):
    with pytest.raises(UserError, match=re.escape(says)) as refusal:
        extract.extract(review, {"cells": cells})
    assert "SIM" not in str(refusal.value)


def test_findings_are_written_one_way_only(review, tmp_path):
    cells = [opening(), statement("b", "é"), statement("a")]
    texts = []
    for number, order in enumerate((cells, [cells[0], cells[1], cells[2]])):
        (tmp_path / str(number)).mkdir()
        extract.write(extract.extract(review, {"cells": order}), tmp_path / str(number))
        texts.append((tmp_path / str(number) / "findings.json").read_bytes())
    assert texts[0] == texts[1]
    assert list(json.loads(texts[0])) == sorted(json.loads(texts[0]))


@pytest.mark.parametrize(
    ("about", "says"),
    [
        (None, "has no 'selfassess' metadata"),
        ({k: v for k, v in ABOUT.items() if k != "title"}, "its 'selfassess' metadata lacks title"),
        ({**ABOUT, "colour": "red"}, "doesn't know colour"),
        ({**ABOUT, "audiences": ["everyone"]}, "audiences must be of internal, board, public, not everyone"),
        ({**ABOUT, "audiences": []}, "not none"),
        ({**ABOUT, "needs": ["referrals"]}, "each need is a canonical table and the return that carries it"),
        ({**ABOUT, "needs": [{"table": "nowhere", "return": "x"}]}, "each need is a canonical table"),
    ],
)
def test_a_notebook_must_describe_itself(tmp_path, about, says):
    path = tiny_reviews.write_notebook(tmp_path)
    held = json.loads(path.read_text(encoding="utf-8"))
    held["metadata"]["selfassess"] = about
    path.write_text(json.dumps(held), encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(says)):
        read_notebook(path)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ('authority = "929"\nquarter = "2018-19-Q2"', "its parameters cell lacks audience"),
        ('authority = "929"\nquarter = "x"\naudience = open("x")', "the parameter 'audience' must be a plain value"),
        ("import os", "line 1 of its parameters cell is not `name = value`"),
        ("authority =", "its parameters cell isn't Python (line 1"),
    ],
)
def test_parameters_are_plain_and_complete(tmp_path, source, says):
    path = tiny_reviews.write_notebook(tmp_path, cells=[code(source, "parameters")])
    with pytest.raises(UserError, match=re.escape(says)):
        read_notebook(path)


def test_one_cell_holds_the_parameters(tmp_path):
    for cells in ([code("x = 1")], [code(tiny_reviews.PARAMETERS, "parameters")] * 2):
        with pytest.raises(UserError, match="needs one code cell tagged 'parameters'"):
            read_notebook(tiny_reviews.write_notebook(tmp_path, cells=cells))


def test_what_is_not_a_notebook_is_said(tmp_path):
    (tmp_path / "tiny.ipynb").write_text("[1", encoding="utf-8")
    with pytest.raises(UserError, match=r"tiny.ipynb is not a notebook that can be read"):
        read_notebook(tmp_path / "tiny.ipynb")
    with pytest.raises(UserError, match=r"there is no notebook absent.ipynb"):
        read_notebook(tmp_path / "absent.ipynb")
