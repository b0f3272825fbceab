"""The verbs that make documents: review, render, check, build, doctor."""

from __future__ import annotations

import argparse

from analysis.cli.options import Said, Verb, add_audience, add_jobs, add_quarter, formats, latest, shown
from analysis.progress import progress_bar
from analysis.reference.project import UsageError, Workspace
from analysis.reference.quarters import Quarter


def _review_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("review", nargs="*", metavar="NAME", help="default: every review")
    add_quarter(parser)
    add_audience(parser)
    add_jobs(parser)
    parser.add_argument("--force", action="store_true", help="run again even where nothing has changed")


def _review(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.publishing.build import run_and_promote

    quarter = latest(workspace, code, options.quarter)
    with progress_bar("reviews") as step:
        results = run_and_promote(
            workspace, code, quarter, options.audience, names=options.review or None, jobs=options.jobs,
            force=options.force, progress=step,
        )  # fmt: skip
    return Said([r.line for r in results], [r.data for r in results])


def _render_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("document", nargs="*", metavar="DOCUMENT", help="default: every document")
    add_quarter(parser)
    add_audience(parser)
    parser.add_argument("--renderer", choices=("auto", "quarto", "portable"), default="auto", help="default: auto")
    parser.add_argument("--to", type=formats, default="html,pdf,docx", metavar="FORMATS", help="default: html,pdf,docx")
    parser.add_argument("--draft", action="store_true", help="publish in spite of failing gates, with a watermark")


def _render(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.publishing.build import render_documents

    quarter = latest(workspace, code, options.quarter)
    result = render_documents(
        workspace, code, quarter, options.audience, documents=options.document or None, formats=options.to,
        renderer=options.renderer, draft=options.draft,
    )  # fmt: skip
    return Said(result.lines(lambda path: shown(path, workspace)), result.data, result.status)


def _check_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("document", nargs="*", metavar="DOCUMENT", help="default: every document")
    add_quarter(parser)
    add_audience(parser)


def _check(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.publishing.build import check_documents

    quarter = latest(workspace, code, options.quarter)
    failures = check_documents(workspace, code, quarter, options.audience, documents=options.document or None)
    lines = [str(failure) for failure in failures] or [f"{quarter}, {options.audience}: every gate is passed"]
    return Said(lines, [vars(f) for f in failures], 1 if failures else 0)


def _build_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--quarter", action="append", default=[], metavar="Q",
        help="like 2018-19-Q2, or `latest`; may be repeated (default: every quarter delivered)",
    )  # fmt: skip
    add_audience(parser, many=True)
    add_jobs(parser)
    parser.add_argument("--renderer", choices=("auto", "quarto", "portable"), default="auto", help="default: auto")


def _build(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.pipeline.ingest import ingest_waiting, waiting
    from analysis.publishing.build import build
    from analysis.records.history import History

    deliveries = waiting(workspace, code)
    if deliveries:
        with progress_bar("ingesting", len(deliveries)) as step:
            ingest_waiting(workspace, code, options.jobs, lambda one: step(str(one.quarter)))
    newest = latest(workspace, code, None)
    try:
        named = [newest if text == "latest" else Quarter.parse(text) for text in options.quarter]
    except ValueError as error:
        raise UsageError(f"--quarter: {error}") from None
    quarters = named or list(History.open(workspace.store, code).quarters)
    with progress_bar("building") as step:
        result = build(
            workspace, code, quarters, options.audience or ["public"], jobs=options.jobs, renderer=options.renderer,
            progress=step,
        )  # fmt: skip
    return Said(result.lines(lambda path: shown(path, workspace)), result.data, result.status)


def _doctor(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.publishing.doctor import examine

    found = examine(workspace, code)
    lines = [f"{'ok     ' if item.well else 'missing'}  {item.name}: {item.words}" for item in found]
    return Said(lines, [vars(item) for item in found], 0 if all(item.well or not item.needed for item in found) else 1)


VERBS = (
    Verb("review", "runs the review notebooks with Papermill",
         "A review whose data, code and parameters haven't changed since it last ran isn't run again.",
         _review_options, _review),
    Verb("render", "makes the documents from the reviews' findings",
         "Quarto renders where it is installed, the portable renderer elsewhere; which one, and why, is printed.\n"
         "Gates are checked first: a document that fails one isn't published, unless as a --draft.",
         _render_options, _render),
    Verb("check", "runs the gates over the documents and says what fails, with file and line", "",
         _check_options, _check),
    Verb("build", "does whatever of the above is out of date",
         "Ingests waiting deliveries, runs reviews, checks and renders. Without --quarter, every quarter delivered.",
         _build_options, _build),
    Verb("doctor", "says what is installed, which renderer will be used and why, and what is missing", "",
         lambda parser: None, _doctor),
)  # fmt: skip
