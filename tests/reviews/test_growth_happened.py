"""Section 6 of the growth review: events tested, refused in words, and never called a cause."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.disclosure import AUDIENCES
from analysis.findings import Review, bundle
from analysis.records.history import Known
from analysis.reference import dated_entries, project
from analysis.reference.dated_entries import Event
from analysis.reference.quarters import Quarter
from analysis.reviews.growth import happened

NOW = Quarter.parse("2018-19-Q2")
EVENT = Event(
    "929", dt.date(2018, 2, 1), "In February 2018", "a hub opened", "a paper", ("plans-starting", "plans-ending")
)


def plans(counts: list[int], last: str = "2018-09") -> pd.DataFrame:
    months = pd.period_range(end=last, periods=len(counts), freq="M")
    starts = [
        month.start_time + pd.Timedelta(days=n % 28)
        for month, count in zip(months, counts, strict=True)
        for n in range(count)
    ]
    return pd.DataFrame({"child_id": [f"SIM{n:06d}" for n in range(len(starts))], "start_date": starts,
                         "end_date": pd.Series([pd.NaT] * len(starts), dtype="datetime64[us]")})  # fmt: skip


def months(counts, last="2018-09"):
    span = pd.period_range(end=last, periods=len(counts), freq="M").to_timestamp()
    return pd.DataFrame({"month": span, "n": pd.array(counts, dtype="Int64")})


@pytest.fixture
def review():
    def make(audience="internal", events=(EVENT,), monkeypatch=None, **tables):
        shown = []
        made = Review("child-protection-growth", project.authority("929"), NOW, audience,
                      Known.from_tables(tables, kinds=["annex_a"], quarter=NOW), show=shown.append)  # fmt: skip
        return made, shown

    return make


def items(shown):
    return {
        item.get("name") or item["label"]: item
        for data in shown
        for item in data.get(bundle.FINDINGS, {"items": []})["items"]
    }


STEADY = np.random.default_rng(2).poisson(40, 32).tolist()


def test_a_jump_at_the_event_is_found_with_its_size():
    jump = [*STEADY[:24], *[n + 40 for n in STEADY[24:]]]
    tests = happened.tested([EVENT], {"plans-starting": months(jump), "plans-ending": months(STEADY)})
    up, same = tests
    assert up.moved
    assert 20 < up.found.mean < 60
    assert not same.moved
    assert same.p_value >= same.found.p_value


def test_looking_at_many_series_asks_more_of_each():
    """Two tests: Holm doubles the smaller p-value."""
    tests = happened.tested([EVENT], {"plans-starting": months(STEADY), "plans-ending": months(STEADY[::-1])})
    low, high = sorted(tests, key=lambda one: one.found.p_value)
    assert low.p_value == pytest.approx(min(1, 2 * low.found.p_value))
    assert high.p_value == pytest.approx(max(high.found.p_value, low.p_value))


def test_too_few_months_are_refused_in_words(review):
    late = Event("929", dt.date(2018, 6, 1), "In June 2018", "a meeting began", "a paper", ("plans-starting",))
    tests = happened.tested([late], {"plans-starting": months(STEADY)})
    made, _ = review()
    said = happened.in_words(made, [late], tests)
    assert said.startswith("In June 2018 a meeting began: too few months to say what followed, because there are only 4 since, and at least 8 are needed.")  # fmt: skip
    assert said.endswith(happened.NO_CAUSE)


def test_an_event_before_the_records_begin_is_refused():
    early = Event("929", dt.date(2010, 1, 1), "In January 2010", "it began", "a paper", ("plans-starting",))
    (one,) = happened.tested([early], {"plans-starting": months(STEADY)})
    assert one.refused == "there are none before it, and at least 8 are needed"
    (none,) = happened.tested([early], {"plans-starting": months([])})
    assert none.refused == "no months are known"


def test_a_steady_series_says_what_it_could_not_have_seen(review):
    made, _ = review()
    tests = happened.tested([EVENT], {"plans-starting": months(STEADY), "plans-ending": months(STEADY)})
    said = happened.in_words(made, [EVENT], tests)
    assert "Plans starting and plans ending stayed within what chance gives" in said
    assert "A change in plans starting of fewer than about" in said
    assert "tentative" in said


def test_the_change_is_told_with_its_interval(review):
    made, _ = review()
    jump = [*STEADY[:24], *[n + 40 for n in STEADY[24:]]]
    said = happened.in_words(
        made, [EVENT], happened.tested([EVENT], {"plans-starting": months(jump), "plans-ending": months(STEADY)})
    )
    assert "Plans starting were" in said
    assert "a month more than the line before was heading for (likely between" in said


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("counts", [[], [3] * 32, STEADY])
def test_names_never_depend_on_the_data(review, audience, counts):
    tables = {"protection_plans": plans(counts)} if counts else {"protection_plans": plans([1]).head(0)}
    made, shown = review(audience, **tables)
    happened.record(made)
    assert set(items(shown)) == {happened.FIGURE, happened.TABLE, "events_in_words"}


def test_an_authority_without_events(review, monkeypatch):
    monkeypatch.setattr(dated_entries, "events", lambda *_: ())
    made, shown = review("public", protection_plans=plans(STEADY))
    happened.record(made)
    assert items(shown)["events_in_words"]["text"].startswith("No dated event is entered for Northumberland")
    assert "Nothing" not in items(shown)[happened.TABLE]["caption"]


def test_small_months_are_withheld_and_so_is_what_rests_on_few(review, monkeypatch):
    monkeypatch.setattr(dated_entries, "events", lambda *_: (EVENT,))
    made, shown = review("public", protection_plans=plans([3] * 32))
    happened.record(made)
    figure = items(shown)[happened.FIGURE]
    assert "32 of them withheld" in figure["alt"] or "There is nothing to show" in figure["alt"]
    few = [0] * 24 + [1, 0, 1, 0, 1, 0, 0, 0]
    one = happened.tested([EVENT], {"plans-starting": months(few), "plans-ending": months(few)})[0]
    released = happened.table(made, [one])
    assert released.is_withheld("since").all()
