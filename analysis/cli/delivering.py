"""The verbs that bring returns in: simulate, ingest, templates."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analysis.cli.options import Said, Verb, add_jobs, add_quarter, quarter_range, shown
from analysis.progress import progress_bar
from analysis.reference.project import UsageError, UserError, Workspace


def _simulate_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quarters", type=quarter_range, default="2015-16-Q1..2018-19-Q2", metavar="Q..Q")
    parser.add_argument("--seed", type=int, default=20181231, metavar="N", help="same seed, same children, same bytes")
    parser.add_argument("--into", metavar="DIR", help="where to write (default: DATA/returns)")
    parser.add_argument(
        "--scale", type=float, default=1.0, metavar="X", help="share of the full population, for trials"
    )
    parser.add_argument("--vary", action="store_true", help="draw the numbers of events too, around the calibration")
    parser.add_argument(
        "--scenario", metavar="NAME",
        help="a steady authority in which one known thing changes (data/simulation/scenarios), to try a review on",
    )  # fmt: skip
    parser.add_argument("--unless-present", action="store_true", help="do nothing where returns lie there already")
    parser.add_argument("--replace", action="store_true", help="replace an earlier simulation (never real returns)")


def _simulate(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    into = Path(options.into) if options.into else workspace.returns
    place = into / code
    if options.unless_present and place.is_dir() and any(place.iterdir()):
        return Said([f"returns are present in {shown(place, workspace)}; nothing simulated"], {"simulated": False})
    from analysis.simulation.deliveries import write_deliveries
    from analysis.simulation.scenarios import scenario
    from analysis.simulation.truth import simulate

    chosen = scenario(options.scenario) if options.scenario else None
    if not 0 < options.scale <= 1:
        raise UsageError("--scale is a share of the full population: above 0, at most 1")
    with progress_bar("simulating", 1 + len(options.quarters)) as step:
        truth = simulate(code, options.quarters, options.seed, options.scale, options.vary, chosen)
        step("")
        write_deliveries(truth, into, progress=step, replace=options.replace)
    rows = {name: len(frame) for name, frame in truth.tables.items() if len(frame)}
    return Said(
        [
            f"an invented authority: {rows['children']:,} children over {len(options.quarters)} quarters, "
            f"in the real formats, in {shown(place, workspace)}",
            "every child in it is invented, and carries a mark (SIM…) that says so",
        ],
        {"simulated": True, "rows": rows, "folder": str(place)},
    )


def _ingest_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("delivery", nargs="*", metavar="DELIVERY", help="folders or files, in one delivery")
    add_quarter(parser, "the quarter that the delivery is for (default: worked out from its content)")
    add_jobs(parser)


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
                f"no deliveries wait in {shown(workspace.returns / code, workspace)}/<quarter>/; put returns there, "
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


def _templates(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.returns.local import write_templates

    paths = write_templates(Path(options.to))
    return Said(
        [f"{len(paths)} files in {options.to}: a CSV for each local return, and layouts.csv, which explains them"],
        [str(p) for p in paths],
    )


VERBS = (
    Verb("simulate", "writes the invented authority's returns, in the real formats",
         "An event-by-event invented population, and the Annex A, SSDA903, CIN census, workforce census and local\n"
         "returns that it gives rise to, a delivery a quarter. The true event log is kept beside them in truth/.\n"
         "The default authority is calibrated to what was published of it in 2018: as many of each event in each\n"
         "period, drawn as to whom and when. Any other English authority is made from its own published rates.",
         _simulate_options, _simulate),
    Verb("ingest", "reads a delivery, reports problems, adds an immutable snapshot",
         "Files are recognised by content, never by name. Every row read is accounted for: kept, or set aside with\n"
         "the reason. A file that can't be trusted stops the run. The same delivery twice is a no-op. A delivery\n"
         "that holds several collection years is filed a year at a time. Without DELIVERY, every delivery that\n"
         "waits in DATA/returns/<authority>/<quarter>/ is ingested.",
         _ingest_options, _ingest),
    Verb("templates", "writes empty CSV files for the local returns, with their layouts", "",
         lambda parser: parser.add_argument("--to", required=True, metavar="DIR", help="the folder to write them to"),
         _templates),
)  # fmt: skip
