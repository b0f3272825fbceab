"""The verbs that say what the records hold: indicators, revisions."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.cli.options import Said, Verb, add_audience, add_quarter, latest, quarter
from analysis.reference.project import UsageError, UserError, Workspace

if TYPE_CHECKING:
    import pandas as pd


def _indicators_options(parser: argparse.ArgumentParser) -> None:
    add_quarter(parser)
    parser.add_argument(
        "--known-by", type=quarter, metavar="Q", help="as known by that delivery (default: the quarter)"
    )
    parser.add_argument("--indicator", action="append", metavar="ID", help="may be repeated (default: all)")
    parser.add_argument("--by", action="append", default=[], metavar="BREAKDOWN", help="may be repeated")
    parser.add_argument(
        "--compare", action="append", default=[], metavar="AREA",
        help="beside england, region, neighbours or any area's name or code; may be repeated",
    )  # fmt: skip
    parser.add_argument("--to", metavar="FILE", help=".csv or .parquet (default: a table on the screen)")


def _indicators(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.indicators.registry import compute
    from analysis.records.history import History

    quarter = latest(workspace, code, options.quarter)
    known = History.open(workspace.store, code).known_by(options.known_by or quarter)
    table = compute(known, quarter, ids=options.indicator, by=tuple(options.by), authority=code)
    columns = [
        "indicator",
        "breakdown",
        "category",
        "period_end",
        "numerator",
        "denominator",
        "value",
        "unit",
        "symbol",
    ]
    if options.compare:
        from analysis.indicators.comparison import beside

        table = beside(table, options.compare)
        columns = ["indicator", "period_end", "value", "published", "symbol", "words"]
    if options.to:
        path = Path(options.to)
        if path.suffix not in (".csv", ".parquet"):
            raise UsageError(f"--to '{path.name}' ends in neither .csv nor .parquet")
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(path, index=False, lineterminator="\n") if path.suffix == ".csv" else table.to_parquet(
            path, index=False
        )
        return Said([f"{len(table):,} values in {path}"], {"rows": len(table), "file": str(path)})
    shown = table[columns]
    return Said(
        shown.round({"numerator": 1, "denominator": 1, "value": 1, "published": 1})
        .to_string(index=False, na_rep="")
        .splitlines(),
        json.loads(table.to_json(orient="records", date_format="iso")),
    )


def _published_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("edition", nargs="?", metavar="EDITION", help="default: the latest whose figures are held")
    parser.add_argument("--known-by", type=quarter, metavar="Q", help="default: the latest quarter delivered")
    parser.add_argument("--to", metavar="FILE", help="write the table as CSV")
    parser.add_argument(
        "--bound",
        action="store_true",
        help="say instead where the self-assessment, as it was last made, binds each figure",
    )
    add_quarter(parser, "with --bound: the quarter that it was made for (default: the latest delivered)")
    add_audience(parser)


def _published(options: argparse.Namespace, workspace: Workspace, code: str) -> Said:
    from analysis.indicators.published import editions, table
    from analysis.records.history import History

    edition = options.edition or next(reversed(editions(code)), None)
    if edition is None:
        raise UserError(f"no published figures of {code} are held; put a table into data/reference/published")
    if options.bound:
        return _bound(options, workspace, code, edition)
    known = History.open(workspace.store, code).known_by(latest(workspace, code, options.known_by))
    found = table(known, code, edition)
    if options.to:
        found.to_csv(options.to, index=False, lineterminator="\n")
    lines = _published_lines(found)
    agreeing = int(found["agrees"].fillna(False).sum())
    lines.append(f"{agreeing} of {len(found)} figures of {edition} agree with what was published")
    return Said(lines, json.loads(found.to_json(orient="records", date_format="iso")), int(agreeing < len(found)))


def _bound(options: argparse.Namespace, workspace: Workspace, code: str, edition: str) -> Said:
    from analysis.publishing import findings_folders, rendering
    from analysis.publishing.register import published_figures

    quarter = latest(workspace, code, options.quarter)
    held = findings_folders.load(rendering.findings_of(workspace, code, quarter, options.audience))
    values = {f"{review.variable}.{name}": value for review in held for name, value in review.values.items()}
    rows = published_figures.uses(workspace.published / str(quarter) / options.audience)
    found = published_figures.bindings(code, edition, rows, quarter, values)
    missing = [one for one in found if not one.bound]
    lines = [f"{one.figure.figure}  {one.figure.measure}: {'; '.join(one.uses[:2]) or f'NOT BOUND; {one.missing}'}"
             f"{' (withheld from this audience)' if one.withheld else ''}" for one in found]  # fmt: skip
    lines.append(
        f"{len(found) - len(missing)} of {len(found)} figures of {edition} are bound for {options.audience}, {quarter}"
    )
    data = [
        {"figure": one.figure.figure, "measure": one.figure.measure, "indicator": one.figure.indicator, "bound": one.bound,
         "uses": list(one.uses), "withheld": one.withheld, "to_do": one.missing} for one in found
    ]  # fmt: skip
    return Said(lines, data, 1 if missing else 0)


def _published_lines(found: pd.DataFrame) -> list[str]:
    """The table for a screen: a line a figure, what was printed and what is computed in as few characters as say it."""
    told = {True: "agrees", False: "DIFFERS"}
    rows = [("figure", "indicator", "to", "in print", "computed", "out of", "")]
    for row in found.to_dict("records"):
        words = "" if row["agreement"] == "exact" else row["agreement"].replace("_", " ")
        category = f" [{row['category']}]" if row["category"] else ""
        rows.append((
            row["figure"], f"{row['indicator']}{category}", f"{row['period_end']:%d %b %Y}".replace("NaT", ""),
            f"{words} {_plain(row['published'])}".strip(), _plain(round(row["computed"], 1)),
            " / ".join(part for part in (_plain(row["numerator"]), _plain(row["denominator"])) if part),
            told[row["agrees"]] if isinstance(row["agrees"], bool) else "can't be said",
        ))  # fmt: skip
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    right = {3, 4, 5}
    return [
        "  ".join(text.rjust(w) if n in right else text.ljust(w) for n, (text, w) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]  # fmt: skip


def _plain(value: float) -> str:
    return "" if value != value else f"{value:,.10g}"


def _revisions_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("earlier", type=quarter, metavar="Q1")
    parser.add_argument("later", type=quarter, metavar="Q2")
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


VERBS = (
    Verb("indicators", "gives the indicators as one tidy table",
         "Each value carries its numerator, denominator and 95% interval. With --compare, each stands beside the latest\n"
         "published figure that was out in time, with its year and whatever else sets it apart, or why there is none.",
         _indicators_options, _indicators),
    Verb("published", "sets each figure that was published beside what the records give for it",
         "A figure given as a number agrees at the precision at which it was printed; one given in words (just over,\n"
         "rising) agrees in kind. Exit status 1 where any differs.\n"
         "With --bound: where the self-assessment binds each, and what to bind where it doesn't (exit status 1).",
         _published_options, _published),
    Verb("revisions", "says what changed about the past between two deliveries",
         "Rows that came late, were withdrawn or changed, and where returns of one delivery disagree.",
         _revisions_options, _revisions),
)  # fmt: skip
