"""How long children were away, and the interviews that they were offered when they came back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import period
from analysis.findings.measures import year_to
from analysis.findings.values import make_value
from analysis.methods import rate_changes
from analysis.reviews.missing.records import CARE, HOME, INCIDENTS, incidents, of_year

if TYPE_CHECKING:
    from analysis.findings.review import Review

_NIGHTS = ("Back the same day", "One night", "Two nights", "Three nights or more", "Still away")
_SIGNIFICANT = 0.05
# Said of every return that has no day of the interview.
IN_TIME = (
    "The return says whether an interview was offered and taken up, not on which day, so nobody can say from it how many "
    "were held within the 72 hours that the guidance asks for."
)


def _year(review: Review) -> pd.DataFrame | None:
    return of_year(review, INCIDENTS, review.evidence.once(incidents))


def lengths(review: Review) -> Released:
    """The year's incidents by nights away: nights, home, care, all."""
    rows = _year(review)
    columns = ["home", "care", "all"]
    if rows is None:
        blank = pd.DataFrame({"nights": pd.Series(dtype="str"), **{name: pd.Series(dtype="Int64") for name in columns}})
        return review.release(blank, counts=columns)
    group = pd.cut(rows["nights"].astype("float64"), [-1, 0, 1, 2, float("inf")], labels=list(_NIGHTS[:4]))
    group = group.astype("object").where(group.notna(), _NIGHTS[4])
    counted = pd.crosstab(group, rows["place"]).reindex(index=list(_NIGHTS), columns=[HOME, CARE], fill_value=0)
    frame = pd.DataFrame({"nights": pd.Series(_NIGHTS, dtype="str"), "home": counted[HOME].to_numpy(), "care": counted[CARE].to_numpy()})  # fmt: skip
    frame = frame.assign(all=frame["home"] + frame["care"]).astype(dict.fromkeys(columns, "Int64"))
    totals = {name: float(frame[name].sum()) for name in columns}
    return review.release(frame, counts=columns, adds=Structure(columns={"all": ["home", "care"]}, totals=totals))


def interviews(review: Review) -> Released:
    """The year's incidents that are over, the interviews offered after them, and those taken up, by place."""
    rows = _year(review)
    counts = ["over", "offered", "taken_up"]
    derived = {"offered_percent": ["offered", "over"], "taken_up_percent": ["taken_up", "offered"]}
    if rows is None:
        columns = {**dict.fromkeys(counts, "Int64"), **dict.fromkeys(derived, "float64")}
        blank = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in {"place": "str", **columns}.items()})
        return review.release(blank, counts=counts, derived=derived)
    over = rows[rows["end_date"].notna()]
    offered = over["return_interview_offered"].fillna(False).astype(bool)
    taken = offered & over["return_interview_accepted"].fillna(False).astype(bool)
    of = over.assign(offered=offered, taken_up=taken).groupby("place")[["offered", "taken_up"]]
    frame = of.sum().assign(over=of.size()).reindex([HOME, CARE], fill_value=0).reset_index()[["place", *counts]]
    frame = frame.astype({"place": "str", **dict.fromkeys(counts, "Int64")})
    frame = frame.assign(
        offered_percent=_percent(frame["offered"], frame["over"]), taken_up_percent=_percent(frame["taken_up"], frame["offered"])
    )  # fmt: skip
    totals = {name: float(frame[name].sum()) for name in counts}
    return review.release(frame, counts=counts, derived=derived, adds=Structure(totals=totals))


def _percent(part: pd.Series, whole: pd.Series) -> pd.Series:
    whole = whole.astype("float64")
    return (100 * part.astype("float64") / whole.where(whole > 0)).astype("float64")


def values(review: Review) -> dict[str, dict]:
    """The year's split between home and care, and how many were away overnight."""
    rows, span = _year(review), period(*year_to(review.quarter))
    found = {}
    for name, place in (("from_home", HOME), ("from_care", CARE)):
        mine = None if rows is None else rows[rows["place"] == place]
        number = None if mine is None else len(mine)
        children = None if mine is None else mine["child_id"].nunique()
        found[f"{name}.incidents"] = make_value(review.audience, number, title=f"Missing incidents {place.lower()}", period=span)  # fmt: skip
        found[f"{name}.children"] = make_value(review.audience, children, title=f"Children who went missing {place.lower()}", period=span)  # fmt: skip
        known = None if mine is None else mine["nights"].notna()
        over, nights = (None, None) if mine is None else (int(known.sum()), int((mine["nights"] > 0).sum()))
        share = 100 * nights / over if over else None
        found[f"{name}.overnight_percent"] = make_value(
            review.audience, share, unit="percent", numerator=nights, denominator=over, period=span,
            title=f"Missing incidents {place.lower()} that lasted a night or more",
        )  # fmt: skip
    return found


def lengths_in_words(review: Review, given: Mapping[str, dict]) -> str:
    rows = _year(review)
    if rows is None:
        return "Twelve months of incidents aren't known, so how long children are away can't be told yet."
    if rows.empty:
        return "No child went missing in the year."
    home, care = (given[f"{name}.overnight_percent"]["text"] for name in ("from_home", "from_care"))
    return (
        f"A child was away for a night or more in {home} of the incidents from home that are over, and in {care} of those from "
        f"care, in {period(*year_to(review.quarter))}."
    )


def interviews_in_words(review: Review) -> str:
    """Whether children who go missing from care are offered an interview, and take it up, as often as others."""
    out = interviews(review)
    rows = out.frame
    if rows.empty or not (rows["over"].fillna(0) > 0).all():
        return "There are too few incidents to set interviews after going missing from home and from care side by side."
    if out.anything_withheld:
        return "Numbers are too small to set interviews after going missing from home and from care side by side (c: withheld)."
    told = []
    opening = {"offered": "an interview was offered after {} of incidents from home and {} of those from care",
               "taken_up": "of the interviews offered, {} and {} were taken up"}  # fmt: skip
    for part, whole in (("offered", "over"), ("taken_up", "offered")):
        home, care = (rows.set_index("place").loc[place] for place in (HOME, CARE))
        if not (home[whole] and care[whole]):
            continue
        test = rate_changes.share_change(home[part], home[whole], care[part], care[whole])
        beyond = "beyond chance" if test.p < _SIGNIFICANT else "no more apart than chance would give"
        share = [f"{100 * one[part] / one[whole]:.0f}%" for one in (home, care)]
        told.append(f"{opening[part].format(*share)} ({beyond})")
    return f"In {period(*year_to(review.quarter))}, {'; '.join(told)}."
