"""How children on a child protection plan are followed: plans reviewed in time, children visited and seen alone."""

from __future__ import annotations

import pandas as pd

from analysis.indicators.breakdowns import OF_A_CHILD
from analysis.indicators.definition import HIGHER_IS_BETTER, PERCENT, STOCK, Indicator, Period
from analysis.indicators.evidence import Evidence
from analysis.indicators.protection import open_at
from analysis.methods.masks import certain

# Working Together: first review within three months of the plan's start, then at most six months apart. DfE
# doesn't publish its day arithmetic; calendar months are ours.
FIRST_REVIEW_MONTHS, LATER_REVIEW_MONTHS = 3, 6
# Working Together leaves how often to the plan; four weeks is the longest that local procedures commonly allow.
VISIT_DAYS = 28

_CENSUS = "DfE, Children in need"


# --- made once ---------------------------------------------------------------------------------------------------


def reviews(evidence: Evidence) -> pd.DataFrame:
    """Review conferences: child_id, plan_start, date, from the census and from what each Annex A calls the latest."""
    listed = evidence.table("protection_reviews")[["child_id", "plan_start", "date"]]
    seen = evidence.table("protection_status")[["child_id", "plan_start", "latest_review"]]
    seen = seen.rename(columns={"latest_review": "date"}).dropna()
    frames = [frame for frame in (listed, seen) if len(frame)]
    rows = pd.concat(frames, ignore_index=True).drop_duplicates() if frames else listed
    return rows.sort_values(["child_id", "plan_start", "date"], kind="stable", ignore_index=True)


# --- the units counted ---------------------------------------------------------------------------------------------


def reviewed_in_time(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Plans open at the date for three months or more; `counts` where no review was late and none is overdue.

    A plan that began before reviews are known is followed from then, and allowed six months to its first known one.
    """
    rows = open_at(evidence, period)
    began = rows["start_date"]
    rows = rows[certain(began <= period.last - pd.DateOffset(months=FIRST_REVIEW_MONTHS))].reset_index(drop=True)
    since = evidence.begins("protection_reviews") or evidence.begins("protection_status")
    known_from = rows["start_date"] if since is None else rows["start_date"].clip(lower=pd.Timestamp(since))
    whole = known_from == rows["start_date"]
    held = rows[["child_id", "start_date"]].reset_index().merge(
        evidence.once(reviews), left_on=["child_id", "start_date"], right_on=["child_id", "plan_start"]
    )[["index", "date"]]  # fmt: skip
    held = held[(held["date"] > known_from.reindex(held["index"]).to_numpy()) & (held["date"] <= period.last)]
    ends = pd.DataFrame({"index": rows.index, "date": period.last})
    steps = pd.concat([held, ends.astype({"date": rows["start_date"].dtype})], ignore_index=True)
    steps = steps.sort_values(["index", "date"], kind="stable", ignore_index=True)
    before = steps.groupby("index")["date"].shift()
    first = before.isna()
    before = before.where(~first, known_from.reindex(steps["index"]).set_axis(steps.index))
    soon = first & whole.reindex(steps["index"]).to_numpy()
    due = (before + pd.DateOffset(months=FIRST_REVIEW_MONTHS)).where(
        soon, before + pd.DateOffset(months=LATER_REVIEW_MONTHS)
    )
    late = (steps["date"] > due).groupby(steps["index"]).any()
    return rows.assign(counts=~late.reindex(rows.index, fill_value=False))


def _seen(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    """Plans open at the date, with what that day's Annex A says of the child: `latest_visit` and `seen_alone`. None
    where there is no Annex A of that day."""
    said = evidence.table("protection_status")
    said = said[certain(said["as_at"] == period.last)].set_index(["child_id", "plan_start"])
    if said.empty:
        return None
    rows = open_at(evidence, period).reset_index(drop=True)
    said = said[~said.index.duplicated()].reindex(pd.MultiIndex.from_frame(rows[["child_id", "start_date"]]))
    return rows.assign(**{name: said[name].array for name in ("latest_visit", "seen_alone")})


def visited(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    rows = _seen(evidence, period)
    if rows is None:
        return None
    return rows.assign(counts=certain(rows["latest_visit"] > period.last - pd.Timedelta(days=VISIT_DAYS)))


def seen_alone(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    rows = _seen(evidence, period)
    if rows is None:
        return None
    rows = rows[rows["seen_alone"].notna()]
    return rows.assign(counts=certain(rows["seen_alone"]))


# --- definitions -----------------------------------------------------------------------------------------------------


def indicators() -> tuple[Indicator, ...]:
    """The definitions about reviews and visits."""
    by = (*OF_A_CHILD, "category", "latest_category", "team", "locality")
    visit = {"period_type": STOCK, "needs": ("protection_plans", "protection_status"), "breakdowns": by}
    return (
        Indicator(
            "cpp_reviews_in_time_percent", "Plans reviewed in time",
            "Share of plans open at the end of the quarter for three months or more whose first review was within "
            f"{FIRST_REVIEW_MONTHS} months of the start and each later one within {LATER_REVIEW_MONTHS} months of the "
            "one before, with none overdue.",
            "those plans with every review in time", f"plans open at the date for at least {FIRST_REVIEW_MONTHS} months",
            PERCENT, HIGHER_IS_BETTER, STOCK, f"{_CENSUS}: reviews (D6)", reviewed_in_time,
            ("protection_plans", "protection_reviews"), or_needs=("protection_plans", "protection_status"),
            breakdowns=by,
        ),
        Indicator(
            "cpp_visited_percent", "Children on a plan visited in the last four weeks",
            f"Share of plans open at the end of the quarter whose child's last statutory visit was at most {VISIT_DAYS - 1} "
            "days before. A child of whom no visit is recorded counts as not visited.",
            f"plans open at the date with a statutory visit in the {VISIT_DAYS} days to it", "plans open at the date",
            PERCENT, HIGHER_IS_BETTER, source="Local (Annex A list 7)", function=visited, **visit,
        ),
        Indicator(
            "cpp_seen_alone_percent", "Children on a plan seen alone at the last visit",
            "Share of plans open at the end of the quarter whose child was seen alone at the last statutory visit, of "
            "those of which it is recorded.",
            "those plans with the child seen alone", "plans open at the date for which it is recorded", PERCENT,
            HIGHER_IS_BETTER, source="Local (Annex A list 7)", function=seen_alone, **visit,
        ),
    )  # fmt: skip
