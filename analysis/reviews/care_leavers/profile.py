"""The needs profile: who is looked after at 13, 14 and 15 today, and how many of them will still be at 16, 17 and 18."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released, Structure
from analysis.disclosure.wording import number
from analysis.findings.values import make_value
from analysis.indicators import looked_after
from analysis.methods.masks import certain
from analysis.reference.quarters import words
from analysis.reviews.care_leavers import stays
from analysis.reviews.care_leavers.outlook import PROFILE, Outlook
from analysis.reviews.care_leavers.stays import ELSEWHERE, FOSTERED, IN_A_HOME

if TYPE_CHECKING:
    from analysis.findings.review import Review

ALL = "All"
BIRTHDAYS = (16, 18)
_KINDS = {FOSTERED: "fostered", IN_A_HOME: "in_a_home", ELSEWHERE: "elsewhere"}
_COUNTS = ("children", *_KINDS.values(), "care_order", "disabled", "settled")
SETTLED_YEARS = 2  # in care for so long, few leave before they grow up


def today(review: Review, found: Outlook | None) -> Released:
    """A row an age (13, 14, 15) and all: children, by kind of placement, on a care order, disabled, in care for two years or
    more; and the share still looked after on their 16th and 18th birthdays, with limits. Released."""
    shares = [f"{part}_{age}" for age in BIRTHDAYS for part in ("still", "lower", "upper")]
    rows = [] if found is None else [_row(review, found, age) for age in (13, 14, 15, None)]
    frame = pd.DataFrame(rows, columns=["age", *_COUNTS, *shares]).astype(
        {"age": "str", **dict.fromkeys(_COUNTS, "Int64"), **dict.fromkeys(shares, "float64")}
    )
    return review.release(frame, counts=_COUNTS, derived=dict.fromkeys(shares, ("children",)),
                          adds=Structure(margins={"age": ALL}, columns={"children": list(_KINDS.values())}))  # fmt: skip


def _row(review: Review, found: Outlook, age: int | None) -> dict[str, object]:
    whole = (found.today["age"] < stays.ENTITLED_FROM).to_numpy()
    mine = whole if age is None else whole & (np.floor(found.today["age"]) == age).to_numpy()
    rows = found.today[mine]
    ids = rows["child_id"]
    everyone = review.evidence.table("children").set_index("child_id")
    statuses = stays.legal_status_on(review.evidence, rows, found.day)
    row: dict[str, object] = {
        "age": ALL if age is None else str(age), "children": len(rows),
        **{name: int((rows["kind"] == kind).sum()) for kind, name in _KINDS.items()},
        "care_order": int(np.isin(statuses, looked_after.CARE_ORDERS).sum()),
        "disabled": int(certain(everyone["disabled"].reindex(ids)).sum()),
        "settled": int((rows["since"] >= SETTLED_YEARS).sum()),
    }  # fmt: skip
    # Members that are inside now come first, in the order of `today`, once a draw.
    members = (found.origin == PROFILE) & mine[np.minimum(found.members.member, len(mine) - 1)]
    for birthday in BIRTHDAYS:
        if len(rows):
            drawn = 100 * found.reaching(birthday, members) / len(rows)
            low, middle, high = np.quantile(drawn, (0.025, 0.5, 0.975))
            row |= {f"still_{birthday}": middle, f"lower_{birthday}": low, f"upper_{birthday}": high}
    return row


def with_limits(review: Review, shown: Released) -> Released:
    """The profile with each share and its limits as one text: `62% (50 to 73)`."""
    rows = shown.frame
    texts = {}
    for age in BIRTHDAYS:
        parts = (rows[f"{part}_{age}"] for part in ("still", "lower", "upper"))
        texts[f"still_{age}"] = pd.Series([
            CONFIDENTIAL if hidden else "–" if pd.isna(still)
            else f"{number(still, 'percent')} ({number(low, 'count')} to {number(high, 'count')})"
            for hidden, still, low, high in zip(shown.is_withheld(f"still_{age}"), *parts, strict=True)
        ], dtype="str", index=rows.index)  # fmt: skip
    return Released(rows[["age", *_COUNTS]].assign(**texts), shown.withheld[list(_COUNTS)], review.audience)


def values(review: Review, shown: Released) -> dict[str, dict]:
    """`profile.children`, `profile.fostered`, `profile.in_a_home`, and `profile.still_16`, `profile.still_18` in per cent
    with `_lower` and `_upper`: of those looked after at 13 to 15 now."""
    rows = shown.frame[shown.frame["age"] == ALL]
    day = words(review.quarter.end)
    titles = {
        "children": "Children looked after at 13 to 15", "fostered": "Of them in foster care, or with relatives or friends",
        "in_a_home": "Of them in children's homes or other residential places",
    }  # fmt: skip
    items = {}
    for name, title in titles.items():
        items[f"profile.{name}"] = _value(review, shown, rows, name, "count", title, day)
    for age in BIRTHDAYS:
        for part, called in (("still", ""), ("lower", ", lower limit"), ("upper", ", upper limit")):
            name = f"profile.still_{age}" + ("" if part == "still" else f"_{part}")
            title = f"Looked after at 13 to 15 now, and still at {age}{called}"
            items[name] = _value(review, shown, rows, f"{part}_{age}", "percent", title, f"projected from {day}")
    return items


def _value(
    review: Review, shown: Released, rows: pd.DataFrame, column: str, unit: str, title: str, period: str
) -> dict:
    hidden = bool(shown.is_withheld(column)[rows.index].any())
    value = rows[column].iloc[0] if len(rows) and not hidden else None
    value = None if value is None or pd.isna(value) else value
    on = 1 if hidden else rows["children"].iloc[0] if len(rows) else None
    return make_value(
        review.audience,
        value,
        unit=unit,
        rests_on=[] if on is None or pd.isna(on) else [on],
        title=title,
        period=period,
    )


def in_words(shown: Released, found: Outlook | None) -> str:
    """Who they are and how many will stay, in a few sentences."""
    if found is None:
        return "Who will be a care leaver can't be told: the records don't hold a year of care, or nobody of 13 to 17 is looked after."
    row, hidden = shown.frame.iloc[-1], shown.withheld.iloc[-1]
    if hidden["children"]:
        return f"Those looked after at 13 to 15 are too few to tell of ({CONFIDENTIAL})."
    if not row["children"]:
        return "Nobody of 13 to 15 is looked after."
    told = f"On {words(found.day)}, {number(row['children'], 'count')} of those looked after were 13 to 15 years old"
    if not hidden[list(_KINDS.values())].any():
        told += f": {number(row['fostered'], 'count')} in foster care or with relatives or friends, {number(row['in_a_home'], 'count')} in children's homes or other residential places"
        told += f", {number(row['elsewhere'], 'count')} elsewhere" if row["elsewhere"] else ""
    return (
        f"{told}. If children leave care as in the time since {words(found.watched_from)}, {number(row['still_16'], 'percent')} of them will still be "
        f"looked after on their 16th birthday (95% limits {number(row['lower_16'], 'percent')} and {number(row['upper_16'], 'percent')}), and "
        f"{number(row['still_18'], 'percent')} when they turn 18 ({number(row['lower_18'], 'percent')} and {number(row['upper_18'], 'percent')})."
    )
