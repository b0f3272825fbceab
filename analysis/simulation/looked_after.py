"""Looked after children's tables: episodes, periods, reviews, missing episodes, adoption, permanence before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.reference.calendar import Quarter
from analysis.simulation.adoption_steps import Adoption
from analysis.simulation.care_paths import paths
from analysis.simulation.days import FAR, NEVER, date, hashed, pick, stream
from analysis.simulation.missing import missing_episodes
from analysis.simulation.periods import TOLD_FROM, periods_of
from analysis.simulation.places import Gazetteer
from analysis.simulation.rows import RECORDED, Gathered, gather, missing_where
from analysis.simulation.short_breaks import short_breaks
from analysis.simulation.story import Story

_PARTICIPATION = {"PN1": 0.55, "PN2": 0.05, "PN3": 0.14, "PN4": 0.04, "PN5": 0.12, "PN6": 0.05, "PN7": 0.05}


def looked_after(story: Story, last_day: int) -> Gathered:
    """Every table of looked after children, whole, up to the last day."""
    rng = stream(story.seed, "care")
    care = periods_of(story, last_day)
    quarters = story.parameters.lived(Quarter.containing(date(last_day)))
    told_of = paths(story, care, quarters, rng)
    told = np.flatnonzero(care.end >= TOLD_FROM)
    child, start, end = care.child[told], care.start[told], care.end[told]
    need = _needs(story, story.periods["episode"][told].astype(int))
    episodes = [(place, step) for place, n in enumerate(told) for step in told_of.episodes[n]]
    adoptions = [(place, told_of.plans[n]) for place, n in enumerate(told) if told_of.plans[n] is not None]
    names = story.population.identifier
    home = np.where(care.seeking, None, told_of.home)[told]
    found: Gathered = {
        "care_episodes": pd.concat(
            [_episodes(names[child], need, home, told_of.postcodes, episodes), short_breaks(story, last_day)],
            ignore_index=True,
        )
    }
    found["postcodes"] = _postcodes(story, found["care_episodes"])
    found["care_periods"] = gather(
        start, {"start_date": start, "end_date": end}, child_id=names[child], need=need,
        reason_ended=missing_where(care.reason[told], end >= FAR),
        repeat_period=_repeats(story, told, child, start),
    )  # fmt: skip
    found["care_reviews"] = _reviews(story, rng, child, start, np.minimum(end, last_day))
    found["missing_episodes"] = missing_episodes(story, stream(story.seed, "missing"), care)
    found |= _adoptions(story, rng, child, start, adoptions)
    found["previous_permanence"] = _permanence(story, rng, child, start)
    return found


def _postcodes(story: Story, episodes: pd.DataFrame) -> pd.DataFrame:
    """Where each postcode of a home or a placement lies, known from the first episode that has it."""
    used = pd.concat([episodes[[name, RECORDED]].set_axis(["postcode", RECORDED], axis=1)
                      for name in ("home_postcode", "placement_postcode")])  # fmt: skip
    first = used.dropna(subset=["postcode"]).groupby("postcode", sort=True)[RECORDED].min()
    return Gazetteer(story.parameters).table(first.index.to_numpy(dtype=object)).assign(**{RECORDED: first.to_numpy()})


def _needs(story: Story, episode: np.ndarray) -> np.ndarray:
    need = story.episodes["need"][episode]
    return np.where(np.isin(need, ["N9", "N0"]), "N1", need).astype(object)


def _repeats(story: Story, told: np.ndarray, child: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Whether an earlier period ended in the twelve months before this one."""
    every = pd.DataFrame({"child": story.periods["child"].astype(int), "start": story.periods["start"].astype(int),
                          "end": story.periods["end"].astype(int)})  # fmt: skip
    before = every.sort_values("start", kind="stable").groupby("child")["end"].shift(1, fill_value=NEVER)
    return (start - before.reindex(told).to_numpy()) <= 365


def _episodes(names: np.ndarray, need: np.ndarray, home: np.ndarray, postcodes: np.ndarray, told: list) -> pd.DataFrame:
    place = np.asarray([p for p, _ in told], dtype=int)
    steps = [step for _, step in told]
    start = np.asarray([s.start for s in steps])
    return gather(
        start, {"start_date": start, "end_date": np.asarray([s.end for s in steps])},
        child_id=names[place], reason_new=[s.reason_new for s in steps], legal_status=[s.legal_status for s in steps],
        need=need[place], placement=[s.placement.code for s in steps], provider=[s.placement.provider for s in steps],
        reason_ended=[s.reason_ended for s in steps], reason_change=[s.reason_change for s in steps],
        home_postcode=home[place], placement_postcode=postcodes[[s.placement.spot for s in steps]], urn=[s.placement.urn for s in steps],
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
        on = np.flatnonzero((day <= until) & (day >= TOLD_FROM))
        held.append((on, day[on]))
    place, days = (np.concatenate(parts) for parts in zip(*held, strict=True))
    young = days - story.population.born[child[place]] < 4 * 365.25
    code = np.where(young, "PN0", pick(rng, _PARTICIPATION, len(place)))
    return gather(days, {"date": days}, child_id=story.population.identifier[child[place]], participation=code)


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
    places = story.parameters.common["places"]
    before = born + ((day - born) * hashed(who, "permanence")).astype(np.int64)
    year = before.astype("datetime64[D]").astype("datetime64[Y]").astype(str)
    text = np.where(hashed(who, "remembered") < 0.4, "zz/zz/", "01/06/") + year.astype(object)
    return gather(
        day, {}, child_id=story.population.identifier[who], kind=kind,
        authority=missing_where(np.where(hashed(who, "authority") < 0.8, places["code"], places["neighbour"]), kind == "Z1"),
        date=missing_where(text, kind == "Z1"),
    )  # fmt: skip
