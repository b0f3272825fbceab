"""Does every comparator say what it is: whose, of which year, and how it is unlike the local figure beside it?"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.indicators import comparable
from analysis.publishing import reading
from analysis.publishing.findings_folders import Review
from analysis.publishing.gates.context import Context, Failure
from analysis.reference import benchmarks, project

NAME = "comparators"
FIGURE, WORDS = ".figure", ".words"
_VAR = re.compile(r"\{\{<\s*var\s+([a-z0-9_]+)\.([a-z0-9_.]+)\s*>\}\}")
# What isn't read: shortcodes, and the attributes of a claim, which name quarters of their own.
_UNREAD = re.compile(r"\{\{<.*?>\}\}|(?<=\])\{[^{}]*\}")
_YEAR = re.compile(r"\b20\d\d[-–/]\d\d\b")
# A number that a person typed: dates, years, section numbers, ages and the base of a rate are none.
_TYPED = re.compile(r"(?<![\w.,/-])\d[\d,]*(?:\.\d+)?\s*(?:%|per cent|per 10,000|for every 10,000|weeks\b|days\b)")
_COMPARED = re.compile(
    r"\b(?:England|English|national(?:ly)?|regional(?:ly)?|statistical neighbours?|comparators?)\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z*\[{])")


@dataclass(frozen=True)
class _Paragraph:
    file: str
    line: int
    text: str

    def line_of(self, token: str) -> int:
        return self.line + self.text[: max(self.text.find(token), 0)].count("\n")


def failures(context: Context) -> Iterator[Failure]:
    compared = {
        f"{review.variable}.{name}": value
        for review in context.promoted.reviews.values()
        for name, value in review.values.items()
        if value.get("comparator")
    }
    for review in context.promoted.reviews.values():
        yield from _of_findings(review)
    for paragraph in _paragraphs(context):
        yield from _of_paragraph(paragraph, compared)
        yield from _typed(paragraph)
    yield from _of_tables(context)


def _of_findings(review: Review) -> Iterator[Failure]:
    """A comparator whose own words don't say its year, or what the policy wants said, or that isn't the one in store."""
    for name, value in review.values.items():
        about = value.get("comparator")
        if not about or not about.get("published"):
            continue
        words = review.values.get(name.removesuffix(FIGURE) + WORDS, {}).get("text", "")
        local, published = (
            tuple(dt.date.fromisoformat(day) for day in about[which]) for which in ("local", "published")
        )
        where = f"findings of {review.name}"
        label = benchmarks.measure(about["measure"]).label(published[1].year)
        if label not in words:
            yield Failure(NAME, where, 0, f"the comparator {name} is for {label} and its words don't say so: '{words}'")
        wanted = comparable.period_clause(local, published)
        if wanted not in words:
            yield Failure(NAME, where, 0, f"the words of the comparator {name} must say '{wanted}'")
        if why := comparable.unlike(local, published):
            yield Failure(NAME, where, 0, f"the comparator {name} can't stand beside the local figure: {why}")


def _of_paragraph(paragraph: _Paragraph, compared: Mapping[str, Mapping]) -> Iterator[Failure]:
    named = {".".join(match) for match in _VAR.findall(paragraph.text)}
    for name in sorted(named & set(compared)):
        about, line = compared[name]["comparator"], paragraph.line_of(name)
        words = name.removesuffix(FIGURE) + WORDS
        if words not in named:
            yield Failure(NAME, paragraph.file, line, f"the comparator {name} stands without its year and what sets it apart; put {{{{< var {words} >}}}} in the same paragraph")  # fmt: skip
        for year in _YEAR.findall(_UNREAD.sub("", paragraph.text)):
            if about.get("year") and int(year[-2:]) != about["year"] % 100:
                yield Failure(NAME, paragraph.file, paragraph.line_of(year), f"the paragraph speaks of {year}, and {name} is of {about['label']}; let {words} say the year")  # fmt: skip


def _typed(paragraph: _Paragraph) -> Iterator[Failure]:
    places = {about.get("region", "") for about in project.settings().get("authority", {}).values()} - {""}
    for sentence in _SENTENCE.split(paragraph.text):
        bare = _UNREAD.sub("", sentence)
        if not (_COMPARED.search(bare) or any(place in bare for place in places)):
            continue
        for number in _TYPED.findall(bare):
            yield Failure(NAME, paragraph.file, paragraph.line_of(sentence[:20]), f"'{number.strip()}' is typed in a sentence that compares; name the comparator's figure and words")  # fmt: skip


def _of_tables(context: Context) -> Iterator[Failure]:
    """A table of comparators that reached a page without its notes."""
    for file, path in context.files(".html"):
        text = _plain(" ".join(reading.pages(path)))
        for review in context.promoted.reviews.values():
            for label, table in review.tables.items():
                notes = table.get("comparators", ())
                if not notes or _plain(table.get("caption", "")) not in text:
                    continue
                lost = [note for note in notes if _plain(note) not in text]
                if lost:
                    yield Failure(NAME, file, 0, f"the table {label} has lost what must be said of its comparators: '{lost[0]}'")  # fmt: skip


def _plain(text: str) -> str:
    """Spaces and quotation marks as they were before typesetting."""
    return " ".join(text.replace("’", "'").replace("‘", "'").split())


def _paragraphs(context: Context) -> Iterator[_Paragraph]:
    """Stretches of narrative between blank lines; an item of a list is one of its own."""
    for path in sorted((context.home / "report").rglob("*.qmd")):
        file = path.relative_to(context.home).as_posix()
        held: list[str] = []
        first = 1
        for number, line in enumerate([*path.read_text(encoding="utf-8").split("\n"), ""], 1):
            if held and (not line.strip() or re.match(r"\s*(?:[-*+]|\d+\.)\s", line)):
                yield _Paragraph(file, first, "\n".join(held))
                held = []
            if line.strip():
                first = number if not held else first
                held.append(line)
