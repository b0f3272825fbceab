"""The workforce census of each 30 September: who is in post, who left, agency cover, vacancies and caseloads."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from analysis.simulation.days import FAR, dates, number, pick, stream
from analysis.simulation.parameters import apportion
from analysis.simulation.roster import WITHOUT_CASES, amount, census_years, roster
from analysis.simulation.rows import RECORDED, Gathered, gather, missing_where
from analysis.simulation.story import Story

_UNIVERSITIES = {"Northumbria University": 0.5, "University of Sunderland": 0.2, "Durham University": 0.15,
                 "Teesside University": 0.1, "Newcastle University": 0.05}  # fmt: skip
_WORKING_DAYS = 253  # in a year, as the census's absence rate has it
_FIRST_CENSUS = 2015
# Hours that people work, where they can be chosen; fewer only where full-time equivalents couldn't add up otherwise.
_USUAL_HOURS, _LEAST_HOURS = 0.5, 0.05


def workforce(story: Story, last_day: int) -> Gathered:
    """A row a worker a year, for each 30 September up to the last day from 2015 on."""
    people = _described(story)
    years = [y for y in census_years(story.parameters) if y >= _FIRST_CENSUS and number(dt.date(y, 9, 30)) <= last_day]
    frames = [_census(story, people, year) for year in years or [_FIRST_CENSUS]]
    of = {
        name: [amount(story.parameters, year, name) for year in years] for name in ("vacancies", "agency_on_vacancies")
    }
    vacancies = pd.DataFrame(
        {"year": years, "vacancies_fte": of["vacancies"], "agency_vacancy_fte": of["agency_on_vacancies"],
         "agency_vacancy_headcount": [int(np.ceil(cover)) for cover in of["agency_on_vacancies"]]}
    )  # fmt: skip
    vacancies[RECORDED] = dates([number(dt.date(y, 9, 30)) for y in years])
    workers = pd.concat(frames, ignore_index=True)
    return {"social_workers": workers if years else workers.iloc[:0], "vacancies": vacancies}


def _described(story: Story) -> pd.DataFrame:
    """The roster with what the census asks of each person once."""
    people = roster(story.parameters)
    rng, count = stream(story.seed, "workforce"), len(people)
    new = people["newly_qualified"].to_numpy(dtype=bool)
    return people.assign(
        born=people["hired"] - np.where(new, rng.integers(22 * 365, 40 * 365, count), rng.integers(26 * 365, 60 * 365, count)),
        sex=pick(rng, {"F": 0.86, "M": 0.14}, count),
        ethnicity=pick(rng, {"WBRI": 0.95, "WOTH": 0.03, "BAFR": 0.02}, count),
        qualified_at=pick(rng, _UNIVERSITIES, count), qualification=pick(rng, {"1": 0.6, "2": 0.38, "3": 0.02}, count),
        step_up=rng.random(count) < 0.06, frontline=rng.random(count) < 0.03,
        origin=np.where(new, "1", pick(rng, {"2": 0.45, "4": 0.18, "5": 0.09, "6": 0.17, "7": 0.11}, count)),
    )  # fmt: skip


def _census(story: Story, people: pd.DataFrame, year: int) -> pd.DataFrame:
    day, parameters = number(dt.date(year, 9, 30)), story.parameters
    rng = stream(story.seed, f"workforce {year}")
    begun = people["hired"] <= day
    # The census has agency workers of the day itself, and of the others those who left in the year too.
    left = begun & ~people["agency"] & (people["left"] <= day) & (people["left"] > day - 365)
    here = begun & (people["left"] > day)
    people = people[left | here].reset_index(drop=True)
    left, agency = (people["left"] <= day).to_numpy(), people["agency"].to_numpy(dtype=bool)
    holding = ~left & (people["holds_from"] <= day).to_numpy() & (people["holds_to"] > day).to_numpy()
    hours = people["hours"].to_numpy(dtype=float).copy()
    cover = amount(parameters, year, "agency")
    holders = amount(parameters, year, "case_holders") - cover
    for group, total in ((agency, cover), (holding & ~agency, holders), (left, amount(parameters, year, "leavers")),
                         (~holding & ~agency & ~left, amount(parameters, year, "in_post") - holders)):  # fmt: skip
        hours[group] = adding_up(hours[group], round(total, 2))
    cases = np.zeros(len(people), dtype=int)
    spread = float(parameters.years[year]["workforce"]["caseload_spread"])
    heavy = hours[holding] * np.exp(spread * people["leaning"].to_numpy()[holding])
    total = max(round(amount(parameters, year, "cases")), int(holding.sum()))
    cases[holding] = 1 + np.asarray(apportion(total - int(holding.sum()), heavy))
    away = ~left & ~agency & (rng.random(len(people)) < 0.04)
    role = np.where(holding, people["role"], np.where(agency, WITHOUT_CASES, people["other_role"]))
    role = np.where(left & (people["team"] >= 0), people["role"], role)
    fresh = people["newly_qualified"].to_numpy(dtype=bool) & (people["hired"] > day - 365).to_numpy()
    stage = np.select([fresh, np.isin(role, ["1", "2"]), role == "3"], ["1", "4", "3"], "2")
    count = len(people)
    return gather(
        np.full(count, day),
        {"date_of_birth": people["born"].to_numpy(), "role_start": people["hired"].to_numpy(),
         "role_end": np.where(left, people["left"], FAR)},
        year=year, worker_id=people["worker_id"], agency=agency, fte=hours, sex=people["sex"],
        ethnicity=people["ethnicity"], qualified_at=people["qualified_at"], qualification=people["qualification"],
        step_up=people["step_up"], role=role, origin=people["origin"],
        destination=missing_where(pick(rng, {"1": 0.4, "3": 0.2, "4": 0.1, "6": 0.2, "8": 0.1}, count), ~left),
        leaving_reason=missing_where(pick(rng, {"1": 0.75, "5": 0.12, "7": 0.06, "8": 0.07}, count), ~left),
        fte_30_september=np.where(left, 0.0, hours), cases_30_september=cases,
        days_lost=_days_lost(rng, hours, left | agency, amount(parameters, year, "working_days_lost")),
        contract_weeks=missing_where(rng.integers(8, 40, count), ~agency), frontline=people["frontline"],
        absent_30_september=away, absence_reason=missing_where(pick(rng, {"SIC": 0.5, "MAT": 0.4, "OTH": 0.1}, count), ~away),
        career_stage=stage,
    )  # fmt: skip


def adding_up(hours: np.ndarray, total: float) -> np.ndarray:
    """The hours (shares of full time), a few of them changed so that they add up to `total` at two decimals: one after
    the other to between half and full time, below that only where there is no other way."""
    cents, wanted = np.round(hours * 100).astype(int), round(total * 100)
    for least in (round(_USUAL_HOURS * 100), round(_LEAST_HOURS * 100)):
        for place in range(len(cents)):
            cents[place] = np.clip(cents[place] + wanted - cents.sum(), least, 100)
    return cents / 100


def _days_lost(rng: np.random.Generator, hours: np.ndarray, not_asked: np.ndarray, total: float) -> np.ndarray:
    """Working days lost to sickness: most people few, some many, nobody more than there are; tenths add up."""
    weight = np.where(not_asked, 0.0, rng.gamma(0.5, 2.0, len(hours)) * hours)
    if not weight.sum():
        return weight
    return np.minimum(np.asarray(apportion(round(total * 10), weight)) / 10, _WORKING_DAYS)
