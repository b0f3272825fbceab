"""The authority's social workers: who is employed when, who holds cases in which team, and whose case a child is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter
from analysis.simulation.days import FAR, hashed, number, stream
from analysis.simulation.parameters import Parameters, apportion

# Employed social workers work nine days in ten on average: 180.3 full-time equivalents were 194 people in 2018.
_MEAN_HOURS = 0.93
# Days for which a child keeps a worker, if the worker stays.
_KEPT_DAYS = 400
CASE_HOLDER, SENIOR, WITHOUT_CASES = "5", "4", "6"
_OTHER_ROLES, _OTHER_WEIGHTS = ("1", "2", "3", "6"), (0.06, 0.15, 0.34, 0.45)


def team_names(parameters: Parameters) -> list[str]:
    """Front door, the localities, looked after, fourteen plus, care leavers: and so in every list by team."""
    teams = parameters.common["teams"]
    localities = [teams["locality"].format(name) for name in parameters.common["localities"]["risk"]]
    return [teams["front_door"], *localities, teams["looked_after"], teams["fourteen_plus"], teams["care_leavers"]]


@dataclass(frozen=True)
class Needs:
    """What the workforce of a 30 September must come to. `newly_qualified`: their first days since the one before."""

    year: int
    holders: int
    others: int
    leavers: int
    agency: int
    newly_qualified: tuple[int, ...]
    spread: float


def census_years(parameters: Parameters) -> list[int]:
    return list(parameters.years)


def amount(parameters: Parameters, year: int, name: str) -> float:
    """A number of the workforce at 30 September of a year, at the authority's scale."""
    return round(float(parameters.years[year]["workforce"][name]) * parameters.scale, 2)


def people_for(equivalents: float) -> int:
    """How many people make so many full-time equivalents."""
    return max(1, int(np.ceil(equivalents / _MEAN_HOURS - 1e-9)))


def _needs(parameters: Parameters) -> tuple[Needs, ...]:
    found = []
    for year in census_years(parameters):
        holding = amount(parameters, year, "case_holders") - amount(parameters, year, "agency")
        found.append(
            Needs(
                year=year, holders=max(people_for(holding), len(team_names(parameters))),
                others=people_for(amount(parameters, year, "in_post") - holding),
                leavers=people_for(amount(parameters, year, "leavers")),
                agency=max(1, int(np.ceil(amount(parameters, year, "agency") - 1e-9))),
                newly_qualified=_first_days(parameters, year),
                spread=float(parameters.years[year]["workforce"]["caseload_spread"]),
            )
        )  # fmt: skip
    return tuple(found)


def _first_days(parameters: Parameters, year: int) -> tuple[int, ...]:
    """The first Monday of the month for each newly qualified starter of October to September."""
    days = []
    for quarter in (Quarter(year - 1, 3), Quarter(year - 1, 4), Quarter(year, 1), Quarter(year, 2)):
        if quarter.year not in parameters.years:
            continue
        for place, count in enumerate(parameters.by_month(quarter, "workforce", "newly_qualified")):
            first = dt.date(quarter.start.year, quarter.start.month + place, 1)
            days += [number(first + dt.timedelta(days=-first.weekday() % 7))] * count
    return tuple(days)


@lru_cache(maxsize=4)
def _roster(needs: tuple[Needs, ...], shares: tuple[float, ...], seed: int) -> pd.DataFrame:
    rng = stream(seed, "roster")
    staff = _Staff(rng, shares)
    for one in needs:
        staff.to(one)
    return pd.DataFrame(staff.people)


def roster(parameters: Parameters) -> pd.DataFrame:
    """A row a worker: worker_id, agency, hired, left, team (-1: never held cases), holds_from, holds_to,
    newly_qualified, role (with cases), other_role (without), hours (as a share of full time, before it is made to add
    up) and leaning (how heavy a caseload the worker tends to have, about nought). Days are numbers."""
    return _roster(_needs(parameters), _shares(parameters), parameters.varied_by or 0)


def _shares(parameters: Parameters) -> tuple[float, ...]:
    """Each team's share of the workers who hold cases, in the order of `team_names`: the localities' together is split
    by how many families live there and how likely they are to be referred."""
    of, places = parameters.common["teams"]["shares"], parameters.common["localities"]
    load = {name: places[name] * risk for name, risk in places["risk"].items()}
    localities = [of["localities"] * part / sum(load.values()) for part in load.values()]
    return (of["front_door"], *localities, of["looked_after"], of["fourteen_plus"], of["care_leavers"])


class _Staff:
    """People carried from one 30 September to the next: leavers go, starters and movers take their places."""

    def __init__(self, rng: np.random.Generator, shares: tuple[float, ...]):
        self.rng, self.shares, self.people = rng, shares, []
        self.day = 0

    def to(self, needs: Needs) -> None:
        before, self.day = self.day, number(dt.date(needs.year, 9, 30))
        sizes = _sizes(needs.holders, self.shares)
        if not before:
            for team, size in enumerate(sizes):
                for _ in range(size):
                    self._hire(self.day - int(self.rng.integers(60, 4000)), team)
            for _ in range(needs.others):
                self._hire(self.day - int(self.rng.integers(60, 4000)))
        else:
            self._leave(needs, before)
            self._fill(needs, sizes, before)
        for _ in range(needs.agency):
            team = int(self.rng.choice(len(sizes), p=np.asarray(sizes) / sum(sizes)))
            start = self.day - int(self.rng.integers(10, 300))
            end = self.day + int(self.rng.integers(20, 250))
            self._hire(start, team, left=end, agency=True)

    def _hire(self, day: int, team: int = -1, left: int = FAR, *, agency: bool = False, new: bool = False) -> None:
        rng = self.rng
        self.people.append(
            {
                "worker_id": f"SW99{len(self.people) + 1:08d}", "agency": agency, "hired": day, "left": left,
                "team": team, "holds_from": day if team >= 0 else FAR, "holds_to": left if team >= 0 else FAR,
                "newly_qualified": new, "role": SENIOR if not new and rng.random() < 0.18 else CASE_HOLDER,
                "other_role": str(rng.choice(_OTHER_ROLES, p=_OTHER_WEIGHTS)),
                "hours": float(rng.choice([1.0, 1.0, 1.0, 1.0, 0.8, 0.6])), "leaning": float(rng.normal()),
            }
        )  # fmt: skip

    def _employed(self, *, holding: bool) -> list[dict]:
        here = [one for one in self.people if not one["agency"] and one["left"] == FAR]
        return [one for one in here if (one["team"] >= 0 and one["holds_to"] == FAR) == holding]

    def _day(self, before: int) -> int:
        return int(self.rng.integers(before + 5, self.day - 3))

    def _leave(self, needs: Needs, before: int) -> None:
        holders, others = self._employed(holding=True), self._employed(holding=False)
        from_holders = min(round(needs.leavers * len(holders) / (len(holders) + len(others))), len(holders) - 1)
        for group, count in ((holders, from_holders), (others, needs.leavers - from_holders)):
            for place in self.rng.choice(len(group), size=min(count, len(group)), replace=False):
                one, day = group[place], self._day(before)
                one["left"] = day
                if one["holds_to"] == FAR and one["team"] >= 0:
                    one["holds_to"] = day

    def _fill(self, needs: Needs, sizes: list[int], before: int) -> None:
        """Teams come to their sizes: those too large give workers to posts without cases; starters, and then workers
        without cases, fill the others."""
        posts: list[int] = []
        for team, size in enumerate(sizes):
            mine = [one for one in self._employed(holding=True) if one["team"] == team]
            for one in mine[size:]:
                one["holds_to"] = self._day(before)
            posts += [team] * max(0, size - len(mine))
        posts = [posts[place] for place in self.rng.permutation(len(posts))]
        room = needs.holders + needs.others - sum(len(self._employed(holding=h)) for h in (True, False))
        starting = list(needs.newly_qualified)[: max(room, 0)]
        days = [*((day, True) for day in starting), *((self._day(before), False) for _ in range(room - len(starting)))]
        for day, new in days:
            self._hire(day, posts.pop() if posts else -1, new=new)
        free = [one for one in self._employed(holding=False) if one["team"] < 0]
        for team in posts:
            if free:
                one = free.pop(int(self.rng.integers(len(free))))
                one["team"], one["holds_from"] = team, max(self._day(before), one["hired"])
            else:
                self._hire(self._day(before), team)


def _sizes(holders: int, shares: tuple[float, ...]) -> list[int]:
    """Workers of each team who hold cases: at least one."""
    spare = apportion(holders - len(shares), shares)
    return [1 + size for size in spare]


def workers(parameters: Parameters, team: np.ndarray, child_number: np.ndarray, day) -> np.ndarray:
    """Each child's worker in the team on the day: the same one for a year or so, while the worker stays. Who leans
    to a heavy caseload gets more children; how much more is the year's."""
    everyone = roster(parameters)
    on = np.broadcast_to(np.asarray(day, dtype=np.int64), len(child_number))
    spreads = {one.year: one.spread for one in _needs(parameters)}
    found = np.empty(len(child_number), dtype=object)
    turn = (on + child_number * 7) // _KEPT_DAYS
    for place, name in enumerate(team_names(parameters)):
        mine = np.flatnonzero(team == name)
        if not len(mine):
            continue
        staff = everyone[everyone["team"] == place]
        found[mine] = _allocate(staff, child_number[mine], turn[mine], on[mine], _spread_on(spreads, on[mine]))
    return found


def _spread_on(spreads: dict[int, float], day: np.ndarray) -> np.ndarray:
    """The spread between the two 30 Septembers that a day lies between, in proportion."""
    years = sorted(spreads)
    at = [number(dt.date(year, 9, 30)) for year in years]
    return np.interp(day, at, [spreads[year] for year in years])


def _allocate(
    staff: pd.DataFrame, child: np.ndarray, turn: np.ndarray, day: np.ndarray, spread: np.ndarray
) -> np.ndarray:
    """Weighted rendezvous: each pair of child and worker has a number, and the smallest over the worker's weight wins,
    so that a worker who comes or goes moves only the cases that must move."""
    names = staff["worker_id"].to_numpy(dtype=object)
    key = (child * 1000 + np.clip(turn, 0, 999))[:, None] * 100_000 + staff.index.to_numpy()[None, :]
    waiting = -np.log(np.maximum(hashed(key, "worker"), 1e-12))
    weight = staff["hours"].to_numpy() * np.exp(spread[:, None] * staff["leaning"].to_numpy())
    here = (staff["holds_from"].to_numpy() <= day[:, None]) & (staff["holds_to"].to_numpy() > day[:, None])
    here |= ~here.any(axis=1, keepdims=True)  # a small team between two workers
    return names[np.argmin(np.where(here, waiting / weight, np.inf), axis=1)]
