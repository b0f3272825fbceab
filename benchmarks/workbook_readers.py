"""How much faster python-calamine reads a return's workbook than openpyxl does: `python benchmarks/workbook_readers.py`.

Both read the same invented list of 20,000 rows and 11 columns (as Annex A's referrals), in turn within one run, so that
a busy machine slows both alike. Only the ratio is worth keeping: seconds depend on the machine.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HEADINGS = (
    "Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)", "Date of referral",
    "Referral Source", "Referral NFA?", "Number of Referrals in Last 12 Months", "Allocated Team", "Allocated Worker",
)  # fmt: skip
ROWS, ROUNDS, SEED = 20_000, 5, 20180930


def write(path: Path, rows: int) -> None:
    import xlsxwriter

    drawn = random.Random(SEED)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet("List 3")
    sheet.write_row(0, 0, HEADINGS)
    for row in range(1, rows + 1):
        born = dt.date(2001, 1, 1) + dt.timedelta(days=drawn.randrange(6500))
        referred = dt.date(2018, 4, 1) + dt.timedelta(days=drawn.randrange(183))
        sheet.write_row(row, 0, (
            f"SIM{row:06d}", drawn.choice(("a) Male", "b) Female")), drawn.choice(("a) WBRI", "d) WOTH", "s) NOBT")), born,
            (referred - born).days // 365, referred, drawn.choice(("q) 6: Police", "e) 2A: Schools", "m) 4: Housing")),
            drawn.choice(("a) Yes", "b) No")), drawn.randrange(4), f"Team {drawn.randrange(9)}",
            f"Worker {drawn.randrange(200)}",
        ))  # fmt: skip
    book.close()


def with_calamine(path: Path) -> int:
    from python_calamine import CalamineWorkbook

    return len(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False))


def with_openpyxl(path: Path) -> int:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    read = len([list(row) for row in book.worksheets[0].iter_rows(values_only=True)])
    book.close()
    return read


def as_the_readers_do(path: Path) -> int:
    """Calamine with all that `analysis.returns.sources` adds: the file's fingerprint, cells in error, formulas."""
    from analysis.returns.sources import open_files

    return len(open_files([path]).sheets[0].rows)


def seconds(read: Callable[[Path], int], path: Path, expected: int) -> float:
    started = time.perf_counter()
    rows = read(path)
    taken = time.perf_counter() - started
    if rows != expected:
        raise SystemExit(f"{read.__name__} read {rows} rows instead of {expected}")
    return taken


def measure(rows: int = ROWS, rounds: int = ROUNDS) -> dict[str, float]:
    """Reader -> median seconds, of interleaved rounds after one round that warms both up."""
    readers = (with_calamine, with_openpyxl, as_the_readers_do)
    taken: dict[str, list[float]] = {read.__name__: [] for read in readers}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        write(path, rows)
        for number in range(rounds + 1):
            for read in readers:
                one = seconds(read, path, rows + 1)
                if number:
                    taken[read.__name__].append(one)
    return {name: statistics.median(times) for name, times in taken.items()}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=ROWS)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = options.parse_args()
    medians = measure(chosen.rows, chosen.rounds)
    calamine = medians["with_calamine"]
    print(f"{chosen.rows:,} rows of {len(HEADINGS)} columns, medians of {chosen.rounds} interleaved rounds")
    print(f"openpyxl / calamine: {medians['with_openpyxl'] / calamine:.1f}")
    print(f"our opening / calamine: {medians['as_the_readers_do'] / calamine:.2f}")


if __name__ == "__main__":
    main()
