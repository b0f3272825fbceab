"""Which documents the project has, and for whom each is made: `audiences` in its front matter (everybody, without)."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from analysis.publishing import wording
from analysis.reference.project import UserError

FOLDER = "report"
AUDIENCES = "audiences"
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


def documents_for(root: Path, audience: str | None = None) -> dict[str, str]:
    """Every document made for an audience (or for any), with its source: `self-assessment` -> `report/self-assessment.qmd`.

    Raises UserError where a front matter names an audience that there isn't.
    """
    paths = sorted((root / FOLDER).glob("*.qmd"))
    return {path.stem: f"{FOLDER}/{path.name}" for path in paths if audience is None or audience in made_for(path)}


def made_for(path: Path) -> tuple[str, ...]:
    """For whom a document is made."""
    match = _FRONT_MATTER.match(path.read_text(encoding="utf-8"))
    try:
        head = (yaml.safe_load(match[1]) if match else None) or {}
    except yaml.YAMLError:
        # What reads the source says where.
        head = {}
    named = head.get(AUDIENCES, list(wording.AUDIENCE_LABELS)) if isinstance(head, dict) else []
    named = [named] if isinstance(named, str) else list(named or ())
    for one in named:
        if one not in wording.AUDIENCE_LABELS:
            line = path.read_text(encoding="utf-8").split(f"{AUDIENCES}:")[0].count("\n") + 1
            raise UserError(
                f"{FOLDER}/{path.name}:{line}: '{one}' is not an audience; it is one of {', '.join(wording.AUDIENCE_LABELS)}"
            )
    return tuple(str(one) for one in named)
