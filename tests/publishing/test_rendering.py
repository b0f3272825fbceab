"""A publication: whole or not there, the same bytes anywhere, with an account of itself."""

import hashlib
import json
import re
import shutil

import fixtures
import pytest

from analysis.publishing import reading, rendering
from analysis.publishing.rendering import NotPublished
from analysis.publishing.sources import SourceFaults
from analysis.reference.project import UsageError, UserError, Workspace

QUARTER = "2018-19-Q2"


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("found")
    fixtures.every_review(folder)
    return folder


def workspace(folder, found, root=fixtures.ROOT, audience="internal"):
    made = Workspace(data=folder / "data", root=root)
    home = made.build / "findings" / "929" / QUARTER / audience
    shutil.copytree(found, home)
    return made


def render(*arguments, **given):
    """As ever, but with the narrative's claims believed: there are no records here to test them on."""
    return rendering.render(*arguments, **{"renderer": "portable", "judge": fixtures.Believing(), **given})


def a_root(folder, document):
    """A root with a document of its own, beside the real settings."""
    return fixtures.project(folder / "root", document)


@pytest.fixture(scope="module")
def published(found, tmp_path_factory):
    made = workspace(tmp_path_factory.mktemp("published"), found)
    return render(made, "929", QUARTER, "internal")


@pytest.fixture(scope="module")
def found_small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    names = {"values": [], "statements": [], "figures": [], "tables": []}
    fixtures.findings(folder, "front-door", names=names, story=[])
    return folder


DOCUMENTS = ("lscb-scrutiny-pack", "quarterly-performance", "self-assessment")


def test_everything_is_published_with_an_index(published):
    names = [path.relative_to(published.folder).as_posix() for path in published.paths]
    reviews = sorted(fixtures.promised())
    assert names == sorted(
        [
            "evidence.csv",
            "index.html",
            "manifest.json",
            "tables.xlsx",
            *(f"{document}.{to}" for document in DOCUMENTS for to in rendering.FORMATS),
        ]
        + [f"deep-dives/{review}.html" for review in reviews]
    )
    index = reading.html(published.folder / "index.html")
    assert {link for link in index.links if not link.startswith("#")} == set(names) - {"index.html"}


def test_the_manifest_accounts_for_every_file(published):
    manifest = json.loads((published.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["simulated"] is True
    assert manifest["draft"] is False
    assert manifest["marking"] == "Official-Sensitive"
    assert manifest["renderer"]["name"] == "portable"
    assert [delivery["quarter"] for delivery in manifest["deliveries"]] == ["2018-19-Q1", "2018-19-Q2"]
    assert len(manifest["lock_file_sha256"]) == 64
    assert manifest["outputs"] == {
        path.relative_to(published.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in published.paths
        if path.name != "manifest.json"
    }


def test_the_document_has_its_five_questions_in_each_section(published):
    text = " ".join(reading.pages(published.folder / "self-assessment.html"))
    sections = [path.read_text(encoding="utf-8") for path in (fixtures.ROOT / "report" / "sections").glob("*.qmd")]
    for question in (
        "What have we done on our focus areas over the last year?",
        "What do we know now from our quality assurance?",
        "Innovative practice example",
        "What are we going to do next?",
    ):
        # A heading of the second level stands in the contents, too.
        asked = [re.search(rf"^(#+) {re.escape(question)}$", section, re.M) for section in sections]
        assert len([one for one in asked if one]) >= 11
        assert text.count(question) == sum(2 if one[1] == "##" else 1 for one in asked if one)


def test_deep_dives_tell_the_notebooks_story(published):
    text = " ".join(reading.pages(published.folder / "deep-dives" / "front-door.html"))
    assert "1 The question" in text
    assert "Figure 1: What front door referral rate shows" in text
    assert "Simulated data: invented children" in text


def test_another_place_gives_the_same_bytes(published, found, tmp_path):
    again = render(
        workspace(tmp_path / "else where", found),
        "929",
        QUARTER,
        "internal",
        renderer="portable",
        judge=fixtures.Believing(),
    )
    before = {path.relative_to(published.folder): path.read_bytes() for path in published.paths}
    assert {path.relative_to(again.folder): path.read_bytes() for path in again.paths} == before


def test_nothing_is_left_lying_about(published):
    assert not list(published.folder.parents[2].rglob("*.partial"))
    assert not list(fixtures.ROOT.glob(".typeset-*"))


def test_a_section_without_its_return_says_which_it_needs(found, tmp_path):
    made = workspace(tmp_path, found)
    home = made.build / "findings" / "929" / QUARTER / "internal"
    for review in ("looked-after-children", "placement-stability"):
        shutil.rmtree(home / review)
        fixtures.absent(home, review, "SSDA903 (episodes)")
    result = render(made, "929", QUARTER, "internal", formats=["html"])
    text = " ".join(reading.pages(result.folder / "self-assessment.html"))
    assert "5.1 Looked after children Note This section waits for its data It needs SSDA903 (episodes)." in text
    assert "Placement stability." not in text
    assert not (result.folder / "deep-dives" / "placement-stability.html").exists()


def test_a_review_that_never_ran_stops_publication(found, tmp_path):
    made = workspace(tmp_path, found)
    shutil.rmtree(made.build / "findings" / "929" / QUARTER / "internal" / "front-door")
    with pytest.raises(NotPublished, match="the review front-door has not been run"):
        render(made, "929", QUARTER, "internal", documents=["self-assessment"], formats=["html"])
    assert not made.published.exists() or not list(made.published.rglob("*.html"))


BROKEN = "---\ntitle: Trial\n---\n# Part\n\nSee @fig-none.\n\n{{< var front_door.none >}}\n"


def test_what_leads_nowhere_stops_publication_and_keeps_what_was_there(found_small, tmp_path):
    made = workspace(tmp_path, found_small, root=a_root(tmp_path, "---\ntitle: Trial\n---\nWell.\n"))
    before = render(made, "929", QUARTER, "internal")
    kept = {path: path.read_bytes() for path in before.paths}
    (made.root / "report" / "self-assessment.qmd").write_text(BROKEN)
    with pytest.raises(NotPublished) as stopped:
        render(made, "929", QUARTER, "internal")
    assert [str(failure) for failure in stopped.value.failures if failure.line] == [
        "report/self-assessment.qmd:6: the reference @fig-none leads nowhere in this document",
        "report/self-assessment.qmd:8: there is no value named 'front_door.none'",
    ]
    assert {path: path.read_bytes() for path in before.paths} == kept


def test_a_draft_is_published_marked_with_its_failures(found_small, tmp_path):
    made = workspace(tmp_path, found_small, root=a_root(tmp_path, BROKEN))
    result = render(
        made,
        "929",
        QUARTER,
        "internal",
        documents=["self-assessment"],
        renderer="portable",
        judge=fixtures.Believing(),
        draft=True,
    )
    assert len(result.failures) >= 2
    for to in rendering.FORMATS:
        text = " ".join(reading.pages(result.folder / f"self-assessment.{to}"))
        assert "report/self-assessment.qmd:8: there is no value named 'front_door.none'" in text.replace(
            "’", "'"
        ).replace("‘", "'")
        assert "Draft: not checked" in text
        if to != "docx":
            assert "DRAFT – not checked" in text
    assert reading.running_heads(result.folder / "self-assessment.docx")[0].startswith("DRAFT – not checked")
    manifest = json.loads((result.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["draft"] is True
    assert len(manifest["failures"]) == len(result.failures)


def test_what_is_not_supported_stops_a_draft_too(found_small, tmp_path):
    made = workspace(tmp_path, found_small, root=a_root(tmp_path, "---\ntitle: T\n---\n::: {.panel-tabset}\nx\n:::\n"))
    with pytest.raises(SourceFaults, match=r"report/self-assessment\.qmd:4: the class '\.panel-tabset'"):
        render(made, "929", QUARTER, "internal", draft=True)
    failures = rendering.check(made, "929", QUARTER, "internal", renderer="portable")
    assert [(failure.file, failure.line) for failure in failures] == [("report/self-assessment.qmd", 4)]


def test_check_says_the_same_and_publishes_nothing(found_small, tmp_path):
    made = workspace(tmp_path, found_small, root=a_root(tmp_path, BROKEN))
    failures = rendering.check(made, "929", QUARTER, "internal", formats=["html"])
    assert {failure.line for failure in failures} == {0, 6, 8}
    assert not made.published.exists()


def test_identifiers_given_by_the_caller_stop_publication(found_small, tmp_path):
    made = workspace(tmp_path, found_small, root=a_root(tmp_path, "---\ntitle: T\n---\nAbout CH-778201.\n"))
    with pytest.raises(NotPublished, match="holds the identifier of a child or worker"):
        render(made, "929", QUARTER, "internal", identifiers=["CH-778201"])


def test_the_public_gets_no_marking_of_officers(found, tmp_path):
    folder = tmp_path / "public"
    fixtures.every_review(folder, audience="public", simulated=False)
    made = workspace(tmp_path / "w", folder, audience="public")
    result = render(made, "929", QUARTER, "public", documents=["self-assessment"], formats=["html"])
    text = " ".join(reading.pages(result.folder / "self-assessment.html"))
    assert "Official-Sensitive" not in text
    assert "simulated" not in text.lower()


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("'x' is not a document", {"documents": ["x"]}),
        ("'odt' is not a format", {"formats": ["odt"]}),
        ("'latex' is not a renderer", {"renderer": "latex"}),
    ],
)
def test_unknown_names_are_refused(found, tmp_path, words, given):
    with pytest.raises(UsageError, match=words):
        render(workspace(tmp_path, found), "929", QUARTER, "internal", **given)


def test_an_unknown_audience_is_refused(found, tmp_path):
    with pytest.raises(UsageError, match="'members' is not an audience"):
        render(workspace(tmp_path, found), "929", QUARTER, "members")


def test_no_findings_says_what_to_run(tmp_path):
    with pytest.raises(UserError, match="run: selfassess review"):
        render(Workspace(data=tmp_path), "929", QUARTER, "internal")
