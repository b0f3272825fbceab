"""Time in care and the moves in it: who moves how often, how settled each kind of placement is, how many placements.

Rates are moves for every 100 children looked after for a year. Their intervals allow for moves that come together in one
child or one family: children whose first known home has the same postcode are taken to be one family, since the return
doesn't say who is whose brother or sister.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import listed, number
from analysis.indicators import breakdowns, definition, placements
from analysis.indicators.breakdowns import (
    AGE_GROUPS,
    LEGAL_STATUS,
    NEED,
    NOT_KNOWN,
    PLACEMENT_GROUPS,
    PROVIDER,
    placement_group,
)
from analysis.indicators.distance import plain
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import episodes, looked_after, periods_from_episodes
from analysis.methods import clustered
from analysis.methods.masks import certain
from analysis.reference.calendar import age_at
from analysis.reference.quarters import Quarter
from analysis.reviews.stability import moves
from analysis.reviews.stability.moves import Window

YEAR_DAYS = 365.25
PER = 100
# What children are told apart by, with the words of the table.
CUTS = {"age": "Age", "need": "Need", "legal_status": "Legal status", "provider": "Provider"}
# First and last completed year of each age group of the looked after.
_AGES = dict(zip(AGE_GROUPS[1:], ((0, 1), (1, 5), (5, 10), (10, 16), (16, 100)), strict=True))
# A difference is spoken of where so few like it, or fewer, would come of chance among all that were looked at.
CHANCE = 0.05
MANY = 10


def families(evidence: Evidence) -> pd.Series:
    """For each child in the episodes, the cluster that its moves may share: the postcode of its first known home, or
    itself where none is known."""
    rows = evidence.once(episodes).sort_values(["child_id", "start_date"], kind="stable")
    homes = plain(rows["home_postcode"]).groupby(rows["child_id"].to_numpy()).first()
    return homes.fillna(pd.Series(homes.index, index=homes.index).astype("string")).astype("string")


def births(evidence: Evidence) -> pd.Series:
    """Dates of birth of the children in the episodes, by child_id."""
    rows = evidence.table("children")
    rows = rows[rows["child_id"].isin(evidence.once(episodes)["child_id"])]
    return rows.drop_duplicates("child_id").set_index("child_id")["date_of_birth"]


def care_time(evidence: Evidence, seen: Window | None) -> pd.DataFrame:
    """Stretches of care inside a window, one for each episode: child_id, start, end (the day after its last night),
    legal_status, need, placement, provider, kind (of the placement, so that a night in hospital belongs to it), family.

    Where episodes overlap the one that begins later has the time, so that no night counts twice.
    """
    rows = evidence.once(episodes).sort_values(["child_id", "start_date"], kind="stable", ignore_index=True)
    columns = ["child_id", "start", "end", "legal_status", "need", "placement", "provider", "kind", "family"]
    if seen is None or rows.empty:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in columns}).astype(
            {"start": "datetime64[us]", "end": "datetime64[us]"}
        )
    first, after = pd.Timestamp(seen.first), pd.Timestamp(seen.last) + pd.Timedelta(days=1)
    until = rows["end_date"].fillna(after)
    following = rows.groupby("child_id", sort=False)["start_date"].shift(-1)
    until = until.where(~certain(following < until), following)
    rows = rows.assign(start=rows["start_date"].clip(lower=first), end=until.clip(upper=after))
    rows = rows[rows["end"] > rows["start"]]
    placed = evidence.once(placements.placed).sort_values("start_date", kind="stable")
    joined = pd.merge_asof(
        rows.drop(columns=["placement", "provider"]).sort_values("start_date", kind="stable"),
        placed[["child_id", "start_date", "placement", "provider"]], on="start_date", by="child_id",
    )  # fmt: skip
    kind = placement_group(joined["placement"], joined["provider"]).fillna(NOT_KNOWN)
    family = evidence.once(families).reindex(joined["child_id"]).to_numpy()
    return joined.assign(kind=kind, family=family)[columns].reset_index(drop=True)


def _events(evidence: Evidence, seen: Window | None) -> pd.DataFrame:
    """Moves of the window with what held for the child on the day before: legal_status, need, provider, kind, family."""
    moved = moves.within(evidence, seen)
    said = evidence.once(episodes)[["child_id", "start_date", "legal_status", "need"]]
    joined = pd.merge_asof(
        moved.sort_values("date", kind="stable"), said.sort_values("start_date", kind="stable"),
        left_on="date", right_on="start_date", by="child_id", allow_exact_matches=False,
    )  # fmt: skip
    family = evidence.once(families).reindex(joined["child_id"]).to_numpy()
    return joined.assign(kind=joined["from_kind"], provider=joined["from_provider"], family=family)


def birthdays(born: pd.Series, years: int) -> pd.Series:
    """The day on which each turns so many years old; one born on 29 February does on 1 March."""
    months = born.to_numpy("datetime64[M]") + 12 * years
    return pd.Series(months + (born.to_numpy("datetime64[D]") - born.to_numpy("datetime64[M]")), index=born.index)


def _by_age(evidence: Evidence, time: pd.DataFrame) -> pd.DataFrame:
    """Stretches of care cut at the birthdays that begin an age group: child_id, family, group, years."""
    born = evidence.once(births).reindex(time["child_id"]).to_numpy()
    born = pd.Series(born, index=time.index)
    parts = []
    for group, (youngest, oldest) in _AGES.items():
        start = time["start"] if youngest == 0 else np.maximum(time["start"], birthdays(born, youngest))
        end = np.minimum(time["end"], birthdays(born, oldest))
        years = (end - start).dt.days / YEAR_DAYS
        parts.append(time.assign(group=group, years=years)[certain(years > 0)])
    unknown = time[born.isna()]
    parts.append(unknown.assign(group=NOT_KNOWN, years=(unknown["end"] - unknown["start"]).dt.days / YEAR_DAYS))
    return pd.concat(parts, ignore_index=True)[["child_id", "family", "group", "years"]]


def _cut(evidence: Evidence, time: pd.DataFrame, moved: pd.DataFrame, cut: str) -> tuple[pd.DataFrame, list[str]]:
    """Exposure and events in one frame (child_id, family, group, years, moves, unplanned), and the groups in order."""
    if cut == "age":
        exposure, order = _by_age(evidence, time), list(_AGES)
        born = evidence.once(births).reindex(moved["child_id"])
        years = age_at(born.set_axis(moved.index), moved["date"])
        # A birthday may come on the day of the move; an expected date of birth may lie after it.
        group = breakdowns.age_group(years.clip(lower=0)).astype("object")
    else:
        words = {"need": NEED, "legal_status": LEGAL_STATUS, "provider": PROVIDER, "kind": None}[cut]
        order = list(PLACEMENT_GROUPS) if words is None else list(words.values())
        exposure = time.assign(
            group=time[cut] if words is None else time[cut].map(words),
            years=(time["end"] - time["start"]).dt.days / YEAR_DAYS,
        )
        group = moved[cut] if words is None else moved[cut].map(words)
    events = moved.assign(group=group, years=0.0, moves=1.0, unplanned=moved["unplanned"].astype(float))
    columns = ["child_id", "family", "group", "years", "moves", "unplanned"]
    both = pd.concat([exposure.assign(moves=0.0, unplanned=0.0)[columns], events[columns]], ignore_index=True)
    return both.assign(group=both["group"].astype("object").where(both["group"].notna(), NOT_KNOWN)), [
        *order,
        NOT_KNOWN,
    ]


def rates(evidence: Evidence, seen: Window | None, cut: str, of: str = "moves") -> pd.DataFrame:
    """Moves (or `unplanned` ones) for every 100 children looked after for a year, by group of a cut (`CUTS`, "kind").

    Columns: group, children, years, events, rate, lower, upper, ratio (to all other groups together), p. In the
    groups' own order; those with no time in care are left out.
    """
    time = evidence.once(care_time, seen)
    if time.empty:
        return _NOTHING
    both, order = _cut(evidence, time, evidence.once(_events, seen), cut)
    table = clustered.rates(both[of], both["years"], both["family"], both["group"])
    rest = clustered.against_rest(both[of], both["years"], both["family"], both["group"]).set_index("group")
    children = both[both["years"] > 0].groupby("group")["child_id"].nunique()
    table = table.set_index("group").reindex([name for name in order if name in set(table["group"])])
    table = table[table["exposure"] > 0]
    found = pd.DataFrame(
        {
            "children": children.reindex(table.index).astype("Int64"), "years": table["exposure"],
            "events": table["events"].round().astype("Int64"), "rate": PER * table["rate"], "lower": PER * table["lower"],
            "upper": PER * table["upper"], "ratio": rest["ratio"].reindex(table.index), "p": rest["p"].reindex(table.index),
        }
    )  # fmt: skip
    return found.rename_axis("group").reset_index()


_NOTHING = pd.DataFrame({
    "group": pd.Series(dtype="object"), "children": pd.Series(dtype="Int64"), "years": pd.Series(dtype="float64"),
    "events": pd.Series(dtype="Int64"), **{name: pd.Series(dtype="float64") for name in ("rate", "lower", "upper", "ratio", "p")},
})  # fmt: skip


def who(evidence: Evidence, seen: Window | None) -> pd.DataFrame:
    """`rates` of every cut, one below the other: cut (its words) first; `p_of_many` allows for having looked at all
    groups of ten moves or more (the others are missing)."""
    found = pd.concat([rates(evidence, seen, cut).assign(cut=words) for cut, words in CUTS.items()], ignore_index=True)
    # Those placed with their parents are among the kinds of placement too; here they would protect another row, and be
    # shown there.
    found = found[(found["cut"] != CUTS["provider"]) | (found["group"] != PROVIDER["PR0"])].reset_index(drop=True)
    enough = certain(found["events"] >= MANY)
    p = clustered.holm(found["p"].where(enough).to_numpy(float)) if len(found) else []
    return found.assign(p_of_many=p)[["cut", *_NOTHING.columns, "p_of_many"]]


def release_rates(review, table: pd.DataFrame, *labels: str) -> Released:
    """Rates as the audience may see them: withheld where from 1 to 5 children or moves are behind them."""
    rests_on = ("children", "events")
    shown = table[[*labels, "group", "children", "years", "events", "rate", "lower", "upper", "ratio"]]
    # Every cut is of the same moves.
    return review.release(
        shown, counts=rests_on, adds=Structure(within=labels),
        derived={"years": ("children",), **dict.fromkeys(("rate", "lower", "upper", "ratio"), rests_on)},
    )  # fmt: skip


def who_in_words(released: Released, table: pd.DataFrame, seen: Window | None) -> str:
    """Which groups move more or less often than all the others together, by more than chance gives among so many looks.
    `released` is `table` (`who`) released."""
    judged = table["p_of_many"].notna().sum()
    if seen is None or not judged:
        return f"There are too few moves to say who moves more often than others: no group has {MANY} or more."
    clear = certain(table["p_of_many"] <= CHANCE) & ~released.is_withheld("rate").to_numpy()
    if not clear.any():
        return (
            f"Of {judged} groups of children none moved more or less often than the others by more than chance would give "
            "among so many comparisons."
        )
    rows = released.frame[clear.to_numpy()]
    ways = {"more often than all others together": rows[rows["ratio"] > 1], "less often": rows[rows["ratio"] <= 1]}
    parts = [f"{way}: {'; '.join(_by_cut(part))}" for way, part in ways.items() if len(part)]
    return (
        f"In {seen.words}, in moves for every 100 children looked after for a year, some groups moved {'. Some moved '.join(parts)}. "
        f"The other groups with {MANY} moves or more that are shown differ by no more than chance would give among so many comparisons. "
        "The groups overlap, and none of this says why."
    )


def _by_cut(rows: pd.DataFrame) -> list[str]:
    return [
        f"by {cut.lower()}, {listed([f'{row.group} ({number(row.rate, _WHOLE)})' for row in part.itertuples()])}"
        for cut, part in rows.groupby("cut", sort=False)
    ]


_WHOLE = "rate_whole"


# --- kinds of placement ------------------------------------------------------------------------------------------------


def kinds(evidence: Evidence, seen: Window | None) -> pd.DataFrame:
    """Every move and those that nobody planned, for 100 children in a kind of placement for a year: group, children,
    years, events, rate, lower, upper, unplanned, unplanned_rate, unplanned_lower, unplanned_upper."""
    every, sudden = rates(evidence, seen, "kind"), rates(evidence, seen, "kind", "unplanned")
    parts = {"events": "unplanned", "rate": "unplanned_rate", "lower": "unplanned_lower", "upper": "unplanned_upper"}
    return every.drop(columns=["ratio", "p"]).join(sudden[list(parts)].rename(columns=parts))


def release_kinds(review, table: pd.DataFrame) -> Released:
    counts = ("children", "events", "unplanned")
    # All moves, and all that were unplanned, stand in other tables.
    adds = Structure(totals={name: float(table[name].sum()) for name in ("events", "unplanned")})
    return review.release(table, counts=counts, adds=adds, derived={
        "years": ("children",), **dict.fromkeys(("rate", "lower", "upper"), ("children", "events")),
        **dict.fromkeys(("unplanned_rate", "unplanned_lower", "unplanned_upper"), ("children", "unplanned")),
    })  # fmt: skip


def kinds_in_words(released: Released, seen: Window | None) -> str:
    """How often placements of each kind ended in a move that nobody planned, most often first."""
    rows = released.frame[released.frame["unplanned_rate"].notna() & (released.frame["unplanned"] >= MANY)]
    if seen is None or rows.empty:
        return f"No kind of placement ended in {MANY} or more unplanned moves, so the kinds can't be told apart."
    rows = rows.sort_values("unplanned_rate", ascending=False)
    told = [
        f"{row.group} {number(row.unplanned_rate, _WHOLE)} ({number(row.unplanned_lower, _WHOLE)} to {number(row.unplanned_upper, _WHOLE)})"
        for row in rows.itertuples()
    ]
    first, last = rows.iloc[0], rows.iloc[-1]
    apart = (
        "Even the first and the last of these may not differ: their ranges overlap."
        if len(rows) > 1 and first["unplanned_lower"] <= last["unplanned_upper"]
        else "Which children come to which kind of placement has its part in this."
    )
    return (
        f"Moves that nobody planned, for every 100 children in such a placement for a year, in {seen.words}: {listed(told)}. "
        f"{apart}"
    )


# --- how many placements -------------------------------------------------------------------------------------------------

_NUMBERS = ((1, 1, "1"), (2, 2, "2"), (3, 3, "3"), (4, 4, "4"), (5, 9, "5 to 9"), (10, 10_000, "10 or more"))


def numbers(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """Children looked after at the quarter's end by how many placements of a night or more they had: `placements`,
    `year` (children, in the twelve months) and `in_care` (children, since they came into care).

    The second leaves out children whose coming into care the records don't hold (`unknown_beginnings`).
    """
    year = in_year(evidence, quarter)
    whole = _in_this_period(evidence, quarter)
    whole = whole[whole["known"]]["placements"].clip(lower=1)
    return pd.DataFrame({
        "placements": [words for _, _, words in _NUMBERS],
        "year": pd.array([int(year.between(low, high).sum()) for low, high, _ in _NUMBERS], dtype="Int64"),
        "in_care": pd.array([int(whole.between(low, high).sum()) for low, high, _ in _NUMBERS], dtype="Int64"),
    })  # fmt: skip


def in_year(evidence: Evidence, quarter: Quarter) -> pd.Series:
    """How many placements each child looked after at the quarter's end had in the twelve months, 1 at least; empty where
    the episodes aren't known for all of them."""
    at = definition.period(definition.STOCK, quarter)
    found = evidence.once(placements.placements_in_year, at)["placements"].clip(lower=1)
    first = quarter.shift(-3).start
    return found if evidence.covers("care_episodes", first, quarter.end) else found.iloc[:0]


def unknown_beginnings(evidence: Evidence, quarter: Quarter) -> int:
    """Children looked after at the quarter's end whose coming into care the records don't hold."""
    return int((~_in_this_period(evidence, quarter)["known"]).sum())


def numbers_in_words(released: Released, at: str) -> str:
    """How many had one placement and how many three or more, in the year and since they came into care."""
    rows = released.frame
    told = []
    for column, when in (
        ("year", "in the year"),
        ("in_care", "since they came into care, where the records hold that day"),
    ):
        known = rows[column]
        if known.isna().any() or not known.sum():
            continue
        several = known.iloc[2:].sum()
        share = number(100 * known.iloc[0] / known.sum(), "percent")
        told.append(
            f"{number(known.iloc[0], 'count')} of {number(known.sum(), 'count')} ({share}) had one placement {when}, and "
            f"{number(several, 'count')} had three or more"
        )
    if not told:
        return f"Of children looked after on {at}, the numbers by how many placements they had are too small to add up here."
    return f"Of children looked after on {at}, {'; '.join(told)}."


def _in_this_period(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """Children looked after: child_id, placements since they came into care, `known`: the records hold that day."""
    last = pd.Timestamp(quarter.end)
    there = evidence.once(looked_after, definition.period(definition.STOCK, quarter))["child_id"]
    periods = evidence.once(periods_from_episodes)
    periods = periods[certain(periods["start_date"] <= last) & ~certain(periods["end_date"] <= last)]
    now = periods.drop_duplicates("child_id", keep="last").set_index("child_id").reindex(there)
    stays = evidence.once(placements.stays)
    stays = stays[certain(stays["start_date"] <= last) & ~certain(stays["end_date"] <= stays["start_date"])]
    number_ = stays.groupby(["child_id", "period_start"]).size()
    keys = pd.MultiIndex.from_arrays([there, now["start_date"]])
    known = certain(now["reason_new"] == "S").to_numpy()
    return pd.DataFrame(
        {
            "child_id": there.to_numpy(),
            "placements": number_.reindex(keys).fillna(0).astype(int).to_numpy(),
            "known": known,
        }
    )
