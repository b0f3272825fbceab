"""Each gate fails on what it is there to catch, and says where."""

import re
import zipfile

import fixtures
import pytest

from analysis.publishing import gates, portable
from analysis.publishing.gates import Context
from analysis.publishing.promote import promote

NAMES = {"values": ["mean"], "statements": [], "figures": ["fig-front-door-rate"], "tables": []}
DOCUMENT = """---
title: Trial
---
# Part

{{< var front_door.mean >}}

{{< include /build/current/front-door/fig-front-door-rate.md >}}
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gates")
    home = fixtures.project(folder / "home", DOCUMENT)
    found = fixtures.findings(folder / "found", "front-door", names=NAMES, values={"mean": {"text": "about forty"}})
    promoted = promote([found], home / "build" / "current")
    for to in portable.FORMATS:
        assert portable.render(home, "report/self-assessment.qmd", to, "internal", folder / "out" / f"trial.{to}") == []
    return home, promoted, folder / "out"


@pytest.fixture
def context(whole, tmp_path):
    """A publication that passes, copied so that a test may spoil it."""
    home, promoted, made = whole
    for path in made.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return Context(home, tmp_path, promoted, {"trial": ("trial.html", "trial.pdf", "trial.docx")})


def spoil(context, old, new, file="trial.html"):
    path = context.outputs / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def spoil_word(context, part, pattern, new):
    path = context.outputs / "trial.docx"
    with zipfile.ZipFile(path) as docx:
        parts = {name: docx.read(name) for name in docx.namelist()}
    changed = re.sub(pattern, new, parts[part].decode())
    assert changed != parts[part].decode()
    with zipfile.ZipFile(path, "w") as docx:
        for name, content in (parts | {part: changed.encode()}).items():
            docx.writestr(name, content)


def said(context):
    return [(failure.gate, str(failure)) for failure in gates.run(context)]


def test_a_whole_publication_passes_every_gate(context):
    assert said(context) == []


def test_every_gate_has_a_name_and_a_question():
    assert len({gate.name for gate in gates.GATES}) == len(gates.GATES)
    assert all(gate.question.endswith("?") for gate in gates.GATES)


@pytest.mark.parametrize("left", ["?@fig-x", "?var:front_door.x", "?meta:x", "{{&lt; var x &gt;}}"])
def test_evidence_finds_what_was_never_resolved(context, left):
    spoil(context, "about forty", left)
    assert [gate for gate, _ in said(context)] == ["evidence"]


def test_evidence_finds_a_review_that_never_ran(whole, context, tmp_path):
    home = fixtures.project(tmp_path / "home", DOCUMENT + "\n{{< var placement_stability.lac_count.now >}}\n")
    promoted = promote([fixtures.findings(tmp_path / "found", "front-door", names=NAMES)], home / "build" / "current")
    portable.render(home, "report/self-assessment.qmd", "html", "internal", tmp_path / "trial.html")
    failures = said(Context(home, tmp_path, promoted, {"trial": ("trial.html",)}))
    assert (
        "evidence",
        "report: the review placement-stability has not been run; run: selfassess review placement-stability",
    ) in failures
    assert ("evidence", "trial.html: shows a value of a review that could not run; put it inside when-meta") in failures


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("SIM004217", "the identifier of a simulated child"),
        ("SIMA00042", "the identifier of a simulated child"),
        ("SW9912345678", "a social worker's registration number"),
        ("A929200012345", "a unique pupil number"),
        ("born on 3 May 2004", "a date of birth"),
        ("D.O.B.: 03/05/2004", "a date of birth"),
    ],
)
def test_identifiers_are_found_by_their_form(context, text, what):
    spoil(context, "<main", f'<p title="{text}"></p><main')
    assert [gate for gate, words in said(context) if what in words] == ["identifiers"]
    assert not any(text in words for _, words in said(context))


def test_identifiers_of_the_authority_are_found_wherever_they_hide(context):
    spoil_word(context, "word/document.xml", r'descr="', 'descr="CH-778201 ')
    known = Context(
        context.home, context.outputs, context.promoted, context.documents, identifiers=frozenset({"CH-778201", "12"})
    )
    assert said(known) == [("identifiers", "trial.docx: holds the identifier of a child or worker of this authority")]


def test_a_bare_number_counts_only_where_it_is_said(context):
    """Six figures are a child in many returns, and a coordinate in any drawing."""
    drawn = "".join(gates.identifiers.reading.everything(context.outputs / "trial.html"))
    placed = re.findall(r"\.(\d{6})\b", drawn)[:50]
    assert placed
    known = Context(context.home, context.outputs, context.promoted, context.documents, identifiers=frozenset(placed))
    assert said(known) == []
    spoil(context, "about forty", f"about child {placed[0]}")
    assert [gate for gate, _ in said(known)] == ["identifiers"]


def test_identifiers_inside_an_embedded_drawing_are_found(whole, tmp_path):
    home, promoted, _ = whole
    drawing = home / "build" / "current" / "front-door" / "fig-front-door-rate.svg"
    before = drawing.read_text()
    try:
        drawing.write_text(before.replace("</svg>", "<!-- SIM004217 --></svg>"))
        portable.render(home, "report/self-assessment.qmd", "html", "internal", tmp_path / "trial.html")
    finally:
        drawing.write_text(before)
    failures = said(Context(home, tmp_path, promoted, {"trial": ("trial.html",)}))
    assert [gate for gate, _ in failures] == ["identifiers"]


def test_identifiers_in_the_pdf_are_found(tmp_path):
    home = fixtures.project(tmp_path / "home", DOCUMENT)
    values = {"mean": {"text": "SIM004217"}}
    promoted = promote(
        [fixtures.findings(tmp_path / "found", "front-door", names=NAMES, values=values)], home / "build" / "current"
    )
    portable.render(home, "report/self-assessment.qmd", "pdf", "internal", tmp_path / "trial.pdf")
    assert [gate for gate, _ in said(Context(home, tmp_path, promoted, {"trial": ("trial.pdf",)}))] == ["identifiers"]


def test_pictures_without_words_are_found(context):
    path = context.outputs / "trial.html"
    path.write_text(re.sub(r'alt="[^"]*"', 'alt=" "', path.read_text(encoding="utf-8")), encoding="utf-8")
    spoil_word(context, "word/document.xml", r'descr="[^"]*"', 'descr=""')
    assert said(context) == [
        ("alternative-text", "trial.docx: picture 1 has no alternative text (fig-alt)"),
        ("alternative-text", "trial.html: picture 1 has no alternative text (fig-alt)"),
    ]


def test_missing_marks_are_found(context):
    spoil(context, "Simulated data: invented children", "Data")
    spoil(context, "This document is made from simulated data", "This document")
    spoil_word(context, "word/header1.xml", "Official-Sensitive", "Official")
    assert said(context) == [
        ("marks", "trial.docx: the running head of it does not say 'Official-Sensitive'"),
        ("marks", "trial.html: does not say on its first page that its data are simulated"),
        ("marks", "trial.html: the running head of it does not say 'Simulated data: invented children'"),
    ]


def test_a_draft_must_say_so(context):
    draft = Context(context.home, context.outputs, context.promoted, context.documents, draft=True)
    assert len([words for gate, words in said(draft) if gate == "marks" and "DRAFT" in words]) == 3


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("#nowhere", "leads to nothing in the page"),
        ("other.html", "leads to a file that is not there"),
        ("/etc/passwd", "leads out of the publication"),
        ("file:///etc/passwd", "leads out of the publication"),
        ("javascript:alert(1)", "leads out of the publication"),
    ],
)
def test_links_that_lead_nowhere_are_found(context, link, words):
    spoil(context, "<main", f'<a href="{link}">x</a><main')
    assert [gate for gate, told in said(context) if words in told] == ["links"]


def test_one_name_for_two_places_is_found(context):
    spoil(context, "<main", '<p id="part"></p><main')
    assert said(context) == [("links", "trial.html: two places are called 'part'; give one its own {#identifier}")]


@pytest.mark.parametrize(
    "trace", ["{home}/report/x.svg", "/Users/someone/x", "C:\\Users\\someone", "2026-11-23T04:18:00Z"]
)
def test_traces_of_the_machine_are_found(context, trace):
    spoil(context, "<main", f"<!-- {trace.format(home=context.home)} --><main")
    assert [gate for gate, _ in said(context)] == ["machine-traces"]
