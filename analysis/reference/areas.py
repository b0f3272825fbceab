"""England's local authorities and regions, by DfE's three-digit code or ONS's nine characters."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

from analysis.reference.project import REFERENCE_DATA, UserError

ENGLAND = "E92000001"


@dataclass(frozen=True)
class Area:
    """An authority, a region or England (`level`). `code` is DfE's, blank above authorities.

    An authority that was reorganised can have kept DfE's code and changed ONS's (Somerset, 933): two areas.
    """

    code: str
    ons: str
    name: str
    region: str
    level: str


@lru_cache(maxsize=1)
def areas() -> tuple[Area, ...]:
    """Every area: England, then regions, then authorities by DfE's code, those since abolished included."""
    with open(REFERENCE_DATA / "areas.csv", encoding="utf-8", newline="") as lines:
        return tuple(Area(**row) for row in csv.DictReader(lines))


@lru_cache(maxsize=512)
def matching(text: str) -> tuple[Area, ...]:
    """The areas that a DfE code, an ONS code or a name stands for, the one in being first.

    Raises UserError where there is none.
    """
    wanted = str(text).strip()
    found = [a for a in areas() if wanted in (a.ons, a.name) or (a.code and a.code == wanted)]
    if not found:
        raise UserError(f"'{wanted}' is no area in data/reference/areas.csv; use a DfE code (929) or an ONS code")
    # ONS numbers unitary authorities E06 and counties E10: the unitary is the successor in each reorganisation so far.
    return tuple(sorted(found, key=lambda a: a.ons))


def area(text: str) -> Area:
    """The area now in being for a DfE code, an ONS code or a name."""
    return matching(text)[0]
