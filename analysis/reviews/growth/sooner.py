"""What goes with plans ending sooner or later, each factor holding the others: the year, what for, who, with whom, where."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released
from analysis.disclosure.wording import listed, number
from analysis.indicators import protection
from analysis.indicators.breakdowns import AGE_GROUPS
from analysis.indicators.evidence import Evidence
from analysis.methods import survival
from analysis.methods.clustered import holm
from analysis.methods.proportional_hazards import cox, over_time
from analysis.reference.project import Authority
from analysis.reference.quarters import Quarter
from analysis.reviews.growth.cuts import label
from analysis.reviews.growth.duration import year_words
from analysis.reviews.growth.families import of_plans

if TYPE_CHECKING:
    from analysis.findings.review import Review

# A group with fewer ends than this has no ratio worth printing; such groups of a factor are taken together.
FEWEST_ENDS = 10
# Ends for each ratio below which no model is fitted.
ENDS_FOR_EACH = 10
# Reviews come at three months and then each six: a ratio may differ before and after the first six months.
CUT_DAYS = 182
MOST_YEARS = 4
SURE = 0.05
FACTORS = {"year": "When it could end", "category": "Category", "repeat": "Earlier plans", "age": "Age when it began",
           "siblings": "Brothers and sisters", "locality": "Locality"}  # fmt: skip
_REST, _UNKNOWN = "others, too few to tell apart", "Not known"
COLUMNS = ("factor", "group", "against", "plans", "ends", "ratio", "lower", "upper", "p", "p_of_many", "changes")


@dataclass(frozen=True)
class Model:
    """`table`: COLUMNS, a row a group of a factor (p_of_many allows for all rows but the years; `changes`: p of its ratio
    differing after CUT_DAYS, allowed for likewise); `joint`: p of the years together; `plans`, `ends`; `why` there is none."""

    table: pd.DataFrame
    joint: float
    plans: int
    ends: int
    why: str = ""


def fit(evidence: Evidence, authority: Authority, quarter: Quarter, places=("locality",)) -> Model:
    """Hazard ratios of ending, of plans watched over the last MOST_YEARS financial years that are known whole and since.

    Method: Cox's model of time since the plan began, each plan cut at 1 April so that the year is that in which it could
    end; errors by family. Each group is compared with the most usual of its factor, and years with the last whole one.
    """
    empty = pd.DataFrame(columns=list(COLUMNS))
    plans = evidence.once(protection.plans)
    windows = _windows(evidence, quarter)
    if len(windows) < 2:
        return Model(empty, np.nan, 0, 0, "fewer than two years of plans are known whole")
    spells = []
    for name, first, last in windows:
        seen = survival.spells(plans["start_date"], plans["end_date"], first - dt.timedelta(days=1), last)
        spells.append(seen.assign(year=name, place=seen.index))
    rows = pd.concat(spells, ignore_index=True)
    factors = _factors(plans, evidence, authority, windows, places)
    told = factors.loc[rows["place"]].reset_index(drop=True).assign(year=rows["year"])
    ends = int(rows["ended"].sum())
    design, about = _design(told, rows["ended"].to_numpy(bool), rows["place"], _last_whole(windows, quarter))
    if not about or ends < ENDS_FOR_EACH * design.shape[1]:
        return Model(empty, np.nan, rows["place"].nunique(), ends, "too few plans ended to compare so many groups")
    family = evidence.once(of_plans)["family"].loc[rows["place"]].to_numpy()
    asked = (rows["duration"], rows["ended"], rows["entry"], family)
    try:
        fitted = cox(design, *asked)
    except ValueError as error:
        return Model(empty, np.nan, rows["place"].nunique(), ends, f"the groups can't be told apart ({error})")
    table = pd.DataFrame(about).join(fitted.ratios().reset_index(drop=True))
    try:
        later = over_time(design, *asked, cut=CUT_DAYS)
        drift = later.ratios()["p"].reindex([(name, "later") for name in design.columns]).to_numpy(float)
    except ValueError:
        drift = np.full(len(table), np.nan)
    table = table.assign(changes=holm(drift))
    years = [name for name, row in zip(design.columns, about, strict=True) if row["factor"] == FACTORS["year"]]
    others = table["factor"] != FACTORS["year"]
    many = np.where(
        others,
        holm(table["p"].where(others & (table["group"] != _REST)).to_numpy()),
        holm(table["p"].where(~others).to_numpy()),
    )
    table = table.assign(p_of_many=many)[table["group"] != _REST].reset_index(drop=True)
    return Model(table[list(COLUMNS)], fitted.joint(years), int(rows["place"].nunique()), ends)


def _windows(evidence: Evidence, quarter: Quarter) -> list[tuple[str, dt.date, dt.date]]:
    """The financial years known whole, and this one so far: name, first and last day."""
    found = []
    for year in range(quarter.year - MOST_YEARS, quarter.year + 1):
        first, last = dt.date(year, 4, 1), min(dt.date(year + 1, 3, 31), quarter.end)
        if evidence.covers("protection_plans", first, last) and evidence.covers("protection_plans", first, first):
            found.append((year_words(year) if last.month == 3 else f"{year_words(year)} to {last:%B}", first, last))
    return found


def _last_whole(windows: list, quarter: Quarter) -> str:
    whole = [name for name, _, last in windows if (last.month, last.day) == (3, 31)]
    return whole[-1] if whole else windows[0][0]


def _factors(plans: pd.DataFrame, evidence: Evidence, authority: Authority, windows: list, places) -> pd.DataFrame:
    """Each plan's group in each factor, from the cuts of `cuts.label`."""
    spans = [(windows[0][1], windows[-1][2])]
    found = {}
    for one in label(evidence, authority, spans, places, FACTORS):
        if not one.why:
            members = one.members.to_numpy()
            names = np.asarray([*one.members.columns, _UNKNOWN], object)
            found[one.cut.id] = names[np.where(members.any(axis=1), members.argmax(axis=1), members.shape[1])]
    return pd.DataFrame(found, index=plans.index)


def _design(told: pd.DataFrame, ended: np.ndarray, place: pd.Series, base_year: str) -> tuple[pd.DataFrame, list[dict]]:
    """A column of yes and no for each group of each factor but the one that the others are compared with."""
    columns, about = {}, []
    for factor, title in FACTORS.items():
        if factor not in told:
            continue
        group = told[factor].astype(str)
        ends = group[ended].value_counts()
        plans = place.groupby(group).nunique()
        usual = [name for name in dict.fromkeys(group) if ends.get(name, 0) >= FEWEST_ENDS and name != _UNKNOWN]
        if len(usual) < 2:
            continue
        against = base_year if factor == "year" and base_year in usual else max(usual, key=lambda name: int(ends[name]))
        for name in sorted(usual, key=lambda name: (AGE_GROUPS.index(name) if name in AGE_GROUPS else 0, name)):
            if name != against:
                columns[f"{factor}|{name}"] = (group == name).to_numpy(float)
                about.append(
                    {
                        "factor": title,
                        "group": name,
                        "against": against,
                        "plans": int(plans[name]),
                        "ends": int(ends[name]),
                    }
                )
        rest = (~group.isin(usual)).to_numpy(float)
        if rest.any() and rest @ ended > 0:
            columns[f"{factor}|{_REST}"] = rest
            about.append({"factor": title, "group": _REST, "against": against, "plans": 0, "ends": 0})
    return pd.DataFrame(columns), about


# --- for the notebook ---------------------------------------------------------------------------------------------------


def model(review: Review) -> Model:
    places = ("locality",) if review.may_show("locality") else ()
    return fit(review.evidence, review.authority, review.quarter, places)


def table(review: Review, found: Model) -> Released:
    """A row a group: factor, group, against, plans, ends, `faster` (in words), `limits` and `sure` (in words)."""
    rows = found.table
    frame = rows[["group", "against", "plans", "ends"]].assign(
        factor=rows["factor"].mask(rows["factor"].duplicated(), ""), ratio=rows["ratio"],
        limits=[f"{_ratio(low)} to {_ratio(high)}" for low, high in zip(rows["lower"], rows["upper"], strict=True)],
        sure=np.select([rows["p_of_many"] < SURE, rows["p"] < SURE], ["yes", "not once all are allowed for"], "no"),
        steady=np.where(rows["changes"] < SURE, "no", "yes"),
    )  # fmt: skip
    texts = ("group", "against", "factor", "limits", "sure", "steady")
    kinds = {**dict.fromkeys(texts, "str"), "plans": "Int64", "ends": "Int64", "ratio": "float64"}
    frame = frame.astype(kinds).reset_index(drop=True)
    out = review.release(frame, counts=["plans", "ends"], derived={"ratio": ("plans", "ends")})
    hidden = out.is_withheld("ratio")
    shown = out.frame.assign(faster=pd.Series([_faster(value) for value in out.frame["ratio"]], dtype="str"))
    told = {name: shown[name].mask(hidden, CONFIDENTIAL) for name in ("faster", "limits", "sure", "steady")}
    return Released(shown.assign(**told), out.withheld, out.audience)


def in_words(review: Review, found: Model) -> str:
    """What goes with ending sooner or later beyond chance, years first, and whether the ratios hold throughout."""
    if found.why:
        return f"What goes with a plan ending sooner can't be worked out: {found.why}."
    shown = (
        found.table
        if review.audience == "internal"
        else found.table[(found.table["plans"] > 5) & (found.table["ends"] > 5)]
    )
    years = shown[shown["factor"] == FACTORS["year"]]
    others = shown[(shown["factor"] != FACTORS["year"]) & (shown["p_of_many"] < SURE)]
    first = f"Of {number(found.plans, 'count')} plans watched, {number(found.ends, 'count')} ended. "
    if years.empty:
        told = "Years can't be compared."
    else:
        told = f"Holding everything else, and set against {years['against'].iloc[0]}, plans ended " + listed(
            [f"{_faster(row.ratio)} in {row.group} ({_interval(row)}{'' if row.p_of_many < SURE else ': chance may give that'})" for row in years.itertuples()]
        ) + "."  # fmt: skip
    if others.empty:
        rest = " No category, age, locality or other group ended sooner or later than the usual one of its kind beyond chance, once all that were looked at are allowed for."
    else:
        rest = " Beyond chance, after allowing for all groups looked at: " + "; ".join(
            f"{row.factor[0].lower()}{row.factor[1:]}, {row.group} ended {_faster(row.ratio)} than {row.against} ({_interval(row)})" for row in others.itertuples()
        ) + "."  # fmt: skip
    drifting = shown[shown["changes"] < SURE]
    held = (
        " The ratios hold for the first six months and after, as the method supposes, as far as can be told."
        if drifting.empty
        else " Not the same in the first six months and after, so that one figure for both is only their middle: "
        + listed([f"{row.group} ({row.factor[0].lower()}{row.factor[1:]})" for row in drifting.itertuples()]) + "."
    )  # fmt: skip
    return first + told + rest + held + " What goes with ending sooner needn't be why."


def _faster(ratio: float) -> str:
    """A ratio in words: `42% faster`, `18% slower`."""
    if pd.isna(ratio):
        return "–"
    share = number(100 * abs(ratio - 1), "percent")
    return "as fast" if share == "0%" else f"{share} {'faster' if ratio > 1 else 'slower'}"


def _interval(row) -> str:
    return f"{_faster(row.lower)} to {_faster(row.upper)}"


def _ratio(value: float) -> str:
    return f"{value:.2f}"
