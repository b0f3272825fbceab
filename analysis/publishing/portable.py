"""Makes the documents without Quarto: Pandoc with one Lua filter, and Typst, both installed as Python wheels.

From the same sources, and for the part of Quarto that they use (docs/rendering.md lists it).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from analysis.publishing import sources, word
from analysis.publishing.sources import Fault, Source, SourceFaults
from analysis.reference.project import UserError

FORMATS = ("html", "pdf", "docx")
_PANDOC_FORMAT = {"html": "html5", "pdf": "typst", "docx": "docx"}
# The name that _quarto.yml knows the format by.
_QUARTO_FORMAT = {"html": "html", "pdf": "typst", "docx": "docx"}
_HOUSE = Path(__file__).parent / "house"
_FILTER = Path(__file__).parent / "portable.lua"
_MARKS, _GLOSSARY, _EVIDENCE, _TABLES = (
    Path("report/filters") / f"{name}.lua" for name in ("marks", "glossary", "evidence", "tables")
)
_TYPST_PARTIALS = ("typst-template.typ", "typst-show.typ")
# The same safe loader, in C where PyYAML has it: the variables are thousands of lines.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_USED_VARIABLE = re.compile(r'\{\.shortcode name="var" key="([^"]+)"\}')
_FATAL = frozenset({"unsupported", "alternative-text"})


@dataclass(frozen=True)
class Made:
    """What a rendering leaves: faults, and the kind and name of each bound value and claim that it shows, in order."""

    faults: tuple[Fault, ...]
    used: tuple[tuple[str, str], ...]


def render(home: Path, document: str, to: str, audience: str, out: Path) -> list[Fault]:
    """`make`'s faults alone."""
    return list(make(home, document, to, audience, out).faults)


def make(home: Path, document: str, to: str, audience: str, out: Path) -> Made:
    """Renders `home/document` (a path in the project, `report/self-assessment.qmd`) into the file `out`.

    `to` is html, pdf or docx. The faults are what can't be resolved (references, values, includes): a draft shows it
    in place, anything else must not be published with it. Raises SourceFaults where the source uses what isn't
    supported.
    """
    home = Path(home).resolve()
    source = sources.read(document, home)
    _stop_at_fatal(source.faults)
    settings = _settings(home, audience)
    with tempfile.TemporaryDirectory(prefix="selfassess-") as work:
        made = Path(work) / f"made.{_PANDOC_FORMAT[to]}"
        faults, used = _pandoc(home, source, settings, to, audience, made, Path(work))
        _stop_at_fatal(faults)
        out.parent.mkdir(parents=True, exist_ok=True)
        if to == "pdf":
            out.write_bytes(_typeset(home, made, document))
        else:
            if to == "docx":
                word.finish(made)
            out.write_bytes(made.read_bytes())
    return Made(tuple(sorted({*source.faults, *faults})), tuple(used))


def _stop_at_fatal(faults) -> None:
    fatal = [fault for fault in faults if fault.fatal]
    if fatal:
        raise SourceFaults(fatal)


def _settings(home: Path, audience: str) -> dict:
    """Project metadata as Quarto merges it: the project's, its metadata files', the profile's."""
    merged: dict = {}
    project = _yaml(home, "_quarto.yml")
    for path in [*project.get("metadata-files", ()), f"_quarto-{audience}.yml"]:
        merged |= _yaml(home, path)
    return project | merged


def _yaml(home: Path, path: str) -> dict:
    try:
        return yaml.load((home / path).read_text(encoding="utf-8"), _LOADER) or {}
    except FileNotFoundError:
        raise UserError(f"{path} is missing; run: selfassess review") from None
    except yaml.YAMLError as error:
        raise UserError(f"{path} isn't YAML: {error}") from None


def _pandoc(
    home: Path, source: Source, settings: Mapping, to: str, audience: str, made: Path, work: Path
) -> tuple[list[Fault], list[tuple[str, str]]]:
    options = settings.get("format", {}).get(_QUARTO_FORMAT[to], {})
    metadata = {key: value for key, value in settings.items() if key not in ("project", "format", "filters")}
    # `toc` here would be a value; for Pandoc it is an option, given below.
    metadata.pop("toc", None)
    metadata |= {
        **source.front_matter,
        "section-numbering": options.get("section-numbering", "1.1.1"),
        "portable-variables": used_variables(source.text, _yaml(home, "_variables.yml")),
        "portable-profile": audience,
        "portable-folder": str(Path(source.path).parent.as_posix()).removeprefix("."),
    }
    (work / "metadata.json").write_text(json.dumps(metadata, ensure_ascii=False), encoding="utf-8")
    depth = str(source.front_matter.get("toc-depth", settings.get("toc-depth", 3)))
    command = [
        _pandoc_path(), "--from=markdown-native_divs-native_spans", f"--to={_PANDOC_FORMAT[to]}", "--standalone", f"--output={made}",
        f"--metadata-file={work / 'metadata.json'}", f"--lua-filter={home / _MARKS}", f"--lua-filter={_FILTER}",
        f"--lua-filter={home / _GLOSSARY}", f"--lua-filter={home / _EVIDENCE}", f"--lua-filter={home / _TABLES}",
        f"--default-image-extension={options.get('default-image-extension', 'svg')}", f"--toc-depth={depth}",
        "--wrap=none", "--eol=lf",
    ]  # fmt: skip
    if settings.get("toc"):
        command.append("--toc")
    if to == "html":
        css = (home / "report/styles/marks.css").read_text(encoding="utf-8")
        style = (_HOUSE / "page.css").read_text(encoding="utf-8") + css
        (work / "style.html").write_text(f"<style>\n{style}</style>\n", encoding="utf-8")
        command += [f"--template={_HOUSE / 'page.html'}", "--embed-resources", "--section-divs",
                    f"--include-in-header={work / 'style.html'}"]  # fmt: skip
    elif to == "pdf":
        (work / "page.typ").write_text(_typst_template(home), encoding="utf-8", newline="\n")
        command.append(f"--template={work / 'page.typ'}")
    else:
        command.append(f"--reference-doc={home / 'build/current/reference.docx'}")
    run = subprocess.run(
        command,
        input=source.text.encode(),
        capture_output=True,
        cwd=home,
        # Pandoc dates Word files by this; the dates are taken out afterwards, and the zip must not vary either.
        env={**os.environ, "SOURCE_DATE_EPOCH": "315532800"},
        check=False,
    )
    faults, used, said = _told(run.stderr.decode("utf-8", "replace"), source)
    if run.returncode or not made.exists():
        _stop_at_fatal(faults)
        raise UserError(f"{source.path}: {_in_words(said)}")
    return faults, used


def used_variables(text: str, variables: Mapping) -> dict:
    """The part of the variables that a source uses: Pandoc reads each as Markdown, which takes it seconds for all."""
    used: dict = {}
    for key in dict.fromkeys(_USED_VARIABLE.findall(text)):
        at, into, steps = variables, used, key.split(".")
        for step in steps[:-1]:
            at, into = at.get(step) if isinstance(at, Mapping) else None, into.setdefault(step, {})
        if isinstance(at, Mapping) and steps[-1] in at:
            into[steps[-1]] = at[steps[-1]]
    return used


def _told(said: str, source: Source) -> tuple[list[Fault], list[tuple[str, str]], str]:
    """The filters' reports: faults, each brought back to the file and line that it is about; what is used; and whatever
    else was said."""
    faults, used, rest = [], [], []
    for line in said.splitlines():
        if not line.startswith("portable\t"):
            rest.append(line)
            continue
        _, kind, token, message = line.split("\t", 3)
        if kind == "used":
            used.append((token, message))
            continue
        file, number = source.place(token)
        faults.append(Fault(file, number, message, kind, kind in _FATAL))
    return faults, used, "\n".join(rest)


def _in_words(said: str) -> str:
    """The last thing that Pandoc said, without the places inside our own filters."""
    if told := re.search(r"\.lua:\d+: (.+)", said):
        return told[1].strip()
    return "Pandoc failed: " + (" ".join(said.split()) or "no reason given")


def _typst_template(home: Path) -> str:
    """The house style that Quarto uses too, between the few definitions that Pandoc's Typst expects."""
    partials = [(home / "report/styles" / name).read_text(encoding="utf-8") for name in _TYPST_PARTIALS]
    prelude = (_HOUSE / "prelude.typ").read_text(encoding="utf-8")
    return "\n".join([prelude, *partials, "$body$", ""])


def _typeset(home: Path, made: Path, document: str) -> bytes:
    import typst

    # Typst reads only below its root, so the text stands in the project for the moment of reading.
    with tempfile.NamedTemporaryFile(dir=home, prefix=".typeset-", suffix=".typ", delete=False) as main:
        main.write(made.read_bytes())
    try:
        return typst.compile(
            main.name,
            root=str(home),
            font_paths=[],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        raise UserError(f"{document}: the PDF can't be made: {str(error).replace(str(home), '')}") from None
    finally:
        Path(main.name).unlink()


@lru_cache(maxsize=1)
def _pandoc_path() -> str:
    import pypandoc

    return pypandoc.get_pandoc_path()
