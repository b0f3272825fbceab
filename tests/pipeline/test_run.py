"""Running reviews: what is run, what is skipped, what comes out, and what a failure says."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import tiny_reviews
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError
from tiny_reviews import ABOUT, EVIDENCE, OPENING, PARAMETERS, code, write_notebook

from analysis.findings import extract
from analysis.findings.metadata import read_notebook
from analysis.pipeline import cache, execute
from analysis.pipeline.kernel import this_python
from analysis.pipeline.reviews import resolve
from analysis.pipeline.run import ReviewsFailed, run_reviews
from analysis.reference.project import ROOT, UsageError, UserError, Workspace


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


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> SimpleNamespace:
    """The tiny review, run for two audiences by two workers, each in a kernel of its own."""
    home = tmp_path_factory.mktemp("ran")
    workspace = Workspace(data=home / "data")
    tiny_reviews.deliver(workspace, {"referrals": tiny_reviews.referrals({"1A": 12, "6": 3})})
    write_notebook(home / "notebooks")
    internal, public = run(workspace, home / "notebooks", audiences=["internal", "public"], jobs=2)
    return SimpleNamespace(
        workspace=workspace, notebooks=home / "notebooks", internal=internal, public=public, outputs=outputs(workspace)
    )


@pytest.fixture
def no_kernel(ran, monkeypatch):
    """Running a notebook gives what it gave before: for tests of everything around it. Counts the runs."""
    kept = json.loads(ran.outputs["notebooks/929/2018-19-Q2/internal/tiny.ipynb"])
    runs = []
    monkeypatch.setattr(execute, "run_notebook", lambda review, parameters, data: runs.append(review.name) or kept)
    return runs


def test_a_review_is_executed_then_cached_then_forced(workspace, notebooks, no_kernel):
    told = []
    (first,) = run(
        workspace, notebooks, progress=lambda result, done, total: told.append((result.outcome, done, total))
    )
    assert first.outcome == "executed"
    assert told == [("executed", 1, 1)]
    before = outputs(workspace)
    assert set(before) == {
        "cache/929/2018-19-Q2/internal/tiny.json",
        "findings/929/2018-19-Q2/internal/tiny/fig-tiny-sources.svg",
        "findings/929/2018-19-Q2/internal/tiny/findings.json",
        "notebooks/929/2018-19-Q2/internal/tiny.ipynb",
    }
    (second,) = run(workspace, notebooks)
    assert second.outcome == "cached"
    (third,) = run(workspace, notebooks, force=True)
    assert third.outcome == "executed"
    assert outputs(workspace) == before


def test_what_a_review_finds(ran):
    result = ran.public
    assert result.outcome == "executed"
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
        "Bar chart of referrals by source: 1A 12; 6 c (c: withheld to protect small numbers)."
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


def test_by_hand_and_through_papermill_the_findings_are_the_same(ran, tmp_path, monkeypatch):
    """JupyterLab runs the notebook as it stands, in its own folder."""
    monkeypatch.setenv("SELFASSESS_DATA", str(ran.workspace.data))
    monkeypatch.setenv("SELFASSESS_NOTEBOOKS", str(ran.notebooks))
    review = read_notebook(ran.notebooks / "tiny.ipynb")
    client = NotebookClient(
        nbformat.read(review.path, as_version=4), kernel_manager_class=this_python(ran.notebooks, {})
    )
    saved = tmp_path / "tiny.ipynb"
    nbformat.write(client.execute(), saved)
    extract.write(extract.extract(review, json.loads(saved.read_text(encoding="utf-8"))), tmp_path)
    for name in ("findings.json", "fig-tiny-sources.svg"):
        assert (tmp_path / name).read_bytes() == (ran.internal.folder / name).read_bytes()


def test_executed_notebooks_hold_no_time_path_or_machine(ran):
    text = ran.outputs["notebooks/929/2018-19-Q2/internal/tiny.ipynb"].decode("utf-8")
    assert "papermill" not in text
    assert str(ROOT) not in text
    assert str(ran.workspace.data) not in text
    # The kernel that its author named; the one that ran it was this Python's.
    assert "elsewhere" in text


def test_workers_make_no_difference(ran):
    (again,) = run(ran.workspace, ran.notebooks, audiences=["internal"], force=True)
    with ProcessPoolExecutor(1) as elsewhere:
        (public,) = run(ran.workspace, ran.notebooks, audiences=["public"], force=True, executor=elsewhere)
    assert (again.outcome, public.outcome) == ("executed", "executed")
    assert outputs(ran.workspace) == ran.outputs


def test_results_come_in_the_plans_order(workspace, notebooks, no_kernel):
    write_notebook(notebooks, "another", about={**ABOUT, "order": 0, "audiences": ["internal"], "needs": []})
    later = tiny_reviews.QUARTER.shift(1)
    tiny_reviews.deliver(workspace, {"referrals": tiny_reviews.referrals({"1A": 9}, later)}, later)
    try:
        results = run(workspace, notebooks, audiences=["internal"], quarters=[later, "2018-19-Q2"], jobs=3)
    except ReviewsFailed as failure:
        results = failure.results
    assert [(r.quarter, r.review) for r in results] == [
        ("2018-19-Q2", "another"), ("2018-19-Q2", "tiny"), ("2018-19-Q3", "another"), ("2018-19-Q3", "tiny"),
    ]  # fmt: skip


def test_a_review_without_its_return_is_not_run_and_says_what_it_needs(workspace, notebooks, no_kernel):
    needs = [{"table": "care_episodes", "return": "SSDA903 (episodes)"}]
    write_notebook(notebooks, about={**ABOUT, "needs": needs})
    for _ in range(2):
        (result,) = run(workspace, notebooks)
        assert result.outcome == "unavailable"
        assert result.message == "needs SSDA903 (episodes), which no delivery up to 2018-19-Q2 has brought"
    found = json.loads((result.folder / "findings.json").read_text(encoding="utf-8"))
    assert (found["available"], found["needs"], found["values"]) == (False, ["SSDA903 (episodes)"], {})
    assert not (workspace.build / "notebooks/929/2018-19-Q2/internal/tiny.ipynb").exists()
    assert no_kernel == []


def test_when_its_return_goes_what_was_found_goes_too(workspace, notebooks, no_kernel):
    run(workspace, notebooks)
    write_notebook(notebooks, about={**ABOUT, "needs": [{"table": "care_episodes", "return": "SSDA903"}]})
    run(workspace, notebooks)
    assert [name for name in outputs(workspace) if "fig" in name or "ipynb" in name] == []


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
    with pytest.raises(UsageError, match=re.escape(says)):
        run(workspace, notebooks, **change)
    assert not workspace.build.exists()


def test_a_parameter_that_is_not_given_is_an_error():
    with pytest.raises(UsageError, match="tiny must be given audience"):
        resolve(
            SimpleNamespace(name="tiny", parameters=dict.fromkeys(("authority", "quarter", "audience"), "")),
            {"authority": "929", "quarter": "x"},
        )


def test_unknown_authorities_and_undelivered_quarters_are_said(workspace, notebooks):
    with pytest.raises(UserError, match=r"settings.toml has no authority '000'"):
        run_reviews(workspace, "000", ["2018-19-Q2"], ["public"], notebooks=notebooks)
    held = "there is no delivery for 2018-19-Q3 (deliveries held: 2018-19-Q2 to 2018-19-Q2)"
    with pytest.raises(UserError, match=re.escape(held)):
        run(workspace, notebooks, quarters=["2018-19-Q3"])


def test_a_new_delivery_parameter_or_cell_runs_the_review_again(workspace, notebooks, no_kernel):
    def outcome(**more):
        return run(workspace, notebooks, **more)[0].outcome

    assert outcome() == "executed"
    write_notebook(notebooks, cells=[code(PARAMETERS + "\nmonths = 12", "parameters"), code(OPENING), code(EVIDENCE)])
    assert outcome() == "executed"
    assert outcome() == "cached"
    six = {"options": {"tiny": {"months": 6}}}
    assert outcome(**six) == "executed"
    more = tiny_reviews.referrals({"1A": 13, "6": 3})
    tiny_reviews.deliver(workspace, {"referrals": more}, tiny_reviews.QUARTER.shift(1))
    # A later delivery doesn't touch what was known by an earlier quarter.
    assert outcome(**six) == "cached"
    tiny_reviews.deliver(workspace, {"referrals": more}, tiny_reviews.QUARTER.shift(-1))
    assert outcome(**six) == "executed"


def test_changed_code_runs_the_review_again(workspace, notebooks, no_kernel, monkeypatch):
    run(workspace, notebooks)
    monkeypatch.setattr(cache, "_code", lambda: "other code")
    assert run(workspace, notebooks)[0].outcome == "executed"
    assert run(workspace, notebooks)[0].outcome == "cached"
    monkeypatch.setattr(cache, "_libraries", lambda: ["pandas 4"])
    assert run(workspace, notebooks)[0].outcome == "executed"


def test_a_damaged_or_lost_output_is_made_again(workspace, notebooks, no_kernel):
    (result,) = run(workspace, notebooks)
    whole = outputs(workspace)
    (result.folder / "findings.json").write_text("{}", encoding="utf-8")
    assert run(workspace, notebooks)[0].outcome == "executed"
    (workspace.build / "notebooks/929/2018-19-Q2/internal/tiny.ipynb").unlink()
    assert run(workspace, notebooks)[0].outcome == "executed"
    assert outputs(workspace) == whole


def test_a_failing_cell_is_told_without_a_childs_details(workspace, notebooks, monkeypatch):
    failing = OPENING.replace("tiny", "broken") + '\nraise KeyError(referrals["child_id"].iloc[0])'
    write_notebook(notebooks, "broken", [code(PARAMETERS, "parameters"), code(failing)])
    with pytest.raises(ReviewsFailed) as failure:
        run(workspace, notebooks)
    assert str(failure.value) == (
        "broken, 2018-19-Q2, internal: broken.ipynb, cell 2: KeyError (its message is left out because it may hold a "
        "child's details; run the notebook by hand in JupyterLab with the same parameters to see it)"
    )
    # The sound one is done all the same, and the broken one has left nothing.
    assert {r.review: r.outcome for r in failure.value.results} == {"tiny": "executed", "broken": "failed"}
    assert not any("broken" in name for name in outputs(workspace))


@pytest.mark.parametrize(
    ("name", "message", "says"),
    [
        ("NameError", "name 'x' is not defined", "tiny.ipynb, cell 3: NameError: name 'x' is not defined"),
        ("ValueError", "SIM000001 is wrong", "tiny.ipynb, cell 3: ValueError (its message is left out"),
        ("FindingError", "'Total' is no name for a finding", "tiny.ipynb, cell 3: 'Total' is no name for a finding"),
    ],
)
def test_the_failing_cell_is_named_by_its_own_number(notebooks, name, message, says):
    """Papermill's index counts the cell that it puts in; ours is the notebook's own."""
    review = read_notebook(notebooks / "tiny.ipynb")
    error = PapermillExecutionError(
        cell_index=3, exec_count=3, source=OPENING, ename=name, evalue=message, traceback=[]
    )
    assert execute.cell_failed(review, error).startswith(says)


def test_a_kernel_that_dies_once_is_tried_again(workspace, notebooks, tmp_path):
    mark = tmp_path / "died"
    dying = (
        f"import os, pathlib\nmark = pathlib.Path({str(mark)!r})\nif not mark.exists():\n    mark.touch(); os._exit(1)"
    )
    write_notebook(notebooks, cells=[code(PARAMETERS, "parameters"), code(dying), code(OPENING), code(EVIDENCE)])
    assert run(workspace, notebooks)[0].outcome == "executed"


def test_a_kernel_that_dies_twice_is_given_up(workspace, notebooks, monkeypatch):
    def die(*args, **kwargs):
        raise DeadKernelError("Kernel died")

    monkeypatch.setattr("papermill.execute_notebook", die)
    with pytest.raises(ReviewsFailed, match=r"tiny.ipynb: its kernel died twice \(DeadKernelError\)"):
        run(workspace, notebooks)


def test_killed_at_any_step_the_next_run_finishes_with_the_same_bytes(workspace, notebooks, no_kernel, monkeypatch):
    """The process stops dead at every step that touches the build folder, one run after another."""
    run(workspace, notebooks)
    undisturbed = outputs(workspace)

    class Killed(BaseException):
        pass

    steps = 0
    real = {"replace": os.replace, "rmtree": execute.shutil.rmtree, "mkdir": Path.mkdir}
    while True:
        left = [steps]

        def dying(name, left=left):
            def step(*args, **kwargs):
                if left[0] == 0:
                    raise Killed
                left[0] -= 1
                return real[name](*args, **kwargs)

            return step

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", dying("replace"))
            patch.setattr(execute.shutil, "rmtree", dying("rmtree"))
            patch.setattr(Path, "mkdir", dying("mkdir"))
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
        from analysis.pipeline.reviews import resolve
from analysis.pipeline.reviews import resolve
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
