"""What goes with an earlier move that nobody planned: hazard ratios, each factor holding the others.

All placements of a child count, each on its own clock from its first day (the recurrent-event model of Prentice,
Williams and Peterson in gap time), with earlier moves as a factor. Errors are robust to one family's placements being
alike. What goes with a move isn't what made it happen: the placement was chosen for the child.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from scipy.stats import chi2

from analysis.disclosure import Released
from analysis.disclosure.wording import listed
from analysis.indicators import breakdowns
from analysis.indicators.evidence import Evidence
from analysis.methods.clustered import holm
from analysis.reviews.stability import siblings, time_to_move
from analysis.reviews.stability.time_to_move import FACTORS, NOT_KNOWN, UNPLANNED, Seen

# A group with fewer moves than this has no ratio worth printing; the model takes such groups of a factor together.
FEWEST_MOVES = 10
# Moves needed for each ratio that the model works out, below which it isn't fitted.
MOVES_FOR_EACH = 10
_REST = "others, too few to tell apart"
# With what the others of a factor are compared; the most frequent group where this one is rare.
_AGAINST = {"kind": breakdowns.IN_HOUSE, "age": "5 to 9", "legal": time_to_move.CARE_ORDER, "need": "Abuse or neglect",
            "distance": time_to_move.NEAR, "siblings": siblings.NO_SIBLING, "earlier": time_to_move.FIRST}  # fmt: skip
_COLUMNS = ("factor", "group", "against", "placements", "moves", "ratio", "lower", "upper", "p_of_many", "changes")
SURE = 0.05


def ratios(evidence: Evidence, found: Seen | None) -> pd.DataFrame | None:
    """Hazard ratios of moves that nobody planned: _COLUMNS, a row a group. `p_of_many` allows for all that were looked
    at (Holm); `changes` is the p-value, allowed for likewise, of the ratio changing as a placement goes on (Grambsch
    and Therneau's test on scaled Schoenfeld residuals). None where there are too few moves to fit a model."""
    if found is None:
        return None
    from statsmodels.duration.hazard_regression import PHReg

    rows = _telling(found.stays)
    moved = (rows["ending"] == UNPLANNED).to_numpy()
    columns, about = _design(rows, moved)
    if not about or moved.sum() < MOVES_FOR_EACH * len(columns):
        return None
    family = evidence.once(siblings.families).of_child.reindex(rows["child_id"])
    together = family.astype("object").where(family.notna(), rows["child_id"].to_numpy(object))
    design = np.column_stack(columns).astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = PHReg(rows["duration"].to_numpy(float), design, status=moved.astype(int),
                      entry=rows["entry"].to_numpy(float), ties="breslow")  # fmt: skip
        fitted = model.fit(groups=pd.factorize(together)[0])
    beta, error = np.asarray(fitted.params), np.asarray(fitted.bse)
    if not np.all(np.isfinite(error)) or np.any(error <= 0) or np.abs(beta).max() > 10:
        return None
    shown = [place for place, row in enumerate(about) if row["group"] != _REST]
    with np.errstate(over="ignore"):
        table = pd.DataFrame(about).assign(
            ratio=np.exp(beta), lower=np.exp(beta - 1.959964 * error), upper=np.exp(beta + 1.959964 * error)
        ).iloc[shown]  # fmt: skip
    p = chi2.sf((beta / error)[shown] ** 2, 1)
    changes = _changing(
        np.asarray(fitted.schoenfeld_residuals), rows["duration"].to_numpy(float), moved, design, beta, model
    )
    return table.assign(p_of_many=holm(p), changes=holm(changes[shown]))[list(_COLUMNS)].reset_index(drop=True)


def _telling(rows: pd.DataFrame) -> pd.DataFrame:
    """Placements that were watched on a day on which any ended in a move that nobody planned: the others tell the
    model nothing, and statsmodels has no residuals for them."""
    when = np.unique(rows.loc[rows["ending"] == UNPLANNED, "duration"].to_numpy(float))
    before = (np.searchsorted(when, rows[name].to_numpy(float), side="right") for name in ("entry", "duration"))
    entered, stopped = before
    return rows[stopped > entered]


def _design(rows: pd.DataFrame, moved: np.ndarray) -> tuple[list[np.ndarray], list[dict]]:
    """A column of yes and no for each group of each factor but the one that the others are compared with."""
    columns, about = [], []
    for factor, title in FACTORS.items():
        if factor not in rows.columns:
            continue
        group = rows[factor].astype(str)
        count = pd.DataFrame({"placements": group.value_counts()})
        count["moves"] = group[moved].value_counts().reindex(count.index, fill_value=0)
        usual = count[count["moves"] >= FEWEST_MOVES]
        usual = usual[usual.index != NOT_KNOWN]
        if len(usual) < 2:
            continue
        against = _AGAINST[factor] if _AGAINST[factor] in usual.index else usual.index[0]
        for name, row in usual.drop(index=against).iterrows():
            columns.append((group == name).to_numpy())
            about.append({"factor": title.capitalize(), "group": name, "against": against,
                          "placements": int(row["placements"]), "moves": int(row["moves"])})  # fmt: skip
        rest = ~group.isin(usual.index)
        if rest.any() and not any(np.array_equal(rest, one) for one in columns):
            columns.append(rest.to_numpy())
            about.append(
                {"factor": title.capitalize(), "group": _REST, "against": against, "placements": 0, "moves": 0}
            )
    return columns, about


def _changing(residuals, duration, moved, design, beta, model) -> np.ndarray:
    """Whether each ratio changes over the length of a placement: p-values, of the residuals' slope on ranked time."""
    happened = np.flatnonzero(moved)
    left = np.asarray(residuals)[happened]
    information = -model.hessian(beta)
    inverse = np.linalg.pinv(information)
    scaled = left @ inverse * len(happened)
    rank = pd.Series(duration[happened]).rank().to_numpy()
    rank = rank - rank.mean()
    slope = (rank[:, None] * scaled).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = slope**2 / (len(happened) * np.diag(inverse) * (rank**2).sum())
    return chi2.sf(statistic, 1)


def release(review, table: pd.DataFrame | None) -> Released:
    names = {
        "placements": "Int64",
        "moves": "Int64",
        **dict.fromkeys(("ratio", "lower", "upper", "p_of_many", "changes"), "float64"),
    }
    frame = pd.DataFrame(columns=list(_COLUMNS)) if table is None else table
    frame = frame.astype(names).assign(words=[_row_in_words(row) for row in frame.itertuples()])
    rests = ("moves", "placements")
    return review.release(
        frame, counts=rests, derived=dict.fromkeys(("ratio", "lower", "upper", "p_of_many", "changes"), rests)
    )


def _row_in_words(row) -> str:
    if row.p_of_many < SURE:
        return "more often" if row.ratio > 1 else "less often"
    if row.lower > 1 or row.upper < 1:
        return f"perhaps {'more' if row.ratio > 1 else 'less'} often; among so many, chance could give it"
    return "no difference beyond chance"


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
