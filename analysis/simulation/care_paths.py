"""What happens within each period of care: legal statuses and placements, as episodes in the logic of the SSDA903."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.simulation.adoption_steps import Adoption, adoption_steps
from analysis.simulation.days import FAR
from analysis.simulation.distances import postcodes_of
from analysis.simulation.legal_statuses import legal_statuses
from analysis.simulation.periods import Periods
from analysis.simulation.placements import Placement, Placements
from analysis.simulation.places import Gazetteer
from analysis.simulation.story import Story


@dataclass(frozen=True)
class Episode:
    """One row of SSDA903 episodes; `end` is FAR while it runs."""

    start: int
    reason_new: str
    legal_status: str
    placement: Placement
    end: int
    reason_ended: str | None
    reason_change: str | None


@dataclass(frozen=True)
class Paths:
    """By period of care: home, episodes and the adoption plan, where there is one. By spot: its postcode."""

    home: np.ndarray
    episodes: list[list[Episode]]
    plans: list[Adoption | None]
    postcodes: np.ndarray


def paths(story: Story, care: Periods, quarters: list, rng: np.random.Generator) -> Paths:
    parameters, gazetteer = story.parameters, Gazetteer(story.parameters)
    plans = adoption_steps(care, rng)
    statuses = legal_statuses(care, parameters, quarters, rng)
    placed = Placements(care, plans, parameters, rng)
    placed.tell(quarters)
    home = gazetteer.homes(care.family, care.locality)
    postcodes = postcodes_of(care, placed, home, gazetteer, parameters, quarters, rng)
    ends = [(int(end), str(reason)) for end, reason in zip(care.end, care.reason, strict=True)]
    episodes = [_episodes(*one) for one in zip(statuses, placed.told, ends, strict=True)]
    return Paths(home, episodes, plans, postcodes)


def _episodes(legal: list[tuple[int, str]], placements: list[Placement], ends: tuple[int, str]) -> list[Episode]:
    """A new episode whenever the legal status or the placement changes; RNE says which, and whether the carer did."""
    days = sorted({day for day, _ in legal} | {p.start for p in placements})
    rows: list[tuple[int, str, str, Placement, str | None]] = []
    for day in days:
        status = [s for d, s in legal if d <= day][-1]
        place = [p for p in placements if p.start <= day][-1]
        if not rows:
            rows.append((day, "S", status, place, None))
            continue
        moved, changed = place is not rows[-1][3], status != rows[-1][2]
        same_carer = place.carer == rows[-1][3].carer
        code = {(True, True, False): "B", (True, True, True): "U", (True, False, False): "P", (True, False, True): "T",
                (False, True, True): "L"}[moved, changed, same_carer]  # fmt: skip
        rows.append((day, code, status, place, place.reason if moved else None))
    found = []
    end, reason = ends
    for number, (day, code, status, place, _) in enumerate(rows):
        if number + 1 < len(rows):
            following = rows[number + 1]
            found.append(Episode(day, code, status, place, following[0], "X1", following[4]))
        else:
            found.append(Episode(day, code, status, place, end, reason if end < FAR else None, None))
    return found
