"""For officers only: children whose recent pattern is like what came before moves that nobody planned.

A list for a conversation: reasons in words, no score and no order but the identifier's. It is made only where, tried
on quarters that the model hadn't seen, those it would have named did move clearly more often than children do.
"""

from __future__ import annotations

import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import day as written
from analysis.disclosure.wording import number
from analysis.findings.values import make_value
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import status
from analysis.reviews.stability import patterns
from analysis.reviews.stability.patterns import CLUES, NO_REASON, Patterns, Tried

NAME = "children-to-discuss"
TITLE = "Children to talk about: placements where help may be wanted"
COLUMNS = {
    "child_id": "Child",
    "team": "Team",
    "reasons": "What is also true of children whose placements ended in a move that nobody planned",
}
_SMALL_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def children(evidence: Evidence, found: Patterns, judged: Tried) -> pd.DataFrame:
    """Children looked after now whose pattern stands out, in order of identifier: the columns of COLUMNS, all text.
    Reasons are what speaks for a move in the model and is true of the child; nobody is listed without one."""
    past = found.rows[found.rows["followed"].notna()]
    now = found.rows[found.rows["day"] == found.now]
    if not judged.helps or now.empty:
        return pd.DataFrame(columns=list(COLUMNS), dtype="object")
    model = patterns.learn(past)
    base = past["followed"].astype(float).mean()
    named = now[model.chance(now[list(CLUES)].to_numpy(float)) >= patterns.STANDS_OUT * base]
    telling = [
        clue for clue, weight in zip(CLUES, model.coefficients, strict=True) if weight > 0 and clue not in NO_REASON
    ]
    since = found.days[-2] if len(found.days) > 1 else None
    reasons = [
        "; ".join(_reason(clue, row, since) for clue in telling if getattr(row, clue)) for row in named.itertuples()
    ]
    said = evidence.once(status).drop_duplicates("child_id", keep="last").set_index("child_id")["team"]
    team = said.reindex(named["child_id"]).astype("object")
    rows = pd.DataFrame({"child_id": named["child_id"].astype(str).to_numpy(object), "team": team.where(team.notna(), "").to_numpy(object),
                         "reasons": reasons}, dtype="object")  # fmt: skip
    return rows[rows["reasons"] != ""].sort_values("child_id", kind="stable", ignore_index=True)


def _reason(clue: str, row, since: pd.Timestamp | None) -> str:
    if clue == "many":
        return f"{_in_words(row.placements)} placements in the last twelve months"
    if clue in ("missing", "missing_often"):
        return f"went missing {_times(row.missing_times)} in the last twelve months"
    if clue == "new":
        return f"came to this placement on {written(row.placement_start)}"
    if clue == "worker":
        return f"another social worker than on {written(since)}" if since is not None else "a new social worker"
    if clue in ("aged_10_to_15", "aged_16"):
        return f"aged {row.age:.0f}"
    return CLUES[clue]


def _in_words(n: int) -> str:
    return _SMALL_NUMBERS[n] if n < len(_SMALL_NUMBERS) else str(n)


def _times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{_in_words(n)} times")


def note(judged: Tried) -> str:
    """What stands at the head of the list."""
    listed = judged.rows[judged.rows["listed"]]
    return (
        "This list supports a conversation between those who know the child; it decides nothing, and a child who isn't on it may need "
        "help as much. It is in order of identifier, not of concern. Like lists made for past quarters named a child "
        f"{len(listed):,} times; {number(100 * listed['followed'].mean(), 'percent')} of those had a move that nobody planned within six "
        f"months, against {number(100 * judged.rows['followed'].mean(), 'percent')} of all children looked after: so most of those named "
        "will not move. Official-sensitive: not to be copied into any document."
    )


def hand_over(review, found: Patterns | None, judged: Tried) -> None:
    """Hands over the list as a file of its own, for officers; for any other audience nothing is made."""
    if not review.may_list_children() or found is None or not judged.helps:
        return
    review.children_list(
        NAME, children(review.evidence, found, judged), columns=COLUMNS, title=TITLE, note=note(judged)
    )


# --- how well it did, for every audience -------------------------------------------------------------------------------


def bands(review, judged: Tried) -> Released:
    """Calibration: children at past quarter ends in bands of chance: band (words), children, expected, happened and
    expected_percent, happened_percent, lower, upper."""
    table = judged.bands
    shares = {f"{name}_percent": 100 * table[f"{name}_share"] for name in ("expected", "happened")}
    counts = ["children", "happened"]
    frame = pd.DataFrame({"band": [_band(place, len(table)) for place in range(len(table))], "children": table["n"],
                          "happened": table["happened"], **shares, "lower": 100 * table["lower"], "upper": 100 * table["upper"]})  # fmt: skip
    measured = ["expected_percent", "happened_percent", "lower", "upper"]
    frame = frame.astype({"band": "object", **dict.fromkeys(counts, "Int64"), **dict.fromkeys(measured, "float64")})
    return review.release(
        frame, counts=counts, derived={"expected_percent": ("children",), **dict.fromkeys(measured[1:], tuple(counts))}
    )


def _band(place: int, of: int) -> str:
    if of < 2:
        return "All"
    ends = {0: "Lowest chance", of - 1: "Highest chance"}
    return ends.get(place, f"Band {place + 1}")


def values(review, judged: Tried) -> dict[str, dict]:
    """`pattern_listed_percent`: of those that past lists would have named, who moved so within six months;
    `pattern_all_percent`: of all children; `pattern_brier`, `pattern_brier_base`: the scores."""
    rows = judged.rows
    listed = rows[rows["listed"].astype(bool)]
    about = {"period": "tried on past quarters"}
    found = {}
    for name, some, title in (("pattern_listed_percent", listed, "Of children whose pattern stood out, moved unplanned within six months"),
                              ("pattern_all_percent", rows, "Of all children looked after, moved unplanned within six months")):  # fmt: skip
        moved = int(some["followed"].sum()) if len(some) else None
        found[name] = make_value(review.audience, 100 * moved / len(some) if len(some) else None, unit="percent", numerator=moved,
                                 denominator=len(some) if len(some) else None, title=title, **about)  # fmt: skip
    for name, part, title in (("pattern_brier", "brier", "Brier score of the patterns' chances"),
                              ("pattern_brier_base", "base", "Brier score of the average")):  # fmt: skip
        score = None if judged.score is None else getattr(judged.score, part)
        text = "not available" if score is None else f"{score:.3f}"
        found[name] = make_value(
            review.audience,
            score,
            unit="ratio",
            rests_on=[int(rows["followed"].sum())],
            text=text,
            title=title,
            **about,
        )
    return found


def in_words(review, found: dict[str, dict], judged: Tried) -> str:
    """How well the patterns told moves beforehand, or why they weren't tried; from the released values. Officers are
    told whether there is a list."""
    officers = review.may_list_children()
    if judged.score is None:
        told = f"Whether recent patterns tell of a move beforehand could not be tried: {judged.why_not}."
        return f"{told} So no list of children is made." if officers else told
    listed, everyone, brier, base = (
        found[name]["text"]
        for name in ("pattern_listed_percent", "pattern_all_percent", "pattern_brier", "pattern_brier_base")
    )
    if "c" in (listed, everyone, brier):
        return "Recent patterns were tried on past quarters, but so few children moved that how well they did can't be shown."
    if not judged.rows["listed"].any():
        told = (
            f"Tried on quarters that it hadn't seen, the model set no child apart: nobody's chance was {patterns.STANDS_OUT:.0f} times the "
            f"average, and the chances scored {brier} against {base} for giving everybody the average (Brier's score; lower is better)."
        )
        return f"{told} So no list of children is made." if officers else told
    opening = (
        f"Tried on quarters that it hadn't seen, the model's children whose recent pattern stood out (at least {patterns.STANDS_OUT:.0f} "
        f"times the average chance) had a move that nobody planned within six months in {listed} of cases, against {everyone} of all "
        f"children. The chances scored {brier} against {base} for giving everybody the average (Brier's score; lower is better)."
    )
    if not judged.helps:
        told = (
            f"{opening} That is no clear gain, so patterns of this kind single nobody out, and no use is made of them."
        )
        return f"{told} So no list of children is made." if officers else told
    told = f"{opening} So a pattern says something, and most children who have it don't move: it can begin a conversation and never end one."
    return (
        f"{told} Officers have the list of children, with reasons in words, as a separate file." if officers else told
    )
