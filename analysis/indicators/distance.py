"""How far from home children live: three shares, which are three different questions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.indicators.breakdowns import OF_A_CHILD
from analysis.indicators.definition import COUNT, HIGHER_IS_BETTER, LOWER_IS_BETTER, PERCENT, STOCK, Indicator, Period
from analysis.indicators.evidence import Evidence
from analysis.indicators.looked_after import looked_after, status
from analysis.methods.masks import certain

FAR_MILES = 20.0
BANDS = (
    "Within 20 miles, in the authority", "Within 20 miles, outside the authority",
    "Over 20 miles, in the authority", "Over 20 miles, outside the authority",
)  # fmt: skip
# DfE divides kilometres by 1.6093 and keeps one decimal.
METRES_IN_A_MILE = 1609.3

_RETURN = "DfE, Children looked after in England"
_HOW = "in a straight line between postcodes"


def plain(postcodes: pd.Series) -> pd.Series:
    """Postcodes without spaces, in capitals: systems write them in several ways."""
    return postcodes.astype("string").str.upper().str.replace(" ", "", regex=False)


# --- made once ---------------------------------------------------------------------------------------------------


def directory(evidence: Evidence) -> pd.DataFrame:
    """easting, northing (numbers, NaN where missing) and authority (text, None where missing) by plain postcode."""
    rows = evidence.table("postcodes")
    rows = rows.assign(plain=plain(rows["postcode"])).dropna(subset=["plain"]).drop_duplicates("plain")
    return pd.DataFrame(
        {
            **{name: rows[name].to_numpy(float, na_value=np.nan) for name in ("easting", "northing")},
            "authority": rows["authority"].to_numpy(object, na_value=None),
        },
        index=pd.Index(rows["plain"].to_numpy(object), name="plain", dtype=object),
    )


def alone_in_this_country(evidence: Evidence) -> pd.DataFrame:
    """Children who came alone to this country, and so have no home to be far from."""
    rows = evidence.table("children")
    return rows[certain(rows["unaccompanied"])][["child_id"]]


def found_in(known: pd.DataFrame, postcodes: pd.Series) -> pd.DataFrame:
    """The rows of a `directory` for postcodes, in their order and with their index; missing where it hasn't them."""
    at = known.index.get_indexer(plain(postcodes).to_numpy(object, na_value=None))
    # A row of nothing at the end is what position -1 takes.
    absent = {"easting": np.nan, "northing": np.nan, "authority": None}
    rows = {name: np.append(known[name].to_numpy(), [none])[at] for name, none in absent.items()}
    return pd.DataFrame(rows, index=postcodes.index)


def miles_between(one: pd.DataFrame, other: pd.DataFrame) -> pd.Series:
    """Miles in a straight line between rows of `found_in`, to a tenth."""
    gap = np.hypot(one["easting"] - other["easting"], one["northing"] - other["northing"])
    return pd.Series(np.round(gap / METRES_IN_A_MILE, 1), index=one.index)


def distances(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Children looked after at the date with `miles` from home to placement (missing where either postcode isn't
    known, as for children who came alone to this country), `outside`: the placement is in another authority than most
    homes are, and `distance`: which of BANDS."""
    rows = evidence.once(looked_after, period)
    known = evidence.once(directory)
    home, place = (found_in(known, rows[name]) for name in ("home_postcode", "placement_postcode"))
    miles = miles_between(home, place)
    alone = rows["child_id"].isin(evidence.once(alone_in_this_country)["child_id"])
    own = home["authority"].mode()
    outside = place["authority"].notna() & (place["authority"] != (own.iloc[0] if len(own) else ""))
    found = rows.assign(miles=miles.mask(alone), outside=outside)
    band = np.select(
        [found["miles"] <= FAR_MILES, found["miles"] > FAR_MILES],
        [np.where(found["outside"], BANDS[1], BANDS[0]), np.where(found["outside"], BANDS[3], BANDS[2])], "",
    )  # fmt: skip
    return found.assign(distance=pd.Categorical(np.where(band == "", None, band), list(BANDS)))


# --- the units counted ---------------------------------------------------------------------------------------------


def near(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = evidence.once(distances, period)
    rows = rows[rows["miles"].notna()]
    return rows.assign(counts=rows["miles"] <= FAR_MILES)


def known_distance(evidence: Evidence, period: Period) -> pd.DataFrame:
    return evidence.once(near, period).assign(counts=True)


def away(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = evidence.once(distances, period)
    return rows.assign(counts=rows["miles"] > FAR_MILES)


def away_and_outside(evidence: Evidence, period: Period) -> pd.DataFrame:
    rows = evidence.once(distances, period)
    return rows.assign(counts=(rows["miles"] > FAR_MILES) & rows["outside"])


def out_of_area(evidence: Evidence, period: Period) -> pd.DataFrame:
    """Children looked after at the date whose placement Annex A's latest list puts in the authority or outside it."""
    rows = evidence.once(looked_after, period)
    said = evidence.once(status)
    said = said[(said["as_at"] <= period.last).fillna(False).astype(bool)]
    said = said.drop_duplicates("child_id", keep="last").set_index("child_id")["placement_location"]
    where = said.reindex(rows["child_id"]).set_axis(rows.index)
    return rows.assign(counts=(where == "OUT").fillna(False).astype(bool))[where.notna()]


# --- definitions -----------------------------------------------------------------------------------------------------


def indicators() -> tuple[Indicator, ...]:
    by = (*OF_A_CHILD, "need", "legal_status", "placement", "provider", "team", "locality")
    same = {"breakdowns": by, "needs": ("care_episodes", "postcodes")}
    there = "children looked after at the date"
    return (
        Indicator(
            "lac_distance_known_count", "Children looked after whose distance from home is known",
            f"Children looked after at the end of the quarter whose home and placement are both known; broken down, how "
            f"many live within 20 miles of home and beyond, {_HOW}, in the authority and outside it.",
            f"{there} whose distance is known", "", COUNT, None, STOCK,
            "Local (SSDA903 and the ONS Postcode Directory)", known_distance,
            needs=("care_episodes", "postcodes"), breakdowns=("distance", *by),
        ),
        Indicator(
            "lac_within_20_miles_percent", "Placed within 20 miles of home, of those whose distance is known",
            f"Of children looked after at the end of the quarter whose home and placement are both known, the share who "
            f"lived 20 miles or less from home, {_HOW}, in the authority or outside it.",
            "those placed 20 miles or less from home", f"{there} whose distance is known", PERCENT, HIGHER_IS_BETTER,
            STOCK, "Local (SSDA903 and the ONS Postcode Directory)", near, **same,
        ),
        Indicator(
            "lac_over_20_miles_percent", "Placed more than 20 miles from home, of all",
            f"Share of children looked after at the end of the quarter who lived more than 20 miles from home, {_HOW}, "
            f"in the authority or outside it. A distance that isn't known isn't counted as far.",
            "those placed more than 20 miles from home", there, PERCENT, LOWER_IS_BETTER, STOCK,
            f"{_RETURN}: placements", away, **same,
        ),
        Indicator(
            "lac_over_20_miles_out_of_area_percent",
            "Placed more than 20 miles from home and outside the authority, of all",
            f"Share of children looked after at the end of the quarter who lived more than 20 miles from home, {_HOW}, "
            f"and outside the authority. A distance that isn't known isn't counted as far.",
            "those placed more than 20 miles from home and outside the authority", there, PERCENT, LOWER_IS_BETTER,
            STOCK, "Local Authority Interactive Tool", away_and_outside, **same,
        ),
        Indicator(
            "lac_out_of_area_percent", "Placed outside the authority, whatever the distance",
            "Of children looked after at the end of the quarter whose placement Annex A puts in the authority or outside "
            "it, the share placed outside, just over the border included.",
            "those placed outside the authority", f"{there} whose placement's place is known", PERCENT, None, STOCK,
            "Ofsted, Annex A list 8", out_of_area, ("care_status",), breakdowns=by,
        ),
    )  # fmt: skip
