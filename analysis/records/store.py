"""Keeps each delivery as one immutable snapshot: Parquet tables and a manifest, addressed by content.

    store/<authority>/<quarter>/<number>-<id>/manifest.json
                                             /problems.csv
                                             /<kind>-<n>/<table>.parquet

A snapshot is written beside its place and renamed into it, so a folder with a manifest is always whole.
`<id>` is a digest of the files received and of what was read from them; the same delivery read by the same
code is already there. Read again by other code, it gets a new snapshot that stands in for the old one.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from analysis.records.delivery import PROBLEM_COLUMNS, Coverage, Problem, Reading
from analysis.records.tables import TABLES
from analysis.reference.calendar import Quarter
from analysis.reference.project import UserError

# Invented children carry this mark inside the data, so that no copy of a file can lose it.
INVENTED = r"SIM[A-Z]?\d+"
_ID_LENGTH = 16


@dataclass(frozen=True)
class StoredReturn:
    """One return of a snapshot; `folder` holds its tables."""

    kind: str
    title: str
    start: dt.date
    end: dt.date
    folder: Path
    tables: tuple[str, ...]
    coverage: tuple[Coverage, ...]

    def read(self, table: str) -> pd.DataFrame:
        """A table as it was kept: already in canonical form, which Parquet gives back as it was written."""
        return pd.read_parquet(self.folder / f"{table}.parquet")


@dataclass(frozen=True)
class Snapshot:
    """One delivery as kept."""

    id: str
    quarter: Quarter
    number: int
    simulated: bool
    sources: str  # digest of the files received
    readers: str  # digest of the code that read them
    files: tuple[str, ...]
    returns: tuple[StoredReturn, ...]
    folder: Path


class Store:
    """The snapshots of one authority."""

    def __init__(self, folder: Path, authority: str):
        self.folder = Path(folder) / authority
        self.authority = authority

    def snapshots(self) -> list[Snapshot]:
        """Every snapshot in force, by quarter, then in order of arrival. One that was read again by other
        code stands where its first reading stood."""
        found = [self._load(path) for path in self.folder.glob("*-Q?/[0-9]*/manifest.json")]
        latest: dict[tuple[Quarter, str], Snapshot] = {}
        first: dict[tuple[Quarter, str], int] = {}
        for snapshot in sorted(found, key=lambda s: s.number):
            place = (snapshot.quarter, snapshot.sources)
            first.setdefault(place, snapshot.number)
            latest[place] = snapshot
        return [latest[place] for place in sorted(latest, key=lambda p: (p[0], first[p]))]

    def find(self, quarter: Quarter, sources: str, readers: str) -> Snapshot | None:
        """The snapshot in force of the same files in the same quarter, where the same code read them."""
        for snapshot in self.snapshots():
            if (snapshot.quarter, snapshot.sources, snapshot.readers) == (quarter, sources, readers):
                return snapshot
        return None

    def add(self, reading: Reading, quarter: Quarter, *, sources: str, readers: str) -> tuple[Snapshot, bool]:
        """Keeps a reading; returns the snapshot and whether it is new.

        Raises UserError where invented and real children would share the store.
        """
        simulated = is_simulated(reading)
        others = self.snapshots()
        if any(s.simulated != simulated for s in others):
            kept, came = ("real", "invented") if simulated else ("invented", "real")
            raise UserError(
                f"the store {self.folder.name} holds {kept} children and this delivery holds {came} ones; "
                "the two can't share a store: use another --data folder"
            )
        manifest = _manifest(reading, quarter, simulated, sources)
        digest = _digest(json.dumps(manifest, sort_keys=True))[:_ID_LENGTH]
        home = self.folder / str(quarter)
        same = next((s for s in others if s.id == digest and s.readers == readers), None)
        if same:
            return same, False
        number = 1 + max((_number(p) for p in home.glob("*-*") if _number(p)), default=0)
        place = home / f"{number:03d}-{digest}"
        partial = home / f".{place.name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for position, one in enumerate(reading.returns):
            folder = partial / f"{one.kind}-{position}"
            folder.mkdir()
            for name, frame in one.tables.items():
                TABLES[name].conform(frame, partial=True).to_parquet(
                    folder / f"{name}.parquet", index=False, compression="zstd"
                )
        write_problems(reading.every_problem, partial / "problems.csv")
        manifest |= {"id": digest, "number": number, "readers": readers}
        (partial / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(partial, place)
        return self._load(place / "manifest.json"), True

    def _load(self, path: Path) -> Snapshot:
        kept = json.loads(path.read_text(encoding="utf-8"))
        returns = tuple(
            StoredReturn(
                kind=one["kind"],
                title=one["title"],
                start=dt.date.fromisoformat(one["start"]),
                end=dt.date.fromisoformat(one["end"]),
                folder=path.parent / one["folder"],
                tables=tuple(one["tables"]),
                coverage=tuple(
                    Coverage(c["table"], dt.date.fromisoformat(c["start"]), dt.date.fromisoformat(c["end"]), c["basis"])
                    for c in one["coverage"]
                ),
            )
            for one in kept["returns"]
        )
        return Snapshot(
            id=kept["id"],
            quarter=Quarter.parse(kept["quarter"]),
            number=kept["number"],
            simulated=kept["simulated"],
            sources=kept["sources"],
            readers=kept["readers"],
            files=tuple(file["name"] for file in kept["files"]),
            returns=returns,
            folder=path.parent,
        )


def is_simulated(reading: Reading) -> bool:
    """Whether the children are invented. Raises UserError where some are and some aren't."""
    marks: set[bool] = set()
    for one in reading.returns:
        for name, frame in one.tables.items():
            if "child_id" in TABLES[name].key and len(frame):
                marked = frame["child_id"].str.fullmatch(INVENTED)
                marks |= {bool(marked.any()), not bool((~marked).any())}
    if len(marks) > 1:
        raise UserError("the delivery mixes invented children (SIM…) with real ones; nothing was kept")
    return marks == {True}


def sources_digest(files: Mapping[str, str] | list[str]) -> str:
    """One digest for the files received (their sha256s), whatever their names and order."""
    return _digest("\n".join(sorted(files)))[:_ID_LENGTH]


def write_problems(problems: tuple[Problem, ...], path: Path) -> None:
    """The problem list as CSV. Cells that a spreadsheet would run as a formula are made text."""
    with open(path, "w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(PROBLEM_COLUMNS)
        for problem in problems:
            row = asdict(problem)
            writer.writerow([_inert("" if row[name] is None else str(row[name])) for name in PROBLEM_COLUMNS])


def _inert(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _manifest(reading: Reading, quarter: Quarter, simulated: bool, sources: str) -> dict:
    files = sorted({file for one in reading.returns for file in one.files}, key=lambda f: (f.name, f.sha256))
    return {
        "quarter": str(quarter),
        "simulated": simulated,
        "sources": sources,
        "files": [asdict(file) for file in files],
        "counts": [asdict(count) for count in reading.every_count],
        "problems": _digest(json.dumps([asdict(p) for p in reading.every_problem], sort_keys=True)),
        "returns": [
            {
                "kind": one.kind,
                "title": one.title,
                "start": one.start.isoformat(),
                "end": one.end.isoformat(),
                "folder": f"{one.kind}-{position}",
                "about": dict(sorted(one.about.items())),
                "coverage": [
                    {"table": c.table, "start": c.start.isoformat(), "end": c.end.isoformat(), "basis": c.basis}
                    for c in one.coverage
                ],
                "tables": {
                    name: {"rows": len(frame), "content": _content(frame)} for name, frame in sorted(one.tables.items())
                },
            }
            for position, one in enumerate(reading.returns)
        ],
    }


def _content(frame: pd.DataFrame) -> str:
    """A digest of a frame's values and columns, the same on every platform."""
    values = pd.util.hash_pandas_object(frame, index=False).to_numpy().astype("<u8")
    return hashlib.sha256("\x1f".join(frame.columns).encode() + values.tobytes()).hexdigest()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _number(path: Path) -> int:
    head = path.name.partition("-")[0]
    return int(head) if head.isdigit() else 0
