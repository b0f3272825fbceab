"""The same children from step to step: what became of a year's cases, and which have a step that no record holds.

The counts of a funnel are of one year and needn't be of the same children. Here each case is followed, for as long in
every year, so that the latest isn't cut short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released
from analysis.disclosure.wording import number, short_day
from analysis.findings.measures import moments
from analysis.indicators import enquiries, front_door
from analysis.indicators.enquiries import CONFERENCE_TO_PLAN_DAYS
from analysis.methods import clustered
from analysis.reference.quarters import words

if TYPE_CHECKING:
    from analysis.findings.review import Review

# How long each case is followed, in days: a referral to an enquiry, an enquiry to a conference (15 working days, and as
# much again for those that are late), a conference to a plan.
FOLLOWED = {"referrals": 60, "enquiries": 60, "conferences": CONFERENCE_TO_PLAN_DAYS}
SHOWN = ("year_end_before", "last_year_end", "now")
_LED = {
    "referrals": "Referrals followed by an enquiry", "enquiries": "Enquiries that led to a conference",
    "conferences": "Conferences that led to a plan",
}  # fmt: skip
_TABLES = {"referrals": "referrals", "enquiries": "section47_enquiries", "conferences": "section47_enquiries"}


def cases(review: Review) -> dict[str, pd.DataFrame]:
    """Referrals, enquiries and conferences: child_id, date, and led (the step after came within FOLLOWED of it)."""
    evidence = review.evidence
    referred, enquired = evidence.once(front_door.referrals), evidence.once(enquiries.enquiries)
    met = evidence.once(enquiries.conferences)
    next_enquiry = enquired[["child_id", "date"]].assign(then=enquired["date"])
    followed = pd.merge_asof(
        referred[["child_id", "date"]].dropna().sort_values("date", kind="stable"), next_enquiry.dropna(), on="date", by="child_id",
        direction="forward", tolerance=pd.Timedelta(days=FOLLOWED["referrals"]),
    )  # fmt: skip
    wait = (enquired["conference_date"] - enquired["date"]).dt.days
    return {
        "referrals": followed[["child_id", "date"]].assign(led=followed["then"].notna()),
        "enquiries": enquired[["child_id", "date"]].assign(led=wait <= FOLLOWED["enquiries"]),
        "conferences": met[["child_id", "date"]].assign(led=met["planned"]),
    }


def cohorts(review: Review) -> Released:
    """What became of the cases of the twelve months to each of SHOWN, a row a step and moment, released.

    The twelve months end FOLLOWED days before the moment, so that every case has been followed as long. Columns:
    step, moment, year_to, cases, led, share, lower, upper (per cent; 95%, cases of one day kept together as those of
    brothers and sisters are).
    """
    rows = []
    for step, frame in cases(review).items():
        for name in SHOWN:
            last = pd.Timestamp(moments(review.quarter)[name].end) - pd.Timedelta(days=FOLLOWED[step])
            first = last - pd.DateOffset(years=1) + pd.Timedelta(days=1)
            begins = review.evidence.covers(_TABLES[step], first.date(), last.date())
            year = frame[(frame["date"] >= first) & (frame["date"] <= last)] if begins else frame.iloc[:0]
            found = {"step": _LED[step], "stage": step, "moment": name, "year_to": last, "cases": pd.NA, "led": pd.NA}
            if begins and len(year):
                share = clustered.shares(
                    year["led"].astype(float), pd.Series(1.0, index=year.index), year["date"]
                ).iloc[0]
                found |= {"cases": len(year), "led": int(year["led"].sum()), "share": 100 * share["rate"],
                          "lower": 100 * share["lower"], "upper": 100 * share["upper"]}  # fmt: skip
            rows.append(found)
    columns = ["step", "stage", "moment", "year_to", "cases", "led", "share", "lower", "upper"]
    frame = pd.DataFrame(rows, columns=columns).astype(
        {"cases": "Int64", "led": "Int64", **dict.fromkeys(columns[-3:], "float64")}
    )
    return review.release(frame, counts=["cases", "led"], derived=dict.fromkeys(columns[-3:], ("cases", "led")))


def cohorts_in_words(found: Released) -> str:
    """How the share of enquiries that led to a conference, and of conferences that led to a plan, moved last year."""
    told = [_moved(found, stage) for stage in ("enquiries", "conferences")]
    return " ".join(told)


def _moved(found: Released, stage: str) -> str:
    rows = found.frame[found.frame["stage"] == stage].set_index("moment")
    before, after = rows.loc["year_end_before"], rows.loc["last_year_end"]
    what = (
        f"Of the same children, the share of {stage} that led to {'a conference' if stage == 'enquiries' else 'a plan'}"
    )
    if found.is_withheld("share")[found.frame["stage"] == stage].any():
        return f"{what} is withheld, so that no count from 1 to 5 can be worked out from it."
    if pd.isna(before["share"]) or pd.isna(after["share"]):
        return f"{what} can't be compared over two years: the records don't reach back."
    # Newcombe's limits of a difference, from those of each share.
    gap = after["share"] - before["share"]
    down = np.hypot(after["share"] - after["lower"], before["upper"] - before["share"])
    up = np.hypot(after["upper"] - after["share"], before["share"] - before["lower"])
    apart = gap - down > 0 or gap + up < 0
    way = "rose" if gap > 0 else "fell"
    return (
        f"{what} was {number(before['share'], 'percent')} in the year to {words(before['year_to'].date())} and "
        f"{number(after['share'], 'percent')} in the year to {words(after['year_to'].date())}"
        + (f": it {way}, by more than chance would give." if apart else ", a difference that chance might give.")
    )


def missing_links(review: Review) -> Released:
    """Cases of the twelve months to each of SHOWN without the step before, a row a kind: what, and a column a moment
    (missing where not covered). Released.

    A plan's conference is looked for up to CONFERENCE_TO_PLAN_DAYS before its start; an enquiry's referral at any time.
    """
    evidence = review.evidence
    met, enquired = evidence.once(enquiries.conferences), evidence.once(enquiries.enquiries)
    started = evidence.table("protection_plans")[["child_id", "start_date"]].rename(columns={"start_date": "date"})
    started = started.dropna(subset=["date"]).sort_values("date", kind="stable")
    held = met[["child_id", "date", "moved_in"]].dropna(subset=["date"]).sort_values("date", kind="stable")
    plans = pd.merge_asof(started, held.assign(held=True), on="date", by="child_id",
                          tolerance=pd.Timedelta(days=CONFERENCE_TO_PLAN_DAYS))  # fmt: skip
    referred = evidence.once(front_door.referrals)[["child_id", "date"]].dropna().sort_values("date", kind="stable")
    found = pd.merge_asof(enquired, referred.assign(referred=True), on="date", by="child_id")
    without_enquiry = met["start_date"].isna() & ~met["moved_in"].astype(bool)
    kinds = {
        "Plans starting": (plans, plans["date"].notna()),
        "of children who moved in on a plan": (plans, plans["moved_in"].astype("boolean").fillna(False)),
        "without a conference in the records": (plans, plans["held"].isna()),
        "Initial conferences": (met, met["date"].notna()),
        "without an enquiry in the records": (met, without_enquiry),
        "Section 47 enquiries": (found, found["date"].notna()),
        "without a referral in the records": (found, found["referred"].isna()),
    }
    rows = []
    for what, (frame, mask) in kinds.items():
        row: dict[str, object] = {"what": what}
        for name in SHOWN:
            quarter = moments(review.quarter)[name]
            first, last = quarter.shift(-3).start, quarter.end
            table = "protection_plans" if frame is plans else "section47_enquiries"
            inside = (frame["date"] >= pd.Timestamp(first)) & (frame["date"] <= pd.Timestamp(last))
            row[name] = int((mask & inside).sum()) if evidence.covers(table, first, last) else pd.NA
        rows.append(row)
    frame = pd.DataFrame(rows, columns=["what", *SHOWN]).astype(dict.fromkeys(SHOWN, "Int64"))
    return review.release(frame, counts=SHOWN)


def missing_in_words(review: Review, found: Released) -> str:
    """How many of the latest year's plans have no conference in the records."""
    rows, hidden = found.frame.set_index("what")["now"], found.is_withheld("now").to_numpy()
    plans, moved, lacking = (rows.iloc[position] for position in (0, 1, 2))
    day = words(review.quarter.end)
    if pd.isna(plans):
        return f"Whether plans can be followed back to a conference can't be said: the records don't cover the year to {day}."
    texts = [
        number(value, "count", withheld=bool(hidden[position]))
        for position, value in enumerate((plans, moved, lacking))
    ]
    return (
        f"{texts[0]} plans started in the year to {day}. Children who moved here on a plan, who have no enquiry here, account "
        f"for {texts[1]} of them, and plans without a conference in the records for {texts[2]}."
        + (" c: withheld, so that no small count can be worked out." if "c" in texts else "")
    )


def headings(review: Review) -> dict[str, str]:
    return {name: short_day(moments(review.quarter)[name].end) for name in SHOWN}
