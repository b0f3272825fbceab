"""Contacts, and what families get short of social work: early help, parenting programmes, the edge of care."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter, quarters
from analysis.simulation.days import number, on_working_day, pick, stream
from analysis.simulation.front_door import UNBORN_DAYS, draw_days, draw_sources
from analysis.simulation.parameters import apportion
from analysis.simulation.rows import Gathered, gather
from analysis.simulation.story import Story

# Annex A of the first quarter looks back to the end of 2014.
_TOLD_FROM = Quarter(2014, 3)
_ORGANISATIONS = {"Northumberland County Council": 0.45, "School": 0.25, "Health visiting service": 0.12,
                  "Sure Start children's centre": 0.12, "Voluntary organisation": 0.06}  # fmt: skip
_OUTCOMES = {"outcomes_achieved": 0.42, "no_further_action": 0.1, "stepped_up": 0.13, "disengaged": 0.2,
             "moved_away": 0.05, "other": 0.1}  # fmt: skip


def early_help(story: Story, last_day: int) -> Gathered:
    rng = stream(story.seed, "early help")
    last = Quarter.containing(pd.Timestamp("1970-01-01") + pd.Timedelta(days=last_day))
    told = quarters(_TOLD_FROM, last)
    return {
        "contacts": _contacts(story, rng, told),
        "early_help_assessments": _assessments(story, rng, told),
        "early_help_referrals": _referrals(story, rng, told),
        "early_help_programmes": _programmes(story, rng, told),
        "edge_of_care": _edge_of_care(story, rng, told),
    }


def choose(story: Story, rng: np.random.Generator, day: np.ndarray, weight=None) -> np.ndarray:
    """A child for each day: living here, under eighteen (or soon to be born), riskier families more often."""
    people = story.population
    risk = people.risk if weight is None else weight
    share = risk / risk.sum()
    child = rng.choice(len(people), size=len(day), p=share)
    for _ in range(60):
        wrong = (story.until[child] <= day + 1) | (people.born[child] > day + UNBORN_DAYS - 30)
        if not wrong.any():
            break
        child[wrong] = rng.choice(len(people), size=int(wrong.sum()), p=share)
    return child


def _late(story: Story, rng: np.random.Generator, day: np.ndarray) -> np.ndarray:
    recording = story.parameters.common["recording"]
    slow = rng.random(len(day)) < recording["late_share"]
    return day + np.where(slow, rng.integers(1, recording["latest_days"] + 1, len(day)), 0)


def _contacts(story: Story, rng: np.random.Generator, told: list[Quarter]) -> pd.DataFrame:
    """Every referral begins as a contact of that day and source; the other contacts lead to no referral."""
    names, parameters = story.population.identifier, story.parameters
    day, source = story.referrals["day"].astype(int), story.referrals["source"]
    inside = day >= number(told[0].start)
    found = [(story.referrals["child"].astype(int)[inside], day[inside], source[inside])]
    for quarter in told:
        first, last = number(quarter.start), number(quarter.end)
        wanted = parameters.count(quarter, "contacts", "total") - int(((day >= first) & (day <= last)).sum())
        # A few repeat an earlier contact's child, day and source: draw more, keep as many as are wanted.
        days = draw_days(rng, first, last, max(0, wanted) + max(3, wanted // 50))
        who = choose(story, rng, days)
        sources = draw_sources(rng, days, parameters)
        fresh = ~pd.MultiIndex.from_arrays([who, days, sources]).duplicated()
        fresh &= ~pd.MultiIndex.from_arrays([who, days, sources]).isin(pd.MultiIndex.from_arrays(found[0]))
        kept = np.flatnonzero(fresh)[: max(0, wanted)]
        found.append((who[kept], days[kept], sources[kept]))
    who, days, sources = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return gather(_late(story, rng, days), {"date": days}, child_id=names[who], source=sources)


def _assessments(story: Story, rng: np.random.Generator, told: list[Quarter]) -> pd.DataFrame:
    day = _days(story, rng, told, "early_help", "assessments")
    who = choose(story, rng, day)
    done = on_working_day(day + rng.integers(8, 80, len(day)))
    frame = gather(
        np.minimum(_late(story, rng, day), day + 5 + (done - day) // 2), {"start_date": day, "completion_date": done},
        child_id=story.population.identifier[who], organisation=pick(rng, _ORGANISATIONS, len(day)),
    )  # fmt: skip
    return _once(frame, ["child_id", "start_date", "organisation"])


def _referrals(story: Story, rng: np.random.Generator, told: list[Quarter]) -> pd.DataFrame:
    day = _days(story, rng, told, "early_help", "referrals")
    who = choose(story, rng, day)
    route = pick(rng, {"family_work": 0.62, "locality_hub": 0.28, "step_down": 0.1}, len(day))
    accepted = rng.random(len(day)) < 0.85
    closed = day + np.where(accepted, rng.integers(45, 260, len(day)), rng.integers(1, 15, len(day)))
    outcome = np.where(accepted, pick(rng, _OUTCOMES, len(day)), "no_further_action")
    return gather(
        day, {"date": day, "closure_date": closed}, referral_id=[f"EH{n:06d}" for n in range(1, len(day) + 1)],
        child_id=story.population.identifier[who], route=route, locality=story.population.locality[who],
        accepted=accepted, closure_outcome=outcome,
    )  # fmt: skip


def _programmes(story: Story, rng: np.random.Generator, told: list[Quarter]) -> pd.DataFrame:
    day = _days(story, rng, told, "early_help", "programme_starts")
    shares = {"parent_drop_in": 71, "freedom": 120, "recovery_toolkit": 97, "incredible_years": 295}
    where = pick(rng, dict(story.parameters.common["localities"]["risk"]), len(day))
    frame = gather(
        day, {"start_date": day}, person_id=[f"PAR{n:05d}" for n in rng.integers(1, max(40, 3 * len(day)), len(day))],
        programme=pick(rng, shares, len(day)), completed=rng.random(len(day)) < 0.71, locality=where,
    )  # fmt: skip
    return _once(frame, ["person_id", "programme", "start_date"])


def _edge_of_care(story: Story, rng: np.random.Generator, told: list[Quarter]) -> pd.DataFrame:
    day = _days(story, rng, told, "early_help", "edge_of_care")
    age = (day[0] if len(day) else 0) - story.population.born
    who = choose(story, rng, day, story.population.risk * np.where(age > 8 * 365, 1.0, 0.3))
    closed = day + rng.integers(50, 240, len(day))
    shares = {"at_home": 77, "returned_home": 6, "remained_looked_after": 3, "became_looked_after": 3}
    frame = gather(
        day, {"start_date": day, "closure_date": closed}, child_id=story.population.identifier[who],
        service=pick(rng, {"Edge of care team": 0.6, "Befriending service": 0.2, "Family group conference": 0.2}, len(day)),
        family_id=[f"FAM{n:06d}" for n in story.population.family[who]], outcome=pick(rng, shares, len(day)),
    )  # fmt: skip
    return _once(frame, ["child_id", "service", "start_date"])


def _days(story: Story, rng: np.random.Generator, told: list[Quarter], section: str, name: str) -> np.ndarray:
    """Working days, in the quarters' numbers; at least one a quarter."""
    found = [np.empty(0, dtype=np.int64)]
    for quarter in told:
        count = max(1, story.parameters.count(quarter, section, name))
        found.append(spread(rng, quarter, count))
    return np.concatenate(found)


def spread(rng: np.random.Generator, quarter: Quarter, count: int) -> np.ndarray:
    """Working days of a quarter, its months alike."""
    first, last = number(quarter.start), number(quarter.end)
    counts = apportion(count, (1, 1, 1))
    edges = np.linspace(first, last + 1, 4).astype(int)
    days = np.concatenate([rng.integers(edges[n], edges[n + 1], counts[n]) for n in range(3)])
    moved = on_working_day(days, back=True)
    return np.where(moved < first, on_working_day(np.full(len(days), first)), moved)


def _once(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    return frame[~frame.duplicated(key)].reset_index(drop=True)
