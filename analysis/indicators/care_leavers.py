"""Care leavers: in touch, what they do and where they live, around the birthday and now; pathway plans."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import MappingProxyType

import pandas as pd

from analysis.indicators.definition import COUNT, HIGHER_IS_BETTER, PERCENT, STOCK, YEAR, Indicator, Period
from analysis.indicators.evidence import Evidence
from analysis.methods.masks import certain
from analysis.reference.calendar import age_at
from analysis.reference.codes import codes

# DfE publishes 17 and 18 apart from 19 to 21.
GROWN, YOUNG = (19, 20, 21), (17, 18)
IN_TOUCH = "YES"
# Left out by DfE: who died, and who has been back home for six months. Who isn't in touch is counted, as not known.
_NOT_COUNTED = ("DIED", "RHOM")
_BUSY = ("F", "P")  # full or part time in education, training or employment
_GONE_OR_UNKNOWN = ("G", "H", "R")  # abroad, deported, residence not known: left out of suitable accommodation
RECENT_MONTHS = 6  # a pathway plan is reviewed at least every six months (Care Leavers Regulations 2010, regulation 7)
ACTIVITY = MappingProxyType({
    "F1": "Higher education", "P1": "Higher education", "F2": "Other education", "P2": "Other education",
    **dict.fromkeys(("F3", "P3", "F4", "P4", "F5", "P5"), "Training or employment"),
    "G4": "Not in work or learning: illness or disability", "G6": "Not in work or learning: pregnancy or parenting",
    "G5": "Not in work or learning: other reasons",
})  # fmt: skip
_OF_A_YOUNG_PERSON = ("sex", "ethnicity", "disability")

_OC3 = "DfE, Children looked after in England: care leavers (SSDA903, OC3)"
_LIST = "Ofsted, Annex A list 9"


# --- made once ---------------------------------------------------------------------------------------------------


def _born(evidence: Evidence, rows: pd.DataFrame) -> pd.Series:
    born = evidence.table("children").set_index("child_id")["date_of_birth"]
    return born.reindex(rows["child_id"]).set_axis(rows.index)


def outcomes(evidence: Evidence) -> pd.DataFrame:
    """OC3 with `age` (reached in the year), `letter` and `suitable` of the accommodation; `accommodation` is the letter.
    Those who died or are back home are left out."""
    rows = evidence.table("care_leaver_outcomes")
    rows = rows[~rows["in_touch"].isin(_NOT_COUNTED).fillna(False).astype(bool)].reset_index(drop=True)
    last = pd.to_datetime(rows["year"].astype("string") + "-03-31")
    told = rows["accommodation"].fillna("0").astype("string")
    return rows.assign(
        age=age_at(_born(evidence, rows), last), suitable=told.str[1:2] == "1", accommodation=told.str[0]
    )


def statuses(evidence: Evidence) -> pd.DataFrame:
    """Annex A's list 9 with `age` at each date, without those who died or are back home."""
    rows = evidence.table("care_leaver_status")
    rows = rows[~rows["in_touch"].isin(_NOT_COUNTED).fillna(False).astype(bool)].reset_index(drop=True)
    return rows.assign(age=age_at(_born(evidence, rows), rows["as_at"]))


# --- the young people counted ----------------------------------------------------------------------------------------


def _cohort(evidence: Evidence, period: Period, ages: tuple[int, ...]) -> pd.DataFrame | None:
    """Those whose birthday at one of `ages` was in the year; None where that year's OC3 wasn't delivered."""
    everyone = evidence.once(outcomes)
    rows = everyone[certain(everyone["year"] == period.end.year)]
    return rows[certain(rows["age"].isin(ages))] if len(rows) else None


def _listed(evidence: Evidence, period: Period, ages: tuple[int, ...] | None = None) -> pd.DataFrame | None:
    """Those on list 9 at the date; None where no list of that date was delivered."""
    everyone = evidence.once(statuses)
    rows = everyone[certain(everyone["as_at"] == period.last)]
    if rows.empty:
        return None
    return rows if ages is None else rows[certain(rows["age"].isin(ages))]


def _counting(rows: pd.DataFrame | None, counts: Callable[[pd.DataFrame], pd.Series]) -> pd.DataFrame | None:
    """The rows with `counts`, and with activity and accommodation in words."""
    if rows is None:
        return None
    homes = dict(codes("annex_a", "accommodation"))
    return rows.assign(
        counts=certain(counts(rows)),
        activity=pd.Categorical(rows["activity"].map(dict(ACTIVITY)), list(dict.fromkeys(ACTIVITY.values()))),
        accommodation=pd.Categorical(rows["accommodation"].map(homes), list(homes.values())),
    )


def _everyone(rows: pd.DataFrame) -> pd.Series:
    return pd.Series(True, index=rows.index)


def _busy(rows: pd.DataFrame) -> pd.Series:
    return rows["activity"].str[0].isin(_BUSY)


def _in_touch(rows: pd.DataFrame) -> pd.Series:
    return rows["in_touch"] == IN_TOUCH


def _placed(rows: pd.DataFrame | None) -> pd.DataFrame | None:
    """Without those abroad, deported or whose residence isn't known."""
    return None if rows is None else rows[~certain(rows["accommodation"].isin(_GONE_OR_UNKNOWN))]


def in_touch_at_birthday(evidence: Evidence, period: Period, ages: tuple[int, ...] = GROWN) -> pd.DataFrame | None:
    return _counting(_cohort(evidence, period, ages), _in_touch)


def busy_at_birthday(evidence: Evidence, period: Period, ages: tuple[int, ...] = GROWN) -> pd.DataFrame | None:
    return _counting(_cohort(evidence, period, ages), _busy)


def suitable_at_birthday(evidence: Evidence, period: Period, ages: tuple[int, ...] = GROWN) -> pd.DataFrame | None:
    return _counting(_placed(_cohort(evidence, period, ages)), lambda rows: rows["suitable"])


def listed(evidence: Evidence, period: Period) -> pd.DataFrame | None:
    return _counting(_listed(evidence, period), _everyone)


def in_touch_now(evidence: Evidence, period: Period, ages: tuple[int, ...] = GROWN) -> pd.DataFrame | None:
    return _counting(_listed(evidence, period, ages), _in_touch)


def busy_now(evidence: Evidence, period: Period, ages: tuple[int, ...] = GROWN) -> pd.DataFrame | None:
    return _counting(_listed(evidence, period, ages), _busy)


def suitable_now(evidence: Evidence, period: Period, ages: tuple[int, ...] = GROWN) -> pd.DataFrame | None:
    return _counting(_placed(_listed(evidence, period, ages)), lambda rows: rows["suitable"])


def with_recent_plan(evidence: Evidence, period: Period, ages: tuple[int, ...] | None = None) -> pd.DataFrame | None:
    """Those on list 9, counted where a pathway plan was made or reviewed in the six months to the date."""
    plans = evidence.table("pathway_plans")
    after = period.last + pd.Timedelta(days=1)
    recent = plans[
        certain((plans["plan_date"] >= after - pd.DateOffset(months=RECENT_MONTHS)) & (plans["plan_date"] < after))
    ]
    return _counting(_listed(evidence, period, ages), lambda rows: rows["child_id"].isin(recent["child_id"]))


# --- definitions -----------------------------------------------------------------------------------------------------


def _around_the_birthday(ages: tuple[int, ...], suffix: str) -> tuple[Indicator, ...]:
    words = f"{ages[0]} to {ages[-1]}" if len(ages) > 2 else f"{ages[0]} and {ages[-1]}"
    birthdays = f"young people who left care and turned {words} in the year, without those who died or were back home"
    same = {"polarity": HIGHER_IS_BETTER, "period_type": YEAR, "source": _OC3,
            "needs": ("care_leaver_outcomes", "children")}  # fmt: skip
    return (
        Indicator(
            f"care_leavers_birthday_in_touch{suffix}_percent",
            f"Care leavers aged {words} with whom the authority was in touch around their birthday",
            f"Share of care leavers who turned {words} in the latest whole financial year with whom the authority was in "
            "touch between three months before the birthday and a month after it.",
            "those of them in touch", birthdays, PERCENT, function=partial(in_touch_at_birthday, ages=ages),
            breakdowns=_OF_A_YOUNG_PERSON, **same,
        ),
        Indicator(
            f"care_leavers_eet{suffix}_percent", f"Care leavers aged {words} in education, employment or training",
            f"Share of care leavers who turned {words} in the latest whole financial year who were in education, "
            "employment or training, full or part time, around their birthday. Those not in touch are counted as not.",
            "those of them in education, employment or training", birthdays, PERCENT,
            function=partial(busy_at_birthday, ages=ages),
            breakdowns=(*_OF_A_YOUNG_PERSON, "activity", "accommodation"), **same,
        ),
        Indicator(
            f"care_leavers_suitable_accommodation{suffix}_percent",
            f"Care leavers aged {words} in suitable accommodation",
            f"Share of care leavers who turned {words} in the latest whole financial year whose accommodation around "
            "their birthday was thought suitable. Those not in touch are counted as not.",
            "those of them in suitable accommodation",
            f"{birthdays}, abroad, deported or of unknown residence", PERCENT,
            function=partial(suitable_at_birthday, ages=ages),
            breakdowns=(*_OF_A_YOUNG_PERSON, "activity", "accommodation"), **same,
        ),
    )  # fmt: skip


def indicators() -> tuple[Indicator, ...]:
    """The definitions about care leavers."""
    by = (*_OF_A_YOUNG_PERSON, "activity", "accommodation", "team")
    now = {"period_type": STOCK, "source": _LIST, "needs": ("care_leaver_status", "children")}
    planned = {"period_type": STOCK, "source": f"Local, with {_LIST}", "needs": ("pathway_plans", "care_leaver_status"),
               "lookback_months": RECENT_MONTHS, "function": with_recent_plan, "breakdowns": by}  # fmt: skip
    grown = "young people of 19 to 21 on list 9 at the date"
    return (
        *_around_the_birthday(GROWN, ""),
        *_around_the_birthday(YOUNG, "_17_18"),
        Indicator(
            "care_leavers_count", "Young people who get leaving care services",
            "Young people on Annex A's list of care leavers at the end of the quarter.",
            "young people on list 9 at the date", "", COUNT, None, function=listed, breakdowns=by, **now,
        ),
        Indicator(
            "care_leavers_in_touch_count", "Care leavers aged 19 to 21 in touch now (number)",
            "Care leavers aged 19 to 21 with whom the authority was in touch at the end of the quarter.",
            "those of them in touch", "", COUNT, HIGHER_IS_BETTER, function=in_touch_now, breakdowns=by, **now,
        ),
        Indicator(
            "care_leavers_in_touch_percent", "Care leavers aged 19 to 21 in touch now",
            "Share of care leavers aged 19 to 21 with whom the authority was in touch at the end of the quarter, which "
            "need not be near their birthday.",
            "those of them in touch", grown, PERCENT, HIGHER_IS_BETTER, function=in_touch_now, breakdowns=by, **now,
        ),
        Indicator(
            "care_leavers_eet_now_percent", "Care leavers aged 19 to 21 in education, employment or training now",
            "Share of care leavers aged 19 to 21 who were in education, employment or training at the end of the "
            "quarter. Those not in touch are counted as not.",
            "those of them in education, employment or training", grown, PERCENT, HIGHER_IS_BETTER, function=busy_now,
            breakdowns=by, **now,
        ),
        Indicator(
            "care_leavers_suitable_accommodation_now_percent",
            "Care leavers aged 19 to 21 in suitable accommodation now",
            "Share of care leavers aged 19 to 21 whose accommodation at the end of the quarter was thought suitable. "
            "Those not in touch are counted as not.",
            "those of them in suitable accommodation", f"{grown}, without those abroad, deported or of unknown residence",
            PERCENT, HIGHER_IS_BETTER, function=suitable_now, breakdowns=by, **now,
        ),
        Indicator(
            "care_leavers_recent_pathway_plan_count", "Care leavers with a recent pathway plan (number)",
            "Young people on Annex A's list of care leavers whose pathway plan was made or reviewed in the six months "
            "to the end of the quarter.",
            f"those of them with a plan made or reviewed in the last {RECENT_MONTHS} months", "", COUNT,
            HIGHER_IS_BETTER, **planned,
        ),
        Indicator(
            "care_leavers_recent_pathway_plan_percent", "Care leavers with a recent pathway plan",
            "Share of young people on Annex A's list of care leavers whose pathway plan was made or reviewed in the six "
            "months to the end of the quarter.",
            f"those of them with a plan made or reviewed in the last {RECENT_MONTHS} months",
            "young people on list 9 at the date", PERCENT, HIGHER_IS_BETTER, **planned,
        ),
    )  # fmt: skip
