"""Between early help and social work, both ways: who was referred on, who came down, how soon, and who came back.

A child is followed from an event for a fixed time, and only those are counted for whom the whole time lies within the
records. What follows isn't what was caused: a child may be referred for another reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Released, Structure
from analysis.disclosure.wording import number, period
from analysis.findings.measures import source
from analysis.findings.values import item
from analysis.indicators import early_help
from analysis.indicators.definition import COHORT, Period
from analysis.indicators.definition import period as period_of
from analysis.methods.masks import certain
from analysis.methods.rate_changes import share_change
from analysis.reference.codes import codes

if TYPE_CHECKING:
    from analysis.findings.review import Review
    from analysis.indicators.evidence import Evidence

# The same child referred to social work again within so many months of the case's closing.
BACK_MONTHS = 12
ASSESSED, EVERY_REFERRAL = "Early help assessments completed (children)", "All referrals to early help"
DOWN, NOT_DOWN, ALL = "Early help within 3 months", "No early help within 3 months", "All cases closed"
# More than one difference in twenty would be called real by chance alone at a laxer mark.
BEYOND_CHANCE = 0.05


def cohort(review: Review) -> Period:
    """The twelve months that ended a year before the quarter's end: each child of them has been followed for a year."""
    return period_of(COHORT, review.quarter)


# --- up: from early help to social work ------------------------------------------------------------------------------


def step_up(review: Review) -> Released:
    """A row a way into early help: start, followed (how many), again (referred to social work within twelve months), share.
    Released; missing where the records don't reach."""
    when, evidence = cohort(review), review.evidence
    referred, work = evidence.once(early_help.referrals), evidence.table("referrals")
    rows = when.of(referred, "date")
    rows = rows.assign(counts=early_help.followed(rows, work, early_help.STEP_UP_MONTHS))
    known = _covers(evidence, "early_help_referrals", when)
    found = [
        _row(name, rows[certain(rows["route_code"] == code)], known)
        for code, name in codes("local", "early_help_route").items()
    ]
    found.append(_row(EVERY_REFERRAL, rows, known))
    assessed = early_help.assessment_step_up(evidence, when)
    found.append(_row(ASSESSED, assessed, _covers(evidence, "early_help_assessments", when)))
    frame = pd.DataFrame(found).astype({"followed": "Int64", "again": "Int64", "share": "float64"})
    # The ways add up to all referrals; the children assessed are others, and some of the same.
    frame = frame.assign(of=["referrals"] * (len(frame) - 1) + ["assessments"])
    adds = Structure(margins={"start": EVERY_REFERRAL})
    return review.release(frame, counts=["followed", "again"], derived={"share": ["followed", "again"]}, adds=adds)


def _row(name: str, rows: pd.DataFrame, known: bool) -> dict[str, object]:
    if not known:
        return {"start": name, "followed": pd.NA, "again": pd.NA, "share": np.nan}
    count, again = len(rows), int(rows["counts"].sum())
    return {"start": name, "followed": count, "again": again, "share": 100 * again / count if count else np.nan}


def _covers(evidence: Evidence, table: str, when: Period) -> bool:
    return evidence.covers(table, when.start, when.end) and evidence.covers(
        "referrals", when.start, when.quarter.end, whole=False
    )


def step_up_in_words(review: Review, released: Released) -> str:
    """Which share of those helped early were referred to social work within a year, and of those who weren't."""
    when = cohort(review)
    over = period(when.start, when.end)
    row = released.frame["start"] == EVERY_REFERRAL
    told = {
        name: _text(released, row, name, unit)
        for name, unit in (("followed", "count"), ("again", "count"), ("share", "percent"))
    }
    if told["followed"] == "–":
        return f"The records don't reach over {over} and a year beyond, so nobody can be followed from early help."
    if told["followed"] == "0":
        return f"In {over} nobody was referred to early help."
    if CONFIDENTIAL in told.values():
        return f"Of those referred to early help in {over} so few were referred to social work within a year that the numbers can't be shown."
    return (
        f"Of {told['followed']} referrals to early help in {over}, {told['again']} ({told['share']}) were followed by a referral of the "
        f"same child to social work within 12 months.{_those_from_social_work(released)}"
    )


def _those_from_social_work(released: Released) -> str:
    """Those who had come down from social work aren't like the rest: the share of them, where it can be shown."""
    name = codes("local", "early_help_route")["step_down"]
    share = _text(released, released.frame["start"] == name, "share", "percent")
    return "" if share in ("–", CONFIDENTIAL) else f" Of those who had just come down from social work it was {share}."


# --- down: from social work to early help ------------------------------------------------------------------------------


def step_down(review: Review) -> Released:
    """Social work cases closed in the cohort's year: cases, closed, again (referred to social work once more within twelve
    months of closing), share. A row for those whom early help received within three months, the rest, and all."""
    when, evidence = cohort(review), review.evidence
    rows = when.of(evidence.once(early_help.closed_cases), "date")
    came = early_help.followed(rows, evidence.table("early_help_referrals"), early_help.STEP_DOWN_MONTHS)
    later = evidence.table("referrals")
    # A referral on the day that a case closes belongs to that case.
    after = rows.assign(date=rows["date"] + pd.Timedelta(days=1))
    again = early_help.followed(after, later, BACK_MONTHS)
    known = (
        evidence.covers("episodes_of_need", when.start, when.end)
        and evidence.covers("early_help_referrals", when.start, when.end, whole=False)
        and evidence.covers("referrals", when.start, when.quarter.end, whole=False)
    )
    rows = rows.assign(counts=again)
    found = [_row(name, mine, known) for name, mine in ((DOWN, rows[came]), (NOT_DOWN, rows[~came]), (ALL, rows))]
    frame = pd.DataFrame(found).rename(columns={"start": "cases", "followed": "closed"})
    frame = frame.astype({"closed": "Int64", "again": "Int64", "share": "float64"})
    return review.release(
        frame,
        counts=["closed", "again"],
        derived={"share": ["closed", "again"]},
        adds=Structure(margins={"cases": ALL}),
    )


def step_down_in_words(review: Review, released: Released) -> str:
    """Whether those who came down to early help came back to social work more or less often than the others."""
    when = cohort(review)
    over = period(when.start, when.end)
    frame = released.frame.set_index("cases")
    hidden = released.withheld.set_axis(released.frame["cases"])
    if frame["closed"].isna().all() and not hidden["closed"].any():
        return f"The records don't reach over {over} and a year beyond, so cases that closed can't be followed."
    if not hidden.loc[ALL, "closed"] and frame.loc[ALL, "closed"] == 0:
        return f"In {over} social work closed no case."
    if hidden.to_numpy().any():
        return f"Of the cases that social work closed in {over} so few went to early help or came back that the numbers can't be shown."
    down, rest = frame.loc[DOWN], frame.loc[NOT_DOWN]
    told = f"Social work closed {number(frame.loc[ALL, 'closed'], 'count')} cases in {over}, those in which an assessment found no need among them; early help received {number(down['closed'], 'count')} of those children within three months."
    if not down["closed"] or not rest["closed"]:
        return told
    change = share_change(float(rest["again"]), float(rest["closed"]), float(down["again"]), float(down["closed"]))
    shares = f"{number(down['share'], 'percent')} of them and {number(rest['share'], 'percent')} of the others were referred to social work again within 12 months of closing"
    if not change.p < BEYOND_CHANCE:
        return f"{told} {shares}, no more apart than chance would give."
    way = "more" if change.up else "fewer"
    return (
        f"{told} {shares}: {way} of them, by more than chance would give. Those who are stepped down aren't like the others to "
        "begin with, so this says who they are, not what early help did."
    )


# --- how soon -------------------------------------------------------------------------------------------------------------


def days_to_early_help(evidence: Evidence) -> pd.DataFrame:
    """Referrals to early help as a step down from social work, in order of date: child_id, date, and days since the
    child's last case closed (missing where none closed in the three months before; nought where one is open)."""
    rows = evidence.once(early_help.referrals)
    rows = rows[certain(rows["route_code"] == "step_down")][["child_id", "date"]]
    need = evidence.table("episodes_of_need")[["child_id", "start_date", "closure_date"]]
    closed = (
        need.dropna(subset=["closure_date"])
        .rename(columns={"closure_date": "closed"})
        .sort_values("closed", kind="stable")
    )
    linked = pd.merge_asof(rows, closed[["child_id", "closed"]], left_on="date", right_on="closed", by="child_id")
    recent = linked["closed"] >= linked["date"] - pd.DateOffset(months=early_help.STEP_DOWN_MONTHS)
    days = (linked["date"] - linked["closed"]).dt.days.astype("Int64").where(certain(recent))
    begun = need.dropna(subset=["start_date"]).sort_values("start_date", kind="stable")
    under_way = pd.merge_asof(rows, begun, left_on="date", right_on="start_date", by="child_id")
    still = under_way["start_date"].notna() & ~certain(under_way["closure_date"] < under_way["date"])
    return linked[["child_id", "date"]].assign(days=days.mask(still.to_numpy(), 0))


def wait_values(review: Review) -> dict[str, dict]:
    """How many children came down to early help in the twelve months to now and to a year ago, and the median days from
    the case's closing to early help's referral."""
    made, rows = {}, review.evidence.once(days_to_early_help)
    for moment, quarter in (("now", review.quarter), ("year_ago", review.quarter.shift(-4))):
        when = Period(quarter.shift(-3).start, quarter.end, quarter)
        known = review.evidence.covers("early_help_referrals", when.start, when.end) and review.evidence.covers(
            "episodes_of_need", when.start, when.end, whole=False
        )
        days = when.of(rows, "date")["days"].dropna()
        frame = pd.DataFrame({"n": [len(days) if known else None]}).astype({"n": "Int64"})
        frame = frame.assign(median=float(days.median()) if known and len(days) else np.nan)
        out = review.release(frame, counts=["n"], derived={"median": ["n"]})
        over = {"period": period(when.start, when.end), "source": source(review)}
        made[f"step_down_wait.children.{moment}"] = item(
            None, out.frame["n"].iloc[0], "count", bool(out.is_withheld("n").iloc[0]),
            title="Children who came down to early help with a case closed in the three months before, or open", **over,
        )  # fmt: skip
        made[f"step_down_wait.median_days.{moment}"] = item(
            None, out.frame["median"].iloc[0], "days", bool(out.is_withheld("median").iloc[0]),
            title="Days from the case's closing to early help's referral (median)", **over,
        )  # fmt: skip
    return made


def wait_in_words(values: dict[str, dict]) -> str:
    """How soon early help hears of a case that social work has closed, from released values (`wait_values`)."""
    now, then = (values[f"step_down_wait.median_days.{moment}"] for moment in ("now", "year_ago"))
    if now["value"] is None:
        why = "too few children came down" if now["text"] == CONFIDENTIAL else "no child is known to have come down"
        return (
            f"How soon early help hears of a case that social work has closed can't be said: in {now['period']} {why}."
        )
    said = (
        f"Half of the children who came down to early help in {now['period']} were referred within {now['text']} of their case's "
        "closing."
    )
    return said if then["value"] is None else f"{said[:-1]}; a year earlier it was {then['text']}."


def _text(released: Released, row: pd.Series, name: str, unit: str) -> str:
    hidden = bool(released.is_withheld(name)[row].iloc[0])
    return number(released.frame.loc[row, name].iloc[0], unit, withheld=hidden, none="–")
