"""Care proceedings: from the letter before proceedings to the final order, for children in care and at home."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter
from analysis.simulation.days import NEVER, dates, number, on_working_day, pick, stream
from analysis.simulation.rows import RECORDED
from analysis.simulation.story import Story

# Brothers and sisters whose interim orders lie so near each other are one case.
_ONE_CASE_DAYS = 180
# An application comes so long before the interim order, in days.
_BEFORE_ORDER = (2, 56)
# Where fewer applications were made in a year than interim orders would have it, the orders of its first months were
# late ones, of applications of the year before.
_LATE_ORDERS, _EARLIER = 210, 90
_GUARDIANSHIP = ("E43", "E44", "E45", "E46", "E47", "E48")
_ORDERS = {"C2": "care_order", "E1": "placement_order"}


def proceedings(story: Story, episodes: pd.DataFrame, last: Quarter) -> pd.DataFrame:
    """A row a child: a case for each family that came under an interim care order, and as many for families whose
    children stayed at home as make up the year's number of applications."""
    rng = stream(story.seed, "proceedings")
    cared = _in_care(story, rng, episodes)
    wanted = _wanted(story, last)
    cared = _counted(rng, cared, wanted)
    home = _at_home(story, rng, cared, wanted)
    rows = pd.concat([part for part in (cared, home) if len(part)] or [cared], ignore_index=True)
    order = {name: place for place, name in enumerate(rows.groupby("case")["application"].min().sort_values(kind="stable").index, start=1)}  # fmt: skip
    letter = _letters(story, rng, rows, len(order), rows["case"].map(order).to_numpy(dtype=np.int64))
    return pd.DataFrame({
        "case_id": [f"CP{order[name]:05d}" for name in rows["case"]],
        "child_id": story.population.identifier[rows["child"].to_numpy()],
        "pre_proceedings_date": dates(letter), "application_date": dates(rows["application"]),
        "application": "care_order", "conclusion_date": dates(rows["concluded"]), "outcome": rows["outcome"],
        RECORDED: dates(rows["application"]),
    })  # fmt: skip


def _in_care(story: Story, rng: np.random.Generator, episodes: pd.DataFrame) -> pd.DataFrame:
    """(child, case, application, ordered, concluded, outcome) for each time that a child came under an interim care
    order: the order that followed, or the end of the period of care, concludes the proceedings."""
    ordered = episodes.sort_values(["child_id", "start_date"], kind="stable").reset_index(drop=True)
    before = ordered.groupby("child_id")["legal_status"].shift(1)
    begun = (before != "C1").fillna(True) | (ordered["reason_new"] == "S")
    interim = ordered[((ordered["legal_status"] == "C1") & begun).astype(bool)]
    rows = interim[["child_id", "start_date"]].sort_values("start_date", kind="stable", ignore_index=True)
    orders = ordered.loc[ordered["legal_status"].isin(list(_ORDERS)), ["child_id", "start_date", "legal_status"]]
    orders = orders.rename(columns={"start_date": "made"}).sort_values("made", kind="stable")
    ends = ordered.loc[
        ordered["end_date"].notna() & (ordered["reason_ended"] != "X1"), ["child_id", "end_date", "reason_ended"]
    ]
    ends = ends.rename(columns={"end_date": "left"}).sort_values("left", kind="stable")
    rows = pd.merge_asof(rows, orders, left_on="start_date", right_on="made", by="child_id", direction="forward",
                         allow_exact_matches=False)  # fmt: skip
    rows = pd.merge_asof(rows, ends, left_on="start_date", right_on="left", by="child_id", direction="forward",
                         allow_exact_matches=False)  # fmt: skip
    by_order = rows["made"].notna() & (rows["left"].isna() | (rows["made"] <= rows["left"]))
    left = np.where(rows["reason_ended"].isin(_GUARDIANSHIP), "special_guardianship", "supervision_order")
    outcome = np.where(by_order, rows["legal_status"].map(_ORDERS), np.where(rows["left"].notna(), left, None))
    place = pd.Series(np.arange(len(story.population.identifier)), index=story.population.identifier)
    child = place[rows["child_id"]].to_numpy()
    found = pd.DataFrame({
        "child": child, "family": story.population.family[child], "ordered": _numbers(rows["start_date"]),
        "concluded": _numbers(rows["made"].where(by_order, rows["left"])), "outcome": outcome,
    })  # fmt: skip
    found = found.sort_values(["family", "ordered"], kind="stable", ignore_index=True)
    apart = found.groupby("family")["ordered"].diff()
    found["case"] = (apart.isna() | (apart > _ONE_CASE_DAYS)).cumsum()
    first = found.groupby("case")["ordered"].min()
    applied = on_working_day(first.to_numpy() - rng.integers(*_BEFORE_ORDER, len(first)), back=True)
    found = found.assign(application=found["case"].map(pd.Series(applied, index=first.index)))
    # A child who comes under an interim order again while the case goes on is in it once.
    return found.drop_duplicates(["case", "child"], keep="last").reset_index(drop=True)


def _numbers(days: pd.Series) -> np.ndarray:
    """Dates as day numbers, NEVER where missing."""
    known = days.notna().to_numpy()
    numbers = days.to_numpy("datetime64[D]").astype(np.int64)
    return np.where(known, numbers, NEVER)


def _wanted(story: Story, last: Quarter) -> list[tuple[int, int, int]]:
    """(first day, last day, applications) of each year, the latest first; of a year cut short, its quarters so far."""
    counts: dict[int, list[tuple[int, int, int]]] = {}
    for quarter in story.parameters.lived(last):
        count = story.parameters.count(quarter, "proceedings", "applications")
        counts.setdefault(quarter.year, []).append((number(quarter.start), number(quarter.end), count))
    found = [(parts[0][0], parts[-1][1], sum(part[2] for part in parts)) for parts in counts.values()]
    return sorted(found, reverse=True)


def _counted(rng: np.random.Generator, cared: pd.DataFrame, wanted: list[tuple[int, int, int]]) -> pd.DataFrame:
    """Applications moved to the end of the year before, where a year has more of them than it should."""
    applied = cared.groupby("case")["application"].first()
    ordered = cared.groupby("case")["ordered"].min()
    for first, last, count in wanted:
        here = applied[(applied >= first) & (applied <= last)]
        able = here[ordered[here.index] <= first + _LATE_ORDERS]
        excess = max(0, min(len(here) - count, len(able)))
        nearest = able.index[np.argsort(able.to_numpy() + rng.integers(0, 40, len(able)), kind="stable")[:excess]]
        applied[nearest] = on_working_day(first - rng.integers(1, _EARLIER + 1, excess), back=True)
    return cared.assign(application=cared["case"].map(applied))


def _at_home(
    story: Story, rng: np.random.Generator, cared: pd.DataFrame, wanted: list[tuple[int, int, int]]
) -> pd.DataFrame:
    """Families with a child protection plan whose children stayed at home or with relatives."""
    common = story.parameters.common["proceedings"]
    people, plans = story.population, story.plans
    child, start, end = (plans[name].astype(np.int64) for name in ("child", "start", "end"))
    taken = set(cared["family"].tolist())
    applied = cared.groupby("case")["application"].first().to_numpy()
    found = []
    for first, last, count in wanted:
        missing = count - int(((applied >= first) & (applied <= last)).sum())
        for day in on_working_day(rng.integers(first, last + 1, max(0, missing)), back=True).tolist():
            day = max(day, int(on_working_day(np.asarray([first]))[0]))
            able = np.flatnonzero((start <= day) & (end > day) & (people.born[child] < day))
            free = [place for place in rng.permutation(able) if people.family[child[place]] not in taken]
            if not free:
                continue
            family = people.family[child[free[0]]]
            taken.add(family)
            ends = int(on_working_day(np.asarray([day + 7 * rng.integers(*common["weeks_at_home"])]))[0])
            outcome = pick(rng, common["outcomes_at_home"], 1)[0]
            found += [
                {"child": one, "family": family, "case": f"home {family}", "application": day, "ordered": day,
                 "concluded": ends, "outcome": outcome}
                for one in np.unique(child[able][people.family[child[able]] == family])
            ]  # fmt: skip
    return pd.DataFrame(found, columns=list(cared.columns))


def _letters(story: Story, rng: np.random.Generator, rows: pd.DataFrame, cases: int, case: np.ndarray) -> np.ndarray:
    """The day of the letter before proceedings; none where they were begun in an emergency."""
    common = story.parameters.common["proceedings"]
    before = rng.integers(*common["letter_days"], cases + 1)
    emergency = rng.random(cases + 1) < common["emergency_share"]
    return np.where(emergency[case], NEVER, rows["application"].to_numpy().astype(np.int64) - before[case])
