"""A new review from a template: its notebook, and its section in docs/findings.md, in the form that tests hold it to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis.findings.bundle import check_review_name
from analysis.findings.metadata import notebooks_folder, read_notebook
from analysis.indicators import registry
from analysis.reference import benchmarks
from analysis.reference.project import ROOT, UserError

TEMPLATE = Path(__file__).parent / "template" / "review.ipynb"
PAGE = ROOT / "docs" / "findings.md"
USUAL = ("referral_rate",)
# Cells that a review of measures which nobody publishes has no use for.
_BESIDE = ("beside", "comparators")
# The checks on the data come last of all.
_LAST = 90


def new_review(name: str, *, title: str = "", question: str = "", indicators: Iterable[str] = (), folder: Path | None = None,
               page: Path = PAGE) -> Path:  # fmt: skip
    """Writes the notebook and its section; gives the notebook's path.

    Raises UserError where there is a review or a section of the name already: nothing is ever overwritten.
    """
    path = (folder or notebooks_folder()) / f"{check_review_name(name)}.ipynb"
    told = page.read_text(encoding="utf-8")
    if path.exists() or f"\n## {name}\n" in told:
        raise UserError(
            f"there is a review '{name}' already ({path.name}, or its section in {page.name}); choose another name"
        )
    chosen = [one.id for one in registry.chosen(list(indicators) or USUAL)]
    title = " ".join(title.split()) or name.replace("-", " ").capitalize()
    question = " ".join(question.split()) or f"What do the records say about {title[0].lower()}{title[1:]}?"
    notebook = _notebook(name, title, question, chosen)
    notebook["metadata"]["selfassess"]["order"] = _order(path.parent)
    text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    page.write_text(told.rstrip("\n") + "\n\n" + _section(name, chosen), encoding="utf-8", newline="\n")
    return path


def _notebook(name: str, title: str, question: str, chosen: list[str]) -> dict:
    first, compared = registry.indicators()[chosen[0]], _compared(chosen)
    subject = f"{first.title[0].lower()}{first.title[1:]}"
    words = {"QUESTION": question, '"INDICATORS"': _as_list(chosen), '"COMPARED"': _as_list(compared), "FIRST": first.id,
             "SUBJECT": subject, "HEADING": first.title, "UNIT": first.unit, "TITLE": title, "NAME": name}  # fmt: skip
    held = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    if not compared:
        held["cells"] = [cell for cell in held["cells"] if not cell["id"].endswith(_BESIDE)]
        held = _replaced(held, {"changed, comparators": "changed"})
    code = {key: _in_quotes(value) if key in ("SUBJECT", "HEADING", "TITLE") else value for key, value in words.items()}
    cells = [_replaced(cell, code if cell["cell_type"] == "code" else words) for cell in held["cells"]]
    return {**held, "cells": cells, "metadata": _replaced(held["metadata"], words)}


def _replaced(part, words: Mapping[str, str]):
    """The same structure with each placeholder in its texts replaced, all at once: a title may say NAME."""
    if isinstance(part, dict):
        return {key: _replaced(value, words) for key, value in part.items()}
    if isinstance(part, list):
        return [_replaced(value, words) for value in part]
    if not isinstance(part, str):
        return part
    return re.sub("|".join(map(re.escape, words)), lambda match: words[match[0]], part)


def _in_quotes(text: str) -> str:
    """As it stands between double quotation marks in Python."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _as_list(ids: list[str]) -> str:
    return ", ".join(f'"{one}"' for one in ids)


def _compared(chosen: list[str]) -> list[str]:
    return [one for one in chosen if one in benchmarks.measures()]


def _order(folder: Path) -> int:
    """After every review of an area."""
    return (
        max((order for path in folder.glob("*.ipynb") if (order := read_notebook(path).order) < _LAST - 1), default=0)
        + 1
    )


def _section(name: str, chosen: list[str]) -> str:
    compared = _compared(chosen)
    values = ", ".join(f"`{one}.*`" for one in chosen)
    beside = f"; {', '.join(f'`{one}.beside`' for one in compared)}" if compared else ""
    tables = f"`tbl-{name}-summary`" + (f", `tbl-{name}-comparators`" if compared else "")
    return (
        f"## {name}\n\nNeeds: nothing of its own; what no return says is not available.\n\nValues: {values}{beside}.\n\n"
        "Statements: `change_in_words` (whether the first measure differs from a year ago by more than chance would give).\n\n"
        f"Figures: `fig-{name}-over-time`.\n\nTables: {tables}.\n"
    )
