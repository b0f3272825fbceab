"""By when placements end and in what way, by when children first move, and how many moves add up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import listed, number
from analysis.findings.values import make_value
from analysis.methods import competing, recurrent
from analysis.reviews.stability import time_to_move
from analysis.reviews.stability.time_to_move import ENDINGS, FACTORS, MOVES, PLANNED, UNPLANNED, Seen

MONTH_DAYS = 365.25 / 12
# Steps of the curves, and the points at which sentences read them off.
MONTHS = (0, 1, 2, 3, 6, 9, 12, 15, 18, 21, 24)
_POINTS = {6: "six months", 12: "a year", 24: "two years"}
# Fewer placements than this draw no curve that means anything.
FEWEST = 20
MOVED_UNPLANNED, MOVED_OTHERWISE, LEFT_FIRST = (
    "First move, nobody planned it",
    "First move, planned or other",
    "Left care without a move",
)
_FIRST = {
    name: MOVED_UNPLANNED if name == UNPLANNED else MOVED_OTHERWISE if name in MOVES else LEFT_FIRST for name in ENDINGS
}
FIRST_CAUSES = (MOVED_UNPLANNED, MOVED_OTHERWISE, LEFT_FIRST)
# Endings of a placement that a chart can tell apart.
OTHER_ENDINGS = "Adopted, turned 18 or left care otherwise"
_ENDING = {
    name: name if name in (UNPLANNED, PLANNED) else "Moved, other reason" if name in MOVES else OTHER_ENDINGS
    for name in ENDINGS
}
ENDING_CAUSES = tuple(dict.fromkeys(_ENDING.values()))
_CURVE = ("months", "ending", "at_risk", "ended", "share", "lower", "upper")
NOTHING = (
    "The episodes of care aren't known up to the end of this quarter, so how long placements last can't be followed."
)


def curve(rows: pd.DataFrame, endings: pd.Series, causes: tuple[str, ...]) -> pd.DataFrame:
    """Aalen and Johansen's curves of spells (duration, entry) at MONTHS, in per cent: the columns _CURVE, a row a
    point and ending. Empty for fewer than FEWEST spells."""
    if len(rows) < FEWEST:
        whole = dict.fromkeys(("at_risk", "ended"), "Int64")
        return pd.DataFrame(columns=list(_CURVE)).astype(
            {"months": "float64", "ending": "object", **whole, **dict.fromkeys(_CURVE[4:], "float64")}
        )
    found = competing.aalen_johansen(rows["duration"], endings, rows["entry"], causes).at(
        [m * MONTH_DAYS for m in MONTHS]
    )
    found = found.assign(months=np.round(found["time"] / MONTH_DAYS), ending=found["cause"])
    found[["share", "lower", "upper"]] *= 100
    return (
        found[list(_CURVE)]
        .astype({"at_risk": "Int64", "ended": "Int64"})
        .sort_values(["months"], kind="stable", ignore_index=True)
    )


def release_curve(review, frame: pd.DataFrame) -> Released:
    """A point of a curve is withheld where from 1 to 5 had ended so by then, or were still watched."""
    rests = ("at_risk", "ended")
    return review.release(
        frame, counts=rests, derived={"months": (), **dict.fromkeys(("share", "lower", "upper"), rests)}
    )


def endings(review, found: Seen | None) -> Released:
    """How placements ended, of all that were watched, however many the child had had before."""
    rows = _rows(found)
    return release_curve(review, curve(rows, rows["ending"].map(_ENDING), ENDING_CAUSES))


def first_moves(review, found: Seen | None) -> Released:
    """By when children who came into care first moved, or left without a move."""
    rows = _rows(None) if found is None else time_to_move.first_stays(found)
    return release_curve(review, curve(rows, rows["ending"].map(_FIRST), FIRST_CAUSES))


def _rows(found: Seen | None) -> pd.DataFrame:
    return pd.DataFrame(columns=["duration", "entry", "ending"]) if found is None else found.stays


def how_many(review, found: Seen | None) -> Released:
    """Moves that add up for a child who stays in care: a row for each of MONTHS and kind of move (`kind`: all moves,
    unplanned moves), with at_risk, events, mean, lower, upper."""
    rows = None if found is None else time_to_move.in_care(found)
    parts = []
    for kind, column in {"All moves": "moved", UNPLANNED.removeprefix("Moved, ").capitalize(): "unplanned"}.items():
        if rows is None or rows["child_id"].nunique() < FEWEST:
            break
        mean = recurrent.mean_cumulative(
            rows["child_id"], rows["start"], rows["stop"], rows[column], [m * MONTH_DAYS for m in MONTHS]
        )
        parts.append(mean.assign(kind=kind, months=np.round(mean["time"] / MONTH_DAYS)))
    names = ["months", "kind", "at_risk", "events", "mean", "lower", "upper"]
    frame = pd.concat(parts, ignore_index=True)[names] if parts else pd.DataFrame(columns=names)
    frame = frame.astype(
        {"months": "float64", "at_risk": "Int64", "events": "Int64", **dict.fromkeys(names[4:], "float64")}
    )
    rests = ("at_risk", "events")
    return review.release(frame, counts=rests, derived={"months": (), **dict.fromkeys(names[4:], rests)})


def by_group(review, found: Seen | None) -> Released:
    """Of children who came into care, the share who had moved within a year, by what was known on the first day.

    Columns: factor, group, children, moved, unplanned (seen to move within the year), any_percent, unplanned_percent,
    lower, upper (of unplanned_percent). Leaving care before a move is a way of its own to end, not a censoring.
    """
    rows = _rows(None) if found is None else time_to_move.first_stays(found)
    told, year = [], 365.25
    duration, entry = rows["duration"].to_numpy(float), rows["entry"].to_numpy(float)
    endings = rows["ending"].map(_FIRST).to_numpy(object)
    for factor, title in FACTORS.items():
        if factor not in rows.columns or factor == "earlier":
            continue
        codes, groups = pd.factorize(rows[factor].to_numpy(object))
        for code, group in enumerate(groups):
            mine = codes == code
            if mine.sum() < FEWEST or duration[mine].max() < year:
                continue
            way = competing.aalen_johansen(duration[mine], endings[mine], entry[mine], FIRST_CAUSES)
            place = np.searchsorted(way.times, year, side="right")
            ended = way.events[:, :place].sum(axis=1)
            share, lower, upper = (
                100 * (part[:, place - 1] if place else np.zeros(len(FIRST_CAUSES)))
                for part in (way.share, way.lower, way.upper)
            )
            told.append(
                (
                    title.capitalize(),
                    group,
                    int(mine.sum()),
                    ended[:2].sum(),
                    ended[0],
                    share[:2].sum(),
                    share[0],
                    lower[0],
                    upper[0],
                )
            )
    counts, shares = ["children", "moved", "unplanned"], ["any_percent", "unplanned_percent", "lower", "upper"]
    frame = pd.DataFrame(told, columns=["factor", "group", *counts, *shares])
    frame = frame.astype({**dict.fromkeys(counts, "Int64"), **dict.fromkeys(shares, "float64")})
    order = {title.capitalize(): place for place, title in enumerate(FACTORS.values())}
    frame = frame.assign(order=frame["factor"].map(order)).sort_values(
        ["order", "children"], ascending=[True, False], kind="stable", ignore_index=True
    ).drop(columns="order")  # fmt: skip
    return review.release(
        frame,
        counts=counts,
        derived={"any_percent": ["moved", "children"], **dict.fromkeys(shares[1:], ("unplanned", "children"))},
    )


# --- in words --------------------------------------------------------------------------------------------------------


def _point(released: Released, months: int, ending: str, column: str = "share") -> tuple[object, bool]:
    rows = released.frame
    mine = rows[(rows["months"] == months) & (rows["ending"] == ending)]
    if mine.empty:
        return None, False
    return mine[column].iloc[0], bool(released.is_withheld(column)[mine.index[0]])


def _percent(released: Released, months: int, ending: str) -> str | None:
    share, hidden = _point(released, months, ending)
    return None if share is None else number(share, "percent", withheld=hidden)


def endings_in_words(released: Released, found: Seen | None) -> str:
    """How placements had ended by six months and a year."""
    if found is None:
        return NOTHING
    told = []
    for months in (6, 12):
        unplanned, planned = _percent(released, months, UNPLANNED), _percent(released, months, PLANNED)
        if unplanned is not None and planned is not None:
            told.append(
                f"by {_POINTS[months]} {unplanned} had ended in a move that nobody planned and {planned} in a planned one"
            )
    if not told:
        return f"Fewer than {FEWEST} placements were watched long enough {found.when}, too few to say how they end."
    return f"Of placements watched {found.when}, {'; '.join(told)}."


def first_moves_in_words(released: Released, found: Seen | None) -> str:
    """By when children who came into care had moved for the first time."""
    if found is None:
        return NOTHING
    told = [
        f"within {_POINTS[months]} {unplanned} had a first move that nobody planned and {other} one that was planned or had another reason"
        for months in (6, 12)
        if (unplanned := _percent(released, months, MOVED_UNPLANNED))
        and (other := _percent(released, months, MOVED_OTHERWISE))
    ]
    if not told:
        return f"Too few children were seen coming into care {found.when} to say how soon they first move."
    left = _percent(released, 12, LEFT_FIRST)
    more = f" {left} left care within a year without having moved." if left and left != "c" else ""
    return f"Of children who came into care {found.when}, {'; '.join(told)}.{more}"


def how_many_in_words(released: Released, found: Seen | None) -> str:
    """How many moves add up for a child who stays."""
    if found is None:
        return NOTHING
    rows = released.frame[released.frame["kind"] == "All moves"]
    told = []
    for months in (12, 24):
        mine = rows[rows["months"] == months]
        if len(mine):
            at, hidden = mine.iloc[0], bool(released.is_withheld("mean")[mine.index[0]])
            reach = "" if hidden else f" ({number(at['lower'], 'mean')} to {number(at['upper'], 'mean')})"
            told.append(f"{number(at['mean'], 'mean', withheld=hidden)} moves{reach} by {_POINTS[months]}")
    if not told:
        return f"Too few children were watched from their first day {found.when} to add up their moves."
    return f"A child who stays in care has had on average {listed(told)} in care, if those who stay move as those seen so far did."


def values(review, first: Released, many: Released, found: Seen | None) -> dict[str, dict]:
    """`unplanned_first_move_percent.six_months`, `.one_year`; `moves_per_child.one_year`, `.two_years`."""
    about = {} if found is None else {"period": f"seen {found.when}"}
    items = {}
    for name, months in {"six_months": 6, "one_year": 12}.items():
        rows = first.frame[(first.frame["months"] == months) & (first.frame["ending"] == MOVED_UNPLANNED)]
        items[f"unplanned_first_move_percent.{name}"] = _value(review, rows, "share", "percent", ("ended", "at_risk"),
                                                               "Had a first move that nobody planned", about)  # fmt: skip
    for name, months in {"one_year": 12, "two_years": 24}.items():
        rows = many.frame[(many.frame["months"] == months) & (many.frame["kind"] == "All moves")]
        items[f"moves_per_child.{name}"] = _value(review, rows, "mean", "mean", ("events", "at_risk"),
                                                  "Moves of a child who stays in care", about)  # fmt: skip
    return items


def _value(review, rows: pd.DataFrame, column: str, unit: str, rests: tuple[str, ...], title: str, about: dict) -> dict:
    if rows.empty or pd.isna(rows[column].iloc[0]):
        # Withheld already, or nothing to say.
        return make_value(review.audience, None, unit=unit, text="c" if len(rows) else None, title=title, **about)
    return make_value(review.audience, float(rows[column].iloc[0]), unit=unit,
                      rests_on=[rows[name].iloc[0] for name in rests], title=title, **about)  # fmt: skip
