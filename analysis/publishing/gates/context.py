"""What gates look at, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.publishing.claims import Placed, Verdict
from analysis.publishing.promote import Promoted
from analysis.publishing.sources import Fault


@dataclass(frozen=True, order=True)
class Failure:
    """Why a document can't be published: at a line of a source, or somewhere in an output (line 0)."""

    gate: str
    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


@dataclass(frozen=True)
class Context:
    """A publication before it is published.

    `home` is the staged project; `outputs` the folder of finished files; `documents` gives each document's files
    in it; `faults` what the sources leave unresolved, by document; `identifiers` the authority's own child and
    worker identifiers, none of which may appear; `claims` each document's, judged.
    """

    home: Path
    outputs: Path
    promoted: Promoted
    documents: Mapping[str, tuple[str, ...]]
    faults: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)
    identifiers: frozenset[str] = frozenset()
    draft: bool = False
    claims: Mapping[str, tuple[tuple[Placed, Verdict], ...]] = field(default_factory=dict)

    def files(self, *suffixes: str) -> Iterator[tuple[str, Path]]:
        """Every output file, by its name in the publication, of these suffixes (all, without any)."""
        for names in self.documents.values():
            for name in names:
                path = self.outputs / name
                if not suffixes or path.suffix in suffixes:
                    yield name, path
