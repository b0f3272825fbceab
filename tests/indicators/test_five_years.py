"""Five years of somebody else's SSDA903, each year's files on their own, against counts written another way."""

from __future__ import annotations

import csv
import datetime as dt

import pandas as pd
import pytest

from analysis.indicators import registry
from analysis.records.history import Known
from analysis.records.tables import TABLES
from analysis.reference.quarters import Quarter

pytestmark = pytest.mark.samples
LOOKED_AFTER = {2018: 367, 2019: 195, 2020: 135, 2021: 89, 2022: 55}
COLUMNS = {"CHILD": "child_id", "DECOM": "start_date", "RNE": "reason_new", "LS": "legal_status", "CIN": "need",
           "PLACE": "placement", "PLACE_PROVIDER": "provider", "DEC": "end_date", "REC": "reason_ended",
           "REASON_PLACE_CHANGE": "reason_change", "PL_POST": "placement_postcode", "URN": "urn"}  # fmt: skip


@pytest.fixture(scope="module", params=sorted(LOOKED_AFTER))
def year(request, samples):
    path = samples / "ssda903" / "five-years" / f"{request.param - 1}-episodes.csv"
    with open(path, newline="") as lines:
        rows = list(csv.DictReader(lines))
    frame = pd.DataFrame(rows).rename(columns=COLUMNS)[list(COLUMNS.values())].replace("", None)
    for column in ("start_date", "end_date"):
        frame[column] = pd.to_datetime(frame[column], format="%d/%m/%Y")
    ended = ("reason_ended", "reason_change")
    frame[list(ended)] = frame[list(ended)].where(frame["end_date"].notna(), None)
    frame = frame.drop_duplicates(["child_id", "start_date"])
    known = Known.from_tables({"care_episodes": TABLES["care_episodes"].conform(frame)}, simulated=False)
    return request.param, rows, known


def computed(known: Known, year: int, indicator: str):
    return registry.compute(known, Quarter(year - 1, 4), ids=[indicator], authority="929").iloc[0]


def day(text: str) -> dt.date | None:
    return dt.datetime.strptime(text, "%d/%m/%Y").date() if text else None


def test_children_looked_after_on_31_march(year):
    at, _, known = year
    assert computed(known, at, "lac_count")["value"] == LOOKED_AFTER[at]


def test_three_or_more_placements_counted_another_way(year):
    """By walking each child's episodes in order, where the definition under test sorts and compares columns."""
    at, rows, known = year
    last, first = dt.date(at, 3, 31), dt.date(at - 1, 4, 1)
    by_child: dict[str, list[dict]] = {}
    for row in rows:
        if row["LS"] not in ("V3", "V4"):
            by_child.setdefault(row["CHILD"], []).append(row)
    total = several = 0
    for episodes in by_child.values():
        episodes.sort(key=lambda row: day(row["DECOM"]))
        seen = {}
        for row in episodes:
            seen.setdefault(row["DECOM"], row)
        episodes = list(seen.values())
        if not any(day(e["DECOM"]) <= last and (not e["DEC"] or day(e["DEC"]) > last) for e in episodes):
            continue
        total += 1
        stays: list[list] = []  # start, end
        place, reach, away, left = None, None, False, ""
        for row in episodes:
            start, end = day(row["DECOM"]), day(row["DEC"]) or dt.date.max
            where = tuple(row[c] for c in ("PLACE", "PLACE_PROVIDER", "URN", "PL_POST"))
            fresh = reach is None or start > reach or (
                start == reach and row["RNE"] == "S" and left not in ("", "X1")
            )  # fmt: skip
            temporary = row["PLACE"].startswith("T")
            adopted = row["PLACE"] in ("A3", "A5")
            if fresh:
                new = True
            elif temporary or adopted:
                new = False
            elif away or row["RNE"] not in ("L", "P", "B", "T", "U"):
                new = where != place
            else:
                new = row["RNE"] in ("P", "B")
            if new:
                stays.append([start, end])
            else:
                stays[-1][1] = max(stays[-1][1], end)
            if not temporary:
                place = where
            elif fresh:
                place = None
            reach = end if fresh or reach is None else max(reach, end)
            away, left = temporary, row["REC"] if row["DEC"] else ""
        in_year = [s for s in stays if s[0] <= last and s[1] > first and s[1] > s[0]]
        several += len(in_year) >= 3
    found = computed(known, at, "lac_three_placements_percent")
    assert (found["numerator"], found["denominator"]) == (several, total)
    assert several > 0


def test_every_looked_after_indicator_has_something_to_say(year):
    at, _, known = year
    wanted = [one.id for one in registry.indicators().values() if one.needs == ("care_episodes",)]
    table = registry.compute(known, Quarter(at - 1, 4), ids=wanted, authority="929")
    assert set(table["symbol"]) == {""}
    assert len(table) >= 20
