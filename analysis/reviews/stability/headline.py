"""The review in short: one sentence a question, each from values that may be shown."""

from __future__ import annotations

from analysis.disclosure.wording import NOT_AVAILABLE, day, number
from analysis.findings import variation
from analysis.reviews.stability import early_disruption, long_term, monthly, moves
from analysis.reviews.stability.early_disruption import EARLY

_SEVERAL, _SETTLED = "lac_three_placements_percent", "lac_long_term_stability_percent"


def in_short(review) -> dict[str, str]:
    """Statements by name: several placements, long-term stability, moves, who ended them, new placements."""
    return {
        "short_several": f"Three or more placements in a year: {_lower(variation.compared(review, _SEVERAL))}",
        "short_settled": f"Two years or more in one placement: {_lower(variation.compared(review, _SETTLED))}",
        "short_moves": f"Moves: {_lower(monthly.judge(review).verdict)}",
        "short_unplanned": _unplanned(review),
        "short_new": _new(review),
        "short_two_years": _near(review),
    }


def _unplanned(review) -> str:
    seen = moves.window(review.evidence, review.quarter)
    shown = moves.ended_by_counts(review, seen).frame.set_index("ended_by")["moves"]
    parts = shown[[*moves.UNPLANNED, moves.NOT_RECORDED, "All moves"]]
    if seen is None or parts.isna().any() or not shown["All moves"]:
        return "Why children moved can't be said here: too few moves, or moves that aren't known."
    unplanned, unknown = shown[list(moves.UNPLANNED)].sum(), shown[moves.NOT_RECORDED]
    rest = f"; for {number(unknown, 'count')} no reason was recorded" if unknown else ""
    return (
        f"Why: of {number(shown['All moves'], 'count')} moves in {seen.words}, {number(unplanned, 'count')} were not in the child's "
        f"plan, because the carer, the child, the authority or the provider ended the placement{rest}."
    )


def _new(review) -> str:
    rows, seen = early_disruption.cohort(review.evidence, review.quarter, EARLY[-1])
    if seen is None or rows.empty:
        return "New placements: the records don't reach far enough to follow a year of them for six months."
    shown = early_disruption.release(review, early_disruption.share(rows))
    if shown.is_withheld("share").iloc[0]:
        return "New placements: too few ended early for the share to be shown."
    row = shown.frame.iloc[0]
    return (
        f"New placements: {number(row['share'], 'percent')} of the {number(row['began'], 'count')} that began in {seen.words} ended "
        f"within {EARLY[-1]} months in a move that nobody planned (95% range {number(row['lower'], 'percent')} to {number(row['upper'], 'percent')})."
    )


def _near(review) -> str:
    found = long_term.near_two_years(review.evidence, review.quarter)
    value = long_term.values(review, found)["two_year_mark.children"]["text"]
    if value == NOT_AVAILABLE:
        return "The two-year mark: the records don't reach far enough back to say who is near it."
    until = day(review.quarter.shift(long_term.AHEAD).end)
    if value == "0":
        return f"The two-year mark: no child will come to two years in one placement by {until}."
    return f"The two-year mark: {value} children will come to two years in one placement by {until}, if they can stay."


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
