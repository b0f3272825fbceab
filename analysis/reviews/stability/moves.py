"""Every move: who ended the placement, from what kind to what kind, and how many each quarter.

A move is a change of carer within a period of care (`indicators.placements.moves`). Who ended the placement is read
from the reason recorded (`reference.move_reasons`); a reason that wasn't recorded is shown as such, never guessed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released
from analysis.disclosure.wording import day, listed, number, period
from analysis.indicators import breakdowns, placements
from analysis.indicators.breakdowns import NOT_KNOWN, placement_group
from analysis.indicators.evidence import Evidence
from analysis.reference import move_reasons
from analysis.reference.quarters import Quarter, quarters

IN_PLAN, BY_CARER, BY_AUTHORITY, BY_CHILD, BY_OTHER, NOT_RECORDED = (
    "In the care plan", "The carer asked", "The authority or provider", "The child asked", "Another reason",
    "Not recorded",
)  # fmt: skip
_WORDS = {move_reasons.PLANNED: IN_PLAN, move_reasons.CARER: BY_CARER, move_reasons.AUTHORITY: BY_AUTHORITY,
          move_reasons.CHILD: BY_CHILD, move_reasons.OTHER: BY_OTHER}  # fmt: skip
ENDED_BY = (*_WORDS.values(), NOT_RECORDED)
UNPLANNED = (BY_CARER, BY_AUTHORITY, BY_CHILD)
# Kinds of placement that a from/to table shows by themselves; the rest are together, so that it can be read.
KINDS = (breakdowns.KINSHIP, breakdowns.IN_HOUSE, breakdowns.AGENCY, breakdowns.RESIDENTIAL, breakdowns.PARENTS)
ELSEWHERE = "Elsewhere"
# Column headings of the from/to table, short enough for a page.
HEADINGS = {**dict(zip(KINDS, ("Relatives", "Own foster", "Agency foster", "Residential", "Parents"), strict=True)),
            ELSEWHERE: ELSEWHERE, "All": "All"}  # fmt: skip
YEAR_MONTHS = 12
# A way between kinds of placement that fewer children went is no pattern.
LEAST_SPOKEN_OF = 6


@dataclass(frozen=True)
class Window:
    """What is looked at: first and last day, both included."""

    first: dt.date
    last: dt.date

    @property
    def words(self) -> str:
        after = pd.Timestamp(self.last) + pd.Timedelta(days=1)
        for years, said in ((1, "the year"), (2, "the two years")):
            if after - pd.DateOffset(years=years) == pd.Timestamp(self.first):
                return f"{said} to {day(self.last)}"
        return period(self.first, self.last)

    @property
    def years(self) -> float:
        return ((self.last - self.first).days + 1) / 365.25


def window(evidence: Evidence, quarter: Quarter, months: int = YEAR_MONTHS) -> Window | None:
    """The months to the quarter's end, or as many of them as the episodes are known whole for; None where they aren't
    known at the quarter's end."""
    first = (pd.Timestamp(quarter.end) + pd.Timedelta(days=1) - pd.DateOffset(months=months)).date()
    begins = evidence.begins("care_episodes")
    first = max(first, begins) if begins else first
    if first > quarter.end or not evidence.covers("care_episodes", first, quarter.end):
        return None
    return Window(first, quarter.end)


def every(evidence: Evidence) -> pd.DataFrame:
    """One row a move in order of date: child_id, date, number, reason (code), ended_by (of ENDED_BY), unplanned;
    from_placement, from_provider, from_kind, from_start, from_postcode of the placement left; placement, provider,
    kind, postcode of the one moved to; home_postcode."""
    placed = evidence.once(placements.placed)
    heads = evidence.table("care_episodes")[["child_id", "start_date", "home_postcode", "placement_postcode"]]
    heads = heads.drop_duplicates(["child_id", "start_date"])
    where = placed[["child_id", "start_date", "period_start"]].merge(heads, how="left", on=["child_id", "start_date"])
    before = where.groupby(["child_id", "period_start"], sort=False)["placement_postcode"].shift()
    # The stay that ended may have been several placements with one carer.
    began = placed.groupby("carer")["start_date"].transform("min").shift()
    detail = where.assign(from_postcode=before, from_start=began).drop(columns="period_start")
    rows = evidence.once(placements.moves).merge(
        detail.drop_duplicates(["child_id", "start_date"]), how="left", on=["child_id", "start_date"]
    )
    by = {code: _WORDS.get(one.ended_by, BY_OTHER) for code, one in move_reasons.move_reasons().items()}
    ended_by = rows["reason"].map(by).astype("object").where(rows["reason"].notna(), NOT_RECORDED).fillna(BY_OTHER)
    return pd.DataFrame(
        {
            "child_id": rows["child_id"], "date": rows["date"], "number": rows["number"], "reason": rows["reason"],
            "ended_by": ended_by, "unplanned": ended_by.isin(UNPLANNED).astype(bool),
            "from_placement": rows["from_placement"], "from_provider": rows["from_provider"],
            "from_kind": placement_group(rows["from_placement"], rows["from_provider"]).fillna(NOT_KNOWN),
            "from_start": rows["from_start"], "from_postcode": rows["from_postcode"],
            "placement": rows["placement"], "provider": rows["provider"],
            "kind": placement_group(rows["placement"], rows["provider"]).fillna(NOT_KNOWN),
            "postcode": rows["placement_postcode"], "home_postcode": rows["home_postcode"],
        }
    )  # fmt: skip


def within(evidence: Evidence, seen: Window | None) -> pd.DataFrame:
    """The moves of a window; none where it is None."""
    rows = evidence.once(every)
    if seen is None:
        return rows.iloc[:0]
    first, last = pd.Timestamp(seen.first), pd.Timestamp(seen.last)
    return rows[(rows["date"] >= first) & (rows["date"] <= last)].reset_index(drop=True)


# --- by reason, by quarter, from and to ------------------------------------------------------------------------------


def by_reason(evidence: Evidence, seen: Window | None) -> pd.DataFrame:
    """Moves of a window by reason, most first within who ended the placement: ended_by, reason (words), moves."""
    rows = within(evidence, seen)
    said = rows["reason"].map(breakdowns.MOVE_REASONS).astype("object").where(rows["reason"].notna(), NOT_RECORDED)
    counted = rows.assign(said=said.fillna("Other")).groupby(["ended_by", "said"]).size().rename("moves").reset_index()
    order = counted["ended_by"].map({name: place for place, name in enumerate(ENDED_BY)})
    counted = counted.assign(order=order).sort_values(["order", "moves", "said"], ascending=[True, False, True])
    return counted.rename(columns={"said": "reason"})[["ended_by", "reason", "moves"]].reset_index(drop=True)


def by_quarter(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """Moves of each quarter known whole, up to `quarter`, by who ended the placement: period_end, all, then a column
    for each of ENDED_BY."""
    begins = evidence.begins("care_episodes")
    rows = evidence.once(every)
    first = begins or (rows["date"].min().date() if len(rows) else None)
    asked = [] if first is None else [q for q in quarters(Quarter.containing(first), quarter) if q.start >= first]
    asked = [q for q in asked if evidence.covers("care_episodes", q.start, q.end)]
    ends = pd.DatetimeIndex([pd.Timestamp(q.end) for q in asked]).astype("datetime64[us]")
    starts = np.array([np.datetime64(q.start) for q in asked], dtype="datetime64[us]")
    found = pd.DataFrame({"period_end": ends})
    days = rows["date"].to_numpy("datetime64[us]")
    place = np.searchsorted(starts, days, side="right") - 1
    inside = (place >= 0) & (days <= (ends.to_numpy()[-1] if len(ends) else np.datetime64("1900-01-01")))
    for name in ENDED_BY:
        mine = place[inside & (rows["ended_by"] == name).to_numpy()]
        found[name] = pd.array(np.bincount(mine, minlength=len(asked)), dtype="Int64")
    found.insert(1, "all", found[list(ENDED_BY)].sum(axis=1).astype("Int64"))
    return found


def from_to(evidence: Evidence, seen: Window | None) -> pd.DataFrame:
    """Moves of a window from each kind of placement (a row) to each (a column), and all: KINDS, then elsewhere. The
    last row adds up the columns."""
    rows = within(evidence, seen)
    names = [*KINDS, ELSEWHERE]
    one, other = (rows[name].where(rows[name].isin(KINDS), ELSEWHERE) for name in ("from_kind", "kind"))
    counted = pd.crosstab(one, other).reindex(index=names, columns=names, fill_value=0)
    counted = pd.concat([counted, counted.sum().to_frame("All").T])
    counted = counted.assign(All=counted.sum(axis=1)).astype("Int64")
    counted.columns.name = None
    return counted.rename_axis("from").reset_index()


def from_to_released(review, seen: Window | None) -> Released:
    table = from_to(review.evidence, seen)
    return review.release(table, counts=[name for name in table.columns if name != "from"])


# --- in words -----------------------------------------------------------------------------------------------------------


def in_words(by: Released, seen: Window | None) -> str:
    """Who ended placements, from the released `by_reason` added up by `ended_by_counts`."""
    if seen is None:
        return "The episodes of care aren't known up to the end of this quarter, so its moves can't be counted."
    counts = by.frame.set_index("ended_by")["moves"]
    hidden = by.is_withheld("moves").to_numpy()
    total = counts.get("All moves")
    if pd.isna(total):
        return f"In {seen.words} so few children moved that the numbers can't be shown."
    if total == 0:
        return f"In {seen.words} no child moved to another carer."
    told = [
        f"{number(counts[name], 'count', withheld=bool(h))} {words}"
        for (name, words), h in zip(_TOLD.items(), hidden[: len(_TOLD)], strict=True)
        if h or counts[name]
    ]
    unknown = CONFIDENTIAL if hidden[ENDED_BY.index(NOT_RECORDED)] else number(counts[NOT_RECORDED], "count")
    rest = "" if unknown == "0" else (
        f" For {unknown} no reason was recorded, so the others are what we know of, not all there was."
    )  # fmt: skip
    rest += " Numbers shown as c are withheld." if hidden[: len(ENDED_BY)].any() else ""
    return f"Of {number(total, 'count')} moves in {seen.words}, {listed(told)}.{rest}"


_TOLD = {
    IN_PLAN: "were in the child's care plan",
    BY_CARER: "followed the carer's request",
    BY_AUTHORITY: "were ended by the authority or the provider, or the placement closed",
    BY_CHILD: "followed the child's own request",
    BY_OTHER: "had another reason",
}


def from_to_in_words(released: Released, seen: Window | None) -> str:
    """The commonest way between kinds of placement, and how many moves stayed within a kind."""
    rows = released.frame.set_index("from")
    ways = rows.drop(index="All", columns="All", errors="ignore")
    total = rows["All"].get("All")
    if seen is None or pd.isna(total) or not total:
        return "There are no moves, or too few to show, from one kind of placement to another."
    cells = ways.drop(index=ELSEWHERE, columns=ELSEWHERE, errors="ignore").stack().dropna()
    most = int(cells.max()) if len(cells) else 0
    top = [
        f"from one home to another, both “{one.lower()}”"
        if one == other
        else f"from “{one.lower()}” to “{other.lower()}”"
        for (one, other), n in cells.items()
        if n == most
    ]
    within = [ways.at[name, name] for name in KINDS]
    stayed = "" if pd.isna(pd.Series(within, dtype="Int64")).any() else (
        f" {number(sum(within), 'count')} led to another placement of the same kind."
    )  # fmt: skip
    if most < LEAST_SPOKEN_OF:
        return f"No way from one kind of placement to another was gone by {LEAST_SPOKEN_OF} children or more in {seen.words}.{stayed}"
    return f"The commonest way in {seen.words} was {listed(top)}: {number(most, 'count')} of {number(total, 'count')} moves.{stayed}"


def ended_by_counts(review, seen: Window | None) -> Released:
    """Moves by who ended the placement, and all of them, released: ended_by, moves."""
    counts = by_reason(review.evidence, seen).groupby("ended_by")["moves"].sum().reindex(list(ENDED_BY), fill_value=0)
    counts.loc["All moves"] = counts.sum()
    frame = counts.astype("Int64").rename_axis("ended_by").reset_index()
    return review.release(frame, counts=["moves"])
