"""Running reviews: what is run, what is skipped, what comes out, and what a failure says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
import pytest
import tiny_reviews
from nbclient import NotebookClient
from tiny_reviews import ABOUT, EVIDENCE, OPENING, PARAMETERS, code, write_notebook

from analysis.findings import extract
from analysis.findings.metadata import read_notebook
from analysis.pipeline import execute
from analysis.pipeline.kernel import this_python
from analysis.pipeline.run import ReviewsFailed, run_reviews
from analysis.reference.project import ROOT, UsageError, UserError


def run(workspace, notebooks, audiences=("internal",), quarters=("2018-19-Q2",), **more):
    return run_reviews(workspace, "929", quarters, audiences, notebooks=notebooks, **more)


def outputs(workspace) -> dict[str, bytes]:
    return {
        str(path.relative_to(workspace.build)): path.read_bytes()
        for path in sorted(workspace.build.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def notebooks(tmp_path) -> Path:
    write_notebook(tmp_path / "notebooks")
    return tmp_path / "notebooks"


def test_a_review_is_executed_then_cached_then_forced(workspace, notebooks):
    told = []
    (first,) = run(
        workspace, notebooks, progress=lambda result, done, total: told.append((result.outcome, done, total))
    )
    assert first.outcome == "executed"
    assert told == [("executed", 1, 1)]
    before = outputs(workspace)
    assert set(before) == {
        "cache/929/2018-19-Q2/internal/tiny.json",
        "findings/929/2018-19-Q2/internal/tiny/fig-tiny-sources.png",
        "findings/929/2018-19-Q2/internal/tiny/fig-tiny-sources.svg",
        "findings/929/2018-19-Q2/internal/tiny/findings.json",
        "notebooks/929/2018-19-Q2/internal/tiny.ipynb",
    }
    (second,) = run(workspace, notebooks)
    assert second.outcome == "cached"
    (third,) = run(workspace, notebooks, force=True)
    assert third.outcome == "executed"
    assert outputs(workspace) == before


def test_what_a_review_finds(workspace, notebooks):
    (result,) = run(workspace, notebooks, audiences=["public"])
    found = json.loads((result.folder / "findings.json").read_text(encoding="utf-8"))
    assert {k: found[k] for k in ("review", "title", "question", "authority", "quarter", "audience", "available", "simulated")} == {
        "review": "tiny", "title": "A tiny review", "question": "How many referrals?", "authority": "929",
        "quarter": "2018-19-Q2", "audience": "public", "available": True, "simulated": True,
    }  # fmt: skip
    assert found["needs"] == []
    assert [d["quarter"] for d in found["deliveries"]] == ["2018-19-Q2"]
    assert found["values"]["referrals.total"]["text"] == "15"
    assert found["figures"]["fig-tiny-sources"]["data"] == {
        "columns": ["source", "n"],
        "rows": [["1A", 12], ["6", "c"]],
    }
    assert found["figures"]["fig-tiny-sources"]["alt"] == (
        "Bar chart of referrals by source: 1A 12; 6 c (c: withheld, from 1 to 5)."
    )
    assert found["tables"]["tbl-tiny-sources"] == {
        "caption": "Sources", "columns": ["Source", "Referrals"], "rows": [["1A", "12"], ["6", "c"]], "align": ["left", "right"],
    }  # fmt: skip
    assert found["statements"] == {"verdict": "Nothing to see."}
    assert found["story"] == [
        {"markdown": "# A tiny review"},
        {"markdown": "The evidence."},
        {"figure": "fig-tiny-sources"},
        {"table": "tbl-tiny-sources"},
        {"value": "referrals.total"},
        {"value": "referrals.first_source"},
        {"statement": "verdict"},
    ]


def test_by_hand_and_through_papermill_the_findings_are_the_same(workspace, notebooks, monkeypatch):
    """JupyterLab runs the notebook as it stands, in its own folder; `small_authority` does so for the real reviews."""
    (result,) = run(workspace, notebooks)
    monkeypatch.setenv("SELFASSESS_DATA", str(workspace.data))
    monkeypatch.setenv("SELFASSESS_NOTEBOOKS", str(notebooks))
    review = read_notebook(notebooks / "tiny.ipynb")
    by_hand = NotebookClient(
        nbformat.read(review.path, as_version=4), kernel_manager_class=this_python(notebooks, {})
    ).execute()
    saved = notebooks / "by-hand.ipynb"
    nbformat.write(by_hand, saved)
    found = extract.extract(review, json.loads(saved.read_text(encoding="utf-8")))
    extract.write(found, notebooks)
    for name in ("findings.json", "fig-tiny-sources.svg", "fig-tiny-sources.png"):
        assert (notebooks / name).read_bytes() == (result.folder / name).read_bytes()


def test_executed_notebooks_hold_no_time_path_or_machine(workspace, notebooks):
    run(workspace, notebooks)
    text = (workspace.build / "notebooks/929/2018-19-Q2/internal/tiny.ipynb").read_text(encoding="utf-8")
    assert "papermill" not in text
    assert str(ROOT) not in text
    assert str(workspace.data) not in text
    assert "elsewhere" in text  # the kernel that its author named; the one that ran it was this Python's


def test_workers_make_no_difference(workspace, notebooks, tmp_path):
    for number in (2, 3):
        cells = [code(PARAMETERS, "parameters"), code(OPENING.replace("tiny", f"tiny-{number}")),
                 code(EVIDENCE.replace("tiny", f"tiny-{number}"))]  # fmt: skip
        write_notebook(notebooks, f"tiny-{number}", cells)
    run(workspace, notebooks, audiences=["internal", "public"])
    serial = outputs(workspace)
    run(workspace, notebooks, audiences=["internal", "public"], jobs=3, force=True)
    assert outputs(workspace) == serial
    with ProcessPoolExecutor(2) as elsewhere:
        results = run(workspace, notebooks, audiences=["public", "internal"], force=True, executor=elsewhere)
    assert [(r.audience, r.review) for r in results][:2] == [("public", "tiny"), ("public", "tiny-2")]
    assert outputs(workspace) == serial


def test_a_review_without_its_return_is_not_run_and_says_what_it_needs(workspace, notebooks):
    needs = [{"table": "care_episodes", "return": "SSDA903 (episodes)"}]
    write_notebook(
        notebooks, "tiny", [code(PARAMETERS, "parameters"), code("raise SystemError")], {**ABOUT, "needs": needs}
    )
    for _ in range(2):
        (result,) = run(workspace, notebooks)
        assert result.outcome == "unavailable"
        assert result.message == "needs SSDA903 (episodes), which no delivery up to 2018-19-Q2 has brought"
    found = json.loads((result.folder / "findings.json").read_text(encoding="utf-8"))
    assert (found["available"], found["needs"], found["values"]) == (False, ["SSDA903 (episodes)"], {})
    assert not (workspace.build / "notebooks/929/2018-19-Q2/internal/tiny.ipynb").exists()


def test_a_review_is_left_out_for_an_audience_that_it_is_not_for(workspace, notebooks):
    write_notebook(notebooks, about={**ABOUT, "audiences": ["internal"]})
    assert run(workspace, notebooks, audiences=["public"]) == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"names": ["nowhere"]}, "there is no review 'nowhere'; there are: tiny"),
        ({"audiences": ["everyone"]}, "'everyone' is not an audience; it is one of internal, board, public"),
        ({"quarters": ["2018-Q2"]}, "'2018-Q2' is not a financial quarter"),
        ({"options": {"tiny": {"quater": "2018-19-Q2"}}}, "tiny has no parameter 'quater'; it has: authority, quarter, audience"),
        ({"options": {"tiny": {"quarter": 2018}}}, "the parameter 'quarter' is int 2018; its default is of kind str"),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_said_before_anything_is(workspace, notebooks, change, says):
    with pytest.raises(UsageError, match=says.replace("(", r"\(")):
        run(workspace, notebooks, **change)
    assert not workspace.build.exists()


def test_unknown_authorities_and_undelivered_quarters_are_said(workspace, notebooks):
    with pytest.raises(UserError, match="settings.toml has no authority '000'"):
        run_reviews(workspace, "000", ["2018-19-Q2"], ["public"], notebooks=notebooks)
    with pytest.raises(
        UserError, match=r"there is no delivery for 2018-19-Q3 \(deliveries held: 2018-19-Q2 to 2018-19-Q2\)"
    ):
        run(workspace, notebooks, quarters=["2018-19-Q3"])


def test_a_new_delivery_parameter_or_cell_runs_the_review_again(workspace, notebooks):
    run(workspace, notebooks)
    write_notebook(notebooks, cells=[code(PARAMETERS + "\nmonths = 12", "parameters"), code(OPENING), code(EVIDENCE)])
    assert [r.outcome for r in run(workspace, notebooks)] == ["executed"]
    assert [r.outcome for r in run(workspace, notebooks)] == ["cached"]
    assert [r.outcome for r in run(workspace, notebooks, options={"tiny": {"months": 6}})] == ["executed"]
    later = tiny_reviews.referrals({"1A": 13, "6": 3})
    tiny_reviews.deliver(workspace, {"referrals": later}, tiny_reviews.QUARTER.shift(1))
    # A later delivery doesn't touch what was known by an earlier quarter.
    assert [r.outcome for r in run(workspace, notebooks, options={"tiny": {"months": 6}})] == ["cached"]
    tiny_reviews.deliver(workspace, {"referrals": later}, tiny_reviews.QUARTER.shift(-1))
    assert [r.outcome for r in run(workspace, notebooks, options={"tiny": {"months": 6}})] == ["executed"]


def test_a_damaged_output_is_made_again(workspace, notebooks):
    (result,) = run(workspace, notebooks)
    whole = outputs(workspace)
    (result.folder / "findings.json").write_text("{}", encoding="utf-8")
    assert run(workspace, notebooks)[0].outcome == "executed"
    (workspace.build / "notebooks/929/2018-19-Q2/internal/tiny.ipynb").unlink()
    assert run(workspace, notebooks)[0].outcome == "executed"
    assert outputs(workspace) == whole


def test_a_failing_cell_is_told_without_a_childs_details(workspace, notebooks):
    cells = [code(PARAMETERS, "parameters"), code(OPENING), code('raise KeyError(referrals["child_id"].iloc[0])')]
    write_notebook(notebooks, "broken", cells)
    with pytest.raises(ReviewsFailed) as failure:
        run(workspace, notebooks)
    assert str(failure.value).startswith("broken, 2018-19-Q2, internal: broken.ipynb, cell 2: FindingError") or (
        "broken.ipynb, cell" in str(failure.value)
    )
    assert "SIM" not in str(failure.value)
    # The sound one is done all the same, and the broken one has left nothing.
    assert {r.review: r.outcome for r in failure.value.results} == {"tiny": "executed", "broken": "failed"}
    assert not any("broken" in name for name in outputs(workspace))


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("nothing_called_this", "tiny.ipynb, cell 3: NameError: name 'nothing_called_this' is not defined"),
        ('raise ValueError("SIM000001 is wrong")', "tiny.ipynb, cell 3: ValueError (its message is left out"),
        ('review.value("Total", 3)', "tiny.ipynb, cell 3: 'Total' is no name for a finding"),
        ('review.table("tbl-other-x", None, caption="", columns={})', "tiny.ipynb, cell 3: 'tbl-other-x' is no label for a table of tiny"),
        ("import os; os._exit(1)", "tiny.ipynb: its kernel died twice"),
    ],
)  # fmt: skip
def test_the_failing_cell_is_named(workspace, notebooks, source, says):
    write_notebook(notebooks, cells=[code(PARAMETERS, "parameters"), code(OPENING), code(source)])
    with pytest.raises(ReviewsFailed) as failure:
        run(workspace, notebooks)
    assert f"tiny, 2018-19-Q2, internal: {says}" in str(failure.value)


def test_a_kernel_that_dies_once_is_tried_again(workspace, notebooks, tmp_path):
    mark = tmp_path / "died"
    dying = (
        f"import os, pathlib\nmark = pathlib.Path({str(mark)!r})\nif not mark.exists():\n    mark.touch(); os._exit(1)"
    )
    write_notebook(notebooks, cells=[code(PARAMETERS, "parameters"), code(dying), code(OPENING), code(EVIDENCE)])
    assert run(workspace, notebooks)[0].outcome == "executed"


def test_killed_at_any_step_the_next_run_finishes_with_the_same_bytes(workspace, notebooks, monkeypatch):
    """The process stops dead at every step that touches the build folder, one run after another."""
    run(workspace, notebooks)
    undisturbed = outputs(workspace)

    class Killed(BaseException):
        pass

    steps = 0
    real = {"replace": os.replace, "rmtree": execute.shutil.rmtree}
    while True:
        countdown = [steps]

        def dying(name, real=real, countdown=countdown):
            def step(*args, **kwargs):
                if countdown[0] == 0:
                    raise Killed
                countdown[0] -= 1
                return real[name](*args, **kwargs)

            return step

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", dying("replace"))
            patch.setattr(execute.shutil, "rmtree", dying("rmtree"))
            # The notebook itself isn't what is tested here.
            patch.setattr(
                execute,
                "run_notebook",
                lambda review, *_, kept=undisturbed: json.loads(kept["notebooks/929/2018-19-Q2/internal/tiny.ipynb"]),
            )
            try:
                run(workspace, notebooks, force=True)
                break
            except Killed:
                steps += 1
        for name, content in outputs(workspace).items():
            if not any(part.startswith(".") for part in Path(name).parts):
                assert content == undisturbed[name]
    assert steps >= 5
    assert outputs(workspace) == undisturbed


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_killed_while_a_notebook_runs_nothing_is_half_written(workspace, notebooks):
    write_notebook(
        notebooks,
        cells=[code(PARAMETERS, "parameters"), code(OPENING), code("import time; time.sleep(60)"), code(EVIDENCE)],
    )
    program = textwrap.dedent(f"""
        from pathlib import Path
        from analysis.pipeline.run import run_reviews
        from analysis.reference.project import Workspace
        print("started", flush=True)
        run_reviews(Workspace(data=Path({str(workspace.data)!r})), "929", ["2018-19-Q2"], ["internal"], notebooks=Path({str(notebooks)!r}))
    """)
    child = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True)
    child.stdout.readline()
    time.sleep(3)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    assert not workspace.build.exists() or outputs(workspace) == {}
