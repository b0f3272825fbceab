"""Whatever stands in the cells, the reader answers with an account and never with a traceback."""

from __future__ import annotations

import datetime as dt

from annex_a_workbooks import QUARTER, ROW
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.records.delivery import OUTCOMES, SourceFile
from analysis.records.tables import TABLES
from analysis.returns.annex_a import READER
from analysis.returns.reading import Context
from analysis.returns.sources import UNCALCULATED, Sheet

FILE = SourceFile("junk.xlsx", "0" * 64, 1)
JUNK = st.one_of(
    st.text(max_size=12), st.floats(), st.integers(-(10**12), 10**12), st.booleans(), st.none(), st.just(""),
    st.dates(), st.datetimes(), st.times(), st.timedeltas(),
    st.sampled_from(["NULL", "#N/A", UNCALCULATED, "a)", "=1+1", "31/02/2018", "2018-13-01", "<b>", "1e400", "-1", "١٢/٠٣/٢٠١٨",
                     "n1", "zzCodeError", "Child Unique ID", "\x00", "É\u202e"]),
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(data=st.data(), number=st.sampled_from(sorted(ROW)), quarter=st.sampled_from([QUARTER, None]))
def test_junk_is_accounted_for(data, number, quarter):
    header = list(ROW[number])
    good = list(ROW[number].values())
    lines = [
        [data.draw(JUNK) if data.draw(st.booleans()) else value for value in good]
        for _ in range(data.draw(st.integers(0, 3)))
    ]
    short = [line[: data.draw(st.integers(0, len(line) + 1))] for line in lines]
    sheet = Sheet(FILE, "S", [header, *short])
    assert READER.claims(sheet)
    (found,) = READER.read([sheet], Context(quarter))
    (count,) = found.counts
    assert count.read == count.kept + count.set_aside
    assert count.read <= len(lines)
    assert {problem.outcome for problem in found.problems} <= set(OUTCOMES)
    for name, frame in found.tables.items():
        assert TABLES[name].conform(frame, partial=True).shape == frame.shape
        assert frame[list(TABLES[name].key[:1])].notna().all(axis=None)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(JUNK, max_size=6), max_size=12))
def test_junk_is_not_claimed(rows):
    sheet = Sheet(FILE, "List_3", rows)
    assert not READER.claims(sheet)


@settings(max_examples=8, deadline=None)
@given(above=st.integers(0, 6), aside=st.integers(0, 3), blank=st.integers(0, 3))
def test_headings_are_found_wherever_they_stand(above, aside, blank):
    padding = [""] * aside
    lines = [["List 1"], *[[] for _ in range(above)], [*padding, *ROW[1]]]
    lines += [*[["", " "] for _ in range(blank)], [*padding, *ROW[1].values()]]
    (found,) = READER.read([Sheet(FILE, "S", lines)], Context(QUARTER))
    assert found.counts[0].kept == 1
    assert found.tables["contacts"]["date"].tolist() == [dt.datetime(2018, 7, 2)]
