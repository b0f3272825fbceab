"""Finds the claims in a source: `[words]{.claim …}`, each with the file and line where it stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.publishing.claims.kinds import Claim
from analysis.publishing.sources import Source

_CLOSE = re.compile(r"\]\{\s*\.claim\b(?P<attributes>[^}]*)\}")
_ATTRIBUTE = re.compile(r"""([A-Za-z][\w-]*)=(?:"([^"]*)"|'([^']*)'|([^\s"'}]+))""")
_SHORTCODE = re.compile(r'\[\]\{\.shortcode name="(?P<name>\w+)" key="(?P<key>[\w.-]+)"\}')
_MARKUP = re.compile(r"\[(?P<words>[^\[\]]*)\](?:\{[^}]*\}|\([^)]*\))|[*_`]|\[?-?@[\w-]+\]?")
# Further back than this there is no opening bracket: the claim is broken.
_LONGEST = 4000


@dataclass(frozen=True)
class Placed:
    """A claim where it stands. `file` is relative to the project."""

    claim: Claim
    file: str
    line: int


def claims_in(source: Source, values: Mapping[str, str] | None = None) -> Iterator[Placed]:
    """Every claim of a document, includes followed, in order. `values` are the texts that its words may name."""
    text = source.text
    starts = [0]
    for line in source.lines:
        starts.append(starts[-1] + len(line.text) + 1)
    for match in _CLOSE.finditer(text):
        opening = _opening(text, match.start())
        if opening is None:
            continue
        line = source.lines[_line(starts, opening)]
        found = dict(_attributes(match))
        words = _plain(text[opening + 1 : match.start()], values or {})
        yield Placed(Claim(words, tuple(sorted(found.items()))), line.file, line.number)


def _attributes(match: re.Match) -> Iterator[tuple[str, str]]:
    for name, *parts in _ATTRIBUTE.findall(match["attributes"]):
        yield (name, next((part for part in parts if part), ""))


def _opening(text: str, close: int) -> int | None:
    """Where the bracket opens that closes at `close`."""
    depth = 0
    for at in range(close, max(close - _LONGEST, -1), -1):
        if text[at] == "]" and (at == 0 or text[at - 1] != "\\"):
            depth += 1
        elif text[at] == "[" and (at == 0 or text[at - 1] != "\\"):
            depth -= 1
            if depth == 0:
                return at
    return None


def _line(starts: list[int], offset: int) -> int:
    return bisect_right(starts, offset) - 1


def _plain(words: str, values: Mapping[str, str]) -> str:
    shown = _SHORTCODE.sub(lambda match: values.get(match["key"], "…"), words)
    while (bare := _MARKUP.sub(lambda match: match["words"] or "", shown)) != shown:
        shown = bare
    return " ".join(shown.split())
