"""Is every figure of an edition that was once published bound in a document? Its register beside the published table.

A number is bound by a value of the same indicator, whose period ends on the same day and which agrees at the precision
of print. A direction ("rising") is bound by a claim that says so, and a standing ("high", "in line") by a claim or by the
local figure with England's beside it. Numbers in words ("well over 90%") may be bound by a claim, `at least` and the like.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.disclosure import CONFIDENTIAL
from analysis.disclosure.wording import day
from analysis.findings.measures import moments
from analysis.indicators import published, registry
from analysis.indicators.published import Figure
from analysis.publishing.claims import kinds
from analysis.publishing.register.table import FILE
from analysis.reference.project import UserError
from analysis.reference.quarters import Quarter

DOCUMENT = "self-assessment"
_CLAIMED = {
    "rising": (kinds.ROSE, kinds.ROSE_SLIGHTLY, kinds.STEADY),
    "falling": (kinds.FELL, kinds.FELL_SLIGHTLY, kinds.STEADY),
    "high": (kinds.ABOVE, kinds.SLIGHTLY_ABOVE, kinds.IN_LINE),
    "in_line": (kinds.IN_LINE,),
}
_DIRECTIONS, _STANDINGS = ("rising", "falling"), ("high", "in_line")
_ROUGHLY = ("just_over", "over", "well_over")
# Statistics that are made of an indicator's values at two quarters.
_OF_TWO = ("change_percent", "ratio")


@dataclass(frozen=True)
class Binding:
    """A published figure and where the document binds it: `uses` are `file:line` and name; none where it isn't bound."""

    figure: Figure
    uses: tuple[str, ...] = ()
    # A use that may not be shown to the publication's audience, so that its number can't be compared.
    withheld: bool = False
    missing: str = ""

    @property
    def bound(self) -> bool:
        return bool(self.uses)


def uses(publication: Path, document: str = DOCUMENT) -> list[dict[str, str]]:
    """The rows of a publication's register that one document uses. Raises UserError where there are none."""
    path = publication / FILE
    try:
        with open(path, encoding="utf-8-sig", newline="") as lines:
            found = [row for row in csv.DictReader(lines) if row["document"] == document]
    except FileNotFoundError:
        raise UserError(f"{path.name} is not in {publication}; run: selfassess render {document}") from None
    if not found:
        raise UserError(f"{path.name} in {publication} says nothing of {document}; run: selfassess render {document}")
    return found


def bindings(authority: str, edition: str, rows: Sequence[Mapping[str, str]], quarter: Quarter,
             values: Mapping[str, Mapping] | None = None, folder: Path = published.FOLDER) -> list[Binding]:  # fmt: skip
    """A binding for each figure of the edition, in its order. `rows` are a register's (`uses`), of the documents for
    `quarter`; `values`, every value that findings offer by name, so that a missing one can be told what to bind."""
    values = values or {}
    read = [_of_finding(row, values) for row in rows]
    return [_binding(one, read, quarter, values) for one in published.figures(authority, edition, folder)]


def _of_finding(row: Mapping[str, str], values: Mapping[str, Mapping]) -> Mapping[str, str]:
    """A claim that holds about a review's own value has that value's figures, and counts as the value does."""
    about = values.get(row["indicator"]) if row["kind"] == "claim" and row["verdict"] == "holds" else None
    return {**row, "kind": "value", "indicator": str(about.get("indicator", ""))} if about else row


def _binding(one: Figure, rows: Sequence[Mapping[str, str]], quarter: Quarter, values: Mapping[str, Mapping]) -> Binding:  # fmt: skip
    if one.indicator not in registry.indicators():
        return Binding(one, missing=f"there is no indicator '{one.indicator}'")
    of_it = [row for row in rows if row["indicator"] == one.indicator]
    found = [row for row in of_it if row["kind"] == "claim" and _claim_says(one, row, quarter)]
    if one.agreement in _STANDINGS:
        local = [row for row in of_it if row["kind"] == "value" and not row["comparator"] and _at(one, row["period"])]
        england = [row for row in of_it if row["comparator"] == "england"]
        found += [*local, *england] if local and england else []
    elif one.agreement not in _DIRECTIONS:
        found += [row for row in of_it if row["kind"] == "value" and not row["comparator"] and _agrees(one, row)]
        found += _two_ends(one, of_it)
    told = tuple(dict.fromkeys(f"{row['file']}:{row['line']} {row['name']}" for row in found))
    if told:
        return Binding(one, told)
    hidden = [
        row for row in of_it if row["kind"] == "value" and row["text"] == CONFIDENTIAL and _at(one, row["period"])
    ]
    if hidden:
        return Binding(one, tuple(f"{row['file']}:{row['line']} {row['name']}" for row in hidden), withheld=True)
    return Binding(one, missing=_to_bind(one, values))


def _claim_says(one: Figure, row: Mapping[str, str], quarter: Quarter) -> bool:
    """Whether a claim that holds says of the same moment what was printed."""
    about = dict(part.partition("=")[::2] for part in row["name"].split(";"))
    if row["verdict"] != "holds" or about.get("category", "") != one.category:
        return False
    last = about.get("to") or about.get("at") or "now"
    if str(_moment(last, quarter)) != str(one.quarter):
        return False
    if one.agreement in _CLAIMED:
        return about.get("says") in _CLAIMED[one.agreement]
    if one.agreement not in _ROUGHLY or one.statistic != "value":
        return False
    if about.get("says") == kinds.MAJORITY:
        return one.published == kinds.MAJORITY_PERCENT
    if about.get("says") == kinds.NEARLY_ALL:
        return one.published <= kinds.NEARLY_ALL_PERCENT
    return about.get("says") == kinds.AT_LEAST and float(about.get("value", "nan")) >= one.published


def _moment(name: str, quarter: Quarter) -> Quarter | str:
    return {**moments(quarter), "quarter_ago": quarter.shift(-1)}.get(name, name)


def _agrees(one: Figure, row: Mapping[str, str]) -> bool:
    """Whether a bound value is the figure that was printed."""
    if not row["value"] or not _at(one, row["period"]):
        return False
    numbers = {name: float(row[name]) for name in ("value", "numerator", "denominator") if row[name]}
    # A count recorded by itself has no parts to compare.
    parts = {"numerator": numbers.get("numerator", one.numerator), "denominator": numbers.get("denominator", one.denominator)}  # fmt: skip
    wanted = [numbers["value"]]
    if one.statistic == "numerator":
        wanted.append(parts["numerator"])
    if one.statistic == "change_percent":
        # "Fell by 90%" may be bound as 90, for the words say which way.
        wanted.append(-numbers["value"])
    return any(number is not None and bool(published.agrees(one, number, parts, None)) for number in wanted)


def _two_ends(one: Figure, rows: Iterable[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """The values at both ends of a change, where both are bound and the change between them is the one printed."""
    if one.statistic not in _OF_TWO:
        return []
    values = [row for row in rows if row["kind"] == "value" and row["value"] and not row["comparator"]]
    for first in (row for row in values if _ends(row["period"], _period_end(one, one.against))):
        for last in (row for row in values if _ends(row["period"], _period_end(one, one.quarter))):
            before, after = float(first["value"]), float(last["value"])
            if first["unit"] != last["unit"] or not before:
                continue
            change = after / before if one.statistic == "ratio" else (after / before - 1) * 100
            if bool(published.agrees(one, change, {"numerator": one.numerator, "denominator": one.denominator}, None)):
                return [first, last]
    return []


def _at(one: Figure, period: str) -> bool:
    return _ends(period, _period_end(one, one.quarter))


def _period_end(one: Figure, quarter: Quarter) -> pd.Timestamp:
    if one.period and quarter == one.quarter:
        return pd.Timestamp(one.period[1])
    return registry.indicators()[one.indicator].period(quarter).last


def _ends(period: str, last: pd.Timestamp) -> bool:
    """Whether a period in words ends on that day: `the year to 30 September 2018`, `July to September 2018`."""
    return period.endswith((day(last), f"{last:%B %Y}")) and bool(period)


def _to_bind(one: Figure, values: Mapping[str, Mapping]) -> str:
    """What would bind it, for whoever writes: a value that findings offer, a claim, or a value that is still to be made."""
    end = day(_period_end(one, one.quarter))
    where = f' by="{one.breakdown}" category="{one.category}"' if one.breakdown else ""
    if one.agreement in _CLAIMED:
        says = _CLAIMED[one.agreement][0]
        beside = f'from="{one.against}"' if one.agreement in _DIRECTIONS else 'against="england"'
        return f'make the claim {{.claim indicator="{one.indicator}"{where} {beside} says="{says}"}}, or what is so'
    offered = [{**row, "name": name} for name, row in _as_rows(values) if row["indicator"] == one.indicator]
    names = [row["name"] for row in offered if not row["comparator"] and _agrees(one, row)]
    names = names or [row["name"] for row in _two_ends(one, offered)]
    if names:
        return "bind " + " and ".join(
            f"{{{{< var {name} >}}}}" for name in names[: 2 if one.statistic in _OF_TWO else 1]
        )
    since = f" since {one.against}" if one.against else ""
    what = {"sum": f"summed{since}", "change_percent": f"the change in per cent{since}", "ratio": f"divided by itself{since}",
            "numerator": "the number itself"}.get(one.statistic, "")  # fmt: skip
    about = ", ".join(part for part in (one.category.replace("|", " and "), what) if part)
    return (
        f'no review offers it: record a value with indicator="{one.indicator}"{f" ({about})" if about else ""} '
        f"and a period that ends on {end}, then bind it"
    )


def _as_rows(values: Mapping[str, Mapping]) -> Iterator[tuple[str, dict[str, str]]]:
    for name, value in values.items():
        told = {key: "" if value.get(key) is None else str(value[key]) for key in ("text", "indicator", "period", "value", "unit", "numerator", "denominator")}  # fmt: skip
        yield name, {**told, "kind": "value", "comparator": "y" if value.get("comparator") else ""}
