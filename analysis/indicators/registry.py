"""Every indicator by identifier, and the way to have them computed."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

import pandas as pd

from analysis.indicators import (
    assessments,
    care_leavers,
    care_reviews,
    caseloads,
    distance,
    early_help,
    edge_of_care,
    education,
    enquiries,
    exploitation,
    front_door,
    health,
    homes,
    looked_after,
    missing,
    need,
    participation,
    permanence,
    placements,
    proceedings,
    protection,
    protection_practice,
    quality,
    workforce,
)
from analysis.indicators.breakdowns import BREAKDOWNS
from analysis.indicators.definition import Indicator
from analysis.indicators.engine import rows_of, tidy
from analysis.indicators.evidence import evidence_of
from analysis.records.history import Known
from analysis.reference import project
from analysis.reference.quarters import Quarter

AREAS = MappingProxyType({
    "Front door": front_door, "Assessments": assessments, "Enquiries and conferences": enquiries,
    "Children in need": need, "Child protection": protection, "Following plans": protection_practice,
    "Children looked after": looked_after,
    "Placement stability": placements, "Distance from home": distance, "Health of children looked after": health,
    "Missing from placement": missing, "Reviews of children looked after": care_reviews, "Permanence": permanence,
    "Care leavers": care_leavers, "Education of children looked after": education, "Children's homes": homes,
    "Early help": early_help, "Edge of care": edge_of_care,
    "Care proceedings": proceedings, "Missing and exploited children": exploitation,
    "Caseloads": caseloads, "Workforce": workforce, "Quality assurance": quality, "Participation": participation,
})  # fmt: skip


@lru_cache(maxsize=1)
def indicators() -> Mapping[str, Indicator]:
    """Identifier to definition, in the order of the catalogue."""
    found = [one for area in AREAS.values() for one in area.indicators()]
    return MappingProxyType({one.id: one for one in found})


def of_things(ids: pd.Series) -> pd.Series:
    """Which of the indicators named count nobody, so that a small number of theirs tells of no one."""
    return ids.isin([one.id for one in indicators().values() if one.of_things])


def chosen(ids: Iterable[str] | None) -> list[Indicator]:
    """The definitions of those identifiers, or all. Raises UsageError for one that isn't registered."""
    known = indicators()
    wanted = list(known) if ids is None else list(dict.fromkeys(ids))
    for one in wanted:
        if one not in known:
            near = difflib.get_close_matches(one, known, 1)
            hint = f"did you mean {near[0]}?" if near else "docs/indicators.md lists them"
            raise project.UsageError(f"there is no indicator '{one}'; {hint}")
    return [known[one] for one in wanted]


def compute(
    known: Known,
    quarter: Quarter,
    ids: Iterable[str] | None = None,
    by: Sequence[str] = (),
    authority: str | project.Authority | None = None,
    vintage: str | None = None,
) -> pd.DataFrame:
    """The tidy table of indicators at a quarter, as known.

    Columns: authority, quarter, period_start, period_end, known_by, indicator, breakdown, category, numerator,
    denominator, value, lower, upper, unit, symbol. The authority's own total has `all` as breakdown and
    category; each breakdown in `by` adds its rows for the indicators that permit it. Limits are 95%: Wilson
    for percentages, exact Poisson for counts and rates. `symbol` is `x` where the records needed were not
    delivered or don't reach far enough (then every figure is missing), `z` where there is nothing to divide
    by. `vintage` is a population release (default: the one in force at the period's end where we hold it, otherwise
    the newest).

    Raises UsageError for an identifier or a breakdown that doesn't exist, or that none of these permits.
    """
    return series(known, ids, [quarter], by=by, authority=authority, vintage=vintage)


def series(
    known: Known,
    ids: Iterable[str] | None,
    quarters: Iterable[Quarter],
    by: Sequence[str] = (),
    authority: str | project.Authority | None = None,
    vintage: str | None = None,
    period: tuple[dt.date, dt.date] | None = None,
) -> pd.DataFrame:
    """`compute` for many quarters from one `known`, quarter by quarter.

    `period`, first and last day, takes the place of each indicator's own, for a figure of a month or of a year to
    date; what lies after the quarter is then as far as its delivery knew.
    """
    wanted = chosen(ids)
    for breakdown in by:
        if breakdown not in BREAKDOWNS:
            raise project.UsageError(f"there is no breakdown '{breakdown}'; use one of {', '.join(BREAKDOWNS)}")
        if not any(breakdown in one.breakdowns for one in wanted):
            raise project.UsageError(f"none of the indicators asked for can be broken down by {breakdown}")
    place = authority if isinstance(authority, project.Authority) else project.authority(authority)
    evidence = evidence_of(known)
    return tidy(
        row
        for quarter in quarters
        for one in wanted
        for row in rows_of(one, evidence, quarter, tuple(dict.fromkeys(by)), place, vintage, period)
    )
