"""Acronyms: those that a document uses, and those that its glossary defines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.publishing.sources import Source

GLOSSARY = "report/sections/glossary.qmd"
# Two capitals or more, with digits and small letters as names have them: MASH, SSDA903, DfE, EHCPs.
ACRONYM = re.compile(r"(?<![\w.#@])(?:[A-Z][a-z]?[A-Z]+|[A-Z]{2,}|[A-Z]&[A-Z])\d*(?=s?(?!\w))")
_SHORTCODE = re.compile(r'\[\]\{\.shortcode name="(?P<name>\w+)" key="(?P<key>[\w.-]+)"\}')
_NOT_WORDS = re.compile(r"\{[#.][^}]*\}|(?<=\])\{[^}]*\}|(?<=\])\([^)]*\)|@(?:fig|tbl|sec)-[\w-]+|`[^`]*`|https?://\S+")
# A glossary's entry: the term on a line, `:` and what it means on the next.
_ENTRY = re.compile(r"^(?P<term>\S[^\n]*)\n(?:\n)?:\s+\S", re.MULTILINE)


@dataclass(frozen=True)
class Used:
    acronym: str
    file: str
    line: int


def used(source: Source, values: Mapping[str, str]) -> Iterator[Used]:
    """Every acronym on the pages of a document outside its glossary, the first time that it stands there.

    `values` are the texts of bound values and sentences, which have acronyms of their own.
    """
    seen = set()
    for line in source.lines:
        if line.file == GLOSSARY:
            continue
        words = _SHORTCODE.sub(lambda match: values.get(match["key"], ""), line.text)
        for found in ACRONYM.findall(_NOT_WORDS.sub(" ", words)):
            if found not in seen:
                seen.add(found)
                yield Used(found, line.file, line.number)


def defined(glossary: str) -> dict[str, int]:
    """The acronyms that a glossary's text defines, with their lines."""
    return {
        found: glossary.count("\n", 0, entry.start()) + 1
        for entry in _ENTRY.finditer(glossary)
        for found in ACRONYM.findall(entry["term"])
    }
