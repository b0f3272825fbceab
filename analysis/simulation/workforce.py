"""Social workers at each 30 September: who is in post, who left, agency cover, vacancies and caseloads."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from analysis.simulation.days import FAR, dates, number, pick, stream
from analysis.simulation.parameters import apportion
from analysis.simulation.rows import RECORDED, Gathered, gather, missing_where, team_names, team_size, worker_number
from analysis.simulation.story import Story

_ROLES = {"1": 0.02, "2": 0.05, "3": 0.12, "4": 0.14, "5": 0.57, "6": 0.10}
_UNIVERSITIES = {"Northumbria University": 0.5, "University of Sunderland": 0.2, "Durham University": 0.15,
                 "Teesside University": 0.1, "Newcastle University": 0.05}  # fmt: skip
_WORKING_DAYS = 253  # in a year, as the census's absence rate has it


def workforce(story: Story, last_day: int) -> Gathered:
    """A row a worker a year, for each 30 September up to the last day from 2015 on."""
    rng = stream(story.seed, "workforce")
    years = [y for y in story.parameters.years if y >= 2015 and number(dt.date(y, 9, 30)) <= last_day]
    staff = _Staff(story, rng)
    frames = [staff.census(year) for year in years]
    vacancies = pd.DataFrame(
        {
            "year": years,
            "vacancies_fte": [_scaled(story, y, "vacancies") for y in years],
            "agency_vacancy_fte": [round(_scaled(story, y, "vacancies") * 0.53, 2) for y in years],
            "agency_vacancy_headcount": [int(np.ceil(_scaled(story, y, "vacancies") * 0.53)) for y in years],
        }
    )
    vacancies[RECORDED] = dates([number(dt.date(y, 9, 30)) for y in years])
    return {"social_workers": pd.concat(frames, ignore_index=True), "vacancies": vacancies}


def _scaled(story: Story, year: int, name: str) -> float:
    return round(float(story.parameters.years[year]["workforce"][name]) * story.parameters.scale, 2)


class _Staff:
    """The people in post, carried from one 30 September to the next: leavers go, starters take their places."""

    def __init__(self, story: Story, rng: np.random.Generator):
        self.story, self.rng = story, rng
        holders = [
            worker_number(n + 1, k + 1)
            for n in range(len(team_names(story.parameters)))
            for k in range(team_size(story.parameters, n))
        ]
        self.people = self._hire(holders, np.full(len(holders), number(dt.date(2014, 6, 1))), "5", agency=False)
        self.hired = 0

    def census(self, year: int) -> pd.DataFrame:
        day = number(dt.date(year, 9, 30))
        in_post = _scaled(self.story, year, "in_post")
        leavers = max(1, round(_scaled(self.story, year, "leavers") / 0.94))
        people = self.people[(self.people["end"] > day - 365)]
        # Case holders of the teams stay; the others come and go.
        staying = people[(people["end"] == FAR)]
        able = staying.index[~staying["team_worker"] & ~staying["agency"]]
        gone = self.rng.choice(able, size=min(leavers, len(able)), replace=False) if len(able) else []
        people = people.copy()
        people.loc[gone, "end"] = self.rng.integers(day - 360, day - 5, len(gone))
        people.loc[people["agency"] & (people["end"] == FAR), "end"] = day - 200
        fte = people.loc[(people["end"] == FAR) & ~people["agency"], "fte"].sum()
        needed = max(leavers - len(gone), round((in_post - fte) / 0.94), 1)
        started = self._hire(self._numbers(needed), self.rng.integers(day - 360, day - 2, needed), None, agency=False)
        cover = max(1, round(_scaled(self.story, year, "agency")))
        agency = self._hire(self._numbers(cover), self.rng.integers(day - 300, day - 2, cover), "5", agency=True)
        self.people = pd.concat([people, started, agency], ignore_index=True)
        return self._rows(self.people[(self.people["end"] > day - 365)].reset_index(drop=True), year, day)

    def _numbers(self, count: int) -> list[str]:
        self.hired += count
        return [worker_number(90, n) for n in range(self.hired - count + 1, self.hired + 1)]

    def _hire(self, names: list[str], start: np.ndarray, role: str | None, *, agency: bool) -> pd.DataFrame:
        rng, count = self.rng, len(names)
        return pd.DataFrame(
            {
                "worker_id": names, "agency": agency, "start": start, "end": FAR, "team_worker": role == "5" and not agency,
                "fte": rng.choice([1.0, 1.0, 1.0, 1.0, 0.8, 0.6], count),
                "born": start - rng.integers(23 * 365, 60 * 365, count),
                "sex": pick(rng, {"F": 0.86, "M": 0.14}, count),
                "ethnicity": pick(rng, {"WBRI": 0.95, "WOTH": 0.03, "BAFR": 0.02}, count),
                "qualified_at": pick(rng, _UNIVERSITIES, count), "qualification": pick(rng, {"1": 0.6, "2": 0.38, "3": 0.02}, count),
                "step_up": rng.random(count) < 0.06, "role": role if role else pick(rng, _ROLES, count),
                "origin": pick(rng, {"1": 0.35, "2": 0.3, "4": 0.12, "5": 0.06, "6": 0.1, "7": 0.07}, count),
                "frontline": rng.random(count) < 0.03,
            }
        )  # fmt: skip

    def _rows(self, people: pd.DataFrame, year: int, day: int) -> pd.DataFrame:
        rng, count = self.rng, len(people)
        left = (people["end"] <= day).to_numpy()
        agency = people["agency"].to_numpy(dtype=bool)
        holding = people["role"].isin(["4", "5"]).to_numpy() & ~left
        weight = np.where(holding, people["fte"] * rng.uniform(0.7, 1.3, count), 0)
        cases = apportion(round(_scaled(self.story, year, "cases")), weight) if weight.sum() else [0] * count
        lost = np.where(left | agency, 0.0, rng.gamma(0.5, 2.0, count))
        total = _scaled(self.story, year, "working_days_lost")
        lost = np.round(lost / lost.sum() * total, 1) if lost.sum() else lost
        away = ~left & ~agency & (rng.random(count) < 0.04)
        stage = np.select([people["start"] > day - 365, people["role"].isin(["1", "2"]), people["role"] == "3"],
                          [np.where(people["origin"] == "1", "1", "2"), "4", "3"], "2")  # fmt: skip
        return gather(
            np.full(count, day),
            {"date_of_birth": people["born"].to_numpy(), "role_start": people["start"].to_numpy(),
             "role_end": np.where(left, people["end"], FAR)},
            year=year, worker_id=people["worker_id"], agency=agency, fte=people["fte"], sex=people["sex"],
            ethnicity=people["ethnicity"], qualified_at=people["qualified_at"], qualification=people["qualification"],
            step_up=people["step_up"], role=people["role"], origin=people["origin"],
            destination=missing_where(pick(rng, {"1": 0.4, "3": 0.2, "4": 0.1, "6": 0.2, "8": 0.1}, count), ~left),
            leaving_reason=missing_where(pick(rng, {"1": 0.75, "5": 0.12, "7": 0.06, "8": 0.07}, count), ~left),
            fte_30_september=np.where(left, 0.0, people["fte"]),
            cases_30_september=np.where(left, 0, cases), days_lost=np.minimum(lost, _WORKING_DAYS),
            contract_weeks=missing_where(rng.integers(8, 40, count), ~agency), frontline=people["frontline"],
            absent_30_september=away, absence_reason=missing_where(pick(rng, {"SIC": 0.5, "MAT": 0.4, "OTH": 0.1}, count), ~away),
            career_stage=stage,
        )  # fmt: skip
