"""How many young people will leave care as care leavers in each coming year, and what homes and occupations they'd need:
tables, values and words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released, Structure
from analysis.disclosure.wording import number
from analysis.findings.values import make_value
from analysis.reference.quarters import words
from analysis.reviews.care_leavers import outlook, stays
from analysis.reviews.care_leavers.demand import AHEAD, SUPPORTED, UNOCCUPIED, UNSETTLED, Demand
from analysis.reviews.care_leavers.outlook import COMING, HORIZON, OLDER, PROFILE, Outlook

if TYPE_CHECKING:
    from analysis.findings.review import Review

EXPECTED = "If it goes on as it did"
ALL = "All"
_LIMITS = (0.025, 0.5, 0.975)
_ORIGINS = {OLDER: "older", PROFILE: "profile", COMING: "coming"}


def from_review(review: Review) -> Outlook | None:
    """The outlook at the end of the review's quarter."""
    return outlook.outlook(review.evidence, review.quarter.end)


def _years_on(day: dt.date, number_: int) -> pd.Timestamp:
    return (pd.Timestamp(day) + pd.Timedelta(days=1) + pd.DateOffset(years=number_) - pd.Timedelta(days=1)).normalize()


def coming_years(review: Review, found: Outlook | None) -> Released:
    """A row a coming year: period_end, leaving care with a care leaver's rights (n, lower, upper), and of them those looked
    after at 16 and 17 now (older), at 13 to 15 now (profile), and not yet (coming). Medians and 95% limits. Released."""
    columns = ["period_end", "n", "lower", "upper", *_ORIGINS.values(), "smallest"]
    rows = []
    for year in range(HORIZON if found is not None else 0):
        low, middle, high = np.quantile(found.leaving(year, year + 1), _LIMITS)
        parts = {name: float(np.median(found.leaving(year, year + 1, origin))) for origin, name in _ORIGINS.items()}
        rows.append((_years_on(found.day, year + 1), middle, low, high, *parts.values(), min(found.rests_on)))
    frame = pd.DataFrame(rows, columns=columns)
    figures = columns[1:-1]
    frame = frame.astype({"period_end": "datetime64[us]", **dict.fromkeys(figures, "float64"), "smallest": "Int64"})
    return review.release(frame, counts=["smallest"], derived=dict.fromkeys(figures, ("smallest",))).only(*columns[:-1])


def past_years(review: Review) -> Released:
    """Young people who left care with a care leaver's rights in the twelve months to each quarter's end that is known
    whole: period_end, value. Released."""
    rows, every = [], review.evidence.once(stays.stays)
    quarters = review.history.quarters if review.history is not None else ()
    for quarter in [one for one in quarters if one <= review.quarter]:
        first = quarter.shift(-3).start
        if review.evidence.covers(stays.TABLE, first, quarter.end):
            left = stays.left_care(every, first - dt.timedelta(days=1), quarter.end)
            rows.append((pd.Timestamp(quarter.end), len(left)))
    frame = pd.DataFrame(rows, columns=["period_end", "value"]).astype(
        {"period_end": "datetime64[us]", "value": "Int64"}
    )
    return review.release(frame, counts=["value"])


def paths(past: Released, coming: Released) -> Released:
    """What was, and what may be: date, series (blank for what was), n, lower, upper; as the two were released."""
    frames = [
        past.frame.rename(columns={"period_end": "date", "value": "n"}).assign(series="", lower=np.nan, upper=np.nan),
        coming.frame.rename(columns={"period_end": "date"}).assign(series=EXPECTED),
    ]
    kinds = {"date": "datetime64[us]", "series": "str", **dict.fromkeys(("n", "lower", "upper"), "float64")}
    frame = pd.concat([one[list(kinds)].astype(kinds) for one in frames], ignore_index=True)
    hidden = pd.concat([past.is_withheld("value"), coming.is_withheld("n")], ignore_index=True)
    return Released(frame, pd.DataFrame({name: hidden.astype(bool) for name in ("n", "lower", "upper")}), past.audience)


def values(review: Review, coming: Released, past: Released) -> dict[str, dict]:
    """`leaving.last_year`; `leaving.next_year`, `leaving.in_two_years`, `leaving.in_three_years`, with `_lower` and `_upper`."""
    title = "Young people leaving care as care leavers"
    last = past.frame["value"].iloc[-1] if len(past.frame) else None
    hidden = bool(past.is_withheld("value").iloc[-1]) if len(past.frame) else False
    end = words(review.quarter.end)
    items = {"leaving.last_year": make_value(review.audience, None if hidden else last, rests_on=[1] if hidden else [last],
                                             title=title, period=f"the year to {end}")}  # fmt: skip
    for position, name in enumerate(("next_year", "in_two_years", "in_three_years")):
        row = coming.frame.iloc[position] if len(coming.frame) > position else None
        withheld = row is not None and bool(coming.is_withheld("n").iloc[position])
        span = "" if row is None else f"projected for the year to {words(row['period_end'].date())}"
        for part, column in {"": "n", "_lower": "lower", "_upper": "upper"}.items():
            value = None if row is None or withheld else round(float(row[column]))
            items[f"leaving.{name}{part}"] = make_value(
                review.audience, value, unit="count", rests_on=[1 if withheld else 0], period=span,
                title=f"{title}, projected{part.replace('_', ', ')}{' limit' if part else ''}",
            )  # fmt: skip
    return items


def in_words(review: Review, found: Outlook | None, coming: Released, past: Released) -> str:
    """The projection in a few sentences."""
    if found is None:
        return "How many young people will leave care can't be projected: the records don't hold a year of care, or nobody of 13 to 17 is looked after."
    if coming.anything_withheld:
        return f"How many young people will leave care is withheld ({CONFIDENTIAL}), because so few children are behind it."
    first, third = coming.frame.iloc[0], coming.frame.iloc[2]
    last = past.frame["value"].iloc[-1] if len(past.frame) else None
    before = "" if last is None or pd.isna(last) else f"; in the year to {words(found.day)} {number(last, 'count')} did"
    return (
        f"If children come into care at 13 to 17, and leave it, as in the time since {words(found.watched_from)}, {number(first['n'], 'count')} young people "
        f"will leave care as care leavers in the year to {words(first['period_end'].date())} (95% limits {number(first['lower'], 'count')} and "
        f"{number(first['upper'], 'count')}){before}. In the third year from now it would be {number(third['n'], 'count')} ({number(third['lower'], 'count')} and "
        f"{number(third['upper'], 'count')}), of whom about {number(third['profile'], 'count')} are 13 to 15 and looked after now, and about {number(third['coming'], 'count')} have yet to come into care."
    )


# --- homes and occupations ------------------------------------------------------------------------------------------


def needs_table(review: Review, needed: Demand | None) -> Released:
    """A row a home (or occupation) and all: `seen` among recent care leavers and their `share`; the middle and 95% limits of
    how many of today's 13 to 15 year olds, and of everyone leaving within three years, would have it. Released."""
    figures = ["share", *(f"{whose}{part}" for whose in ("profile", "everyone") for part in ("", "_lower", "_upper"))]
    rows = []
    if needed is not None:
        total = needed.seen.sum()
        columns = [
            (name, needed.seen[:, i].sum(), needed.profile[:, i], needed.everyone[:, i])
            for i, name in enumerate(needed.outcomes)
        ]
        columns.append((ALL, total, needed.profile.sum(axis=1), needed.everyone.sum(axis=1)))
        for name, seen, profile, everyone in columns:
            if not seen:
                continue
            (low, middle, high), (few, half, many) = np.quantile(profile, _LIMITS), np.quantile(everyone, _LIMITS)
            rows.append((name, int(seen), 100 * seen / total, middle, low, high, half, few, many))
    frame = pd.DataFrame(rows, columns=["outcome", "seen", *figures])
    frame = frame.astype({"outcome": "str", "seen": "Int64", **dict.fromkeys(figures, "float64")})
    return review.release(
        frame, counts=["seen"], derived=dict.fromkeys(figures, ("seen",)), adds=Structure(margins={"outcome": ALL})
    )


def with_ranges(review: Review, shown: Released) -> Released:
    """The table of needs in text, each middle with its limits: `14 (6 to 22)`."""
    rows = shown.frame
    written = {
        name: [number(value, unit, withheld=bool(hidden)) for value, hidden in zip(rows[name], shown.is_withheld(name), strict=True)]
        for name, unit in (("seen", "count"), ("share", "percent"))
    }  # fmt: skip
    written |= {
        whose: [
            CONFIDENTIAL if hidden else f"{number(middle, 'count')} ({number(low, 'count')} to {number(high, 'count')})"
            for hidden, middle, low, high in zip(
                shown.is_withheld(whose), *(rows[f"{whose}{part}"] for part in ("", "_lower", "_upper")), strict=True
            )
        ]
        for whose in ("profile", "everyone")
    }  # fmt: skip
    text = {name: pd.Series(cells, dtype="str", index=rows.index) for name, cells in written.items()}
    return review.release(rows[["outcome"]].assign(**text))


def homes_in_words(shown: Released) -> str:
    """Where most of the care leavers to come would live, in a sentence."""
    rows = shown.frame[shown.frame["outcome"] != ALL]
    known = rows[~shown.is_withheld("everyone")[rows.index]]
    if known.empty:
        why = (
            f"is withheld ({CONFIDENTIAL}), because so few have left"
            if len(rows)
            else "can't be told: no recent care leaver is on record"
        )
        return f"Where the care leavers to come would live {why}."
    parts = [
        f"{row['outcome'][:1].lower()}{row['outcome'][1:]}, for {number(row['everyone'], 'count')} of them (95% limits {number(row['everyone_lower'], 'count')} and {number(row['everyone_upper'], 'count')})"
        for _, row in known.sort_values("everyone", ascending=False, kind="stable").head(2).iterrows()
    ]
    return (
        f"If those leaving care in the next {_COUNTED[AHEAD]} years go the way of those who left before them from a like kind of placement, the commonest first home would be "
        f"{', and after it '.join(parts)}."
    )


_COUNTED = {2: "two", 3: "three", 4: "four", 5: "five"}


def need_values(review: Review, homes: Demand | None, occupations: Demand | None) -> dict[str, dict]:
    """With `_lower` and `_upper`: `needs.everyone`, those leaving care within three years, and `needs.profile`, those of 13
    to 15 now whenever they leave; of the former, `needs.supported` into supported homes, `needs.unsettled` to no settled
    home, and `needs.unoccupied` without work or learning."""
    everywhere = homes.outcomes if homes is not None else ()
    called = f"leaving care as care leavers within {_COUNTED[AHEAD]} years"
    wanted = {
        "everyone": (homes, everywhere, "everyone", f"Young people {called}"),
        "profile": (homes, everywhere, "profile", "Looked after at 13 to 15 now, who will leave care as care leavers"),
        "supported": (homes, (SUPPORTED,), "everyone", f"Young people {called}, to supported homes"),
        "unsettled": (homes, (UNSETTLED,), "everyone", f"Young people {called}, to no settled home"),
        "unoccupied": (
            occupations,
            UNOCCUPIED,
            "everyone",
            f"Young people {called}, without work or learning at first",
        ),
    }
    items = {}
    for name, (needed, outcomes, whose, title) in wanted.items():
        seen, drawn = (None, None) if needed is None else _together(needed, outcomes, whose)
        for part, level in (("", 0.5), ("_lower", _LIMITS[0]), ("_upper", _LIMITS[2])):
            items[f"needs.{name}{part}"] = make_value(
                review.audience, None if drawn is None else round(float(np.quantile(drawn, level))), unit="count", rests_on=[seen or 0],
                title=f"{title}, projected{part.replace('_', ', ')}{' limit' if part else ''}", period=f"projected from {words(review.quarter.end)}",
            )  # fmt: skip
    return items


def _together(needed: Demand, outcomes: Iterable[str], whose: str) -> tuple[int, np.ndarray]:
    """How many recent care leavers had any of the outcomes, and the draws of how many to come would."""
    at = [needed.outcomes.index(one) for one in outcomes]
    return int(needed.seen[:, at].sum()), getattr(needed, whose)[:, at].sum(axis=1)


def occupation_in_words(items: Mapping[str, dict]) -> str:
    """How many of those to come would need a place to learn or work, in a sentence. `items`: `need_values`."""
    whole, without, low, high = (
        items[f"needs.{name}"] for name in ("everyone", "unoccupied", "unoccupied_lower", "unoccupied_upper")
    )
    if without["value"] is None:
        why = (
            f"is withheld ({CONFIDENTIAL}), because so few have left"
            if without["text"] == CONFIDENTIAL
            else "can't be told"
        )
        return f"How many of the care leavers to come will lack a place to learn or work {why}."
    return (
        f"Of the {whole['text']} young people leaving care in the next {_COUNTED[AHEAD]} years, {without['text']} (95% limits {low['text']} and {high['text']}) would "
        "at first be neither in work nor learning, if they go the way of those who left before them from a like kind of placement: for so many is a place to be found."
    )
