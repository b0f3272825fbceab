"""Reads XML incrementally and safely: no entities, no document type, no external access, one element at a time."""

from __future__ import annotations

import io
from collections.abc import Iterator

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException


class UnsafeXml(ValueError):
    """XML that can't be parsed or asks for what a return never needs. The text is fit for a person."""


def local_name(tag: object) -> str:
    """The tag without its namespace."""
    return str(tag).rpartition("}")[2]


def root_name(data: bytes) -> str:
    """The root element's name, or "" where the file isn't well-formed that far."""
    try:
        for _, element in ElementTree.iterparse(io.BytesIO(data), events=("start",), forbid_dtd=True):
            return local_name(element.tag)
    except (ElementTree.ParseError, DefusedXmlException):
        pass
    return ""


def events(data: bytes) -> Iterator[tuple[str, object]]:
    """("start" | "end", element) through the document. The caller clears elements it is done with.

    Raises UnsafeXml, with the place, for a document type declaration, an entity, or XML that isn't well formed.
    """
    try:
        yield from ElementTree.iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True)
    except ElementTree.ParseError as error:
        line, column = error.position
        raise UnsafeXml(f"the XML breaks off or is malformed at line {line}, column {column}") from None
    except DefusedXmlException:
        raise UnsafeXml("the XML declares a document type or entities, which a return never does") from None
