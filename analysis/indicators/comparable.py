"""The policy of comparing: what may be set beside what, and what must be said of it. Constants and pure functions.

The document of 2018 set several "national averages" beside local figures a year newer, and nobody could see it. So a
published figure of another period or population says so in words that go where it goes, and one of another definition,
or beside part of a year, isn't given at all.
"""

from __future__ import annotations

import datetime as dt

from analysis.reference import populations
from analysis.reference.quarters import words

# A document about a quarter is made within so many days of its end: what is published by then can be in it.
EDITION_DAYS = 92
# What was published about a time further back than this says nothing about a figure of today.
MOST_YEARS_APART = 3
# The mid-year to which every release since the 2021 census agrees.
_AGREED_TO = 2021
# A population that is none of the vintages that we hold.
UNKNOWN = "unknown"


def published_by(local_end: dt.date) -> dt.date:
    """The day by which a figure must be out to stand beside a local one for a period that ended then."""
    return local_end + dt.timedelta(days=EDITION_DAYS)


def is_year(start: dt.date, end: dt.date) -> bool:
    """Whether a period is twelve whole months."""
    after = end + dt.timedelta(days=1)
    return (after.month, after.day) == (start.month, start.day) and after.year == start.year + 1


def in_words(start: dt.date, end: dt.date) -> str:
    """`30 September 2018`, `the year to 30 September 2018`, `1 July 2018 to 30 September 2018`."""
    if start == end:
        return words(end)
    return f"the year to {words(end)}" if is_year(start, end) else f"{words(start)} to {words(end)}"


def unlike(local: tuple[dt.date, dt.date], published: tuple[dt.date, dt.date]) -> str:
    """Why periods (first and last day) can't be set side by side; blank where they can, with words or without."""
    (start, end), (their_start, their_end) = local, published
    if (start == end) != (their_start == their_end):
        ours, theirs = ("a day", "a year") if start == end else ("a period", "a day")
        return f"the local figure is of {ours}, the published one of {theirs}"
    if start != end and not is_year(start, end):
        return f"a figure for {in_words(start, end)} isn't set beside a year's, annualised or not"
    if abs((end - their_end).days) > MOST_YEARS_APART * 366:
        return f"the published figure, for {in_words(their_start, their_end)}, is too far from {in_words(start, end)}"
    return ""


def period_clause(local: tuple[dt.date, dt.date], published: tuple[dt.date, dt.date]) -> str:
    """What must be said of two periods that differ, as `ours to 30 September 2018` for a year and `ours at` for a day;
    blank where they are the same. Short, because it stands beside every figure that is compared."""
    if local == published:
        return ""
    start, end = local
    return (
        f"ours at {words(end)}"
        if start == end
        else f"ours to {words(end)}"
        if is_year(start, end)
        else f"ours for {in_words(*local)}"
    )


def same_population(ours: str, theirs: str, mid_year: int) -> bool:
    """Whether two vintages give a mid-year the same estimate. `in-force` is the estimate of the time."""
    if UNKNOWN in (ours, theirs):
        return False
    before = (populations.IMPLIED_2018, "in-force")
    if ours in before or theirs in before:
        return ours in before and theirs in before
    return ours == theirs or mid_year <= _AGREED_TO


def population_clause(ours: str, theirs: str, mid_year: int) -> str:
    """What must be said of rates on different estimates; blank where they are the same, or it is no rate (no `ours`)."""
    if not ours or not theirs or same_population(ours, theirs, mid_year):
        return ""
    if ours == UNKNOWN:
        return "ours on a population estimate that we don't hold"
    if theirs == "in-force":
        return "on the population estimate of the time, ours on a later one"
    later = "a later" if ours == populations.IMPLIED_2018 or theirs > ours else "an earlier"
    return f"on {later} population estimate than ours"
