"""What kinds of placement children live in, and who provides them."""

from __future__ import annotations

import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.indicators import definition
from analysis.indicators.breakdowns import NOT_KNOWN, PLACEMENT_GROUPS
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import with_placement_group
from analysis.reference.quarters import Quarter

# Columns of the table, and the providers in each.
PROVIDERS = {"own": ("PR1",), "others": ("PR2", "PR3", "PR4", "PR5")}
HEADINGS = {
    "own": "Own provision",
    "others": "Private, voluntary or another authority",
    "parents": "Parents, or not said",
}
_COUNTS = (*PROVIDERS, "parents", "children")


def by_provider(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """Children looked after at the quarter's end by kind of placement (a row) and who provides it (a column); `children` is
    the row's sum. Kinds in which nobody lives are left out; none where it isn't known who is looked after."""
    if not evidence.covers("care_episodes", quarter.end, quarter.end):
        return pd.DataFrame({"kind": pd.Series(dtype="object"), **{name: pd.Series(dtype="Int64") for name in _COUNTS}})
    rows = evidence.once(with_placement_group, definition.period(definition.STOCK, quarter))
    kinds = rows["group"].astype("object").fillna(NOT_KNOWN)
    provider = rows["provider"].astype("object").fillna("")
    which = provider.map({code: name for name, codes in PROVIDERS.items() for code in codes}).fillna("parents")
    counted = pd.crosstab(kinds.to_numpy(), which.to_numpy())
    listed = [kind for kind in (*PLACEMENT_GROUPS, NOT_KNOWN) if kind in counted.index]
    counted = counted.reindex(index=listed, columns=[*PROVIDERS, "parents"], fill_value=0)
    counted = counted.assign(children=counted.sum(axis=1)).rename_axis("kind").reset_index()
    counted.columns.name = None
    return counted.astype({"kind": "object", **dict.fromkeys(_COUNTS, "Int64")})


def release(review, frame: pd.DataFrame) -> Released:
    """The table as the audience may see it. Its columns' sums and its whole are shown elsewhere."""
    adds = Structure(
        columns={"children": [*PROVIDERS, "parents"]}, totals={name: float(frame[name].sum()) for name in _COUNTS}
    )
    return review.release(frame, counts=_COUNTS, adds=adds)
