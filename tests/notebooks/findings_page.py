"""What docs/findings.md says that a review gives, and what it gave."""

from __future__ import annotations

import json
import re
from pathlib import Path

from analysis.reference.project import ROOT
from analysis.reference.quarters import Quarter

# The last quarter of the small invented authority (conftest.py).
INVENTED_NOW = Quarter(2016, 4)

MOMENTS = ("now", "year_ago", "last_year_end", "year_end_before", "year_end_before_that")
BESIDE = [f"{one}.{part}" for one in ("england", "region", "neighbours") for part in ("figure", "words")]
# How the page introduces what the public isn't given.
_NOT_PUBLIC = "for `board` and `internal` also"
_ONLY_OFFICERS = "for `internal` also"


def section(review: str) -> str:
    page = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    return re.search(rf"^## {review}\n(.*?)(?=^## |\Z)", page, re.M | re.S)[1]


def documented(review: str) -> dict[str, set[str]]:
    """What docs/findings.md says that a review gives: values (moments written out), figures, tables, statements."""
    page = section(review)
    begins = [page.index(head) for head in ("Values:", "Statements:", "Figures:", "Tables:")]
    kinds = ("values", "statements", "figures", "tables")
    parts = {kind: page[first:last] for kind, first, last in zip(kinds, begins, [*begins[1:], len(page)], strict=True)}
    patterns = {
        "values": r"`([a-z0-9_]+(?:\.[a-z0-9_]+)*(?:\.\*)?)`",
        "statements": r"`([a-z_]+)`",
        "figures": r"`(fig-[a-z0-9-]+)`",
        "tables": r"`(tbl-[a-z0-9-]+)`",
    }
    found = {kind: set(re.findall(patterns[kind], text)) for kind, text in parts.items()}
    not_names = {"as_before", "from_starts", "from_ends", "residual"}
    found["values"] = {
        name for one in found["values"] - not_names
        for name in ([f"{one[:-2]}.{moment}" for moment in MOMENTS] if one.endswith(".*") else
                     [f"{one[:-7]}.{part}" for part in BESIDE] if one.endswith(".beside") else [one])
    }  # fmt: skip
    return found


def given(folder: Path) -> dict:
    return json.loads((folder / "findings.json").read_text(encoding="utf-8"))


def names(found: dict) -> dict[str, set[str]]:
    return {kind: set(found[kind]) for kind in ("values", "statements", "figures", "tables")}


def withheld_from(review: str, audience: str) -> set[str]:
    """Figures and tables that the page keeps from an audience: what follows "for `board` and `internal` also" in a sentence
    isn't the public's, and what follows "for `internal` also" is neither's."""
    kept = {"internal": (), "board": (_ONLY_OFFICERS,), "public": (_ONLY_OFFICERS, _NOT_PUBLIC)}[audience]
    text = section(review)
    return {
        label
        for phrase in kept
        for part in text.split(phrase)[1:]
        for label in re.findall(r"`((?:fig|tbl)-[a-z0-9-]+)`", re.split(r"\.\s|;", part, maxsplit=1)[0])
    }
