"""The small Markdown files that narrative includes: a figure, a table, a notice of a missing return, the data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from analysis.publishing.findings_folders import Review
from analysis.publishing.text import markdown, one_line
from analysis.reference import calendar
from analysis.reference.calendar import Quarter
from analysis.reference.sign_off import SignOff

_RANGE = re.compile(r"[−-]?[\d.,]+%? to [−-]?[\d.,]+%?")
# Characters that fit across a page of Word's, its cells' margins counted, and the margins of one cell.
_PAGE, _MARGINS = 104, 3


def figure(review: Review, label: str, found: Mapping) -> str:
    """An image with caption, label and alternative text. Its path has no extension: HTML and PDF take the SVG
    and Word the PNG."""
    caption, alternative = markdown(found.get("caption", "")), markdown(found.get("alt", ""))
    return f'![{caption}](/build/current/{review.name}/{label}){{#{label} fig-alt="{alternative}"}}\n'


def table(label: str, found: Mapping) -> str:
    """A pipe table with caption and label. Dashes give the columns' relative widths where the table must wrap."""
    columns = [one_line(column) for column in found["columns"]]
    rows = [[one_line(cell) for cell in row] for row in found["rows"]]
    align = list(found.get("align") or ["left"] * len(columns))
    widths = _widths([[name, *(row[at] for row in rows)] for at, name in enumerate(columns)])
    lines = [
        _row(columns),
        "|" + "|".join(_rule(side, width) for side, width in zip(align, widths, strict=True)) + "|",
        *(_row(row) for row in rows),
        "",
        f": {markdown(found.get('caption', ''))} {{#{label}}}",
    ]
    return "\n".join(lines) + "\n"


def _widths(columns: list[list[str]]) -> list[int]:
    """Relative widths. Cells that all fit on a line keep it. Otherwise every column has room for its longest word, and
    each character that is left goes to where it makes the most rows shorter. The first cell of each column is its
    heading, which is bold and wider for it."""
    wished = [max(map(len, cells)) + _MARGINS for cells in columns]
    words = [
        _MARGINS + max(len(word) * (1.1 if place else 1.15) for place, cell in enumerate(cells) for word in _unbroken(cell))
        for cells in columns
    ]  # fmt: skip
    if sum(wished) <= _PAGE:
        return [round(max(wish, word)) for wish, word in zip(wished, words, strict=True)]
    widths = list(words)
    rows = [[len(cell) for cell in row] for row in zip(*columns, strict=True)]
    for _ in range(round(_PAGE - sum(words))):
        gained = [0.0] * len(widths)
        for row in rows:
            height, at = max((length / (widths[at] - _MARGINS), at) for at, length in enumerate(row))
            gained[at] += height / widths[at]
        widths[gained.index(max(gained))] += 1
    return [round(width) for width in widths]


def _unbroken(cell: str) -> list[str]:
    return [cell] if _RANGE.fullmatch(cell) else cell.split() or ["–"]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(cell: str) -> str:
    """A range of two numbers stays on one line."""
    written = markdown(cell)
    return written.replace(" ", "\u00a0") if _RANGE.fullmatch(cell) else written


def _rule(side: str, width: int) -> str:
    dashes = "-" * width
    return {"right": f"{dashes}:", "center": f":{dashes}:"}.get(side, f":{dashes}")


def needs(review: Review) -> str:
    """The notice that stands where a section's return was never delivered."""
    wanted = markdown(_listed(_gathered(review.needs)) or "a return that has not been delivered")
    return (
        '::: {.callout-note title="This section waits for its data"}\n'
        f"It needs {wanted}. When that is delivered, the section appears with the next edition.\n"
        ":::\n"
    )


def sign_off(approved: SignOff | None) -> str:
    """The approval of this edition; nothing where there is none."""
    if approved is None:
        return "\n"
    return (
        '::: {.callout-note title="Approval"}\n'
        f"Approved by the {markdown(approved.body)} on {calendar.words(approved.date)}. "
        f"Signed off by the {markdown(approved.role)}.\n:::\n"
    )


def no_comment(path: str, audience: str) -> str:
    """What stands in a slot for a service manager's comment when there is none; officers are told where to write."""
    where = f" To add one, write it in `{path}`." if audience == "internal" else ""
    return f"No comment has been written for this quarter.{where}\n"


def _gathered(needs: Iterable[str]) -> list[str]:
    """Needs of one return said once: `Annex A (referrals)` and `Annex A (contacts)` are one."""
    parts: dict[str, list[str]] = {}
    for need in needs:
        name, _, what = need.removesuffix(")").partition(" (")
        parts.setdefault(name, []).append(what)
    return [f"{name} ({_listed(whats)})" if all(whats) else name for name, whats in parts.items()]


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1] if parts else ""


def _words(quarter: str) -> str:
    try:
        return Quarter.parse(quarter).words
    except ValueError:
        return quarter


def about_the_data(reviews: Iterable[Review]) -> str:
    """Which reviews stand on which deliveries, as one table: those that stand on the same share a row."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for review in reviews:
        quarters = [str(delivery.get("quarter", "")) for delivery in review.deliveries]
        if review.available and quarters:
            latest = max(review.deliveries, key=lambda delivery: str(delivery.get("quarter", "")))
            first, last = _words(min(quarters)), _words(max(quarters))
            stands_on = (str(len(quarters)), first, last, str(latest.get("id", ""))[:12] or "–")
            rows.setdefault(stands_on, []).append(review.title)
        elif review.available:
            rows.setdefault(("0", "–", "–", "–"), []).append(review.title)
        else:
            waits = f"{review.title}: waits for {_listed(_gathered(review.needs))}"
            rows.setdefault(("–", "–", "–", "–"), []).append(waits)
    return table(
        "tbl-about-data",
        {
            "caption": "The deliveries that each part of this document stands on",
            "columns": ["Reviews", "Deliveries", "First", "Latest", "Latest delivery's mark"],
            "rows": [["; ".join(titles), *stands_on] for stands_on, titles in rows.items()],
            "align": ["left", "right", "left", "left", "left"],
        },
    )
