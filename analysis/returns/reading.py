"""Reads a delivery: opens its files, lets each reader claim what it recognises, accounts for the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.records.delivery import NOTED, Problem, Reading, Return, RowCount
from analysis.reference.calendar import Quarter
from analysis.returns.sources import Sheet, XmlDocument, files_of, open_files


@dataclass(frozen=True)
class Context:
    """What is known before reading: the quarter that the delivery is for (None: to be worked out from the content)."""

    quarter: Quarter | None


@dataclass(frozen=True)
class Reader:
    """A reader of one kind of return.

    `claims(piece)` says by content alone whether a sheet or XML document is this return's.
    `read(pieces, context)` turns all the claimed pieces of one delivery into returns (SSDA903: one a year).
    A claim on a non-data sheet (a cover, guidance) is made by returning it among the claimed and counting no rows.
    """

    kind: str
    title: str
    claims: Callable[[Sheet | XmlDocument], bool]
    read: Callable[[Sequence[Sheet | XmlDocument], Context], tuple[Return, ...]]


def readers() -> tuple[Reader, ...]:
    """Every reader, in the order in which they are asked."""
    from analysis.returns import annex_a, cin_census, local, ssda903, workforce_census

    return tuple(module.READER for module in (ssda903, annex_a, cin_census, workforce_census, local))


def read_delivery(paths: Iterable[Path], quarter: Quarter | None = None) -> Reading:
    """Reads the files and folders of a delivery. Never raises for bad content: that is in `Reading.problems`.

    Raises FileNotFoundError for a path that doesn't exist.
    """
    opened = open_files(files_of(paths))
    known = readers()
    claimed: dict[str, list[Sheet | XmlDocument]] = {reader.kind: [] for reader in known}
    problems = list(opened.problems)
    counts: list[RowCount] = []
    for piece in (*opened.sheets, *opened.documents):
        reader = next((r for r in known if r.claims(piece)), None)
        if reader:
            claimed[reader.kind].append(piece)
            continue
        rows = len(piece.rows) if isinstance(piece, Sheet) else 0
        if isinstance(piece, Sheet) and not any(str(cell).strip() for row in piece.rows for cell in row):
            continue
        problems.append(
            Problem(
                NOTED, "not-recognised", piece.file.name, "its content matches no return that is known here",
                "take it out of the delivery, or check its headers against the return's layout",
                sheet=piece.name if isinstance(piece, Sheet) else "",
            )
        )  # fmt: skip
        counts.append(RowCount(piece.file.name, getattr(piece, "name", ""), "not recognised", rows, 0, rows))
    context = Context(quarter)
    returns = tuple(r for reader in known if claimed[reader.kind] for r in reader.read(claimed[reader.kind], context))
    return Reading(returns, tuple(problems), tuple(counts))
