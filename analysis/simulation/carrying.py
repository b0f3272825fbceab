"""What each return of a delivery carries of the truth, and so what a perfect reading of all of them gives back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from analysis.records.tables import TABLES
from analysis.reference.quarters import Quarter
from analysis.simulation.system import Truth, system_on
from analysis.simulation.write_columns import latest_of_child, six_months_before, starting, touching
from analysis.simulation.write_local import FOLLOWED_FOR_A_YEAR, LOCAL_TABLES, OF_ANY_DATE, SETTLED_BY

Tables = Mapping[str, pd.DataFrame]
_WHO = ("child_id", "sex", "ethnicity", "date_of_birth")
# What a return has of a table whose other columns it lacks.
_ANNEX_A: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "children": (*_WHO, "disabled", "unaccompanied"),
    "assessments": ("child_id", "start_date", "authorised_date", "child_seen", "requires_support", "team", "worker"),
    "section47_enquiries": ("child_id", "start_date", "conference_date", "conference_not_required", "led_to_plan", "team",
                            "worker"),
    "protection_plans": ("child_id", "start_date", "end_date", "initial_category", "latest_category", "previous_plans",
                         "team", "worker"),
    # The template of 2019: what was added in 2024 isn't there yet.
    "care_leaver_status": ("child_id", "as_at", "eligibility", "in_touch", "accommodation", "suitable", "activity",
                           "team", "worker"),
    "adoptions": ("child_id", "entered_care", "decision_date", "placement_order_date", "matched_date", "placed_date",
                  "order_date", "reversed_date", "reversed_reason", "foster_to_adopt_date", "family_id"),
})  # fmt: skip
_SSDA903: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "children": (*_WHO, "upn", "mother", "child_of_mother_born", "unaccompanied", "unaccompanied_ceased"),
    "adoptions": ("child_id", "decision_date", "matched_date", "foster_carer_adopts", "adopters", "sex_of_adopters",
                  "adopters_status"),
})  # fmt: skip
_CIN: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "children": (*_WHO, "date_of_death", "upn", "disabled", "disabilities"),
    "referrals": ("child_id", "date", "source", "no_further_action"),
    "assessments": ("child_id", "start_date", "authorised_date", "internal_review_date", "referral_date"),
    "section47_enquiries": ("child_id", "start_date", "referral_date", "conference_target", "conference_date",
                            "conference_not_required"),
    "protection_plans": ("child_id", "start_date", "end_date", "initial_category", "latest_category", "previous_plans",
                         "referral_date"),
})  # fmt: skip


def carried(truth: Truth, quarter: Quarter) -> Mapping[str, Tables]:
    """What each return delivered for `quarter` holds: return kind (annex_a, ssda903, cin_census, workforce_census,
    local) to canonical table to frame, with only the columns and rows that the return carries."""
    system = system_on(truth, quarter.end)
    found = {
        "annex_a": _narrow(_annex_a(system, quarter), _ANNEX_A),
        "ssda903": _narrow(_ssda903(system, quarter), _SSDA903),
        "cin_census": _narrow(_cin_census(system, quarter), _CIN),
        "local": {name: system[name][_in_quarter(system[name], name, quarter)] for name in LOCAL_TABLES},
    }
    if quarter.number == 2:
        year = quarter.end.year
        found["workforce_census"] = {
            n: _where(system[n], system[n]["year"] == year) for n in ("social_workers", "vacancies")
        }
    return MappingProxyType(
        {
            # Rows chosen from canonical tables are canonical: the order and the types stay.
            kind: {name: frame.reset_index(drop=True) for name, frame in tables.items()}
            for kind, tables in found.items()
        }
    )


def _where(frame: pd.DataFrame, chosen: pd.Series) -> pd.DataFrame:
    return frame[chosen.fillna(False).astype(bool)]


def _narrow(tables: dict[str, pd.DataFrame], columns: Mapping[str, tuple[str, ...]]) -> dict[str, pd.DataFrame]:
    return {
        name: frame[[column for column in frame.columns if column in columns[name]]] if name in columns else frame
        for name, frame in tables.items()
    }


def _annex_a(system: Tables, quarter: Quarter) -> dict[str, pd.DataFrame]:
    day, since = quarter.end, six_months_before(quarter)

    def latest(name: str, end: str) -> pd.DataFrame:
        rows = latest_of_child(_where(system[name], system[name]["start_date"] <= pd.Timestamp(day)), "start_date")
        return rows[touching(rows["start_date"], rows[end], since, day)]

    needed = latest("episodes_of_need", "closure_date")
    enquiries = system["section47_enquiries"]
    lately = starting(enquiries["start_date"], since, day) | starting(enquiries["conference_date"], since, day)
    helped, assessed = system["early_help_assessments"], system["assessments"]
    found = {
        "contacts": _where(system["contacts"], starting(system["contacts"]["date"], since, day)),
        "early_help_assessments": helped[touching(helped["start_date"], helped["completion_date"], since, day)],
        "referrals": _where(system["referrals"], starting(system["referrals"]["date"], since, day)),
        "assessments": assessed[touching(assessed["start_date"], assessed["authorised_date"], since, day)],
        "section47_enquiries": enquiries[lately],
        "episodes_of_need": needed[(needed["closure_reason"] != "RC8").fillna(True)],
        "protection_plans": latest("protection_plans", "end_date"),
        "care_periods": latest("care_periods", "end_date"),
        "adoptions": _adoptions(system["adoptions"], day),
    }
    for name in ("need_status", "protection_status", "care_status", "care_leaver_status", "reported_counts"):
        found[name] = _where(system[name], system[name]["as_at"] == pd.Timestamp(day))
    without_disability = ("contacts", "early_help_assessments", "referrals")
    every = [frame["child_id"] for name, frame in found.items() if name != "reported_counts"]
    asked = [frame["child_id"] for name, frame in found.items() if name not in (*without_disability, "reported_counts")]
    children = _where(system["children"], system["children"]["child_id"].isin(pd.concat(every)))
    cared = children["child_id"].isin(found["care_periods"]["child_id"])
    found["children"] = children.assign(
        disabled=children["disabled"].where(children["child_id"].isin(pd.concat(asked))),
        unaccompanied=children["unaccompanied"].where(cared & children["unaccompanied"].fillna(False)),
    )
    found["adopters"] = _adopters(system["adopters"], day)
    return found


def _adoptions(rows: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Waiting, or adopted or given up in the last twelve months."""
    since = (pd.Timestamp(day) - pd.DateOffset(months=12)).date()
    waiting = rows["decision_date"].notna() & rows["order_date"].isna() & rows["reversed_date"].isna()
    return rows[waiting | starting(rows["order_date"], since, day) | starting(rows["reversed_date"], since, day)]


def _adopters(rows: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """In the process, or with any step of it in the last twelve months."""
    since = (pd.Timestamp(day) - pd.DateOffset(months=12)).date()
    steps = [c.name for c in TABLES["adopters"].columns if c.kind == "date"]
    lately = pd.concat([starting(rows[step], since, day) for step in steps], axis=1).any(axis=1)
    return rows[lately | (rows["enquiry_date"].notna() & rows["order_date"].isna() & rows["left_date"].isna())]


def _ssda903(system: Tables, quarter: Quarter) -> dict[str, pd.DataFrame]:
    first, last = quarter.year_start, quarter.end
    episodes = system["care_episodes"]
    episodes = episodes[touching(episodes["start_date"], episodes["end_date"], first, last)]
    cared = set(episodes["child_id"])
    reviews, missing, placed = system["care_reviews"], system["missing_episodes"], system["placed_for_adoption"]
    before = system["previous_permanence"]
    placed = placed[touching(placed["date"], placed["ceased_date"], first, last) & placed["child_id"].isin(cared)]
    found = {
        "care_episodes": episodes,
        "care_reviews": reviews[starting(reviews["date"], first, last)],
        "missing_episodes": missing[touching(missing["start_date"], missing["end_date"], first, last)],
        "placed_for_adoption": placed,
        "previous_permanence": before[before["child_id"].isin(cared)],
    }
    if quarter.number == 4:
        year, adoptions = quarter.year + 1, system["adoptions"]
        found["health_outcomes"] = _where(system["health_outcomes"], system["health_outcomes"]["year"] == year)
        found["care_leaver_outcomes"] = _where(
            system["care_leaver_outcomes"], system["care_leaver_outcomes"]["year"] == year
        )
        found["adoptions"] = adoptions[starting(adoptions["order_date"], first, last)]
    every = cared.union(*(frame["child_id"] for frame in found.values()))
    children = system["children"][system["children"]["child_id"].isin(every)]
    seeking = children["unaccompanied"].fillna(False) & children["child_id"].isin(cared)
    seeking &= ~(children["unaccompanied_ceased"] < pd.Timestamp(first)).fillna(False)
    marks = {name: children[name].where(seeking) for name in ("unaccompanied", "unaccompanied_ceased")}
    found["children"] = children.assign(**marks)
    return found


def _cin_census(system: Tables, quarter: Quarter) -> dict[str, pd.DataFrame]:
    """Episodes that touch the year to date with all that is in them, and referrals of it that went no further."""
    first, last = quarter.year_start, quarter.end
    episodes = system["episodes_of_need"]
    episodes = episodes[touching(episodes["start_date"], episodes["closure_date"], first, last)]
    inside = pd.MultiIndex.from_frame(episodes[["child_id", "start_date"]])
    referrals = system["referrals"]
    refused = referrals["no_further_action"].fillna(False) & starting(referrals["date"], first, last)
    began = pd.MultiIndex.from_frame(referrals[["child_id", "date"]]).isin(inside)

    def within(name: str, *place: str) -> pd.DataFrame:
        return system[name][pd.MultiIndex.from_frame(system[name][["child_id", *place]]).isin(inside)]

    found = {"episodes_of_need": episodes, "referrals": referrals[refused | began]}
    for name in ("assessments", "section47_enquiries", "protection_plans", "transfer_in_conferences"):
        found[name] = within(name, "referral_date")
    plans = found["protection_plans"]
    found["protection_plans"] = plans[touching(plans["start_date"], plans["end_date"], first, last)]
    for name, parent, start in (("assessment_factors", "assessments", "start_date"),
                                ("protection_reviews", "protection_plans", "plan_start")):  # fmt: skip
        held = pd.MultiIndex.from_frame(found[parent][["child_id", "start_date"]])
        nested = pd.MultiIndex.from_frame(system[name][["child_id", start]])
        found[name] = system[name][nested.isin(held)]
    children = system["children"]
    every = pd.concat([episodes["child_id"], found["referrals"]["child_id"]])
    found["children"] = children[children["child_id"].isin(every)]
    return found


def _in_quarter(rows: pd.DataFrame, name: str, quarter: Quarter) -> pd.Series:
    first, last = quarter.start, quarter.end
    if name in OF_ANY_DATE:
        return pd.Series(True, index=rows.index, dtype=bool)
    if name == "education_results":
        ended = pd.to_datetime(rows["academic_year"].str[:4].astype("Int64").add(1).astype("string") + "-08-31")
        return starting(ended, quarter.shift(-3).start, last)
    if name in FOLLOWED_FOR_A_YEAR:
        return starting(rows["start_date"], quarter.shift(-3).start, last)
    if name == "care_proceedings":
        return touching(
            rows[["pre_proceedings_date", "application_date"]].min(axis=1), rows["conclusion_date"], first, last
        )
    start, closes = TABLES[name].start, SETTLED_BY.get(name, TABLES[name].end)
    return touching(rows[start], rows[closes], first, last) if closes else starting(rows[start], first, last)


def expected(truth: Truth) -> Mapping[str, pd.DataFrame]:
    """The canonical tables as a perfect reading of all deliveries gives them: each value is the last one carried,
    a blank never overwriting a value. Nothing that the simulated returns say is ever taken back."""
    told: dict[str, list[pd.DataFrame]] = {}
    for quarter in truth.quarters:
        delivered = carried(truth, quarter)
        for kind in ("local", "annex_a", "workforce_census", "ssda903", "cin_census"):
            for name, frame in delivered.get(kind, {}).items():
                told.setdefault(name, []).append(frame)
    found = {name: table.empty() for name, table in TABLES.items()}
    for name, frames in told.items():
        table = TABLES[name]
        rows = (
            pd.concat(frames, ignore_index=True).groupby(list(table.key), sort=True, dropna=False).last().reset_index()
        )
        found[name] = table.conform(rows)
    return MappingProxyType(found)
