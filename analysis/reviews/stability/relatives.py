"""Relatives and friends who foster: how long those with no long-term approval recorded have been caring, and what became
of such placements.

Temporary approval (regulation 24 of the Care Planning, Placement and Case Review (England) Regulations 2010) lasts 16 weeks
and can be extended once, by 8 (regulation 25). The SSDA903 has no code for it: such a placement is U3 (or U2, where the
carer may adopt), as is one with a relative who has been approved in full. So the return gives an upper bound, no count.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import listed, number
from analysis.indicators import placements
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import SPECIAL_GUARDIANSHIP
from analysis.methods.masks import certain
from analysis.reference.quarters import Quarter
from analysis.reviews.stability import moves
from analysis.reviews.stability.moves import Window

LONG_TERM = "U1"
# Codes under which a carer may have no more than temporary approval.
MAY_BE_TEMPORARY = ("U2", "U3")
TEMPORARY_WEEKS, LONGEST_WEEKS = 16, 24
_HOME = ("E4A", "E4B", "E13")
_ARRANGEMENTS = ("E41",)
SHORT, EXTENDED, TOO_LONG = (
    f"Up to {TEMPORARY_WEEKS} weeks", f"Over {TEMPORARY_WEEKS}, up to {LONGEST_WEEKS} weeks", f"Over {LONGEST_WEEKS} weeks"
)  # fmt: skip
SETTLED = "Long-term with a relative or friend (U1)"
STILL, BECAME, GUARDIAN, HOME, PLANNED, UNPLANNED, OTHERWISE = (
    "Still there, no long-term approval recorded", "Became long-term with the same carer",
    "Special guardianship or child arrangements order", "Went home", "Moved in the care plan", "Moved, unplanned",
    "Ended in another way",
)  # fmt: skip
BECAME_OF = (STILL, BECAME, GUARDIAN, HOME, PLANNED, UNPLANNED, OTHERWISE)


def spells(evidence: Evidence) -> pd.DataFrame:
    """Stretches with one relative or friend under U2 or U3: child_id, start_date, end_date, ending (of BECAME_OF)."""
    rows = evidence.once(placements.placed)
    mine = certain(rows["placement"].isin(MAY_BE_TEMPORARY))
    # U2 and U3 with the same carer, one after the other, are one stretch.
    block = (~(mine & mine.shift(fill_value=False) & rows["same_carer"])).cumsum()
    last = ~block.duplicated(keep="last") & mine
    following = rows.shift(-1)
    within = certain(following["number"] > 1)
    carer = within & certain(following["same_carer"].astype("boolean"))
    ended = rows["end_date"].notna()
    by = rows.merge(
        evidence.once(moves.every)[["child_id", "date", "ended_by"]].rename(columns={"date": "next_start"}),
        how="left", left_on=["child_id", following["start_date"]], right_on=["child_id", "next_start"],
    )["ended_by"].set_axis(rows.index)  # fmt: skip
    ending = np.select(
        [
            ~ended, carer & certain(following["placement"] == LONG_TERM),
            ~within & certain(rows["reason_ended"].isin((*SPECIAL_GUARDIANSHIP, *_ARRANGEMENTS))),
            ~within & certain(rows["reason_ended"].isin(_HOME)),
            within & ~carer & (by == moves.IN_PLAN).to_numpy(), within & ~carer & by.isin(moves.UNPLANNED).to_numpy(),
        ],
        [STILL, BECAME, GUARDIAN, HOME, PLANNED, UNPLANNED], OTHERWISE,
    )  # fmt: skip
    start = rows["start_date"].groupby(block).transform("min")
    found = pd.DataFrame(
        {"child_id": rows["child_id"], "start_date": start, "end_date": rows["end_date"], "ending": ending}
    )
    return found[last].reset_index(drop=True)


def now(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """Children fostered by relatives or friends at the quarter's end: group (by how long without long-term approval
    recorded, and SETTLED), children."""
    last = pd.Timestamp(quarter.end)
    rows = evidence.once(spells)
    rows = rows[certain(rows["start_date"] <= last) & ~certain(rows["end_date"] <= last)].drop_duplicates("child_id")
    weeks = (last - rows["start_date"]).dt.days / 7
    placed = evidence.once(placements.placed)
    placed = placed[certain(placed["start_date"] <= last) & ~certain(placed["end_date"] <= last)]
    settled = placed[certain(placed["placement"] == LONG_TERM)]["child_id"].nunique()
    counts = {
        SHORT: (weeks <= TEMPORARY_WEEKS).sum(),
        EXTENDED: ((weeks > TEMPORARY_WEEKS) & (weeks <= LONGEST_WEEKS)).sum(),
        TOO_LONG: (weeks > LONGEST_WEEKS).sum(),
        SETTLED: settled,
    }
    return pd.DataFrame({"group": list(counts), "children": pd.array([int(n) for n in counts.values()], dtype="Int64")})


def release(review, table: pd.DataFrame) -> Released:
    """`now` as the audience may see it: how many live with relatives or friends in all is shown with the other kinds of
    placement."""
    return review.release(
        table, counts=["children"], adds=Structure(totals={"children": float(table["children"].sum())})
    )


def became(evidence: Evidence, quarter: Quarter) -> tuple[pd.DataFrame, Window | None]:
    """What had become, 24 weeks after they began, of placements with relatives or friends that began without long-term
    approval in the year which ended 24 weeks before the quarter's end: ending (of BECAME_OF), children."""
    after = pd.Timestamp(quarter.end) + pd.Timedelta(days=1) - pd.Timedelta(weeks=LONGEST_WEEKS)
    first = after - pd.DateOffset(years=1)
    rows, begins = evidence.once(spells), evidence.begins("care_episodes")
    unknown = begins is not None and pd.Timestamp(begins) > first
    seen = None
    if unknown or not evidence.covers("care_episodes", first.date(), quarter.end):
        rows = rows.iloc[:0]
    else:
        rows = rows[(rows["start_date"] >= first) & (rows["start_date"] < after)]
        seen = Window(first.date(), (after - pd.Timedelta(days=1)).date())
    later = ~certain(rows["end_date"] <= rows["start_date"] + pd.Timedelta(weeks=LONGEST_WEEKS))
    counted = rows["ending"].mask(later, STILL).value_counts().reindex(list(BECAME_OF), fill_value=0)
    table = pd.DataFrame({"ending": list(BECAME_OF), "children": counted.to_numpy()}).astype({"children": "Int64"})
    return table, seen


def in_words(review, there: Released, then: Released, seen: Window | None) -> str:
    """How many can be on temporary approval at most, and how many can't, from `now` and `became` released."""
    counts = there.frame.set_index("group")["children"]
    hidden = pd.Series(there.is_withheld("children").to_numpy(), index=counts.index)
    text = {name: number(counts[name], "count", withheld=bool(hidden[name])) for name in counts.index}
    if not review.evidence.covers("care_episodes", review.quarter.end, review.quarter.end):
        return "The episodes of care aren't known at the end of this quarter, so nothing can be said about it."
    most = counts[SHORT] + counts[EXTENDED]
    at_most = (
        f"How many it can be at most (those with a relative or friend for {LONGEST_WEEKS} weeks or less, with no long-term approval "
        "recorded) is withheld, to protect small numbers."
        if pd.isna(most)
        else f"At most it can be {number(most, 'count')} children: those who had been with a relative or friend for {LONGEST_WEEKS} weeks "
        f"or less with no long-term approval recorded ({text[SHORT]} for up to {TEMPORARY_WEEKS} weeks, {text[EXTENDED]} for longer)."
    )
    said = f"No return says who cares under temporary approval, which can last {LONGEST_WEEKS} weeks. {at_most}"
    if hidden[TOO_LONG] or counts[TOO_LONG]:
        said += f" For {text[TOO_LONG]} more it can't be the reason: their carers have full approval, or the record needs a look."
    said += " Numbers shown as c are withheld." if hidden.any() else ""
    endings = then.frame.set_index("ending")["children"]
    if seen is None or then.frame["children"].isna().any() or endings.sum() == 0:
        return said
    parts = [f"{number(endings[name], 'count')} {words}" for name, words in _TOLD.items() if endings[name]]
    return f"{said} Of {number(endings.sum(), 'count')} such placements that began in {seen.words}, 24 weeks later {listed(parts)}."


_TOLD = {
    STILL: "were as they began", BECAME: "had become long-term", GUARDIAN: "had led to an order in the carer's favour or another's",
    HOME: "had ended with going home", PLANNED: "had ended in a planned move", UNPLANNED: "had ended in a move that nobody planned",
    OTHERWISE: "had ended in another way",
}  # fmt: skip
