"""Young people who left care, as Annex A lists them at a quarter's end."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter
from analysis.simulation.days import birthday, hashed, number
from analysis.simulation.rows import RECORDED, numbers_of, team_names, workers
from analysis.simulation.story import Story
from analysis.simulation.yearly import SUITABLE, accommodation, activity, left_care


def care_leavers(story: Story, told: list[Quarter]) -> pd.DataFrame:
    """A row a young person of 16 to 20 who left care, a quarter. What they do and where they live changes yearly."""
    child, left = left_care(story)
    order = np.argsort(child, kind="stable")
    return pd.concat([_on(story, quarter, child[order], left[order]) for quarter in told], ignore_index=True)


def _on(story: Story, quarter: Quarter, child: np.ndarray, left: np.ndarray) -> pd.DataFrame:
    day = number(quarter.end)
    born = story.population.born[child]
    here = (left <= day) & (birthday(born, 16) <= day) & (birthday(born, 21) > day)
    child, born, left = child[here], born[here], left[here]
    names = story.population.identifier[child]
    number_ = numbers_of(names)
    figures = story.parameters.of(quarter)["care_leavers"]
    lives = accommodation(number_, quarter.year, figures["suitable_accommodation_percent"] / 100)
    team = np.full(len(child), team_names(story.parameters)[-1], dtype=object)
    grown = birthday(born, 18) <= day
    qualifying = hashed(number_, "qualifying") < 0.05
    today = pd.Timestamp(quarter.end)
    turn = number_ * 100_000 + day

    def ago(days: int, salt: str) -> pd.DatetimeIndex:
        return today - pd.to_timedelta(np.floor(hashed(turn, salt) * days), unit="D")

    return pd.DataFrame(
        {
            "child_id": names, "as_at": today,
            "eligibility": np.select([qualifying, grown], ["QUALIFYING", "FORMER_RELEVANT"], "RELEVANT"),
            "in_touch": np.where(hashed(turn, "in touch") < 0.93, "YES", "NO"), "accommodation": lives,
            "suitable": np.isin(lives, SUITABLE),
            "activity": activity(number_, quarter.year, figures["in_education_employment_training_percent"] / 100),
            "latest_pathway_plan": ago(300, "pathway"), "latest_contact": ago(70, "contact"),
            "personal_adviser": [f"Adviser {n % 9 + 1}" for n in number_], "team": team,
            "worker": workers(story.parameters, team, number_, day), RECORDED: today,
        }
    )  # fmt: skip
