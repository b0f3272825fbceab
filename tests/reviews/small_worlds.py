"""Reviews of a few rows that a test lays out by hand."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analysis.findings import Review
from analysis.records.history import Known
from analysis.reference import project
from analysis.reference.quarters import Quarter

NOW = Quarter.parse("2018-19-Q2")


def reviews(name: str, *kinds: str, quarter: Quarter = NOW) -> Callable[..., Review]:
    """Makes reviews of that name, as known from such deliveries: give the tables by name, an audience, a history."""

    def make(audience: str = "internal", history: object = None, **tables: pd.DataFrame) -> Review:
        known = Known.from_tables(tables, kinds=kinds, quarter=quarter)
        return Review(name, project.authority("929"), quarter, audience, known, history=history, show=lambda data: None)

    return make
