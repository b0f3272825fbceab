"""The command line: `selfassess`, one verb a stage. Reads like a table of contents; the work is elsewhere."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analysis.progress import progress_bar
from analysis.reference.project import UsageError, UserError, Workspace, authority
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one verb. Exit status 0 done, 1 problems found, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        code = authority(options.authority).code
        said = options.verb.run(options, Workspace(Path(options.data)), code)
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


def _parser() -> argparse.ArgumentParser:
    from analysis.reference.project import ROOT

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
        sub.add_argument("--data", metavar="DIR", default=str(ROOT / "data"), help="the data folder (default: data)")
        sub.add_argument("--authority", metavar="CODE", help="DfE code (default: default_authority in settings.toml)")
        sub.add_argument("--json", action="store_true", help="print the result as JSON, for scripts")
    return parser


# --- options that several verbs share ---------------------------------------------------------------------


def _quarter(text: str) -> Quarter:
    try:
        return Quarter.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _quarters(text: str) -> list[Quarter]:
    try:
        return parse_quarter_range(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _jobs(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of workers; give 1 or more")
    return int(text)


def _formats(text: str) -> list[str]:
    known = ("html", "pdf", "docx")
    wanted = [part.strip() for part in text.split(",") if part.strip()]
    if not wanted or set(wanted) - set(known):
        raise argparse.ArgumentTypeError(f"'{text}' is not a list of formats; choose from {', '.join(known)}")
    return wanted


def _add_quarter(parser: argparse.ArgumentParser, words: str = "the quarter (default: the latest delivered)") -> None:
    parser.add_argument("--quarter", type=_quarter, metavar="Q", help=f"{words}, like 2018-19-Q2")


def _add_audience(parser: argparse.ArgumentParser, *, many: bool = False) -> None:
    if many:
        parser.add_argument("--audience", choices=AUDIENCES, action="append", help="may be repeated (default: public)")
    else:
        parser.add_argument("--audience", choices=AUDIENCES, default="public", help="default: public")


def _add_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jobs", type=_jobs, default=os.cpu_count() or 1, metavar="N", help="workers (default: cores)")


def _latest(workspace: Workspace, code: str, quarter: Quarter | None) -> Quarter:
    from analysis.records.history import History

    if quarter is not None:
        return quarter
    delivered = History.open(workspace.store, code).quarters
    if not delivered:
        raise UserError(
            "nothing has been delivered yet; run `selfassess ingest` (or `selfassess simulate` for invented returns) first"
        )
    return delivered[-1]


def _shown(path: Path, workspace: Workspace) -> str:
    """A path as short as it can be said."""
    for base in (Path.cwd(), workspace.home):
        if path.resolve().is_relative_to(base.resolve()):
            return str(path.resolve().relative_to(base.resolve()))
    return str(path)


# --- verbs -------------------------------------------------------------------------------------------------


def _simulate_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quarters", type=_quarters, default="2015-16-Q1..2018-19-Q2", metavar="Q..Q")
    parser.add_argument("--seed", type=int, default=20181231, metavar="N", help="same seed, same children, same bytes")
    parser.add_argument("--into", metavar="DIR", help="where to write (default: DATA/returns)")
    parser.add_argument(
        "--scale", type=float, default=1.0, metavar="X", help="share of the full population, for trials"
    )
    parser.add_argument("--unless-present", action="store_true", help="do nothing where returns lie there already")
    parser.add_argument("--replace", action="store_true", help="replace an earlier simulation (never real returns)")


def _simulate(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    into = Path(options.into) if options.into else workspace.returns
    place = into / code
    if options.unless_present and place.is_dir() and any(place.iterdir()):
        return Said([f"returns are present in {_shown(place, workspace)}; nothing simulated"], {"simulated": False})
    from analysis.simulation.deliveries import write_deliveries
    from analysis.simulation.truth import simulate

    if not 0 < options.scale <= 1:
        raise UsageError("--scale is a share of the full population: above 0, at most 1")
    with progress_bar("simulating", 1 + len(options.quarters)) as step:
        truth = simulate(code, options.quarters, options.seed, options.scale)
        step("")
        write_deliveries(truth, into, progress=step, replace=options.replace)
    rows = {name: len(frame) for name, frame in truth.tables.items() if len(frame)}
    return Said(
        [
            f"an invented authority: {rows['children']:,} children over {len(options.quarters)} quarters, "
            f"in the real formats, in {_shown(place, workspace)}",
            "every child in it is invented, and carries a mark (SIM…) that says so",
        ],
        {"simulated": True, "rows": rows, "folder": str(place)},
    )


def _ingest_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("delivery", nargs="*", metavar="DELIVERY", help="folders or files, in one delivery")
    _add_quarter(parser, "the quarter that the delivery is for (default: worked out from its content)")
    _add_jobs(parser)


def _ingest(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.pipeline.ingest import ingest, ingest_waiting, summary, waiting

    if options.delivery:
        found = ingest(workspace, code, [Path(p) for p in options.delivery], options.quarter)
        if len(found) > 1:
            years = ", ".join(str(one.quarter) for one in found)
            print(
                f"the delivery holds {len(found)} collection years; each is filed under its own quarter: {years}",
                file=sys.stderr,
            )
    else:
        if options.quarter:
            raise UsageError(
                "--quarter goes with the DELIVERY to ingest; without one, every waiting delivery is ingested"
            )
        deliveries = waiting(workspace, code)
        if not deliveries:
            raise UserError(
                f"no deliveries wait in {_shown(workspace.returns / code, workspace)}/<quarter>/; put returns there, "
                "name a folder, or run `selfassess simulate` for invented ones"
            )
        with progress_bar("ingesting", len(deliveries)) as step:
            found = ingest_waiting(workspace, code, options.jobs, lambda one: step(str(one.quarter)))
    lines = [line for one in found for line in summary(one, workspace.home)]
    data = [
        {
            "quarter": str(one.quarter),
            "id": one.snapshot.id,
            "new": one.new,
            "counts": [vars(c) for c in one.account.counts] if one.account else [],
            "problems": len(one.account.problems) if one.account else 0,
        }
        for one in found
    ]
    return Said(lines, data)


def _indicators_options(parser: argparse.ArgumentParser) -> None:
    _add_quarter(parser)
    parser.add_argument(
        "--known-by", type=_quarter, metavar="Q", help="as known by that delivery (default: the quarter)"
    )
    parser.add_argument("--indicator", action="append", metavar="ID", help="may be repeated (default: all)")
    parser.add_argument("--by", action="append", default=[], metavar="BREAKDOWN", help="may be repeated")
    parser.add_argument("--to", metavar="FILE", help=".csv or .parquet (default: a table on the screen)")


def _indicators(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.indicators.registry import compute
    from analysis.records.history import History

    quarter = _latest(workspace, code, options.quarter)
    known = History.open(workspace.store, code).known_by(options.known_by or quarter)
    table = compute(known, quarter, ids=options.indicator, by=tuple(options.by), authority=code)
    if options.to:
        path = Path(options.to)
        if path.suffix not in (".csv", ".parquet"):
            raise UsageError(f"--to '{path.name}' ends in neither .csv nor .parquet")
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(path, index=False, lineterminator="\n") if path.suffix == ".csv" else table.to_parquet(
            path, index=False
        )
        return Said([f"{len(table):,} values in {path}"], {"rows": len(table), "file": str(path)})
    shown = table[
        ["indicator", "breakdown", "category", "period_end", "numerator", "denominator", "value", "unit", "symbol"]
    ]
    return Said(
        shown.round({"numerator": 1, "denominator": 1, "value": 1}).to_string(index=False, na_rep="").splitlines(),
        json.loads(table.to_json(orient="records", date_format="iso")),
    )


def _review_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("review", nargs="*", metavar="NAME", help="default: every review")
    _add_quarter(parser)
    _add_audience(parser)
    _add_jobs(parser)
    parser.add_argument("--force", action="store_true", help="run again even where nothing has changed")


def _review(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.publishing.build import run_and_promote

    quarter = _latest(workspace, code, options.quarter)
    with progress_bar("reviews") as step:
        results = run_and_promote(
            workspace, code, quarter, options.audience, names=options.review or None, jobs=options.jobs,
            force=options.force, progress=step,
        )  # fmt: skip
    return Said([r.line for r in results], [r.data for r in results])


def _render_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("document", nargs="*", metavar="DOCUMENT", help="default: every document")
    _add_quarter(parser)
    _add_audience(parser)
    parser.add_argument("--renderer", choices=("auto", "quarto", "portable"), default="auto", help="default: auto")
    parser.add_argument(
        "--to", type=_formats, default="html,pdf,docx", metavar="FORMATS", help="default: html,pdf,docx"
    )
    parser.add_argument("--draft", action="store_true", help="publish in spite of failing gates, with a watermark")


def _render(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.publishing.build import render_documents

    quarter = _latest(workspace, code, options.quarter)
    result = render_documents(
        workspace, code, quarter, options.audience, documents=options.document or None, formats=options.to,
        renderer=options.renderer, draft=options.draft,
    )  # fmt: skip
    return Said(result.lines(lambda path: _shown(path, workspace)), result.data, result.status)


def _check_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("document", nargs="*", metavar="DOCUMENT", help="default: every document")
    _add_quarter(parser)
    _add_audience(parser)


def _check(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.publishing.build import check_documents

    quarter = _latest(workspace, code, options.quarter)
    failures = check_documents(workspace, code, quarter, options.audience, documents=options.document or None)
    lines = [str(failure) for failure in failures] or [f"{quarter}, {options.audience}: every gate is passed"]
    return Said(lines, [vars(f) for f in failures], 1 if failures else 0)


def _build_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--quarter", action="append", default=[], metavar="Q",
        help="like 2018-19-Q2, or `latest`; may be repeated (default: every quarter delivered)",
    )  # fmt: skip
    _add_audience(parser, many=True)
    _add_jobs(parser)
    parser.add_argument("--renderer", choices=("auto", "quarto", "portable"), default="auto", help="default: auto")


def _build(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.pipeline.ingest import ingest_waiting, waiting
    from analysis.publishing.build import build
    from analysis.records.history import History

    deliveries = waiting(workspace, code)
    if deliveries:
        with progress_bar("ingesting", len(deliveries)) as step:
            ingest_waiting(workspace, code, options.jobs, lambda one: step(str(one.quarter)))
    latest = _latest(workspace, code, None)
    try:
        named = [latest if text == "latest" else Quarter.parse(text) for text in options.quarter]
    except ValueError as error:
        raise UsageError(f"--quarter: {error}") from None
    quarters = named or list(History.open(workspace.store, code).quarters)
    with progress_bar("building") as step:
        result = build(
            workspace, code, quarters, options.audience or ["public"], jobs=options.jobs, renderer=options.renderer,
            progress=step,
        )  # fmt: skip
    return Said(result.lines(lambda path: _shown(path, workspace)), result.data, result.status)


def _revisions_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("earlier", type=_quarter, metavar="Q1")
    parser.add_argument("later", type=_quarter, metavar="Q2")
    parser.add_argument("--to", metavar="FILE", help="write every revision as CSV")


def _revisions(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.records.history import History
    from analysis.records.revisions import disagreements, revisions

    if options.later <= options.earlier:
        raise UsageError("Q2 must come after Q1")
    history = History.open(workspace.store, code)
    later = history.known_by(options.later)
    table = revisions(history.known_by(options.earlier), later).table
    differing = disagreements(later)
    if options.to:
        table.to_csv(options.to, index=False, lineterminator="\n")
    day = options.earlier.end
    lines = [f"what {options.later} says otherwise of the time up to {day:%d %B %Y}, as known by {options.earlier}:"]
    lines += table.to_string(index=False).splitlines() if len(table) else ["nothing: the past stands as it was known"]
    lines.append(
        f"where returns of one delivery differ, up to {options.later} (the first-named return's value stands):"
    )
    lines += (
        differing.to_string(index=False).splitlines()
        if len(differing)
        else ["nowhere: they agree on every shared value"]
    )
    return Said(lines, {"revisions": table.to_dict("records"), "disagreements": differing.to_dict("records")})


def _templates(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.returns.local import write_templates

    paths = write_templates(Path(options.to))
    return Said(
        [f"{len(paths)} files in {options.to}: a CSV for each local return, and layouts.csv, which explains them"],
        [str(p) for p in paths],
    )


def _doctor(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.publishing.doctor import examine

    found = examine(workspace, code)
    lines = [f"{'ok     ' if item.well else 'missing'}  {item.name}: {item.words}" for item in found]
    return Said(lines, [vars(item) for item in found], 0 if all(item.well or not item.needed for item in found) else 1)


VERBS = (
    Verb("simulate", "writes the invented authority's returns, in the real formats",
         "An event-by-event invented population, and the Annex A, SSDA903, CIN census, workforce census and local\n"
         "returns that it gives rise to, a delivery a quarter. The true event log is kept beside them in truth/.",
         _simulate_options, _simulate),
    Verb("ingest", "reads a delivery, reports problems, adds an immutable snapshot",
         "Files are recognised by content, never by name. Every row read is accounted for: kept, or set aside with\n"
         "the reason. A file that can't be trusted stops the run. The same delivery twice is a no-op. A delivery\n"
         "that holds several collection years is filed a year at a time. Without DELIVERY, every delivery that\n"
         "waits in DATA/returns/<authority>/<quarter>/ is ingested.",
         _ingest_options, _ingest),
    Verb("indicators", "gives the indicators as one tidy table",
         "Each value carries its numerator, denominator and 95% interval.",
         _indicators_options, _indicators),
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
    Verb("revisions", "says what changed about the past between two deliveries",
         "Rows that came late, were withdrawn or changed, and where returns of one delivery disagree.",
         _revisions_options, _revisions),
    Verb("templates", "writes empty CSV files for the local returns, with their layouts", "",
         lambda parser: parser.add_argument("--to", required=True, metavar="DIR", help="the folder to write them to"),
         _templates),
    Verb("doctor", "says what is installed, which renderer will be used and why, and what is missing", "",
         lambda parser: None, _doctor),
)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
