"""Says what is installed, which renderer will be used and why, and what is missing."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from analysis.publishing import quarto
from analysis.records.history import History
from analysis.reference.project import UserError, Workspace, authority

_PACKAGES = ("pandas", "papermill", "jupyterlab", "statsmodels", "python-calamine", "pypandoc-binary", "typst")


@dataclass(frozen=True)
class Item:
    """One thing looked at. `needed`: nothing works without it."""

    name: str
    well: bool
    words: str
    needed: bool = True


def examine(workspace: Workspace, code: str) -> list[Item]:
    """Everything that a run needs, and what it would do."""
    found = [Item("Python", sys.version_info >= (3, 11), f"{sys.version.split()[0]} (3.11 or later is needed)")]
    for name in _PACKAGES:
        try:
            found.append(Item(name, True, version(name)))
        except PackageNotFoundError:
            found.append(Item(name, False, "not installed; install from requirements.lock, or run make report"))
    found.append(_kernel())
    found.append(Item("Pandoc and Typst", *_portable()))
    found.append(Item("renderer", *_chosen()))
    try:
        found.append(Item("settings", True, f"{authority(code).name} ({code}), from settings.toml"))
    except UserError as error:
        found.append(Item("settings", False, str(error)))
    delivered = History.open(workspace.store, code).quarters
    words = (
        f"{delivered[0]} to {delivered[-1]}, {len(delivered)} quarters"
        if delivered
        else "none yet: run selfassess ingest"
    )
    found.append(Item("deliveries", bool(delivered), words, needed=False))
    return found


def _kernel() -> Item:
    try:
        return Item("notebook kernel", True, f"ipykernel {version('ipykernel')} of this Python")
    except PackageNotFoundError:
        return Item("notebook kernel", False, "ipykernel is not installed; install from requirements.lock")


def _portable() -> tuple[bool, str]:
    try:
        return True, quarto.portable_version()
    except (OSError, ImportError, UserError) as error:
        return False, f"can't be started ({error}); install pypandoc-binary and typst again"


def _chosen() -> tuple[bool, str]:
    try:
        return True, str(quarto.choose("auto"))
    except UserError as error:
        return False, str(error)
