"""Tells Annex A's lists from everything else, and from one another, by their headings alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from analysis.returns.annex_a.layout import LISTS, Annexed, Heading, by_key, own_keys, shared_keys
from analysis.returns.ledger import header_key, is_blank
from analysis.returns.sources import Sheet, XmlDocument

# Titles, blank rows and notes stand above the headings; no workbook met had more than three such rows.
_ROWS_SEARCHED = 10
# Headings that only one list has, needed to be sure; or one, with this many of those that most lists share.
_OWN_NEEDED, _SHARED_NEEDED = 2, 3
# How the template's questions and its guidance are headed.
_GUIDANCE_HEADINGS = (
    frozenset({"list", "date", "question", "response"}),
    frozenset({"listnumbertitle", "fieldheading", "detailedguidance"}),
)
# The code sheet heads each of its code lists with this.
_PREFERRED_NEEDED = 3
_COVER_TITLE = re.compile(r"annex\s*a\b.*child[\s-]*level data", re.IGNORECASE)


@dataclass(frozen=True)
class Columns:
    """Where a list's columns stand in a sheet: `found` maps each heading to its column's place."""

    listed: Annexed
    header: int  # the row of the headings, from 0
    found: dict[Heading, int]
    texts: tuple[str, ...]  # the headings as the sheet has them

    def text(self, heading: Heading) -> str:
        """The heading as the sheet has it, or the template's own where the sheet lacks it."""
        return self.texts[self.found[heading]] if heading in self.found else heading.text.strip()

    @property
    def missing(self) -> tuple[Heading, ...]:
        return tuple(h for h in self.listed.headings if h not in self.found)

    @property
    def repeated(self) -> tuple[str, ...]:
        """Headings that stand for a column that an earlier heading already gave."""
        used, known = set(self.found.values()), by_key(self.listed.number)
        return tuple(t for n, t in enumerate(self.texts) if n not in used and header_key(t) in known)

    @property
    def extra(self) -> tuple[str, ...]:
        used = set(self.found.values())
        return tuple(t for n, t in enumerate(self.texts) if n not in used and t and t not in self.repeated)

    def rows(self, sheet: Sheet) -> pd.DataFrame:
        """The list's rows, known columns only, named by the sheet's headings; indexed by spreadsheet row."""
        places = sorted(self.found.values())
        frame = sheet.frame(self.header)
        return frame.iloc[:, places].set_axis([self.texts[place] for place in places], axis=1)


def columns_of(sheet: Sheet) -> Columns | None:
    """The list that a sheet holds and where its columns stand; None where it holds no list."""
    best: tuple[int, int, Annexed] | None = None
    if _is_guidance(sheet):
        return None
    for number, row in enumerate(sheet.rows[:_ROWS_SEARCHED]):
        keys = frozenset(header_key(cell) for cell in row if isinstance(cell, str)) - {""}
        for listed in LISTS:
            own, shared = len(keys & own_keys()[listed.number]), len(keys & shared_keys())
            sure = own >= _OWN_NEEDED or (own and shared >= _SHARED_NEEDED)
            if sure and (best is None or own > best[0]):
                best = (own, number, listed)
    if best is None:
        return None
    _, header, listed = best
    texts = tuple("" if is_blank(cell) else " ".join(str(cell).split()) for cell in sheet.rows[header])
    found: dict[Heading, int] = {}
    for place, text in enumerate(texts):
        heading = by_key(listed.number).get(header_key(text))
        if heading is not None and heading not in found:
            found[heading] = place
    return Columns(listed, header, found, texts)


def _is_guidance(sheet: Sheet) -> bool:
    """The template's questions, guidance and code sheet name the lists' columns, and aren't lists."""
    preferred = 0
    for row in sheet.rows[:_ROWS_SEARCHED]:
        keys = [header_key(cell[:60]) for cell in row if isinstance(cell, str)]
        if any(wanted <= set(keys) for wanted in _GUIDANCE_HEADINGS):
            return True
        preferred += keys.count("preferredcode")
    return preferred >= _PREFERRED_NEEDED


def is_cover(sheet: Sheet) -> bool:
    """Whether a sheet is one of the template's own pages: front sheet, questions, guidance or codes."""
    if _is_guidance(sheet):
        return True
    titled = any(
        isinstance(cell, str) and _COVER_TITLE.search(cell) for row in sheet.rows[:_ROWS_SEARCHED] for cell in row
    )
    return titled and columns_of(sheet) is None


def claims(piece: Sheet | XmlDocument) -> bool:
    return isinstance(piece, Sheet) and (columns_of(piece) is not None or is_cover(piece))
