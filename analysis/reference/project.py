"""Where things are: the project's own files, an authority's data, and what is made from both."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REFERENCE_DATA = ROOT / "data" / "reference"


class UserError(Exception):
    """A mistake that a person can mend: printed as one sentence, without a traceback."""

    exit_status = 1


class UsageError(UserError):
    """A command that can't be understood."""

    exit_status = 2


@dataclass(frozen=True)
class Workspace:
    """The folders of one run. With the project's own `data/`, outputs stand beside it at the top level;
    with another data folder, outputs stay inside that folder, so that no run disturbs another's."""

    data: Path = ROOT / "data"
    root: Path = ROOT

    @property
    def home(self) -> Path:
        return self.root if self.data.resolve() == (self.root / "data").resolve() else self.data

    @property
    def returns(self) -> Path:
        """Returns as received: `returns/<authority>/<quarter>/`."""
        return self.data / "returns"

    @property
    def store(self) -> Path:
        return self.data / "store"

    @property
    def build(self) -> Path:
        return self.home / "build"

    @property
    def published(self) -> Path:
        return self.home / "published"


@dataclass(frozen=True)
class Authority:
    """An authority's settings, from `settings.toml`.

    `code` is DfE's three-digit code, `ons` the nine-character code. `teams` maps a team's name, as
    Annex A's "Allocated Team" has it, to its locality.
    """

    code: str
    ons: str
    name: str
    board: str
    region: str = ""
    localities: tuple[str, ...] = ()
    teams: dict[str, str] = field(default_factory=dict)
    director: str = ""


@lru_cache(maxsize=8)
def settings(path: Path = ROOT / "settings.toml") -> dict:
    """The whole of `settings.toml`. Raises UserError where it is missing or isn't TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path.name} is missing from {path.parent}; restore it from the repository") from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path.name} can't be read: {error}; mend that line") from None


def authority(code: str | None = None) -> Authority:
    """The authority of this run: by code, or the one that `settings.toml` names as the default.

    An English authority without a table of its own has its name and region from the list of areas, and what
    `[other_authorities]` says. Raises UserError where the code is neither.
    """
    known = settings()
    wanted = code or known["default_authority"]
    entry = known.get("authority", {}).get(wanted)
    if entry is None:
        entry = {**known["other_authorities"], **_listed(wanted, known.get("authority", {}))}
    return Authority(code=wanted, **{**entry, "localities": tuple(entry.get("localities", ()))})


def _listed(code: str, described: dict) -> dict[str, str]:
    from analysis.reference.areas import areas

    found = [one for one in areas() if one.code == code]
    if not found:
        raise UserError(
            f"settings.toml has no authority '{code}' (it has: {', '.join(sorted(described))}), and "
            f"data/reference/areas.csv no such DfE code; add an [authority.{code}] table"
        )
    return {"name": found[0].name, "ons": found[0].ons, "region": found[0].region}
