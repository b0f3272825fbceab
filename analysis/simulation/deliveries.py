"""Puts the invented authority's returns where deliveries are kept: a folder a quarter, and the truth beside them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from analysis.records.tables import TABLES
from analysis.reference.calendar import Quarter
from analysis.reference.project import UserError
from analysis.simulation.truth import Truth, system_on
from analysis.simulation.write_annex_a import write_annex_a
from analysis.simulation.write_cin_census import write_cin_census
from analysis.simulation.write_local import write_local
from analysis.simulation.write_ssda903 import write_ssda903
from analysis.simulation.write_workforce_census import write_workforce_census

# Raise it when the same arguments begin to give other returns.
VERSION = 2
# The mark of an invented authority's folder: only such a folder may be replaced.
MARK = Path("truth") / "simulation.json"
# Every quarter brings all returns but the workforce census, which is of 30 September.
KINDS = ("annex_a", "ssda903", "cin_census", "workforce_census", "local")

Returns = Mapping[str, Mapping[str, pd.DataFrame]]


def write_deliveries(
    truth: Truth,
    into: Path,
    *,
    replace: bool = False,
    progress: Callable[[str], object] = lambda _: None,
) -> Path:
    """Writes every quarter's returns and the truth to `into/<authority>/` and gives that folder.

    All or nothing: everything is written beside its place and renamed into it, so a run that is killed leaves
    nothing that looks finished. `progress` is told each quarter once it is written.

    Raises UserError where the folder holds returns that aren't simulated, or simulated ones and not `replace`.
    """
    place = Path(into) / truth.authority
    partial, old = place.with_name(f".{place.name}.partial"), place.with_name(f".{place.name}.old")
    _recover(place, old)
    _refuse(place, replace)
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for quarter in truth.quarters:
        held = system_on(truth, quarter.end)
        kinds = [kind for kind in KINDS if kind != "workforce_census" or quarter.number == 2]
        write_quarter(dict.fromkeys(kinds, held), quarter, partial / str(quarter), truth.authority)
        progress(str(quarter))
    _write_truth(truth, partial)
    if place.exists():
        os.replace(place, old)
    os.replace(partial, place)
    shutil.rmtree(old, ignore_errors=True)
    return place


def write_quarter(returns: Returns, quarter: Quarter, folder: Path, authority: str) -> None:
    """Writes one quarter's delivery: kind of return -> canonical tables, of which each writer takes the rows that its
    return holds. A kind that is absent isn't delivered."""
    folder.mkdir(parents=True)
    if "annex_a" in returns:
        write_annex_a(returns["annex_a"], quarter, folder / f"annex-a-{quarter.end:%Y-%m-%d}.xlsx")
    if "ssda903" in returns:
        write_ssda903(returns["ssda903"], quarter, folder / "ssda903")
    if "cin_census" in returns:
        write_cin_census(returns["cin_census"], quarter, folder / "cin-census.xml", authority)
    if "workforce_census" in returns:
        write_workforce_census(
            returns["workforce_census"], quarter.end.year, folder / "workforce-census.xml", authority
        )
    if "local" in returns:
        write_local(returns["local"], quarter, folder / "local")


def is_simulated(folder: Path) -> bool:
    """Whether a returns folder was written here, whole."""
    return (folder / MARK).is_file()


def description(truth: Truth) -> dict:
    """What `simulation.json` says: which simulation this is, and nothing of the machine or the time. The number of
    children tells a full authority from one simulated to a smaller scale."""
    return {
        "authority": truth.authority,
        "children": len(truth.tables.get("children", ())),
        "quarters": [str(quarter) for quarter in truth.quarters],
        "seed": truth.seed,
        "version": VERSION,
    }


def read_truth(folder: Path) -> Mapping[str, pd.DataFrame]:
    """The canonical tables of a returns folder's truth, in their final state."""
    return MappingProxyType(
        {
            path.stem: TABLES[path.stem].conform(pd.read_parquet(path).drop(columns="recorded"))
            for path in sorted((folder / "truth").glob("*.parquet"))
            if path.stem in TABLES
        }
    )


def _write_truth(truth: Truth, folder: Path) -> None:
    """A file a table: its canonical columns, and the day on which each row was first `recorded`."""
    home = folder / MARK.parent
    home.mkdir()
    for name, frame in sorted(truth.tables.items()):
        recorded = pd.to_datetime(truth.recorded[name]) if name in truth.recorded else pd.NaT
        frame.assign(recorded=recorded).to_parquet(home / f"{name}.parquet", index=False, compression="zstd")
    truth.corrections.astype("string").to_parquet(home / "corrections.parquet", index=False, compression="zstd")
    text = json.dumps(description(truth), indent=1, sort_keys=True) + "\n"
    (folder / MARK).write_text(text, encoding="utf-8", newline="\n")


def _recover(place: Path, old: Path) -> None:
    """A run killed between the two renames leaves the old folder beside its place: it goes back."""
    if not old.exists():
        return
    if place.exists():
        shutil.rmtree(old)
    else:
        os.replace(old, place)


def _refuse(place: Path, replace: bool) -> None:
    if not place.exists():
        return
    if not is_simulated(place):
        raise UserError(
            f"{place} holds returns that weren't simulated, and they stay as they are; "
            "write the simulation to another folder"
        )
    if not replace:
        raise UserError(f"{place} already holds simulated returns; say --replace to replace them")
