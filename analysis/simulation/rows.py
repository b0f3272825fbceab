"""Turns what happened into rows of canonical tables, each with the day on which the authority recorded it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.records.tables import TABLES
from analysis.simulation.days import dates, hashed
from analysis.simulation.parameters import Parameters
from analysis.simulation.story import Story

# Beside the canonical columns, while rows are gathered.
RECORDED = "_recorded"
Gathered = dict[str, pd.DataFrame]


def gather(recorded, days: Mapping[str, np.ndarray], /, **columns) -> pd.DataFrame:
    """A frame of date columns (from day numbers) and others, and the day on which each row was recorded."""
    found = {name: dates(values) for name, values in days.items()} | columns
    return pd.DataFrame(found).assign(**{RECORDED: dates(recorded)})


def keep(frame: pd.DataFrame, chosen) -> pd.DataFrame:
    return frame[np.asarray(chosen, dtype=bool)].reset_index(drop=True)


def final(name: str, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """The canonical table and, aligned with it, the day on which each row was recorded."""
    table = TABLES[name]
    typed = frame.assign(
        **{key: frame[key].astype("string") for key in table.key if table.column(key).kind in ("text", "code")}
    )
    tidy = typed.sort_values(list(table.key), kind="stable").reset_index(drop=True)
    return table.conform(tidy.drop(columns=RECORDED)), tidy[RECORDED].rename("recorded")


def missing_where(values: np.ndarray, blank: np.ndarray) -> np.ndarray:
    """The values as objects, missing where `blank`."""
    return np.where(blank, pd.NA, np.asarray(values, dtype=object))


def locality_team(story: Story, child: np.ndarray) -> np.ndarray:
    """The locality team that serves each child's home."""
    name = story.parameters.common["teams"]["locality"]
    named = {locality: name.format(locality) for locality in story.parameters.common["localities"]["risk"]}
    return np.asarray([named[locality] for locality in story.population.locality[child]], dtype=object)


def care_team(story: Story, child: np.ndarray, day) -> np.ndarray:
    """The team of a looked after child, by age on the day."""
    teams = story.parameters.common["teams"]
    older = (np.asarray(day) - story.population.born[child]) >= 14 * 365.25
    return np.where(older, teams["fourteen_plus"], teams["looked_after"]).astype(object)


def team_names(parameters: Parameters) -> list[str]:
    """Front door, the localities, looked after, fourteen plus, care leavers: in the order of `_SHARES`."""
    teams = parameters.common["teams"]
    localities = [teams["locality"].format(name) for name in parameters.common["localities"]["risk"]]
    return [teams["front_door"], *localities, teams["looked_after"], teams["fourteen_plus"], teams["care_leavers"]]


# How the workers who hold cases are spread: front door, four localities, looked after, fourteen plus, care leavers.
_SHARES = (0.12, 0.11, 0.11, 0.16, 0.24, 0.13, 0.08, 0.05)


def worker_number(team: int, place: int) -> str:
    """A worker's invented registration: SW99, the team and the place in it."""
    return f"SW99{team:02d}{place:06d}"


def team_size(parameters: Parameters, team: int) -> int:
    """Workers in a team who hold cases: at least one."""
    return max(1, parameters.scaled(parameters.common["teams"]["case_holders"] * _SHARES[team]))


def workers(parameters: Parameters, team: np.ndarray, child_number: np.ndarray, day) -> np.ndarray:
    """Each child's worker in the team: the same one for a year or so. `child_number` is that of the identifier."""
    turn = (np.asarray(day, dtype=np.int64) + child_number * 7) // 400
    chance = hashed(child_number * 1000 + np.clip(turn, 0, 999), "worker")
    found = np.empty(len(child_number), dtype=object)
    for number, name in enumerate(team_names(parameters)):
        mine = np.asarray(team == name)
        size = team_size(parameters, number)
        named = np.asarray([worker_number(number + 1, place + 1) for place in range(size)], dtype=object)
        found[mine] = named[(chance[mine] * size).astype(int)]
    return found


def numbers_of(identifiers) -> np.ndarray:
    """The number in each child's identifier: SIM000123 is 123."""
    return np.asarray([int(name[3:]) for name in identifiers], dtype=np.int64)
