"""The small Markdown files that narrative includes: a figure, a table, a notice of a missing return, the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analysis.publishing import wording
from analysis.publishing.findings_folders import Review
from analysis.publishing.text import markdown, one_line

_WIDEST_COLUMN, _NARROWEST_COLUMN = 36, 10


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
    widths = [
        min(max([_NARROWEST_COLUMN, len(name), *(len(row[at]) for row in rows)]) + 3, _WIDEST_COLUMN)
        for at, name in enumerate(columns)
    ]
    lines = [
        _row(columns),
        "|" + "|".join(_rule(side, width) for side, width in zip(align, widths, strict=True)) + "|",
        *(_row(row) for row in rows),
        "",
        f": {markdown(found.get('caption', ''))} {{#{label}}}",
    ]
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(markdown(cell) for cell in cells) + " |"


def _rule(side: str, width: int) -> str:
    dashes = "-" * width
    return {"right": f"{dashes}:", "center": f":{dashes}:"}.get(side, f":{dashes}")


def needs(review: Review) -> str:
    """The notice that stands where a section's return was never delivered."""
    wanted = _listed([markdown(need) for need in review.needs]) or "a return that has not been delivered"
    return (
        '::: {.callout-note title="This section waits for its data"}\n'
        f"It needs {wanted}. When that is delivered, the section appears with the next edition.\n"
        ":::\n"
    )


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1] if parts else ""


def about_the_data(reviews: Iterable[Review]) -> str:
    """Which reviews stand on which deliveries, as one table."""
    rows = []
    for review in reviews:
        if review.available:
            quarters = sorted({str(delivery.get("quarter", "")) for delivery in review.deliveries} - {""})
            kinds = sorted({kind for delivery in review.deliveries for kind in _kinds(delivery)})
            names = _listed([wording.RETURN_NAMES.get(kind, kind) for kind in kinds])
            span = quarters[0] if len(quarters) == 1 else f"{quarters[0]} to {quarters[-1]}" if quarters else ""
            rows.append([review.title, names or "as delivered", span or "not recorded", str(len(review.deliveries))])
        else:
            rows.append([review.title, f"waits for {_listed(list(review.needs))}", "none", "0"])
    return table(
        "tbl-about-data",
        {
            "caption": "What each part of this document stands on",
            "columns": ["Review", "Returns", "Delivered in quarters", "Deliveries"],
            "rows": rows,
            "align": ["left", "left", "left", "right"],
        },
    )


def _kinds(delivery: Mapping) -> list[str]:
    found = delivery.get("kinds") or delivery.get("returns") or delivery.get("kind") or ()
    return [found] if isinstance(found, str) else [one["kind"] if isinstance(one, Mapping) else one for one in found]
