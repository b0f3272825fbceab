"""What the two XML censuses share: their header, their records with lines kept, and what neither may lose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from analysis.records.delivery import NOTED, SourceFile
from analysis.returns.ledger import Ledger
from analysis.returns.xml import UnsafeXml, events, line_of, local_name, root_name

_HEADER_FIELDS = ("Collection", "Year", "ReferenceDate", "SourceLevel", "LEA", "SoftwareCode", "Release", "SerialNo",
                  "DateTime")  # fmt: skip
_HEADER_GROUPS = ("CollectionDetails", "Source", "Content")


@dataclass(frozen=True)
class Kind:
    """One kind of record: an element with `fields` (values), perhaps inside `groups` (elements that only group),
    and nested `records`. A kind without fields is a leaf: its own text is the value."""

    name: str
    title: str
    fields: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    records: tuple[Kind, ...] = ()
    required: tuple[str, ...] = ()

    @cached_property
    def parts(self) -> dict[str, object]:
        """Element name -> "field", "group", or the nested kind."""
        nested = {kind.name: kind for kind in self.records}
        return dict.fromkeys(self.fields, "field") | dict.fromkeys(self.groups, "group") | nested

    @cached_property
    def folded(self) -> dict[str, str]:
        return {name.casefold(): name for name in self.parts}

    def everything(self) -> list[Kind]:
        """This kind and all nested in it, outermost first."""
        return [self, *(kind for nested in self.records for kind in nested.everything())]


@dataclass
class Records:
    """The records of one kind as they stand in the file. Record n (from 1) has line `lines[n-1]` and lies in
    record `parents[n-1]` of the kind around it (0: none)."""

    kind: Kind
    rows: list[dict] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)

    def frame(self) -> pd.DataFrame:
        """The values as text, None where blank, a row a record from 1 on."""
        columns = {name: [row.get(name) for row in self.rows] for name in self.kind.fields or (self.kind.name,)}
        return pd.DataFrame(columns, index=pd.RangeIndex(1, len(self.rows) + 1), dtype=object)


@dataclass
class Oddity:
    count: int = 0
    line: int = 0
    value: str = ""


class Gathered:
    """Everything that a census file holds. `broken` says why reading stopped early, "" where it didn't."""

    def __init__(self, kinds: Sequence[Kind], containers: Sequence[str]):
        self.root = ""
        self.header: dict[str, str] = {}
        self.broken = ""
        self.records = {kind.name: Records(kind) for top in kinds for kind in top.everything()}
        self.unknown: dict[tuple[str, str], Oddity] = {}  # (in which kind, element)
        self.misspelt: dict[tuple[str, str], Oddity] = {}  # (as it should be, as it is)
        self.repeated: dict[tuple[str, str], Oddity] = {}  # (in which kind, element)
        self.stray: dict[str, Oddity] = {}  # in which element
        self._top = {kind.name: kind for kind in kinds}
        self._known: dict[tuple[str, str], tuple[str, object]] = {}
        self._outer = frozenset((*containers, "Header", *_HEADER_FIELDS, *_HEADER_GROUPS))

    @classmethod
    def read(cls, data: bytes, kinds: Sequence[Kind], containers: Sequence[str]) -> Gathered:
        """Reads the whole file, one top-level record at a time. What can't be parsed ends the reading: `broken`."""
        found = cls(kinds, containers)
        try:
            found._read(data)
        except UnsafeXml as error:
            found.broken = str(error)
        return found

    def _read(self, data: bytes) -> None:
        """The records as they end, freeing each; what stands outside them when all are read, or reading broke off."""
        self.root = root_name(data)
        depth, whole = 0, None  # how deep within top-level records; the document's root element
        try:
            for event, element in events(data, (self.root, *self._top) if self.root else ()):
                if whole is None:
                    whole = element
                kind = None if element is whole else self._top.get(local_name(element.tag))
                if kind is None:  # the root, or an element that bears its name
                    continue
                depth += 1 if event == "start" else -1
                if not depth:
                    self._record(element, kind, 0)
                    element.clear()
        finally:
            if whole is not None:
                self._outside(whole, known=True)

    def _outside(self, element, known: bool = False) -> None:
        name = local_name(element.tag)
        if name in _HEADER_FIELDS:
            self.header.setdefault(name, (element.text or "").strip())
        elif name not in self._outer and not known:
            self._count(self.unknown, (self.root, name), element, element.text or "")
        elif element.text and element.text.strip():
            self._count(self.stray, name, element, element.text)
        for part in element:
            if local_name(part.tag) not in self._top:
                self._outside(part)
            self._tail(part)

    def _record(self, element, kind: Kind, parent: int) -> None:
        records = self.records[kind.name]
        row: dict[str, str] = {}
        records.rows.append(row)
        records.lines.append(line_of(element))
        records.parents.append(parent)
        if kind.fields:
            self._fill(element, kind, row, len(records.rows))
        else:
            row[kind.name] = self._value(element, kind)

    def _fill(self, element, kind: Kind, row: dict[str, str], number: int) -> None:
        if element.text and element.text.strip():
            self._count(self.stray, local_name(element.tag), element, element.text)
        for part in element:
            tag = part.tag
            known = self._known.get((kind.name, tag))
            name, what = known or self._recognise(part, kind)
            if what is None:
                for lost in part.iter():
                    self._count(self.unknown, (kind.name, local_name(lost.tag)), lost, lost.text or "")
            elif what == "group":
                self._fill(part, kind, row, number)
            elif isinstance(what, Kind):
                self._record(part, what, number)
            elif name in row:
                self._count(self.repeated, (kind.name, name), part, part.text or "")
            else:
                row[name] = self._value(part, kind)
            tail = part.tail
            if tail and not tail.isspace():
                self._tail(part)

    def _recognise(self, part, kind: Kind) -> tuple[str, object]:
        """What an element is by its local name. Remembered by its tag, unless that is worth counting each time."""
        name = local_name(part.tag)
        if what := kind.parts.get(name):
            return self._known.setdefault((kind.name, part.tag), (name, what))
        if meant := kind.folded.get(name.casefold()):
            self._count(self.misspelt, (meant, name), part)
            return meant, kind.parts[meant]
        return name, None

    def _value(self, element, kind: Kind) -> str | None:
        for lost in element if len(element) else ():
            for each in lost.iter():
                self._count(self.unknown, (kind.name, local_name(each.tag)), each, each.text or "")
        return (element.text or "").strip() or None

    def _tail(self, element) -> None:
        if element.tail and element.tail.strip():
            self._count(self.stray, local_name(element.getparent().tag), element, element.tail)

    @staticmethod
    def _count(into: dict, key, element, value: str = "") -> None:
        seen = into.setdefault(key, Oddity(line=line_of(element), value=value.strip()[:120]))
        seen.count += 1


class RecordLedger(Ledger):
    """The account of one kind of XML record: problems carry the line in the file instead of the record's number."""

    def __init__(self, file: SourceFile, records: Records, census: str):
        super().__init__(file, records.kind.name, f"{census}: {records.kind.title}", records.frame())
        self.lines = records.lines
        self.parents = pd.Series(records.parents, index=self.rows.index, dtype="int64")

    def note(self, reason: str, why: str, remedy: str, *, row: int | None = None, column: str = "", value: object = "",
             outcome: str = NOTED) -> None:  # fmt: skip
        line = None if row is None else self.lines[int(row) - 1]
        told = why if line is None else f"line {line}: {why}"
        super().note(reason, told, remedy, row=line, column=column, value=value, outcome=outcome)

    def _cells(self, column: str) -> pd.Series:
        return self.rows[column]  # text or None already, and nothing that only a spreadsheet writes

    def inherit(self, values: pd.Series) -> pd.Series:
        """Values of the records around, aligned with these."""
        found = values.reindex(self.parents)
        return found.set_axis(self.rows.index)
