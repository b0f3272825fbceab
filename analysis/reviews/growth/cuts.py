"""The ways in which plans that start are told apart: what for, who, with whom, again or not, where, and how they came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.indicators import protection
from analysis.indicators.breakdowns import AGE_GROUPS, CATEGORY_OF_ABUSE, SOURCES, age_group
from analysis.indicators.evidence import Evidence
from analysis.reference.calendar import age_at
from analysis.reference.codes import codes
from analysis.reference.project import Authority
from analysis.reviews.growth.families import group_sizes, of_plans

# A plan rests on the child's last assessment that began at most so long before it.
ASSESSED_WITHIN_DAYS = 365
# A cut of which less than this share is known in either period says more about recording than about children.
KNOWN_ENOUGH = 0.5
ALONE, TWO, MORE = "On their own", "Two together", "Three or more together"
FIRST, AGAIN = "First plan", "Had a plan before"
WITHIN_YEAR, WITHIN_TWO, LATER = "Up to a year", "Over one and up to two years", "Longer ago, or before the records"


@dataclass(frozen=True)
class Cut:
    """One way of telling plans apart. `short` follows a group's name in brackets; `words` turns a group into words that follow a number of plans ("for neglect"),
    with `{}` for the group's own; `untested`: groups that only mirror another, or name nothing; `place`: what an
    audience must be allowed to see."""

    id: str
    title: str
    short: str
    words: str
    untested: tuple[str, ...] = ()
    place: str = ""
    needs: tuple[str, ...] = ()


CUTS = (
    Cut("category", "First category of abuse", "category", "for {}"),
    Cut("age", "Age when the plan began", "age", "for children aged {}", needs=("children",)),
    Cut("siblings", "Brothers and sisters whose plans began together", "children", "for children who came {}"),
    Cut("repeat", "Earlier plans", "", "for children with an {}", untested=(FIRST,)),
    Cut("since", "Time since the last plan ended", "since the last plan", "for children whose last plan ended {}", untested=(FIRST,)),
    Cut("source", "Who made the referral", "referrer", "from referrals by {}", needs=("referrals",)),
    Cut("locality", "Locality", "locality", "in {}", place="locality"),
    Cut("team", "Team", "team", "with {}", place="team"),
    Cut("factors", "What the assessment found", "factor", "whose assessment found {}",
        untested=("Other", "No factors identified"), needs=("assessments", "assessment_factors")),
)  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    """Plans' groups in a cut: `members` and `known` have a row a plan and a column a group; `why` it is left out
    (then both are empty)."""

    cut: Cut
    members: pd.DataFrame
    known: pd.DataFrame
    why: str = ""


def label(evidence: Evidence, authority: Authority, periods: Iterable[tuple[dt.date, dt.date]],
          places: Iterable[str], only: Iterable[str] | None = None) -> list[Labelled]:  # fmt: skip
    """Every cut of the plans of `starts`, in the order of CUTS.

    `periods`: what is to be compared, which decides whether a cut reaches back far enough; `places`: which of
    locality and team the audience may see; `only`: the ids of the cuts wanted (all). A cut that can't be made comes with the reason.
    """
    plans, allowed, spans, found = starts(evidence), set(places), list(periods), []
    for cut in CUTS if only is None else [cut for cut in CUTS if cut.id in set(only)]:
        if cut.place and cut.place not in allowed:
            continue
        lacking = [name for name in cut.needs if not evidence.known.carries(name)]
        if lacking:
            found.append(_left_out(plans, cut, f"no return delivered holds {lacking[0].replace('_', ' ')}"))
            continue
        if cut.id == "since" and not _reaches_back(evidence, spans):
            found.append(
                _left_out(plans, cut, "the records don't reach back two years before the earlier of the two years")
            )
            continue
        # Several analyses of one review tell the same plans apart.
        settled = (tuple(authority.teams.items()), authority.localities)
        one = evidence.once(_made, cut.id, *settled)
        found.append(_known_enough(plans, one, spans))
    return _without_echoes(found)


def describe(cut: Cut, group: str) -> str:
    """A group in words that follow a number of plans: "for neglect", "in North", "for unborn children"."""
    if cut.id == "age":
        return {"Unborn": "for unborn children", "Under 1": "for children under 1"}.get(group, cut.words.format(group))
    if cut.id == "repeat":
        return "for a child's first time" if group == FIRST else "for children who had had a plan before"
    if cut.id == "since":
        ends = {WITHIN_YEAR: "in the year before", WITHIN_TWO: "one to two years before", LATER: "longer ago"}
        return "for a child's first time" if group == FIRST else cut.words.format(ends[group])
    if cut.place or cut.id == "source":
        return cut.words.format(group if cut.place else group[0].lower() + group[1:])
    return cut.words.format(group[0].lower() + group[1:])


# --- how each is made --------------------------------------------------------------------------------------------------


def _made(evidence: Evidence, cut_id: str, teams: tuple[tuple[str, str], ...], localities: tuple[str, ...]) -> Labelled:
    plans, cut = starts(evidence), next(cut for cut in CUTS if cut.id == cut_id)
    if cut.id == "factors":
        return _factors(plans, evidence, cut)
    if cut.id == "category":
        groups, order = plans["category"].map(CATEGORY_OF_ABUSE), list(CATEGORY_OF_ABUSE.values())
    elif cut.id == "age":
        births = evidence.table("children").set_index("child_id")["date_of_birth"]
        born = births.reindex(plans["child_id"]).set_axis(plans.index)
        groups, order = age_group(age_at(born, plans["start_date"])), list(AGE_GROUPS)
    elif cut.id == "siblings":
        size = group_sizes(evidence.once(of_plans)["siblings"].reindex(plans.index))
        groups, order = (
            pd.Series(np.select([size == 1, size == 2], [ALONE, TWO], MORE), plans.index),
            [ALONE, TWO, MORE],
        )
    elif cut.id == "repeat":
        groups, order = pd.Series(np.where(plans["repeat"], AGAIN, FIRST), plans.index), [FIRST, AGAIN]
    elif cut.id == "since":
        groups, order = _since_last(plans), [FIRST, WITHIN_YEAR, WITHIN_TWO, LATER]
    elif cut.id == "source":
        groups, order = referral_source(plans, "start_date", evidence), list(dict.fromkeys(SOURCES.values()))
    elif cut.id == "locality":
        groups, order = plans["team"].map(dict(teams)).replace("", None), list(localities)
    else:
        groups, order = plans["team"], sorted(plans["team"].dropna().unique())
    return _dummies(plans, cut, groups.astype("object"), order)


def referral_source(rows: pd.DataFrame, date: str, evidence: Evidence) -> pd.Series:
    """Who made the child's last referral by each row's `date`, in words; missing where there is none."""
    referrals = evidence.table("referrals")[["child_id", "date", "source"]].sort_values("date", kind="stable")
    placed = rows[["child_id"]].assign(when=rows[date], place=np.arange(len(rows))).sort_values("when", kind="stable")
    met = pd.merge_asof(placed, referrals, left_on="when", right_on="date", by="child_id").set_index("place")["source"]
    words = met.sort_index().map(lambda code: SOURCES.get(code.rstrip("ABCDEF")), na_action="ignore")
    return words.set_axis(rows.index).astype("object")


def _reaches_back(evidence: Evidence, spans: list) -> bool:
    begins = evidence.begins("protection_plans")
    return begins is None or begins <= (pd.Timestamp(spans[0][0]) - pd.DateOffset(years=2)).date()


def _since_last(plans: pd.DataFrame) -> pd.Series:
    ordered = plans.sort_values(["child_id", "start_date"], kind="stable")
    last = ordered.groupby("child_id")["end_date"].shift().reindex(plans.index)
    year, two = (plans["start_date"] - pd.DateOffset(years=n) for n in (1, 2))
    recent, within = (last >= year).fillna(False), (last >= two).fillna(False)
    return pd.Series(np.select([recent, within, plans["repeat"]], [WITHIN_YEAR, WITHIN_TWO, LATER], FIRST), plans.index)


def _factors(plans: pd.DataFrame, evidence: Evidence, cut: Cut) -> Labelled:
    found = evidence.table("assessment_factors")
    if found.empty:
        return _left_out(plans, cut, "no factors of assessments were delivered")
    told = found.groupby(["child_id", "start_date"], as_index=False).size().sort_values("start_date", kind="stable")
    told = told.rename(columns={"start_date": "assessed"}).drop(columns="size")
    placed = (
        plans[["child_id", "start_date"]].assign(place=np.arange(len(plans))).sort_values("start_date", kind="stable")
    )
    met = pd.merge_asof(placed, told, left_on="start_date", right_on="assessed", by="child_id",
                        tolerance=pd.Timedelta(days=ASSESSED_WITHIN_DAYS))  # fmt: skip
    met = met[met["assessed"].notna()]
    rows = met.merge(found, left_on=["child_id", "assessed"], right_on=["child_id", "start_date"])
    words = codes("cin", "AssessmentFactors")
    order = list(dict.fromkeys(words.values()))
    place = {name: n for n, name in enumerate(order)}
    column = rows["factor"].map({code: place[name] for code, name in words.items()})
    held = np.zeros((len(plans), len(order)), bool)
    held[rows.loc[column.notna(), "place"].to_numpy(int), column.dropna().to_numpy(int)] = True
    assessed = np.zeros(len(plans), bool)
    assessed[met["place"].to_numpy(int)] = True
    frame = pd.DataFrame(held, index=plans.index, columns=order)
    kept = frame.loc[:, frame.any()]
    return Labelled(cut, kept, pd.DataFrame(dict.fromkeys(kept.columns, assessed), index=plans.index))


def _dummies(plans: pd.DataFrame, cut: Cut, groups: pd.Series, order: list[str]) -> Labelled:
    names = [*order, *sorted(set(groups.dropna().unique()) - set(order), key=str)]
    members = pd.DataFrame({name: (groups == name).to_numpy(bool, na_value=False) for name in names}, index=plans.index)
    known = groups.notna().to_numpy(bool)
    return Labelled(cut, members, pd.DataFrame(dict.fromkeys(names, known), index=plans.index))


def _left_out(plans: pd.DataFrame, cut: Cut, why: str) -> Labelled:
    empty = pd.DataFrame(index=plans.index)
    return Labelled(cut, empty, empty, why)


def _known_enough(plans: pd.DataFrame, one: Labelled, spans: list) -> Labelled:
    if one.why:
        return one
    if one.known.empty or not len(one.known.columns):
        return _left_out(plans, one.cut, "the returns don't say")
    known = one.known.iloc[:, 0]
    for first, last in spans:
        inside = known[plans["start_date"].between(pd.Timestamp(first), pd.Timestamp(last))]
        if len(inside) and inside.mean() < KNOWN_ENOUGH:
            return _left_out(plans, one.cut, "the returns don't say it of most plans")
    return one


def _without_echoes(found: list[Labelled]) -> list[Labelled]:
    """Without teams where each is a locality of its own: they would only be looked at twice."""
    made = {one.cut.id: one for one in found if not one.why}
    if "team" not in made or "locality" not in made:
        return found
    sides = [{tuple(column) for column in one.members.loc[:, one.members.any()].to_numpy().T.tolist()} for one in
             (made["team"], made["locality"])]  # fmt: skip
    return [one for one in found if one.cut.id != "team"] if sides[0] == sides[1] else found


def starts(evidence: Evidence) -> pd.DataFrame:
    """Every plan as `protection.plans` has it, on an index of its own."""
    return evidence.once(protection.plans)
