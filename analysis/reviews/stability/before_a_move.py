"""What came before a move: missing episodes and changes of social worker, against the same children's other times.

Only a child's own times are compared, so whatever makes one child different from another cancels out. What changes
with time doesn't: a hard few months bring a missing episode, a new worker and a move alike, and none of them need
have brought the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import listed
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import periods_from_episodes, status
from analysis.indicators.missing import MISSING
from analysis.methods.masks import certain
from analysis.methods.recurrent import within_ratio
from analysis.reference.quarters import Quarter
from analysis.reviews.stability import moves, time_to_move
from analysis.reviews.stability.moves import Window

BEFORE_DAYS = 90
# Two lists of Annex A further apart than this leave too much unseen between them.
_LONGEST_GAP = 100
# Fewer events than this make no ratio worth printing.
FEWEST_EVENTS = 10
ANY, UNPLANNED = "any move", "a move that nobody planned"
WENT_MISSING, NEW_WORKER = "Missing episodes", "Changes of social worker"
_YEAR = 365.25
_COLUMNS = ("what", "before", "children", "inside", "outside", "rate_inside", "rate_outside", "ratio", "lower", "upper")


@dataclass(frozen=True)
class Days:
    """Children down, days of the window across, from its first: in care or not, and within 90 days before a move."""

    children: pd.Index
    first: pd.Timestamp
    in_care: np.ndarray
    before: dict[str, np.ndarray]

    def place(self, rows: pd.DataFrame, date: str) -> tuple[np.ndarray, np.ndarray]:
        """Child and day of dated rows that fall on a day in care."""
        child = self.children.get_indexer(rows["child_id"])
        day = (rows[date] - self.first).dt.days.fillna(-1).to_numpy(int)
        kept = (child >= 0) & (day >= 0) & (day < self.in_care.shape[1])
        child, day = child[kept], day[kept]
        here = self.in_care[child, day]
        return child[here], day[here]


def days(evidence: Evidence, window: Window) -> Days:
    """The last 90 days of the window are left out: what came after them isn't known yet."""
    first, last = pd.Timestamp(window.first), pd.Timestamp(window.last)
    number = max(0, (last - first).days + 1 - BEFORE_DAYS)
    rows = evidence.once(periods_from_episodes)
    rows = rows[certain(rows["start_date"] <= last) & ~certain(rows["end_date"] <= first)]
    children = pd.Index(rows["child_id"].unique())
    in_care = _spans(children, rows["child_id"], rows["start_date"], rows["end_date"], first, number)
    moved = evidence.once(moves.every)
    moved = moved[certain(moved["date"] > first) & certain(moved["date"] <= last)]
    before = {
        name: in_care & _spans(children, some["child_id"], some["date"] - pd.Timedelta(days=BEFORE_DAYS), some["date"], first, number)
        for name, some in {ANY: moved, UNPLANNED: moved[moved["unplanned"]]}.items()
    }  # fmt: skip
    return Days(children, first, in_care, before)


def _spans(
    children: pd.Index, child: pd.Series, start: pd.Series, end: pd.Series, first: pd.Timestamp, number: int
) -> np.ndarray:
    """Days from start to the day before end, true; shape (children, number)."""
    row = children.get_indexer(child)
    opens = np.clip((start - first).dt.days.to_numpy(), 0, number).astype(int)
    closes = np.clip((end - first).dt.days.fillna(number).to_numpy(), 0, number).astype(int)
    kept = (row >= 0) & (closes > opens)
    marks = np.zeros((len(children), number + 1), dtype=np.int16)
    np.add.at(marks, (row[kept], opens[kept]), 1)
    np.add.at(marks, (row[kept], closes[kept]), -1)
    return np.cumsum(marks, axis=1)[:, :number] > 0


def table(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """Each of what came before, against each kind of move: _COLUMNS. Events and rates a year are of the children who
    tell something: who had at least one, and time both before a move and otherwise. What wasn't delivered is absent."""
    window = time_to_move.window(evidence, quarter)
    rows: list[tuple] = []
    if window is not None:
        at = days(evidence, window)
        for what, tables in {
            WENT_MISSING: ("missing_episodes",),
            NEW_WORKER: ("worker_episodes", "care_status"),
        }.items():
            if any(len(evidence.table(name)) for name in tables):
                rows += [_row(what, move, evidence, window, at) for move in (ANY, UNPLANNED)]
    counts, measured = ["children", "inside", "outside"], list(_COLUMNS[5:])
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    return frame.astype({**dict.fromkeys(counts, "Int64"), **dict.fromkeys(measured, "float64")})


def _row(what: str, move: str, evidence: Evidence, window: Window, at: Days) -> tuple:
    if what == NEW_WORKER and not len(evidence.table("worker_episodes")):
        events, inside, outside, unit = *_seen_quarterly(evidence, at, move, window), 4.0
    else:
        events, inside, outside = _dated(evidence, what, at, move)
        unit = _YEAR
    (x, y), found = events, within_ratio(events[0], inside, events[1], outside)
    tells = (x + y > 0) & (inside > 0) & (outside > 0)
    rates = [
        number[tells].sum() / time[tells].sum() * unit if tells.any() else np.nan
        for number, time in ((x, inside), (y, outside))
    ]
    enough = found.inside + found.outside >= FEWEST_EVENTS
    ratio = (found.ratio, found.lower, found.upper) if enough else (np.nan,) * 3
    return (what, move, found.people, found.inside, found.outside, *rates, *ratio)


def _dated(
    evidence: Evidence, what: str, at: Days, move: str
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray, np.ndarray]:
    """Events of each child before a move and otherwise, and the days of each."""
    if what == WENT_MISSING:
        rows = evidence.table("missing_episodes")
        rows = rows[certain(rows["kind"] == MISSING)].drop_duplicates(["child_id", "start_date"])
        covered = _covered(evidence, "missing_episodes", at)
    else:
        rows = evidence.table("worker_episodes").sort_values(["child_id", "start_date"], kind="stable")
        changed = rows["child_id"].duplicated() & (rows["worker"] != rows["worker"].shift())
        rows, covered = rows[changed], _covered(evidence, "worker_episodes", at)
    marked, care = at.before[move] & covered, at.in_care & covered
    child, day = at.place(rows, "start_date")
    child, day = child[covered[day]], day[covered[day]]
    size = len(at.children)
    near = marked[child, day]
    inside, outside = np.bincount(child[near], minlength=size), np.bincount(child[~near], minlength=size)
    return (inside, outside), marked.sum(axis=1), (care & ~marked).sum(axis=1)


def _covered(evidence: Evidence, name: str, at: Days) -> np.ndarray:
    """Days of the window from which the table is known."""
    begins = evidence.begins(name)
    day = 0 if begins is None else (pd.Timestamp(begins) - at.first).days
    return np.arange(at.in_care.shape[1]) >= day


def _seen_quarterly(evidence: Evidence, at: Days, move: str, window: Window):
    """Changes between one list of Annex A and the next, by whether a move came within 90 days after the second."""
    rows = evidence.once(status)[["child_id", "as_at", "worker"]].dropna(subset=["worker"])
    rows = rows.sort_values(["child_id", "as_at"], kind="stable").drop_duplicates(["child_id", "as_at"], keep="last")
    before = rows.groupby("child_id")[["as_at", "worker"]].shift()
    rows = rows.assign(changed=rows["worker"] != before["worker"], gap=(rows["as_at"] - before["as_at"]).dt.days)
    rows = rows[certain(rows["gap"] <= _LONGEST_GAP)]
    child, day = at.children.get_indexer(rows["child_id"]), (rows["as_at"] - at.first).dt.days.to_numpy(int)
    start = day - rows["gap"].to_numpy(int)
    # The day after the list is the first that tells of a move to come, so it must be in care and in the window.
    kept = (child >= 0) & (start >= 0) & (day < at.in_care.shape[1])
    kept[kept] &= at.in_care[child[kept], day[kept]] & at.in_care[child[kept], start[kept]]
    child, day, changed = child[kept], day[kept], rows["changed"].to_numpy(bool)[kept]
    near = at.before[move][child, day]
    size = len(at.children)
    counts = [np.bincount(child[mask], minlength=size) for mask in (near & changed, ~near & changed, near, ~near)]
    return (counts[0], counts[1]), counts[2], counts[3]


def release(review, frame: pd.DataFrame) -> Released:
    """A row's numbers are withheld where they rest on from 1 to 5 events or children."""
    counts = ["children", "inside", "outside"]
    both = ("children", "inside", "outside")
    return review.release(frame, counts=counts, derived={"rate_inside": ("children", "inside"), "rate_outside": ("children", "outside"),
                                                         **dict.fromkeys(("ratio", "lower", "upper"), both)})  # fmt: skip


def in_words(released: Released, evidence: Evidence) -> str:
    """What was more, or no more, frequent before moves, in the order of the table."""
    rows = released.frame
    told = [
        _one(row, bool(released.is_withheld("ratio")[row.Index]))
        for row in rows[rows["before"] == UNPLANNED].itertuples()
    ]
    absent = [name for name, tables in {"missing episodes (SSDA903)": ("missing_episodes",),
                                        "social workers (Annex A, or SSDA903 from 2024)": ("worker_episodes", "care_status")}.items()
              if not any(len(evidence.table(one)) for one in tables)]  # fmt: skip
    if absent:
        told.append(f"no delivery has brought {listed(absent)}, so nothing can be said of them")
    if not told:
        return "The episodes of care aren't known up to the end of this quarter, so what came before moves can't be looked at."
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]}."


def _one(row, hidden: bool) -> str:
    what = row.what.lower()
    if hidden:
        return f"{what} before moves that nobody planned were so few that the numbers can't be shown"
    if pd.isna(row.ratio) or pd.isna(row.lower):
        return f"there were too few {what} to compare the {BEFORE_DAYS} days before a move with the same children's other times"
    reach = f"{row.ratio:.1f} times as frequent (95% interval {row.lower:.1f} to {row.upper:.1f})"
    opening = f"{what} were {reach} in the {BEFORE_DAYS} days before a move that nobody planned as at the same children's other times"
    if row.lower > 1:
        return f"{opening}, more than chance gives"
    if row.upper < 1:
        return f"{opening}, less than chance gives"
    return f"{opening}, which chance alone could give"
