"""From the story to casework as it was recorded: referrals, assessments, enquiries, conferences, plans and reviews."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from analysis.simulation.days import FAR, NEVER, add_working, draw_groups, number, on_working_day, pick, stream
from analysis.simulation.front_door import finish_assessments
from analysis.simulation.parameters import Parameters
from analysis.simulation.rows import Gathered, gather, keep, locality_team, missing_where, workers
from analysis.simulation.story import Story

# An outcome that Annex A alone carries must come before the second quarter's end after the start.
LONGEST_OPEN = 85
# Reviews: the first within three months of the plan's start, the others within six months of the one before.
_FIRST_REVIEW, _NEXT_REVIEW = (62, 90), (140, 181)


def casework(story: Story, last_day: int) -> Gathered:
    """Every table of casework but looked after children's, whole, in its final state."""
    rng = stream(story.seed, "casework")
    late = _recorded_referrals(story, rng)
    names = story.population.identifier
    episodes = story.episodes
    child = episodes["child"]
    authorised = np.minimum(episodes["authorised"], episodes["close"])
    assessed = np.minimum(episodes["assessed"], authorised)
    found: Gathered = {"referrals": _referrals(story, late)}
    known = late.reindex(pd.MultiIndex.from_arrays([child, episodes["start"]])).to_numpy(dtype=np.int64)
    found["episodes_of_need"] = gather(
        known, {"start_date": episodes["start"], "closure_date": episodes["close"]}, child_id=names[child],
        primary_need=episodes["need"], closure_reason=missing_where(episodes["reason"], episodes["close"] >= FAR),
    )  # fmt: skip
    found |= _assessments(story, rng, assessed, authorised, known, last_day)
    found |= _enquiries(story, rng, known, last_day)
    return found | _plans(story, rng, known)


def _recorded_referrals(story: Story, rng: np.random.Generator) -> pd.Series:
    """The day on which each referral was recorded, by (child, day): a few late, those taken on within days."""
    recording = story.parameters.common["recording"]
    child, day = story.referrals["child"].astype(int), story.referrals["day"].astype(int)
    slow = rng.random(len(day)) < recording["late_share"]
    refused = story.referrals["no_further_action"].astype(bool)
    delay = np.where(refused, rng.integers(1, recording["latest_days"] + 1, len(day)), rng.integers(1, 9, len(day)))
    place = pd.MultiIndex.from_arrays([child, day])
    close = pd.Series(
        story.episodes["close"],
        index=pd.MultiIndex.from_arrays([story.episodes["child"], story.episodes["start"]]),
    )
    room = np.where(refused, FAR, close.reindex(place).fillna(FAR).to_numpy() - day - 1)
    return pd.Series(day + np.where(slow, np.clip(delay, 0, np.maximum(room, 0)), 0), index=place)


def _referrals(story: Story, recorded: pd.Series) -> pd.DataFrame:
    child, day = story.referrals["child"].astype(int), story.referrals["day"].astype(int)
    team = np.full(len(child), story.parameters.common["teams"]["front_door"], dtype=object)
    return gather(
        recorded.to_numpy(), {"date": day}, child_id=story.population.identifier[child],
        source=story.referrals["source"], no_further_action=story.referrals["no_further_action"].astype(bool),
        team=team, worker=workers(story.parameters, team, story.population.number[child], day),
    )  # fmt: skip


# --- assessments ---------------------------------------------------------------------------------


def _assessments(
    story: Story, rng: np.random.Generator, start: np.ndarray, end: np.ndarray, known: np.ndarray, last_day: int
) -> Gathered:
    """First assessments, and as many later ones as make up each year's number completed."""
    episode = np.arange(len(start))
    again, again_start, again_end = _further_assessments(story, rng, end, last_day)
    episode = np.concatenate([episode, again])
    start, end = np.concatenate([start, again_start]), np.concatenate([end, again_end])
    first = np.arange(len(episode)) < len(known)
    child = story.episodes["child"][episode]
    support = np.where(first, ~story.episodes["not_in_need"][episode].astype(bool), rng.random(len(child)) < 0.85)
    names = story.population.identifier
    team = locality_team(story, child)
    recorded = np.maximum(start, known[episode])
    assessments = gather(
        recorded,
        {
            "start_date": start, "authorised_date": end, "referral_date": story.episodes["start"][episode],
            "internal_review_date": np.minimum(add_working(start, 10), end),
        },
        child_id=names[child], child_seen=rng.random(len(child)) < 0.97, requires_support=support, team=team,
        worker=workers(story.parameters, team, story.population.number[child], start),
    )  # fmt: skip
    return {"assessments": assessments, "assessment_factors": _factors(story, rng, child, start, end, recorded)}


def _further_assessments(
    story: Story, rng: np.random.Generator, first_end: np.ndarray, last_day: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(episode, start, authorised) of assessments after the first, at least 100 days after it, in open cases."""
    found = [(np.empty(0, dtype=np.int64),) * 3]
    for year, (first, last, wanted) in yearly(story.parameters, last_day, "assessments", "completed").items():
        wanted = max(0, wanted - int(((first_end >= first) & (first_end <= last)).sum()))
        whole = number(dt.date(year, 4, 1)) + 365 if last == last_day else last
        low = np.maximum(first, first_end + 100)
        high = np.minimum(np.minimum(story.episodes["close"], whole + 1) - 1, last if whole == last else last + 60)
        room = np.clip(high - low, 0, None)
        if not room.sum() or not wanted:
            continue
        # Those that end beyond the last day are still open on it; the wanted number ends by it.
        chosen = rng.choice(len(room), size=4 * wanted, p=room / room.sum())
        end = on_working_day(low[chosen] + np.floor(rng.random(len(chosen)) * room[chosen]).astype(np.int64))
        start = end - finish_assessments(story, on_working_day(end), np.arange(len(end))) + on_working_day(end)
        start = on_working_day(start, back=True)
        good = (end <= high[chosen]) & (end - start < LONGEST_OPEN) & (start > first_end[chosen])
        good &= ~pd.Series(chosen).duplicated().to_numpy()
        taken = pd.MultiIndex.from_arrays([np.concatenate(part) for part in list(zip(*found, strict=True))[:2]])
        good &= ~pd.MultiIndex.from_arrays([chosen, start]).isin(taken)
        within = np.flatnonzero(good & (end <= last))[:wanted]
        beyond = np.flatnonzero(good & (end > last) & (start <= last_day))[: wanted // 8]
        for part in (within, beyond):
            found.append((chosen[part], start[part], end[part]))
    return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))


def _factors(story: Story, rng, child, start, end, recorded) -> pd.DataFrame:
    shares = story.parameters.common["assessments"]["factors"]
    how_many = 1 + rng.poisson(1.4, len(child))
    place = np.repeat(np.arange(len(child)), how_many)
    factor = pick(rng, shares, len(place))
    none = (rng.random(len(child)) < 0.06)[place]
    factor = np.where(none, "21", factor)
    frame = gather(
        np.maximum(end, recorded)[place], {"start_date": start[place]},
        child_id=story.population.identifier[child][place], factor=factor,
    )  # fmt: skip
    return frame.drop_duplicates(["child_id", "start_date", "factor"], ignore_index=True)


def yearly(parameters: Parameters, last_day: int, section: str, name: str) -> dict[int, tuple[int, int, int]]:
    """Each year's first and last day, and its count; a year cut short has its quarters' part of it."""
    found = {}
    for year in parameters.years:
        first, last = number(dt.date(year, 4, 1)), number(dt.date(year + 1, 3, 31))
        if first > last_day:
            continue
        count = parameters.year_count(year, section, name)
        if last > last_day:
            quarters_lived = round((last_day - first + 1) / 91.3)
            count = count * quarters_lived // 4
        found[year] = (first, min(last, last_day), count)
    return found


# --- section 47 enquiries and conferences ------------------------------------------------------------


def _enquiries(story: Story, rng: np.random.Generator, known: np.ndarray, last_day: int) -> Gathered:
    conferences, names = story.conferences, story.population.identifier
    moved = conferences["transfer"].astype(bool)
    held = ~moved
    child, start = conferences["child"][held], conferences["enquiry"][held]
    date, led, episode = conferences["day"][held], conferences["led_to_plan"][held], conferences["episode"][held]
    other_episode, other_start = _other_enquiries(story, rng, child, start, last_day)
    child = np.concatenate([child, story.episodes["child"][other_episode]])
    start, episode = np.concatenate([start, other_start]), np.concatenate([episode, other_episode])
    date = np.concatenate([date, np.full(len(other_start), FAR)])
    led = np.concatenate([led, np.zeros(len(other_start))]).astype(bool)
    team = locality_team(story, child)
    # Mostly no conference is needed; for a child already on a plan the answer is no.
    not_required = (date == FAR) & (rng.random(len(date)) < 0.985)
    enquiries = gather(
        np.maximum(start, known[episode]),
        {
            "start_date": start, "referral_date": story.episodes["start"][episode], "conference_date": date,
            "conference_target": np.where(not_required, FAR, add_working(start, 15)),
        },
        child_id=names[child], conference_not_required=not_required,
        led_to_plan=missing_where(led, date == FAR), team=team, worker=workers(story.parameters, team, story.population.number[child], start),
    )  # fmt: skip
    child, date, episode = conferences["child"][moved], conferences["day"][moved], conferences["episode"][moved]
    transfers = gather(
        np.maximum(date, known[episode]), {"date": date, "referral_date": story.episodes["start"][episode]},
        child_id=names[child],
    )  # fmt: skip
    return {"section47_enquiries": enquiries, "transfer_in_conferences": transfers}


def _other_enquiries(
    story: Story, rng: np.random.Generator, held_child: np.ndarray, held_start: np.ndarray, last_day: int
) -> tuple[np.ndarray, np.ndarray]:
    """(episode, start) of the enquiries that no conference followed: most near the referral, some later."""
    episodes = story.episodes
    child, begun = episodes["child"], episodes["start"].astype(np.int64)
    family = story.population.family[child]
    _, group = np.unique(np.stack([family, begun]), axis=1, return_inverse=True)
    group = group.ravel()
    near = begun + rng.integers(0, 10, group.max() + 1)[group]
    taken = set(zip(held_child.tolist(), held_start.tolist(), strict=True))
    share = story.parameters.common["conferences"]["later_enquiry_share"]
    weight = np.where(episodes["need"] == "N1", 3.0, 1.0)
    found = [(np.empty(0, dtype=np.int64),) * 2]
    for first, last, wanted in yearly(story.parameters, last_day, "section47", "enquiries").values():
        wanted = max(0, wanted - int(((held_start >= first) & (held_start <= last)).sum()))
        earliest = np.maximum(first, begun + 40)
        latest = np.minimum(episodes["close"] - 1, last)
        later = earliest + np.floor(rng.random(group.max() + 1)[group] * np.maximum(latest - earliest + 1, 1)).astype(
            int
        )
        for day, able, count in (
            (later, latest >= earliest, int(wanted * share)),
            (near, (near >= first) & (near <= last) & (near < episodes["close"]), wanted - int(wanted * share)),
        ):
            free = np.asarray([pair not in taken for pair in zip(child.tolist(), day.tolist(), strict=True)])
            # A case closed after assessment (RC8) had nothing else in it.
            pool = np.flatnonzero(able & free & ~episodes["not_in_need"].astype(bool))
            chosen = pool[draw_groups(rng, group[pool], weight[pool], count)]
            taken.update(zip(child[chosen].tolist(), day[chosen].tolist(), strict=True))
            found.append((chosen, day[chosen]))
    return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))


# --- child protection plans ----------------------------------------------------------------------


def _plans(story: Story, rng: np.random.Generator, known: np.ndarray) -> Gathered:
    plans, names = story.plans, story.population.identifier
    child, start, end, episode = (plans[name].astype(np.int64) for name in ("child", "start", "end", "episode"))
    team = locality_team(story, child)
    recorded = np.maximum(start, known[episode])
    table = gather(
        recorded, {"start_date": start, "end_date": end, "referral_date": story.episodes["start"][episode]},
        child_id=names[child], initial_category=plans["category"], latest_category=plans["latest"],
        previous_plans=plans["previous"], team=team, worker=workers(story.parameters, team, story.population.number[child], start),
    )  # fmt: skip
    place, day = _review_days(story, rng, start, end)
    reviews = gather(
        np.maximum(day, recorded[place]), {"plan_start": start[place], "date": day}, child_id=names[child[place]]
    )
    return {"protection_plans": table, "protection_reviews": reviews}


def _review_days(story: Story, rng, start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(plan, day) of each review. Siblings are reviewed together; the last review is the one that ends the plan."""
    family = story.population.family[story.plans["child"].astype(int)]
    _, group = np.unique(np.stack([family, start]), axis=1, return_inverse=True)
    group = group.ravel()
    groups = group.max() + 1 if len(group) else 0
    horizon = np.minimum(end, number(dt.date(2019, 6, 30)))
    found = [(np.flatnonzero((end < FAR) & (end - start > 45)), end[(end < FAR) & (end - start > 45)])]
    latest, (low, high) = start, _FIRST_REVIEW
    for _ in range(12):
        late = rng.random(groups)[group] < _late_share(story, latest)
        gap = np.where(late, high + rng.integers(7, 30, groups)[group], rng.integers(low, high - 3, groups)[group])
        latest = on_working_day(latest + gap, back=True)
        held = latest < horizon - 25
        found.append((np.flatnonzero(held), latest[held]))
        low, high = _NEXT_REVIEW
    return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))


def _late_share(story: Story, day: np.ndarray) -> np.ndarray:
    """How likely one review is to be late, so that about the published share of plans have none that is."""
    share = np.full(len(day), 0.03)
    for year, parameters in story.parameters.years.items():
        share[day >= number(dt.date(year, 4, 1))] = (1 - parameters["plans"]["reviewed_in_time_percent"] / 100) / 2
    return np.where(day <= NEVER, 0.0, share)


def with_known_keys(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Without rows that repeat an earlier row's key."""
    return keep(frame, ~frame.duplicated(key))
