"""Before rendering: every claim of the documents is judged, and laid out beside the values for the pages to show.

After it: what a document used, as its register and as what the gate must see.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from analysis.publishing import sources
from analysis.publishing.claims import Claim, Placed, Verdict, claims_in
from analysis.publishing.promote import Promoted
from analysis.publishing.register import entries, table
from analysis.reference.project import UserError

EDITION = Path("report") / "edition.toml"
Judged = tuple[tuple[Placed, Verdict], ...]
Judging = Callable[[Claim], Verdict]


def untested(claim: Claim) -> Verdict:
    """The verdict where no records are at hand."""
    return Verdict(claim, False, "no records were at hand to test it on")


def judged(home: Path, documents: Mapping[str, str], promoted: Promoted, judge: Judging) -> dict[str, Judged]:
    """Every claim of each document (name to source) with its verdict, hidden ones included."""
    return {
        name: tuple((one, judge(one.claim)) for one in claims_in(sources.read(source, home), promoted.texts))
        for name, source in documents.items()
    }


def lay_out(promoted: Promoted, found: Mapping[str, Judged]) -> None:
    """Writes what the pages show of claims beside what findings gave."""
    every = [one for judged in found.values() for one in judged]
    entries.write(promoted.into, entries.CLAIMS, entries.of_claims(every))


def shown(found: Judged, used: Iterable[tuple[str, str]]) -> Judged:
    """The claims that a document shows: not those that hide in this edition, or for this audience."""
    keys = {name for kind, name in used if kind == "claim"}
    return tuple(one for one in found if one[0].claim.key in keys)


def register(home: Path, documents: Mapping[str, str], promoted: Promoted, found: Mapping[str, Judged],
             used: Mapping[str, Sequence[tuple[str, str]]]) -> Iterator[dict]:  # fmt: skip
    """The rows of evidence.csv for all documents, in their order."""
    for name, source in documents.items():
        uses = [table.Use(*one) for one in used.get(name, ())]
        yield from table.rows(name, sources.read(source, home), uses, promoted, found.get(name, ()))


def is_edition(home: Path, authority: str, quarter: str) -> bool:
    """Whether the narrative was written for this authority and quarter: report/edition.toml says for which it was.

    A project without the file is always of its own edition. Raises UserError for a file that can't be read.
    """
    path = home / EDITION
    if not path.exists():
        return True
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
        return (str(held["authority"]), str(held["quarter"])) == (str(authority), str(quarter))
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise UserError(f"{EDITION.as_posix()} needs authority and quarter: {error}") from None
