"""Which groups a rise lies in: each group's part in it, what its share would have been, and whether that is chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from analysis.methods.clustered import holm
from analysis.methods.rate_changes import homogeneity
from analysis.methods.resampling import DRAWS, SEED, cluster_weights, percentile_interval

# A share whose group has fewer rows than this in the two periods together isn't tested: the test would be rough.
FEWEST = 10

COLUMNS = ("before", "after", "known_before", "known_after", "change", "change_lower", "change_upper", "in_proportion",
           "excess", "excess_lower", "excess_upper", "share_before", "share_after", "design", "p")  # fmt: skip


def contributions(members: pd.DataFrame, later, clusters, *, known: pd.DataFrame | None = None, test=None,
                  draws: int = DRAWS, seed: int = SEED) -> pd.DataFrame:  # fmt: skip
    """Each group's part in the change of a total from one period to a later one.

    Question: more came; does the rise lie in some groups, or did all grow alike?
    Method: `change` is the group's own; `in_proportion` what it would have been had the group kept its share of the
    total; `excess` the difference, which adds up to 0 over the groups of one cut. Their 95% limits are percentiles
    of the cluster bootstrap. `p` is of the group's share being the same in both periods: a score test whose variance is
    multiplied by the design effect of the clusters (`design`, 1 at least).
    Trap: a group that is large rises by much whenever everything rises, so a large change is no finding; and among many
    groups some always differ by chance (`among_cuts`). A test that finds nothing hasn't shown that nothing changed.
    Source: Rao and Scott, Biometrics 48 (1992), 577-585.

    `members`: a row a unit of either period, a column a group (true for its members; a unit may be in many, of several
    cuts). `later`: true for rows of the later period. `clusters`: a label a row. `known`: shaped as `members`, false
    where nobody can say whether a row is in the group: it is left out of the group's totals. `test`: true for each group to
    test (all). Columns: COLUMNS, a row a group. Where a period has no row that is known, shares are NaN.
    """
    x = members.to_numpy(float)
    there = np.ones_like(x) if known is None else known.to_numpy(float)
    now = np.asarray(later, bool)
    if x.shape != there.shape or len(now) != len(x):
        raise ValueError("members, known and later must have a row for each unit")
    if np.any(x > there):
        raise ValueError("a unit can't be in a group and not be known")
    counts = [part.sum(axis=0) for part in (x[~now], x[now], there[~now], there[now])]
    weights = cluster_weights(clusters, draws, seed)
    # Groups of one cut are known for the same rows: each such column is multiplied once.
    distinct, column = np.unique(there, axis=1, return_inverse=True)
    drawn = [weights[:, side] @ part[side] for part in (x, distinct) for side in (~now, now)]
    drawn[2:] = [part[:, column.ravel()] for part in drawn[2:]]
    change, in_proportion, excess = _parts(*counts)
    change_drawn, _, excess_drawn = _parts(*drawn)
    limits = [*percentile_interval(change_drawn), *percentile_interval(excess_drawn)]
    p, design = _same_share(x, there, now, np.unique(np.asarray(clusters), return_inverse=True)[1], counts)
    asked = np.ones(x.shape[1], bool) if test is None else np.asarray(test, bool)
    p = np.where(asked & (counts[0] + counts[1] >= FEWEST), p, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = (counts[0] / counts[2], counts[1] / counts[3])
    found = [*counts, change, limits[0], limits[1], in_proportion, excess, limits[2], limits[3], *shares, design, p]
    return pd.DataFrame(dict(zip(COLUMNS, found, strict=True)), index=members.columns)


def _parts(before, after, known_before, known_after) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = before * known_after / known_before
    return after - before, kept - before, after - kept


def _same_share(x, there, now, cluster, counts) -> tuple[np.ndarray, np.ndarray]:
    """Two-sided p of a group's share being the same in both periods, and the design effect."""
    before, after, n0, n1 = counts
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (before + after) / (n0 + n1)
        weight = np.where(now[:, None], 1 / n1, -1 / n0)
        pull = (x - pooled) * there * weight
        gap = after / n1 - before / n0
        independent = pooled * (1 - pooled) * (1 / n0 + 1 / n1)
    between = np.zeros((int(cluster.max(initial=-1)) + 1, x.shape[1]))
    np.add.at(between, cluster, pull)
    with np.errstate(divide="ignore", invalid="ignore"):
        # The design effect: how much wider clusters make it than the same rows would, each on its own.
        design = np.fmax((between**2).sum(axis=0) / (pull**2).sum(axis=0), 1.0)
        variance = independent * design
        return np.where(variance > 0, 2 * ndtr(-np.abs(gap) / np.sqrt(variance)), np.nan), design


def among_cuts(found: pd.DataFrame, cuts, overlapping=()) -> pd.DataFrame:
    """p-values that allow for having looked at many groups in many cuts.

    Question: of all the ways in which the rise could be told apart, which show more than chance?
    Method: first each cut is asked whether its groups changed unlike at all (`rate_changes.homogeneity` with the cut's mean
    design effect; for `overlapping` cuts, whose groups share members, the smallest p times their number), with Holm's
    allowance over the cuts; then, within a cut, each group, with Holm's over the groups tested. A group is beyond
    chance where both are: `p_of_many` is the larger. So all cuts and groups together raise a false alarm no more
    often than the level that p_of_many is held against.
    Trap: a cut of many groups of which one changed a little may not pass as a whole.
    Source: Holm, Scandinavian Journal of Statistics 6 (1979), 65-70; gatekeeping: Dmitrienko and Tamhane,
    Pharmaceutical Statistics 6 (2007), 171-180.

    `found`: a table of `contributions`; `cuts`: the cut of each row. Gives columns p_of_cut and p_of_many, rows of `found`.
    """
    labels, names = pd.factorize(np.asarray(cuts, object))
    p, design = found["p"].to_numpy(float), found["design"].to_numpy(float)
    counts = found[["before", "after"]].to_numpy(float)
    whole, within = np.full(len(names), np.nan), np.full(len(p), np.nan)
    for number, cut in enumerate(names):
        mine = labels == number
        tested = mine & ~np.isnan(p)
        within[mine] = holm(p[mine])
        if not tested.any():
            continue
        if cut in overlapping:
            whole[number] = min(1.0, p[tested].min() * tested.sum())
            continue
        few = counts.sum(axis=1) < FEWEST
        groups = np.vstack([counts[mine & ~few], counts[mine & few].sum(axis=0)])
        groups = groups[groups.sum(axis=1) >= FEWEST]
        whole[number] = homogeneity(groups[:, 0], groups[:, 1], max(1.0, float(design[tested].mean())))
    of_cut = holm(whole)[labels]
    return pd.DataFrame({"p_of_cut": of_cut, "p_of_many": np.maximum(of_cut, within)}, index=found.index)


@dataclass(frozen=True)
class RateAndMix:
    """A change in the number of events, split exactly: volume + sum of `rate` + sum of `mix` = change.

    `parts`: volume, rate, mix (each the whole of its kind) and change: columns value, lower, upper (95%).
    `table`: a row a group: exposure_before, exposure_after, events_before, events_after, rate_before, rate_after (as
    proportions), rate, rate_lower, rate_upper, mix, mix_lower, mix_upper (in events).
    """

    parts: pd.DataFrame
    table: pd.DataFrame


def rate_and_mix(group, happened, later, weights) -> RateAndMix:
    """Splits a change in events into more at the gate, a larger share passed, and a different mix at the gate.

    Question: are there more because more came to the decision, because more of each kind passed it, or because kinds
    that pass more often have grown?
    Method: events = volume x overall rate; the change in each is weighted by the other's mean, and the change in the
    overall rate is Kitagawa's (`flows.rate_and_mix_change`), with each group's rate measured from the overall rate in
    its mix part, so that a group adds to mix where it grew and passes more often than most. Limits are
    percentiles of the cluster bootstrap.
    Trap: it is of the groups that the cut knows; a change within a group (thresholds, or harm) shows as rate.
    Source: Kitagawa, J. Am. Stat. Assoc. 50 (1955), 1168-1194.

    Arrays of one length, a row a unit that came to the decision: its group, whether it passed, whether it is of the
    later period; `weights`: a row a draw (`resampling.cluster_weights`). Raises ValueError where a period has no rows.
    """
    code, names = pd.factorize(np.asarray(group, object), sort=False)
    now, passed = np.asarray(later, bool), np.asarray(happened, bool)
    if not (now.any() and (~now).any()):
        raise ValueError("both periods need some units")
    if np.any(code < 0):
        raise ValueError("every unit needs a group")
    inside = np.eye(len(names))[code]
    columns = [inside * mask[:, None] for mask in (~now, now, ~now & passed, now & passed)]
    exact = _split(*(part.sum(axis=0)[None] for part in columns))
    drawn = _split(*np.split(weights @ np.hstack(columns), 4, axis=1))
    totals = {
        name: (float(one[0].sum()), *map(float, percentile_interval(many.sum(axis=1))))
        for name, one, many in zip(("volume", "rate", "mix"), exact, drawn, strict=True)
    }
    whole = sum(many.sum(axis=1) for many in drawn)
    totals["change"] = (sum(part[0] for part in totals.values()), *map(float, percentile_interval(whole)))
    parts = pd.DataFrame(totals, index=["value", "lower", "upper"]).T
    counts = {
        name: part.sum(axis=0)
        for name, part in zip(("exposure_before", "exposure_after", "events_before", "events_after"), columns, strict=True)
    }  # fmt: skip
    table = pd.DataFrame(counts, index=pd.Index(names, name="group"))
    table = table.assign(
        rate_before=table["events_before"] / table["exposure_before"].where(table["exposure_before"] > 0),
        rate_after=table["events_after"] / table["exposure_after"].where(table["exposure_after"] > 0),
    )
    for name, one, many in zip(("rate", "mix"), exact[1:], drawn[1:], strict=True):
        lower, upper = percentile_interval(many)
        table = table.assign(**{name: one[0], f"{name}_lower": lower, f"{name}_upper": upper})
    return RateAndMix(parts, table)


def _split(e0, e1, n0, n1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Volume (draws x 1), rate and mix (draws x groups), in events, for arrays of draws x groups."""
    whole0, whole1 = e0.sum(axis=1, keepdims=True), e1.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        r0, r1 = n0 / e0, n1 / e1
        # A group that wasn't there takes the other period's rate: its coming or going is mix.
        r0, r1 = np.where(e0 > 0, r0, np.where(e1 > 0, r1, 0.0)), np.where(e1 > 0, r1, np.where(e0 > 0, r0, 0.0))
        s0, s1 = e0 / whole0, e1 / whole1
        over0, over1 = n0.sum(axis=1, keepdims=True) / whole0, n1.sum(axis=1, keepdims=True) / whole1
    size, level = (whole0 + whole1) / 2, (over0 + over1) / 2
    return (whole1 - whole0) * level, size * (r1 - r0) * (s0 + s1) / 2, size * (s1 - s0) * ((r0 + r1) / 2 - level)
