"""`indicators.csv` and its metadata: every indicator as its audience may see it, in the conventions of Explore Education
Statistics (https://dfe-analytical-services.github.io/analysts-guide/statistics-production/ud.html).

The authority's own figures for the edition's quarter and the eleven before it; for the edition's quarter, also every
breakdown that the audience may see. A withheld figure is blank, and its row's symbol is `c`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.disclosure import CONFIDENTIAL, Structure, may_show, release
from analysis.disclosure.policy import PLACES, UNSUPPRESSED, is_small
from analysis.disclosure.wording import UNITS
from analysis.indicators import registry
from analysis.indicators.breakdowns import BREAKDOWNS, WORDED
from analysis.indicators.engine import COLUMNS, TOTAL
from analysis.records.history import Known
from analysis.reference.project import REFERENCE_DATA, ROOT
from analysis.reference.quarters import Quarter, quarters

FILE, METADATA = "indicators.csv", "indicators-metadata.csv"
QUARTERS = 12
DECIMALS = 6
UNNAMED = "Withheld"
_COUNTS = ["numerator", "denominator"]
_DERIVED = dict.fromkeys(("value", "lower", "upper"), _COUNTS)
_FIGURES = [*_COUNTS, *_DERIVED]
# What the table hangs on, beside the deliveries.
_ROOMS = ("methods", "reference", "records", "indicators")
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
# Columns of the file: type, and what each is.
_ABOUT = {
    "authority": ("Filter", "DfE's code of the local authority"),
    "quarter": ("Time", "Financial quarter of the edition or series: 2018-19-Q2 is July to September 2018"),
    "period_start": ("Time", "First day of the period"),
    "period_end": ("Time", "Last day of the period"),
    "known_by": ("Time", "Quarter of the delivery by which this was known"),
    "indicator": ("Filter", "Identifier of the indicator"),
    "breakdown": ("Filter", "What the figure is broken down by; 'all' for the authority's own total"),
    "category": ("Filter", "Category of the breakdown; 'all' for the authority's own total"),
    "numerator": ("Indicator", "What is counted or summed"),
    "denominator": ("Indicator", "What it is divided by; empty for a count"),
    "value": ("Indicator", "The indicator's value, in its unit"),
    "lower": ("Indicator", "Lower 95% confidence limit"),
    "upper": ("Indicator", "Upper 95% confidence limit"),
    "unit": ("Filter", "Unit of the value"),
    "symbol": ("Filter", "c: withheld to protect confidentiality; x: not available; z: not applicable; empty: shown"),
}


def write(folder: Path, known: Known, authority: str, quarter: Quarter, audience: str, cache: Path) -> tuple[str, ...]:
    """Writes both files; gives their names. `cache` is a folder that outlives the run."""
    table = released(computed(known, authority, quarter, cache), audience, quarter)
    _put(folder / FILE, table)
    _put(folder / METADATA, metadata(table))
    return FILE, METADATA


def computed(known: Known, authority: str, quarter: Quarter, cache: Path) -> pd.DataFrame:
    """Every figure, unsuppressed. It takes a while, and is the same for all audiences, so it is kept in `cache` under
    the digest of what it hangs on."""
    path = cache / f"indicators-{_key(known, authority, quarter)}.parquet"
    if path.is_file():
        return pd.read_parquet(path)
    series = registry.series(known, None, quarters(quarter.shift(1 - QUARTERS), quarter), authority=authority)
    parts = registry.compute(known, quarter, by=list(BREAKDOWNS), authority=authority)
    table = pd.concat([series, parts[parts["breakdown"] != TOTAL]], ignore_index=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob("indicators-*.parquet"):
        old.unlink(missing_ok=True)
    partial = path.with_name(f".{path.name}-{os.getpid()}.partial")
    table.to_parquet(partial, index=False)
    os.replace(partial, path)
    return table


def released(table: pd.DataFrame, audience: str, quarter: Quarter) -> pd.DataFrame:
    """The rows and figures that `audience` may see, in the order of the catalogue.

    The categories of a breakdown are released as the parts of the authority's total; those that are a return's own words
    have no name where their figures are withheld. The same figures under another
    indicator lose the same cells, since the choice hangs on the figures alone.
    """
    places = {place for named in PLACES.values() for place in named}
    seen = table[~table["breakdown"].isin({place for place in places if not may_show(audience, place)})]
    ranks = {name: rank for rank, name in enumerate(registry.indicators())}
    order = pd.DataFrame({
        "indicator": seen["indicator"].map(ranks), "quarter": seen["quarter"],
        "breakdown": seen["breakdown"].map({TOTAL: -1, **{name: rank for rank, name in enumerate(BREAKDOWNS)}}),
    }).sort_values(["indicator", "breakdown", "quarter"], kind="stable")  # fmt: skip
    seen = seen.loc[order.index].reset_index(drop=True)
    parts = [_part(seen, audience)] if audience in UNSUPPRESSED else _parts(seen, audience, quarter)
    found = pd.concat(parts).sort_index()
    withheld = found.pop("withheld").to_numpy(bool)
    symbol = np.where(withheld, CONFIDENTIAL, seen["symbol"].to_numpy(object))
    # Where the return's own words are the categories, a rare one may say who it is about.
    unlisted = withheld & seen["breakdown"].isin(WORDED).to_numpy()
    category = np.where(unlisted, UNNAMED, seen["category"].to_numpy(object))
    out = seen.assign(**{name: found[name] for name in _FIGURES}, symbol=symbol, category=category)[list(COLUMNS)]
    return out[~(unlisted & out.duplicated(["indicator", "quarter", "breakdown", "category"]))]


def _parts(seen: pd.DataFrame, audience: str, quarter: Quarter) -> Iterator[pd.DataFrame]:
    groups = seen["indicator"].astype("str") + " " + seen["breakdown"].astype("str")
    small = (is_small(seen["numerator"]) | is_small(seen["denominator"])).groupby(groups).transform("any")
    # Where nothing is small there is nothing to protect, and all of it goes at once.
    yield _part(seen[~small], audience)
    totals = seen[(seen["breakdown"] == TOTAL) & (seen["quarter"] == str(quarter))].set_index("indicator")[_COUNTS]
    for (indicator, breakdown), rows in seen[small].groupby(["indicator", "breakdown"], sort=False):
        yield _part(rows, audience, totals.loc[indicator].dropna().to_dict() if breakdown != TOTAL else {})


def _part(rows: pd.DataFrame, audience: str, totals: Mapping[str, float] = MappingProxyType({})) -> pd.DataFrame:
    things = registry.of_things(rows["indicator"])
    out = release(
        rows[_FIGURES], audience, counts=_COUNTS, derived=_DERIVED, adds=Structure(totals=totals), of_things=things
    )
    return out.frame.assign(withheld=out.withheld.any(axis=1))


def metadata(table: pd.DataFrame) -> pd.DataFrame:
    """What each column is, then each indicator: its words, unit and decimals."""
    columns = [
        {"col_name": name, "col_type": kind, "label": label, "filter_hint": label if kind == "Filter" else ""}
        for name, (kind, label) in _ABOUT.items()
    ]
    grouping = {one.id: area for area, module in registry.AREAS.items() for one in module.indicators()}
    held = set(table["indicator"])
    indicators = [
        {
            "col_name": one.id, "col_type": "Indicator", "label": one.title, "indicator_grouping": grouping[one.id],
            "indicator_unit": "%" if one.unit == "percent" else "" if one.unit == "count" else one.unit,
            "indicator_dp": str(UNITS[one.unit][0]), "definition": one.definition, "numerator": one.numerator,
            "denominator": one.denominator, "period_type": one.period_type, "polarity": one.polarity or "none",
            "source": one.source,
        }
        for one in registry.indicators().values()
        if one.id in held
    ]  # fmt: skip
    names = ["col_name", "col_type", "label", "indicator_grouping", "indicator_unit", "indicator_dp", "filter_hint",
             "definition", "numerator", "denominator", "period_type", "polarity", "source"]  # fmt: skip
    return pd.DataFrame([*columns, *indicators], columns=names).fillna("")


def _put(path: Path, table: pd.DataFrame) -> None:
    shown = {}
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            shown[name] = column.dt.strftime("%Y-%m-%d").fillna("")
        elif pd.api.types.is_numeric_dtype(column):
            shown[name] = column.astype("Float64").map(_figure, na_action="ignore").astype("object").fillna("")
        else:
            shown[name] = column.fillna("").map(_inert)
    pd.DataFrame(shown, columns=table.columns).to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def _figure(number: float) -> str:
    rounded = round(float(number), DECIMALS)
    return str(int(rounded)) if rounded == int(rounded) else str(rounded)


def _inert(text: str) -> str:
    """A spreadsheet takes no name from a return for a formula."""
    return f"'{text}" if str(text).startswith(_FORMULAS) else str(text)


def _key(known: Known, authority: str, quarter: Quarter) -> str:
    digest = hashlib.sha256(f"{authority} {quarter} {sorted(map(str, known.deliveries))}".encode())
    files = [path for room in _ROOMS for path in (ROOT / "analysis" / room).rglob("*.py")]
    files += [path for path in REFERENCE_DATA.rglob("*") if path.is_file()]
    for path in sorted([ROOT / "settings.toml", *files]):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
