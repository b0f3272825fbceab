"""Which recent patterns came before a move that nobody planned, and how well they told it beforehand.

At each quarter's end a row for each child looked after: what their last twelve months held (CLUES, yes or no), and
whether a move that nobody planned followed within six months. A penalised logistic model learns from quarter ends
whose six months are over, and is tried on later ones that it hasn't seen. What is used of a past quarter is what had
happened by its end, as the latest delivery knows it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import status
from analysis.indicators.missing import MISSING
from analysis.methods import calibration
from analysis.methods.masks import certain
from analysis.reference.quarters import Quarter
from analysis.reviews.stability import time_to_move
from analysis.reviews.stability.time_to_move import UNPLANNED

LOOK_BACK_DAYS, LOOK_AHEAD_DAYS, NEW_DAYS = 365, 182, 90
# Annex A is a list a quarter; two further apart don't say when a worker changed.
_LONGEST_GAP = 100
_MANY, _OFTEN = 2, 3
# Below these the model would learn noise: moves to learn from, quarter ends to try it on, and children at each.
FEWEST_MOVES, FEWEST_TRIED, FEWEST_CHILDREN = 40, 2, 30
# A child's pattern stands out where the chance that goes with it is this many times the average.
STANDS_OUT = 2.0
CLUES = {
    "many": "two or more placements in the last twelve months",
    "unplanned": "a move that nobody planned in the last twelve months",
    "new": "a placement that began in the last three months",
    "missing": "missing from the placement once or twice in the last twelve months",
    "missing_often": "missing three times or more in the last twelve months",
    "worker": "a new social worker since the list before",
    "far": "a placement over 20 miles from home",
    "new_to_care": "came into care in the last six months",
    "aged_10_to_15": "aged 10 to 15",
    "aged_16": "aged 16 or over",
    "settled": "a year or more in the placement",
}
# What speaks for a placement holding is in the model, and is no reason for a conversation.
NO_REASON = frozenset(("settled",))


@dataclass(frozen=True)
class Patterns:
    """Children at quarter ends: `rows` has child_id, day, CLUES, followed (missing where six months haven't passed),
    and what reasons are told with: placements, missing_times, age and placement_start. `days`: the quarter
    ends, in order; `now` is the last, the quarter's own."""

    rows: pd.DataFrame
    days: tuple[pd.Timestamp, ...]
    now: pd.Timestamp


def patterns(evidence: Evidence, quarter: Quarter) -> Patterns | None:
    """Each quarter end at which twelve months before it are known, up to the quarter's. None where there is none."""
    window = time_to_move.window(evidence, quarter)
    if window is None:
        return None
    first, last = pd.Timestamp(window.first), pd.Timestamp(window.last)
    ends = [pd.Timestamp(quarter.shift(-back).end) for back in range(80)]
    days = tuple(sorted(day for day in ends if day - pd.Timedelta(days=LOOK_BACK_DAYS) >= first - pd.Timedelta(days=1)))
    if not days:
        return None
    stays = evidence.once(time_to_move.stays)
    stays = stays[stays["start"] <= last]
    codes, children = pd.factorize(stays["child_id"])
    looked = _Looked(evidence, stays, codes, children, last)
    return Patterns(pd.concat([looked.at(day) for day in days], ignore_index=True), days, days[-1])


class _Looked:
    """What is asked of the same arrays at every quarter end."""

    def __init__(
        self, evidence: Evidence, stays: pd.DataFrame, codes: np.ndarray, children: pd.Index, last: pd.Timestamp
    ):
        self.stays, self.codes, self.children, self.last = stays, codes, children, last
        self.start, self.end = stays["start"].to_numpy("datetime64[D]"), stays["end"].to_numpy("datetime64[D]")
        self.end = np.where(
            np.isnat(self.end) | (self.end > last.to_datetime64().astype("datetime64[D]")),
            np.datetime64("2200-01-01"),
            self.end,
        )
        self.unplanned = (stays["ending"] == UNPLANNED).to_numpy()
        self.born = (
            evidence.table("children")
            .drop_duplicates("child_id")
            .set_index("child_id")["date_of_birth"]
            .reindex(children)
        ).to_numpy("datetime64[D]")
        gone = evidence.table("missing_episodes")
        gone = gone[certain(gone["kind"] == MISSING)].drop_duplicates(["child_id", "start_date"])
        self.gone = children.get_indexer(gone["child_id"]), gone["start_date"].to_numpy("datetime64[D]")
        self.worker = _changes(evidence, children)
        self.far = (
            (stays["distance"] == time_to_move.FAR).to_numpy()
            if "distance" in stays.columns
            else np.zeros(len(stays), bool)
        )

    def _count(self, code: np.ndarray, mask: np.ndarray) -> np.ndarray:
        kept = mask & (code >= 0)
        return np.bincount(code[kept], minlength=len(self.children))

    def at(self, day: pd.Timestamp) -> pd.DataFrame:
        d, back, ahead = (
            np.datetime64(day.date()) + np.timedelta64(n, "D") for n in (0, -LOOK_BACK_DAYS, LOOK_AHEAD_DAYS)
        )
        touching = (self.start <= d) & (self.end > back) & (self.end > self.start)
        held = self._count(self.codes, touching)
        broke = self._count(self.codes, self.unplanned & (self.end > back) & (self.end <= d))
        gone = self._count(self.gone[0], (self.gone[1] > back) & (self.gone[1] <= d))
        changed = self._count(self.worker[0], (self.worker[1] == d))
        follows = self._count(self.codes, self.unplanned & (self.end > d) & (self.end <= ahead)) > 0
        here = np.flatnonzero((self.start <= d) & (self.end > d))
        # Where placements overlap the one that began last is where the child lives: stays are in order of start.
        here = here[~pd.Series(self.codes[here]).duplicated(keep="last").to_numpy()]
        child = self.codes[here]
        age = (d - self.born[child]).astype(float) / 365.25
        age = np.where(np.isnat(self.born[child]), np.nan, age)
        inside = (d - self.start[here]).astype(int)
        rows = self.stays.iloc[here]
        cared = (np.datetime64(day.date()) - rows["period_start"].to_numpy("datetime64[D]")).astype(int)
        over = bool(ahead <= self.last.to_datetime64())
        return pd.DataFrame(
            {
                "child_id": rows["child_id"].to_numpy(), "day": day,
                "many": held[child] >= _MANY, "unplanned": broke[child] > 0, "new": inside < NEW_DAYS,
                "missing": (gone[child] > 0) & (gone[child] < _OFTEN), "missing_often": gone[child] >= _OFTEN, "worker": changed[child] > 0,
                "far": self.far[here], "new_to_care": rows["from_entry"].to_numpy() & (cared < LOOK_AHEAD_DAYS),
                "aged_10_to_15": (age >= 10) & (age < 16), "aged_16": age >= 16, "settled": inside >= LOOK_BACK_DAYS,
                "followed": follows[child] if over else np.full(len(child), np.nan, object),
                "placements": held[child], "missing_times": gone[child], "age": np.floor(age), "placement_start": rows["start"].to_numpy(),
            }
        )  # fmt: skip


def _changes(evidence: Evidence, children: pd.Index) -> tuple[np.ndarray, np.ndarray]:
    """Child and date of each list of Annex A that names another worker than the one before; from 2024 the SSDA903's own
    dates, taken to the end of their quarter."""
    dated = evidence.table("worker_episodes")
    if len(dated):
        dated = dated.sort_values(["child_id", "start_date"], kind="stable")
        rows = dated[dated["child_id"].duplicated() & (dated["worker"] != dated["worker"].shift())]
        when = (rows["start_date"] + pd.offsets.QuarterEnd(0)).to_numpy("datetime64[D]")
        return children.get_indexer(rows["child_id"]), when
    rows = evidence.once(status)[["child_id", "as_at", "worker"]].dropna(subset=["worker"])
    rows = rows.sort_values(["child_id", "as_at"], kind="stable").drop_duplicates(["child_id", "as_at"], keep="last")
    before = rows.groupby("child_id")[["as_at", "worker"]].shift()
    gap = (rows["as_at"] - before["as_at"]).dt.days
    rows = rows[certain(rows["worker"] != before["worker"]) & certain(gap <= _LONGEST_GAP)]
    return children.get_indexer(rows["child_id"]), rows["as_at"].to_numpy("datetime64[D]")


# --- learnt, and tried on what came later ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Tried:
    """The model tried on quarter ends that it hadn't seen: `rows` with child_id, day, chance, base (the average that
    was known then), listed, followed; `score` and the calibration `bands`; `why_not` says in words why it wasn't."""

    rows: pd.DataFrame
    score: calibration.Skill | None
    bands: pd.DataFrame
    why_not: str = ""

    @property
    def helps(self) -> bool:
        """Whether those whose pattern stood out moved clearly more often than children do, and chances beat the
        average."""
        if self.score is None:
            return False
        listed = self.rows[self.rows["listed"]]
        if not len(listed) or not self.score.skill > 0:
            return False
        from analysis.methods.intervals import wilson

        lower, _ = wilson(listed["followed"].sum(), len(listed))
        return bool(lower > self.rows["followed"].mean())


def learn(rows: pd.DataFrame) -> calibration.Logistic:
    return calibration.logistic(rows[list(CLUES)].to_numpy(float), rows["followed"].to_numpy(float))


def tried(found: Patterns | None) -> Tried:
    """At each quarter end whose six months are over, the model is fitted to quarter ends whose six months were over by
    then, and gives its chances to the children of that day."""
    nothing = (
        pd.DataFrame(columns=["child_id", "day", "chance", "base", "listed", "followed"]),
        None,
        calibration.table([], []),
    )
    if found is None:
        return Tried(
            *nothing, "episodes of care aren't known for the twelve months before any quarter's end up to this one"
        )
    rows = found.rows[found.rows["followed"].notna()]
    parts = []
    for day in found.days:
        mine = rows[rows["day"] == day]
        past = rows[rows["day"] <= day - pd.Timedelta(days=LOOK_AHEAD_DAYS)]
        if len(mine) < FEWEST_CHILDREN or past["followed"].sum() < FEWEST_MOVES:
            continue
        base = float(past["followed"].astype(float).mean())
        chance = learn(past).chance(mine[list(CLUES)].to_numpy(float))
        parts.append(
            pd.DataFrame({"child_id": mine["child_id"], "day": day, "chance": chance, "base": base,
                          "listed": chance >= STANDS_OUT * base, "followed": mine["followed"].astype(bool)})
        )  # fmt: skip
    if len(parts) < FEWEST_TRIED:
        return Tried(*nothing, (
            f"at least {FEWEST_MOVES} moves that nobody planned are needed to learn from, and {FEWEST_TRIED} later quarters with "
            f"{FEWEST_CHILDREN} children or more to try it on, and the deliveries so far don't hold them"
        ))  # fmt: skip
    whole = pd.concat(parts, ignore_index=True)
    score = calibration.skill(whole["chance"], whole["followed"], whole["base"], whole["child_id"])
    return Tried(whole, score, calibration.table(whole["chance"], whole["followed"]))
