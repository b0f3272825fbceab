"""The words that documents carry about themselves: audience, marking, simulated data, moments in time."""

from __future__ import annotations

import datetime as dt

from analysis.reference import calendar
from analysis.reference.calendar import Quarter
from analysis.reference.project import UsageError

# "For ...", "Made for ..."
AUDIENCE_LABELS = {
    "internal": "officers of the authority",
    "board": "members of the safeguarding children board",
    "public": "the public",
}
# Government Security Classifications: personal data in bulk, and unsuppressed small numbers, take this handling caveat.
MARKINGS = {"internal": "Official-Sensitive", "board": "", "public": ""}

SIMULATED_HEAD = "Simulated data: invented children"
SIMULATED_TITLE = "This document is made from simulated data"
SIMULATED_NOTICE = (
    "Every child, family and worker behind these figures is invented, to show and test how the document is made. "
    "The figures don't describe any real child, and must not be quoted as this authority's performance."
)
DRAFT_HEAD = "DRAFT – not checked"


def check_audience(audience: str) -> str:
    """The audience itself. Raises UsageError where it isn't one: Quarto would ignore a mistyped profile in silence."""
    if audience not in AUDIENCE_LABELS:
        raise UsageError(f"'{audience}' is not an audience; it is one of {', '.join(AUDIENCE_LABELS)}")
    return audience


def running_head(*, simulated: bool, audience: str, draft: bool = False) -> list[str]:
    """What every page must carry at its head, most important first."""
    marks = [DRAFT_HEAD if draft else "", SIMULATED_HEAD if simulated else "", MARKINGS[audience]]
    return [mark for mark in marks if mark]


def moments(quarter: Quarter) -> dict[str, str]:
    """The dates that narrative speaks of, in words, by the endings that values have (`.now`, `.year_ago`, ...)."""
    last = quarter.year_start - dt.timedelta(days=1)
    year_ends = [last.replace(year=last.year - back) for back in range(3)]
    names = ("last_year_end", "year_end_before", "year_end_before_that")
    return {
        "now": calendar.words(quarter.end),
        "year_ago": calendar.words(quarter.shift(-4).end),
        **{name: calendar.words(day) for name, day in zip(names, year_ends, strict=True)},
    }
