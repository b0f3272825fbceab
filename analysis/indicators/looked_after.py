"""Children looked after: how many, starting and ceasing, legal status, kind of placement, permanence."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.indicators import breakdowns as groups
from analysis.indicators.breakdowns import OF_A_CHILD, placement_group
from analysis.indicators.definition import (
    COUNT,
    HIGHER_IS_BETTER,
    PERCENT,
    RATE,
    ROLLING_YEAR,
    STOCK,
    Indicator,
    Period,
)
from analysis.indicators.evidence import Evidence
from analysis.methods.masks import certain
from analysis.records import linkage

SECTION_20 = ("V2",)
CARE_ORDERS = ("C1", "C2")
PLACEMENT_ORDER = ("E1",)
ADOPTED = ("E11", "E12")
# E43 and E44 until 2017-18; since then E45 to E48.
SPECIAL_GUARDIANSHIP = ("E43", "E44", "E45", "E46", "E47", "E48")

_OF_EPISODES = ("child_id", "legal_status", "placement", "provider", "need", "home_postcode", "placement_postcode")
_RETURN = "DfE, Children looked after in England"
_POPULATION = "children aged 0 to 17 in the area at the preceding mid-year"


# --- made once ---------------------------------------------------------------------------------------------------


def episodes(evidence: Evidence) -> pd.DataFrame:
    """SSDA903 episodes without short breaks."""
    rows = evidence.table("care_episodes")
    return rows[~certain(rows["legal_status"].isin(linkage.SHORT_BREAKS))].reset_index(drop=True)


def periods_from_episodes(evidence: Evidence) -> pd.DataFrame:
    return linkage.periods_of_care(evidence.table("care_episodes"))


def status(evidence: Evidence) -> pd.DataFrame:
    """Annex A's word on each child looked after, in order of its date."""
    return evidence.table("care_status").sort_values("as_at", kind="stable", ignore_index=True)


def has_episodes(evidence: Evidence, period: Period) -> bool:
    """Whether the period is answered from SSDA903 episodes; otherwise it is from Annex A's periods of care."""
    return evidence.covers("care_episodes", period.start, period.end) or not evidence.known.carries("care_periods")


def periods_of_care(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Periods of care from the return that answers for the period: child_id, start_date, end_date, reason_ended, need."""
    if has_episodes(evidence, period):
        return evidence.once(periods_from_episodes)
    return evidence.table("care_periods")


def looked_after(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Children looked after at the period's last day, one row each, with legal_status, placement, provider, need, team.

    Short breaks are left out, and a child with overlapping episodes is one child: the episode that began last
    speaks. Where only Annex A was delivered, its latest word on the period of care does.
    """
    rows = evidence.once(episodes) if has_episodes(evidence, period) else evidence.table("care_periods")
    rows = rows[certain(rows["start_date"] <= period.last) & ~certain(rows["end_date"] <= period.last)]
    rows = rows.sort_values(["child_id", "start_date"], kind="stable").drop_duplicates("child_id", keep="last")
    said = evidence.once(status)
    said = said[certain(said["as_at"] <= period.last)].drop_duplicates("child_id", keep="last").set_index("child_id")
    columns = ("team",) if "legal_status" in rows.columns else ("legal_status", "placement", "provider", "team")
    latest = {name: said[name].reindex(rows["child_id"]).to_numpy() for name in columns}
    kept = [name for name in _OF_EPISODES if name in rows.columns]
    found = rows[kept].reset_index(drop=True).assign(**latest)
    return found[~certain(found["legal_status"].isin(linkage.SHORT_BREAKS))]


# --- the units counted ---------------------------------------------------------------------------------------------


def children(evidence: Evidence, period: Period) -> pd.DataFrame:
    return evidence.once(looked_after, period).assign(counts=True)


def with_legal_status(evidence: Evidence, period: Period, statuses: tuple[str, ...]) -> pd.DataFrame:
    rows = evidence.once(looked_after, period)
    return rows.assign(counts=certain(rows["legal_status"].isin(statuses)))


def with_placement_group(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = evidence.once(looked_after, period)
    return rows.assign(group=placement_group(rows["placement"], rows["provider"]))


def in_placement_group(evidence: Evidence, period: Period, group: str) -> pd.DataFrame:
    rows = evidence.once(with_placement_group, period)
    return rows.assign(counts=certain(rows["group"] == group))


def live(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Every child looked after on the night of the period's last day, once each, those on short breaks included."""
    rows = evidence.table("care_episodes")
    rows = rows[certain(rows["start_date"] <= period.last) & ~certain(rows["end_date"] <= period.last)]
    rows = rows.sort_values(["child_id", "start_date"], kind="stable").drop_duplicates("child_id", keep="last")
    return rows[["child_id", "legal_status", "placement", "provider", "need"]].assign(counts=True)


def live_by_agreement(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = evidence.once(live, period)
    return rows.assign(counts=certain(rows["legal_status"].isin((*SECTION_20, *linkage.SHORT_BREAKS))))


def fostered(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = evidence.once(with_placement_group, period)
    return rows.assign(counts=certain(rows["group"].isin(groups.FOSTER_CARE)))


def started(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Children who started to be looked after in the period: once each, at their first start in it."""
    rows = periods_of_care(evidence, period)
    rows = period.of(rows.sort_values(["start_date", "child_id"], kind="stable"), "start_date")
    return rows.assign(date=rows["start_date"], counts=True).drop_duplicates("child_id")


def ceased(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Children who ceased to be looked after in the period: once each, at their last cessation in it."""
    rows = periods_of_care(evidence, period)
    rows = period.of(rows.sort_values(["end_date", "child_id"], kind="stable"), "end_date")
    return rows.assign(date=rows["end_date"], counts=True).drop_duplicates("child_id", keep="last")


def ceased_by(evidence: Evidence, period: Period, reasons: tuple[str, ...]) -> pd.DataFrame:
    rows = evidence.once(ceased, period)
    return rows.assign(counts=certain(rows["reason_ended"].isin(reasons)))


# --- definitions -----------------------------------------------------------------------------------------------------


def indicators() -> tuple[Indicator, ...]:
    """The definitions about children looked after, but for the stability of placements."""
    by = (*OF_A_CHILD, "need", "legal_status", "placement", "provider", "team", "locality")
    either = {"needs": ("care_episodes",), "or_needs": ("care_periods",)}
    both = {"needs": ("care_episodes",), "or_needs": ("care_periods", "care_status")}
    stock, flow = {"period_type": STOCK, **either}, {"period_type": ROLLING_YEAR, **either}
    leaving = {"source": f"{_RETURN}: ceasing", "breakdowns": (*OF_A_CHILD, "need"), **flow}
    there = "children looked after at the date"

    def legal(id: str, title: str, words: str, unit: str, statuses: tuple[str, ...]) -> Indicator:
        whole = unit == PERCENT
        return Indicator(
            id, title,
            f"{'Share of children' if whole else 'Children'} looked after at the end of the quarter {words}.",
            f"those {words}", there if whole else "", unit, None, STOCK, f"{_RETURN}: legal status",
            partial(with_legal_status, statuses=statuses), breakdowns=tuple(b for b in by if b != "legal_status"),
            **both,
        )  # fmt: skip

    def placed(id: str, title: str, words: str, group: str) -> Indicator:
        return Indicator(
            id, title, f"Share of children looked after at the end of the quarter who were {words}.",
            f"those who were {words}", there, PERCENT, None, STOCK, f"{_RETURN}: placements",
            partial(in_placement_group, group=group),
            breakdowns=tuple(b for b in by if b not in ("placement", "provider")), **both,
        )  # fmt: skip

    return (
        Indicator(
            "lac_count", "Children looked after",
            "Children looked after by the authority at the end of the quarter, each counted once. A series of short "
            "breaks isn't being looked after.",
            there, "", COUNT, None, source=f"{_RETURN}: at 31 March", function=children, breakdowns=by, **stock,
        ),
        Indicator(
            "lac_rate", "Children looked after per 10,000 children",
            "Children looked after at the end of the quarter for each 10,000 children who live in the area.",
            there, _POPULATION, RATE, None, source=f"{_RETURN}: at 31 March", function=children, **stock,
        ),
        Indicator(
            "lac_live_count", "Children looked after that night, short breaks included",
            "Children looked after by the authority on the night of the quarter's last day, each counted once, those on "
            "a short break among them: the number that the live system shows. DfE leaves short breaks out.",
            f"{there}, short breaks included", "", COUNT, None, STOCK, "Local (SSDA903)", live, ("care_episodes",),
            breakdowns=(*OF_A_CHILD, "need", "placement", "provider"),
        ),
        Indicator(
            "lac_section20_live_percent", "Looked after under section 20 that night, share, short breaks included",
            "Share of children looked after on the night of the quarter's last day, short breaks included, who were by "
            "agreement with their parents: under section 20, as all short breaks are.",
            "those by agreement, short breaks included", f"{there}, short breaks included", PERCENT, None, STOCK,
            "Local (SSDA903)", live_by_agreement, ("care_episodes",),
            breakdowns=(*OF_A_CHILD, "need", "placement", "provider"),
        ),
        Indicator(
            "lac_start_count", "Children starting to be looked after",
            "Children who started to be looked after in the twelve months. A child who did so twice is one.",
            "children with a period of care begun in the period", "", COUNT, None, source=f"{_RETURN}: starting",
            function=started, breakdowns=(*OF_A_CHILD, "need"), **flow,
        ),
        Indicator(
            "lac_cease_count", "Children ceasing to be looked after",
            "Children who stopped being looked after in the twelve months, each counted at the last time.",
            "children with a period of care ended in the period", "", COUNT, None, function=ceased, **leaving,
        ),
        Indicator(
            "lac_start_rate", "Children starting to be looked after per 10,000 children",
            "Children who started to be looked after in the twelve months for each 10,000 children who live in the area.",
            "children with a period of care begun in the period", _POPULATION, RATE, None, source=f"{_RETURN}: starting",
            function=started, **flow,
        ),
        Indicator(
            "lac_cease_rate", "Children ceasing to be looked after per 10,000 children",
            "Children who stopped being looked after in the twelve months for each 10,000 children who live in the area.",
            "children with a period of care ended in the period", _POPULATION, RATE, None, source=f"{_RETURN}: ceasing",
            function=ceased, **flow,
        ),
        legal("lac_section20_count", "Looked after under section 20", "under section 20 (by agreement)", COUNT, SECTION_20),
        legal("lac_section20_percent", "Looked after under section 20, share", "under section 20 (by agreement)",
              PERCENT, SECTION_20),
        legal("lac_care_order_percent", "Looked after on a care order, share", "on an interim or a full care order",
              PERCENT, CARE_ORDERS),
        legal("lac_placement_order_count", "Looked after with a placement order", "with a placement order", COUNT,
              PLACEMENT_ORDER),
        legal("lac_placement_order_percent", "Looked after with a placement order, share", "with a placement order",
              PERCENT, PLACEMENT_ORDER),
        Indicator(
            "foster_percent", "In foster care",
            "Share of children looked after at the end of the quarter who were with foster carers, relatives and friends "
            "who foster included.",
            "those in foster care", there, PERCENT, None, STOCK, f"{_RETURN}: placements", fostered,
            breakdowns=tuple(b for b in by if b not in ("placement", "provider")), **both,
        ),
        placed("foster_in_house_percent", "Fostered by the authority's own carers",
               "with foster carers of the authority's own, relatives and friends apart", groups.IN_HOUSE),
        placed("foster_agency_percent", "Fostered through an agency",
               "with foster carers of a private or voluntary agency, relatives and friends apart", groups.AGENCY),
        placed("kinship_percent", "Fostered by relatives or friends", "with relatives or friends who foster them",
               groups.KINSHIP),
        placed("residential_percent", "In residential care",
               "in a children's home, secure home, residential school or other residential setting", groups.RESIDENTIAL),
        placed("semi_independent_percent", "In semi-independent or independent living",
               "in semi-independent or independent living", groups.SEMI_INDEPENDENT),
        placed("with_parents_percent", "Placed with parents", "placed with parents", groups.PARENTS),
        placed("adoptive_placement_percent", "Placed for adoption", "placed for adoption", groups.ADOPTIVE),
        Indicator(
            "adopted_percent", "Children leaving care who were adopted",
            "Share of children who stopped being looked after in the twelve months, at their last time, by adoption.",
            "those who ceased by adoption", "children who ceased to be looked after in the period", PERCENT,
            HIGHER_IS_BETTER, function=partial(ceased_by, reasons=ADOPTED), **leaving,
        ),
        Indicator(
            "sgo_percent", "Children leaving care through a special guardianship order",
            "Share of children who stopped being looked after in the twelve months, at their last time, by a special "
            "guardianship order, to relatives or friends, a foster carer or anyone else.",
            "those who ceased by special guardianship", "children who ceased to be looked after in the period", PERCENT,
            HIGHER_IS_BETTER, function=partial(ceased_by, reasons=SPECIAL_GUARDIANSHIP), **leaving,
        ),
    )  # fmt: skip
