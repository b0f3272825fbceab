"""What families get short of social work: early help assessments, referrals by route, parenting programmes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter, quarters
from analysis.simulation.contacts import contacts, recorded
from analysis.simulation.days import number, on_working_day, pick, stream
from analysis.simulation.drawing import Involvement, allot, choose, choose_followed, spread
from analysis.simulation.edge_of_care import edge_of_care
from analysis.simulation.rows import Gathered, gather
from analysis.simulation.story import Story

# Annex A of the first quarter looks back to the end of 2014.
_TOLD_FROM = Quarter(2014, 3)
# A child who is followed is referred to social work so many days later (at least, at most), safely inside twelve
# months; one who isn't stays away for so long, safely outside.
_WITHIN, _CLEAR = (5, 360), 372
# Work that early help takes on goes on for so many days; what it doesn't is decided on within so many.
_WORK, _DECISION = (45, 260), (1, 15)
# A case is handed down this long after social work closed it, at most.
_HANDED_DOWN = 45


def early_help(story: Story, last_day: int) -> Gathered:
    """Contacts, and every table of early help and the edge of care."""
    rng = stream(story.seed, "early help")
    last = Quarter.containing(pd.Timestamp("1970-01-01") + pd.Timedelta(days=last_day))
    told = quarters(_TOLD_FROM, last)
    return {
        "contacts": contacts(story, rng, told),
        "early_help_assessments": _assessments(story, told, last_day),
        "early_help_referrals": _referrals(story, told, last_day),
        "early_help_programmes": _programmes(story, told),
        "edge_of_care": edge_of_care(story, told),
    }


def _days(
    story: Story, rng: np.random.Generator, told: list[Quarter], name: str, section: str = "early_help"
) -> tuple[np.ndarray, np.ndarray]:
    """Working days, in the quarters' numbers, and each day's quarter."""
    counts = [story.parameters.count(quarter, section, name) for quarter in told]
    days = [spread(rng, quarter, count) for quarter, count in zip(told, counts, strict=True)]
    return np.concatenate(days), np.repeat(np.arange(len(told)), counts)


def _shares(story: Story, told: list[Quarter], group: np.ndarray, name: str) -> np.ndarray:
    """The percentage of each row's quarter, as a share."""
    return np.asarray([story.parameters.percent(quarter, "early_help", name)[0] for quarter in told])[group]


def _seen(day: np.ndarray, last_day: int) -> np.ndarray:
    """How much of the twelve months after each day the story tells."""
    return np.clip((last_day - day) / 365, 0.0, 1.0)


# --- assessments --------------------------------------------------------------------------------------------------


def _assessments(story: Story, told: list[Quarter], last_day: int) -> pd.DataFrame:
    """A child has one. The share that social work hears of within a year of completion is the parameters'."""
    rng = stream(story.seed, "early help assessments")
    day, _ = _days(story, rng, told, "assessments")
    done = on_working_day(day + rng.integers(8, 80, len(day)))
    starts = np.asarray([number(quarter.start) for quarter in told])
    group = np.searchsorted(starts, done, side="right") - 1
    share = _shares(story, told, group, "assessments_then_referred_percent") * _seen(done, last_day)
    who, _ = choose_followed(story, rng, done, allot(rng, group, share), _WITHIN, _CLEAR)
    shares = story.parameters.common["early_help"]["organisations"]
    return gather(
        np.minimum(recorded(story, rng, day), day + 5 + (done - day) // 2), {"start_date": day, "completion_date": done},
        child_id=story.population.identifier[who], organisation=pick(rng, shares, len(day)),
    )  # fmt: skip


# --- referrals ----------------------------------------------------------------------------------------------------


def _referrals(story: Story, told: list[Quarter], last_day: int) -> pd.DataFrame:
    parts = [
        _one_route(story, told, last_day, "family_work"),
        _one_route(story, told, last_day, "locality_hub"),
        _step_down(story, told, last_day),
    ]
    rows = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(rows["day"], kind="stable")
    rows = {name: values[order] for name, values in rows.items()}
    return gather(
        rows["day"], {"date": rows["day"], "closure_date": rows["closed"]},
        referral_id=[f"EH{place:06d}" for place in range(1, len(order) + 1)],
        child_id=story.population.identifier[rows["child"]], route=rows["route"],
        locality=story.population.locality[rows["child"]], accepted=rows["accepted"].astype(bool),
        closure_outcome=rows["outcome"],
    )  # fmt: skip


def _one_route(story: Story, told: list[Quarter], last_day: int, route: str) -> dict[str, np.ndarray]:
    """Referrals by a route. Those whom a social worker takes over are closed on that day, stepped up."""
    rng = stream(story.seed, f"early help {route}")
    day, group = _days(story, rng, told, route)
    share = _shares(story, told, group, f"{route}_then_referred_percent") * _seen(day, last_day)
    child, followed = choose_followed(story, rng, day, allot(rng, group, share), _WITHIN, _CLEAR)
    return _worked(story, rng, told, route, day, child, followed)


def _step_down(story: Story, told: list[Quarter], last_day: int) -> dict[str, np.ndarray]:
    """Children whose case social work closed in the weeks before."""
    rng = stream(story.seed, "early help step down")
    day, _ = _days(story, rng, told, "step_down")
    known = Involvement(story)
    child = choose(story, rng, day)
    missing = np.ones(len(day), dtype=bool)
    for _ in range(60):
        drawn = known.closed_between(rng, day - _HANDED_DOWN, day)
        some = np.maximum(drawn, 0)
        good = missing & (drawn >= 0) & ~known.open_case(some, day) & (story.until[some] > day + 30)
        child[good] = drawn[good]
        missing &= ~good
    followed = known.next_referral(child, day) <= day + _CLEAR
    return _worked(story, rng, told, "step_down", day, child, followed)


def _worked(
    story: Story, rng: np.random.Generator, told: list[Quarter], route: str, day: np.ndarray, child: np.ndarray,
    followed: np.ndarray,
) -> dict[str, np.ndarray]:  # fmt: skip
    """What became of referrals: whether taken on, when closed, and how."""
    common = story.parameters.common["early_help"]
    accepted = rng.random(len(day)) < common["accepted_percent"] / 100
    closed = day + np.where(accepted, rng.integers(*_WORK, len(day)), rng.integers(*_DECISION, len(day)))
    referred = Involvement(story).next_referral(child, day)
    stepped_up = accepted & followed & (referred < closed)
    closed = np.where(stepped_up, referred, closed)
    outcome = np.where(accepted, "", "no_further_action").astype(object)
    outcome[stepped_up] = "stepped_up"
    for rows, kinds in _ends(story, rng, told, accepted, stepped_up, closed):
        outcome[rows] = pick(rng, common[kinds], len(rows))
    return {"day": day, "child": child, "accepted": accepted, "closed": closed, "outcome": outcome,
            "route": np.full(len(day), route, dtype=object)}  # fmt: skip


def _ends(
    story: Story, rng: np.random.Generator, told: list[Quarter], accepted: np.ndarray, stepped_up: np.ndarray,
    closed: np.ndarray,
) -> tuple[tuple[np.ndarray, str], tuple[np.ndarray, str]]:  # fmt: skip
    """Cases that ended well and those that otherwise did: of all closed in each quarter, the parameters' share ended
    well, and none of those stepped up."""
    ahead = [told[-1].shift(place) for place in range(1, 5)]
    starts = np.asarray([number(quarter.start) for quarter in (*told, *ahead)])
    group = np.maximum(np.searchsorted(starts, closed, side="right") - 1, 0)
    cases = np.flatnonzero(accepted)
    # What lies ahead is as in the last quarter told.
    shares = _shares(story, told, np.minimum(group[cases], len(told) - 1), "ended_well_percent")
    wanted = np.bincount(group[cases], shares, minlength=len(starts))
    able = np.flatnonzero(accepted & ~stepped_up)
    room = np.bincount(group[able], minlength=len(starts))
    share = np.minimum(wanted / np.maximum(room, 1), 1.0)
    well = allot(rng, group[able], share[group[able]])
    return (able[well], "ended_well"), (able[~well], "ended_otherwise")


# --- programmes ---------------------------------------------------------------------------------------------------


def _programmes(story: Story, told: list[Quarter]) -> pd.DataFrame:
    """Each start of a programme is another parent's; a parent may start several programmes."""
    rng = stream(story.seed, "early help programmes")
    found = []
    names = list(story.parameters.of(told[0])["early_help"]["programmes"])
    days = {name: _days(story, rng, told, name, "early_help.programmes")[0] for name in names}
    parents = max(40, 2 * sum(map(len, days.values())))
    for name, day in days.items():
        who = rng.permutation(parents)[: len(day)]
        found.append((who, np.full(len(day), name, dtype=object), day))
    who, programme, day = (np.concatenate(parts) for parts in zip(*found, strict=True))
    where = pick(rng, dict(story.parameters.common["localities"]["risk"]), len(day))
    completed = rng.random(len(day)) < story.parameters.common["early_help"]["programme_completed_percent"] / 100
    return gather(
        day, {"start_date": day}, person_id=[f"PAR{number + 1:05d}" for number in who], programme=programme,
        completed=completed, locality=where,
    )  # fmt: skip
