"""What documents say of themselves, for every audience there is."""

import fixtures
import pytest

from analysis.disclosure import AUDIENCES
from analysis.publishing import wording
from analysis.reference.calendar import Quarter


def test_every_audience_has_its_words_and_its_profile():
    assert set(wording.AUDIENCE_LABELS) == set(wording.MARKINGS) == set(AUDIENCES)
    assert {path.stem.removeprefix("_quarto-") for path in fixtures.ROOT.glob("_quarto-*.yml")} == set(AUDIENCES)


@pytest.mark.parametrize(
    ("quarter", "now", "year_ago", "last", "before"),
    [
        ("2018-19-Q2", "30 September 2018", "30 September 2017", "31 March 2018", "31 March 2017"),
        ("2017-18-Q4", "31 March 2018", "31 March 2017", "31 March 2017", "31 March 2016"),
        ("2018-19-Q1", "30 June 2018", "30 June 2017", "31 March 2018", "31 March 2017"),
    ],
)
def test_moments_are_dates_in_words(quarter, now, year_ago, last, before):
    found = wording.moments(Quarter.parse(quarter))
    assert (found["now"], found["year_ago"], found["last_year_end"], found["year_end_before"]) == (
        now, year_ago, last, before,
    )  # fmt: skip


def test_the_running_head_says_the_worst_first():
    assert wording.running_head(simulated=True, audience="internal", draft=True) == [
        "DRAFT – not checked",
        "Simulated data: invented children",
        "Official-Sensitive",
    ]
    assert wording.running_head(simulated=False, audience="public") == []
