"""Events and rebases that people enter: read whole, kept by date, and every mistake named with its entry and remedy."""

from __future__ import annotations

import datetime as dt

import pytest

from analysis.reference import dated_entries
from analysis.reference.project import UserError

LATER = dt.date(2030, 1, 1)
REBASE = """
[[rebase]]
authority = "929"
chart = "plans-starting"
from = "2017-06"
entered = 2018-11-20
by = "performance lead"
reason = "The threshold for conference was reviewed."
"""


@pytest.fixture
def written(tmp_path):
    def write(text: str):
        path = tmp_path / "report" / "file.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_project_s_own_files_can_be_read():
    mash = dated_entries.events("929", dt.date(2018, 9, 30))[0]
    assert (mash.month, mash.when) == (dt.date(2018, 2, 1), "In February 2018")
    assert "referrals" in mash.series
    assert all(dated_entries.rebases("929", chart, LATER) == () for chart in dated_entries.CHARTS)


def test_only_what_had_happened_and_had_been_decided_counts(written):
    assert dated_entries.events("929", dt.date(2018, 1, 31)) == ()
    path = written(REBASE)
    assert dated_entries.rebases("929", "plans-starting", dt.date(2018, 11, 19), path) == ()
    (made,) = dated_entries.rebases("929", "plans-starting", dt.date(2018, 11, 20), path)
    assert (made.month, made.by) == (dt.date(2017, 6, 1), "performance lead")
    assert dated_entries.rebases("929", "plans-ending", LATER, path) == ()
    assert dated_entries.rebases("391", "plans-starting", LATER, path) == ()


def test_a_day_may_be_given_for_an_event(written):
    event = '[[event]]\nauthority = "929"\ndate = {}\nwhat = "it opened."\nsource = "a paper"\nseries = ["referrals"]\n'
    for day in ('"2018-02-06"', "2018-02-06"):
        (found,) = dated_entries.events("929", LATER, written(event.format(day)))
        assert (found.month, found.when, found.what) == (dt.date(2018, 2, 1), "On 6 February 2018", "it opened")


def test_no_file_is_no_entries(tmp_path):
    assert dated_entries.events("929", LATER, tmp_path / "none.toml") == ()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("authority", "929", "'authority' is 929; write DfE's three-digit code in quotation marks, as \"929\""),
        ("authority", '"Northumberland"', "'authority' is 'Northumberland'"),
        ("chart", '"starts"', "'chart' is 'starts'; use one of referrals, section47-enquiries"),
        ("from", '"June 2017"', "'from' is 'June 2017'; write a month in quotation marks, as \"2018-02\""),
        ("from", '"2017-13"', "'from' is '2017-13'"),
        ("entered", '"2018-11-20"', "'entered' is '2018-11-20'; write a day without quotation marks"),
        ("entered", "2017-01-01", "'entered' is before 'from'"),
        ("by", '""', "'by' is empty"),
        ("by", '"a@b.gov.uk"', "'by' is an address; write the role"),
        ("reason", '" "', "'reason' is empty"),
    ],
)
def test_a_mistake_names_the_file_the_entry_the_field_and_the_remedy(written, field, value, told):
    lines = [f"{field} = {value}" if line.startswith(f"{field} =") else line for line in REBASE.splitlines()]
    with pytest.raises(UserError) as error:
        dated_entries.rebases(
            "929", "plans-starting", LATER, written(REBASE.replace("2017-06", "2016-06") + "\n".join(lines))
        )
    assert str(error.value).startswith("report/file.toml, entry 2: ")
    assert told in str(error.value)


def test_every_mistake_is_told_at_once(written):
    text = '[[event]]\nauthority = "929"\ndate = "soon"\nseries = ["plans"]\nwhy = "?"\n[[other]]\n'
    with pytest.raises(UserError) as error:
        dated_entries.events("929", LATER, written(text))
    told = str(error.value)
    for part in ("'other' is no entry", "'date' is 'soon'", "'what' is missing; add it", "'source' is missing",
                 "'series' has 'plans'; use referrals", "'why' is no field; use authority"):  # fmt: skip
        assert part in told


def test_the_same_rebase_twice_and_a_file_that_is_not_toml(written):
    with pytest.raises(UserError, match="is there already for this chart"):
        dated_entries.rebases("929", "plans-starting", LATER, written(REBASE + REBASE))
    with pytest.raises(UserError, match="can't be read"):
        dated_entries.rebases("929", "plans-starting", LATER, written("[[rebase]\n"))
    with pytest.raises(UserError, match="two pairs of brackets"):
        dated_entries.rebases("929", "plans-starting", LATER, written('[rebase]\nchart = "x"\n'))
