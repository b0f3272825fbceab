"""What people write: figures typed, claims made false and acronyms unexplained are each caught, with file and line."""

from __future__ import annotations

import fixtures
import pytest

from analysis.publishing import bound, gates, portable, sources
from analysis.publishing.claims import claims_in
from analysis.publishing.gates import Context
from analysis.publishing.narrative import acronyms, bare_figures, prose
from analysis.publishing.promote import promote

HEAD = "---\ntitle: Trial\n---\n\n{{< include sections/a.qmd >}}\n"
NAMES = {"values": ["mean"], "statements": [], "figures": ["fig-front-door-rate"], "tables": []}
CLAIM = '[fewer came]{.claim indicator="referral_count" from="year_ago" says="fell"}'


@pytest.fixture
def gates_say(tmp_path):
    """What the gates say of a document whose section is the text given."""

    def made(text, *doubted, glossary=None, document=HEAD):
        home = fixtures.project(tmp_path / "home", document, a=text, **({"glossary": glossary} if glossary else {}))
        for name in ("allowed-numbers.toml",):
            (home / "report" / name).write_bytes((fixtures.ROOT / "report" / name).read_bytes())
        found = fixtures.findings(tmp_path / "found", "front-door", names=NAMES, values={"mean": {"text": "43%"}})
        promoted = promote([found], home / "build" / "current")
        documents = {"trial": "report/self-assessment.qmd"}
        judged = bound.judged(home, documents, promoted, fixtures.Believing(*doubted))
        bound.lay_out(promoted, judged)
        rendered = portable.make(home, documents["trial"], "html", "internal", tmp_path / "trial.html")
        shown = {"trial": bound.shown(judged["trial"], rendered.used)}
        context = Context(
            home, tmp_path, promoted, {"trial": ("trial.html",)}, {"trial": rendered.faults}, claims=shown
        )
        return [(one.gate, str(one)) for one in gates.run(context)], (tmp_path / "trial.html").read_text(
            encoding="utf-8"
        )

    return made


def only(found, gate):
    (failure,) = [words for name, words in found if name == gate]
    return failure


def test_what_is_bound_and_so_passes(gates_say):
    found, _ = gates_say(f"In March 2018 {{{{< var front_door.mean >}}}} came, and {CLAIM}.\n")
    assert found == []


def test_a_typed_figure_is_caught_and_its_name_is_told(gates_say):
    found, _ = gates_say("First.\n\nOf these,\n43% came back.\n")
    assert only(found, "bare-figures").startswith(
        "report/sections/a.qmd:4: '43%' is typed; name the finding, {{< var front_door.mean >}}"
    )


def test_a_claim_made_false_is_caught_and_marked(gates_say):
    found, page = gates_say(f"First.\n\nLast year {CLAIM}.\n", "referral_count")
    told = only(found, "claims")
    assert told.startswith('report/sections/a.qmd:3: the claim "fewer came" (says="fell") doesn\'t hold')
    assert "<strong>[?claim]</strong>" in page


def test_every_false_claim_is_listed_not_the_first(gates_say):
    other = CLAIM.replace("referral_count", "cpp_count")
    found, _ = gates_say(f"{CLAIM}.\n\nAnd {other}.\n\nAnd again {other}.\n", "referral_count", "cpp_count")
    assert [words.split(": ")[0] for gate, words in found if gate == "claims"] == [
        f"report/sections/a.qmd:{line}" for line in (1, 3, 5)
    ]


def test_a_claim_that_hides_is_not_tested(gates_say):
    found, _ = gates_say(f'::: {{.content-visible when-meta="available.nothing"}}\n{CLAIM}\n:::\n', "referral_count")
    assert found == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("see @fig-front-door-none", "the reference @fig-front-door-none leads nowhere"),
        ("is {{< var front_door.gone >}}", "there is no value named 'front_door.gone'"),
        (
            "{{< include /build/current/front-door/fig-front-door-gone.md >}}",
            "gives nothing called 'fig-front-door-gone'",
        ),
    ],
)
def test_a_reference_or_finding_that_is_gone_is_caught(gates_say, text, words):
    found, _ = gates_say(f"First.\n\n{text}\n")
    faults = [told for gate, told in found if gate == "evidence"]
    assert any(told.startswith("report/sections/a.qmd:3: ") and words in told for told in faults)


GLOSSED = HEAD + "\n{{< include sections/glossary.qmd >}}\n"


def test_an_undefined_acronym_is_caught_where_it_first_stands(gates_say):
    found, _ = gates_say("First.\n\nThe MASH and the LADO.\n", glossary="MASH\n:   A hub.\n", document=GLOSSED)
    assert only(found, "acronyms").startswith("report/sections/a.qmd:3: the acronym LADO isn't in the glossary")


def test_a_defined_acronym_that_nothing_uses_is_caught(gates_say):
    glossary = "MASH\n:   A hub.\n\nLADO\n:   An officer.\n"
    found, _ = gates_say("The MASH.\n", glossary=glossary, document=GLOSSED)
    assert only(found, "acronyms").startswith("report/sections/glossary.qmd:4: the acronym LADO is defined")


def test_a_broken_claim_says_how_to_mend_it(gates_say):
    from analysis.publishing.claims import kinds

    text = CLAIM.replace('"fell"', '"fel"')
    (placed,) = claims_in(sources.Source("x", {}, (sources.Line(text, "x", 1),)))
    assert "did you mean fell?" in kinds.fault(placed.claim)


# The words themselves ----------------------------------------------------------------------------------------------

POLICY = bare_figures.policy(fixtures.ROOT)


def bare(text):
    return [one.text for one in bare_figures.bare_figures(prose.prose("x.qmd", text), POLICY)]


@pytest.mark.parametrize(
    "text",
    ["12 children", "83%", "5 per cent", "five per cent", "1,204 referrals", "£5m", "the 3rd", "twelve older children",
     "a hundred and twenty families", "twenty-three plans", "two of the children", "a third of families", "two thirds",
     "half of all plans", "nine in ten visits", "one in every five", "twice as many", "three times more", "it doubled",
     "dozens of children", "2018 children", "in 15 weeks"],
)  # fmt: skip
def test_a_figure_in_digits_or_words_is_bare(text):
    assert len(bare(f"We saw {text} there.")) == 1


@pytest.mark.parametrize(
    "text",
    ["three aims", "one child's story", "the same five questions", "a quarter's work", "half a day", "second placements",
     "{{< var a.b4 >}}", "[x](report-2.html)", "see @fig-a-12", "`code 5`", "[x]{.claim target=\"40\"}"],
)  # fmt: skip
def test_what_is_no_figure_of_the_data_is_free(text):
    assert bare(f"We saw {text} there.") == []


def test_every_allowance_is_needed_and_shown_by_its_example():
    assert POLICY.examples
    for (_, example), (pattern, reason) in zip(POLICY.examples, POLICY.allowed, strict=True):
        assert pattern.search(example), example
        assert bare(f"We saw {example} there.") == []
        assert reason.endswith(".")
        without = bare_figures.Policy((), POLICY.counted)
        assert list(bare_figures.bare_figures(prose.prose("x", f"We saw {example} there."), without)), example


def test_an_allowance_without_a_reason_is_refused(tmp_path):
    (tmp_path / "report").mkdir()
    (tmp_path / bare_figures.ALLOWED).write_text('[[allowed]]\npattern = "x"\nexample = "x"\n', encoding="utf-8")
    with pytest.raises(bare_figures.UserError, match="needs a pattern, an example and a reason"):
        bare_figures.policy(tmp_path)


def test_a_claim_may_say_the_number_that_it_is_bound_to():
    assert bare('[at least nine in ten visits]{.claim indicator="x" says="at least" value="90"}') == []
    assert bare('[at least 90%]{.claim indicator="x" says="at least" value="90"}') == []
    assert bare('[at least two thirds]{.claim indicator="x" says="at least" value="90"}') == ["two thirds"]


@pytest.mark.parametrize(
    ("text", "comes_to"),
    [("nine in ten", 90), ("one in every five", 20), ("half of", 50), ("two thirds of", 200 / 3), ("1,200", 1200), ("83%", 83),
     ("twenty-three", 23), ("five per cent", 5), ("several", None)],
)  # fmt: skip
def test_amounts_in_words(text, comes_to):
    assert bare_figures.amount(text) == (None if comes_to is None else pytest.approx(comes_to))


def test_places_are_kept_through_markup():
    text = "---\ntitle: x\n---\n\n```\n4 in code\n```\n\n<!-- 5 -->\n1. item\n\nsaw 6 there\n"
    (one,) = bare_figures.bare_figures(prose.prose("x", text), POLICY)
    assert (one.text, one.line) == ("6", 12)


def test_our_own_narrative_is_bound():
    found = [one for source in prose.read(fixtures.ROOT) for one in bare_figures.bare_figures(source, POLICY)]
    assert found == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("the MASH (and SSDA903), DfE's EHCPs", ["MASH", "SSDA903", "DfE", "EHCP"]), ("Annex A, the board, 14+ Team", []),
     ("A&E and @fig-ABC, `RAG`, [x](PDF.html)", ["A&E"]), ("LAC/CIN", ["CIN", "LAC"])],
)  # fmt: skip
def test_acronyms_are_known_by_their_capitals(text, found):
    source = sources.Source("x", {}, (sources.Line(text, "x", 1),))
    assert sorted(one.acronym for one in acronyms.used(source, {})) == sorted(found)


def test_a_claim_is_found_over_lines_with_values_inside():
    lines = ("It [was []{.shortcode name=\"var\" key=\"a.b\"},", "more (@fig-x)]{.claim indicator=\"y\" says=\"rose\"", "from=\"now\"} so.")  # fmt: skip
    source = sources.Source("x", {}, tuple(sources.Line(text, "s.qmd", at) for at, text in enumerate(lines, 5)))
    (placed,) = claims_in(source, {"a.b": "42"})
    assert (placed.file, placed.line, placed.claim.words) == ("s.qmd", 5, "was 42, more ()")
    assert placed.claim.key == "from=now;indicator=y;says=rose"
