"""Time on a plan: how long plans last by the year in which they began, what goes with ending sooner, and who nears a mark."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released
from analysis.disclosure.additive import Structure
from analysis.disclosure.wording import number, short_day
from analysis.findings import durations
from analysis.findings.values import make_value
from analysis.indicators import protection
from analysis.indicators.evidence import Evidence
from analysis.methods import clustered, survival
from analysis.methods.proportional_hazards import log_rank
from analysis.reference.quarters import Quarter, words
from analysis.reviews.growth.families import of_plans

if TYPE_CHECKING:
    from analysis.findings.review import Review

# Years of start that are told apart, this year's included: more curves can't be.
MOST_YEARS = 5
# DfE's first band, three months; reviews at fifteen months ask why a plan goes on, two years is an indicator.
THREE_MONTHS = 91
SHARES_AT = ((91, "three_months"), (182, "six_months"), (365, "one_year"), (730, "two_years"))
MARKS = ((15, "15 months"), (24, "two years"))
BANDS = (
    ("under 12 months", 0, 12),
    ("12 to 15 months", 12, 15),
    ("15 months to 2 years", 15, 24),
    ("2 years or more", 24, 1200),
)
# What is usual is taken from the last two years.
USUAL_YEARS = 2
SURE = 0.05


def financial_year(days: pd.Series) -> pd.Series:
    """The year in which 1 April to 31 March began, as a whole number."""
    return (days.dt.year - (days.dt.month < 4)).astype("Int64")


def year_words(year: int) -> str:
    return f"{year}-{(year + 1) % 100:02d}"


@dataclass(frozen=True)
class Cohorts:
    """Plans by the financial year in which they began, as watched from `since` to `until`.

    `spells`: a row a plan: year, duration, entry, ended, family, from_start (whether watched from its first day);
    `years`: those told apart, oldest first.
    """

    spells: pd.DataFrame
    years: tuple[int, ...]
    since: dt.date
    until: dt.date


def cohorts(evidence: Evidence, quarter: Quarter) -> Cohorts:
    """Plans of the last MOST_YEARS years of start. A plan begun before the records are whole is watched from that day."""
    plans = evidence.once(protection.plans)
    begins = evidence.begins("protection_plans")
    first = plans["start_date"].min()
    since = begins or (first.date() if pd.notna(first) else quarter.start)
    seen = survival.spells(plans["start_date"], plans["end_date"], since, quarter.end)
    told = plans.loc[seen.index]
    seen = seen.assign(
        year=financial_year(told["start_date"]),
        family=evidence.once(of_plans)["family"].reindex(seen.index),
        from_start=(told["start_date"] >= pd.Timestamp(since)).to_numpy(),
    )
    last = quarter.year
    years = [year for year in range(last - MOST_YEARS + 1, last + 1) if (seen["year"] == year).any()]
    return Cohorts(seen[seen["year"].isin(years)], tuple(years), since, quarter.end)


def curves(found: Cohorts) -> pd.DataFrame:
    """A survival curve a year of start, as `findings.durations.curve`."""
    made = []
    for year in found.years:
        rows = found.spells[found.spells["year"] == year]
        late = f", seen from {short_day(found.since)}" if (rows["entry"] > 0).any() else ""
        made.append(durations.of_spells(rows, f"Began {year_words(year)}{late}"))
    return durations.together(made) if made else durations.of_spells(found.spells, "")


def cohort_table(review: Review, found: Cohorts) -> Released:
    """A row a year of start: `year`, plans, the share still open (per cent) after each of SHARES_AT, and `median` days.

    What no plan of the year could yet have shown is missing; a number rests on the plans still watched then.
    """
    rows, at_risk = [], [name + "_n" for _, name in SHARES_AT]
    for year in found.years:
        mine = found.spells[found.spells["year"] == year]
        curve = durations.of_spells(mine, "")
        table = survival.kaplan_meier(mine["duration"], mine["ended"], mine["entry"])
        # The longest that any plan of the year may have lasted by now.
        reach = (pd.Timestamp(found.until) - pd.Timestamp(year, 4, 1)).days
        whole = (pd.Timestamp(found.until) - pd.Timestamp(year + 1, 3, 31)).days
        row = {"year": year_words(year), "plans": len(mine), "median": table.quantile(0.5)}
        for days, name in SHARES_AT:
            share, seen = durations.share_at(curve, days) if days <= reach else (None, None)
            row |= {name: share, f"{name}_n": seen, f"{name}_whole": days <= whole}
        rows.append(row)
    columns = ["year", "plans", "median", *(name for _, name in SHARES_AT), *at_risk]
    frame = pd.DataFrame(rows, columns=columns).astype({"year": "str", "plans": "Int64", "median": "float64"})
    frame = frame.astype(dict.fromkeys((name for _, name in SHARES_AT), "float64")).astype(
        dict.fromkeys(at_risk, "Int64")
    )
    derived = {"median": ("plans",), **{name: ("plans", f"{name}_n") for _, name in SHARES_AT}}
    return review.release(frame, counts=["plans", *at_risk], derived=derived)


def cohorts_in_words(review: Review, found: Cohorts) -> str:
    """Whether plans that began in the last full year end sooner than those of the year before, in sentences."""
    last = found.until.year - (found.until.month < 4)
    whole = [year for year in found.years if year < last or (found.until.month, found.until.day) == (3, 31)]
    if len(whole) < 2:
        return "How long plans of different years last can't be compared: fewer than two whole years of plans starting are known."
    before, after = whole[-2:]
    rows = found.spells[found.spells["year"].isin((before, after))]
    sides = [rows[rows["year"] == year] for year in (before, after)]
    if _hidden(review, [len(one) for one in sides]):
        return "How long plans of different years last is withheld, because a year has from 1 to 5 plans."
    if not all(one["ended"].any() for one in sides):
        return f"No plan that began in {year_words(before)}, or none of {year_words(after)}, has ended yet."
    medians = [survival.kaplan_meier(one["duration"], one["ended"], one["entry"]).quantile(0.5) for one in sides]
    told = [
        f"half of those that began in {year_words(year)} had ended by {number(median, 'days')}" if not np.isnan(median) else
        f"half of those that began in {year_words(year)} haven't ended yet"
        for year, median in zip((before, after), medians, strict=True)
    ]  # fmt: skip
    p = log_rank(rows["year"].to_numpy(), rows["duration"], rows["ended"], rows["entry"], rows["family"])[1]
    way = _sooner(sides)
    verdict = (
        f"Plans of {year_words(after)} have ended {way} than those of {year_words(before)}, by more than chance gives (log-rank test with "
        "brothers and sisters counted together)."
        if p < SURE
        else "The two curves differ by no more than chance gives (log-rank test with brothers and sisters counted together)."
    )
    told_late = (
        f" Plans that began before {words(found.since)}, when the records begin to be whole, are counted from then on only: those of them "
        "that ended before aren't in the records, and counting the others from their start would make plans look longer."
        if (found.spells["entry"] > 0).any() else ""
    )  # fmt: skip
    first = told[0].replace("half of those", "Half of the plans", 1)
    return f"{first}, and {told[1]}. {verdict}{told_late}"


def _sooner(sides: list[pd.DataFrame]) -> str:
    """`sooner` or `later`, for the second against the first, by ends over those that the first one's pace would give."""
    rates = [one["ended"].sum() / (one["duration"] - one["entry"]).sum() for one in sides]
    reach = sides[1]["duration"].max()
    early = sides[0].assign(
        ended=sides[0]["ended"] & (sides[0]["duration"] <= reach), duration=sides[0]["duration"].clip(upper=reach)
    )
    early = early[early["duration"] > early["entry"]]
    rates[0] = early["ended"].sum() / (early["duration"] - early["entry"]).sum()
    return "sooner" if rates[1] > rates[0] else "later"


# --- nearing a mark ----------------------------------------------------------------------------------------------------


def open_plans(evidence: Evidence, day: dt.date) -> pd.DataFrame:
    plans, when = evidence.once(protection.plans), pd.Timestamp(day)
    return plans[(plans["start_date"] <= when) & ~(plans["end_date"] <= when).fillna(False)]


def nearing(review: Review) -> Released:
    """A row a mark (15 months, two years): `already` past it, `next_quarter`: will pass it in the next three months if none
    ends, `as_usual`: how many of those would get there if plans of their age ended as over the last two years."""
    evidence, quarter = review.evidence, review.quarter
    now, then = pd.Timestamp(quarter.end), pd.Timestamp(quarter.shift(1).end)
    rows = open_plans(evidence, quarter.end)
    usual = _usual(evidence, quarter)
    found = []
    for months, called in MARKS:
        past = rows["start_date"] <= now - pd.DateOffset(months=months)
        soon = ~past & (rows["start_date"] <= then - pd.DateOffset(months=months))
        ages = (now - rows.loc[soon, "start_date"]).dt.days.to_numpy(float)
        mark = months * durations.YEAR_DAYS / 12
        lasting = None if usual is None else float(sum(_chance(usual, age, mark) for age in ages))
        found.append((called, int(past.sum()), int(soon.sum()), lasting))
    frame = pd.DataFrame(found, columns=["mark", "already", "next_quarter", "as_usual"])
    frame = frame.astype({"already": "Int64", "next_quarter": "Int64", "as_usual": "float64", "mark": "str"})
    return review.release(frame, counts=["already", "next_quarter"], derived={"as_usual": ("next_quarter",)})


def ages_now(review: Review) -> Released:
    """Open plans by how long they have lasted (BANDS): `band`, `now`, `year_ago`."""
    days = {"now": review.quarter.end, "year_ago": review.quarter.shift(-4).end}
    frame = pd.DataFrame({"band": [name for name, *_ in BANDS]})
    for name, day in days.items():
        known = review.evidence.covers("protection_plans", day, day)
        starts = open_plans(review.evidence, day)["start_date"]
        when = pd.Timestamp(day)
        counts = [
            int(((starts <= when - pd.DateOffset(months=low)) & (starts > when - pd.DateOffset(months=high))).sum())
            for _, low, high in BANDS
        ]
        frame[name] = pd.array(counts if known else [None] * len(BANDS), dtype="Int64")
    # The bands add up to the plans open, which are shown elsewhere.
    totals = {name: float(frame[name].sum()) for name in days if frame[name].notna().all()}
    return review.release(frame, counts=list(days), adds=Structure(totals=totals))


def nearing_in_words(review: Review, released: Released) -> str:
    told = []
    for row, hidden in zip(released.frame.itertuples(), released.is_withheld("next_quarter"), strict=True):
        count = number(row.next_quarter, "count", withheld=bool(hidden)) if hidden or row.next_quarter else "none"
        kept = bool(released.is_withheld("already")[row.Index])
        past = number(row.already, "count", withheld=kept) if kept or row.already else "none"
        usual = (
            ""
            if hidden or pd.isna(row.as_usual) or not row.next_quarter
            else f", or {number(row.as_usual, 'count')} if they end as such plans have lately"
        )
        told.append(
            f"{past} {'has' if past in ('none', '1') else 'have'} lasted {row.mark} or more, and {count} more will have by "
            f"{words(review.quarter.shift(1).end)} if none of them ends{usual}"
        )
    kept = " (c: withheld, to protect small numbers)" if released.anything_withheld else ""
    return f"Of the plans open on {words(review.quarter.end)}, {told[0]}; {told[1]}{kept}."


def nearing_values(review: Review, released: Released) -> dict[str, dict]:
    """`nearing.<mark>.already` and `.next_quarter`; marks `fifteen_months` and `two_years`."""
    found = {}
    for row, name in zip(released.frame.itertuples(), ("fifteen_months", "two_years"), strict=True):
        for part, called in (
            ("already", "Open plans that have lasted"),
            ("next_quarter", "Open plans that will pass, in the next quarter if none ends,"),
        ):
            # What the table withholds is withheld here: any count from 1 to 5 stands for it.
            hidden = bool(released.is_withheld(part)[row.Index])
            value = getattr(row, part)
            found[f"nearing_{name}.{part}"] = make_value(review.audience, None if hidden else value, rests_on=[1 if hidden else value],
                                                         title=f"{called} {row.mark}", period=words(review.quarter.end))  # fmt: skip
    return found


def _usual(evidence: Evidence, quarter: Quarter) -> survival.Survival | None:
    plans = evidence.once(protection.plans)
    opens = quarter.shift(-4 * USUAL_YEARS).end
    if not evidence.covers("protection_plans", opens, opens):
        return None
    seen = survival.spells(plans["start_date"], plans["end_date"], opens, quarter.end)
    return (
        survival.kaplan_meier(seen["duration"], seen["ended"], seen["entry"])
        if len(seen) and seen["ended"].any()
        else None
    )


def _chance(usual: survival.Survival, age: float, mark: float) -> float:
    there = usual.at(age)
    return usual.at(mark) / there if there > 0 else 0.0


# --- ending within three months ----------------------------------------------------------------------------------------


def early_ends(review: Review) -> Released:
    """A row a year of start: plans that have been watched for three months or ended, how many `ended` within them, the
    `percent` with limits that allow for families. Plans begun in the last three months can't be told yet and are left out."""
    evidence, until = review.evidence, pd.Timestamp(review.quarter.end)
    plans = evidence.once(protection.plans).assign(family=evidence.once(of_plans)["family"])
    begins = evidence.begins("protection_plans")
    told = plans[plans["start_date"] <= until - pd.Timedelta(days=THREE_MONTHS)]
    if begins is not None:
        # A year of which the beginning isn't known whole would lack those that ended soonest.
        told = told[told["start_date"] >= pd.Timestamp(begins)]
        whole = financial_year(told["start_date"]) >= begins.year + ((begins.month, begins.day) > (4, 1)) - (
            begins.month < 4
        )
        told = told[whole.to_numpy(bool)]
    soon = (told["days"].notna() & (told["days"] <= THREE_MONTHS)).to_numpy(bool)
    names = financial_year(told["start_date"]).map(year_words).to_numpy(object)
    table = clustered.shares(soon, np.ones(len(told)), told["family"].to_numpy(), names)
    table = table.sort_values("group", ignore_index=True).tail(MOST_YEARS)
    frame = pd.DataFrame({
        "year": table["group"].astype("str"), "plans": table["exposure"].astype("Int64"), "ended": table["events"].astype("Int64"),
        "percent": 100 * table["rate"], "lower": 100 * table["lower"], "upper": 100 * table["upper"],
    }).reset_index(drop=True)  # fmt: skip
    limits = [
        f"{number(low, 'percent')} to {number(high, 'percent')}"
        for low, high in zip(frame["lower"], frame["upper"], strict=True)
    ]
    frame["limits"] = pd.Series(limits, dtype="str")
    rests = ("plans", "ended")
    out = review.release(frame, counts=rests, derived=dict.fromkeys(("percent", "lower", "upper"), rests))
    return Released(
        out.frame.assign(limits=out.frame["limits"].astype("str").mask(out.is_withheld("percent"), CONFIDENTIAL)),
        out.withheld,
        out.audience,
    )


def early_in_words(review: Review, released: Released) -> str:
    """The share of the latest year against the one before, and what it may mean."""
    rows = released.frame
    if rows.empty:
        return "How many plans end within three months can't be said: no year of plans is known from its beginning."
    row = rows.iloc[-1]
    if pd.isna(row["percent"]):
        return f"How many plans that began in {row['year']} ended within three months is withheld (c)."
    told = (
        f"Of the {number(row['plans'], 'count')} plans begun in {row['year']} that could be followed for three months, {number(row['percent'], 'percent')} ended within "
        f"them ({row['limits']})"
    )
    if len(rows) > 1 and pd.notna(rows.iloc[-2]["percent"]):
        before = rows.iloc[-2]
        apart = row["lower"] > before["upper"] or row["upper"] < before["lower"]
        told += f"; in {before['year']} it was {number(before['percent'], 'percent')} ({before['limits']}), " + (
            "a difference that chance would hardly give" if apart else "a difference that chance may give"
        )
    return f"{told}. A plan that ends at its first review can mean quick progress, a child who has come into care or moved away, or a conference that came too early; the returns don't say which."


def _hidden(review: Review, counts: list[int]) -> bool:
    return review.release(pd.DataFrame({"n": counts}).astype("Int64"), counts=["n"]).anything_withheld
