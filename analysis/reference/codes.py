"""Code lists by collection year: a base table plus yearly differences, from `data/reference/codes/`.

A collection has two files. `<collection>-base.csv` (list, code, label) is the list as it stood in the
first year supported; `<collection>-changes.csv` (year, list, action, code, label) says what each later
collection year added, removed or relabelled. Years are DfE's: the year in which the collection ends.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from analysis.reference.project import REFERENCE_DATA


@lru_cache(maxsize=16)
def _tables(collection: str) -> tuple[tuple[dict, ...], tuple[dict, ...]]:
    folder = REFERENCE_DATA / "codes"
    with open(folder / f"{collection}-base.csv", encoding="utf-8", newline="") as lines:
        base = tuple(csv.DictReader(lines))
    changes_path = folder / f"{collection}-changes.csv"
    if not changes_path.exists():
        return base, ()
    with open(changes_path, encoding="utf-8", newline="") as lines:
        return base, tuple(sorted(csv.DictReader(lines), key=lambda row: int(row["year"])))


@lru_cache(maxsize=512)
def codes(collection: str, name: str, year: int | None = None) -> Mapping[str, str]:
    """Code to label, in list order, as valid in a collection year; every code ever valid where `year` is None.

    Raises KeyError for a list that the collection doesn't have.
    """
    base, changes = _tables(collection)
    found = {row["code"]: row["label"] for row in base if row["list"] == name}
    for row in changes:
        if row["list"] != name or (year is not None and int(row["year"]) > year):
            continue
        if row["action"] == "remove":
            if year is not None:
                found.pop(row["code"], None)
        else:
            found[row["code"]] = row["label"]
    if not found:
        raise KeyError(f"{collection} has no code list '{name}'")
    return MappingProxyType(found)
