"""Small stores and small notebooks for tests of findings and of the pipeline."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd

from analysis.records.delivery import Coverage, Reading, Return
from analysis.records.store import Store
from analysis.records.tables import TABLES
from analysis.reference.calendar import Quarter
from analysis.reference.project import Workspace

QUARTER = Quarter.parse("2018-19-Q2")

PARAMETERS = 'authority = "929"\nquarter = "2018-19-Q2"\naudience = "internal"'

OPENING = """\
from analysis import findings

review = findings.open_review("tiny", authority=authority, quarter=quarter, audience=audience)
referrals = review.known.table("referrals")"""

EVIDENCE = """\
from analysis.charts import bars, describe

counted = referrals.groupby("source").size().rename("n").reset_index()
shown = review.release(counted, counts=["n"])
review.figure("fig-tiny-sources", bars.by_category(shown, "source", "n", "count"), caption="Sources",
              alt=describe.bars(shown, "source", "n", "count", "referrals by source"), data=shown)
review.table("tbl-tiny-sources", shown, caption="Sources", columns={"source": "Source", "n": "Referrals"})
review.value("referrals.total", len(referrals), title="Referrals", period="the quarter")
review.value("referrals.first_source", int(counted["n"].iloc[0]), title="From the first source")
review.statement("verdict", "Nothing to see.")"""


def markdown(text: str) -> dict:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(text: str, *tags: str) -> dict:
    metadata = {"tags": list(tags)} if tags else {}
    return {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": [], "source": text}


ABOUT = {
    "title": "A tiny review",
    "question": "How many referrals?",
    "audiences": ["internal", "board", "public"],
    "needs": [{"table": "referrals", "return": "Annex A or the children in need census"}],
    "order": 1,
}


def write_notebook(
    folder: Path, name: str = "tiny", cells: list[dict] | None = None, about: dict | None = None
) -> Path:
    """A review's notebook, of these cells or of the usual ones."""
    usual = [markdown("# A tiny review"), code(PARAMETERS, "parameters"), code(OPENING), markdown("The evidence."),
             code(EVIDENCE)]  # fmt: skip
    cells = usual if cells is None else cells
    # Another kernel's name, as a colleague's notebook may have: it must not matter.
    kernel = {"display_name": "Elsewhere", "language": "python", "name": "elsewhere"}
    notebook = {
        "cells": [{"id": f"c{number}", **cell} for number, cell in enumerate(cells)],
        "metadata": {"kernelspec": kernel, "selfassess": ABOUT if about is None else about},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def referrals(sources: dict[str, int], quarter: Quarter = QUARTER) -> pd.DataFrame:
    """Invented referrals, so many from each source, one a child."""
    expanded = [source for source, number in sources.items() for _ in range(number)]
    return pd.DataFrame({
        "child_id": [f"SIM{number:06d}" for number in range(len(expanded))],
        "date": pd.Timestamp(quarter.start),
        "source": expanded,
    })  # fmt: skip


def deliver(workspace: Workspace, tables: dict[str, pd.DataFrame], quarter: Quarter = QUARTER, authority: str = "929"):
    """Puts one delivery of canonical tables into the store."""
    start = quarter.start - dt.timedelta(days=92)
    one = Return(
        kind="annex_a",
        title="Annex A",
        start=start,
        end=quarter.end,
        tables={name: TABLES[name].conform(frame, partial=True) for name, frame in tables.items()},
        coverage=tuple(Coverage(name, start, quarter.end, "starting") for name in tables),
    )
    snapshot, _ = Store(workspace.store, authority).add(Reading((one,)), quarter, sources=str(quarter), readers="test")
    return snapshot
