"""What the number of plans would be today, had plans ended as fast as in an earlier year, or had starts stayed level."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import number
from analysis.findings.measures import moments
from analysis.findings.values import make_value
from analysis.methods import counterfactuals, hazards
from analysis.methods.masks import certain
from analysis.methods.resampling import cluster_weights
from analysis.reference.quarters import words
from analysis.reviews.growth import exits
from analysis.reviews.growth.exits import covered, plans_with_families, year_before

if TYPE_CHECKING:
    from analysis.findings.review import Review

DRAWS = 300
SEED = 20180930
ACTUAL, EXITS, STARTS, BOTH, EARLIER = "actual", "exits", "starts", "both", "exits_earlier"


@dataclass(frozen=True)
class Had:
    """What would be, by scenario: ACTUAL, EXITS (ending as fast as in the year to `base`), STARTS (starts as in that year),
    BOTH, and EARLIER (ending as fast as in the year before that one). `stocks` lacks what can't be worked out; `paths`
    has a column a scenario and a row a month end. `rests_on`: the counts behind it.
    """

    base: dt.date | None
    day: dt.date
    stocks: dict[str, counterfactuals.Stock] = field(default_factory=dict)
    paths: pd.DataFrame = field(default_factory=pd.DataFrame)
    rests_on: tuple[int, ...] = ()


def had(review: Review) -> Had:
    """What would be today, counted from the earlier of the last two year ends that has a known year before it."""
    at, evidence = moments(review.quarter), review.evidence
    bases = [at[name].end for name in ("year_end_before", "last_year_end")]
    base = next((day for day in bases if covered(evidence, year_before(day), review.quarter.end)), None)
    if base is None:
        return Had(None, review.quarter.end)
    known_before = covered(evidence, year_before(year_before(base)), base)
    return worked_out(evidence.once(plans_with_families), base, review.quarter.end, known_before=known_before)


def worked_out(plans: pd.DataFrame, base: dt.date, day: dt.date, *, known_before: bool) -> Had:
    """The same from plans with `family` (`plans_with_families`): no review is needed.

    Question: how much of today's number hangs on plans ending more slowly, and how much on more starting?
    Method: plans open on `base` and those that began since are followed with the hazard, by age, of the year to
    `base`; or those that began in that year are taken to begin again; or both. Hazards are of families drawn with
    replacement (a bootstrap), and members of a family go together.
    Trap: fewer plans might have begun again, or more, had more ended; and the year to `base` may itself have been out
    of the ordinary, so EARLIER stands beside it.
    """
    zero, close = pd.Timestamp(base), pd.Timestamp(day)
    start, end = plans["start_date"], plans["end_date"]
    horizon = float((close - zero).days)
    open_then = certain(start <= zero) & ~certain(end <= zero)
    since = certain(start > zero) & certain(start <= close)
    earlier = year_before(base)
    of_year = certain(start > pd.Timestamp(earlier)) & certain(start <= zero)
    weights = cluster_weights(plans["family"], DRAWS, SEED)
    paces = {"year": (earlier, base), "since": (base, day)}
    if known_before:
        paces["before"] = (year_before(earlier), earlier)
    seen = {name: exits.watched(plans, *span) for name, span in paces.items()}
    if not all(one.exposure.sum() > 0 for one in seen.values()) or not of_year.any():
        return Had(base, day)
    entered = (start - zero).dt.days.astype("float64").to_numpy(na_value=np.nan)
    family = plans["family"].to_numpy()
    real = (open_then | since).to_numpy()
    again = [of_year.to_numpy() & (_shifted(start, zero, years) <= horizon).to_numpy() for years in (1, 2, 3)]
    repeated = np.concatenate(
        [entered[open_then], *(_shifted(start, zero, y).to_numpy()[a] for y, a in zip((1, 2, 3), again, strict=True))]
    )
    # A family that comes again in the next year is another one.
    labels = np.concatenate(
        [family[open_then], *(family[a] + y * (family.max() + 1) for y, a in zip((1, 2, 3), again, strict=True))]
    )
    times = np.concatenate([np.ones((DRAWS, int(open_then.sum()))), *(weights[:, a] for a in again)], axis=1)
    as_real, as_then = (entered[real], family[real], None), (repeated, labels, times)
    scenarios = {EXITS: (as_real, "year"), STARTS: (as_then, "since"), BOTH: (as_then, "year")}
    if known_before:
        scenarios[EARLIER] = (as_real, "before")
    stocks, dates = {}, pd.date_range(zero, close, freq="ME")
    days = np.array([(one - zero).days for one in dates], float)
    paths = {ACTUAL: [int((certain(start <= one) & ~certain(end <= one)).sum()) for one in dates]}
    for name, ((begun, group, often), pace) in scenarios.items():
        drawn = hazards.hazards(seen[pace], weights)
        stock = counterfactuals.stock_at(begun, group, horizon, drawn, exits.EDGES, SEED, weights=often)
        path = counterfactuals.expected_path(begun, days, hazards.hazards(seen[pace]), exits.EDGES)
        # What is said is what the records' own hazards give; the draws give the limits.
        stocks[name] = counterfactuals.Stock(float(path[-1]), stock.lower, stock.upper)
        paths[name] = path
    now = float(paths[ACTUAL][-1])
    stocks[ACTUAL] = counterfactuals.Stock(now, now, now)
    counts = (
        int(open_then.sum()),
        int(since.sum()),
        int(of_year.sum()),
        *(int(one.events.sum()) for one in seen.values()),
    )
    return Had(base, day, stocks, pd.DataFrame(paths, index=dates), counts)


def _shifted(start: pd.Series, zero: pd.Timestamp, years: int) -> pd.Series:
    return (start + pd.DateOffset(years=years) - zero).dt.days.astype("float64")


def called(found: Had) -> dict[str, str]:
    """What each scenario is called, in the order in which they are told."""
    if found.base is None:
        return {}
    year, before = words(found.base), words(year_before(found.base))
    names = {
        ACTUAL: "As it was", EXITS: f"Plans ending as fast as in the year to {year}", STARTS: f"Starts as in the year to {year}",
        BOTH: f"Starts and ends as in the year to {year}", EARLIER: f"Plans ending as fast as in the year to {before}",
    }  # fmt: skip
    return {name: text for name, text in names.items() if name in found.stocks}


_SHORT = {ACTUAL: "As it was", EXITS: "Ends as then", STARTS: "Starts as then", BOTH: "Both as then"}


def paths(review: Review, found: Had) -> Released:
    """Month by month from the base on: date, series (short), n. Released."""
    frames = [
        pd.DataFrame({"date": found.paths.index, "series": _SHORT[name], "n": found.paths[name].round().to_numpy()})
        for name in _SHORT if name in found.paths
    ]  # fmt: skip
    kinds = {"date": "datetime64[us]", "series": "str", "n": "Int64"}
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(kinds))
    return review.release(frame.astype(kinds), counts=["n"])


def table(review: Review, found: Had) -> Released:
    """A row a scenario: scenario, plans, lower, upper, less (how many fewer than there are). Released."""
    now = found.stocks[ACTUAL].expected if ACTUAL in found.stocks else np.nan
    rows = [
        {"scenario": text, "plans": one.expected, "lower": None if name == ACTUAL else one.lower,
         "upper": None if name == ACTUAL else one.upper, "less": None if name == ACTUAL else round(one.expected) - now,
         "smallest": _smallest(found)}
        for name, text in called(found).items() for one in [found.stocks[name]]
    ]  # fmt: skip
    figures = ["plans", "lower", "upper", "less"]
    frame = pd.DataFrame(rows, columns=["scenario", *figures, "smallest"])
    frame = frame.astype({"scenario": "str", **dict.fromkeys(figures, "float64"), "smallest": "Int64"})
    return review.release(frame, counts=["smallest"], derived=dict.fromkeys(figures, ("smallest",)))


def values(review: Review, found: Had) -> dict[str, dict]:
    """`stock_had.exits`, `.starts`, `.both`, `.exits_earlier`: how many plans there would be."""
    names = called(found)
    return {
        f"stock_had.{name}": make_value(
            review.audience, round(found.stocks[name].expected) if name in found.stocks else None,
            rests_on=found.rests_on or [None], title=names.get(name, "Plans that there would be"), period=words(found.day))
        for name in (EXITS, STARTS, BOTH, EARLIER)
    }  # fmt: skip


def in_words(review: Review, found: Had) -> str:
    """What would be today, in a few sentences."""
    day = words(found.day)
    if not found.stocks:
        return f"What the number of plans on {day} would have been can't be worked out: it takes a whole year of records before the last year end."
    if table(review, found).anything_withheld:
        return f"What the number of plans on {day} would have been is withheld, so that no count from 1 to 5 can be worked out from it."
    year = words(found.base)
    told = (
        f"{number(found.stocks[ACTUAL].expected, 'count')} plans were open on {day}. Had plans gone on ending as fast as in the year to "
        f"{year}, there would be {_limits(found, EXITS)}; had starts stayed as they were then, {_limits(found, STARTS)}; with both, "
        f"{_limits(found, BOTH)}."
    )
    if EARLIER in found.stocks:
        told += (
            f" That year may not have been a usual one: had plans ended as fast as in the year before it, there would be "
            f"{_limits(found, EARLIER)}."
        )
    return told


def _limits(found: Had, name: str) -> str:
    one = found.stocks[name]
    return f"{number(one.expected, 'count')} (95% limits {number(one.lower, 'count')} to {number(one.upper, 'count')})"


def _smallest(found: Had) -> int | None:
    return min((one for one in found.rests_on if one > 0), default=None)
