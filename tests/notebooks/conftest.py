"""What the tests of notebooks share: a small invented authority, and a way to run a review without a kernel."""

from __future__ import annotations

from pathlib import Path

import pytest
from findings_page import INVENTED_NOW

from analysis.findings import metadata
from analysis.findings.bundle import FINDINGS
from analysis.pipeline.ingest import ingest_waiting
from analysis.reference.project import ROOT, Workspace
from analysis.reference.quarters import Quarter, quarters
from analysis.simulation.deliveries import write_deliveries
from analysis.simulation.truth import simulate


def _two_years(folder: Path) -> None:
    workspace = Workspace(data=folder)
    write_deliveries(simulate("929", quarters(Quarter(2015, 1), INVENTED_NOW), scale=0.03), workspace.returns)
    ingest_waiting(workspace, "929", 2)


@pytest.fixture(scope="session")
def two_years(once) -> Workspace:
    """A small invented authority's first two years, as returned and read."""
    return Workspace(data=once("two-years", _two_years))


@pytest.fixture
def here(monkeypatch):
    """Runs a review's cells in this process, without a kernel or drawing, so that many quarters cost little.
    Gives what it recorded, by name or label."""

    def run(workspace: Workspace, review: str, quarter: str, audience: str) -> dict[str, dict]:
        shown: list[dict] = []
        monkeypatch.setenv("SELFASSESS_DATA", str(workspace.data))
        monkeypatch.setattr("analysis.findings.review.render", lambda figure, salt: "<svg/>")
        monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
        held: dict = {}
        for cell in metadata.read_notebook(ROOT / "notebooks" / f"{review}.ipynb").cells:
            if cell["cell_type"] == "code":
                exec(metadata.source_of(cell), held)
            if "parameters" in metadata.tags_of(cell):
                held.update(quarter=quarter, audience=audience)
        recorded = [item for data in shown for item in data.get(FINDINGS, {"items": []})["items"]]
        return {item.get("name") or item["label"]: item for item in recorded}

    return run
