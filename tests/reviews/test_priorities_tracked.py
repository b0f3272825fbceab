"""What becomes of a measure that an action was meant to move, and which themes the evidence speaks for."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.indicators import registry
from analysis.reviews.priorities import evidence, tracked
from analysis.reviews.priorities.evidence import AUDITS, CHANGE, OTHERS, Case, Looked, Reason
from analysis.reviews.priorities.proposed import by_chance, in_words, watched
from analysis.reviews.priorities.themes import THEMES


@pytest.mark.parametrize(
    ("meant_to", "up", "real", "said"),
    [
        ("fall", False, True, tracked.AS_MEANT), ("fall", True, True, tracked.AWAY), ("fall", False, False, tracked.WITHIN),
        ("rise", True, True, tracked.AS_MEANT), ("rise", False, True, tracked.AWAY), ("rise", True, False, tracked.WITHIN),
        ("hold", True, False, tracked.HELD), ("hold", False, True, tracked.AWAY),
    ],
)  # fmt: skip
def test_only_a_change_beyond_chance_is_as_meant_or_the_other_way(meant_to, up, real, said):
    assert tracked.outcome(meant_to, up, real) == said


def test_themes_watch_indicators_that_there_are_and_no_theme_watches_one_twice():
    known = registry.indicators()
    for theme in THEMES:
        assert set(theme.watched) | set(theme.charted) <= set(known), theme.title
        assert len(theme.watched) == len(set(theme.watched)), theme.title


def case(theme, *reasons):
    return Case(THEMES[theme], tuple(Reason(kind, "a reason", neutral) for kind, neutral in reasons))


def test_a_theme_is_proposed_only_where_two_kinds_of_evidence_speak_of_something_to_put_right():
    assert case(0, (CHANGE, False), (OTHERS, False)).proposed
    assert not case(0, (CHANGE, False), (CHANGE, False)).proposed
    assert not case(0, (CHANGE, True), (OTHERS, False)).proposed, "a measure without a better side is a question only"


def test_the_list_is_a_suggestion_in_words():
    cases = (
        case(0, (CHANGE, False), (AUDITS, False)), case(1, (CHANGE, True)), case(2, (OTHERS, False)),
        *(case(at) for at in range(3, len(THEMES))),
    )  # fmt: skip
    looked = Looked(cases, 100)
    assert in_words(looked, None).startswith(
        "More than one kind of evidence suggests as priorities: decisions at the front door (our own figures and audits and families). "
    )
    assert "people decide" in in_words(looked, None)
    said = watched(looked)
    assert "on one kind of evidence: plans that keep children safe." in said
    assert "neither direction is better in itself: early help." in said
    # 100 comparisons at one in forty for the worse.
    assert "100 comparisons gave 4 reasons" in by_chance(looked)
    assert by_chance(looked).endswith("about 3.")


def test_what_could_not_be_compared_is_not_called_quiet():
    said = watched(Looked((Case(THEMES[0], (), 0), Case(THEMES[1], (), 3)), 3))
    assert "On these the comparisons found nothing worse by more than chance: early help." in said
    assert "The records don't yet let anything be compared for decisions at the front door." in said


def audits(**yes):
    rows = [{"breakdown": "service", "category": name, "numerator": n, "denominator": 100.0, "value": n, "hidden": False}
            for name, n in yes.items()]  # fmt: skip
    return pd.DataFrame(rows)


def test_audits_speak_where_one_service_is_below_the_others_by_more_than_chance():
    table = audits(early=80.0, protection=60.0, care=82.0)
    # 60 of 100 beside 162 of 200: a difference of 21 points, its limits about 10 to 32.
    (found,) = evidence._audited(table, "service", "protection")
    assert found.text == "In audits of protection fewer questions were answered yes than in the others: 60%"
    assert evidence._audited(table, "service", "early") == (), "within chance"
    assert evidence._audited(table, "service", "care") == (), "above the others"
    assert evidence._audited(table, "service", "nobody") is None, "nothing to compare"
    hidden = table.assign(hidden=[True, False, False])
    assert evidence._audited(hidden, "service", "protection") is None, "the rest would give it back"
