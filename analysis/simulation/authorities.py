"""The parameters of any English authority: the calibrated one's, with the authority's own published statistics."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from analysis.reference import benchmarks, populations
from analysis.reference.areas import area
from analysis.reference.project import ROOT, UserError
from analysis.simulation.parameters import Parameters, apportion

RULES = ROOT / "data" / "simulation" / "authorities.toml"
# The first year for which children looked after are published by authority.
FIRST_CARE_YEAR = 2015
# By when every authority of today has a population estimate.
LAST_MADE = 2024


@dataclass(frozen=True)
class _Between:
    """Two authorities: whose the parameters are, and whose they are to become."""

    model: str
    other: str

    def children(self, year: int) -> float:
        return _children(self.other, year) / _children(self.model, year)

    def growth(self, measure: str, year: int) -> float:
        """How many times as many the other has, in the first year from `year` on that is published of both; by the
        number of children where a figure is withheld."""
        for one in range(year, year + 4):
            mine, theirs = published(measure, self.model, one), published(measure, self.other, one)
            if mine and theirs is not None:
                return theirs / mine
        return self.children(year)


def published(measure: str, code: str, year: int) -> float | None:
    """A published value of the financial year that begins in `year`; None where there is none or it is withheld."""
    found = benchmarks.figure(measure, code, year + 1)
    return None if found is None else found.value


def _children(code: str, year: int) -> float:
    """Children of the area at the year's middle; of an authority made since, at the first middle that has an estimate."""
    for one in range(year, LAST_MADE):
        try:
            return float(populations.population(code, one))
        except UserError:
            continue
    return float(populations.population(code, year))


def of_authority(parameters: Parameters, code: str) -> Parameters:
    """The parameters of authority `code` (DfE's): published counts and percentages take the place of the calibrated
    authority's, withheld ones and those that nobody publishes grow with the number that they belong to.

    The identity of stocks and flows is kept as published: what it leaves goes to children who start or cease a second
    time, and to plans whose end is recorded late. Raises UserError for a code that is no authority of today or has no
    population estimate.
    """
    model = parameters.common["authority"]["code"]
    place = area(code)
    if code == model:
        return parameters
    if place.level != "authority":
        raise UserError(f"{place.name} is no authority: nothing can be simulated for it")
    with open(RULES, "rb") as file:
        rules = tomllib.load(file)
    between = _Between(model, code)
    years = {year: _year(dict(told), year, between, rules) for year, told in parameters.years.items()}
    for year in sorted(years)[:-1]:
        _balance(years, year, code)
    return replace(parameters, common=_common(parameters, between, place.name, years), years=years)


def _year(told: Mapping, year: int, between: _Between, rules: Mapping) -> dict:
    def walk(part: Mapping, path: str) -> dict:
        return {
            name: walk(value, f"{path}{name}.") if isinstance(value, Mapping)
            else _value(value, f"{path}{name}", year, between, rules)
            for name, value in part.items()
        }  # fmt: skip

    made = walk(told, "")
    made["population"] = {"children": int(_children(between.other, year))}
    neglect = published("neglect_start_count", between.other, year)
    made["plans"] = dict(made["plans"])
    made["plans"]["categories"] = _categories(made["plans"]["categories"], _total(made["plans"]["starts"]), neglect)
    for name, whole in (("lengths_ended", _total(made["plans"]["ends"])),
                        ("lengths_open", published("cpp_count", between.other, year))):  # fmt: skip
        lengths = made["plans"][name]
        whole = sum(lengths.values()) if whole is None else whole
        made["plans"][name] = dict(zip(lengths, apportion(int(whole), [*lengths.values()]), strict=True))
    return made


def _value(value, path: str, year: int, between: _Between, rules: Mapping):
    section, _, name = path.rpartition(".")
    if path in rules["percentages"]:
        theirs = published(rules["percentages"][path], between.other, year)
        return value if theirs is None else theirs
    if name.endswith("_percent") or name in rules["kept"]["names"]:
        return value
    if not isinstance(value, int | float | list):
        return value
    if path in rules["counts"]:
        measure = rules["counts"][path]
        theirs, mine = published(measure, between.other, year), published(measure, between.model, year)
        if theirs is not None and path == "in_need.open" and mine:
            return _grown(value, theirs / mine)
        if theirs is not None:
            return _summing(value, theirs)
        return _grown(value, between.growth(measure, year))
    if path in rules["parts"]:
        whole, share = (published(one, between.other, year) for one in rules["parts"][path])
        if whole is not None and share is not None:
            stock = rules["parts"][path][0] == "lac_count"
            target = round(whole * share / 100)
            return _grown(value, target / value[-1]) if stock and value[-1] else _summing(value, target)
    for within in (path, section, section.split(".")[0]):
        if within in rules["grows_with"]:
            return _grown(value, between.growth(rules["grows_with"][within], year))
    return _grown(value, between.children(year))


def _total(value) -> float:
    return float(np.sum(value))


def _summing(value, total: float):
    """As many as `total` in the value's own proportions."""
    return apportion(round(total), value) if isinstance(value, list) else round(total)


def _grown(value, factor: float):
    if isinstance(value, list):
        return [round(one * factor) for one in value]
    return round(value * factor) if isinstance(value, int) else value * factor


def _categories(weights: Mapping, starts: float, neglect: float | None) -> dict:
    """Initial categories that add up to the starts, neglect as published."""
    if neglect is None or neglect > starts:
        return dict(zip(weights, apportion(int(starts), [*weights.values()]), strict=True))
    others = [name for name in weights if name != "NEG"]
    shares = apportion(int(starts - neglect), [weights[name] or 1 for name in others])
    return {"NEG": int(neglect), **dict(zip(others, shares, strict=True))}


def _balance(years: dict[int, dict], year: int, code: str) -> None:
    """What lies between a year's stock, the flows of the next and its stock: late ends, and second starts and ceases.
    `years` is this function's caller's own, still being made."""
    before, after = (published("cpp_count", code, one) for one in (year, year + 1))
    nxt = years[year + 1]
    if before is not None and after is not None:
        left = int(before + _total(nxt["plans"]["starts"]) - _total(nxt["plans"]["ends"]) - after)
        years[year]["plans"]["ends_recorded_late"] = [0, 0, 0, max(0, left)]
        if left < 0:
            # More are there than the flows account for: fewer can have ended.
            nxt["plans"]["ends"] = _summing(nxt["plans"]["ends"], max(0.0, _total(nxt["plans"]["ends"]) + left))
            lengths = nxt["plans"]["lengths_ended"]
            ended = apportion(int(_total(nxt["plans"]["ends"])), [*lengths.values()])
            nxt["plans"]["lengths_ended"] = dict(zip(lengths, ended, strict=True))
    before, after = (published("lac_count", code, one) for one in (year, year + 1))
    if before is not None and after is not None:
        more = int(after - before - _total(nxt["care"]["starts"]) + _total(nxt["care"]["ends"]))
        nxt["care"]["started_again"], nxt["care"]["ended_again"] = max(0, more), max(0, -more)


def _common(parameters: Parameters, between: _Between, name: str, years: Mapping[int, Mapping]) -> dict:
    first = min(years)
    common = {**parameters.common, "authority": dict(parameters.common["authority"])}
    mine = common["authority"]
    children, cared = between.children(first), between.growth("lac_count", FIRST_CARE_YEAR)
    plans = published("cpp_count", between.other, first - 1)
    mine |= {
        "code": between.other,
        "births_a_year": round(mine["births_a_year"] * children),
        "plans_open_before": int(plans if plans is not None else mine["plans_open_before"] * children),
        "in_need_before": round(mine["in_need_before"] * between.growth("cin_count", first - 1)),
        "looked_after_before": _cared_before(mine["looked_after_before"] * cared, between.other, years),
    }
    lengths = common["before"]["plans"]["lengths_open"]
    opened = dict(zip(lengths, apportion(mine["plans_open_before"], [*lengths.values()]), strict=True))
    common["before"] = {**common["before"], "plans": {**common["before"]["plans"], "lengths_open": opened}}
    for section, key, factor in (
        ("care", "placement_orders_before", cared),
        ("care_leavers", "left_before", cared),
        ("care_leavers", "left_before_at_17", cared),
        ("short_breaks", "children", children),
        ("short_breaks", "weekend", children),
        ("short_breaks", "holiday_weekend", children),
    ):
        common[section] = {**common[section], key: max(1, round(common[section][key] * factor))}
    places = common["places"]
    outside = {one: districts for one, districts in places["outside"].items() if one != name}
    common["places"] = {**places, "authority": name, "code": between.other, "outside": outside}
    organisations = common["early_help"]["organisations"]
    own = next(iter(organisations))
    common["early_help"] = {
        **common["early_help"],
        "organisations": {f"{name} Council" if one == own else one: share for one, share in organisations.items()},
    }
    return common


def _cared_before(grown: float, code: str, years: Mapping[int, Mapping]) -> int:
    """Children looked after on the day before the story: as many as the flows lead from to the first published stock."""
    stock = published("lac_count", code, FIRST_CARE_YEAR)
    if stock is None:
        return round(grown)
    flows = [years[year]["care"] for year in sorted(years) if year <= FIRST_CARE_YEAR]
    net = sum(
        _total(one["starts"]) + _total(one["started_again"]) - _total(one["ends"]) - _total(one["ended_again"])
        for one in flows
    )
    return max(1, round(stock - net))
