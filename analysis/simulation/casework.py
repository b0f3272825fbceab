"""From the story to casework as it was recorded: referrals, assessments, enquiries, conferences, plans and reviews."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.reference.calendar import Quarter
from analysis.simulation.days import (
    FAR,
    add_working,
    dates,
    draw_groups,
    number,
    on_working_day,
    pick,
    stream,
    working_between,
)
from analysis.simulation.front_door import draw_length, in_time_share
from analysis.simulation.parameters import Parameters
from analysis.simulation.plan_reviews import review_days
from analysis.simulation.rows import Gathered, gather, keep, locality_team, missing_where, workers
from analysis.simulation.story import Story

# An outcome that Annex A alone carries must come before the second quarter's end after the start.
LONGEST_OPEN = 85


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
    """The day on which each referral was recorded, by (child, day): a few late, those taken on within days. Of a
    quarter's referrals only so many are recorded after it, none of whose assessment hasn't begun."""
    recording = story.parameters.common["recording"]
    child, day = story.referrals["child"].astype(int), story.referrals["day"].astype(int)
    slow = rng.random(len(day)) < recording["late_share"]
    refused = story.referrals["no_further_action"].astype(bool)
    delay = np.where(refused, rng.integers(1, recording["latest_days"] + 1, len(day)), rng.integers(1, 9, len(day)))
    place = pd.MultiIndex.from_arrays([child, day])
    of_episode = pd.MultiIndex.from_arrays([story.episodes["child"], story.episodes["start"]])

    def of_referral(column: str) -> np.ndarray:
        return pd.Series(story.episodes[column], index=of_episode).reindex(place).fillna(FAR).to_numpy()

    room = np.where(refused, FAR, of_referral("close") - day - 1)
    delay = np.where(slow, np.clip(delay, 0, np.maximum(room, 0)), 0)
    ends = dates(day).dt.to_period("Q").dt.end_time.dt.normalize().to_numpy("datetime64[D]").astype(np.int64)
    crossing = day + delay > ends
    able = crossing & (refused | (of_referral("assessed") <= ends))
    rank = pd.Series(np.where(able, rng.random(len(day)), np.inf)).groupby(ends).rank(method="first").to_numpy()
    kept = able & (rank <= max(1, story.parameters.scaled(recording["after_quarter_end"])))
    return pd.Series(day + np.where(crossing & ~kept, ends - day, delay), index=place)


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
    again, again_start, again_end = _further_assessments(story, rng, start, end, last_day)
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
    story: Story, rng: np.random.Generator, first_start: np.ndarray, first_end: np.ndarray, last_day: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(episode, start, authorised) of assessments after the first, in open cases: as many as make up the number
    completed in each year or quarter, of them as many late as make up its number late."""
    found = [(np.empty(0, dtype=np.int64),) * 3]
    latest = first_end.astype(np.int64)
    length = working_between(first_start, first_end)
    for first, last, wanted in spans(story.parameters, last_day, "assessments", "completed"):
        done = (first_end >= first) & (first_end <= last)
        share = in_time_share(story.parameters, np.arange(first, last + 1)).mean()
        late = max(0, int(np.floor((1 - share) * max(wanted, done.sum()) + 0.5)) - int((done & (length > 45)).sum()))
        more = max(0, wanted - int(done.sum()))
        # Those that end beyond the last day are still open on it; the wanted number ends by it.
        open_still = last + 60 if last == last_day else last
        for count, slow, low, high in (
            (min(late, more), True, first, last),
            (max(0, more - late), False, first, last),
            (more // 4, False, last + 1, open_still),
        ):
            part = _some_assessments(story, rng, latest, (low, high, last_day), count, slow)
            latest[part[0]] = part[2]
            found.append(part)
    return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))


def _some_assessments(
    story: Story, rng: np.random.Generator, latest: np.ndarray, days: tuple[int, int, int], count: int, late: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(episode, start, authorised) of `count` assessments that end between the first two days and start by the third,
    at least 100 days after the episode's latest, each in an episode of its own."""
    low = np.maximum(days[0], latest + 100)
    high = np.minimum(story.episodes["close"] - 1, days[1])
    room = np.clip(high - low + 1, 0, None)
    if not room.sum() or not count:
        return (np.empty(0, dtype=np.int64),) * 3
    chosen = rng.choice(len(room), size=6 * count, p=room / room.sum())
    end = on_working_day(low[chosen] + np.floor(rng.random(len(chosen)) * room[chosen]).astype(np.int64))
    start = add_working(end, -draw_length(rng, len(end), late=late))
    good = (end <= high[chosen]) & (end - start < LONGEST_OPEN) & (start > latest[chosen]) & (start <= days[2])
    good &= ~pd.Series(chosen).duplicated().to_numpy()
    taken = np.flatnonzero(good)[:count]
    return chosen[taken], start[taken], end[taken]


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


def spans(parameters: Parameters, last_day: int, section: str, name: str) -> list[tuple[int, int, int]]:
    """First day, last day and count of each stretch that the parameters give a count for: a year or, of four numbers,
    a quarter. A year cut short has its quarters' part of it."""
    found = []
    for year in parameters.years:
        lived = [q for q in (Quarter(year, n) for n in (1, 2, 3, 4)) if number(q.start) <= last_day]
        parts = [(number(q.start), number(q.end), parameters.count(q, section, name)) for q in lived]
        if parts and not isinstance(parameters.years[year][section][name], list):
            parts = [(parts[0][0], parts[-1][1], sum(count for *_, count in parts))]
        found += parts
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
    for first, last, wanted in spans(story.parameters, last_day, "section47", "enquiries"):
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
    place, day = review_days(story, rng)
    reviews = gather(
        np.maximum(day, recorded[place]), {"plan_start": start[place], "date": day}, child_id=names[child[place]]
    )
    return {"protection_plans": table, "protection_reviews": reviews}


def with_known_keys(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Without rows that repeat an earlier row's key."""
    return keep(frame, ~frame.duplicated(key))
