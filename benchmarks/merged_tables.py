"""What keeping merged tables saves: reading every table of a store that was merged before, to merging it. A ratio.

    python benchmarks/merged_tables.py [--data data] [--authority 929]

The store is copied first, and stays as it was. Each way is done three times, in turn, and the quickest counts.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path

from analysis.records.history import History
from analysis.records.tables import TABLES


def read_all(store: Path, authority: str) -> float:
    start = time.perf_counter()
    history = History.open(store, authority)
    known = history.known_by(history.quarters[-1])
    for name in TABLES:
        known.table(name)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--authority", default="929")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        shutil.copytree(options.data / "store" / options.authority, store / options.authority)
        merging, reading = [], []
        for _ in range(3):
            shutil.rmtree(store / options.authority / "merged", ignore_errors=True)
            merging.append(read_all(store, options.authority))
            reading.append(read_all(store, options.authority))
    print(f"{min(merging) / min(reading):8.1f}  merging every table, to reading what was merged before")


if __name__ == "__main__":
    main()
