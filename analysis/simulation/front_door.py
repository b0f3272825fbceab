"""Referrals of a quarter: which families, which day, from whom, and what the first assessment makes of them."""

from __future__ import annotations

import datetime as dt

import numpy as np

from analysis.reference.calendar import Quarter
from analysis.simulation.days import FAR, NEVER, add_working, draw_groups, is_working, number, on_working_day, pick
from analysis.simulation.parameters import Parameters
from analysis.simulation.story import Story

# Working days that an assessment in time takes: DfE children in need C2, 2015-16 to 2018-19.
_IN_TIME = ((1, 10, 0.14), (11, 20, 0.13), (21, 30, 0.31), (31, 40, 0.11), (41, 45, 0.31))
# The longest late assessment; with Christmas in it, this stays under 85 days.
_LATEST = 56
_WEEKEND = 0.12
# First assessments are late a little less often: the later ones make up each period's number.
_LATE_AT_FIRST = 0.85
# Calendar days that a late assessment takes, in the middle.
_LATE_DAYS = 70
# April to March: the share of a month's referrals whose assessment is finished by 31 March; and England's share of
# referrals assessed as not in need, where a month has too few to go by.
_ASSESSED_BY_YEAR_END = np.array([1.0] * 9 + [0.93, 0.55, 0.14])
_NOT_IN_NEED = 0.28
_SCHOOL_SOURCES = ("2A", "2B", "3C")
# An unborn child is referred in the last four months before birth.
UNBORN_DAYS = 120


def refer(story: Story, quarter: Quarter) -> None:
    """The quarter's referrals, month by month, in the numbers that the parameters give."""
    months, parameters = story.parameters.months(quarter), story.parameters
    yearly = np.asarray(parameters.of(quarter)["referrals"]["months"], dtype=float)
    kinds = {
        "re_referred": parameters.months(quarter, "re_referred"),
        "no_further_action": parameters.months(quarter, "no_further_action"),
        "assessed_not_in_need": parameters.months(quarter, "assessed_not_in_need", yearly * _ASSESSED_BY_YEAR_END),
    }
    for place, total in enumerate(months):
        start = quarter.start.replace(month=quarter.start.month + place)
        _refer_month(story, start, total, {name: counts[place] for name, counts in kinds.items()})


def _refer_month(story: Story, start: dt.date, total: int, counts: dict[str, int]) -> None:
    people, rng = story.population, story.random
    first = number(start)
    last = number((start.replace(day=28) + dt.timedelta(days=4)).replace(day=1)) - 1

    arriving = np.flatnonzero((people.arrival >= first) & (people.arrival <= last))[:total]
    total -= len(arriving)
    day = draw_days(rng, first, last, int(people.family.max()) + 1)[people.family]
    able = (
        (story.closes() < day - 3)
        & (story.referred < day - 3)
        & (story.until > day + 60)
        & (people.born < day + UNBORN_DAYS)
        & (people.arrival == FAR)
        & (rng.random(len(people)) < story.parameters.common["families"]["sibling_referred"])
    )
    known = story.referred > NEVER
    # Twelve months to the day still count, so a child is either well inside them or well outside.
    recent, long_ago = known & (story.referred >= day - 364), story.referred < day - 366
    weight = people.risk * (1.0 + 1.5 * known + 6.0 * (story.plans_before > 0))
    weight = weight * np.where(day - people.born > 16 * 365, 0.5, 1.0)
    again = _choose(story, able & recent, weight, min(counts["re_referred"], total))
    together = np.isin(people.family, people.family[again])
    new = _choose(story, able & long_ago, weight * np.where(together, 30.0, 1.0), total - len(again))
    child = np.concatenate([arriving, again, new])
    days = np.concatenate([people.arrival[arriving], day[again], day[new]])
    _record(story, child, days, len(arriving), counts, _year_end(start))


def _year_end(day: dt.date) -> int:
    return number(dt.date(day.year + (day.month > 3), 3, 31))


def _choose(story: Story, able: np.ndarray, weight: np.ndarray, count: int) -> np.ndarray:
    pool = np.flatnonzero(able)
    return pool[draw_groups(story.random, story.population.family[pool], weight[pool], count)]


def _record(
    story: Story, child: np.ndarray, day: np.ndarray, arrived: int, counts: dict[str, int], year_end: int
) -> None:
    """`child` are those arriving unaccompanied first (`arrived` of them), then families."""
    people, rng, common = story.population, story.random, story.parameters.common
    _, group = np.unique(people.family[child], return_inverse=True)
    families = group.max() + 1 if len(group) else 0
    family_day = np.zeros(families, dtype=np.int64)
    family_day[group] = day
    source = draw_sources(rng, family_day, story.parameters)[group]
    source[:arrived] = "6"
    assessed = add_working(on_working_day(day), rng.integers(0, 3, families)[group])
    authorised = finish_assessments(story, assessed, group)
    # Families are put aside whole: order them once, and take from the front.
    order = np.lexsort((child, rng.random(families)[group]))
    order = order[order >= arrived]
    closed_at_once = np.zeros(len(child), dtype=bool)
    closed_at_once[order[: counts["no_further_action"]]] = True
    not_in_need = _not_in_need(order[counts["no_further_action"] :], authorised, year_end, counts, len(child))
    story.referrals.add(child=child, day=day, source=source, no_further_action=closed_at_once)
    story.referred[child] = day

    taken = ~closed_at_once
    need = pick(rng, common["needs"], families)[group]
    disabled = people.disabilities[child] != "NONE"
    need = np.where(disabled & (rng.random(len(child)) < 0.6), "N2", need)
    need[:arrived] = "N8"
    support = np.exp(rng.normal(np.log(75), 1.4, families))[group] * np.where(need == "N2", 4, 1)
    close = np.where(not_in_need, authorised, authorised + 1 + support.astype(np.int64))
    story.open_episodes(
        child[taken], day[taken], need[taken], assessed[taken], authorised[taken], not_in_need[taken], close[taken]
    )


def _not_in_need(
    order: np.ndarray, authorised: np.ndarray, year_end: int, counts: dict[str, int], size: int
) -> np.ndarray:
    """Who is assessed as not in need. The parameters count those who are by the end of the financial year, as the
    census does; of the referrals assessed after it, as large a share."""
    found = np.zeros(size, dtype=bool)
    early = authorised[order] <= year_end
    wanted = counts["assessed_not_in_need"]
    share = wanted / early.sum() if early.sum() >= 50 else _NOT_IN_NEED
    found[order[early][:wanted]] = True
    found[order[~early][: int(np.floor(share * (~early).sum() + 0.5))]] = True
    return found


def finish_assessments(story: Story, start: np.ndarray, group: np.ndarray) -> np.ndarray:
    """The days on which assessments are authorised; a group (siblings assessed together) shares its length.
    Whether in time follows the share of the time in which a late one would be finished."""
    rng = story.random
    groups = group.max() + 1 if len(group) else 0
    late = rng.random(groups)[group] < _LATE_AT_FIRST * (1 - in_time_share(story.parameters, start + _LATE_DAYS))
    return add_working(
        start, np.where(late, draw_length(rng, groups, late=True)[group], draw_length(rng, groups)[group])
    )


def draw_length(rng: np.random.Generator, size: int, *, late: bool = False) -> np.ndarray:
    """Working days that assessments take."""
    if late:
        return rng.integers(46, _LATEST + 1, size)
    bins = rng.choice(len(_IN_TIME), size=size, p=[share for *_, share in _IN_TIME])
    return rng.integers(np.asarray([b[0] for b in _IN_TIME])[bins], np.asarray([b[1] for b in _IN_TIME])[bins] + 1)


def in_time_share(parameters: Parameters, day: np.ndarray) -> np.ndarray:
    """The share of assessments completed around each day that are in time: a year's percentage, or its quarters'."""
    shares = np.full(len(day), np.nan)
    for year, given in parameters.years.items():
        percent = given["assessments"]["within_45_days_percent"]
        for place, one in enumerate(percent if isinstance(percent, list) else [percent] * 4):
            shares[day >= number(Quarter(year, place + 1).start)] = one / 100
    return np.where(np.isnan(shares), 0.8, shares)


def draw_days(rng: np.random.Generator, first: int, last: int, size: int) -> np.ndarray:
    """Days on which contacts and referrals come in: working days, and a few at weekends."""
    days = np.arange(first, last + 1)
    weights = np.where(is_working(days), 1.0, _WEEKEND)
    return rng.choice(days, size=size, p=weights / weights.sum())


def draw_sources(rng: np.random.Generator, day: np.ndarray, parameters: Parameters) -> np.ndarray:
    """Who refers, by day: schools go quiet in their holidays."""
    shares = parameters.common["sources"]
    others = {code: share for code, share in shares.items() if code not in _SCHOOL_SOURCES}
    source = pick(rng, shares, len(day))
    away = np.isin(source, _SCHOOL_SOURCES) & in_school_holidays(day, parameters)
    away &= rng.random(len(day)) > parameters.common["school_holidays"]["school_referrals"]
    source[away] = pick(rng, others, int(away.sum()))
    return source


def in_school_holidays(day: np.ndarray, parameters: Parameters) -> np.ndarray:
    months = np.asarray(day).astype("datetime64[D]").astype(str)
    month_day = np.asarray([text[5:] for text in months.tolist()], dtype="U5") if len(months) else months.astype("U5")
    found = np.zeros(len(month_day), dtype=bool)
    for first, last in parameters.common["school_holidays"]["ranges"]:
        inside = (month_day >= first) & (month_day <= last)
        found |= inside if first <= last else (month_day >= first) | (month_day <= last)
    return found
