"""Patterns before a move, tried on what they hadn't seen; and the list of children, which only officers are given."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pandas as pd
import pytest

from analysis.findings import Review
from analysis.findings.bundle import CHILDREN, FINDINGS
from analysis.records.history import Known
from analysis.reference import project
from analysis.reference.quarters import Quarter
from analysis.reviews.stability import children_to_discuss, patterns

NOW = Quarter.parse("2018-19-Q2")
FIRST, LAST = pd.Timestamp("2014-04-01"), pd.Timestamp("2018-09-30")


def authority(seed: int, told: bool, children: int = 150) -> Known:
    """Children in care throughout. Some go missing again and again; where `told`, their placements then break down, and
    hardly anyone else's do; otherwise anyone's may."""
    rng = np.random.default_rng(seed)
    episodes, missing = [], []
    for n in range(children):
        name = f"SIM{n:06d}"
        restless = n % 6 == 0
        rate = (1.6 if restless else 0.05) if told else 0.3
        marks = np.sort(rng.uniform(30, (LAST - FIRST).days - 5, rng.poisson(rate * 4.5))).astype(int)
        starts = [FIRST, *(FIRST + pd.Timedelta(days=int(d)) for d in np.unique(marks))]
        for place, start in enumerate(starts):
            end = starts[place + 1] if place + 1 < len(starts) else pd.NaT
            episodes.append({"child_id": name, "start_date": start, "end_date": end, "reason_new": "P" if place else "S", "legal_status": "C2",
                             "need": "N1", "placement": "U6", "provider": "PR4" if place % 2 else "PR1",
                             "reason_change": "CREQB" if pd.notna(end) else None, "reason_ended": "X1" if pd.notna(end) else None})  # fmt: skip
        if restless:
            days = np.unique(rng.integers(0, (LAST - FIRST).days, 30))
            missing += [{"child_id": name, "start_date": FIRST + pd.Timedelta(days=int(d)), "kind": "M"} for d in days]
    # What ended long ago says from when the records are whole.
    episodes.append({"child_id": "SIM999999", "start_date": FIRST - pd.Timedelta(days=90), "end_date": FIRST, "reason_new": "S", "legal_status": "C2",
                     "need": "N1", "placement": "U6", "provider": "PR1", "reason_change": None, "reason_ended": "E4A"})  # fmt: skip
    born = pd.DataFrame(
        {"child_id": [f"SIM{n:06d}" for n in range(children)], "date_of_birth": pd.Timestamp("2010-05-01")}
    )
    tables = {"care_episodes": pd.DataFrame(episodes), "missing_episodes": pd.DataFrame(missing), "children": born}
    return Known.from_tables(tables, kinds=["ssda903"], quarter=NOW)


class Shown(list):
    """What a run of a review put into its outputs."""

    @property
    def text(self) -> str:
        return json.dumps(list(self), default=str)


def run(known: Known, audience: str) -> tuple[Shown, patterns.Tried, str]:
    shown = Shown()
    review = Review("placement-stability", project.authority("929"), NOW, audience, known, show=shown.append)
    recent = patterns.patterns(review.evidence, NOW)
    judged = patterns.tried(recent)
    told = children_to_discuss.values(review, judged)
    review.values(told)
    said = review.statement("pattern_in_words", children_to_discuss.in_words(review, told, judged))
    children_to_discuss.bands(review, judged)
    children_to_discuss.hand_over(review, recent, judged)
    return shown, judged, said


@pytest.fixture(scope="module")
def telling() -> Known:
    return authority(1, told=True)


@pytest.fixture(scope="module")
def noise() -> Known:
    return authority(2, told=False)


def test_a_pattern_that_tells_is_found_on_quarters_it_had_not_seen(telling):
    shown, judged, said = run(telling, "internal")
    assert judged.helps
    assert judged.score.lower > 0
    listed = judged.rows[judged.rows["listed"]]
    assert listed["followed"].mean() > 2 * judged.rows["followed"].mean()
    # Where the chances are of many children, what happened lies about where they said.
    assert np.allclose(judged.bands["expected"].sum(), judged.bands["happened"].sum(), rtol=0.25)
    assert "as a separate file" in said
    carried = next(data[CHILDREN] for data in shown if CHILDREN in data)
    named = [row[0] for row in carried["rows"]]
    assert named == sorted(named)
    assert sum(int(name[3:]) % 6 == 0 for name in named) > 0.8 * len(named)
    reasons = " ".join(row[2] for row in carried["rows"])
    assert "went missing" in reasons
    assert "times in the last twelve months" in reasons


def test_nothing_is_learnt_from_what_came_later(telling):
    """The chances of a quarter's end are the same whatever happened after it."""
    whole = patterns.patterns(_evidence(telling), NOW)
    earlier = patterns.patterns(_evidence(telling), NOW.shift(-4))
    last = earlier.now - pd.Timedelta(days=patterns.LOOK_AHEAD_DAYS)
    one, other = patterns.tried(whole).rows, patterns.tried(earlier).rows
    both = one[one["day"] <= last].reset_index(drop=True)
    assert len(both)
    pd.testing.assert_frame_equal(both, other.reset_index(drop=True))


def _evidence(known: Known):
    from analysis.indicators.evidence import Evidence

    return Evidence(known)


def test_the_list_has_no_score_no_rank_and_no_number_of_its_own(telling):
    shown, _, _ = run(telling, "internal")
    carried = next(data[CHILDREN] for data in shown if CHILDREN in data)
    assert carried["columns"][:2] == ["Child", "Team"]
    assert all(isinstance(cell, str) for row in carried["rows"] for cell in row)
    assert "%" not in json.dumps(carried["rows"])
    assert "supports a conversation" in carried["note"]
    assert "most of those named" in carried["note"]


def test_no_identifier_is_in_what_a_reader_of_the_notebook_sees(telling):
    shown, _, _ = run(telling, "internal")
    for data in shown:
        seen = {kind: content for kind, content in data.items() if kind != CHILDREN}
        assert "SIM0" not in json.dumps(seen, default=str)
        assert "children-to-discuss" not in json.dumps(data.get(FINDINGS, {}))


@pytest.mark.parametrize("audience", ["board", "public"])
def test_nobody_else_sees_a_trace_of_it(telling, audience):
    shown, _, said = run(telling, audience)
    assert not any(CHILDREN in data for data in shown)
    assert "list" not in said
    for word in ("SIM0", "children-to-discuss", "separate file"):
        assert word not in shown.text


def test_where_patterns_tell_nothing_nobody_is_listed(noise):
    shown, judged, said = run(noise, "internal")
    assert not judged.helps
    assert not any(CHILDREN in data for data in shown)
    assert "no list of children is made" in said


def test_too_few_children_or_quarters(telling):
    few = authority(3, told=True, children=8)
    shown, judged, said = run(few, "internal")
    assert judged.score is None
    assert "could not be tried" in said
    assert "So no list of children is made." in said
    assert not any(CHILDREN in data for data in shown)


def test_a_row_of_clues_by_hand(telling):
    """A child with one unplanned move on 1 August 2018 and two missing episodes, one of them too old to count."""
    rows = telling.table("care_episodes")
    mine = pd.DataFrame({
        "child_id": "SIM500000", "start_date": pd.to_datetime(["2018-04-20", "2018-08-01"]), "end_date": pd.to_datetime(["2018-08-01", None]),
        "reason_new": ["S", "P"], "legal_status": "C2", "need": "N1", "placement": "U6", "provider": ["PR1", "PR4"],
        "reason_change": ["CHILD", None], "reason_ended": ["X1", None],
    })  # fmt: skip
    gone = pd.DataFrame(
        {"child_id": "SIM500000", "kind": "M", "start_date": pd.to_datetime(["2017-09-01", "2018-08-20"])}
    )
    born = pd.DataFrame({"child_id": ["SIM500000"], "date_of_birth": pd.to_datetime(["2002-10-01"])})
    known = Known.from_tables(
        {"care_episodes": pd.concat([rows, mine]), "missing_episodes": gone, "children": born}, quarter=NOW
    )
    found = patterns.patterns(_evidence(known), NOW).rows
    row = found[(found["child_id"] == "SIM500000") & (found["day"] == pd.Timestamp("2018-09-30"))].iloc[0]
    true = {clue for clue in patterns.CLUES if row[clue]}
    assert true == {"many", "unplanned", "new", "missing", "new_to_care", "aged_10_to_15"}
    june = found[(found["child_id"] == "SIM500000") & (found["day"] == pd.Timestamp("2018-06-30"))].iloc[0]
    assert {clue for clue in patterns.CLUES if june[clue]} == {"new", "missing", "new_to_care", "aged_10_to_15"}
    assert pd.isna(row["followed"])
    march = found[(found["day"] == pd.Timestamp("2018-03-31"))]
    assert march["followed"].notna().all()


def test_the_file_opens_in_a_spreadsheet_and_runs_nothing(telling):
    from analysis.findings import lists

    shown, _, _ = run(telling, "internal")
    carried = next(data[CHILDREN] for data in shown if CHILDREN in data)
    content = lists.as_csv(carried)
    assert content.startswith(b"\xef\xbb\xbfOFFICIAL-SENSITIVE")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[1] == ["Invented children: made from simulated returns."]
    assert rows[5][0] == "Child"
    assert len(rows) == 6 + len(carried["rows"])


@pytest.mark.parametrize("audience", ["internal", "public"])
def test_no_children_at_all(audience):
    empty = Known.from_tables(
        {"care_episodes": authority(3, told=True, children=1).table("care_episodes").iloc[:0]}, quarter=NOW
    )
    shown, judged, said = run(empty, audience)
    assert judged.score is None
    assert "could not be tried" in said
    assert not any(CHILDREN in data for data in shown)
