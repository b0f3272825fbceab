"""Keeps merged tables beside the deliveries that they were merged from, so that each is merged once.

    store/<authority>/merged/<quarter>/<table>.parquet

A file carries the digest of the deliveries, in order, and of the code that merged them; with any other digest it is
made again in its place. It holds nothing that the deliveries don't, and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import pandas as pd

from analysis.records.store import Snapshot

_KEY = b"selfassess.merged_from"
# The modules that decide what a merged table holds.
_CODE = ("merging.py", "schema.py", "tables.py", "delivery.py")


def read(snapshots: Sequence[Snapshot], table: str) -> pd.DataFrame | None:
    """The table as merged before from these very deliveries; None where there is none, or it can't be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    place = _place(snapshots, table)
    try:
        if (pq.read_schema(place).metadata or {}).get(_KEY) != _digest(snapshots):
            return None
        return pd.read_parquet(place)
    except (OSError, pa.ArrowException):
        return None


def keep(snapshots: Sequence[Snapshot], table: str, rows: pd.DataFrame) -> None:
    """Keeps a merged table, whole or not at all. A store that can't be written to is left as it is."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    place = _place(snapshots, table)
    partial = place.with_name(f".{place.name}.{os.getpid()}.partial")
    content = pa.Table.from_pandas(rows, preserve_index=False)
    content = content.replace_schema_metadata({**(content.schema.metadata or {}), _KEY: _digest(snapshots)})
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        for left in place.parent.glob(f".{place.name}.*.partial"):
            left.unlink(missing_ok=True)  # by a run that was killed
        pq.write_table(content, partial, compression="zstd")
        os.replace(partial, place)
    except OSError:
        with suppress(OSError):
            partial.unlink()


def _place(snapshots: Sequence[Snapshot], table: str) -> Path:
    latest = snapshots[-1]
    return latest.folder.parent.parent / "merged" / str(latest.quarter) / f"{table}.parquet"


def _digest(snapshots: Sequence[Snapshot]) -> bytes:
    told = "\n".join(f"{one.quarter} {one.id} {one.readers}" for one in snapshots)
    return hashlib.sha256(f"{_code()}\n{told}".encode()).hexdigest().encode()


@lru_cache(maxsize=1)
def _code() -> str:
    here = Path(__file__).parent
    return hashlib.sha256(b"".join((here / name).read_bytes() for name in _CODE) + pd.__version__.encode()).hexdigest()
