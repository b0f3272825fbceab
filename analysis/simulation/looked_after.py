"""Looked after children's tables: episodes, periods, reviews, missing episodes, adoption, permanence before."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from analysis.simulation.care_paths import Adoption, Period, path
from analysis.simulation.days import FAR, NEVER, hashed, number, pick, stream
from analysis.simulation.places import home_postcodes
from analysis.simulation.rows import Gathered, gather, missing_where
from analysis.simulation.story import Story

# Periods that ended before this are too old for any return, six-month lists and year to date alike.
_TOLD_FROM = number(dt.date(2014, 4, 1))
_PARTICIPATION = {"PN1": 0.55, "PN2": 0.05, "PN3": 0.14, "PN4": 0.04, "PN5": 0.12, "PN6": 0.05, "PN7": 0.05}


def looked_after(story: Story, last_day: int) -> Gathered:
    """Every table of looked after children, whole, up to the last day."""
    rng = stream(story.seed, "care")
    periods, people = story.periods, story.population
    told = np.flatnonzero(periods["end"] >= _TOLD_FROM)
    child = periods["child"][told].astype(int)
    start, end = periods["start"][told].astype(np.int64), periods["end"][told].astype(np.int64)
    need = _needs(story, periods["episode"][told].astype(int))
    home = home_postcodes(people.family[child], people.locality[child])
    episodes, adoptions = [], []
    for place, one in enumerate(child):
        period = Period(
            int(start[place]), int(end[place]), str(periods["reason"][told[place]]), int(people.born[one]),
            str(people.locality[one]), str(home[place]), bool(people.arrival[one] < FAR), last_day,
        )  # fmt: skip
        steps, plan = path(period, rng)
        episodes += [(place, step) for step in steps]
        if plan is not None:
            adoptions.append((place, plan))
    names = people.identifier
    found: Gathered = {"care_episodes": _episodes(names[child], need, home, episodes)}
    found["care_periods"] = gather(
        start, {"start_date": start, "end_date": end}, child_id=names[child], need=need,
        reason_ended=missing_where(periods["reason"][told], end >= FAR),
        repeat_period=_repeats(story, told, child, start),
    )  # fmt: skip
    found["care_reviews"] = _reviews(story, rng, child, start, np.minimum(end, last_day))
    found["missing_episodes"] = _missing(story, rng, child, start, np.minimum(end, last_day))
    found |= _adoptions(story, rng, child, start, adoptions)
    found["previous_permanence"] = _permanence(story, rng, child, start)
    return found


def _needs(story: Story, episode: np.ndarray) -> np.ndarray:
    need = story.episodes["need"][episode]
    return np.where(np.isin(need, ["N9", "N0"]), "N1", need).astype(object)


def _repeats(story: Story, told: np.ndarray, child: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Whether an earlier period ended in the twelve months before this one."""
    every = pd.DataFrame({"child": story.periods["child"].astype(int), "start": story.periods["start"].astype(int),
                          "end": story.periods["end"].astype(int)})  # fmt: skip
    before = every.sort_values("start", kind="stable").groupby("child")["end"].shift(1, fill_value=NEVER)
    return (start - before.reindex(told).to_numpy()) <= 365


def _episodes(names: np.ndarray, need: np.ndarray, home: np.ndarray, told: list) -> pd.DataFrame:
    place = np.asarray([p for p, _ in told])
    steps = [step for _, step in told]
    start = np.asarray([s.start for s in steps])
    return gather(
        start, {"start_date": start, "end_date": np.asarray([s.end for s in steps])},
        child_id=names[place], reason_new=[s.reason_new for s in steps], legal_status=[s.legal_status for s in steps],
        need=need[place], placement=[s.placement.code for s in steps], provider=[s.placement.provider for s in steps],
        reason_ended=[s.reason_ended for s in steps], reason_change=[s.reason_change for s in steps],
        home_postcode=home[place], placement_postcode=[s.placement.postcode for s in steps],
        urn=[s.placement.urn for s in steps],
    )  # fmt: skip


def _reviews(story: Story, rng, child: np.ndarray, start: np.ndarray, until: np.ndarray) -> pd.DataFrame:
    """The first review within 28 days, the second within three months of it, the others within six."""
    family = story.population.family[child]
    _, group = np.unique(np.stack([family, start]), axis=1, return_inverse=True)
    group = group.ravel()
    groups = group.max() + 1 if len(group) else 0
    held, day = [], start
    for turn in range(32):
        low, high = ((16, 28), (70, 90), (150, 181))[min(turn, 2)]
        late = rng.random(groups)[group] < 0.02
        gap = np.where(late, high + rng.integers(3, 25, groups)[group], rng.integers(low, high, groups)[group])
        day = day + gap
        day = day - np.where((day + 3) % 7 >= 5, 2, 0)  # 1 January 1970 was a Thursday: not at a weekend
        on = np.flatnonzero((day <= until) & (day >= _TOLD_FROM))
        held.append((on, day[on]))
    place, days = (np.concatenate(parts) for parts in zip(*held, strict=True))
    young = days - story.population.born[child[place]] < 4 * 365.25
    code = np.where(young, "PN0", pick(rng, _PARTICIPATION, len(place)))
    return gather(days, {"date": days}, child_id=story.population.identifier[child[place]], participation=code)


def _missing(story: Story, rng, child: np.ndarray, start: np.ndarray, until: np.ndarray) -> pd.DataFrame:
    """Each year its share of the children looked after in it goes missing, the older ones far more often."""
    born = story.population.born[child]
    found = [(np.empty(0, dtype=np.int64),) * 2]
    for year, parameters in story.parameters.years.items():
        first, last = number(dt.date(year, 4, 1)), number(dt.date(year + 1, 3, 31))
        low, high = np.maximum(start, first), np.minimum(until, last)
        here = np.flatnonzero(high > low)
        count = int(np.ceil(len(here) * parameters["care"]["missing_percent"] / 100))
        old = (high[here] - born[here]) / 365.25
        weight = np.where(old > 15, 6.0, np.where(old > 11, 2.0, 0.01))
        if not len(here):
            continue
        chosen = here[rng.choice(len(here), size=min(count, len(here)), replace=False, p=weight / weight.sum())]
        times = 1 + rng.geometric(0.4, len(chosen))
        place = np.repeat(chosen, times)
        found.append((place, low[place] + np.floor(rng.random(len(place)) * (high - low)[place]).astype(np.int64)))
    place, day = (np.concatenate(parts) for parts in zip(*found, strict=True))
    end = np.minimum(day + rng.integers(0, 4, len(day)), until[place])
    kind = pick(rng, {"M": 0.85, "A": 0.15}, len(place))
    frame = gather(
        day, {"start_date": day, "end_date": end}, child_id=story.population.identifier[child[place]], kind=kind
    )
    return frame[~frame.duplicated(["child_id", "start_date", "kind"])].reset_index(drop=True)


def _adoptions(story: Story, rng, child: np.ndarray, start: np.ndarray, told: list[tuple[int, Adoption]]) -> Gathered:
    """A row a child (the latest plan), and a row for each placement for adoption."""
    latest: dict[int, tuple[int, Adoption]] = {int(child[place]): (place, plan) for place, plan in told}
    place = np.asarray([place for place, _ in latest.values()], dtype=int)
    plans = [plan for _, plan in latest.values()]

    def days(step: str) -> np.ndarray:
        return np.asarray([getattr(plan, step) for plan in plans], dtype=np.int64)

    who = child[place]
    adopted, placed, undone = days("adopted") < FAR, days("placed") < FAR, days("reversed") < FAR
    pair = rng.random(len(who)) < 0.85
    # Siblings placed together have the same adopters.
    together = story.population.family[who] * 100_000 + np.minimum(days("placed"), days("matched")) % 100_000
    _, home = np.unique(together, return_inverse=True)
    family = np.asarray([f"ADF{n + 1:04d}" for n in home], dtype=object)
    adoptions = gather(
        days("decision"),
        {
            "entered_care": start[place], "decision_date": days("decision"), "placement_order_date": days("order"),
            "matched_date": days("matched"), "placed_date": days("placed"), "order_date": days("adopted"),
            "reversed_date": days("reversed"), "foster_to_adopt_date": days("foster_to_adopt"),
        },
        child_id=story.population.identifier[who],
        reversed_reason=missing_where(pick(rng, {"RD1": 0.4, "RD2": 0.1, "RD3": 0.1, "RD4": 0.4}, len(who)), ~undone),
        foster_carer_adopts=missing_where([plan.same_carer for plan in plans], ~adopted),
        adopters=missing_where(np.where(pair, 2, 1), ~adopted),
        sex_of_adopters=missing_where(np.where(pair, pick(rng, {"MF": 0.85, "MM": 0.08, "FF": 0.07}, len(who)), "F1"), ~adopted),
        adopters_status=missing_where(np.where(pair, pick(rng, {"L11": 0.9, "L3": 0.1}, len(who)), "L0"), ~adopted),
        family_id=missing_where(family, ~placed & (days("matched") >= FAR)),
    )  # fmt: skip
    on = np.flatnonzero(placed)
    ceased = np.where(undone, days("reversed"), FAR)[on]
    placements = gather(
        days("placed")[on], {"date": days("placed")[on], "ceased_date": ceased},
        child_id=story.population.identifier[who[on]], ceased_reason=missing_where(np.full(len(on), "RD1"), ceased >= FAR),
    )  # fmt: skip
    return {"adoptions": adoptions, "placed_for_adoption": placements}


def _permanence(story: Story, rng, child: np.ndarray, start: np.ndarray) -> pd.DataFrame:
    """Whether each child had been adopted or had special guardians before: asked when a period starts."""
    first = pd.DataFrame({"child": child, "start": start}).groupby("child", sort=True)["start"].min()
    who, day = first.index.to_numpy(), first.to_numpy()
    born = story.population.born[who]
    kind = pick(rng, {"Z1": 0.92, "P1": 0.03, "P2": 0.03, "P3": 0.01, "P4": 0.01}, len(who))
    kind[day - born < 700] = "Z1"
    before = born + ((day - born) * hashed(who, "permanence")).astype(np.int64)
    year = before.astype("datetime64[D]").astype("datetime64[Y]").astype(str)
    text = np.where(hashed(who, "remembered") < 0.4, "zz/zz/", "01/06/") + year.astype(object)
    return gather(
        day, {}, child_id=story.population.identifier[who], kind=kind,
        authority=missing_where(np.where(hashed(who, "authority") < 0.8, "929", "392"), kind == "Z1"),
        date=missing_where(text, kind == "Z1"),
    )  # fmt: skip
