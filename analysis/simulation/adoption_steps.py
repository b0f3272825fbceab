"""The steps of an adoption plan, from the decision to the order or to the day on which the plan was given up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.simulation.days import FAR
from analysis.simulation.periods import Periods

# Weeks in the new home before a court makes an adoption order: ten, by the Adoption and Children Act 2002.
_LEAST_AT_HOME = 70


@dataclass(frozen=True)
class Adoption:
    """The steps as days; FAR: not taken."""

    decision: int
    order: int
    matched: int
    placed: int
    adopted: int
    reversed: int
    foster_to_adopt: int
    same_carer: bool


def adoption_steps(care: Periods, rng: np.random.Generator) -> list[Adoption | None]:
    """A plan for each period of care with a placement order, None for the others. Siblings are placed together."""
    families = int(care.family.max(initial=0)) + 1
    # Days from order to match, long for a few; then introductions.
    search = np.minimum(np.exp(np.log(95) + 0.6 * rng.normal(size=families)), 520).astype(np.int64)
    introductions, carers = rng.integers(14, 40, families), rng.random(families)
    decided, early = rng.integers(15, 60, families), rng.integers(20, 60, families)
    found: list[Adoption | None] = []
    for n in range(len(care)):
        if care.order[n] >= min(FAR, care.until[n]):
            found.append(None)
            continue
        family, order, until = care.family[n], int(care.order[n]), int(care.until[n])
        adopted = care.reason[n] in ("E11", "E12")
        same = bool(carers[family] < 0.12)
        matched = order + int(search[family])
        if adopted:
            matched = min(matched, int(care.end[n]) - _LEAST_AT_HOME - 45)
        placed = matched + int(introductions[family])
        undone = int(care.reversed[n])
        if undone < FAR or placed >= until:
            matched, placed = (matched if undone == FAR and matched < until else FAR), FAR
        fostered = order - int(early[family])
        foster_to_adopt = fostered if carers[family] > 0.85 and fostered > care.start[n] + 20 else FAR
        found.append(
            Adoption(order - int(decided[family]), order, matched, placed, int(care.end[n]) if adopted else FAR, undone,
                     foster_to_adopt, same)
        )  # fmt: skip
    return found
