"""What is published beside the documents for those who want the figures: `indicators.csv`, its metadata, `tables.xlsx`."""

from __future__ import annotations

from pathlib import Path

from analysis.publishing import indicators_csv, workbook
from analysis.publishing.promote import Promoted
from analysis.records.history import History
from analysis.reference.project import UserError, Workspace
from analysis.reference.quarters import Quarter

# Each file, with what a person calls it.
TITLES = {
    workbook.FILE: "Every table, and the figures behind every chart (spreadsheet)",
    indicators_csv.FILE: "Every indicator, a row a value (CSV)",
    indicators_csv.METADATA: "What the columns and indicators of that file are (CSV)",
}


def write(outputs: Path, promoted: Promoted, workspace: Workspace) -> None:
    """Writes into a publication's folder what can be made: no table without findings, no indicators without returns."""
    workbook.write(outputs, promoted)
    quarter = Quarter.parse(promoted.quarter)
    try:
        history = History.open(workspace.store, promoted.authority)
    except UserError:
        return
    if quarter in history.quarters:
        cache = workspace.build / "cache" / promoted.authority / promoted.quarter
        indicators_csv.write(outputs, history.known_by(quarter), promoted.authority, quarter, promoted.audience, cache)


def made(outputs: Path) -> dict[str, str]:
    """The downloads in a publication's folder, with their titles."""
    return {file: title for file, title in TITLES.items() if (outputs / file).is_file()}
