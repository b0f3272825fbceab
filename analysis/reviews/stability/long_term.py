"""The two-year mark: who will count as settled long term if nobody moves, and how the same sum did half a year ago."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import day, number
from analysis.findings.values import make_value
from analysis.indicators import definition, placements
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import looked_after
from analysis.indicators.placements import (
    PLACED_FOR_ADOPTION,
    STABILITY_AGE,
    STABILITY_CARE_MONTHS,
    STABILITY_PLACEMENT_MONTHS,
)
from analysis.methods.masks import certain
from analysis.reference.calendar import age_at
from analysis.reference.quarters import Quarter
from analysis.reviews.stability.placements_now import births

# How many quarters are looked ahead.
AHEAD = 2


@dataclass(frozen=True)
class NearTwoYears:
    """What `near_two_years` found. `steps` has a row a date: at, children (in the measure), settled, percent, new (who
    come into the measure's settled between now and then). `earlier`: how many were as near half a year ago, `reached`
    how many of them count as settled now; `said`, `came`: the percentage that the sum gave then, and what it came to."""

    steps: pd.DataFrame
    earlier: int | None
    reached: int | None
    said: float | None
    came: float | None


def standing(evidence: Evidence, known: Quarter, at: dt.date) -> pd.DataFrame:
    """Children looked after at the end of the quarter `known`, as they would stand at `at` if each stayed where they
    were: child_id, `counted` (under 16 and looked after for two and a half years by then), `settled` (counted, and two
    years in one placement; an adoptive one together with the placement before it).

    At the quarter's own end this is `indicators.placements.long_term`.
    """
    now, then = pd.Timestamp(known.end), pd.Timestamp(at)
    rows = evidence.once(looked_after, definition.period(definition.STOCK, known))
    born = evidence.once(births).reindex(rows["child_id"])
    young = certain(age_at(born.set_axis(rows.index), at) < STABILITY_AGE)
    stays = evidence.once(placements.stays)
    stays = stays[certain(stays["start_date"] <= now) & ~certain(stays["end_date"] <= now)]
    stays = stays.sort_values(["child_id", "start_date"], kind="stable").drop_duplicates("child_id", keep="last")
    stay = stays.set_index("child_id").reindex(rows["child_id"]).set_axis(rows.index)
    long_in_care = certain(stay["period_start"] <= then - pd.DateOffset(months=STABILITY_CARE_MONTHS))
    adoptive = certain(rows["placement"].isin(PLACED_FOR_ADOPTION))
    since = stay["start_date"].mask(adoptive, stay["previous_start"].fillna(stay["start_date"]))
    there = certain(since <= then - pd.DateOffset(months=STABILITY_PLACEMENT_MONTHS))
    counted = young & long_in_care
    return pd.DataFrame({"child_id": rows["child_id"], "counted": counted, "settled": counted & there})


def near_two_years(evidence: Evidence, quarter: Quarter) -> NearTwoYears | None:
    """`NearTwoYears` at a quarter, worked out once."""
    return evidence.once(_near_two_years, quarter)


def _near_two_years(evidence: Evidence, quarter: Quarter) -> NearTwoYears | None:
    """Who counts now and would count after one quarter and two, if every child stayed; and the same sum, made half a
    year ago, beside what came. None where the records don't reach two and a half years back."""
    if not reaches(evidence, quarter):
        return None
    now = standing(evidence, quarter, quarter.end)
    rows = []
    for ahead in range(AHEAD + 1):
        at = quarter.shift(ahead).end
        then = now if ahead == 0 else standing(evidence, quarter, at)
        counted, settled = int(then["counted"].sum()), int(then["settled"].sum())
        new = int((then["settled"] & ~now["settled"]).sum())
        rows.append((pd.Timestamp(at), counted, settled, 100 * settled / counted if counted else None, new))
    columns = {"at": "datetime64[us]", "children": "Int64", "settled": "Int64", "percent": "float64", "new": "Int64"}
    steps = pd.DataFrame(rows, columns=list(columns)).astype(columns)
    ago = quarter.shift(-AHEAD)
    if not reaches(evidence, ago):
        return NearTwoYears(steps, None, None, None, None)
    foreseen, before = standing(evidence, ago, quarter.end), standing(evidence, ago, ago.end)
    near = foreseen[foreseen["settled"] & ~before["settled"]]["child_id"]
    reached = int(near.isin(now[now["settled"]]["child_id"]).sum())
    said = 100 * foreseen["settled"].sum() / foreseen["counted"].sum() if foreseen["counted"].any() else None
    came = steps["percent"].iloc[0]
    return NearTwoYears(steps, len(near), reached, said, None if pd.isna(came) else float(came))


def reaches(evidence: Evidence, quarter: Quarter) -> bool:
    back = (pd.Timestamp(quarter.end) - pd.DateOffset(months=STABILITY_CARE_MONTHS)).date()
    return evidence.covers("care_episodes", back, back) and evidence.covers("care_episodes", quarter.end, quarter.end)


_EMPTY = pd.DataFrame({
    "at": pd.Series(dtype="datetime64[us]"), "children": pd.Series(dtype="Int64"), "settled": pd.Series(dtype="Int64"),
    "percent": pd.Series(dtype="float64"), "new": pd.Series(dtype="Int64"),
})  # fmt: skip


def release(review, found: NearTwoYears | None) -> Released:
    steps = _EMPTY if found is None else found.steps
    return review.release(
        steps, counts=["children", "settled", "new"], derived={"percent": ("children", "settled", "new")}
    )


def values(review, found: NearTwoYears | None) -> dict[str, dict]:
    """How many come to the mark within two quarters if they stay, and what the measure would be then."""
    last = None if found is None else found.steps.iloc[-1]
    until = f"by {day(review.quarter.shift(AHEAD).end)}"
    title = "Children who will have been two years in one placement if nobody moves"
    new, percent, parts = (None, None, []) if last is None else (last["new"], last["percent"], [last["settled"], last["children"], last["new"]])  # fmt: skip
    return {
        "two_year_mark.children": make_value(review.audience, new, title=title, period=until),
        "two_year_mark.percent_if_all_stay": make_value(
            review.audience, percent, unit="percent", rests_on=parts or [0], title=f"Long-term stability {until} if nobody moves",
        ),
    }  # fmt: skip


def in_words(review, found: NearTwoYears | None) -> str:
    if found is None:
        return "The records don't reach two and a half years back, so nobody can be said to be near the two-year mark."
    steps = release(review, found)
    now, last = steps.frame.iloc[0], steps.frame.iloc[-1]
    hidden = steps.is_withheld("percent").iloc[-1]
    children = number(last["new"], "count", withheld=bool(steps.is_withheld("new").iloc[-1]))
    said = (
        f"{children} children will come to two years in one placement by {day(last['at'])} if they stay where they are"
    )
    if children == "0":
        said = f"No child will come to two years in one placement by {day(last['at'])}"
    if hidden or pd.isna(last["percent"]):
        first = f"{said}. What the measure would be rests on too few to be shown."
    else:
        today = number(now["percent"], "percent", withheld=bool(steps.is_withheld("percent").iloc[0]))
        first = (
            f"{said}: if no child under 16 moved or left, the measure would go from {today} to "
            f"{number(last['percent'], 'percent')}. That is what would be if nothing changed, not a forecast."
        )
    return f"{first} {_back_test(review, found)}"


def _back_test(review, found: NearTwoYears) -> str:
    if found.earlier is None:
        return "The records don't reach far enough to see how the same sum did half a year ago."
    if found.earlier == 0:
        return "Half a year ago no child was as near."
    gone = found.earlier - found.reached
    parts = {"rests_on": [found.earlier, found.reached, gone]}
    near = make_value(review.audience, found.earlier, title="near")["text"]
    got = make_value(review.audience, found.reached, title="reached", **parts)["text"]
    sums = [
        make_value(review.audience, one, unit="percent", title="percentage", **parts)["text"]
        for one in (found.said, found.came)
    ]
    if "c" in (near, got, *sums):
        return "How the same sum did half a year ago rests on too few to be shown."
    return f"Half a year ago the same sum counted {near} children and gave {sums[0]}; {got} of them got there, and the measure came to {sums[1]}."
