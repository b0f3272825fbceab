"""Young people who left care: who they are, how they live (OC3 and Annex A's list 9), and their pathway plans."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.methods.rates import round_half_up
from analysis.reference.quarters import Quarter, quarters
from analysis.simulation.days import birthday, hashed, number, on_working_day, stream
from analysis.simulation.rows import RECORDED, gather, missing_where, team_names, workers
from analysis.simulation.story import Story

EDUCATED = ("F1", "P1", "F2", "P2", "F3", "P3")
_ACTIVITY_WEIGHTS = (0.06, 0.01, 0.38, 0.08, 0.37, 0.10)
_NOT_EDUCATED, _NOT_EDUCATED_WEIGHTS = ("G4", "G5", "G6"), (0.2, 0.55, 0.25)
SUITABLE, _SUITABLE_WEIGHTS = ("U", "B", "Z", "D", "E", "T", "K"), (0.4, 0.18, 0.14, 0.1, 0.07, 0.07, 0.04)
UNSUITABLE, _UNSUITABLE_WEIGHTS = ("X", "S", "V", "W"), (0.5, 0.2, 0.2, 0.1)
# A care leaver was looked after for thirteen weeks, some of it at sixteen or later. One who went home before eighteen
# and has been there for six months is owed no more than advice, and is left out of the percentages.
_THIRTEEN_WEEKS, _SIX_MONTHS = 91, 183
_WENT_HOME = ("E4A", "E4B", "E13")
_ADOPTED_OR_DIED_OR_MOVED = ("E11", "E12", "E2", "E3")
_LAST_MONTHS = 92
_LISTED_TO = 22  # birthday up to which list 9 has them: support goes to 21, and 25 for who asks
# Pathway plans are told from so long before the first return that its quarter has six months to look back on.
_PLANS_FROM = Quarter(2014, 4)
# How much of a person's place in an order lasts from one count to the next; the rest is drawn anew.
_LASTING = 0.75


@dataclass(frozen=True)
class Leavers:
    """Arrays aligned by young person, in order of `child`. `left` is the day; `home` those who went home before 18."""

    child: np.ndarray
    left: np.ndarray
    born: np.ndarray
    number: np.ndarray
    home: np.ndarray

    def __len__(self) -> int:
        return len(self.child)

    def those(self, chosen: np.ndarray) -> Leavers:
        return Leavers(*(values[chosen] for values in vars(self).values()))

    def home_for_six_months(self, day) -> np.ndarray:
        return self.home & (self.left + _SIX_MONTHS <= day)


def left_care(story: Story) -> Leavers:
    """Young people who left care at sixteen or later, those who left before the story among them."""
    periods, people = story.periods, story.population
    ended = np.flatnonzero(
        (periods["end"] < number(dt.date(2030, 1, 1))) & ~np.isin(periods["reason"], _ADOPTED_OR_DIED_OR_MOVED)
    )
    frame = pd.DataFrame({"child": periods["child"][ended].astype(int), "left": periods["end"][ended].astype(np.int64),
                          "days": (periods["end"] - periods["start"])[ended].astype(np.int64),
                          "home": np.isin(periods["reason"][ended], _WENT_HOME)})  # fmt: skip
    grown = frame["left"] >= birthday(people.born[frame["child"]], 16)
    frame = frame[grown & (frame["days"] >= _THIRTEEN_WEEKS)].sort_values(["child", "left"], kind="stable")
    frame = frame.drop_duplicates("child", keep="last")
    before, day_before = _left_before(story)
    child = np.concatenate([frame["child"].to_numpy(), before])
    left = np.concatenate([frame["left"].to_numpy(), day_before])
    home = np.concatenate([frame["home"].to_numpy(dtype=bool), np.zeros(len(before), dtype=bool)])
    order = np.argsort(child, kind="stable")
    child, left, home = child[order], left[order], home[order]
    return Leavers(
        child, left, people.born[child], people.number[child], home & (left < birthday(people.born[child], 18))
    )


def _left_before(story: Story) -> tuple[np.ndarray, np.ndarray]:
    """(child, day) of those who left before the story: at eighteen, and at sixteen or seventeen of those of seventeen."""
    people, figures = story.population, story.parameters.common["care_leavers"]
    first = number(story.parameters.first_lived.start)
    settled = people.arrival > first + 10_000
    adult = np.flatnonzero((story.until < first) & settled)
    young = np.flatnonzero((birthday(people.born, 17) < first) & (story.until >= first) & (story.period < 0) & settled)
    found, days = [], []
    for group, count in ((adult, figures["left_before"]), (young, figures["left_before_at_17"])):
        chance = hashed(people.number[group], "left care before")
        chosen = group[np.argsort(chance, kind="stable")[: story.parameters.scaled(count)]]
        found.append(chosen)
        sixteen = birthday(people.born[chosen], 16)
        spent = np.floor(hashed(people.number[chosen], "left care on") * (first - sixteen)).astype(np.int64)
        days.append(np.minimum(story.until[chosen], sixteen + spent) if group is young else story.until[chosen])
    return np.concatenate(found), np.concatenate(days)


# --- how they live ---------------------------------------------------------------------------------------------------


def _order(who: Leavers, turn: int, salt: str) -> np.ndarray:
    """Each one's place in an order that mostly lasts from turn to turn."""
    return _LASTING * hashed(who.number, salt) + (1 - _LASTING) * hashed(who.number * 100_000 + turn, salt + " now")


def _first(order: np.ndarray, able: np.ndarray, count: int) -> np.ndarray:
    """Which ones are the `count` first of those able (all of them where they are fewer)."""
    chosen = np.zeros(len(order), dtype=bool)
    chosen[np.flatnonzero(able)[np.argsort(order[able], kind="stable")[:count]]] = True
    return chosen


def _share(count: int, percent: float) -> int:
    return int(np.floor(count * percent / 100 + 0.5))


def _coded(who: Leavers, turn: int, salt: str, codes: tuple[str, ...], weights: tuple[float, ...]) -> np.ndarray:
    which = hashed(who.number * 100 + turn % 100, salt)
    return np.asarray(codes, dtype=object)[np.searchsorted(np.cumsum(weights), which * sum(weights) * 0.9999)]


def _lives(who: Leavers, turn: int, known: np.ndarray, busy: float, suitably: float) -> tuple[np.ndarray, ...]:
    """Activity, accommodation and suitability: `busy` and `suitably` percent of all, found among those who are known."""
    active = _first(_order(who, turn, "activity"), known, _share(len(who), busy))
    well = _first(_order(who, turn, "home"), known, _share(len(who), suitably))
    year = turn // 10
    does = np.where(active, _coded(who, year, "which activity", EDUCATED, _ACTIVITY_WEIGHTS),
                    _coded(who, year, "why not", _NOT_EDUCATED, _NOT_EDUCATED_WEIGHTS))  # fmt: skip
    lives = np.where(well, _coded(who, year, "which home", SUITABLE, _SUITABLE_WEIGHTS),
                     _coded(who, year, "which place", UNSUITABLE, _UNSUITABLE_WEIGHTS))  # fmt: skip
    return does, lives, well


# --- OC3: around the birthday ----------------------------------------------------------------------------------------


def outcomes(story: Story, year: int) -> pd.DataFrame:
    """OC3 of a financial year: those whose 17th to 21st birthday is in it, as around that birthday."""
    figures = story.parameters.years[year]["care_leavers"]
    grown = _outcomes_of(story, year, range(19, 22), [figures["in_education_employment_training_percent"],
                         figures["suitable_accommodation_percent"]], figures["known_percent"])  # fmt: skip
    young = _outcomes_of(story, year, range(17, 19), [figures["in_education_employment_training_17_18_percent"],
                         figures["suitable_accommodation_17_18_percent"]], figures["known_percent"])  # fmt: skip
    return pd.concat([grown, young], ignore_index=True)


def _outcomes_of(story: Story, year: int, ages: range, percents: list[float], known_percent: float) -> pd.DataFrame:
    first, last = number(dt.date(year, 4, 1)), number(dt.date(year + 1, 3, 31))
    who = left_care(story)
    turned = np.stack([birthday(who.born, age) for age in ages])
    day = np.where((turned >= first) & (turned <= last), turned, 0).max(axis=0)
    chosen = (day > 0) & (who.left <= last)
    who, day = who.those(chosen), day[chosen]
    home = who.home_for_six_months(day)
    # Whole young people can't make every percentage: one or two more may have been home for six months.
    spare = int((~home).sum()) - _whole(int((~home).sum()), percents)
    home = home | _first(_order(who, year * 10, "family"), ~home, spare)
    counted = who.those(~home)
    known = _first(_order(counted, year * 10, "in touch"), np.ones(len(counted), dtype=bool),
                   _share(len(counted), known_percent))  # fmt: skip
    does, lives, well = _lives(counted, year * 10, known, *percents)
    lives = lives + np.where(well, "1", "2").astype(object)
    absent = np.where(hashed(counted.number, "why not in touch") < 0.6, "NO", "REFU")
    columns = {
        "in_touch": (np.where(known, "YES", absent), "RHOM"),
        "activity": (np.where(known, does, "0"), "0"),
        "accommodation": (np.where(known, lives, "0"), "0"),
    }
    found = {name: np.full(len(who), gone, dtype=object) for name, (_, gone) in columns.items()}
    for name, (values, _) in columns.items():
        found[name][~home] = values
    return gather(
        np.full(len(who), last), {}, child_id=story.population.identifier[who.child], year=year + 1, **found
    )  # fmt: skip


def _whole(count: int, percents: list[float]) -> int:
    """The largest number of people, at most three fewer, of whom every percentage is that of a whole number."""
    for size in range(count, max(count - 4, 0), -1):
        if all(round_half_up(100 * _share(size, p) / size) == p for p in percents):
            return size
    return count


# --- Annex A, list 9: as at a quarter's end --------------------------------------------------------------------------


def listed(story: Story, day: int) -> Leavers:
    """Those who get leaving care services on a day, from sixteen up to the birthday on which the list ends."""
    who = left_care(story)
    here = (who.left <= day) & (birthday(who.born, 16) <= day) & (birthday(who.born, _LISTED_TO) > day)
    return who.those(here & ~who.home_for_six_months(day))


def statuses(story: Story, told: list[Quarter]) -> pd.DataFrame:
    """List 9 of every quarter: a row a young person."""
    return pd.concat([_on(story, quarter) for quarter in told], ignore_index=True)


def _on(story: Story, quarter: Quarter) -> pd.DataFrame:
    day, turn = number(quarter.end), quarter.year * 10 + quarter.number
    figures, who = story.parameters.of(quarter)["care_leavers"], listed(story, number(quarter.end))
    grown, adult = birthday(who.born, 19) <= day, birthday(who.born, 18) <= day
    touch = _order(who, turn, "in touch")
    seen = _first(touch, grown, story.parameters.count(quarter, "care_leavers", "in_touch"))
    seen |= _first(touch, ~grown, _share(int((~grown).sum()), figures["known_percent"]))
    does, lives, well = _lives(
        who, turn, seen, figures["in_education_employment_training_percent"] * seen.mean() if len(who) else 0,
        figures["suitable_accommodation_percent"] * seen.mean() if len(who) else 0,
    )  # fmt: skip
    team = np.full(len(who), team_names(story.parameters)[-1], dtype=object)
    today = pd.Timestamp(quarter.end)
    return pd.DataFrame(
        {
            "child_id": story.population.identifier[who.child], "as_at": today,
            "eligibility": np.select([hashed(who.number, "qualifying") < 0.05, adult], ["QUALIFYING", "FORMER_RELEVANT"],
                                     "RELEVANT"),
            "in_touch": np.where(seen, "YES", np.where(hashed(who.number, "why not in touch") < 0.6, "NO", "REFU")),
            # Ofsted asks for blanks where the authority isn't in touch.
            "accommodation": missing_where(lives, ~seen), "suitable": missing_where(well, ~seen),
            "activity": missing_where(does, ~seen),
            "latest_pathway_plan": pd.NaT, "latest_contact": pd.NaT, "personal_adviser": pd.NA, "team": team,
            "worker": workers(story.parameters, team, who.number, day), RECORDED: today,
        }
    )  # fmt: skip


# --- pathway plans -------------------------------------------------------------------------------------------------


def pathway_plans(story: Story, last: Quarter) -> pd.DataFrame:
    """Plans made or reviewed: so many a quarter, for those who have waited longest."""
    rng = stream(story.seed, "pathway plans")
    latest = np.zeros(len(story.population))
    found_child, found_day = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for quarter in quarters(_PLANS_FROM, last):
        start, end = number(quarter.start), number(quarter.end)
        who = listed(story, end)
        # Nobody's plan is looked at again on the eve of leaving the service.
        who = who.those(birthday(who.born, _LISTED_TO) > end + _LAST_MONTHS)
        count = story.parameters.count(quarter, "care_leavers", "pathway_plans")
        waited = start - np.maximum(latest[who.child], who.left) + rng.uniform(0, 120, len(who))
        child, left = (values[np.argsort(-waited, kind="stable")[:count]] for values in (who.child, who.left))
        earliest = np.maximum(start, left)
        day = on_working_day(
            earliest + np.floor(rng.random(len(child)) * (end - earliest + 1)).astype(np.int64), back=True
        )
        day = np.maximum(day, earliest)
        latest[child] = day
        found_child.append(child)
        found_day.append(day)
    day = np.concatenate(found_day)
    return gather(day, {"plan_date": day}, child_id=story.population.identifier[np.concatenate(found_child)])
