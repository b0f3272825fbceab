"""Runs one job: its notebook through Papermill, its findings out of it, both put in place whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.findings import extract as findings
from analysis.findings.metadata import ReviewNotebook, read_notebook, source_of
from analysis.pipeline import cache
from analysis.pipeline.plan import Job
from analysis.records.history import History
from analysis.reference.calendar import Quarter
from analysis.reference.project import ROOT, UserError, Workspace

if TYPE_CHECKING:
    from papermill.exceptions import PapermillExecutionError

EXECUTED, CACHED, UNAVAILABLE, FAILED = "executed", "cached", "unavailable", "failed"
# A cell that takes longer than this has hung.
LONGEST_CELL_SECONDS = 900
# Errors of ours, whose message is a sentence for the person who can mend it.
_SENTENCES = frozenset({"UserError", "UsageError", "FindingError"})
# Errors whose message tells of the program, never of the data. Any other message can hold a child's row.
_SAFE_TO_SHOW = frozenset({"NameError", "AttributeError", "ImportError", "ModuleNotFoundError", "SyntaxError"})


class NotebookFailed(UserError):
    """A cell raised an error, or the kernel died."""


@dataclass(frozen=True)
class Result:
    """What became of a job. `message` is a sentence where there is something to say."""

    review: str
    quarter: str
    audience: str
    outcome: str
    folder: Path
    message: str = ""

    @property
    def line(self) -> str:
        """The result on one line, for a person."""
        return f"{self.review}, {self.quarter}, {self.audience}: {self.outcome}" + (
            f" ({self.message})" if self.message else ""
        )

    @property
    def data(self) -> dict:
        """The result for a script."""
        return {"review": self.review, "quarter": self.quarter, "audience": self.audience, "outcome": self.outcome,
                "message": self.message}  # fmt: skip


def perform(job: Job, force: bool = False) -> Result:
    """Does one job, unless it is done already. Never raises for a notebook that fails: the result says why.

    Killed at any moment, it leaves the last outputs or the new ones, or none, and no half of either.
    """
    try:
        key = cache.key_of(job)
        if not force and cache.is_done(job, key):
            return _result(job, UNAVAILABLE if job.needs else CACHED, _needs(job))
        review = read_notebook(job.notebook)
        if job.needs:
            known = History.open(Workspace(job.data).store, job.authority).known_by(Quarter.parse(job.quarter))
            found, notebook = (
                findings.unavailable(review, job.authority, job.quarter, job.audience, job.needs, known),
                None,
            )
        else:
            notebook = tidied(run_notebook(review, dict(job.parameters), job.data))
            found = findings.extract(review, notebook)
        _put(job, found, notebook)
        cache.remember(job, key)
    except UserError as error:
        return _result(job, FAILED, str(error))
    return _result(job, UNAVAILABLE if job.needs else EXECUTED, _needs(job))


def run_notebook(review: ReviewNotebook, parameters: Mapping[str, object], data: Path) -> dict:
    """The notebook executed by Papermill with these parameters, as parsed JSON.

    Raises NotebookFailed with the notebook, the cell and the error in a sentence; a kernel that dies or never
    starts is tried once more first.
    """
    # jsonschema builds a grammar of international web addresses when it is imported: a second, for a check that nothing
    # here asks for. It does without where the package isn't there.
    sys.modules.setdefault("rfc3987_syntax", None)
    import nbformat
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError
    from zmq import ZMQError

    from analysis.pipeline.kernel import KERNEL, this_python

    environment = {
        "SELFASSESS_DATA": str(Path(data).resolve()),
        "SELFASSESS_NOTEBOOKS": str(review.path.parent.resolve()),
    }
    for last_try in (False, True):
        try:
            executed = papermill.execute_notebook(
                nbformat.read(review.path, as_version=4),
                None,
                parameters=dict(parameters),
                kernel_name=KERNEL,
                language="python",
                progress_bar=False,
                log_output=False,
                request_save_on_cell_execute=False,
                autosave_cell_every=0,
                execution_timeout=LONGEST_CELL_SECONDS,
                kernel_manager_class=this_python(ROOT, environment),
                shutdown_kernel="immediate",
            )
            return json.loads(nbformat.writes(executed))
        except PapermillExecutionError as error:
            raise NotebookFailed(cell_failed(review, error)) from None
        except (DeadKernelError, ZMQError, RuntimeError) as error:
            if last_try:
                raise NotebookFailed(
                    f"{review.path.name}: its kernel died twice ({type(error).__name__}); there may be too little memory, "
                    "or too many jobs at once"
                ) from None
    raise AssertionError("unreachable")


def tidied(executed: Mapping) -> dict:
    """The executed notebook without timings, paths, and names of machines and versions."""
    kept = json.loads(json.dumps(executed))
    about = kept["metadata"]
    kept["metadata"] = {name: about[name] for name in ("selfassess", "kernelspec") if name in about}
    kept["metadata"]["language_info"] = {"name": "python"}
    for number, cell in enumerate(kept["cells"]):
        tags = cell.get("metadata", {}).get("tags", [])
        cell["metadata"] = {
            name: value for name, value in cell.get("metadata", {}).items() if name not in ("papermill", "execution")
        }
        # Papermill gives the cell that it puts in a random identifier.
        if "injected-parameters" in tags:
            cell["id"] = "injected-parameters"
        cell.setdefault("id", f"cell-{number}")
        cell["outputs"] = (
            [out for out in cell["outputs"] if out.get("output_type") != "stream"] if "outputs" in cell else None
        )
        if cell["outputs"] is None:
            del cell["outputs"]
    return kept


def cell_failed(review: ReviewNotebook, error: PapermillExecutionError) -> str:
    """A sentence on the cell that failed, by its number in the notebook, without what could be a child's details."""
    # Papermill's own index counts the cell that it puts in after the parameters.
    numbers = [n for n, cell in enumerate(review.cells, start=1) if source_of(cell) == error.source]
    where = f"{review.path.name}, cell {numbers[0] if numbers else error.cell_index}"
    if error.ename in _SENTENCES:
        return f"{where}: {error.evalue}"
    if error.ename in _SAFE_TO_SHOW:
        return f"{where}: {error.ename}: {error.evalue}"
    return (
        f"{where}: {error.ename} (its message is left out because it may hold a child's details; "
        "run the notebook by hand in JupyterLab with the same parameters to see it)"
    )


def _put(job: Job, found: findings.Findings, notebook: Mapping | None) -> None:
    cache.forget(job)
    partial = job.findings.with_name(f".{job.findings.name}.{os.getpid()}.partial")
    old = job.findings.with_name(f".{job.findings.name}.{os.getpid()}.old")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    findings.write(found, partial)
    if job.findings.exists():
        shutil.rmtree(old, ignore_errors=True)
        os.replace(job.findings, old)
    os.replace(partial, job.findings)
    shutil.rmtree(old, ignore_errors=True)
    if notebook is None:
        job.executed.unlink(missing_ok=True)
    else:
        text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        cache.write_whole(job.executed, text.encode("utf-8"))


def _needs(job: Job) -> str:
    return f"needs {'; '.join(job.needs)}, which no delivery up to {job.quarter} has brought" if job.needs else ""


def _result(job: Job, outcome: str, message: str = "") -> Result:
    return Result(job.review, job.quarter, job.audience, outcome, job.findings, message)
