"""Finds the reviews, and checks what they are to be run with before anything is started."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis.findings.metadata import REQUIRED_PARAMETERS, ReviewNotebook, notebooks_folder, read_notebook
from analysis.reference.project import UsageError


def find_reviews(folder: Path | None = None, names: Iterable[str] | None = None) -> tuple[ReviewNotebook, ...]:
    """Every review in the folder (`notebooks/`), or those named, in their own order.

    Raises UsageError for a name that no notebook has, UserError for a notebook that isn't a review.
    """
    home = folder or notebooks_folder()
    paths = {path.stem: path for path in sorted(home.glob("*.ipynb"))}
    wanted = list(dict.fromkeys(names)) if names else list(paths)
    unknown = [name for name in wanted if name not in paths]
    if unknown:
        raise UsageError(f"there is no review '{unknown[0]}'; there are: {', '.join(paths) or 'none'}")
    found = [read_notebook(paths[name]) for name in wanted]
    return tuple(sorted(found, key=lambda review: (review.order, review.name)))


def resolve(review: ReviewNotebook, given: Mapping[str, object]) -> dict[str, object]:
    """All parameters of a run: what is given, and the notebook's defaults for its own options.

    Papermill only warns of a parameter that the notebook doesn't know, and says nothing of one left at a
    default by mistake. Raises UsageError for an unknown one, for authority, quarter or audience missing, and
    for a value of another kind than the default's.
    """
    unknown = [name for name in given if name not in review.parameters]
    if unknown:
        raise UsageError(f"{review.name} has no parameter '{unknown[0]}'; it has: {', '.join(review.parameters)}")
    absent = [name for name in REQUIRED_PARAMETERS if name not in given]
    if absent:
        raise UsageError(f"{review.name} must be given {', '.join(absent)}")
    for name, value in given.items():
        default = review.parameters[name]
        if default is not None and not isinstance(value, type(default)):
            kind, wanted = type(value).__name__, type(default).__name__
            raise UsageError(
                f"{review.name}: the parameter '{name}' is {kind} {value!r}; its default is of kind {wanted}"
            )
    return {**review.parameters, **given}
