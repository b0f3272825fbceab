"""Runs the reviews: plans, then does every job that isn't done, on as many workers as asked."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from pathlib import Path
from types import MappingProxyType

from analysis.pipeline.execute import FAILED, Result, perform
from analysis.pipeline.plan import Job, make_plan
from analysis.pipeline.reviews import find_reviews
from analysis.reference.calendar import Quarter
from analysis.reference.project import UserError, Workspace

# Told after each job: its result, how many are done, how many there are.
Progress = Callable[[Result, int, int], None]


class ReviewsFailed(UserError):
    """Some notebooks failed; the others are done. `results` has them all."""

    def __init__(self, results: tuple[Result, ...]):
        self.results = results
        failed = [r for r in results if r.outcome == FAILED]
        super().__init__("\n".join(f"{r.review}, {r.quarter}, {r.audience}: {r.message}" for r in failed))


def run_reviews(
    workspace: Workspace,
    authority: str,
    quarters: Iterable[str | Quarter],
    audiences: Iterable[str],
    names: Iterable[str] | None = None,
    jobs: int = 1,
    force: bool = False,
    progress: Progress | None = None,
    *,
    options: Mapping[str, Mapping[str, object]] = MappingProxyType({}),
    notebooks: Path | None = None,
    executor: Executor | None = None,
) -> tuple[Result, ...]:
    """Runs reviews for an authority, in every quarter and for every audience named; results in the plan's order.

    Each notebook runs in a kernel, a process of its own, so `jobs` workers are threads that wait for kernels. An
    `executor` (anything with concurrent.futures' interface, such as a Dask client's) takes their place: jobs and
    results can be pickled, and only the data and build folders must be shared.

    Raises ReviewsFailed after everything else is done; whatever `make_plan` and `find_reviews` raise, at once.
    """
    planned = make_plan(workspace, authority, quarters, audiences, find_reviews(notebooks, names), options)
    for job in planned:
        _clear_leavings(job)
    results: dict[int, Result] = {}

    def note(position: int, result: Result) -> None:
        results[position] = result
        if progress:
            progress(result, len(results), len(planned))

    if executor is None and (jobs <= 1 or len(planned) <= 1):
        for position, job in enumerate(planned):
            note(position, perform(job, force))
    else:
        own = None if executor else ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="review")
        try:
            waiting = {(executor or own).submit(perform, job, force): n for n, job in enumerate(planned)}
            for future in as_completed(waiting):
                note(waiting[future], future.result())
        finally:
            if own:
                own.shutdown(cancel_futures=True)
    ordered = tuple(results[position] for position in range(len(planned)))
    if any(result.outcome == FAILED for result in ordered):
        raise ReviewsFailed(ordered)
    return ordered


def _clear_leavings(job: Job) -> None:
    """Removes what an earlier run that was killed left beside the job's outputs."""
    for path in (job.findings, job.executed, job.record):
        if path.parent.is_dir():
            for left in (*path.parent.glob(f".{path.name}.*.partial"), *path.parent.glob(f".{path.name}.*.old")):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
