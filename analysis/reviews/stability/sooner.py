"""What goes with an earlier move that nobody planned: hazard ratios, each factor holding the others.

All placements of a child count, each on its own clock from its first day (the recurrent-event model of Prentice,
Williams and Peterson in gap time), with earlier moves as a factor. Errors are robust to one family's placements being
alike. What goes with a move isn't what made it happen: the placement was chosen for the child.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import listed
from analysis.indicators import breakdowns
from analysis.indicators.evidence import Evidence
from analysis.methods import proportional_hazards
from analysis.methods.changing_hazards import changing
from analysis.methods.clustered import holm
from analysis.reviews.stability import siblings, time_to_move
from analysis.reviews.stability.time_to_move import FACTORS, NOT_KNOWN, UNPLANNED, Seen

# A group with fewer moves than this has no ratio worth printing; the model takes such groups of a factor together.
FEWEST_MOVES = 10
# Moves needed for each ratio that the model works out, below which it isn't fitted.
MOVES_FOR_EACH = 10
_REST = "others, too few to tell apart"
# With what the others of a factor are compared; the most frequent group where this one is rare.
_AGAINST = {"kind": breakdowns.IN_HOUSE, "age": "Aged 5 to 9", "legal": time_to_move.CARE_ORDER, "need": "Abuse or neglect",
            "distance": time_to_move.NEAR, "siblings": siblings.NO_SIBLING, "earlier": time_to_move.FIRST}  # fmt: skip
_COLUMNS = ("factor", "group", "against", "placements", "moves", "ratio", "lower", "upper", "p_of_many", "changes")
SURE = 0.05


def ratios(evidence: Evidence, found: Seen | None) -> pd.DataFrame | None:
    """Hazard ratios of moves that nobody planned: _COLUMNS, a row a group. `p_of_many` allows for all that were looked
    at (Holm); `changes` is the p-value, allowed for likewise, of the ratio changing as a placement goes on (Grambsch
    and Therneau's test on scaled Schoenfeld residuals). None where there are too few moves to fit a model."""
    if found is None:
        return None
    rows = _comparable(found.stays)
    moved = (rows["ending"] == UNPLANNED).to_numpy()
    columns, about = _design(rows, moved)
    if not about or moved.sum() < MOVES_FOR_EACH * len(columns):
        return None
    family = evidence.once(siblings.families).of_child.reindex(rows["child_id"]).astype("object")
    together = family.where(family.notna(), family.index.to_numpy(object)).to_numpy(object)
    design = pd.DataFrame(np.column_stack(columns).astype(float))
    duration, entry = rows["duration"].to_numpy(float), rows["entry"].to_numpy(float)
    try:
        fitted = proportional_hazards.cox(design, duration, moved, entry, pd.factorize(together)[0])
    except ValueError:
        # Two groups are the same placements, or one of them says alone who moves: there is nothing to tell apart.
        return None
    shown = [place for place, row in enumerate(about) if row["group"] != _REST]
    estimated = fitted.ratios().iloc[shown].reset_index(drop=True)
    changes = changing(design.to_numpy(), duration, moved, entry, fitted.coefficients)[shown]
    table = pd.DataFrame(about).iloc[shown].reset_index(drop=True).join(estimated[["ratio", "lower", "upper"]])
    return table.assign(p_of_many=holm(estimated["p"]), changes=holm(changes))[list(_COLUMNS)]


def _comparable(rows: pd.DataFrame) -> pd.DataFrame:
    """Placements without those of a group that never ended in a move that nobody planned (placed for adoption, often):
    the model's ratio for them would be nought, and with that they say nothing of the others."""
    moved = (rows["ending"] == UNPLANNED).to_numpy(bool)
    kept = np.ones(len(rows), bool)
    for factor in FACTORS:
        if factor in rows.columns:
            codes, groups = pd.factorize(rows[factor].to_numpy(object))
            kept &= np.bincount(codes[moved], minlength=len(groups))[codes] > 0
    return rows[kept]


def _design(rows: pd.DataFrame, moved: np.ndarray) -> tuple[list[np.ndarray], list[dict]]:
    """A column of yes and no for each group of each factor but the one that the others are compared with."""
    columns: list[np.ndarray] = []
    about: list[dict] = []
    for factor, title in FACTORS.items():
        if factor not in rows.columns:
            continue
        codes, groups = pd.factorize(rows[factor].to_numpy(object))
        placements, moves = np.bincount(codes), np.bincount(codes[moved], minlength=len(groups))
        often = np.argsort(-placements, kind="stable")
        usual = [code for code in often if moves[code] >= FEWEST_MOVES and groups[code] != NOT_KNOWN]
        if len(usual) < 2:
            continue
        named = {groups[code]: code for code in usual}
        against = _AGAINST[factor] if _AGAINST[factor] in named else groups[usual[0]]
        for code in usual:
            if groups[code] != against:
                columns.append(codes == code)
                about.append({"factor": title.capitalize(), "group": groups[code], "against": against,
                              "placements": int(placements[code]), "moves": int(moves[code])})  # fmt: skip
        rest = ~np.isin(codes, usual)
        if rest.any() and not any(np.array_equal(rest, one) for one in columns):
            columns.append(rest)
            about.append(
                {"factor": title.capitalize(), "group": _REST, "against": against, "placements": 0, "moves": 0}
            )
    return columns, about


def release(review, table: pd.DataFrame | None) -> Released:
    names = {
        "placements": "Int64",
        "moves": "Int64",
        **dict.fromkeys(("ratio", "lower", "upper", "p_of_many", "changes"), "float64"),
    }
    frame = pd.DataFrame(columns=list(_COLUMNS)) if table is None else table
    said = pd.Series([_row_in_words(row) for row in frame.itertuples()], index=frame.index, dtype="object")
    frame = frame.astype(names).assign(words=said)
    rests = ("moves", "placements")
    return review.release(
        frame, counts=rests, derived=dict.fromkeys(("ratio", "lower", "upper", "p_of_many", "changes"), rests)
    )


def _row_in_words(row) -> str:
    if row.p_of_many < SURE:
        return "more often" if row.ratio > 1 else "less often"
    if row.lower > 1 or row.upper < 1:
        # What one comparison alone would call a difference, and so many together can't.
        return f"perhaps {'more' if row.ratio > 1 else 'less'} often"
    return "no clear difference"


def in_words(released: Released, found: Seen | None) -> str:
    """Which groups' placements ended sooner in a move that nobody planned, other things being equal."""
    if found is None:
        return "The episodes of care aren't known up to the end of this quarter, so there is nothing to compare."
    rows = released.frame
    if rows.empty:
        return (
            f"Too few placements ended in a move that nobody planned {found.when} to compare kinds of placement and "
            f"children with each other at once; at least {MOVES_FOR_EACH} moves are needed for each comparison."
        )
    sure = rows[rows["p_of_many"] < SURE]
    opening = (
        f"Holding the other things in the table equal, placements seen {found.when} ended in a move that nobody planned"
    )
    if sure.empty:
        return f"{opening} about as often whatever was known on the first day: no difference in the table is beyond what chance gives among {len(rows)} comparisons."
    told = [_told(row) for row in sure.sort_values("p_of_many", kind="stable").head(4).itertuples()]
    return f"{opening} {'; '.join(told)}. This is what went together: a placement is chosen for a child, so it need not be what ended it."


def _told(row) -> str:
    how = "more" if row.ratio > 1 else "less"
    return (
        f"{how} often for “{row.group}” than for “{row.against}” ({row.ratio:.1f} times as often on any day, 95% interval "
        f"{row.lower:.1f} to {row.upper:.1f})"
    )


def steady_in_words(released: Released) -> str:
    """Whether the ratios hold for the whole length of a placement."""
    rows = released.frame
    if rows.empty:
        return "Without the comparison there is nothing to check."
    wrong = rows[rows["changes"] < SURE]
    if wrong.empty:
        return "The ratios were checked for changing as placements go on; none clearly does."
    names = [f"“{row.group}”" for row in wrong.itertuples()]
    return f"For {listed(names)} the ratio changes as placements go on: it is an average over their length, and doesn't hold for every month."
