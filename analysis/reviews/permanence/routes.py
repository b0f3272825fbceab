"""By what route children leave care: adoption, guardianship, home, growing up."""

from __future__ import annotations

import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import day, listed, number
from analysis.indicators import definition
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import ADOPTED, SPECIAL_GUARDIANSHIP, ceased, periods_from_episodes
from analysis.methods.masks import certain
from analysis.methods.rates import ratio
from analysis.reference.quarters import Quarter
from analysis.reviews.permanence.years import years

ARRANGEMENTS, HOME = ("E41",), ("E4A", "E4B", "E13")
GROWN_UP = ("E5", "E6", "E7", "E17")
# Column -> its words, and why care ended.
ROUTES = {
    "adopted": ("Adopted", ADOPTED),
    "guardianship": ("Special guardianship", SPECIAL_GUARDIANSHIP),
    "arrangements": ("Child arrangements order", ARRANGEMENTS),
    "home": ("Home, or to family or friends", HOME),
    "grown_up": ("Grew up", GROWN_UP),
}
OTHER = "other"
WORDS = {**{name: words for name, (words, _) in ROUTES.items()}, OTHER: "Other"}
_PLACE = {code: name for name, (_, codes) in ROUTES.items() for code in codes}
FOLLOWED_MONTHS = 12


def route(reasons: pd.Series) -> pd.Series:
    """Which of WORDS' keys each reason for ceasing is; one that isn't recorded is among the others."""
    return reasons.astype("object").map(_PLACE).fillna(OTHER)


def by_year(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """Children who left care in each twelve months by route, each counted at the last time: period_end, a column a route,
    and children (their sum)."""
    found = []
    for one in years(evidence, quarter):
        counted = route(evidence.once(ceased, one)["reason_ended"]).value_counts()
        row = {name: int(counted.get(name, 0)) for name in WORDS}
        found.append({"period_end": one.last, **row, "children": sum(row.values())})
    names = [*WORDS, "children"]
    frame = pd.DataFrame(found, columns=["period_end", *names])
    return frame.astype({"period_end": "datetime64[us]", **dict.fromkeys(names, "Int64")})


def release(review, frame: pd.DataFrame) -> Released:
    """The table as the audience may see it; how many left altogether is shown elsewhere."""
    adds = Structure(columns={"children": list(WORDS)}, elsewhere=["children"])
    return review.release(frame, counts=[*WORDS, "children"], adds=adds)


def in_words(review, released: Released) -> str:
    """The routes of the latest twelve months, largest first."""
    if released.frame.empty:
        return f"The episodes of care aren't known for the whole of the year to {day(review.quarter.end)}, so how children left care can't be told."
    row = released.frame.iloc[-1]
    shown = {name: int(row[name]) for name in WORDS if not pd.isna(row[name]) and row[name] > 0}
    when = f"In the year to {day(row['period_end'])}"
    if pd.isna(row["children"]) or not shown:
        return f"{when} too few children left care for their routes to be shown."
    parts = [
        f"{number(n, 'count')} ({number(100 * n / row['children'], 'percent')}) {_TOLD[name]}"
        for name, n in sorted(shown.items(), key=lambda one: -one[1])
    ]
    hidden = (
        " Numbers too small to show are left out."
        if released.is_withheld("children").iloc[-1] or row[list(WORDS)].isna().any()
        else ""
    )
    return f"{when}, of {number(row['children'], 'count')} children who left care, {listed(parts)}.{hidden}"


_TOLD = {
    "adopted": "were adopted", "guardianship": "left to special guardians", "arrangements": "left under a child arrangements order",
    "home": "went home or to family or friends", "grown_up": "grew up in care", OTHER: "left in another way",
}  # fmt: skip


def came_back(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """Children who left care in the twelve months that ended a year ago, by route, and how many of them were looked after
    again within twelve months: route, left, back, percent. The last row is all of them."""
    cohort = definition.period(definition.COHORT, quarter)
    names = ["left", "back"]
    empty = pd.DataFrame(columns=["route", *names, "percent"]).astype(
        {**dict.fromkeys(names, "Int64"), "percent": "float64"}
    )
    if not evidence.covers("care_episodes", cohort.start, quarter.end):
        return empty
    rows = evidence.once(ceased, cohort)[["child_id", "end_date", "reason_ended"]].reset_index(drop=True)
    later = evidence.once(periods_from_episodes)[["child_id", "start_date"]]
    pairs = rows.reset_index().merge(later, on="child_id")
    soon = certain(pairs["start_date"] > pairs["end_date"]) & certain(
        pairs["start_date"] <= pairs["end_date"] + pd.DateOffset(months=FOLLOWED_MONTHS)
    )
    back = rows.index.isin(pairs[soon]["index"])
    which = route(rows["reason_ended"])
    found = [
        {"route": words, "left": int((which == name).sum()), "back": int((back & (which == name)).sum())}
        for name, words in WORDS.items()
    ]
    found.append({"route": "All", "left": len(rows), "back": int(back.sum())})
    frame = pd.DataFrame(found).astype(dict.fromkeys(names, "Int64"))
    frame = frame[(frame["left"] > 0) | (frame["route"] == "All")].reset_index(drop=True)
    return frame.assign(percent=100 * ratio(frame["back"].to_numpy(float), frame["left"].to_numpy(float)))


def release_back(review, frame: pd.DataFrame) -> Released:
    adds = Structure(margins={"route": "All"})
    return review.release(frame, counts=["left", "back"], derived={"percent": ["left", "back"]}, adds=adds)


def back_in_words(review, released: Released) -> str:
    """How many came back, of all and of those who went home."""
    rows = released.frame.set_index("route")
    nobody = rows.empty or (not pd.isna(rows.loc["All", "left"]) and rows.loc["All", "left"] == 0)
    if nobody:
        return "The records don't reach far enough to follow for a year the children who left care, or none did."
    period = definition.period(definition.COHORT, review.quarter)
    everyone = rows.loc["All"]
    if pd.isna(everyone["percent"]):
        return f"Of children who left care in the year to {day(period.end)}, too few came back within a year for their number to be shown."
    said = (
        f"Of the {number(everyone['left'], 'count')} children who left care in the year to {day(period.end)}, "
        f"{number(everyone['back'], 'count')} ({number(everyone['percent'], 'percent')}) were looked after again within a year"
    )
    home = WORDS["home"]
    if home not in rows.index or pd.isna(rows.loc[home, "percent"]) or not rows.loc[home, "back"]:
        return f"{said}."
    return (
        f"{said}; of those who went home or to family or friends, {number(rows.loc[home, 'percent'], 'percent')} were."
    )
