"""Is every output free of the machine and the moment that made it?"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from analysis.publishing import reading
from analysis.publishing.gates.context import Context, Failure
from analysis.reference import project

NAME = "machine-traces"
_MOMENT = re.compile(r"\b20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d|D:20\d{6}")
_PERSONAL = re.compile(r"(?:/home/|/Users/|[A-Z]:\\Users\\)[\w.-]+")


def failures(context: Context) -> Iterator[Failure]:
    places = {str(place) for place in (context.home.resolve(), context.outputs.resolve(), project.ROOT)}
    places |= {str(Path(tempfile.gettempdir()) / "selfassess-")}
    for file, path in context.files():
        for text in reading.everything(path):
            if any(place in text for place in places) or _PERSONAL.search(text):
                yield Failure(NAME, file, 0, "holds the path of a folder on the machine that made it")
            if _MOMENT.search(text):
                yield Failure(NAME, file, 0, "holds the time at which something was made")
