"""Section 1 of the growth review: what is a change, what is proposed, and what an entered rebase does."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.disclosure import AUDIENCES
from analysis.findings import Review, bundle, variation
from analysis.records.history import Known
from analysis.reference import dated_entries, project
from analysis.reference.quarters import Quarter
from analysis.reviews.growth import change

NOW = Quarter.parse("2018-19-Q2")
NAMES = {
    "fig-child-protection-growth-monthly-starts", "fig-child-protection-growth-monthly-ends", change.STOCK_FIGURE,
    "starts_verdict", "ends_verdict", "stock_verdict", "rebases_in_words", "change_in_words",
    *(f"monthly_{way}.{part}" for way in ("starts", "ends") for part in ("mean", "lower_limit", "upper_limit", "latest")),
}  # fmt: skip


def plans(starts: list[int]) -> pd.DataFrame:
    """Plans by month of start to September 2018, that end half a year later."""
    months = pd.period_range(end="2018-09", periods=len(starts), freq="M")
    rows = [(m.start_time, (m + 6).start_time) for m, n in zip(months, starts, strict=True) for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["start_date", "end_date"]).astype("datetime64[us]")
    frame["end_date"] = frame["end_date"].where(frame["end_date"] < pd.Timestamp(2018, 10, 1))
    return frame.assign(child_id=[f"SIM{n:06d}" for n in range(len(frame))])


def make(tables, audience="internal"):
    shown = []
    known = Known.from_tables(tables, kinds=["annex_a"], quarter=NOW)
    return Review("child-protection-growth", project.authority("929"), NOW, audience, known, show=shown.append), shown


def items(shown):
    return {
        item.get("name") or item["label"]: item
        for data in shown
        for item in data.get(bundle.FINDINGS, {"items": []})["items"]
    }


def months(counts):
    return pd.DataFrame({"month": pd.period_range(end="2018-09", periods=len(counts), freq="M").to_timestamp(), "n": pd.array(counts, dtype="Int64")})  # fmt: skip


# No rule marks anything in it: neither a run nor a trend.
STEADY = ([33, 38, 31, 36, 40, 34, 37] * 6)[:42]
RISEN = [*STEADY[:28], *[n + 18 for n in STEADY[28:]]]


def test_a_step_is_a_change_and_new_limits_are_proposed_in_words():
    review, _ = make({})
    found = variation.judge(review, months(RISEN), "plans starting", chart="plans-starting")
    assert "higher than usual" in found.verdict
    assert "seems to have moved in August 2017" in found.proposal
    assert "only by an entry with a reason in report/rebases.toml" in found.proposal
    assert len(found.stretches) == 1


def test_an_entered_rebase_begins_new_limits_and_its_reason_is_told(monkeypatch):
    made = dated_entries.Rebase("929", "plans-starting", dt.date(2017, 8, 1), dt.date(2018, 11, 20), "performance lead", "The threshold was reviewed.")  # fmt: skip
    asked = []
    monkeypatch.setattr(
        dated_entries, "rebases", lambda authority, chart, by: asked.append((authority, chart, by)) or (made,)
    )
    review, _ = make({})
    found = variation.judge(review, months(RISEN), "plans starting", chart="plans-starting")
    assert asked == [("929", "plans-starting", dt.date(2018, 12, 31))]
    assert [one.start for one in found.stretches] == [pd.Timestamp(2015, 4, 1), pd.Timestamp(2017, 8, 1)]
    assert found.stretches[1].limits == found.limits
    assert found.limits.mean == pytest.approx(np.mean(RISEN[28:]))
    assert found.made == "The limits begin anew in August 2017 (entered 20 November 2018 by the performance lead): The threshold was reviewed."  # fmt: skip
    assert "within usual variation" in found.verdict
    assert found.proposal == "No new limits are proposed for plans starting."


def test_a_rebase_outside_the_months_changes_nothing(monkeypatch):
    early = dated_entries.Rebase("929", "plans-starting", dt.date(2012, 8, 1), dt.date(2013, 1, 1), "lead", "Long ago.")
    monkeypatch.setattr(dated_entries, "rebases", lambda *_: (early,))
    review, _ = make({})
    found = variation.judge(review, months(STEADY), "plans starting", chart="plans-starting")
    assert len(found.stretches) == 1
    assert found.made == ""


def test_steady_months_are_no_change():
    review, shown = make({"protection_plans": plans(STEADY)})
    said = change.record(review)
    assert said.startswith(
        "Over the last six months the charts show no change in plans starting, plans ending or the pace"
    )
    assert change.DEPENDENT in items(shown)["stock_verdict"]["text"]


def test_net_change_is_starts_less_ends_in_months_that_both_have():
    found = change.net_change(months([5, 9, 4]), months([7, 2]))
    assert found["n"].tolist() == [2, 2]
    assert (found["starts"] - found["ends"] == found["n"]).all()


def test_a_difference_of_large_counts_is_shown_and_one_of_small_counts_is_not():
    review, _ = make({}, "public")
    large = change.net_change(months([30, 32, 31]), months([29, 30, 33]))
    small = change.net_change(months([4, 40, 41]), months([30, 30, 33]))
    for frame, hidden in ((large, [False] * 3), (small, [True, False, False])):
        found = variation.judge_series(review, frame, "changes", rests_on=["starts", "ends"])
        assert found.data.is_withheld("n").tolist() == hidden
        assert list(found.data.frame.columns) == ["month", "n", "special"]


def test_seldom_things_are_judged_by_the_time_between_them():
    review, _ = make({})
    counts = [1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1]
    frame = months(counts)
    days = frame.loc[frame["n"] == 1, "month"]
    assert (
        "The time from one to the next of deaths is as usual."
        in variation.judge(review, frame, "deaths", days=days).verdict
    )
    few = variation.judge(review, frame, "deaths", days=days.head(4))
    assert "too few deaths to judge the time from one to the next" in few.verdict


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("counts", [[], [0, 1], [2, 1, 0, 3] * 6, STEADY])
def test_names_never_depend_on_the_data(audience, counts):
    review, shown = make({"protection_plans": plans(counts)}, audience)
    change.record(review)
    assert set(items(shown)) == NAMES
    assert all(item["text"].endswith(".") for item in items(shown).values() if item["kind"] == "statement")


def test_a_stretch_that_is_over_and_one_that_lasts_are_told_with_their_months():
    review, _ = make({})
    judged = {}
    for way, counts in {
        "starts": [*[n - 20 for n in STEADY[:28]], *STEADY[28:]],
        "ends": [*[n + 20 for n in STEADY[:14]], *STEADY[14:]],
    }.items():
        judged[way] = variation.judge(review, months(counts), "plans")
    late, early = change.runs(judged["starts"])[-1], change.runs(judged["ends"])[0]
    assert (late.side, late.first, late.lasting) == ("higher", pd.Timestamp(2017, 8, 1), True)
    assert (early.side, early.first, early.last, early.lasting) == (
        "higher",
        pd.Timestamp(2015, 4, 1),
        pd.Timestamp(2016, 5, 1),
        False,
    )
    said = change.in_words(judged)
    assert "plans starting (higher since August 2017)" in said
    assert "plans ending were higher than usual from April 2015 to May 2016" in said
