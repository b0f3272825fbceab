"""Reads a Quarto source into one text, includes followed, keeping for each line the file and line it came from.

The portable renderer supports the part of Quarto that our documents use. What lies outside is refused here by
name, file and line, as far as lines can tell; the Lua filter refuses what only a parser can see.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from analysis.reference.project import UserError

_SHORTCODE = re.compile(r"\{\{<\s*(?P<name>[\w-]+)(?P<rest>.*?)\s*>\}\}")
_ALONE = re.compile(r"^\s*\{\{<\s*include\s+(?P<path>\S+?)\s*>\}\}\s*$")
_FENCE = re.compile(r"^\s*(?P<fence>`{3,}|~{3,})\s*(?P<info>.*)$")
_KEY = re.compile(r"[A-Za-z_][\w-]*(?:\.[A-Za-z0-9_-]+)*")
_FRONT_MATTER = frozenset({"title", "subtitle", "toc-depth", "audiences"})
_REFUSED_DIRECTIVE = re.compile(r"^\s*(?P<fence>`{3,}|~{3,})\s*\{(?P<what>=?[\w.-]*)")


@dataclass(frozen=True, order=True)
class Fault:
    """Something wrong at a place in a source; `kind` is a short code. `fatal` faults stop a draft too."""

    file: str
    line: int
    message: str
    kind: str = "unsupported"
    fatal: bool = True

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class SourceFaults(UserError):
    """A source that can't be rendered; `faults` says why, one by one."""

    def __init__(self, faults: list[Fault]):
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True)
class Line:
    text: str
    file: str
    number: int


@dataclass(frozen=True)
class Source:
    """A document with its includes in place. `lines` hold no front matter; shortcodes stand as spans that the
    Lua filter fills in. `included` names the files that were read, relative to the project."""

    path: str
    front_matter: Mapping
    lines: tuple[Line, ...]
    faults: tuple[Fault, ...] = ()
    included: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines) + "\n"

    def place(self, token: str) -> tuple[str, int]:
        """The file and line where `token` first stands (the document itself, line 0, where it can't be found)."""
        for line in self.lines:
            if token and token in line.text:
                return line.file, line.number
        return self.path, 0


def read(document: str, home: Path) -> Source:
    """The document at `home/document`. Faults are collected, not raised: a draft shows what it can."""
    reader = _Reader(home.resolve(), document)
    text = reader.text_of(document, document, 0)
    front_matter, body, first = reader.front_matter(text or "", document)
    reader.follow(body, document, first, (document,))
    return Source(
        document, front_matter, tuple(reader.lines), tuple(sorted(set(reader.faults))), tuple(sorted(reader.included))
    )


class _Reader:
    def __init__(self, home: Path, document: str):
        self.home = home
        self.folder = (home / document).parent
        self.lines: list[Line] = []
        self.faults: list[Fault] = []
        self.included: set[str] = set()

    def fault(self, file: str, line: int, message: str, kind: str = "unsupported", fatal: bool = True) -> None:
        self.faults.append(Fault(file, line, message, kind, fatal))

    def text_of(self, path: str, by: str, line: int) -> str | None:
        try:
            return (self.home / path).read_text(encoding="utf-8")
        except (FileNotFoundError, IsADirectoryError):
            self.fault(by, line, f"{_missing(self.home, path)}", "include", fatal=False)
        except UnicodeDecodeError:
            self.fault(by, line, f"{path} is not UTF-8 text; save it as UTF-8")
        return None

    def front_matter(self, text: str, document: str) -> tuple[dict, str, int]:
        """The YAML at the head, the rest, and the line on which the rest starts."""
        match = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
        if not match:
            return {}, text, 1
        try:
            found = yaml.safe_load(match[1]) or {}
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            self.fault(document, (mark.line + 2) if mark else 1, f"the front matter isn't YAML: {error}")
            found = {}
        for key in found if isinstance(found, dict) else ():
            if key not in _FRONT_MATTER:
                at = next(n for n, row in enumerate(match[1].split("\n"), 2) if row.startswith(str(key)))
                self.fault(document, at, f"'{key}' in the front matter is not supported; set it in _quarto.yml")
        return found, text[match.end() :], match[0].count("\n") + 1

    def follow(self, text: str, file: str, first: int, chain: tuple[str, ...]) -> None:
        fence = ""
        for number, raw in enumerate(text.rstrip("\n").split("\n"), first):
            line = raw.rstrip("\r")
            fence, inside = self._fences(line, fence, file, number)
            if inside:
                if _SHORTCODE.search(line):
                    self.fault(file, number, "a shortcode inside a code block is not supported")
                self.lines.append(Line(line, file, number))
            elif match := _ALONE.match(line):
                self._include(match["path"], file, number, chain)
            else:
                self.lines.append(Line(self._shortcodes(line, file, number), file, number))
        if fence:
            self.fault(file, number, f"a code block that starts with {fence} is never closed")

    def _fences(self, line: str, fence: str, file: str, number: int) -> tuple[str, bool]:
        """Whether a code fence is open after this line, and whether the line belongs to a code block."""
        match = _FENCE.match(line)
        if fence:
            closes = match and match["fence"].startswith(fence) and not match["info"].strip()
            return ("" if closes else fence), True
        if not match or ("`" in match["info"] and match["fence"][0] == "`"):
            return "", False
        if refused := _REFUSED_DIRECTIVE.match(line):
            what = refused["what"]
            told = f"raw {what[1:]} blocks are" if what.startswith("=") else f"the code cell {{{what}}} is"
            self.fault(file, number, f"{told} not supported in narrative; findings come from notebooks")
        return match["fence"], True

    def _include(self, path: str, file: str, number: int, chain: tuple[str, ...]) -> None:
        place = (self.home / path[1:]) if path.startswith("/") else (self.folder / path)
        resolved = place.resolve()
        if not resolved.is_relative_to(self.home):
            self.fault(
                file, number, f"include of '{path}' leads outside the project; only its own files can be included"
            )
            return
        relative = resolved.relative_to(self.home).as_posix()
        if relative in chain:
            self.fault(file, number, f"include of '{path}' goes round in a circle: {' -> '.join([*chain, relative])}")
            return
        text = self.text_of(relative, file, number)
        if text is None:
            return
        self.included.add(relative)
        if text.startswith("---\n"):
            self.fault(relative, 1, "an included file can't have front matter of its own; the document's counts")
        self.follow(text, relative, 1, (*chain, relative))
        # Quarto ends an include with a line end; a blank line keeps two neighbours from running together.
        self.lines.append(Line("", file, number))

    def _shortcodes(self, line: str, file: str, number: int) -> str:
        # An escaped shortcode (`{{{< var x >}}}`) shows its own text in Quarto.
        if "{{{<" in line:
            self.fault(file, number, "an escaped shortcode is not supported")
            return line
        if "`" in line and _SHORTCODE.search("".join(re.findall(r"`[^`]*`", line))):
            self.fault(file, number, "a shortcode inside code is not supported")
        return _SHORTCODE.sub(lambda match: self._shortcode(match, file, number), line)

    def _shortcode(self, match: re.Match, file: str, number: int) -> str:
        name, argument = match["name"], match["rest"].strip()
        if name == "include":
            self.fault(file, number, "an include must stand alone on its line")
        elif name not in ("var", "meta"):
            self.fault(file, number, f"the shortcode '{name}' is not supported (only include, var and meta are)")
        elif not _KEY.fullmatch(argument):
            self.fault(file, number, f"'{name} {argument}' needs one name, such as front_door.referral_rate.now")
        else:
            return f'[]{{.shortcode name="{name}" key="{argument}"}}'
        return ""


def _missing(home: Path, path: str) -> str:
    folder = (home / path).parent
    parts = path.split("/")
    if len(parts) == 4 and parts[:2] == ["build", "current"]:
        here = sorted(f.stem for f in folder.glob("*.md")) if folder.is_dir() else []
        near = difflib.get_close_matches(Path(path).stem, here, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; it has {', '.join(here) or 'nothing'}"
        return f"the review {parts[2]} gives nothing called '{Path(path).stem}'{hint}"
    return f"{path} does not exist"
