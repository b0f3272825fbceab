"""Distance from home: whether moves bring children nearer to home or further from it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import number
from analysis.indicators.distance import FAR_MILES, alone_in_this_country, directory, found_in, miles_between
from analysis.indicators.evidence import Evidence
from analysis.reviews.stability import moves
from analysis.reviews.stability.moves import Window

# A move by no more than this many miles, nearer or further, leaves the distance as it was.
SAME_MILES = 1.0
NEARER, FURTHER, AS_FAR, UNKNOWN = "Nearer to home", "Further from home", "About as far", "Distance not known"
WAYS = (NEARER, FURTHER, AS_FAR, UNKNOWN)
NEEDED = (
    "Distances need the postcodes of homes and placements (the local return of postcodes), which nobody has delivered."
)


def changes(evidence: Evidence, seen: Window | None) -> pd.DataFrame:
    """Moves of a window (`moves.every`) with miles from home `before` and `after`, and `way`: which of WAYS."""
    rows = moves.within(evidence, seen)
    known = evidence.once(directory)
    home, old, new = (found_in(known, rows[name]) for name in ("home_postcode", "from_postcode", "postcode"))
    alone = rows["child_id"].isin(evidence.once(alone_in_this_country)["child_id"])
    before, after = (miles_between(home, place).mask(alone) for place in (old, new))
    gap = after - before
    way = np.select([gap.isna(), gap < -SAME_MILES, gap > SAME_MILES], [UNKNOWN, NEARER, FURTHER], AS_FAR)
    return rows.assign(before=before, after=after, way=way)


def nearer_or_further(evidence: Evidence, seen: Window | None) -> pd.DataFrame:
    """Moves of a window by what they did to the distance: way; in the plan, unplanned, other (another reason or none
    recorded) and all. Two last rows count moves that began within 20 miles and ended beyond them, and the other way."""
    rows = changes(evidence, seen)
    kind = np.where(rows["ended_by"] == moves.IN_PLAN, "planned", np.where(rows["unplanned"], "unplanned", "other"))
    beyond = ((rows["before"] <= FAR_MILES) & (rows["after"] > FAR_MILES)).to_numpy()
    back = ((rows["before"] > FAR_MILES) & (rows["after"] <= FAR_MILES)).to_numpy()
    sets = {**{way: (rows["way"] == way).to_numpy() for way in WAYS}, OUT: beyond, BACK: back}
    found = [
        {"way": way, **{name: int((mine & (kind == name)).sum()) for name in ("planned", "unplanned", "other")}, "all": int(mine.sum())}
        for way, mine in sets.items()
    ]  # fmt: skip
    return pd.DataFrame(found).astype(dict.fromkeys(("planned", "unplanned", "other", "all"), "Int64"))


OUT, BACK = "From within 20 miles to beyond", "From beyond 20 miles to within"


def release(review, table: pd.DataFrame) -> Released:
    """`nearer_or_further` as the audience may see it. The four ways are all the moves, whose number by kind is shown
    where the reasons are; the two last rows are parts of no whole that is shown."""
    kinds, ways = ["planned", "unplanned", "other", "all"], table["way"].isin(WAYS)
    rows = {"all": ["planned", "unplanned", "other"]}
    whole = Structure(columns=rows, totals={name: float(table.loc[ways, name].sum()) for name in kinds})
    parts = [
        review.release(table[ways], counts=kinds, adds=whole),
        review.release(table[~ways], counts=kinds, adds=Structure(columns=rows)),
    ]
    return Released(
        *(pd.concat([getattr(one, name) for one in parts]) for name in ("frame", "withheld")), review.audience
    )


def delivered(evidence: Evidence) -> bool:
    return len(evidence.table("postcodes")) > 0


def in_words(review, released: Released, seen: Window | None) -> str:
    """What moves did to the distance from home."""
    if not delivered(review.evidence):
        return NEEDED
    if seen is None:
        return "The episodes of care aren't known up to the end of this quarter, so its moves can't be measured."
    rows = released.frame.set_index("way")["all"]
    hidden = pd.Series(released.is_withheld("all").to_numpy(), index=rows.index)
    text = {way: number(rows[way], "count", withheld=bool(hidden[way])) for way in rows.index}
    known = rows[[NEARER, FURTHER, AS_FAR]]
    if not hidden[[NEARER, FURTHER, AS_FAR]].any() and known.sum() == 0:
        return f"In {seen.words} there was no move whose distance from home is known before and after."
    note = " Numbers shown as c are withheld." if hidden.any() else ""
    return (
        f"In {seen.words}, {text[NEARER]} moves brought a child nearer to home by more than a mile, {text[FURTHER]} took one further "
        f"away, and {text[AS_FAR]} left the distance about as it was; for {text[UNKNOWN]} it isn't known. {text[OUT]} took a child from "
        f"within 20 miles of home to beyond, {text[BACK]} brought one back.{note}"
    )
