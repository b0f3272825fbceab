"""What it costs to take in the 14 simulated quarters, and to rebuild with nothing changed: ratios, side by side.

    python benchmarks/ingest_and_rebuild.py [--scale 1.0] [--jobs 2]

Each step runs as its own process, as a person would run it. Machines differ, so only ratios are worth quoting:
against simulating the same returns, and against the step's own first run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run(*arguments: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "analysis", *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", default="1.0")
    parser.add_argument("--jobs", default="2")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = ("--data", str(Path(folder) / "data"))
        jobs = ("--jobs", options.jobs)
        simulating = run("simulate", "--scale", options.scale, *data)
        first_ingest = run("ingest", *jobs, *data)
        again_ingest = min(run("ingest", *jobs, *data) for _ in range(3))
        first_build = run("build", "--quarter", "latest", *jobs, *data)
        again_build = min(run("build", "--quarter", "latest", *jobs, *data) for _ in range(3))
        nothing = min(run("--help") for _ in range(3))
    rows = [
        ("ingesting 14 quarters / simulating and writing them", first_ingest / simulating),
        ("ingesting them again / the first time", again_ingest / first_ingest),
        ("rebuilding with nothing changed / the first build", again_build / first_build),
        ("rebuilding with nothing changed / starting the program at all", again_build / nothing),
    ]
    print(f"scale {options.scale}, {options.jobs} workers")
    for words, ratio in rows:
        print(f"{ratio:8.2f}  {words}")


if __name__ == "__main__":
    main()
