"""For whom and where: what stands out where something did, nothing where all grew alike, and nothing small let out."""

from __future__ import annotations

import pandas as pd
import pytest
from growth_worlds import AUTHORITY, NOW, plans, review, two_years

from analysis.indicators.evidence import Evidence
from analysis.records.history import Known
from analysis.reviews.growth import who_and_where as who


def compared(frame: pd.DataFrame) -> who.Comparison:
    evidence = Evidence(Known.from_tables({"protection_plans": frame}, kinds=("annex_a",)))
    return who.compare(evidence, AUTHORITY, NOW.shift(-4), NOW)


def test_counts_and_parts_by_hand():
    frame = two_years(1, 150, 200)
    found = compared(frame)
    late = frame["start_date"] >= pd.Timestamp(NOW.shift(-3).start)
    assert found.totals == (int((~late).sum()), int(late.sum()))
    row = found.table[(found.table["cut"] == "category") & (found.table["group"] == "Neglect")].iloc[0]
    neglect = frame["initial_category"] == "NEG"
    assert (row["before"], row["after"]) == ((neglect & ~late).sum(), (neglect & late).sum())
    assert row["in_proportion"] == pytest.approx(row["before"] * (late.sum() / (~late).sum() - 1))
    whole = found.table[found.table["cut"] == "category"]
    assert whole["change"].sum() == found.change
    assert whole["excess"].sum() == pytest.approx(0, abs=1e-9)


def test_a_group_that_grew_by_more_than_its_size_is_named():
    frame = two_years(2, 180, 260, neglect=(0.3, 0.65))
    found = compared(frame)
    assert "Neglect" in set(found.standing_out["group"])
    assert found.standing_out["group"].iloc[0] == "Neglect"
    board = review({"protection_plans": frame}, "public")
    words = who.in_words(board, found, who.whole(board, found))
    assert "What stands out: plans for neglect (" in words
    assert "groups were looked at" in words


def test_a_locality_that_took_the_rise_is_named():
    found = compared(two_years(3, 180, 280, south=(0.3, 0.62)))
    assert {"North", "South"} == set(found.standing_out["group"])


def test_where_all_grow_alike_nothing_is_named():
    named = sum(not compared(two_years(seed, 160, 240)).standing_out.empty for seed in range(12))
    assert named <= 2


def test_no_small_count_leaves_by_a_table_or_a_sentence():
    rows = two_years(4, 120, 170)
    rare = rows["child_id"].isin(rows["child_id"].iloc[:3])
    frame = rows.assign(initial_category=rows["initial_category"].mask(rare, "SAB"))
    found = compared(frame)
    public, officers = (review({"protection_plans": frame}, audience) for audience in ("public", "internal"))
    hidden = who.whole(public, found)
    shown = hidden.frame[hidden.frame["cut"] == "category"].set_index("group")
    assert pd.isna(shown.loc["Sexual abuse", "before"])
    assert shown.loc["Sexual abuse", "interval"] == "c"
    # The others and the total would give it back, so that one of them is withheld as well.
    assert shown["before"].isna().sum() >= 2
    whole = who.whole(officers, found).frame
    assert whole.loc[whole["group"] == "Sexual abuse", "before"].iloc[0] == 3
    ranked = who.ranked(hidden)
    assert not ranked.frame["before"].isna().any()


def test_nothing_to_compare_says_so():
    frame = plans([{"child_id": "A", "start_date": "2018-05-01", "initial_category": "NEG", "team": "North Team"}])
    found = compared(frame)
    assert found.why == "no plan started in one of the years"
    public = review({"protection_plans": frame}, "public")
    both = who.comparisons(public)
    assert "can't be compared" in who.in_words(public, found, who.whole(public, found))
    assert who.omitted_in_words(both) == "No group was compared: plans starting aren't known for two years."
    assert who.values(public, found, who.whole(public, found), "who")["who.largest"]["text"] == "none"
    assert who.table(who.whole(public, found), ("category",)).frame.empty
