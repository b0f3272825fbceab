"""Stability of placements: several in a year, the same for two years, and every move."""

from __future__ import annotations

import pandas as pd

from analysis.indicators.breakdowns import OF_A_CHILD
from analysis.indicators.definition import (
    COUNT,
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    PERCENT,
    ROLLING_YEAR,
    STOCK,
    Indicator,
    Period,
)
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import looked_after
from analysis.methods.masks import certain
from analysis.records import linkage
from analysis.reference.calendar import age_at

MANY_PLACEMENTS = 3
PLACEMENTS_MONTHS = 12
MANY_MOVES = 2
# Long-term stability: under 16, looked after for two and a half years, in the same placement for two.
STABILITY_AGE, STABILITY_CARE_MONTHS, STABILITY_PLACEMENT_MONTHS = 16, 30, 24
PLACED_FOR_ADOPTION = ("A3", "A4", "A5", "A6")
# Reasons for a move that nobody planned for the child: the carer, the authority or the child ended it.
UNPLANNED = ("CREQB", "CREQO", "CHILD", "LAREQ", "ALLEG", "STAND", "APPRR", "CLOSE")
# The carer stays: a change of status isn't a move.
STATUS_ONLY = ("PLACE",)

_RETURN = "DfE, Children looked after in England"


# --- made once ---------------------------------------------------------------------------------------------------


def placed(evidence: Evidence) -> pd.DataFrame:
    return linkage.placements(evidence.table("care_episodes"))


def stays(evidence: Evidence) -> pd.DataFrame:
    """Stays with a carer; a night or longer."""
    return linkage.with_carer(evidence.once(placed))


def moves(evidence: Evidence) -> pd.DataFrame:
    """Moves to another carer within a period of care: date, reason (of the placement left), from and to placement."""
    rows = evidence.once(placed)
    reason = rows["reason_change"].shift()
    rows = rows.assign(date=rows["start_date"], reason=reason)
    rows = rows[(rows["number"] > 1) & ~rows["same_carer"] & ~certain(reason.isin(STATUS_ONLY))]
    return rows.sort_values(["date", "child_id"], kind="stable", ignore_index=True)


# --- the units counted ---------------------------------------------------------------------------------------------


def placements_in_year(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Children looked after at the date, with `placements`: with how many carers they had a placement of a night or
    more in the twelve months to it, one that was open when those began included."""
    rows = evidence.once(looked_after, period)
    opened = period.last - pd.DateOffset(months=PLACEMENTS_MONTHS) + pd.Timedelta(days=1)
    all_stays = evidence.once(stays)
    touching = certain(all_stays["start_date"] <= period.last) & ~certain(all_stays["end_date"] <= opened)
    overnight = ~certain(all_stays["end_date"] <= all_stays["start_date"])
    number = all_stays[touching & overnight].groupby("child_id").size()
    return rows.assign(placements=number.reindex(rows["child_id"], fill_value=0).to_numpy())


def many_placements(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = evidence.once(placements_in_year, period)
    return rows.assign(counts=rows["placements"] >= MANY_PLACEMENTS)


def moved_twice(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Children looked after at the date; `counts` where they came to another carer twice or more in the twelve months.
    Coming back into care is a change; the child's first coming is none."""
    rows = evidence.once(looked_after, period)
    opened = period.last - pd.DateOffset(months=PLACEMENTS_MONTHS)
    begun = evidence.once(stays)
    begun = begun[~certain(begun["end_date"] <= begun["start_date"])]
    begun = begun.sort_values(["child_id", "start_date"], kind="stable")
    begun = begun[begun["child_id"].duplicated()]
    begun = begun[certain(begun["start_date"] > opened) & certain(begun["start_date"] <= period.last)]
    number = begun.groupby("child_id").size().reindex(rows["child_id"], fill_value=0)
    return rows.assign(counts=number.to_numpy() >= MANY_MOVES)


def long_term(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Children looked after at the date, under 16, for two and a half years without a break; `counts` where the
    present placement has lasted two years (an adoptive one together with the placement before it)."""
    rows = evidence.once(looked_after, period)
    born = evidence.table("children").set_index("child_id")["date_of_birth"].reindex(rows["child_id"])
    rows = rows[certain(age_at(born.set_axis(rows.index), period.end) < STABILITY_AGE)]
    open_stays = evidence.once(stays)
    open_stays = open_stays[
        certain(open_stays["start_date"] <= period.last) & ~certain(open_stays["end_date"] <= period.last)
    ]
    open_stays = open_stays.sort_values(["child_id", "start_date"], kind="stable").drop_duplicates(
        "child_id", keep="last"
    )
    now = open_stays.set_index("child_id").reindex(rows["child_id"]).set_axis(rows.index)
    long_in_care = certain(now["period_start"] <= period.last - pd.DateOffset(months=STABILITY_CARE_MONTHS))
    # The placement of the day itself: a stay can go on after it under another status.
    adoptive = certain(rows["placement"].isin(PLACED_FOR_ADOPTION))
    since = now["start_date"].mask(adoptive, now["previous_start"].fillna(now["start_date"]))
    settled = certain(since <= period.last - pd.DateOffset(months=STABILITY_PLACEMENT_MONTHS))
    return rows.assign(counts=settled)[long_in_care]


def move_units(evidence: Evidence, period: Period) -> pd.DataFrame:
    return period.of(evidence.once(moves), "date").assign(counts=True)


def unplanned_moves(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = evidence.once(move_units, period)
    rows = rows[rows["reason"].notna()]
    return rows.assign(counts=certain(rows["reason"].isin(UNPLANNED)))


# --- definitions -----------------------------------------------------------------------------------------------------


def indicators() -> tuple[Indicator, ...]:
    """The definitions about the stability of placements. All need SSDA903 episodes."""
    needs = ("care_episodes",)
    by = (*OF_A_CHILD, "need", "legal_status", "placement", "provider", "team", "locality")
    return (
        Indicator(
            "lac_three_placements_percent", "Three or more placements in 12 months",
            "Share of children looked after at the end of the quarter who had three or more placements in the twelve "
            "months to it, any that was open when those began included. Hospital, holidays and the like are no "
            "placements of their own, and being adopted by one's foster carer is no move.",
            f"those with {MANY_PLACEMENTS} or more placements of a night or longer in the {PLACEMENTS_MONTHS} months",
            "children looked after at the date", PERCENT, LOWER_IS_BETTER, STOCK,
            f"{_RETURN}: placement stability", many_placements, needs, breakdowns=by,
            lookback_months=PLACEMENTS_MONTHS,
        ),
        Indicator(
            "lac_long_term_stability_percent", "Long-term placement stability",
            "Of children under 16 at the end of the quarter who had been looked after for two and a half years without "
            "a break, the share who had lived in the same placement for two years, or who were placed for adoption "
            "and had been there and in the placement before for two years together.",
            "those in the same placement for two years, an adoptive one and the one before counting together",
            "children under 16 looked after at the date for at least two and a half years", PERCENT, HIGHER_IS_BETTER,
            STOCK, f"{_RETURN}: placement stability", long_term, (*needs, "children"), breakdowns=by,
            lookback_months=STABILITY_CARE_MONTHS,
        ),
        Indicator(
            "lac_two_moves_percent", "Two or more changes of carer in 12 months",
            "Share of children looked after at the end of the quarter who changed carer twice or more in the twelve "
            "months to it. Coming into care for the first time is no change, coming back is one; hospital and holidays "
            "are none.",
            f"those with {MANY_MOVES} or more changes of carer in the {PLACEMENTS_MONTHS} months", "children looked after at the date",
            PERCENT, LOWER_IS_BETTER, STOCK, "Children's Commissioner, Stability Index", moved_twice, needs,
            breakdowns=by, lookback_months=PLACEMENTS_MONTHS,
        ),
        Indicator(
            "placement_move_count", "Moves to another carer",
            "Moves of children looked after from one carer to another in the twelve months. Coming into care isn't a "
            "move, nor is hospital or holiday, nor a change of status with the same carer.",
            "moves in the period", "", COUNT, None, ROLLING_YEAR, "Local (SSDA903)", move_units, needs,
            breakdowns=(*OF_A_CHILD, "reason", "placement", "provider"),
        ),
        Indicator(
            "unplanned_move_percent", "Moves that were not planned",
            "Share of moves to another carer in the twelve months, of those with a reason recorded, that were not in "
            "the child's plan: the carer, the child or the authority ended the placement, or it closed.",
            "those moves whose reason is not the plan, custody or other", "moves in the period with a reason recorded",
            PERCENT, LOWER_IS_BETTER, ROLLING_YEAR, "Local (SSDA903)", unplanned_moves, needs,
            breakdowns=(*OF_A_CHILD, "placement", "provider"),
        ),
    )  # fmt: skip
