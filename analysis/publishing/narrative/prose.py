"""The words of a narrative source, with all markup blanked out but every character in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CODE = re.compile(r"^(?P<fence>`{3,}|~{3,})[^\n]*\n.*?^(?P=fence)[^\n]*$", re.MULTILINE | re.DOTALL)
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_TITLE = re.compile(r"^(?:sub)?title:\s*(?P<words>.+)$", re.MULTILINE)
_MARKUP = (
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"\{\{<.*?>\}\}"),
    re.compile(r"^:{3,}.*$", re.MULTILINE),
    re.compile(r"(?<=\]|\))\{[^}\n]*(?:\n[^}\n]*)?\}"),
    re.compile(r"\{[#.][^}\n]*\}"),
    re.compile(r"(?<=\])\([^)\s]*\)"),
    re.compile(r"@(?:fig|tbl|sec)-[\w-]+"),
    re.compile(r"^\s*\d+[.)](?=\s)", re.MULTILINE),
    re.compile(r"`[^`\n]*`"),
    re.compile(r"https?://\S+"),
)


@dataclass(frozen=True)
class Prose:
    """`words` has a line end where the file has one, and a blank for each character of markup."""

    file: str
    raw: str
    words: str

    def line(self, offset: int) -> int:
        return self.raw.count("\n", 0, offset) + 1


def sources(home: Path) -> Iterator[Path]:
    """The narrative that people wrote: documents, sections and comments, without what is made while rendering."""
    folder = home / "report"
    yield from sorted([*folder.glob("*.qmd"), *(folder / "sections").rglob("*.qmd"), *folder.glob("commentary/*/*.md")])


def read(home: Path) -> Iterator[Prose]:
    for path in sources(home):
        yield prose(path.relative_to(home).as_posix(), path.read_text(encoding="utf-8"))


def prose(file: str, raw: str) -> Prose:
    words = _CODE.sub(_blank, raw)
    if head := _FRONT_MATTER.match(words):
        kept = [match.span("words") for match in _TITLE.finditer(head[0])]
        words = "".join(c if c == "\n" or any(a <= at < b for a, b in kept) else " " for at, c in enumerate(head[0])) + words[head.end() :]  # fmt: skip
    for markup in _MARKUP:
        words = markup.sub(_blank, words)
    return Prose(file, raw, words)


def _blank(match: re.Match) -> str:
    return re.sub(r"[^\n]", " ", match[0])
