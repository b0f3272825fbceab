"""Turns what happened into rows of canonical tables, each with the day on which the authority recorded it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.records.tables import TABLES
from analysis.simulation.days import FAR, dates, hashed
from analysis.simulation.story import Story

# Beside the canonical columns, while rows are gathered.
RECORDED = "_recorded"
Gathered = dict[str, pd.DataFrame]


def gather(recorded, days: Mapping[str, np.ndarray], **columns) -> pd.DataFrame:
    """A frame of date columns (from day numbers) and others, and the day on which each row was recorded."""
    found = {name: dates(values) for name, values in days.items()} | columns
    return pd.DataFrame(found).assign(**{RECORDED: dates(recorded)})


def keep(frame: pd.DataFrame, chosen) -> pd.DataFrame:
    return frame[np.asarray(chosen, dtype=bool)].reset_index(drop=True)


def final(name: str, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """The canonical table and, aligned with it, the day on which each row was recorded."""
    table = TABLES[name]
    typed = frame.assign(**{key: frame[key].astype("string") for key in table.key if table.column(key).kind in ("text", "code")})
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


def team_names(story: Story) -> list[str]:
    teams = story.parameters.common["teams"]
    localities = [teams["locality"].format(name) for name in story.parameters.common["localities"]["risk"]]
    return [teams["front_door"], *localities, teams["looked_after"], teams["fourteen_plus"], teams["care_leavers"]]


def worker_number(team: int, place: int) -> str:
    """A worker's invented registration: SW99, the team and the place in it."""
    return f"SW99{team:02d}{place:06d}"


def team_size(story: Story, team: int) -> int:
    """Workers in a team who hold cases: the case holders of the census, spread by the teams' shares of the work."""
    holders = story.parameters.common["teams"]["case_holders"]
    return max(1, story.parameters.scaled(holders * _SHARES[team]))


# Front door, four localities, looked after, fourteen plus, care leavers.
_SHARES = (0.12, 0.11, 0.11, 0.16, 0.24, 0.13, 0.08, 0.05)


def workers(story: Story, team: np.ndarray, child: np.ndarray, day=0) -> np.ndarray:
    """Each child's worker in the team: the same one for a year or so."""
    names = team_names(story)
    year = (np.asarray(day) + child * 7) // 400
    chance = hashed(np.asarray(child) * 1000 + np.where(np.abs(year) < FAR, year, 0), "worker")
    found = np.empty(len(child), dtype=object)
    for number, name in enumerate(names):
        mine = team == name
        size = team_size(story, number)
        places = (chance[mine] * size).astype(int) + 1
        found[mine] = [worker_number(number + 1, place) for place in places]
    return found
