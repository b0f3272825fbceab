"""Records written out in a test, small enough to be worked by hand, and a review of them.

Each block is a table: its name, its columns, and a line a row. A missing value is `-`, and a blank within free text `_`.
"""

from __future__ import annotations

import pandas as pd

from analysis.findings.review import Review
from analysis.records.history import Known
from analysis.records.schema import DTYPES
from analysis.records.tables import TABLES
from analysis.reference import project
from analysis.reference.quarters import Quarter

NOW = Quarter(2018, 2)
_FLAGS = {"yes": True, "no": False, "True": True, "False": False}


def tables(text: str) -> dict[str, pd.DataFrame]:
    found = {}
    for block in text.strip().split("\n\n"):
        name, header, *lines = (line.strip() for line in block.strip().splitlines())
        frame = pd.DataFrame([line.split() for line in lines], columns=header.split()).replace("-", None)
        for column in frame.columns:
            kind = TABLES[name].column(column).kind
            if kind == "date":
                frame[column] = pd.to_datetime(frame[column])
            elif kind == "flag":
                frame[column] = frame[column].map(_FLAGS).astype("boolean")
            else:
                frame[column] = frame[column].astype(DTYPES[kind])
            if kind == "text":
                frame[column] = frame[column].str.replace("_", " ")
        found[name] = frame
    return found


def known(text: str, quarter: Quarter | None = None) -> Known:
    """The records of a text in memory."""
    return Known.from_tables(tables(text), quarter=quarter)


def review_of(frames: dict[str, pd.DataFrame], audience: str = "internal") -> Review:
    """A review of tables in memory at NOW, that shows nothing."""
    records = Known.from_tables(frames, quarter=NOW)
    return Review("tiny", project.authority("929"), NOW, audience, records, show=lambda _: None)


def review(text: str, audience: str = "internal") -> Review:
    return review_of(tables(text), audience)
