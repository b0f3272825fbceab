"""When an XML census can't be trusted, and what is said of one that can: each check raises or reports, nothing else."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Sequence

import pandas as pd

from analysis.records.delivery import NOTED, REFUSED, Problem, Return, RowCount, SourceFile
from analysis.reference.calendar import words
from analysis.returns.census import Gathered, Oddity
from analysis.returns.ledger import Ledger
from analysis.returns.reading import Context
from analysis.returns.sources import XmlDocument

# A refused return speaks for no date; where neither the quarter nor the file gives one, this says so plainly.
NO_DATE = dt.date(1900, 1, 1)
# Fewer values than this that are no codes may be slips; more, and most of the column, is another list.
FEWEST_WRONG_CODES = 10


class Refusal(Exception):
    """Why a census can't be trusted: a reason code, a sentence, and what to do."""

    def __init__(self, reason: str, why: str, remedy: str):
        super().__init__(why)
        self.reason, self.why, self.remedy = reason, why, remedy


def oddities(found: Gathered, file: SourceFile) -> list[Problem]:
    """What the file holds that the census doesn't know: once an element, with how often and where first."""
    names = sorted({name for records in found.records.values() for name in records.kind.parts})
    problems = []

    def say(reason: str, oddity: Oddity, sheet: str, column: str, why: str, remedy: str) -> None:
        often = "once" if oddity.count == 1 else f"{oddity.count} times"
        problems.append(
            Problem(NOTED, reason, file.name, f"{why} ({often}, first on line {oddity.line})", remedy, sheet,
                    oddity.line, column, oddity.value)
        )  # fmt: skip

    for (where, name), seen in found.unknown.items():
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.75)
        hint = f"; is it meant to be '{near[0]}'?" if near else ""
        say("element-unknown", seen, where, name, f"'{name}' is no element of this census, so it isn't read",
            f"check the export's layout{hint}")  # fmt: skip
    for (meant, name), seen in found.misspelt.items():
        say("element-misspelt", seen, "", name, f"'{name}' is read as '{meant}', which differs only in its capitals",
            f"write it '{meant}'")  # fmt: skip
    for (where, name), seen in found.repeated.items():
        say("element-repeated", seen, where, name, f"'{name}' stands more than once in one {where}; the first counts",
            "keep one")  # fmt: skip
    for where, seen in found.stray.items():
        say("text-stray", seen, where, "", "text stands between elements, where none belongs; it isn't read",
            "take it out, or put it into an element")  # fmt: skip
    return problems


def check_shape(found: Gathered, root: str, collection: str, census: str) -> None:
    """Raises Refusal unless the file parsed to its end, has the right root, and says it is this collection."""
    if found.broken:
        raise Refusal("xml-unreadable", found.broken, f"export the {census} again and deliver the whole file")
    if found.root != root:
        lost = sorted({name for _, name in found.unknown})
        holds = f", and it holds elements that the census doesn't have ({', '.join(lost[:6])})" if lost else ""
        raise Refusal(
            "root-wrong",
            f"its root element is '{found.root}', where the {census} has '{root}' with a Header that says which "
            f"authority and date it is for{holds}",
            f"export the {census} in the form that goes to DfE; renaming the root by hand doesn't mend the rest",
        )
    said = found.header.get("Collection", "")
    if said.upper() != collection and said:
        raise Refusal("collection-wrong", f"its header says that it is the collection '{said}', not '{collection}'",
                      f"deliver the {census}, or correct the header at its source")  # fmt: skip


def check_required(found: Gathered) -> None:
    """Raises Refusal where an element that every record must have is in none, while unknown ones stand in its place:
    the file is mis-named throughout, and reading on would turn that into wrong figures."""
    for records in found.records.values():
        strangers = sorted(name for where, name in found.unknown if where == records.kind.name)
        for name in records.kind.required:
            if strangers and records.rows and not any(name in row for row in records.rows):
                raise Refusal(
                    "element-misnamed",
                    f"none of its {len(records.rows)} {records.kind.name} elements has a '{name}', which each must have; "
                    f"they hold {', '.join(repr(s) for s in strangers[:6])}, which the census doesn't know",
                    "correct the element names where the file is made, and export it again",
                )


def check_no_null(found: Gathered, coded: Sequence[tuple[str, str]]) -> None:
    """Raises Refusal where a code is the word NULL: a database's blank, written out by an export that went wrong."""
    for kind, name in coded:
        records = found.records[kind]
        at = [
            line
            for row, line in zip(records.rows, records.lines, strict=True)
            if (row.get(name) or "").strip().upper() == "NULL"
        ]
        if at:
            raise Refusal(
                "null-literal", f"'{name}' holds the word NULL in {len(at)} of {len(records.rows)} {kind} records, "
                f"first in the one on line {at[0]}", "export again with blanks left out, not written as NULL",
            )  # fmt: skip


def check_codes(ledger: Ledger, column: str, codes: pd.Series) -> None:
    """Raises Refusal where most of a column's values aren't codes at all: another list, or a shifted export."""
    filled = ledger.rows[column].map(lambda v: isinstance(v, str) and bool(v.strip()))
    unknown = int((filled & codes.isna()).sum())
    if unknown >= FEWEST_WRONG_CODES and unknown * 2 > int(filled.sum()):
        raise Refusal(
            "codes-unknown-throughout",
            f"{unknown} of {int(filled.sum())} values of '{column}' are no codes of its list",
            "check that the export writes DfE's codes, and export it again",
        )


def header_date(text: str) -> dt.date | None:
    match = re.match(r"(\d{4})-(\d{2})-(\d{2})", text)
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def check_quarter(reference: dt.date, context: Context) -> None:
    """Raises Refusal for a return that speaks of a date after the quarter that it is delivered for."""
    if context.quarter and reference > context.quarter.end:
        raise Refusal(
            "date-after-quarter",
            f"it is as at {words(reference)}, after {context.quarter} ends ({words(context.quarter.end)})",
            "deliver it with a later quarter, or correct the reference date in its header",
        )


def refused(kind: str, title: str, document: XmlDocument, found: Gathered, context: Context, why: Refusal) -> Return:
    """A return that holds nothing but the reason, and the account of all that was not read."""
    end = header_date(found.header.get("ReferenceDate", "")) or (context.quarter.end if context.quarter else NO_DATE)
    counts = tuple(
        RowCount(document.file.name, name, f"{title}: {records.kind.title}", len(records.rows), 0, len(records.rows))
        for name, records in found.records.items()
        if records.rows
    )
    problem = Problem(REFUSED, why.reason, document.file.name, why.why, why.remedy)
    return Return(
        kind, title, end, end, {}, problems=(problem, *oddities(found, document.file)), counts=counts,
        files=(document.file,), about=about(found),
    )  # fmt: skip


def about(found: Gathered) -> dict[str, str]:
    return {"authority": found.header["LEA"]} if found.header.get("LEA") else {}
