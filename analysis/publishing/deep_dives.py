"""A review's deep-dive page: its notebook's story as a Quarto source, rendered like any other document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from analysis.publishing.findings_folders import Review
from analysis.publishing.text import markdown, one_line

FOLDER = Path("report") / "deep-dives"
# Where what the story tells comes from; a story that names no value has none.
_REGISTER = "\n# Where each figure comes from\n\n::: {.evidence-register}\n:::\n"
_HEADING = re.compile(r"^(#+)(?= )", re.MULTILINE)
_TITLE = re.compile(r"\A#\s+[^\n]*\n?")


def write(review: Review, home: Path) -> str | None:
    """Writes the page's source into the project at `home`; gives its path there, or None where there is no story."""
    if not review.available or not review.story:
        return None
    path = FOLDER / f"{review.name}.qmd"
    (home / path).parent.mkdir(parents=True, exist_ok=True)
    (home / path).write_text(source(review), encoding="utf-8", newline="\n")
    return path.as_posix()


def source(review: Review) -> str:
    front_matter = yaml.safe_dump({"title": markdown(review.title)}, allow_unicode=True, width=100000)
    parts = [f"---\n{front_matter}---\n"]
    opening = next((item["markdown"] for item in review.story if "markdown" in item), "")
    if review.question and review.question not in opening:
        parts.append(f"**{markdown(review.question)}**\n")
    told = "\n".join(part for part in (_part(item, review) for item in review.story) if part)
    return "\n".join([*parts, _from_the_top(told), *([_REGISTER] if "{{< var " in told else [])])


def _from_the_top(told: str) -> str:
    """A notebook's parts stand under its title, at level 2; on the page the title is apart, and they start at 1."""
    levels = [len(hashes) for hashes in _HEADING.findall(told)]
    surplus = min(levels, default=1) - 1
    return _HEADING.sub(lambda match: match[1][surplus:], told) if surplus else told


def _part(item: Mapping, review: Review) -> str:
    if "markdown" in item:
        # The page has its title already, and the notebook's own would be a second one.
        return _TITLE.sub("", item["markdown"].strip()) + "\n"
    if label := item.get("figure") or item.get("table"):
        return f"{{{{< include /build/current/{review.name}/{label}.md >}}}}\n"
    if name := item.get("statement"):
        return f"{{{{< var {review.variable}.{name} >}}}}\n"
    if name := item.get("value"):
        value = review.values.get(name, {})
        about = ", ".join(one_line(value[key]) for key in ("title", "period") if value.get(key))
        return f"{markdown(about or name)}: **{{{{< var {review.variable}.{name} >}}}}**\n"
    return ""
