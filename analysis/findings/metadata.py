"""What a review's notebook says of itself, in its metadata and its parameters cell."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from analysis.disclosure import AUDIENCES
from analysis.findings.bundle import check_review_name
from analysis.records.tables import TABLES
from analysis.reference.project import ROOT, UserError

# Every review takes these; any other parameter is the review's own option.
REQUIRED_PARAMETERS = ("authority", "quarter", "audience")
_FIELDS = frozenset({"title", "question", "audiences", "needs", "order"})


@dataclass(frozen=True)
class Need:
    """A canonical table that the review can't do without, and the return that carries it, in words."""

    table: str
    returns: str


@dataclass(frozen=True)
class ReviewNotebook:
    """A review as its notebook describes it. `parameters` are the defaults of the tagged cell; `cells` the parsed JSON."""

    name: str
    path: Path
    title: str
    question: str
    audiences: tuple[str, ...]
    needs: tuple[Need, ...]
    order: int
    parameters: Mapping[str, object]
    cells: tuple[Mapping, ...]


def notebooks_folder() -> Path:
    """`notebooks/` of the project, or what SELFASSESS_NOTEBOOKS names."""
    return Path(os.environ.get("SELFASSESS_NOTEBOOKS") or ROOT / "notebooks")


def read_notebook(path: Path) -> ReviewNotebook:
    """Reads and checks a review's notebook. Raises UserError, a sentence with the notebook's name, for any fault."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        cells = tuple(held["cells"])
        about = held["metadata"].get("selfassess")
    except FileNotFoundError:
        raise UserError(f"there is no notebook {path.name} in {path.parent.name}/") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UserError(f"{path.name} is not a notebook that can be read; open it in JupyterLab and save it") from None
    if not isinstance(about, dict):
        raise UserError(
            f"{path.name} has no 'selfassess' metadata; add title, question, audiences, needs and order "
            "(JupyterLab: property inspector, notebook metadata)"
        )
    absent, unknown = sorted(_FIELDS - set(about)), sorted(set(about) - _FIELDS)
    if absent or unknown:
        wrong = [f"lacks {', '.join(absent)}"] * bool(absent) + [f"doesn't know {', '.join(unknown)}"] * bool(unknown)
        raise UserError(f"{path.name}: its 'selfassess' metadata {' and '.join(wrong)}")
    strange = [a for a in about["audiences"] if a not in AUDIENCES]
    if strange or not about["audiences"]:
        raise UserError(f"{path.name}: audiences must be of {', '.join(AUDIENCES)}, not {', '.join(strange) or 'none'}")
    return ReviewNotebook(
        name=check_review_name(path.stem),
        path=path,
        title=str(about["title"]),
        question=str(about["question"]),
        audiences=tuple(about["audiences"]),
        needs=tuple(_need(path, entry) for entry in about["needs"]),
        order=int(about["order"]),
        parameters=MappingProxyType(_parameters(path, cells)),
        cells=cells,
    )


def missing_returns(review: ReviewNotebook, known) -> list[str]:
    """The returns, in words, that the review needs and no delivery so far has brought."""
    return list(dict.fromkeys(need.returns for need in review.needs if not known.carries(need.table)))


def source_of(cell: Mapping) -> str:
    """A cell's source as one text: the format allows a list of lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def tags_of(cell: Mapping) -> tuple[str, ...]:
    return tuple(cell.get("metadata", {}).get("tags", ()))


def _need(path: Path, entry: object) -> Need:
    if not isinstance(entry, dict) or set(entry) != {"table", "return"} or entry.get("table") not in TABLES:
        raise UserError(f"{path.name}: each need is a canonical table and the return that carries it, not {entry!r}")
    return Need(entry["table"], str(entry["return"]))


def _parameters(path: Path, cells: tuple[Mapping, ...]) -> dict[str, object]:
    tagged = [cell for cell in cells if cell.get("cell_type") == "code" and "parameters" in tags_of(cell)]
    if len(tagged) != 1:
        raise UserError(
            f"{path.name} needs one code cell tagged 'parameters', with {', '.join(REQUIRED_PARAMETERS)}; "
            f"it has {len(tagged) or 'none'}"
        )
    try:
        statements = ast.parse(source_of(tagged[0])).body
    except SyntaxError as error:
        raise UserError(f"{path.name}: its parameters cell isn't Python (line {error.lineno}: {error.msg})") from None
    found: dict[str, object] = {}
    for statement in statements:
        named = isinstance(statement, ast.Assign) and len(statement.targets) == 1
        if not named or not isinstance(statement.targets[0], ast.Name):
            raise UserError(f"{path.name}: line {statement.lineno} of its parameters cell is not `name = value`")
        try:
            found[statement.targets[0].id] = ast.literal_eval(statement.value)
        except ValueError:
            raise UserError(
                f"{path.name}: the parameter '{statement.targets[0].id}' must be a plain value (text, number, list), "
                "so that it can be replaced"
            ) from None
    absent = [name for name in REQUIRED_PARAMETERS if name not in found]
    if absent:
        raise UserError(f"{path.name}: its parameters cell lacks {', '.join(absent)}")
    return found
