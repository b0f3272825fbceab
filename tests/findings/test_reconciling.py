"""The reconciliation as a table: what each audience sees of it."""

import pandas as pd

from analysis.findings import bundle, reconciling
from analysis.findings.review import Review
from analysis.indicators import reconciliation
from analysis.records.history import Known
from analysis.reference import project
from analysis.reference.quarters import Quarter

NOW = Quarter.parse("2018-19-Q2")


def recorded(audience, in_the_year):
    """So many referrals in 2017-18, each of another child, as the table and the statement."""
    dates = [pd.Timestamp("2015-05-01"), *[pd.Timestamp("2017-06-01")] * in_the_year, pd.Timestamp("2018-08-01")]
    referrals = pd.DataFrame({"child_id": [f"SIM{n:06d}" for n in range(len(dates))], "date": dates})
    known = Known.from_tables({"referrals": referrals}, kinds=["annex_a"], quarter=NOW)
    shown: list[dict] = []
    review = Review("data-quality", project.authority("929"), NOW, audience, known, show=shown.append)
    reconciling.record(review, "tbl-data-quality-reconciliation", caption="Beside")
    items = [item for data in shown for item in data[bundle.FINDINGS]["items"]]
    (table,) = [item for item in items if item["kind"] == "table"]
    (statement,) = [item for item in items if item["kind"] == "statement"]
    return {row[0]: row[1:] for row in table["rows"]}, statement["text"]


def test_ours_beside_the_published_with_the_difference_and_the_reason():
    rows, said = recorded("internal", 3584)
    assert rows["Referrals"] == ["2017-18", "3,584", "3,584", "–", "Agree."]
    assert rows["Referrals per 10,000 children"] == [
        "2017-18", "607.5", "611.0", "−3.5",
        "The population estimate has been re-based since: 3,584 among 58,994 children is 607.5 for every 10,000, and among 58,657, on "
        "which DfE now stands, 611.0.",
    ]  # fmt: skip
    assert said.startswith("1 of the ")
    assert " more we can say what may lie behind the difference." in said


def test_what_is_withheld_gives_nothing_away():
    """Four referrals: neither the number, nor the difference from the published one, nor the arithmetic."""
    rows, _ = recorded("public", 4)
    assert rows["Referrals"] == [
        "2017-18", "c", "3,584", "c",
        "Our records hold fewer than were published; records amended or taken out since can do this.",
    ]  # fmt: skip
    assert rows["Referrals per 10,000 children"][1:4] == ["c", "611.0", "c"]
    assert not any(character.isdigit() for character in rows["Referrals per 10,000 children"][4].replace("V3", ""))
    officers, _ = recorded("internal", 4)
    assert officers["Referrals"][1] == "4"


def test_a_difference_counts_nobody():
    """3,582 beside 3,584: both are shown, and anybody can take one from the other."""
    rows, _ = recorded("board", 3582)
    assert rows["Referrals"][1:4] == ["3,582", "3,584", "−2"]


def test_an_authority_without_records_is_told_so():
    assert reconciling._said(0, 0).startswith("No measure here has a published figure")
    assert reconciling._said(2, 2) == (
        "All 2 measures that have a published figure agree with it at the precision at which it was printed."
    )
    assert reconciling._said(2, 1).endswith("printed. For 1 more we can say what may lie behind the difference.")
    assert reconciling._said(62, 38, 2).endswith(
        "printed. For 22 more we can say what may lie behind the difference. For 2 nothing that we hold explains the difference."
    )


def test_what_nothing_explains_is_counted_as_such():
    """The sentence of the table and the constant by which it is counted are one."""
    assert reconciliation._sentence([reconciliation._UNTOLD.words]) == reconciliation.UNTOLD
