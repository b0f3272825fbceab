"""Findings reach the project: values, snippets, notices, metadata; all of it or none."""

import json

import fixtures
import pytest
import yaml

from analysis.publishing import mentions
from analysis.publishing import promote as promoting
from analysis.publishing.promote import promote
from analysis.reference.project import UserError

NAMES = {
    "values": ["referral_rate.now", "mean"],
    "statements": ["verdict"],
    "figures": ["fig-front-door-rate"],
    "tables": ["tbl-front-door-sums"],
}
DOCUMENT = """---
title: Trial
---
{{< var front_door.referral_rate.now >}} {{< var placement_stability.lac_count.now >}}

{{< include /build/current/placement-stability/fig-placement-stability-mix.md >}}
"""


@pytest.fixture
def home(tmp_path):
    return fixtures.project(tmp_path / "home", DOCUMENT)


def front_door(tmp_path, **changes):
    return fixtures.findings(tmp_path / "found", "front-door", names=NAMES, **changes)


def test_values_go_to_the_root_and_nest_by_dots(home, tmp_path):
    promote([front_door(tmp_path)], home / "build" / "current")
    values = yaml.safe_load((home / "_variables.yml").read_text())
    assert values["front_door"] == {
        "mean": '[42]{.bound name="front_door.mean"}',
        "referral_rate": {"now": '[616.2]{.bound name="front_door.referral_rate.now"}'},
        "verdict": '[The latest months lie within usual variation\\.]{.bound name="front_door.verdict"}',
    }


def test_snippets_name_pictures_without_extension(home, tmp_path):
    promote([front_door(tmp_path)], home / "build" / "current")
    folder = home / "build" / "current" / "front-door"
    assert sorted(path.name for path in folder.iterdir()) == [
        "fig-front-door-rate.md", "fig-front-door-rate.svg", "needs.md", "tbl-front-door-sums.md",
    ]  # fmt: skip
    snippet = (folder / "fig-front-door-rate.md").read_text()
    assert "](/build/current/front-door/fig-front-door-rate){#fig-front-door-rate fig-alt=" in snippet
    assert ": What front door sums says {#tbl-front-door-sums}" in (folder / "tbl-front-door-sums.md").read_text()


def test_a_figure_that_a_document_includes_has_a_picture_for_word(tmp_path):
    including = DOCUMENT + "\n{{< include /build/current/front-door/fig-front-door-rate.md >}}\n"
    home = fixtures.project(tmp_path / "home", including)
    promote([front_door(tmp_path)], home / "build" / "current")
    assert (home / "build" / "current" / "front-door" / "fig-front-door-rate.png").stat().st_size > 1000


def test_metadata_says_what_the_document_is_about(home, tmp_path):
    promoted = promote(
        [front_door(tmp_path), fixtures.absent(tmp_path / "found", "placement-stability", "SSDA903 (episodes)")],
        home / "build" / "current",
    )
    found = yaml.safe_load((home / "build" / "current" / "metadata.yml").read_text())
    assert found["available"] == {"front-door": True, "placement-stability": False} == promoted.available
    assert found["moments"]["last_year_end"] == "31 March 2018"
    assert found["moments"]["year_end_before_that"] == "31 March 2016"
    assert found["marks"]["head"] == "Simulated data: invented children · Official-Sensitive"
    assert found["quarter-words"] == "July to September 2018"


def test_what_an_absent_review_would_give_has_a_stand_in(home, tmp_path):
    absent = fixtures.absent(tmp_path / "found", "placement-stability", "SSDA903 (episodes)")
    promote([front_door(tmp_path), absent], home / "build" / "current")
    folder = home / "build" / "current" / "placement-stability"
    assert "It needs SSDA903 \\(episodes\\)." in (folder / "needs.md").read_text()
    assert (folder / "fig-placement-stability-mix.md").read_text() == "\n"
    values = yaml.safe_load((home / "_variables.yml").read_text())
    assert values["placement_stability"]["lac_count"]["now"] == promoting.UNAVAILABLE


def test_needs_of_one_return_are_said_once(home, tmp_path):
    wants = ["Annex A (list 1, contacts)", "the CIN census (referrals)", "the CIN census (assessments)", "SSDA903"]
    absent = fixtures.absent(tmp_path / "found", "placement-stability", *wants)
    promote([front_door(tmp_path), absent], home / "build" / "current")
    said = (home / "build" / "current" / "placement-stability" / "needs.md").read_text().replace("\\", "")
    assert "Annex A (list 1, contacts), the CIN census (referrals and assessments) and SSDA903." in said


def test_a_review_that_never_ran_is_absent(home, tmp_path):
    promoted = promote([front_door(tmp_path)], home / "build" / "current")
    assert promoted.available == {"front-door": True, "placement-stability": False}
    assert promoted.reviews["placement-stability"].needs[0].startswith(promoting.NEVER_RUN)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"quarter": "2017-18-Q2"}, "more than one quarter"),
        ({"audience": "public"}, "more than one audience"),
        ({"authority": "352"}, "more than one authority"),
    ],
)
def test_findings_that_disagree_are_refused(home, tmp_path, changes, words):
    other = fixtures.absent(tmp_path / "found", "placement-stability", "x", **changes)
    with pytest.raises(UserError, match=words):
        promote([front_door(tmp_path), other], home / "build" / "current")


@pytest.mark.parametrize(
    ("part", "content", "words"),
    [
        ("values", {"../x": {"text": "1"}}, "can't name a value"),
        ("values", {"a": {"text": "1"}, "a.b": {"text": "2"}}, "lies inside another value's name"),
        ("figures", {"fig-other-x": {}}, "must start with fig-front-door-"),
        ("figures", {"fig-front-door-x": {"svg": "../x.svg"}}, "no picture"),
    ],
)
def test_names_are_held_to_a_narrow_form(home, tmp_path, part, content, words):
    with pytest.raises(UserError, match=words):
        promote([front_door(tmp_path, **{part: content})], home / "build" / "current")


def test_findings_of_another_review_are_refused(home, tmp_path):
    folder = front_door(tmp_path)
    folder.rename(folder.with_name("back-door"))
    with pytest.raises(UserError, match="says it is the review 'front-door', not 'back-door'"):
        promote([folder.with_name("back-door")], home / "build" / "current")


def test_findings_that_cannot_be_read_say_which(home, tmp_path):
    folder = front_door(tmp_path)
    (folder / "findings.json").write_text("{")
    with pytest.raises(UserError, match=r"front-door/findings\.json can't be read"):
        promote([folder], home / "build" / "current")
    with pytest.raises(UserError, match="no findings to publish"):
        promote([], home / "build" / "current")


def test_a_failure_leaves_what_was_there(home, tmp_path, monkeypatch):
    promote([front_door(tmp_path)], home / "build" / "current")
    before = {path: path.read_bytes() for path in (home / "build").rglob("*") if path.is_file()}
    monkeypatch.setattr(promoting.snippets, "table", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        promote([front_door(tmp_path)], home / "build" / "current")
    assert {path: path.read_bytes() for path in (home / "build").rglob("*") if path.is_file()} == before


def test_the_narrative_names_only_what_the_page_of_names_promises():
    named = mentions.mentions(fixtures.ROOT, "internal", "2018-19-Q2")
    promised = fixtures.promised()
    for review, names in named.values.items():
        given = promised[review.replace("_", "-")]
        assert names <= set(given["values"]) | set(given["statements"]), review
    for review, names in named.snippets.items():
        if review not in (mentions.ABOUT, mentions.COMMENTARY):
            assert names - {"needs"} <= set(promised[review]["figures"]) | set(promised[review]["tables"]), review


def test_fixture_findings_are_json(tmp_path):
    assert json.loads((front_door(tmp_path) / "findings.json").read_text())["review"] == "front-door"
