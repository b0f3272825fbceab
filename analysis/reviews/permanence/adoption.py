"""Adoption: how long it takes and at which stage, decisions and their reversal, who waits, early permanence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import day, number
from analysis.findings import measures
from analysis.findings.values import make_value
from analysis.indicators import definition, permanence, registry
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import looked_after
from analysis.indicators.permanence import PLACED_FOR_ADOPTION, PLACEMENT_ORDER
from analysis.methods.masks import certain
from analysis.reference.quarters import Quarter
from analysis.reviews.permanence.years import years

A1, A2 = "adoption_a1_days", "adoption_a2_days"
OVER_THREE_YEARS = (A1, "adoption_a10_days", A2, "adoption_within_14_months_percent")
# Stages of the way to adoption: words, and the dates at which each begins and ends.
STAGES = {
    "Coming into care to the decision": ("entered", "decided"), "Decision to placement order": ("decided", "ordered"),
    "Placement order to match": ("ordered", "matched"), "Match to moving in": ("matched", "placed"),
    "Moving in to adoption order": ("placed", "adopted"),
}  # fmt: skip
# Placed with carers who may adopt, before the decision: fostering for adoption, concurrent planning.
EARLY = ("U2", "U5")
WAITS = {"Under 3 months": 3, "3 months, under 6": 6, "6 months, under a year": 12}
LONGEST_WAIT = "A year or more"


def times(review) -> Released:
    """A row for each twelve months: period_end, adopted, a1_year and a2_year (mean days of those adopted in them), a1_three
    and a2_three (of those adopted in three years)."""
    evidence, found = review.evidence, []
    for one in years(evidence, review.quarter):
        three = registry.series(review.known, [A1, A2], [one.quarter], authority=review.authority).set_index(
            "indicator"
        )
        to_home, to_match = (make(evidence, one) for make in (permanence.to_placement, permanence.to_match))
        year = [frame[frame["adopted"] >= one.first]["value"].dropna().astype(float) for frame in (to_home, to_match)]
        found.append({
            "period_end": one.last, "adopted": len(to_home[to_home["adopted"] >= one.first]), "matched": len(year[1]),
            "adopted_three": three["denominator"][A1], "matched_three": three["denominator"][A2],
            "a1_year": year[0].mean(), "a2_year": year[1].mean(), "a1_three": three["value"][A1], "a2_three": three["value"][A2],
        })  # fmt: skip
    counts, means = (
        ["adopted", "matched", "adopted_three", "matched_three"],
        ["a1_year", "a2_year", "a1_three", "a2_three"],
    )
    frame = pd.DataFrame(found, columns=["period_end", *counts, *means])
    frame = frame.astype(
        {"period_end": "datetime64[us]", **dict.fromkeys(counts, "Int64"), **dict.fromkeys(means, "float64")}
    )
    return review.release(
        frame, counts=counts, derived={mean: [count] for mean, count in zip(means, counts, strict=True)}
    )


def over_three_years(review) -> dict[str, dict]:
    """`<indicator>.<moment>` of the measures of children adopted in three years, with their period."""
    table = measures.table_at_moments(review, OVER_THREE_YEARS)
    found = measures.values_of(review, table, {one: one for one in OVER_THREE_YEARS})
    until = {f"{row.indicator}.{row.moment}": f"the three years to {day(row.period_end)}" for row in table.itertuples()}
    return {name: {**one, "period": until[name]} for name, one in found.items()}


def thresholds(review) -> dict[str, dict]:
    """`a1_threshold` and `a2_threshold`: the scorecard's thresholds in days at the quarter's end."""
    return {
        f"{name}_threshold": make_value(
            review.audience, permanence.threshold(indicator, review.quarter.end.year), unit="days", rests_on=[0],
            title=f"Threshold of {name.upper()} in the adoption scorecards", period=str(review.quarter.end.year),
        )
        for name, indicator in (("a1", A1), ("a2", A2))
    }  # fmt: skip


def journeys(evidence: Evidence) -> pd.DataFrame:
    """Adopted children with the day of the decision that adoption was the plan, `decided`."""
    rows = evidence.once(permanence.journeys)
    said = evidence.table("adoptions").set_index("child_id")["decision_date"]
    return rows.assign(decided=said.reindex(rows["child_id"]).to_numpy("datetime64[us]"))


def stages(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """Mean days of each stage, of children adopted in three years for whom every date is known and in order: stage, days,
    children. The stages add up to the whole."""
    rows = evidence.once(journeys)
    opened, last = pd.Timestamp(quarter.shift(-12).end), pd.Timestamp(quarter.end)
    rows = rows[certain(rows["adopted"] > opened) & certain(rows["adopted"] <= last)]
    days = pd.DataFrame({stage: (rows[end] - rows[start]).dt.days for stage, (start, end) in STAGES.items()})
    days = days[days.notna().all(axis=1) & (days >= 0).all(axis=1)]
    frame = pd.DataFrame({"stage": list(STAGES), "days": days.mean().to_numpy(float), "children": len(days)})
    return frame.astype({"children": "Int64"}) if len(days) else frame.iloc[:0].astype({"children": "Int64"})


def release_stages(review, frame: pd.DataFrame) -> Released:
    return review.release(frame, counts=["children"], derived={"days": ["children"]})


def stages_in_words(review, released: Released) -> str:
    """Which stage took longest."""
    rows = released.frame[released.frame["days"].notna()]
    if rows.empty:
        return f"For too few of the children adopted in the three years to {day(review.quarter.end)} are the dates of all stages known."
    whole, top = rows["days"].sum(), rows.loc[rows["days"].idxmax()]
    stage = str(top["stage"])
    return (
        f"For {number(top['children'], 'count')} children adopted in the three years to {day(review.quarter.end)} the dates of every stage are "
        f"known and in order: from coming into care to the adoption order took {number(whole, 'days')} on average, of which the longest "
        f"stage, {stage[0].lower()}{stage[1:]}, took {number(top['days'], 'days')}."
    )


def decisions(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """A row for each twelve months: period_end, decided (children for whom adoption became the plan), reversed (for whom it
    ceased to be), ordered (placement orders), placed (moved in), adopted."""
    said = evidence.table("adoptions")
    found = []
    names = {"decided": "decision_date", "reversed": "reversed_date", "ordered": "placement_order_date", "placed": "placed_date",
             "adopted": "order_date"}  # fmt: skip
    for one in years(evidence, quarter) if evidence.known.carries("adoptions") else []:
        row = {
            name: int(certain((said[date] >= one.first) & (said[date] <= one.last)).sum())
            for name, date in names.items()
        }
        found.append({"period_end": one.last, **row})
    frame = pd.DataFrame(found, columns=["period_end", *names])
    return frame.astype({"period_end": "datetime64[us]", **dict.fromkeys(names, "Int64")})


def decision_values(review, released: Released) -> dict[str, dict]:
    """`decisions.<what>.latest` and `.year_before`: children for whom adoption became the plan, and ceased to be."""
    found = {}
    titles = {"decided": "Decisions that adoption is the plan", "reversed": "Decisions for adoption reversed"}
    for name, title in titles.items():
        for when, back in (("latest", 1), ("year_before", 2)):
            rows = released.frame
            there = len(rows) >= back
            hidden = there and bool(released.is_withheld(name).iloc[-back])
            shown = None if not there else 1 if hidden else rows[name].iloc[-back]
            until = f"the year to {day(review.quarter.shift(-4 * (back - 1)).end)}"
            found[f"decisions.{name}.{when}"] = make_value(review.audience, shown, title=title, period=until)
    return found


def waiting(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """Children with a placement order who don't yet live with an adoptive family, by how long since the order: since,
    matched (a match is recorded), unmatched, children."""
    names, last = ("matched", "unmatched", "children"), pd.Timestamp(quarter.end)
    empty = pd.DataFrame({"since": pd.Series(dtype="object"), **{name: pd.Series(dtype="Int64") for name in names}})
    if not evidence.covers("care_episodes", quarter.end, quarter.end):
        return empty
    rows = evidence.once(looked_after, definition.period(definition.STOCK, quarter))
    rows = rows[
        certain(rows["legal_status"].isin(PLACEMENT_ORDER)) & ~certain(rows["placement"].isin(PLACED_FOR_ADOPTION))
    ]
    episodes = evidence.table("care_episodes")
    ordered = episodes[
        certain(episodes["legal_status"].isin(PLACEMENT_ORDER)) & certain(episodes["start_date"] <= last)
    ]
    since = ordered.groupby("child_id")["start_date"].min().reindex(rows["child_id"])
    said = evidence.table("adoptions").set_index("child_id")
    order = said["placement_order_date"].reindex(rows["child_id"])
    since = order.where(certain(order <= last), since)
    matched = certain(said["matched_date"].reindex(rows["child_id"]) <= last).to_numpy()
    found, taken = [], np.zeros(len(rows), dtype=bool)
    for words, months in {**WAITS, LONGEST_WAIT: None}.items():
        mine = ~taken
        if months is not None:
            mine &= certain(since > last - pd.DateOffset(months=months)).to_numpy()
        taken = taken | mine
        found.append(
            {
                "since": words,
                "matched": (mine & matched).sum(),
                "unmatched": (mine & ~matched).sum(),
                "children": mine.sum(),
            }
        )
    return pd.DataFrame(found).astype(dict.fromkeys(names, "Int64"))


def release_waiting(review, frame: pd.DataFrame) -> Released:
    """The table as the audience may see it; its whole is shown as the number not yet placed."""
    adds = Structure(
        columns={"children": ["matched", "unmatched"]}, totals={"children": float(frame["children"].sum())}
    )
    return review.release(frame, counts=["matched", "unmatched", "children"], adds=adds)


def early(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """A row for each twelve months: period_end, began (children placed with carers who may adopt them, before the decision or
    by fostering for adoption), adopted, of_them (adopted children who had lived so), percent."""
    said = evidence.table("adoptions")[["child_id", "foster_to_adopt_date"]].rename(
        columns={"foster_to_adopt_date": "day"}
    )
    episodes = evidence.table("care_episodes")
    episodes = episodes[certain(episodes["placement"].isin(EARLY))][["child_id", "start_date"]]
    both = [frame for frame in (said, episodes.rename(columns={"start_date": "day"})) if len(frame)]
    every = pd.concat(both, ignore_index=True) if both else said
    first = every.dropna().groupby("child_id")["day"].min().astype("datetime64[us]")
    found = []
    for one in years(evidence, quarter):
        adopted = permanence.adoptions(evidence, one)
        began = certain((first >= one.first) & (first <= one.last)).sum()
        found.append({"period_end": one.last, "began": int(began), "adopted": len(adopted),
                      "of_them": int(adopted["child_id"].isin(first.index).sum())})  # fmt: skip
    names = ["began", "adopted", "of_them"]
    frame = pd.DataFrame(found, columns=["period_end", *names]).astype(
        {"period_end": "datetime64[us]", **dict.fromkeys(names, "Int64")}
    )
    share = 100 * frame["of_them"].astype("float64") / frame["adopted"].astype("float64").where(frame["adopted"] > 0)
    return frame.assign(percent=share.astype("float64"))


def early_in_words(review, released: Released) -> str:
    """How many began early permanence, and how many of the adopted had."""
    rows = released.frame
    if rows.empty:
        return f"The episodes of care aren't known for the whole of the year to {day(review.quarter.end)}, so early permanence can't be counted."
    hidden, row = released.withheld.iloc[-1], rows.iloc[-1]
    began, of = (number(row[name], "count", withheld=bool(hidden[name])) for name in ("began", "of_them"))
    told = (
        f"In the year to {day(row['period_end'])}, {began} children went to live with carers who may adopt them before a decision was "
        f"made, and {of} of the {number(row['adopted'], 'count', withheld=bool(hidden['adopted']))} who were adopted had lived so."
    )
    return told + (" Numbers shown as c are withheld." if hidden.any() else "")


def waiting_in_words(review, released: Released) -> str:
    """How many wait, and how long."""
    when = day(review.quarter.end)
    rows = released.frame
    if rows.empty:
        return f"Who had a placement order on {when} is not available."
    children, hidden = rows.set_index("since")["children"], released.is_withheld("children").any()
    if hidden:
        return f"Children with a placement order who weren't yet placed on {when}: how long they had waited can't be shown in full, since some numbers are withheld (c)."
    if not children.sum():
        return f"On {when} no child with a placement order was waiting to be placed."
    long = children[LONGEST_WAIT] + children["6 months, under a year"]
    return (
        f"On {when}, {number(children.sum(), 'count')} children with a placement order didn't yet live with an adoptive family; for "
        f"{number(long, 'count')} of those the order was made six months ago or more."
    )
