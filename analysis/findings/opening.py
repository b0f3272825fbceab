"""Opens a review: checks its parameters, and finds the records that they ask for."""

from __future__ import annotations

import os
from pathlib import Path

from analysis.disclosure import AUDIENCES
from analysis.findings.bundle import check_review_name
from analysis.findings.metadata import missing_returns, notebooks_folder, read_notebook
from analysis.findings.review import Review
from analysis.records.history import History
from analysis.reference import project
from analysis.reference.calendar import Quarter
from analysis.reference.project import UserError, Workspace


def data_folder() -> Path:
    """The project's `data/`, or what SELFASSESS_DATA names (the pipeline sets it)."""
    return Path(os.environ.get("SELFASSESS_DATA") or Workspace().data)


def open_review(name: str, *, authority: str, quarter: str, audience: str) -> Review:
    """The first call of every review's notebook.

    `name` is the notebook's own, without `.ipynb`; the others are its parameters. Raises UserError, in a
    sentence, for an unknown authority, a quarter that isn't one or has no delivery, an audience that the review
    isn't for, or a return that it needs and nobody has delivered.
    """
    check_review_name(name)
    body = project.authority(str(authority))
    try:
        asked = Quarter.parse(quarter)
    except ValueError as error:
        raise UserError(str(error)) from None
    path = notebooks_folder() / f"{name}.ipynb"
    about = read_notebook(path) if path.is_file() else None
    allowed = about.audiences if about else AUDIENCES
    if audience not in allowed:
        raise UserError(f"'{audience}' is not an audience of {name}; it is one of {', '.join(allowed)}")
    history = History.open(Workspace(data_folder()).store, body.code)
    known = history.known_by(asked)
    if asked not in history.quarters:
        held = f"{history.quarters[0]} to {history.quarters[-1]}"
        raise UserError(
            f"there is no delivery for {asked} (deliveries held: {held}); ingest it, or choose another quarter"
        )
    absent = missing_returns(about, known) if about else []
    if absent:
        raise UserError(f"{name} needs {'; '.join(absent)}, which no delivery up to {asked} has brought")
    review = Review(name, body, asked, audience, known, history=history, about=about)
    review.opened()
    return review
