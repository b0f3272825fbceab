"""What verbs are made of: how one is described, what it says, and the options that several share."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analysis.reference.project import UserError, Workspace
from analysis.reference.quarters import Quarter, parse_quarter_range

AUDIENCES = ("internal", "board", "public")


@dataclass(frozen=True)
class Said:
    """What a verb says when it is done: lines for a person, the same as data for a script, and an exit status."""

    lines: Sequence[str]
    data: object = field(default_factory=dict)
    status: int = 0


@dataclass(frozen=True)
class Verb:
    name: str
    summary: str
    manual: str
    options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Workspace, str], Said]


def quarter(text: str) -> Quarter:
    try:
        return Quarter.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def quarter_range(text: str) -> list[Quarter]:
    try:
        return parse_quarter_range(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def workers(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of workers; give 1 or more")
    return int(text)


def formats(text: str) -> list[str]:
    known = ("html", "pdf", "docx")
    wanted = [part.strip() for part in text.split(",") if part.strip()]
    if not wanted or set(wanted) - set(known):
        raise argparse.ArgumentTypeError(f"'{text}' is not a list of formats; choose from {', '.join(known)}")
    return wanted


def add_quarter(parser: argparse.ArgumentParser, words: str = "the quarter (default: the latest delivered)") -> None:
    parser.add_argument("--quarter", type=quarter, metavar="Q", help=f"{words}, like 2018-19-Q2")


def add_audience(parser: argparse.ArgumentParser, *, many: bool = False) -> None:
    if many:
        parser.add_argument("--audience", choices=AUDIENCES, action="append", help="may be repeated (default: public)")
    else:
        parser.add_argument("--audience", choices=AUDIENCES, default="public", help="default: public")


def add_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--jobs", type=workers, default=os.cpu_count() or 1, metavar="N", help="workers (default: cores)"
    )


def latest(workspace: Workspace, code: str, quarter: Quarter | None) -> Quarter:
    from analysis.records.history import History

    if quarter is not None:
        return quarter
    delivered = History.open(workspace.store, code).quarters
    if not delivered:
        raise UserError(
            "nothing has been delivered yet; run `selfassess ingest` (or `selfassess simulate` for invented returns) first"
        )
    return delivered[-1]


def shown(path: Path, workspace: Workspace) -> str:
    """A path as short as it can be said."""
    for base in (Path.cwd(), workspace.home):
        if path.resolve().is_relative_to(base.resolve()):
            return str(path.resolve().relative_to(base.resolve()))
    return str(path)
