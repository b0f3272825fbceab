"""Says which collection year each table of a delivery belongs to, by its content: dates first, children next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.records.delivery import NOTED
from analysis.reference.calendar import Quarter
from analysis.returns.ssda903.pieces import Piece

# Dates decide where at least this share of a table's rows lies in one year; otherwise they are noise.
DECISIVE = 0.8
# A table that shares fewer of its children than this with its year is worth a note.
WEAK = 0.5
_DATED = {"Reviews": ("REVIEW", "REVIEW"), "Missing": ("MIS_START", "MIS_END"), "SWEpisodes": ("SW_DECOM", "SW_DEC"),
          "DoLo": ("DOLO_START", "DOLO_END"), "PlacedAdoption": ("DATE_PLACED", "DATE_PLACED_CEASED"),
          "Episodes": ("DECOM", "DEC")}  # fmt: skip
_ADOPTED = frozenset(("E11", "E12"))


@dataclass(frozen=True)
class Placed:
    year: int
    piece: Piece


def label(year: int) -> str:
    """A collection year as people write it: 2018 is `2017-18`."""
    return f"{year - 1}-{year % 100:02d}"


def bounds(year: int) -> tuple[pd.Timestamp, pd.Timestamp]:
    return pd.Timestamp(year - 1, 4, 1), pd.Timestamp(year, 3, 31)


def collection_years(days: pd.Series) -> pd.Series:
    known = days.dropna()
    return known.dt.year + (known.dt.month >= 4)


def place(pieces: Sequence[Piece], quarter: Quarter | None) -> list[Placed]:
    """Every piece with its year. Empty where nothing in the delivery, nor a quarter, says what year it is."""
    usable = [piece for piece in pieces if not piece.refused]
    preferred = quarter.year + 1 if quarter else None
    years = {id(p): _year_fitted(p, preferred) for p in usable if p.layout.name == "Episodes"}
    candidates = sorted({year for year in years.values() if year})
    if not candidates:
        others = [_year_fitted(p, preferred) for p in usable if p.layout.name in _DATED]
        candidates = sorted({year for year in others if year} or ({preferred} if preferred else set()))
    if not candidates:
        return []
    latest = preferred if preferred in candidates else candidates[-1]
    labels = {p.label: years[id(p)] for p in usable if p.label and years.get(id(p))}
    episodes = [Placed(years[id(p)] or latest, p) for p in usable if p.layout.name == "Episodes"]
    looked_after = _sets(episodes)
    headers = [_placed(p, candidates, latest, looked_after, labels) for p in usable if p.layout.name == "Header"]
    children, adopted = _sets([*episodes, *headers]), _adopted(episodes)
    rest = [
        _placed(p, candidates, latest, adopted if p.layout.name == "AD1" and adopted else children, labels)
        for p in usable
        if p.layout.name not in ("Episodes", "Header")
    ]
    refused = [Placed(latest, piece) for piece in pieces if piece.refused]
    return [*headers, *episodes, *rest, *refused]


def fitting(piece: Piece, candidates: Sequence[int]) -> list[int]:
    """How many rows each candidate year's return could hold: they touch the year, and end, if at all, within it
    (what ends later was still open when that return was made)."""
    first, last = _DATED[piece.layout.name]
    start = piece.dates(first)
    end = start if last == first else piece.dates(last)
    counts = []
    for year in candidates:
        opens, closes = bounds(year)
        counts.append(int(((start <= closes) & (end.isna() | ((end >= opens) & (end <= closes)))).sum()))
    return counts


def _year_fitted(piece: Piece, preferred: int | None) -> int | None:
    """The year that fits most rows: of equals the one that the rows or the quarter name, else the earliest (what is
    open fits every later year as well). None where no date can be read."""
    preferred = _labelled(piece.label) or preferred
    columns = dict.fromkeys(_DATED[piece.layout.name])
    seen = pd.concat([collection_years(piece.dates(column)) for column in columns])
    candidates = sorted({int(year) for year in seen.unique()})
    if not candidates:
        return None
    if preferred is not None:
        candidates = sorted({*candidates, preferred})
    counts = fitting(piece, candidates)
    best = [year for year, count in zip(candidates, counts, strict=True) if count == max(counts)]
    return preferred if preferred in best else best[0]


def _sets(placed: Sequence[Placed]) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    for one in placed:
        found[one.year] = found.get(one.year, frozenset()) | one.piece.children
    return found


def _adopted(episodes: Sequence[Placed]) -> dict[int, frozenset[str]]:
    """Children whose episodes end in adoption, by year: the only ones who can be in AD1."""
    found: dict[int, frozenset[str]] = {}
    for one in episodes:
        if {"REC", "CHILD"} <= set(one.piece.rows.columns):
            ended = one.piece.rows["REC"].map(lambda cell: str(cell).strip().upper() in _ADOPTED).astype(bool)
            leavers = replace(one.piece, rows=one.piece.rows[ended.to_numpy()])
            found[one.year] = found.get(one.year, frozenset()) | leavers.children
    return {year: children for year, children in found.items() if children}


def _placed(piece: Piece, candidates: list[int], latest: int, children: dict[int, frozenset[str]],
            labels: dict[str, int]) -> Placed:  # fmt: skip
    """The year of a table that isn't Episodes: what its YEAR column says, else its dates, else whose children it has."""
    if piece.label:
        said = labels.get(piece.label) or _labelled(piece.label)
        if said:
            return Placed(said, piece)
    if len(candidates) == 1:
        return _only(piece, candidates[0], children)
    if not len(piece.rows):
        why = f"the table is empty, so nothing says its year; taken as {label(latest)}, the latest in the delivery"
        return Placed(latest, piece.saying(NOTED, "year-unknown", why, "deliver one year at a time if that is wrong"))
    if piece.layout.name in _DATED:
        counts = np.array(fitting(piece, candidates))
        order = np.argsort(-counts, kind="stable")
        if counts[order[0]] >= DECISIVE * len(piece.rows) and counts[order[0]] > counts[order[1]]:
            return Placed(candidates[order[0]], piece)
    return _by_children(piece, candidates, latest, children)


def _only(piece: Piece, year: int, children: dict[int, frozenset[str]]) -> Placed:
    own, theirs = piece.children, children.get(year, frozenset())
    if own and theirs and len(own & theirs) < WEAK * len(own):
        piece = piece.saying(
            NOTED, "year-doubtful",
            f"only {len(own & theirs)} of its {len(own)} children are in the other tables of {label(year)}",
            "check that the file is of the same year and authority as the others",
        )  # fmt: skip
    return Placed(year, piece)


def _by_children(piece: Piece, candidates: list[int], latest: int, children: dict[int, frozenset[str]]) -> Placed:
    """By how many of its children are in a year's tables; of years that hold about as many (to a tenth), the one
    whose children it covers best, for in a shrinking or growing list the neighbours' children are much the same."""
    own = piece.children

    def fit(year: int) -> tuple:
        theirs = children.get(year, frozenset())
        shared = len(own & theirs)
        held = shared / len(own) if own else 0.0
        return (round(held, 1), shared / max(1, len(own | theirs)), held, year)

    best = max(candidates, key=fit)
    held = fit(best)[2]
    if not held:
        why = f"it shares no child with any year; taken as {label(latest)}, the latest in the delivery"
        return Placed(latest, piece.saying(NOTED, "year-unknown", why, "deliver one year at a time if that is wrong"))
    why = (
        f"its own dates don't say its year; taken as {label(best)}, whose other tables have {held:.0%} of its "
        f"{len(own)} children and fit it best"
    )
    return Placed(best, piece.saying(NOTED, "year-by-children", why, "deliver one year at a time if that is wrong"))


def _labelled(text: str) -> int | None:
    """The collection year that a YEAR cell names: `2018`, `2017/18`, `2017-2018`."""
    found = re.fullmatch(r"(\d{4})(?:\s*[/-]\s*(?:\d{2}|\d{4}))?", text)
    if not found:
        return None
    year = int(found[1]) + (found[0] != found[1])
    return year if 1992 <= year <= 2099 else None
