"""Finishes a Word document: a table of contents that is there before Word fills it in, and the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
# The earliest date that a zip file can hold: archives made from the same parts are then the same bytes.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_YEAR = re.compile(r"\b(20\d\d)-(\d\d)\b")


def archive(parts: dict[str, bytes]) -> bytes:
    """The parts as a zip file that depends on nothing else: fixed dates, one order, one way of packing."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as docx:
        # Word wants the content types first.
        for name in sorted(parts, key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            docx.writestr(entry, parts[name])
    return into.getvalue()


def finish(path: Path) -> None:
    """Fills in the table of contents, and takes out what changes from run to run: the times of making."""
    with zipfile.ZipFile(path) as docx:
        parts = {name: docx.read(name) for name in docx.namelist()}
    core = etree.fromstring(parts["docProps/core.xml"])
    for element in list(core):
        if etree.QName(element).localname in ("created", "modified", "lastModifiedBy"):
            core.remove(element)
    document = etree.fromstring(parts["word/document.xml"])
    _fill_contents(document)
    _keep_rows_whole(document)
    parts |= {"docProps/core.xml": _bytes(core), "word/document.xml": _bytes(document)}
    path.write_bytes(archive(parts))


def _bytes(root) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _keep_rows_whole(document) -> None:
    """No row of a table is torn by the end of a page, and no financial year by the end of a line, as Word tears them
    after a hyphen. A table of one cell is a notice: it may run on."""
    for row in document.iter(f"{{{W}}}tr"):
        if len(row.findall(f"{{{W}}}tc")) < 2:
            continue
        about = row.find(f"{{{W}}}trPr")
        if about is None:
            about = _make("trPr", {})
            row.insert(0, about)
        if about.find(f"{{{W}}}cantSplit") is None:
            about.insert(0, _make("cantSplit", {}))
        for text in row.iter(f"{{{W}}}t"):
            text.text = _YEAR.sub("\\1\u2011\\2", text.text or "")


def _fill_contents(document) -> None:
    """Writes the headings into Pandoc's empty contents field. A reader who may not edit (a mail attachment) sees
    them, and Word adds the page numbers when it brings the field up to date."""
    instruction = document.find(f".//{{{W}}}sdtContent//{{{W}}}instrText")
    depth = re.search(r'TOC \\o "1-(\d)"', instruction.text or "") if instruction is not None else None
    if not depth:
        return
    field = instruction.getparent()
    paragraph = field.getparent()
    end = field.findall(f"{{{W}}}fldChar")[-1]
    entries = [_entry(level, text, anchor) for level, text, anchor in _headings(document, int(depth[1]))]
    if not entries:
        return
    entries[0].insert(1, field)
    last = _make("p", {}, _make("r", {}, end))
    home, at = paragraph.getparent(), paragraph.getparent().index(paragraph)
    home.remove(paragraph)
    for offset, entry in enumerate([*entries, last]):
        home.insert(at + offset, entry)


def _headings(document, depth: int):
    """Each heading's level, text and bookmark, in order."""
    for style in document.iter(f"{{{W}}}pStyle"):
        match = re.fullmatch(r"Heading(\d)", style.get(f"{{{W}}}val", ""))
        if match and int(match[1]) <= depth:
            heading = style.getparent().getparent()
            before = heading.getprevious()
            anchor = before.get(f"{{{W}}}name") if before is not None and before.tag == f"{{{W}}}bookmarkStart" else ""
            yield int(match[1]), "".join(text.text or "" for text in heading.iter(f"{{{W}}}t")), anchor


def _entry(level: int, text: str, anchor: str):
    words = _make("t", {})
    words.text = text
    run = _make("r", {}, words)
    link = _make("hyperlink", {"anchor": anchor}, run) if anchor else run
    return _make("p", {}, _make("pPr", {}, _make("pStyle", {"val": f"TOC{level}"})), link)


def _make(name: str, attributes: dict[str, str], *children):
    element = etree.Element(f"{{{W}}}{name}", {f"{{{W}}}{key}": value for key, value in attributes.items()})
    element.extend(children)
    return element
