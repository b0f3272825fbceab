"""Under what order each child is looked after, from day to day.

How many are looked after by agreement (section 20) at each quarter's end is a parameter; how many of them come under
an interim care order in the quarter is what takes the number there. Who does, and on which day, is drawn.
"""

from __future__ import annotations

import numpy as np

from analysis.reference.calendar import Quarter
from analysis.simulation.days import FAR, draw_groups
from analysis.simulation.parameters import Parameters
from analysis.simulation.periods import Periods, stretches

AGREED, INTERIM, FULL, PLACEMENT = "V2", "C1", "C2", "E1"
# Police protection is over in three days, an emergency order in eight.
_SHORT = {"L1": 2, "L2": 7}
# Care proceedings are to take twenty-six weeks; few take less than half a year.
_PROCEEDINGS = (165, 250)
_GUARDIANS = ("E41", "E43", "E44", "E45", "E46", "E47", "E48")


def legal_statuses(
    care: Periods, parameters: Parameters, quarters: list[Quarter], rng: np.random.Generator
) -> list[list[tuple[int, str]]]:
    """For each period of care the days on which a legal status begins, the first on the period's own first day."""
    opening = _openings(care, parameters, quarters, rng)
    brief = np.select([opening == name for name in _SHORT], list(_SHORT.values()), 0)
    # After police protection half go on by agreement; an emergency order leads to an interim one.
    agrees = (opening == AGREED) | ((opening == "L1") & (rng.random(len(care)) < 0.5))
    agreed = np.where(agrees, care.start + brief, FAR)
    interim = np.where(agrees, FAR, care.start + brief)
    # Who is to be placed for adoption must have been in proceedings.
    soon = care.start + brief + rng.integers(10, 50, len(care))
    interim = np.where(agrees & (care.order < FAR), soon, interim)
    for quarter, first, last in stretches(quarters):
        _end_agreements(care, agreed, interim, (first, last), parameters.stock(quarter, "care", "section20"), rng)
    return _in_order(care, opening, agreed, interim, rng)


def _openings(care: Periods, parameters: Parameters, quarters: list[Quarter], rng: np.random.Generator) -> np.ndarray:
    names, shares = zip(*parameters.common["care"]["opening"].items(), strict=True)
    drawn = np.asarray(names, dtype=object)[rng.choice(len(names), len(care), p=np.asarray(shares) / sum(shares))]
    drawn = np.where(care.seeking, AGREED, drawn)
    # So short an order is rarely in force on a given day: at a quarter's end for no more children than the year says.
    for quarter, _, last in stretches(quarters):
        brief = np.select([drawn == name for name in _SHORT], list(_SHORT.values()), 0)
        there = np.flatnonzero((care.start <= last) & (care.start + brief > last) & (care.until > last))
        drawn[there[parameters.scaled(parameters.of(quarter)["care"]["short_orders"]) :]] = AGREED
    return drawn


def _end_agreements(care: Periods, agreed, interim, days: tuple[int, int], target: int, rng) -> None:
    """Moves as many from agreement to an interim order in these days as takes the number at their end to `target`."""
    first, last = days
    here = (agreed <= last) & (care.until > last) & (interim > last)
    earliest = np.maximum(first, agreed + 4)
    able = np.flatnonzero(here & ~care.seeking & (earliest <= last))
    age, length = care.age(last)[able], last - care.start[able]
    weight = np.select([age < 5, age < 10, age < 14, age < 16], [4.0, 2.5, 1.2, 0.5], 0.08)
    weight = weight * np.where((length > 20) & (length < 250), 2.0, 1.0)
    leaving = ~np.isin(care.reason[able], ("", *_GUARDIANS)) & (care.end[able] - last < 90)
    weight = weight * np.where(leaving, 0.3, 1.0)
    group = care.family[able] * 20_000 + care.start[able]
    chosen = able[draw_groups(rng, group, weight, int(here.sum()) - target)]
    # Before the story each agreement ended some months after it began.
    latest = np.minimum(last, np.where(first < -1, agreed[chosen] + 250, last))
    begin = np.minimum(earliest[chosen], latest)
    share = rng.random(int(care.family.max(initial=0)) + 1)[care.family[chosen]]
    interim[chosen] = begin + np.floor(share * (latest - begin + 1)).astype(np.int64)


def _in_order(care: Periods, opening, agreed, interim, rng) -> list[list[tuple[int, str]]]:
    decided = interim + rng.integers(*_PROCEEDINGS, len(care))
    # Proceedings that end with other carers' own order never come to a full care order.
    elsewhere = np.isin(care.reason, _GUARDIANS) & (care.until - decided < 300)
    full = np.where(elsewhere | (care.order < FAR), FAR, decided)
    found = []
    for n in range(len(care)):
        steps = [(care.start[n], opening[n]), (agreed[n], AGREED), (interim[n], INTERIM), (full[n], FULL),
                 (care.order[n], PLACEMENT), (care.reversed[n], FULL)]  # fmt: skip
        kept: list[tuple[int, str]] = []
        for day, status in sorted((int(day), status) for day, status in steps[1:] if day < care.until[n]):
            if not kept:
                kept = [(int(care.start[n]), str(opening[n]))]
            if day > kept[-1][0] and status != kept[-1][1]:
                kept.append((day, status))
        found.append(kept or [(int(care.start[n]), str(opening[n]))])
    return found
