"""Authorities with a known cause: the steady one of `data/simulation/scenarios/steady.toml`, and what changes in it.

A diagnosis of why plans grew can only be trusted if it names causes that we put there ourselves. In a scenario the ends
of plans follow from how long each has lasted (`plan_ends`), so that more starting leads to more ending, as it would.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from analysis.reference.project import ROOT, UsageError
from analysis.simulation.parameters import Parameters

FOLDER = ROOT / "data" / "simulation" / "scenarios"
_STEADY = "steady"


@dataclass(frozen=True)
class Scenario:
    """What is known of an invented authority because it was made so.

    cause: in a few words, `none` where nothing changes; locality: the only one that changes, if it is only one.
    `times`: numbers of the parameters (section.name) and by how much they are multiplied, and `more_in`: plans that
    start on top in a locality, both in the financial years `first` to `last`.
    """

    name: str
    title: str
    cause: str
    first: int
    last: int
    locality: str = ""
    times: Mapping[str, float] = field(default_factory=dict)
    more_in: Mapping[str, object] = field(default_factory=dict)

    def strengthened(self, share: float) -> Scenario:
        """The same with `share` of the change: 0.5 is half of it, 0 none."""
        more = {name: [share * one for one in told] if isinstance(told, list) else told
                for name, told in self.more_in.items()}  # fmt: skip
        return replace(self, times={name: 1 + share * (by - 1) for name, by in self.times.items()}, more_in=more)


def names() -> list[str]:
    """The scenarios that there are."""
    return sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != _STEADY)


def scenario(name: str) -> Scenario:
    """The scenario of that name. Raises UsageError where there is none."""
    if name not in names():
        raise UsageError(f"there is no scenario '{name}'; there are: {', '.join(names())}")
    told = _read(FOLDER / f"{name}.toml")
    first = _year(told["changes_in"])
    return Scenario(
        name, told["title"], told["cause"], first, _year(told["until"]) if "until" in told else 9999,
        told.get("locality", ""), told.get("times", {}), told.get("more_in", {}),
    )  # fmt: skip


def applied(parameters: Parameters, to: Scenario) -> Parameters:
    """The parameters with the steady authority's numbers in every year, and the scenario's changes in its years."""
    steady = _read(FOLDER / f"{_STEADY}.toml")
    years = {}
    for year, told in parameters.years.items():
        made = _merged(told, steady["every_year"])
        years[year] = _changed(made, to) if to.first <= year <= to.last else made
    return replace(parameters, common=_merged(parameters.common, steady["common"]), years=years)


def _changed(year: Mapping, to: Scenario) -> Mapping:
    for path, by in to.times.items():
        *sections, name = path.split(".")
        found = year
        for section in sections:
            found = found[section]
        change: object = _times(found[name], by)
        for part in reversed([*sections, name]):
            change = {part: change}
        year = _merged(year, change)
    return _merged(year, {"plans": {"more_in": dict(to.more_in)}}) if to.more_in else year


def _times(told, by: float):
    if isinstance(told, Mapping):
        return {name: _times(value, by) for name, value in told.items()}
    return [one * by for one in told] if isinstance(told, list) else told * by


def _merged(under: Mapping, over: Mapping) -> dict:
    """`over` upon `under`, section by section."""
    both = {
        name: _merged(under[name], value)
        if isinstance(value, Mapping) and isinstance(under.get(name), Mapping)
        else value
        for name, value in over.items()
    }
    return {**under, **both}


def _year(label: str) -> int:
    return int(label[:4])


def _read(path: Path) -> dict:
    with open(path, "rb") as file:
        return tomllib.load(file)
