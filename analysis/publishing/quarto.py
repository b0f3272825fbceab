"""Renders with Quarto where it is installed, from the same staged project as the portable renderer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.publishing import word, wording
from analysis.reference.project import UsageError, UserError

OLDEST = (1, 9)
RENDERERS = ("auto", "quarto", "portable")
_TO = {"html": "html", "pdf": "typst", "docx": "docx"}
_WARNING = re.compile(r"\bWARN(?:ING)?\b|^\[W\]", re.IGNORECASE | re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Choice:
    """Which renderer makes the documents, its version, and why it was chosen."""

    name: str
    version: str
    why: str

    def __str__(self) -> str:
        return f"{self.name} ({self.version}; {self.why})"


def choose(renderer: str = "auto") -> Choice:
    """The renderer to use. Raises UsageError for an unknown one, UserError where Quarto is asked for and can't be had."""
    if renderer not in RENDERERS:
        raise UsageError(f"'{renderer}' is not a renderer; it is one of {', '.join(RENDERERS)}")
    if renderer == "portable":
        return Choice("portable", portable_version(), "asked for")
    found, why_not = _installed()
    if found:
        return Choice("quarto", found, "asked for" if renderer == "quarto" else "Quarto is installed")
    if renderer == "quarto":
        raise UserError(f"{why_not}; install it (docs/rendering.md) or use --renderer portable")
    return Choice("portable", portable_version(), why_not)


def portable_version() -> str:
    from importlib.metadata import version

    return f"pandoc {_pandoc_version()}, typst {version('typst')}"


def _pandoc_version() -> str:
    import pypandoc

    return str(pypandoc.get_pandoc_version())


def _installed() -> tuple[str, str]:
    """Quarto's version, or why it can't be used."""
    path = shutil.which("quarto")
    if not path:
        return "", "Quarto is not on the path"
    run = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    # Its launcher says the number alone, Quarto itself says its name before it.
    version = run.stdout.strip().removeprefix("quarto ")
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if run.returncode or not numbers:
        return "", "the Quarto on the path does not say its version"
    if (int(numbers[1]), int(numbers[2])) < OLDEST:
        return "", f"Quarto {version} is older than {OLDEST[0]}.{OLDEST[1]}"
    return version, ""


def render(home: Path, document: str, to: str, audience: str, out: Path, *, strict: bool = True) -> None:
    """Renders `home/document` with Quarto into the file `out`. Raises UserError on an error, and where `strict` on any
    warning: Quarto only warns of a reference or a value that leads nowhere."""
    wording.check_audience(audience)
    _check_profile(home, audience)
    run = subprocess.run(
        [shutil.which("quarto") or "quarto", "render", document, "--profile", audience, "--to", _TO[to]],
        cwd=home,
        capture_output=True,
        text=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": "315532800", "NO_COLOR": "1"},
        check=False,
    )
    said = _COLOUR.sub("", run.stdout + run.stderr)
    if run.returncode:
        raise UserError(f"Quarto could not render {document} as {to}: {_last(said)}")
    warnings = [line.strip() for line in said.splitlines() if _WARNING.search(line)]
    if warnings and strict:
        raise UserError(f"Quarto warned while rendering {document} as {to}: {'; '.join(warnings)}")
    made = _made(home, document, to)
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made, out)
    if to == "docx":
        word.finish(out)


def _check_profile(home: Path, audience: str) -> None:
    # Quarto passes over a profile that has no file, in silence.
    if not (home / f"_quarto-{audience}.yml").exists():
        raise UserError(f"_quarto-{audience}.yml is missing; restore it from the repository")


def _made(home: Path, document: str, to: str) -> Path:
    name = Path(document).with_suffix(f".{to}")
    places: Sequence[Path] = (home / "build" / "quarto" / name, home / name)
    for place in places:
        if place.exists():
            return place
    raise UserError(f"Quarto said that it rendered {document} as {to}, and left no file")


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return "; ".join(errors[:5] or lines[-3:]) or "no reason given"
