"""The narrative of another authority or quarter, to be written: each section's headings with prompts, its figures already named.

Made from the project's own sections, so that it has what they have: what a section of the self-assessment names of the
findings stays, by name; what it says goes, and a prompt stands in its place. Documents and sections that say nothing of one
authority (the quarterly report, about the data, the glossary) are taken over as they are.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analysis.indicators import registry
from analysis.publishing.bound import EDITION
from analysis.publishing.documents import FOLDER
from analysis.reference.project import UserError

PROMPT = "To write"
# Of the self-assessment's sections, those that are the same for every authority.
SAME = ("about-the-data", "glossary", "where-each-figure-comes-from")
_WRITTEN_FOR_ONE = "self-assessment"
_PROMPTS = (
    ("done on our focus areas", "What did you set out to do in this area over the last year, and what have you done? A short list, each point something that a family or a worker would notice."),
    ("from our quality assurance", "What do the figures below, your audits, practice days, families' and children's feedback and your partners tell you? Say what is good, what isn't yet, and how you know. Keep the figures that matter, and put words that could turn out false into claims."),
    ("Impact", "What difference has it made to children and families? Say how you know of each, and where you can't tell yet."),
    ("Innovative practice", "One example of practice that others could learn from: what was done, for whom, and what came of it. No names."),
    ("What are we going to do next", "What will you do next, by when, and how will you know that it has worked?"),
)  # fmt: skip
_OTHERWISE = "What should a reader know here about your authority? Write it in your own words, and name each figure."
_INCLUDED = re.compile(r"\{\{<\s*include\s+sections/(?P<name>[\w/-]+)\.qmd\s*>\}\}")
_SNIPPET = re.compile(
    r"^\s*\{\{<\s*include\s+/build/current/(?P<review>[a-z0-9-]+)/(?P<name>[a-z0-9-]+)\.md\s*>\}\}\s*$"
)
_VAR = re.compile(r"\{\{<\s*var\s+(?P<variable>[a-z0-9_]+)\.(?P<name>[a-z0-9_.]+)\s*>\}\}")
_HEADING = re.compile(r"^(?P<level>#+)\s+(?P<words>.+?)\s*$")
_BLOCK = re.compile(r"^:{3,}\s*(?P<about>.*?)\s*$")
# Words for numbers in a measure's title would be taken for a figure that somebody typed.
_NUMBERED = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half)\b", re.IGNORECASE)
_MOMENTS = ("now", "year_ago", "last_year_end", "year_end_before", "year_end_before_that")


@dataclass(frozen=True)
class Written:
    """What was written: the folder, its files (relative to it), and the sections that wait for their words."""

    folder: Path
    files: tuple[str, ...]
    to_write: tuple[str, ...]


def new_edition(root: Path, into: Path, authority: str, quarter: str, *, force: bool = False) -> Written:
    """Writes the narrative into the project at `into`, which may be the project itself (`root`).

    Raises UserError, before anything is written, where a file that would be overwritten is there, unless `force`.
    """
    made = dict(_files(root))
    made[EDITION.as_posix()] = _edition(authority, quarter)
    own = into.resolve() == root.resolve()
    changed = {
        name: text for name, text in made.items() if not own or (root / name).read_text(encoding="utf-8") != text
    }
    there = [name for name in changed if (into / name).exists()]
    if there and not force:
        raise UserError(
            f"{there[0]} is there already{f', and {len(there) - 1} more' if len(there) > 1 else ''}; nothing was written. "
            "Give another folder (--into DIR), or overwrite it (--force)"
        )
    for name, text in changed.items():
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        (into / name).write_text(text, encoding="utf-8", newline="\n")
    if not own:
        _copy_what_renders(root, into)
    return Written(
        into, tuple(sorted(changed)), tuple(sorted(name for name in changed if f'title="{PROMPT}"' in changed[name]))
    )


def _files(root: Path) -> Iterator[tuple[str, str]]:
    """Every source of the documents for the new edition, by its path in the project."""
    folder = root / FOLDER
    own = set(_INCLUDED.findall((folder / f"{_WRITTEN_FOR_ONE}.qmd").read_text(encoding="utf-8"))) - set(SAME)
    for path in sorted([*folder.glob("*.qmd"), *(folder / "sections").rglob("*.qmd")]):
        text = path.read_text(encoding="utf-8")
        is_own = path.parent != folder and path.relative_to(folder / "sections").with_suffix("").as_posix() in own
        yield path.relative_to(root).as_posix(), prompted(text) if is_own else text
    for path in (folder / "allowed-numbers.toml", folder / "commentary" / "README.md"):
        if path.is_file():
            yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def _copy_what_renders(root: Path, into: Path) -> None:
    """Filters, styles and Quarto's settings, which are the same for every edition."""
    for part in ("filters", "styles"):
        shutil.copytree(root / FOLDER / part, into / FOLDER / part, dirs_exist_ok=True)
    for path in root.glob("_quarto*.yml"):
        shutil.copyfile(path, into / path.name)


def _edition(authority: str, quarter: str) -> str:
    return (
        "# The edition that the narrative in report/ was written for. Where a claim in it doesn't hold, this edition isn't\n"
        "# published; any other quarter or authority is made as a draft that lists them (docs/narrative.md).\n"
        f'authority = "{authority}"\nquarter = "{quarter}"\n'
    )


def prompted(section: str) -> str:
    """A section's headings, each with a prompt, the values that stood under it, and the figures and tables."""
    out: list[str] = []
    for heading, lines in _parts(section):
        said = _without_blocks_of_prose(lines)
        if heading:
            out += [heading, ""]
        elif not said and any(_HEADING.match(line) for line in section.split("\n")):
            # Nothing stands before the first heading.
            continue
        words = _HEADING.match(heading)["words"] if heading else ""
        prompt = next((told for key, told in _PROMPTS if key in words), _OTHERWISE)
        out += [f'::: {{.callout-tip title="{PROMPT}"}}', prompt, ":::", "", *said]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).rstrip("\n") + "\n"


def _parts(section: str) -> Iterator[tuple[str, list[str]]]:
    heading, held = "", []
    for line in section.split("\n"):
        if _HEADING.match(line):
            yield heading, held
            heading, held = line.rstrip(), []
        else:
            held.append(line)
    yield heading, held


def _without_blocks_of_prose(lines: list[str]) -> list[str]:
    """The values named in a part, a line each, and the snippets that it includes. What is for one audience or waits for
    a return keeps its block."""
    out: list[str] = []
    values: dict[str, list[str]] = {}
    for line in lines:
        for match in _VAR.finditer(line):
            values.setdefault(match["variable"], []).append(match["name"])
        block, snippet = _BLOCK.match(line), _SNIPPET.match(line)
        if block:
            out += [*_named(values), line, ""]
            values = {}
        elif snippet:
            out += [*_named(values), line.strip(), ""]
            values = {}
    return _without_empty_blocks([*out, *_named(values)])


def _without_empty_blocks(lines: list[str]) -> list[str]:
    """Blocks that hold nothing any more go."""
    out: list[str] = []
    for line in lines:
        closes = (match := _BLOCK.match(line)) and not match["about"]
        while closes and out and not out[-1]:
            out.pop()
        if closes and out and _BLOCK.match(out[-1]) and _BLOCK.match(out[-1])["about"]:
            out.pop()
            continue
        out += [line, ""] if closes else [line]
    return out


def _named(values: dict[str, list[str]]) -> list[str]:
    """A line for each measure, its moments and comparators together; a line for each sentence and other value."""
    lines = []
    for variable, names in values.items():
        grouped: dict[str, list[str]] = {}
        for name in dict.fromkeys(names):
            stem = name.split(".")[0] if name.rsplit(".", 1)[-1] in (*_MOMENTS, "figure", "words") else name
            grouped.setdefault(stem, []).append(name)
        for stem, of_it in grouped.items():
            told = "" if of_it == [stem] else f"{_label(stem)}: "
            # A comparator's words come with its figure.
            shown = [_shown(variable, name) for name in of_it if not name.endswith(".words")]
            lines += [f"- {told}{'; '.join(shown)}"] if shown else []
    return [*lines, ""] if lines else []


def _label(stem: str) -> str:
    """A measure's title, or its name where there is none that may stand in prose."""
    about = registry.indicators().get(stem.split(".")[0])
    title = about.title if about else stem.replace("_", " ").replace(".", ", ").capitalize()
    return f"`{stem}`" if _NUMBERED.search(title.replace("per 10,000", "")) else title


def _shown(variable: str, name: str) -> str:
    """`{{< var x >}}` with what belongs to it: the moment's date, or the comparator's words."""
    moment, words = name.rsplit(".", 1)[-1], f"{name.removesuffix('.figure')}.words"
    shown = f"{{{{< var {variable}.{name} >}}}}"
    if name.endswith(".figure"):
        return f"{shown} ({{{{< var {variable}.{words} >}}}})"
    return f"{shown} ({{{{< meta moments.{moment} >}}}})" if moment in _MOMENTS else shown
