"""Which indicators have a published figure to stand beside, area by area, and which only look as if they had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import Released
from analysis.indicators import registry
from analysis.indicators.definition import COUNT
from analysis.reference import benchmarks

if TYPE_CHECKING:
    from analysis.findings.review import Review


@dataclass(frozen=True)
class Part:
    """Areas of the catalogue that share a table. `id` is part of the table's label."""

    id: str
    title: str
    areas: tuple[str, ...]


PARTS = (
    Part("front-door", "The front door", ("Front door", "Assessments", "Enquiries and conferences")),
    Part("protection", "Children in need and child protection", ("Children in need", "Child protection", "Following plans")),
    Part("looked-after", "Children we look after", ("Children looked after", "Placement stability", "Distance from home",
                                                    "Missing from placement", "Reviews of children looked after")),
    Part("permanence", "Permanence, health, education and court", ("Permanence", "Health of children looked after",
                                                                   "Education of children looked after", "Care proceedings")),
    Part("care-leavers", "Care leavers", ("Care leavers",)),
    Part("workforce", "Workforce", ("Caseloads", "Workforce")),
)  # fmt: skip


@lru_cache(maxsize=1)
def measures() -> Mapping[str, tuple[str, ...]]:
    """Part to its indicators that are themselves a published rate, share or mean, in the catalogue's order.

    Counts are left out: numbers of areas of different sizes don't compare.
    """
    published = benchmarks.measures()
    found = {}
    for part in PARTS:
        ids = [one for area in part.areas for one in registry.AREAS[area].indicators()]
        found[part.id] = tuple(one.id for one in ids if one.id in published and one.unit != COUNT)
    return MappingProxyType(found)


def every_measure() -> tuple[str, ...]:
    """All indicators of `measures`, part after part."""
    return tuple(one for ids in measures().values() for one in ids)


# Figures of where we lie, and the parts whose measures each shows: more rows than these don't fit a page.
FIGURES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "help-and-protection": ("front-door", "protection"),
    "looked-after-and-workforce": ("looked-after", "permanence", "care-leavers", "workforce"),
})  # fmt: skip


def measures_of(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(one for part in parts for one in measures()[part])


def only_alike(review: Review) -> Released:
    """Indicators that only look like a published measure: title, the published measure's definition, and how they differ."""
    found = []
    for one, like in benchmarks.alike().items():
        about, measure = registry.indicators().get(one), benchmarks.measures()[like]
        if about is not None and about.unit != COUNT:
            found.append((about.title, measure.definition, measure.differs[one]))
    return review.release(pd.DataFrame(sorted(found), columns=["title", "published", "differs"]).astype("str"))
