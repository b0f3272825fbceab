"""Figures over spans that no moment stands for: eighteen months of programmes, a service's year, the year so far.

Each span is told from the quarter, so that it moves with it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import day, listed, number, period
from analysis.findings.measures import source
from analysis.findings.values import item
from analysis.indicators import registry
from analysis.methods.masks import certain
from analysis.records.tables import DRAWN_UP_LATER
from analysis.reference.codes import codes
from analysis.reference.quarters import Quarter

if TYPE_CHECKING:
    from analysis.findings.review import Review

# A year and a half: long enough for programmes that run in school terms, and still about now.
QUARTERS_LOOKED_BACK = 6
ALL = "All"
FAMILY_WORK, STARTS = "early_help_family_work_referral_count", "early_help_programme_start_count"
# Two courses on domestic abuse, of which a parent is offered the one that fits.
DOMESTIC_ABUSE = ("freedom", "recovery_toolkit")
# A service on the edge of care is what its own name says it is.
BEFRIENDING, EDGE_TEAM = "befriend", "edge of care"


# --- eighteen months of referrals and programmes -----------------------------------------------------------------------


def half_and_year(quarter: Quarter) -> dict[str, tuple[dt.date, dt.date]]:
    """The eighteen months to the quarter's end in two parts that don't overlap: `before`, then the latest `year`."""
    first, year = quarter.shift(1 - QUARTERS_LOOKED_BACK), quarter.shift(-3)
    return {"before": (first.start, year.shift(-1).end), "year": (year.start, quarter.end)}


def programmes(review: Review) -> Released:
    """Programmes begun, a row each and all: programme, before, year, and both together, released. Missing where the
    records don't reach so far."""
    frame = pd.DataFrame({"programme": [*codes("local", "programme").values(), ALL]}, dtype="str")
    for name, span in half_and_year(review.quarter).items():
        table = registry.series(review.known, [STARTS], [review.quarter], ["programme"], review.authority, period=span)
        found = table[table["breakdown"] == "programme"].set_index("category")["numerator"]
        total = table.loc[table["breakdown"] == "all", "numerator"].iloc[0]
        frame[name] = frame["programme"].map({**found.to_dict(), ALL: total}).astype("Float64").astype("Int64")
    frame["both"] = frame["before"] + frame["year"]
    adds = Structure(columns={"both": ["before", "year"]}, margins={"programme": ALL})
    return review.release(frame, counts=["before", "year", "both"], adds=adds)


def eighteen_months(review: Review, released: Released) -> dict[str, dict]:
    """Values over the eighteen months: referrals to family work, and programmes begun (`programmes`, released)."""
    spans = half_and_year(review.quarter)
    over = period(spans["before"][0], spans["year"][1])
    table = registry.series(review.known, [FAMILY_WORK], [review.quarter], authority=review.authority,
                            period=(spans["before"][0], spans["year"][1]))  # fmt: skip
    referred = review.release(table[["numerator"]], counts=["numerator"])
    words = codes("local", "programme")
    pair = [words[code] for code in DOMESTIC_ABUSE]
    rows, hidden = released.frame.set_index("programme")["both"], released.is_withheld("both").to_numpy()
    hidden = pd.Series(hidden, index=rows.index)
    made = {
        "family_work_referrals": _count(
            referred.frame["numerator"].iloc[0], bool(referred.is_withheld("numerator").iloc[0]), FAMILY_WORK,
            "Children referred to the family work teams", over, review,
        ),
        "domestic_abuse_starts": _count(
            rows[pair].sum(skipna=False), bool(hidden[pair].any()), STARTS, f"Parents starting {listed(pair)}", over, review
        ),
        "programme_starts": _count(rows[ALL], bool(hidden[ALL]), STARTS, "Parents starting a programme", over, review),
    }  # fmt: skip
    made |= {
        f"{code}_starts": _count(rows[name], bool(hidden[name]), STARTS, f"Parents starting {name}", over, review)
        for code, name in words.items()
    }
    return {f"eighteen_months.{name}": one for name, one in made.items()}


def programmes_in_words(review: Review, released: Released) -> str:
    """How many parents began a programme in the eighteen months, and which most did."""
    over = f"the eighteen months to {day(review.quarter.end)}"
    rows = released.frame.set_index("programme")["both"]
    total, parts = rows[ALL], rows.drop(ALL)
    if not review.evidence.known.carries("early_help_programmes") or (
        pd.isna(total) and not released.anything_withheld
    ):
        return f"The records of programmes don't reach over {over}, so they can't be counted."
    if pd.isna(total):
        return f"In {over} so few parents began a programme that the numbers can't be shown."
    if not total:
        return f"In {over} no parent began a programme."
    shown = parts.dropna()
    most = [str(name) for name in shown.index[shown == shown.max()]] if len(shown) else []
    said = f"In {over} {number(total, 'count')} parents and carers began a programme"
    if len(most) == 1 and len(shown) == len(parts):
        return f"{said}, most of all {most[0]} ({number(shown.max(), 'count')})."
    return f"{said}."


# --- the edge of care -------------------------------------------------------------------------------------------------------


def year_so_far(review: Review) -> tuple[dt.date, dt.date]:
    """From the first day of the quarter's financial year to the last that the list of support reaches: it is drawn up
    later than the quarter's end, with every closure till then."""
    last = (
        pd.Timestamp(review.quarter.end) + pd.DateOffset(months=DRAWN_UP_LATER["edge_of_care"]) + pd.offsets.MonthEnd(0)
    )
    return Quarter(review.quarter.year, 1).start, last.date()


def services(review: Review) -> list[str]:
    """Every service in the records, in its own words."""
    return sorted(review.evidence.table("edge_of_care")["service"].dropna().unique())


def edge_of_care(review: Review) -> Released:
    """Support on the edge of care, a row a service and all: service, families supported in the latest twelve months; and of
    the financial year so far (`year_so_far`) closed, at_home and home (the share), released."""
    measures = {"families": "edge_of_care_family_count", "closed": "edge_of_care_closure_count",
                "at_home": "edge_of_care_children_home_count"}  # fmt: skip
    rows = pd.DataFrame({"service": [*services(review), ALL]}, dtype="str")
    for name, indicator in measures.items():
        span = None if name == "families" else year_so_far(review)
        table = registry.series(review.known, [indicator], [review.quarter], ["service"], review.authority, period=span)
        found = table[table["breakdown"] == "service"].set_index("category")["numerator"].to_dict()
        total = table.loc[table["breakdown"] == "all", "numerator"].iloc[0]
        nothing = 0.0 if pd.notna(total) else np.nan
        counts = [total if one == ALL else found.get(one, nothing) for one in rows["service"]]
        rows[name] = pd.array(counts, dtype="Float64").astype("Int64")
    closed = rows["closed"].astype("Float64")
    rows = rows.assign(home=(100.0 * rows["at_home"] / closed.where(closed > 0)).astype("float64"))
    adds = Structure(margins={"service": ALL})
    return review.release(rows, counts=[*measures], derived={"home": ["closed", "at_home"]}, adds=adds)


def edge_values(review: Review, released: Released) -> dict[str, dict]:
    """What became of the edge of care team's children since the year began: of those whose support ended (`edge_of_care`,
    released), how many lived at home, how many of these were back from care, and how many were or stayed looked after."""
    first, last = year_so_far(review)
    rows = released.frame
    mine = rows["service"].str.casefold().str.contains(EDGE_TEAM, regex=False).fillna(False).to_numpy(bool)
    shown = {name: rows.loc[mine, name].sum(skipna=False) if mine.any() else pd.NA for name in ("closed", "at_home")}
    ended = review.evidence.table("edge_of_care")
    ended = ended[certain(ended["closure_date"].between(pd.Timestamp(first), pd.Timestamp(last)))]
    ended = ended[certain(ended["service"].isin(rows.loc[mine, "service"].tolist()))]
    known = not pd.isna(shown["closed"])
    back = int(certain(ended["outcome"] == "returned_home").sum()) if known else None
    away = int(shown["closed"] - shown["at_home"]) if known and not pd.isna(shown["at_home"]) else None
    parts = pd.DataFrame({"returned": [back], "away": [away]}).astype("Int64")
    parts = review.release(parts, counts=["returned", "away"])
    titles = {"closed": "children whose support ended", "at_home": "of them, children living at home",
              "returned": "of those at home, children back from care",
              "away": "of them, children who stayed or became looked after"}  # fmt: skip
    made = {}
    for name, title in titles.items():
        whose = released if name in shown else parts
        value = shown[name] if name in shown else parts.frame[name].iloc[0]
        hidden = bool(whose.is_withheld(name)[mine].any() if name in shown else whose.is_withheld(name).iloc[0])
        made[f"edge_team.{name}"] = _count(
            value, hidden, "edge_of_care_closure_count", f"Edge of care team: {title}", period(first, last), review
        )
    return made | {
        "edge_team.period": item(period(first, last), None, "text", title="Edge of care team: the days of its figures"),
        "edge_team.home_percent": _share_at_home(review, made, bool(released.is_withheld("home")[mine].any())),
    }


def _share_at_home(review: Review, made: dict[str, dict], hidden: bool) -> dict:
    closed, home = (made[f"edge_team.{name}"]["value"] for name in ("closed", "at_home"))
    return item(
        None, None if not closed or home is None else 100 * home / closed, "percent", hidden,
        indicator="edge_of_care_home_percent", title="Edge of care team: share living at home when support ended",
        period=period(*year_so_far(review)), numerator=home, denominator=closed, source=source(review),
    )  # fmt: skip


def befriending_values(review: Review) -> dict[str, dict]:
    """Families that a befriending service supported, and children at home when its support ended, over the twelve
    months to now and to the quarter before."""
    wanted = {"families": ("edge_of_care_family_count", "Befriending: families supported"),
              "children_home": ("edge_of_care_children_home_count", "Befriending: children at home when support ended")}  # fmt: skip
    at = {"now": review.quarter, "quarter_ago": review.quarter.shift(-1)}
    table = registry.series(review.known, [indicator for indicator, _ in wanted.values()], list(at.values()), ["service"],
                            review.authority)  # fmt: skip
    mine = table["category"].astype("str").str.casefold().str.contains(BEFRIENDING, regex=False)
    table = table[mine & (table["breakdown"] == "service")]
    made = {
        f"befriending.period.{moment}": item(
            period(quarter.shift(-3).start, quarter.end), None, "text", title="Befriending: the days of its figures"
        )
        for moment, quarter in at.items()
    }
    for name, (indicator, title) in wanted.items():
        for moment, quarter in at.items():
            rows = table[(table["indicator"] == indicator) & (table["quarter"] == str(quarter))]
            out = review.release(rows[["numerator"]], counts=["numerator"])
            hidden = bool(out.is_withheld("numerator").any())
            value = None if rows.empty or hidden else out.frame["numerator"].sum()
            over = period(quarter.shift(-3).start, quarter.end)
            made[f"befriending.{name}.{moment}"] = _count(value, hidden, indicator, title, over, review)
    return made


def edge_in_words(review: Review, released: Released) -> str:
    """Where the children were when support on the edge of care ended, over every service."""
    over = period(*year_so_far(review))
    row, hidden = released.frame.iloc[-1], released.withheld.iloc[-1]
    if not review.evidence.known.carries("edge_of_care"):
        return "Support on the edge of care needs its local return, which nobody has delivered."
    if pd.isna(row["closed"]) and not hidden["closed"]:
        return f"The records don't reach over {over}, so support on the edge of care can't be counted."
    if hidden["closed"] or hidden["at_home"]:
        return f"From {over} support ended for so few children that the numbers can't be shown."
    if not row["closed"]:
        return f"From {over} support on the edge of care ended for no child."
    return (
        f"From {over} support on the edge of care ended for {number(row['closed'], 'count')} children; "
        f"{number(row['at_home'], 'count')} of them ({number(row['home'], 'percent')}) then lived at home."
    )


def _count(value: object, hidden: bool, indicator: str, title: str, over: str, review: Review) -> dict:
    value = None if hidden or value is None or pd.isna(value) else value
    return item(None, value, "count", hidden, indicator=indicator, title=title, period=over, source=source(review))
