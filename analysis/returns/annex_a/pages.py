"""Reads one sheet as one list: typed values for every row, with every oddity noted and every row accounted for."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from analysis.records.delivery import BLANKED, NOTED, REFUSED, SET_ASIDE, RowCount
from analysis.returns.annex_a import layout
from analysis.returns.annex_a.layout import Annexed, Heading
from analysis.returns.annex_a.meaning import answer, code_list, listing
from analysis.returns.annex_a.recognise import Columns
from analysis.returns.ledger import Ledger, header_key
from analysis.returns.sources import UNCALCULATED, Sheet

# From this share of a column on, what fills it isn't a slip but the mark of a broken export.
_THROUGHOUT = 0.5
# One literal NULL is a slip, however few rows there are.
_NULLS_THROUGHOUT = 2
_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{0,2})")
# What an authority's name is written with, and is known without.
_AUTHORITY_WORDS = re.compile(
    r"^(?:the )?(?:london borough of|royal borough of|city of|county of) "
    r"|,? (?:metropolitan borough|metropolitan district|county borough|london borough|royal borough|borough|district|"
    r"county|city)? ?(?:council|mbc|mdc|lbc|unitary authority)$",
    re.IGNORECASE,
)
_SMALL_WORDS = frozenset({"and", "of", "on", "upon", "the", "with"})


@dataclass(frozen=True)
class Page:
    """A sheet as read. `values` has a column for each heading found, by the name it is read to, and a row for each
    row of the sheet; `kept` picks the rows to use. A `refused` page can't be trusted: none of it is used."""

    listed: Annexed
    columns: Columns
    ledger: Ledger
    values: pd.DataFrame
    refused: bool = False

    @property
    def kept(self) -> pd.DataFrame:
        return self.values.iloc[:0] if self.refused else self.values[self.ledger.kept()]

    def heading(self, reads: str) -> str:
        """A column's heading in this sheet, by the name that it is read to."""
        return self.columns.text(next(h for h in self.listed.headings if h.reads == reads))

    def count(self) -> RowCount:
        counted = self.ledger.count()
        if not self.refused:
            return counted
        return RowCount(counted.file, counted.sheet, counted.contents, counted.read, 0, counted.read)


def read_page(sheet: Sheet, columns: Columns) -> Page:
    """Reads a sheet that holds a list. Never raises for what the sheet holds: see the page's ledger."""
    listed = columns.listed
    rows, nulls = _without_nulls(columns.rows(sheet))
    ledger = Ledger(sheet.file, sheet.name, listed.name, rows)
    refused = _lacks_columns(ledger, columns) | _holds_nulls(ledger, columns, nulls) | _uncalculated(ledger, columns)
    if refused:
        return Page(listed, columns, ledger, pd.DataFrame(index=rows.index), refused=True)
    _set_aside_what_is_no_row(ledger, columns, sheet)
    values = pd.DataFrame(
        {
            heading.reads: _typed(ledger, columns.text(heading), heading, required=heading.reads in listed.key)
            for heading in columns.found
            if heading.kind != layout.RECOMPUTED
        },
        index=rows.index,
    )
    page = Page(listed, columns, ledger, values, refused=_unknown_throughout(ledger, columns, values))
    key = [name for name in listed.key if name in values.columns]
    ledger.once(values[key].set_axis([page.heading(name) for name in key], axis=1))
    _note_contradictions(page)
    return page


# --- the sheet as a whole ---------------------------------------------------------------------------


def _lacks_columns(ledger: Ledger, columns: Columns) -> bool:
    essential = [h.text.strip() for h in columns.missing if h.essential]
    if essential:
        named = ", ".join(f"'{text}'" for text in essential)
        ledger.note(
            "column-missing", f"{columns.listed.name} can't be read without its column {named}",
            "put the column back, headed as in Ofsted's template", outcome=REFUSED, column=essential[0],
        )  # fmt: skip
    for heading in columns.missing:
        if not heading.essential and not heading.newer and heading.kind != layout.RECOMPUTED:
            ledger.note(
                "column-missing", f"the sheet has no column '{heading.text.strip()}'; what needs it can't be said",
                "add the column if the system holds it", column=heading.text.strip(),
            )  # fmt: skip
    for text in columns.extra:
        ledger.note("column-unknown", "not a column of this list; it isn't read", "no need to do anything", column=text)
    for text in columns.repeated:
        ledger.note("column-repeated", "an earlier column has the same meaning; this one isn't read",
                    "remove one of the two columns", column=text)  # fmt: skip
    return bool(essential)


def _without_nulls(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows with cells that say NULL (a database's blank, as text) made blank, and where they were."""
    nulls = rows.apply(lambda cells: cells.map(lambda v: isinstance(v, str) and v.strip().upper() == "NULL"))
    nulls = nulls.astype(bool) if len(rows) else pd.DataFrame(False, index=rows.index, columns=rows.columns)
    return rows.mask(nulls, None), nulls


def _holds_nulls(ledger: Ledger, columns: Columns, nulls: pd.DataFrame) -> bool:
    broken = False
    for heading in columns.found:
        text = columns.text(heading)
        where = nulls.index[nulls[text]]
        if where.empty:
            continue
        throughout = len(where) >= max(_NULLS_THROUGHOUT, _THROUGHOUT * len(nulls))
        if heading.filled and throughout:
            broken = True
            ledger.note(
                "null-codes", f"{len(where):,} of {len(nulls):,} cells hold the word NULL in place of a code: the export "
                "is broken", "correct the export's query and export the list again", row=where[0], column=text,
                value="NULL", outcome=REFUSED,
            )  # fmt: skip
        else:
            ledger.note(
                "null-text", f"{len(where):,} cells hold the word NULL, the first in this row; they are taken as blank",
                "export blanks as blanks", row=where[0], column=text, value="NULL", outcome=BLANKED,
            )  # fmt: skip
    return broken


def _uncalculated(ledger: Ledger, columns: Columns) -> bool:
    broken = False
    for heading in columns.found:
        text = columns.text(heading)
        pending = ledger.rows[text].map(lambda cell: isinstance(cell, str) and cell == UNCALCULATED)
        if heading.essential and len(pending) and pending.sum() >= _THROUGHOUT * len(pending) and pending.any():
            broken = True
            ledger.note(
                "workbook-uncalculated",
                f"the workbook was never calculated: {int(pending.sum()):,} cells of '{text}' hold a formula and no value",
                "open the workbook in Excel, save it again, and deliver that", column=text, outcome=REFUSED,
            )  # fmt: skip
    return broken


def _set_aside_what_is_no_row(ledger: Ledger, columns: Columns, sheet: Sheet) -> None:
    identifier = columns.text(columns.listed.headings[0])
    again = ledger.rows[identifier].map(
        lambda cell: isinstance(cell, str) and header_key(cell) == header_key(identifier)
    )
    ledger.flag(again.astype(bool), SET_ASIDE, "heading-repeated", "the row repeats the list's headings",
                "remove the row", identifier)  # fmt: skip
    over = pd.Series(ledger.rows.index.isin(sheet.overflowing(columns.header)), index=ledger.rows.index)
    ledger.flag(over, SET_ASIDE, "row-too-long", "the row has more cells than there are headings, so they may be shifted",
                "look for a comma within a value, and export the list as a workbook")  # fmt: skip


def _unknown_throughout(ledger: Ledger, columns: Columns, values: pd.DataFrame) -> bool:
    """Legal statuses that are mostly not known refuse the list: whatever it holds, it isn't children in care."""
    heading = next((h for h in columns.found if h.reads == "legal_status"), None)
    if heading is None:
        return False
    texts = ledger.rows[columns.text(heading)].dropna().map(lambda cell: " ".join(str(cell).split()))
    texts = texts[texts != ""]
    known = code_list(heading.codes)
    meanings = {text: known.meaning(text) for text in texts.unique()}
    unknown = texts.map(lambda text: meanings[text].code is None and not meanings[text].among).astype(bool)
    if not len(unknown) or unknown.sum() <= _THROUGHOUT * len(unknown):
        return False
    ledger.note(
        "legal-status-unknown",
        f"{int(unknown.sum()):,} of {len(unknown):,} legal statuses are none that are known, so the list can't be trusted",
        f"use one of: {listing(heading.codes, 20)}", row=unknown.index[unknown][0], column=columns.text(heading),
        value=texts[unknown].iloc[0], outcome=REFUSED,
    )  # fmt: skip
    return True


# --- columns ----------------------------------------------------------------------------------------


def _typed(ledger: Ledger, column: str, heading: Heading, *, required: bool) -> pd.Series:
    if heading.kind == layout.IDENTIFIER:
        return ledger.identifier(column)
    if heading.kind == layout.DATE:
        return ledger.dates(column, required=required)
    if heading.kind == layout.CODE:
        return _coded(ledger, column, heading.codes)
    if heading.kind == layout.YES_NO:
        return _answered(ledger, column, heading.codes)
    if heading.kind == layout.COUNT:
        return ledger.integers(column)
    if heading.kind == layout.POSTCODE:
        return _postcodes(ledger, column)
    if heading.kind == layout.AUTHORITY:
        texts = ledger.text(column)
        return texts.map({text: authority_name(text) for text in texts.dropna().unique()}).astype("string")
    if heading.kind == layout.REFERENCE:
        return ledger.text(column).str.replace(r"^(\d+)\.0+$", r"\1", regex=True)
    return ledger.text(column)


def _coded(ledger: Ledger, column: str, reference: str) -> pd.Series:
    texts = ledger.text(column)
    known = code_list(reference)
    meanings = {text: known.meaning(text) for text in texts.dropna().unique()}
    found = texts.map({text: meaning.code for text, meaning in meanings.items()}).astype("string")
    for among in dict.fromkeys(meaning.among for meaning in meanings.values() if meaning.code is None):
        words = [text for text, meaning in meanings.items() if meaning.code is None and meaning.among == among]
        if among:
            ledger.flag(texts.isin(words), BLANKED, "code-grouped",
                        f"a grouping that covers several codes ({', '.join(among)}); none of them can be chosen",
                        "send the single code that the system holds", column)  # fmt: skip
        else:
            ledger.flag(texts.isin(words), BLANKED, "code-unknown", "not a code of this column's list",
                        f"use one of: {listing(reference)}", column)  # fmt: skip
    return found


def _answered(ledger: Ledger, column: str, words: str) -> pd.Series:
    texts = ledger.text(column)
    answers = {text: answer(text, words) for text in texts.dropna().unique()}
    said = texts.map(answers)
    ledger.flag(texts.notna() & said.isna(), BLANKED, "code-unknown", "neither yes nor no", "write Yes or No", column)
    return said.map({"yes": True, "no": False}).astype("boolean")


def _postcodes(ledger: Ledger, column: str) -> pd.Series:
    texts = ledger.text(column)
    spaced: dict[str, str | None] = {}
    for text in texts.dropna().unique():
        found = _POSTCODE.fullmatch(re.sub(r"\s+", " ", text.upper()).strip())
        spaced[text] = f"{found[1]} {found[2]}" if found else None
    found = texts.map(spaced).astype("string")
    ledger.flag(texts.notna() & found.isna(), BLANKED, "postcode-unreadable", "not a postcode",
                "write the placement's postcode, or leave it blank", column)  # fmt: skip
    return found


def authority_name(text: str) -> str:
    """An authority's name as it is known: without `County Council` and the like, and not all in capitals.

    The codes for places outside England (NIR, WAL, SCO, NUK, CON) stand alone, whatever follows them.
    """
    codes = code_list("annex_a:placement_authority")
    first = re.match(r"[A-Za-z]{3}\b", text)
    if first and first[0].upper() in codes.labels and (first[0].isupper() or len(text) == 3):
        return first[0].upper()
    name = _AUTHORITY_WORDS.sub("", _AUTHORITY_WORDS.sub("", text.replace("&", "and").strip())).strip() or text
    if name.isupper() or name.islower():
        name = " ".join(
            word if number and word in _SMALL_WORDS else word.title() if "'" not in word else word.capitalize()
            for number, word in enumerate(name.lower().split())
        )
    return name


# --- rows that contradict themselves ----------------------------------------------------------------


def _note_contradictions(page: Page) -> None:
    ledger, values, listed = page.ledger, page.values, page.listed
    if listed.end in values and listed.start in values:
        backwards = (values[listed.end] < values[listed.start]).fillna(False)
        ledger.flag(backwards, NOTED, "end-before-start", f"it ends before it starts ('{page.heading(listed.start)}')",
                    "correct whichever date is wrong", page.heading(listed.end))  # fmt: skip
    if "legal_status" in values:
        ledger.flag(values["legal_status"].isin(["V3", "V4"]), NOTED, "short-breaks",
                    "a series of short breaks (V3, V4) isn't in the list's scope; figures leave the child out",
                    "leave the child out of the list", page.heading("legal_status"))  # fmt: skip
    if "closure_reason" in values:
        ledger.flag(values["closure_reason"] == "RC8", NOTED, "closed-after-assessment",
                    "a case closed after assessment (RC8) isn't in the list's scope",
                    "check the reason, or leave the child out of the list", page.heading("closure_reason"))  # fmt: skip
    if "case_status" in values and listed.end in values:
        ended = (values["case_status"] == "CLOSED").fillna(False) & values[listed.end].isna()
        ledger.flag(ended, NOTED, "closed-without-date", f"closed, but '{page.heading(listed.end)}' is blank",
                    "fill in the closure date, or correct the status", page.heading("case_status"))  # fmt: skip
