"""The decisions on the way to something: stages over twelve months, and each step's part in the change of the last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import short_day
from analysis.findings.measures import moments, table_at_moments
from analysis.methods import flows

if TYPE_CHECKING:
    from analysis.findings.review import Review

_SHOWN = ("year_end_before", "last_year_end", "now")


def moments_shown(review: Review) -> dict[str, str]:
    """The moments that a funnel compares, with their headings: two year ends, and now."""
    at = moments(review.quarter)
    return {name: short_day(at[name].end) for name in _SHOWN}


def funnel(review: Review, stages: Mapping[str, str]) -> Released:
    """Counts of successive stages (indicator to name) over twelve months, released.

    Columns: stage; a count for each of `moments_shown`; `part_last_year` and `part_now`, how many more (or fewer)
    of the last stage each step gave between the moments: the first stage by its own number, each later one by its
    number for each of the stage before. The parts of a column add up to the change in the last stage; they are
    missing where any stage is nought or unknown.
    """
    table = table_at_moments(review, stages)
    wide = table.pivot_table(index="indicator", columns="moment", values="value", aggfunc="first", dropna=False)
    counts = wide.reindex(index=list(stages), columns=list(_SHOWN))
    frame = pd.DataFrame({"stage": list(stages.values())})
    for name in _SHOWN:
        frame[name] = counts[name].round().astype("Int64").array
    frame["part_last_year"] = _parts(counts["year_end_before"], counts["last_year_end"])
    frame["part_now"] = _parts(counts["last_year_end"], counts["now"])
    # A part rests on every stage, so the smallest of all stands for them.
    smallest = counts.where(counts > 0).min(axis=None)
    frame["smallest"] = pd.array([None if pd.isna(smallest) else int(smallest)] * len(frame), dtype="Int64")
    parts = dict.fromkeys(("part_last_year", "part_now"), ("smallest",))
    return review.release(frame, counts=[*_SHOWN, "smallest"], derived=parts)


def _parts(before: pd.Series, after: pd.Series) -> list[float]:
    try:
        found = flows.funnel_change(before.to_dict(), after.to_dict())
    except ValueError:
        return [float("nan")] * len(before)
    found.pop("total")
    return list(found.values())
