"""Is every child, worker and family unidentifiable? Looks at all that a file holds, seen or not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.publishing import downloads, reading
from analysis.publishing.gates.context import Context, Failure
from analysis.publishing.register import table as register

NAME = "identifiers"
_KINDS = (
    (re.compile(r"\bSIMA?\d{5,6}\b"), "the identifier of a simulated child or adopter"),
    (re.compile(r"\bSW\d{10}\b"), "a social worker's registration number"),
    # UPN: a check letter, the authority's three digits, school, year and serial; temporary ones end in a letter.
    (re.compile(r"\b[A-HJ-NP-RT-Z]\d{11}[0-9A-HJ-NP-RT-Z]\b"), "a unique pupil number"),
    (re.compile(r"(?i)\b(?:born on|date of birth|d\.?o\.?b\.?)\W{0,3}\d"), "a date of birth"),
)
# Shorter identifiers would be met by chance: "12" is also a number of children.
SHORTEST = 5
_WORD = re.compile(rf"[\w/-]{{{SHORTEST},}}")


def failures(context: Context) -> Iterator[Failure]:
    wanted = {identifier for identifier in context.identifiers if len(identifier) >= SHORTEST}
    # A bare number is also the place of a line in a drawing, or a size in Word: it counts only where it is said.
    numbers = {identifier for identifier in wanted if identifier.replace("-", "").isdigit()}
    names = (register.FILE, *downloads.TITLES)
    tables = [(name, context.outputs / name) for name in names if (context.outputs / name).is_file()]
    for file, path in [*context.files(), *tables]:
        found = set()
        for text in reading.everything(path):
            for pattern, what in _KINDS:
                if pattern.search(text):
                    # The identifier itself isn't repeated: what gates say is kept and mailed.
                    yield Failure(NAME, file, 0, f"holds {what}")
            found |= (wanted - numbers).intersection(_WORD.findall(text))
        for text in reading.said(path) if numbers else ():
            found |= numbers.intersection(_WORD.findall(text))
        if found:
            yield Failure(NAME, file, 0, "holds the identifier of a child or worker of this authority")
