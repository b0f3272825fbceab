"""The command line: `selfassess`, one verb a stage. Reads like a table of contents; the work is elsewhere."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from analysis.cli import delivering, making, measuring, starting
from analysis.reference.project import ROOT, UserError, Workspace, authority

_ORDER = (
    "simulate",
    "ingest",
    "indicators",
    "review",
    "render",
    "check",
    "build",
    "published",
    "revisions",
    "templates",
    "new-edition",
    "new-review",
    "doctor",
)
_ALL = (*delivering.VERBS, *measuring.VERBS, *making.VERBS, *starting.VERBS)
VERBS = tuple(sorted(_ALL, key=lambda verb: _ORDER.index(verb.name)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one verb. Exit status 0 done, 1 problems found, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        code = authority(options.authority).code
        said = options.verb.run(options, _workspace(options), code)
    except UserError as error:
        if options.json:
            print(json.dumps({"error": str(error)}, indent=1))
        print(f"selfassess {options.verb.name}: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print("\nstopped; what was finished is kept, and the same command goes on from there", file=sys.stderr)
        return 1
    try:
        print(json.dumps(said.data, indent=1, default=str) if options.json else "\n".join(said.lines), flush=True)
    except BrokenPipeError:
        # Whoever was reading (`| head`) has gone; nothing is wrong, and Python must not say so at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return said.status


def _workspace(options: argparse.Namespace) -> Workspace:
    """An edition with a folder of its own has its data in there, unless it is said where else they are."""
    root = Path(options.project).resolve() if options.project else ROOT
    if not (root / "report").is_dir():
        raise UserError(
            f"{options.project} has no folder report/; make one with: selfassess new-edition --into {options.project}"
        )
    return Workspace(Path(options.data) if options.data else root / "data", root)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="selfassess",
        description="From a local authority's statutory returns to its published self-assessment.",
        epilog="Exit status: 0 done, 1 problems found, 2 wrong usage. `selfassess VERB --help` says more of each verb.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for verb in VERBS:
        sub = verbs.add_parser(
            verb.name,
            help=verb.summary,
            description=f"{verb.summary[0].upper()}{verb.summary[1:]}.\n\n{verb.manual}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(verb=verb)
        verb.options(sub)
        sub.add_argument("--data", metavar="DIR", help="the data folder (default: data)")
        sub.add_argument(
            "--project", metavar="DIR", help="the folder of an edition of its own (new-edition --into DIR)"
        )
        sub.add_argument("--authority", metavar="CODE", help="DfE code (default: default_authority in settings.toml)")
        sub.add_argument("--json", action="store_true", help="print the result as JSON, for scripts")
    return parser
