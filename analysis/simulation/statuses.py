"""What only holds as at a quarter's end: the children on Annex A's lists and how things stand with them that day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter
from analysis.simulation.days import hashed
from analysis.simulation.parameters import Parameters
from analysis.simulation.places import Gazetteer
from analysis.simulation.rows import numbers_of, team_names, workers

Tables = Mapping[str, pd.DataFrame]
# Health assessments are due yearly, and every six months under five (statutory guidance of 2015).
_YEARLY, _HALF_YEARLY, _YOUNG = 365, 182, 5
DRAWN_FROM = (
    "children", "referrals", "episodes_of_need", "assessments", "section47_enquiries", "protection_plans",
    "protection_reviews", "care_episodes", "care_periods", "care_reviews", "missing_episodes", "missing_incidents",
)  # fmt: skip


def six_months_to(day: dt.date) -> pd.Timestamp:
    """The day six months before: a case that closed on it is still on the lists."""
    return pd.Timestamp(day) - pd.DateOffset(months=6)


def latest_lately(rows: pd.DataFrame, start: str, end: str, day: dt.date) -> pd.DataFrame:
    """Each child's latest row begun by the day, where it is open then or ended in the six months to it."""
    begun = rows[rows[start] <= pd.Timestamp(day)].sort_values(["child_id", start], kind="stable")
    latest = begun.drop_duplicates("child_id", keep="last")
    lately = latest[end].isna() | (latest[end] >= six_months_to(day))
    return latest[lately].reset_index(drop=True)


def statuses_on(system: Tables, quarter: Quarter, parameters: Parameters) -> dict[str, pd.DataFrame]:
    """The status tables and the counts as at the quarter's end, from the system as it stood then."""
    at = _Day(system, quarter, parameters)
    return {
        "protection_status": at.protection(),
        "need_status": at.need(),
        "care_status": at.care(),
        "reported_counts": at.counts(),
    }


class _Day:
    """A quarter's end. Chance that must hold still (which worker, when the last visit was) comes from the child's
    number and the date."""

    def __init__(self, system: Tables, quarter: Quarter, parameters: Parameters):
        self.system, self.parameters = system, parameters
        self.date, self.day = quarter.end, pd.Timestamp(quarter.end)
        self.turn = (self.date - dt.date(1970, 1, 1)).days
        self.teams = team_names(parameters)
        known = pd.concat(
            [system["assessments"][["child_id", "team"]], system["protection_plans"][["child_id", "team"]]]
        )
        self.locality_team = known.drop_duplicates("child_id", keep="last").set_index("child_id")["team"]
        children = system["children"].set_index("child_id")
        self.born = children["date_of_birth"]
        self.in_care = self._open("care_periods", "start_date", "end_date")
        self.planned = self._open("protection_plans", "start_date", "end_date")

    def _open(self, name: str, start: str, end: str) -> pd.Index:
        rows = self.system[name]
        return pd.Index(rows.loc[(rows[start] <= self.day) & rows[end].isna(), "child_id"])

    def chance(self, children: pd.Series, salt: str) -> np.ndarray:
        return hashed(numbers_of(children) * 100_000 + self.turn, salt)

    def lately(self, rows: pd.DataFrame, start: str, end: str, days: int, salt: str) -> pd.Series:
        """A day up to `days` before the row's end, or before today where it is open; never before its start."""
        until = rows[end].fillna(self.day)
        ago = pd.to_timedelta(np.floor(self.chance(rows["child_id"], salt) * days), unit="D")
        return pd.concat([until - ago, rows[start]], axis=1).max(axis=1).astype("datetime64[us]")

    def allocated(self, children: pd.Series, team: np.ndarray) -> dict:
        return {"team": team, "worker": workers(self.parameters, team, numbers_of(children), self.turn)}

    def care_teams(self, children: pd.Series) -> np.ndarray:
        older = children.map(self.born) <= self.day - pd.DateOffset(years=14)
        return np.where(older, self.teams[-2], self.teams[-3]).astype(object)

    def locality_teams(self, children: pd.Series) -> np.ndarray:
        return children.map(self.locality_team).fillna(self.teams[0]).to_numpy(dtype=object)

    # --- lists 6, 7 and 8 ----------------------------------------------------------------------------

    def protection(self) -> pd.DataFrame:
        rows = latest_lately(self.system["protection_plans"], "start_date", "end_date", self.date)
        children = rows["child_id"]
        reviews = self.system["protection_reviews"].groupby(["child_id", "plan_start"])["date"].max()
        place = pd.MultiIndex.from_arrays([children, rows["start_date"]])
        return pd.DataFrame(
            {
                "child_id": children, "as_at": self.day, "plan_start": rows["start_date"],
                "latest_visit": self.lately(rows, "start_date", "end_date", 32, "visit"),
                "seen_alone": self.chance(children, "alone") < 0.8,
                "latest_review": reviews.reindex(place).to_numpy(),
                "emergency_protection": self.chance(children, "emergency") < 0.03,
                "team": rows["team"], "worker": rows["worker"],  # list 7 has one pair for the plan and the day
            }
        )  # fmt: skip

    def need(self) -> pd.DataFrame:
        rows = latest_lately(self.system["episodes_of_need"], "start_date", "closure_date", self.date)
        # Ofsted: a case closed after assessment was never a child in need.
        rows = rows[(rows["closure_reason"] != "RC8").fillna(True)].reset_index(drop=True)
        children = rows["child_id"]
        assessed = self.system["assessments"].groupby(["child_id", "referral_date"])["authorised_date"].min()
        done = assessed.reindex(pd.MultiIndex.from_arrays([children, rows["start_date"]])).notna().to_numpy()
        closed, cared = rows["closure_date"].notna(), children.isin(self.in_care)
        status = np.select(
            [cared, children.isin(self.planned), closed, done], ["LAC", "CPP", "CLOSED", "CIN"], "ASSESSMENT"
        )
        team = np.where(cared, self.care_teams(children), self.locality_teams(children))
        return pd.DataFrame(
            {
                "child_id": children, "as_at": self.day, "start_date": rows["start_date"],
                "last_seen": self.lately(rows, "start_date", "closure_date", 30, "seen"), "case_status": status,
                **self.allocated(children, team),
            }
        )  # fmt: skip

    def care(self) -> pd.DataFrame:
        rows = latest_lately(self.system["care_periods"], "start_date", "end_date", self.date)
        children, started = rows["child_id"], rows["start_date"]
        now = self._standing(rows)
        reviews = self.system["care_reviews"].groupby("child_id")["date"].max().reindex(children)
        reviewed = reviews.where(reviews.to_numpy() >= started.to_numpy()).to_numpy()
        incidents = self.system["missing_incidents"]
        lately = incidents[incidents["looked_after"] & (incidents["start_date"] > self.day - pd.DateOffset(months=12))]
        last = (
            lately.sort_values("start_date", kind="stable")
            .drop_duplicates("child_id", keep="last")
            .set_index("child_id")
        )
        interview = (
            last[["return_interview_offered", "return_interview_accepted"]].reindex(children).reset_index(drop=True)
        )
        gazetteer = Gazetteer(self.parameters)
        place = now["placement_postcode"].fillna("").map(gazetteer.authority_of)
        unaccompanied = children.map(self.system["children"].set_index("child_id")["unaccompanied"])
        return pd.DataFrame(
            {
                "child_id": children, "as_at": self.day, "period_start": started,
                "legal_status": now["legal_status"], "legal_status_start": now["legal_status_start"],
                "latest_review": reviewed, "latest_visit": self.lately(rows, "start_date", "end_date", 42, "visit"),
                "latest_iro_visit": self.lately(rows, "start_date", "end_date", 120, "reviewer"),
                "permanence_plan": self._permanence(rows, now), "latest_health_assessment": self._checked(rows, "health_assessment_percent", young=_HALF_YEARLY),
                "latest_dental_check": self._checked(rows, "dental_check_percent", young=_YEARLY),
                "placement_start": now["placement_start"], "placement": now["placement"], "provider": now["provider"],
                "placement_postcode": now["placement_postcode"], "urn": now["urn"],
                "placement_location": np.where(place == gazetteer.own, "IN", "OUT"), "placement_authority": place,
                "unaccompanied": unaccompanied.fillna(False), **interview.to_dict("series"),
                **self.allocated(children, self.care_teams(children)),
            }
        )  # fmt: skip

    def _checked(self, rows: pd.DataFrame, name: str, young: int) -> pd.Series:
        """The latest check of each child's health: for the year's share of them in time, otherwise some months late
        or, for those who came into care lately, not yet. `young`: days within which it is due under five."""
        year = self.parameters.years[self.date.year if self.date.month > 3 else self.date.year - 1]
        small = (rows["child_id"].map(self.born) > self.day - pd.DateOffset(years=_YOUNG)).to_numpy()
        due = np.where(small, young, _YEARLY)
        chance, when = self.chance(rows["child_id"], name), self.chance(rows["child_id"], name + " when")
        settled = (rows["start_date"] <= self.day - pd.DateOffset(months=12)).to_numpy()
        in_time = np.zeros(len(rows), dtype=bool)
        for group in (np.flatnonzero(settled), np.flatnonzero(~settled)):
            size = int(np.floor(len(group) * year["care"][name] / 100 + 0.5))
            in_time[group[np.argsort(chance[group], kind="stable")[:size]]] = True
        ago = np.floor(np.where(in_time, when * (due - 10) + 5, due + 20 + when * 120))
        day = rows["end_date"].fillna(self.day) - pd.to_timedelta(ago, unit="D")
        return day.where(day > rows["start_date"]).astype("datetime64[us]")

    def _standing(self, periods: pd.DataFrame) -> pd.DataFrame:
        """The last legal status and placement of each period, with the days on which they began."""
        episodes = self.system["care_episodes"].merge(
            periods[["child_id", "start_date"]].rename(columns={"start_date": "period_start"}), on="child_id"
        )
        episodes = episodes[episodes["start_date"] >= episodes["period_start"]]
        episodes = episodes.sort_values(["child_id", "start_date"], kind="stable")
        fresh = episodes["legal_status"] != episodes.groupby("child_id")["legal_status"].shift(1)
        moved = episodes["reason_new"] != "L"
        status_start = episodes[fresh].groupby("child_id")["start_date"].max()
        placement_start = episodes[moved].groupby("child_id")["start_date"].max()
        last = episodes.drop_duplicates("child_id", keep="last").set_index("child_id")
        last = last.assign(legal_status_start=status_start, placement_start=placement_start)
        return last.reindex(periods["child_id"]).reset_index(drop=True)

    def _permanence(self, periods: pd.DataFrame, now: pd.DataFrame) -> np.ndarray:
        grown = periods["child_id"].map(self.born) <= self.day - pd.DateOffset(years=16)
        fresh = periods["start_date"] > self.day - pd.DateOffset(months=4)
        plan = np.select(
            [fresh, now["legal_status"] == "E1", grown, now["placement"].isin(["K1", "K2", "S1"]), now["legal_status"] == "C2"],
            ["", "ADOPTION", "SUPPORTED_LIVING", "RESIDENTIAL", "FOSTERING"],
            np.where(self.chance(periods["child_id"], "permanence") < 0.3, "SGO_CAO", "RETURN"),
        )  # fmt: skip
        return np.where(plan == "", pd.NA, plan.astype(object))

    # --- counts that the lists state -------------------------------------------------------------------

    def counts(self) -> pd.DataFrame:
        """The counts of twelve months: of referrals and enquiries the current one left out, of placements at least one."""
        system, year = self.system, self.day - pd.DateOffset(months=12)
        listed = pd.Timestamp(six_months_to(self.date))
        referrals, enquiries = system["referrals"], system["section47_enquiries"]
        periods = latest_lately(system["care_periods"], "start_date", "end_date", self.date)["child_id"]
        plans = latest_lately(system["protection_plans"], "start_date", "end_date", self.date)
        lately = {
            "referrals_12m": (referrals[referrals["date"] > year], referrals.loc[referrals["date"] >= listed, "child_id"], 1),
            "section47_12m": (
                enquiries[enquiries["start_date"] > year], enquiries.loc[enquiries["start_date"] >= listed, "child_id"], 1),
            "icpc_12m": (enquiries[enquiries["conference_date"] > year], enquiries.loc[enquiries["start_date"] >= listed, "child_id"], 0),
            "placements_12m": (self._placements(year), periods, 0),
            "missing_12m": (self._missing("M", year), periods, 0), "absent_12m": (self._missing("A", year), periods, 0),
        }  # fmt: skip
        found = []
        for measure, (events, children, current) in lately.items():
            size = events.groupby("child_id").size().reindex(children.drop_duplicates()).fillna(0) - current
            floor = 1 if measure == "placements_12m" else 0
            found.append(
                pd.DataFrame({"child_id": size.index, "measure": measure, "value": size.clip(lower=floor).to_numpy()})
            )
        found.append(
            pd.DataFrame(
                {
                    "child_id": plans["child_id"],
                    "measure": "previous_plans",
                    "value": plans["previous_plans"].astype(float),
                }
            )
        )
        counts = pd.concat(found, ignore_index=True)
        return counts.assign(as_at=self.day, value=counts["value"].astype("Int64"))

    def _placements(self, year: pd.Timestamp) -> pd.DataFrame:
        episodes = self.system["care_episodes"]
        moved = episodes["reason_new"].isin(["S", "P", "B"]) & ~episodes["placement"].str.startswith("T")
        return episodes[moved & (episodes["start_date"] > year)]

    def _missing(self, kind: str, year: pd.Timestamp) -> pd.DataFrame:
        rows = self.system["missing_episodes"]
        return rows[(rows["kind"] == kind) & (rows["start_date"] > year)]
