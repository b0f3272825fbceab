"""A claim is held to the records and to chance, and what fails says what is so, to each audience what it may see."""

from __future__ import annotations

from math import comb

import pandas as pd
import pytest

from analysis.indicators import changes, engine, registry
from analysis.indicators.definition import COUNT, PERCENT, RATE, ROLLING_YEAR, STOCK
from analysis.publishing.claims import KINDS, Claim, Judge, judging, kinds
from analysis.reference import project
from analysis.reference.quarters import Quarter

QUARTER = Quarter.parse("2018-19-Q2")
BODY = project.authority("929")


def claim(words="words", **given):
    return Claim(words, tuple((name.rstrip("_"), value) for name, value in given.items()))


MISTAKES = {
    "is no kind of claim; did you mean rose?": claim(indicator="cpp_count", says="rosee", from_="year_ago"),
    "needs from=": claim(indicator="cpp_count", says="rose"),
    "needs against=": claim(indicator="cpp_rate", says="above"),
    "needs value=": claim(indicator="cpp_count", says="at least"),
    "must be a number": claim(indicator="cpp_count", says="at least", value="many"),
    "names an indicator": claim(says="rose", from_="year_ago"),
    "needs an indicator": claim(finding="a.b", says="rose", from_="year_ago"),
    "a claim has no 'form'": claim(indicator="cpp_count", says="rose", form="year_ago"),
    "by and category go together": claim(indicator="cpp_count", says="nearly all", by="locality"),
    'put "within usual variation" inside': claim(
        "rose slightly", indicator="cpp_count", says="rose slightly", from_="x"
    ),
    "go the other way": claim("fewer children", indicator="cpp_count", says="rose", from_="year_ago"),
}


@pytest.mark.parametrize("words", MISTAKES)
def test_a_claim_that_cannot_be_understood_says_how_to_mend_it(words):
    assert words in kinds.fault(MISTAKES[words])


def test_a_claim_that_may_be_chance_says_so_in_its_words():
    said = claim("slightly more, within usual variation", indicator="cpp_count", says="rose slightly", from_="year_ago")
    assert kinds.fault(said) == ""


def test_the_same_claim_has_one_key_however_it_is_written():
    one, other = claim(says="rose", indicator="x", from_="now"), claim("other", from_="now", indicator="x", says="rose")
    assert one.key == other.key == "from=now;indicator=x;says=rose"


def table_of(rows):
    """A stand-in for the registry: figures by indicator and quarter. `rows` maps them to numerator and denominator."""

    def series(known, ids, quarters, by=(), authority=None, vintage=None, period=None):
        found = []
        for quarter in quarters:
            about = registry.indicators()[next(iter(ids))]
            start, end = period or (about.period(quarter).start, about.period(quarter).end)
            top, under = rows.get((str(quarter), period is not None), rows.get((str(quarter), False), (None, None)))
            measured = engine._measure(about.unit, pd.DataFrame({"counts": [True] * top + [False] * ((under or top) - top)}),
                                       100_000.0) if top is not None else engine._filled(*[float("nan")] * 5, "x")  # fmt: skip
            found.append({"authority": "929", "quarter": str(quarter), "period_start": pd.Timestamp(start), "period_end": pd.Timestamp(end),
                          "known_by": str(QUARTER), "indicator": about.id, "breakdown": "all", "category": "all", "unit": about.unit, **measured})  # fmt: skip
        return engine.tidy(found)

    return series


def stand_in(monkeypatch, series):
    """Where figures come from: the table, and the rows of one indicator at one quarter."""
    monkeypatch.setattr(registry, "series", series)
    monkeypatch.setattr(changes, "evidence_of", lambda known: None)
    monkeypatch.setattr(
        changes,
        "rows_of",
        lambda about, evidence, quarter, *more: series(None, [about.id], [quarter], period=more[-1]).to_dict("records"),
    )


@pytest.fixture
def judge(monkeypatch):
    def make(rows, audience="internal", findings=None, moved=None):
        stand_in(monkeypatch, table_of(rows))
        monkeypatch.setattr(changes, "_joined_and_left", lambda *about: moved)
        return Judge(None, BODY, QUARTER, audience, findings)

    return make


def of_kind(unit, period_type):
    return next(one.id for one in registry.indicators().values() if (one.unit, one.period_type) == (unit, period_type))


NOW, THEN = ("2018-19-Q2", False), ("2017-18-Q2", False)


@pytest.mark.parametrize(
    ("unit", "period_type", "then", "now", "so"),
    [
        (COUNT, ROLLING_YEAR, (400, None), (500, None), "rose"),
        (COUNT, ROLLING_YEAR, (400, None), (410, None), "steady"),
        (COUNT, ROLLING_YEAR, (500, None), (400, None), "fell"),
        (RATE, ROLLING_YEAR, (400, None), (500, None), "rose"),
        (PERCENT, ROLLING_YEAR, (40, 400), (80, 400), "rose"),
        (PERCENT, ROLLING_YEAR, (40, 400), (44, 400), "steady"),
        (PERCENT, STOCK, (80, 400), (40, 400), "fell"),
    ],
)
def test_change_is_told_from_chance(judge, unit, period_type, then, now, so):
    by = judge({THEN: then, NOW: now})
    id_ = of_kind(unit, period_type)
    told = {says: by(claim("it is within usual variation", indicator=id_, says=says, from_="year_ago")).holds for says in kinds.CHANGES}  # fmt: skip
    assert told[so]
    slight = {"steady": {"rose slightly"}}.get(so, set())
    assert {says for says, holds in told.items() if holds} == {so} | slight


def test_a_stock_is_judged_by_who_joined_and_who_left(judge):
    """From 386 to 400 is a rise where hardly anybody moved, and none where hundreds did."""
    id_ = of_kind(COUNT, STOCK)
    rose = claim(indicator=id_, says="rose", from_="year_ago")
    assert judge({THEN: (386, None), NOW: (400, None)}, moved=(16, 2))(rose).holds
    assert not judge({THEN: (386, None), NOW: (400, None)}, moved=(216, 202))(rose).holds
    assert changes._sign_test(16, 2) == pytest.approx(2 * sum(comb(18, k) for k in range(3)) / 2**18)


def test_overlapping_years_are_told_apart_by_what_they_do_not_share(judge):
    """The years to September and to the March before share six months: 1,000 against 960 is 540 against 500 of 460."""
    march = "2017-18-Q4"
    rows = {NOW: (1060, None), (march, False): (1000, None), (NOW[0], True): (560, None), (march, True): (440, None)}
    rose = claim(indicator=of_kind(COUNT, ROLLING_YEAR), says="rose", from_="last_year_end")
    assert judge(rows)(rose).holds
    assert not judge({**rows, (NOW[0], True): (520, None), (march, True): (480, None)})(rose).holds


def test_what_fails_says_what_the_data_say_and_what_could_be_said(judge):
    verdict = judge({THEN: (400, None), NOW: (500, None)})(
        claim("fewer came", indicator="referral_count", says="fell", from_="year_ago")
    )
    assert verdict.told == (
        'the claim "fewer came" (says="fell") doesn\'t hold: what is so is \'rose\'; the data say 400 (the year to 30 September '
        "2017); 500 (the year to 30 September 2018): more than chance would give; it could say 'rose'"
    )


def test_a_withheld_figure_is_neither_told_nor_spoken_of(judge):
    id_ = of_kind(COUNT, STOCK)
    for says in ("rose", "fell", "steady"):
        verdict = judge({THEN: (40, None), NOW: (3, None)}, "public", moved=(0, 37))(
            claim(indicator=id_, says=says, from_="year_ago")
        )
        assert not verdict.holds
        assert "withheld from this audience" in verdict.told
        assert (verdict.facts, verdict.truthful, verdict.data_say) == ((), (), "")
    assert judge({THEN: (40, None), NOW: (3, None)}, moved=(0, 37))(
        claim(indicator=id_, says="fell", from_="year_ago")
    ).holds


def test_a_place_that_the_public_may_not_see_is_not_spoken_of(judge):
    about = next(one for one in registry.indicators().values() if "locality" in one.breakdowns)
    said = claim(indicator=about.id, says="at least", value="1", by="locality", category="North")
    assert judge({}, "public")(said).why == judging.WITHHELD


def test_a_category_that_protects_another_is_not_spoken_of(judge, monkeypatch):
    """Of 100 girls, boys and 3 unknown, the boys' number would give the 3 back to whoever knows the other two."""
    about = next(one for one in registry.indicators().values() if one.unit == COUNT and "sex" in one.breakdowns)
    by = judge({}, "public")

    def series(known, ids, quarters, by=(), authority=None, vintage=None, period=None):
        parts = {("all", "all"): 103, ("sex", "Girls"): 60, ("sex", "Boys"): 40, ("sex", "Not known"): 3}
        same = {"authority": "929", "quarter": str(quarters[0]), "period_start": pd.Timestamp("2018-09-30"),
                "period_end": pd.Timestamp("2018-09-30"), "known_by": "", "indicator": about.id, "unit": COUNT}  # fmt: skip
        return engine.tidy(
            {**same, "breakdown": b, "category": c, **engine._filled(n, float("nan"), n, n - 1, n + 1, "")}
            for (b, c), n in parts.items()
        )

    stand_in(monkeypatch, series)
    told = {name: by(claim(indicator=about.id, says="at least", value="1", by="sex", category=name)) for name in ("Girls", "Boys", "Not known")}  # fmt: skip
    hidden = {name for name, verdict in told.items() if verdict.why == judging.WITHHELD}
    assert "Not known" in hidden
    assert len(hidden) == 2


def test_what_the_records_do_not_reach_cannot_be_claimed(judge):
    verdict = judge({NOW: (40, None)})(claim(indicator="referral_count", says="rose", from_="year_ago"))
    assert "the records don't reach so far" in verdict.told


@pytest.mark.parametrize(
    ("says", "part", "more", "holds"),
    [("nearly all", 380, {}, True), ("nearly all", 379, {}, False), ("a majority", 201, {}, True), ("a majority", 200, {}, False),
     ("at least", 320, {"value": "80"}, True), ("at least", 319, {"value": "80"}, False), ("at most", 320, {"value": "80"}, True),
     ("at most", 321, {"value": "80"}, False), ("above", 360, {"target": "80"}, True), ("above", 325, {"target": "80"}, False),
     ("in line with", 325, {"target": "80"}, True), ("below", 280, {"target": "80"}, True)],
)  # fmt: skip
def test_amounts_and_targets(judge, says, part, more, holds):
    said = claim(indicator=of_kind(PERCENT, ROLLING_YEAR), says=says, **more)
    assert judge({NOW: (part, 400)})(said).holds is holds


def test_a_comparison_says_whose_figure_of_which_year(judge):
    verdict = judge({NOW: (900, None)})(claim(indicator="referral_rate", says="below", against="england"))
    assert verdict.holds
    assert "England, 2017-18" in verdict.data_say


def test_a_value_of_a_review_can_be_held_to_a_number(judge):
    findings = {"a.median": {"text": "200 days", "value": 200, "unit": "days", "title": "Median", "period": ""},
                "a.few": {"text": "c", "value": None, "unit": "count", "title": "Few", "period": ""}}  # fmt: skip
    by = judge({}, findings=findings)
    assert by(claim(finding="a.median", says="at most", value="210")).holds
    assert not by(claim(finding="a.median", says="at least", value="210")).holds
    assert by(claim(finding="a.few", says="at least", value="1")).why == judging.WITHHELD
    assert "no value named 'a.gone'" in by(claim(finding="a.gone", says="at least", value="1")).told


def test_unknown_names_are_told_with_the_nearest(judge):
    assert "did you mean referral_rate?" in judge({})(claim(indicator="referral_rat", says="nearly all")).told
    assert "'lately' is no moment" in judge({})(claim(indicator="referral_rate", says="rose", from_="lately")).told


def test_moments_move_with_the_quarter():
    later = Judge(None, BODY, Quarter.parse("2017-18-Q1"), "internal")
    assert [str(later._quarter(m)) for m in ("now", "year_ago", "last_year_end", "quarter_ago", "2016-17-Q3")] == [
        "2017-18-Q1", "2016-17-Q1", "2016-17-Q4", "2016-17-Q4", "2016-17-Q3",
    ]  # fmt: skip


def test_every_kind_is_documented():
    page = (project.ROOT / "docs" / "narrative.md").read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f'`says="{kind}"`' not in page] == []
