"""Tables as narrative includes them: columns wide enough for their words."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from analysis.publishing import snippets
from analysis.publishing.findings_folders import Review

PAGE = 104
words = st.text("abcdefghij", min_size=1, max_size=14)
cells = st.lists(words, min_size=1, max_size=9).map(" ".join)
tables = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=2, max_size=5)
)


def shares(markdown: str) -> list[float]:
    """Each column's share of the page, of the rule under the headings."""
    rule = markdown.splitlines()[1]
    dashes = [part.count("-") for part in rule.strip("|").split("|")]
    return [count / sum(dashes) for count in dashes]


@given(tables)
def test_no_column_is_too_narrow_for_its_longest_word(table):
    found = shares(snippets.table("tbl-x", {"columns": table[0], "rows": table[1:], "caption": "A table"}))
    for at, share in enumerate(found):
        longest = max(len(word) for row in table for word in row[at].split())
        assert share * PAGE >= longest


def test_a_heading_beside_long_sentences_keeps_its_whole_words():
    sentence = "ours to 30 September 2018, the whole of the year, and England's for 2017-18"
    table = [["Indicator", "Northumberland", "Neighbours", "What to know"], [sentence, "66.7", "45.9", sentence]]
    found = shares(snippets.table("tbl-x", {"columns": table[0], "rows": table[1:], "caption": "A table"}))
    assert found[1] * PAGE >= len("Northumberland")
    assert min(found[0], found[1]) > found[2]


def test_a_range_of_numbers_stays_on_one_line():
    found = snippets.table(
        "tbl-x", {"columns": ["Group", "Limits"], "rows": [["1 child", "−5 to 79"]], "caption": "A table"}
    )
    assert "−5\u00a0to\u00a079" in found
    assert "1 child" in found


def test_reviews_that_stand_on_the_same_deliveries_share_a_row():
    def review(name, title, *quarters, available=True, needs=()):
        deliveries = tuple({"quarter": quarter, "id": f"mark-{quarter}"} for quarter in quarters)
        return Review(name, Path(), title, "929", "2018-19-Q2", "public", True, available, needs, deliveries=deliveries)

    found = snippets.about_the_data([
        review("a", "Front door", "2018-19-Q1", "2018-19-Q2"),
        review("b", "Early help", "2018-19-Q2"),
        review("c", "Workforce", "2018-19-Q1", "2018-19-Q2"),
        review("d", "Education", available=False, needs=("absences",)),
    ])  # fmt: skip
    rows = [line.split("|")[1].strip() for line in found.splitlines() if line.startswith("|")]
    assert rows[2:] == ["Front door\\; Workforce", "Early help", "Education\\: waits for absences"]
