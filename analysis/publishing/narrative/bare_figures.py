"""Figures that somebody typed: digits, counted things in words, shares and multiples, apart from what is allowed.

What is allowed, and what counts as a thing that is counted, stands in report/allowed-numbers.toml with reasons.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from analysis.publishing.narrative.prose import Prose
from analysis.reference.project import UserError

ALLOWED = Path("report") / "allowed-numbers.toml"
_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
          "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_BIG = r"(?:hundreds?|thousands?|millions?|dozens?)"
_SMALL = rf"(?:{'|'.join((*_TENS, *_UNITS[::-1]))})"
_NUMBER = rf"(?:(?:a\s+)?(?:{_SMALL}(?:[-\s]{_SMALL})?\s+)?{_BIG}(?:\s+(?:and\s+)?{_SMALL}(?:[-\s]{_SMALL})?)?|{_SMALL}(?:-{_SMALL})?)"
# One alone is hardly ever a count: "one child's story".
_COUNT = rf"(?!one\b){_NUMBER}"
_PARTS = r"(?:thirds?|quarters?|fifths?|sixths?|tenths?)"
_DIGITS = re.compile(r"£?(?<![\w.])\d[\d,]*(?:\.\d+)?(?:\s?%|\s?per\s?cent\b|[a-z]{0,3}\b)?")
_IN_WORDS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_NUMBER}\s+(?:in|out\s+of)\s+(?:every\s+)?{_NUMBER}\b",
        rf"\b{_NUMBER}(?:\s+and\s+a\s+half)?\s+(?:per\s?cent|percentage\s+points?)\b",
        rf"\b(?:a|one|two|three|four)[\s-]{_PARTS}\s+of\b",
        rf"\b(?:two|three|four)[\s-]{_PARTS}\b",
        r"\bhalf\s+(?:of|the|our|all|these|those|as)\b",
        r"\b(?:dozens|scores|hundreds|thousands)\s+of\b",
        r"\b(?:doubled|halved|trebled|tripled|quadrupled|two-?fold|three-?fold|ten-?fold)\b",
        rf"\b(?:twice|{_NUMBER}\s+times)\s+(?:as|the|more)\b",
    )
)
_HALF = {"half": 50.0}


@dataclass(frozen=True)
class Policy:
    """`allowed` spells what may be typed; `counted` are the things whose number in words is a figure."""

    allowed: tuple[tuple[re.Pattern, str], ...]
    counted: tuple[str, ...]
    examples: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Bare:
    file: str
    line: int
    text: str


def policy(home: Path) -> Policy:
    """What report/allowed-numbers.toml says; nothing is allowed where there is none. Raises UserError for a bad file."""
    path = home / ALLOWED
    return _policy(path.read_text(encoding="utf-8")) if path.exists() else Policy((), ("children", "families"))


@lru_cache(maxsize=8)
def _policy(text: str) -> Policy:
    try:
        held = tomllib.loads(text)
        entries = held.get("allowed", [])
        bare = [one for one in entries if not (one.get("pattern") and one.get("reason") and one.get("example"))]
        if bare:
            raise UserError(f"{ALLOWED.as_posix()}: {bare[0]} needs a pattern, an example and a reason")
        allowed = tuple((re.compile(one["pattern"].replace(" ", r"\s+")), one["reason"]) for one in entries)
    except (tomllib.TOMLDecodeError, re.error) as error:
        raise UserError(f"{ALLOWED.as_posix()} can't be read: {error}") from None
    examples = tuple((one["pattern"], one["example"]) for one in entries)
    return Policy(allowed, tuple(held.get("counted", ())), examples)


def bare_figures(source: Prose, by: Policy) -> Iterator[Bare]:
    """Every figure in a source's words that isn't allowed, in order. A claim's words may name the number it is bound to."""
    words = source.words
    free = [match.span() for allowed, _ in by.allowed for match in allowed.finditer(words)]
    bound = list(_bound(source))
    found: dict[int, tuple[int, str]] = {}
    for pattern in (*_IN_WORDS, _counted(by.counted), _DIGITS):
        for match in pattern.finditer(words):
            start, end = match.span()
            end = start + len(match[0].rstrip(" ,."))
            if any(first <= start and end <= last for first, last in free):
                continue
            if any(first < end and start < last for first, last in bound):
                continue
            if not any(first < end and start < last for first, (last, _) in found.items()):
                found[start] = (end, " ".join(match[0].rstrip(" ,.").split()))
    for start in sorted(found):
        yield Bare(source.file, source.line(start), found[start][1])


@lru_cache(maxsize=8)
def _counted(things: tuple[str, ...]) -> re.Pattern:
    listed = "|".join(re.escape(thing).replace(r"\ ", r"\s+") for thing in sorted(things, key=len, reverse=True))
    return re.compile(rf"\b{_COUNT}\s+(?:or\s+(?:more|fewer|less)\s+)?(?:of\s+(?:the|our|these|those|all)\s+)?(?:(?!(?:of|in|to|the|a|and|or|for)\b)[\w-]+\s+){{0,2}}(?:{listed})\b", re.IGNORECASE)  # fmt: skip


_CLAIM = re.compile(r"\[(?P<words>(?:[^\[\]]|\[[^\[\]]*\])*)\]\{\s*\.claim\b(?P<given>[^}]*)\}")
_VALUE = re.compile(r"""\b(?:value|target)=["']?(?P<value>-?\d+(?:\.\d+)?)""")


def _bound(source: Prose) -> Iterator[tuple[int, int]]:
    """Where a claim's words say the number that it is tested against: `[at least nine in ten]{… value="90"}`."""
    for match in _CLAIM.finditer(source.raw):
        given = _VALUE.search(match["given"])
        if not given:
            continue
        wanted, (start, end) = float(given["value"]), match.span("words")
        for pattern in (*_IN_WORDS, _DIGITS):
            for number in pattern.finditer(source.words, start, end):
                if (said := amount(number[0])) is not None and abs(said - wanted) < 0.5:
                    yield number.start(), number.start() + len(number[0].rstrip(" ,."))


def amount(text: str) -> float | None:
    """What a share or number in words or digits comes to: `nine in ten` 90, `two thirds of` 66.7, `1,200` 1200."""
    said = " ".join(text.lower().replace("-", " ").split()).removesuffix(" of")
    if digits := re.fullmatch(r"£?([\d,]+(?:\.\d+)?)\s?(?:%|per ?cent)?", said):
        return float(digits[1].replace(",", ""))
    if said.startswith("half"):
        return _HALF["half"]
    if share := re.fullmatch(r"(.+?) (?:in|out of)(?: every)? (.+)", said):
        top, under = _number(share[1]), _number(share[2])
        return 100 * top / under if top and under else None
    if part := re.fullmatch(r"(a|one|two|three|four) (third|quarter|fifth|sixth|tenth)s?", said):
        under = {"third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "tenth": 10}[part[2]]
        return 100 * (_number(part[1]) or 1) / under
    return _number(re.sub(r" (?:per ?cent|percentage points?)$", "", said))


def _number(words: str) -> float | None:
    numbers: Mapping[str, int] = {
        **{w: n for n, w in enumerate(_UNITS, 1)},
        **{w: 10 * n for n, w in enumerate(_TENS, 2)},
    }
    parts = words.split()
    if len(parts) in (1, 2) and all(part in numbers for part in parts):
        return float(sum(numbers[part] for part in parts))
    return 100.0 if words in ("hundred", "a hundred", "one hundred") else 1.0 if words == "a" else None
