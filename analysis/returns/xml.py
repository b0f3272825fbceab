"""Reads XML incrementally and safely: no entities, no document type, no external access, one element at a time."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator
from xml.parsers import expat

from lxml import etree

# libxml2 keeps an element's line in sixteen bits; past that lxml works it out from the text that follows.
_LAST_EXACT_LINE = 65_534
_CHUNK = 65_536


class UnsafeXml(ValueError):
    """XML that can't be parsed or asks for what a return never needs. The text is fit for a person."""


class _Done(Exception):
    """Raised inside expat to stop it at the root element."""


def local_name(tag: object) -> str:
    """The tag without its namespace."""
    return str(tag).rpartition("}")[2]


def root_name(data: bytes) -> str:
    """The root element's name, or "" where the file isn't well-formed that far or declares a document type."""
    try:
        return _root(data)
    except UnsafeXml:
        return ""


def _root(data: bytes) -> str:
    """The root element's name; raises UnsafeXml for a document type before anything in it is acted on."""
    found: list[str] = []

    def start(name: str, _attributes: dict) -> None:
        found.append(name.rpartition(":")[2])
        raise _Done

    def document_type(*_: object) -> None:
        raise UnsafeXml("the XML declares a document type or entities, which a return never does")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = document_type
    try:
        for place in range(0, len(data), _CHUNK):
            parser.Parse(data[place : place + _CHUNK], False)
        parser.Parse(b"", True)
    except _Done:
        return found[0]
    except expat.ExpatError as error:
        raise _malformed(error.lineno, error.offset) from None
    except (ValueError, LookupError) as error:
        if isinstance(error, UnsafeXml):
            raise
        raise UnsafeXml("the XML is in an encoding that can't be read; save it as UTF-8") from None
    raise UnsafeXml("the XML holds no element")


def events(data: bytes, names: Collection[str] = ()) -> Iterator[tuple[str, etree._Element]]:
    """("start" | "end", element) through the document, or for elements of some local `names` only (several times
    faster). The caller clears elements it is done with.

    Raises UnsafeXml, with the place, for a document type declaration, an entity, or XML that isn't well formed.
    """
    _root(data)
    parsing = etree.iterparse(
        io.BytesIO(data), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
        dtd_validation=False, attribute_defaults=False, huge_tree=False, remove_comments=True, remove_pis=True,
        tag=[f"{{*}}{name}" for name in names] or None,
    )  # fmt: skip
    first = True
    try:
        for event, element in parsing:
            if first and element.getroottree().docinfo.internalDTD is not None:
                raise UnsafeXml("the XML declares a document type or entities, which a return never does")
            first = False
            yield event, element
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise _malformed(line, column) from None


def _malformed(line: int, column: int) -> UnsafeXml:
    where = f"at line {line}, column {column}" if line else "somewhere, or names an entity that it doesn't declare"
    return UnsafeXml(f"the XML breaks off or is malformed {where}")


def line_of(element: etree._Element) -> int:
    """The line on which an element that has been read to its end starts, 1-based."""
    line = element.sourceline or 0
    if line > _LAST_EXACT_LINE and element.text and not element.text.strip():
        # Out of range, lxml gives the line on which the white space inside ends.
        line -= element.text.count("\n")
    return line


def mentions(data: bytes, *names: str) -> bool:
    """Whether an element of one of these names is written anywhere in the file, in any encoding XML may have.

    By the bytes alone, so that a malformed or wrongly rooted file is still known for what it was meant to be.
    """
    pattern = rf"<(?:[\w.-]+:)?(?:{'|'.join(map(re.escape, names))})[\s/>]"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:64]:
        narrow = data.replace(b"\x00", b"")
        return re.search(pattern.encode("ascii"), narrow) is not None
    return re.search(pattern.encode("ascii"), data) is not None
