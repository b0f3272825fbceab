"""The leaving care service's dashboard: under 18 and over, this quarter and before; and who stays put."""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released, Structure
from analysis.disclosure.wording import NOT_AVAILABLE, number
from analysis.findings import measures
from analysis.findings.values import make_value
from analysis.indicators import care_leavers
from analysis.indicators.definition import STOCK, Period
from analysis.indicators.definition import period as period_of
from analysis.indicators.evidence import Evidence
from analysis.methods.masks import certain
from analysis.reference.quarters import words
from analysis.reviews.care_leavers import stays

if TYPE_CHECKING:
    from analysis.findings.review import Review

GROUPS = MappingProxyType({"Under 18": tuple(range(18)), "18 and over": tuple(range(18, 26))})
# Oldest first, as they stand across the table.
MOMENTS = ("year_end_before", "year_ago", "last_year_end", "now")
EVERY_AGE = tuple(range(26))
PEOPLE, IN_TOUCH, PLANNED = "Young people", "In touch", "With a pathway plan made or reviewed in the last six months"
_SHARES = MappingProxyType({
    IN_TOUCH: care_leavers.in_touch_now,
    "In education, employment or training": care_leavers.busy_now,
    "In suitable accommodation": care_leavers.suitable_now,
})  # fmt: skip
LIST, PLANS = "care_leaver_status", "pathway_plans"
STAYING_YEARS = 2  # of those who turned 18 in so many years: what most arrangements to stay put last


def dashboard(review: Review) -> Released:
    """A row a measure and age group; for each of MOMENTS the part, the whole and the share (`<moment>`): those on the
    list of care leavers of that day. Nothing where no list of the day is held. Released."""
    rows: dict[tuple[str, str], dict] = {}
    days = measures.moments(review.quarter)
    for moment in MOMENTS:
        for measure, group, part, whole in _at(review.evidence, period_of(STOCK, days[moment])):
            row = rows.setdefault((measure, group), {"measure": measure, "group": group})
            row |= {f"{moment}_part": part, f"{moment}_whole": whole}
    counts = [f"{moment}_{name}" for moment in MOMENTS for name in ("part", "whole")]
    frame = pd.DataFrame(list(rows.values()), columns=["measure", "group", *counts])
    frame = frame.astype({"measure": "str", "group": "str", **dict.fromkeys(counts, "Int64")})
    shares = {m: 100 * frame[f"{m}_part"].astype("Float64") / frame[f"{m}_whole"].astype("Float64") for m in MOMENTS}
    frame = frame.assign(
        **{m: share.where(frame["measure"] != PEOPLE, frame[f"{m}_whole"]) for m, share in shares.items()}
    )
    # The two age groups are all the parts of what other tables show as a whole.
    return review.release(frame, counts=counts, derived={m: [f"{m}_part", f"{m}_whole"] for m in MOMENTS},
                          adds=Structure(within=["measure"]))  # fmt: skip


def _at(evidence: Evidence, period: Period) -> list[tuple[str, str, int | None, int]]:
    if not evidence.known.carries(LIST) or care_leavers.listed(evidence, period) is None:
        return []
    planned = evidence.covers(PLANS, _months_before(period.end, care_leavers.RECENT_MONTHS), period.end)
    functions = {**_SHARES, **({PLANNED: care_leavers.with_recent_plan} if planned else {})}
    found = []
    for measure, function in functions.items():
        rows = function(evidence, period, EVERY_AGE)
        for group, ages in GROUPS.items():
            mine = rows[certain(rows["age"].isin(ages))]
            found.append((measure, group, int(mine["counts"].sum()), len(mine)))
    # Everybody on the list is asked whether they are in touch.
    people = [(PEOPLE, group, None, whole) for measure, group, _, whole in found if measure == IN_TOUCH]
    return [*people, *found]


def _months_before(day: dt.date, months: int) -> dt.date:
    return (pd.Timestamp(day) + pd.Timedelta(days=1) - pd.DateOffset(months=months)).date()


def cells(review: Review, found: Released) -> Released:
    """The dashboard with its figures written out: numbers of young people, and shares with their sign."""
    written = {
        moment: [
            number(value, "count" if measure == PEOPLE else "percent", withheld=bool(hidden), none="–")
            for value, hidden, measure in zip(found.frame[moment], found.is_withheld(moment), found.frame["measure"], strict=True)
        ]
        for moment in MOMENTS
    }  # fmt: skip
    frame = found.frame[["measure", "group"]].assign(
        **{name: pd.Series(text, dtype="str") for name, text in written.items()}
    )
    return review.release(frame)


def grown_in_words(review: Review, indicator: str, name: str, what: str) -> tuple[dict[str, dict], str]:
    """By how many per cent a count has grown in a year, as the value `<name>.percent`, and in a sentence."""
    table = measures.table_at_moments(review, [indicator])
    found = measures.values_of(review, table, {indicator: indicator})
    now, then = (found[f"{indicator}.{moment}"] for moment in ("now", "year_ago"))
    days = words(review.quarter.end), words(review.quarter.shift(-4).end)
    hidden = CONFIDENTIAL in (now["text"], then["text"])
    known = not hidden and now["value"] is not None and bool(then["value"])
    change = 100 * (now["value"] - then["value"]) / then["value"] if known else None
    item = make_value(review.audience, change, unit="percent", rests_on=[1] if hidden else [now["value"], then["value"]] if known else (),
                      title=f"{what[:1].upper()}{what[1:]}: growth in a year", period=f"{days[1]} to {days[0]}",
                      source=measures.source(review))  # fmt: skip
    if change is None:
        why = "too few" if hidden else NOT_AVAILABLE
        return {f"{name}.percent": item}, f"By how much the number of {what} changed in a year can't be told: {why}."
    way = "more" if change > 0 else "fewer" if change < 0 else "as many"
    told = f"{number(abs(change), 'percent')} {way}" if change else way
    return {
        f"{name}.percent": item
    }, f"There were {now['text']} {what} on {days[0]}, and {then['text']} on {days[1]}: {told}."


def without_noughts(found: Released) -> Released:
    """A count's categories without those that nobody is in."""
    kept = ~(found.frame["value"] == 0).fillna(False).astype(bool)
    return Released(
        found.frame[kept].reset_index(drop=True),
        found.withheld[kept].reset_index(drop=True),
        found.audience,
        found.totals,
    )


# --- staying put ----------------------------------------------------------------------------------------------------


def staying_put(evidence: Evidence, day: dt.date) -> tuple[int, int] | None:
    """Of those who turned 18 in foster care in the two years to `day`: how many live with former foster carers on it, by
    the list of that day, and of how many. None where records or list don't reach."""
    opened = (pd.Timestamp(day) - pd.DateOffset(years=STAYING_YEARS)).date()
    period = Period(day, day, evidence.known.quarter)
    if not evidence.covers(stays.TABLE, opened + dt.timedelta(days=1), day) or not evidence.known.carries(LIST):
        return None
    listed = evidence.once(care_leavers.statuses)
    listed = listed[certain(listed["as_at"] == period.last)]
    if listed.empty:
        return None
    left = stays.left_care(evidence.once(stays.stays), opened, day)
    left = left[left["age_left"] >= stays.GROWN_UP - stays.BIRTHDAY]
    last = stays.kind_on(evidence, left, left["end_date"] - pd.Timedelta(days=1))
    fostered = left[last == stays.FOSTERED]
    with_carers = listed[certain(listed["accommodation"] == "Z")]
    return int(fostered["child_id"].isin(with_carers["child_id"]).sum()), len(fostered)


def staying_put_values(review: Review) -> tuple[dict[str, dict], str]:
    """`stayed_put.now` and `.year_ago`, and the former in a sentence."""
    items, told = {}, ""
    for moment in ("now", "year_ago"):
        day = measures.moments(review.quarter)[moment].end
        found = staying_put(review.evidence, day)
        part, whole = found or (None, None)
        items[f"stayed_put.{moment}"] = make_value(
            review.audience, 100 * part / whole if whole else None, unit="percent", numerator=part, denominator=whole, period=words(day),
            title="Living with former foster carers, of those who turned 18 in foster care in the two years before",
            source=measures.source(review),
        )  # fmt: skip
        if moment == "now":
            told = _staying_put_in_words(items["stayed_put.now"], day)
    return items, told


def _staying_put_in_words(item: dict, day: dt.date) -> str:
    if item["text"] == CONFIDENTIAL:
        return f"How many young people stay put with their former foster carers is withheld ({CONFIDENTIAL}), because so few do."
    if item["value"] is None:
        return f"How many young people stayed put with their former foster carers on {words(day)} can't be told from the records."
    return (
        f"Of the {number(item['denominator'], 'count')} young people who turned 18 in foster care in the two years to {words(day)}, "
        f"{number(item['numerator'], 'count')} ({item['text']}) live with their former foster carers."
    )
