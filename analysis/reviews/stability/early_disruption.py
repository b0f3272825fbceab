"""Do new placements hold? Placements that ended, soon after they began, in a move that nobody planned."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import number
from analysis.findings.values import make_value
from analysis.indicators import placements
from analysis.indicators.breakdowns import NOT_KNOWN, PLACEMENT_GROUPS, placement_group
from analysis.indicators.evidence import Evidence
from analysis.methods import clustered
from analysis.methods.masks import certain
from analysis.reference.quarters import Quarter
from analysis.reviews.stability import moves, placements_now
from analysis.reviews.stability.moves import Window

# How soon is early, in months.
EARLY = (3, 6)
COLUMNS = ("began", "ended", "share", "lower", "upper")
ALL, COMING, AGAIN = "All placements", "First placement in care", "Later placement"


def begun(evidence: Evidence) -> pd.DataFrame:
    """Stays with a carer of a night or longer that began while the records are whole: child_id, start_date, end_date,
    kind (as it began), first (of a period of care), ended_by (of a move; missing for any other end), family."""
    stays = evidence.once(placements.stays)
    stays = stays[~certain(stays["end_date"] <= stays["start_date"])]
    begins = evidence.begins("care_episodes")
    if begins is not None:
        stays = stays[stays["start_date"] >= pd.Timestamp(begins)]
    heads = evidence.once(placements.placed).drop_duplicates("carer").set_index("carer")
    moved = evidence.once(moves.every)[["child_id", "from_start", "date", "ended_by"]]
    moved = moved.drop_duplicates(["child_id", "from_start"], keep="last")
    found = stays.merge(moved, how="left", left_on=["child_id", "start_date"], right_on=["child_id", "from_start"])
    head = heads.reindex(found["carer"])
    kind = placement_group(head["placement"], head["provider"]).fillna(NOT_KNOWN).to_numpy()
    return pd.DataFrame(
        {
            "child_id": found["child_id"], "start_date": found["start_date"],
            "end_date": found["date"].fillna(found["end_date"]), "kind": kind,
            "first": (head["number"] == 1).to_numpy(), "ended_by": found["ended_by"],
            "family": pd.factorize(evidence.once(placements_now.families).reindex(found["child_id"]).to_numpy())[0],
        }
    )  # fmt: skip


def judged(evidence: Evidence, months: int) -> pd.DataFrame:
    """`begun` with `early`: ended within so many months in a move that nobody planned."""
    rows = evidence.once(begun)
    soon = certain(rows["end_date"] <= rows["start_date"] + pd.DateOffset(months=months))
    return rows.assign(early=soon & certain(rows["ended_by"].isin(moves.UNPLANNED)))


def cohort(evidence: Evidence, quarter: Quarter, months: int, years: int = 1) -> tuple[pd.DataFrame, Window | None]:
    """Stays that began in the years which ended so many months before the quarter's end, so that each was seen for so
    long: as `begun`, with `early`. The window is None, and the frame empty, where the records don't reach."""
    after = pd.Timestamp(quarter.end) + pd.Timedelta(days=1)
    last = after - pd.DateOffset(months=months)
    first = last - pd.DateOffset(years=years)
    rows = evidence.once(begun)
    begins = evidence.begins("care_episodes")
    unknown = begins is not None and pd.Timestamp(begins) > first
    if rows.empty or unknown or not evidence.covers("care_episodes", first.date(), quarter.end):
        return rows.iloc[:0].assign(early=False), None
    rows = evidence.once(judged, months)
    rows = rows[(rows["start_date"] >= first) & (rows["start_date"] < last)]
    return rows, Window(first.date(), (last - pd.Timedelta(days=1)).date())


def too_new(evidence: Evidence, quarter: Quarter, months: int) -> int:
    """Stays that began too late to have been seen for so many months."""
    after = pd.Timestamp(quarter.end) + pd.Timedelta(days=1)
    began = evidence.once(begun)["start_date"]
    return int(((began >= after - pd.DateOffset(months=months)) & (began < after)).sum())


def share(rows: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Of stays of a cohort, those that ended early: a row a group of `by`: group, and COLUMNS (per cent)."""
    trials = np.ones(len(rows))
    found = clustered.shares(
        rows["early"], trials, rows["family"].to_numpy(), None if by is None else rows[by].to_numpy()
    )
    counts = found[["exposure", "events"]].astype("Int64").set_axis(["began", "ended"], axis=1)
    percent = found[["rate", "lower", "upper"]].mul(100).set_axis(["share", "lower", "upper"], axis=1)
    return pd.concat([found["group"], counts, percent], axis=1)


def over_time(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """For each year of beginnings that ended with a quarter and was seen for long enough: period_end (when the year
    ended), series (how soon), and COLUMNS."""
    rows = evidence.once(begun)
    begins = evidence.begins("care_episodes") or (rows["start_date"].min().date() if len(rows) else None)
    parts = []
    for months in EARLY:
        at = quarter
        while begins is not None and at.start > begins:
            rows, seen = cohort(evidence, at, months)
            if seen is None or seen.first < begins:
                break
            parts.append(share(rows).assign(period_end=pd.Timestamp(seen.last), series=f"within {months} months"))
            at = at.shift(-1)
    columns = ["period_end", "series", *COLUMNS]
    if not parts:
        empty = {"period_end": "datetime64[us]", "series": "object", "began": "Int64", "ended": "Int64"}
        return pd.DataFrame({name: pd.Series(dtype=empty.get(name, "float64")) for name in columns})
    found = pd.concat(parts, ignore_index=True).astype({"period_end": "datetime64[us]"})
    return found.sort_values(["series", "period_end"], ignore_index=True)[columns]


def by_kind(evidence: Evidence, quarter: Quarter, months: int = EARLY[-1]) -> tuple[pd.DataFrame, Window | None]:
    """Over two years of beginnings: all placements, first and later ones, and each kind: group, and COLUMNS."""
    rows, seen = cohort(evidence, quarter, months, years=2)
    if seen is None:
        rows, seen = cohort(evidence, quarter, months)
    if rows.empty:
        names = {"group": "object", "began": "Int64", "ended": "Int64"}
        return pd.DataFrame({n: pd.Series(dtype=names.get(n, "float64")) for n in ("group", *COLUMNS)}), seen
    turn = rows.assign(turn=np.where(rows["first"], COMING, AGAIN))
    kinds = share(rows, "kind").set_index("group")
    kinds = kinds.reindex([name for name in (*PLACEMENT_GROUPS, NOT_KNOWN) if name in kinds.index]).reset_index()
    whole = share(rows).assign(group=ALL)
    return pd.concat([whole, share(turn, "turn").sort_values("group"), kinds], ignore_index=True), seen


def release(review, table: pd.DataFrame) -> Released:
    counts = ("began", "ended")
    return review.release(table, counts=counts, derived=dict.fromkeys(("share", "lower", "upper"), counts))


def values(review) -> dict[str, dict]:
    """The share of a year's new placements that ended early, unplanned, for each of EARLY; and how many are too new."""
    found = {}
    for months, name in zip(EARLY, ("three_months", "six_months"), strict=True):
        rows, seen = cohort(review.evidence, review.quarter, months)
        one = share(rows).iloc[0] if len(rows) else None
        value, ended, began = (None, None, None) if one is None else (one["share"], one["ended"], one["began"])
        found[f"early_disruption_percent.{name}"] = make_value(
            review.audience, value, unit="percent", numerator=ended, denominator=began,
            title=f"New placements that ended within {months} months, unplanned",
            period="" if seen is None else f"placements that began in {seen.words}",
        )  # fmt: skip
    new = too_new(review.evidence, review.quarter, EARLY[-1])
    title = "Placements too new to have been seen for six months"
    return {**found, "early_disruption_too_new": make_value(review.audience, new, title=title)}


def in_words(review) -> str:
    """How many new placements ended early, how that compares with the year before, and how many are too new to say."""
    evidence, quarter = review.evidence, review.quarter
    told = []
    for months in EARLY:
        rows, seen = cohort(evidence, quarter, months)
        if seen is None or rows.empty:
            return "The records don't reach far enough to follow a year's new placements for six months."
        before, _ = cohort(evidence, quarter.shift(-4), months)
        told.append(_one(review, rows, before, seen, months))
    new = make_value(review.audience, too_new(evidence, quarter, EARLY[-1]), title="too new")["text"]
    return f"{' '.join(told)} {new} placements began in the last six months and are too new for the longer measure."


def _one(review, rows: pd.DataFrame, before: pd.DataFrame, seen: Window, months: int) -> str:
    both = release(review, pd.concat([share(rows), share(before)], ignore_index=True) if len(before) else share(rows))
    now = both.frame.iloc[0]
    opening = f"Of placements that began in {seen.words}, "
    if both.is_withheld("share").iloc[0]:
        return f"{opening}the share that ended within {months} months unplanned rests on too few to be shown."
    said = f"{opening}{number(now['share'], 'percent')} ({number(now['ended'], 'count')} of {number(now['began'], 'count')}) ended within {months} months in a move that nobody planned"
    if len(both.frame) < 2 or pd.isna(both.frame["share"].iloc[1]):
        return f"{said}."
    then = both.frame.iloc[1]
    gap = now["share"] - then["share"]
    down = np.hypot(now["share"] - now["lower"], then["upper"] - then["share"])
    up = np.hypot(now["upper"] - now["share"], then["share"] - then["lower"])
    alike = gap - down <= 0 <= gap + up
    way = (
        "a difference that chance alone would give"
        if alike
        else f"{'more' if gap > 0 else 'less'} by more than chance alone would give"
    )
    return f"{said}, against {number(then['share'], 'percent')} a year before: {way}."
