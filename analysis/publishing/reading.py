"""Reads finished documents back, for gates and tests: their text page by page, their pictures, their links."""

from __future__ import annotations

import base64
import csv
import hashlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

_DATA = re.compile(r"data:(?P<type>[\w/+.-]+)(?:;charset=[\w-]+)?(?P<base64>;base64)?,(?P<content>[^\"')\s]*)")
_FIGURE = re.compile(r"-?[\d.]*")
_XML_TAG = re.compile(r"<[^>]+>")
# Other elements start and end a stretch of text: words on either side of them don't touch.
_INLINE = frozenset(
    ["a", "abbr", "b", "code", "em", "i", "kbd", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u"]
)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass
class Page:
    """An HTML document as its reader meets it."""

    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    images: list[tuple[str, str | None]] = field(default_factory=list)  # source, alternative text
    text: list[str] = field(default_factory=list)
    language: str = ""


class _PageReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.page.ids.append(given["id"])
        if tag == "html":
            self.page.language = given.get("lang") or ""
        elif tag == "a" and given.get("href") is not None:
            self.page.links.append(given["href"])
        elif tag == "img":
            self.page.images.append((given.get("src") or "", given.get("alt")))
        elif tag in ("script", "style"):
            self._silent += 1
        if tag not in _INLINE:
            self.page.text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent -= 1
        if tag not in _INLINE:
            self.page.text.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.page.text.append(data)


def html(path: Path) -> Page:
    reader = _PageReader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader.page


def pages(path: Path) -> list[str]:
    """What a reader sees, in order: one text a page for PDF, one in all for HTML and Word."""
    if path.suffix == ".pdf":
        return list(_pdf(hashlib.sha256(path.read_bytes()).hexdigest(), path)[0])
    if path.suffix == ".docx":
        return [_tidy(docx_text(path, "word/document.xml"))]
    return [_tidy("".join(html(path).text))]


def running_heads(path: Path) -> list[str]:
    """The text of each header part of a Word document."""
    with zipfile.ZipFile(path) as docx:
        names = [name for name in docx.namelist() if re.fullmatch(r"word/header\d*\.xml", name)]
    return [_tidy(docx_text(path, name)) for name in sorted(names)]


def docx_text(path: Path, part: str) -> str:
    from lxml import etree

    with zipfile.ZipFile(path) as docx:
        root = etree.fromstring(docx.read(part))
    paragraphs = ("".join(text.text or "" for text in p.iter(f"{W}t")) for p in root.iter(f"{W}p"))
    return "\n".join(paragraphs)


def docx_pictures(path: Path) -> list[tuple[str, str]]:
    """Each drawing's name and alternative text."""
    from lxml import etree

    drawing = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
    with zipfile.ZipFile(path) as docx:
        root = etree.fromstring(docx.read("word/document.xml"))
    return [(found.get("name", ""), found.get("descr", "")) for found in root.iter(drawing)]


def said(path: Path) -> Iterator[str]:
    """What the file says in words, seen or read aloud: its text, alternative texts, and the words in drawings.
    Unlike `everything`, it leaves out the numbers that only place things on a page."""
    if path.suffix in (".csv", ".xlsx"):
        yield from _csv_words(path) if path.suffix == ".csv" else _xlsx_words(path)
        return
    yield from pages(path)
    if path.suffix == ".pdf":
        yield from _pdf(hashlib.sha256(path.read_bytes()).hexdigest(), path)[1]
    elif path.suffix == ".docx":
        yield from (alternative for _, alternative in docx_pictures(path))
        yield from running_heads(path)
    else:
        yield from (alternative or "" for _, alternative in html(path).images)
        for drawing in _embedded(path.read_text(encoding="utf-8")):
            yield " ".join(_XML_TAG.sub(" ", re.sub(r"<style.*?</style>", "", drawing, flags=re.DOTALL)).split())


def everything(path: Path) -> Iterator[str]:
    """All that the file holds as text, seen or not: markup, attributes, metadata, embedded drawings."""
    if path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as docx:
            for name in sorted(docx.namelist()):
                if not name.endswith((".png", ".jpg", ".ttf", ".odttf")):
                    part = docx.read(name).decode("utf-8", "replace")
                    yield part
                    yield _XML_TAG.sub("", part)
    elif path.suffix == ".pdf":
        for texts in _pdf(hashlib.sha256(path.read_bytes()).hexdigest(), path):
            yield from texts
    else:
        text = path.read_text(encoding="utf-8")
        yield _DATA.sub("", text)
        if path.suffix == ".html":
            yield _tidy("".join(html(path).text))
        yield from _embedded(text)


def _csv_words(path: Path) -> Iterator[str]:
    """The columns that hold words; a column of nothing but figures can hold no name."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        _, *rows = list(csv.reader(file))
    for column in zip(*rows, strict=False):
        if not all(_FIGURE.fullmatch(cell) for cell in column):
            yield "\n".join(column)


def _xlsx_words(path: Path) -> Iterator[str]:
    """The cells that hold words; a spreadsheet keeps its figures elsewhere."""
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            if name.endswith("sharedStrings.xml"):
                yield _XML_TAG.sub(" ", book.read(name).decode("utf-8"))


def _embedded(text: str) -> Iterator[str]:
    for match in _DATA.finditer(text):
        if "svg" in match["type"] or "text" in match["type"] or "css" in match["type"]:
            content = unquote(match["content"])
            yield base64.b64decode(content + "==").decode("utf-8", "replace") if match["base64"] else content


@lru_cache(maxsize=16)
def _pdf(digest: str, path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A PDF's pages, and what else it says; slow enough that several gates share one reading of the same bytes."""
    from pypdf import PdfReader
    from pypdfium2 import PdfDocument

    reader = PdfReader(path)
    metadata = " ".join(f"{key} {value}" for key, value in (reader.metadata or {}).items())
    xmp = reader.xmp_metadata.stream.get_data().decode("utf-8", "replace") if reader.xmp_metadata else ""
    document = PdfDocument(path)
    # A hyphen at the end of a line comes as a control character.
    shown = tuple(_tidy(page.get_textpage().get_text_bounded().replace("\x02", "- ")) for page in document)
    document.close()
    return shown, (metadata, xmp, " ".join(_alternative_texts(reader)))


def _alternative_texts(reader) -> Iterator[str]:
    """The /Alt entries of a tagged PDF's structure tree."""
    waiting = [reader.trailer["/Root"].get("/StructTreeRoot")]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, list):
            waiting.extend(node)
        elif hasattr(node, "get"):
            if "/Alt" in node:
                yield str(node["/Alt"])
            waiting.append(node.get("/K"))


def _tidy(text: str) -> str:
    return " ".join(text.split())
