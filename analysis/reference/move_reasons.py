"""Who ended a placement, by the reason that the SSDA903 gives: `data/reference/move_reasons.csv`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

from analysis.reference.project import REFERENCE_DATA

PLANNED, CARER, AUTHORITY, CHILD, OTHER, NO_MOVE = "planned", "carer", "authority", "child", "other", "no move"


@dataclass(frozen=True)
class MoveReason:
    """A reason's `code`, who ended the placement (`ended_by`), and `why` it is read so."""

    code: str
    ended_by: str
    why: str


@lru_cache(maxsize=1)
def move_reasons() -> dict[str, MoveReason]:
    """Every reason by its code."""
    with open(REFERENCE_DATA / "move_reasons.csv", encoding="utf-8", newline="") as lines:
        return {row["code"]: MoveReason(**row) for row in csv.DictReader(lines)}
