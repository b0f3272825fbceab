"""The SSDA903's XML form: one element a child, lifted into the same tables as the CSV form."""

from __future__ import annotations

from collections import Counter, defaultdict

import pandas as pd

from analysis.records.delivery import NOTED, REFUSED
from analysis.returns.sources import XmlDocument
from analysis.returns.ssda903.layout import TITLE, Layout, column_name, layout, layouts
from analysis.returns.ssda903.pieces import Piece, inspected
from analysis.returns.xml import UnsafeXml, events, line_of, local_name, mentions, root_name

ROOT = "EXPSSDA903"
_CHILD, _HEADER, _EPISODE = "CHILD", "HEADER", "EPISODE"
# Elements that no other return has: a file with these is meant as this one, whatever its root is called.
_SIGNS = ("DECOM", "SDQ_SCORE", "AREVIEW", "REVIEW_CODE")
# Tables whose items stand flat in the header, and by which of them a child is known to be in the table.
_FLAT = {"UASC": ("UASC", "DUC"), "OC3": ("IN_TOUCH", "ACTIV", "ACCOM"),
         "AD1": ("DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR")}  # fmt: skip
# A return in XML has these even where they have no row; later tables only where it shows them.
_ALWAYS = frozenset(one.name for one in layouts() if not one.since)


def claims(document: XmlDocument) -> bool:
    """Whether an XML file is an SSDA903, by its root element or by what only an SSDA903 holds."""
    root = root_name(document.data)
    return root.upper() == ROOT or (mentions(document.data, _EPISODE) and mentions(document.data, *_SIGNS))


class _Gathered:
    """Rows and their lines, by table, while a document is read; and what was found that no table has."""

    def __init__(self):
        self.rows: dict[str, list[dict]] = defaultdict(list)
        self.lines: dict[str, list[int]] = defaultdict(list)
        self.elements: dict[str, str] = {}
        self.unknown: Counter[str] = Counter()
        self.repeated: Counter[str] = Counter()

    def add(self, name: str, element, row: dict) -> None:
        self.rows[name].append(row)
        self.lines[name].append(line_of(element))
        self.elements.setdefault(name, local_name(element.tag).upper())

    def leaves(self, element) -> dict[str, str]:
        """The values directly inside an element, under the return's own names."""
        found: dict[str, str] = {}
        for part in element:
            if len(part):
                continue
            name = column_name(local_name(part.tag))
            if not name and not (part.text or "").strip():
                continue
            if not name:
                self.unknown[local_name(part.tag)] += 1
            elif name in found:
                self.repeated[name] += 1
            else:
                found[name] = (part.text or "").strip()
        return found

    def child(self, element) -> None:
        """One CHILD: its header first, so that every other record carries the child's identifier and birth date."""
        parts = [part for part in element if len(part)]
        headers = [part for part in parts if local_name(part.tag).upper() == _HEADER]
        who = self.leaves(element)
        for header in headers:
            who = self.leaves(header) | who
            self.add("Header", header, who)
            self.flat(header, who)
        known = {name: who.get(name, "") for name in ("CHILD", "DOB", "SEX")}
        for group in (*(g for header in headers for g in header if len(g)), *parts):
            if group not in headers:
                self.group(group, known)

    def flat(self, header, who: dict[str, str]) -> None:
        for name, signs in _FLAT.items():
            # A 0 is an answer, save in UASC itself, where it says that the child isn't one.
            if any(who.get(sign) and (sign, who[sign]) != ("UASC", "0") for sign in signs):
                self.add(name, header, who)

    def group(self, element, known: dict[str, str]) -> None:
        row = self.leaves(element)
        one = _table_of(element, row)
        if one is None:
            self.unknown[local_name(element.tag)] += 1
            return
        self.add(one.name, element, known | row)
        for deeper in element:
            if len(deeper):
                self.unknown[local_name(deeper.tag)] += 1


def _table_of(element, row: dict) -> Layout | None:
    """The table that a nested element belongs to: by the columns that only that table has."""
    if local_name(element.tag).upper() == _EPISODE:
        return layout("Episodes")
    best = max(layouts(), key=lambda one: len(one.own & row.keys()))
    return best if best.own & row.keys() else None


def of_document(document: XmlDocument) -> list[Piece]:
    """Every table of an XML return. One that can't be read to its end is refused, and says where it breaks."""
    gathered, broken = _Gathered(), ""
    depth = 0
    try:
        for event, element in events(document.data):
            depth += 1 if event == "start" else -1
            if event == "end" and depth == 1:
                if local_name(element.tag).upper() == _CHILD:
                    gathered.child(element)
                else:
                    gathered.unknown[local_name(element.tag)] += 1
                element.clear()
    except UnsafeXml as error:
        broken = str(error)
    pieces = [_piece(document, gathered, one) for one in layouts() if one.name in _ALWAYS or gathered.rows[one.name]]
    return [_with_document_problems(pieces[0], document, gathered, broken), *pieces[1:]]


def _piece(document: XmlDocument, gathered: _Gathered, one: Layout) -> Piece:
    rows = gathered.rows[one.name]
    # XML leaves out what is blank, so a column is only absent where no row can do without it.
    needed = {f.name for f in one.fields if f.required or not f.expected}
    columns = [n for n in one.names if n not in needed or not rows or any(n in row for row in rows)]
    frame = pd.DataFrame(
        [[row.get(n, "") for n in columns] for row in rows],
        columns=columns, index=pd.RangeIndex(1, len(rows) + 1), dtype=object,
    )  # fmt: skip
    sheet = gathered.elements.get(one.name, "")
    piece = Piece(one, document.file, sheet, frame, lines=tuple(gathered.lines[one.name]), own_file=False)
    return inspected(piece)


def _with_document_problems(piece: Piece, document: XmlDocument, gathered: _Gathered, broken: str) -> Piece:
    root = root_name(document.data)
    if broken:
        piece = piece.saying(REFUSED, "xml-malformed", broken, "export the file again")
    elif root.upper() != ROOT:
        piece = piece.saying(
            REFUSED, "root-wrong", f"the root element is {root}, where {TITLE} has {ROOT}",
            "export it again as an SSDA903 return",
        )  # fmt: skip
    elif not gathered.rows["Header"] and not gathered.rows["Episodes"]:
        piece = piece.saying(REFUSED, "xml-empty", "the file holds no child with a header or an episode",
                             "check that the export ran for the right year")  # fmt: skip
    for name, count in gathered.unknown.items():
        piece = piece.saying(NOTED, "element-unknown", f"<{name}> stands {count} times and is no part of the return",
                             "nothing, if it is a local addition", column=name)  # fmt: skip
    for name, count in gathered.repeated.items():
        piece = piece.saying(NOTED, "element-repeated", f"{name} stands more than once in {count} records; the first is used",
                             "leave one of them in the export", column=name)  # fmt: skip
    return piece
