"""The date that an Annex A workbook speaks of, and the six months that its rolling lists reach back.

The template has no place for a date. The quarter that the workbook was delivered for decides; without one, a front
sheet that says `As at ...`; without that, the content: nothing can have happened after the day that a list was drawn,
so its last dates of contacts, visits, reviews and endings lie at that day.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.records.delivery import NOTED, REFUSED, Problem
from analysis.reference.calendar import Quarter, words
from analysis.returns.annex_a.pages import Page
from analysis.returns.sources import Sheet

MONTHS = 6
# A date counts as the last one only if others lie in the month before it: a mistyped year stands alone.
_COMPANY_DAYS = 31
_COMPANY_NEEDED, _COMPANY_SHARE = 2, 0.001
# More than this share of dates outside the window means that the content is of another time.
_MOSTLY = 0.5
# An expected date of birth can lie this far ahead.
_PREGNANCY_DAYS = 300
# Dates that lie in the six months by the list's own definition: list -> name read to.
_ROLLING = {1: "date", 3: "date", 4: "authorised_date", 5: "start_date"}
_STATED = re.compile(r"\bas (?:at|of|on)\b:?\s*(\d{1,2}[ /.-](?:\d{1,2}|[A-Za-z]{3,9})[ /.-]\d{4})", re.IGNORECASE)


@dataclass(frozen=True)
class Window:
    """`trusted`: the content agrees with the dates, so that what the lists don't hold can be said not to exist."""

    start: dt.date
    end: dt.date
    how: str
    trusted: bool
    problems: tuple[Problem, ...] = ()


def six_months_to(day: dt.date) -> dt.date:
    """The first day of the six months that end on `day`: 1 April for 30 September."""
    return (pd.Timestamp(day) + pd.Timedelta(days=1) - pd.DateOffset(months=MONTHS)).date()


def window_of(pages: Sequence[Page], covers: Iterable[Sheet], quarter: Quarter | None) -> Window | None:
    """The window of a workbook; None where nothing says when it was drawn up."""
    file = pages[0].ledger.file.name if pages else ""
    stated = next(filter(None, map(_stated, covers)), None)
    inferred = _last_day(pages)
    if quarter is None:
        end = stated or inferred
        how = "its front sheet" if stated else "its latest dates"
        return Window(six_months_to(end), end, how, trusted=True) if end else None
    end, start = quarter.end, six_months_to(quarter.end)
    problems = []
    if stated and stated != end:
        problems.append(Problem(
            NOTED, "date-stated", file, f"the front sheet says {words(stated)}; it was delivered for {quarter} "
            f"({words(end)})", "check that it was delivered for the right quarter", value=words(stated),
        ))  # fmt: skip
    outside, counted = _outside(pages, start, end)
    trusted = not counted or outside <= _MOSTLY * counted
    if not trusted and inferred:
        problems.append(Problem(
            NOTED, "window-mismatch", file,
            f"{outside:,} of the {counted:,} dates in lists 1, 3, 4 and 5 fall outside {words(start)} to {words(end)}, "
            f"which {quarter} means; the content looks like {words(six_months_to(inferred))} to {words(inferred)}. "
            "It is read, but nothing is concluded from what it lacks",
            "check that the workbook was delivered for the right quarter", value=words(inferred),
        ))  # fmt: skip
    return Window(start, end, f"the quarter {quarter}", trusted, tuple(problems))


def undated(file: str) -> Problem:
    return Problem(
        REFUSED, "date-unknown", file, "nothing in the workbook says when it was drawn up: it has no dates at all",
        "say which quarter it is for",
    )  # fmt: skip


def note_dates_ahead(page: Page, window: Window) -> None:
    """Dates after the workbook's own, where it is otherwise of that time."""
    if not window.trusted:
        return
    day = pd.Timestamp(window.end)
    for name in page.listed.happened:
        if name in page.values:
            page.ledger.flag(page.values[name] > day, NOTED, "date-ahead",
                             f"later than {words(window.end)}, the date that the workbook speaks of",
                             "check the date", page.heading(name))  # fmt: skip
    if "date_of_birth" in page.values:
        ahead = page.values["date_of_birth"] > day + pd.Timedelta(days=_PREGNANCY_DAYS)
        page.ledger.flag(ahead, NOTED, "birth-date-ahead", "later than any child expected now could be born",
                         "check the date", page.heading("date_of_birth"))  # fmt: skip


def _stated(cover: Sheet) -> dt.date | None:
    for row in cover.rows:
        for cell in row:
            if isinstance(cell, str) and (found := _STATED.search(cell)):
                day = pd.to_datetime(found[1], dayfirst=True, errors="coerce")
                return None if pd.isna(day) else day.date()
    return None


def _last_day(pages: Sequence[Page]) -> dt.date | None:
    columns = [page.kept[name] for page in pages for name in page.listed.happened if name in page.kept]
    days = np.sort(pd.concat(columns).dropna().to_numpy().astype("datetime64[D]")) if columns else np.array([])
    if not len(days):
        return None
    company = np.arange(1, len(days) + 1) - np.searchsorted(days, days - np.timedelta64(_COMPANY_DAYS, "D"))
    supported = days[company >= max(_COMPANY_NEEDED, _COMPANY_SHARE * len(days))]
    return (supported if len(supported) else days)[-1].item()


def _outside(pages: Sequence[Page], start: dt.date, end: dt.date) -> tuple[int, int]:
    columns = [
        page.kept[name] for page in pages if (name := _ROLLING.get(page.listed.number, "")) and name in page.kept
    ]
    days = pd.concat(columns).dropna() if columns else pd.Series(dtype="datetime64[us]")
    inside = days.between(pd.Timestamp(start), pd.Timestamp(end))
    return int((~inside).sum()), len(days)
