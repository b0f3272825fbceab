"""The gate on comparators: from a notebook's findings to the page, and what stops on the way."""

from __future__ import annotations

import copy

import fixtures
import pandas as pd
import pytest

from analysis.findings import bundle, comparators
from analysis.findings.review import Review
from analysis.publishing import gates, portable
from analysis.publishing.gates import Context
from analysis.publishing.promote import promote
from analysis.records.history import Known
from analysis.reference import project
from analysis.reference.quarters import Quarter

HEAD = "---\ntitle: Trial\n---\n# Part\n\n"
FIGURE = "{{< var front_door.rereferral_percent.england.figure >}}"
WORDS = "{{< var front_door.rereferral_percent.england.words >}}"
TABLE = "{{< include /build/current/front-door/tbl-front-door-comparators.md >}}"
BESIDE = f"The share was\n{FIGURE} ({WORDS}).\n\n{TABLE}\n"


def found(years=None) -> tuple[dict, dict]:
    """What the front door's notebook records of comparators: values and tables, as findings.json has them."""
    dates = pd.date_range("2015-01-05", periods=44, freq="MS")
    referrals = pd.DataFrame({"child_id": [f"SIM{n:06d}" for n in range(44)], "date": dates})
    shown: list[dict] = []
    now = Quarter.parse("2018-19-Q2")
    known = Known.from_tables({"referrals": referrals}, kinds=["annex_a"], quarter=now)
    review = Review("front-door", project.authority("929"), now, "internal", known, show=shown.append)
    comparators.record(
        review, ["rereferral_percent"], "tbl-front-door-comparators", caption="Beside others", years=years
    )
    items = shown[0][bundle.FINDINGS]["items"]
    values = {item["name"]: item for item in items if item["kind"] == "value"}
    return values, {item["label"]: item for item in items if item["kind"] == "table"}


@pytest.fixture(scope="module")
def usual():
    return found()


@pytest.fixture
def publication(tmp_path):
    """Renders a document on findings; gives what the comparators gate says, and the page."""

    def make(document, findings):
        values, tables = findings
        home = fixtures.project(tmp_path / "home", HEAD + document)
        folder = fixtures.findings(tmp_path / "found", "front-door", names={"values": [], "statements": [], "figures": [], "tables": []},
                                   values=copy.deepcopy(values), tables=tables, story=[])  # fmt: skip
        promoted = promote([folder], home / "build" / "current")
        assert portable.render(home, "report/self-assessment.qmd", "html", "internal", tmp_path / "trial.html") == []
        context = Context(home, tmp_path, promoted, {"trial": ("trial.html",)})
        said = [str(failure) for failure in gates.run(context) if failure.gate == "comparators"]
        return said, " ".join((tmp_path / "trial.html").read_text(encoding="utf-8").split())

    return make


def test_a_comparator_with_its_words_passes_and_the_words_reach_the_page(publication, usual):
    said, page = publication(BESIDE, usual)
    assert said == []
    assert "22% (England 2017-18; ours to 30 September 2018)" in page
    assert "22% (2017-18)" in page
    assert "where it differs the two are of different periods; neighbours: mean of the 10" in page


def test_turning_the_comparators_year_by_one_makes_the_page_say_so(publication):
    said, page = publication(BESIDE, found({"rereferral_percent": 2017}))
    assert said == []
    assert "22% (England 2016-17; ours to 30 September 2018)" in page
    assert "22% (2016-17)" in page
    assert "2017-18" not in page


def test_a_year_turned_in_the_findings_alone_stops_the_document(publication, usual):
    """Somebody changes the figure's year and leaves the words as they were."""
    values, tables = copy.deepcopy(usual)
    values["rereferral_percent.england.figure"]["comparator"]["published"] = ["2016-04-01", "2017-03-31"]
    said, _ = publication(BESIDE, (values, tables))
    assert said == [
        "findings of front-door: the comparator rereferral_percent.england.figure is for 2016-17 and its words don't say so: "
        "'England 2017-18; ours to 30 September 2018'"
    ]


def test_words_without_the_mismatch_stop_the_document(publication, usual):
    values, tables = copy.deepcopy(usual)
    values["rereferral_percent.england.words"]["text"] = "England 2017-18"
    said, _ = publication(BESIDE, (values, tables))
    assert said == [
        "findings of front-door: the words of the comparator rereferral_percent.england.figure must say "
        "'ours to 30 September 2018'"
    ]


def test_a_quarter_beside_a_year_stops_the_document(publication, usual):
    values, tables = copy.deepcopy(usual)
    values["rereferral_percent.england.figure"]["comparator"]["local"] = ["2018-07-01", "2018-09-30"]
    said, _ = publication(BESIDE, (values, tables))
    assert any("isn't set beside a year's, annualised or not" in line for line in said)


def test_a_figure_without_its_words_stops_with_file_and_line(publication, usual):
    said, _ = publication(f"Words are elsewhere.\n\nThe share\nwas {FIGURE} there.\n\n{WORDS}\n", usual)
    assert said == [
        "report/self-assessment.qmd:9: the comparator front_door.rereferral_percent.england.figure stands without its year and "
        "what sets it apart; put {{< var front_door.rereferral_percent.england.words >}} in the same paragraph"
    ]


def test_each_item_of_a_list_is_a_paragraph(publication, usual):
    said, _ = publication(f"- The share was {FIGURE}.\n- It is {WORDS}.\n", usual)
    assert len(said) == 1
    assert said[0].startswith("report/self-assessment.qmd:6:")


def test_a_typed_year_that_is_not_the_comparators_stops_with_file_and_line(publication, usual):
    said, _ = publication(f"In England in 2016-17 it was\n{FIGURE} ({WORDS}).\n", usual)
    assert said == [
        "report/self-assessment.qmd:6: the paragraph speaks of 2016-17, and front_door.rereferral_percent.england.figure is of "
        "2017-18; let front_door.rereferral_percent.england.words say the year"
    ]
    assert publication(f"In England in 2017-18 it was {FIGURE} ({WORDS}).\n", usual)[0] == []
    claim = '[It fell]{.claim indicator="rereferral_percent" from="2016-17-Q2" says="fell"}'
    assert publication(f"{claim}. It was {FIGURE} ({WORDS}).\n", usual)[0] == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The national average is 10%.",
        "The rate in the North East was 602 per 10,000.",
        "Statistical neighbours take 27 weeks.",
    ],
)
def test_a_comparator_that_a_person_typed_stops(publication, usual, sentence):
    said, _ = publication(f"All is well.\n{sentence}\n", usual)
    assert len(said) == 1
    assert said[0].startswith("report/self-assessment.qmd:7: '")
    assert "is typed in a sentence that compares" in said[0]


@pytest.mark.parametrize(
    "sentence",
    [
        "In February 2018 we opened the hub in the North East.",
        "A regional peer audit comes in December 2018.",
        "We met 90% of families.",
    ],
)
def test_dates_and_local_figures_are_no_comparators(publication, usual, sentence):
    assert publication(sentence + "\n", usual)[0] == []


def test_a_table_whose_notes_did_not_reach_the_page_stops(publication, usual):
    values, tables = copy.deepcopy(usual)
    table = tables["tbl-front-door-comparators"]
    table["caption"] = "Beside others"
    said, _ = publication(BESIDE, (values, tables))
    assert len(said) == 1
    assert said[0].startswith(
        "trial.html: the table tbl-front-door-comparators has lost what must be said of its comparators: 'what each figure is for"
    )


def test_the_reports_own_narrative_names_every_comparator_with_its_words(tmp_path):
    """As it stands in the repository, on findings that hold every name."""
    from analysis.publishing.gates import comparators as gate

    folder = fixtures.ROOT
    context = Context(
        folder,
        tmp_path,
        promote(fixtures.every_review(tmp_path / "found"), tmp_path / "home" / "build" / "current"),
        {},
    )
    named = {
        f"{r.variable}.{name}": {"comparator": {}}
        for r in context.promoted.reviews.values()
        for name in r.values
        if name.endswith(".figure")
    }
    paragraphs = list(gate._paragraphs(context))
    assert any(name in paragraph.text for name in named for paragraph in paragraphs)
    assert [
        str(f) for paragraph in paragraphs for f in (*gate._of_paragraph(paragraph, named), *gate._typed(paragraph))
    ] == []
