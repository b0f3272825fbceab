"""Turns what happened into rows of canonical tables, each with the day on which the authority recorded it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.records.tables import TABLES
from analysis.simulation.days import dates
from analysis.simulation.roster import team_names as team_names
from analysis.simulation.roster import workers as workers
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


def numbers_of(identifiers) -> np.ndarray:
    """The number in each child's identifier: SIM000123 is 123."""
    return np.asarray([int(name[3:]) for name in identifiers], dtype=np.int64)
