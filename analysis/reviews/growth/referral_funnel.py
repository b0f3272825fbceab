"""The decisions that lead to a plan: each step's part in the change of plans starting, with how far chance reaches.

Stages are counted over the twelve months to a moment. A case's events hang together: they belong to the day of the
referral that they stem from, and so do those of brothers and sisters referred with it. Intervals draw such days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import listed, number, short_day
from analysis.findings.measures import moments
from analysis.indicators import enquiries, front_door
from analysis.methods import flows
from analysis.methods.resampling import cluster_weights, percentile_interval
from analysis.reference import populations
from analysis.reference.project import UserError
from analysis.reference.quarters import words

if TYPE_CHECKING:
    from analysis.findings.review import Review

# Stage, what it is called, and how its conversion from the stage before is put.
STAGES = {
    "children": ("Children living here", ""),
    "referrals": ("Referrals", "Referrals per child"),
    "enquiries": ("Section 47 enquiries", "Enquiries per referral"),
    "conferences": ("Initial conferences", "Conferences per enquiry"),
    "plans": ("Plans starting", "Plans per conference"),
}
SHOWN = ("year_end_before", "last_year_end", "now")
_TABLES = {"referrals": "referrals", "enquiries": "section47_enquiries", "conferences": "section47_enquiries",
           "plans": "protection_plans"}  # fmt: skip
DRAWS = 400


@dataclass(frozen=True)
class Funnel:
    """Counts of each stage over the twelve months to each moment, and how each step changed the last stage.

    counts: indexed by stage, a column a moment (missing where not covered); `children` is the population of the area.
    parts: indexed by step's stage, columns part (whole numbers that add up), lower, upper, for each of `changes`.
    """

    counts: pd.DataFrame
    changes: dict[str, pd.DataFrame]


def moments_shown(review: Review) -> dict[str, str]:
    """The moments that a funnel compares, with their headings: two year ends, and now."""
    at = moments(review.quarter)
    return {name: short_day(at[name].end) for name in SHOWN}


def events(review: Review) -> pd.DataFrame:
    """Every referral, enquiry, conference and plan: child_id, date, stage, and origin, the day of the child's last referral by
    then (its own day where there is none)."""
    evidence = review.evidence
    plans = evidence.table("protection_plans")
    frames = {
        "referrals": evidence.once(front_door.referrals),
        "enquiries": evidence.once(enquiries.enquiries),
        "conferences": evidence.once(enquiries.conferences),
        "plans": plans.assign(date=plans["start_date"]),
    }
    rows = pd.concat(
        [frame[["child_id", "date"]].assign(stage=name) for name, frame in frames.items()], ignore_index=True
    )
    rows = rows.dropna(subset=["date"]).sort_values("date", kind="stable", ignore_index=True)
    referred = frames["referrals"][["child_id", "date"]].dropna().sort_values("date", kind="stable")
    met = pd.merge_asof(rows, referred.assign(origin=referred["date"]), on="date", by="child_id")
    return met.assign(origin=met["origin"].fillna(met["date"]))


def funnel(review: Review) -> Funnel:
    """The funnel at each of SHOWN, and the split of each change, from the first stage that is known throughout."""
    at = [moments(review.quarter)[name] for name in SHOWN]
    spans = [(quarter.shift(-3).start, quarter.end) for quarter in at]
    rows = events(review)
    day, count = _by_origin(rows, spans)
    counts = pd.DataFrame(count.sum(axis=0).T, index=list(_TABLES), columns=list(SHOWN)).round().astype("Int64")
    for stage, table in _TABLES.items():
        for name, (first, last) in zip(SHOWN, spans, strict=True):
            if not review.evidence.covers(table, first, last):
                counts.loc[stage, name] = pd.NA
    people = pd.Series([_population(review, quarter.end) for quarter in at], index=list(SHOWN), dtype="Int64")
    counts = pd.concat([people.to_frame("children").T.astype("Int64"), counts]).reindex(list(STAGES))
    weights = cluster_weights(np.arange(len(day)), DRAWS) if len(day) else np.zeros((DRAWS, 0))
    # (draws, windows, stages): how many of each stage there were in each draw.
    drawn = np.tensordot(weights, count, axes=1)
    changes = {
        name: _change(counts, drawn, *pair)
        for name, pair in {"last_year": (0, 1), "since": (1, 2)}.items()
    }  # fmt: skip
    return Funnel(counts, changes)


def _by_origin(rows: pd.DataFrame, spans: Sequence[tuple[dt.date, dt.date]]) -> tuple[np.ndarray, np.ndarray]:
    """The origins of what lies in any span, and (origins, spans, stages) of how many stem from each."""
    stage = pd.Categorical(rows["stage"], categories=list(_TABLES)).codes
    inside = [(rows["date"] >= pd.Timestamp(first)) & (rows["date"] <= pd.Timestamp(last)) for first, last in spans]
    anywhere = np.logical_or.reduce([one.to_numpy() for one in inside])
    codes, origins = pd.factorize(rows["origin"].where(anywhere))
    found = np.zeros((len(origins), len(spans), len(_TABLES)))
    for position, one in enumerate(inside):
        mine = one.to_numpy()
        np.add.at(found, (codes[mine], position, stage[mine]), 1.0)
    return np.asarray(origins), found


def _change(counts: pd.DataFrame, drawn: np.ndarray, before: int, after: int) -> pd.DataFrame:
    """part, lower and upper of each step from one moment to another; empty where the last stages aren't known."""
    pair = counts[[SHOWN[before], SHOWN[after]]]
    known = pair.notna().all(axis=1) & (pair > 0).all(axis=1).fillna(False)
    # The chain runs from the first stage after which nothing is missing.
    chain = [stage for position, stage in enumerate(STAGES) if known.iloc[position:].all()]
    columns = ["part", "lower", "upper"]
    empty = pd.DataFrame(np.nan, index=list(STAGES), columns=columns)
    if len(chain) < 2:
        return empty
    stages = list(_TABLES)
    people = pair.loc["children"].to_numpy(float, na_value=np.nan)
    ends = []
    for position, moment in ((before, 0), (after, 1)):
        columns_of = [np.full(len(drawn), people[moment]) if stage == "children" else drawn[:, position, stages.index(stage)]
                      for stage in chain]  # fmt: skip
        exact = pair.loc[chain].iloc[:, moment].to_numpy(float)
        ends.append(_factors(np.vstack([exact, np.column_stack(columns_of)])))
    parts = flows.product_changes(*ends)
    lower, upper = percentile_interval(parts[1:])
    whole = flows.whole_parts(dict(zip(chain, parts[0], strict=True)))
    found = pd.DataFrame(
        {"part": whole, "lower": dict(zip(chain, lower, strict=True)), "upper": dict(zip(chain, upper, strict=True))}
    )
    return found.reindex(list(STAGES))[columns].astype("float64")


def _factors(stages: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.concatenate([stages[:, :1], stages[:, 1:] / stages[:, :-1]], axis=1)


def _population(review: Review, day: dt.date) -> int | None:
    ons, mid_year = review.authority.ons, populations.preceding(day)
    try:
        return populations.population(ons, mid_year, populations.in_force(ons, mid_year, day))
    except UserError:
        return None


def stages(review: Review, found: Funnel, *, people: bool = True) -> Released:
    """The stages (with the population or without), a row each: stage, a count for each of SHOWN, and the parts of the last year's
    change and of the change since, of each step. Released."""
    frame = found.counts.assign(stage=[STAGES[name][0] for name in found.counts.index]).reset_index(drop=True)
    for name, change in found.changes.items():
        for column, values in change.items():
            frame[f"{column}_{name}"] = values.to_numpy()
    frame["smallest"] = pd.array([_smallest(found.counts)] * len(frame), dtype="Int64")
    frame = frame if people else frame[frame["stage"] != STAGES["children"][0]].reset_index(drop=True)
    derived = dict.fromkeys(
        (f"{column}_{name}" for name in found.changes for column in ("part", "lower", "upper")), ("smallest",)
    )
    return review.release(frame[["stage", *SHOWN, *derived, "smallest"]], counts=[*SHOWN, "smallest"], derived=derived)


def conversions(review: Review, found: Funnel) -> Released:
    """The steps, a row each: step, and for each of SHOWN how many of its stage there were for every 100 of the stage
    before (referrals: for every 10,000 children). Released."""
    rows, before = [], None
    for stage, (_, step) in STAGES.items():
        if before is not None:
            per = 10_000 if before == "children" else 100
            ratio = found.counts.loc[stage].astype("Float64") / found.counts.loc[before].astype("Float64")
            called = f"{step.split(' per ')[0]} per {per:,} {_EACH[before]}"
            rows.append({"step": called, **{name: ratio[name] * per for name in SHOWN},
                         **{f"{name}_from": found.counts.loc[before, name] for name in SHOWN},
                         **{f"{name}_to": found.counts.loc[stage, name] for name in SHOWN}})  # fmt: skip
        before = stage
    ends = [f"{name}_{end}" for name in SHOWN for end in ("from", "to")]
    frame = pd.DataFrame(rows).astype({**dict.fromkeys(SHOWN, "Float64"), **dict.fromkeys(ends, "Int64")})
    return review.release(frame, counts=ends, derived={name: (f"{name}_from", f"{name}_to") for name in SHOWN})


_EACH = {"children": "children", "referrals": "referrals", "enquiries": "enquiries", "conferences": "conferences"}


def steps(review: Review, found: Funnel) -> Released:
    """The change in plans starting, last year, as a waterfall: label, value, kind. Released."""
    part = found.changes["last_year"]["part"].dropna()
    plans = found.counts.loc["plans"]
    rows = []
    if len(part):
        rows = [(f"{moments_shown(review)['year_end_before']}", plans["year_end_before"], "total")]
        for stage in part.index:
            called = STAGES[stage][1] if rows[1:] else STAGES[stage][0]
            rows.append((called, int(part[stage]), "step"))
        rows.append((f"{moments_shown(review)['last_year_end']}", plans["last_year_end"], "total"))
    frame = pd.DataFrame(rows, columns=["label", "value", "kind"]).astype({"value": "Int64"})
    frame["smallest"] = pd.array([_smallest(found.counts)] * len(frame), dtype="Int64")
    return review.release(frame, counts=["smallest"], derived={"value": ["smallest"]}).only("label", "value", "kind")


def _smallest(counts: pd.DataFrame) -> int | None:
    """A part rests on every stage, so the smallest of all stands for them."""
    some = counts.where(counts > 0).min(axis=None)
    return None if pd.isna(some) else int(some)


def in_words(review: Review, found: Funnel, name: str) -> str:
    """Where a change in plans starting came from: `last_year` or `since`, in a few sentences."""
    at, pair = moments(review.quarter), {"last_year": SHOWN[:2], "since": SHOWN[1:]}[name]
    days = [words(at[one].end) for one in pair]
    change = found.changes[name].dropna()
    if change.empty:
        return f"Which step changed the number of plans starting between the years to {days[0]} and {days[1]} can't be said: the records don't cover both years."
    released = stages(review, found)
    if released.anything_withheld:
        return f"Which step changed the number of plans starting between the years to {days[0]} and {days[1]} is withheld, so that no count from 1 to 5 can be worked out from it."
    before, after = (int(found.counts.loc["plans", one]) for one in pair)
    verb = "rose" if after > before else "fell" if after < before else "stayed"
    opening = (
        f"Plans starting in a year {verb} by {number(abs(after - before), 'count')}, from {number(before, 'count')} to {number(after, 'count')}, "
        f"between the years to {days[0]} and {days[1]}."
    )  # fmt: skip
    told = [
        f"{number(row.part, 'count')} {_BECAUSE[stage]} ({number(row.lower, 'count')} to {number(row.upper, 'count')})"
        for stage, row in _ranked(change).iterrows()
    ]
    sure = [_BECAUSE[stage] for stage, row in _ranked(change).iterrows() if row["lower"] > 0 or row["upper"] < 0]
    closing = (
        f"Beyond what chance would give: {listed(sure)}."
        if sure
        else "No step's part is beyond what chance would give."
    )
    return f"{opening} Step by step, with 95% limits: {listed(told)}. {closing}"


_BECAUSE = {
    "children": "from the number of children", "referrals": "from referrals", "enquiries": "from enquiries per referral",
    "conferences": "from conferences per enquiry", "plans": "from plans per conference",
}  # fmt: skip


def _ranked(change: pd.DataFrame) -> pd.DataFrame:
    """Steps by the size of their part; a population that changed nothing isn't worth a word."""
    told = change[(change.index != "children") | (change["part"] != 0)]
    return told.reindex(told["part"].abs().sort_values(ascending=False, kind="stable").index)
