"""The stages of care proceedings, and which of them takes the time: from the plan before, to the letter, to court, to the order.

A case is a family's: the first date that any of its children has counts for a stage's beginning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released
from analysis.disclosure.wording import MINUS, number
from analysis.findings.measures import year_to
from analysis.indicators import proceedings, protection
from analysis.indicators.evidence import Evidence
from analysis.indicators.proceedings import WEEKS
from analysis.methods import permutation
from analysis.methods.masks import certain
from analysis.methods.rates import round_half_up
from analysis.reference.quarters import Quarter, words

if TYPE_CHECKING:
    from analysis.findings.review import Review

INTERIM_ORDER = "C1"
SURE = 0.05
# Fewer cases than this have no median to speak of.
FEWEST = 10
TOO_FEW = "Too few to say"


@dataclass(frozen=True)
class Stage:
    """A stage, from one of a case's dates to another; `called` in full, `short` on a chart."""

    name: str
    called: str
    short: str
    begins: str
    ends: str


STAGES = (
    Stage("on_a_plan", "From protection plan to letter", "Plan to letter", "plan_date", "pre_proceedings_date"),
    Stage(
        "before_court",
        "From letter to application",
        "To application",
        "pre_proceedings_date",
        "application_date",
    ),
    Stage(
        "to_interim",
        "From application to interim care order",
        "To interim order",
        "application_date",
        "interim_date",
    ),
    Stage(
        "to_final",
        "From interim care order to final order",
        "To final order",
        "interim_date",
        "conclusion_date",
    ),
    Stage("in_court", "From application to final order, all cases", "In court", "application_date", "conclusion_date"),
)
# What a case goes through from the letter on, one after the other, where all of it is known.
CHAIN = STAGES[1:4]


def dated(evidence: Evidence) -> pd.DataFrame:
    """Cases concluded, in order, with two more dates: `plan_date`, when the protection plan began that a child was on when the
    letter was sent, and `interim_date`, when a child's first interim care order within the proceedings began (SSDA903)."""
    rows = evidence.once(proceedings.in_order_of_conclusion)
    children = evidence.table("care_proceedings")[["case_id", "child_id"]].drop_duplicates()
    mine = children.merge(
        rows[["case_id", "pre_proceedings_date", "application_date", "conclusion_date"]], on="case_id"
    )
    orders = evidence.table("care_episodes")
    orders = orders[certain(orders["legal_status"] == INTERIM_ORDER)][["child_id", "start_date"]]
    met = mine.merge(orders, on="child_id")
    met = met[met["start_date"].between(met["application_date"], met["conclusion_date"])]
    interim = met.groupby("case_id")["start_date"].min()
    plans = evidence.once(protection.plans)[["child_id", "start_date", "end_date"]]
    on = mine.merge(plans, on="child_id")
    on = on[
        certain(on["start_date"] <= on["pre_proceedings_date"]) & ~certain(on["end_date"] < on["pre_proceedings_date"])
    ]
    began = on.groupby("case_id")["start_date"].min()
    found = {"interim_date": interim, "plan_date": began}
    return rows.assign(**{name: days.reindex(rows["case_id"]).to_numpy() for name, days in found.items()})


def weeks(cases: pd.DataFrame, stage: Stage) -> pd.Series:
    """Weeks that a stage took, of the cases that went through it."""
    return ((cases[stage.ends] - cases[stage.begins]).dt.days / 7).dropna().astype(float)


def concluded_in(review: Review, quarter: Quarter) -> pd.DataFrame | None:
    """Cases concluded in the twelve months to the quarter's end; None where those aren't known whole."""
    first, last = year_to(quarter)
    if not review.evidence.covers("care_proceedings", first.date(), last.date()):
        return None
    rows = review.evidence.once(dated)
    return rows[rows["conclusion_date"].between(first, last)]


def table(review: Review) -> Released:
    """A row a stage, of the cases concluded in the twelve months: `stage`, cases, `median` weeks, `most` (nine in ten took at most
    so long), and `cases_before`, `median_before` of the twelve months before; `chance` says whether the two differ by more."""
    now, then = (concluded_in(review, one) for one in (review.quarter, review.quarter.shift(-4)))
    found = []
    for stage in STAGES:
        taken, before = (None if rows is None else weeks(rows, stage) for rows in (now, then))
        found.append({
            "stage": stage.called, "cases": None if taken is None else len(taken), "median": _at(taken, 0.5), "most": _at(taken, 0.9),
            "cases_before": None if before is None else len(before), "median_before": _at(before, 0.5),
            "chance": _verdict(taken, before),
        })  # fmt: skip
    counts, measured = ["cases", "cases_before"], ["median", "most", "median_before"]
    frame = pd.DataFrame(found).astype({**dict.fromkeys(counts, "Int64"), **dict.fromkeys(measured, "float64")})
    frame = frame.astype({"stage": "str", "chance": "str"})
    derived = {"median": ("cases",), "most": ("cases",), "median_before": ("cases_before",)}
    out = review.release(frame, counts=counts, derived=derived)
    hidden = out.is_withheld("median") | out.is_withheld("median_before")
    if not hidden.any():
        return out
    # What differs can't be said of medians that are withheld.
    return review.release(
        frame.assign(chance=frame["chance"].where(~hidden, CONFIDENTIAL)), counts=counts, derived=derived
    )


def _at(taken: pd.Series | None, share: float) -> float | None:
    return None if taken is None or taken.empty else float(taken.quantile(share))


def _verdict(taken: pd.Series | None, before: pd.Series | None) -> str:
    """Whether the medians differ by more than shuffling the two years' cases would give."""
    if taken is None or before is None or min(len(taken), len(before)) < FEWEST:
        return TOO_FEW
    if permutation.medians_apart(taken, before) >= SURE:
        return "No more than chance"
    return "Longer, beyond chance" if taken.median() > before.median() else "Shorter, beyond chance"


def in_words(review: Review, released: Released) -> str:
    """Which of the stages from the letter on takes longest, and where a stage takes longer or shorter than a year before."""
    rows, ends = released.frame.set_index("stage"), words(review.quarter.end)
    chain = rows.loc[[stage.called for stage in CHAIN], "median"]
    whole = rows.loc[STAGES[-1].called]
    if released.is_withheld("median").iloc[1:].any():
        return f"How long the stages took is withheld (c): too few cases were concluded in the year to {ends}."
    if pd.isna(whole["cases"]) or whole["cases"] == 0:
        return f"No case is known to have been concluded in the year to {ends}, so no stage can be timed."
    told = []
    if chain.notna().any():
        longest = chain.astype(float).idxmax()
        told.append(
            f"Of the stages of the cases concluded in the year to {ends}, the one {_lower(longest)} took longest: half took more than "
            f"{number(chain[longest], 'mean')} weeks"
        )
    else:
        told.append(
            f"Half of the cases concluded in the year to {ends} took more than {number(whole['median'], 'mean')} weeks in court"
        )
    changed = [
        f"{_lower(name)} it took {'longer' if row['chance'].startswith('Longer') else 'less time'} than a year before, by more than chance gives"
        for name, row in rows.iterrows() if "beyond" in row["chance"]
    ]  # fmt: skip
    if changed:
        return f"{told[0]}. {' and '.join(changed).capitalize()}."
    if (rows["chance"] == TOO_FEW).all():
        return f"{told[0]}. Whether any stage has changed can't be said: too few cases of the year before are known."
    return f"{told[0]}. No stage took longer or shorter than a year before by more than chance gives."


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


# --- where the weeks go --------------------------------------------------------------------------------------------------


def whole_chain(cases: pd.DataFrame) -> pd.DataFrame:
    """Weeks of each stage of the chain, a row a case of which every date is known; they add up to letter to final order."""
    stages = pd.DataFrame({stage.name: (cases[stage.ends] - cases[stage.begins]).dt.days / 7 for stage in CHAIN})
    return stages.dropna().astype(float)


def over_time(review: Review, quarters: list[Quarter]) -> Released:
    """Mean weeks of each stage, of cases concluded in the twelve months to each quarter whose every date is known: period_end,
    cases, a column a stage, and `weeks` in all."""
    found = []
    for quarter in quarters:
        rows = concluded_in(review, quarter)
        if rows is None:
            continue
        chain = whole_chain(rows)
        means = chain.mean() if len(chain) else pd.Series({stage.name: None for stage in CHAIN}, dtype="float64")
        found.append(
            {"period_end": pd.Timestamp(quarter.end), "cases": len(chain), **means, "weeks": means.sum(min_count=1)}
        )
    names = [*(stage.name for stage in CHAIN), "weeks"]
    frame = pd.DataFrame(found, columns=["period_end", "cases", *names])
    frame = frame.astype({"period_end": "datetime64[us]", "cases": "Int64", **dict.fromkeys(names, "float64")})
    return review.release(frame, counts=["cases"], derived=dict.fromkeys(names, ("cases",)))


def over_time_in_words(review: Review, released: Released) -> str:
    """How far each stage accounts for the change from the earliest to the latest of these years: the parts add up."""
    if released.is_withheld("weeks").any():
        return "Where the weeks go is withheld (c), because a year has too few cases of which every date is known."
    rows = released.frame.dropna(subset=["weeks"])
    if len(rows) < 2:
        return "Where the weeks go can't be set against another year: fewer than two years of cases are known."
    first, last = rows.iloc[0], rows.iloc[-1]
    # Of the figures as they are printed, so that a reader who takes one from the other finds the same.
    gap = round_half_up(last["weeks"], 1) - round_half_up(first["weeks"], 1)
    parts = [f"{_signed(last[stage.name] - first[stage.name])} {_lower(stage.called)}" for stage in CHAIN]
    return (
        f"From letter to final order the cases concluded in the year to {words(last['period_end'].date())} took {number(last['weeks'], 'mean')} weeks on "
        f"average, those of the year to {words(first['period_end'].date())} {number(first['weeks'], 'mean')}: a difference of {_signed(gap)} weeks, made of "
        f"{', '.join(parts[:-1])} and {parts[-1]}."
    )


def _signed(weeks_: float) -> str:
    text = number(weeks_, "mean")
    return text if text.startswith(MINUS) or text == "0.0" else f"+{text}"


# --- what those beyond 26 weeks waited for ---------------------------------------------------------------------------------


def beyond(review: Review) -> Released:
    """Cases concluded in the twelve months, within 26 weeks and beyond: `group`, cases, mean weeks before court, `to_interim` and
    `to_final` (of those with an interim order), and in court."""
    rows = concluded_in(review, review.quarter)
    found = []
    late = None if rows is None else rows["weeks"] > WEEKS
    for name, mine in ((WITHIN, None if rows is None else rows[~late]), (BEYOND, None if rows is None else rows[late])):
        means = {stage.name: None if mine is None or mine.empty else _mean(weeks(mine, stage)) for stage in STAGES[1:]}
        counts = {f"{stage.name}_n": None if mine is None else len(weeks(mine, stage)) for stage in STAGES[1:]}
        found.append({"group": name, "cases": None if mine is None else len(mine), **means, **counts})
    names = [stage.name for stage in STAGES[1:]]
    counts = ["cases", *(f"{name}_n" for name in names)]
    frame = pd.DataFrame(found).astype(
        {"group": "str", **dict.fromkeys(counts, "Int64"), **dict.fromkeys(names, "float64")}
    )
    return review.release(frame, counts=counts, derived={name: ("cases", f"{name}_n") for name in names})


WITHIN, BEYOND = f"Within {WEEKS} weeks", f"Beyond {WEEKS} weeks"


def _mean(taken: pd.Series) -> float | None:
    return float(taken.mean()) if len(taken) else None


def beyond_in_words(review: Review, released: Released) -> str:
    rows, ends = released.frame.set_index("group"), words(review.quarter.end)
    within, late = rows.loc[WITHIN], rows.loc[BEYOND]
    names = [stage.name for stage in CHAIN]
    if any(released.is_withheld(name).any() for name in names):
        return f"What sets cases beyond {WEEKS} weeks apart is withheld (c), because too few are on one side."
    gaps = {
        stage: late[stage.name] - within[stage.name]
        for stage in CHAIN
        if pd.notna(late[stage.name]) and pd.notna(within[stage.name])
    }
    if not gaps:
        return f"Cases within and beyond {WEEKS} weeks can't be set side by side for the year to {ends}: one side has none."
    most = max(gaps, key=lambda stage: gaps[stage])
    others = [f"{_signed(gap)} {_lower(stage.called)}" for stage, gap in gaps.items() if stage is not most]
    rest = f"; for the other stages the difference was {' and '.join(others)}" if others else ""
    return (
        f"Cases concluded beyond {WEEKS} weeks in the year to {ends} differ most from the others {_lower(most.called)}: "
        f"{number(late[most.name], 'mean')} weeks on average, against {number(within[most.name], 'mean')}{rest}."
    )
