"""For whom, and where: which groups a rise in plans starting lies in, ranked, and what is only size or chance."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released
from analysis.disclosure.additive import Structure
from analysis.disclosure.policy import is_small
from analysis.disclosure.wording import number
from analysis.findings.measures import moments
from analysis.findings.values import make_value
from analysis.indicators.evidence import Evidence
from analysis.methods.contributions import COLUMNS, among_cuts, contributions
from analysis.reference.project import Authority
from analysis.reference.quarters import Quarter, words
from analysis.reviews.growth.cuts import CUTS, describe, label, starts
from analysis.reviews.growth.families import of_plans

if TYPE_CHECKING:
    from analysis.findings.review import Review

# A group stands out where its share changed by more than chance at this level, allowing for every group looked at.
LEVEL = 0.05
# A lead: not beyond chance once all groups are allowed for, but beyond this on its own.
LEAD = 0.10
# Rows in which a reader still sees a pattern.
MOST_RANKED = 12
STANDS_OUT, A_LEAD, CHANCE, TOO_FEW, MIRROR = "stands out", "may differ", "as chance", "too few", ""
_WHAT = (
    "before",
    "after",
    "change",
    "change_lower",
    "change_upper",
    "in_proportion",
    "excess",
    "excess_lower",
    "excess_upper",
)
_RESTS_ON = ("before", "after")
_BY_ID = {cut.id: cut for cut in CUTS}


@dataclass(frozen=True)
class Comparison:
    """Plans starting in a year and in the year before, group by group.

    before, after: first and last day; totals: plans starting in each; `table`: a row a group: cut (its id), title, group,
    the columns of `contributions`, share_earlier (the year before both, where known) and verdict; `omitted`: cuts
    that couldn't be made, with the reason; `why`: no comparison at all (then the table is empty).
    """

    before: tuple[dt.date, dt.date]
    after: tuple[dt.date, dt.date]
    totals: tuple[int, int]
    table: pd.DataFrame
    omitted: dict[str, str]
    why: str = ""

    @property
    def change(self) -> int:
        return self.totals[1] - self.totals[0]

    @property
    def tested(self) -> int:
        return int(self.table["p"].notna().sum())

    @property
    def standing_out(self) -> pd.DataFrame:
        """Groups whose share changed beyond chance: first those that went the way of the total, the largest first."""
        rows = self.table[self.table["verdict"] == STANDS_OUT]
        same = rows["excess"] * (1 if self.change >= 0 else -1)
        return rows.loc[same.sort_values(ascending=False, kind="stable").index]

    @property
    def cuts(self) -> int:
        return int(self.table.loc[self.table["p"].notna(), "cut"].nunique())


def year(quarter: Quarter) -> tuple[dt.date, dt.date]:
    return quarter.shift(-3).start, quarter.end


def compare(
    evidence: Evidence, authority: Authority, before: Quarter, after: Quarter, places=("locality", "team")
) -> Comparison:
    """Compares plans starting in the twelve months to the end of two quarters, in every cut that can be made.

    Families are kept together (`families`). `places`: which of locality and team may be shown.
    """
    spans = year(before), year(after)
    every = starts(evidence)
    covered = all(evidence.covers("protection_plans", *span) for span in spans)
    within = [every["start_date"].between(*map(pd.Timestamp, span)).to_numpy(bool) for span in spans]
    totals = int(within[0].sum()), int(within[1].sum())
    empty = pd.DataFrame(
        columns=["cut", "title", "group", *COLUMNS, "p_of_cut", "p_of_many", "share_earlier", "verdict"]
    )
    if not covered:
        return Comparison(*spans, totals, empty, {}, "the deliveries don't cover both years")
    if not min(totals):
        return Comparison(*spans, totals, empty, {}, "no plan started in one of the years")
    told = label(evidence, authority, spans, places)
    held = [one for one in told if not one.why]
    rows = within[0] | within[1]
    members = pd.concat([one.members.add_prefix(f"{one.cut.id}|") for one in held], axis=1)
    known = pd.concat([one.known.add_prefix(f"{one.cut.id}|") for one in held], axis=1)
    there = members[rows].any().to_numpy()
    cut_of, group_of = (list(part) for part in zip(*(name.split("|", 1) for name in members.columns), strict=True))
    untested = np.asarray([group in _BY_ID[cut].untested for cut, group in zip(cut_of, group_of, strict=True)])
    families = evidence.once(of_plans)["family"]
    found = contributions(
        members.loc[rows, there], within[1][rows], families[rows], known=known.loc[rows, there], test=~untested[there]
    )
    share = _share_earlier(evidence, every, members, known, before.shift(-4))[there]
    cut_of, group_of = np.asarray(cut_of)[there], np.asarray(group_of)[there]
    many = among_cuts(found, cut_of, overlapping=("factors",))
    table = found.assign(**many).reset_index(drop=True).assign(
        cut=cut_of, title=[_BY_ID[cut].title for cut in cut_of], group=group_of, share_earlier=share,
        verdict=np.select(
            [untested[there], found["p"].isna(), many["p_of_many"] < LEVEL, found["p"] < LEAD],
            [MIRROR, TOO_FEW, STANDS_OUT, A_LEAD], CHANCE),
    )  # fmt: skip
    return Comparison(*spans, totals, table[list(empty.columns)], {one.cut.title: one.why for one in told if one.why})


def _share_earlier(evidence: Evidence, every: pd.DataFrame, members, known, quarter: Quarter) -> np.ndarray:
    span = year(quarter)
    if not evidence.covers("protection_plans", *span):
        return np.full(len(members.columns), np.nan)
    inside = every["start_date"].between(*map(pd.Timestamp, span)).to_numpy(bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        return members[inside].to_numpy(float).sum(axis=0) / known[inside].to_numpy(float).sum(axis=0)


def comparisons(review: Review) -> dict[str, Comparison]:
    """The two comparisons of the review: `last_year` (the last full year with the one before) and `since` (the year to
    now with the year to a year ago)."""
    at = moments(review.quarter)
    places = [place for place in ("locality", "team") if review.may_show(place)]
    pairs = {"last_year": ("year_end_before", "last_year_end"), "since": ("year_ago", "now")}
    return {
        name: compare(review.evidence, review.authority, at[first], at[last], places)
        for name, (first, last) in pairs.items()
    }


# --- for the notebook -------------------------------------------------------------------------------------------------


def whole(review: Review, one: Comparison) -> Released:
    """Every group of every cut, released cut by cut (the groups of all but factors add up to the plans that are known), with
    `what`, the group and its cut in words, `interval` of the excess in words, and shares in per cent."""
    # Only a cut in which some count is small has anything to protect, and is released by itself.
    least = (
        one.table[list(_RESTS_ON)].apply(is_small).any(axis=1).groupby(one.table["cut"], sort=False).transform("any")
    )
    alone = one.table["cut"].where(least.astype(bool) & (review.audience != "internal"), "")
    parts = [_released(review, rows) for _, rows in one.table.groupby(alone, sort=False)] or [
        _released(review, one.table)
    ]
    frame, withheld = (
        pd.concat([getattr(part, name) for part in parts]).loc[one.table.index] for name in ("frame", "withheld")
    )
    return Released(frame, withheld, review.audience)


def ranked(found: Released, most: int = MOST_RANKED) -> Released:
    """Of `whole`, the groups that took most more, or less, than their share of the rise, largest first; mirrors left out."""
    rows = found.frame[~found.frame["judged"].isin((MIRROR, TOO_FEW)) & found.frame["excess"].notna()]
    return _rows(found, rows["excess"].abs().sort_values(ascending=False, kind="stable").index[:most])


def table(found: Released, cuts: tuple[str, ...], fewest: int = 0) -> Released:
    """Of `whole`, every group of some cuts in order; with `fewest`, only those with so many plans in the two years."""
    rows = found.frame[found.frame["cut"].isin(cuts)]
    out = _rows(found, rows.index[((rows["before"] + rows["after"]).fillna(0) >= fewest).to_numpy(bool)])
    return Released(
        out.frame.assign(title=out.frame["title"].mask(out.frame["title"].duplicated(), "")), out.withheld, out.audience
    )


def _rows(found: Released, index: pd.Index) -> Released:
    return Released(
        found.frame.loc[index].reset_index(drop=True), found.withheld.loc[index].reset_index(drop=True), found.audience
    )


def _released(review: Review, rows: pd.DataFrame) -> Released:
    cuts = list(dict.fromkeys(rows["cut"]))
    tags = [f" ({_BY_ID[cut].short})" if _BY_ID[cut].short else "" for cut in rows["cut"]]
    shares = ("share_before", "share_after", "share_earlier")
    frame = rows[["cut", "title", "group", *_WHAT, *shares]].astype({"cut": "str", "title": "str", "group": "str"})
    frame = frame.astype(dict.fromkeys((*_WHAT, *shares), "float64")).astype(
        dict.fromkeys(("before", "after", "change"), "Int64")
    )
    frame = frame.assign(
        **{name: 100 * frame[name] for name in shares},
        what=frame["group"] + pd.Series(tags, frame.index, dtype="str"),
        judged=rows["verdict"].astype("str"),
    )
    parts_of_all = len(cuts) == 1 and cuts != ["factors"]
    adds = None if not parts_of_all else Structure(totals={name: float(frame[name].sum()) for name in _RESTS_ON})
    out = review.release(
        frame,
        counts=_RESTS_ON,
        derived={name: _RESTS_ON for name in (*_WHAT, *shares) if name not in _RESTS_ON},
        adds=adds,
    )
    hidden = out.is_withheld("excess")
    limits = [f"{number(low, 'count', none='–')} to {number(high, 'count', none='–')}" for low, high in
              zip(out.frame["excess_lower"], out.frame["excess_upper"], strict=True)]  # fmt: skip
    # Words that say what a withheld number is are withheld with it.
    shown = out.frame.assign(
        interval=pd.Series(limits, out.frame.index, dtype="str").mask(hidden, CONFIDENTIAL),
        judged=out.frame["judged"].mask(hidden & (out.frame["judged"] != TOO_FEW), MIRROR),
        verdict=out.frame["judged"].mask(hidden, CONFIDENTIAL),
    )
    return Released(shown, out.withheld, out.audience)


def in_words(review: Review, one: Comparison, found: Released) -> str:
    """What stands out, what may, and how many groups were looked at. `found`: `whole`, of which only what is shown is said."""
    span = f"in the year to {words(one.after[1])}"
    if one.why:
        return f"Who the plans that started {span} were for can't be compared with the year before: {one.why}."
    if _hidden(review, [*one.totals]):
        return f"The number of plans that started {span}, or in the year before, is from 1 to 5: too few to compare."
    first = f"{number(one.totals[1], 'count')} plans started {span}, {_more(one.change)} than in the year before. "
    rows = _shown(one.standing_out, found)
    if rows.empty:
        told = "No group can be shown to have taken a larger or smaller share of them than in the year before: every difference is one that chance could give."
    else:
        told = "What stands out: " + "; ".join(_stands_out(row) for row in rows.head(4).itertuples()) + "."
        if len(rows) > 4:
            told += f" So do {number(len(rows) - 4, 'count')} more, in the table."
    return f"{first}{told}{_lead(one, found)}{_many(one)}"


def _stands_out(row) -> str:
    cut = _BY_ID[row.cut]
    way = "up" if row.excess > 0 else "down"
    return (
        f"plans {describe(cut, row.group)} ({number(row.before, 'count')} to {number(row.after, 'count')}; {way} from "
        f"{number(100 * row.share_before, 'percent')} to {number(100 * row.share_after, 'percent')} of all)"
    )


def _lead(one: Comparison, found: Released) -> str:
    """The group with the largest part of a rise beyond its size that isn't beyond chance, if there is one."""
    rows = one.table[(one.table["verdict"] == A_LEAD) & (one.table["excess"] > 0) & (one.table["change"] > 0)]
    rows = _shown(rows, found)
    if rows.empty or one.change <= 0:
        return ""
    row = rows.loc[rows["excess"].idxmax()]
    odds = max(1, round(100 * row["p"]))
    earlier = "" if np.isnan(row["share_earlier"]) else (
        f" Their share was {number(100 * row['share_before'], 'percent')}, then {number(100 * row['share_after'], 'percent')}; in the "
        f"year before both it was {number(100 * row['share_earlier'], 'percent')}."
    )  # fmt: skip
    return (
        f" A lead to follow: plans {describe(_BY_ID[row['cut']], row['group'])} rose by {number(row['change'], 'count')}, where in "
        f"proportion to the whole they would have risen by {number(row['in_proportion'], 'count')}. Taken by itself chance would give such a gap "
        f"about {odds} times in 100, and many groups were looked at, so it is not shown to be more than that.{earlier}"
    )


def _many(one: Comparison) -> str:
    by_chance = round(one.tested * LEVEL)
    return (
        f" {number(one.tested, 'count')} groups were looked at, in {number(one.cuts, 'count')} ways of telling plans apart. With that many, "
        f"about {number(by_chance, 'count')} would differ at the usual level by chance alone, so only what stays beyond chance after "
        "allowing for all of them is said to stand out."
    )


def values(review: Review, one: Comparison, found: Released, name: str) -> dict[str, dict]:
    """`<name>.groups_looked_at`, `<name>.standing_out`, `<name>.largest` (in words) and `<name>.largest_excess`."""
    span = f"the year to {words(one.after[1])} and the year before"
    rows = _shown(one.standing_out, found)
    top = None if rows.empty else rows.iloc[0]
    seen = [max(one.totals) if max(one.totals) > 5 else 6]
    return {
        f"{name}.groups_looked_at": make_value(review.audience, one.tested, rests_on=seen, title="Groups of plans compared", period=span),
        f"{name}.standing_out": make_value(review.audience, len(rows), rests_on=seen, title="Groups whose share of plans changed beyond chance", period=span),
        f"{name}.largest": make_value(review.audience, "none" if top is None else f"plans {describe(_BY_ID[top['cut']], top['group'])}",
                                      title="What stands out most", period=span),
        f"{name}.largest_excess": make_value(review.audience, None if top is None else round(top["excess"]),
                                             rests_on=[None] if top is None else [int(top["before"]), int(top["after"])],
                                             title="More plans than in proportion, in what stands out most", period=span),
    }  # fmt: skip


def omitted_in_words(found: dict[str, Comparison]) -> str:
    """What couldn't be looked at, and why; where all could, that."""
    reasons = {f"{title[0].lower()}{title[1:]}: {why}" for one in found.values() for title, why in one.omitted.items()}
    if all(one.why for one in found.values()):
        return "No group was compared: plans starting aren't known for two years."
    if not reasons:
        return "Every way of telling plans apart that this section knows could be used."
    return f"Not looked at for one or both years: {'; '.join(sorted(reasons))}."


def _shown(rows: pd.DataFrame, found: Released) -> pd.DataFrame:
    return rows[~found.is_withheld("excess").reindex(rows.index).to_numpy(bool)]


def _more(change: int) -> str:
    return "as many" if change == 0 else f"{number(abs(change), 'count')} {'more' if change > 0 else 'fewer'}"


def _hidden(review: Review, counts: list) -> bool:
    frame = pd.DataFrame({"n": [int(one) for one in counts]}).astype("Int64")
    return review.release(frame, counts=["n"]).anything_withheld
