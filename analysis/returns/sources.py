"""Opens a delivery's files, each once, whatever their names: sheets of cells, or XML documents."""

from __future__ import annotations

import csv
import hashlib
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.records.delivery import NOTED, REFUSED, Problem, SourceFile

_ZIP, _OLE, _UTF16 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", (b"\xff\xfe", b"\xfe\xff")
# A workbook larger than this when unpacked is not a return: the largest real Annex A is a hundredth of it.
LARGEST_UNPACKED_WORKBOOK = 1_000_000_000
# Stands in a cell whose formula has no value: a program wrote the workbook, and no spreadsheet has opened it since.
UNCALCULATED = "#UNCALCULATED!"
# What the XML of a sheet with a formula or a cell in error holds somewhere: looked for first, being quick to find.
_FORMULA_OR_ERROR = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/", b't="e"')
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]+)</")
# Left by spreadsheets, operating systems and version control; nobody sent them.
_LITTER = ("~$", ".")


@dataclass(frozen=True)
class Sheet:
    """A rectangle of cells: a sheet of a workbook, or a CSV file (then `name` is empty and every cell is text).

    Cells of a workbook are str, float, int, bool, datetime, date, time or timedelta; blank is "". A cell in
    error holds the error's text (`#REF!`); one with a formula that was never calculated holds UNCALCULATED.
    """

    file: SourceFile
    name: str
    rows: list[list]

    def frame(self, header: int) -> pd.DataFrame:
        """The rows below `header` (0-based) as object columns named by their header text; the index is the
        row number that a spreadsheet shows. Wholly blank rows are left out: they are padding, not rows."""
        names = [str(cell) for cell in self.rows[header]] if self.rows else []
        width = len(names)
        numbered = [
            (number, [*row[:width], *[""] * (width - len(row))])
            for number, row in enumerate(self.rows[header + 1 :], start=header + 2)
            if any(cell != "" and not (isinstance(cell, str) and not cell.strip()) for cell in row)
        ]
        index = pd.Index([number for number, _ in numbered], dtype="int64")
        return pd.DataFrame([row for _, row in numbered], columns=names, index=index, dtype=object)

    def overflowing(self, header: int) -> list[int]:
        """Rows with more cells filled than there are headers: usually an unquoted comma."""
        width = len(self.rows[header])
        return [
            number
            for number, row in enumerate(self.rows[header + 1 :], start=header + 2)
            if any(str(cell).strip() for cell in row[width:])
        ]


@dataclass(frozen=True)
class XmlDocument:
    """An XML file, unparsed. Readers parse it incrementally from `data` with `analysis.returns.xml`."""

    file: SourceFile
    data: bytes


@dataclass(frozen=True)
class Opened:
    sheets: tuple[Sheet, ...]
    documents: tuple[XmlDocument, ...]
    problems: tuple[Problem, ...]


def files_of(delivery: Iterable[Path]) -> list[Path]:
    """Every file of a delivery's files and folders, in name order. Raises FileNotFoundError naming what is absent."""
    found: list[Path] = []
    for path in delivery:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith(_LITTER))
        elif path.is_file():
            found.append(path)
        else:
            raise FileNotFoundError(path)
    return list(dict.fromkeys(found))


def fingerprint(path: Path) -> SourceFile:
    data = path.read_bytes()
    return SourceFile(path.name, hashlib.sha256(data).hexdigest(), len(data))


def open_files(paths: Iterable[Path]) -> Opened:
    """Opens each file once. A file that is neither a workbook, nor CSV, nor XML becomes a problem, not an error."""
    sheets: list[Sheet] = []
    documents: list[XmlDocument] = []
    problems: list[Problem] = []
    for path in paths:
        data = path.read_bytes()
        source = SourceFile(path.name, hashlib.sha256(data).hexdigest(), len(data))
        try:
            if data.startswith((_ZIP, _OLE)):
                sheets += _workbook(source, data)
            elif data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
                documents.append(XmlDocument(source, data))
            elif not data.strip():
                problems.append(
                    Problem(NOTED, "file-empty", path.name, "the file is empty", "check whether it was exported")
                )
            elif b"\x00" in data[:4096] and not data.startswith(_UTF16):
                problems.append(_unreadable(path.name, "it is neither a workbook, nor CSV, nor XML"))
            else:
                sheets.append(Sheet(source, "", _csv_rows(data)))
        except _Unreadable as error:
            problems.append(_unreadable(path.name, str(error), outcome=REFUSED))
    return Opened(tuple(sheets), tuple(documents), tuple(problems))


class _Unreadable(Exception):
    pass


def _unreadable(name: str, why: str, outcome: str = NOTED) -> Problem:
    return Problem(
        outcome, "file-unreadable", name, why, "save it again as .xlsx, .csv or .xml, or take it out of the delivery"
    )


def _workbook(source: SourceFile, data: bytes) -> list[Sheet]:
    from python_calamine import CalamineWorkbook

    valueless: dict[str, dict[tuple[int, int], str]] = {}
    if data.startswith(_ZIP):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED_WORKBOOK:
                    raise _Unreadable("unpacked, the workbook is too large to be a return")
                valueless = {name: dict(_valueless_cells(xml)) for name, xml in _sheet_xml(archive)}
        except (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError):  # broken, hostile, or locked by a password
            raise _Unreadable("the workbook is damaged") from None
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [
            Sheet(
                source,
                name,
                _filled(book.get_sheet_by_name(name).to_python(skip_empty_area=False), valueless.get(name, {})),
            )
            for name in book.sheet_names
        ]
    except Exception as error:  # calamine raises several kinds, none of them public
        if "password" in str(error).lower() or "encrypt" in str(error).lower():
            raise _Unreadable("the workbook is protected by a password") from None
        raise _Unreadable(f"the workbook can't be opened ({error})") from None


def _sheet_xml(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """The name and XML of each sheet of an .xlsx; nothing for other workbooks in a zip (.xlsb, .ods)."""
    from analysis.returns.xml import events

    entries = frozenset(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= entries:
        return
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for event, relation in events(archive.read("xl/_rels/workbook.xml.rels"), ("Relationship",))
        if event == "end"
    }
    for event, element in events(archive.read("xl/workbook.xml"), ("sheet",)):
        if event != "end":
            continue
        identifier = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
        target = targets.get(identifier, "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        if target and path in entries:
            yield element.get("name", ""), archive.read(path)


def _valueless_cells(xml: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    """Places (row, column, both from 0) of cells in error and of formulas without a value, which calamine gives as
    blank: nothing may be lost without a word. Read from the XML, and only where the sheet has any."""
    if not any(sign in xml for sign in _FORMULA_OR_ERROR):
        return
    for attributes, content in _CELL.findall(xml):
        in_error = b't="e"' in attributes
        # A formula that gave an empty text is calculated, and says so by its type.
        formula = not in_error and b't="str"' not in attributes and re.search(rb"<(?:\w+:)?f[\s>/]", content)
        place = _REFERENCE.search(attributes)
        value = _VALUE.search(content)
        if not place or not (in_error or formula) or (formula and value):
            continue
        column = 0
        for letter in place[1]:
            column = column * 26 + letter - 64
        yield (int(place[2]) - 1, column - 1), value[1].decode() if in_error and value else UNCALCULATED


def _filled(rows: list[list], valueless: dict[tuple[int, int], str]) -> list[list]:
    for (row, column), text in valueless.items():
        rows += [[] for _ in range(row + 1 - len(rows))]
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = text
    return rows


def _csv_rows(data: bytes) -> list[list[str]]:
    """Cells of a CSV in whatever encoding spreadsheets write: UTF-8 with or without mark, UTF-16, Windows-1252."""
    for encoding in ("utf-16",) if data.startswith(_UTF16) else ("utf-8-sig", "cp1252", "latin-1"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _Unreadable("the text is in no encoding that a spreadsheet writes")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count) if first.count(",") == 0 else ","
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise _Unreadable(f"the CSV can't be read ({error})") from None
