"""Several documents, each for its audiences: which are made, what is hidden from whom, and comments in their places."""

from __future__ import annotations

import json

import fixtures
import pytest

from analysis.publishing import mentions, rendering
from analysis.publishing.documents import documents_for, made_for
from analysis.publishing.rendering import NotPublished
from analysis.reference.project import UsageError, UserError, Workspace

QUARTER = "2018-19-Q2"
NAMES = {"values": ["rate.now"], "statements": [], "figures": [], "tables": ["tbl-front-door-summary"]}
ALL = """---
title: For all
---

# Part

The rate was {{< var front_door.rate.now >}}.
"""
OFFICERS = """---
title: For officers and the board
audiences: [board, internal]
---

# Part

It was {{< var front_door.rate.now >}}, and {{< var back_office.cost.now >}}.

::: {.content-visible when-profile="internal"}
{{< include /build/current/front-door/tbl-front-door-teams.md >}}

{{< include /build/current/commentary/front-door.md >}}
:::

{{< include /build/current/commentary/early-help.md >}}
"""


@pytest.fixture
def workspace(tmp_path):
    root = fixtures.project(tmp_path / "root", ALL)
    (root / "report" / "quarterly-performance.qmd").write_text(OFFICERS, encoding="utf-8")
    return Workspace(data=tmp_path / "data", root=root)


def found(workspace, audience, *, teams=False, office=True):
    folder = workspace.build / "findings" / "929" / QUARTER / audience
    names = NAMES | {"tables": [*NAMES["tables"], *(["tbl-front-door-teams"] if teams else [])]}
    fixtures.findings(folder, "front-door", names=names, audience=audience)
    if office:
        values = {"values": ["cost.now"], "statements": [], "figures": [], "tables": []}
        fixtures.findings(folder, "back-office", names=values, audience=audience)


def publish(workspace, audience, **more):
    return rendering.render(workspace, "929", QUARTER, audience, formats=["html"], renderer="portable", judge=fixtures.Believing(), **more)  # fmt: skip


def page(made, name):
    return (made.folder / f"{name}.html").read_text(encoding="utf-8")


def test_a_document_is_made_for_those_whom_its_head_names(workspace):
    root = workspace.root
    assert list(documents_for(root)) == ["quarterly-performance", "self-assessment"]
    assert list(documents_for(root, "public")) == ["self-assessment"]
    assert made_for(root / "report" / "quarterly-performance.qmd") == ("board", "internal")
    assert made_for(root / "report" / "self-assessment.qmd") == ("internal", "board", "public")


def test_an_audience_that_there_is_not_is_told_with_its_line(workspace):
    path = workspace.root / "report" / "quarterly-performance.qmd"
    path.write_text(OFFICERS.replace("[board,", "[bord,"), encoding="utf-8")
    with pytest.raises(UserError, match=r"report/quarterly-performance\.qmd:3: 'bord' is not an audience"):
        documents_for(workspace.root, "public")


def test_the_public_gets_its_documents_and_no_trace_of_the_others(workspace):
    found(workspace, "public", office=False)
    made = publish(workspace, "public")
    manifest = json.loads((made.folder / "manifest.json").read_text(encoding="utf-8"))
    assert [name for name in manifest["documents"] if "/" not in name] == ["self-assessment"]
    assert set(manifest["reviews"]) == {"front-door"}
    assert "quarterly" not in (made.folder / "index.html").read_text(encoding="utf-8")
    assert "quarterly" not in (made.folder / "evidence.csv").read_text(encoding="utf-8-sig")


def test_every_document_of_an_audience_is_published_with_its_gates_and_register(workspace):
    found(workspace, "internal", teams=True)
    made = publish(workspace, "internal")
    manifest = json.loads((made.folder / "manifest.json").read_text(encoding="utf-8"))
    assert {"quarterly-performance", "self-assessment"} <= set(manifest["documents"])
    index = (made.folder / "index.html").read_text(encoding="utf-8")
    assert 'href="quarterly-performance.html"' in index
    assert 'href="self-assessment.html"' in index
    register = (made.folder / "evidence.csv").read_text(encoding="utf-8-sig")
    assert "quarterly-performance,report/quarterly-performance.qmd,8,value,front_door.rate.now" in register
    assert "self-assessment,report/self-assessment.qmd,7,value,front_door.rate.now" in register
    assert "What front door teams says" in page(made, "quarterly-performance")


def test_what_an_audience_does_not_see_need_not_be_there_for_it(workspace):
    found(workspace, "board")
    told = page(publish(workspace, "board"), "quarterly-performance")
    assert "What front door teams says" not in told
    assert "For officers and the board" in told


def test_what_it_would_see_must_be_there(workspace):
    found(workspace, "internal", teams=False)
    with pytest.raises(NotPublished, match=r"report/quarterly-performance\.qmd:11: the review front-door gives nothing called 'tbl-front-door-teams'"):  # fmt: skip
        publish(workspace, "internal")


def test_a_review_that_only_others_need_is_not_missed(workspace):
    found(workspace, "public", office=False)
    assert publish(workspace, "public").failures == ()
    found(workspace, "board", office=False)
    with pytest.raises(NotPublished, match="the review back-office has not been run"):
        publish(workspace, "board")


def test_a_document_that_is_not_for_the_audience_is_refused_by_name(workspace):
    found(workspace, "public", office=False)
    with pytest.raises(UsageError, match="'quarterly-performance' is not made for public; it is for board, internal"):
        publish(workspace, "public", documents=["quarterly-performance"])


def test_an_empty_slot_says_so_and_tells_officers_where_to_write(workspace):
    found(workspace, "board")
    told = page(publish(workspace, "board"), "quarterly-performance")
    assert "No comment has been written for this quarter." in told
    assert "report/commentary" not in told
    found(workspace, "internal", teams=True)
    told = page(publish(workspace, "internal"), "quarterly-performance")
    assert "report/commentary/2018-19-Q2/early-help.md" in told


def test_a_comment_stands_in_its_place_and_is_held_to_the_rules_of_narrative(workspace):
    found(workspace, "internal", teams=True)
    comment = workspace.root / mentions.commentary(workspace.root, QUARTER, "early-help")
    comment.parent.mkdir(parents=True)
    comment.write_text("More families came to us; the rate was {{< var front_door.rate.now >}}.\n", encoding="utf-8")
    made = publish(workspace, "internal")
    assert "More families came to us" in page(made, "quarterly-performance")
    register = (made.folder / "evidence.csv").read_text(encoding="utf-8-sig")
    assert "quarterly-performance,report/commentary/2018-19-Q2/early-help.md,1,value,front_door.rate.now" in register
    comment.write_text("\nWe saw 37 families more.\n", encoding="utf-8")
    with pytest.raises(NotPublished, match=r"report/commentary/2018-19-Q2/early-help\.md:2: '37' is typed"):
        publish(workspace, "internal")


@pytest.mark.parametrize(
    ("block", "audience", "hidden"),
    [
        ('{.content-visible when-profile="internal"}', "board", True),
        ('{.content-visible when-profile="internal"}', "internal", False),
        ('{.content-visible unless-profile="public"}', "public", True),
        ('{.content-hidden when-profile="public"}', "public", True),
        ('{.content-hidden when-profile="public"}', "board", False),
        ('{.content-hidden when-profile="public" when-meta="available.x"}', "public", False),
        ('{.content-visible when-meta="available.x"}', "public", False),
        ('{.callout-note title="when-profile"}', "public", False),
    ],
)
def test_blocks_that_hide_from_an_audience_are_known(block, audience, hidden):
    text = f"before\n\n::: {block}\n::: {{.callout-note}}\ninside\n:::\nstill\n:::\nafter"
    lines = {line: concealed for line, concealed in mentions._lines(text, audience) if line.isalpha()}
    assert lines == {"before": False, "inside": hidden, "still": hidden, "after": False}


GLOSSARY = "::: {.glossary}\nMASH\n:   Multi-Agency Safeguarding Hub.\n\nLADO\n:   Local authority designated officer.\n\nEHCPs\n:   Education, health and care plans.\n\nThreshold\n:   The point at which.\n:::\n"  # fmt: skip


def test_each_document_shows_its_part_of_the_glossary(tmp_path):
    with_glossary = "\n# Glossary\n\n{{< include sections/glossary.qmd >}}\n"
    root = fixtures.project(tmp_path / "root", f"{ALL}\nThe MASH decides by thresholds.\n{with_glossary}", glossary=GLOSSARY)
    other = f"---\ntitle: Other\n---\n\n# One\n\nAsk the LADO about EHCPs, {{{{< var front_door.rate.now >}}}}.\n{with_glossary}"
    (root / "report" / "other.qmd").write_text(other, encoding="utf-8")
    made = Workspace(data=tmp_path / "data", root=root)
    found(made, "internal", office=False)
    published = publish(made, "internal")
    shown = {name: page(published, name) for name in ("self-assessment", "other")}
    terms = {"Multi-Agency", "designated officer", "health and care plans", "The point at which"}
    assert {term for term in terms if term in shown["self-assessment"]} == {"Multi-Agency", "The point at which"}
    assert {term for term in terms if term in shown["other"]} == {"designated officer", "health and care plans"}
