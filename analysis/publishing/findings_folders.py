"""What reviews found, as the pipeline lays it out: one folder a review, with findings.json and its pictures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.reference.project import UserError

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
VALUE_NAME = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*")
LABEL = re.compile(r"(?:fig|tbl)-[a-z0-9]+(?:-[a-z0-9]+)*")
PICTURE = re.compile(r"[A-Za-z0-9_-]+\.svg")


@dataclass(frozen=True)
class Review:
    """The findings of one review. `available` is false where a return that it needs was never delivered."""

    name: str
    folder: Path
    title: str
    authority: str
    quarter: str
    audience: str
    simulated: bool
    available: bool = True
    needs: tuple[str, ...] = ()
    question: str = ""
    deliveries: tuple[Mapping, ...] = ()
    values: Mapping[str, Mapping] = field(default_factory=dict)
    figures: Mapping[str, Mapping] = field(default_factory=dict)
    tables: Mapping[str, Mapping] = field(default_factory=dict)
    statements: Mapping[str, str] = field(default_factory=dict)
    story: tuple[Mapping, ...] = ()
    lists: Mapping[str, Mapping] = field(default_factory=dict)

    @property
    def variable(self) -> str:
        """The name that values go by in narrative: `front_door`."""
        return self.name.replace("-", "_")


def load(folders: Iterable[Path]) -> list[Review]:
    """Every review's findings, by name. Raises UserError where a folder can't be read or the findings disagree
    about authority, quarter, audience or whether children are invented (a document is about one of each)."""
    reviews = sorted((_read(Path(folder)) for folder in folders), key=lambda review: review.name)
    for what in ("authority", "quarter", "audience"):
        seen = {getattr(review, what): review.name for review in reviews}
        if len(seen) > 1:
            told = "; ".join(f"{name} is for {value}" for value, name in sorted(seen.items()))
            raise UserError(f"findings of more than one {what} can't share a document ({told}); run the reviews again")
    return reviews


def _read(folder: Path) -> Review:
    path = folder / "findings.json"
    where = f"{folder.name}/findings.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{where} is missing; run: selfassess review {folder.name}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{where} can't be read ({error}); run: selfassess review {folder.name} --force") from None
    if found.get("review") != folder.name or not NAME.fullmatch(folder.name):
        raise UserError(f"{where} says it is the review '{found.get('review')}', not '{folder.name}'; run it again")
    _check_names(found, where, folder.name)
    return Review(
        name=folder.name,
        folder=folder,
        title=found.get("title") or folder.name,
        authority=str(found.get("authority", "")),
        quarter=str(found.get("quarter", "")),
        audience=str(found.get("audience", "")),
        simulated=bool(found.get("simulated", False)),
        available=bool(found.get("available", True)),
        needs=tuple(found.get("needs", ())),
        question=found.get("question") or "",
        deliveries=tuple(found.get("deliveries", ())),
        values=found.get("values", {}),
        figures=found.get("figures", {}),
        tables=found.get("tables", {}),
        statements={name: _sentence(said) for name, said in found.get("statements", {}).items()},
        story=tuple(found.get("story", ())),
        lists=found.get("lists", {}),
    )


def _sentence(statement) -> str:
    return str(statement.get("text", "")) if isinstance(statement, Mapping) else str(statement)


def _check_names(found: Mapping, where: str, review: str) -> None:
    """Names become paths, labels and keys of other files, so they are held to a narrow form."""
    for name in [*found.get("values", {}), *found.get("statements", {})]:
        if not VALUE_NAME.fullmatch(name):
            raise UserError(f"{where}: '{name}' can't name a value; use small letters, digits, _ and dots")
    for label in [*found.get("figures", {}), *found.get("tables", {})]:
        if not LABEL.fullmatch(label) or not label[4:].startswith(review):
            kind = "fig" if label in found.get("figures", {}) else "tbl"
            raise UserError(f"{where}: label '{label}' must start with {kind}-{review}- and use small letters and -")
    for name, listed in found.get("lists", {}).items():
        if not NAME.fullmatch(name) or listed.get("file") != f"lists/{name}.csv":
            raise UserError(f"{where}: '{name}' can't name a list; use small letters and -, and run the review again")
    for label, figure in found.get("figures", {}).items():
        if not PICTURE.fullmatch(str(figure.get("svg", ""))):
            raise UserError(f"{where}: {label} has no picture beside it; run the review again")
