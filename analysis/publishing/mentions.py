"""What narrative names of the findings, and whether the audience that a publication is for will see it.

Quarto follows every include and reads every value, also in a block that it then hides from the audience. So what stands
only there must have a stand-in, while a name that is seen and leads nowhere is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from analysis.publishing.documents import FOLDER, documents_for

# Folders of build/current that are no reviews.
ABOUT, COMMENTARY = "about", "commentary"
_VAR = re.compile(r"\{\{<\s*var\s+([a-z0-9_]+)\.([a-z0-9_.]+)\s*>\}\}")
_INCLUDE = re.compile(r"^\s*\{\{<\s*include\s+(?P<path>\S+?)\s*>\}\}\s*$")
_FOUND = re.compile(r"/build/current/(?P<review>[a-z0-9-]+)/(?P<name>[a-z0-9-]+)\.md")
_FENCE = re.compile(r"^\s*:{3,}\s*(?P<about>.*?)\s*$")
_PROFILE = re.compile(r"""\b(?P<sense>when|unless)-profile=["']?(?P<profile>[\w-]+)""")
_OTHER = re.compile(r"\b(?:when|unless)-(?:meta|format)=")

Names = dict[str, set[str]]


@dataclass
class Mentions:
    """`values` by review's variable and `snippets` by review, wherever they are named; `seen` those of both (as
    `review` names) that the audience's documents show, `seen_snippets` which of the snippets."""

    values: Names = field(default_factory=dict)
    snippets: Names = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    seen_snippets: Names = field(default_factory=dict)

    def hidden_snippets(self, review: str) -> set[str]:
        return self.snippets.get(review, set()) - self.seen_snippets.get(review, set())


def commentary(home: Path, quarter: str, area: str) -> str:
    """Where a service manager's comment on an area is written (relative to the project)."""
    return f"{FOLDER}/commentary/{quarter}/{area}.md"


def mentions(home: Path, audience: str, quarter: str) -> Mentions:
    """What the sources of the project at `home` name."""
    found = Mentions()
    reached: set[tuple[str, bool]] = set()
    for document in documents_for(home, audience).values():
        _walk(home, document, audience, quarter, False, reached, found)
    seen = {path for path, _ in reached}
    for path in sorted((home / FOLDER).rglob("*.qmd")):
        relative = path.relative_to(home).as_posix()
        if relative not in seen:
            _walk(home, relative, audience, quarter, True, reached, found)
    return found


def _walk(home: Path, file: str, audience: str, quarter: str, hidden: bool, reached: set, found: Mentions) -> None:
    """Notes what a file names, and the files that it includes. Where one includes itself, the reader says so."""
    if (file, hidden) in reached or not (home / file).is_file():
        return
    reached.add((file, hidden))
    for line, concealed in _lines((home / file).read_text(encoding="utf-8"), audience):
        away = hidden or concealed
        for variable, name in _VAR.findall(line):
            found.values.setdefault(variable, set()).add(name)
            found.seen |= set() if away else {variable.replace("_", "-")}
        included = _INCLUDE.match(line)
        if not included:
            continue
        path = included["path"]
        if match := _FOUND.fullmatch(path):
            review, name = match["review"], match["name"]
            found.snippets.setdefault(review, set()).add(name)
            if not away:
                found.seen_snippets.setdefault(review, set()).add(name)
                found.seen |= {review} - {ABOUT, COMMENTARY}
            if review == COMMENTARY:
                _walk(home, commentary(home, quarter, name), audience, quarter, away, reached, found)
        elif path.startswith("/"):
            _walk(home, path[1:], audience, quarter, away, reached, found)
        else:
            # Quarto takes it from the document's folder, also inside an included file.
            _walk(home, f"{FOLDER}/{path}", audience, quarter, away, reached, found)


def _lines(text: str, audience: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it stands in a block that this audience doesn't see."""
    open_blocks: list[bool] = []
    for line in text.split("\n"):
        fence = _FENCE.match(line)
        if fence and fence["about"]:
            open_blocks.append(_conceals(fence["about"], audience))
        elif fence and open_blocks:
            open_blocks.pop()
        yield line, any(open_blocks)


def _conceals(about: str, audience: str) -> bool:
    """Whether a block's attributes hide it from the audience, whatever else they ask."""
    tests = [(match["profile"] == audience) == (match["sense"] == "when") for match in _PROFILE.finditer(about)]
    if not tests:
        return False
    if ".content-hidden" in about:
        return all(tests) and not _OTHER.search(about)
    return ".content-visible" in about and not all(tests)
