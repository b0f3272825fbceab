"""How many children had three or more placements, counted from a year's raw SSDA903 rows, night by night.

Written from DfE's definition and not from ours: plain Python, no frame, no table of the project's. For every night of the
year it notes with whom the child slept; a placement is one such carer. Nobody is reached through `analysis`.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

NIGHT = dt.timedelta(days=1)
ALWAYS = dt.date(2300, 1, 1)


def read(path: Path) -> dict[str, list[dict]]:
    """A year's episodes by child, in order; short breaks left out, a row given twice for one day once."""
    children: dict[str, dict[dt.date, dict]] = {}
    with open(path, newline="", encoding="utf-8-sig") as lines:
        for row in csv.DictReader(lines):
            if row["LS"] in {"V3", "V4"}:
                continue
            row["from"], row["to"] = _day(row["DECOM"]), _day(row["DEC"]) or ALWAYS
            children.setdefault(row["CHILD"], {}).setdefault(row["from"], row)
    return {child: [rows[day] for day in sorted(rows)] for child, rows in children.items()}


def _day(text: str) -> dt.date | None:
    return dt.datetime.strptime(text, "%d/%m/%Y").date() if text.strip() else None


def several(path: Path, year_ending: int, at_least: int = 3) -> tuple[int, int]:
    """Children looked after on 31 March with so many placements or more in the year, and all of them."""
    nights = [dt.date(year_ending - 1, 4, 1) + n * NIGHT for n in range(366)]
    nights = [night for night in nights if night <= dt.date(year_ending, 3, 31)]
    there = many = 0
    for episodes in read(path).values():
        carers = _carers(episodes)
        slept: set[int] = set()
        for night in nights:
            with_whom = {carer for row, carer in zip(episodes, carers, strict=True) if row["from"] <= night < row["to"]}
            slept |= with_whom
        # `with_whom` is left from the night of 31 March.
        if with_whom:
            there += 1
            many += len(slept) >= at_least
    return many, there


def _carers(episodes: list[dict]) -> list[int]:
    """For each episode the number of the carer that it is with, by what the return says of it and of those before."""
    carers: list[int] = []
    for place, row in enumerate(episodes):
        before = episodes[:place]
        if _comes_into_care(row, before):
            carers.append(len(set(carers)) + 1)
            continue
        previous = carers[-1]
        stays = row["PLACE"].startswith("T") or row["PLACE"] in {"A3", "A5"}
        if stays or (row["RNE"] in {"L", "T", "U"} and not before[-1]["PLACE"].startswith("T")):
            carers.append(previous)
        elif row["RNE"] in {"P", "B"} and not before[-1]["PLACE"].startswith("T"):
            carers.append(len(set(carers)) + 1)
        else:
            # Back from hospital or a holiday, or no reason that says: the place itself tells whether it is the same.
            home = next((one for one in reversed(_since_coming(before)) if not one["PLACE"].startswith("T")), None)
            same = home is not None and _place(home) == _place(row)
            carers.append(previous if same else len(set(carers)) + 1)
    return carers


def _place(row: dict) -> tuple[str, ...]:
    return tuple(row[name].strip() for name in ("PLACE", "PLACE_PROVIDER", "URN", "PL_POST"))


def _comes_into_care(row: dict, before: list[dict]) -> bool:
    """The first row, one after a day out of care, or a new start on the day on which care had ended for good."""
    if not before:
        return True
    out = max(one["to"] for one in before)
    ended = before[-1]["DEC"].strip() and before[-1]["REC"] != "X1"
    return row["from"] > out or (row["from"] == out and row["RNE"] == "S" and bool(ended))


def _since_coming(before: list[dict]) -> list[dict]:
    last = max(place for place in range(len(before)) if _comes_into_care(before[place], before[:place]))
    return before[last:]
