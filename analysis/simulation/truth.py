"""The invented authority's true event log: what happened, when it was recorded, and what a perfect reader would know.

`simulate` draws the whole story. `system_on` is the authority's system as it stood on a day. `carried` says, in
canonical tables, what each return of a quarter's delivery holds: the writers only put that into the returns' own
formats, so that `expected` (everything carried, merged) is what reading all deliveries must give back.

The rules that make the truth recoverable:

- A row enters the system on its start, or up to 60 days later (contacts, referrals and early help assessments only,
  a minority). An end, a conference, an authorisation is entered on the day that it happens; but the ends of a few
  protection plans of a year's last days are entered in April, when list 7 of Annex A still carries them.
- `system_on(day)` holds the rows recorded by `day`; dates that lie after `day` are blank there, and so is what is only
  known with them (a reason for closure with the closure date). An unborn child's expected date of birth stays; the
  child's sex is U until birth.
- Annex A lists 1 to 5 reach back six months, so whatever is recorded late is in the next quarter's workbook at the
  latest; assessments, enquiries and early help assessments end within 85 days, so their outcome is too.
- Lists 6 to 8 hold one row a child: the latest episode of need, plan or period of care that was open at the quarter's
  end or closed in the six months to it. A child's plans lie at least 180 days apart, and periods of care 120.
- SSDA903 and the CIN census are year to date: every episode that touches 1 April to the quarter's end, with
  everything inside it. Outcomes (OC2, OC3, AD1) come once a year, in the fourth quarter.
- Local returns hold the rows that began, or were open, in the quarter. Rows without an end are whole when they begin.
  A list that is kept by hand (the edge of care) is drawn up two months later, and has the ends until then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType

import pandas as pd

from analysis.reference.project import UsageError
from analysis.reference.quarters import Quarter, quarters
from analysis.simulation import before, care, care_leavers, front_door, need, permanence, plan_ends, protection
from analysis.simulation.adopters import adopters
from analysis.simulation.authorities import of_authority
from analysis.simulation.carrying import carried, expected
from analysis.simulation.casework import casework
from analysis.simulation.children import bury, children
from analysis.simulation.corrections import correct, ends_recorded_late
from analysis.simulation.days import number, stream
from analysis.simulation.early_help import early_help
from analysis.simulation.local_events import local_events
from analysis.simulation.looked_after import looked_after
from analysis.simulation.parameters import Parameters, load
from analysis.simulation.population import draw_population
from analysis.simulation.rows import Gathered, final
from analysis.simulation.scenarios import Scenario, applied
from analysis.simulation.schooling import schooling
from analysis.simulation.statuses import DRAWN_FROM, statuses_on
from analysis.simulation.story import Story
from analysis.simulation.system import Truth, system_on
from analysis.simulation.workforce import workforce
from analysis.simulation.yearly import outcomes

__all__ = ["Truth", "carried", "expected", "simulate", "statuses", "system_on"]

FIRST, LAST = Quarter(2015, 1), Quarter(2018, 2)
# Deaths a year among children in need (suppressed in the children in need census: fewer than six).
_DEATHS = 3


def simulate(
    authority: str = "929",
    quarters: Sequence[Quarter] = tuple(quarters(FIRST, LAST)),
    seed: int = 20181231,
    scale: float = 1.0,
    vary: bool = False,
    scenario: Scenario | None = None,
) -> Truth:
    """The invented authority over `quarters` (consecutive, from 2015-16-Q1 on). The same arguments give the same
    tables on any machine. `scale` shrinks every count: 0.03 is a small authority for tests. With `vary` the counts
    are drawn around the parameters', by the seed; without, every seed has as many events of each kind. An authority
    that isn't the calibrated one is made from its own published statistics. A `scenario` is a steady authority in which
    one known thing changes.

    Raises UsageError where the quarters aren't consecutive or begin before 2015-16-Q1, or another authority is to have
    a scenario.
    """
    told = tuple(quarters)
    if not told or told[0] < FIRST or any(b != a.shift(1) for a, b in pairwise(told)):
        raise UsageError(f"the quarters to simulate must be consecutive and none before {FIRST}")
    last_day = number(told[-1].end)
    story = live(told[-1], seed, scale, vary, authority, scenario)
    gathered = _gather(story, told, last_day)
    made = {name: final(name, frame) for name, frame in gathered.items()}
    tables, recorded = {n: t for n, (t, _) in made.items()}, {n: r for n, (_, r) in made.items()}
    tables, corrections = correct(tables, recorded, told, seed)
    late = ends_recorded_late(tables["protection_plans"], plan_ends.unrecorded(story))
    corrections = pd.concat([corrections, late], ignore_index=True) if len(late) else corrections
    known = Truth(authority, told, tables, recorded, seed, corrections)
    for name, (table, days) in _statuses_of(known, story.parameters).items():
        tables[name], recorded[name] = table, days
    return Truth(authority, told, MappingProxyType(tables), MappingProxyType(recorded), seed, corrections)


def live(
    last: Quarter, seed: int, scale: float, vary: bool = False, authority: str = "929", scenario: Scenario | None = None
) -> Story:
    """The story told quarter by quarter, from two years before the first return to the last quarter."""
    calibrated = load(last, scale, varied_by=seed if vary else None)
    if scenario and authority != calibrated.common["authority"]["code"]:
        raise UsageError("a scenario has numbers of its own: leave out the authority")
    parameters = applied(calibrated, scenario) if scenario else of_authority(calibrated, authority)
    story = Story(draw_population(parameters, number(last.end), seed), parameters, seed)
    before.open_cases(story)
    permanence.open_orders(story)
    for quarter in parameters.lived(last):
        front_door.refer(story, quarter)
        protection.confer(story, quarter)
        plan_ends.end_plans(story, quarter)
        care.start_care(story, quarter)
        permanence.plan_adoptions(story, quarter)
        care.end_care(story, quarter)
        need.settle(story, quarter)
    bury(story, max(1, parameters.scaled(_DEATHS * len(parameters.years))), stream(seed, "deaths"))
    return story


def _gather(story: Story, told: tuple[Quarter, ...], last_day: int) -> Gathered:
    found = casework(story, last_day) | looked_after(story, last_day)
    found |= early_help(story, last_day) | local_events(story, found, last_day) | schooling(story, last_day)
    found |= outcomes(story, last_day) | workforce(story, last_day)
    found["care_leaver_status"] = care_leavers.statuses(story, list(told))
    found["pathway_plans"] = care_leavers.pathway_plans(story, told[-1])
    found["adopters"] = adopters(story.parameters, found, story.seed, last_day)
    found["children"] = children(story, found)
    return found


def statuses(truth: Truth, quarter: Quarter) -> Mapping[str, pd.DataFrame]:
    """The status tables and stated counts as at a quarter's end (those of the truth, chosen by `as_at`)."""
    day = pd.Timestamp(quarter.end)
    dated = {name: frame for name, frame in truth.tables.items() if "as_at" in frame.columns}
    return {name: frame[frame["as_at"] == day].reset_index(drop=True) for name, frame in dated.items()}


def _statuses_of(truth: Truth, parameters: Parameters) -> dict[str, tuple[pd.DataFrame, pd.Series]]:
    truth = replace(truth, tables={name: truth.tables[name] for name in DRAWN_FROM})
    parts: dict[str, list[pd.DataFrame]] = {}
    for quarter in truth.quarters:
        for name, frame in statuses_on(system_on(truth, quarter.end), quarter, parameters).items():
            parts.setdefault(name, []).append(frame.assign(_recorded=pd.Timestamp(quarter.end)))
    return {name: final(name, pd.concat(frames, ignore_index=True)) for name, frames in parts.items()}
