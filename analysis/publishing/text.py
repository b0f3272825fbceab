"""Text from outside (names, codes, captions, values) made harmless in what we write: Markdown and attributes."""

from __future__ import annotations

import re

# Every ASCII punctuation character may be escaped in Pandoc's Markdown. These few are harmless and left readable.
_LEFT_ALONE = "',%"
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
# A full stop can only start a list (`1. `) or an ellipsis; between other characters it is part of a number.
_DECIMAL_POINT = re.compile(r"(?<=\w)\\\.(?=\w)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def one_line(text: object) -> str:
    """The text on one line, without control or invisible direction characters."""
    return " ".join(_CONTROL.sub("", str(text)).split())


def markdown(text: object) -> str:
    """The text as Markdown that shows exactly that text: no markup, shortcode, reference, table cell or raw code.

    The same string is safe as a paragraph, in a table cell, as a caption, and inside a double-quoted attribute.
    """
    escaped = _PUNCTUATION.sub(lambda m: m[0] if m[0] in _LEFT_ALONE else "\\" + m[0], one_line(text))
    return _DECIMAL_POINT.sub(".", escaped)
