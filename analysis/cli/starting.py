"""The verbs that start something new: new-edition, new-review."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.cli.options import Said, Verb, add_quarter, latest, shown
from analysis.reference.project import UserError, Workspace


def _new_edition_options(parser: argparse.ArgumentParser) -> None:
    add_quarter(parser, "the quarter that the edition is about (default: the latest delivered)")
    parser.add_argument(
        "--into", metavar="DIR", help="a folder of its own for the edition (default: this project's report/)"
    )
    parser.add_argument("--force", action="store_true", help="overwrite sections that are there already")


def _new_edition(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.publishing.new_edition import new_edition

    quarter = latest(workspace, code, options.quarter)
    into = Path(options.into) if options.into else workspace.root
    if into.exists() and not into.is_dir():
        raise UserError(f"--into {options.into} is a file; name a folder")
    made = new_edition(workspace.root, into, code, str(quarter), force=options.force)
    told = f" --project {shown(into, workspace)}" if options.into else ""
    data = f" --data {shown(workspace.data, workspace)}" if options.into else ""
    lines = [
        f"{len(made.files)} files in {shown(into, workspace)}, for {code} and {quarter}",
        *(f"to write: {name}" for name in made.to_write),
        f"see it as a draft: selfassess review{told}{data} --authority {code} --quarter {quarter}, then",
        f"selfassess render{told}{data} --authority {code} --quarter {quarter} --draft",
    ]
    return Said(
        lines, {"folder": str(into), "files": made.files, "to_write": made.to_write, "quarter": str(quarter), "authority": code}
    )  # fmt: skip


def _new_review_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="small letters, digits and hyphens: short-breaks")
    parser.add_argument("--title", default="", help="default: the name in words")
    parser.add_argument("--question", default="", help="what the review answers, in plain words")
    parser.add_argument(
        "--indicator", action="append", default=[], metavar="ID", help="a measure to begin with (docs/indicators.md); may be repeated"
    )  # fmt: skip


def _new_review(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.pipeline.new_review import new_review

    path = new_review(options.name, title=options.title, question=options.question, indicators=options.indicator)
    lines = [
        f"{shown(path, workspace)}: open it in JupyterLab, and change what it asks",
        f"docs/findings.md has its section, {options.name}: tests hold the two to each other",
        f"run it: selfassess review {options.name}",
    ]
    return Said(lines, {"notebook": str(path)})


VERBS = (
    Verb("new-edition", "writes the narrative of another authority or quarter, as prompts beside bound figures",
         "Each section keeps its headings, the figures that it names and its charts and tables; what was said of the old\n"
         "authority goes, and a prompt says what to write. edition.toml says for whom the edition is. Nothing is overwritten\n"
         "without --force. While a prompt stands, the documents are made as drafts only. With --into DIR the edition is a\n"
         "project of its own: give --project DIR to review, render, check and build.",
         _new_edition_options, _new_edition),
    Verb("new-review", "writes a review's notebook from a template, with its section in docs/findings.md",
         "The notebook runs as it is, and its tests pass. A review of that name is never overwritten.",
         _new_review_options, _new_review),
)  # fmt: skip
