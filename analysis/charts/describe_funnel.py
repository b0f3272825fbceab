"""Alternative text for funnel plots: where the areas lie against the limits, and no area's name but this one's."""

from __future__ import annotations

from analysis.charts.funnel import NEIGHBOUR, THIS, Bands
from analysis.disclosure import Released
from analysis.disclosure.wording import number


def funnel(data: Released, bands: Bands | None, unit: str, what: str, name: str, verdict: str) -> str:
    """`what` is the measure and `name` this area; `verdict` says in words where it stands."""
    rows = data.frame[data.frame["value"].notna()]
    if bands is None or rows.empty:
        return f"Funnel plot of {_lower(what)}. There is nothing to show. {verdict}"
    low, high = (number(float(end), unit) for end in (rows["value"].min(), rows["value"].max()))
    like = rows[rows["kind"] == NEIGHBOUR]["value"]
    told = f" {len(like)} statistical neighbours run from {number(float(like.min()), unit)} to {number(float(like.max()), unit)}." if len(like) > 1 else ""  # fmt: skip
    usual = " A shaded band shows how far authorities usually differ." if bands.usual is not None else ""
    star = f" {name} is marked by a star." if (rows["kind"] == THIS).any() else ""
    return (
        f"Funnel plot of {_lower(what)}: {len(rows)} authorities by size, from {low} to {high}, around {bands.target_name} at "
        f"{number(bands.target, unit)}, with limits that narrow as authorities grow.{usual}{told}{star} {verdict}"
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
